//! Entries and exits between two days.
//!
//! Counted by person, day by day, over homeless situations (categories 1–6 and unknown): a day on
//! which a person is in one and was in none the day before is an entry, the reverse an exit. With
//! that the identity holds exactly:
//!
//! ```text
//! stock on the last day = stock on the first day + entries − exits
//! persons on any day    = stock on the first day + persons with an entry who were not in it
//! ```
//!
//! An entry after `washout_days` without any homeless situation is a new one; others are returns.
//! Children counted with a parent are no part of it.

pub(crate) mod movement;

use ethos_model::category::{EthosCategory, Total};
use ethos_model::date::Day;
use rayon::prelude::*;

use crate::error::CountError;
use crate::input::CountInput;
use crate::plan::Plan;
use crate::spells::{Merging, Span, Stretch, by_person, normalise, runs};

/// Movements of persons between two days.
#[derive(Copy, Clone, PartialEq, Eq, Debug, Default)]
pub struct Flows {
    /// Persons in a homeless situation on the first day.
    pub stock_first: u64,
    /// Entries after the first day, up to and including the last. A person may enter twice.
    pub entries: u64,
    /// Of those, entries of someone without a homeless situation in the days of the washout.
    pub new_entries: u64,
    /// Exits after the first day, up to and including the last.
    pub exits: u64,
    /// Persons in a homeless situation on the last day.
    pub stock_last: u64,
    /// Persons in a homeless situation on any day from the first to the last.
    pub ever: u64,
    /// Persons who enter and were not in a homeless situation on the first day.
    pub first_entries: u64,
}

impl Flows {
    fn add(&mut self, other: Self) {
        self.stock_first += other.stock_first;
        self.entries += other.entries;
        self.new_entries += other.new_entries;
        self.exits += other.exits;
        self.stock_last += other.stock_last;
        self.ever += other.ever;
        self.first_entries += other.first_entries;
    }
}

/// The movements from one day to another, over the sources that are used on both.
///
/// # Errors
/// Those of [`crate::count`] for an input whose parts do not belong together.
pub fn flows(
    input: &CountInput<'_>,
    first: Day,
    last: Day,
    washout_days: u16,
) -> Result<Flows, CountError> {
    let plan = Plan::new(*input)?;
    let merging = Merging {
        deliveries: plan.input.deliveries,
        gap_days: plan.input.study.count.merge_gap_days,
    };
    let used: Vec<bool> = plan
        .input
        .study
        .sources
        .iter()
        .map(|source| source.used_on(first) && source.used_on(last))
        .collect();
    let sorted = by_person(input.person);
    let parts: Vec<Flows> = runs(&sorted, 1 << 14, |entry| entry.0)
        .into_par_iter()
        .map(|run| {
            let mut total = Flows::default();
            let (mut own, mut stretches) = (Vec::new(), Vec::new());
            let mut spans = Vec::new();
            for entries in sorted[run].chunk_by(|a, b| a.0 == b.0) {
                own.clear();
                own.extend(entries.iter().map(|entry| entry.1));
                stretches.clear();
                normalise(input.spells, &mut own, merging, &mut stretches);
                spans.clear();
                spans.extend(stretches.iter().filter_map(|stretch: &Stretch| {
                    let spell = &input.spells[stretch.spell as usize];
                    let homeless = EthosCategory::total(spell.category) == Total::Homeless;
                    (homeless && used[usize::from(spell.source.0)]).then_some(stretch.days)
                }));
                total.add(of_person(&mut spans, first, last, washout_days));
            }
            total
        })
        .collect();
    Ok(parts.into_iter().fold(Flows::default(), |mut total, part| {
        total.add(part);
        total
    }))
}

/// The movements of one person with these homeless days, given in any order.
fn of_person(spans: &mut [Span], first: Day, last: Day, washout_days: u16) -> Flows {
    spans.sort_unstable();
    let mut flows = Flows::default();
    let mut joined: Option<Span> = None;
    let mut before: Option<Day> = None;
    let mut at = 0;
    while at < spans.len() {
        let mut span = spans[at];
        at += 1;
        while at < spans.len() && spans[at].start <= span.end {
            span.end = span.end.max(spans[at].end);
            at += 1;
        }
        if let Some(previous) = joined.replace(span) {
            before = Some(previous.end);
        }
        flows.stock_first += u64::from(span.holds(first));
        flows.stock_last += u64::from(span.holds(last));
        flows.ever += u64::from(span.start <= last && span.end > first);
        if first < span.start && span.start <= last {
            flows.entries += 1;
            let quiet = before.is_none_or(|end| span.start.0 - end.0 >= i32::from(washout_days));
            flows.new_entries += u64::from(quiet);
        }
        flows.exits += u64::from(first < span.end && span.end <= last);
    }
    flows.ever = flows.ever.min(1);
    flows.first_entries = u64::from(flows.entries > 0 && flows.stock_first == 0);
    flows
}

#[cfg(test)]
mod tests {
    use super::*;

    fn span(start: i32, end: i32) -> Span {
        Span::new(Day(start), Day(end)).unwrap()
    }

    #[test]
    fn a_return_is_no_new_entry() {
        let mut spans = [span(50, 60), span(0, 20), span(20, 30)];
        let flows = of_person(&mut spans, Day(10), Day(55), 365);
        assert_eq!((flows.stock_first, flows.stock_last), (1, 1));
        assert_eq!((flows.entries, flows.new_entries, flows.exits), (1, 0, 1));
        let flows = of_person(&mut spans, Day(10), Day(55), 20);
        assert_eq!(flows.new_entries, 1);
        assert_eq!((flows.ever, flows.first_entries), (1, 0));
    }
}

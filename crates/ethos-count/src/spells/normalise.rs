//! Spells of one person that are one spell.
//!
//! A stay is delivered again and again: in the file of the first half-year with an open end, in
//! that of the second with its end; or as two rows because somebody moved to another bed. Within
//! one source, category and municipality (of stay and responsible)
//!
//! 1. a row with the same start in a later delivery of the same sender replaces the earlier one,
//!    so that an open end does not survive the file that closed it;
//! 2. stretches that overlap, touch or leave a gap of at most `merge_gap_days` are one: the days
//!    of the gap count, and the stretch starts where the first one starts.
//!
//! Expectations (leaving an institution, eviction) are not merged: each counts in its own window.

use std::cmp::Ordering;

use ethos_model::coverage::Delivery;
use ethos_model::date::Day;
use ethos_model::spell::{Municipalities, Spell};

use super::active::{Span, active_spans};

/// Days on which a spell counts, after merging.
#[derive(Copy, Clone, PartialEq, Eq, Debug)]
pub struct Stretch {
    /// Position of the spell.
    pub spell: u32,
    /// The days, with the gap to the next stretch where one was closed.
    pub days: Span,
    /// First day of the merged stretch that it is part of.
    pub since: Day,
    /// Whether a source gave that first day.
    pub dated: bool,
    /// Whether these are the days on which leaving or eviction is expected soon.
    pub expected: bool,
}

/// What became of spells. Each is in exactly one of these.
#[derive(Copy, Clone, PartialEq, Eq, Debug, Default)]
pub struct Tally {
    /// Stands alone or begins a merged stretch.
    pub kept: u64,
    /// Continues a stretch.
    pub merged: u64,
    /// Replaced by a row with the same start in a later delivery.
    pub superseded: u64,
    /// Counts on no day: an institution or eviction without a date, or no day between start and
    /// end.
    pub never_active: u64,
    /// Of those kept, on the word of an observer for that day only.
    pub on_word: u64,
}

impl Tally {
    /// Adds another tally.
    pub fn add(&mut self, other: Self) {
        self.kept += other.kept;
        self.merged += other.merged;
        self.superseded += other.superseded;
        self.never_active += other.never_active;
        self.on_word += other.on_word;
    }

    /// Spells in all.
    pub fn spells(&self) -> u64 {
        self.kept + self.merged + self.superseded + self.never_active
    }
}

/// How spells are merged.
#[derive(Copy, Clone, Debug)]
pub struct Merging<'a> {
    /// Deliveries of the run, which spells refer to.
    pub deliveries: &'a [Delivery],
    /// Longest gap that is closed, in days.
    pub gap_days: u16,
}

impl Merging<'_> {
    fn delivery(&self, spell: &Spell) -> Option<&Delivery> {
        self.deliveries.get(spell.row.delivery as usize)
    }

    /// Later deliveries are greater: by the day they were made, then by the end of their period,
    /// then by their place in the run.
    fn recency(&self, spell: &Spell) -> (Option<Day>, Option<Day>, u32) {
        let delivery = self.delivery(spell);
        (
            delivery.and_then(|delivery| delivery.made),
            delivery
                .and_then(|delivery| delivery.period)
                .map(ethos_model::date::Period::end),
            spell.row.delivery,
        )
    }

    fn same_sender(&self, a: &Spell, b: &Spell) -> bool {
        let sender = |spell| self.delivery(spell).map(|delivery| delivery.sender);
        sender(a) == sender(b)
    }
}

/// Merges the spells of one person and one source after another; `own` are their positions in
/// any order and is left sorted. Stretches are appended to `out`.
///
/// ```
/// # use ethos_model::{attribute::Attributes, category::EthosCategory, date::Day};
/// # use ethos_model::spell::{LinkKey, Municipalities, RowRef, SourceId, Spell};
/// use ethos_count::spells::{Merging, normalise};
/// # let spell = |row, start: &str, end: &str| Spell {
/// #     source: SourceId(0), row: RowRef { delivery: 0, row }, key: LinkKey::default(),
/// #     category: EthosCategory::EmergencyShelter, situation: None,
/// #     start: Day::parse(start).unwrap(), start_known: true, end: Day::parse(end), observed: None,
/// #     ready_to_leave: None, expected_on: None, end_reason: None,
/// #     municipalities: Municipalities::default(), attributes: Attributes::default(),
/// #     children_with: 0, children_elsewhere: 0,
/// # };
/// // Two stays with one night between them.
/// let spells = [spell(2, "2026-01-01", "2026-01-10"), spell(3, "2026-01-11", "2026-02-01")];
/// let merging = Merging { deliveries: &[], gap_days: 1 };
/// let mut stretches = Vec::new();
/// let tally = normalise(&spells, &mut [1, 0], merging, &mut stretches);
/// assert_eq!((tally.kept, tally.merged), (1, 1));
/// assert!(stretches[0].days.holds(Day::parse("2026-01-10").unwrap()));
/// assert_eq!(stretches[1].since, Day::parse("2026-01-01").unwrap());
/// ```
pub fn normalise(
    spells: &[Spell],
    own: &mut [u32],
    merging: Merging<'_>,
    out: &mut Vec<Stretch>,
) -> Tally {
    let spell = |at: u32| &spells[at as usize];
    own.sort_unstable_by(|&a, &b| {
        let (a, b) = (spell(a), spell(b));
        group(a)
            .cmp(&group(b))
            .then(a.start.cmp(&b.start))
            .then_with(|| merging.recency(b).cmp(&merging.recency(a)))
            .then_with(|| by_content(a, b))
    });
    let mut tally = Tally::default();
    for group in own.chunk_by(|&a, &b| group(spell(a)) == group(spell(b))) {
        let first = out.len();
        for same_start in group.chunk_by(|&a, &b| spell(a).start == spell(b).start) {
            for (at, &position) in same_start.iter().enumerate() {
                let row = spell(position);
                let replaced = same_start[..at].iter().any(|&later| {
                    let later = spell(later);
                    row.start_known
                        && later.start_known
                        && row.observed.is_none()
                        && later.observed.is_none()
                        && later.row.delivery != row.row.delivery
                        && merging.same_sender(later, row)
                });
                if replaced {
                    tally.superseded += 1;
                    continue;
                }
                let active = active_spans(row, merging.delivery(row));
                let mut push = |days: Span, expected| {
                    out.push(Stretch {
                        spell: position,
                        days,
                        since: days.start,
                        dated: row.start_known,
                        expected,
                    });
                };
                match (active.stay, active.expected) {
                    (None, None) => tally.never_active += 1,
                    (None, Some(_)) => {
                        tally.kept += 1;
                        tally.on_word += u64::from(active.on_word);
                    }
                    (Some(_), _) => {}
                }
                if let Some(days) = active.stay {
                    push(days, false);
                }
                if let Some(days) = active.expected {
                    push(days, true);
                }
            }
        }
        // A stay that counts only once the person is ready to leave may start out of turn.
        let found = &mut out[first..];
        found.sort_by_key(|stretch| (stretch.expected, stretch.days.start));
        let stays = found.partition_point(|stretch| !stretch.expected);
        let merged = chain(&mut found[..stays], i32::from(merging.gap_days));
        tally.merged += merged;
        tally.kept += stays as u64 - merged;
    }
    tally
}

/// Joins stretches in order of their start; says how many continue another.
fn chain(stays: &mut [Stretch], gap_days: i32) -> u64 {
    let mut merged = 0;
    let mut last = 0;
    for at in 1..stays.len() {
        let (reach, next) = (stays[last].days.end, stays[at].days);
        let continues = reach == Span::OPEN || next.start.0 - reach.0 <= gap_days;
        if continues {
            merged += 1;
            stays[at].since = stays[last].since;
            stays[at].dated = stays[last].dated;
            if reach < next.start {
                stays[last].days.end = next.start;
            }
        }
        if !continues || next.end > reach {
            last = at;
        }
    }
    merged
}

type Group = (u16, u8, Option<u16>, Option<u16>);

fn group(spell: &Spell) -> Group {
    let Municipalities {
        stay, responsible, ..
    } = spell.municipalities;
    (
        spell.source.0,
        spell.category as u8,
        stay.map(ethos_model::municipality::MunicipalityCode::number),
        responsible.map(ethos_model::municipality::MunicipalityCode::number),
    )
}

/// An order of spells by what a count uses of them, and by their place in the files only where
/// that is the same: the order of rows in a file decides nothing.
pub(crate) fn by_content(a: &Spell, b: &Spell) -> Ordering {
    let key = |spell: &Spell| {
        (
            spell.end,
            spell.start_known,
            spell.observed,
            spell.ready_to_leave,
            spell.expected_on,
            spell.situation,
            spell.municipalities.registered,
            spell.municipalities.origin,
            spell.row,
        )
    };
    key(a).cmp(&key(b))
}

#[cfg(test)]
mod tests {
    use super::*;
    use ethos_model::attribute::Attributes;
    use ethos_model::category::EthosCategory;
    use ethos_model::spell::{LinkKey, RowRef, SourceId};

    fn day(text: &str) -> Day {
        Day::parse(text).unwrap()
    }

    fn stay(delivery: u32, start: &str, end: &str) -> Spell {
        Spell {
            source: SourceId(0),
            row: RowRef { delivery, row: 2 },
            key: LinkKey::default(),
            category: EthosCategory::TemporaryShelter,
            situation: None,
            start: day(start),
            start_known: true,
            end: Day::parse(end),
            observed: None,
            ready_to_leave: None,
            expected_on: None,
            end_reason: None,
            municipalities: Municipalities::default(),
            attributes: Attributes::default(),
            children_with: 0,
            children_elsewhere: 0,
        }
    }

    fn delivery(made: &str) -> Delivery {
        Delivery {
            source: SourceId(0),
            file: String::new(),
            sha256: String::new(),
            layout: String::new(),
            sender: None,
            made: Day::parse(made),
            inferred_until: None,
            period: None,
            rows: 1,
            replaced: false,
            usable: true,
        }
    }

    fn run(spells: &[Spell], deliveries: &[Delivery], gap_days: u16) -> (Tally, Vec<Stretch>) {
        let mut own: Vec<u32> = (0..spells.len() as u32).collect();
        let mut out = Vec::new();
        let tally = normalise(
            spells,
            &mut own,
            Merging {
                deliveries,
                gap_days,
            },
            &mut out,
        );
        assert_eq!(tally.spells(), spells.len() as u64);
        (tally, out)
    }

    #[test]
    fn the_gap_is_closed_up_to_its_length() {
        let spells = [
            stay(0, "2025-01-01", "2025-01-10"),
            stay(0, "2025-01-12", "2025-02-01"),
        ];
        let (tally, apart) = run(&spells, &[], 1);
        assert_eq!((tally.kept, tally.merged), (2, 0));
        assert!(
            !apart
                .iter()
                .any(|stretch| stretch.days.holds(day("2025-01-11")))
        );
        let (tally, joined) = run(&spells, &[], 2);
        assert_eq!((tally.kept, tally.merged), (1, 1));
        assert!(
            joined
                .iter()
                .any(|stretch| stretch.days.holds(day("2025-01-11")))
        );
        assert!(
            joined
                .iter()
                .all(|stretch| stretch.since == day("2025-01-01"))
        );
    }

    #[test]
    fn a_long_stay_bridges_short_ones() {
        let spells = [
            stay(0, "2025-01-01", "2025-12-01"),
            stay(0, "2025-02-01", "2025-03-01"),
            stay(0, "2025-12-02", "2025-12-31"),
        ];
        let (tally, stretches) = run(&spells, &[], 1);
        assert_eq!((tally.kept, tally.merged), (1, 2));
        assert!(stretches[0].days.holds(day("2025-12-01")));
    }

    #[test]
    fn other_categories_and_municipalities_stay_apart() {
        let mut other = stay(0, "2025-01-10", "2025-02-01");
        other.category = EthosCategory::EmergencyShelter;
        let mut elsewhere = stay(0, "2025-01-10", "2025-02-01");
        elsewhere.municipalities.stay =
            ethos_model::municipality::MunicipalityCode::parse("0363").ok();
        let spells = [stay(0, "2025-01-01", "2025-01-10"), other, elsewhere];
        assert_eq!(run(&spells, &[], 30).0.kept, 3);
    }

    #[test]
    fn a_later_file_closes_an_open_end() {
        let deliveries = [delivery("2025-08-20"), delivery("2026-02-10")];
        let spells = [
            stay(0, "2025-03-01", ""),
            stay(1, "2025-03-01", "2025-07-15"),
        ];
        let (tally, stretches) = run(&spells, &deliveries, 1);
        assert_eq!((tally.kept, tally.superseded), (1, 1));
        assert_eq!(stretches[0].days.end, day("2025-07-15"));
    }

    #[test]
    fn forms_of_one_night_do_not_replace_each_other() {
        let deliveries = [delivery("2025-04-10"), delivery("2025-04-11")];
        let mut spells = [stay(0, "2025-04-08", ""), stay(1, "2025-04-08", "")];
        for spell in &mut spells {
            spell.observed = Some(day("2025-04-08"));
        }
        let (tally, _) = run(&spells, &deliveries, 1);
        assert_eq!((tally.kept, tally.merged, tally.superseded), (1, 1, 0));
    }
}

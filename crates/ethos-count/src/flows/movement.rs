//! What happens to each person between two days: entering homelessness, anew or again, leaving
//! it after a while, and coming into a category.
//!
//! Someone left when a source says so: it gave the end, or the sender delivered again for a day
//! after it and did not tell of the person any more. Where the sender delivered nothing of later
//! days, the last word of its file ends the situation, and nobody knows whether the person left.

use std::collections::BTreeMap;

use ethos_model::attribute::{AgeBands, DurationBand, NationalityGroup, Sex};
use ethos_model::category::{EthosCategory, Total};
use ethos_model::coverage::Delivery;
use ethos_model::date::{Day, Period};
use ethos_model::spell::Spell;
use rayon::prelude::*;

use crate::persons::{Candidate, Facts, decide, register_row, rows_of};
use crate::plan::Plan;
use crate::spells::{Merging, Span, Stretch, by_person, last_word, normalise, runs};
use crate::tables::{at_date, spoken};

/// A person for whom something happened.
#[derive(Copy, Clone, PartialEq, Eq, Debug, Default)]
pub(crate) struct Movement {
    /// The first entry: its category, and whether nobody had seen the person homeless in the days
    /// of the washout before.
    pub(crate) entered: Option<(EthosCategory, bool)>,
    /// The last exit that a source told: the category left, and how long the time of homelessness
    /// lasted where a source gave its start.
    pub(crate) left: Option<(EthosCategory, Option<DurationBand>)>,
    /// Whether the last time of homelessness in the period ended only because the sender
    /// delivered nothing of later days.
    pub(crate) lost: bool,
    /// Categories of which a situation began, as bits by [`EthosCategory::index`].
    pub(crate) began: u8,
    pub(crate) sex: Option<Sex>,
    /// Age band on the day of the entry, else of the exit: position in the published bands.
    pub(crate) age: Option<usize>,
    pub(crate) nationality: Option<NationalityGroup>,
}

/// The movements after the first day of the period, up to and including the first day after it,
/// over the sources that are used on both; in order of person.
pub(crate) fn movements(plan: &Plan<'_>, period: Period) -> Vec<Movement> {
    let input = &plan.input;
    let (first, last) = (period.start(), period.end());
    let merging = Merging {
        deliveries: input.deliveries,
        gap_days: input.study.count.merge_gap_days,
    };
    let used: Vec<bool> = input
        .study
        .sources
        .iter()
        .map(|source| source.used_on(first) && source.used_on(last))
        .collect();
    let bands = AgeBands::published();
    let heard = Heard::until(last, input.deliveries);
    let sorted = by_person(input.person);
    let parts: Vec<Vec<Movement>> = runs(&sorted, 1 << 14, |entry| entry.0)
        .into_par_iter()
        .map(|run| {
            let mut found = Vec::new();
            let (mut own, mut stretches) = (Vec::new(), Vec::new());
            for entries in sorted[run].chunk_by(|a, b| a.0 == b.0) {
                own.clear();
                own.extend(entries.iter().map(|entry| entry.1));
                stretches.clear();
                normalise(input.spells, &mut own, merging, &mut stretches);
                stretches.retain(|stretch| {
                    let spell = &input.spells[stretch.spell as usize];
                    used[usize::from(spell.source.0)]
                });
                let Some((mut movement, day)) = of_person(plan, &heard, &stretches, first, last)
                else {
                    continue;
                };
                let keyed = own.iter().any(|&at| input.keyed[at as usize]);
                let rows = if keyed {
                    rows_of(input.register, entries[0].0)
                } else {
                    &[]
                };
                let spells = own.iter().map(|&at| &input.spells[at as usize]);
                let facts = Facts::of_spells(spells, input.deliveries)
                    .with_register(register_row(rows, day));
                movement.sex = facts.sex;
                movement.nationality = facts.nationality;
                movement.age = facts
                    .birth
                    .and_then(|birth| birth.age_on(day))
                    .and_then(|age| bands.band_of(age))
                    .and_then(|band| bands.labels().iter().position(|label| label == band));
                found.push(movement);
            }
            found
        })
        .collect();
    parts.into_iter().flatten().collect()
}

/// What happened to a person with these stretches, and the day on which their age is told.
fn of_person(
    plan: &Plan<'_>,
    heard: &Heard,
    stretches: &[Stretch],
    first: Day,
    last: Day,
) -> Option<(Movement, Day)> {
    let spells = plan.input.spells;
    let within = |day: Day| first < day && day <= last;
    let category = |stretch: &Stretch| spells[stretch.spell as usize].category;
    let mut movement = Movement::default();
    let mut day: Option<Day> = None;

    let homeless = |stretch: &&Stretch| category(stretch).total() == Total::Homeless;
    let times = joined(
        stretches
            .iter()
            .filter(homeless)
            .map(|stretch| stretch.days),
    );
    let washout = i32::from(plan.input.study.count.washout_days);
    let entry = times
        .iter()
        .enumerate()
        .find(|(_, time)| within(time.start));
    if let Some((at, time)) = entry {
        let before = at.checked_sub(1).map(|at| times[at].end);
        let anew = before.is_none_or(|end| time.start.0 - end.0 >= washout);
        let into = category_on(plan, stretches, time.start)?;
        movement.entered = Some((into, anew));
        day = Some(time.start);
    }
    let told = |time: &Span| {
        let mut ending = stretches
            .iter()
            .filter(homeless)
            .filter(|stretch| stretch.days.end == time.end);
        ending.any(|stretch| {
            heard.ended(
                &spells[stretch.spell as usize],
                time.end,
                plan.input.deliveries,
            )
        })
    };
    let mut ended = times
        .iter()
        .rev()
        .filter(|time| within(time.end))
        .peekable();
    if ended.peek().is_some_and(|time| !told(time)) {
        movement.lost = true;
        day = day.or(ended.peek().map(|time| time.end));
    }
    if let Some(time) = ended.find(|time| told(time)) {
        let dated = stretches
            .iter()
            .filter(homeless)
            .any(|stretch| stretch.days.start == time.start && stretch.dated);
        let lasted = dated.then(|| DurationBand::between(time.start, time.end));
        let from = category_on(plan, stretches, time.end.plus_days(-1))?;
        movement.left = Some((from, lasted));
        day = day.or(Some(time.end));
    }
    for of in EthosCategory::ALL {
        let own = stretches.iter().filter(|stretch| category(stretch) == of);
        let begins = joined(own.map(|stretch| stretch.days))
            .into_iter()
            .map(|time| time.start)
            .find(|start| within(*start));
        if let Some(start) = begins {
            movement.began |= 1 << of.index();
            day = day.or(Some(start));
        }
    }
    day.map(|day| (movement, day))
}

/// Up to which day the sender of every delivery is heard of, in the order of the deliveries.
struct Heard(Vec<Option<Day>>);

impl Heard {
    /// By the usable deliveries of the same sender and source on any day up to the last one.
    fn until(last: Day, deliveries: &[Delivery]) -> Self {
        let key = |delivery: &Delivery| {
            let sender = delivery.sender.map(|sender| at_date(sender, last));
            (delivery.source, sender)
        };
        let mut latest: BTreeMap<_, Day> = BTreeMap::new();
        for delivery in deliveries {
            if let Some(days) = spoken(delivery).filter(|days| days.start <= last) {
                let heard = latest.entry(key(delivery)).or_insert(days.end);
                *heard = days.end.max(*heard);
            }
        }
        let of = |delivery| latest.get(&key(delivery)).copied();
        Self(deliveries.iter().map(of).collect())
    }

    /// Whether a source tells that a spell ended on this day: by an end, or because its sender
    /// delivered again and does not tell of the person any more.
    fn ended(&self, spell: &Spell, end: Day, deliveries: &[Delivery]) -> bool {
        let at = spell.row.delivery as usize;
        let cut = last_word(spell, deliveries.get(at)).is_some_and(|last| last.plus_days(1) == end);
        let heard = self.0.get(at).copied().flatten();
        spell.end.is_some() || !cut || heard.is_some_and(|heard| heard > end)
    }
}

/// The category of a homeless person on a day.
fn category_on(plan: &Plan<'_>, stretches: &[Stretch], day: Day) -> Option<EthosCategory> {
    let spells = plan.input.spells;
    let candidates: Vec<Candidate<'_>> = stretches
        .iter()
        .filter(|stretch| stretch.days.holds(day))
        .map(|stretch| (stretch, &spells[stretch.spell as usize]))
        .filter(|(_, spell)| spell.category.total() == Total::Homeless)
        .map(|(stretch, spell)| Candidate::new(spell, stretch, spell.observed == Some(day)))
        .collect();
    let decision = decide(&candidates, plan.priority)?;
    Some(candidates[decision.winner].spell.category)
}

/// Days that touch or overlap as one, in order.
fn joined(spans: impl Iterator<Item = Span>) -> Vec<Span> {
    let mut spans: Vec<Span> = spans.collect();
    spans.sort_unstable();
    let mut times: Vec<Span> = Vec::new();
    for span in spans {
        match times.last_mut() {
            Some(time) if span.start <= time.end => time.end = time.end.max(span.end),
            _ => times.push(span),
        }
    }
    times
}

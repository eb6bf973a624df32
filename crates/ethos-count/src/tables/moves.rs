//! Moves between categories: the persons of a reference date by the category they are in and the
//! one they were in on the date before.
//!
//! Every person of the later date stands in one row and one column; those of the earlier date who
//! are not found again stand in the measure [`Measure::Gone`]. Columns therefore add up to the
//! later stock and rows, with those who are gone, to the earlier one.
//!
//! Who arrived or is gone was found in no category on the other date. Where some category was not
//! measured then, or some sender did not deliver, these counts are therefore no minima.

use std::collections::BTreeMap;

use ethos_model::category::EthosCategory;
use ethos_model::cell::{CellState, Count};
use ethos_model::cube::{CubeKey, CubeRow, Family, Figure, Measure};
use ethos_model::date::{Period, Time};
use ethos_model::person::{Person, Role};

/// A stock: its persons in order of id, and the published counts by category.
pub(crate) struct Stock<'a> {
    pub(crate) persons: &'a [Person],
    pub(crate) counts: BTreeMap<EthosCategory, Count>,
}

impl<'a> Stock<'a> {
    /// The stock of a date; `None` where it was not counted.
    pub(crate) fn on(
        time: Time,
        persons: &'a [(Time, Vec<Person>)],
        cube: &[CubeRow],
    ) -> Option<Self> {
        let (_, persons) = persons.iter().find(|(found, _)| *found == time)?;
        let counts: BTreeMap<EthosCategory, Count> = EthosCategory::ALL
            .into_iter()
            .filter_map(|category| {
                let key = CubeKey {
                    category: Some(category),
                    ..CubeKey::national(
                        Family::NationalCategory,
                        time,
                        category.total(),
                        Measure::Observed,
                    )
                };
                match cube.iter().find(|row| row.key == key)?.figure {
                    Figure::Count(count) => Some((category, count)),
                    Figure::Estimate(_) => None,
                }
            })
            .collect();
        (counts.len() == EthosCategory::ALL.len()).then_some(Self { persons, counts })
    }

    fn of(&self, category: EthosCategory) -> (u64, CellState) {
        self.counts
            .get(&category)
            .map_or((0, CellState::NotCollected), |count| {
                (count.persons().unwrap_or(0), count.state())
            })
    }

    /// Whether everybody who was in any category can have been seen.
    fn is_whole(&self) -> bool {
        let whole = |count: &Count| matches!(count.state(), CellState::Seen | CellState::ZeroSeen);
        self.counts.values().all(whole)
    }
}

/// The rows of the moves between two stocks.
pub(crate) fn by_move(period: Period, before: &Stock<'_>, after: &Stock<'_>) -> Vec<CubeRow> {
    let time = Time::AnyDayIn(period);
    let moved = matched(before.persons, after.persons);
    let mut cube = Vec::new();
    let mut push = |category: EthosCategory, measure, state, persons| {
        let count = Count::of(state, persons);
        let count = if matches!(measure, Measure::MovedFrom(_)) {
            count
        } else {
            count.of_flow()
        };
        cube.push(CubeRow {
            key: CubeKey {
                category: Some(category),
                ..CubeKey::national(Family::Moves, time, category.total(), measure)
            },
            figure: Figure::Count(count),
        });
    };
    let in_none = |state, other: &Stock<'_>| {
        if other.is_whole() {
            state
        } else {
            weakest(state, CellState::Partial)
        }
    };
    for to in EthosCategory::ALL {
        let (now, state) = after.of(to);
        let mut known = 0;
        for from in EthosCategory::ALL {
            let persons = moved.get(&(from, to)).copied().unwrap_or(0);
            known += persons;
            let state = weakest(before.of(from).1, state);
            push(to, Measure::MovedFrom(from), state, persons);
        }
        // Children whom a form gives as a number have no earlier date to be found on.
        push(
            to,
            Measure::Arrived,
            in_none(state, before),
            now.saturating_sub(known),
        );
    }
    for from in EthosCategory::ALL {
        let (then, state) = before.of(from);
        let known: u64 = EthosCategory::ALL
            .into_iter()
            .filter_map(|to| moved.get(&(from, to)))
            .sum();
        push(
            from,
            Measure::Gone,
            in_none(state, after),
            then.saturating_sub(known),
        );
    }
    cube
}

/// The state of a figure that needs both.
fn weakest(a: CellState, b: CellState) -> CellState {
    let gap = |state: CellState| {
        !matches!(
            state,
            CellState::Seen | CellState::ZeroSeen | CellState::Partial
        )
    };
    match (a, b) {
        (a, _) if gap(a) => a,
        (_, b) if gap(b) => b,
        (CellState::Partial, _) | (_, CellState::Partial) => CellState::Partial,
        _ => CellState::Seen,
    }
}

/// Persons by category before and after, of those found on both dates.
fn matched(before: &[Person], after: &[Person]) -> BTreeMap<(EthosCategory, EthosCategory), u64> {
    let counted = |person: &&Person| person.role != Role::IndirectlyInvolved;
    let mut found = BTreeMap::new();
    let mut earlier = before.iter().filter(counted).peekable();
    for person in after.iter().filter(counted) {
        while earlier.next_if(|other| other.id < person.id).is_some() {}
        if let Some(other) = earlier.next_if(|other| other.id == person.id) {
            *found.entry((other.category, person.category)).or_insert(0) += 1;
        }
    }
    found
}

//! Flows: persons who entered and left homelessness between two days, by one characteristic at a
//! time, and persons for whom a situation of a category began. Never in a row with a stock.
//!
//! Where something was not measured or not delivered, a flow is no minimum: people who are not
//! delivered yet, or are somewhere that nobody looks, seem to have come or gone.

use ethos_model::attribute::{AgeBands, DurationBand, NationalityGroup, Sex, UNKNOWN};
use ethos_model::category::{EthosCategory, Total};
use ethos_model::cell::Count;
use ethos_model::cube::{Characteristic, CubeKey, CubeRow, Family, Figure, Measure};
use ethos_model::date::{Period, Time};

use super::coverage::Coverage;
use super::rows::categories_of;
use crate::flows::movement::Movement;

/// The rows of a period.
pub(crate) fn by_flow(period: Period, coverage: &Coverage, movements: &[Movement]) -> Vec<CubeRow> {
    let time = Time::AnyDayIn(period);
    let everywhere = || 0..coverage.municipalities().len();
    let state = coverage.total(everywhere(), &categories_of(Total::Homeless));
    let all = |measure| CubeKey::national(Family::Flows, time, Total::Homeless, measure);
    let mut cube = Vec::new();
    let mut push = |key, state, persons: usize| {
        cube.push(CubeRow {
            key,
            figure: Figure::Count(Count::of(state, persons as u64).of_flow()),
        });
    };
    for measure in [
        Measure::Entries,
        Measure::NewEntries,
        Measure::Returns,
        Measure::Exits,
    ] {
        let of: Vec<&Movement> = movements
            .iter()
            .filter(|movement| counts(movement, measure))
            .collect();
        push(all(measure), state, of.len());
        for category in categories_of(Total::Homeless) {
            let state = coverage.total(everywhere(), &[category]);
            let mut key = all(measure);
            key.category = Some(category);
            let own = of
                .iter()
                .filter(|one| category_of(one, measure) == Some(category));
            push(key, state, own.count());
        }
        for by in characteristics(measure, movements) {
            let levels = by.levels();
            for at in 0..=levels.len() {
                let mut key = all(measure);
                let level = levels.get(at).map_or(UNKNOWN, String::as_str);
                key.set_level(by, Some(level.to_owned()));
                let own = of
                    .iter()
                    .filter(|one| level_of(one, by).unwrap_or(levels.len()) == at);
                push(key, state, own.count());
            }
        }
    }
    for category in EthosCategory::ALL {
        let mut key = CubeKey::national(Family::Flows, time, category.total(), Measure::Began);
        key.category = Some(category);
        let state = coverage.total(everywhere(), &[category]);
        let began = movements
            .iter()
            .filter(|one| one.began >> category.index() & 1 == 1);
        push(key, state, began.count());
    }
    cube
}

fn counts(movement: &Movement, measure: Measure) -> bool {
    match measure {
        Measure::NewEntries => movement.entered.is_some_and(|(_, anew)| anew),
        Measure::Returns => movement.entered.is_some_and(|(_, anew)| !anew),
        Measure::Exits => movement.left.is_some(),
        _ => movement.entered.is_some(),
    }
}

fn category_of(movement: &Movement, measure: Measure) -> Option<EthosCategory> {
    if measure == Measure::Exits {
        movement.left.map(|(category, _)| category)
    } else {
        movement.entered.map(|(category, _)| category)
    }
}

/// What a measure is told by: the characteristics that are known of anybody; how long it lasted of
/// those who left.
fn characteristics(measure: Measure, movements: &[Movement]) -> Vec<Characteristic> {
    [
        Characteristic::Sex,
        Characteristic::Age,
        Characteristic::Duration,
        Characteristic::Nationality,
    ]
    .into_iter()
    .filter(|by| *by != Characteristic::Duration || measure == Measure::Exits)
    .filter(|by| movements.iter().any(|one| level_of(one, *by).is_some()))
    .collect()
}

fn level_of(movement: &Movement, by: Characteristic) -> Option<usize> {
    match by {
        Characteristic::Sex => position(Sex::ALL, movement.sex?),
        Characteristic::Age => movement
            .age
            .filter(|at| *at < AgeBands::published().labels().len()),
        Characteristic::Duration => position(DurationBand::ALL, movement.left?.1?),
        Characteristic::Nationality => position(NationalityGroup::ALL, movement.nationality?),
        _ => None,
    }
}

fn position<T: PartialEq>(all: &[T], one: T) -> Option<usize> {
    all.iter().position(|level| *level == one)
}

//! Flows and moves: a handful of people counted by hand, and what adds up on random spells.

use ethos_count::Counted;
use ethos_model::category::EthosCategory::{EmergencyShelter, TemporaryShelter};
use ethos_model::category::{EthosCategory, Total};
use ethos_model::cell::CellState;
use ethos_model::coverage::{Delivery, Reach};
use ethos_model::cube::{CubeKey, Family, Figure, Measure};
use ethos_model::date::{Period, Time};
use ethos_model::study::TableSet;
use proptest::prelude::*;

use crate::identities::{random_world, seeds};
use crate::world::{THREE_LISTS, World, day, delivery, gm};

fn year() -> Time {
    Time::AnyDayIn(Period::calendar_year(2025).unwrap())
}

fn key(family: Family, category: Option<EthosCategory>, measure: Measure) -> CubeKey {
    let total = category.map_or(Total::Homeless, EthosCategory::total);
    CubeKey {
        category,
        ..CubeKey::national(family, year(), total, measure)
    }
}

fn persons(counted: &Counted, key: &CubeKey) -> u64 {
    let row = counted.observed.cube.iter().find(|row| row.key == *key);
    match row.unwrap_or_else(|| panic!("no {key:?}")).figure {
        Figure::Count(count) => count.persons().unwrap_or(0),
        Figure::Estimate(_) => panic!("an estimate"),
    }
}

/// Seven people in 2025; see each for what happens to them.
fn seven() -> World {
    let mut world = World::new(THREE_LISTS);
    world.study.study.reference_dates = ["2025-01-01", "2026-01-01"].map(day).to_vec();
    world.study.publish.tables = vec![TableSet::National, TableSet::Flows];
    for (person, category, start, end) in [
        // Leaves after nine months.
        (1, EmergencyShelter, "2024-06-01", "2025-03-01"),
        // Enters, for the first time.
        (2, EmergencyShelter, "2025-05-01", ""),
        // Returns after four months and leaves again.
        (3, EmergencyShelter, "2024-10-01", "2024-12-01"),
        (3, TemporaryShelter, "2025-04-01", "2025-04-20"),
        // Was away for so long that the entry is a new one.
        (4, EmergencyShelter, "2023-01-01", "2023-06-01"),
        (4, EmergencyShelter, "2025-02-01", ""),
        // Moves, and is homeless all the while.
        (5, EmergencyShelter, "2024-05-01", "2025-06-01"),
        (5, TemporaryShelter, "2025-06-01", ""),
        // Enters and leaves twice: one person.
        (6, EmergencyShelter, "2025-02-01", "2025-03-01"),
        (6, TemporaryShelter, "2025-07-01", "2025-08-01"),
        // Stays.
        (7, TemporaryShelter, "2024-01-01", ""),
    ] {
        world.spell(person, 0, category, start, end);
    }
    world.registered(3, "2000-05-05");
    world
}

#[test]
fn seven_people_by_hand() {
    let counted = seven().count();
    let flow = |category, measure| persons(&counted, &key(Family::Flows, category, measure));
    let night = Some(EmergencyShelter);
    let hostel = Some(TemporaryShelter);
    assert_eq!(flow(None, Measure::Entries), 4, "2, 3, 4 and 6");
    assert_eq!(flow(None, Measure::NewEntries), 3, "2, 4 and 6");
    assert_eq!(flow(None, Measure::Returns), 1, "3");
    assert_eq!(flow(None, Measure::Exits), 3, "1, 3 and 6");
    assert_eq!(flow(night, Measure::Entries), 3, "6 enters into 2 first");
    assert_eq!(flow(hostel, Measure::Entries), 1);
    assert_eq!(flow(night, Measure::Exits), 1, "1");
    assert_eq!(flow(hostel, Measure::Exits), 2, "6 leaves from 3 last");
    assert_eq!(flow(night, Measure::Began), 3, "2, 4 and 6");
    assert_eq!(flow(hostel, Measure::Began), 3, "3, 5 and 6");

    let of = |measure, set: &dyn Fn(&mut CubeKey)| {
        let mut key = key(Family::Flows, None, measure);
        set(&mut key);
        persons(&counted, &key)
    };
    let lasted = |band: &str| of(Measure::Exits, &|key| key.duration = Some(band.into()));
    assert_eq!(lasted("under_3_months"), 2, "3 and 6");
    assert_eq!(lasted("3_months_to_1_year"), 1, "1");
    assert_eq!(
        of(Measure::Returns, &|key| key.sex = Some("female".into())),
        1
    );
    assert_eq!(
        of(Measure::Entries, &|key| key.age = Some("18-26".into())),
        1
    );
    assert_eq!(
        of(Measure::Entries, &|key| key.age = Some("unknown".into())),
        3
    );
}

#[test]
fn moves_of_seven_people_by_hand() {
    let counted = seven().count();
    let moved = |to, measure| persons(&counted, &key(Family::Moves, Some(to), measure));
    let from = Measure::MovedFrom;
    assert_eq!(moved(TemporaryShelter, from(EmergencyShelter)), 1, "5");
    assert_eq!(moved(TemporaryShelter, from(TemporaryShelter)), 1, "7");
    assert_eq!(moved(EmergencyShelter, from(EmergencyShelter)), 0);
    assert_eq!(moved(EmergencyShelter, Measure::Arrived), 2, "2 and 4");
    assert_eq!(moved(TemporaryShelter, Measure::Arrived), 0);
    assert_eq!(moved(EmergencyShelter, Measure::Gone), 1, "1");
}

/// Two shelters that deliver by half-year: Amsterdam twice, Rotterdam only the first time. Three
/// people are in each on 1 January 2025, and no file gives an end but where it says so.
fn a_shelter_that_stops() -> World {
    let mut world = World::new(THREE_LISTS);
    world.study.study.reference_dates = ["2025-01-01", "2026-01-01"].map(day).to_vec();
    world.study.publish.tables = vec![TableSet::National, TableSet::Flows];
    let half = |sender: &str, first: &str, last: &str| Delivery {
        sender: Some(gm(sender)),
        period: Period::new(day(first), day(last)),
        ..delivery(0)
    };
    let first = [
        half("0363", "2025-01-01", "2025-07-01"),
        half("0599", "2025-01-01", "2025-07-01"),
    ];
    let own = u32::try_from(world.deliveries.len()).unwrap();
    world.deliveries.extend(first);
    world
        .deliveries
        .push(half("0363", "2025-07-01", "2026-01-01"));
    world.deliveries.remove(0);
    let (amsterdam, rotterdam, later) = (own - 1, own, own + 1);
    for (person, delivery, end) in [
        // Left by an end that the file gives, in either city.
        (1, amsterdam, "2025-03-01"),
        (5, rotterdam, "2025-03-01"),
        // Not in the second file, which Amsterdam delivered and Rotterdam did not.
        (2, amsterdam, ""),
        (6, rotterdam, ""),
        // Still there.
        (3, amsterdam, ""),
        (3, later, ""),
        (7, rotterdam, ""),
    ] {
        world
            .spell(person, 0, EmergencyShelter, "2024-06-01", end)
            .row
            .delivery = delivery;
    }
    for spell in &mut world.spells {
        let sender = world.deliveries[spell.row.delivery as usize].sender;
        spell.municipalities.stay = sender;
    }
    world.reach[0] = Reach::Senders;
    world
}

#[test]
fn who_is_no_longer_delivered_has_not_left() {
    let counted = a_shelter_that_stops().count();
    let exits = key(Family::Flows, None, Measure::Exits);
    assert_eq!(persons(&counted, &exits), 3, "1, 2 and 5");
    let step = counted.ledger.step("exits 2025-01-01/2026-01-01").unwrap();
    let untold = "no longer delivered: not told whether they left";
    assert_eq!(
        (step.outcome("left homelessness"), step.outcome(untold)),
        (3, 2),
        "6 and 7 may still be in Rotterdam's shelter"
    );
}

#[test]
fn what_came_or_went_is_no_minimum_where_something_is_missing() {
    let counted = a_shelter_that_stops().count();
    let state = |family, category, measure| {
        let key = key(family, category, measure);
        let row = counted.observed.cube.iter().find(|row| row.key == key);
        match row.unwrap().figure {
            Figure::Count(count) => count.state(),
            Figure::Estimate(_) => panic!("an estimate"),
        }
    };
    let night = Some(EmergencyShelter);
    for measure in [Measure::Entries, Measure::Returns, Measure::Exits] {
        assert_eq!(state(Family::Flows, night, measure), CellState::Incomplete);
    }
    for measure in [Measure::Gone, Measure::Arrived] {
        assert_eq!(state(Family::Moves, night, measure), CellState::Incomplete);
    }
    // Who is found on both dates is found: of those there can only be more.
    assert_eq!(
        state(Family::Moves, night, Measure::MovedFrom(EmergencyShelter)),
        CellState::Partial
    );
    let moved = |measure| persons(&counted, &key(Family::Moves, night, measure));
    assert_eq!(moved(Measure::MovedFrom(EmergencyShelter)), 1, "3");
    assert_eq!(moved(Measure::Gone), 5, "7 too, of whom nobody heard");
}

#[test]
fn the_washout_says_who_is_new() {
    let mut world = seven();
    world.study.count.washout_days = 60;
    let counted = world.count();
    let flow = |measure| persons(&counted, &key(Family::Flows, None, measure));
    assert_eq!(
        (flow(Measure::NewEntries), flow(Measure::Returns)),
        (4, 0),
        "3 was away for 121 days"
    );
}

#[test]
fn flows_are_there_only_when_they_are_asked_for() {
    let mut world = seven();
    world.study.publish.tables = vec![TableSet::National];
    let families = |world: &World| {
        let counted = world.count();
        let mut rows = counted.observed.cube.into_iter();
        rows.any(|row| matches!(row.key.family, Family::Flows | Family::Moves))
    };
    assert!(!families(&world));
    // A source that came halfway tells of no flow over the whole time.
    world.study.publish.tables.push(TableSet::Flows);
    for source in &mut world.study.sources {
        source.valid_from = Some(day("2025-06-01"));
    }
    let counted = world.count();
    assert_eq!(
        persons(&counted, &key(Family::Flows, None, Measure::Entries)),
        0
    );
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(16))]

    #[test]
    fn flows_and_moves_add_up(seeds in seeds(8)) {
        let mut world = random_world(&seeds);
        world.study.publish.tables.push(TableSet::Flows);
        let counted = world.count();
        let rows = || counted.observed.cube.iter().map(|row| &row.key);
        let flow = |mut key: CubeKey, measure| {
            key.measure = measure;
            persons(&counted, &key)
        };
        for all in rows().filter(|key| key.family == Family::Flows && key.measure == Measure::Entries) {
            let parts = flow(all.clone(), Measure::NewEntries) + flow(all.clone(), Measure::Returns);
            prop_assert_eq!(parts, persons(&counted, all));
        }
        for measure in [Measure::Entries, Measure::Exits] {
            for all in rows().filter(|key| {
                key.family == Family::Flows && key.measure == measure
                    && **key == CubeKey::national(Family::Flows, key.time, key.total, measure)
            }) {
                let sum: u64 = rows()
                    .filter(|key| key.family == Family::Flows && key.measure == measure && key.time == all.time)
                    .filter(|key| key.category.is_some())
                    .map(|key| persons(&counted, key))
                    .sum();
                prop_assert_eq!(sum, persons(&counted, all));
            }
        }
        for period in [("2025-01-01", "2025-07-01"), ("2025-07-01", "2026-01-01"), ("2025-01-01", "2026-01-01")] {
            let (first, last) = (day(period.0), day(period.1));
            let time = Time::AnyDayIn(Period::new(first, last).unwrap());
            let moved = |category: EthosCategory, measure| {
                persons(&counted, &CubeKey {
                    category: Some(category),
                    ..CubeKey::national(Family::Moves, time, category.total(), measure)
                })
            };
            let stock = |category: EthosCategory, date| {
                persons(&counted, &CubeKey {
                    category: Some(category),
                    ..CubeKey::national(Family::NationalCategory, Time::On(date), category.total(), Measure::Observed)
                })
            };
            for one in EthosCategory::ALL {
                let into: u64 = EthosCategory::ALL.into_iter().map(|from| moved(one, Measure::MovedFrom(from))).sum();
                prop_assert_eq!(into + moved(one, Measure::Arrived), stock(one, last));
                let out: u64 = EthosCategory::ALL.into_iter().map(|to| moved(to, Measure::MovedFrom(one))).sum();
                prop_assert_eq!(out + moved(one, Measure::Gone), stock(one, first));
            }
        }
    }
}

//! What an empty cell means.

use std::collections::BTreeMap;

use ethos_model::category::EthosCategory;
use ethos_model::category::EthosCategory::{
    EmergencyShelter, EvictionThreat, PublicSpace, TemporaryShelter, Unknown,
};
use ethos_model::cell::{CellState, Count};
use ethos_model::coverage::{Delivery, ExpectedSender, Frame, Reach};
use ethos_model::cube::{Family, Measure, Place};
use ethos_model::date::{Period, Time};

use crate::world::{THREE_LISTS, World, day, delivery, figure, gm, national};

const DATE: &str = "2026-01-01";

fn sent(sender: &str, year: i16) -> Delivery {
    Delivery {
        sender: Some(gm(sender)),
        period: Period::calendar_year(year),
        ..delivery(0)
    }
}

/// Amsterdam delivers for itself and Diemen, Rotterdam for itself and Schiedam.
fn frame() -> Reach {
    let of = |sender| {
        vec![ExpectedSender {
            sender: gm(sender),
            from: None,
            until: None,
        }]
    };
    Reach::Frame(Frame {
        expected: BTreeMap::from([
            (gm("0363"), of("0363")),
            (gm("0384"), of("0363")),
            (gm("0599"), of("0599")),
            (gm("0606"), of("0599")),
        ]),
    })
}

fn world(deliveries: Vec<Delivery>) -> World {
    let mut world = World::new(THREE_LISTS);
    world.reach[0] = frame();
    let others: Vec<Delivery> = world.deliveries.drain(1..).collect();
    world.deliveries = deliveries;
    world.deliveries.extend(others);
    world
}

fn cell(world: &World, code: &str, category: Option<EthosCategory>) -> Count {
    let time = Time::parse(DATE).unwrap();
    let place = Place::Municipality(gm(code));
    figure(
        &world.count(),
        Family::MunicipalCategory,
        time,
        place,
        category,
        Measure::Observed,
    )
}

#[test]
fn the_five_ways_to_be_empty() {
    let mut world = world(vec![sent("0363", 2025)]);
    world.spell(1, 0, EmergencyShelter, "2025-06-01", "2026-06-01");
    world.spells[0].municipalities.stay = Some(gm("0384"));
    let state = |code, category| cell(&world, code, Some(category)).state();
    assert_eq!(state("0384", EmergencyShelter), CellState::Seen);
    assert_eq!(state("0363", EmergencyShelter), CellState::ZeroSeen);
    assert_eq!(state("0599", EmergencyShelter), CellState::NotDelivered);
    assert_eq!(state("0606", TemporaryShelter), CellState::NotDelivered);
    assert_eq!(state("0014", EmergencyShelter), CellState::NotCollected);
    assert_eq!(state("0363", PublicSpace), CellState::NotCollected);
    assert_eq!(state("0363", EvictionThreat), CellState::NotCollected);
    assert_eq!(state("0599", Unknown), CellState::ZeroSeen);
    assert_eq!(cell(&world, "0363", None).state(), CellState::Partial);
    assert_eq!(cell(&world, "0599", Some(EmergencyShelter)).persons(), None);
    let counted = world.count();
    let national = national(&counted, DATE, Some(EmergencyShelter), Measure::Observed);
    assert_eq!(
        (national.state(), national.persons()),
        (CellState::Partial, Some(1))
    );
    let note = counted
        .notes
        .iter()
        .find(|note| note.code == "list_partial")
        .unwrap();
    assert!(
        note.text.en.contains("in 2 of 4 municipalities"),
        "{}",
        note.text.en
    );
}

#[test]
fn persons_seen_where_nobody_was_asked_are_a_minimum() {
    let mut world = world(vec![sent("0363", 2025)]);
    world.spell(1, 0, PublicSpace, "2025-06-01", "2026-06-01");
    world
        .spell(2, 0, EmergencyShelter, "2025-06-01", "2026-06-01")
        .municipalities
        .stay = Some(gm("0599"));
    for (code, category) in [("0363", PublicSpace), ("0599", EmergencyShelter)] {
        let count = cell(&world, code, Some(category));
        assert_eq!(
            (count.state(), count.persons()),
            (CellState::Partial, Some(1))
        );
    }
}

#[test]
fn a_delivery_counts_for_its_days_only() {
    for (deliveries, expected) in [
        (vec![sent("0363", 2025)], CellState::ZeroSeen),
        (vec![sent("0363", 2026)], CellState::ZeroSeen),
        (vec![sent("0363", 2024)], CellState::NotDelivered),
        (
            vec![Delivery {
                usable: false,
                ..sent("0363", 2025)
            }],
            CellState::NotDelivered,
        ),
        (
            vec![Delivery {
                replaced: true,
                ..sent("0363", 2025)
            }],
            CellState::NotDelivered,
        ),
        (
            vec![Delivery {
                period: None,
                made: Some(day("2025-12-31")),
                ..sent("0363", 2025)
            }],
            CellState::NotDelivered,
        ),
        (
            vec![Delivery {
                sender: None,
                ..sent("0363", 2025)
            }],
            CellState::ZeroSeen,
        ),
    ] {
        let found = cell(&world(deliveries.clone()), "0384", Some(EmergencyShelter)).state();
        assert_eq!(found, expected, "{deliveries:?}");
    }
}

#[test]
fn a_year_with_one_half_delivered_is_partial() {
    let half = |from, to| Delivery {
        period: Period::new(day(from), day(to)),
        ..sent("0363", 2025)
    };
    let (first, second) = (
        half("2025-01-01", "2025-07-01"),
        half("2025-07-01", "2026-01-01"),
    );
    for (deliveries, expected) in [
        (vec![first.clone(), second], CellState::ZeroSeen),
        (vec![first], CellState::Partial),
        (vec![], CellState::NotDelivered),
    ] {
        let mut world = world(deliveries);
        world.study.count.period_years = vec![2025];
        let time = Time::parse("2025-01-01/2026-01-01").unwrap();
        let place = Place::Municipality(gm("0384"));
        let category = Some(EmergencyShelter);
        let family = Family::MunicipalCategory;
        let found = figure(
            &world.count(),
            family,
            time,
            place,
            category,
            Measure::Observed,
        );
        assert_eq!(found.state(), expected);
    }
}

#[test]
fn old_codes_of_senders_are_those_of_the_date() {
    let of = |sender| ExpectedSender {
        sender: gm(sender),
        from: None,
        until: None,
    };
    let mut world = world(vec![sent("0363", 2025)]);
    // Weesp delivered for itself until it went into Amsterdam.
    world.reach[0] = Reach::Frame(Frame {
        expected: BTreeMap::from([
            (gm("0457"), vec![of("0457")]),
            (gm("0363"), vec![of("0363")]),
        ]),
    });
    assert_eq!(
        cell(&world, "0363", Some(EmergencyShelter)).state(),
        CellState::ZeroSeen
    );
    // Before that, a frame that only knows today's codes expects Amsterdam to tell of Weesp.
    world.study.study.reference_dates = vec![day("2022-01-01")];
    world.reach[0] = Reach::Frame(Frame {
        expected: BTreeMap::from([(gm("0363"), vec![of("0363")])]),
    });
    world.deliveries[0] = sent("0363", 2021);
    let place = Place::Municipality(gm("0457"));
    let time = Time::parse("2022-01-01").unwrap();
    let family = Family::MunicipalCategory;
    let category = Some(EmergencyShelter);
    let found = figure(
        &world.count(),
        family,
        time,
        place,
        category,
        Measure::Observed,
    );
    assert_eq!(found.state(), CellState::ZeroSeen);
}

#[test]
fn senders_speak_for_themselves() {
    let mut world = world(vec![sent("0363", 2025)]);
    world.reach[0] = Reach::Senders;
    assert_eq!(
        cell(&world, "0363", Some(EmergencyShelter)).state(),
        CellState::ZeroSeen
    );
    assert_eq!(
        cell(&world, "0384", Some(EmergencyShelter)).state(),
        CellState::NotCollected
    );
    // One file without a sender speaks for the municipalities its rows name.
    world.deliveries[0].sender = None;
    world
        .spell(1, 0, EmergencyShelter, "2020-01-01", "2020-02-01")
        .municipalities
        .stay = Some(gm("0384"));
    assert_eq!(
        cell(&world, "0363", Some(EmergencyShelter)).state(),
        CellState::NotCollected
    );
    assert_eq!(
        cell(&world, "0384", Some(EmergencyShelter)).state(),
        CellState::ZeroSeen
    );
}

#[test]
fn a_national_register_that_did_not_come_is_a_gap() {
    let mut world = world(vec![sent("0363", 2025)]);
    world.deliveries.retain(|delivery| delivery.source.0 == 0);
    assert_eq!(
        cell(&world, "0363", Some(Unknown)).state(),
        CellState::NotDelivered
    );
    let counted = world.count();
    let absent = counted
        .notes
        .iter()
        .filter(|note| note.code == "list_absent")
        .count();
    assert_eq!(absent, 2);
    assert_eq!(counted.observed.captures[0].lists, ["opvang"]);
}

#[test]
fn a_register_without_a_date_speaks_until_its_last_day() {
    let mut world = World::new(THREE_LISTS);
    world.deliveries[1].inferred_until = Some(day("2026-03-30"));
    world.spell(1, 1, Unknown, "2025-06-01", "2026-01-02").end = None;
    world.study.study.reference_dates =
        vec![day("2026-01-01"), day("2026-03-30"), day("2030-01-01")];
    world.study.sources[2].valid_from = Some(day("2031-01-01"));
    world.study.count.period_years = vec![2025, 2026, 2027];
    let counted = world.count();
    let at = |label: &str, measure| {
        figure(
            &counted,
            Family::MunicipalCategory,
            Time::parse(label).unwrap(),
            Place::Municipality(gm("0599")),
            Some(Unknown),
            measure,
        )
        .state()
    };
    for (label, expected) in [
        ("2026-01-01", CellState::ZeroSeen),
        ("2026-03-30", CellState::ZeroSeen),
        ("2030-01-01", CellState::NotDelivered),
        ("2025-01-01/2026-01-01", CellState::ZeroSeen),
        ("2026-01-01/2027-01-01", CellState::Partial),
        ("2027-01-01/2028-01-01", CellState::NotDelivered),
    ] {
        assert_eq!(at(label, Measure::Observed), expected, "{label}");
    }
    // The open end is evidence up to the same day.
    let people: Vec<usize> = counted.persons.iter().map(|(_, all)| all.len()).collect();
    assert_eq!(people, [1, 1, 0, 1, 1, 0]);
    let lists: Vec<usize> = counted
        .observed
        .captures
        .iter()
        .map(|table| table.lists.len())
        .collect();
    assert_eq!(lists, [2, 2, 1]);
    let absent = counted.notes.iter().any(|note| {
        note.code == "list_absent"
            && note.time.as_deref() == Some("2030-01-01")
            && note.text.en.contains("`bijstand`")
    });
    assert!(absent);
    let undated: Vec<_> = counted
        .notes
        .iter()
        .filter(|note| note.code == "source_undated")
        .collect();
    assert_eq!(undated.len(), 1);
    assert!(undated[0].text.en.contains("`bijstand`"));
    assert!(undated[0].text.nl.contains("2026-03-30"));
}

#[test]
fn a_file_that_cannot_be_used_was_expected() {
    let unusable = |year| Delivery {
        usable: false,
        ..sent("0363", year)
    };
    let found = |deliveries: Vec<Delivery>, code| {
        let mut world = world(deliveries);
        world.reach[0] = Reach::Senders;
        cell(&world, code, Some(EmergencyShelter)).state()
    };
    let both = vec![unusable(2025), sent("0599", 2025)];
    assert_eq!(found(both.clone(), "0363"), CellState::NotDelivered);
    assert_eq!(found(both.clone(), "0599"), CellState::ZeroSeen);
    assert_eq!(found(both, "0384"), CellState::NotCollected);
    // A file of other days was not expected to tell of this one.
    assert_eq!(found(vec![unusable(2023)], "0363"), CellState::NotCollected);
    // Delivered again, and whole.
    assert_eq!(
        found(vec![unusable(2025), sent("0363", 2025)], "0363"),
        CellState::ZeroSeen
    );

    // Another source of the category delivered.
    let mut other = world(vec![unusable(2025)]);
    other.reach = vec![Reach::Senders; 3];
    other.study.sources[1].reports.categories = vec![2];
    other.deliveries[1].sender = Some(gm("0363"));
    assert_eq!(
        cell(&other, "0363", Some(EmergencyShelter)).state(),
        CellState::Partial
    );
    assert_eq!(
        cell(&other, "0363", Some(TemporaryShelter)).state(),
        CellState::NotDelivered
    );
    let absent = other
        .count()
        .notes
        .iter()
        .any(|note| note.code == "list_absent" && note.text.en.contains("`opvang`"));
    assert!(absent);
}

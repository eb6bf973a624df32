//! The scope of the estimate and the capture table, with known answers.

use ethos_model::attribute::{Birth, OriginScheme, Sex};
use ethos_model::category::EthosCategory::{
    EmergencyShelter, Institution, TemporaryShelter, Unknown,
};
use ethos_model::study::PersonRegisterSection;

use crate::world::{THREE_LISTS, World, day, gm};

fn with_register() -> World {
    let mut world = World::new(THREE_LISTS);
    world.study.scope.registered = true;
    world.study.person_registers = vec![PersonRegisterSection {
        layout: "p".into(),
        files: "p".into(),
        ..Default::default()
    }];
    world
}

#[test]
fn everyone_is_in_the_table_or_has_a_reason() {
    let mut world = with_register();
    for person in 1..=8 {
        world.spell(person, 1, Unknown, "2025-01-01", "");
        match person {
            2 => world.registered(2, "2010-01-01"),
            3 => world.registered(3, "1960-12-31"),
            4 => {
                let row = world.registered(4, "1980-01-01");
                row.registered = None;
                row
            }
            5 => continue, // not in the register
            _ => world.registered(person, "1980-01-01"),
        };
    }
    world.keyed[5] = false; // person 6 has no number
    world
        .spell(7, 0, Institution, "2025-01-01", "")
        .ready_to_leave = Some(day("2025-02-01"));
    world.study.sources[1].list = None; // counted, and no list
    world.spell(8, 2, Unknown, "2025-01-01", "");
    let counted = world.count();
    let step = counted.ledger.step("captures 2026-01-01").unwrap();
    for (outcome, persons) in [
        ("in capture table", 1),
        ("seen by no list of the estimate", 1),
        ("no number", 1),
        ("out of scope: age", 2),
        ("out of scope: not registered", 2),
        ("out of scope: category", 1),
    ] {
        assert_eq!(step.outcome(outcome), persons, "{outcome}");
    }
    assert_eq!(counted.observed.captures[0].persons(), 1);
    let matched = counted.ledger.step("person register").unwrap();
    assert_eq!(
        (matched.input, matched.outcome("matched to nobody")),
        (7, 1)
    );
}

#[test]
fn histories_and_strata_are_those_of_the_date() {
    let mut world = with_register();
    world.study.strata.sex = true;
    world.study.strata.age = vec![18, 40, 65];
    world.study.strata.origin = Some(OriginScheme::NlEuropeOutside);
    world.study.strata.region = Some("g4".into());
    world.spell(1, 0, EmergencyShelter, "2025-12-31", "2026-01-02");
    world.spell(1, 1, Unknown, "2025-01-01", "2026-01-01"); // ended
    world.spell(1, 2, Unknown, "2026-01-01", "");
    world.spell(2, 1, Unknown, "2025-01-01", "");
    world.registered(1, "1986-01-01"); // 40 today
    world.registered(2, "1986-01-02").registered = Some(gm("0014"));
    world.register[1].attributes.sex = None;
    let table = world.count().observed.captures.remove(0);
    assert_eq!(table.lists, ["opvang", "bijstand", "reclassering"]);
    let strata: Vec<(&str, Vec<&str>)> = table
        .strata
        .iter()
        .map(|s| {
            (
                s.name.as_str(),
                s.levels.iter().map(String::as_str).collect(),
            )
        })
        .collect();
    assert_eq!(
        strata,
        [
            ("sex", vec!["male", "female", "unknown"]),
            ("age", vec!["18-39", "40-64"]),
            (
                "origin",
                vec!["netherlands", "europe", "outside_europe", "unknown"]
            ),
            ("region", vec!["g4", "other"]),
        ]
    );
    let cells: Vec<(Vec<u16>, u16, u64)> = table
        .cells
        .iter()
        .map(|cell| (cell.levels.clone(), cell.history.bits(), cell.count))
        .collect();
    assert_eq!(
        cells,
        [(vec![1, 1, 3, 0], 0b101, 1), (vec![2, 0, 3, 1], 0b010, 1)]
    );
}

/// A benefit that the old cannot have, by law: among them it looks at nobody.
#[test]
fn a_list_that_cannot_see_an_age_has_no_zero_there() {
    let mut world = with_register();
    world.study.scope.ages = "18+".parse().unwrap();
    world.study.strata.age = vec![18, 67, 120];
    world.study.sources[1].coverage.ages = Some("18-66".parse().unwrap());
    let born = |person: u64| {
        if person < 5 {
            "1980-01-01"
        } else {
            "1950-01-01"
        }
    };
    for person in 1..=8 {
        world.registered(person, born(person));
        let sources: &[u16] = match person % 4 {
            0 => &[0, 2],
            1 => &[0],
            2 => &[0, 1],
            _ => &[2],
        };
        for &source in sources {
            let category = if source == 0 {
                EmergencyShelter
            } else {
                Unknown
            };
            world.spell(person, source, category, "2025-01-01", "");
        }
    }
    let counted = world.count();
    let table = &counted.observed.captures[0];
    let cells: Vec<(Vec<u16>, u16, u16, u64)> = table
        .cells
        .iter()
        .map(|cell| {
            (
                cell.levels.clone(),
                cell.history.bits(),
                cell.blind.0,
                cell.count,
            )
        })
        .collect();
    // A record of the benefit of someone who is too old for it is no capture.
    assert_eq!(
        cells,
        [
            (vec![0], 0b001, 0, 1),
            (vec![0], 0b011, 0, 1),
            (vec![0], 0b100, 0, 1),
            (vec![0], 0b101, 0, 1),
            (vec![1], 0b001, 0b010, 2),
            (vec![1], 0b100, 0b010, 1),
            (vec![1], 0b101, 0b010, 1),
        ]
    );
    assert!(table.is_incomplete());
    let note = counted.notes.iter().find(|note| note.code == "list_blind");
    let text = &note.unwrap().text.en;
    assert!(
        text.contains("`bijstand` cannot see people of 67+ years"),
        "{text}"
    );
}

#[test]
fn a_subset_of_the_lists_keeps_its_own_order() {
    let mut world = World::new(THREE_LISTS);
    world.study.estimate.as_mut().unwrap().lists = vec!["reclassering".into(), "opvang".into()];
    world.spell(1, 0, EmergencyShelter, "2025-01-01", "");
    world.spell(2, 1, Unknown, "2025-01-01", "");
    world.spell(3, 2, Unknown, "2025-01-01", "");
    let counted = world.count();
    let table = &counted.observed.captures[0];
    assert_eq!(table.lists, ["reclassering", "opvang"]);
    let histories: Vec<u16> = table.cells.iter().map(|cell| cell.history.bits()).collect();
    assert_eq!(histories, [0b01, 0b10]);
    let step = counted.ledger.step("captures 2026-01-01").unwrap();
    assert_eq!(step.outcome("seen by no list of the estimate"), 1);
}

#[test]
fn long_stays_are_out_when_the_scope_says_so() {
    let mut world = World::new(THREE_LISTS);
    // 92 and 93 days up to the date, the second in two rows that are one stay.
    world.spell(1, 0, TemporaryShelter, "2025-10-02", "");
    world.spell(2, 0, TemporaryShelter, "2025-10-01", "2025-12-01");
    world.spell(2, 0, TemporaryShelter, "2025-12-01", "");
    let counted = world.count();
    let step = counted.ledger.step("captures 2026-01-01").unwrap();
    assert_eq!(step.outcome("in capture table"), 1);
    assert_eq!(step.outcome("out of scope: category"), 1);
}

#[test]
fn an_unknown_situation_is_in_scope_from_a_register_only() {
    let mut world = World::new(THREE_LISTS);
    world.spell(1, 0, Unknown, "2025-01-01", ""); // the shelters tell categories
    world.spell(2, 1, Unknown, "2025-01-01", "");
    let counted = world.count();
    let people = &counted.persons[0].1;
    assert_eq!((people[0].lists.0, people[0].capture.0), (0b001, 0));
    assert_eq!((people[1].lists.0, people[1].capture.0), (0b010, 0b010));
}

#[test]
fn a_spell_outside_the_scope_is_no_capture() {
    let mut world = World::new(THREE_LISTS);
    world.study.sources[0].reports.categories = vec![2, 3, 4];
    world
        .spell(1, 0, Institution, "2025-01-01", "")
        .ready_to_leave = Some(day("2025-02-01"));
    world.spell(1, 2, EmergencyShelter, "2025-12-01", "");
    let counted = world.count();
    let person = &counted.persons[0].1[0];
    assert_eq!((person.lists.0, person.capture.0), (0b101, 0b100));
}

#[test]
fn missing_attributes_are_a_level_and_no_reason() {
    let mut world = World::new(THREE_LISTS);
    world.study.strata.sex = true;
    world.study.strata.age = vec![18, 65];
    world.spell(1, 1, Unknown, "2025-01-01", "");
    let known = world.spell(2, 1, Unknown, "2025-01-01", "");
    known.attributes.sex = Some(Sex::Male);
    known.attributes.birth = Some(Birth::On(day("1990-01-01")));
    let counted = world.count();
    let table = &counted.observed.captures[0];
    assert_eq!(table.persons(), 2);
    assert_eq!(table.strata[1].levels, ["18-64", "unknown"]);
    assert!(
        counted
            .notes
            .iter()
            .any(|note| note.code == "age_unknown_in_scope")
    );
}

#[test]
fn what_the_records_say_of_registration_serves_without_a_register() {
    use ethos_model::attribute::ResidenceStatus::{LawfulNotRegistered, Registered};
    let mut world = World::new(THREE_LISTS);
    world.study.scope.registered = true;
    world
        .spell(1, 1, Unknown, "2025-01-01", "")
        .attributes
        .residence = Some(Registered);
    world
        .spell(2, 1, Unknown, "2025-01-01", "")
        .attributes
        .residence = Some(LawfulNotRegistered);
    world
        .spell(3, 1, Unknown, "2025-01-01", "")
        .municipalities
        .registered = Some(gm("0363"));
    world
        .spell(4, 1, Unknown, "2025-01-01", "")
        .municipalities
        .registered = Some(gm("1999"));
    world.spell(5, 1, Unknown, "2025-01-01", "");
    let counted = world.count();
    let step = counted.ledger.step("captures 2026-01-01").unwrap();
    assert_eq!(step.outcome("in capture table"), 2);
    assert_eq!(step.outcome("out of scope: not registered"), 2);
    assert_eq!(step.outcome("out of scope: registration unknown"), 1);
}

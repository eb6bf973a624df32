//! Known answers in the tables.

use ethos_model::category::EthosCategory::{
    self, EmergencyShelter, EvictionThreat, FamilyFriends, Institution, PublicSpace,
    TemporaryShelter, Unknown,
};
use ethos_model::category::Total;
use ethos_model::cell::CellState;
use ethos_model::cube::{CubeKey, Family, Figure, Measure, Place};
use ethos_model::date::Time;
use ethos_model::municipality::{MunicipalityRegister, SplitShares};
use ethos_model::spell::Municipalities;

use crate::world::{COUNT_DAY, THREE_LISTS, World, day, figure, gm, national, token};

const DATE: &str = "2026-01-01";
const NIGHT: &str = "2025-04-08";

fn at(text: &str) -> Time {
    Time::On(day(text))
}

#[test]
fn a_person_is_counted_once() {
    let mut world = World::new(THREE_LISTS);
    world.spell(1, 0, EmergencyShelter, "2025-12-01", "");
    world.spell(1, 0, EmergencyShelter, "2025-12-20", "");
    world.spell(1, 1, Unknown, "2025-12-31", "");
    world.spell(2, 1, Unknown, "2025-06-01", "2026-01-01");
    world.spell(3, 2, Unknown, "2026-01-01", "");
    let counted = world.count();
    let of = |category| national(&counted, DATE, category, Measure::Observed).persons();
    assert_eq!(of(None), Some(2));
    assert_eq!(
        of(Some(EmergencyShelter)),
        Some(1),
        "a shelter tells more than a benefit"
    );
    assert_eq!(of(Some(Unknown)), Some(1));
    assert_eq!(counted.persons[0].1.len(), 2);
    assert_eq!(counted.persons[0].1[0].lists.0, 0b011);
    let step = counted.ledger.step("persons 2026-01-01").unwrap();
    assert_eq!((step.input, step.outcome("counted homeless")), (3, 2));
    assert_eq!(step.outcome("not active on the date"), 1);
}

#[test]
fn threatened_people_are_a_total_of_their_own() {
    let mut world = World::new(COUNT_DAY);
    world
        .spell(1, 0, EvictionThreat, "2025-04-01", "")
        .expected_on = Some(day("2025-05-08"));
    world
        .spell(2, 0, EvictionThreat, "2025-04-01", "")
        .expected_on = Some(day("2025-05-09"));
    world.spell(3, 0, PublicSpace, "2025-04-01", "");
    let counted = world.count();
    let threat = national(&counted, NIGHT, Some(EvictionThreat), Measure::Observed);
    assert_eq!(
        threat.persons(),
        Some(1),
        "one month after the night and not a day more"
    );
    assert_eq!(
        national(&counted, NIGHT, None, Measure::Observed).persons(),
        Some(1)
    );
    let step = counted.ledger.step("persons 2025-04-08").unwrap();
    assert_eq!(step.outcome("counted threatened"), 1);
}

#[test]
fn an_institution_counts_from_the_day_of_being_ready() {
    let mut world = World::new(COUNT_DAY);
    for (person, ready) in [(1, "2025-04-08"), (2, "2025-04-09"), (3, "2024-01-01")] {
        world
            .spell(person, 0, Institution, "2023-01-01", "")
            .ready_to_leave = Some(day(ready));
    }
    world.spell(4, 0, Institution, "2023-01-01", "");
    world.spells[2].end = Some(day(NIGHT));
    let counted = world.count();
    let inside = national(&counted, NIGHT, Some(Institution), Measure::Observed);
    assert_eq!(inside.persons(), Some(1));
    assert_eq!(
        counted
            .ledger
            .step("spells")
            .unwrap()
            .outcome("active on no day"),
        1
    );
}

#[test]
fn evidence_of_the_night_beats_the_rest_and_ties_give_a_range() {
    let mut world = World::new(COUNT_DAY);
    world.spell(1, 0, FamilyFriends, "2025-01-01", "").observed = Some(day(NIGHT));
    world.spell(1, 0, PublicSpace, "2025-04-01", "2025-05-01");
    world.spell(2, 0, FamilyFriends, "2025-02-01", "").observed = Some(day(NIGHT));
    world.spell(2, 0, PublicSpace, "2025-02-01", "").observed = Some(day(NIGHT));
    let counted = world.count();
    let of = |category, measure| national(&counted, NIGHT, Some(category), measure).persons();
    for (category, expected) in [(PublicSpace, (1, 0, 1)), (FamilyFriends, (1, 1, 2))] {
        assert_eq!(of(category, Measure::Observed), Some(expected.0));
        assert_eq!(of(category, Measure::ObservedSmallest), Some(expected.1));
        assert_eq!(of(category, Measure::ObservedLargest), Some(expected.2));
    }
    let pairs = &counted.conflicts.categories[0].1;
    assert_eq!(pairs.get(&(PublicSpace, FamilyFriends)), Some(&2));
}

#[test]
fn another_priority_moves_ties_only() {
    let mut world = World::new(COUNT_DAY);
    for category in [FamilyFriends, TemporaryShelter] {
        world.spell(1, 0, category, "2025-02-01", "");
    }
    world.study.category.priority = vec![6, 1, 2, 3, 5, 4, 7];
    let counted = world.count();
    assert_eq!(counted.persons[0].1[0].category, FamilyFriends);
    world.spells[1].start = day("2025-02-02");
    assert_eq!(world.count().persons[0].1[0].category, TemporaryShelter);
}

#[test]
fn municipalities_are_those_of_the_date() {
    let mut world = World::new(THREE_LISTS);
    world.study.study.reference_dates = vec![day("2022-01-01"), day(DATE)];
    for (person, code) in [(1, "0457"), (2, "0363"), (3, "9998"), (4, "0000")] {
        world
            .spell(person, 0, EmergencyShelter, "2021-01-01", "")
            .municipalities
            .stay = Some(gm(code));
    }
    // The responsible municipality stands in where no stay is told, and not for a wrong code.
    for spell in &mut world.spells {
        spell.municipalities.responsible = Some(gm("0599"));
    }
    let counted = world.count();
    let of = |date, place| {
        figure(
            &counted,
            Family::MunicipalCategory,
            at(date),
            place,
            None,
            Measure::Observed,
        )
    };
    let code = |text| Place::Municipality(gm(text));
    assert_eq!(of("2022-01-01", code("0457")).persons(), Some(1));
    assert_eq!(of("2022-01-01", code("0363")).persons(), Some(1));
    assert_eq!(of(DATE, code("0363")).persons(), Some(2));
    assert_eq!(of(DATE, code("0599")).persons(), Some(1));
    assert_eq!(of(DATE, Place::UnknownMunicipality).persons(), Some(1));
    let rows = |date: &str| {
        let places = counted.observed.cube.iter().filter(|row| {
            row.key.family == Family::MunicipalCategory
                && row.key.time == at(date)
                && row.key.category.is_none()
                && row.key.total == Total::Homeless
                && row.key.measure == Measure::Observed
        });
        places.count()
    };
    assert_eq!((rows("2022-01-01"), rows(DATE)), (345 + 1, 342 + 1));
    assert_eq!(
        counted.persons[1].1[0].municipalities.stay,
        Some(gm("0363"))
    );
    let step = counted.ledger.step("municipalities 2026-01-01").unwrap();
    assert_eq!(step.outcome("recoded to the date"), 1);
    assert_eq!(step.outcome("unknown: no such code"), 1);
    assert!(
        counted
            .notes
            .iter()
            .any(|note| note.code == "municipality_unresolved")
    );
}

#[test]
fn a_divided_municipality_needs_shares() {
    let mut world = World::new(THREE_LISTS);
    for person in 0..100 {
        world
            .spell(person << 56, 0, EmergencyShelter, "2018-01-01", "")
            .municipalities
            .stay = Some(gm("0053"));
    }
    world.study.study.reference_dates = vec![day("2019-01-01")];
    let place = |world: &World, place| {
        let counted = world.count();
        let time = at("2019-01-01");
        figure(
            &counted,
            Family::MunicipalCategory,
            time,
            place,
            None,
            Measure::Observed,
        )
        .persons()
    };
    assert_eq!(place(&world, Place::UnknownMunicipality), Some(100));
    let text = "old,new,share\nGM0053,GM1966,0.25\nGM0053,GM1969,0.75\n";
    world.shares = SplitShares::from_csv(text, MunicipalityRegister::shipped()).unwrap();
    // Tokens 0–99 of 256 lie in the first quarter up to 63.
    assert_eq!(place(&world, Place::Municipality(gm("1966"))), Some(64));
    assert_eq!(place(&world, Place::Municipality(gm("1969"))), Some(36));
}

#[test]
fn each_role_of_a_municipality_makes_its_own_table() {
    use ethos_model::study::MunicipalityRole::{Origin, Registered, Responsible, Stay};
    let mut world = World::new(THREE_LISTS);
    world
        .study
        .person_registers
        .push(ethos_model::study::PersonRegisterSection {
            layout: "register/personen".into(),
            files: "p".into(),
            ..Default::default()
        });
    world
        .spell(1, 0, EmergencyShelter, "2025-01-01", "")
        .municipalities = Municipalities {
        stay: Some(gm("0363")),
        responsible: Some(gm("0599")),
        registered: Some(gm("0014")),
        origin: Some(gm("0518")),
    };
    world.registered(1, "1980-01-01").registered = Some(gm("0344"));
    for (role, code) in [
        (Stay, "0363"),
        (Responsible, "0599"),
        (Registered, "0344"),
        (Origin, "0518"),
    ] {
        world.study.count.municipality = role;
        let counted = world.count();
        let place = Place::Municipality(gm(code));
        let family = Family::MunicipalCategory;
        let seen = figure(&counted, family, at(DATE), place, None, Measure::Observed);
        assert_eq!(
            seen.persons(),
            Some(1),
            "{role:?}: the register's word on registration wins"
        );
    }
}

#[test]
fn regions_hold_their_municipalities() {
    let mut world = World::new(THREE_LISTS);
    for (person, code) in [(1, "0363"), (2, "0392"), (3, "0599")] {
        world
            .spell(person, 0, EmergencyShelter, "2025-01-01", "")
            .municipalities
            .stay = Some(gm(code));
    }
    let region = |counted: &ethos_count::Counted, mapping: &str, region: &str| {
        let place = Place::Region {
            mapping: mapping.into(),
            region: region.into(),
        };
        let family = Family::RegionalCategory;
        figure(counted, family, at(DATE), place, None, Measure::Observed)
    };
    let counted = world.count();
    assert_eq!(
        region(&counted, "province", "Noord-Holland").persons(),
        Some(2)
    );
    assert_eq!(
        region(&counted, "province", "Zuid-Holland").persons(),
        Some(1)
    );
    assert_eq!(region(&counted, "province", "Groningen").persons(), Some(0));
    assert_eq!(
        counted
            .observed
            .cube
            .iter()
            .filter(|row| row.key.family == Family::RegionalCategory)
            .count(),
        // Seven categories and the unknown, two totals, and who touched the region, by total.
        12 * (8 + 2 + 2)
    );
    let text = "gm_code,region\nGM0363,Amsterdam\n";
    let mapping = ethos_model::region::RegionMapping::from_csv("centre", "C", "C", text).unwrap();
    world.regions.insert("centre".into(), mapping);
    world.study.publish.regions = vec!["centre".into()];
    let counted = world.count();
    assert_eq!(region(&counted, "centre", "Amsterdam").persons(), Some(1));
    assert_eq!(region(&counted, "centre", "unknown").persons(), Some(2));
}

#[test]
fn characteristics_are_shown_one_at_a_time() {
    use ethos_model::attribute::{Attributes, Birth, Origin, Sex};
    let mut world = World::new(COUNT_DAY);
    world.spell(1, 0, PublicSpace, "2025-04-01", "").attributes = Attributes {
        sex: Some(Sex::Male),
        birth: Some(Birth::AgedOn {
            age: 17,
            on: day(NIGHT),
        }),
        origin: Some(Origin::Europe),
        ..Attributes::default()
    };
    world.spell(2, 0, PublicSpace, "2025-04-01", "");
    let counted = world.count();
    let of = |change: &dyn Fn(&mut CubeKey)| {
        let family = Family::NationalCharacteristics;
        let mut key = CubeKey::national(family, at(NIGHT), Total::Homeless, Measure::Observed);
        change(&mut key);
        match counted
            .observed
            .cube
            .iter()
            .find(|row| row.key == key)
            .unwrap()
            .figure
        {
            Figure::Count(count) => count.persons(),
            Figure::Estimate(_) => None,
        }
    };
    assert_eq!(of(&|_| {}), Some(2));
    assert_eq!(of(&|key| key.sex = Some("male".into())), Some(1));
    assert_eq!(of(&|key| key.sex = Some("unknown".into())), Some(1));
    assert_eq!(of(&|key| key.age = Some("0-17".into())), Some(1));
    assert_eq!(of(&|key| key.age = Some("unknown".into())), Some(1));
    assert_eq!(of(&|key| key.origin = Some("europe".into())), Some(1));
    assert_eq!(
        of(&|key| key.origin = Some("outside_europe".into())),
        Some(0)
    );
}

#[test]
fn a_year_holds_everyone_who_was_there() {
    let mut world = World::new(THREE_LISTS);
    world.study.count.period_years = vec![2025];
    world.spell(1, 0, EmergencyShelter, "2025-03-01", "2025-03-02");
    world.spell(2, 0, EmergencyShelter, "2024-03-01", "2025-01-01");
    world.spell(3, 1, Unknown, "2025-12-31", "");
    world.spell(3, 0, TemporaryShelter, "2025-02-01", "2025-02-10");
    let counted = world.count();
    let year = "2025-01-01/2026-01-01";
    assert_eq!(
        national(&counted, year, None, Measure::Observed).persons(),
        Some(2)
    );
    assert_eq!(
        national(&counted, DATE, None, Measure::Observed).persons(),
        Some(1)
    );
    let of = |category: EthosCategory| {
        national(&counted, year, Some(category), Measure::Observed).persons()
    };
    assert_eq!((of(TemporaryShelter), of(Unknown)), (Some(1), Some(0)));
    assert_eq!(
        counted.observed.captures.len(),
        1,
        "a period makes no capture table"
    );
}

#[test]
fn a_source_counts_while_it_is_used() {
    let mut world = World::new(THREE_LISTS);
    world.study.study.reference_dates = vec![day("2025-01-01"), day(DATE)];
    world.study.sources[1].valid_from = Some(day("2025-06-01"));
    world.spell(1, 1, Unknown, "2024-01-01", "");
    let counted = world.count();
    let of = |date| national(&counted, date, Some(Unknown), Measure::Observed);
    assert_eq!(of("2025-01-01").persons(), Some(0));
    assert_eq!(of(DATE).persons(), Some(1));
}

#[test]
fn only_the_tables_asked_for_are_made() {
    let mut world = World::new(COUNT_DAY);
    world.study.publish.tables = vec![ethos_model::study::TableSet::National];
    world.study.publish.table = Some(Vec::new());
    world.spell(1, 0, PublicSpace, "2025-04-01", "");
    let counted = world.count();
    let families: std::collections::BTreeSet<Family> = counted
        .observed
        .cube
        .iter()
        .map(|row| row.key.family)
        .collect();
    assert_eq!(
        families.into_iter().collect::<Vec<_>>(),
        [Family::NationalCategory, Family::NationalCharacteristics]
    );
    assert!(
        counted.observed.captures.is_empty(),
        "a study without an estimate only counts"
    );
}

#[test]
fn nobody_at_all_makes_zeros_and_gaps() {
    let counted = World::new(THREE_LISTS).count();
    let of = |category| national(&counted, DATE, Some(category), Measure::Observed).state();
    assert_eq!(of(EmergencyShelter), CellState::ZeroSeen);
    assert_eq!(of(PublicSpace), CellState::NotCollected);
    assert!(counted.persons[0].1.is_empty());
    assert!(counted.observed.captures[0].cells.is_empty());
}

#[test]
fn a_form_of_the_night_says_nothing_of_next_year() {
    let mut world = World::new(COUNT_DAY);
    world.study.study.reference_dates = vec![day(NIGHT), day(DATE)];
    world.spell(1, 0, PublicSpace, "2024-06-01", "").observed = Some(day(NIGHT));
    let counted = world.count();
    assert_eq!(
        national(&counted, NIGHT, None, Measure::Observed).persons(),
        Some(1)
    );
    assert_eq!(
        national(&counted, DATE, None, Measure::Observed).persons(),
        Some(0)
    );
    assert_eq!(counted.persons[0].1[0].id.0, token(1));
}

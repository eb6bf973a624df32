//! Declared tables: category by one or two characteristics, and people seen in two places.

use ethos_count::Counted;
use ethos_model::attribute::{Birth, NationalityGroup, Sex};
use ethos_model::category::EthosCategory::{self, EmergencyShelter, PublicSpace};
use ethos_model::category::Total;
use ethos_model::cell::CellState;
use ethos_model::cube::{
    Characteristic, Crossing, CubeKey, DeclaredTable, Family, Figure, Measure, Place, PlaceLevel,
};
use ethos_model::date::Time;

use crate::world::{COUNT_DAY, World, day, figure, gm, token};

const NIGHT: &str = "2025-04-08";

fn declared(of: PlaceLevel, by: &[Characteristic]) -> DeclaredTable {
    DeclaredTable {
        of,
        by: by.to_vec(),
    }
}

/// Persons of a declared table at these levels.
fn persons(
    counted: &Counted,
    table: &DeclaredTable,
    place: Place,
    category: Option<EthosCategory>,
    levels: &[(Characteristic, &str)],
) -> u64 {
    let family = Family::Crossed(Crossing::try_from(table).unwrap());
    let time = Time::On(day(NIGHT));
    let mut key = CubeKey::national(family, time, Total::Homeless, Measure::Observed);
    key.place = place;
    key.category = category;
    for (of, level) in levels {
        key.set_level(*of, Some((*level).to_owned()));
    }
    let row = counted.observed.cube.iter().find(|row| row.key == key);
    match row.unwrap_or_else(|| panic!("no {key:?}")).figure {
        Figure::Count(count) => count.persons().unwrap(),
        Figure::Estimate(_) => panic!("an estimate"),
    }
}

/// Three people in two households and one without a key, in two municipalities.
fn world(tables: Vec<DeclaredTable>) -> World {
    let mut world = World::new(COUNT_DAY);
    world.study.publish.table = Some(tables);
    for (person, sex, age, household) in [
        (1, Some(Sex::Female), 34, Some(9)),
        (2, Some(Sex::Male), 6, Some(9)),
        (3, Some(Sex::Male), 51, Some(8)),
        (4, None, 22, None),
    ] {
        let category = if person == 4 {
            PublicSpace
        } else {
            EmergencyShelter
        };
        let spell = world.spell(person, 0, category, "2025-02-01", "");
        spell.attributes.sex = sex;
        spell.attributes.birth = Some(Birth::AgedOn {
            age,
            on: day(NIGHT),
        });
        spell.attributes.household = household.map(token);
        if person == 3 {
            spell.start = day("2022-01-01");
            spell.municipalities.stay = Some(gm("0599"));
        }
    }
    world
}

#[test]
fn every_level_and_every_total_of_a_crossing_is_there() {
    let both = declared(
        PlaceLevel::National,
        &[Characteristic::Sex, Characteristic::Age],
    );
    let counted = world(vec![both.clone()]).count();
    let of =
        |category, levels: &[_]| persons(&counted, &both, Place::Netherlands, category, levels);
    let (sex, age) = (Characteristic::Sex, Characteristic::Age);
    assert_eq!(of(None, &[]), 4);
    assert_eq!(of(None, &[(sex, "male")]), 2);
    assert_eq!(of(None, &[(sex, "unknown")]), 1);
    assert_eq!(of(None, &[(sex, "male"), (age, "0-17")]), 1);
    assert_eq!(of(Some(EmergencyShelter), &[(age, "50-64")]), 1);
    assert_eq!(
        of(Some(PublicSpace), &[(sex, "unknown"), (age, "18-26")]),
        1
    );
    assert_eq!(of(Some(PublicSpace), &[(sex, "male")]), 0);
}

#[test]
fn households_are_what_sources_hold_together() {
    let table = declared(PlaceLevel::National, &[Characteristic::Household]);
    let counted = world(vec![table.clone()]).count();
    let of = |level| {
        let levels = [(Characteristic::Household, level)];
        persons(&counted, &table, Place::Netherlands, None, &levels)
    };
    assert_eq!(of("with_children"), 2);
    assert_eq!(of("alone"), 1);
    assert_eq!(of("unknown"), 1);
    assert_eq!(of("adults"), 0);
}

#[test]
fn durations_count_from_the_day_a_source_gave() {
    let table = declared(PlaceLevel::Municipal, &[Characteristic::Duration]);
    let mut world = world(vec![table.clone()]);
    world.spells[3].start_known = false;
    let counted = world.count();
    let of = |code, level| {
        let place = Place::Municipality(gm(code));
        persons(
            &counted,
            &table,
            place,
            None,
            &[(Characteristic::Duration, level)],
        )
    };
    assert_eq!(of("0363", "under_3_months"), 2);
    assert_eq!(of("0363", "unknown"), 1);
    assert_eq!(of("0599", "2_years_and_over"), 1);
    assert_eq!(of("0599", "under_3_months"), 0);
}

#[test]
fn a_characteristic_that_nothing_gives_makes_a_note_and_no_table() {
    let table = declared(PlaceLevel::National, &[Characteristic::Nationality]);
    let mut world = world(vec![table.clone()]);
    let counted = world.count();
    let family = Family::Crossed(Crossing::try_from(&table).unwrap());
    assert!(
        !counted
            .observed
            .cube
            .iter()
            .any(|row| row.key.family == family)
    );
    let note = counted
        .notes
        .iter()
        .find(|note| note.code == "table_left_out")
        .unwrap();
    assert!(note.text.nl.contains("nationaliteit"), "{}", note.text.nl);
    assert!(
        note.text.en.contains("national_nationality"),
        "{}",
        note.text.en
    );

    world.spells[0].attributes.nationality = Some(NationalityGroup::EuropeanUnion);
    let counted = world.count();
    let levels = [(Characteristic::Nationality, "eu")];
    assert_eq!(
        persons(&counted, &table, Place::Netherlands, None, &levels),
        1
    );
    assert!(
        !counted
            .notes
            .iter()
            .any(|note| note.code == "table_left_out")
    );
}

#[test]
fn somebody_seen_in_two_places_touches_both() {
    let mut world = world(Vec::new());
    world.study.publish.regions = vec!["province".into(), "g4".into()];
    // Person 3 was seen in Amsterdam too, later.
    let spell = world.spell(3, 0, EmergencyShelter, "2025-04-01", "");
    spell.municipalities.stay = Some(gm("0363"));
    let counted = world.count();
    let time = Time::On(day(NIGHT));
    let of = |place, measure| {
        let family = match place {
            Place::Region { .. } => Family::RegionalCategory,
            _ => Family::MunicipalCategory,
        };
        figure(&counted, family, time, place, None, measure)
    };
    let at = |code, measure| of(Place::Municipality(gm(code)), measure).persons();
    assert_eq!(at("0363", Measure::Observed), Some(4));
    assert_eq!(at("0599", Measure::Observed), Some(0));
    assert_eq!(at("0363", Measure::ObservedTouched), Some(4));
    assert_eq!(at("0599", Measure::ObservedTouched), Some(1));
    let region = |mapping: &str, region: &str, measure| {
        let place = Place::Region {
            mapping: mapping.into(),
            region: region.into(),
        };
        of(place, measure)
    };
    // Both cities are among the four largest: there the person stands once.
    let g4 = region("g4", "g4", Measure::ObservedTouched);
    assert_eq!(g4.persons(), Some(4));
    let south = region("province", "Zuid-Holland", Measure::ObservedTouched);
    assert_eq!(south.persons(), Some(1));
    let none = region("province", "Drenthe", Measure::ObservedTouched);
    assert_eq!(none.state(), CellState::ZeroSeen);
}

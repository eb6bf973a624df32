//! The tables of `data/reference/` agree with the code and with each other.

use std::collections::BTreeSet;

use ethos_model::category::{EthosCategory, Language, LivingSituation};
use ethos_model::date::Day;
use ethos_model::municipality::{MunicipalityCode, MunicipalityRegister};

fn rows(text: &str) -> Vec<Vec<String>> {
    let mut reader = csv::Reader::from_reader(text.as_bytes());
    reader
        .records()
        .map(|row| row.unwrap().iter().map(str::to_owned).collect())
        .collect()
}

macro_rules! reference {
    ($name:literal) => {
        rows(include_str!(concat!("../../../data/reference/", $name)))
    };
}

#[test]
fn categories_have_the_keys_and_names_of_the_code() {
    let rows = reference!("ethos_light_categories.csv");
    assert_eq!(rows.len(), 7);
    for row in rows {
        let category = EthosCategory::from_number(row[0].parse().unwrap()).unwrap();
        assert_eq!(row[1], category.key());
        assert_eq!(row[2], category.name(Language::Nl));
        assert_eq!(row[3], category.name(Language::En));
    }
}

#[test]
fn living_situations_are_those_of_the_code() {
    let rows = reference!("living_situations.csv");
    let listed: Vec<_> = rows
        .iter()
        .map(|row| LivingSituation::from_code(&row[0]))
        .collect();
    assert_eq!(listed, LivingSituation::all().map(Some).collect::<Vec<_>>());
    for (row, situation) in rows.iter().zip(LivingSituation::all()) {
        assert_eq!(row[1], situation.category().number().unwrap().to_string());
        assert_eq!(row[2], situation.name(Language::Nl));
        assert_eq!(row[3], situation.name(Language::En));
    }
}

#[test]
fn every_present_municipality_has_one_tile_of_its_own() {
    let rows = reference!("municipality_tiles.csv");
    let codes: Vec<_> = rows
        .iter()
        .map(|row| MunicipalityCode::parse(&row[0]).unwrap())
        .collect();
    let day = Day::parse_iso("2026-01-01").unwrap();
    assert_eq!(codes, MunicipalityRegister::shipped().all_on(day));
    let places: BTreeSet<_> = rows.iter().map(|row| (&row[4], &row[5])).collect();
    assert_eq!(places.len(), rows.len());
}

#[test]
fn centre_municipalities_exist_and_say_that_they_are_unverified() {
    let register = MunicipalityRegister::shipped();
    for row in reference!("centre_municipalities_unverified.csv") {
        assert_eq!(
            register.name(row[0].parse().unwrap()),
            Some(row[1].as_str())
        );
        assert_eq!(row[2], "unverified");
    }
}

/// Each published capture table holds the number of persons its source gives.
#[test]
fn published_tables_hold_their_persons() {
    let tables = [
        (
            include_str!("../../../data/published/budapest-1996.csv"),
            3,
            2606,
        ),
        (
            include_str!("../../../data/published/budapest-1996-1998.csv"),
            3,
            4614,
        ),
        (
            include_str!("../../../data/published/rome-hiv.csv"),
            4,
            1896,
        ),
        (include_str!("../../../data/published/kosovo.csv"), 4, 4400),
        (include_str!("../../../data/published/korea.csv"), 3, 123),
        (
            include_str!("../../../data/published/uk-2013-five-lists.csv"),
            5,
            2744,
        ),
        (
            include_str!("../../../data/published/dutch-police-contacts-1995.csv"),
            0,
            1880,
        ),
    ];
    for (text, lists, persons) in tables {
        let rows = rows(text);
        let count = |row: &Vec<String>| row.last().unwrap().parse::<u32>().unwrap();
        assert_eq!(rows.iter().map(count).sum::<u32>(), persons);
        if lists > 0 {
            let histories: BTreeSet<_> = rows.iter().map(|row| &row[..lists]).collect();
            assert_eq!(histories.len(), (1 << lists) - 1);
            assert!(
                histories
                    .iter()
                    .all(|history| history.contains(&"1".to_owned()))
            );
        }
    }
}

//! An attacker with pencil and paper: subtracts shown parts from shown totals, in every table
//! of a release, knowing the rule. The sums are worked out here from the dimensions alone.

#[path = "sample/mod.rs"]
mod sample;

use std::collections::BTreeMap;

use ethos_model::category::{EthosCategory, Total};
use ethos_model::cell::{CellState, Count};
use ethos_model::cube::{CubeKey, CubeRow, Family, Figure, Measure, Place};
use ethos_model::date::Time;
use ethos_model::municipality::{MunicipalityCode, MunicipalityRegister};
use ethos_model::region::RegionMapping;
use ethos_model::study::PublishSection;
use ethos_publish::protect::{Protected, SafeFigure, protect};
use proptest::prelude::*;

const BASE: i64 = 5;
const THRESHOLD: i64 = 10;

/// What the attacker knows of a number: bounds, both possible.
type Bounds = (i64, i64);

/// Figures by dimensions, whatever table they stand in.
type Figures = BTreeMap<CubeKey, (i64, SafeFigure)>;

fn anywhere(key: &CubeKey) -> CubeKey {
    CubeKey {
        family: Family::NationalCategory,
        ..key.clone()
    }
}

fn figures(cube: &[CubeRow], safe: &Protected) -> Figures {
    let shown: BTreeMap<&CubeKey, SafeFigure> = safe
        .rows()
        .iter()
        .map(|row| (&row.key, row.figure))
        .collect();
    let mut figures = Figures::new();
    for row in cube {
        if let Figure::Count(count) = &row.figure
            && let Some(persons) = count.persons()
        {
            let figure = shown[&row.key];
            let before = figures.insert(anywhere(&row.key), (persons as i64, figure));
            assert!(
                before.is_none_or(|before| before.1 == figure),
                "one cell, two answers"
            );
        }
    }
    figures
}

fn bounds(figure: SafeFigure) -> Bounds {
    match figure {
        SafeFigure::Count { persons: 0, .. } => (0, 0),
        SafeFigure::Count { persons, .. } => {
            let persons = persons as i64;
            ((persons - BASE / 2).max(THRESHOLD), persons + BASE / 2)
        }
        _ => (1, i64::MAX / 4),
    }
}

/// Every total with its parts.
fn sums(figures: &Figures) -> Vec<(CubeKey, Vec<CubeKey>)> {
    let mut sums: BTreeMap<(CubeKey, &str), Vec<CubeKey>> = BTreeMap::new();
    for key in figures.keys() {
        if !matches!(key.measure, Measure::Observed | Measure::ObservedChildren) {
            continue;
        }
        let mut part_of = |kind: &'static str, total: CubeKey| {
            if figures.contains_key(&total) && total != *key {
                sums.entry((total, kind)).or_default().push(key.clone());
            }
        };
        part_of(
            "category",
            CubeKey {
                category: None,
                ..key.clone()
            },
        );
        part_of(
            "sex",
            CubeKey {
                sex: None,
                ..key.clone()
            },
        );
        part_of(
            "age",
            CubeKey {
                age: None,
                ..key.clone()
            },
        );
        part_of(
            "origin",
            CubeKey {
                origin: None,
                ..key.clone()
            },
        );
        for of in ethos_model::cube::Characteristic::ALL {
            if !matches!(of.key(), "sex" | "age" | "origin") && key.level(of).is_some() {
                let mut total = key.clone();
                total.set_level(of, None);
                part_of(of.key(), total);
            }
        }
        part_of(
            "region",
            CubeKey {
                region: None,
                ..key.clone()
            },
        );
        let country = CubeKey {
            place: Place::Netherlands,
            ..key.clone()
        };
        match &key.place {
            Place::Netherlands => {}
            Place::Region { .. } => part_of("regions", country),
            Place::UnknownMunicipality => {
                let place = Place::Region {
                    mapping: "province".into(),
                    region: "unknown".into(),
                };
                part_of("municipalities", country);
                part_of(
                    "of region",
                    CubeKey {
                        place,
                        ..key.clone()
                    },
                );
            }
            Place::Municipality(code) => {
                part_of("municipalities", country);
                let Time::On(day) = key.time else {
                    panic!("periods have no places here")
                };
                let region = RegionMapping::province()
                    .level_of(*code, day)
                    .unwrap()
                    .to_owned();
                let place = Place::Region {
                    mapping: "province".into(),
                    region,
                };
                part_of(
                    "of region",
                    CubeKey {
                        place,
                        ..key.clone()
                    },
                );
            }
        }
    }
    sums.into_iter()
        .map(|((total, _), parts)| (total, parts))
        .collect()
}

/// How many of 1–9 one sum leaves possible for each small withheld part of a shown total, where
/// the attacker takes all withheld parts for small when they are.
fn least_possible(figures: &Figures) -> Option<(CubeKey, i64)> {
    let mut least: Option<(CubeKey, i64)> = None;
    for (total, parts) in sums(figures) {
        let (_, shown) = figures[&total];
        if shown == SafeFigure::Suppressed {
            continue;
        }
        let (mut low, mut high) = bounds(shown);
        let mut hidden = Vec::new();
        let mut all = 0;
        for part in &parts {
            let (persons, figure) = figures[part];
            all += persons;
            if figure == SafeFigure::Suppressed {
                hidden.push((part, persons));
            } else {
                let (first, last) = bounds(figure);
                low -= last;
                high -= first;
            }
        }
        // Persons in no published part are unknown to the attacker too.
        let rest = figures[&total].0 - all;
        let others = hidden.len() as i64 - 1 + i64::from(rest > 0);
        let small = hidden.iter().all(|(_, persons)| *persons < THRESHOLD) && rest < THRESHOLD;
        for (part, persons) in hidden.iter().filter(|(_, persons)| *persons < THRESHOLD) {
            let most = if small { THRESHOLD - 1 } else { 1_000_000_000 };
            let from = (low - others * most).max(1);
            let to = (high - others).min(THRESHOLD - 1);
            assert!(
                from <= *persons && *persons <= to,
                "the attacker is wrong about {part:?}"
            );
            let possible = to - from + 1;
            if least.as_ref().is_none_or(|(_, least)| possible < *least) {
                least = Some(((*part).clone(), possible));
            }
        }
    }
    least
}

fn settings() -> PublishSection {
    PublishSection::default()
}

#[test]
fn no_sum_of_the_sample_tells_a_small_count() {
    let cube = sample::cube();
    let figures = figures(&cube, &protect(&cube, &settings(), &[], &[]).unwrap());
    let (cell, possible) = least_possible(&figures).expect("the sample has small cells");
    assert!(
        possible >= THRESHOLD / 2,
        "{cell:?}: {possible} numbers are left"
    );
    for (key, (persons, figure)) in &figures {
        match figure {
            SafeFigure::Suppressed => assert!(*persons > 0, "{key:?}: a zero hides nobody"),
            SafeFigure::Count { persons: shown, .. } => {
                assert!(*persons == 0 || *persons >= THRESHOLD, "{key:?}");
                assert_eq!(*shown as i64 % BASE, 0);
                assert!((*shown as i64 - persons).abs() <= BASE / 2);
            }
            other => panic!("{other:?} for a count"),
        }
    }
}

#[test]
fn nothing_is_withheld_without_need() {
    let cube: Vec<CubeRow> = sample::cube()
        .into_iter()
        .filter(|row| row.key.family == Family::NationalCategory)
        .collect();
    let safe = protect(&cube, &settings(), &[], &[]).unwrap();
    assert_eq!((safe.report().small, safe.report().secondary), (0, 0));
}

/// Places × categories with all margins, some of them with unmeasured cells.
fn release(counts: &[Vec<u64>], gaps: &[bool]) -> Vec<CubeRow> {
    let time = Time::On(sample::day("2026-01-01"));
    let codes: Vec<MunicipalityCode> = MunicipalityRegister::shipped()
        .all_on(sample::day("2026-01-01"))
        .into_iter()
        .take(counts.len())
        .collect();
    let categories = [
        EthosCategory::PublicSpace,
        EthosCategory::EmergencyShelter,
        EthosCategory::TemporaryShelter,
        EthosCategory::Unknown,
    ];
    let mut cells: BTreeMap<CubeKey, u64> = BTreeMap::new();
    let mut rows = Vec::new();
    for (code, persons) in codes.iter().zip(counts) {
        let day = sample::day("2026-01-01");
        let region = RegionMapping::province()
            .level_of(*code, day)
            .unwrap()
            .to_owned();
        for (category, persons) in categories.iter().zip(persons) {
            for (family, place) in [
                (Family::MunicipalCategory, Place::Municipality(*code)),
                (
                    Family::RegionalCategory,
                    Place::Region {
                        mapping: "province".into(),
                        region: region.clone(),
                    },
                ),
                (Family::NationalCategory, Place::Netherlands),
            ] {
                for category in [Some(*category), None] {
                    let key = CubeKey {
                        place: place.clone(),
                        category,
                        ..CubeKey::national(family, time, Total::Homeless, Measure::Observed)
                    };
                    *cells.entry(key).or_insert(0) += persons;
                }
            }
        }
    }
    for (key, persons) in cells {
        rows.push(CubeRow {
            key,
            figure: Figure::Count(Count::seen(persons)),
        });
    }
    for (code, _) in codes.iter().zip(gaps).filter(|(_, gap)| **gap) {
        let key = CubeKey {
            place: Place::Municipality(*code),
            category: Some(EthosCategory::FamilyFriends),
            ..CubeKey::national(
                Family::MunicipalCategory,
                time,
                Total::Homeless,
                Measure::Observed,
            )
        };
        let gap = Count::of(CellState::NotCollected, 0);
        rows.push(CubeRow {
            key,
            figure: Figure::Count(gap),
        });
    }
    rows
}

fn small_or_large() -> impl Strategy<Value = u64> {
    prop_oneof![3 => Just(0_u64), 4 => 1..10_u64, 3 => 10..60_u64, 1 => 60..2_000_u64]
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 300, ..ProptestConfig::default() })]
    #[test]
    fn no_sum_tells_a_small_count(
        counts in prop::collection::vec(prop::collection::vec(small_or_large(), 4), 2..14),
        gaps in prop::collection::vec(any::<bool>(), 14),
    ) {
        let cube = release(&counts, &gaps);
        let safe = protect(&cube, &settings(), &[], &[]).unwrap();
        let figures = figures(&cube, &safe);
        if let Some((cell, possible)) = least_possible(&figures) {
            prop_assert!(possible >= THRESHOLD / 2, "{:?}: {} left", cell, possible);
        }
        // The order of the rows decides nothing.
        let mut turned = cube.clone();
        turned.reverse();
        let again = protect(&turned, &settings(), &[], &[]).unwrap();
        prop_assert_eq!(safe, again);
    }
}

/// Bounds after subtracting again and again through all sums, the attacker knowing which sums
/// have no unpublished rest. Withheld cells are taken for anything from 1 up.
fn propagated(figures: &Figures) -> BTreeMap<CubeKey, Bounds> {
    let sums = sums(figures);
    let mut known: BTreeMap<CubeKey, Bounds> = figures
        .iter()
        .map(|(key, (_, figure))| (key.clone(), bounds(*figure)))
        .collect();
    for _ in 0..50 {
        let before = known.clone();
        for (total, parts) in &sums {
            let all: i64 = parts.iter().map(|part| figures[part].0).sum();
            let complete = all == figures[total].0;
            let low: i64 = parts.iter().map(|part| known[part].0).sum();
            let high: i64 = parts
                .iter()
                .map(|part| known[part].1.min(1_000_000_000))
                .sum();
            let bounds = known[total];
            let upper = if complete {
                bounds.1.min(high)
            } else {
                bounds.1
            };
            known.insert(total.clone(), (bounds.0.max(low), upper));
            let bounds = known[total];
            for part in parts {
                let own = known[part];
                let upper = own.1.min(bounds.1 - (low - own.0));
                let others = high - own.1.min(1_000_000_000);
                let lower = if complete {
                    own.0.max(bounds.0 - others)
                } else {
                    own.0
                };
                known.insert(part.clone(), (lower, upper));
                if known[part] != own {
                    break;
                }
            }
        }
        if known == before {
            break;
        }
    }
    known
}

#[test]
fn subtracting_through_all_sums_tells_no_count_of_the_sample() {
    let cube = sample::cube();
    let figures = figures(&cube, &protect(&cube, &settings(), &[], &[]).unwrap());
    let known = propagated(&figures);
    let mut withheld = 0;
    for (key, (persons, figure)) in &figures {
        if *figure != SafeFigure::Suppressed {
            continue;
        }
        withheld += 1;
        let (low, high) = known[key];
        assert!(
            low <= *persons && *persons <= high,
            "the attacker is wrong about {key:?}"
        );
        let possible = high.min(THRESHOLD - 1) - low + 1;
        assert!(
            *persons >= THRESHOLD || possible >= THRESHOLD / 2,
            "{key:?}: {low}–{high}"
        );
    }
    assert!(withheld > 1_000);
}

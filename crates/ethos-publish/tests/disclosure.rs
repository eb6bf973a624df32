//! The release as one linked system: rounding that adds up, earlier releases, and a stop where
//! the audit fails.

#[path = "sample/mod.rs"]
mod sample;

use std::collections::BTreeMap;

use ethos_disclosure::Verdict;
use ethos_model::category::{Language, Total};
use ethos_model::cell::{CellState, Count, Estimate, EstimateStatus};
use ethos_model::cube::{CubeKey, CubeRow, Family, Figure, Measure, Place};
use ethos_model::date::Time;
use ethos_model::study::{DisclosureMethod, PublishSection};
use ethos_publish::PublishError;
use ethos_publish::protect::{Earlier, Protected, SafeFigure, protect};

fn settings(method: DisclosureMethod) -> PublishSection {
    let mut settings = PublishSection::default();
    settings.disclosure.method = method;
    settings
}

fn numbers(safe: &Protected) -> BTreeMap<CubeKey, u64> {
    safe.rows()
        .iter()
        .filter_map(|row| match row.figure {
            SafeFigure::Count { persons, .. } => Some((row.key.clone(), persons)),
            _ => None,
        })
        .collect()
}

#[test]
fn a_rounded_release_adds_up_and_withholds_nothing() {
    let cube = sample::cube();
    let safe = protect(
        &cube,
        &settings(DisclosureMethod::ControlledRounding),
        &[],
        &[],
    )
    .unwrap();
    let numbers = numbers(&safe);
    let mut categories: BTreeMap<CubeKey, u64> = BTreeMap::new();
    let mut complete: BTreeMap<CubeKey, u64> = BTreeMap::new();
    for row in &cube {
        let Figure::Count(count) = &row.figure else {
            continue;
        };
        let Some(persons) = count.persons() else {
            continue;
        };
        let shown = numbers[&row.key];
        assert_eq!(shown % 5, 0);
        assert!(
            shown.abs_diff(persons) < 10,
            "{:?}: {persons} reads {shown}",
            row.key
        );
        if row.key.category.is_some() && row.key.measure == Measure::Observed {
            let total = CubeKey {
                category: None,
                ..row.key.clone()
            };
            *categories.entry(total.clone()).or_insert(0) += shown;
            *complete.entry(total).or_insert(0) += persons;
        }
    }
    let mut sums = 0;
    for row in &cube {
        if let Figure::Count(count) = &row.figure
            && let (Some(persons), Some(parts)) = (count.persons(), complete.get(&row.key))
            && *parts == persons
        {
            assert_eq!(numbers[&row.key], categories[&row.key], "{:?}", row.key);
            sums += 1;
        }
    }
    assert!(sums > 100);
    assert!(
        safe.rows()
            .iter()
            .all(|row| row.figure != SafeFigure::Suppressed)
    );
    for row in safe.rows() {
        // A 0 may be a few people, so none says that nobody was seen.
        if let SafeFigure::Count { state, .. } = row.figure {
            assert_ne!(state, CellState::ZeroSeen, "{:?}", row.key);
        }
        // Whoever counts in a place was there.
        if row.key.measure == Measure::ObservedTouched {
            let counted = CubeKey {
                measure: Measure::Observed,
                ..row.key.clone()
            };
            let counted = numbers.get(&counted).copied().unwrap_or(0);
            assert!(numbers[&row.key] >= counted, "{:?}", row.key);
        }
    }
    let audit = safe.audit();
    assert!(audit.protected > 100);
    assert!(audit.share_disclosed == 0.0);
    assert!(audit.text().contains("failing 0"));
}

/// One count for the whole country, with its only category.
fn single(persons: u64) -> (CubeKey, Vec<CubeRow>) {
    let key = CubeKey::national(
        Family::NationalCategory,
        Time::On(sample::day("2026-01-01")),
        Total::Homeless,
        Measure::Observed,
    );
    let row = CubeRow {
        key: key.clone(),
        figure: Figure::Count(Count::seen(persons)),
    };
    (key, vec![row])
}

/// However finely estimates are rounded: estimate less added is the published count, never the
/// true one, and where that is withheld so is what was added.
#[test]
fn estimate_less_added_tells_no_more_than_the_count() {
    let key = |measure, sex: Option<&str>| CubeKey {
        sex: sex.map(str::to_owned),
        ..CubeKey::national(
            Family::NationalEstimate,
            Time::On(sample::day("2026-01-01")),
            Total::EstimateScope,
            measure,
        )
    };
    let mut cube = Vec::new();
    for (sex, seen, added) in [
        (None, 503, 921.4),
        (Some("female"), 4, 190.2),
        (Some("male"), 499, 731.2),
    ] {
        let estimate = |point: f64| {
            Figure::Estimate(Estimate {
                status: EstimateStatus::Ok,
                point: Some(point),
                lower: Some(point * 0.875),
                upper: Some(point * 1.25),
            })
        };
        let whole = seen as f64 + added;
        for (measure, figure) in [
            (Measure::Observed, Figure::Count(Count::seen(seen))),
            (Measure::Added, estimate(added)),
            (Measure::Estimated, estimate(whole)),
        ] {
            let key = key(measure, sex);
            cube.push(CubeRow { key, figure });
        }
    }
    for method in [
        DisclosureMethod::Threshold,
        DisclosureMethod::ControlledRounding,
    ] {
        let mut settings = settings(method);
        settings.round_estimates.national = 1;
        let safe = protect(&cube, &settings, &[], &[]).unwrap();
        for sex in [None, Some("female"), Some("male")] {
            let figure = |measure| safe.get(&key(measure, sex)).unwrap();
            let (seen, added) = (figure(Measure::Observed), figure(Measure::Added));
            match seen {
                SafeFigure::Suppressed => assert_eq!(added, SafeFigure::Suppressed),
                _ => assert_eq!(
                    figure(Measure::Estimated).value().unwrap() - added.value().unwrap(),
                    seen.value().unwrap(),
                    "{method:?}, {sex:?}"
                ),
            }
        }
    }
}

fn earlier(key: &CubeKey, number: u64) -> Earlier {
    Earlier {
        base: 5,
        method: DisclosureMethod::ControlledRounding,
        counts: vec![(key.clone(), Some(number))],
    }
}

#[test]
fn a_number_published_before_stands_again() {
    // 7 is nearest to 5, but 10 was published: 5 now would leave 6–9 possible.
    let (key, cube) = single(7);
    let settings = settings(DisclosureMethod::ControlledRounding);
    let safe = protect(&cube, &settings, &[], &[earlier(&key, 10)]).unwrap();
    assert_eq!(numbers(&safe)[&key], 10);
    assert!(safe.audit().revised.is_empty());
}

#[test]
fn a_release_that_contradicts_an_earlier_one_says_so() {
    let (key, cube) = single(7);
    let settings = settings(DisclosureMethod::ControlledRounding);
    let safe = protect(&cube, &settings, &[], &[earlier(&key, 40)]).unwrap();
    let revised = &safe.audit().revised;
    assert_eq!(revised.len(), 1);
    assert!(revised[0].contains("2026-01-01, NL, homeless"));
    let note = ethos_publish::notes::revised(&safe, Language::En).unwrap();
    assert!(
        note.text
            .starts_with("1 figure of an earlier release does not agree")
    );
    // A number that had to go two bases from the count is known to have.
    let safe = protect(&cube, &settings, &[], &[earlier(&key, 15)]).unwrap();
    assert!(safe.audit().revised.is_empty());
}

#[test]
fn two_earlier_roundings_that_tell_the_count_stop_the_release() {
    // 5 and 10 were both published of a 9: with either now, 6 to 9 are left.
    let (key, cube) = single(9);
    let mut settings = settings(DisclosureMethod::ControlledRounding);
    settings.disclosure.possible = 5;
    let releases = [earlier(&key, 5), earlier(&key, 10)];
    let error = protect(&cube, &settings, &[], &releases).unwrap_err();
    let PublishError::Disclosed { count, cells, .. } = &error else {
        panic!("{error}")
    };
    assert_eq!((*count, cells.len()), (1, 1));
    let text = error.to_string();
    assert!(text.contains("2026-01-01, NL, homeless, observed"));
    assert!(text.contains("no release was written"));
    assert!(!text.contains('9'), "the count is told: {text}");
    // Who may see counts gets to see which fails, and how far it can be narrowed down.
    let report = error.audit().expect("there was an audit");
    assert_eq!(report.share_disclosed, 1.0);
    let line = &report.findings[0];
    assert_ne!(line.verdict, Verdict::Safe);
    assert_eq!(
        (line.count, line.derivable.lower, line.derivable.upper),
        (9, 6, 9)
    );
    let text = report.text();
    assert!(
        text.contains(
            "2026-01-01, NL, homeless, observed: 9, an attacker can narrow it down to 6 to 9"
        ),
        "{text}"
    );
}

#[test]
fn a_municipality_with_one_person_is_not_found_in_its_province() {
    // A province of two municipalities, one of them with one person.
    let day = Time::On(sample::day("2026-01-01"));
    let code = |text: &str| ethos_model::municipality::MunicipalityCode::parse(text).unwrap();
    let mut cube = Vec::new();
    for (place, family, persons) in [
        (Place::Netherlands, Family::NationalCategory, 31),
        (
            Place::Municipality(code("GM0363")),
            Family::MunicipalCategory,
            30,
        ),
        (
            Place::Municipality(code("GM0034")),
            Family::MunicipalCategory,
            1,
        ),
    ] {
        cube.push(CubeRow {
            key: CubeKey {
                place,
                ..CubeKey::national(family, day, Total::Homeless, Measure::Observed)
            },
            figure: Figure::Count(Count::seen(persons)),
        });
    }
    for method in [
        DisclosureMethod::Threshold,
        DisclosureMethod::ControlledRounding,
    ] {
        let mut settings = settings(method);
        let safe = protect(&cube, &settings, &[], &[]).unwrap();
        let line = safe
            .audit()
            .findings
            .iter()
            .find(|line| line.count == 1)
            .unwrap();
        assert!(line.possible.upper - line.possible.lower >= 2, "{line:?}");
        // Unrounded, the municipality beside it has to go as well, or the country.
        settings.disclosure.base = 1;
        if method == DisclosureMethod::Threshold {
            let safe = protect(&cube, &settings, &[], &[]).unwrap();
            assert_eq!(numbers(&safe).len(), 1);
        }
    }
}

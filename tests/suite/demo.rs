//! The demo against its own truth and its own arithmetic.

use std::collections::{BTreeMap, BTreeSet};
use std::fs;
use std::path::{Path, PathBuf};
use std::sync::OnceLock;

use ethos_model::category::{EthosCategory, Total};
use ethos_model::cell::{CellState, EstimateStatus};
use ethos_model::cube::{CubeKey, CubeRow, Family, Figure, Measure, Place};
use ethos_model::date::{Day, Time};
use ethos_model::ledger::{Ledger, LedgerStep};
use ethos_model::municipality::{MunicipalityCode, MunicipalityRegister};

use super::support::{Ran, arg, ethos, folder, is_kind, keep, read, rows, world};

/// A small demo of one year, with every default but the size.
fn demo() -> &'static (PathBuf, Ran) {
    static DEMO: OnceLock<(PathBuf, Ran)> = OnceLock::new();
    DEMO.get_or_init(|| {
        let dir = keep("demo");
        let size = ["--scale", "0.5", "--years", "2026"];
        let ran = ethos(&[&["demo", arg(&dir)], &size[..]].concat()).exits(0);
        (dir, ran)
    })
}

#[test]
fn it_leaves_what_a_newcomer_opens() {
    let (dir, ran) = demo();
    for file in [
        "study.toml",
        "telling.toml",
        "LEESMIJ.md",
        "truth/truth.json",
        "out/run.log",
        "out/release/report.html",
        "out/release/tables.xlsx",
        "out/release/csv/cube.csv",
        "out/release/parquet/cube.parquet",
        "out/internal/INTERNAL.txt",
        "out/internal/captures.csv",
        "out/internal/cube.csv",
        "out/internal/deliveries.json",
        "out/internal/estimate-2026-01-01.json",
        "out/internal/estimates.csv",
        "out/internal/findings.csv",
        "out/internal/ledger.json",
        "out/internal/manifest.json",
        "out/internal/overlap.html",
        "out-telling/release/report.html",
        "out-telling/internal/cube.csv",
        "out-telling/internal/ledger.json",
    ] {
        let length = fs::metadata(dir.join(file)).map(|file| file.len());
        assert!(length.is_ok_and(|length| length > 0), "{file}");
    }
    assert!(
        !dir.join("out-telling/internal/captures.csv").exists(),
        "no lists, no captures"
    );
    for run in ["out", "out-telling"] {
        let page = read(&dir.join(run).join("release/report.html"));
        assert!(
            page.contains("simul"),
            "{run}: the page says that nobody in it exists"
        );
    }
    assert!(ran.stderr.contains("report.html"), "{}", ran.stderr);
}

/// Interval and lists against the truth, for the seed that everyone gets.
#[test]
fn the_estimate_holds_the_truth_and_the_lists_are_what_they_were() {
    let (dir, _) = demo();
    let (out, truth) = (dir.join("out"), dir.join("truth"));
    let scores = [
        "evaluate",
        arg(&out),
        "--truth",
        arg(&truth),
        "--format",
        "json",
    ];
    let scores = ethos(&scores).exits(0).json();
    assert_eq!(scores["ledger_balances"], true);
    let dates = scores["dates"].as_array().unwrap();
    assert_eq!(dates.len(), 1);
    let total = &dates[0]["total"];
    let number = |name: &str| total[name].as_f64().unwrap_or_else(|| panic!("{total}"));
    assert!(number("lower") <= number("truth"), "{total}");
    assert!(number("truth") <= number("upper"), "{total}");
    assert!(number("relative_bias").abs() < 0.2, "{total}");
    let lists = dates[0]["lists"].as_array().unwrap();
    assert_eq!(lists.len(), 3);
    for list in lists.iter().chain([&dates[0]["on_a_list"]]) {
        let ratio = list["ratio"].as_f64().unwrap();
        assert!((ratio - 1.0).abs() < 0.02, "{list}");
    }
}

/// Everyone counted on the count day, against the forms: nobody appears who was not there.
#[test]
fn the_count_day_counts_no_more_people_than_forms() {
    let (dir, _) = demo();
    let forms: u64 = data_rows(&dir.join("telling"), "GM");
    let ledger = ledger(&dir.join("out-telling"));
    let linked = ledger
        .step("persons linked")
        .expect("a step of the linkage");
    assert!(linked.outcome("first spell of a person") < forms);
    assert!(linked.outcome("first spell of a person") > forms * 8 / 10);
}

fn ledger(out: &Path) -> Ledger {
    serde_json::from_str(&read(&out.join("internal/ledger.json"))).unwrap()
}

/// Rows below the header in the files of a folder whose names begin so. A blank line is a row too:
/// it is set aside, not passed over.
fn data_rows(folder: &Path, prefix: &str) -> u64 {
    let mut sum = 0;
    for entry in fs::read_dir(folder).unwrap() {
        let path = entry.unwrap().path();
        let name = path.file_name().unwrap().to_str().unwrap();
        if name.starts_with(prefix) && is_kind(name, "csv") {
            let bytes = fs::read(&path).unwrap();
            let lines = bytes.trim_ascii_end().split(|byte| *byte == b'\n').count();
            sum += lines as u64 - 1;
        }
    }
    sum
}

/// The rows on disk, counted here, are the rows that the ledger begins with.
#[test]
fn the_ledger_starts_from_every_row_on_disk() {
    let world = world();
    let check = |country: &Path, out: &Path, sources: &[(&str, &str, &str)]| {
        let ledger = ledger(out);
        ledger.check().unwrap();
        let mut known = BTreeSet::new();
        for (step, folder, prefix) in sources {
            let found = ledger
                .step(step)
                .unwrap_or_else(|| panic!("no step `{step}`"));
            assert_eq!(
                found.input,
                data_rows(&country.join(folder), prefix),
                "{step}"
            );
            assert!(found.outcome("accepted") > 0, "{step}");
            known.insert(*step);
        }
        let reads = ledger.steps.iter().filter(|step| step.unit == "rows");
        for step in reads {
            assert!(
                known.contains(step.step.as_str()),
                "`{}` was not counted here",
                step.step
            );
        }
    };
    let registers = [
        ("read opvang", "leveringen/opvang", ""),
        ("read gmsd", "leveringen/gmsd", ""),
        ("read bijstand", "registers", "bijstand"),
        ("read reclassering", "registers", "reclassering"),
        ("person register register/personen", "registers", "personen"),
    ];
    check(&world.country, &world.out, &registers);
    check(
        &world.country,
        &world.telling,
        &[("read teldag", "telling", "GM")],
    );
    let (dir, _) = demo();
    check(dir, &dir.join("out"), &registers);
}

/// Every spell that was accepted is linked, every person is active or not on every date, and the
/// people of the capture table are those of the table itself.
#[test]
fn the_ledger_goes_on_to_the_capture_table() {
    let world = world();
    let ledger = ledger(&world.out);
    let sum = |steps: &[&LedgerStep], outcome: &str| -> u64 {
        steps.iter().map(|step| step.outcome(outcome)).sum()
    };
    let reads: Vec<&LedgerStep> = ledger
        .steps
        .iter()
        .filter(|step| step.step.starts_with("read "))
        .collect();
    assert_eq!(ledger.step("link").unwrap().input, sum(&reads, "accepted"));
    let captures = rows(&world.out.join("internal/captures.csv"));
    let cube = cube(&world.out);
    for date in ["2024-01-01", "2025-01-01", "2026-01-01"] {
        let persons: u64 = captures
            .iter()
            .filter(|row| row["reference_date"] == date)
            .map(|row| row["count"].parse::<u64>().unwrap())
            .sum();
        let step = ledger.step(&format!("captures {date}")).unwrap();
        assert_eq!(step.outcome("in capture table"), persons, "{date}");
        let time = Time::On(Day::parse(date).unwrap());
        let seen = CubeKey::national(
            Family::NationalEstimate,
            time,
            Total::EstimateScope,
            Measure::Observed,
        );
        assert_eq!(persons_of(&cube, &seen), Some(persons), "{date}");
    }
}

fn cube(out: &Path) -> Vec<CubeRow> {
    ethos_table::cube::read(&out.join("internal/cube.csv")).unwrap()
}

fn persons_of(cube: &[CubeRow], key: &CubeKey) -> Option<u64> {
    let row = cube.iter().find(|row| row.key == *key);
    match row.unwrap_or_else(|| panic!("no row {key:?}")).figure {
        Figure::Count(count) => count.persons(),
        Figure::Estimate(_) => panic!("{key:?} is an estimate"),
    }
}

#[test]
fn seen_and_added_make_the_estimate() {
    let cube = cube(&world().out);
    let mut checked = 0;
    for row in &cube {
        let Figure::Estimate(total) = row.figure else {
            continue;
        };
        if row.key.measure != Measure::Estimated {
            continue;
        }
        let beside = |measure| CubeKey {
            measure,
            ..row.key.clone()
        };
        let seen = persons_of(&cube, &beside(Measure::Observed)).unwrap();
        let added = cube
            .iter()
            .find(|other| other.key == beside(Measure::Added))
            .unwrap();
        let Figure::Estimate(added) = added.figure else {
            panic!("what a model adds is no count");
        };
        assert_eq!(added.status, total.status);
        if total.status == EstimateStatus::NotEstimable {
            assert_eq!((total.point, added.point), (None, None));
            assert!(row.key.category.is_some(), "{:?}", row.key);
            continue;
        }
        let (added, point) = (added.point.unwrap(), total.point.unwrap());
        assert!(
            (seen as f64 + added - point).abs() < 1e-6 * point,
            "{:?}",
            row.key
        );
        assert!(total.lower.unwrap() >= seen as f64, "{:?}", row.key);
        assert!(
            total.lower.unwrap() <= total.upper.unwrap_or(f64::INFINITY),
            "{:?}",
            row.key
        );
        checked += 1;
    }
    // Everyone, two sexes and two parts of the country on three dates.
    assert_eq!(checked, 15);
}

/// No list sees every category, so no category has an estimate.
#[test]
fn no_category_is_estimated_from_the_shares_of_the_seen() {
    for row in cube(&world().out) {
        if let (Family::NationalEstimate, Some(_), Figure::Estimate(estimate)) =
            (row.key.family, row.key.category, row.figure)
        {
            assert_eq!(
                estimate.status,
                EstimateStatus::NotEstimable,
                "{:?}",
                row.key
            );
        }
    }
}

/// Municipalities, those that are not known among them, add up to the country; regions too.
#[test]
fn municipalities_and_regions_add_up_to_the_country() {
    let world = world();
    for out in [&world.out, &world.telling] {
        let mut national = BTreeMap::new();
        let mut sums: BTreeMap<(Family, String), BTreeMap<_, u64>> = BTreeMap::new();
        for row in cube(out) {
            let Figure::Count(count) = row.figure else {
                continue;
            };
            if row.key.measure != Measure::Observed {
                continue;
            }
            let cell = (row.key.time.label(), row.key.total, row.key.category);
            let persons = count.persons().unwrap_or(0);
            match row.key.family {
                Family::NationalCategory => assert!(national.insert(cell, persons).is_none()),
                family @ (Family::MunicipalCategory | Family::RegionalCategory) => {
                    // Each mapping of regions adds up by itself.
                    let mapping = match &row.key.place {
                        Place::Region { mapping, .. } => mapping.clone(),
                        _ => String::new(),
                    };
                    let sum = sums.entry((family, mapping)).or_default();
                    *sum.entry(cell).or_default() += persons;
                }
                _ => {}
            }
        }
        assert!(national.values().any(|persons| *persons > 100));
        assert_eq!(sums.len(), 3);
        for (family, sum) in sums {
            assert_eq!(sum, national, "{family:?} in {}", out.display());
        }
    }
}

/// Categories add up to their total, and a total over parts of which one is missing says so.
#[test]
fn categories_add_up_to_their_total() {
    let world = world();
    for out in [&world.out, &world.telling] {
        let mut parts: BTreeMap<_, (Option<u64>, u64)> = BTreeMap::new();
        for row in cube(out) {
            let Figure::Count(count) = row.figure else {
                continue;
            };
            let key = &row.key;
            let counted = [
                Family::NationalCategory,
                Family::RegionalCategory,
                Family::MunicipalCategory,
            ];
            if key.measure != Measure::Observed || !counted.contains(&key.family) {
                continue;
            }
            let cell = (key.family, key.time.label(), key.total, key.place.clone());
            let slot = parts.entry(cell).or_default();
            match key.category {
                None => slot.0 = count.persons(),
                Some(_) => slot.1 += count.persons().unwrap_or(0),
            }
        }
        for (cell, (total, sum)) in parts {
            assert_eq!(total.unwrap_or(0), sum, "{cell:?}");
        }
    }
}

/// The states of the municipal table by date, municipality and category.
fn municipal_states(out: &Path) -> BTreeMap<(Day, MunicipalityCode, EthosCategory), CellState> {
    let mut states = BTreeMap::new();
    for row in cube(out) {
        let (Family::MunicipalCategory, Time::On(date), Place::Municipality(code), Some(category)) = (
            row.key.family,
            row.key.time,
            &row.key.place,
            row.key.category,
        ) else {
            continue;
        };
        let (Measure::Observed, Figure::Count(count)) = (row.key.measure, row.figure) else {
            continue;
        };
        assert_eq!(
            count.persons().is_none(),
            matches!(
                count.state(),
                CellState::NotCollected | CellState::NotDelivered | CellState::Impossible
            ),
            "{:?}",
            row.key
        );
        assert!(
            states
                .insert((date, *code, category), count.state())
                .is_none()
        );
    }
    states
}

#[test]
fn every_municipality_of_the_date_has_every_category() {
    let world = world();
    for out in [&world.out, &world.telling] {
        let states = municipal_states(out);
        let dates: BTreeSet<Day> = states.keys().map(|key| key.0).collect();
        for date in dates {
            let there = MunicipalityRegister::shipped().all_on(date);
            assert_eq!(there.len(), 342, "{date}");
            for code in there {
                for category in EthosCategory::ALL {
                    assert!(
                        states.contains_key(&(date, code, category)),
                        "{date} {code}"
                    );
                }
            }
        }
    }
}

/// The checks name as missing the very senders and years of which the country has no file, and which a run
/// therefore has no figures of.
#[test]
fn the_checks_miss_whom_a_run_misses() {
    let world = world();
    let folder = folder();
    let (deliveries, frame, table) = (
        world.country.join("leveringen/opvang"),
        world.country.join("leveringen/verwacht.csv"),
        folder.path().join("senders.csv"),
    );
    ethos(&[
        "check",
        arg(&deliveries),
        "--frame",
        arg(&frame),
        "--lang",
        "en",
        "--senders",
        arg(&table),
    ]);
    let pair = |row: &BTreeMap<String, String>| (row["sender"].clone(), row["period"].clone());
    let told = rows(&table);
    let missing: BTreeSet<(String, String)> = told
        .iter()
        .filter(|row| row["files"].is_empty())
        .map(pair)
        .collect();
    let delivered: BTreeSet<(String, String)> = fs::read_dir(&deliveries)
        .unwrap()
        .map(|entry| entry.unwrap().file_name().into_string().unwrap())
        .map(|name| (name[..6].to_owned(), name[10..14].to_owned()))
        .collect();
    let expected: BTreeSet<(String, String)> = rows(&frame).iter().map(pair).collect();
    assert!(!missing.is_empty());
    assert_eq!(missing, expected.difference(&delivered).cloned().collect());
    assert!(told.iter().all(|row| row["status"] != "unexpected"));
}

/// A municipality whose senders did not deliver has no zero; one whose senders did has no gap.
#[test]
fn what_was_not_delivered_is_not_zero() {
    let world = world();
    let mut expected: BTreeMap<String, Vec<String>> = BTreeMap::new();
    for row in rows(&world.country.join("leveringen/verwacht.csv")) {
        let senders = expected.entry(row["municipality"].clone()).or_default();
        senders.push(row["sender"].clone());
    }
    let delivered: BTreeSet<(String, String)> =
        fs::read_dir(world.country.join("leveringen/opvang"))
            .unwrap()
            .map(|entry| entry.unwrap().file_name().into_string().unwrap())
            .map(|name| (name[..6].to_owned(), name[10..14].to_owned()))
            .collect();
    let mut gaps = 0;
    for ((date, code, category), state) in municipal_states(&world.out) {
        if !matches!(
            category,
            EthosCategory::EmergencyShelter | EthosCategory::TemporaryShelter
        ) {
            continue;
        }
        // The file of a year speaks of its days; the one of the year before of stays that run on.
        let years = [date.year(), date.year() - 1].map(|year| year.to_string());
        let came = expected[&code.to_string()].iter().any(|sender| {
            let mut files = years.iter().map(|year| (sender.clone(), year.clone()));
            files.any(|file| delivered.contains(&file))
        });
        if came {
            assert_ne!(state, CellState::NotDelivered, "{date} {code} {category}");
            assert_ne!(state, CellState::NotCollected, "{date} {code} {category}");
        } else {
            gaps += 1;
            assert!(
                matches!(state, CellState::NotDelivered | CellState::Partial),
                "{date} {code} {category}: {state:?}"
            );
        }
    }
    assert!(gaps > 0, "one sender of the country does not deliver");
}

/// Nobody in the registers study can report these, so that none of their cells is a number.
#[test]
fn what_no_source_reports_is_not_collected() {
    use EthosCategory::{EvictionThreat, FamilyFriends, PublicSpace, Unconventional};
    let mut cells = 0;
    for row in cube(&world().out) {
        if let (Some(category), Figure::Count(count)) = (row.key.category, row.figure)
            && [PublicSpace, Unconventional, FamilyFriends, EvictionThreat].contains(&category)
        {
            assert_eq!(count.state(), CellState::NotCollected, "{:?}", row.key);
            cells += 1;
        }
    }
    assert!(cells > 342 * 4 * 3, "{cells}");
}

/// A municipality that takes no part in the count day was not asked.
#[test]
fn who_takes_no_part_in_the_count_day_is_not_zero() {
    let world = world();
    let taking: BTreeSet<String> = rows(&world.country.join("telling/deelnemers.csv"))
        .into_iter()
        .map(|row| row["municipality"].clone())
        .collect();
    let mut outside = BTreeSet::new();
    for ((date, code, category), state) in municipal_states(&world.telling) {
        if !taking.contains(&code.to_string()) {
            // People told of by another municipality's form make a cell partial.
            assert!(
                matches!(state, CellState::NotCollected | CellState::Partial),
                "{date} {code} {category}: {state:?}"
            );
            outside.insert(code);
        }
    }
    assert_eq!(outside.len() + taking.len(), 342);
}

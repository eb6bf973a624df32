//! The dashboard: figures worked by hand, what protection leaves of it, indicators of others.

mod sample;

use ethos_model::category::{EthosCategory, Language, Total};
use ethos_model::cell::{CellState, Count, Estimate, EstimateStatus};
use ethos_model::cube::{CubeKey, CubeRow, Family, Figure, Measure};
use ethos_model::date::Time;
use ethos_model::study::{DisclosureMethod, Format, SeriesBreak, Study};
use ethos_publish::Release;
use ethos_publish::dashboard::{Change, External, Verdict};
use ethos_publish::protect::SafeFigure;
use sample::day;

fn estimate(date: &str, [lower, point, upper]: [f64; 3]) -> CubeRow {
    CubeRow {
        key: CubeKey::national(
            Family::NationalEstimate,
            Time::On(day(date)),
            Total::EstimateScope,
            Measure::Estimated,
        ),
        figure: Figure::Estimate(Estimate {
            status: EstimateStatus::Ok,
            point: Some(point),
            lower: Some(lower),
            upper: Some(upper),
        }),
    }
}

fn seen(date: &str, category: Option<EthosCategory>, count: Count) -> CubeRow {
    let time = Time::On(day(date));
    CubeRow {
        key: CubeKey {
            category,
            ..CubeKey::national(
                Family::NationalCategory,
                time,
                Total::Homeless,
                Measure::Observed,
            )
        },
        figure: Figure::Count(count),
    }
}

fn cube() -> Vec<CubeRow> {
    let (before, now) = ("2025-01-01", "2026-01-01");
    let street = Some(EthosCategory::PublicSpace);
    let night = Some(EthosCategory::EmergencyShelter);
    vec![
        estimate(before, [29_000.0, 32_000.0, 36_000.0]),
        estimate(now, [38_000.0, 41_000.0, 46_000.0]),
        seen(before, None, Count::seen(1_000)),
        seen(now, None, Count::seen(990)),
        // A small count: withheld, and with it what would tell it.
        seen(before, street, Count::seen(400)),
        seen(now, street, Count::seen(4)),
        seen(before, night, Count::seen(600)),
        seen(now, night, Count::partial(986)),
    ]
}

fn release<'a>(study: &'a Study, external: &[External]) -> Release<'a> {
    Release {
        external: external.to_vec(),
        ..sample::bare(study, cube())
    }
}

fn study() -> Study {
    let mut study = sample::study("nl");
    study.study.reference_dates = ["2025-01-01", "2026-01-01"].map(day).to_vec();
    study
}

#[test]
fn changes_are_those_worked_by_hand() {
    let study = study();
    let release = release(&study, &[]);
    let safe = release.protect().expect("protects");
    let dashboard = safe.dashboard();
    let of = |number: u8| {
        let found = dashboard.indicators.iter().find(|i| i.number == number);
        let found = found.unwrap();
        (found.change, found.verdict)
    };
    // 9,000 more. Down: the hypotenuse of 3,000 (below 41,000) and 4,000 (above 32,000); up: of
    // 5,000 and 3,000, which is 5,830.95; rounded outward to a hundred.
    let risen = Change {
        difference: 9_000,
        lower: 4_000,
        upper: Some(14_900),
    };
    assert_eq!(of(1), (Some(risen), Verdict::Rose));
    // 1,000 and 990, rounded to the nearest five: 998 to 1,002 became 988 to 992.
    let open = Change {
        difference: -10,
        lower: -14,
        upper: Some(-6),
    };
    assert_eq!(of(2), (Some(open), Verdict::Fell));
    assert_eq!(of(3), (None, Verdict::NoComparison));
    let (_, verdict) = of(4);
    assert!(
        matches!(verdict, Verdict::Incomplete | Verdict::NoComparison),
        "{verdict:?}"
    );
    let words = Verdict::Fell.words(false, Language::En);
    assert_eq!(words, "yes: fewer people were seen");
}

/// What a figure is follows from what was collected; the method decides only which numbers are shown, and
/// whether a zero says that nobody was seen.
#[test]
fn a_method_makes_no_count_a_minimum() {
    let now = "2026-01-01";
    let mut study = study();
    let counts = [
        (None, Count::partial(990)),
        (
            Some(EthosCategory::PublicSpace),
            Count::of(CellState::NotCollected, 0),
        ),
        (Some(EthosCategory::EmergencyShelter), Count::seen(586)),
        (Some(EthosCategory::TemporaryShelter), Count::partial(404)),
        (Some(EthosCategory::Institution), Count::seen(0)),
    ];
    for method in [
        DisclosureMethod::Threshold,
        DisclosureMethod::ControlledRounding,
    ] {
        study.publish.disclosure.method = method;
        let cube = counts.map(|(category, count)| seen(now, category, count));
        let release = sample::bare(&study, cube.to_vec());
        let safe = release.protect().expect("protects");
        let rows = safe.cube().family(Family::Dashboard);
        let statuses: Vec<_> = rows
            .map(|row| (row.key.category, row.figure.status()))
            .collect();
        let zero = match method {
            DisclosureMethod::Threshold => "zero_seen",
            DisclosureMethod::ControlledRounding => "seen",
        };
        let expected = [
            (None, "partial"),
            (Some(EthosCategory::PublicSpace), "not_collected"),
            (Some(EthosCategory::EmergencyShelter), "seen"),
            (Some(EthosCategory::TemporaryShelter), "partial"),
            (Some(EthosCategory::Institution), zero),
        ];
        assert_eq!(statuses, expected, "{method:?}");
    }
}

#[test]
fn nothing_withheld_is_told_by_a_change() {
    let study = study();
    let release = release(&study, &[]);
    let safe = release.protect().expect("protects");
    for row in safe.cube().family(Family::Dashboard) {
        let base = match row.key.measure {
            Measure::ObservedChange => Measure::Observed,
            Measure::EstimatedChange => Measure::Estimated,
            _ => continue,
        };
        for date in ["2025-01-01", "2026-01-01"] {
            let figure = safe.cube().get(&CubeKey {
                time: Time::On(day(date)),
                measure: base,
                ..row.key.clone()
            });
            assert!(
                figure.is_some_and(|figure| figure != SafeFigure::Suppressed),
                "a change of a withheld figure: {:?}",
                row.key
            );
        }
    }
}

#[test]
fn a_break_or_another_source_is_no_change() {
    let mut broken = study();
    broken.publish.breaks = vec![SeriesBreak {
        from: day("2025-07-01"),
        nl: "ander register".into(),
        en: "another register".into(),
    }];
    let release_of = release(&broken, &[]);
    let verdicts = |release: &Release<'_>| -> Vec<Verdict> {
        let safe = release.protect().expect("protects");
        let dashboard = safe.dashboard();
        dashboard.indicators.iter().map(|i| i.verdict).collect()
    };
    let found = verdicts(&release_of);
    assert!(found.contains(&Verdict::Broken));
    assert!(!found.contains(&Verdict::Rose) && !found.contains(&Verdict::Fell));
    let mut changed = study();
    changed.sources[1].valid_from = Some(day("2025-06-01"));
    let found = verdicts(&release(&changed, &[]));
    assert!(found.contains(&Verdict::OtherSources));
    assert!(!found.contains(&Verdict::Rose) && !found.contains(&Verdict::Fell));
}

#[test]
fn indicators_stand_in_every_file_and_those_of_others_with_their_owner() {
    let mut study = study();
    study.publish.formats = vec![Format::Csv, Format::Xlsx, Format::Html];
    let external = External::from_csv(
        "indicator,value,unit,date,owner,source\n\
         Huisuitzettingen,3100,huishoudens,2021-12-31,KBvG,NAD 2.2.7\n\
         =1+1,loopt,,2025-12-01,VNG,dashboard\n",
    )
    .unwrap();
    let release = release(&study, &external);
    let dir = tempfile::tempdir().unwrap();
    ethos_publish::write_release(&release, dir.path()).unwrap();
    let read = |name: &str| std::fs::read_to_string(dir.path().join(name)).unwrap();
    let long = read("csv/dashboard.csv");
    assert!(
        long.contains("estimated_change,9000,4000,14900,ok"),
        "{long}"
    );
    let table = read("tables/dashboard.csv");
    assert!(
        table.contains("Huisuitzettingen;huishoudens;;KBvG;NAD 2.2.7"),
        "{table}"
    );
    assert!(table.contains("'=1+1"), "a formula is stopped: {table}");
    assert!(table.contains("ja: gestegen"), "{table}");
    let page = read("report.html");
    assert!(page.contains("id=\"indicatoren\"") && page.contains("Indicatoren van anderen"));
    assert!(page.contains("+4.000 tot +14.900"), "limits of the change");
    let file = dir.path().join("tables.xlsx");
    let mut book: calamine::Xlsx<_> = calamine::open_workbook(file).unwrap();
    let sheet = calamine::Reader::worksheet_range(&mut book, "Kernindicatoren").unwrap();
    let values: Vec<String> = sheet.used_cells().map(|cell| cell.2.to_string()).collect();
    assert!(
        values.contains(&"-10".to_owned()),
        "a fall is a number below zero"
    );
    assert!(values.contains(&"KBvG".to_owned()));
}

#[test]
fn without_national_tables_only_the_indicators_of_others_stand() {
    let mut study = study();
    study.publish.tables = vec![ethos_model::study::TableSet::Municipal];
    let none = release(&study, &[]);
    assert!(none.protect().expect("protects").dashboard().is_empty());
    let external = [External {
        indicator: "Regio's met een plan".into(),
        value: "41".into(),
        unit: "regio's".into(),
        date: day("2025-12-01"),
        owner: "VNG".into(),
        source: "dashboard".into(),
    }];
    let some = release(&study, &external);
    let safe = some.protect().expect("protects");
    let tables = safe.tables();
    let table = tables
        .iter()
        .find(|table| table.family == Family::Dashboard);
    assert_eq!(table.unwrap().rows.len(), 1);
}

#[test]
fn of_how_many_a_characteristic_is_unknown_stands_with_the_numbers() {
    let study = study();
    let mut release = release(&study, &[]);
    let time = Time::On(day("2026-01-01"));
    let mut push = |sex: Option<&str>, persons| {
        let mut key = CubeKey::national(
            Family::NationalCharacteristics,
            time,
            Total::Homeless,
            Measure::Observed,
        );
        key.sex = sex.map(str::to_owned);
        let figure = Figure::Count(Count::seen(persons));
        release.cube.push(CubeRow { key, figure });
    };
    push(None, 990);
    push(Some("female"), 300);
    push(Some("male"), 590);
    push(Some("unknown"), 100);
    let safe = release.protect().expect("protects");
    let tables = safe.tables();
    let table = tables
        .iter()
        .find(|table| table.family == Family::NationalCharacteristics)
        .unwrap();
    // 100 of 990.
    let line = "Onbekend, 1 januari 2026: geslacht 10%.".to_owned();
    assert!(table.about.contains(&line), "{:?}", table.about);
}

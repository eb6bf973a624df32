//! The dashboard: figures worked by hand, what protection leaves of it, indicators of others.

mod sample;

use ethos_model::category::{EthosCategory, Language, Total};
use ethos_model::cell::{CellState, Count, Estimate, EstimateStatus};
use ethos_model::cube::{CubeKey, CubeRow, Family, Figure, Measure};
use ethos_model::date::Time;
use ethos_model::study::{DisclosureMethod, Format, Preset, SeriesBreak, Study};
use ethos_publish::Release;
use ethos_publish::dashboard::{Change, External, Verdict};
use ethos_publish::protect::SafeFigure;
use ethos_publish::tables::PrintCell;
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

/// What the dashboard says of the targets of an indicator.
fn targets(study: &Study, number: u8, external: &[External]) -> Vec<String> {
    let release = release(study, external);
    let safe = release.protect().expect("protects");
    let found = safe.dashboard();
    let found = found.indicators.iter().find(|i| i.number == number);
    let judged = &found.unwrap().targets;
    judged.iter().map(|one| one.words(Language::En)).collect()
}

#[test]
fn a_target_is_held_against_a_figure_that_is_there() {
    // 41,000 [38,000–46,000] now; Statistics Netherlands 32,000 [29,400–35,600] in 2021.
    let ahead = "cannot tell yet: the year is 2030";
    let mut study = study();
    study.scope = ethos_model::study::Scope::default();
    study.estimate.as_mut().unwrap().preset = Preset::CbsLike;
    assert_eq!(
        targets(&study, 1, &[]),
        [
            "no (beside 32,000 [29,400–35,600] on 1 January 2021, CBS)",
            ahead
        ]
    );
    study.estimate.as_mut().unwrap().preset = Preset::Honest;
    assert_eq!(
        targets(&study, 1, &[])[0],
        "cannot tell: Statistics Netherlands estimated by another method (beside 32,000 [29,400–35,600] on 1 January 2021, CBS)"
    );
    study.scope.registered = false;
    assert!(targets(&study, 1, &[])[0].contains("other people"));
    // An imported figure takes its place, and one of the study that of both.
    let external = External::from_csv(
        "indicator,value,unit,date,owner,source\n\
         estimated,48000,personen,2021-01-01,RIVM,rapport\n",
    )
    .unwrap();
    assert_eq!(
        targets(&study, 1, &external)[0],
        "yes (beside 48,000 [48,000–48,000] on 1 January 2021, RIVM)"
    );
    study.study.reference_dates = ["2021-01-01", "2025-01-01", "2026-01-01"].map(day).to_vec();
    let mut own = release(&study, &external);
    own.cube
        .push(estimate("2021-01-01", [40_000.0, 42_000.0, 44_000.0]));
    let safe = own.protect().expect("protects");
    let found = safe.dashboard();
    assert_eq!(
        found.indicators[0].targets[0].words(Language::En),
        "cannot tell: fewer and more are both within the limits (beside 42,000 [40,000–44,000] on 1 January 2021)"
    );
    // What no figure can tell is not told, and no target is asked of a year to come.
    let mut early = self::study();
    early.study.reference_dates = ["2024-01-01"].map(day).to_vec();
    let mut own = release(&early, &[]);
    own.cube = vec![estimate("2024-01-01", [1.0, 2.0, 3.0])];
    let safe = own.protect().expect("protects");
    assert_eq!(
        safe.dashboard().indicators[0].targets[0].words(Language::Nl),
        "nog niet te zeggen: het jaar is 2025"
    );
    assert_eq!(
        targets(&study, 3, &[]),
        ["cannot tell: the figure does not tell why somebody sleeps outside"]
    );
}

#[test]
fn what_others_measure_is_held_against_the_plan_or_stands_as_missing() {
    let study = study();
    let dashboard = |text: &str| {
        let external = External::from_csv(text).unwrap();
        let release = release(&study, &external);
        let safe = release.protect().expect("protects");
        let table = safe
            .tables()
            .into_iter()
            .find(|table| table.family == Family::Dashboard)
            .unwrap();
        let told: Vec<[String; 3]> = table
            .rows
            .iter()
            .filter(|row| row.cells[1] == PrintCell::Blank)
            .map(|row| [2, 7, 8].map(|at| row.cells[at].text(Language::Nl)))
            .collect();
        told
    };
    let header = "indicator,value,unit,date,owner,source\n";
    let missing = |name: &str| {
        format!(
            "niet in deze publicatie: neem het op met `publish.indicators`, onder de naam `{name}`"
        )
    };
    let found = dashboard(header);
    let (shelter, evictions) = ("Regio's zonder grootschalige opvang", "Huisuitzettingen");
    assert_eq!(
        found,
        [
            [
                shelter.to_owned(),
                "2025: de helft (NAD 2.3); 2030: alle (NAD 2.3)".to_owned(),
                missing(shelter)
            ],
            [
                evictions.to_owned(),
                "minder (NAD 2.2.7)".to_owned(),
                missing(evictions)
            ],
        ]
    );
    let found = dashboard(&format!(
        "{header}Huisuitzettingen,3100,huishoudens,2021-12-31,KBvG,x\n\
         Huisuitzettingen,2900,huishoudens,2025-12-31,KBvG,x\n\
         Huisuitzettingen,900,woningen,2025-12-31,Aedes,x\n\
         {shelter},41,procent van de regio's,2025-12-31,VNG,x\n\
         {shelter},20,regio's,2025-12-31,VNG,x\n"
    ));
    let told: Vec<&str> = found.iter().map(|row| row[2].as_str()).collect();
    assert_eq!(
        told,
        [
            "dit is het cijfer van 2021",
            "ja (naast 3.100 op 31 december 2021, KBvG)",
            "niet te zeggen: geen cijfer van 2021 in deze publicatie",
            "2025: nee; 2030: nog niet te zeggen: het jaar is 2030",
            "2025: niet te zeggen: de eenheid is niet `procent`, dus van hoeveel is niet bekend; 2030: nog niet te zeggen: het jaar is 2030",
        ]
    );
}

/// Two minima are compared where nobody measured the same on both dates, and not where a delivery is missing.
#[test]
fn minima_are_compared_where_they_lack_the_same() {
    let study = study();
    let verdict = |missing: [Count; 2]| {
        let street = Some(EthosCategory::PublicSpace);
        let night = Some(EthosCategory::EmergencyShelter);
        let mut cube = Vec::new();
        for (date, persons, missing) in [
            ("2025-01-01", 1_000, missing[0]),
            ("2026-01-01", 2_000, missing[1]),
        ] {
            cube.push(seen(date, None, Count::partial(persons)));
            cube.push(seen(date, night, Count::seen(persons)));
            cube.push(seen(date, street, missing));
        }
        let release = sample::bare(&study, cube);
        let safe = release.protect().expect("protects");
        let found = safe.dashboard();
        found
            .indicators
            .iter()
            .find(|i| i.number == 2)
            .unwrap()
            .verdict
    };
    let by_nobody = Count::of(CellState::NotCollected, 0);
    let missing = Count::of(CellState::NotDelivered, 0);
    assert_eq!(verdict([by_nobody, by_nobody]), Verdict::Rose);
    assert_eq!(verdict([missing, missing]), Verdict::Incomplete);
    assert_eq!(verdict([by_nobody, missing]), Verdict::Incomplete);
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

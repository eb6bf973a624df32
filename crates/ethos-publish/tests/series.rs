//! Rates per inhabitants, and what is said of a series: provisional figures, breaks.

mod sample;

use std::path::Path;

use ethos_model::category::Total;
use ethos_model::cell::{CellState, Count};
use ethos_model::cube::{CubeKey, CubeRow, Family, Figure, Measure, Place};
use ethos_model::date::Time;
use ethos_model::municipality::MunicipalityRegister;
use ethos_model::study::{DisclosureMethod as Method, Format, ReleaseStatus, SeriesBreak, Study};
use ethos_publish::protect::SafeFigure;
use ethos_publish::{Factsheets, Release};
use sample::every;

#[test]
fn rates_are_of_published_figures_and_of_the_right_inhabitants() {
    let study = every::study("nl");
    let release = every::release(&study);
    let safe = release.protect().unwrap();
    let of = |sex: Option<&str>, measure: Measure| {
        let found = safe.cube().family(Family::Rates).find(|row| {
            row.key.measure == measure
                && row.key.sex.as_deref() == sex
                && row.key.total == ethos_model::category::Total::EstimateScope
        });
        found.map(|row| row.figure)
    };
    // The estimate speaks of people of 18 to 64: so do its inhabitants.
    assert_eq!(
        of(None, Measure::Inhabitants),
        Some(SafeFigure::Given(342 * 2 * 26_050))
    );
    let Some(SafeFigure::Rate(rate)) = of(None, Measure::EstimatedPer10000) else {
        panic!("no rate of the estimate");
    };
    // 31,800 (28,700–36,200) of 17,818,200.
    assert_eq!(
        (rate.tenths, rate.lower, rate.upper),
        (178, Some(161), Some(204))
    );
    assert_eq!(
        of(Some("male"), Measure::Inhabitants),
        Some(SafeFigure::Given(342 * 26_050))
    );
    let counted = safe.cube().family(Family::Rates).find(|row| {
        row.key.measure == Measure::ObservedPer10000
            && row.key.category.is_none()
            && row.key.place == ethos_model::cube::Place::Netherlands
    });
    let Some(SafeFigure::Rate(rate)) = counted.map(|row| row.figure) else {
        panic!("no rate of the count");
    };
    assert!(
        rate.is_minimum(),
        "the count is a minimum, and so is its rate"
    );
    // A withheld number has no rate either, and one of nobody has its gap.
    let figures = |figure: SafeFigure| {
        safe.cube()
            .family(Family::Rates)
            .filter(|row| row.figure == figure)
            .count()
    };
    assert!(figures(SafeFigure::Suppressed) > 0);
    let text = ethos_publish::tables::text::render(
        safe.tables()
            .iter()
            .find(|table| table.family == Family::Rates)
            .unwrap(),
        ethos_model::category::Language::Nl,
    );
    assert!(text.contains("17,8"), "{text}");
    assert!(text.contains("17.818.200"), "{text}");
}

/// A factsheet has room for what its own figures need: a break before the year ahead of its first date is none.
#[test]
fn a_factsheet_tells_the_breaks_of_its_own_dates() {
    let mut study = study_of_two_years("en");
    let found = |from: &str, en: &str| SeriesBreak {
        from: sample::day(from),
        nl: en.into(),
        en: en.into(),
    };
    study.publish.breaks = vec![
        found("2019-01-01", "Long ago."),
        found("2024-01-01", "A year before the first."),
        found("2025-01-01", "At the first."),
        found("2026-01-01", "Between the two."),
    ];
    let release = of_two_years(&study);
    let safe = release.protect().unwrap();
    let folder = tempfile::tempdir().unwrap();
    safe.write_factsheets(&"GM0034".parse().unwrap(), folder.path())
        .unwrap();
    let page = std::fs::read_to_string(folder.path().join("factsheets/GM0034.html")).unwrap();
    for told in ["At the first.", "Between the two."] {
        assert!(page.contains(told), "{told}");
    }
    for left in ["Long ago.", "A year before the first."] {
        assert!(!page.contains(left), "{left}");
    }
}

#[test]
fn what_holds_of_a_series_stands_in_every_format() {
    let mut study = every::study("en");
    study.publish.status = ReleaseStatus::Provisional;
    study.publish.breaks = vec![SeriesBreak {
        from: sample::day("2026-01-01"),
        nl: "De opvang telt anders.".into(),
        en: "Shelters count in another way.".into(),
    }];
    study.publish.formats = Format::ALL.to_vec();
    let release = every::release(&study);
    let folder = tempfile::tempdir().unwrap();
    ethos_publish::write_release(&release, folder.path()).unwrap();
    let says = |name: &str, word: &str| {
        let bytes = std::fs::read(folder.path().join(name)).unwrap();
        let text = String::from_utf8_lossy(&bytes);
        assert!(text.contains(word), "{name} does not say `{word}`");
    };
    for name in [
        "datapackage.json",
        "csv/csv-metadata.json",
        "csv/national_category.csv-metadata.json",
        "arrow/national_category.arrow",
        "odata/national_category/Properties.json",
        "json/national_category.json",
        "report.html",
    ] {
        says(name, "Shelters count in another way.");
    }
    says("datapackage.json", "\"status\": \"provisional\"");
    says("sdmx/national_category.csv", ",P,F,SEEN,PROVISIONAL,");
    says("sdmx/national_estimate.csv", ",E,F,OK,PROVISIONAL,");
    let safe = release.protect().unwrap();
    for table in safe.tables() {
        assert!(table.title.ends_with("[p]"), "{}", table.title);
        assert!(table.about.iter().any(|line| line.starts_with("[b] ")));
    }
    // Observations have no status for what was revised: it stands beside them.
    study.publish.status = ReleaseStatus::Revised;
    let release = every::release(&study);
    let folder = tempfile::tempdir().unwrap();
    ethos_publish::write_release(&release, folder.path()).unwrap();
    let read = |name: &str| std::fs::read_to_string(folder.path().join(name)).unwrap();
    assert!(read("sdmx/national_category.csv").contains(",A,F,SEEN,REVISED,"));
    assert!(read("sdmx/structure.xml").contains("<str:Code id=\"REVISED\">"));
    let rates = read("sdmx/rates.csv");
    assert!(rates.contains(",GIVEN,FINAL,") && !rates.contains(",GIVEN,REVISED,"));
    study.publish.status = ReleaseStatus::Final;
    let release = every::release(&study);
    let tables = release.protect().unwrap().tables();
    assert!(tables.iter().all(|table| !table.title.contains("[p]")));
}

/// Homeless people of the first twenty municipalities on two dates: 200 and 210 in each, but
/// 200 and 90 in Almere, and Almelo's of the later date a minimum.
fn two_years() -> Vec<CubeRow> {
    let mut rows = Vec::new();
    let codes = MunicipalityRegister::shipped().all_on(sample::day("2026-01-01"));
    let named = ["0034", "0141"].map(|code| code.parse().unwrap());
    let plain = codes
        .into_iter()
        .filter(|code| !named.contains(code))
        .take(20);
    for code in named.into_iter().chain(plain) {
        for (date, persons) in [("2025-01-01", 200), ("2026-01-01", 210)] {
            let later = date == "2026-01-01";
            let count = match code.number() {
                34 if later => Count::seen(90),
                141 if later => Count::of(CellState::Partial, 40),
                _ => Count::seen(persons),
            };
            rows.push(CubeRow {
                key: CubeKey {
                    place: Place::Municipality(code),
                    ..CubeKey::national(
                        Family::MunicipalCategory,
                        Time::On(sample::day(date)),
                        Total::Homeless,
                        Measure::Observed,
                    )
                },
                figure: Figure::Count(count),
            });
        }
    }
    rows
}

fn of_two_years(study: &Study) -> Release<'_> {
    sample::bare(study, two_years())
}

fn study_of_two_years(language: &str) -> Study {
    let mut study = sample::study(language);
    study.study.reference_dates = ["2025-01-01", "2026-01-01"].map(sample::day).to_vec();
    study.publish.formats = vec![Format::Html];
    study
}

fn another_register() -> Vec<SeriesBreak> {
    vec![SeriesBreak {
        from: sample::day("2026-01-01"),
        nl: "De opvang telt anders.".into(),
        en: "Shelters count in another way.".into(),
    }]
}

/// The report and the sheets of Almere, Almelo and Groningen.
fn pages(study: &Study, dir: &Path) -> [String; 4] {
    let release = of_two_years(study);
    let safe = release.protect().unwrap();
    safe.write(dir).unwrap();
    let which: Factsheets = "GM0034,GM0141,GM0014".parse().unwrap();
    safe.write_factsheets(&which, dir).unwrap();
    [
        "report",
        "factsheets/GM0034",
        "factsheets/GM0141",
        "factsheets/GM0014",
    ]
    .map(|name| std::fs::read_to_string(dir.join(format!("{name}.html"))).unwrap())
}

#[test]
fn a_change_is_told_only_where_it_can_be() {
    let study = study_of_two_years("en");
    let folder = tempfile::tempdir().unwrap();
    let [report, fell, minimum, inside] = pages(&study, folder.path());
    assert!(report.contains("Change by municipality from 1 January 2025"));
    assert!(report.contains("Not drawn: 1 of 22 municipalities"));
    assert!(fell.contains("the count fell by more"), "Almere");
    assert!(inside.contains("no more than chance"), "Groningen");
    assert!(
        minimum.contains("is not measurable: what is missing need not be the same on both dates.")
    );
    assert!(!minimum.contains("chance"), "Almelo");
}

#[test]
fn no_change_is_told_across_a_break() {
    for (language, why) in [
        ("en", "is not measurable: a break in the series."),
        ("nl", "is niet meetbaar: breuk in de reeks."),
    ] {
        let mut study = study_of_two_years(language);
        study.publish.breaks = another_register();
        let folder = tempfile::tempdir().unwrap();
        let [report, sheets @ ..] = pages(&study, folder.path());
        assert!(!report.contains("id=\"funnel-title\""), "no funnel plot");
        assert!(report.contains(why), "the report says why");
        for sheet in sheets {
            assert!(sheet.contains(why), "the factsheet says why");
            assert!(!sheet.contains("toeval") && !sheet.contains("chance"));
        }
    }
}

#[test]
fn a_factsheet_sent_alone_says_what_holds_of_its_series() {
    for (status, sign, words) in [
        (
            ReleaseStatus::Provisional,
            "[p]",
            "the figures may still change",
        ),
        (
            ReleaseStatus::Revised,
            "[r]",
            "take the place of figures published before",
        ),
    ] {
        let mut study = study_of_two_years("en");
        study.publish.status = status;
        study.publish.breaks = another_register();
        let folder = tempfile::tempdir().unwrap();
        let [_, sheets @ ..] = pages(&study, folder.path());
        for sheet in sheets {
            for said in [
                &format!("1 January 2026 {sign}</p>"),
                &format!("1 January 2026 {sign}</caption>"),
                words,
                "[b] Break in the series from 1 January 2026: Shelters count in another way.",
                ">[b]</text>",
            ] {
                assert!(sheet.contains(said), "{said}");
            }
        }
    }
    let folder = tempfile::tempdir().unwrap();
    let [_, sheets @ ..] = pages(&study_of_two_years("en"), folder.path());
    for sheet in sheets {
        assert!(!sheet.contains("[r]") && !sheet.contains("[p]") && !sheet.contains("[b]"));
    }
}

#[test]
fn the_series_marks_the_breaks_of_the_study_and_of_the_published_one() {
    let mut study = sample::study("en");
    study.publish.formats = vec![Format::Html];
    study.publish.breaks = vec![
        SeriesBreak {
            from: sample::day("2025-06-01"),
            nl: "De opvang telt anders.".into(),
            en: "Shelters count in another way.".into(),
        },
        SeriesBreak {
            from: sample::day("2023-01-01"),
            nl: "Lang geleden.".into(),
            en: "Long ago.".into(),
        },
    ];
    let mut release = of_two_years(&study);
    release.cube = sample::cube();
    release.headlines = sample::headlines();
    let folder = tempfile::tempdir().unwrap();
    release.protect().unwrap().write(folder.path()).unwrap();
    let report = std::fs::read_to_string(folder.path().join("report.html")).unwrap();
    let (_, part) = report.split_once("<figure id=\"reeks-grafiek\"").unwrap();
    let (chart, table) = part.split_once("</figure>").unwrap();
    let (table, _) = table.split_once("</details>").unwrap();
    assert_eq!(chart.matches("class=\"break\"").count(), 2, "one is of CBS");
    assert!(chart.contains(">[b]</text>") && chart.contains("[b] break in this study"));
    let words = "[b] Break in the series from 1 June 2025: Shelters count in another way.";
    assert_eq!(
        chart.matches(words).count(),
        2,
        "the description and the note"
    );
    assert!(!chart.contains("Long ago"), "before every date");
    assert!(
        table.contains(">1 January 2026 [b]</th><td>this study</td>"),
        "{table}"
    );
    assert!(table.contains(">1 January 2020 [b]</th><td>CBS</td>"));
    assert_eq!(table.matches("[b]</th>").count(), 2);
}

#[test]
fn what_a_sheet_offers_to_say_is_true_of_zero_and_of_what_is_withheld() {
    for (method, language, few, said) in [
        (
            Method::ControlledRounding,
            "en",
            2,
            "saw few homeless people in Almere or none: fewer than 5.",
        ),
        (
            Method::ControlledRounding,
            "nl",
            2,
            "in Almere weinig dakloze mensen of geen: minder dan 5.",
        ),
        (
            Method::Threshold,
            "en",
            0,
            "saw no homeless people in Almere.",
        ),
        (Method::Threshold, "nl", 0, "in Almere geen dakloze mensen."),
        (
            Method::Threshold,
            "en",
            2,
            "saw in Almere on 1 January 2026 is withheld",
        ),
        (
            Method::Threshold,
            "nl",
            2,
            "in Almere zagen, wordt niet getoond",
        ),
    ] {
        let mut study = study_of_two_years(language);
        study.publish.disclosure.method = method;
        let mut release = of_two_years(&study);
        let almere = Place::Municipality("0034".parse().unwrap());
        for row in &mut release.cube {
            if row.key.place == almere {
                row.figure = Figure::Count(Count::seen(few));
            }
        }
        let folder = tempfile::tempdir().unwrap();
        let safe = release.protect().unwrap();
        let shown = safe
            .cube()
            .rows()
            .iter()
            .find(|row| row.key.place == almere);
        let shown = shown.unwrap().figure;
        let zero = few == 0 || method == Method::ControlledRounding;
        assert_eq!(shown.value(), zero.then_some(0));
        safe.write_factsheets(&"GM0034".parse().unwrap(), folder.path())
            .unwrap();
        let sheet = std::fs::read_to_string(folder.path().join("factsheets/GM0034.html")).unwrap();
        assert!(sheet.contains(said), "{said}");
        assert!(!sheet.contains("about 0 ") && !sheet.contains("ongeveer 0 "));
    }
}

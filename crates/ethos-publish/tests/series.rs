//! Rates per inhabitants, and what is said of a series: provisional figures, breaks.

mod sample;

use ethos_model::cube::{Family, Measure};
use ethos_model::study::{Format, ReleaseStatus, SeriesBreak};
use ethos_publish::protect::SafeFigure;
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
    says("sdmx/national_category.csv", ",P,F,");
    let safe = release.protect().unwrap();
    for table in safe.tables() {
        assert!(table.title.ends_with("[p]"), "{}", table.title);
        assert!(table.about.iter().any(|line| line.starts_with("[b] ")));
    }
    study.publish.status = ReleaseStatus::Final;
    let release = every::release(&study);
    let tables = release.protect().unwrap().tables();
    assert!(tables.iter().all(|table| !table.title.contains("[p]")));
}

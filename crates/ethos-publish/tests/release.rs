//! The files of a release: what stands in them, what does not, and that they are the same each
//! time.

#[path = "sample/mod.rs"]
mod sample;

use std::collections::{BTreeMap, BTreeSet};
use std::fs;
use std::path::{Path, PathBuf};

use calamine::{Data, Reader, Xlsx, open_workbook, open_workbook_auto};
use ethos_model::category::{EthosCategory, Language, Total};
use ethos_model::cell::Count;
use ethos_model::cube::{CubeKey, CubeRow, Family, Figure, Measure};
use ethos_model::date::Time;
use ethos_model::finding::Text;
use ethos_model::schema;
use ethos_model::study::{Format, Study, TableSet};
use ethos_publish::{
    InternalReport, Release, SafeRelease, tables, write_internal_page, write_release,
};
use ethos_table::Table;
use sample::release;

fn written(release: &Release<'_>) -> (tempfile::TempDir, Vec<PathBuf>) {
    let dir = tempfile::tempdir().unwrap();
    let files = write_release(release, dir.path()).unwrap();
    (dir, files)
}

fn bytes(dir: &Path, files: &[PathBuf]) -> BTreeMap<PathBuf, Vec<u8>> {
    files
        .iter()
        .map(|file| (file.clone(), fs::read(dir.join(file)).unwrap()))
        .collect()
}

#[test]
fn every_file_is_listed_and_the_same_each_time() {
    let study = sample::study("nl");
    let (dir, files) = written(&release(&study));
    let (again, same) = written(&release(&study));
    assert_eq!(bytes(dir.path(), &files), bytes(again.path(), &same));
    let (long, lists, printed, parquet, whole) = (8, 15, 7, 8, 3);
    let described = 1 + long + 1;
    assert_eq!(
        files.len(),
        long + lists + printed + described + parquet + whole,
        "{files:?}"
    );
    let mut found = Vec::new();
    for folder in ["", "codes", "csv", "tables", "parquet"] {
        for entry in fs::read_dir(dir.path().join(folder)).unwrap() {
            let path = entry.unwrap().path();
            if path.is_file() {
                found.push(path.strip_prefix(dir.path()).unwrap().to_owned());
            }
        }
    }
    found.sort();
    let mut listed = files;
    listed.sort();
    assert_eq!(found, listed);
}

#[test]
fn only_what_the_study_asks_for_is_written() {
    let mut study = sample::study("en");
    study.publish.tables = vec![TableSet::National];
    study.publish.formats = vec![Format::Csv, Format::Html];
    let (dir, files) = written(&release(&study));
    let names: BTreeSet<String> = files
        .iter()
        .map(|file| file.to_string_lossy().replace('\\', "/"))
        .collect();
    assert!(names.contains("csv/national_estimate.csv") && names.contains("report.html"));
    assert!(
        !names
            .iter()
            .any(|name| name.contains("municipal") || name.contains("xlsx"))
    );
    let page = fs::read_to_string(dir.path().join("report.html")).unwrap();
    assert!(!page.contains("Amsterdam"));
}

#[test]
fn the_long_form_keeps_its_promises() {
    let study = sample::study("nl");
    let (dir, _) = written(&release(&study));
    let csv = Table::read(&dir.path().join("csv/cube.csv"), &schema::cube()).unwrap();
    let parquet = Table::read(&dir.path().join("parquet/cube.parquet"), &schema::cube()).unwrap();
    assert_eq!(csv, parquet);
    // The core indicators stand beside the figures they are.
    let table = csv.text("table").unwrap();
    let own = (0..csv.rows()).filter(|row| table.get(*row) != Some("dashboard"));
    assert_eq!(own.count(), sample::cube().len());

    let column = |name: &str| csv.text(name).unwrap();
    let (value, lower, upper) = (
        csv.reals("value").unwrap(),
        csv.reals("lower").unwrap(),
        csv.reals("upper").unwrap(),
    );
    let mut seen: BTreeMap<Vec<&str>, f64> = BTreeMap::new();
    let dimensions = [
        "time",
        "total",
        "place_kind",
        "place",
        "category",
        "sex",
        "age",
        "origin",
        "region",
        "household",
        "duration",
        "nationality",
        "residence",
    ];
    let of = |row: usize| -> Vec<&str> {
        dimensions
            .iter()
            .map(|name| column(name).get(row).unwrap())
            .collect()
    };
    let mut statuses = BTreeSet::new();
    for (row, value) in value.iter().copied().enumerate() {
        let status = column("status").get(row).unwrap();
        statuses.insert(status);
        let has_value = matches!(
            status,
            "seen" | "zero_seen" | "partial" | "ok" | "unbounded"
        );
        assert_eq!(value.is_some(), has_value, "row {row}: {status}");
        if matches!(status, "seen" | "partial" | "zero_seen") {
            assert!((value.unwrap() % 5.0).abs() < f64::EPSILON);
            assert!(value == Some(0.0) || value >= Some(10.0), "row {row}");
        }
        if column("measure").get(row) == Some("observed") && has_value {
            seen.insert(of(row), value.unwrap());
        }
    }
    for wanted in [
        "suppressed",
        "not_collected",
        "not_delivered",
        "partial",
        "unbounded",
        "not_estimable",
    ] {
        assert!(statuses.contains(wanted), "{wanted}");
    }
    for (row, value) in value.iter().copied().enumerate() {
        let measure = column("measure").get(row).unwrap();
        let status = column("status").get(row).unwrap();
        if measure == "estimated" && matches!(status, "ok" | "unbounded") {
            assert!(lower[row].is_some(), "an estimate without its interval");
            assert_eq!(upper[row].is_none(), status == "unbounded");
            assert!(upper[row].is_none_or(|upper| upper >= value.unwrap()));
            if let Some(seen) = seen.get(&of(row)) {
                assert!(lower[row].unwrap() >= *seen && value.unwrap() >= *seen);
            }
        }
        if measure == "synthetic" && status == "ok" {
            assert!(lower[row].is_none() && upper[row].is_none());
            assert!(value.unwrap() >= seen[&of(row)], "below what was seen");
        }
    }
}

/// Texts of every cell of a workbook.
fn cells(path: &Path) -> Vec<(String, Vec<Vec<String>>)> {
    let mut book = open_workbook_auto(path).unwrap();
    book.sheet_names()
        .into_iter()
        .map(|name| {
            let range = book.worksheet_range(&name).unwrap();
            let rows = range
                .rows()
                .map(|row| row.iter().map(ToString::to_string).collect())
                .collect();
            (name, rows)
        })
        .collect()
}

#[test]
fn the_workbook_reads_back() {
    let study = sample::study("nl");
    let (dir, _) = written(&release(&study));
    let path = dir.path().join("tables.xlsx");
    let sheets = cells(&path);
    let names: Vec<&str> = sheets.iter().map(|(name, _)| name.as_str()).collect();
    assert_eq!(
        names,
        [
            "Voorblad",
            "Inhoud",
            "Toelichting",
            "Kernindicatoren",
            "Schatting",
            "Categorie",
            "Kenmerken",
            "Regio",
            "Gemeente",
            "Synthetisch"
        ]
    );
    assert!(
        sheets[0]
            .1
            .iter()
            .flatten()
            .any(|cell| cell.contains("31.800 dakloze mensen"))
    );
    let notes: Vec<&String> = sheets[2].1.iter().flatten().collect();
    for mark in ["[c]", "[x]", "[n]", "[min]", "[z]", "[ne]"] {
        assert!(
            notes.iter().any(|cell| *cell == mark),
            "{mark} is not explained"
        );
    }
    let safe = release(&study).protect().unwrap().tables();
    let mut book: Xlsx<_> = open_workbook(&path).unwrap();
    for table in &safe {
        let at = safe.iter().position(|other| other == table).unwrap() + 3;
        let range = book.worksheet_range(names[at]).unwrap();
        let header = table.about.len() + 2;
        let rows: Vec<&[Data]> = range.rows().collect();
        assert_eq!(rows[0][0], Data::String(table.title.clone()));
        assert_eq!(
            rows[header][0],
            Data::String(table.columns[0].header.clone())
        );
        assert_eq!(rows.len(), header + 1 + table.rows.len());
        for (line, row) in rows[header + 1..].iter().zip(&table.rows) {
            for (data, cell) in line.iter().zip(&row.cells) {
                match cell {
                    tables::PrintCell::Number { value, .. } => {
                        assert_eq!(*data, Data::Float(*value as f64));
                    }
                    tables::PrintCell::Change(value) => {
                        assert_eq!(*data, Data::Float(*value as f64));
                    }
                    tables::PrintCell::Blank => assert_eq!(*data, Data::Empty),
                    other => assert_eq!(data.to_string(), other.text(Language::Nl)),
                }
            }
        }
        assert!(
            book.merge_cells_by_sheet_name(names[at])
                .unwrap()
                .is_empty()
        );
    }
}

/// A release in which 4,242 people are withheld to protect 7, and one estimate to protect 8.
fn with_secret(study: &Study) -> Release<'_> {
    let time = Time::On(sample::day("2026-01-01"));
    let mut study_release = release(study);
    let row = |category, persons| CubeRow {
        key: CubeKey {
            category,
            ..CubeKey::national(
                Family::NationalCategory,
                time,
                Total::Homeless,
                Measure::Observed,
            )
        },
        figure: Figure::Count(Count::seen(persons)),
    };
    let small = CubeRow {
        key: CubeKey {
            sex: Some("female".into()),
            ..CubeKey::national(
                Family::NationalEstimate,
                time,
                Total::EstimateScope,
                Measure::Observed,
            )
        },
        figure: Figure::Count(Count::seen(8)),
    };
    let estimated = CubeRow {
        key: CubeKey {
            measure: Measure::Estimated,
            ..small.key.clone()
        },
        figure: Figure::Estimate(sample::estimate(4_243.0, 0.01, 1.5)),
    };
    study_release.cube = vec![
        row(None, 4_249),
        row(Some(EthosCategory::EmergencyShelter), 7),
        row(Some(EthosCategory::TemporaryShelter), 4_242),
        small,
        estimated,
    ];
    study_release
}

#[test]
fn what_is_withheld_is_in_no_file() {
    let mut study = sample::study("nl");
    study.publish.disclosure.base = 1;
    let (dir, mut files) = written(&with_secret(&study));
    // Its hashes may hold any digits.
    files.retain(|file| file != Path::new("datapackage.json"));
    let cube = fs::read_to_string(dir.path().join("csv/cube.csv")).unwrap();
    assert_eq!(cube.matches("suppressed").count(), 6, "{cube}");
    for secret in ["4242", "4.242", "4243", "4.243", "4200", "4.200"] {
        for file in &files {
            let path = dir.path().join(file);
            match path.extension().unwrap().to_str().unwrap() {
                "parquet" => {
                    let table = Table::read(&path, &schema::cube()).unwrap();
                    let values = table.reals("value").unwrap();
                    assert!(
                        values
                            .iter()
                            .flatten()
                            .all(|value| value.to_string() != secret)
                    );
                }
                "xlsx" | "ods" => {
                    for (sheet, rows) in cells(&path) {
                        assert!(
                            !rows.iter().flatten().any(|cell| cell.contains(secret)),
                            "{sheet}"
                        );
                    }
                }
                _ => {
                    let text = fs::read_to_string(&path).unwrap();
                    assert!(!text.contains(secret), "{secret} is in {file:?}");
                }
            }
        }
    }
    let page = fs::read_to_string(dir.path().join("report.html")).unwrap();
    assert!(page.contains("[c]") && page.contains("4.249"));
}

/// Tags that open must close, in order.
fn check_tags(page: &str) {
    const VOID: [&str; 4] = ["meta", "br", "hr", "!doctype"];
    let (head, style) = page.split_once("<style>").unwrap();
    let (_, body) = style.split_once("</style>").unwrap();
    let mut open: Vec<String> = Vec::new();
    for piece in [head, body].concat().split('<').skip(1) {
        let (tag, _) = piece
            .split_once('>')
            .unwrap_or_else(|| panic!("an open end: {piece}"));
        assert_eq!(tag.matches('"').count() % 2, 0, "quotes in <{tag}>");
        let name = tag
            .trim_start_matches('/')
            .split([' ', '/'])
            .next()
            .unwrap()
            .to_lowercase();
        if tag.starts_with('/') {
            assert_eq!(
                open.pop().as_deref(),
                Some(name.as_str()),
                "closing <{tag}>"
            );
        } else if !tag.ends_with('/') && !VOID.contains(&name.as_str()) {
            open.push(name);
        }
    }
    assert!(open.is_empty(), "{open:?} stay open");
}

fn check_alone(page: &str) {
    for outside in [
        "http:",
        "https:",
        "//",
        "<script",
        "<link",
        "<img",
        "<iframe",
        " src=",
        "@import",
        "javascript",
    ] {
        assert!(!page.contains(outside), "{outside} in the page");
    }
    for reference in page.split("url(").skip(1) {
        assert!(reference.starts_with('#'), "{}", &reference[..20]);
    }
    let ids: Vec<&str> = page
        .split(" id=\"")
        .skip(1)
        .map(|rest| rest.split('"').next().unwrap())
        .collect();
    let unique: BTreeSet<&str> = ids.iter().copied().collect();
    assert_eq!(ids.len(), unique.len(), "an id stands twice");
    for target in page
        .split("href=\"#")
        .skip(1)
        .map(|rest| rest.split('"').next().unwrap())
    {
        assert!(unique.contains(target), "#{target} leads nowhere");
    }
    for labels in page
        .split("labelledby=\"")
        .skip(1)
        .map(|rest| rest.split('"').next().unwrap())
    {
        assert!(labels.split(' ').all(|id| unique.contains(id)), "{labels}");
    }
}

#[test]
fn pages_stand_alone_and_are_well_formed() {
    for language in ["nl", "en"] {
        let study = sample::study(language);
        let (dir, _) = written(&release(&study));
        let page = fs::read_to_string(dir.path().join("report.html")).unwrap();
        check_tags(&page);
        check_alone(&page);
        assert!(page.contains("&amp; n"), "texts are escaped");

        let internal = dir.path().join("overlap.html");
        let report = InternalReport {
            study: &study,
            captures: &[
                sample::captures("2025-01-01"),
                sample::captures("2026-01-01"),
            ],
            models: &[sample::models("2026-01-01")],
            ledger: &sample::ledger(),
        };
        write_internal_page(&report, &internal).unwrap();
        let page = fs::read_to_string(internal).unwrap();
        check_tags(&page);
        check_alone(&page);
        assert!(page.contains(if language == "nl" {
            "INTERN"
        } else {
            "INTERNAL"
        }));
    }
}

#[test]
fn a_study_without_an_estimate_has_a_page_too() {
    let mut study = sample::study("nl");
    study.estimate = None;
    let mut counted = release(&study);
    counted.headlines = Vec::new();
    counted.cube.retain(|row| {
        matches!(
            row.key.family,
            Family::NationalCategory | Family::MunicipalCategory
        )
    });
    let (dir, _) = written(&counted);
    let page = fs::read_to_string(dir.path().join("report.html")).unwrap();
    check_tags(&page);
    check_alone(&page);
    assert!(page.contains("telt en schat niet") && !page.contains("id=\"reeks\""));
    let empty = Release {
        cube: Vec::new(),
        ..counted
    };
    let (dir, files) = written(&empty);
    assert!(files.contains(&PathBuf::from("csv/cube.csv")));
    check_tags(&fs::read_to_string(dir.path().join("report.html")).unwrap());
}

#[test]
fn the_order_of_a_headline_is_fixed() {
    let study = sample::study("en");
    let whole = release(&study);
    let safe = whole.protect().unwrap();
    let lines = &safe.summary().headlines[0];
    let starts = [
        "1 January 2026 · People aged 18 to 64",
        "31,800 homeless people (95% interval: 28,700 to 36,200;",
        "",
        "If lists depend on each other in other ways than the model assumes (an odds ratio from ½ to 2 between shelter and benefit): 26,100 to 39,900.",
        "Not testable:",
    ];
    assert_eq!(lines.len(), starts.len());
    for (line, start) in lines.iter().zip(starts) {
        assert!(line.starts_with(start), "{line}");
    }
    assert!(lines[2].contains("were seen by at least one list"));
    let page = {
        let (dir, _) = written(&whole);
        fs::read_to_string(dir.path().join("report.html")).unwrap()
    };
    let places: Vec<usize> = [
        "class=\"when\"",
        "class=\"figure\"",
        "were seen by",
        "If lists depend",
        "Not testable",
    ]
    .iter()
    .map(|words| page.find(words).unwrap())
    .collect();
    assert!(places.is_sorted(), "{places:?}");
}

#[test]
fn a_range_without_an_upper_limit_says_so() {
    let study = sample::study("en");
    let mut open = release(&study);
    for headline in &mut open.headlines {
        if let Some(range) = &mut headline.dependence {
            range.upper = None;
        }
    }
    let safe = open.protect().unwrap();
    let line = &safe.summary().headlines[0][3];
    assert!(
        line.ends_with(": 26,100 or more, no upper limit."),
        "{line}"
    );
}

#[test]
fn what_was_not_varied_stands_behind_the_range() {
    let study = sample::study("en");
    let mut told = release(&study);
    for headline in &mut told.headlines {
        headline.dependence_notes = vec![Text::new("Niet gevarieerd.", "Not varied.")];
    }
    let safe = told.protect().unwrap();
    let lines = &safe.summary().headlines;
    assert!(lines[0][3].ends_with(". Not varied."), "{}", lines[0][3]);
    // Of a date without a range it is all there is to say.
    assert!(lines[1].iter().any(|line| line == "Not varied."));
}

#[test]
fn a_headline_without_an_estimate_says_why() {
    let study = sample::study("nl");
    let mut refused = release(&study);
    refused
        .cube
        .retain(|row| row.key.measure != Measure::Estimated);
    refused.headlines[2].reason = Some(Text::new(
        "het model heeft geen unieke oplossing.",
        "the model has no unique solution.",
    ));
    let safe = refused.protect().unwrap();
    let lines = &safe.summary().headlines[0];
    assert!(lines[1].contains("Er is geen schatting (het model heeft geen unieke oplossing.)"));
    assert!(!lines.iter().any(|line| line.contains("oddsratio")));
}

/// The sample with a warning and another criterion's estimate at its latest date.
fn warned(study: &Study) -> Release<'_> {
    let mut warned = release(study);
    warned.headlines[2].warnings = vec![Text::new(
        "De lijst opvang ontbreekt voor een deel: 7 van 342 gemeenten leverden niet.",
        "The list opvang is missing in part: 7 of 342 municipalities did not deliver.",
    )];
    warned.headlines[2].beside = Some(("BIC".into(), "AIC".into(), 31_149.0));
    warned
}

const WARNING: &str =
    "The list opvang is missing in part: 7 of 342 municipalities did not deliver.";

#[test]
fn warnings_stand_with_the_estimate_wherever_it_is_printed() {
    let study = sample::study("en");
    let whole = warned(&study);
    let safe = whole.protect().unwrap();
    let blocks = safe.summary().headlines;
    let lines = &blocks[0];
    assert_eq!(lines.len(), 7);
    assert!(lines[2].contains("were seen by"));
    assert_eq!(lines[3], WARNING);
    assert_eq!(lines[4], "By AIC instead of BIC: 31,100.");
    assert!(lines[5].starts_with("If lists depend"));
    assert!(!blocks[1].iter().any(|line| line.contains("opvang is")));

    let table = tables::of_family(safe.cube(), Family::NationalEstimate, safe.context()).unwrap();
    assert_eq!(
        table.about.last().unwrap(),
        &format!("1 January 2026: {WARNING}")
    );

    let (dir, _) = written(&whole);
    let page = fs::read_to_string(dir.path().join("report.html")).unwrap();
    check_tags(&page);
    let places: Vec<usize> = [
        "class=\"interval\"",
        "class=\"warning\"",
        WARNING,
        "were seen by",
        "Not testable",
        "Model: <code>",
        "By AIC instead of BIC: 31,100.",
    ]
    .iter()
    .map(|words| page.find(words).unwrap_or_else(|| panic!("no {words}")))
    .collect();
    assert!(places.is_sorted(), "{places:?}");
    assert_eq!(page.matches("class=\"warning\"").count(), 1);

    let sheets = cells(&dir.path().join("tables.xlsx"));
    let stands = |at: usize, words: &str| sheets[at].1.iter().flatten().any(|cell| cell == words);
    assert!(stands(0, WARNING) && stands(0, "By AIC instead of BIC: 31,100."));
    assert!(stands(2, "Warnings about the estimate") && stands(2, WARNING));
    assert!(stands(4, &format!("1 January 2026: {WARNING}")));
}

#[test]
fn the_estimate_by_another_criterion_is_rounded_and_never_below_what_was_seen() {
    let study = sample::study("nl");
    let line = |release: &Release<'_>| {
        let lines = release
            .protect()
            .unwrap()
            .summary()
            .headlines
            .swap_remove(0);
        lines.into_iter().find(|line| line.contains("AIC"))
    };
    let mut other = warned(&study);
    assert_eq!(line(&other).unwrap(), "Met AIC in plaats van BIC: 31.100.");
    // 8.255 people were seen.
    other.headlines[2].beside = Some(("BIC".into(), "AIC".into(), 8_003.0));
    assert_eq!(line(&other).unwrap(), "Met AIC in plaats van BIC: 8.300.");
    other.headlines[2].beside = Some(("BIC".into(), "AIC".into(), f64::NAN));
    assert_eq!(line(&other), None);
    let mut none = warned(&study);
    none.cube
        .retain(|row| row.key.measure != Measure::Estimated);
    assert_eq!(line(&none), None);
    let words = none.protect().unwrap().summary().headlines.swap_remove(0);
    assert!(
        words
            .iter()
            .any(|line| line.contains("ontbreekt voor een deel"))
    );
    let mut withheld = warned(&study);
    for row in &mut withheld.cube {
        let all = CubeKey::national(
            Family::NationalEstimate,
            Time::On(sample::day("2026-01-01")),
            Total::EstimateScope,
            Measure::Observed,
        );
        if row.key == all {
            row.figure = Figure::Count(Count::seen(7));
        }
    }
    assert_eq!(line(&withheld), None);
}

#[test]
fn a_release_without_protection_says_so_above_all() {
    for (language, words) in [
        (
            "nl",
            "Niet beschermd: kleine aantallen staan er zoals ze zijn; niet geschikt om te publiceren",
        ),
        (
            "en",
            "Not protected: small counts are shown as they are; not fit for publication",
        ),
    ] {
        for (threshold, base, open) in [(0, 1, true), (1, 1, true), (2, 1, false), (1, 5, false)] {
            let mut study = sample::study(language);
            study.publish.disclosure.threshold = threshold;
            study.publish.disclosure.base = base;
            study.publish.tables = vec![TableSet::National];
            study.publish.formats = vec![Format::Xlsx, Format::Html];
            let whole = release(&study);
            let alarm = whole.protect().unwrap().summary().alarm;
            assert_eq!(alarm.as_deref(), open.then_some(words));
            if threshold == 0 {
                continue;
            }
            let (dir, _) = written(&whole);
            let page = fs::read_to_string(dir.path().join("report.html")).unwrap();
            check_tags(&page);
            assert_eq!(page.contains(words), open);
            if open {
                assert!(page.find(words) < page.find("<nav"));
            }
            let sheets = cells(&dir.path().join("tables.xlsx"));
            for (_, rows) in [&sheets[0], &sheets[2]] {
                assert_eq!(rows.iter().flatten().any(|cell| cell.contains(words)), open);
            }
        }
    }
}

fn text(safe: &SafeRelease<'_>, family: Family) -> String {
    let table = tables::of_family(safe.cube(), family, safe.context()).unwrap();
    let latest = table.latest().unwrap();
    tables::text::render(&table.at(latest), safe.context().language())
}

#[test]
fn tables_as_text() {
    let (dutch, english) = (sample::study("nl"), sample::study("en"));
    let (dutch, english) = (release(&dutch), release(&english));
    let (dutch, english) = (dutch.protect().unwrap(), english.protect().unwrap());
    insta::assert_snapshot!("estimate_nl", text(&dutch, Family::NationalEstimate));
    insta::assert_snapshot!("category_nl", text(&dutch, Family::NationalCategory));
    insta::assert_snapshot!(
        "characteristics_en",
        text(&english, Family::NationalCharacteristics)
    );
    insta::assert_snapshot!("region_en", text(&english, Family::RegionalCategory));
    let municipal = text(&dutch, Family::MunicipalCategory);
    let first: Vec<&str> = municipal.lines().take(14).collect();
    insta::assert_snapshot!("municipality_nl", first.join("\n"));
}

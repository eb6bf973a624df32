//! Synthetic files in every layout: a clean one has no findings, and every mistake of a dirty one is
//! found where the truth beside it says.

use std::collections::{BTreeMap, BTreeSet};
use std::path::{Path, PathBuf};

use ethos_ingest::rules::{Finds, ObservedAt, Scope};
use ethos_ingest::{CheckOptions, FileReport, RuleBook, check_files, layout, mapping};
use ethos_model::finding::Severity;
use ethos_model::layout::{CategoryRule, Layout};
use ethos_simulate::{DirtKind, Sample, SampleOptions, SampleReport, sample_truth_path};

/// Writes a sample into a folder under the name that the layout asks for.
fn write(layout: &Layout, options: &SampleOptions, folder: &Path) -> (PathBuf, SampleReport) {
    let mapping = match &layout.category {
        CategoryRule::Mapping { name } => Some(mapping::find(name, None).unwrap()),
        _ => None,
    };
    let sample = Sample::new(layout, mapping.as_ref(), options).unwrap();
    let path = folder.join(sample.file_name());
    let report = sample.write(&path, &|_, _| {}).unwrap();
    (path, report)
}

fn checked(layout: Option<&str>, path: &Path) -> FileReport {
    let options = CheckOptions {
        layout,
        findings_per_rule: usize::MAX,
        ..CheckOptions::default()
    };
    let mut report = check_files(&[path.to_owned()], &options, &()).unwrap();
    report.ledger.check().unwrap();
    report.files.remove(0)
}

#[test]
fn a_clean_sample_has_no_findings_and_is_recognised() {
    let folder = tempfile::tempdir().unwrap();
    for layout in layout::list(None).unwrap() {
        let options = SampleOptions {
            rows: 2_000,
            ..SampleOptions::default()
        };
        let (path, _) = write(&layout, &options, folder.path());
        let report = checked(None, &path);
        assert_eq!(report.layout.as_deref(), Some(layout.id.as_str()));
        assert!(
            report.confidence.is_some_and(|sure| sure > 0.99),
            "{}",
            layout.id
        );
        assert_eq!(report.findings, [], "{}", layout.id);
        assert_eq!(report.tally.rows(), 2_000);
    }
}

/// Row, column and rule of every mistake.
fn truth(path: &Path) -> Vec<(u64, String, String)> {
    let mut reader = csv::Reader::from_path(sample_truth_path(path)).unwrap();
    let records = reader.records().map(|record| {
        let record = record.unwrap();
        (
            record[0].parse().unwrap(),
            record[1].to_owned(),
            record[4].to_owned(),
        )
    });
    records.collect()
}

#[test]
fn every_mistake_in_a_sample_is_found_where_it_is_and_nothing_else() {
    let folder = tempfile::tempdir().unwrap();
    let mut struck: BTreeSet<DirtKind> = BTreeSet::new();
    let mut wrong_in: Vec<String> = Vec::new();
    for layout in layout::list(None).unwrap() {
        let options = SampleOptions {
            rows: 4_000,
            dirt: 0.25,
            seed: 7,
            ..SampleOptions::default()
        };
        let (path, written) = write(&layout, &options, folder.path());
        struck.extend(written.mistakes.keys());
        let report = checked(Some(&layout.id), &path);
        assert_eq!(report.tally.rows(), 4_000, "{}", layout.id);
        let mut found: BTreeMap<u64, Vec<(String, String)>> = BTreeMap::new();
        for finding in &report.findings {
            let Some(row) = finding.row else {
                continue;
            };
            let column = finding.column.as_deref().unwrap_or_default().to_owned();
            found
                .entry(row)
                .or_default()
                .push((column, finding.code.as_str().to_owned()));
        }
        let truth = truth(&path);
        assert!(truth.len() > 500, "{} {}", layout.id, truth.len());
        let mut missed: BTreeMap<String, u64> = BTreeMap::new();
        for (row, column, rule) in &truth {
            let here = found.get(row).map_or(&[][..], Vec::as_slice);
            let hit = here
                .iter()
                .any(|(at, code)| code == rule && (column.is_empty() || at == column));
            if !hit {
                let seen: Vec<String> = here.iter().map(|(_, code)| code.clone()).collect();
                *missed
                    .entry(format!("{rule} {column} {seen:?}"))
                    .or_insert(0) += 1;
            }
        }
        if !missed.is_empty() {
            wrong_in.push(format!("{}: not found {missed:?}", layout.id));
        }
        // What is not in the truth is found nowhere, but for the row that a double is the double of.
        let wrong: BTreeSet<u64> = truth.iter().map(|(row, ..)| *row).collect();
        let invented: Vec<_> = found
            .iter()
            .filter(|(row, _)| !wrong.contains(row))
            .take(5)
            .collect();
        if !invented.is_empty() {
            wrong_in.push(format!("{}: invented {invented:?}", layout.id));
        }
    }
    assert!(wrong_in.is_empty(), "{}", wrong_in.join("\n"));
    let missing: Vec<_> = DirtKind::ALL
        .iter()
        .filter(|kind| !struck.contains(kind))
        .collect();
    assert!(missing.is_empty(), "never struck: {missing:?}");
}

/// Rules about rows and persons that no kind of dirt is for, and why.
const WITHOUT: &[(&str, &str)] = &[
    ("COR02", "about a file of corrections"),
    ("COR05", "about a file of corrections"),
    ("COR03", "about a file of corrections"),
    (
        "RIJ06",
        "a line break within a cell: met by the tests of the readers",
    ),
    ("RIJ07", "a stray quote: met by the tests of the readers"),
    (
        "RIJ08",
        "a header in the middle: met by the tests of the readers",
    ),
    ("RIJ10", "a row of 16 MB: met by the tests of the readers"),
    ("RIJ11", "a file cut off: met by the tests of the readers"),
    ("RIJ12", "a row of totals: met by the tests of the readers"),
    (
        "RIJ13",
        "several cells of a row that stand aside: met by the tests of findings",
    ),
    ("RIJ14", "as RIJ13"),
    (
        "COD08",
        "characters around a code: met by the tests of findings",
    ),
    ("COD09", "as COD08"),
    (
        "SPA01",
        "blanks, which are read over: met by the tests of the readers",
    ),
    (
        "FRM01",
        "the beginning of a formula: met by the tests of the readers",
    ),
    ("WBK05", "a workbook: met by the tests of workbooks"),
    ("WBK06", "a workbook: met by the tests of workbooks"),
    ("WBK07", "a workbook: met by the tests of workbooks"),
    ("WBK08", "a workbook: met by the tests of workbooks"),
    ("WBK09", "a workbook: met by the tests of workbooks"),
    (
        "BSN10",
        "a number that is always the same: met by the tests of findings",
    ),
    (
        "TEK01",
        "other characters than a sample has: met by the tests of findings",
    ),
    ("TEK02", "as TEK01"),
    ("BSN08", "a blank number of a register row is `bsn-blank`"),
    (
        "DAT11",
        "a row without any date: layouts with a file date have one",
    ),
    (
        "PER05",
        "depends on the period in the file's name, which the user chooses",
    ),
    ("PER06", "depends on the period in the file's name"),
    ("RIJ04", "makes the whole file unreadable"),
    (
        "CAT10",
        "forms of a count day have no number to make two rows of one person by",
    ),
    ("VBL12", "forms of a count day have no number"),
    ("VBL05", "takes 25 rows of one person"),
    (
        "VBL10",
        "two products in one stay are told by `overlap` as well",
    ),
    ("VBL11", "as VBL10"),
    ("REG01", "takes two files of a register"),
];

#[test]
fn every_rule_about_rows_and_persons_has_its_dirt() {
    let book = RuleBook::shipped();
    for kind in DirtKind::ALL {
        let rule = book.find(kind.rule());
        assert!(
            rule.is_some_and(|rule| rule.severity < Severity::Blocking),
            "{kind:?}"
        );
    }
    let mut bare: Vec<String> = Vec::new();
    for rule in book.rules() {
        let about_rows = match &rule.finds {
            Finds::Observed(seen) => matches!(seen.place(), ObservedAt::Row | ObservedAt::Cell),
            Finds::Condition { .. } => matches!(rule.scope, Scope::Row | Scope::Person),
        };
        let code = rule.code.as_str();
        let dirt = DirtKind::ALL.iter().any(|kind| kind.rule() == code);
        let excused = WITHOUT.iter().any(|(other, _)| *other == code);
        assert!(!(dirt && excused), "{code} has dirt and an excuse");
        if about_rows && !dirt && !excused {
            bare.push(code.to_owned());
        }
    }
    assert_eq!(bare, Vec::<String>::new(), "rules without dirt");
}

#[test]
fn a_sample_of_a_users_own_layout_is_read_by_it() {
    let text = layout::shipped_text("register/adresloze-bijstand").unwrap();
    let own = text
        .replace("register/adresloze-bijstand", "eigen/lijst")
        .replace("\"ingangsdatum\"", "\"sinds\"")
        .replace("header = true", "header = false");
    let folder = tempfile::tempdir().unwrap();
    std::fs::write(folder.path().join("eigen.toml"), own).unwrap();
    let layout = layout::find("eigen.toml", Some(folder.path())).unwrap();
    let options = SampleOptions {
        rows: 300,
        ..SampleOptions::default()
    };
    let (path, _) = write(&layout, &options, folder.path());
    let check = CheckOptions {
        layout: Some("eigen.toml"),
        study_dir: Some(folder.path()),
        ..CheckOptions::default()
    };
    let report = check_files(&[path], &check, &()).unwrap();
    assert_eq!(report.files[0].findings, []);
    assert_eq!(report.files[0].tally.accepted, 300);
}

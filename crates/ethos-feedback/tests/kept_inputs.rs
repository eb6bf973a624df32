//! The kept inputs of the fuzz targets, those that once did harm among them, as files that a sender
//! sends: checked, shown and marked without a panic, in every normal test run.

use std::fs;
use std::path::{Path, PathBuf};

use ethos_feedback::page::page;
use ethos_feedback::receipt::Receipt;
use ethos_feedback::terminal::{TextOptions, text};
use ethos_feedback::workbook::{FrontSheet, mark_workbook, marks_of};
use ethos_ingest::check::check_inputs;
use ethos_ingest::{CheckOptions, Input, RuleBook};
use ethos_model::category::Language;

fn inputs(folder: &Path, list: &mut Vec<PathBuf>) {
    let entries = fs::read_dir(folder).into_iter().flatten();
    for path in entries.map(|entry| entry.expect("a kept input").path()) {
        if path.is_dir() {
            inputs(&path, list);
        } else {
            list.push(path);
        }
    }
}

#[test]
fn kept_inputs_give_findings_and_nothing_worse() {
    let fuzz = Path::new(env!("CARGO_MANIFEST_DIR")).join("../../fuzz");
    let mut list = Vec::new();
    inputs(&fuzz.join("corpus"), &mut list);
    list.sort();
    assert!(
        list.len() > 30,
        "only {} kept inputs were found",
        list.len()
    );
    let book = RuleBook::shipped();
    for path in list {
        let whole = fs::read(&path).expect("a kept input");
        // Most targets take a first byte for how to read: the file is what is behind it.
        for bytes in [&whole[..], whole.get(1..).unwrap_or_default()] {
            let input = [Input::bytes("GM0363_MD_2025.csv", bytes)];
            let report = check_inputs(&input, &CheckOptions::default(), &()).expect("a report");
            report.ledger.check().expect("a balanced ledger");
            assert!(
                !page(&report, book, Language::Nl)
                    .expect("a page")
                    .is_empty()
            );
            let options = TextOptions {
                language: Language::En,
                width: 100,
                cells: 3,
                colour: false,
            };
            assert!(!text(&report, book, &[], options).is_empty());
            let receipt = Receipt::of(&report, book);
            assert!(receipt.differences(&receipt).is_empty());
            for file in &report.files {
                let sheet = file.sheet.as_deref().unwrap_or("B");
                // Most are no workbook: that is an error, and no more.
                let marks = marks_of(file, sheet, Language::Nl);
                let front = FrontSheet {
                    name: "Wat moet ik doen".into(),
                    ..FrontSheet::default()
                };
                if let Ok(marked) = mark_workbook(bytes, &marks, &front) {
                    mark_workbook(&marked, &marks, &front).expect("what we wrote can be marked");
                }
            }
        }
    }
}

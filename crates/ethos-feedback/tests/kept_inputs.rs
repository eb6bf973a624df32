//! The kept inputs of the fuzz targets, those that once did harm among them, as files that a sender
//! sends: checked, shown, marked and mended without a panic, in every normal test run.

use std::fs;
use std::path::{Path, PathBuf};

use ethos_feedback::answers::{Answers, write_answers};
use ethos_feedback::fix::mend;
use ethos_feedback::page::page;
use ethos_feedback::receipt::Receipt;
use ethos_feedback::terminal::{TextOptions, text};
use ethos_feedback::workbook::{FrontSheet, mark_workbook, marks_of};
use ethos_ingest::check::check_inputs;
use ethos_ingest::{CheckOptions, Corrections, Input, RuleBook};
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

/// The kept inputs, or those of one target.
fn corpus(target: &str) -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR"))
        .join("../../fuzz/corpus")
        .join(target)
}

#[test]
fn kept_inputs_give_findings_and_nothing_worse() {
    let mut list = Vec::new();
    inputs(&corpus(""), &mut list);
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

#[test]
fn kept_texts_are_mended_and_a_second_time_there_is_nothing_to_do() {
    let folder = tempfile::tempdir().expect("a folder");
    let mut list = Vec::new();
    inputs(&corpus("mending"), &mut list);
    let mut changed = 0;
    for from in list {
        let whole = fs::read(&from).expect("a kept input");
        // The first byte says whether it is a text or a part of a workbook.
        let Some((0, text)) = whole.split_first() else {
            continue;
        };
        let path = folder.path().join("GM0363_2025.csv");
        let mended = |bytes: &[u8]| {
            fs::write(&path, bytes).expect("a file");
            let options = CheckOptions {
                layout: Some("register/adresloze-bijstand"),
                ..CheckOptions::default()
            };
            let input = Input::path("GM0363_2025.csv", &path);
            let mended = mend(&input, &options, Language::Nl);
            assert!(
                fs::read(&path).expect("the original") == bytes,
                "{}",
                from.display()
            );
            mended
        };
        let Ok(once) = mended(text) else {
            continue;
        };
        changed += once.fixes.len();
        assert_eq!(once.before.tally.rows(), once.after.tally.rows());
        let twice = mended(once.bytes()).expect("what we wrote can be mended");
        assert!(
            twice.is_as_it_was(),
            "{}: {:?}",
            from.display(),
            twice.fixes
        );
    }
    assert!(changed > 5, "{changed} cells were mended");
}

#[test]
fn kept_lists_are_read_or_refused_and_repeat_no_number() {
    let head = "bestand;sha256;blad;rij;kolom;oud;nieuw;bewerking;regel;wie;wanneer;waarom\n";
    let mut list = Vec::new();
    inputs(&corpus("corrections"), &mut list);
    for path in &list {
        let whole = fs::read(path).expect("a kept input");
        let letter = whole.get(1..).unwrap_or_default();
        let said = match Corrections::read([head.as_bytes(), letter].concat().as_slice()) {
            Ok(corrections) => format!("{corrections:?}"),
            Err(error) => error.to_string(),
        };
        assert!(!said.contains("999903482"), "{}: {said}", path.display());
    }
    assert!(list.len() > 5);
    list.clear();
    inputs(&corpus("letters"), &mut list);
    for path in &list {
        let whole = fs::read(path).expect("a kept input");
        let written = |letter: &[u8]| {
            let mut out = Vec::new();
            let answers = Answers::read(letter).ok()?;
            write_answers(&[], &answers, Language::Nl, &mut out).expect("memory takes it");
            Some(out)
        };
        if let Some(once) = written(whole.get(1..).unwrap_or_default()) {
            assert_eq!(written(&once).as_ref(), Some(&once), "{}", path.display());
        }
    }
}

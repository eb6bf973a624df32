//! What goes to and fro beside a delivery: answers to warnings, the baseline, the receipt, the coverage frame,
//! figures of earlier deliveries, the table of expected senders with reasons, names of columns in a file beside
//! the data, names of files; and two files of the analyst's: a study, and a table in text.

#![no_main]

use std::fmt::Write;
use std::sync::OnceLock;

use ethos_feedback::answers::{Answers, write_answers};
use ethos_feedback::baseline::{Baseline, RowMarks};
use ethos_feedback::overview::{overview, overview_text};
use ethos_feedback::receipt::Receipt;
use ethos_feedback::senders::{Expectations, reminders, senders, senders_text};
use ethos_feedback::summaries::Summaries;
use ethos_feedback::terminal::{TextOptions, text};
use ethos_fuzz::{LAYOUT, check};
use ethos_ingest::check::check_inputs;
use ethos_ingest::delivery::NameParts;
use ethos_ingest::{CheckOptions, CheckReport, Input, Reading, Renames, RuleBook, Summary};
use ethos_model::category::Language;
use ethos_model::date::Day;
use ethos_model::study::Study;
use ethos_table::StringTable;
use libfuzzer_sys::fuzz_target;

const NAME: &str = "GM0363_2025.csv";

/// A delivery with findings of every kind of place.
fn delivery() -> &'static str {
    static DELIVERY: OnceLock<String> = OnceLock::new();
    DELIVERY.get_or_init(|| {
        let mut file = "bsn;gemeentecode;ingangsdatum;einddatum\n".to_owned();
        for row in 0..20 {
            let digit = row % 10;
            let _ = writeln!(file, "12345678{digit};9999;2025011{digit};x");
        }
        // Three that are in order: without any there is nothing to compare.
        file + "123456782;0363;20250110;20250210\n111222333;0363;20250211;20250310\n\
            100000009;0363;20250301;\n"
    })
}

fn report() -> &'static CheckReport {
    static REPORT: OnceLock<CheckReport> = OnceLock::new();
    REPORT.get_or_init(|| {
        let bytes = delivery().as_bytes();
        check(NAME, bytes, Some(LAYOUT), Reading::default())
    })
}

/// The delivery beside earlier ones of these figures.
fn compared(previous: &[Summary]) {
    let options = CheckOptions {
        layout: Some(LAYOUT),
        previous,
        ..CheckOptions::default()
    };
    let report = check_inputs(&[Input::bytes(NAME, delivery())], &options, &()).expect("a report");
    report.ledger.check().expect("a balanced ledger");
    for language in [Language::Nl, Language::En] {
        let options = TextOptions {
            language,
            width: 100,
            cells: 3,
            colour: false,
        };
        assert!(!text(&report, RuleBook::shipped(), &[], options).is_empty());
        if let Some(overview) = overview(&report.files[0], language) {
            overview_text(&overview);
        }
    }
}

/// Who delivered what, of senders in a table.
fn expected(letter: &[u8]) {
    // What is behind a blank line is the table of reasons.
    let gap = letter.windows(2).position(|two| two == b"\n\n");
    let (table, reasons) = letter.split_at(gap.map_or(letter.len(), |at| at + 2));
    let Ok(mut expectations) = Expectations::read(table, "verwacht.csv") else {
        return;
    };
    let _ = expectations.take_reasons(reasons, "redenen.csv");
    let (files, book) = (&report().files, RuleBook::shipped());
    let senders = senders(files, Some(&expectations), book, Day(20_500));
    for language in [Language::Nl, Language::En] {
        assert!(!senders_text(&senders, language).is_empty());
        reminders(&senders, files, book, language);
    }
}

/// A delivery on disk with a file beside it that says what its columns are, and how it is read.
fn beside(letter: &[u8]) {
    let folder = std::env::temp_dir().join(format!("ethos-fuzz-letters-{}", std::process::id()));
    std::fs::create_dir_all(&folder).expect("a folder");
    let path = folder.join(NAME);
    if !path.is_file() {
        std::fs::write(&path, delivery()).expect("a file");
    }
    std::fs::write(folder.join("kolommen.toml"), letter).expect("a file");
    if Renames::beside(&path).is_err() {
        return;
    }
    let options = CheckOptions {
        layout: Some(LAYOUT),
        ..CheckOptions::default()
    };
    if let Ok(report) = check_inputs(&[Input::path(NAME, &path)], &options, &()) {
        report.ledger.check().expect("a balanced ledger");
    }
}

fuzz_target!(|bytes: &[u8]| {
    let Some((which, letter)) = bytes.split_first() else {
        return;
    };
    match which % 10 {
        0 => {
            let Ok(answers) = Answers::read(letter) else {
                return;
            };
            let files: Vec<_> = report().files.iter().map(|file| (file, "2025")).collect();
            let mut once = Vec::new();
            write_answers(&files, &answers, Language::Nl, &mut once)
                .expect("answers can be written");
            let again = Answers::read(once.as_slice()).expect("what we wrote can be read");
            let mut twice = Vec::new();
            write_answers(&files, &again, Language::Nl, &mut twice)
                .expect("answers can be written again");
            assert!(once == twice, "writing again changes nothing");
            for file in &report().files {
                let _ = answers.settle(file, "2025");
            }
        }
        1 => {
            let text = str::from_utf8(letter).ok();
            if let Some(Ok(baseline)) = text.map(Baseline::read) {
                for file in &report().files {
                    let _ = baseline.hide(file, &RowMarks::default());
                }
            }
        }
        2 => {
            if let Ok(receipt) = serde_json::from_slice::<Receipt>(letter) {
                let now = Receipt::of(report(), RuleBook::shipped());
                let _ = receipt.differences(&now);
                let _ = now.differences(&receipt);
            }
        }
        3 => {
            let _ = ethos_ingest::frame::parse(letter, "frame.csv");
        }
        4 => {
            let text = str::from_utf8(letter).ok();
            if let Some(Ok(figures)) = text.map(Summaries::read) {
                compared(&figures.files);
            }
        }
        5 => {
            if let Ok(name) = str::from_utf8(letter) {
                let _ = NameParts::of(name);
            }
        }
        6 => expected(letter),
        7 => beside(letter),
        8 => {
            let _ = StringTable::from_delimited(letter);
        }
        _ => {
            if let Ok(text) = str::from_utf8(letter) {
                let _ = Study::parse(text);
            }
        }
    }
});

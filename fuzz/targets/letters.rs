//! What goes to and fro beside a delivery: answers to warnings, the baseline, the receipt, the frame
//! of expected senders, and names of files.

#![no_main]

use std::fmt::Write;
use std::sync::OnceLock;

use ethos_feedback::answers::{Answers, write_answers};
use ethos_feedback::baseline::{Baseline, RowMarks};
use ethos_feedback::receipt::Receipt;
use ethos_ingest::delivery::NameParts;
use ethos_ingest::{CheckReport, Reading, RuleBook, Summary};
use ethos_model::category::Language;
use libfuzzer_sys::fuzz_target;

/// A file with findings of every kind of place.
fn report() -> &'static CheckReport {
    static REPORT: OnceLock<CheckReport> = OnceLock::new();
    REPORT.get_or_init(|| {
        let mut file = "bsn;gemeentecode;ingangsdatum;einddatum\n".to_owned();
        for row in 0..20 {
            let digit = row % 10;
            let _ = writeln!(file, "12345678{digit};9999;2025011{digit};x");
        }
        ethos_fuzz::check(
            "GM0363_2025.csv",
            file.as_bytes(),
            Some(ethos_fuzz::LAYOUT),
            Reading::default(),
        )
    })
}

fuzz_target!(|bytes: &[u8]| {
    let Some((which, letter)) = bytes.split_first() else {
        return;
    };
    match which % 6 {
        0 => {
            let Ok(answers) = Answers::read(letter) else {
                return;
            };
            let mut once = Vec::new();
            write_answers(&report().files, &answers, "2025", Language::Nl, &mut once)
                .expect("answers can be written");
            let again = Answers::read(once.as_slice()).expect("what we wrote can be read");
            let mut twice = Vec::new();
            write_answers(&report().files, &again, "2025", Language::Nl, &mut twice)
                .expect("answers can be written again");
            assert!(once == twice, "writing again changes nothing");
            for file in &report().files {
                let _ = answers.settle(file, "2025");
            }
        }
        1 => {
            if let Ok(baseline) = serde_json::from_slice::<Baseline>(letter) {
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
            let _ = serde_json::from_slice::<Summary>(letter);
        }
        _ => {
            if let Ok(name) = std::str::from_utf8(letter) {
                let _ = NameParts::of(name);
            }
        }
    }
});

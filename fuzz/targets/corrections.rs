//! A file of corrections, put to work on a small delivery: each is applied or told, and nobody is named.

#![no_main]

use ethos_feedback::machine::{MachineFormat, write_machine};
use ethos_feedback::page::page;
use ethos_feedback::terminal::{TextOptions, text};
use ethos_ingest::check::check_inputs;
use ethos_ingest::corrections::{name_of, write_sealed};
use ethos_ingest::{CheckOptions, Corrections, Input, LaidOut, RuleBook};
use ethos_model::category::Language;
use libfuzzer_sys::fuzz_target;

const NAME: &str = "GM0363_2025.csv";

const HEAD: &str =
    "bestand;sha256;blad;rij;kolom;oud;nieuw;bewerking;regel;wie;wanneer;waarom;rijmerk\n";

/// Numbers that pass their test, one of them without its zero; none that a text of ours has as an example.
const ROWS: &str = "bsn;gemeentecode;ingangsdatum;einddatum\n\
    999903482;0363;20250110;\n111222333;363;10-01-2025;x\n12345672;0457;20250231;20250301\n";

/// Who is in the delivery.
const WHO: [&str; 3] = ["999903482", "111222333", "12345672"];

#[track_caller]
fn names_nobody(said: &str) {
    for number in WHO {
        if let Some(at) = said.find(number) {
            let before = said.floor_char_boundary(at.saturating_sub(60));
            let after = said.ceil_char_boundary(at + number.len() + 20);
            panic!("a number is said: {}", &said[before..after]);
        }
    }
}

/// The file with what the program fills in.
fn sealed(file: &[u8], corrections: &Corrections) -> Vec<u8> {
    let options = CheckOptions {
        layout: Some(ethos_fuzz::LAYOUT),
        corrections: Some(corrections),
        ..CheckOptions::default()
    };
    let input = Input::bytes(NAME, ROWS);
    let laid = LaidOut::open(&input, &options).expect("a delivery");
    let seals = laid.expect("a layout").seals().expect("memory is read");
    let (sealed, filled) = write_sealed(file, &seals).expect("what was read before");
    assert!(filled as usize <= corrections.len());
    sealed
}

fuzz_target!(|bytes: &[u8]| {
    let Some((how, letter)) = bytes.split_first() else {
        return;
    };
    // Most often the columns are there, so that the fuzzer is busy with rows.
    let mut file = Vec::new();
    if how & 1 == 0 {
        file.extend_from_slice(HEAD.as_bytes());
    }
    file.extend_from_slice(letter);
    let corrections = match Corrections::read(file.as_slice()) {
        Ok(corrections) => corrections,
        Err(error) => return names_nobody(&error.to_string()),
    };
    names_nobody(&format!("{corrections:?}").replace(NAME, ""));
    // Most often it is filled in of which row each is: the others are refused.
    let corrections = if how & 2 == 0 {
        let file = sealed(&file, &corrections);
        Corrections::read(file.as_slice()).expect("what was read before")
    } else {
        corrections
    };
    let options = CheckOptions {
        layout: Some(ethos_fuzz::LAYOUT),
        corrections: Some(&corrections),
        findings_per_rule: usize::MAX,
        ..CheckOptions::default()
    };
    let report = check_inputs(&[Input::bytes(NAME, ROWS)], &options, &()).expect("a report");
    report.ledger.check().expect("a balanced ledger");
    let read = &report.files[0];
    assert_eq!(read.tally.rows(), 3, "no row comes or goes");
    let told: u64 = ["COR02", "COR03", "COR04", "COR05"]
        .iter()
        .filter_map(|code| read.counts.get(*code))
        .sum();
    assert_eq!(read.corrected.refused, told, "each is applied or told");
    if corrections.files().all(|name| name_of(name) == NAME) {
        assert_eq!(read.corrected.all(), corrections.len() as u64);
    }
    let book = RuleBook::shipped();
    names_nobody(&format!("{report:?}"));
    for language in [Language::Nl, Language::En] {
        let options = TextOptions {
            language,
            width: 100,
            cells: 20,
            colour: false,
        };
        names_nobody(&text(&report, book, &[], options));
        names_nobody(&page(&report, book, language).expect("a page"));
    }
    for format in [
        MachineFormat::Json,
        MachineFormat::Csv,
        MachineFormat::Sarif,
    ] {
        let mut out = Vec::new();
        write_machine(&report, book, format, &mut out).expect("memory takes it");
        names_nobody(&String::from_utf8_lossy(&out));
    }
});

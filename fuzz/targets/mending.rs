//! A file mended: text, or a workbook of which one part is what the fuzzer makes. What is mended was in
//! the file, the original is as it was, no row comes or goes, and what was mended is mended: a second time
//! there is nothing to do, and the log applied to the original gives the same rows.

#![no_main]

use std::collections::BTreeMap;
use std::ops::ControlFlow;

use ethos_feedback::fix::{Mended, mend};
use ethos_fuzz::{LAYOUT, workbook};
use ethos_ingest::check::check_inputs;
use ethos_ingest::{CheckOptions, CheckReport, Corrections, Input, LaidOut, LaidRow};
use ethos_model::category::Language;
use ethos_model::date::Day;
use libfuzzer_sys::fuzz_target;

fn options(corrections: Option<&Corrections>) -> CheckOptions<'_> {
    CheckOptions {
        layout: Some(LAYOUT),
        corrections,
        findings_per_rule: usize::MAX,
        ..CheckOptions::default()
    }
}

/// Every fix is of a cell that is there and held what is said of it.
fn is_of_a_cell(mended: &Mended, input: &Input) {
    let options = options(None);
    let laid = LaidOut::open(input, &options)
        .expect("it was read before")
        .expect("its layout is known");
    let fields: BTreeMap<usize, _> = laid.fields().collect();
    let mut left: BTreeMap<(u64, u32), _> = mended
        .fixes
        .iter()
        .map(|fix| ((fix.row, fix.column_number), fix))
        .collect();
    assert_eq!(left.len(), mended.fixes.len(), "a cell is mended once");
    laid.rows::<std::io::Error>(|row| {
        if let LaidRow::Cells(cells) = row {
            for at in 0..cells.len() {
                if let Some(fix) = left.remove(&(cells.number, at as u32 + 1)) {
                    let cell = cells.whole(at);
                    assert!(
                        cells.is_data,
                        "no row of data is mended at {}",
                        fix.address()
                    );
                    assert_eq!(fix.old, fields[&at].shown(&cell), "{fix:?}");
                    assert!(fix.value() != cell, "{fix:?} changes nothing");
                }
            }
        }
        Ok(ControlFlow::Continue(()))
    })
    .expect("bytes in memory can be read");
    assert!(left.is_empty(), "mended where no cell is: {left:?}");
}

fn checked(name: &str, bytes: &[u8], corrections: &Corrections) -> CheckReport {
    let input = [Input::bytes(name, bytes)];
    let report = check_inputs(&input, &options(Some(corrections)), &()).expect("a report");
    report.ledger.check().expect("a balanced ledger");
    report
}

fuzz_target!(|bytes: &[u8]| {
    let Some((how, file)) = bytes.split_first() else {
        return;
    };
    let (name, file) = match how & 1 {
        0 => ("GM0363_2025.csv", file.to_vec()),
        _ => match workbook(file) {
            Some(book) => ("GM0363_2025.xlsx", book),
            None => return,
        },
    };
    let folder = std::env::temp_dir().join(format!("ethos-fuzz-{}", std::process::id()));
    std::fs::create_dir_all(&folder).expect("a folder");
    let path = folder.join(name);
    std::fs::write(&path, &file).expect("a file");
    let mended = mend(&Input::path(name, &path), &options(None), Language::Nl);
    assert!(
        std::fs::read(&path).expect("the original") == file,
        "the original was touched"
    );
    let Ok(mended) = mended else {
        return;
    };
    is_of_a_cell(&mended, &Input::bytes(name, file.as_slice()));
    assert_eq!(
        mended.before.tally.rows(),
        mended.after.tally.rows(),
        "rows come or go"
    );
    if mended.is_as_it_was() {
        return;
    }
    let mut log = Vec::new();
    mended
        .write_log(("ethos", Day(20_000)), Language::Nl, &mut log)
        .expect("a log in memory");
    let corrections = Corrections::read(log.as_slice()).expect("our own log can be read");
    assert_eq!(
        corrections.len(),
        mended.fixes.len(),
        "every change is in the log"
    );
    let applied = checked(name, &file, &corrections).files.remove(0);
    assert_eq!(
        applied.corrected.applied,
        mended.fixes.len() as u64,
        "{:?}",
        mended.fixes
    );
    let written = mended.file_name();
    let path = folder.join(&written);
    std::fs::write(&path, mended.bytes()).expect("a file");
    let again = mend(&Input::path(&written, &path), &options(None), Language::Nl)
        .unwrap_or_else(|error| panic!("what we wrote cannot be mended: {error}"));
    assert!(again.is_as_it_was(), "a second time: {:?}", again.fixes);
    assert_eq!(
        again.before.tally, mended.after.tally,
        "what we wrote is read another way"
    );
    std::fs::remove_file(&path).expect("our own file");
});

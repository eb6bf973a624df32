//! The workbook that goes back to its sender: one part is what the fuzzer makes. What was marked can
//! be marked again, and the marks of earlier rounds do not pile up.

#![no_main]

use ethos_feedback::workbook::{FrontRow, FrontSheet, Mark, SheetMarks, mark_workbook};
use ethos_model::finding::Severity;
use libfuzzer_sys::fuzz_target;

fn marks() -> Vec<SheetMarks> {
    let mark = |row, column, severity| Mark {
        row,
        column,
        severity,
        note: "=een <noot> & meer".into(),
    };
    vec![SheetMarks {
        sheet: "B".into(),
        marks: vec![
            mark(1, 1, Severity::Note),
            mark(2, 2, Severity::Error),
            mark(2, 9, Severity::Warning),
            mark(7, 3, Severity::Blocking),
        ],
    }]
}

fn front() -> FrontSheet {
    FrontSheet {
        name: "Wat moet ik doen".into(),
        title: "Titel".into(),
        lines: vec!["regel".into()],
        columns: vec![("Cel".into(), 12), ("Wat".into(), 40)],
        rows: vec![FrontRow {
            severity: Severity::Error,
            cells: vec!["B2".into(), "=1+1".into()],
            target: Some(("B".into(), "B2".into())),
            link: 0,
        }],
        made_of: "0123456789abcdef".repeat(4),
    }
}

fuzz_target!(|bytes: &[u8]| {
    let Some(book) = ethos_fuzz::workbook(bytes) else {
        return;
    };
    let Ok(once) = mark_workbook(&book, &marks(), &front()) else {
        return;
    };
    let twice = mark_workbook(&once, &marks(), &front()).expect("what we wrote can be marked");
    let thrice = mark_workbook(&twice, &marks(), &front()).expect("and again");
    // A round leaves some formats that no cell has any more, and no text.
    let most = twice.len() + 16_384 + 8 * bytes.len();
    assert!(
        thrice.len() < most,
        "marks pile up: {} from {}",
        thrice.len(),
        twice.len()
    );
});

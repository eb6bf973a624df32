//! A file with its new cells, in the form it had.

use std::collections::BTreeMap;
use std::io;
use std::ops::ControlFlow;

use ethos_ingest::corrections::FileChange;
use ethos_ingest::decode::Encoding;
use ethos_ingest::{FileForm, LaidOut, LaidRow};
use ethos_model::category::Language;

use super::find::Fix;
use super::mended::MendError;
use crate::workbook::set_cells;

/// The file with new cells, as bytes, and what else changed.
pub(super) fn written(
    laid: &LaidOut<'_>,
    bytes: &[u8],
    fixes: &BTreeMap<(u64, u32), Fix>,
    language: Language,
) -> Result<(Vec<u8>, Vec<FileChange>), MendError> {
    match laid.form() {
        FileForm::Text { .. } => text(laid, fixes, language),
        FileForm::Sheet { name, .. } => {
            if fixes.is_empty() {
                return Ok((bytes.to_vec(), Vec::new()));
            }
            let cells: BTreeMap<(u32, u32), &str> = fixes
                .iter()
                .map(|((row, column), fix)| {
                    let row = u32::try_from(*row).unwrap_or(u32::MAX);
                    ((row, *column), fix.value())
                })
                .collect();
            Ok((set_cells(bytes, name, &cells)?, Vec::new()))
        }
        FileForm::Table => Err(MendError::Form),
    }
}

/// A text: rows that do not change stay byte for byte, but for encoding and delimiter.
fn text(
    laid: &LaidOut<'_>,
    fixes: &BTreeMap<(u64, u32), Fix>,
    language: Language,
) -> Result<(Vec<u8>, Vec<FileChange>), MendError> {
    let FileForm::Text {
        encoding,
        delimiter: old,
        stated,
        nul_tail,
    } = laid.form()
    else {
        return Err(MendError::Form);
    };
    if encoding == Encoding::Utf8Damaged {
        return Err(MendError::Encoding);
    }
    let delimiter = written_with(laid, old);
    let mut known = vec![false; laid.header().len()];
    for (at, _) in laid.fields() {
        known[at] = true;
    }
    let line_end = laid.line_end()?;
    let mut out: Vec<u8> = Vec::new();
    if encoding != Encoding::Utf8 {
        // With a mark a spreadsheet opens it as what it is.
        out.extend_from_slice(b"\xef\xbb\xbf");
    }
    let mut guarded = 0_u64;
    let mut line = String::new();
    laid.rows::<MendError>(|row| {
        match row {
            LaidRow::Unreadable(row) => return Err(MendError::Unreadable(row)),
            LaidRow::Blank(_, count) => {
                for _ in 0..count {
                    out.extend_from_slice(line_end.as_bytes());
                }
            }
            LaidRow::Cells(cells) => {
                line.clear();
                let mut changed = old != delimiter;
                if stated && cells.number == 1 {
                    line.push_str("sep=");
                    line.push(delimiter);
                    changed = true;
                } else {
                    for at in 0..cells.len() {
                        if at > 0 {
                            line.push(delimiter);
                        }
                        let cell = cells.whole(at);
                        let fix = fixes.get(&(cells.number, at as u32 + 1));
                        let known = known.get(at).copied().unwrap_or(false);
                        match fix {
                            Some(fix) => {
                                changed = true;
                                quoted(fix.value(), delimiter, &mut line);
                            }
                            // Cells of the layout's columns are looked after one by one.
                            None if known && cells.is_data => quoted(&cell, delimiter, &mut line),
                            None => {
                                let safe = crate::safe::cell(&cell);
                                if safe != cell {
                                    changed = true;
                                    guarded += 1;
                                }
                                quoted(&safe, delimiter, &mut line);
                            }
                        }
                    }
                }
                if changed {
                    out.extend_from_slice(line.as_bytes());
                } else {
                    out.extend_from_slice(cells.raw());
                }
                out.extend_from_slice(line_end.as_bytes());
            }
        }
        Ok(ControlFlow::Continue(()))
    })?;
    let mut changes = Vec::new();
    let mut change = |what, old: String, new: String, nl: &str, en: &str| {
        changes.push(FileChange {
            what,
            old,
            new,
            why: language.pick(nl, en).to_owned(),
        });
    };
    if !matches!(encoding, Encoding::Utf8 | Encoding::Utf8Bom) {
        change(
            "codering",
            encoding.name().to_owned(),
            Encoding::Utf8Bom.name().to_owned(),
            "elk teken staat ook in UTF-8",
            "every character is in UTF-8 too",
        );
    }
    if delimiter != old {
        let name = |delimiter: char| match delimiter {
            '\t' => "tab".to_owned(),
            other => other.to_string(),
        };
        change(
            "scheidingsteken",
            name(old),
            name(delimiter),
            "de indeling heeft dit scheidingsteken; cellen waarin het voorkomt staan tussen aanhalingstekens",
            "the layout has this delimiter; cells that hold it stand between quotes",
        );
    }
    if nul_tail > 0 {
        change(
            "nultekens",
            nul_tail.to_string(),
            "0".to_owned(),
            "NUL-tekens achter het eind zijn geen gegevens",
            "NUL characters behind the end are no data",
        );
    }
    if guarded > 0 {
        change(
            "formules",
            guarded.to_string(),
            "0".to_owned(),
            "cellen buiten de indeling die een rekenprogramma als formule zou uitvoeren, kregen een apostrof",
            "cells outside the layout that a spreadsheet would run as a formula got an apostrophe",
        );
    }
    Ok((out, changes))
}

/// The delimiter a text is written with: its own where the layout has it.
pub(super) fn written_with(laid: &LaidOut<'_>, old: char) -> char {
    let declared = &laid.layout().file.delimiters;
    match declared.first() {
        Some(first) if !declared.contains(&old) => *first,
        _ => old,
    }
}

/// Adds a cell, between quotes where it needs them.
pub(crate) fn quoted(cell: &str, delimiter: char, line: &mut String) {
    let plain = !cell.contains([delimiter, '"', '\n', '\r']) && cell.trim().len() == cell.len();
    if plain {
        line.push_str(cell);
        return;
    }
    line.push('"');
    line.push_str(&cell.replace('"', "\"\""));
    line.push('"');
}

impl From<io::Error> for MendError {
    fn from(error: io::Error) -> Self {
        Self::Io(error)
    }
}

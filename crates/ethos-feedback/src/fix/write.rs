//! A file with its new cells, in the form it had.

use std::collections::BTreeMap;
use std::io;
use std::ops::ControlFlow;

use ethos_ingest::corrections::FileChange;
use ethos_ingest::decode::Encoding;
use ethos_ingest::{FileForm, LaidOut, LaidRow, RowCells};
use ethos_model::category::Language;
use ethos_model::finding::{MaskedValue, column_letters};

use super::mended::MendError;
use crate::workbook::set_cells;

/// New values by row and column, both from 1.
pub(super) type Values<'v> = BTreeMap<(u64, u32), &'v str>;

/// The file with new cells, as bytes, and what else changed.
pub(super) fn written(
    laid: &LaidOut<'_>,
    bytes: &[u8],
    values: &Values<'_>,
    language: Language,
) -> Result<(Vec<u8>, Vec<FileChange>), MendError> {
    match laid.form() {
        FileForm::Text { .. } => text(laid, values, language),
        FileForm::Sheet { .. } | FileForm::Table if values.is_empty() => {
            Ok((bytes.to_vec(), Vec::new()))
        }
        FileForm::Sheet { name, .. } => {
            let cells: BTreeMap<(u32, u32), &str> = values
                .iter()
                .map(|((row, column), value)| {
                    let row = u32::try_from(*row).unwrap_or(u32::MAX);
                    ((row, *column), *value)
                })
                .collect();
            Ok((set_cells(bytes, name, &cells)?, Vec::new()))
        }
        FileForm::Table => table(laid, bytes, values, language),
    }
}

/// A table with types becomes text: a zero in front of a number has no place in a column of numbers.
fn table(
    laid: &LaidOut<'_>,
    bytes: &[u8],
    values: &Values<'_>,
    language: Language,
) -> Result<(Vec<u8>, Vec<FileChange>), MendError> {
    if !laid.layout().file.header {
        return Err(MendError::NoHeader);
    }
    let delimiter = written_with(laid, '\0');
    let known = known_columns(laid);
    let mut line = String::new();
    for (at, name) in laid.header().iter().enumerate() {
        if at > 0 {
            line.push(delimiter);
        }
        quoted(&crate::safe::cell(name), delimiter, &mut line);
    }
    line.push_str("\r\n");
    let mut out = line.clone().into_bytes();
    let mut stopped = Vec::new();
    laid.rows::<MendError>(|row| {
        match row {
            LaidRow::Unreadable(row) => return Err(MendError::Unreadable(row)),
            LaidRow::Blank(_, count) => {
                for _ in 0..count {
                    out.extend_from_slice(b"\r\n");
                }
            }
            LaidRow::Cells(cells) => {
                line.clear();
                for at in 0..cells.len() {
                    if at > 0 {
                        line.push(delimiter);
                    }
                    let cell = cells.whole(at);
                    match values.get(&(cells.number, at as u32 + 1)) {
                        Some(value) => quoted(value, delimiter, &mut line),
                        None if known.get(at) == Some(&true) => {
                            quoted(&cell, delimiter, &mut line);
                        }
                        None => {
                            let safe = crate::safe::cell(&cell);
                            if safe != cell {
                                let place = (cells.number, at);
                                stopped.push(formula_stopped(laid, place, &cell, &safe, language));
                            }
                            quoted(&safe, delimiter, &mut line);
                        }
                    }
                }
                line.push_str("\r\n");
                out.extend_from_slice(line.as_bytes());
            }
        }
        Ok(ControlFlow::Continue(()))
    })?;
    let (nl, en) = (
        "in een kolom met getallen is geen plaats voor een nul vooraan; de rijen en kolommen zijn dezelfde",
        "a column of numbers has no place for a zero in front; rows and columns are the same",
    );
    let change = FileChange {
        what: "vorm",
        old: if bytes.starts_with(b"PAR1") {
            "Parquet".to_owned()
        } else {
            "Arrow".to_owned()
        },
        new: "CSV".to_owned(),
        why: language.pick(nl, en).to_owned(),
        rule: String::new(),
        cell: None,
    };
    let mut changes = vec![change];
    changes.extend(stopped);
    Ok((out, changes))
}

/// A cell outside the layout that no spreadsheet runs any more.
fn formula_stopped(
    laid: &LaidOut<'_>,
    (row, at): (u64, usize),
    old: &str,
    new: &str,
    language: Language,
) -> FileChange {
    let (nl, en) = (
        "een rekenprogramma zou de cel buiten de indeling als formule uitvoeren; zij kreeg een apostrof",
        "a spreadsheet would run the cell outside the layout as a formula; it got an apostrophe",
    );
    // Above the first row of data no column has a name yet.
    let name = laid.name_at(at).filter(|_| row > laid.header_row());
    let column = name.unwrap_or_else(|| column_letters(at as u32 + 1));
    FileChange {
        what: "formules",
        old: MaskedValue::of(old).as_str().to_owned(),
        new: MaskedValue::of(new).as_str().to_owned(),
        why: language.pick(nl, en).to_owned(),
        rule: String::new(),
        cell: Some((row, column)),
    }
}

/// Whether each column of the file is one of the layout's.
fn known_columns(laid: &LaidOut<'_>) -> Vec<bool> {
    let mut known = vec![false; laid.header().len()];
    for (at, _) in laid.fields() {
        known[at] = true;
    }
    known
}

/// A text: rows that do not change stay byte for byte, but for encoding and delimiter.
fn text(
    laid: &LaidOut<'_>,
    values: &Values<'_>,
    language: Language,
) -> Result<(Vec<u8>, Vec<FileChange>), MendError> {
    let FileForm::Text {
        encoding,
        delimiter: old,
        stated,
    } = laid.form()
    else {
        return Err(MendError::Form);
    };
    if encoding == Encoding::Utf8Damaged {
        return Err(MendError::Encoding);
    }
    let delimiter = written_with(laid, old);
    let known = known_columns(laid);
    let line_end = laid.line_end()?;
    let mut out: Vec<u8> = Vec::new();
    if encoding != Encoding::Utf8 {
        // With a mark a spreadsheet opens it as what it is.
        out.extend_from_slice(b"\xef\xbb\xbf");
    }
    let mut stopped = Vec::new();
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
                } else if !changed && !touched(&cells, values, &known) {
                    // It is written as it stands.
                } else {
                    for at in 0..cells.len() {
                        if at > 0 {
                            line.push(delimiter);
                        }
                        let cell = cells.whole(at);
                        let value = values.get(&(cells.number, at as u32 + 1));
                        match value {
                            Some(value) => {
                                changed = true;
                                quoted(value, delimiter, &mut line);
                            }
                            // Cells of the layout's columns are looked after one by one.
                            None if is_ours(&cells, at, &known) => {
                                quoted(&cell, delimiter, &mut line);
                            }
                            None => {
                                let safe = crate::safe::cell(&cell);
                                if safe != cell {
                                    changed = true;
                                    let place = (cells.number, at);
                                    stopped
                                        .push(formula_stopped(laid, place, &cell, &safe, language));
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
            rule: String::new(),
            cell: None,
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
    changes.extend(stopped);
    Ok((out, changes))
}

/// Whether a cell is in a column of the layout, in a row of data.
fn is_ours(cells: &RowCells<'_>, at: usize, known: &[bool]) -> bool {
    cells.is_data && known.get(at) == Some(&true)
}

/// Whether a cell of a row gets another value, or a formula in it is stopped.
fn touched(cells: &RowCells<'_>, values: &Values<'_>, known: &[bool]) -> bool {
    let row = (cells.number, 0)..=(cells.number, u32::MAX);
    let is_run = |at: usize| {
        let cell = cells.whole(at);
        !is_ours(cells, at, known) && crate::safe::cell(&cell) != cell
    };
    values.range(row).next().is_some() || (0..cells.len()).any(is_run)
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

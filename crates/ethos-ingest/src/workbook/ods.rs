//! `OpenDocument` spreadsheets: ODS.

use std::collections::BTreeSet;
use std::io;

use crate::limits;
use crate::refused::Refused;

use super::book::{Merged, Sheet};
use super::parts::{Part, Parts};
use super::row::{CellNote, ReadRows, RowBuffer};
use super::serial::{self, Shown};
use super::xml::{Piece, Tag, resolve};

/// The sheets of a workbook, in order.
pub(super) fn sheets(parts: &Parts) -> io::Result<Vec<Sheet>> {
    if is_encrypted(parts)? {
        return Err(Refused::Encrypted.into());
    }
    let mut part = parts.part("content.xml")?.ok_or(Refused::Damaged)?;
    let mut sheets = Vec::new();
    // Styles by which a sheet is hidden stand before the sheets.
    let mut style = String::new();
    let mut hiding = BTreeSet::new();
    let mut depth = 0;
    loop {
        match part.next()? {
            Piece::Open(tag) if tag.local() == b"style" => {
                style = tag.text(b"style:name")?.unwrap_or_default();
            }
            Piece::Open(tag)
                if tag.local() == b"table-properties"
                    && tag.raw(b"table:display") == Some(b"false")
                    && hiding.len() < limits::MEMBERS =>
            {
                hiding.insert(style.clone());
            }
            Piece::Open(tag) if tag.local() == b"table" => {
                if depth == 0 {
                    if sheets.len() >= limits::SHEETS {
                        return Err(Refused::Members.into());
                    }
                    let style = tag.text(b"table:style-name")?.unwrap_or_default();
                    sheets.push(Sheet {
                        name: tag.text(b"table:name")?.unwrap_or_default(),
                        hidden: hiding.contains(&style),
                        part: String::new(),
                    });
                }
                depth += usize::from(!tag.empty);
            }
            Piece::Close(b"table") => depth = depth.saturating_sub(1),
            Piece::End => return Ok(sheets),
            _ => {}
        }
    }
}

fn is_encrypted(parts: &Parts) -> io::Result<bool> {
    let Some(mut part) = parts.part("META-INF/manifest.xml")? else {
        return Ok(false);
    };
    loop {
        match part.next() {
            Ok(Piece::Open(tag)) if tag.local() == b"encryption-data" => return Ok(true),
            Ok(Piece::End) => return Ok(false),
            Ok(_) => {}
            // Old writers declare a document type here, and then do not encrypt.
            Err(error) if Refused::of(&error) == Some(Refused::Declarations) => return Ok(false),
            Err(error) => return Err(error),
        }
    }
}

/// The rows of a sheet.
pub(super) struct Rows {
    part: Part,
    /// The last row read.
    row: u64,
    /// The last row read that is not one of many blank ones, which fill a sheet up.
    last: u64,
    merged: Vec<Merged>,
    cell: Vec<u8>,
    ended: bool,
}

/// A cell with its text and how often it stands side by side.
struct Cell {
    repeated: usize,
    note: Option<CellNote>,
    value: Value,
}

enum Value {
    /// The text of its paragraphs.
    Text,
    Number(f64),
    /// Text that an attribute gives: a day, a truth value.
    Given(String),
}

impl Rows {
    pub(super) fn new(mut part: Part, sheet: usize) -> io::Result<Self> {
        let mut left = sheet;
        let ended = loop {
            match part.next()? {
                Piece::Open(tag) if tag.local() == b"table" => {
                    let empty = tag.empty;
                    if left == 0 {
                        break empty;
                    }
                    left -= 1;
                    part.skip(empty)?;
                }
                Piece::End => return Err(Refused::Damaged.into()),
                _ => {}
            }
        };
        Ok(Self {
            part,
            row: 0,
            last: 0,
            merged: Vec::new(),
            cell: Vec::new(),
            ended,
        })
    }

    fn cells(&mut self, row: &mut RowBuffer) -> io::Result<()> {
        let mut column = 0_usize;
        loop {
            let (cell, empty) = match self.part.next()? {
                Piece::Open(tag)
                    if matches!(tag.local(), b"table-cell" | b"covered-table-cell") =>
                {
                    let span = |name: &[u8]| count(&tag, name);
                    let (down, right) = (
                        span(b"table:number-rows-spanned"),
                        span(b"table:number-columns-spanned"),
                    );
                    if (down > 1 || right > 1) && self.merged.len() < limits::SHARED_TEXTS {
                        self.merged.push(Merged {
                            rows: (self.row + 1, self.row + down),
                            columns: (column, column + right as usize - 1),
                        });
                    }
                    (read_cell(&tag)?, tag.empty)
                }
                Piece::Close(b"table-row") => return Ok(()),
                Piece::Open(tag) => {
                    let empty = tag.empty;
                    self.part.skip(empty)?;
                    continue;
                }
                Piece::End => return Err(Refused::Damaged.into()),
                _ => continue,
            };
            self.cell.clear();
            if !empty {
                paragraphs(&mut self.part, &mut self.cell)?;
            }
            let text = match &cell.value {
                Value::Text => None,
                Value::Given(text) => Some(text.clone()),
                Value::Number(number) => padded(&self.cell, *number),
            };
            let text = text
                .as_ref()
                .map_or(self.cell.as_slice(), |text| text.as_bytes());
            let note = match cell.note {
                // A formula may give a text without characters, and then has a type.
                Some(CellNote::Formula) if text.is_empty() => None,
                note => note,
            };
            let text = if note == Some(CellNote::Failed) {
                b""
            } else {
                text
            };
            if text.trim_ascii().is_empty() && note.is_none() {
                column = column.saturating_add(cell.repeated);
                continue;
            }
            let alike = cell.repeated.min(limits::COLUMNS + 1);
            row.put_alike(column, alike, text, note)?;
            column += alike;
        }
    }
}

impl ReadRows for Rows {
    fn read(&mut self, row: &mut RowBuffer) -> io::Result<Option<(u64, u64)>> {
        while !self.ended {
            let (repeated, empty) = match self.part.next()? {
                Piece::Open(tag) if tag.local() == b"table-row" => {
                    (count(&tag, b"table:number-rows-repeated"), tag.empty)
                }
                Piece::Close(b"table") => {
                    self.ended = true;
                    break;
                }
                Piece::End => return Err(Refused::Damaged.into()),
                _ => continue,
            };
            if !empty {
                self.cells(row)?;
            }
            let first = self.row + 1;
            self.row = self.row.saturating_add(repeated);
            if row.is_blank() {
                if repeated == 1 {
                    self.last = self.row;
                }
                continue;
            }
            if self.row > limits::SHEET_ROWS {
                return Err(Refused::Damaged.into());
            }
            self.last = self.row;
            return Ok(Some((first, repeated)));
        }
        Ok(None)
    }

    fn last(&self) -> u64 {
        self.last
    }

    fn merged(&self) -> &[Merged] {
        &self.merged
    }
}

/// An attribute that counts something, at least 1 and no more than a sheet can have.
fn count(tag: &Tag<'_>, name: &[u8]) -> u64 {
    let count = tag
        .raw(name)
        .and_then(|text| std::str::from_utf8(text).ok()?.parse().ok());
    count.unwrap_or(1).clamp(1, limits::SHEET_ROWS)
}

fn read_cell(tag: &Tag<'_>) -> io::Result<Cell> {
    let formula = tag.raw(b"table:formula").is_some();
    let kind = tag.raw(b"office:value-type");
    let given = |name: &[u8]| tag.text(name);
    let value = match kind {
        Some(b"float" | b"percentage" | b"currency") => {
            let number = given(b"office:value")?.and_then(|text| text.parse::<f64>().ok());
            number
                .filter(|number| number.is_finite())
                .map_or(Value::Text, Value::Number)
        }
        Some(b"date") => match given(b"office:date-value")? {
            Some(date) => Value::Given(without_midnight(&date)),
            None => Value::Text,
        },
        Some(b"boolean") => Value::Given(
            match tag.raw(b"office:boolean-value") {
                Some(b"true") => "1",
                _ => "0",
            }
            .to_owned(),
        ),
        _ => Value::Text,
    };
    let note = if tag.raw(b"calcext:value-type") == Some(b"error") {
        Some(CellNote::Failed)
    } else if formula && kind.is_none() {
        Some(CellNote::NoValue)
    } else {
        formula.then_some(CellNote::Formula)
    };
    Ok(Cell {
        repeated: count(tag, b"table:number-columns-repeated") as usize,
        note,
        value,
    })
}

fn without_midnight(date: &str) -> String {
    match date.split_once('T') {
        Some((day, time)) if time.bytes().all(|byte| matches!(byte, b'0' | b':' | b'.')) => {
            day.to_owned()
        }
        _ => date.to_owned(),
    }
}

/// A number's text; as shown where only zeros in front make the difference.
fn padded(shown: &[u8], number: f64) -> Option<String> {
    let whole = serial::text(number, Shown::Number, false);
    let shown = shown.trim_ascii();
    let only_zeros = shown.len() <= 15
        && shown
            .strip_suffix(whole.as_bytes())
            .is_some_and(|zeros| zeros.iter().all(|byte| *byte == b'0'));
    if only_zeros { None } else { Some(whole) }
}

/// The text of a cell's paragraphs up to the cell's end, remarks left out.
fn paragraphs(part: &mut Part, text: &mut Vec<u8>) -> io::Result<()> {
    let mut depth = 0_usize;
    let mut paragraphs = 0;
    loop {
        if text.len() > limits::SHEET_ROW {
            return Err(Refused::TooLong.into());
        }
        match part.next()? {
            Piece::Open(tag) => {
                let (name, empty) = (tag.local(), tag.empty);
                match name {
                    b"p" => {
                        if paragraphs > 0 {
                            text.push(b'\n');
                        }
                        paragraphs += 1;
                    }
                    b"s" => {
                        let blanks = count(&tag, b"text:c").min(1000) as usize;
                        text.extend(std::iter::repeat_n(b' ', blanks));
                    }
                    b"tab" => text.push(b'\t'),
                    b"line-break" => text.push(b'\n'),
                    b"annotation" | b"table" | b"frame" | b"shapes" => {
                        part.skip(empty)?;
                        continue;
                    }
                    _ => {}
                }
                depth += usize::from(!empty);
            }
            Piece::Close(_) if depth == 0 => return Ok(()),
            Piece::Close(_) => depth -= 1,
            Piece::Text(raw) if depth > 0 => resolve(raw, text)?,
            Piece::Data(raw) if depth > 0 => text.extend_from_slice(raw),
            Piece::Text(_) | Piece::Data(_) => {}
            Piece::End => return Err(Refused::Damaged.into()),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn zeros_in_front_are_those_that_are_shown() {
        let text = |shown: &str, number| padded(shown.as_bytes(), number);
        assert_eq!(text("012345672", 12_345_672.0), None);
        assert_eq!(text("1,23E+07", 12_345_672.0).as_deref(), Some("12345672"));
        assert_eq!(text("1.234,50", 1234.5).as_deref(), Some("1234.5"));
        assert_eq!(text("16", 16.0), None);
        assert_eq!(text("", 16.0).as_deref(), Some("16"));
    }
}

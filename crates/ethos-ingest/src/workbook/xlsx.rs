//! Office Open XML workbooks: XLSX and XLSM.

use std::collections::BTreeMap;
use std::io;
use std::sync::Arc;

use crate::limits;
use crate::refused::Refused;

use super::book::{Merged, Sheet};
use super::parts::{Part, Parts};
use super::row::{CellNote, ReadRows, RowBuffer};
use super::serial::{self, Shown};
use super::styles;
use super::xml::{Piece, Tag, resolve};

/// What the cells of all sheets refer to.
#[derive(Default)]
pub(super) struct Shared {
    texts: Texts,
    styles: Vec<Shown>,
    from_1904: bool,
}

impl Shared {
    /// Whether days are counted from 1904.
    pub(super) fn is_from_1904(&self) -> bool {
        self.from_1904
    }
}

/// Texts one behind the other.
#[derive(Default)]
struct Texts {
    text: Vec<u8>,
    ends: Vec<u32>,
}

impl Texts {
    fn get(&self, at: usize) -> Option<&[u8]> {
        let end = *self.ends.get(at)? as usize;
        let from = if at == 0 {
            0
        } else {
            self.ends[at - 1] as usize
        };
        Some(&self.text[from..end])
    }
}

/// Opens a workbook: its sheets in order, and what their cells share.
pub(super) fn open(parts: &Parts) -> io::Result<(Vec<Sheet>, Shared)> {
    let main = relations(parts, "_rels/.rels", "")?
        .into_values()
        .find(|(kind, _)| kind.ends_with("/officeDocument"))
        .map_or_else(|| "xl/workbook.xml".to_owned(), |(_, target)| target);
    let (folder, file) = main.rsplit_once('/').unwrap_or(("", &main));
    let related = relations(parts, &join(folder, &format!("_rels/{file}.rels")), folder)?;
    let mut shared = Shared::default();
    let mut sheets = Vec::new();
    let mut part = parts.part(&main)?.ok_or(Refused::Damaged)?;
    loop {
        match part.next()? {
            Piece::Open(tag) if tag.local() == b"workbookPr" => {
                shared.from_1904 = matches!(tag.raw(b"date1904"), Some(b"1" | b"true"));
            }
            Piece::Open(tag) if tag.local() == b"sheet" => {
                let id = tag
                    .attributes()
                    .find(|(name, _)| name.ends_with(b":id"))
                    .map(|(_, id)| String::from_utf8_lossy(id).into_owned());
                let Some((kind, target)) = id.and_then(|id| related.get(&id)) else {
                    return Err(Refused::Damaged.into());
                };
                // Sheets of charts and dialogs have no cells.
                if !kind.ends_with("/worksheet") {
                    continue;
                }
                if sheets.len() >= limits::SHEETS {
                    return Err(Refused::Members.into());
                }
                sheets.push(Sheet {
                    name: tag.text(b"name")?.unwrap_or_default(),
                    hidden: matches!(tag.raw(b"state"), Some(b"hidden" | b"veryHidden")),
                    part: target.clone(),
                });
            }
            Piece::End => break,
            _ => {}
        }
    }
    for (kind, target) in related.values() {
        let Some(part) = parts.part(target)? else {
            continue;
        };
        if kind.ends_with("/sharedStrings") {
            shared.texts = texts(part)?;
        } else if kind.ends_with("/styles") {
            shared.styles = styles::read(part)?;
        }
    }
    Ok((sheets, shared))
}

/// Parts that a part refers to: id to kind and name.
fn relations(
    parts: &Parts,
    name: &str,
    folder: &str,
) -> io::Result<BTreeMap<String, (String, String)>> {
    let mut found = BTreeMap::new();
    let Some(mut part) = parts.part(name)? else {
        return Ok(found);
    };
    loop {
        match part.next()? {
            Piece::Open(tag) if tag.local() == b"Relationship" => {
                if found.len() >= limits::MEMBERS {
                    return Err(Refused::Members.into());
                }
                let text = |name: &[u8]| tag.text(name).map(Option::unwrap_or_default);
                let target = join(folder, &text(b"Target")?);
                found.insert(text(b"Id")?, (text(b"Type")?, target));
            }
            Piece::End => return Ok(found),
            _ => {}
        }
    }
}

/// A part's name, given relative to a folder or from the top.
fn join(folder: &str, target: &str) -> String {
    if let Some(whole) = target.strip_prefix('/') {
        return whole.to_owned();
    }
    let mut parts: Vec<&str> = folder.split('/').filter(|part| !part.is_empty()).collect();
    for part in target.split('/') {
        match part {
            "." | "" => {}
            ".." => {
                parts.pop();
            }
            part => parts.push(part),
        }
    }
    parts.join("/")
}

fn texts(mut part: Part) -> io::Result<Texts> {
    let mut texts = Texts::default();
    loop {
        match part.next()? {
            Piece::Open(tag) if tag.local() == b"si" => {
                if texts.ends.len() >= limits::SHARED_TEXTS {
                    return Err(Refused::TooLong.into());
                }
                let empty = tag.empty;
                if !empty {
                    rich_text(&mut part, b"si", limits::SHARED_BYTES, &mut texts.text)?;
                }
                texts.ends.push(texts.text.len() as u32);
            }
            Piece::End => return Ok(texts),
            _ => {}
        }
    }
}

/// The text of an element in parts with formats of their own, without what tells how it sounds.
fn rich_text(part: &mut Part, until: &[u8], most: usize, text: &mut Vec<u8>) -> io::Result<()> {
    let mut in_text = false;
    loop {
        match part.next()? {
            Piece::Open(tag) if tag.local() == b"t" => in_text = !tag.empty,
            Piece::Open(tag) if tag.local() == b"rPh" => {
                let empty = tag.empty;
                part.skip(empty)?;
            }
            Piece::Close(b"t") => in_text = false,
            Piece::Close(name) if name == until => return Ok(()),
            Piece::Text(raw) if in_text => resolve(raw, text)?,
            Piece::Data(raw) if in_text => text.extend_from_slice(raw),
            Piece::End => return Err(Refused::Damaged.into()),
            _ => {}
        }
        if text.len() > most {
            return Err(Refused::TooLong.into());
        }
    }
}

/// The rows of a sheet.
pub(super) struct Rows {
    part: Part,
    shared: Arc<Shared>,
    row: u64,
    merged: Vec<Merged>,
    value: Vec<u8>,
    ended: bool,
}

/// What a cell says it holds.
#[derive(Copy, Clone, PartialEq, Eq)]
enum Holds {
    Number,
    SharedText,
    Text,
    Truth,
    Failure,
}

impl Rows {
    pub(super) fn new(mut part: Part, shared: Arc<Shared>) -> io::Result<Self> {
        let ended = loop {
            match part.next()? {
                Piece::Open(tag) if tag.local() == b"sheetData" => break tag.empty,
                Piece::End => return Err(Refused::Damaged.into()),
                _ => {}
            }
        };
        let mut rows = Self {
            part,
            shared,
            row: 0,
            merged: Vec::new(),
            value: Vec::new(),
            ended,
        };
        if ended {
            rows.read_merged()?;
        }
        Ok(rows)
    }

    /// Reads the cells of a row up to its end.
    fn cells(&mut self, row: &mut RowBuffer) -> io::Result<()> {
        let mut column = 0;
        loop {
            let (holds, style, empty) = match self.part.next()? {
                Piece::Open(tag) if tag.local() == b"c" => {
                    if let Some(address) = tag.raw(b"r") {
                        let (named, of_row) = address_of(address).ok_or(Refused::Damaged)?;
                        if of_row != self.row || named < column {
                            return Err(Refused::Damaged.into());
                        }
                        column = named;
                    }
                    (holds(&tag), style(&tag), tag.empty)
                }
                Piece::Open(tag) => {
                    let empty = tag.empty;
                    self.part.skip(empty)?;
                    continue;
                }
                Piece::Close(b"row") => return Ok(()),
                Piece::End => return Err(Refused::Damaged.into()),
                _ => continue,
            };
            if !empty {
                self.cell(row, column, holds, style)?;
            }
            column += 1;
        }
    }

    fn cell(
        &mut self,
        row: &mut RowBuffer,
        column: usize,
        holds: Holds,
        style: usize,
    ) -> io::Result<()> {
        self.value.clear();
        let (mut formula, mut found) = (false, false);
        loop {
            match self.part.next()? {
                Piece::Open(tag) => {
                    let (name, empty) = (tag.local(), tag.empty);
                    if name == b"f" {
                        formula = true;
                    }
                    if empty {
                        continue;
                    }
                    if name == b"v" {
                        found = true;
                        value(&mut self.part, &mut self.value)?;
                    } else if name == b"is" {
                        found = true;
                        rich_text(&mut self.part, b"is", limits::SHEET_ROW, &mut self.value)?;
                    } else {
                        self.part.skip(false)?;
                    }
                }
                Piece::Close(b"c") => break,
                Piece::End => return Err(Refused::Damaged.into()),
                _ => {}
            }
        }
        let value = self.value.trim_ascii();
        if holds == Holds::Failure {
            return row.put(column, b"", Some(CellNote::Failed));
        }
        if formula && !found {
            return row.put(column, b"", Some(CellNote::NoValue));
        }
        let note = formula.then_some(CellNote::Formula);
        if value.is_empty() {
            // A formula may give a text without characters.
            return row.put(column, b"", None);
        }
        match holds {
            Holds::SharedText => {
                let text = number(value).and_then(|at: usize| self.shared.texts.get(at));
                row.put(column, text.ok_or(Refused::Damaged)?, note)
            }
            // With the blanks around it, as a shared text has them.
            Holds::Text => row.put(column, &self.value, note),
            Holds::Failure | Holds::Truth => row.put(column, value, note),
            Holds::Number => {
                let shown = self.shared.styles.get(style).copied().unwrap_or_default();
                if shown == Shown::Number
                    && value.len() <= 15
                    && value.iter().all(u8::is_ascii_digit)
                {
                    return row.put(column, value, note);
                }
                match number::<f64>(value).filter(|number| number.is_finite()) {
                    Some(number) => {
                        let text = serial::text(number, shown, self.shared.from_1904);
                        row.put(column, text.as_bytes(), note)
                    }
                    None => row.put(column, value, note),
                }
            }
        }
    }

    /// Reads the blocks of cells shown as one, which stand behind the rows.
    fn read_merged(&mut self) -> io::Result<()> {
        loop {
            match self.part.next()? {
                Piece::Open(tag) if tag.local() == b"mergeCell" => {
                    let block = tag.raw(b"ref").and_then(block);
                    if self.merged.len() >= limits::SHARED_TEXTS {
                        return Err(Refused::TooLong.into());
                    }
                    self.merged.extend(block);
                }
                Piece::End => {
                    self.merged.sort_unstable();
                    return Ok(());
                }
                _ => {}
            }
        }
    }
}

impl ReadRows for Rows {
    fn read(&mut self, row: &mut RowBuffer) -> io::Result<Option<(u64, u64)>> {
        while !self.ended {
            let empty = match self.part.next()? {
                Piece::Open(tag) if tag.local() == b"row" => {
                    let named = tag.raw(b"r").map_or(Some(self.row + 1), number);
                    let valid = |row: &u64| *row > self.row && *row <= limits::SHEET_ROWS;
                    self.row = named.filter(valid).ok_or(Refused::Damaged)?;
                    tag.empty
                }
                Piece::Close(b"sheetData") => {
                    self.ended = true;
                    self.read_merged()?;
                    break;
                }
                Piece::End => return Err(Refused::Damaged.into()),
                _ => continue,
            };
            if !empty {
                self.cells(row)?;
            }
            if !row.is_blank() {
                return Ok(Some((self.row, 1)));
            }
        }
        Ok(None)
    }

    fn last(&self) -> u64 {
        self.row
    }

    fn merged(&self) -> &[Merged] {
        &self.merged
    }
}

fn holds(tag: &Tag<'_>) -> Holds {
    match tag.raw(b"t") {
        Some(b"s") => Holds::SharedText,
        Some(b"str" | b"inlineStr" | b"d") => Holds::Text,
        Some(b"b") => Holds::Truth,
        Some(b"e") => Holds::Failure,
        _ => Holds::Number,
    }
}

fn style(tag: &Tag<'_>) -> usize {
    tag.raw(b"s").and_then(number).unwrap_or(0)
}

/// The text of a `v` up to its end.
fn value(part: &mut Part, text: &mut Vec<u8>) -> io::Result<()> {
    loop {
        match part.next()? {
            Piece::Text(raw) => resolve(raw, text)?,
            Piece::Data(raw) => text.extend_from_slice(raw),
            Piece::Close(b"v") => return Ok(()),
            Piece::Open(_) | Piece::End => return Err(Refused::Damaged.into()),
            Piece::Close(_) => {}
        }
        if text.len() > limits::SHEET_ROW {
            return Err(Refused::TooLong.into());
        }
    }
}

fn number<T: std::str::FromStr>(text: &[u8]) -> Option<T> {
    std::str::from_utf8(text).ok()?.trim().parse().ok()
}

/// Column (0 for the first) and row (1 for the first) of `AB12`.
fn address_of(text: &[u8]) -> Option<(usize, u64)> {
    let letters = text
        .iter()
        .take_while(|byte| byte.is_ascii_alphabetic())
        .count();
    if !(1..=3).contains(&letters) {
        return None;
    }
    let column = text[..letters].iter().fold(0, |sum, letter| {
        sum * 26 + usize::from(letter.to_ascii_uppercase() - b'A') + 1
    });
    let row = number(&text[letters..]).filter(|row| (1..=limits::SHEET_ROWS).contains(row))?;
    (column <= limits::COLUMNS).then_some((column - 1, row))
}

fn block(text: &[u8]) -> Option<Merged> {
    let (first, last) = text.split_at(memchr::memchr(b':', text)?);
    let ((from, top), (to, bottom)) = (address_of(first)?, address_of(&last[1..])?);
    (top <= bottom && from <= to).then_some(Merged {
        rows: (top, bottom),
        columns: (from, to),
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn addresses_are_read() {
        assert_eq!(address_of(b"A1"), Some((0, 1)));
        assert_eq!(address_of(b"AB12"), Some((27, 12)));
        assert_eq!(address_of(b"XFD1048576"), Some((16_383, 1_048_576)));
        for wrong in ["XFE1", "A0", "A1048577", "1", "A", "ABCD1", "A-1"] {
            assert_eq!(address_of(wrong.as_bytes()), None, "{wrong}");
        }
        assert_eq!(
            block(b"A2:C5"),
            Some(Merged {
                rows: (2, 5),
                columns: (0, 2)
            })
        );
        assert_eq!(block(b"C5:A2"), None);
    }

    #[test]
    fn names_of_parts_are_put_together() {
        assert_eq!(
            join("xl", "worksheets/sheet1.xml"),
            "xl/worksheets/sheet1.xml"
        );
        assert_eq!(join("xl", "/xl/styles.xml"), "xl/styles.xml");
        assert_eq!(join("xl/a", "../../../b.xml"), "b.xml");
    }
}

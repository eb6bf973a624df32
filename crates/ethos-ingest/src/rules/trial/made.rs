//! Files of other forms than text, made of what an example says: workbooks and archives.

use std::collections::BTreeMap;
use std::fmt::Write as _;
use std::io::{Cursor, Write as _};

use ethos_model::finding::{Text, column_letters};
use zip::ZipWriter;
use zip::write::SimpleFileOptions;

use crate::rules::example::{Cell, ExampleSheet, FormulaCell, Member, Packing, SheetCell};
use crate::words::both;

/// How often a text may be repeated in an example.
pub(super) const MOST: usize = 32 << 20;

/// Text of rows of a layout.
type OfRows<'a> = dyn Fn(&[BTreeMap<String, Cell>]) -> Result<String, Text> + 'a;

/// A workbook of these sheets (ECMA-376), with every cell of a row as text.
pub(super) fn workbook(
    sheets: &[ExampleSheet],
    delimiter: char,
    of_rows: &OfRows<'_>,
) -> Result<Vec<u8>, Text> {
    let mut names = String::new();
    let mut links = String::new();
    let mut parts = Vec::new();
    for (at, sheet) in sheets.iter().enumerate() {
        let number = at + 1;
        let state = if sheet.hidden {
            " state=\"hidden\""
        } else {
            ""
        };
        let _ = write!(
            names,
            "<sheet name=\"{}\" sheetId=\"{number}\"{state} r:id=\"r{number}\"/>",
            escaped(&sheet.name)
        );
        let _ = write!(
            links,
            "<Relationship Id=\"r{number}\" Type=\"http://schemas.openxmlformats.org/officeDocument/2006/relationships/worksheet\" Target=\"sheet{number}.xml\"/>"
        );
        parts.push((
            format!("xl/sheet{number}.xml"),
            one_sheet(sheet, delimiter, of_rows)?,
        ));
    }
    let fixed = [
        (
            "_rels/.rels",
            "<Relationships><Relationship Id=\"r1\" Type=\"http://schemas.openxmlformats.org/officeDocument/2006/relationships/officeDocument\" Target=\"xl/workbook.xml\"/></Relationships>".to_owned(),
        ),
        (
            "xl/workbook.xml",
            format!(
                "<workbook xmlns:r=\"http://schemas.openxmlformats.org/officeDocument/2006/relationships\"><sheets>{names}</sheets></workbook>"
            ),
        ),
        (
            "xl/_rels/workbook.xml.rels",
            format!("<Relationships>{links}</Relationships>"),
        ),
    ];
    let fixed = fixed.map(|(name, text)| (name.to_owned(), text));
    packed(
        fixed
            .into_iter()
            .chain(parts)
            .map(|(name, text)| Part::File(name, text.into_bytes())),
    )
}

fn one_sheet(sheet: &ExampleSheet, delimiter: char, of_rows: &OfRows<'_>) -> Result<String, Text> {
    // Row and column from 1, to the cell.
    let mut cells: BTreeMap<(u32, u32), SheetCell> = BTreeMap::new();
    if !sheet.rows.is_empty() {
        let text = of_rows(&sheet.rows)?;
        for (row, line) in (1..).zip(text.lines()) {
            for (column, cell) in (1..).zip(line.split(delimiter)) {
                if !cell.is_empty() {
                    cells.insert((row, column), SheetCell::Text(cell.to_owned()));
                }
            }
        }
    }
    for (address, cell) in &sheet.cells {
        let place = place_of(address).ok_or_else(|| {
            both!(
                "`{address}` is geen adres van een cel",
                "`{address}` is no address of a cell"
            )
        })?;
        cells.insert(place, cell.clone());
    }
    let mut text = "<worksheet><sheetData>".to_owned();
    let mut row = 0;
    for ((at, column), cell) in &cells {
        if *at != row {
            if row > 0 {
                text.push_str("</row>");
            }
            row = *at;
            let _ = write!(text, "<row r=\"{row}\">");
        }
        let address = format!("{}{row}", column_letters(*column));
        one_cell(&mut text, &address, cell);
    }
    if row > 0 {
        text.push_str("</row>");
    }
    text.push_str("</sheetData>");
    if !sheet.merged.is_empty() {
        text.push_str("<mergeCells>");
        for range in &sheet.merged {
            let _ = write!(text, "<mergeCell ref=\"{}\"/>", escaped(range));
        }
        text.push_str("</mergeCells>");
    }
    text.push_str("</worksheet>");
    Ok(text)
}

fn one_cell(text: &mut String, address: &str, cell: &SheetCell) {
    let _ = match cell {
        SheetCell::Text(words) => write!(
            text,
            "<c r=\"{address}\" t=\"inlineStr\"><is><t xml:space=\"preserve\">{}</t></is></c>",
            escaped(words)
        ),
        SheetCell::Formula(FormulaCell { formula, value }) => {
            let formula = escaped(formula);
            match value {
                None => write!(text, "<c r=\"{address}\"><f>{formula}</f></c>"),
                Some(value) => {
                    let kind = if value.starts_with('#') { "e" } else { "str" };
                    write!(
                        text,
                        "<c r=\"{address}\" t=\"{kind}\"><f>{formula}</f><v>{}</v></c>",
                        escaped(value)
                    )
                }
            }
        }
    };
}

/// Row and column, from 1, of an address such as `F2`.
fn place_of(address: &str) -> Option<(u32, u32)> {
    let letters = address.bytes().take_while(u8::is_ascii_uppercase).count();
    let (column, row) = address.split_at(letters);
    if column.is_empty() || column.len() > 3 {
        return None;
    }
    let column = column.bytes().fold(0, |number, letter| {
        number * 26 + u32::from(letter - b'A') + 1
    });
    let row = row.parse().ok().filter(|row| *row > 0)?;
    Some((row, column))
}

/// A zip archive of these members.
pub(super) fn archive(
    members: &[Member],
    packing: Option<Packing>,
    of_rows: &OfRows<'_>,
    filled: &dyn Fn(&str) -> String,
) -> Result<Vec<u8>, Text> {
    let mut parts = Vec::new();
    for member in members {
        let name = member.name.clone();
        parts.push(if let Some(target) = &member.link {
            Part::Link(name, target.clone())
        } else if !member.members.is_empty() {
            Part::File(name, archive(&member.members, None, of_rows, filled)?)
        } else if !member.rows.is_empty() {
            Part::File(name, of_rows(&member.rows)?.into_bytes())
        } else {
            let text = filled(member.text.as_deref().unwrap_or_default());
            Part::File(name, text.into_bytes())
        });
    }
    let mut bytes = packed(parts)?;
    match packing {
        None => {}
        // Bit 0 of the flags, and the number of the method, in each of the two headers of a member.
        Some(Packing::Password) => each_header(&mut bytes, |header, flags, _| header[flags] |= 1),
        Some(Packing::Unknown) => each_header(&mut bytes, |header, _, method| header[method] = 99),
    }
    Ok(bytes)
}

/// Visits the headers of an archive, with the places in them of flags and method.
fn each_header(bytes: &mut [u8], change: impl Fn(&mut [u8], usize, usize)) {
    for at in 0..bytes.len().saturating_sub(12) {
        if bytes[at..].starts_with(b"PK\x03\x04") {
            change(&mut bytes[at..], 6, 8);
        } else if bytes[at..].starts_with(b"PK\x01\x02") {
            change(&mut bytes[at..], 8, 10);
        }
    }
}

/// A file or link in an archive.
enum Part {
    File(String, Vec<u8>),
    Link(String, String),
}

fn packed(parts: impl IntoIterator<Item = Part>) -> Result<Vec<u8>, Text> {
    let pack = || -> Result<Vec<u8>, zip::result::ZipError> {
        let mut writer = ZipWriter::new(Cursor::new(Vec::new()));
        let options = SimpleFileOptions::default();
        for part in parts {
            match part {
                Part::File(name, bytes) => {
                    writer.start_file(name, options)?;
                    writer.write_all(&bytes)?;
                }
                Part::Link(name, target) => writer.add_symlink(name, target, options)?,
            }
        }
        Ok(writer.finish()?.into_inner())
    };
    pack().map_err(|error| {
        both!(
            "de zip is niet te maken: {error}",
            "its archive cannot be made: {error}"
        )
    })
}

/// A text in which nothing is markup.
fn escaped(text: &str) -> String {
    text.replace('&', "&amp;")
        .replace('<', "&lt;")
        .replace('>', "&gt;")
        .replace('"', "&quot;")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn addresses_are_read() {
        assert_eq!(place_of("A1"), Some((1, 1)));
        assert_eq!(place_of("AB17"), Some((17, 28)));
        for wrong in ["", "A", "1", "A0", "a1", "ABCD1", "A1B"] {
            assert_eq!(place_of(wrong), None, "{wrong}");
        }
    }
}

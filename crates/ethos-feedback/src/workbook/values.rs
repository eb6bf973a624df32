//! New values in cells of a sender's workbook: those cells change and nothing else does.

use std::collections::BTreeMap;
use std::collections::btree_map::Iter;
use std::fmt::Write;
use std::iter::Peekable;

use ethos_model::finding::column_letters;

use super::book::Book;
use super::ods;
use super::package::{Package, WorkbookError};
use super::sheet::column_of;
use super::xml::{Kind, Patch, each_tag, escaped};

/// A workbook with new values in cells of a sheet, as text: no zero is lost and nothing becomes a formula.
/// Formats, formulas of other cells, notes, widths and every other part stay. A cell that was blank and is not
/// there is put in.
///
/// # Errors
/// [`WorkbookError`] when the bytes are no workbook, a part is damaged or too large, or the sheet is not
/// there.
pub fn set_cells(
    bytes: &[u8],
    sheet: &str,
    cells: &BTreeMap<(u32, u32), &str>,
) -> Result<Vec<u8>, WorkbookError> {
    let mut package = Package::open(bytes)?;
    if ods::is_ods(&package) {
        return ods::with_values(package, sheet, cells);
    }
    let book = Book::read(&mut package)?;
    let named = book.sheets.iter().find(|(name, _)| name == sheet);
    let Some((_, part)) = named else {
        return Err(WorkbookError::NoSheet(sheet.to_owned()));
    };
    let text = package.text(part)?;
    let new = with_values(part, &text, cells)?;
    package.put(part, new);
    package.finish()
}

/// The part of a sheet with new values.
fn with_values(
    part: &str,
    text: &str,
    cells: &BTreeMap<(u32, u32), &str>,
) -> Result<String, WorkbookError> {
    let mut patch = Patch::of(text);
    let (mut row, mut column) = (0_u32, 0_u32);
    let mut left = cells.iter().peekable();
    let mut prefix = String::new();
    // Where the cell that is replaced begins, and what takes its place.
    let mut replaced: Option<(usize, String)> = None;
    each_tag(part, text, |tag| {
        match (tag.name, tag.kind) {
            ("worksheet", Kind::Open) => tag.prefix().clone_into(&mut prefix),
            ("sheetData", Kind::Empty) if left.peek().is_some() => {
                let rows = rows_before(u32::MAX, &mut left, &prefix);
                let piece = format!("{}{rows}</{}>", tag.with(&[], Kind::Open), tag.full_name);
                patch.replace(tag.span, &piece);
            }
            ("sheetData", Kind::Close) => {
                let rows = rows_before(u32::MAX, &mut left, &prefix);
                patch.insert(tag.span.start, &rows);
            }
            ("row", Kind::Open | Kind::Empty) => {
                row = tag.number("r").unwrap_or(row.saturating_add(1));
                column = 0;
                let before = rows_before(row, &mut left, &prefix);
                let here = left.peek().is_some_and(|((other, _), _)| *other == row);
                if !here {
                    patch.insert(tag.span.start, &before);
                    return Ok(());
                }
                // A cell may come in outside the columns the row says it spans.
                let mut piece = before + &tag.with(&[("spans", None)], Kind::Open);
                if tag.kind == Kind::Empty {
                    piece += &cells_before((row, u32::MAX), &mut left, &prefix);
                    let _ = write!(piece, "</{}>", tag.full_name);
                }
                patch.replace(tag.span, &piece);
            }
            ("row", Kind::Close) => {
                let rest = cells_before((row, u32::MAX), &mut left, &prefix);
                patch.insert(tag.span.start, &rest);
            }
            ("c", Kind::Open | Kind::Empty) => {
                let named = tag.get("r").and_then(|address| column_of(&address));
                column = named.unwrap_or(column.saturating_add(1));
                let before = cells_before((row, column), &mut left, &prefix);
                let Some((_, value)) = left.next_if(|(place, _)| **place == (row, column)) else {
                    patch.insert(tag.span.start, &before);
                    return Ok(());
                };
                let open = tag.with(&[("t", Some("inlineStr".into()))], Kind::Open);
                let piece = format!(
                    "{before}{open}{}</{}>",
                    inline(value, &prefix),
                    tag.full_name
                );
                if tag.kind == Kind::Empty {
                    patch.replace(tag.span, &piece);
                } else {
                    replaced = Some((tag.span.start, piece));
                }
            }
            ("c", Kind::Close) => {
                if let Some((start, piece)) = replaced.take() {
                    patch.replace(start..tag.span.end, &piece);
                }
            }
            _ => {}
        }
        Ok(())
    })?;
    Ok(patch.finish())
}

/// Values that are still to be put.
type Left<'l, 'v> = Peekable<Iter<'l, (u32, u32), &'v str>>;

/// A value within its cell.
fn inline(value: &str, prefix: &str) -> String {
    format!(
        "<{prefix}is><{prefix}t xml:space=\"preserve\">{}</{prefix}t></{prefix}is>",
        escaped(value)
    )
}

/// New cells of a row before a column.
fn cells_before((row, column): (u32, u32), left: &mut Left<'_, '_>, prefix: &str) -> String {
    let mut text = String::new();
    while let Some(((_, at), value)) =
        left.next_if(|((other, at), _)| *other == row && *at < column)
    {
        let _ = write!(
            text,
            "<{prefix}c r=\"{}{row}\" t=\"inlineStr\">{}</{prefix}c>",
            column_letters(*at),
            inline(value, prefix)
        );
    }
    text
}

/// New rows before a row.
fn rows_before(before: u32, left: &mut Left<'_, '_>, prefix: &str) -> String {
    let mut text = String::new();
    while let Some(row) = left
        .peek()
        .map(|((row, _), _)| *row)
        .filter(|row| *row < before)
    {
        let cells = cells_before((row, u32::MAX), left, prefix);
        let _ = write!(text, "<{prefix}row r=\"{row}\">{cells}</{prefix}row>");
    }
    text
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_value_takes_anothers_place_and_the_rest_stays() {
        let sheet = "<worksheet><sheetData><row r=\"2\"><c r=\"A2\" s=\"3\" t=\"s\"><v>4</v></c><c r=\"C2\"><f>A1</f></c></row><row><c><v>363</v></c><c s=\"1\"/></row></sheetData><x/></worksheet>";
        let cells = BTreeMap::from([
            ((2, 1), "a<b"),
            ((3, 1), "0363"),
            ((3, 2), "x"),
            ((3, 4), "0"),
            ((9, 9), "y"),
        ]);
        assert_eq!(
            with_values("s", sheet, &cells).unwrap(),
            "<worksheet><sheetData><row r=\"2\"><c r=\"A2\" s=\"3\" t=\"inlineStr\"><is><t xml:space=\"preserve\">a&lt;b</t></is></c><c r=\"C2\"><f>A1</f></c></row>\
             <row><c t=\"inlineStr\"><is><t xml:space=\"preserve\">0363</t></is></c><c s=\"1\" t=\"inlineStr\"><is><t xml:space=\"preserve\">x</t></is></c><c r=\"D3\" t=\"inlineStr\"><is><t xml:space=\"preserve\">0</t></is></c></row>\
             <row r=\"9\"><c r=\"I9\" t=\"inlineStr\"><is><t xml:space=\"preserve\">y</t></is></c></row></sheetData><x/></worksheet>"
        );
        assert_eq!(with_values("s", sheet, &BTreeMap::new()).unwrap(), sheet);
    }
}

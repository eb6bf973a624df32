//! New values in cells of a sender's workbook: those cells change and nothing else does.

use std::collections::BTreeMap;

use super::mark::Book;
use super::package::{Package, WorkbookError};
use super::sheet::column_of;
use super::xml::{Kind, Patch, each_tag, escaped};

/// A workbook with new values in cells of a sheet, as text: no zero is lost and nothing becomes a formula.
/// Formats, formulas of other cells, notes, widths and every other part stay. Cells that are not there
/// stay away: a value takes another's place.
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
    let (mut row, mut column) = (0, 0);
    // Where the cell that is replaced begins, and what takes its place.
    let mut replaced: Option<(usize, String)> = None;
    each_tag(part, text, |tag| {
        match (tag.name, tag.kind) {
            ("row", Kind::Open | Kind::Empty) => {
                row = tag.number("r").unwrap_or(row + 1);
                column = 0;
            }
            ("c", Kind::Open | Kind::Empty) => {
                let named = tag.get("r").and_then(|address| column_of(&address));
                column = named.unwrap_or(column + 1);
                let Some(value) = cells.get(&(row, column)) else {
                    return Ok(());
                };
                let prefix = tag.prefix();
                let open = tag.with(&[("t", Some("inlineStr".into()))], Kind::Open);
                let piece = format!(
                    "{open}<{prefix}is><{prefix}t xml:space=\"preserve\">{}</{prefix}t></{prefix}is></{}>",
                    escaped(value),
                    tag.full_name,
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
            ((9, 9), "y"),
        ]);
        assert_eq!(
            with_values("s", sheet, &cells).unwrap(),
            "<worksheet><sheetData><row r=\"2\"><c r=\"A2\" s=\"3\" t=\"inlineStr\"><is><t xml:space=\"preserve\">a&lt;b</t></is></c><c r=\"C2\"><f>A1</f></c></row>\
             <row><c t=\"inlineStr\"><is><t xml:space=\"preserve\">0363</t></is></c><c s=\"1\" t=\"inlineStr\"><is><t xml:space=\"preserve\">x</t></is></c></row></sheetData><x/></worksheet>"
        );
        assert_eq!(with_values("s", sheet, &BTreeMap::new()).unwrap(), sheet);
    }
}

//! A workbook with marks: which parts change, and how they name each other.

use ethos_model::finding::Severity;

use super::book::{Book, Relationships, declare_extension, declare_part, free_part};
use super::front::FrontSheet;
use super::notes::{self, NO_BOXES, NO_COMMENTS, Notes};
use super::ods;
use super::package::{Package, WorkbookError, relationships_of, resolved};
use super::sheet::{self, Cells};
use super::styles::Styles;

/// Notes on one sheet at most; more cells are coloured, and the first sheet says so.
pub(super) const MAX_NOTES: usize = 5_000;

/// Characters of one note at most: a spreadsheet takes 32,767 in a cell.
const MAX_NOTE: usize = 2_000;

/// A cell to colour, with a note.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct Mark {
    /// Row, 1 for the first.
    pub row: u32,
    /// Column, 1 for the first.
    pub column: u32,
    /// Gives the colour; the gravest mark of a cell wins.
    pub severity: Severity,
    /// What the note says; the notes of a cell are put together.
    pub note: String,
}

/// The marks of one sheet.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct SheetMarks {
    /// Name of the sheet.
    pub sheet: String,
    /// Its marks, in any order.
    pub marks: Vec<Mark>,
}

/// A workbook (`.xlsx`, `.xlsm` or `.ods`) with cells coloured, notes on them and a sheet before the others.
///
/// Marks of an earlier round are replaced: our sheet is written anew, whatever it is called by now, our notes
/// are taken out, and cells that we coloured lose their colour. A sender's own sheet of that name stays; ours
/// gets another then. Beyond 5,000 notes a sheet, cells are coloured
/// without one. All other parts are copied byte for byte, so formulas, widths, formats, charts and the
/// sender's own notes stay. The same input gives the same bytes.
///
/// # Errors
/// [`WorkbookError`] when the bytes are no workbook, a part is damaged or larger than a gigabyte, or a
/// sheet is not there.
pub fn mark_workbook(
    bytes: &[u8],
    sheets: &[SheetMarks],
    front: &FrontSheet,
) -> Result<Vec<u8>, WorkbookError> {
    let mut package = Package::open(bytes)?;
    if ods::is_ods(&package) {
        return ods::marked(package, sheets, front);
    }
    let mut book = Book::read(&mut package)?;
    let styles_part = book.styles_part(&mut package)?;
    let mut styles = Styles::read(package.text(&styles_part)?)?;
    let ours = book.ours.clone();
    for (name, part) in book.sheets.clone() {
        if ours.as_ref() == Some(&name) {
            continue;
        }
        let marks = sheets.iter().find(|marks| marks.sheet == name);
        mark_sheet(
            &mut package,
            &part,
            marks.map_or(&[], |marks| &marks.marks),
            &mut styles,
        )?;
    }
    if let Some(missing) = sheets
        .iter()
        .find(|marks| ours.as_ref() == Some(&marks.sheet) || !book.has(&marks.sheet))
    {
        return Err(WorkbookError::NoSheet(missing.sheet.clone()));
    }
    let front_text = front.part(&mut styles);
    let front_part = book.put_front(&mut package, front)?;
    package.put(&front_part, front_text);
    package.put(&styles_part, styles.finish()?);
    package.finish()
}

/// The cells to colour, and the text of the note of each, of which there may be less.
pub(super) fn gathered(marks: &[Mark]) -> (Cells, Notes) {
    let mut cells = Cells::new();
    let mut texts = Notes::new();
    for mark in marks {
        if mark.row == 0 || mark.column == 0 {
            continue;
        }
        let place = (mark.row, mark.column);
        let severity = cells.entry(place).or_insert(mark.severity);
        *severity = (*severity).max(mark.severity);
        if texts.len() >= MAX_NOTES && !texts.contains_key(&place) {
            continue;
        }
        let text = texts.entry(place).or_default();
        if text.len() + mark.note.len() < MAX_NOTE {
            if !text.is_empty() {
                text.push_str("\n\n");
            }
            text.push_str(&mark.note);
        }
    }
    (cells, texts)
}

fn mark_sheet(
    package: &mut Package<'_>,
    part: &str,
    marks: &[Mark],
    styles: &mut Styles,
) -> Result<(), WorkbookError> {
    let (cells, texts) = gathered(marks);
    let text = package.text(part)?;
    let relationships = relationships_of(part);
    let old = Relationships::read(package, &relationships)?;
    let comments = old
        .target_of_type("comments")
        .map(|target| resolved(part, &target));
    let named = sheet::notes_relationship(part, &text)?;
    if texts.is_empty() && comments.is_none() {
        let text = sheet::marked(part, &text, &cells, styles, None)?;
        package.put(part, text);
        return Ok(());
    }
    let mut links = old;
    let comments_part = if let Some(existing) = comments {
        existing
    } else {
        let new = free_part(package, "xl/comments", "xml");
        links.add("comments", &format!("/{new}"));
        declare_part(
            package,
            &new,
            "application/vnd.openxmlformats-officedocument.spreadsheetml.comments+xml",
        )?;
        new
    };
    let drawn = named.as_deref().and_then(|id| links.target(id));
    let (boxes_part, new_id) = if let Some(target) = drawn {
        (resolved(part, &target), None)
    } else {
        let new = free_part(package, "xl/drawings/vmlDrawing", "vml");
        let id = links.add("vmlDrawing", &format!("/{new}"));
        declare_extension(
            package,
            "vml",
            "application/vnd.openxmlformats-officedocument.vmlDrawing",
        )?;
        (new, Some(id))
    };
    let before = package.text_or(&comments_part, NO_COMMENTS)?;
    let (after, boxed) = notes::comments(&comments_part, &before, &texts)?;
    package.put(&comments_part, after);
    let before = package.text_or(&boxes_part, NO_BOXES)?;
    package.put(&boxes_part, notes::boxes(&boxes_part, &before, &boxed)?);
    links.write(package, &relationships)?;
    let text = sheet::marked(part, &text, &cells, styles, new_id.as_deref())?;
    package.put(part, text);
    Ok(())
}

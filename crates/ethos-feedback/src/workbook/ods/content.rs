//! The part with the sheets: what is changed in it, and where.

use std::collections::BTreeMap;
use std::ops::Range;

use super::cells::{Change, Changes};
use super::front;
use super::marks::{self, Marks};
use super::rows::Walk;
use super::styles::Styles;
use crate::workbook::front::FrontSheet;
use crate::workbook::mark::{SheetMarks, gathered};
use crate::workbook::ours::free_name;
use crate::workbook::package::{MAX_PART, Package, WorkbookError};
use crate::workbook::xml::{Kind, Patch, Tag, each_tag};

/// The part with the sheets.
pub(super) const PART: &str = "content.xml";

/// The part that says which sheet is shown first.
const SETTINGS: &str = "settings.xml";

/// Prefixes of what is written here, as every writer of the format has them.
const NAMESPACES: [(&str, &str); 7] = [
    (
        "xmlns:office",
        "urn:oasis:names:tc:opendocument:xmlns:office:1.0",
    ),
    (
        "xmlns:table",
        "urn:oasis:names:tc:opendocument:xmlns:table:1.0",
    ),
    (
        "xmlns:text",
        "urn:oasis:names:tc:opendocument:xmlns:text:1.0",
    ),
    (
        "xmlns:style",
        "urn:oasis:names:tc:opendocument:xmlns:style:1.0",
    ),
    (
        "xmlns:fo",
        "urn:oasis:names:tc:opendocument:xmlns:xsl-fo-compatible:1.0",
    ),
    ("xmlns:dc", "http://purl.org/dc/elements/1.1/"),
    ("xmlns:xlink", "http://www.w3.org/1999/xlink"),
];

/// Whether a workbook is an OpenDocument one.
pub(in crate::workbook) fn is_ods(package: &Package<'_>) -> bool {
    package.has(PART)
}

/// Pieces that take the place of spans of a part, in order.
#[derive(Default)]
pub(super) struct Edits {
    list: Vec<(Range<usize>, String)>,
    size: u64,
}

impl Edits {
    /// # Errors
    /// When the part would become larger than one may be: a run of a million rows is written once, and
    /// each row of it that is marked a second time.
    pub(super) fn put(&mut self, span: Range<usize>, piece: String) -> Result<(), WorkbookError> {
        self.size += piece.len() as u64;
        if self.size > MAX_PART {
            return Err(WorkbookError::TooLarge(PART.to_owned()));
        }
        self.list.push((span, piece));
        Ok(())
    }
}

/// The workbook with marks and a first sheet; see [`mark_workbook`](crate::workbook::mark_workbook).
pub(in crate::workbook) fn marked(
    mut package: Package<'_>,
    sheets: &[SheetMarks],
    front: &FrontSheet,
) -> Result<Vec<u8>, WorkbookError> {
    let gathered: Vec<_> = sheets
        .iter()
        .map(|marks| (marks.sheet.as_str(), gathered(&marks.marks)))
        .collect();
    let mut changes: BTreeMap<&str, Changes<'_>> = BTreeMap::new();
    for (sheet, (cells, notes)) in &gathered {
        let of_sheet = cells.iter().map(|(place, severity)| {
            let note = notes.get(place).map(String::as_str);
            (*place, Change::Mark(*severity, note))
        });
        changes.entry(sheet).or_insert_with(|| of_sheet.collect());
    }
    let text = package.text(PART)?;
    let marks = Marks::read(&text)?;
    let ours = marks.ours.as_deref();
    let others = marks.sheets.iter().map(String::as_str);
    let front = &FrontSheet {
        name: free_name(&front.name, others.filter(|name| ours != Some(*name))),
        ..front.clone()
    };
    let new = changed(&text, &changes, Some((front, &marks)))?;
    package.put(PART, new);
    show_first(&mut package, &front.name)?;
    marks::say_made_of(&mut package, &front.made_of)?;
    package.finish()
}

/// The workbook with new values in cells of a sheet, as text.
pub(in crate::workbook) fn with_values(
    mut package: Package<'_>,
    sheet: &str,
    cells: &BTreeMap<(u32, u32), &str>,
) -> Result<Vec<u8>, WorkbookError> {
    let values = cells
        .iter()
        .map(|(place, value)| (*place, Change::Value(value)))
        .collect();
    let text = package.text(PART)?;
    let new = changed(&text, &BTreeMap::from([(sheet, values)]), None)?;
    package.put(PART, new);
    package.finish()
}

/// The part with its changes. With a first sheet, marks of an earlier round are taken out.
fn changed(
    text: &str,
    changes: &BTreeMap<&str, Changes<'_>>,
    front: Option<(&FrontSheet, &Marks)>,
) -> Result<String, WorkbookError> {
    let mut styles = Styles::read(text)?;
    let mut walk = Walk::new(text, changes, &mut styles, front.map(|(_, marks)| marks));
    each_tag(PART, text, |tag| walk.tag(tag))?;
    let (mut body, first) = walk.finish()?;
    let mut head = Edits::default();
    if let Some((front, marks)) = front {
        marks.name(&front.name, &mut body)?;
        let new = styles.finish(front, &mut head)?;
        let sheet = front::sheet(front);
        // Where an earlier round put it, or before the others.
        let span = first.ok_or_else(|| WorkbookError::damaged(PART, "it has no sheet"))?;
        return Ok(patched(text, vec![head, new, body], Some((span, sheet))));
    }
    Ok(patched(text, vec![body], None))
}

fn patched(text: &str, edits: Vec<Edits>, sheet: Option<(Range<usize>, String)>) -> String {
    let mut all: Vec<(Range<usize>, String)> = edits
        .into_iter()
        .flat_map(|edits| edits.list)
        .chain(sheet)
        .collect();
    // Stable: of pieces at one place those that were put first stand first.
    all.sort_by_key(|(span, _)| span.start);
    let mut patch = Patch::of(text);
    for (span, piece) in all {
        patch.replace(span, &piece);
    }
    patch.finish()
}

/// The tag of the part with the prefixes that our pieces need; `None` where it has them.
///
/// # Errors
/// A part in which a prefix stands for something else.
pub(super) fn with_prefixes(root: &Tag<'_>) -> Result<Option<String>, WorkbookError> {
    let mut missing = Vec::new();
    for (name, meaning) in NAMESPACES {
        match root.whole(name) {
            None => missing.push((name, Some(meaning.to_owned()))),
            Some(known) if known == meaning => {}
            Some(_) => {
                return Err(WorkbookError::damaged(
                    PART,
                    format!("`{name}` stands for something unusual; save the file again"),
                ));
            }
        }
    }
    Ok((!missing.is_empty()).then(|| root.with(&missing, Kind::Open)))
}

/// Has the workbook open at a sheet. What says so may be missing; it is no part of the data.
fn show_first(package: &mut Package<'_>, sheet: &str) -> Result<(), WorkbookError> {
    if !package.has(SETTINGS) {
        return Ok(());
    }
    let text = package.text(SETTINGS)?;
    let mut patch = Patch::of(&text);
    let mut from = None;
    let read = each_tag(SETTINGS, &text, |tag| {
        match tag.kind {
            Kind::Open => {
                let active = tag.get("name").is_some_and(|name| name == "ActiveTable");
                from = (tag.name == "config-item" && active).then_some(tag.span.end);
            }
            Kind::Close => {
                if let Some(from) = from.take() {
                    let name = crate::workbook::xml::escaped(sheet);
                    patch.replace(from..tag.span.start, &name);
                }
            }
            Kind::Empty => {}
        }
        Ok(())
    });
    // Settings that cannot be read stay as they are: the sheets can be marked all the same.
    if read.is_ok() {
        let new = patch.finish();
        package.put(SETTINGS, new);
    }
    Ok(())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_part_does_not_grow_without_end() {
        let mut edits = Edits {
            list: Vec::new(),
            size: MAX_PART - 3,
        };
        edits.put(0..0, "abc".into()).unwrap();
        let refused = edits.put(0..0, "d".into());
        assert!(matches!(refused, Err(WorkbookError::TooLarge(_))));
    }
}

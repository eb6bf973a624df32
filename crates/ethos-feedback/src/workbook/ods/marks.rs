//! Marks by which our sheet, and a workbook that we made, are known again in this format.

use std::ops::Range;

use super::content::{Edits, PART};
use crate::workbook::ours::{FILE, SHEET, sheet_in};
use crate::workbook::package::{Package, WorkbookError};
use crate::workbook::xml::{Kind, Patch, each_tag, escaped};

/// The part that says who made the workbook, and of what.
const META: &str = "meta.xml";

/// Formats of our sheet begin with this until a spreadsheet saves the workbook.
const STYLE: &str = "ethos-front";

/// The sheets of a workbook, and what tells which one is ours.
#[derive(Default)]
pub(super) struct Marks {
    /// Names of the sheets.
    pub(super) sheets: Vec<String>,
    /// The name of the sheet that an earlier round put there.
    pub(super) ours: Option<String>,
    /// Where the name that stands for our sheet is.
    named: Option<Range<usize>>,
    /// Where the names of the whole workbook are, or behind which they go.
    names: Option<(Range<usize>, Kind)>,
    last: usize,
}

impl Marks {
    pub(super) fn read(text: &str) -> Result<Self, WorkbookError> {
        let mut marks = Self::default();
        let mut by_style = None;
        let mut by_name = None;
        let (mut tables, mut open) = (0_usize, None);
        each_tag(PART, text, |tag| {
            match (tag.name, tag.kind) {
                ("table", Kind::Open | Kind::Empty) => {
                    if tables == 0 {
                        let name = tag.get("name").unwrap_or_default();
                        if tag.get("style-name").as_deref() == Some(STYLE) {
                            by_style = by_style.take().or(Some(name.clone()));
                        }
                        marks.sheets.push(name);
                        marks.last = tag.span.end;
                    }
                    tables += usize::from(tag.kind == Kind::Open);
                }
                ("table", Kind::Close) => {
                    tables = tables.saturating_sub(1);
                    if tables == 0 {
                        marks.last = tag.span.end;
                    }
                }
                ("named-expressions", Kind::Open | Kind::Empty) if tables == 0 => {
                    marks.names = Some((tag.span, tag.kind));
                }
                ("named-range", Kind::Open | Kind::Empty)
                    if tables == 0 && tag.get("name").as_deref() == Some(SHEET) =>
                {
                    let reference = tag.get("cell-range-address").unwrap_or_default();
                    by_name = sheet_in(&reference);
                    open = (tag.kind == Kind::Open).then_some(tag.span.start);
                    marks.named = Some(tag.span);
                }
                ("named-range", Kind::Close) => {
                    if let Some(start) = open.take() {
                        marks.named = Some(start..tag.span.end);
                    }
                }
                _ => {}
            }
            Ok(())
        })?;
        let by_name = by_name.filter(|name| marks.sheets.contains(name));
        marks.ours = by_name.or(by_style);
        Ok(marks)
    }

    /// Lets the name stand for our sheet, whatever that is called now.
    pub(super) fn name(&self, sheet: &str, edits: &mut Edits) -> Result<(), WorkbookError> {
        let cell = escaped(&format!("$'{}'.$A$1", sheet.replace('\'', "''")));
        let named = format!(
            "<table:named-range table:name=\"{SHEET}\" table:base-cell-address=\"{cell}\" table:cell-range-address=\"{cell}\"/>"
        );
        let whole = format!("<table:named-expressions>{named}</table:named-expressions>");
        match (&self.named, &self.names) {
            (Some(span), _) => edits.put(span.clone(), named),
            (None, Some((span, Kind::Empty))) => edits.put(span.clone(), whole),
            (None, Some((span, _))) => edits.put(span.end..span.end, named),
            (None, None) => edits.put(self.last..self.last, whole),
        }
    }
}

/// Says in the workbook of which file it was made. What says so may be missing; it is no part of the data.
pub(super) fn say_made_of(package: &mut Package<'_>, sha256: &str) -> Result<(), WorkbookError> {
    if !package.has(META) {
        return Ok(());
    }
    let text = package.text(META)?;
    let mut old = None;
    let (mut open, mut end) = (None, None);
    let mut known = false;
    let read = each_tag(META, &text, |tag| {
        known |= tag.whole("xmlns:meta").is_some();
        match (tag.name, tag.kind) {
            ("user-defined", Kind::Open) if tag.get("name").as_deref() == Some(FILE) => {
                open = Some(tag.span.start);
            }
            ("user-defined", Kind::Close) => {
                if let Some(start) = open.take() {
                    old = Some(start..tag.span.end);
                }
            }
            ("meta", Kind::Close) => end = Some(tag.span.start),
            _ => {}
        }
        Ok(())
    });
    let piece = if sha256.is_empty() {
        String::new()
    } else {
        let sha256 = escaped(sha256);
        format!("<meta:user-defined meta:name=\"{FILE}\">{sha256}</meta:user-defined>")
    };
    let span = old.or(end.map(|end| end..end));
    if let (Ok(()), true, Some(span)) = (read, known, span) {
        let mut patch = Patch::of(&text);
        patch.replace(span, &piece);
        let new = patch.finish();
        package.put(META, new);
    }
    Ok(())
}

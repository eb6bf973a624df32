//! The cells of a sheet: a marked one gets its coloured format, and one that was blank is put in.

use std::collections::BTreeMap;
use std::collections::btree_map::Range;
use std::fmt::Write;
use std::iter::Peekable;

use ethos_model::finding::{Severity, column_letters};

use super::package::WorkbookError;
use super::styles::Styles;
use super::xml::{Kind, Patch, each_tag};

/// Cells to colour: (row, column), both from 1, to severity.
pub(super) type Cells = BTreeMap<(u32, u32), Severity>;

/// Elements that may only stand behind the one that names the boxes of notes (ECMA-376 §18.3.1.99).
const BEHIND_NOTES: [&str; 8] = [
    "legacyDrawingHF",
    "drawingHF",
    "picture",
    "oleObjects",
    "controls",
    "webPublishItems",
    "tableParts",
    "extLst",
];

const RELATIONSHIPS: &str = "http://schemas.openxmlformats.org/officeDocument/2006/relationships";

/// The relationship a sheet names its boxes of notes by, if it has them.
pub(super) fn notes_relationship(part: &str, text: &str) -> Result<Option<String>, WorkbookError> {
    let mut found = None;
    each_tag(part, text, |tag| {
        if tag.name == "legacyDrawing" {
            found = tag.get("id");
        }
        Ok(())
    })?;
    Ok(found)
}

/// The sheet with coloured cells and, where `notes` names a relationship, the place of their boxes.
/// A sheet that is not the first any more is not the selected one either.
pub(super) fn marked(
    part: &str,
    text: &str,
    cells: &Cells,
    styles: &mut Styles,
    notes: Option<&str>,
) -> Result<String, WorkbookError> {
    let mut walk = Walk {
        patch: Patch::of(text),
        styles,
        prefix: String::new(),
        row: 0,
        row_format: 0,
        column: 0,
        rows: cells.range(..).peekable(),
    };
    let mut depth = 0_u32;
    let mut notes = notes;
    each_tag(part, text, |tag| {
        match tag.kind {
            Kind::Open => depth += 1,
            Kind::Close => depth -= 1,
            Kind::Empty => {}
        }
        let outer = depth == 1 + u32::from(tag.kind == Kind::Open);
        match (tag.name, tag.kind) {
            ("worksheet", Kind::Open) => tag.prefix().clone_into(&mut walk.prefix),
            ("sheetView", _) if tag.get("tabSelected").is_some() => {
                let piece = tag.with(&[("tabSelected", None)], tag.kind);
                walk.patch.replace(tag.span, &piece);
            }
            ("sheetData", Kind::Empty) if !cells.is_empty() => {
                let open = tag.with(&[], Kind::Open);
                let rows = walk.rows_before(u32::MAX);
                let piece = format!("{open}{rows}</{}>", tag.full_name);
                walk.patch.replace(tag.span, &piece);
            }
            ("sheetData", Kind::Close) => {
                let rows = walk.rows_before(u32::MAX);
                walk.patch.insert(tag.span.start, &rows);
            }
            ("row", Kind::Open | Kind::Empty) => walk.row(&tag),
            ("row", Kind::Close) => {
                let rest = walk.cells_before(u32::MAX);
                walk.patch.insert(tag.span.start, &rest);
            }
            ("c", Kind::Open | Kind::Empty) => walk.cell(&tag),
            (name, Kind::Open | Kind::Empty) if outer && BEHIND_NOTES.contains(&name) => {
                if let Some(id) = notes.take() {
                    let piece = drawing(&walk.prefix, id);
                    walk.patch.insert(tag.span.start, &piece);
                }
            }
            ("worksheet", Kind::Close) => {
                if let Some(id) = notes.take() {
                    let piece = drawing(&walk.prefix, id);
                    walk.patch.insert(tag.span.start, &piece);
                }
            }
            _ => {}
        }
        Ok(())
    })?;
    Ok(walk.patch.finish())
}

fn drawing(prefix: &str, id: &str) -> String {
    format!("<{prefix}legacyDrawing xmlns:r=\"{RELATIONSHIPS}\" r:id=\"{id}\"/>")
}

/// Where in the sheet the walk is, and which cells are still to be coloured.
struct Walk<'t, 's, 'c> {
    patch: Patch<'t>,
    styles: &'s mut Styles,
    prefix: String,
    row: u32,
    row_format: u32,
    column: u32,
    rows: Peekable<Range<'c, (u32, u32), Severity>>,
}

impl Walk<'_, '_, '_> {
    fn row(&mut self, tag: &super::xml::Tag<'_>) {
        // The number may be left out: the row is then the next one.
        let number = tag.number("r").unwrap_or(self.row.saturating_add(1));
        let before = self.rows_before(number);
        self.row = number;
        self.column = 0;
        self.row_format = match tag.number("customFormat") {
            Some(1) => tag.number("s").unwrap_or(0),
            _ => 0,
        };
        let has_marks = self.rows.peek().is_some_and(|((row, _), _)| *row == number);
        if !has_marks {
            self.patch.insert(tag.span.start, &before);
            return;
        }
        // A cell may come in outside the columns the row says it spans.
        let open = tag.with(&[("spans", None)], Kind::Open);
        let rest = if tag.kind == Kind::Empty {
            let cells = self.cells_before(u32::MAX);
            format!("{cells}</{}>", tag.full_name)
        } else {
            String::new()
        };
        self.patch
            .replace(tag.span.clone(), &format!("{before}{open}{rest}"));
    }

    fn cell(&mut self, tag: &super::xml::Tag<'_>) {
        let column = tag
            .get("r")
            .and_then(|address| column_of(&address))
            .unwrap_or(self.column.saturating_add(1));
        let before = self.cells_before(column);
        self.column = column;
        let here = (self.row, column);
        let Some((_, severity)) = self.rows.next_if(|(place, _)| **place == here) else {
            self.patch.insert(tag.span.start, &before);
            return;
        };
        let base = tag.number("s").unwrap_or(0);
        let format = self.styles.marked(base, *severity);
        let piece = tag.with(&[("s", Some(format.to_string()))], tag.kind);
        self.patch
            .replace(tag.span.clone(), &format!("{before}{piece}"));
    }

    /// New cells of this row before a column.
    fn cells_before(&mut self, column: u32) -> String {
        let mut text = String::new();
        let row = self.row;
        while let Some(((_, at), severity)) = self
            .rows
            .next_if(|((other, at), _)| *other == row && *at < column)
        {
            let format = self.styles.marked(self.row_format, *severity);
            let _ = write!(
                text,
                "<{}c r=\"{}{row}\" s=\"{format}\"/>",
                self.prefix,
                column_letters(*at)
            );
        }
        text
    }

    /// New rows before a row.
    fn rows_before(&mut self, number: u32) -> String {
        let mut text = String::new();
        while let Some(row) = self
            .rows
            .peek()
            .map(|(place, _)| place.0)
            .filter(|row| *row < number)
        {
            self.row = row;
            self.row_format = 0;
            let cells = self.cells_before(u32::MAX);
            let prefix = &self.prefix;
            let _ = write!(text, "<{prefix}row r=\"{row}\">{cells}</{prefix}row>");
        }
        text
    }
}

/// The column of a cell's address, from 1.
pub(super) fn column_of(address: &str) -> Option<u32> {
    let letters = address.bytes().take_while(u8::is_ascii_alphabetic);
    let number = letters.take(4).fold(0_u32, |number, letter| {
        number * 26 + u32::from(letter.to_ascii_uppercase() - b'A') + 1
    });
    (number > 0).then_some(number)
}

#[cfg(test)]
mod tests {
    use super::super::styles::MINIMAL;
    use super::*;

    fn mark(sheet: &str, cells: &[((u32, u32), Severity)]) -> String {
        let mut styles = Styles::read(MINIMAL.to_owned()).unwrap();
        marked(
            "s",
            sheet,
            &cells.iter().copied().collect(),
            &mut styles,
            None,
        )
        .unwrap()
    }

    #[test]
    fn cells_are_coloured_where_they_are_and_put_in_where_they_are_not() {
        let sheet = "<worksheet><sheetData><row r=\"2\" spans=\"1:3\"><c r=\"A2\" s=\"0\" t=\"s\"><v>4</v></c><c r=\"C2\"><f>A1</f></c></row><row r=\"5\"/></sheetData></worksheet>";
        let marks = [
            ((1, 1), Severity::Error),
            ((2, 1), Severity::Error),
            ((2, 2), Severity::Error),
            ((2, 4), Severity::Error),
            ((5, 2), Severity::Error),
            ((9, 1), Severity::Error),
        ];
        assert_eq!(
            mark(sheet, &marks),
            "<worksheet><sheetData><row r=\"1\"><c r=\"A1\" s=\"1\"/></row>\
             <row r=\"2\"><c r=\"A2\" s=\"1\" t=\"s\"><v>4</v></c><c r=\"B2\" s=\"1\"/><c r=\"C2\"><f>A1</f></c><c r=\"D2\" s=\"1\"/></row>\
             <row r=\"5\"><c r=\"B5\" s=\"1\"/></row><row r=\"9\"><c r=\"A9\" s=\"1\"/></row></sheetData></worksheet>"
        );
        assert_eq!(mark(sheet, &[]), sheet);
    }

    #[test]
    fn cells_without_addresses_are_counted() {
        let sheet = "<x:worksheet><x:sheetData><x:row><x:c/><x:c/></x:row><x:row><x:c/></x:row></x:sheetData></x:worksheet>";
        assert_eq!(
            mark(sheet, &[((1, 2), Severity::Note), ((2, 1), Severity::Note)]),
            "<x:worksheet><x:sheetData><x:row><x:c/><x:c s=\"1\"/></x:row><x:row><x:c s=\"1\"/></x:row></x:sheetData></x:worksheet>"
        );
        // The last row that a number can be is followed by none.
        let last = "<worksheet><sheetData><row r=\"4294967295\"/><row/></sheetData></worksheet>";
        assert_eq!(mark(last, &[]), last);
        assert_eq!(
            mark(
                "<worksheet><sheetData/></worksheet>",
                &[((3, 28), Severity::Note)]
            ),
            "<worksheet><sheetData><row r=\"3\"><c r=\"AB3\" s=\"1\"/></row></sheetData></worksheet>"
        );
    }

    #[test]
    fn notes_go_where_the_standard_puts_them() {
        let mut styles = Styles::read(MINIMAL.to_owned()).unwrap();
        let sheet =
            "<worksheet><sheetData/><drawing/><extLst><ext><picture/></ext></extLst></worksheet>";
        let with = marked("s", sheet, &Cells::new(), &mut styles, Some("rId9")).unwrap();
        assert!(with.contains("<drawing/><legacyDrawing xmlns:r="));
        assert!(with.contains("r:id=\"rId9\"/><extLst>"));
        assert_eq!(
            notes_relationship("s", &with).unwrap().as_deref(),
            Some("rId9")
        );
    }
}

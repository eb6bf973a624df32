//! The walk over sheets and rows: a row that changes is written anew, and every other stays as it is.

use std::collections::BTreeMap;
use std::fmt::Write;
use std::ops::Range;

use super::cells::{Cell, Change, Changes, Columns, Writer, count};
use super::content::Edits;
use super::marks::Marks;
use super::notes::Note;
use super::styles::Styles;
use crate::workbook::package::WorkbookError;
use crate::workbook::xml::{Kind, Tag};

/// The walk, which is given every tag of the part in order.
pub(super) struct Walk<'t, 'c> {
    text: &'t str,
    changes: &'c BTreeMap<&'c str, Changes<'c>>,
    styles: &'c mut Styles<'t>,
    /// Marks of an earlier round, where they are to be taken out.
    marks: Option<&'c Marks>,
    edits: Edits,
    /// Sheets that are changed and were not met yet.
    missing: Vec<&'c str>,
    /// Where the first sheet goes: where it is, or before the others.
    first: Option<Range<usize>>,
    /// Where the first sheet of an earlier round begins, while the walk is in it.
    old_front: Option<usize>,
    /// Tables that are open: one within a cell or drawing is no sheet.
    tables: usize,
    /// The sheet at hand, `None` for one that stays as it is.
    sheet: Option<&'c Changes<'c>>,
    columns: Columns,
    /// The last row, and whether there was one.
    row_number: u32,
    has_rows: bool,
    row: Option<Row<'t>>,
    cell: Option<Cell<'t>>,
    /// Tags that are open within the cell.
    depth: usize,
    note: Option<Note<'t>>,
    /// Where a paragraph of the cell begins.
    paragraph: usize,
}

/// A row, or rows one after the other that are alike.
struct Row<'t> {
    tag: Tag<'t>,
    first: u32,
    repeated: u32,
    style: Option<String>,
    cells: Vec<Cell<'t>>,
    next_column: u32,
}

const NO_CHANGES: &Changes<'static> = &BTreeMap::new();

impl<'t, 'c> Walk<'t, 'c> {
    pub(super) fn new(
        text: &'t str,
        changes: &'c BTreeMap<&'c str, Changes<'c>>,
        styles: &'c mut Styles<'t>,
        marks: Option<&'c Marks>,
    ) -> Self {
        Self {
            text,
            changes,
            styles,
            marks,
            edits: Edits::default(),
            missing: changes.keys().copied().collect(),
            first: None,
            old_front: None,
            tables: 0,
            sheet: None,
            columns: Columns::new(),
            row_number: 0,
            has_rows: false,
            row: None,
            cell: None,
            depth: 0,
            note: None,
            paragraph: 0,
        }
    }

    /// What changes, and where the first sheet goes.
    ///
    /// # Errors
    /// A sheet that is not there.
    pub(super) fn finish(self) -> Result<(Edits, Option<Range<usize>>), WorkbookError> {
        match self.missing.first() {
            Some(sheet) => Err(WorkbookError::NoSheet((*sheet).to_owned())),
            None => Ok((self.edits, self.first)),
        }
    }

    /// Takes the next tag.
    pub(super) fn tag(&mut self, tag: Tag<'t>) -> Result<(), WorkbookError> {
        if self.cell.is_some() {
            self.within_cell(tag);
            return Ok(());
        }
        match (tag.name, tag.kind) {
            ("table", Kind::Open) => self.open_table(&tag),
            ("table", Kind::Empty) if self.tables == 0 => {
                self.open_table(&tag);
                self.close_table(&tag)?;
            }
            ("table", Kind::Close) => self.close_table(&tag)?,
            _ if self.tables != 1 || self.sheet.is_none() => {}
            ("table-column", Kind::Open | Kind::Empty) => {
                let count = count(&tag, "number-columns-repeated");
                self.columns.add(count, tag.get("default-cell-style-name"));
            }
            ("table-row", Kind::Open | Kind::Empty) => {
                let repeated = count(&tag, "number-rows-repeated");
                let row = Row {
                    first: self.row_number.saturating_add(1),
                    repeated,
                    style: tag.get("default-cell-style-name"),
                    cells: Vec::new(),
                    next_column: 1,
                    tag,
                };
                self.row_number = self.row_number.saturating_add(repeated);
                self.has_rows = true;
                if row.tag.kind == Kind::Empty {
                    let end = row.tag.span.end;
                    self.close_row(&row, end..end)?;
                } else {
                    self.row = Some(row);
                }
            }
            ("table-row", Kind::Close) => {
                if let Some(row) = self.row.take() {
                    self.close_row(&row, tag.span)?;
                }
            }
            ("table-cell" | "covered-table-cell", Kind::Open | Kind::Empty) => {
                if let Some(row) = &mut self.row {
                    let empty = tag.kind == Kind::Empty;
                    let cell = Cell::new(tag, row.next_column);
                    row.next_column = cell.next();
                    if empty {
                        row.cells.push(cell);
                    } else {
                        self.cell = Some(cell);
                        self.depth = 0;
                    }
                }
            }
            // Rows of a sheet stand together; what comes behind them is something else.
            (name, Kind::Open | Kind::Empty)
                if self.has_rows
                    && self.row.is_none()
                    && !name.starts_with("table-row")
                    && !matches!(name, "table-header-rows" | "soft-page-break") =>
            {
                self.rows_behind(tag.span.start)?;
            }
            _ => {}
        }
        Ok(())
    }

    fn open_table(&mut self, tag: &Tag<'_>) {
        self.tables += 1;
        if self.tables > 1 {
            return;
        }
        let name = tag.get("name").unwrap_or_default();
        self.columns = Columns::new();
        self.row_number = 0;
        self.has_rows = false;
        self.row = None;
        let is_front = self
            .marks
            .is_some_and(|marks| marks.ours.as_ref() == Some(&name));
        let start = tag.span.start;
        if is_front && self.old_front.is_none() {
            self.old_front = Some(start);
            self.sheet = None;
            return;
        }
        if self.first.is_none() {
            self.first = Some(start..start);
        }
        let known = self.missing.iter().position(|sheet| *sheet == name);
        self.sheet = match known {
            Some(at) => {
                self.missing.remove(at);
                self.changes.get(name.as_str())
            }
            // Marks of an earlier round are taken out of every sheet.
            None if self.marks.is_some() => Some(NO_CHANGES),
            None => None,
        };
    }

    fn close_table(&mut self, tag: &Tag<'_>) -> Result<(), WorkbookError> {
        self.tables = self.tables.saturating_sub(1);
        if self.tables > 0 {
            return Ok(());
        }
        if let Some(start) = self.old_front.take() {
            self.first = Some(start..tag.span.end);
        }
        if tag.kind == Kind::Close {
            self.rows_behind(tag.span.start)?;
        }
        self.sheet = None;
        Ok(())
    }

    fn within_cell(&mut self, tag: Tag<'t>) {
        let Some(cell) = &mut self.cell else {
            return;
        };
        if tag.kind == Kind::Close && self.depth == 0 {
            cell.close(&tag);
            if let (Some(cell), Some(row)) = (self.cell.take(), &mut self.row) {
                row.cells.push(cell);
            }
            return;
        }
        let level = match tag.kind {
            Kind::Open => {
                self.depth += 1;
                self.depth - 1
            }
            Kind::Close => {
                self.depth -= 1;
                self.depth
            }
            Kind::Empty => self.depth,
        };
        match (level, tag.name, tag.kind) {
            (0, "annotation", Kind::Open) => self.note = Some(Note::new(tag)),
            (0, "annotation", Kind::Empty) => cell.set_note(Note::new(tag)),
            (0, "annotation", Kind::Close) => {
                if let Some(mut note) = self.note.take() {
                    note.close(&tag);
                    cell.set_note(note);
                }
            }
            (0, "p", Kind::Open) => self.paragraph = tag.span.start,
            (0, "p", Kind::Close) => cell.add_paragraph(self.paragraph..tag.span.end),
            (0, "p", Kind::Empty) => cell.add_paragraph(tag.span),
            (1, ..) => {
                if let Some(note) = &mut self.note {
                    note.take(&tag, self.text);
                }
            }
            _ => {}
        }
    }

    /// Writes a row anew where anything in it changes.
    fn close_row(&mut self, row: &Row<'t>, close: Range<usize>) -> Result<(), WorkbookError> {
        let Some(changes) = self.sheet else {
            return Ok(());
        };
        let unmark = self.marks.is_some();
        let behind = row.first.saturating_add(row.repeated);
        let mut of_rows = changes.range((row.first, 0)..(behind, 0)).peekable();
        let ours = unmark && row.cells.iter().any(Cell::has_ours);
        if of_rows.peek().is_none() && !ours {
            return Ok(());
        }
        let mut writer = Writer {
            text: self.text,
            styles: self.styles,
            columns: &self.columns,
            row_style: row.style.as_deref(),
            unmark,
        };
        let mut new = String::new();
        let mut number = row.first;
        let mut of_row: Vec<(u32, Change<'_>)> = Vec::new();
        while let Some(((marked, column), change)) = of_rows.next() {
            of_row.push((*column, *change));
            if of_rows.peek().is_some_and(|((next, _), _)| next == marked) {
                continue;
            }
            if *marked > number {
                row.write(&mut writer, &close, *marked - number, &[], &mut new);
            }
            row.write(&mut writer, &close, 1, &of_row, &mut new);
            of_row.clear();
            number = marked.saturating_add(1);
            self.edits
                .put(row.place(&close), std::mem::take(&mut new))?;
        }
        if number < behind {
            row.write(&mut writer, &close, behind - number, &[], &mut new);
            self.edits.put(row.place(&close), new)?;
        }
        Ok(())
    }

    /// Writes rows behind the last one of the sheet.
    fn rows_behind(&mut self, at: usize) -> Result<(), WorkbookError> {
        let Some(changes) = self.sheet else {
            return Ok(());
        };
        let mut writer = Writer {
            text: self.text,
            styles: self.styles,
            columns: &self.columns,
            row_style: None,
            unmark: false,
        };
        let mut new = String::new();
        let from = (self.row_number.saturating_add(1), 0);
        let mut left = changes.range(from..).peekable();
        let mut of_row: Vec<(u32, Change<'_>)> = Vec::new();
        while let Some(((row, column), change)) = left.next() {
            of_row.push((*column, *change));
            if left.peek().is_some_and(|((next, _), _)| next == row) {
                continue;
            }
            match row.saturating_sub(self.row_number).saturating_sub(1) {
                0 => {}
                1 => new.push_str("<table:table-row><table:table-cell/></table:table-row>"),
                gap => {
                    let _ = write!(
                        new,
                        "<table:table-row table:number-rows-repeated=\"{gap}\"><table:table-cell/></table:table-row>"
                    );
                }
            }
            new.push_str("<table:table-row>");
            writer.behind(1, &of_row, &mut new);
            new.push_str("</table:table-row>");
            of_row.clear();
            self.row_number = *row;
        }
        if new.is_empty() {
            return Ok(());
        }
        self.edits.put(at..at, new)
    }
}

impl Row<'_> {
    /// Where the row stands.
    fn place(&self, close: &Range<usize>) -> Range<usize> {
        self.tag.span.start..close.end
    }

    /// So many of the rows, with the same changes.
    fn write(
        &self,
        writer: &mut Writer<'_, '_>,
        close: &Range<usize>,
        count: u32,
        changes: &[(u32, Change<'_>)],
        to: &mut String,
    ) {
        let repeated = (count > 1).then(|| count.to_string());
        if count == self.repeated && self.tag.kind == Kind::Open {
            to.push_str(&writer.text[self.tag.span.clone()]);
        } else {
            let count = ("table:number-rows-repeated", repeated);
            to.push_str(&self.tag.with(&[count], Kind::Open));
        }
        // What stands between cells stays: line breaks, remarks.
        let mut from = self.tag.span.end;
        for cell in &self.cells {
            to.push_str(&writer.text[from..cell.start()]);
            writer.run(cell, changes, to);
            from = cell.end();
        }
        writer.behind(self.next_column, changes, to);
        if self.tag.kind == Kind::Empty {
            to.push_str("</");
            to.push_str(self.tag.full_name);
            to.push('>');
        } else {
            to.push_str(&writer.text[from..close.end]);
        }
    }
}

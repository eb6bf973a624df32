//! The cells of a row, as they stand and as they become.

use std::collections::BTreeMap;
use std::fmt::Write;
use std::ops::Range;

use ethos_model::finding::Severity;

use super::notes::{Note, inline, made};
use super::styles::{OURS, Styles, uncoloured};
use crate::workbook::xml::{Kind, Tag};

/// What becomes of a cell.
#[derive(Copy, Clone)]
pub(super) enum Change<'c> {
    /// A colour and, where there is room, a note.
    Mark(Severity, Option<&'c str>),
    /// A new value, as text.
    Value(&'c str),
}

/// Changes by row and column, both from 1.
pub(super) type Changes<'c> = BTreeMap<(u32, u32), Change<'c>>;

/// Columns that a format holds for.
pub(super) struct Columns {
    /// The last of them, and the format.
    list: Vec<(u32, Option<String>)>,
}

impl Columns {
    pub(super) fn new() -> Self {
        Self { list: Vec::new() }
    }

    /// Adds so many columns.
    pub(super) fn add(&mut self, count: u32, format: Option<String>) {
        let last = self.list.last().map_or(0, |(last, _)| *last);
        self.list.push((last.saturating_add(count), format));
    }

    fn format(&self, column: u32) -> Option<&str> {
        let at = self.list.partition_point(|(last, _)| *last < column);
        self.list.get(at)?.1.as_deref()
    }
}

/// A cell, or cells side by side that are alike.
pub(super) struct Cell<'t> {
    tag: Tag<'t>,
    /// Behind its last tag.
    end: usize,
    /// Where its contents end.
    inner_end: usize,
    /// The first column.
    column: u32,
    repeated: u32,
    style: Option<String>,
    note: Option<Note<'t>>,
    paragraphs: Vec<Range<usize>>,
}

impl<'t> Cell<'t> {
    pub(super) fn new(tag: Tag<'t>, column: u32) -> Self {
        Self {
            end: tag.span.end,
            inner_end: tag.span.end,
            column,
            repeated: count(&tag, "number-columns-repeated"),
            style: tag.get("style-name"),
            note: None,
            paragraphs: Vec::new(),
            tag,
        }
    }

    /// The column behind it.
    pub(super) fn next(&self) -> u32 {
        self.column.saturating_add(self.repeated)
    }

    pub(super) fn start(&self) -> usize {
        self.tag.span.start
    }

    pub(super) fn end(&self) -> usize {
        self.end
    }

    pub(super) fn set_note(&mut self, note: Note<'t>) {
        self.note = Some(note);
    }

    pub(super) fn add_paragraph(&mut self, span: Range<usize>) {
        self.paragraphs.push(span);
    }

    /// Takes the tag that closes it.
    pub(super) fn close(&mut self, tag: &Tag<'_>) {
        self.inner_end = tag.span.start;
        self.end = tag.span.end;
    }

    /// Whether an earlier round of ours left anything in it.
    pub(super) fn has_ours(&self) -> bool {
        let note = self.note.as_ref().is_some_and(Note::has_ours);
        note || self
            .style
            .as_ref()
            .is_some_and(|name| name.starts_with(OURS))
    }
}

/// A whole number of an attribute, at least 1.
pub(super) fn count(tag: &Tag<'_>, name: &str) -> u32 {
    tag.number(name).unwrap_or(1).max(1)
}

/// How cells are written anew.
pub(super) struct Writer<'w, 't> {
    pub(super) text: &'t str,
    pub(super) styles: &'w mut Styles<'t>,
    pub(super) columns: &'w Columns,
    /// The format of the row's cells that have none.
    pub(super) row_style: Option<&'w str>,
    /// Whether marks of an earlier round are taken out.
    pub(super) unmark: bool,
}

impl Writer<'_, '_> {
    /// A cell, or a run of them, with the changes of its row.
    pub(super) fn run(&mut self, cell: &Cell<'_>, changes: &[(u32, Change<'_>)], to: &mut String) {
        let mut column = cell.column;
        let from = changes.partition_point(|(at, _)| *at < cell.column);
        for (at, change) in &changes[from..] {
            if *at >= cell.next() {
                break;
            }
            if *at > column {
                self.cell(cell, *at - column, None, to);
            }
            self.cell(cell, 1, Some((*at, *change)), to);
            column = at.saturating_add(1);
        }
        if column < cell.next() {
            self.cell(cell, cell.next() - column, None, to);
        }
    }

    /// Cells behind the last that a row has, from a column on.
    pub(super) fn behind(
        &mut self,
        mut column: u32,
        changes: &[(u32, Change<'_>)],
        to: &mut String,
    ) {
        for (at, change) in changes {
            if *at < column {
                continue;
            }
            match *at - column {
                0 => {}
                1 => to.push_str("<table:table-cell/>"),
                gap => {
                    let _ = write!(
                        to,
                        "<table:table-cell table:number-columns-repeated=\"{gap}\"/>"
                    );
                }
            }
            let style = match change {
                Change::Mark(severity, _) => {
                    let name = self.marked(None, *at, *severity);
                    format!(
                        " table:style-name=\"{}\"",
                        crate::workbook::xml::escaped(&name)
                    )
                }
                Change::Value(_) => String::new(),
            };
            let (kind, content) = match change {
                Change::Mark(_, note) => ("", note.map(made).unwrap_or_default()),
                Change::Value(value) => (" office:value-type=\"string\"", paragraphs(value)),
            };
            let _ = write!(
                to,
                "<table:table-cell{style}{kind}>{content}</table:table-cell>"
            );
            column = at.saturating_add(1);
        }
    }

    /// The format of a marked cell.
    fn marked(&mut self, own: Option<&str>, column: u32, severity: Severity) -> String {
        let base = own
            .or(self.row_style)
            .or_else(|| self.columns.format(column));
        self.styles.marked(base, severity)
    }

    fn cell(
        &mut self,
        cell: &Cell<'_>,
        count: u32,
        change: Option<(u32, Change<'_>)>,
        to: &mut String,
    ) {
        let repeated = (count > 1).then(|| count.to_string());
        let mut attributes: Vec<(&str, Option<String>)> = Vec::new();
        if count != cell.repeated {
            attributes.push(("table:number-columns-repeated", repeated));
        }
        let own = cell.style.as_deref();
        let bare = if self.unmark {
            own.and_then(uncoloured)
        } else {
            own
        };
        match change {
            Some((column, Change::Mark(severity, _))) => {
                let name = self.marked(bare, column, severity);
                attributes.push(("table:style-name", Some(name)));
            }
            _ if bare != own => attributes.push(("table:style-name", bare.map(str::to_owned))),
            _ => {}
        }
        if let Some((_, Change::Value(_))) = change {
            attributes.push(("office:value-type", Some("string".into())));
            for gone in [
                "calcext:value-type",
                "office:value",
                "office:date-value",
                "office:time-value",
                "office:boolean-value",
                "office:string-value",
                "office:currency",
            ] {
                attributes.push((gone, None));
            }
        }
        let content = self.content(cell, change.map(|(_, change)| change));
        if attributes.is_empty() {
            to.push_str(&self.text[cell.tag.span.clone()]);
        } else {
            let kind = match cell.tag.kind {
                Kind::Empty if !content.is_empty() => Kind::Open,
                kind => kind,
            };
            to.push_str(&cell.tag.with(&attributes, kind));
        }
        to.push_str(&content);
        if cell.tag.kind != Kind::Empty {
            to.push_str(&self.text[cell.inner_end..cell.end]);
        } else if !content.is_empty() {
            let _ = write!(to, "</{}>", cell.tag.full_name);
        }
    }

    /// What stands within a cell.
    fn content(&self, cell: &Cell<'_>, change: Option<Change<'_>>) -> String {
        let more = match change {
            Some(Change::Mark(_, note)) => note,
            _ => None,
        };
        let value = match change {
            Some(Change::Value(value)) => Some(value),
            _ => None,
        };
        // Pieces in place of spans, in order.
        let mut pieces: Vec<(Range<usize>, String)> = Vec::new();
        match &cell.note {
            Some(note) if more.is_some() || (self.unmark && note.has_ours()) => {
                pieces.push((note.span(), note.with(more, self.text)));
            }
            None => {
                if let Some(more) = more {
                    let start = cell.tag.span.end;
                    pieces.push((start..start, made(more)));
                }
            }
            Some(_) => {}
        }
        if let Some(value) = value {
            let mut new = Some(paragraphs(value));
            for span in &cell.paragraphs {
                pieces.push((span.clone(), new.take().unwrap_or_default()));
            }
            if let Some(new) = new {
                pieces.push((cell.inner_end..cell.inner_end, new));
            }
        }
        pieces.sort_by_key(|(span, _)| span.start);
        let mut text = String::new();
        let mut from = cell.tag.span.end;
        for (span, piece) in pieces {
            if span.start >= from {
                text.push_str(&self.text[from..span.start]);
                text.push_str(&piece);
                from = span.end;
            }
        }
        text.push_str(self.text.get(from..cell.inner_end).unwrap_or_default());
        text
    }
}

fn paragraphs(value: &str) -> String {
    if value.is_empty() {
        return String::new();
    }
    let mut text = String::new();
    for line in value.split('\n') {
        let _ = write!(text, "<text:p>{}</text:p>", inline(line));
    }
    text
}

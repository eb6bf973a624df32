//! Rows of a file of any form, one after the other.

use std::io::{self, Read};

use super::block::{Block, fill_from};
use super::cells::Next;
use super::table::TableRows;
use super::text::Rows;
use crate::workbook::{CellNote, Merged, SheetRows};

/// Where rows come from.
pub(crate) enum Supply {
    Text(Rows<Box<dyn Read + Send>>),
    Table(Box<TableRows>),
    Sheet(Box<SheetRows>),
}

impl Supply {
    /// The next row, blank lines or end.
    ///
    /// # Errors
    /// What the system says of the file.
    #[inline]
    pub(crate) fn next(&mut self) -> io::Result<Next<'_>> {
        match self {
            Self::Text(rows) => rows.next(),
            Self::Table(rows) => rows.next(),
            Self::Sheet(rows) => rows.next(),
        }
    }

    /// Tells how many cells a full row has.
    pub(crate) fn set_width(&mut self, width: usize) {
        match self {
            Self::Text(rows) => rows.width = Some(width),
            Self::Sheet(rows) => rows.set_width(width),
            Self::Table(_) => {}
        }
    }

    /// The next rows, at most so many; false at the end.
    ///
    /// # Errors
    /// What the system says of the file.
    pub(crate) fn fill(&mut self, block: &mut Block, most: usize) -> io::Result<bool> {
        block.clear(most);
        match self {
            Self::Text(rows) => fill_from(rows, block),
            Self::Table(rows) => block.fill_by(&mut **rows, TableRows::next, |_| &[]),
            Self::Sheet(rows) => block.fill_by(&mut **rows, SheetRows::next, SheetRows::notes),
        }
    }

    /// What is to be known of the last row's cells besides their text.
    pub(crate) fn notes(&self) -> &[(u32, CellNote)] {
        match self {
            Self::Sheet(rows) => rows.notes(),
            Self::Text(_) | Self::Table(_) => &[],
        }
    }

    /// Whether the last row had a line end; known at the end, and of text only.
    pub(crate) fn has_last_line_end(&self) -> bool {
        match self {
            Self::Text(rows) => rows.has_line_end,
            Self::Sheet(_) | Self::Table(_) => true,
        }
    }

    /// Blank rows behind the last one; known at the end.
    pub(crate) fn blank_behind(&self) -> u64 {
        match self {
            Self::Sheet(rows) => rows.blank_behind(),
            Self::Text(rows) => rows.blank_behind(),
            Self::Table(_) => 0,
        }
    }

    /// Blocks of cells shown as one; known at the end.
    pub(crate) fn merged(&self) -> &[Merged] {
        match self {
            Self::Sheet(rows) => rows.merged(),
            Self::Text(_) | Self::Table(_) => &[],
        }
    }
}

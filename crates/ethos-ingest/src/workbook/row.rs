//! Rows of a sheet, whatever the format of its workbook.

use std::io;

use crate::limits;
use crate::read::{Cells, Next, Oddity, line_breaks};
use crate::refused::Refused;

use super::book::Merged;

/// What is to be known of a cell besides its text.
#[derive(Copy, Clone, PartialEq, Eq, PartialOrd, Ord, Debug)]
pub(crate) enum CellNote {
    /// The text is what a formula last gave.
    Formula,
    /// A formula that has never been computed: the cell is blank.
    NoValue,
    /// A formula that failed (`#N/A`, `#REF!`): the cell is blank.
    Failed,
    /// Text beyond the last column of the header, which is not read.
    Beyond,
}

/// The row at hand.
#[derive(Default)]
pub(super) struct RowBuffer {
    text: Vec<u8>,
    spans: Vec<(u32, u32)>,
    notes: Vec<(u32, CellNote)>,
    /// Cells with a text, and the bytes of those texts.
    filled: (u64, u64),
    /// Cells that are said to be like the one before them.
    repeated: u64,
    /// Columns that are kept.
    width: usize,
}

impl RowBuffer {
    pub(super) fn clear(&mut self) {
        self.text.clear();
        self.spans.clear();
        self.notes.clear();
        self.filled = (0, 0);
        self.repeated = 0;
    }

    /// Puts a cell in a column and so many behind it like it.
    ///
    /// # Errors
    /// As [`put`](Self::put), and that too many are said to be alike.
    pub(super) fn put_alike(
        &mut self,
        column: usize,
        alike: usize,
        text: &[u8],
        note: Option<CellNote>,
    ) -> io::Result<()> {
        self.put(column, text, note)?;
        for at in 1..alike {
            self.repeated += 1;
            if self.repeated > limits::REPEATED_CELLS {
                return Err(Refused::Bomb.into());
            }
            self.put(column + at, text, note)?;
        }
        Ok(())
    }

    /// Cells that are there.
    fn cells(&self) -> u64 {
        let beyond = self
            .notes
            .iter()
            .filter(|(_, note)| *note == CellNote::Beyond);
        self.filled.0 + beyond.count() as u64
    }

    /// Puts a cell in a column, which must lie beyond those there are.
    pub(super) fn put(
        &mut self,
        column: usize,
        text: &[u8],
        note: Option<CellNote>,
    ) -> io::Result<()> {
        if column >= limits::COLUMNS || column < self.spans.len() {
            return Err(Refused::Damaged.into());
        }
        if text.trim_ascii().is_empty() && note.is_none() {
            return Ok(());
        }
        if column >= self.width {
            self.notes.push((column as u32, CellNote::Beyond));
            return Ok(());
        }
        if self.text.len() + text.len() > limits::SHEET_ROW {
            return Err(Refused::TooLong.into());
        }
        self.pad(column);
        let from = self.text.len() as u32;
        self.text.extend_from_slice(text);
        self.filled.0 += 1;
        self.filled.1 += text.len() as u64;
        self.spans.push((from, self.text.len() as u32));
        // Apart, so that rows of different cells never have the same bytes.
        self.text.push(0x1f);
        self.notes.extend(note.map(|note| (column as u32, note)));
        Ok(())
    }

    fn pad(&mut self, width: usize) {
        while self.spans.len() < width {
            let at = self.text.len() as u32;
            self.spans.push((at, at));
            self.text.push(0x1f);
        }
    }

    pub(super) fn is_blank(&self) -> bool {
        self.spans.is_empty() && self.notes.is_empty()
    }
}

/// A format's own way to the next row.
pub(super) trait ReadRows: Send {
    /// Reads the next row that is not blank into the buffer: its number and how many rows from
    /// it on are alike; `None` after the last.
    fn read(&mut self, row: &mut RowBuffer) -> io::Result<Option<(u64, u64)>>;

    /// The last row that the sheet states, blank or not; known after the last row.
    fn last(&self) -> u64;

    /// Blocks of cells shown as one; known after the last row.
    fn merged(&self) -> &[Merged];
}

/// Rows of a sheet, numbered as the spreadsheet numbers them.
pub(crate) struct SheetRows {
    from: Box<dyn ReadRows>,
    buffer: RowBuffer,
    /// The last row that was given.
    row: u64,
    /// The rows in the buffer still to be given: the first and how many.
    ready: (u64, u64),
    /// Cells of the row at hand that are written oddly.
    odd: Vec<(u32, Oddity)>,
    /// Cells with a text that were given, and the bytes of those texts.
    given: (u64, u64),
    /// Cells that were given because others are said to be like them.
    repeated: u64,
    ended: bool,
}

impl SheetRows {
    pub(super) fn new(from: Box<dyn ReadRows>) -> Self {
        let buffer = RowBuffer {
            width: limits::COLUMNS,
            ..RowBuffer::default()
        };
        Self {
            from,
            buffer,
            row: 0,
            ready: (0, 0),
            odd: Vec::new(),
            given: (0, 0),
            repeated: 0,
            ended: false,
        }
    }

    /// Keeps so many columns of the rows to come and fills shorter rows up.
    pub(crate) fn set_width(&mut self, width: usize) {
        self.buffer.width = width;
    }

    /// The next row, or the blank ones before it. Blank rows at the end are none.
    ///
    /// # Errors
    /// What the system says of the file, or a [`Refused`].
    pub(crate) fn next(&mut self) -> io::Result<Next<'_>> {
        if self.ready.1 == 0 && !self.ended {
            self.buffer.clear();
            match self.from.read(&mut self.buffer)? {
                Some((first, count)) if first > self.row => {
                    self.ready = (first, count);
                    let alike = (count - 1).saturating_mul(self.buffer.cells());
                    self.repeated = (self.repeated + self.buffer.repeated).saturating_add(alike);
                    if self.repeated > limits::REPEATED_CELLS {
                        return Err(Refused::Bomb.into());
                    }
                }
                Some(_) => return Err(Refused::Damaged.into()),
                None => self.ended = true,
            }
        }
        if self.ended {
            return Ok(Next::End);
        }
        let (first, count) = self.ready;
        if first > self.row + 1 {
            let blank = (self.row + 1, first - self.row - 1);
            self.row = first - 1;
            return Ok(Next::Blank(blank.0, blank.1));
        }
        self.row = first;
        self.ready = (first + 1, count - 1);
        let (cells, bytes) = self.buffer.filled;
        self.given = (self.given.0 + cells, self.given.1.saturating_add(bytes));
        if self.given.1 > limits::SHEET_TEXT + limits::CELL_TEXT * self.given.0 {
            return Err(Refused::Bomb.into());
        }
        if self.buffer.width < limits::COLUMNS {
            self.buffer.pad(self.buffer.width);
        }
        self.odd.clear();
        line_breaks(&self.buffer.text, &self.buffer.spans, &mut self.odd);
        let cells = Cells {
            raw: &self.buffer.text,
            text: &self.buffer.text,
            spans: &self.buffer.spans,
            odd: &self.odd,
        };
        Ok(Next::Row(first, cells))
    }

    /// What is to be known of the last row's cells, by column, 0 for the first.
    pub(crate) fn notes(&self) -> &[(u32, CellNote)] {
        &self.buffer.notes
    }

    /// Blank rows behind the last one; known at the end.
    pub(crate) fn blank_behind(&self) -> u64 {
        self.from.last().saturating_sub(self.row)
    }

    /// Blocks of cells shown as one; known at the end.
    pub(crate) fn merged(&self) -> &[Merged] {
        self.from.merged()
    }
}

//! Rows by the thousand, as they stand in the file, so that several threads can read them.
//!
//! Where rows end is settled before, in the order of the file ([`super::Rows`]): whatever a
//! quote, a line break or a damaged row does to those after it is done by then, and which row
//! comes into which block changes nothing of what is read.

use std::collections::BTreeMap;
use std::io::{self, Read};

use super::cells::{Cells, Next, Oddity};
use super::scan::{Apart, split};
use super::text::{Frame, Rows};
use crate::corrector::Corrector;
use crate::imprint;
use crate::workbook::CellNote;

/// Bytes from which on a block takes no further row.
const BYTES: usize = 1 << 18;

/// How the cells of a row are told apart.
#[derive(Copy, Clone, PartialEq, Eq, Debug)]
pub(super) enum Form {
    /// By delimiters: there is no quote.
    Plain,
    /// By delimiters outside quotes.
    Quoted,
    /// By delimiters: a quote is a stray one.
    Stray,
}

/// Rows that follow each other in a file.
#[derive(Default)]
pub(crate) struct Block {
    bytes: Vec<u8>,
    items: Vec<Framed>,
    /// Cells of rows that came with their cells told apart.
    spans: Vec<(u32, u32)>,
    /// Of the same rows, the cells that are written oddly.
    odd: Vec<(u32, Oddity)>,
    notes: Vec<(u32, CellNote)>,
    /// What stood for rows by their place before they were corrected.
    uncorrected: BTreeMap<usize, Option<u64>>,
    delimiter: u8,
    rows: usize,
    /// Rows it takes.
    most: usize,
    /// Bytes of the text taken when it was full.
    pub(super) taken: u64,
}

enum Framed {
    Row(FramedRow),
    Blank(u64, u64),
    Unclosed(u64),
    TooLong(u64),
}

struct FramedRow {
    row: u64,
    bytes: (usize, usize),
    cells: RowCells,
    notes: (usize, usize),
    cut_off: bool,
}

enum RowCells {
    ToSplit(Form),
    /// Where in the block's spans, and in its list of oddities.
    Known((usize, usize), (usize, usize)),
}

/// Keeps the cells of a row that came with its cells told apart.
fn known(spans: &mut Vec<(u32, u32)>, odd: &mut Vec<(u32, Oddity)>, cells: &Cells<'_>) -> RowCells {
    let from = (spans.len(), odd.len());
    spans.extend_from_slice(cells.spans);
    odd.extend_from_slice(cells.odd);
    RowCells::Known((from.0, spans.len()), (from.1, odd.len()))
}

/// What stands in a block.
#[derive(Copy, Clone, PartialEq, Eq, Debug)]
pub(crate) enum Item {
    /// A row, whose cells [`Split::row`] tells.
    Row {
        /// Its number.
        row: u64,
        /// Whether it has no line end.
        cut_off: bool,
    },
    /// Lines without anything, before another row: the first and how many.
    Blank(u64, u64),
    /// A quote opened in this row is never closed.
    Unclosed(u64),
    /// The row is longer than can be.
    TooLong(u64),
}

impl Block {
    /// Makes it ready for other rows, at most so many.
    pub(super) fn clear(&mut self, most: usize) {
        self.most = most;
        self.bytes.clear();
        self.items.clear();
        self.spans.clear();
        self.odd.clear();
        self.notes.clear();
        self.uncorrected.clear();
        self.rows = 0;
    }

    fn is_full(&self) -> bool {
        self.rows >= self.most || self.bytes.len() >= BYTES
    }

    /// Takes something that is not a row of text.
    pub(super) fn take(&mut self, next: &Next<'_>) -> bool {
        match *next {
            Next::End => return false,
            Next::Blank(first, count) => self.items.push(Framed::Blank(first, count)),
            Next::Unclosed(row) => self.items.push(Framed::Unclosed(row)),
            Next::TooLong(row) => self.items.push(Framed::TooLong(row)),
            Next::Row(row, cells) => {
                let byte = self.bytes.len();
                self.bytes.extend_from_slice(cells.raw);
                let known = known(&mut self.spans, &mut self.odd, &cells);
                self.add(FramedRow {
                    row,
                    bytes: (byte, self.bytes.len()),
                    cells: known,
                    notes: (self.notes.len(), self.notes.len()),
                    cut_off: false,
                });
            }
        }
        true
    }

    /// Adds what is to be known of the last row's cells besides their text.
    pub(super) fn note(&mut self, notes: &[(u32, CellNote)]) {
        if let Some(Framed::Row(row)) = self.items.last_mut() {
            self.notes.extend_from_slice(notes);
            row.notes.1 = self.notes.len();
        }
    }

    fn add(&mut self, row: FramedRow) {
        self.items.push(Framed::Row(row));
        self.rows += 1;
    }

    /// Puts corrected cells in the place of rows' own. So many columns have a name.
    pub(crate) fn correct(&mut self, corrector: &mut Corrector<'_>, named: usize) {
        for at in 0..self.items.len() {
            let row = match &self.items[at] {
                Framed::Row(framed) if corrector.wants(framed.row) => framed.row,
                _ => continue,
            };
            let mut split = Split::default();
            split.rows.resize(at, SplitRow::default());
            split.add(self);
            let cells = split.row(self, at);
            let Some(new) = corrector.correct(row, &cells) else {
                continue;
            };
            let stood = imprint::of_row(&cells, self.notes(at), named);
            self.uncorrected.insert(at, stood);
            let byte = self.bytes.len();
            self.bytes.extend_from_slice(new.raw);
            let known = known(&mut self.spans, &mut self.odd, &new);
            if let Framed::Row(framed) = &mut self.items[at] {
                framed.bytes = (byte, self.bytes.len());
                framed.cells = known;
            }
        }
    }

    /// What stands for the cells of the row at a place as the file has them, corrected or not.
    #[inline]
    pub(crate) fn imprint(&self, at: usize, cells: &Cells<'_>, named: usize) -> Option<u64> {
        let stood = self.uncorrected.get(&at).copied();
        stood.unwrap_or_else(|| imprint::of_row(cells, self.notes(at), named))
    }

    /// How many things stand in it.
    pub(crate) fn len(&self) -> usize {
        self.items.len()
    }

    /// Bytes of its rows.
    pub(crate) fn bytes(&self) -> usize {
        self.bytes.len()
    }

    /// Bytes of the file up to its end; 0 where that is not known.
    pub(crate) fn taken(&self) -> u64 {
        self.taken
    }

    /// What stands at a place.
    pub(crate) fn item(&self, at: usize) -> Item {
        match &self.items[at] {
            Framed::Row(row) => Item::Row {
                row: row.row,
                cut_off: row.cut_off,
            },
            Framed::Blank(first, count) => Item::Blank(*first, *count),
            Framed::Unclosed(row) => Item::Unclosed(*row),
            Framed::TooLong(row) => Item::TooLong(*row),
        }
    }

    /// What is to be known of the cells of the row at a place besides their text.
    pub(crate) fn notes(&self, at: usize) -> &[(u32, CellNote)] {
        match &self.items[at] {
            Framed::Row(row) => &self.notes[row.notes.0..row.notes.1],
            _ => &[],
        }
    }
}

/// Fills a block; false when nothing is left to fill it with.
pub(super) fn fill_from<R: Read>(rows: &mut Rows<R>, block: &mut Block) -> io::Result<bool> {
    block.delimiter = rows.delimiter();
    while !block.is_full() {
        match rows.frame()? {
            Frame::End => break,
            Frame::Blank(first, count) => block.items.push(Framed::Blank(first, count)),
            Frame::Unclosed(row) => block.items.push(Framed::Unclosed(row)),
            Frame::TooLong(row) => block.items.push(Framed::TooLong(row)),
            Frame::Row(row) => {
                let from = block.bytes.len();
                block.bytes.extend_from_slice(rows.bytes(&row));
                block.add(FramedRow {
                    row: row.row,
                    bytes: (from, block.bytes.len()),
                    cells: RowCells::ToSplit(row.form),
                    notes: (0, 0),
                    cut_off: row.cut_off,
                });
            }
        }
    }
    block.taken = rows.taken;
    Ok(!block.items.is_empty())
}

impl Block {
    /// Fills it from what gives a row after the other; false when nothing is left.
    pub(super) fn fill_by<T>(
        &mut self,
        rows: &mut T,
        next: impl Fn(&mut T) -> io::Result<Next<'_>>,
        notes: impl Fn(&T) -> &[(u32, CellNote)],
    ) -> io::Result<bool> {
        while !self.is_full() {
            if !self.take(&next(rows)?) {
                break;
            }
            self.note(notes(rows));
        }
        Ok(!self.items.is_empty())
    }
}

/// The cells of a block's rows.
#[derive(Default)]
pub(crate) struct Split {
    apart: Apart,
    rows: Vec<SplitRow>,
}

#[derive(Copy, Clone, Default)]
struct SplitRow {
    spans: (usize, usize),
    /// Where in `unquoted`, for a row with quotes.
    text: Option<(usize, usize)>,
    odd: (usize, usize),
}

impl Split {
    /// Makes it ready for another block.
    pub(crate) fn clear(&mut self) {
        self.apart.clear();
        self.rows.clear();
    }

    /// Tells the cells apart of what stands at the next place of a block. To be called for every
    /// place, in order.
    #[inline]
    pub(crate) fn add(&mut self, block: &Block) {
        let mut found = SplitRow::default();
        if let Framed::Row(row) = &block.items[self.rows.len()] {
            match row.cells {
                RowCells::Known(spans, odd) => (found.spans, found.odd) = (spans, odd),
                RowCells::ToSplit(form) => {
                    let raw = &block.bytes[row.bytes.0..row.bytes.1];
                    let apart = &mut self.apart;
                    let (cell, byte) = (apart.spans.len(), apart.unquoted.len());
                    let odd = apart.odd.len();
                    split(raw, form, block.delimiter, apart);
                    found.spans = (cell, apart.spans.len());
                    found.text = (form != Form::Plain).then_some((byte, apart.unquoted.len()));
                    found.odd = (odd, apart.odd.len());
                }
            }
        }
        self.rows.push(found);
    }

    /// The cells of the row at a place; none for what is not a row.
    #[inline]
    pub(crate) fn row<'a>(&'a self, block: &'a Block, at: usize) -> Cells<'a> {
        let nothing = Cells {
            raw: b"",
            text: b"",
            spans: &[],
            odd: &[],
        };
        let (Framed::Row(framed), Some(found)) = (&block.items[at], self.rows.get(at)) else {
            return nothing;
        };
        let raw = &block.bytes[framed.bytes.0..framed.bytes.1];
        let (spans, odd) = match framed.cells {
            RowCells::Known(..) => (&block.spans, &block.odd),
            RowCells::ToSplit(_) => (&self.apart.spans, &self.apart.odd),
        };
        Cells {
            raw,
            text: found
                .text
                .map_or(raw, |(from, to)| &self.apart.unquoted[from..to]),
            spans: &spans[found.spans.0..found.spans.1],
            odd: &odd[found.odd.0..found.odd.1],
        }
    }
}

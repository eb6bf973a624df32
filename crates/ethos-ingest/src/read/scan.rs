//! Where a row of text ends, and how it falls into cells.
//!
//! Cells are as RFC 4180 writes them: a cell that begins with `"` runs to the next single `"`,
//! and `""` within it is one quote; elsewhere a quote is a character.

use super::block::Form;
use super::cells::{Oddity, line_breaks};

/// Looks for the end of a row and goes on where it left off when more was read.
#[derive(Default)]
pub(super) struct Scan {
    done: usize,
    pub(super) state: State,
    /// Whether the row has a quote anywhere.
    pub(super) quotes: bool,
}

/// Where within a row the scan stands.
#[derive(Copy, Clone, PartialEq, Eq, Default)]
pub(super) enum State {
    #[default]
    CellStart,
    Plain,
    Quoted,
    /// After a quote within a quoted cell: the next byte tells whether it closed the cell.
    AfterQuote,
}

/// How far a scan came.
pub(super) enum Step {
    /// The row ends at this offset.
    End(usize),
    /// The first quote was seen; the scan starts again with quotes in mind.
    Quote,
    /// The row goes on beyond what is there.
    More,
}

impl Scan {
    /// A scan of a row that is known to have a quote.
    pub(super) fn with_quotes() -> Self {
        Self {
            quotes: true,
            ..Self::default()
        }
    }

    pub(super) fn run(&mut self, row: &[u8], delimiter: u8, line_end: u8) -> Step {
        if !self.quotes {
            // Most rows have no quote at all: one fast pass over what was not seen yet.
            match memchr::memchr2(line_end, b'"', &row[self.done..]) {
                None => {
                    self.done = row.len();
                    return Step::More;
                }
                Some(at) if row[self.done + at] == line_end => return Step::End(self.done + at),
                Some(_) => {
                    self.quotes = true;
                    self.done = 0;
                    return Step::Quote;
                }
            }
        }
        while let Some(&byte) = row.get(self.done) {
            self.state = match self.state {
                State::Quoted => match memchr::memchr(b'"', &row[self.done..]) {
                    None => {
                        self.done = row.len();
                        return Step::More;
                    }
                    Some(at) => {
                        self.done += at;
                        State::AfterQuote
                    }
                },
                State::CellStart | State::AfterQuote if byte == b'"' => State::Quoted,
                _ if byte == line_end => return Step::End(self.done),
                _ if byte == delimiter => State::CellStart,
                _ => State::Plain,
            };
            self.done += 1;
        }
        Step::More
    }
}

/// Spans of the cells of a row without quotes.
pub(super) fn split_plain(row: &[u8], delimiter: u8, spans: &mut Vec<(u32, u32)>) {
    const ONES: u64 = u64::MAX / 255;
    const SEVENS: u64 = ONES * 0x7f;
    let pattern = ONES * u64::from(delimiter);
    let mut from = 0;
    let mut end = |at: usize| {
        spans.push((from, at as u32));
        from = at as u32 + 1;
    };
    // Cells are short: eight bytes are looked at together, and every delimiter among them is
    // found at once, which is faster than a search for each cell.
    let (words, rest) = row.as_chunks::<8>();
    for (word, at) in words.iter().zip((0..).step_by(8)) {
        let unlike = u64::from_le_bytes(*word) ^ pattern;
        // The highest bit of each byte that is the delimiter, and no other bit.
        let mut hits = !(((unlike & SEVENS) + SEVENS) | unlike | SEVENS);
        while hits != 0 {
            end(at + hits.trailing_zeros() as usize / 8);
            hits &= hits - 1;
        }
    }
    for (at, &byte) in rest.iter().enumerate() {
        if byte == delimiter {
            end(words.len() * 8 + at);
        }
    }
    end(row.len());
}

/// Cells told apart, those of a row behind those of another.
#[derive(Default)]
pub(super) struct Apart {
    /// Where each cell is in its row's text: from the row's first byte on.
    pub(super) spans: Vec<(u32, u32)>,
    /// The text without quotes, of rows that have any.
    pub(super) unquoted: Vec<u8>,
    /// Cells that are written oddly.
    pub(super) odd: Vec<(u32, Oddity)>,
}

impl Apart {
    pub(super) fn clear(&mut self) {
        self.spans.clear();
        self.unquoted.clear();
        self.odd.clear();
    }
}

/// Tells the cells of a row of text apart, behind those that are there.
pub(super) fn split(row: &[u8], form: Form, delimiter: u8, to: &mut Apart) {
    match form {
        Form::Plain => {
            let first = to.spans.len();
            split_plain(row, delimiter, &mut to.spans);
            line_breaks(before_end(row), &to.spans[first..], &mut to.odd);
        }
        Form::Quoted => split_quoted(row, delimiter, to),
        Form::Stray => split_stray(row, delimiter, to),
    }
}

/// A row without the carriage returns behind it, which are of line ends that were made twice: blanks
/// behind the last cell, and no break within it.
fn before_end(row: &[u8]) -> &[u8] {
    let behind = row.iter().rev().take_while(|byte| **byte == b'\r').count();
    &row[..row.len() - behind]
}

/// The cells of a row with quotes.
pub(super) fn split_quoted(row: &[u8], delimiter: u8, to: &mut Apart) {
    let (first_cell, first_odd) = (to.spans.len(), to.odd.len());
    let first_byte = to.unquoted.len();
    let here = |text: &[u8]| (text.len() - first_byte) as u32;
    // A cell is told once, however often it is odd in the same way.
    let tell = |to: &mut Apart, how: Oddity| {
        let seen = ((to.spans.len() - first_cell) as u32, how);
        if to.odd[first_odd..].last() != Some(&seen) {
            to.odd.push(seen);
        }
    };
    let mut from = 0;
    let mut state = State::CellStart;
    // Whether the cell at hand was between quotes: behind those only blanks belong.
    let mut closed = false;
    let last = before_end(row).len();
    for (at, &byte) in row.iter().enumerate() {
        state = match state {
            State::Quoted if byte == b'"' => State::AfterQuote,
            State::CellStart if byte == b'"' => State::Quoted,
            State::Quoted => {
                if matches!(byte, b'\n' | b'\r') {
                    tell(to, Oddity::LineBreak);
                }
                to.unquoted.push(byte);
                State::Quoted
            }
            State::AfterQuote if byte == b'"' => {
                to.unquoted.push(b'"');
                State::Quoted
            }
            _ if byte == delimiter => {
                to.spans.push((from, here(&to.unquoted)));
                from = here(&to.unquoted);
                closed = false;
                State::CellStart
            }
            before => {
                closed |= before == State::AfterQuote;
                if byte == b'"' || (closed && !byte.is_ascii_whitespace()) {
                    tell(to, Oddity::StrayQuote);
                } else if byte == b'\r' && at < last {
                    tell(to, Oddity::LineBreak);
                }
                to.unquoted.push(byte);
                State::Plain
            }
        };
    }
    to.spans.push((from, here(&to.unquoted)));
}

/// The cells of a line in which a quote is opened and not closed: by delimiters alone. The cells
/// of it that are between quotes of their own are read as anywhere.
fn split_stray(row: &[u8], delimiter: u8, to: &mut Apart) {
    let first_byte = to.unquoted.len();
    let last = before_end(row).len();
    let mut start = 0;
    for (column, cell) in (0..).zip(row.split(|byte| *byte == delimiter)) {
        let from = (to.unquoted.len() - first_byte) as u32;
        if let Some(text) = between_quotes(cell) {
            // Of two quotes that stand for one, the first goes.
            let mut doubled = false;
            to.unquoted.extend(text.iter().filter(|byte| {
                doubled = **byte == b'"' && !doubled;
                !doubled
            }));
        } else {
            to.unquoted.extend_from_slice(cell);
            if memchr::memchr(b'\r', cell).is_some_and(|at| start + at < last) {
                to.odd.push((column, Oddity::LineBreak));
            }
            if memchr::memchr(b'"', cell).is_some() {
                to.odd.push((column, Oddity::StrayQuote));
            }
        }
        to.spans
            .push((from, (to.unquoted.len() - first_byte) as u32));
        start += cell.len() + 1;
    }
}

/// What is between a quote at either end of a cell, where all others in it are doubled.
fn between_quotes(cell: &[u8]) -> Option<&[u8]> {
    let inner = cell.trim_ascii_end().strip_prefix(b"\"")?;
    let inner = inner.strip_suffix(b"\"")?;
    let mut runs = inner.split(|byte| *byte != b'"');
    runs.all(|quotes| quotes.len() % 2 == 0).then_some(inner)
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    proptest! {
        #[test]
        fn cells_without_quotes_lie_between_delimiters(
            row in proptest::collection::vec(
                prop_oneof![Just(b';'), Just(b'a'), Just(0xbb), Just(b':'), Just(b'<'), any::<u8>()],
                0..40,
            )
        ) {
            let mut spans = vec![(7, 7)];
            split_plain(&row, b';', &mut spans);
            let cells: Vec<&[u8]> =
                spans[1..].iter().map(|&(from, to)| &row[from as usize..to as usize]).collect();
            let expected: Vec<&[u8]> = row.split(|byte| *byte == b';').collect();
            prop_assert_eq!(cells, expected);
        }
    }
}

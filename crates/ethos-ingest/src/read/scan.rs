//! Where a row of text ends, and how it falls into cells.
//!
//! Cells are as RFC 4180 writes them: a cell that begins with `"` runs to the next single `"`,
//! and `""` within it is one quote; elsewhere a quote is a character.

use super::cells::Quotes;

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

/// Text and spans of the cells of a row with quotes, behind those that are there.
pub(super) fn split_quoted(
    row: &[u8],
    delimiter: u8,
    text: &mut Vec<u8>,
    spans: &mut Vec<(u32, u32)>,
) -> Quotes {
    let (first_cell, first_byte) = (spans.len(), text.len());
    let column = |spans: &[(u32, u32)]| (spans.len() - first_cell) as u32;
    let here = |text: &[u8]| (text.len() - first_byte) as u32;
    let mut quotes = Quotes::default();
    let mut from = 0;
    let mut state = State::CellStart;
    for &byte in row {
        state = match state {
            State::Quoted if byte == b'"' => State::AfterQuote,
            State::CellStart if byte == b'"' => State::Quoted,
            State::Quoted => {
                if matches!(byte, b'\n' | b'\r') {
                    quotes.line_break.get_or_insert(column(spans));
                }
                text.push(byte);
                State::Quoted
            }
            State::AfterQuote if byte == b'"' => {
                text.push(b'"');
                State::Quoted
            }
            _ if byte == delimiter => {
                spans.push((from, here(text)));
                from = here(text);
                State::CellStart
            }
            before => {
                if byte == b'"' || (before == State::AfterQuote && !byte.is_ascii_whitespace()) {
                    quotes.stray.get_or_insert(column(spans));
                }
                text.push(byte);
                State::Plain
            }
        };
    }
    spans.push((from, here(text)));
    quotes
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

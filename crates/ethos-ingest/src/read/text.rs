//! Rows of a delimited text, strictly and in bounded memory.
//!
//! Cells are as RFC 4180 writes them: a cell that begins with `"` runs to the next single `"`,
//! and `""` within it is one quote; elsewhere a quote is a character. That is how the `csv`
//! crate reads, against which the tests hold this reader. Four things it must do besides are
//! why it stands here: number rows as a spreadsheet does (blank lines are rows, line breaks
//! within cells are not), tell a quote that is never closed from a long last cell, never let a
//! stray quote swallow the rows after it (once the width of a row is known, a line that is
//! complete without its quote is a row), and never hold more than one row of at most
//! [`MAX_ROW`] bytes.

use std::io::{self, Read};

use super::block::Form;
use super::cells::{Cells, Next};
use super::scan::{Apart, Scan, State, Step, split, split_quoted};

/// Longest row in bytes; a longer one means a quote that was never closed.
pub(crate) const MAX_ROW: usize = 16 << 20;

const FIRST_BUFFER: usize = 1 << 18;

/// How far a row with a quote may run before it is doubted, where the width of rows is known.
const DOUBT: usize = 1 << 20;

/// Bytes that may be read twice for the sake of stray quotes, beyond four times the file.
const TWICE: u64 = 256 << 20;

/// Reads rows.
pub(crate) struct Rows<R> {
    file: R,
    delimiter: u8,
    line_end: u8,
    buffer: Vec<u8>,
    at: usize,
    end: usize,
    at_end: bool,
    /// Number of the next row, 1 for the first line.
    row: u64,
    /// Blank lines read and not yet reported.
    blank: u64,
    apart: Apart,
    /// Bytes of text taken so far.
    pub(super) taken: u64,
    /// Cells of a full row, once known.
    pub(super) width: Option<usize>,
    /// Bytes read twice so far for the sake of stray quotes.
    twice: u64,
    /// The row whose stray quote was seen last.
    stray_row: Option<u64>,
    /// Whether the row framed last has a line end.
    pub(super) has_line_end: bool,
}

/// What comes next, and where it stands in the buffer until something is asked again.
pub(super) enum Frame {
    Row(FramedRow),
    /// Lines without anything, before another row: the first and how many.
    Blank(u64, u64),
    Unclosed(u64),
    TooLong(u64),
    End,
}

/// A row whose cells are not told apart yet.
pub(super) struct FramedRow {
    pub(super) row: u64,
    /// Where in the buffer it begins and ends.
    at: (usize, usize),
    pub(super) form: Form,
    /// Whether it has no line end.
    pub(super) cut_off: bool,
}

/// Where a row ends in the buffer.
enum RowEnd {
    /// At this offset from its start; whether a quote was seen; bytes of its line end.
    At(usize, bool, usize),
    /// At this offset, after a quote that is a stray one.
    Stray(usize),
    Unclosed,
    TooLong,
}

impl<R: Read> Rows<R> {
    pub(crate) fn new(file: R, delimiter: u8, line_end: u8) -> Self {
        Self {
            file,
            delimiter,
            line_end,
            buffer: vec![0; FIRST_BUFFER],
            at: 0,
            end: 0,
            at_end: false,
            row: 1,
            blank: 0,
            apart: Apart::default(),
            taken: 0,
            width: None,
            twice: 0,
            stray_row: None,
            has_line_end: true,
        }
    }

    /// The next row, blank line or end.
    ///
    /// # Errors
    /// What the system says of the file.
    pub(crate) fn next(&mut self) -> io::Result<Next<'_>> {
        Ok(match self.frame()? {
            Frame::End => Next::End,
            Frame::Blank(first, count) => Next::Blank(first, count),
            Frame::Unclosed(row) => Next::Unclosed(row),
            Frame::TooLong(row) => Next::TooLong(row),
            Frame::Row(row) => {
                let raw = &self.buffer[row.at.0..row.at.1];
                self.apart.clear();
                split(raw, row.form, self.delimiter, &mut self.apart);
                let cells = Cells {
                    raw,
                    text: if row.form == Form::Plain {
                        raw
                    } else {
                        &self.apart.unquoted
                    },
                    spans: &self.apart.spans,
                    odd: &self.apart.odd,
                };
                Next::Row(row.row, cells)
            }
        })
    }

    /// Where the next row stands in the buffer, or what else comes.
    ///
    /// # Errors
    /// What the system says of the file.
    pub(super) fn frame(&mut self) -> io::Result<Frame> {
        loop {
            if self.at == self.end && !self.fill()? {
                return Ok(Frame::End);
            }
            let row_number = self.row + self.blank;
            let (length, quoted, line_end) = match self.find_end()? {
                RowEnd::At(length, quoted, line_end) => (length, quoted, line_end),
                RowEnd::Stray(length) => (length, false, 1),
                end @ (RowEnd::Unclosed | RowEnd::TooLong) => {
                    self.blank = 0;
                    self.at = self.end;
                    self.at_end = true;
                    return Ok(match end {
                        RowEnd::TooLong => Frame::TooLong(row_number),
                        _ => Frame::Unclosed(row_number),
                    });
                }
            };
            let start = self.at;
            let raw = &self.buffer[start..start + length];
            let raw_length = raw.strip_suffix(b"\r").unwrap_or(raw).len();
            if raw_length == 0 {
                self.take(length + line_end);
                self.blank += 1;
                continue;
            }
            if self.blank > 0 {
                // The row stays in the buffer until its blank lines are reported.
                let blank = (self.row, self.blank);
                self.row += self.blank;
                self.blank = 0;
                return Ok(Frame::Blank(blank.0, blank.1));
            }
            self.take(length + line_end);
            self.has_line_end = line_end > 0;
            let row = self.row;
            self.row += 1;
            return Ok(Frame::Row(FramedRow {
                row,
                at: (start, start + raw_length),
                form: if self.stray_row == Some(row) {
                    Form::Stray
                } else if quoted {
                    Form::Quoted
                } else {
                    Form::Plain
                },
                cut_off: line_end == 0,
            }));
        }
    }

    /// Empty lines behind the last row; known at the end. A single one is none: it is how many
    /// exports end, who write a line end behind the last row's own, and there is nothing to mend.
    pub(super) fn blank_behind(&self) -> u64 {
        if self.blank > 1 { self.blank } else { 0 }
    }

    /// The bytes of a row that was framed last.
    pub(super) fn bytes(&self, row: &FramedRow) -> &[u8] {
        &self.buffer[row.at.0..row.at.1]
    }

    /// The byte between cells.
    pub(super) fn delimiter(&self) -> u8 {
        self.delimiter
    }

    fn take(&mut self, bytes: usize) {
        self.at += bytes;
        self.taken += bytes as u64;
    }

    /// Finds the end of the row that starts at `self.at`, reading on as far as needed.
    fn find_end(&mut self) -> io::Result<RowEnd> {
        let mut scan = Scan::default();
        let mut doubted = false;
        loop {
            let row = &self.buffer[self.at..self.end];
            match scan.run(row, self.delimiter, self.line_end) {
                Step::End(length) => {
                    if scan.quotes
                        && let Some(line) = self.stray_line(Some(length))
                    {
                        return Ok(RowEnd::Stray(line));
                    }
                    return Ok(if length > MAX_ROW {
                        RowEnd::TooLong
                    } else {
                        RowEnd::At(length, scan.quotes, 1)
                    });
                }
                Step::Quote => {
                    if let Some(line) = self.open_line() {
                        return Ok(RowEnd::Stray(line));
                    }
                    continue;
                }
                Step::More => {}
            }
            let length = row.len();
            let quoted = scan.state == State::Quoted;
            if quoted && length > DOUBT && !doubted {
                doubted = true;
                if let Some(line) = self.stray_line(None) {
                    return Ok(RowEnd::Stray(line));
                }
            }
            if length > MAX_ROW {
                return Ok(if quoted {
                    RowEnd::Unclosed
                } else {
                    RowEnd::TooLong
                });
            }
            if !self.fill()? {
                let whole = (!quoted).then_some(self.end - self.at);
                if scan.quotes
                    && let Some(line) = self.stray_line(whole)
                {
                    return Ok(RowEnd::Stray(line));
                }
                return Ok(whole.map_or(RowEnd::Unclosed, |length| {
                    RowEnd::At(length, scan.quotes, 0)
                }));
            }
        }
    }

    /// Whether the line at hand, although it leaves a quote open, is complete and followed by
    /// another complete one: where it ends. Most stray quotes are seen here at once.
    fn open_line(&mut self) -> Option<usize> {
        let width = self.width?;
        let row = &self.buffer[self.at..self.end];
        let length = memchr::memchr(self.line_end, row)?;
        let rest = &row[length + 1..];
        let next = &rest[..memchr::memchr(self.line_end, rest)?];
        let cells = |line: &[u8]| 1 + memchr::memchr_iter(self.delimiter, line).count();
        if cells(&row[..length]) != width || cells(next) != width {
            return None;
        }
        let mut scan = Scan::with_quotes();
        scan.run(&row[..length], self.delimiter, self.line_end);
        if scan.state != State::Quoted {
            return None;
        }
        self.stray_row = Some(self.row);
        Some(length)
    }

    /// Whether the row at hand, which ends at `length` or nowhere, is rather a line with a stray
    /// quote: where that line ends. It is when the line is complete without its quote, and the
    /// row with it is not, or swallows another complete line.
    fn stray_line(&mut self, length: Option<usize>) -> Option<usize> {
        let width = self.width?;
        let row = &self.buffer[self.at..self.at + length.unwrap_or(self.end - self.at)];
        let line = memchr::memchr(self.line_end, row)?;
        let cells = |line: &[u8]| 1 + memchr::memchr_iter(self.delimiter, line).count();
        if cells(&row[..line]) != width {
            return None;
        }
        let rest = &row[line + 1..];
        let next = &rest[..memchr::memchr(self.line_end, rest).unwrap_or(rest.len())];
        let is_stray = length.is_none() || cells(next) == width || {
            self.apart.clear();
            split_quoted(row, self.delimiter, &mut self.apart);
            self.apart.spans.len() != width
        };
        let again = row.len() as u64;
        if !is_stray || self.twice + again > TWICE + 4 * self.taken {
            return None;
        }
        self.twice += again;
        self.stray_row = Some(self.row);
        Some(line)
    }

    /// Reads more behind what the buffer holds; false at the end of the file.
    fn fill(&mut self) -> io::Result<bool> {
        if self.at_end {
            return Ok(false);
        }
        if self.at > 0 {
            self.buffer.copy_within(self.at..self.end, 0);
            self.end -= self.at;
            self.at = 0;
        }
        if self.buffer.len() - self.end < FIRST_BUFFER / 2 {
            self.buffer.resize(self.buffer.len() * 2, 0);
        }
        loop {
            match self.file.read(&mut self.buffer[self.end..]) {
                Ok(0) => {
                    self.at_end = true;
                    return Ok(false);
                }
                Ok(read) => {
                    self.end += read;
                    return Ok(true);
                }
                Err(error) if error.kind() == io::ErrorKind::Interrupted => {}
                Err(error) => return Err(error),
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;
    use crate::drip::Drip;
    use crate::read::cells::Oddity;

    fn read(text: &[u8], drip: bool) -> Vec<(u64, Option<Vec<String>>)> {
        let file: Box<dyn Read> = if drip {
            Box::new(Drip(text))
        } else {
            Box::new(text)
        };
        let mut rows = Rows::new(file, b';', b'\n');
        let mut found = Vec::new();
        loop {
            match rows.next().unwrap() {
                Next::Row(row, cells) => {
                    let texts = (0..cells.len())
                        .map(|at| String::from_utf8_lossy(cells.get(at)).into_owned())
                        .collect();
                    found.push((row, Some(texts)));
                }
                Next::Blank(first, count) => {
                    found.extend((first..first + count).map(|row| (row, None)));
                }
                Next::Unclosed(row) => found.push((row, Some(vec!["<unclosed>".into()]))),
                Next::TooLong(row) => found.push((row, Some(vec!["<too long>".into()]))),
                Next::End => return found,
            }
        }
    }

    fn row(number: u64, cells: &[&str]) -> (u64, Option<Vec<String>>) {
        (
            number,
            Some(cells.iter().map(|cell| (*cell).into()).collect()),
        )
    }

    #[test]
    fn rows_are_numbered_as_a_spreadsheet_does() {
        let text = b"a;b\r\n\r\n1;\"x\ny\"\r\n\n\n2; y \n\n\n";
        for drip in [false, true] {
            assert_eq!(
                read(text, drip),
                [
                    row(1, &["a", "b"]),
                    (2, None),
                    row(3, &["1", "x\ny"]),
                    (4, None),
                    (5, None),
                    row(6, &["2", "y"]),
                ]
            );
        }
    }

    #[test]
    fn quotes_are_read_as_csv_writes_them() {
        for (text, cells) in [
            ("\"a;b\";c", vec!["a;b", "c"]),
            ("\"a\"\"b\";\"\"", vec!["a\"b", ""]),
            ("a\"b;5\"", vec!["a\"b", "5\""]),
            ("\"a\"b;c", vec!["ab", "c"]),
            ("\"a\"", vec!["a"]),
            (";", vec!["", ""]),
        ] {
            assert_eq!(read(text.as_bytes(), true), [row(1, &cells)], "{text}");
        }
    }

    #[test]
    fn an_unclosed_quote_is_told_from_a_long_cell() {
        let unclosed = |text: &str| read(text.as_bytes(), true).last().unwrap().clone();
        assert_eq!(unclosed("a;b\n1;\"x\n2;y\n"), row(2, &["<unclosed>"]));
        assert_eq!(unclosed("a;b\n1;\""), row(2, &["<unclosed>"]));
        assert_eq!(unclosed("a;b\n1;\"x\""), row(2, &["1", "x"]));
        assert_eq!(unclosed("a;b\n1;\"x\"\"\n"), row(2, &["<unclosed>"]));
        let long = [b"\"".as_slice(), &vec![b'a'; MAX_ROW + FIRST_BUFFER]].concat();
        assert_eq!(read(&long, false), [row(1, &["<unclosed>"])]);
        assert_eq!(read(&long[1..], false), [row(1, &["<too long>"])]);
    }

    /// Rows of three cells, with the columns of stray quotes.
    fn read_wide(text: &str) -> Vec<(u64, String, Vec<u32>)> {
        let mut rows = Rows::new(Drip(text.as_bytes()), b';', b'\n');
        rows.width = Some(3);
        let mut found = Vec::new();
        loop {
            match rows.next().unwrap() {
                Next::Row(row, cells) => {
                    let texts: Vec<_> = (0..cells.len())
                        .map(|at| String::from_utf8_lossy(cells.get(at)))
                        .collect();
                    let stray = cells.odd.iter();
                    let stray = stray.filter(|(_, how)| *how == Oddity::StrayQuote);
                    found.push((row, texts.join("|"), stray.map(|(at, _)| *at).collect()));
                }
                Next::Unclosed(row) => found.push((row, "<unclosed>".into(), vec![])),
                Next::End => return found,
                Next::Blank(..) | Next::TooLong(_) => {}
            }
        }
    }

    #[test]
    fn a_stray_quote_swallows_no_row() {
        let got = |text: &str| -> Vec<String> {
            read_wide(text)
                .into_iter()
                .map(|(row, text, stray)| format!("{row} {text} {stray:?}"))
                .collect()
        };
        // The quote is never closed.
        assert_eq!(
            got("a;\"b;c\nd;e;f\ng;h;i\n"),
            ["1 a|\"b|c [1]", "2 d|e|f []", "3 g|h|i []"]
        );
        // It is closed rows later, which makes a row of another width, or of the same.
        assert_eq!(
            got("a;\"b;c\nd;e;\"f\ng;h;i\n"),
            ["1 a|\"b|c [1]", "2 d|e|\"f [2]", "3 g|h|i []"]
        );
        assert_eq!(
            got("a;b;\"c\nd;e;f\"\ng;h;i\n"),
            ["1 a|b|\"c [2]", "2 d|e|f\" [2]", "3 g|h|i []"]
        );
        // Line breaks that belong there stay.
        assert_eq!(
            got("a;b;\"c\nd\"\ng;h;i\n"),
            ["1 a|b|c\nd []", "2 g|h|i []"]
        );
        assert_eq!(
            got("a;\"b;x\ny\";c\ng;h;i\n"),
            ["1 a|b;x\ny|c []", "2 g|h|i []"]
        );
        // Quotes within cells.
        assert_eq!(
            got("a;5\" x;c\nd;\"e\"f;g\n"),
            ["1 a|5\" x|c [1]", "2 d|ef|g [1]"]
        );
        // Every such cell is told, once, and the others of the row are read as anywhere.
        assert_eq!(
            got("\"\"a;b\"\"\"b;\"c\" d\ne;f;g\n"),
            ["1 a|b\"\"\"b|c d [0, 1, 2]", "2 e|f|g []"]
        );
        assert_eq!(
            got("\"a\" ;b\"b;\"c\nd;e;f\n"),
            ["1 a|b\"b|\"c [1, 2]", "2 d|e|f []"]
        );
    }

    #[test]
    fn files_of_stray_quotes_take_bounded_time() {
        // Without a bound, each line would be looked for its end throughout the file.
        let text = "x;\"y\";\"z\n".repeat(300_000);
        assert_eq!(read_wide(&text).len(), 300_000);
        // Here the next line is no help, and the bound is what ends it.
        let text = "x;\"y\";\"z\nx;\"\n".repeat(300_000);
        assert!(read_wide(&text).len() > 100);
    }

    proptest! {
        #[test]
        fn cells_are_those_of_the_csv_crate(
            text in proptest::collection::vec(
                prop_oneof![Just(b';'), Just(b'"'), Just(b'\n'), Just(b'a'), Just(b'b')],
                0..60,
            )
        ) {
            let ours: Vec<Vec<String>> =
                read(&text, true).into_iter().filter_map(|(_, cells)| cells).collect();
            prop_assert_eq!(&ours, &read(&text, false).into_iter().filter_map(|(_, cells)| cells).collect::<Vec<_>>());
            let unclosed = ours.last().is_some_and(|cells| cells[0] == "<unclosed>");
            let theirs: Vec<Vec<String>> = csv::ReaderBuilder::new()
                .delimiter(b';')
                .has_headers(false)
                .flexible(true)
                .terminator(csv::Terminator::Any(b'\n'))
                .from_reader(text.as_slice())
                .into_records()
                .map(|record| record.unwrap().iter().map(|cell| cell.trim().to_owned()).collect())
                .collect();
            let closed = ours.len() - usize::from(unclosed);
            prop_assert!(theirs.len() >= closed);
            prop_assert_eq!(&ours[..closed], &theirs[..closed]);
            prop_assert_eq!(theirs.len(), ours.len());
        }
    }
}

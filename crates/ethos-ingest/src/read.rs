//! Rows of a delimited text, strictly and in bounded memory.
//!
//! Cells are as RFC 4180 writes them: a cell that begins with `"` runs to the next single `"`,
//! and `""` within it is one quote; elsewhere a quote is a character. That is how the `csv`
//! crate reads, against which the tests hold this reader. Three things it must do besides are
//! why it stands here: number rows as a spreadsheet does (blank lines are rows, line breaks
//! within cells are not), tell a quote that is never closed from a long last cell, and never
//! hold more than one row of at most [`MAX_ROW`] bytes.

use std::io::{self, Read};

use ethos_table::StringTable;

/// Longest row in bytes; a longer one means a quote that was never closed.
pub(crate) const MAX_ROW: usize = 16 << 20;

const FIRST_BUFFER: usize = 1 << 18;

/// The cells of a row.
#[derive(Copy, Clone)]
pub(crate) struct Cells<'a> {
    /// The row as it stands in the file, without its line end.
    pub(crate) raw: &'a [u8],
    pub(crate) text: &'a [u8],
    pub(crate) spans: &'a [(u32, u32)],
}

impl<'a> Cells<'a> {
    pub(crate) fn len(&self) -> usize {
        self.spans.len()
    }

    /// The cell without blanks around it; empty beyond the last.
    #[inline]
    pub(crate) fn get(&self, at: usize) -> &'a [u8] {
        self.spans.get(at).map_or(b"".as_slice(), |&(from, to)| {
            self.text[from as usize..to as usize].trim_ascii()
        })
    }

    pub(crate) fn all_blank(&self) -> bool {
        (0..self.len()).all(|at| self.get(at).is_empty())
    }
}

/// What comes next in a file.
pub(crate) enum Next<'a> {
    /// A row.
    Row(u64, Cells<'a>),
    /// A line without anything, before another row.
    Blank(u64),
    /// A quote opened in this row is never closed, or the row is longer than [`MAX_ROW`].
    /// Nothing more can be read.
    Unclosed(u64),
    /// Nothing more.
    End,
}

/// Where rows come from.
pub(crate) enum Supply<'a> {
    Text(Rows<Box<dyn Read + 'a>>),
    Table(TableRows),
}

impl Supply<'_> {
    /// The next row, blank line or end.
    ///
    /// # Errors
    /// What the system says of the file.
    #[inline]
    pub(crate) fn next(&mut self) -> io::Result<Next<'_>> {
        match self {
            Self::Text(rows) => rows.next(),
            Self::Table(rows) => Ok(rows.next()),
        }
    }

    /// Bytes of text taken so far; 0 for a table, which was read before.
    pub(crate) fn taken(&self) -> u64 {
        match self {
            Self::Text(rows) => rows.taken,
            Self::Table(_) => 0,
        }
    }

    /// Whether a cell with a line break was seen, which moves row numbers off line numbers.
    pub(crate) fn line_breaks(&self) -> bool {
        match self {
            Self::Text(rows) => rows.line_breaks,
            Self::Table(_) => false,
        }
    }
}

/// Rows of a Parquet or Arrow file, numbered as if its column names were the first.
pub(crate) struct TableRows {
    table: StringTable,
    at: usize,
    text: Vec<u8>,
    spans: Vec<(u32, u32)>,
}

impl TableRows {
    pub(crate) fn new(table: StringTable) -> Self {
        Self {
            table,
            at: 0,
            text: Vec::new(),
            spans: Vec::new(),
        }
    }

    fn next(&mut self) -> Next<'_> {
        if self.at >= self.table.rows() {
            return Next::End;
        }
        self.text.clear();
        self.spans.clear();
        for column in self.table.columns() {
            let from = self.text.len() as u32;
            let cell = column.get(self.at).unwrap_or("");
            self.text.extend_from_slice(cell.as_bytes());
            self.spans.push((from, self.text.len() as u32));
            // Apart, so that rows of different cells never have the same bytes.
            self.text.push(0x1f);
        }
        self.at += 1;
        let cells = Cells {
            raw: &self.text,
            text: &self.text,
            spans: &self.spans,
        };
        Next::Row(self.at as u64 + 1, cells)
    }
}

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
    /// Blank lines read and not yet reported: those at the end of a file never are.
    blank: u64,
    unquoted: Vec<u8>,
    spans: Vec<(u32, u32)>,
    /// Whether a cell with a line break was seen.
    line_breaks: bool,
    /// Bytes of text taken so far.
    taken: u64,
}

/// Where a row ends in the buffer.
enum RowEnd {
    /// At this offset from its start; whether a quote was seen; bytes of its line end.
    At(usize, bool, usize),
    Unclosed,
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
            unquoted: Vec::new(),
            spans: Vec::new(),
            line_breaks: false,
            taken: 0,
        }
    }

    /// The next row, blank line or end.
    ///
    /// # Errors
    /// What the system says of the file.
    pub(crate) fn next(&mut self) -> io::Result<Next<'_>> {
        loop {
            if self.at == self.end && !self.fill()? {
                return Ok(Next::End);
            }
            let (length, quoted, line_end) = match self.find_end()? {
                RowEnd::At(length, quoted, line_end) => (length, quoted, line_end),
                RowEnd::Unclosed => {
                    self.at = self.end;
                    self.at_end = true;
                    return Ok(Next::Unclosed(self.row + self.blank));
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
                self.blank -= 1;
                self.row += 1;
                return Ok(Next::Blank(self.row - 1));
            }
            self.take(length + line_end);
            let row = self.row;
            self.row += 1;
            let raw = &self.buffer[start..start + raw_length];
            self.spans.clear();
            let text = if quoted {
                split_quoted(raw, self.delimiter, &mut self.unquoted, &mut self.spans);
                if !self.line_breaks {
                    self.line_breaks = memchr::memchr2(b'\n', b'\r', raw).is_some();
                }
                self.unquoted.as_slice()
            } else {
                split_plain(raw, self.delimiter, &mut self.spans);
                raw
            };
            let cells = Cells {
                raw,
                text,
                spans: &self.spans,
            };
            return Ok(Next::Row(row, cells));
        }
    }

    fn take(&mut self, bytes: usize) {
        self.at += bytes;
        self.taken += bytes as u64;
    }

    /// Finds the end of the row that starts at `self.at`, reading on as far as needed.
    fn find_end(&mut self) -> io::Result<RowEnd> {
        let mut scan = Scan::default();
        loop {
            let row = &self.buffer[self.at..self.end];
            if let Some(length) = scan.run(row, self.delimiter, self.line_end) {
                return Ok(RowEnd::At(length, scan.quotes, 1));
            }
            if self.end - self.at > MAX_ROW {
                return Ok(RowEnd::Unclosed);
            }
            if !self.fill()? {
                return Ok(if scan.state == State::Quoted {
                    RowEnd::Unclosed
                } else {
                    RowEnd::At(self.end - self.at, scan.quotes, 0)
                });
            }
        }
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

/// Looks for the end of a row and goes on where it left off when more was read.
#[derive(Default)]
struct Scan {
    done: usize,
    state: State,
    /// Whether the row has a quote anywhere.
    quotes: bool,
}

/// Where within a row the scan stands.
#[derive(Copy, Clone, PartialEq, Eq, Default)]
enum State {
    #[default]
    CellStart,
    Plain,
    Quoted,
    /// After a quote within a quoted cell: the next byte tells whether it closed the cell.
    AfterQuote,
}

impl Scan {
    /// The offset of the line end, or `None` when the row goes on beyond what is there.
    fn run(&mut self, row: &[u8], delimiter: u8, line_end: u8) -> Option<usize> {
        if !self.quotes {
            // Most rows have no quote at all: one fast pass over what was not seen yet.
            match memchr::memchr2(line_end, b'"', &row[self.done..]) {
                None => {
                    self.done = row.len();
                    return None;
                }
                Some(at) if row[self.done + at] == line_end => return Some(self.done + at),
                Some(_) => {
                    self.quotes = true;
                    self.done = 0;
                }
            }
        }
        while let Some(&byte) = row.get(self.done) {
            self.state = match self.state {
                State::Quoted => match memchr::memchr(b'"', &row[self.done..]) {
                    None => {
                        self.done = row.len();
                        return None;
                    }
                    Some(at) => {
                        self.done += at;
                        State::AfterQuote
                    }
                },
                State::CellStart | State::AfterQuote if byte == b'"' => State::Quoted,
                _ if byte == line_end => return Some(self.done),
                _ if byte == delimiter => State::CellStart,
                _ => State::Plain,
            };
            self.done += 1;
        }
        None
    }
}

/// Spans of the cells of a row without quotes.
fn split_plain(row: &[u8], delimiter: u8, spans: &mut Vec<(u32, u32)>) {
    let mut from = 0;
    // Cells are short: looking at each byte is faster than starting a search for each cell.
    for (at, &byte) in row.iter().enumerate() {
        if byte == delimiter {
            spans.push((from, at as u32));
            from = at as u32 + 1;
        }
    }
    spans.push((from, row.len() as u32));
}

/// Text and spans of the cells of a row with quotes.
fn split_quoted(row: &[u8], delimiter: u8, text: &mut Vec<u8>, spans: &mut Vec<(u32, u32)>) {
    text.clear();
    let mut from = 0;
    let mut state = State::CellStart;
    for &byte in row {
        state = match state {
            State::Quoted if byte == b'"' => State::AfterQuote,
            State::CellStart if byte == b'"' => State::Quoted,
            State::Quoted => {
                text.push(byte);
                State::Quoted
            }
            State::AfterQuote if byte == b'"' => {
                text.push(b'"');
                State::Quoted
            }
            _ if byte == delimiter => {
                spans.push((from, text.len() as u32));
                from = text.len() as u32;
                State::CellStart
            }
            _ => {
                text.push(byte);
                State::Plain
            }
        };
    }
    spans.push((from, text.len() as u32));
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    /// A reader that gives a byte at a time, so that every boundary is met.
    struct Drip<'a>(&'a [u8]);

    impl Read for Drip<'_> {
        fn read(&mut self, room: &mut [u8]) -> io::Result<usize> {
            let Some((first, rest)) = self.0.split_first() else {
                return Ok(0);
            };
            room[0] = *first;
            self.0 = rest;
            Ok(1)
        }
    }

    fn read(text: &[u8], drip: bool) -> Vec<(u64, Option<Vec<String>>)> {
        let file: Box<dyn Read> = if drip {
            Box::new(Drip(text))
        } else {
            Box::new(text)
        };
        let mut rows = Rows::new(file, b';', b'\n');
        let mut found = Vec::new();
        loop {
            found.push(match rows.next().unwrap() {
                Next::Row(row, cells) => {
                    let texts = (0..cells.len())
                        .map(|at| String::from_utf8_lossy(cells.get(at)).into_owned())
                        .collect();
                    (row, Some(texts))
                }
                Next::Blank(row) => (row, None),
                Next::Unclosed(row) => (row, Some(vec!["<unclosed>".into()])),
                Next::End => return found,
            });
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

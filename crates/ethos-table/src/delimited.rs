//! Rows of text with delimiters, with the line that each begins on.
//!
//! The lines are those that an editor or a spreadsheet numbers: `\n`, `\r\n` and `\r` end a
//! line, lines without anything in them count though they make no row, and so do line ends
//! within quotes. (The position that the `csv` crate reports is that of the row before plus
//! what was read: one too few in files with `\r\n`, and before blank lines.)

use std::io::{self, BufRead};

use csv_core::ReadRecordResult;

/// A row longer than this is no row: a quotation mark was not closed.
const LONGEST: usize = 1 << 24;

/// Reads the rows of a delimited text, as bytes in whatever encoding they are.
///
/// ```
/// use ethos_table::delimited::Records;
///
/// let mut records = Records::new(&b"a;b\r\n\r\n1;\"x;y\"\r\n"[..], b';');
/// assert_eq!(records.next()?.unwrap().get(0), Some(&b"a"[..]));
/// let row = records.next()?.unwrap();
/// assert_eq!((row.line(), row.len(), row.get(1)), (3, 2, Some(&b"x;y"[..])));
/// assert!(records.next()?.is_none());
/// # Ok::<(), ethos_table::delimited::RecordError>(())
/// ```
pub struct Records<R> {
    source: R,
    core: csv_core::Reader,
    bytes: Vec<u8>,
    ends: Vec<usize>,
    lines: LineCounter,
}

/// Why there is no next row.
#[derive(Debug, thiserror::Error)]
pub enum RecordError {
    /// The source cannot be read.
    #[error("{0}")]
    Io(#[from] io::Error),
    /// A row does not end.
    #[error("line {line}: the row does not end; a quotation mark is opened and not closed")]
    Unclosed {
        /// Line on which it begins.
        line: u64,
    },
}

/// A row.
#[derive(Copy, Clone, Debug)]
pub struct Record<'a> {
    line: u64,
    bytes: &'a [u8],
    ends: &'a [usize],
}

impl<'a> Record<'a> {
    /// The line that the row begins on, 1 for the first of the text.
    pub fn line(&self) -> u64 {
        self.line
    }

    /// Number of cells.
    pub fn len(&self) -> usize {
        self.ends.len()
    }

    /// Whether there are no cells; never so for a row that was read.
    pub fn is_empty(&self) -> bool {
        self.ends.is_empty()
    }

    /// The cell in this column, counted from 0, without its quotes.
    pub fn get(&self, column: usize) -> Option<&'a [u8]> {
        let end = *self.ends.get(column)?;
        Some(&self.bytes[self.start(column)..end])
    }

    /// The cells in order.
    pub fn iter(&self) -> impl ExactSizeIterator<Item = &'a [u8]> + use<'a> {
        let Self { bytes, ends, .. } = *self;
        (0..ends.len()).map(move |column| {
            let start = if column == 0 { 0 } else { ends[column - 1] };
            &bytes[start..ends[column]]
        })
    }

    /// The cells as text; `None` when one is not UTF-8.
    pub fn texts(&self) -> Option<impl ExactSizeIterator<Item = &'a str> + use<'a>> {
        let Self { bytes, ends, .. } = *self;
        let text = std::str::from_utf8(bytes).ok()?;
        // Two halves of a character, one in each cell, are no text either.
        if !ends.iter().all(|&end| text.is_char_boundary(end)) {
            return None;
        }
        Some((0..ends.len()).map(move |column| {
            let start = if column == 0 { 0 } else { ends[column - 1] };
            &text[start..ends[column]]
        }))
    }

    fn start(&self, column: usize) -> usize {
        if column == 0 {
            0
        } else {
            self.ends[column - 1]
        }
    }
}

impl<R: BufRead> Records<R> {
    /// Rows of cells with this delimiter, quoted as in RFC 4180 where they need to be.
    pub fn new(source: R, delimiter: u8) -> Self {
        Self {
            source,
            core: csv_core::ReaderBuilder::new().delimiter(delimiter).build(),
            bytes: vec![0; 1 << 12],
            ends: vec![0; 64],
            lines: LineCounter::default(),
        }
    }

    /// The next row, `None` at the end. Lines without anything are passed over.
    ///
    /// # Errors
    /// The source cannot be read, or the row does not end: it runs to the end of the text over
    /// several lines with an odd number of quotation marks, or for more than 16 MB.
    #[expect(
        clippy::should_implement_trait,
        reason = "a row borrows the reader until the next one is read"
    )]
    pub fn next(&mut self) -> Result<Option<Record<'_>>, RecordError> {
        if !self.skip_line_ends()? {
            return Ok(None);
        }
        let line = self.lines.line;
        let (mut written, mut cells) = (0, 0);
        self.lines.quotes = 0;
        loop {
            let input = self.source.fill_buf()?;
            let at_end = input.is_empty();
            let (result, read, wrote, ended) =
                self.core
                    .read_record(input, &mut self.bytes[written..], &mut self.ends[cells..]);
            self.lines.pass(&input[..read]);
            self.source.consume(read);
            written += wrote;
            cells += ended;
            match result {
                ReadRecordResult::InputEmpty => {}
                ReadRecordResult::OutputFull if self.bytes.len() >= LONGEST => {
                    return Err(RecordError::Unclosed { line });
                }
                ReadRecordResult::OutputFull => self.bytes.resize(2 * self.bytes.len(), 0),
                ReadRecordResult::OutputEndsFull if self.ends.len() >= LONGEST => {
                    return Err(RecordError::Unclosed { line });
                }
                ReadRecordResult::OutputEndsFull => self.ends.resize(2 * self.ends.len(), 0),
                ReadRecordResult::End => return Ok(None),
                ReadRecordResult::Record => {
                    if at_end && self.lines.quotes % 2 == 1 && self.lines.line > line {
                        return Err(RecordError::Unclosed { line });
                    }
                    return Ok(Some(Record {
                        line,
                        bytes: &self.bytes[..written],
                        ends: &self.ends[..cells],
                    }));
                }
            }
        }
    }

    /// Passes over line ends before a row; false at the end of the text.
    fn skip_line_ends(&mut self) -> io::Result<bool> {
        loop {
            let input = self.source.fill_buf()?;
            if input.is_empty() {
                return Ok(false);
            }
            let ends = input
                .iter()
                .take_while(|byte| matches!(byte, b'\n' | b'\r'))
                .count();
            let more = ends < input.len();
            self.lines.pass(&input[..ends]);
            self.source.consume(ends);
            if more {
                return Ok(true);
            }
        }
    }
}

/// The line that the next byte stands on.
#[derive(Debug)]
struct LineCounter {
    line: u64,
    after_return: bool,
    quotes: u64,
}

impl Default for LineCounter {
    fn default() -> Self {
        Self {
            line: 1,
            after_return: false,
            quotes: 0,
        }
    }
}

impl LineCounter {
    fn pass(&mut self, bytes: &[u8]) {
        for &byte in bytes {
            let second_half = byte == b'\n' && self.after_return;
            self.after_return = byte == b'\r';
            self.line += u64::from(matches!(byte, b'\n' | b'\r') && !second_half);
            self.quotes += u64::from(byte == b'"');
        }
    }
}

#[cfg(test)]
mod tests {
    use std::io::BufReader;

    use super::*;

    fn rows(text: &str, buffer: usize) -> Result<Vec<(u64, Vec<String>)>, RecordError> {
        let mut records = Records::new(BufReader::with_capacity(buffer, text.as_bytes()), b',');
        let mut rows = Vec::new();
        while let Some(row) = records.next()? {
            let cells = row.texts().unwrap().map(str::to_owned).collect();
            rows.push((row.line(), cells));
        }
        Ok(rows)
    }

    #[test]
    fn lines_are_those_of_an_editor_whatever_ends_them() {
        let text = "a,b\n1,2\n\n\n3,\"4\n\n5\"\n,7\n\n8,9";
        for end in ["\n", "\r\n", "\r"] {
            for buffer in [1, 2, 3, 7, 1000] {
                let rows = rows(&text.replace('\n', end), buffer).unwrap();
                let lines: Vec<u64> = rows.iter().map(|row| row.0).collect();
                assert_eq!(lines, [1, 2, 5, 8, 10], "{end:?} {buffer}");
                assert_eq!(rows[2].1, ["3", &format!("4{end}{end}5")]);
                assert_eq!(rows[3].1, ["", "7"]);
            }
        }
    }

    #[test]
    fn long_rows_and_wide_rows_are_whole() {
        let cell = "x".repeat(10_000);
        let text = format!("{}\n{cell},{cell}\n", vec!["c"; 200].join(","));
        let rows = rows(&text, 100).unwrap();
        assert_eq!(rows[0].1.len(), 200);
        assert_eq!(rows[1].1, [cell.as_str(), cell.as_str()]);
    }

    #[test]
    fn an_open_quote_is_said_and_an_inch_is_not() {
        let error = rows("a,b\n1,\"2\n3,4\n5,6\n", 5).unwrap_err().to_string();
        assert!(error.starts_with("line 2:"), "{error}");
        assert_eq!(rows("a,b\n1,5\" pipe\n", 5).unwrap()[1].1[1], "5\" pipe");
        let endless = format!("a,b\n1,\"{}", "x".repeat(LONGEST + 1));
        assert!(matches!(
            rows(&endless, 1 << 16),
            Err(RecordError::Unclosed { line: 2 })
        ));
    }

    #[test]
    fn bytes_that_are_no_text_are_still_cells() {
        let mut records = Records::new(&b"\xE9,b\xC3,\xA9\n"[..], b',');
        let row = records.next().unwrap().unwrap();
        assert_eq!(
            row.iter().collect::<Vec<_>>(),
            [&b"\xE9"[..], b"b\xC3", b"\xA9"]
        );
        assert!(row.texts().is_none());
        assert_eq!(row.get(3), None);
    }
}

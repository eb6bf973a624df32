//! Opening text with delimiters: byte order mark, delimiter, header, ragged rows.

use std::io::{BufReader, Chain, Cursor, Read};

use super::kind::Magic;
use crate::delimited::{Record, RecordError, Records};
use crate::error::{Row, TableError, TableErrorKind};

/// How much of a text is looked at to find its delimiter: the header, unless it is longer.
const LOOK: usize = 1 << 16;

/// Rows of a delimited text, of the header's width.
pub(crate) struct Delimited<R> {
    records: Records<Chain<Cursor<Vec<u8>>, BufReader<R>>>,
    header: Vec<String>,
}

impl<R: Read> Delimited<R> {
    /// Reads the header. Blanks around its names are not part of them.
    pub(crate) fn open(mut source: R) -> Result<Self, TableError> {
        let mut first = Vec::new();
        source.by_ref().take(LOOK as u64).read_to_end(&mut first)?;
        match Magic::of(&first) {
            Magic::Text => {}
            Magic::Utf16 => return Err(TableErrorKind::Encoding.into()),
            Magic::Workbook => return Err(TableErrorKind::Workbook.into()),
            Magic::Parquet | Magic::Arrow => {
                return Err(TableError::damaged("CSV", "it is a binary table"));
            }
        }
        if first.starts_with(b"\xEF\xBB\xBF") {
            first.drain(..3);
        }
        let delimiter = delimiter_of(&first);
        let rest = BufReader::with_capacity(LOOK, source);
        let mut records = Records::new(Cursor::new(first).chain(rest), delimiter);
        let header = match records.next()? {
            None => return Err(TableErrorKind::Empty.into()),
            Some(record) => record
                .texts()
                .ok_or_else(|| not_text(&record))?
                .map(|name| name.trim().to_owned())
                .collect::<Vec<_>>(),
        };
        check_names(&header)?;
        Ok(Self { records, header })
    }

    pub(crate) fn header(&self) -> &[String] {
        &self.header
    }

    /// The next row's line and cells; `None` at the end. Lines without anything are passed
    /// over.
    pub(crate) fn next(
        &mut self,
    ) -> Result<Option<(u64, impl ExactSizeIterator<Item = &str> + '_)>, TableError> {
        let Some(record) = self.records.next()? else {
            return Ok(None);
        };
        let cells = record.texts().ok_or_else(|| not_text(&record))?;
        if cells.len() != self.header.len() {
            return Err(TableError::from(TableErrorKind::Ragged {
                found: cells.len(),
                expected: self.header.len(),
            })
            .in_row(Row::Line(record.line())));
        }
        Ok(Some((record.line(), cells)))
    }
}

fn not_text(record: &Record<'_>) -> TableError {
    TableError::from(TableErrorKind::Encoding).in_row(Row::Line(record.line()))
}

impl From<RecordError> for TableError {
    fn from(error: RecordError) -> Self {
        match error {
            RecordError::Io(error) => error.into(),
            RecordError::Unclosed { line } => {
                Self::from(TableErrorKind::Unclosed).in_row(Row::Line(line))
            }
        }
    }
}

/// Names that are there, once each.
pub(crate) fn check_names(names: &[String]) -> Result<(), TableError> {
    if names.is_empty() || (names.len() == 1 && names[0].is_empty()) {
        return Err(TableErrorKind::Empty.into());
    }
    let mut sorted: Vec<&String> = names.iter().collect();
    sorted.sort_unstable();
    for (at, name) in names.iter().enumerate() {
        if name.is_empty() {
            return Err(TableErrorKind::Nameless(at + 1).into());
        }
    }
    match sorted.windows(2).find(|pair| pair[0] == pair[1]) {
        Some(pair) => Err(TableError::from(TableErrorKind::Twice).in_column(pair[0])),
        None => Ok(()),
    }
}

/// The delimiter that occurs most often in the first line outside quotes; the comma where none
/// does.
fn delimiter_of(text: &[u8]) -> u8 {
    let mut counts = [(b',', 0_usize), (b';', 0), (b'\t', 0)];
    let mut quoted = false;
    for &byte in text {
        match byte {
            b'"' => quoted = !quoted,
            b'\n' | b'\r' if !quoted => break,
            _ if !quoted => {
                if let Some(count) = counts.iter_mut().find(|(delimiter, _)| *delimiter == byte) {
                    count.1 += 1;
                }
            }
            _ => {}
        }
    }
    let mut best = counts[0];
    for count in &counts[1..] {
        if count.1 > best.1 {
            best = *count;
        }
    }
    best.0
}

#[cfg(test)]
mod tests {
    use super::*;

    fn rows(text: &[u8]) -> Result<Vec<(u64, Vec<String>)>, TableError> {
        let mut read = Delimited::open(text)?;
        let mut rows = Vec::new();
        while let Some((line, cells)) = read.next()? {
            rows.push((line, cells.map(str::to_owned).collect()));
        }
        Ok(rows)
    }

    #[test]
    fn wrong_rows_are_named_by_their_line() {
        let said = |text: &[u8]| rows(text).unwrap_err().to_string();
        assert_eq!(
            said(b"a,b\r\n\r\n1,2\r\n3\r\n"),
            "line 4: 1 cells where the header names 2 columns"
        );
        let error = said(b"a,b\n\n1,2\n\n3,\xff\n");
        assert!(
            error.contains("line 5") && error.contains("UTF-8"),
            "{error}"
        );
        let error = said(b"a,b\n1,\"2\n3,4\n");
        assert!(
            error.contains("line 2") && error.contains("quotation"),
            "{error}"
        );
    }

    #[test]
    fn the_header_tells_the_delimiter() {
        assert_eq!(delimiter_of(b"a;b,c;d\n1,2,3,4,5,6\n"), b';');
        assert_eq!(delimiter_of(b"a\tb"), b'\t');
        assert_eq!(delimiter_of(b"\"a;b;c\",d\n"), b',');
        assert_eq!(delimiter_of(b"alone\n"), b',');
    }

    #[test]
    fn headers_that_name_nothing_are_refused() {
        let said = |text: &[u8]| rows(text).unwrap_err().to_string();
        assert!(said(b"").contains("empty"));
        assert!(said(b"\xEF\xBB\xBF").contains("empty"));
        assert!(said(b"\n\n").contains("empty"));
        let second = said(b"a,,c\n");
        assert!(second.contains("column 2 has no name") && !second.contains("in R"));
        assert!(said(b"\"\",a\n\"1\",0\n").contains("in R: row.names = FALSE"));
        assert!(said(b"a, b,a\n").contains("`a`: the column occurs twice"));
        assert!(said(b"PK\x03\x04rest").contains("workbook"));
        assert!(said(b"\xFF\xFEa\0").contains("UTF-8"));
        assert_eq!(rows(b"\xEF\xBB\xBFa,b\n").unwrap(), []);
    }
}

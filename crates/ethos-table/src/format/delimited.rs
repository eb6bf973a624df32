//! Opening text with delimiters: byte order mark, delimiter, header, ragged rows.

use std::io::{self, Chain, Cursor, Read};

use csv::StringRecord;

use super::kind::Magic;
use crate::error::{Row, TableError, TableErrorKind};

/// How much of a text is looked at to find its delimiter: the header, unless it is longer.
const LOOK: usize = 1 << 16;

/// Rows of a delimited text, of the header's width.
pub(crate) struct Delimited<R> {
    reader: csv::Reader<Chain<Cursor<Vec<u8>>, R>>,
    header: Vec<String>,
    record: StringRecord,
}

impl<R: Read> Delimited<R> {
    /// Reads the header. Blanks around its names are not part of them.
    ///
    /// `trim` takes blanks away around every cell too.
    pub(crate) fn open(mut source: R, trim: bool) -> Result<Self, TableError> {
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
        let mut reader = csv::ReaderBuilder::new()
            .delimiter(delimiter)
            .has_headers(false)
            .trim(if trim {
                csv::Trim::All
            } else {
                csv::Trim::None
            })
            .from_reader(Cursor::new(first).chain(source));
        let mut record = StringRecord::new();
        let found = reader
            .read_record(&mut record)
            .map_err(|error| refused(error, 0))?;
        if !found {
            return Err(TableErrorKind::Empty.into());
        }
        let header: Vec<String> = record.iter().map(|name| name.trim().to_owned()).collect();
        check_names(&header)?;
        Ok(Self {
            reader,
            header,
            record,
        })
    }

    pub(crate) fn header(&self) -> &[String] {
        &self.header
    }

    /// The next row with its line; `None` at the end. Lines without anything are passed over.
    pub(crate) fn next(&mut self) -> Result<Option<(u64, &StringRecord)>, TableError> {
        let found = self
            .reader
            .read_record(&mut self.record)
            .map_err(|error| refused(error, self.header.len() as u64))?;
        if !found {
            return Ok(None);
        }
        let line = self.record.position().map_or(0, csv::Position::line);
        Ok(Some((line, &self.record)))
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

fn refused(error: csv::Error, columns: u64) -> TableError {
    let line = error.position().map(|at| Row::Line(at.line()));
    let mut kind = match error.into_kind() {
        csv::ErrorKind::Io(error) => TableError::from(error),
        csv::ErrorKind::Utf8 { .. } => TableErrorKind::Encoding.into(),
        csv::ErrorKind::UnequalLengths { len, .. } => TableErrorKind::Ragged {
            found: len,
            expected: columns,
        }
        .into(),
        other => TableError::damaged("CSV", io::Error::other(format!("{other:?}"))),
    };
    if let Some(line) = line {
        kind = kind.in_row(line);
    }
    kind
}

#[cfg(test)]
mod tests {
    use super::*;

    fn rows(text: &[u8]) -> Result<Vec<(u64, Vec<String>)>, TableError> {
        let mut read = Delimited::open(text, false)?;
        let mut rows = Vec::new();
        while let Some((line, record)) = read.next()? {
            rows.push((line, record.iter().map(str::to_owned).collect()));
        }
        Ok(rows)
    }

    #[test]
    fn lines_are_those_of_the_file() {
        for text in [
            "a,b\n1,2\n\n\n3,\"4\n5\"\n6,7\n",
            "a,b\r\n1,2\r\n\r\n\r\n3,\"4\r\n5\"\r\n6,7\r\n",
        ] {
            let lines: Vec<u64> = rows(text.as_bytes())
                .unwrap()
                .iter()
                .map(|row| row.0)
                .collect();
            assert_eq!(lines, [2, 5, 7], "{text:?}");
        }
        let error = rows(b"a,b\r\n\r\n1,2\r\n3\r\n").unwrap_err().to_string();
        assert_eq!(error, "line 4: 1 cells where the header names 2 columns");
        let error = rows(b"a,b\n\n1,2\n\n3,\xff\n").unwrap_err().to_string();
        assert!(
            error.contains("line 5") && error.contains("UTF-8"),
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
        assert!(said(b"a,,c\n").contains("column 2 has no name"));
        assert!(said(b"a, b,a\n").contains("`a`: the column occurs twice"));
        assert!(said(b"PK\x03\x04rest").contains("workbook"));
        assert!(said(b"\xFF\xFEa\0").contains("UTF-8"));
        assert_eq!(rows(b"\xEF\xBB\xBFa,b\n").unwrap(), []);
    }
}

//! The formats, by name of the file and by its first bytes.

use std::path::Path;

use crate::error::{TableError, TableErrorKind};

/// A format a table can be written in and read from.
#[derive(Copy, Clone, PartialEq, Eq, Debug)]
pub enum Format {
    /// Text with commas: UTF-8, a header, quotes as in RFC 4180, lines end in a line feed.
    ///
    /// An empty cell is a null, or a text without characters in a column that has no nulls.
    /// Reals are the shortest digits that read back as the same number, dates are
    /// `YYYY-MM-DD`. A text that a spreadsheet would run as a formula (it begins with `=`,
    /// `+`, `-`, `@`, tab or carriage return, apostrophes before it not counted) gets an
    /// apostrophe in front; reading takes it away again. A file with semicolons or tabs, as a
    /// spreadsheet may save it, is read too.
    Csv,
    /// Apache Parquet, compressed with Snappy.
    Parquet,
    /// Apache Arrow IPC file, not compressed.
    Arrow,
}

impl Format {
    /// The format that a file's name tells: `.csv`, `.parquet` or `.arrow`, in any case.
    ///
    /// # Errors
    /// The name ends in something else.
    pub fn of(path: &Path) -> Result<Self, TableError> {
        let extension = path
            .extension()
            .map(|extension| extension.to_string_lossy().to_lowercase());
        match extension.as_deref() {
            Some("csv") => Ok(Self::Csv),
            Some("parquet") => Ok(Self::Parquet),
            Some("arrow") => Ok(Self::Arrow),
            _ => Err(TableError::from(TableErrorKind::Extension).in_file(path)),
        }
    }

    /// The extension without the dot.
    pub fn extension(self) -> &'static str {
        match self {
            Self::Csv => "csv",
            Self::Parquet => "parquet",
            Self::Arrow => "arrow",
        }
    }
}

/// What a file's first bytes tell.
#[derive(Copy, Clone, PartialEq, Eq, Debug)]
pub(crate) enum Magic {
    Parquet,
    Arrow,
    /// A zip archive, which is what workbooks are, or the workbook format before it.
    Workbook,
    /// Text with a mark of two-byte characters.
    Utf16,
    /// Nothing known: text, if anything.
    Text,
}

impl Magic {
    pub(crate) fn of(first: &[u8]) -> Self {
        match first {
            [b'P', b'A', b'R', b'1', ..] => Self::Parquet,
            [b'A', b'R', b'R', b'O', b'W', b'1', ..] => Self::Arrow,
            [b'P', b'K', 3, 4, ..] | [0xD0, 0xCF, 0x11, 0xE0, ..] => Self::Workbook,
            [0xFF, 0xFE, ..] | [0xFE, 0xFF, ..] => Self::Utf16,
            _ => Self::Text,
        }
    }
}

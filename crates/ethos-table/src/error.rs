//! What can be wrong with a table or its file, said with the place where it is wrong.

use std::fmt;
use std::io;
use std::path::Path;

use ethos_model::finding::MaskedValue;
use ethos_model::schema::ColumnType;

use crate::atomic::AtomicError;

/// How a row is named: in a text file by its line, elsewhere by its position.
#[derive(Copy, Clone, PartialEq, Eq, Debug)]
pub enum Row {
    /// Line in a text file on which the row starts, the header being line 1.
    Line(u64),
    /// Position among the rows, 1 for the first.
    Number(u64),
}

impl fmt::Display for Row {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Line(line) => write!(f, "line {line}"),
            Self::Number(row) => write!(f, "row {row}"),
        }
    }
}

/// Where a table is wrong. Parts that do not apply are `None`.
#[derive(Clone, PartialEq, Eq, Debug, Default)]
pub struct Place {
    /// The file as the caller named it.
    pub file: Option<String>,
    /// The row.
    pub row: Option<Row>,
    /// The column's name.
    pub column: Option<String>,
}

impl fmt::Display for Place {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let mut separator = "";
        if let Some(file) = &self.file {
            write!(f, "{file}")?;
            separator = ", ";
        }
        if let Some(row) = self.row {
            write!(f, "{separator}{row}")?;
            separator = ", ";
        }
        if let Some(column) = &self.column {
            write!(f, "{separator}column `{column}`")?;
            separator = ", ";
        }
        if separator.is_empty() {
            f.write_str("table")?;
        }
        Ok(())
    }
}

/// A table that cannot be read, written or built, and where.
#[derive(Debug, thiserror::Error)]
#[error("{place}: {kind}")]
pub struct TableError {
    place: Box<Place>,
    kind: Box<TableErrorKind>,
}

/// What is wrong.
#[derive(Debug, thiserror::Error)]
pub enum TableErrorKind {
    /// The file cannot be opened, read or written.
    #[error("{0}")]
    Io(io::Error),
    /// The new file cannot take the old one's place.
    #[error("{0}")]
    Atomic(AtomicError),
    /// The name does not tell the format.
    #[error("the name does not tell the format; end it in .csv, .parquet or .arrow")]
    Extension,
    /// The bytes are not what the format asks for.
    #[error("not a readable {format} file: {reason}")]
    Damaged {
        /// `CSV`, `Parquet` or `Arrow`.
        format: &'static str,
        /// What the reader said.
        reason: String,
    },
    /// Packed in a way that is not read.
    #[error(
        "the {format} file is packed with {packing}, which is not read; write it with snappy, gzip, zstd or without packing"
    )]
    Packing {
        /// `Parquet` or `Arrow`.
        format: &'static str,
        /// Name of the packing.
        packing: &'static str,
    },
    /// A spreadsheet workbook where a table is wanted.
    #[error("a spreadsheet workbook is no table file; save the sheet as CSV (UTF-8) and use that")]
    Workbook,
    /// Text in another encoding.
    #[error("the text is not UTF-8; save the file as CSV UTF-8")]
    Encoding,
    /// No header, or no column.
    #[error("the file is empty; its first line must name the columns")]
    Empty,
    /// A column without a name.
    #[error("column {0} has no name; the first line must name every column{hint}", hint = row_names(*.0))]
    Nameless(usize),
    /// Two columns with one name.
    #[error("the column occurs twice; rename one of the two")]
    Twice,
    /// A row with more or fewer cells than the header.
    #[error("{found} cells where the header names {expected} columns")]
    Ragged {
        /// Cells in the row.
        found: usize,
        /// Columns in the header.
        expected: usize,
    },
    /// A row that goes on and on.
    #[error("the row does not end; a quotation mark is opened and not closed")]
    Unclosed,
    /// A column of the schema is not there.
    #[error("the column is missing; {schema} needs it{hint}")]
    Missing {
        /// Id of the schema.
        schema: String,
        /// A suggestion, or nothing.
        hint: String,
    },
    /// A column that the schema does not have.
    #[error("{schema} has no such column{hint}; remove or rename it")]
    Surplus {
        /// Id of the schema.
        schema: String,
        /// A suggestion, or nothing.
        hint: String,
    },
    /// A table of another kind or version.
    #[error("the table is {found}, expected {expected}")]
    Schema {
        /// Id the file carries.
        found: String,
        /// Id wanted.
        expected: String,
    },
    /// A column of another type.
    #[error("expected {}, found {found}", kind_name(*expected))]
    Type {
        /// Type in the schema.
        expected: ColumnType,
        /// What is there.
        found: String,
    },
    /// An empty cell in a column that may not have any.
    #[error("the cell is empty; every row needs a value here")]
    Null,
    /// A value that is not what the column holds.
    #[error("expected {expected}, found `{found}`")]
    Value {
        /// What the column holds.
        expected: &'static str,
        /// The value, masked.
        found: MaskedValue,
    },
    /// Columns of different lengths, or a row of another width than the table.
    #[error("{found} values where {expected} are expected")]
    Length {
        /// Values given.
        found: usize,
        /// Values expected.
        expected: usize,
    },
    /// Values that contradict each other or the table they belong to.
    #[error("{0}")]
    Conflict(String),
}

/// The type's name in a message.
pub(crate) fn kind_name(kind: ColumnType) -> &'static str {
    match kind {
        ColumnType::Text => "text",
        ColumnType::Integer => "a whole number",
        ColumnType::Real => "a number such as 0.5",
        ColumnType::Date => "a date such as 2026-01-01",
        ColumnType::Boolean => "true or false",
    }
}

impl TableError {
    /// What is wrong.
    pub fn kind(&self) -> &TableErrorKind {
        &self.kind
    }

    /// Where it is wrong.
    pub fn place(&self) -> &Place {
        &self.place
    }

    /// The same error in this file.
    #[must_use]
    pub fn in_file(mut self, file: &Path) -> Self {
        self.place.file = Some(file.display().to_string());
        self
    }

    pub(crate) fn in_named(mut self, file: Option<&str>) -> Self {
        if let Some(file) = file {
            self.place.file = Some(file.to_owned());
        }
        self
    }

    pub(crate) fn in_row(mut self, row: Row) -> Self {
        self.place.row = Some(row);
        self
    }

    pub(crate) fn in_column(mut self, column: &str) -> Self {
        self.place.column = Some(column.to_owned());
        self
    }

    pub(crate) fn value(expected: &'static str, found: &str) -> Self {
        TableErrorKind::Value {
            expected,
            found: MaskedValue::of(found),
        }
        .into()
    }

    pub(crate) fn conflict(text: impl Into<String>) -> Self {
        TableErrorKind::Conflict(text.into()).into()
    }

    pub(crate) fn damaged(format: &'static str, reason: impl fmt::Display) -> Self {
        TableErrorKind::Damaged {
            format,
            reason: reason.to_string(),
        }
        .into()
    }
}

impl From<TableErrorKind> for TableError {
    fn from(kind: TableErrorKind) -> Self {
        Self {
            place: Box::default(),
            kind: Box::new(kind),
        }
    }
}

impl From<AtomicError> for TableError {
    fn from(error: AtomicError) -> Self {
        TableErrorKind::Atomic(error).into()
    }
}

impl From<io::Error> for TableError {
    fn from(error: io::Error) -> Self {
        TableErrorKind::Io(error).into()
    }
}

/// R's `write.csv` puts the names of the rows into a first column without a name.
fn row_names(column: usize) -> &'static str {
    if column == 1 {
        " (in R: row.names = FALSE)"
    } else {
        ""
    }
}

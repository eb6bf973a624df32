//! Small comma-separated tables with named columns: the reference data of this crate and the
//! mappings and shares that users declare.

use csv::StringRecord;

/// Why a small table could not be read at all.
#[derive(Clone, PartialEq, Eq, Debug, thiserror::Error)]
pub enum RowsError {
    /// A row that is not a row of this table.
    #[error("line {line}: the row cannot be read; it needs as many fields as the header")]
    Malformed {
        /// Line in the file, the header is line 1; 0 when it is not known.
        line: u64,
    },
    /// The header lacks a column.
    #[error("the header has no column `{column}`; it has {found}")]
    MissingColumn {
        /// The column that is needed.
        column: &'static str,
        /// The columns that are there.
        found: String,
    },
}

/// The rows of a small table. The separator is the one the header uses (comma, semicolon or
/// tab); a byte-order mark and blanks around a field are dropped.
pub(crate) struct Rows {
    header: Vec<String>,
    rows: Vec<Row>,
}

/// One row with the line it stands on.
pub(crate) struct Row {
    pub(crate) line: u64,
    fields: StringRecord,
}

impl Row {
    /// The field in this column, as [`Rows::column`] gave it.
    pub(crate) fn get(&self, column: usize) -> &str {
        self.fields.get(column).unwrap_or_default()
    }
}

impl Rows {
    pub(crate) fn read(text: &str) -> Result<Self, RowsError> {
        let text = text.strip_prefix('\u{feff}').unwrap_or(text);
        let first = text.lines().next().unwrap_or_default();
        let delimiter = [b';', b'\t']
            .into_iter()
            .find(|&byte| first.contains(char::from(byte)))
            .unwrap_or(b',');
        let mut reader = csv::ReaderBuilder::new()
            .delimiter(delimiter)
            .trim(csv::Trim::All)
            .from_reader(text.as_bytes());
        let malformed = |error: csv::Error| RowsError::Malformed {
            line: error.position().map_or(0, csv::Position::line),
        };
        let header = reader
            .headers()
            .map_err(malformed)?
            .iter()
            .map(str::to_lowercase)
            .collect();
        let rows = reader
            .records()
            .map(|record| {
                let fields = record.map_err(malformed)?;
                let line = fields.position().map_or(0, csv::Position::line);
                Ok(Row { line, fields })
            })
            .collect::<Result<_, _>>()?;
        Ok(Self { header, rows })
    }

    /// Position of a column that must be there.
    pub(crate) fn column(&self, column: &'static str) -> Result<usize, RowsError> {
        self.optional(column)
            .ok_or_else(|| RowsError::MissingColumn {
                column,
                found: self.header.join(", "),
            })
    }

    /// Position of a column that may be there.
    pub(crate) fn optional(&self, column: &str) -> Option<usize> {
        self.header.iter().position(|name| name == column)
    }

    pub(crate) fn iter(&self) -> impl Iterator<Item = &Row> {
        self.rows.iter()
    }
}

/// The first ten of a list for a message, and how many more there are.
pub(crate) fn first_few<T: ToString>(items: &[T]) -> String {
    const SHOWN: usize = 10;
    let shown = items
        .iter()
        .take(SHOWN)
        .map(ToString::to_string)
        .collect::<Vec<_>>()
        .join(", ");
    match items.len().saturating_sub(SHOWN) {
        0 => shown,
        more => format!("{shown} and {more} more"),
    }
}

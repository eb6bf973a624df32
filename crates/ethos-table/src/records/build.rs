//! Columns out of records, and tables of records into files.

use std::fmt;
use std::path::Path;

use ethos_model::date::Day;
use ethos_model::schema::TableSchema;
use ethos_model::token::Token;

use crate::error::TableError;
use crate::format::{CHUNK, TableReader, TableWriter};
use crate::table::{ColumnData, Table, TextColumn};

/// A token as 32 hexadecimal digits. Only person-level tables show it.
pub(super) struct Hex(pub(super) Token);

impl fmt::Display for Hex {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        const DIGITS: &[u8; 16] = b"0123456789abcdef";
        let mut text = [0; 32];
        for (pair, byte) in text.chunks_exact_mut(2).zip(self.0.bytes()) {
            pair[0] = DIGITS[usize::from(byte >> 4)];
            pair[1] = DIGITS[usize::from(byte & 15)];
        }
        f.write_str(std::str::from_utf8(&text).map_err(|_| fmt::Error)?)
    }
}

pub(super) fn texts<'r, T, D: fmt::Display>(
    rows: &'r [T],
    cell: impl Fn(&'r T) -> Option<D>,
) -> ColumnData {
    let mut cells = TextColumn::new();
    for row in rows {
        cells.push_display(cell(row));
    }
    ColumnData::Text(cells)
}

pub(super) fn tokens<T>(rows: &[T], cell: impl Fn(&T) -> Option<Token>) -> ColumnData {
    texts(rows, |row| cell(row).map(Hex))
}

pub(super) fn integers<T, N: Into<i64>>(rows: &[T], cell: impl Fn(&T) -> Option<N>) -> ColumnData {
    ColumnData::Integer(rows.iter().map(|row| cell(row).map(Into::into)).collect())
}

pub(super) fn reals<T>(rows: &[T], cell: impl Fn(&T) -> Option<f64>) -> ColumnData {
    ColumnData::Real(rows.iter().map(cell).collect())
}

pub(super) fn dates<T>(rows: &[T], cell: impl Fn(&T) -> Option<Day>) -> ColumnData {
    ColumnData::Date(rows.iter().map(cell).collect())
}

pub(super) fn booleans<T>(rows: &[T], cell: impl Fn(&T) -> bool) -> ColumnData {
    ColumnData::Boolean(rows.iter().map(|row| Some(cell(row))).collect())
}

/// Writes records to a file without a table of all of them in memory.
pub(super) fn write_all<T>(
    path: &Path,
    schema: &TableSchema,
    records: &[T],
    to_table: impl Fn(&[T]) -> Result<Table, TableError>,
) -> Result<(), TableError> {
    let mut writer = TableWriter::create(path, schema)?;
    for chunk in records.chunks(CHUNK) {
        writer.write(&to_table(chunk).map_err(|error| error.in_file(path))?)?;
    }
    writer.finish()
}

/// Reads records from a file without a table of all of them in memory.
pub(super) fn read_all<T>(
    path: &Path,
    schema: &TableSchema,
    from_table: impl Fn(&Table) -> Result<Vec<T>, TableError>,
) -> Result<Vec<T>, TableError> {
    let mut records = Vec::new();
    for chunk in TableReader::open(path, schema)? {
        records.append(&mut from_table(&chunk?)?);
    }
    Ok(records)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn hex_is_the_models() {
        let token = Token::from_bytes([0, 1, 0x7f, 0x80, 0xab, 255, 9, 16, 0, 0, 1, 2, 3, 4, 5, 6]);
        assert_eq!(Hex(token).to_string(), token.to_hex());
    }
}

//! Typed rows in CSV: what a cell looks like, and how it is read back.

use std::fmt::Write as _;
use std::io::Read;

use ethos_model::date::Day;
use ethos_model::schema::{Column, TableSchema};

use super::delimited::Delimited;
use super::formula;
use super::number::Shortest;
use super::reader::Columns;
use crate::error::{Row, TableError, TableErrorKind, kind_name};
use crate::table::{ColumnData, Origin, RowNames, Table};

/// A cell as text; nothing for an empty cell.
pub(super) fn write_cell(data: &ColumnData, row: usize, cell: &mut String) {
    cell.clear();
    // Writing into a string does not fail.
    match data {
        ColumnData::Text(cells) => {
            if let Some(text) = cells.get(row) {
                formula::stop(text, cell);
            }
        }
        ColumnData::Integer(cells) => {
            if let Some(number) = cells[row] {
                let _ = write!(cell, "{number}");
            }
        }
        ColumnData::Real(cells) => {
            if let Some(number) = cells[row] {
                let _ = write!(cell, "{}", Shortest(number));
            }
        }
        ColumnData::Date(cells) => {
            if let Some(day) = cells[row] {
                let _ = write!(cell, "{day}");
            }
        }
        ColumnData::Boolean(cells) => {
            if let Some(truth) = cells[row] {
                cell.push_str(if truth { "true" } else { "false" });
            }
        }
    }
}

/// Adds a cell to its column.
fn read_cell(cell: &str, column: &Column, data: &mut ColumnData) -> Result<(), TableError> {
    let wrong = || TableError::value(kind_name(column.kind), cell);
    match data {
        ColumnData::Text(cells) => {
            let null = cell.is_empty() && column.nullable;
            cells.push((!null).then(|| formula::restore(cell)));
        }
        _ if cell.is_empty() && !column.nullable => return Err(TableErrorKind::Null.into()),
        ColumnData::Integer(cells) => cells.push(parsed(cell, |cell| cell.parse().ok(), wrong)?),
        ColumnData::Real(cells) => cells.push(parsed(cell, finite, wrong)?),
        ColumnData::Date(cells) => cells.push(parsed(cell, Day::parse_iso, wrong)?),
        ColumnData::Boolean(cells) => cells.push(parsed(cell, truth, wrong)?),
    }
    Ok(())
}

fn parsed<T>(
    cell: &str,
    parse: impl FnOnce(&str) -> Option<T>,
    wrong: impl FnOnce() -> TableError,
) -> Result<Option<T>, TableError> {
    if cell.is_empty() {
        return Ok(None);
    }
    parse(cell).map(Some).ok_or_else(wrong)
}

fn finite(cell: &str) -> Option<f64> {
    cell.parse().ok().filter(|number: &f64| number.is_finite())
}

/// `true` and `false`, also as a spreadsheet writes them.
fn truth(cell: &str) -> Option<bool> {
    if cell.eq_ignore_ascii_case("true") {
        Some(true)
    } else if cell.eq_ignore_ascii_case("false") {
        Some(false)
    } else {
        None
    }
}

/// Typed chunks of a CSV file.
pub(super) struct TextChunks<R> {
    rows: Delimited<R>,
    /// The schema's column that each cell of a row belongs to.
    columns: Vec<usize>,
}

impl<R: Read> TextChunks<R> {
    pub(super) fn open(source: R, schema: &TableSchema) -> Result<Self, TableError> {
        let rows = Delimited::open(source)?;
        let names: Vec<&str> = rows
            .header()
            .iter()
            .map(|name| formula::restore(name))
            .collect();
        let found = Columns::find(&names, schema)?;
        let mut columns = vec![0; names.len()];
        for (column, at) in found.at.into_iter().enumerate() {
            columns[at] = column;
        }
        Ok(Self { rows, columns })
    }

    /// The next rows, `None` when there are no more.
    pub(super) fn next(
        &mut self,
        schema: &TableSchema,
        limit: usize,
    ) -> Result<Option<Table>, TableError> {
        let mut data: Vec<ColumnData> = schema
            .columns
            .iter()
            .map(|column| ColumnData::empty(column.kind))
            .collect();
        let mut lines = Vec::new();
        while lines.len() < limit
            && let Some((line, cells)) = self.rows.next()?
        {
            lines.push(line);
            for (cell, &column) in cells.zip(&self.columns) {
                let declared = &schema.columns[column];
                read_cell(cell, declared, &mut data[column])
                    .map_err(|error| error.in_column(&declared.name).in_row(Row::Line(line)))?;
            }
        }
        if lines.is_empty() {
            return Ok(None);
        }
        let origin = Origin {
            file: None,
            rows: RowNames::Lines(lines),
        };
        Table::with_origin(schema.clone(), data, origin).map(Some)
    }
}

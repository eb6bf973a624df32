//! Capture tables, one or more reference dates in a file: `ethos-captures/1`.
//!
//! The columns depend on the study: `reference_date`, the strata, a 0/1 column for every list,
//! `count`. A list's cell is blank where it cannot see these persons. A bare capture table of a
//! researcher, with other names, is read as a [`StringTable`].

use std::collections::BTreeMap;
use std::path::Path;

use ethos_model::capture::{CaptureCell, CaptureHistory, CaptureTable, ListSet, Stratifier};
use ethos_model::date::Day;
use ethos_model::schema;

use super::build::dates;
use super::level_order::levels_in_order;
use crate::error::{TableError, TableErrorKind};
use crate::format::delimited::check_names;
use crate::strings::StringTable;
use crate::table::{ColumnData, Table, TextColumn};

const DATE: &str = "reference_date";
const COUNT: &str = "count";
/// Lists in a study at most.
const MOST_LISTS: usize = 16;

/// The capture tables as one table, in their order.
///
/// # Errors
/// The tables differ in their lists or strata, two columns would have one name, or a cell
/// points to a level or list that its table does not have.
pub fn to_table(captures: &[CaptureTable]) -> Result<Table, TableError> {
    let (strata, lists) = names(captures)?;
    let schema = schema::captures(&strata, &lists);
    let columns: Vec<String> = schema.columns.iter().map(|c| c.name.clone()).collect();
    check_names(&columns)?;

    let rows: Vec<(&CaptureTable, &CaptureCell)> = captures
        .iter()
        .flat_map(|table| table.cells.iter().map(move |cell| (table, cell)))
        .collect();
    let mut data = vec![dates(&rows, |(table, _)| Some(table.date))];
    for (at, name) in strata.iter().enumerate() {
        let mut cells = TextColumn::new();
        for (table, cell) in &rows {
            let level = cell
                .levels
                .get(at)
                .and_then(|&level| table.strata[at].levels.get(usize::from(level)));
            let level = level.ok_or_else(|| {
                TableError::conflict("a capture cell has a level that its stratum does not have")
                    .in_column(name)
            })?;
            cells.push(Some(level));
        }
        data.push(ColumnData::Text(cells));
    }
    if rows
        .iter()
        .any(|(_, cell)| u32::from(cell.history.bits()) >> lists.len() != 0)
    {
        return Err(TableError::conflict(
            "a capture history has a list that its table does not have",
        ));
    }
    if rows
        .iter()
        .any(|(_, cell)| cell.history.bits() & cell.blind.0 != 0)
    {
        return Err(TableError::conflict(
            "a list that cannot see these persons is in their capture history",
        ));
    }
    for list in 0..lists.len() {
        let seen = rows.iter().map(|(_, cell)| {
            (!cell.blind.contains(list)).then(|| i64::from(cell.history.bits() >> list & 1))
        });
        data.push(ColumnData::Integer(seen.collect()));
    }
    let counts = rows.iter().map(|(_, cell)| i64::try_from(cell.count).ok());
    data.push(ColumnData::Integer(counts.collect()));
    Table::from_columns(schema, data)
}

/// The names that all tables share.
fn names(captures: &[CaptureTable]) -> Result<(Vec<String>, Vec<String>), TableError> {
    let names_of = |table: &CaptureTable| {
        let strata: Vec<String> = table.strata.iter().map(|s| s.name.clone()).collect();
        (strata, table.lists.clone())
    };
    let Some(first) = captures.first().map(names_of) else {
        return Ok((Vec::new(), Vec::new()));
    };
    match captures.iter().find(|table| names_of(table) != first) {
        None => Ok(first),
        Some(other) => Err(TableError::conflict(format!(
            "the captures of {} and {} have other lists or strata; write them to two files",
            captures[0].date, other.date
        ))),
    }
}

/// The capture tables of a file that [`write()`] wrote, one a reference date in the order of
/// their first rows. Rows with the same strata and history are added up.
///
/// With `lists` given, those columns are the lists, in that order; without, they are the columns just before
/// `count` that hold nothing but 0, 1 and blanks. Levels stand in the order of the file, `unknown`
/// last; a level without a row is not in the table.
///
/// # Errors
/// A column is missing, no column is a list, a list's cell is not 0, 1 or blank, a count is not a
/// whole number, or a row has persons whom no list saw.
pub fn from_strings(
    table: &StringTable,
    lists: Option<&[String]>,
) -> Result<Vec<CaptureTable>, TableError> {
    let columns = Columns::find(table, lists)?;
    let mut tables: Vec<(Day, Vec<usize>)> = Vec::new();
    let mut of_date = BTreeMap::new();
    for row in 0..table.rows() {
        let day = columns.date(row)?;
        let at = *of_date.entry(day).or_insert_with(|| {
            tables.push((day, Vec::new()));
            tables.len() - 1
        });
        tables[at].1.push(row);
    }
    tables
        .into_iter()
        .map(|(date, rows)| columns.capture_table(date, &rows))
        .collect()
}

/// A column of a table under its name.
type Named<'t> = (&'t str, &'t TextColumn);

struct Columns<'t> {
    table: &'t StringTable,
    date: &'t TextColumn,
    strata: Vec<Named<'t>>,
    lists: Vec<Named<'t>>,
    count: &'t TextColumn,
}

impl<'t> Columns<'t> {
    fn find(table: &'t StringTable, lists: Option<&[String]>) -> Result<Self, TableError> {
        let position = |name: &str| {
            let found = table.names().iter().position(|known| known == name);
            found.ok_or_else(|| {
                TableError::from(TableErrorKind::Missing {
                    schema: "a capture table".to_owned(),
                    hint: String::new(),
                })
                .in_column(name)
            })
        };
        let column = |name: &str| position(name).map(|at| &table.columns()[at]);
        let (date, count) = (column(DATE)?, column(COUNT)?);
        let mut strata: Vec<Named<'t>> = table
            .names()
            .iter()
            .map(String::as_str)
            .zip(table.columns())
            .filter(|(name, _)| *name != DATE && *name != COUNT)
            .collect();
        let lists: Vec<Named<'t>> = if let Some(lists) = lists {
            strata.retain(|(name, _)| !lists.iter().any(|list| list == name));
            lists
                .iter()
                .map(|name| Ok((table.names()[position(name)?].as_str(), column(name)?)))
                .collect::<Result<_, TableError>>()?
        } else {
            let is_list = |cells: &TextColumn| {
                cells
                    .iter()
                    .all(|cell| cell.is_none() || bit(cell).is_some())
                    && (cells.is_empty() || cells.iter().any(|cell| cell.is_some()))
            };
            let trailing = strata
                .iter()
                .rev()
                .take_while(|(_, cells)| is_list(cells))
                .count();
            strata.split_off(strata.len() - trailing)
        };
        if lists.is_empty() || lists.len() > MOST_LISTS {
            return Err(TableError::conflict(format!(
                "{} columns are lists, and there must be 1 to {MOST_LISTS}; a list is a column \
                 of 0 and 1 just before `{COUNT}`",
                lists.len()
            )));
        }
        Ok(Self {
            table,
            date,
            strata,
            lists,
            count,
        })
    }

    fn wrong(&self, row: usize, column: &str, error: TableError) -> TableError {
        error.in_row(self.table.row_name(row)).in_column(column)
    }

    fn value<T>(
        &self,
        cells: &TextColumn,
        row: usize,
        column: &str,
        expected: &'static str,
        parse: impl FnOnce(&str) -> Option<T>,
    ) -> Result<T, TableError> {
        let error = match cells.get(row) {
            None => TableErrorKind::Null.into(),
            Some(text) => match parse(text) {
                Some(value) => return Ok(value),
                None => TableError::value(expected, text),
            },
        };
        Err(self.wrong(row, column, error))
    }

    fn date(&self, row: usize) -> Result<Day, TableError> {
        let expected = "a date such as 2026-01-01";
        self.value(self.date, row, DATE, expected, Day::parse_iso)
    }

    fn capture_table(&self, date: Day, rows: &[usize]) -> Result<CaptureTable, TableError> {
        let mut levels: Vec<Vec<&str>> = Vec::with_capacity(rows.len());
        for &row in rows {
            let level = |(name, cells): &Named<'t>| {
                cells
                    .get(row)
                    .ok_or_else(|| self.wrong(row, name, TableErrorKind::Null.into()))
            };
            levels.push(self.strata.iter().map(level).collect::<Result<_, _>>()?);
        }
        let strata: Vec<Stratifier> = self
            .strata
            .iter()
            .enumerate()
            .map(|(at, (name, _))| Stratifier {
                name: (*name).to_owned(),
                levels: levels_in_order(&levels, at),
            })
            .collect();
        let mut cells: BTreeMap<(Vec<u16>, CaptureHistory, ListSet), u64> = BTreeMap::new();
        for (&row, levels) in rows.iter().zip(&levels) {
            let positions = strata
                .iter()
                .zip(levels)
                .map(|(stratum, level)| {
                    let at = stratum.levels.iter().position(|known| known == level);
                    at.and_then(|at| u16::try_from(at).ok()).ok_or_else(|| {
                        let error = TableError::conflict("the stratum has more than 65,536 levels");
                        self.wrong(row, &stratum.name, error)
                    })
                })
                .collect::<Result<Vec<u16>, _>>()?;
            let count = self.value(self.count, row, COUNT, "a number of persons", |text| {
                text.parse().ok()
            })?;
            let (history, blind) = self.history(row)?;
            let total = cells.entry((positions, history, blind)).or_default();
            *total = u64::checked_add(*total, count).ok_or_else(|| {
                self.wrong(row, COUNT, TableError::conflict("the count is too large"))
            })?;
        }
        Ok(CaptureTable {
            date,
            lists: self
                .lists
                .iter()
                .map(|(name, _)| (*name).to_owned())
                .collect(),
            strata,
            cells: cells
                .into_iter()
                .map(|((levels, history, blind), count)| CaptureCell {
                    levels,
                    history,
                    blind,
                    count,
                })
                .collect(),
        })
    }

    /// The lists that saw the persons of a row, and those that could not have.
    fn history(&self, row: usize) -> Result<(CaptureHistory, ListSet), TableError> {
        let (mut seen, mut blind) = (ListSet::EMPTY, ListSet::EMPTY);
        for (at, (name, cells)) in self.lists.iter().enumerate() {
            if cells.get(row).is_none() {
                blind = blind.with(at);
            } else if self.value(cells, row, name, "0, 1 or a blank", |text| bit(Some(text)))? {
                seen = seen.with(at);
            }
        }
        let history = CaptureHistory::new(seen).ok_or_else(|| {
            let error = TableError::conflict(
                "a row of persons whom no list saw; such people are what an estimate is of",
            );
            self.wrong(row, self.lists[0].0, error)
        })?;
        Ok((history, blind))
    }
}

fn bit(cell: Option<&str>) -> Option<bool> {
    match cell {
        Some("0") => Some(false),
        Some("1") => Some(true),
        _ => None,
    }
}

/// Writes the capture tables to one file.
///
/// # Errors
/// As [`to_table`] and [`TableWriter`](crate::TableWriter).
pub fn write(path: &Path, captures: &[CaptureTable]) -> Result<(), TableError> {
    to_table(captures)
        .map_err(|error| error.in_file(path))?
        .write(path)
}

/// Reads the capture tables of a file.
///
/// # Errors
/// As [`from_strings`] and [`StringTable::read`].
pub fn read(path: &Path, lists: Option<&[String]>) -> Result<Vec<CaptureTable>, TableError> {
    from_strings(&StringTable::read(path)?, lists).map_err(|error| error.in_file(path))
}

//! The table: a schema and its columns.

use std::fmt;
use std::path::Path;

use ethos_model::date::Day;
use ethos_model::schema::{ColumnType, TableSchema};
use ethos_model::suggest::did_you_mean;

use super::column::{ColumnData, check_value};
use super::text::TextColumn;
use super::value::Value;
use crate::error::{Row, TableError, TableErrorKind, kind_name};

/// Rows in typed columns under a schema.
///
/// What holds for every table: the columns are those of the schema in its order and of one
/// length; a cell is empty only where its column allows it; numbers are finite; days lie in the
/// years 1800–2200; in a column that allows empty cells a text has at least one character, so
/// that a table is the same after a CSV file as before it.
///
/// ```
/// use ethos_model::schema;
/// use ethos_table::{Table, Value};
///
/// let mut table = Table::new(schema::links());
/// table.push_row([1_u32.into(), 2_u32.into(), "00ff".into(), true.into()])?;
/// assert_eq!(table.text("person_id")?.get(0), Some("00ff"));
/// let error = table.push_row([1_u32.into(), Value::Null, "00ff".into(), true.into()]);
/// assert!(error.unwrap_err().to_string().contains("column `row`"));
/// assert_eq!(table.rows(), 1);
/// # Ok::<(), ethos_table::TableError>(())
/// ```
#[derive(Clone)]
pub struct Table {
    schema: TableSchema,
    columns: Vec<ColumnData>,
    origin: Origin,
}

/// Where a table was read, so that an error found later still names the place.
#[derive(Clone, Debug, Default)]
pub(crate) struct Origin {
    pub(crate) file: Option<String>,
    pub(crate) rows: RowNames,
}

/// What its rows are called.
#[derive(Clone, Debug)]
pub(crate) enum RowNames {
    /// Numbers, from this one on.
    From(u64),
    /// Lines of a text file.
    Lines(Vec<u64>),
}

impl Default for RowNames {
    fn default() -> Self {
        Self::From(1)
    }
}

impl RowNames {
    pub(crate) fn of(&self, row: usize) -> Row {
        match self {
            Self::From(first) => Row::Number(first + row as u64),
            Self::Lines(lines) => match lines.get(row) {
                Some(line) => Row::Line(*line),
                None => Row::Number(row as u64 + 1),
            },
        }
    }
}

/// Without the cells: a person-level table must not slip into a message.
impl fmt::Debug for Table {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "Table({}, {} rows)", self.schema.id, self.rows())
    }
}

/// Tables are equal when their schemas and cells are, wherever they come from.
impl PartialEq for Table {
    fn eq(&self, other: &Self) -> bool {
        self.schema == other.schema && self.columns == other.columns
    }
}

impl Table {
    /// A table without rows.
    pub fn new(schema: TableSchema) -> Self {
        let columns = schema
            .columns
            .iter()
            .map(|column| ColumnData::empty(column.kind))
            .collect();
        Self {
            schema,
            columns,
            origin: Origin::default(),
        }
    }

    /// A table of these columns, in the order of the schema.
    ///
    /// # Errors
    /// A column too many or too few, of another length or type than it should be, or with a
    /// cell that the schema does not allow.
    pub fn from_columns(schema: TableSchema, columns: Vec<ColumnData>) -> Result<Self, TableError> {
        Self::with_origin(schema, columns, Origin::default())
    }

    pub(crate) fn with_origin(
        schema: TableSchema,
        columns: Vec<ColumnData>,
        origin: Origin,
    ) -> Result<Self, TableError> {
        let file = origin.file.as_deref();
        if columns.len() != schema.columns.len() {
            let kind = TableErrorKind::Length {
                found: columns.len(),
                expected: schema.columns.len(),
            };
            return Err(TableError::from(kind).in_named(file));
        }
        let rows = columns.first().map_or(0, ColumnData::len);
        let mut checked = Vec::with_capacity(columns.len());
        for (data, column) in columns.into_iter().zip(&schema.columns) {
            if data.len() != rows {
                let kind = TableErrorKind::Length {
                    found: data.len(),
                    expected: rows,
                };
                return Err(TableError::from(kind)
                    .in_column(&column.name)
                    .in_named(file));
            }
            let data = data
                .checked(column, |row| origin.rows.of(row))
                .map_err(|error| error.in_named(file))?;
            checked.push(data);
        }
        Ok(Self {
            schema,
            columns: checked,
            origin,
        })
    }

    /// The schema.
    pub fn schema(&self) -> &TableSchema {
        &self.schema
    }

    /// Number of rows.
    pub fn rows(&self) -> usize {
        self.columns.first().map_or(0, ColumnData::len)
    }

    /// The columns, in the order of the schema.
    pub fn columns(&self) -> &[ColumnData] {
        &self.columns
    }

    /// Adds a row: one value a column, in the order of the schema. A row that is refused
    /// leaves the table as it was.
    ///
    /// # Errors
    /// Another number of values than columns, or a value that its column does not hold.
    pub fn push_row<'a>(
        &mut self,
        values: impl IntoIterator<Item = Value<'a>>,
    ) -> Result<(), TableError> {
        let row = Row::Number(self.rows() as u64 + 1);
        let values: Vec<Value<'a>> = values.into_iter().collect();
        if values.len() != self.columns.len() {
            let kind = TableErrorKind::Length {
                found: values.len(),
                expected: self.columns.len(),
            };
            return Err(TableError::from(kind).in_row(row));
        }
        let values = values
            .into_iter()
            .zip(&self.schema.columns)
            .map(|(value, column)| {
                check_value(value, column)
                    .map_err(|kind| TableError::from(kind).in_row(row).in_column(&column.name))
            })
            .collect::<Result<Vec<_>, _>>()?;
        for (data, value) in self.columns.iter_mut().zip(values) {
            data.push_checked(value);
        }
        Ok(())
    }

    /// Adds the rows of another table of the same schema after these.
    ///
    /// # Errors
    /// The other table has another schema.
    pub fn append(&mut self, other: Self) -> Result<(), TableError> {
        if self.schema.id != other.schema.id || self.schema.columns != other.schema.columns {
            return Err(TableErrorKind::Schema {
                found: other.schema.id,
                expected: self.schema.id.clone(),
            }
            .into());
        }
        let before = self.rows();
        for (data, more) in self.columns.iter_mut().zip(other.columns) {
            data.append(more);
        }
        if before == 0 {
            self.origin = other.origin;
        } else if let (RowNames::Lines(lines), RowNames::Lines(more)) =
            (&mut self.origin.rows, other.origin.rows)
        {
            lines.extend(more);
        }
        Ok(())
    }

    /// Position of the column with this name.
    fn position(&self, name: &str) -> Result<usize, TableError> {
        let columns = &self.schema.columns;
        columns
            .iter()
            .position(|column| column.name == name)
            .ok_or_else(|| {
                let names: Vec<&str> = columns.iter().map(|column| column.name.as_str()).collect();
                TableError::from(TableErrorKind::Surplus {
                    schema: self.schema.id.clone(),
                    hint: did_you_mean(name, &names),
                })
                .in_column(name)
            })
    }

    /// The column with this name.
    ///
    /// # Errors
    /// The schema has no such column.
    pub fn column(&self, name: &str) -> Result<&ColumnData, TableError> {
        Ok(&self.columns[self.position(name)?])
    }

    fn of_kind(&self, name: &str, wanted: ColumnType) -> TableError {
        match self.column(name) {
            Ok(found) => TableError::from(TableErrorKind::Type {
                expected: wanted,
                found: kind_name(found.kind()).to_owned(),
            })
            .in_column(name),
            Err(error) => error,
        }
    }

    /// The cells of a text column.
    ///
    /// # Errors
    /// The schema has no such column, or it is of another type.
    pub fn text(&self, name: &str) -> Result<&TextColumn, TableError> {
        match self.column(name) {
            Ok(ColumnData::Text(cells)) => Ok(cells),
            _ => Err(self.of_kind(name, ColumnType::Text)),
        }
    }

    /// The cells of a column of whole numbers.
    ///
    /// # Errors
    /// As [`Self::text`].
    pub fn integers(&self, name: &str) -> Result<&[Option<i64>], TableError> {
        match self.column(name) {
            Ok(ColumnData::Integer(cells)) => Ok(cells),
            _ => Err(self.of_kind(name, ColumnType::Integer)),
        }
    }

    /// The cells of a column of real numbers.
    ///
    /// # Errors
    /// As [`Self::text`].
    pub fn reals(&self, name: &str) -> Result<&[Option<f64>], TableError> {
        match self.column(name) {
            Ok(ColumnData::Real(cells)) => Ok(cells),
            _ => Err(self.of_kind(name, ColumnType::Real)),
        }
    }

    /// The cells of a column of dates.
    ///
    /// # Errors
    /// As [`Self::text`].
    pub fn dates(&self, name: &str) -> Result<&[Option<Day>], TableError> {
        match self.column(name) {
            Ok(ColumnData::Date(cells)) => Ok(cells),
            _ => Err(self.of_kind(name, ColumnType::Date)),
        }
    }

    /// The cells of a column of truth values.
    ///
    /// # Errors
    /// As [`Self::text`].
    pub fn booleans(&self, name: &str) -> Result<&[Option<bool>], TableError> {
        match self.column(name) {
            Ok(ColumnData::Boolean(cells)) => Ok(cells),
            _ => Err(self.of_kind(name, ColumnType::Boolean)),
        }
    }

    /// The values of a row, counted from 0, in the order of the schema.
    pub fn row(&self, row: usize) -> impl Iterator<Item = Value<'_>> {
        self.columns.iter().map(move |data| data.value(row))
    }

    /// The table, said to come from this file.
    pub(crate) fn said_from(mut self, file: &Path) -> Self {
        self.origin.file = Some(file.display().to_string());
        self
    }

    /// The error with the file and row of a cell of this table.
    pub(crate) fn locate(&self, error: TableError, row: usize, column: &str) -> TableError {
        let error = error.in_named(self.origin.file.as_deref());
        let error = error.in_row(self.origin.rows.of(row));
        if column.is_empty() {
            error
        } else {
            error.in_column(column)
        }
    }

    pub(crate) fn require_schema(&self, id: &str) -> Result<(), TableError> {
        if self.schema.id == id {
            return Ok(());
        }
        Err(TableError::from(TableErrorKind::Schema {
            found: self.schema.id.clone(),
            expected: id.to_owned(),
        })
        .in_named(self.origin.file.as_deref()))
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use ethos_model::schema::{self, Column};

    fn schema() -> TableSchema {
        let column = |name: &str, kind, nullable| Column {
            name: name.into(),
            kind,
            nullable,
            description: name.into(),
        };
        TableSchema {
            id: "test/1".into(),
            row: "a row".into(),
            columns: vec![
                column("name", ColumnType::Text, false),
                column("note", ColumnType::Text, true),
                column("size", ColumnType::Real, true),
                column("day", ColumnType::Date, true),
            ],
        }
    }

    #[test]
    fn a_refused_row_leaves_the_table_as_it_was() {
        let mut table = Table::new(schema());
        let day = Value::Date(Day(0));
        for (row, said) in [
            (vec!["a".into()], "1 values where 4"),
            (
                vec![Value::Null, Value::Null, Value::Null, Value::Null],
                "`name`: the cell is empty",
            ),
            (
                vec!["a".into(), Value::Null, 1_i64.into(), Value::Null],
                "`size`: expected a number",
            ),
            (
                vec!["a".into(), Value::Null, f64::NAN.into(), Value::Null],
                "`size`: the number is infinite",
            ),
            (
                vec!["a".into(), Value::Null, Value::Null, Day(900_000).into()],
                "`day`: the day is outside",
            ),
        ] {
            let error = table.push_row(row).unwrap_err().to_string();
            assert!(error.contains(said) && error.contains("row 1"), "{error}");
            assert!(table.columns().iter().all(ColumnData::is_empty));
        }
        table
            .push_row(["".into(), "".into(), 0.5.into(), day])
            .unwrap();
        assert_eq!(table.text("name").unwrap().get(0), Some(""));
        assert_eq!(table.text("note").unwrap().get(0), None);
    }

    #[test]
    fn whole_columns_are_checked_alike() {
        let good = || {
            vec![
                ColumnData::Text([Some("a"), Some("b")].into_iter().collect()),
                ColumnData::Text([Some(""), None].into_iter().collect()),
                ColumnData::Real(vec![None, Some(1.0)]),
                ColumnData::Date(vec![None, Some(Day(1))]),
            ]
        };
        let table = Table::from_columns(schema(), good()).unwrap();
        assert_eq!(table.text("note").unwrap().get(0), None);
        assert_eq!(table.row(1).last(), Some(Value::Date(Day(1))));
        let wrong = |at: usize, data: ColumnData| {
            let mut columns = good();
            columns[at] = data;
            Table::from_columns(schema(), columns)
                .unwrap_err()
                .to_string()
        };
        assert!(
            wrong(0, ColumnData::Text([Some("a"), None].into_iter().collect()))
                .contains("row 2, column `name`")
        );
        assert!(wrong(2, ColumnData::Integer(vec![None, None])).contains("`size`: expected"));
        assert!(
            wrong(2, ColumnData::Real(vec![Some(f64::INFINITY), None])).contains("row 1, column")
        );
        assert!(wrong(3, ColumnData::Date(vec![None])).contains("1 values where 2"));
        assert!(Table::from_columns(schema(), vec![]).is_err());
    }

    #[test]
    fn an_unknown_column_comes_with_a_suggestion() {
        let table = Table::new(schema::links());
        let error = table.text("person").unwrap_err().to_string();
        assert!(error.contains("person_id"), "{error}");
        let error = table.text("row").unwrap_err().to_string();
        assert!(error.contains("expected text"), "{error}");
        assert!(
            Table::new(schema::cube())
                .append(Table::new(schema::links()))
                .is_err()
        );
    }
}

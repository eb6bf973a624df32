//! A column's cells by type, and the checks that hold for every cell.

use ethos_model::date::Day;
use ethos_model::schema::{Column, ColumnType};

use super::text::TextColumn;
use super::value::Value;
use crate::error::{Row, TableError, TableErrorKind, kind_name};

/// The cells of a column.
#[derive(Clone, PartialEq, Debug)]
pub enum ColumnData {
    /// Text.
    Text(TextColumn),
    /// Whole numbers.
    Integer(Vec<Option<i64>>),
    /// Finite numbers.
    Real(Vec<Option<f64>>),
    /// Days from 1800-01-01 up to 2200-12-31.
    Date(Vec<Option<Day>>),
    /// Truth values.
    Boolean(Vec<Option<bool>>),
}

/// The first and last day that can be read back from text.
pub(crate) const DAYS: (Day, Day) = (Day(-62_091), Day(84_370));

pub(crate) fn is_writable(day: Day) -> bool {
    DAYS.0 <= day && day <= DAYS.1
}

impl ColumnData {
    /// A column of this type without cells.
    pub fn empty(kind: ColumnType) -> Self {
        match kind {
            ColumnType::Text => Self::Text(TextColumn::new()),
            ColumnType::Integer => Self::Integer(Vec::new()),
            ColumnType::Real => Self::Real(Vec::new()),
            ColumnType::Date => Self::Date(Vec::new()),
            ColumnType::Boolean => Self::Boolean(Vec::new()),
        }
    }

    /// Its type.
    pub fn kind(&self) -> ColumnType {
        match self {
            Self::Text(_) => ColumnType::Text,
            Self::Integer(_) => ColumnType::Integer,
            Self::Real(_) => ColumnType::Real,
            Self::Date(_) => ColumnType::Date,
            Self::Boolean(_) => ColumnType::Boolean,
        }
    }

    /// Number of cells.
    pub fn len(&self) -> usize {
        match self {
            Self::Text(cells) => cells.len(),
            Self::Integer(cells) => cells.len(),
            Self::Real(cells) => cells.len(),
            Self::Date(cells) => cells.len(),
            Self::Boolean(cells) => cells.len(),
        }
    }

    /// Whether there are no cells.
    pub fn is_empty(&self) -> bool {
        self.len() == 0
    }

    /// The cell in this row, counted from 0; [`Value::Null`] where the row does not exist.
    pub fn value(&self, row: usize) -> Value<'_> {
        match self {
            Self::Text(cells) => cells.get(row).into(),
            Self::Integer(cells) => cells.get(row).copied().flatten().into(),
            Self::Real(cells) => cells.get(row).copied().flatten().into(),
            Self::Date(cells) => cells.get(row).copied().flatten().into(),
            Self::Boolean(cells) => cells.get(row).copied().flatten().into(),
        }
    }

    /// Adds a value that [`check_value`] let pass.
    pub(super) fn push_checked(&mut self, value: Value<'_>) {
        match (self, value) {
            (Self::Text(cells), Value::Text(text)) => cells.push(Some(&text)),
            (Self::Text(cells), _) => cells.push(None),
            (Self::Integer(cells), Value::Integer(number)) => cells.push(Some(number)),
            (Self::Integer(cells), _) => cells.push(None),
            (Self::Real(cells), Value::Real(number)) => cells.push(Some(number)),
            (Self::Real(cells), _) => cells.push(None),
            (Self::Date(cells), Value::Date(day)) => cells.push(Some(day)),
            (Self::Date(cells), _) => cells.push(None),
            (Self::Boolean(cells), Value::Boolean(truth)) => cells.push(Some(truth)),
            (Self::Boolean(cells), _) => cells.push(None),
        }
    }

    pub(super) fn append(&mut self, other: Self) {
        match (self, other) {
            (Self::Text(cells), Self::Text(other)) => cells.append(&other),
            (Self::Integer(cells), Self::Integer(mut other)) => cells.append(&mut other),
            (Self::Real(cells), Self::Real(mut other)) => cells.append(&mut other),
            (Self::Date(cells), Self::Date(mut other)) => cells.append(&mut other),
            (Self::Boolean(cells), Self::Boolean(mut other)) => cells.append(&mut other),
            // The caller compared the schemas.
            _ => {}
        }
    }

    /// Checks a whole column against its declaration: type, nulls, finite numbers, days that
    /// can be written. Texts without characters become empty cells where the column allows it.
    pub(super) fn checked(
        mut self,
        column: &Column,
        row: impl Fn(usize) -> Row,
    ) -> Result<Self, TableError> {
        let wrong = |kind: TableErrorKind, at: Option<usize>| {
            let error = TableError::from(kind).in_column(&column.name);
            Err(match at {
                Some(at) => error.in_row(row(at)),
                None => error,
            })
        };
        if self.kind() != column.kind {
            return wrong(
                TableErrorKind::Type {
                    expected: column.kind,
                    found: kind_name(self.kind()).to_owned(),
                },
                None,
            );
        }
        if let (Self::Text(cells), true) = (&mut self, column.nullable) {
            cells.blank_to_null();
        }
        if !column.nullable
            && let Some(at) = self.first_null()
        {
            return wrong(TableErrorKind::Null, Some(at));
        }
        match &self {
            Self::Real(cells) => {
                if let Some(at) = cells
                    .iter()
                    .position(|cell| cell.is_some_and(|number| !number.is_finite()))
                {
                    return wrong(not_finite(), Some(at));
                }
            }
            Self::Date(cells) => {
                if let Some(at) = cells
                    .iter()
                    .position(|cell| cell.is_some_and(|day| !is_writable(day)))
                {
                    return wrong(not_a_date(), Some(at));
                }
            }
            _ => {}
        }
        Ok(self)
    }

    fn first_null(&self) -> Option<usize> {
        match self {
            Self::Text(cells) => cells.first_null(),
            Self::Integer(cells) => cells.iter().position(Option::is_none),
            Self::Real(cells) => cells.iter().position(Option::is_none),
            Self::Date(cells) => cells.iter().position(Option::is_none),
            Self::Boolean(cells) => cells.iter().position(Option::is_none),
        }
    }
}

fn not_finite() -> TableErrorKind {
    TableErrorKind::Conflict("the number is infinite or not a number; leave the cell empty".into())
}

fn not_a_date() -> TableErrorKind {
    TableErrorKind::Conflict("the day is outside the years 1800–2200".into())
}

/// What a cell becomes in this column, or why it cannot stand there.
pub(super) fn check_value<'a>(
    value: Value<'a>,
    column: &Column,
) -> Result<Value<'a>, TableErrorKind> {
    let value = match value {
        Value::Text(text) if text.is_empty() && column.nullable => Value::Null,
        other => other,
    };
    match (&value, column.kind) {
        (Value::Null, _) if column.nullable => Ok(value),
        (Value::Null, _) => Err(TableErrorKind::Null),
        (Value::Real(number), ColumnType::Real) if !number.is_finite() => Err(not_finite()),
        (Value::Date(day), ColumnType::Date) if !is_writable(*day) => Err(not_a_date()),
        (Value::Text(_), ColumnType::Text)
        | (Value::Integer(_), ColumnType::Integer)
        | (Value::Real(_), ColumnType::Real)
        | (Value::Date(_), ColumnType::Date)
        | (Value::Boolean(_), ColumnType::Boolean) => Ok(value),
        (_, expected) => Err(TableErrorKind::Type {
            expected,
            found: value.describe().to_owned(),
        }),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_days_are_those_that_the_model_reads() {
        assert_eq!(Day::from_ymd(1800, 1, 1), Some(DAYS.0));
        assert_eq!(Day::from_ymd(2200, 12, 31), Some(DAYS.1));
    }
}

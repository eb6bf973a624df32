//! A printable table: headers, rows and cells that say why they are empty.

use ethos_model::category::Language;
use ethos_model::cell::{CellState, EstimateStatus};
use ethos_model::cube::Family;
use ethos_model::date::Time;

use crate::dashboard::Change;
use crate::protect::{RateOf, SafeFigure};
use crate::words::label::Mark;
use crate::words::number;

/// A table for people.
#[derive(Clone, PartialEq, Debug)]
pub struct PrintTable {
    /// The family it shows.
    pub family: Family,
    /// Title.
    pub title: String,
    /// Lines beneath the title: unit, whom it speaks of, what to know.
    pub about: Vec<String>,
    /// Columns; those of text come first.
    pub columns: Vec<PrintColumn>,
    /// Rows.
    pub rows: Vec<PrintRow>,
}

/// A column.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct PrintColumn {
    /// Header, unique in its table.
    pub header: String,
    /// What the column holds.
    pub kind: ColumnKind,
}

/// What a column holds.
#[derive(Copy, Clone, PartialEq, Eq, Debug)]
pub enum ColumnKind {
    /// Text that tells the row.
    Text,
    /// Persons counted.
    Count,
    /// Persons estimated; [`Self::Lower`] and [`Self::Upper`] follow unless the table says why
    /// not.
    Point,
    /// Lower limit of the estimate before it.
    Lower,
    /// Upper limit of the estimate before it.
    Upper,
}

/// A row.
#[derive(Clone, PartialEq, Debug)]
pub struct PrintRow {
    /// When the row holds.
    pub time: Time,
    /// Whether the row is a total.
    pub kind: RowKind,
    /// A cell a column.
    pub cells: Vec<PrintCell>,
}

/// How a row stands among others.
#[derive(Copy, Clone, PartialEq, Eq, Debug)]
pub enum RowKind {
    /// The sum of rows that follow.
    Total,
    /// Any other.
    Plain,
}

/// A cell.
#[derive(Clone, PartialEq, Eq, Debug)]
pub enum PrintCell {
    /// Text.
    Text(String),
    /// Persons.
    Number {
        /// How many.
        value: u64,
        /// Whether it is a minimum because something is missing.
        partial: bool,
    },
    /// Persons who came or went, where something is missing: neither a minimum nor a maximum.
    Incomplete(u64),
    /// A number with one decimal.
    Decimal {
        /// Its tenths.
        tenths: u64,
        /// Whether it is a minimum because something is missing.
        partial: bool,
    },
    /// A number of persons more or fewer.
    Change(i64),
    /// A mark in place of a number.
    Mark(Mark),
    /// Nothing belongs here.
    Blank,
}

impl PrintCell {
    /// A number without a mark.
    pub fn number(value: u64) -> Self {
        Self::Number {
            value,
            partial: false,
        }
    }

    /// The cell of a count. A figure the cube does not have is blank.
    pub fn count(figure: Option<SafeFigure>) -> Self {
        match figure {
            None => Self::Blank,
            Some(SafeFigure::Count {
                persons,
                state: CellState::Incomplete,
            }) => Self::Incomplete(persons),
            Some(SafeFigure::Count { persons, state }) => Self::Number {
                value: persons,
                partial: state == CellState::Partial,
            },
            Some(SafeFigure::Suppressed) => Self::Mark(Mark::Suppressed),
            Some(SafeFigure::Gap(state)) => Self::Mark(match state {
                CellState::NotDelivered => Mark::NotDelivered,
                CellState::Impossible => Mark::Impossible,
                _ => Mark::NotCollected,
            }),
            Some(figure @ SafeFigure::Estimate(_)) => Self::estimate(Some(figure))[0].clone(),
            Some(SafeFigure::Rate(rate)) => Self::Decimal {
                tenths: rate.tenths,
                partial: rate.is_minimum(),
            },
            Some(SafeFigure::Given(number)) => Self::number(number),
            Some(SafeFigure::Change(change)) => Self::Change(change.difference),
        }
    }

    /// The cells of an estimate: point, lower and upper limit.
    pub fn estimate(figure: Option<SafeFigure>) -> [Self; 3] {
        let limit = |value: Option<u64>| value.map_or(Self::Blank, Self::number);
        match figure {
            Some(SafeFigure::Estimate(estimate)) => match estimate.status {
                EstimateStatus::NotEstimable => [const { Self::Mark(Mark::NotEstimable) }; 3],
                EstimateStatus::Unbounded => [
                    limit(estimate.point),
                    limit(estimate.lower),
                    Self::Mark(Mark::NoUpperLimit),
                ],
                EstimateStatus::Ok => [
                    limit(estimate.point),
                    limit(estimate.lower),
                    limit(estimate.upper),
                ],
            },
            Some(SafeFigure::Suppressed) => [const { Self::Mark(Mark::Suppressed) }; 3],
            Some(SafeFigure::Change(change)) => [
                Self::Change(change.difference),
                Self::Change(change.lower),
                change
                    .upper
                    .map_or(Self::Mark(Mark::NoUpperLimit), Self::Change),
            ],
            Some(SafeFigure::Rate(rate)) => {
                let decimal = |tenths: Option<u64>| {
                    tenths.map_or(Self::Blank, |tenths| Self::Decimal {
                        tenths,
                        partial: false,
                    })
                };
                [
                    decimal(Some(rate.tenths)),
                    decimal(rate.lower),
                    match rate.of {
                        RateOf::Estimate(EstimateStatus::Unbounded) => {
                            Self::Mark(Mark::NoUpperLimit)
                        }
                        _ => decimal(rate.upper),
                    },
                ]
            }
            other => [Self::count(other), Self::Blank, Self::Blank],
        }
    }

    /// The cells of a change: difference, lower and upper limit.
    pub fn change(change: Option<Change>) -> [Self; 3] {
        match change {
            None => [const { Self::Blank }; 3],
            Some(change) => Self::estimate(Some(SafeFigure::Change(change))),
        }
    }

    /// The cell as text, numbers with their thousands set apart and `[min]` behind a minimum, `[u]`
    /// behind an incomplete number.
    pub fn text(&self, language: Language) -> String {
        match self {
            Self::Text(text) => text.clone(),
            Self::Number { value, partial } => {
                let number = number::whole(*value, language);
                if *partial {
                    format!("{number} {}", Mark::Partial.shorthand(language))
                } else {
                    number
                }
            }
            Self::Incomplete(value) => format!(
                "{} {}",
                number::whole(*value, language),
                Mark::Incomplete.shorthand(language)
            ),
            Self::Decimal { tenths, partial } => {
                let number = number::decimal(*tenths as f64 / 10.0, 1, language);
                if *partial {
                    format!("{number} {}", Mark::Partial.shorthand(language))
                } else {
                    number
                }
            }
            Self::Change(value) => number::signed(*value, language),
            Self::Mark(mark) => mark.shorthand(language).into(),
            Self::Blank => String::new(),
        }
    }

    /// The cell as text with plain digits, for a file that a spreadsheet program opens.
    pub fn plain(&self, language: Language) -> String {
        match self {
            Self::Number {
                value,
                partial: false,
            } => value.to_string(),
            Self::Number {
                value,
                partial: true,
            } => {
                format!("{value} {}", Mark::Partial.shorthand(language))
            }
            Self::Incomplete(value) => {
                format!("{value} {}", Mark::Incomplete.shorthand(language))
            }
            Self::Change(value) => value.to_string(),
            other => other.text(language),
        }
    }

    /// The mark that stands in the cell or beside its number.
    pub fn mark(&self) -> Option<Mark> {
        match self {
            Self::Mark(mark) => Some(*mark),
            Self::Number { partial: true, .. } | Self::Decimal { partial: true, .. } => {
                Some(Mark::Partial)
            }
            Self::Incomplete(_) => Some(Mark::Incomplete),
            _ => None,
        }
    }
}

impl PrintColumn {
    /// A column.
    pub fn new(header: impl Into<String>, kind: ColumnKind) -> Self {
        Self {
            header: header.into(),
            kind,
        }
    }
}

impl PrintTable {
    /// How many columns tell the row.
    pub fn text_columns(&self) -> usize {
        self.columns
            .iter()
            .take_while(|column| column.kind == ColumnKind::Text)
            .count()
    }

    /// The latest reference date among the rows, or the latest period where there is none.
    pub fn latest(&self) -> Option<Time> {
        let times = || self.rows.iter().map(|row| row.time);
        times()
            .filter(|time| matches!(time, Time::On(_)))
            .max()
            .or_else(|| times().max())
    }

    /// The same table with the rows of one time, and without columns that are empty then or
    /// only repeat the time.
    #[must_use]
    pub fn at(&self, time: Time) -> Self {
        let rows: Vec<&PrintRow> = self.rows.iter().filter(|row| row.time == time).collect();
        let keep: Vec<bool> = (0..self.columns.len())
            .map(|at| at > 0 && rows.iter().any(|row| row.cells[at] != PrintCell::Blank))
            .collect();
        let mut table = Self {
            rows: rows.into_iter().cloned().collect(),
            columns: self.columns.clone(),
            title: self.title.clone(),
            about: self.about.clone(),
            family: self.family,
        };
        retain(&mut table.columns, &keep);
        for row in &mut table.rows {
            retain(&mut row.cells, &keep);
        }
        table
    }

    /// The marks that occur, in the order of the notes.
    pub fn marks(&self) -> Vec<Mark> {
        let used: Vec<Mark> = self
            .rows
            .iter()
            .flat_map(|row| row.cells.iter().filter_map(PrintCell::mark))
            .collect();
        Mark::ALL
            .into_iter()
            .filter(|mark| used.contains(mark))
            .collect()
    }
}

/// Keeps the items whose flag is set.
fn retain<T>(items: &mut Vec<T>, keep: &[bool]) {
    let mut flags = keep.iter();
    items.retain(|_| flags.next().copied().unwrap_or(false));
}

//! The numbered lanes that rules ask for: cells of a row, rows of a person, figures of a file or
//! a delivery. Each is there once, however many rules ask for it.

use super::names::{FieldRef, Measure, Type};
use super::node::{Logic, Num};

/// What of a cell is asked for.
#[derive(Clone, PartialEq, Eq, PartialOrd, Ord, Debug)]
pub(crate) enum Feature {
    Value,
    Blank,
    Length,
    Digits,
    Letters,
    /// Whether it matches a pattern.
    Matches(String),
}

/// A lane that is filled row by row.
#[derive(Clone, PartialEq, Eq, PartialOrd, Ord, Debug)]
pub(crate) struct CellSlot {
    pub(crate) field: FieldRef,
    pub(crate) kind: Type,
    pub(crate) feature: Feature,
}

/// Which of a person's rows a lane is about.
#[derive(Copy, Clone, PartialEq, Eq, PartialOrd, Ord, Debug)]
pub(crate) enum When {
    Now,
    Previous,
    MaxBefore,
    /// How many rows the person has.
    Rows,
    /// Which of them it is, 1 for the first.
    Ordinal,
}

/// A lane over the rows of a file sorted by person: position of what is kept of each row, and
/// of which row.
#[derive(Copy, Clone, PartialEq, Eq, Debug)]
pub(crate) struct View {
    pub(crate) kept: usize,
    pub(crate) when: When,
}

/// Whose measure is meant.
#[derive(Copy, Clone, PartialEq, Eq, Debug)]
pub(crate) enum Whose {
    This,
    Last,
    Other,
}

/// A figure of the other senders.
#[derive(Copy, Clone, PartialEq, Eq, Debug)]
pub(crate) enum PeerKind {
    Median,
    Mad,
    Count,
}

/// A value that a whole file or delivery has one of.
#[derive(Clone, PartialEq, Debug)]
pub(crate) enum Single {
    Aggregate(usize),
    Measure {
        measure: Measure,
        key: String,
        whose: Whose,
    },
    Peer(PeerKind, Num),
    SharedPersons,
    SameSender,
    SameLayout,
    SameBytes,
    SamePeriod,
}

/// How rows are drawn together.
#[derive(Copy, Clone, PartialEq, Eq, Debug)]
pub(crate) enum Aggregate {
    Rows,
    Count,
    Share,
    Distinct,
    TopShare,
    Smallest,
    Largest,
    Mean,
}

/// What is drawn together.
#[derive(Clone, PartialEq, Debug)]
pub(crate) enum AggregateOf {
    Rows,
    Condition(Logic),
    Value(Num),
}

/// The lanes that rules ask for, each once.
#[derive(Clone, Default, Debug)]
pub(crate) struct Slots {
    /// Filled row by row.
    pub(crate) cells: Vec<CellSlot>,
    /// Kept of every row until the file ends, for scope person.
    pub(crate) kept: Vec<CellSlot>,
    /// Views on what is kept.
    pub(crate) views: Vec<View>,
    /// Over the cells' lanes.
    pub(crate) aggregates: Vec<(Aggregate, AggregateOf)>,
    pub(crate) singles: Vec<Single>,
}

pub(super) fn intern<T: PartialEq>(list: &mut Vec<T>, item: T) -> usize {
    if let Some(at) = list.iter().position(|known| *known == item) {
        at
    } else {
        list.push(item);
        list.len() - 1
    }
}

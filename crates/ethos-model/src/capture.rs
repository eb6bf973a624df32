//! Capture histories: which lists saw a person.

use std::fmt;

/// A set of lists as bits: list `i` of the study is bit `i`. At most 16 lists.
#[derive(Copy, Clone, PartialEq, Eq, PartialOrd, Ord, Hash, Debug, Default)]
pub struct ListSet(pub u16);

impl ListSet {
    /// No list.
    pub const EMPTY: Self = Self(0);

    /// With this list added.
    #[must_use]
    pub fn with(self, list: usize) -> Self {
        Self(self.0 | 1 << list)
    }

    /// Whether the list is in the set.
    pub fn contains(self, list: usize) -> bool {
        self.0 >> list & 1 == 1
    }

    /// Whether no list is.
    pub fn is_empty(self) -> bool {
        self.0 == 0
    }
}

/// A capture history: the lists that saw someone. Never empty, since someone no list saw is
/// not in the data.
#[derive(Copy, Clone, PartialEq, Eq, PartialOrd, Ord, Hash, Debug)]
pub struct CaptureHistory(u16);

impl CaptureHistory {
    /// The history of someone seen by these lists; `None` when there are none.
    pub fn new(lists: ListSet) -> Option<Self> {
        (!lists.is_empty()).then_some(Self(lists.0))
    }

    /// The bits: list `i` is bit `i`.
    pub fn bits(self) -> u16 {
        self.0
    }

    /// `101` for lists one and three of three.
    pub fn pattern(self, lists: usize) -> String {
        (0..lists)
            .map(|list| if self.0 >> list & 1 == 1 { '1' } else { '0' })
            .collect()
    }
}

/// Persons by stratum and capture history on one date: what an estimate is made from.
///
/// Every combination of the strata's levels that was seen stands in `cells`; a combination and
/// a history that is not listed has no persons.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct CaptureTable {
    /// The date that the activity is of.
    pub date: crate::date::Day,
    /// Names of the lists, in bit order.
    pub lists: Vec<String>,
    /// The strata: name and levels in published order, `unknown` last where it occurs.
    pub strata: Vec<Stratifier>,
    /// Persons per combination and history, ordered by levels and then by bits. Whom a list can
    /// see is decided by the levels: the same everywhere in a combination.
    pub cells: Vec<CaptureCell>,
}

/// A covariate that divides the population into strata.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct Stratifier {
    /// Name, such as `sex`.
    pub name: String,
    /// Level keys.
    pub levels: Vec<String>,
}

/// The persons with one capture history in one stratum.
#[derive(Clone, PartialEq, Eq, PartialOrd, Ord, Debug)]
pub struct CaptureCell {
    /// Level of each stratifier, as a position in its levels.
    pub levels: Vec<u16>,
    /// The history.
    pub history: CaptureHistory,
    /// Lists that could not have seen these persons: their absence from the history is no 0. Never
    /// a list of the history.
    pub blind: ListSet,
    /// Persons.
    pub count: u64,
}

impl CaptureTable {
    /// Persons in the table.
    pub fn persons(&self) -> u64 {
        self.cells.iter().map(|cell| cell.count).sum()
    }

    /// Whether some list cannot see everyone in the table.
    pub fn is_incomplete(&self) -> bool {
        self.cells.iter().any(|cell| !cell.blind.is_empty())
    }
}

impl fmt::Display for ListSet {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{:b}", self.0)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_history_is_never_empty() {
        assert_eq!(CaptureHistory::new(ListSet::EMPTY), None);
        let history = CaptureHistory::new(ListSet::EMPTY.with(0).with(2)).unwrap();
        assert_eq!(
            (history.bits(), history.pattern(3).as_str()),
            (0b101, "101")
        );
    }
}

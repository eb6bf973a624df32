//! Which counts need protection, and what an attacker must not be able to tell of them.

use serde::{Deserialize, Serialize};

use crate::knowledge::NO_LIMIT;
use crate::system::{System, SystemBuilder, SystemError};

/// Why a count needs protection.
#[derive(Copy, Clone, PartialEq, Eq, PartialOrd, Ord, Debug, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Reason {
    /// It is from 1 up to, not including, the threshold.
    Small,
    /// All but a few people of a group are in one cell: who knows that a person is in the group
    /// knows what the cell says of them.
    Group,
}

impl Reason {
    /// As a fragment of a sentence.
    pub fn text(self) -> &'static str {
        match self {
            Self::Small => "a small count",
            Self::Group => "nearly everyone of a group",
        }
    }
}

/// What must remain possible of a cell, for whoever reads everything published.
#[derive(Copy, Clone, PartialEq, Eq, Debug, Serialize, Deserialize)]
pub struct Requirement {
    /// Position of the cell.
    pub cell: usize,
    /// Why.
    pub reason: Reason,
    /// A count as small as this must be possible; [`NO_LIMIT`] when any will do.
    pub low: i64,
    /// A count as large as this must be possible; 0 when any will do.
    pub high: i64,
    /// Largest less smallest possible count must be at least this.
    pub span: i64,
}

impl Requirement {
    /// Whether it is met when counts from `least` to `most` are possible.
    pub fn met(&self, least: i64, most: i64) -> bool {
        least <= self.low && most >= self.high && most - least >= self.span
    }
}

/// The rule of a release.
#[derive(Copy, Clone, PartialEq, Eq, Debug, Serialize, Deserialize)]
#[serde(deny_unknown_fields, default)]
pub struct Rule {
    /// Counts from 1 up to, not including, this number are protected. 0 or 1: none is.
    pub threshold: u32,
    /// Coalitions of so many people of a group who know each other must not learn what the
    /// others have in common; -1 switches the rule off.
    pub coalition: i32,
    /// So many counts, end to end, must remain possible for a protected one.
    pub possible: u32,
}

impl Default for Rule {
    fn default() -> Self {
        Self {
            threshold: 10,
            coalition: 1,
            possible: 3,
        }
    }
}

impl Rule {
    /// Whether a count is small.
    pub fn is_small(&self, count: i64) -> bool {
        count > 0 && count < i64::from(self.threshold)
    }

    /// What must remain possible of each small cell, published or hidden.
    ///
    /// Rounded tables show every number, and a reader must not be able to narrow one down to
    /// fewer than `possible` counts. Where small counts are withheld, that a cell is small is a
    /// secret too: two counts below the threshold and one at or above it must remain possible.
    pub fn small(&self, system: &System, withheld: bool) -> Vec<Requirement> {
        let threshold = i64::from(self.threshold);
        system
            .counts()
            .enumerate()
            .filter(|(_, count)| self.is_small(*count))
            .map(|(cell, _)| Requirement {
                cell,
                reason: Reason::Small,
                low: if withheld {
                    (threshold - 2).max(0)
                } else {
                    NO_LIMIT
                },
                high: if withheld { threshold } else { 0 },
                span: i64::from(self.possible.max(1)) - 1,
            })
            .collect()
    }

    /// For a group and a cell of it: where all but `coalition` people of the group are in the
    /// cell, the others become a hidden cell that must possibly be larger.
    ///
    /// # Errors
    /// The cell exceeds its group.
    pub fn group(
        &self,
        builder: &mut SystemBuilder,
        group: usize,
        cell: usize,
    ) -> Result<Option<Requirement>, SystemError> {
        let (whole, part) = (builder.count(group), builder.count(cell));
        if part == 0 || whole - part > i64::from(self.coalition) {
            return Ok(None);
        }
        let others = builder.among(cell, group)?;
        Ok(Some(Requirement {
            cell: others,
            reason: Reason::Group,
            low: NO_LIMIT,
            high: i64::from(self.coalition) + 1,
            span: 0,
        }))
    }
}

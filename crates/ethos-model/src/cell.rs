//! What a cell of a table says, and why it may say nothing. What was not measured is not zero.

use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

use crate::category::Language;

/// Why a count cell holds what it holds.
#[derive(
    Copy, Clone, PartialEq, Eq, PartialOrd, Ord, Hash, Debug, Serialize, Deserialize, JsonSchema,
)]
#[serde(rename_all = "snake_case")]
pub enum CellState {
    /// Persons were seen and every expected source delivered.
    Seen,
    /// Sources that can see this looked, and saw nobody.
    ZeroSeen,
    /// Some expected source did not deliver, or not for the whole time: the count is a minimum.
    Partial,
    /// As [`Self::Partial`], of people who came or went: who is not delivered yet, or no longer,
    /// seems to have come or gone, so that the count can be too high as well as too low.
    Incomplete,
    /// No source of the study can report this.
    NotCollected,
    /// A source could have reported this and its sender did not deliver.
    NotDelivered,
    /// The cell cannot exist (a municipality before it was founded, a child in a table of
    /// adults).
    Impossible,
}

impl CellState {
    /// Every state.
    pub const ALL: [Self; 7] = [
        Self::Seen,
        Self::ZeroSeen,
        Self::Partial,
        Self::Incomplete,
        Self::NotCollected,
        Self::NotDelivered,
        Self::Impossible,
    ];

    /// Stable key.
    pub fn key(self) -> &'static str {
        match self {
            Self::Seen => "seen",
            Self::ZeroSeen => "zero_seen",
            Self::Partial => "partial",
            Self::Incomplete => "incomplete",
            Self::NotCollected => "not_collected",
            Self::NotDelivered => "not_delivered",
            Self::Impossible => "impossible",
        }
    }

    /// What a table prints beside or in place of a number.
    pub fn name(self, language: Language) -> &'static str {
        match self {
            Self::Seen => language.pick("geteld", "seen"),
            Self::ZeroSeen => language.pick("0 gezien", "0 seen"),
            Self::Partial => language.pick("deels", "partial"),
            Self::Incomplete => language.pick("onvolledig", "incomplete"),
            Self::NotCollected => language.pick("niet gemeten", "not collected"),
            Self::NotDelivered => language.pick("niet geleverd", "not delivered"),
            Self::Impossible => language.pick("kan niet voorkomen", "impossible"),
        }
    }

    /// The state of a total of cells in these states: a gap in a part makes the total partial,
    /// and a total with nothing but gaps is the gap.
    pub fn of_total(parts: impl IntoIterator<Item = Self>) -> Self {
        let (mut seen, mut zero, mut partial, mut gap) = (false, false, false, None::<Self>);
        for part in parts {
            match part {
                Self::Seen => seen = true,
                Self::ZeroSeen => zero = true,
                Self::Partial | Self::Incomplete => partial = true,
                Self::NotDelivered => gap = Some(Self::NotDelivered),
                Self::NotCollected => gap = gap.or(Some(Self::NotCollected)),
                Self::Impossible => {}
            }
        }
        match (seen || zero || partial, gap) {
            (true, Some(_)) => Self::Partial,
            (true, None) if partial => Self::Partial,
            (true, None) if seen => Self::Seen,
            (true, None) => Self::ZeroSeen,
            (false, Some(gap)) => gap,
            (false, None) => Self::Impossible,
        }
    }
}

/// An observed number of persons with the state of its cell.
#[derive(Copy, Clone, PartialEq, Eq, Debug, Serialize)]
pub struct Count {
    state: CellState,
    persons: Option<u64>,
}

impl Count {
    /// What sources with full coverage saw.
    pub fn seen(persons: u64) -> Self {
        let state = if persons == 0 {
            CellState::ZeroSeen
        } else {
            CellState::Seen
        };
        Self {
            state,
            persons: Some(persons),
        }
    }

    /// What sources with a gap in their coverage saw: a minimum.
    pub fn partial(persons: u64) -> Self {
        Self {
            state: CellState::Partial,
            persons: Some(persons),
        }
    }

    /// What sources with a gap in their coverage saw come or go: neither a minimum nor a maximum.
    pub fn incomplete(persons: u64) -> Self {
        Self {
            state: CellState::Incomplete,
            persons: Some(persons),
        }
    }

    /// Nothing, because of this state; persons seen all the same make it `partial`.
    pub fn of(state: CellState, persons: u64) -> Self {
        match state {
            CellState::Seen | CellState::ZeroSeen => Self::seen(persons),
            CellState::Partial => Self::partial(persons),
            CellState::Incomplete => Self::incomplete(persons),
            _ if persons > 0 => Self::partial(persons),
            _ => Self {
                state,
                persons: None,
            },
        }
    }

    /// The same count as one of people who came or went: no longer a minimum.
    ///
    /// ```
    /// use ethos_model::cell::{CellState, Count};
    /// assert_eq!(Count::partial(5).of_flow(), Count::incomplete(5));
    /// assert_eq!(Count::seen(5).of_flow(), Count::seen(5));
    /// ```
    #[must_use]
    pub fn of_flow(self) -> Self {
        match (self.state, self.persons) {
            (CellState::Partial, Some(persons)) => Self::incomplete(persons),
            _ => self,
        }
    }

    /// The state.
    pub fn state(self) -> CellState {
        self.state
    }

    /// Persons; `None` where nothing was measured.
    pub fn persons(self) -> Option<u64> {
        self.persons
    }
}

/// Why an estimate is or is not there.
#[derive(
    Copy, Clone, PartialEq, Eq, PartialOrd, Ord, Hash, Debug, Serialize, Deserialize, JsonSchema,
)]
#[serde(rename_all = "snake_case")]
pub enum EstimateStatus {
    /// Estimate and interval exist.
    Ok,
    /// The data set no upper limit.
    Unbounded,
    /// No estimate exists: no list can see the cell, or the model has none.
    NotEstimable,
}

impl EstimateStatus {
    /// Every status.
    pub const ALL: [Self; 3] = [Self::Ok, Self::Unbounded, Self::NotEstimable];

    /// Stable key, as in the JSON contract.
    pub fn key(self) -> &'static str {
        match self {
            Self::Ok => "ok",
            Self::Unbounded => "unbounded",
            Self::NotEstimable => "not_estimable",
        }
    }

    /// Name in the given language.
    pub fn name(self, language: Language) -> &'static str {
        match self {
            Self::Ok => language.pick("geschat", "estimated"),
            Self::Unbounded => language.pick("geen bovengrens", "no upper limit"),
            Self::NotEstimable => language.pick("niet te schatten", "not estimable"),
        }
    }
}

/// An estimated number of persons with its interval. Never mixed with a count in one cell.
#[derive(Copy, Clone, PartialEq, Debug, Serialize)]
pub struct Estimate {
    /// Whether it exists.
    pub status: EstimateStatus,
    /// The estimate.
    pub point: Option<f64>,
    /// Lower limit.
    pub lower: Option<f64>,
    /// Upper limit; `None` when unbounded.
    pub upper: Option<f64>,
}

impl Estimate {
    /// The estimate that does not exist.
    pub const NONE: Self = Self {
        status: EstimateStatus::NotEstimable,
        point: None,
        lower: None,
        upper: None,
    };
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_gap_is_never_zero() {
        assert_eq!(Count::of(CellState::NotDelivered, 0).persons(), None);
        assert_eq!(
            Count::of(CellState::NotDelivered, 3).state(),
            CellState::Partial
        );
        assert_eq!(Count::seen(0).state(), CellState::ZeroSeen);
    }

    #[test]
    fn totals_inherit_gaps() {
        use CellState::{Impossible, NotCollected, NotDelivered, Partial, Seen, ZeroSeen};
        assert_eq!(CellState::of_total([Seen, ZeroSeen]), Seen);
        assert_eq!(CellState::of_total([ZeroSeen, ZeroSeen]), ZeroSeen);
        assert_eq!(CellState::of_total([Seen, NotDelivered]), Partial);
        assert_eq!(
            CellState::of_total([NotCollected, NotDelivered]),
            NotDelivered
        );
        assert_eq!(
            CellState::of_total([NotCollected, Impossible]),
            NotCollected
        );
        assert_eq!(CellState::of_total([Seen, Impossible]), Seen);
        assert_eq!(CellState::of_total([Impossible]), Impossible);
    }
}

//! Disclosure control of counts and quality rounding of estimates, over everything that will
//! be released at once.
//!
//! This is a *first rule*. What it does:
//!
//! 1. **Threshold.** A count from 1 up to but not including `threshold` is withheld.
//! 2. **Rounding.** Every other count is rounded to a multiple of `base`, ties to the even
//!    multiple; a count that is shown and is not zero never reads 0.
//! 3. **Subtraction.** Wherever a published total has published parts — categories of a total,
//!    levels of a characteristic, municipalities of a region, regions of the country, children
//!    among persons — subtracting the shown parts from the total must leave at least half of
//!    the numbers possible that a withheld small count stands for. Rounding may see to that by
//!    itself; where it does not, the smallest shown part is withheld as well, or the total,
//!    until it holds everywhere ([`secondary`]).
//! 4. **Bounds.** Where a count is withheld, so are its smallest and largest values under other
//!    priority orders.
//! 5. **Estimates** are rounded for quality, interval limits outward, and never fall below the
//!    published count they include ([`round`]). Where that count is withheld, the estimate is
//!    too if it would tell the count.
//!
//! What it does not do: it looks at one sum at a time, so a combination of many sums may narrow
//! a withheld cell further than one; it does not compare with earlier releases; and zeros are
//! shown, because a zero that was looked for differs from a cell nobody could see, although a
//! zero can tell something about a small group. An attacker who knows one of the persons counted
//! knows a little more than the rule assumes.

mod cells;
mod estimates;
mod relations;
pub mod round;
pub mod secondary;
pub mod threshold;

use ethos_model::cell::{CellState, EstimateStatus};
use ethos_model::cube::{CubeKey, CubeRow, Family, Figure, Place};
use ethos_model::region::RegionMapping;
use ethos_model::study::PublishSection;

pub use round::RoundedEstimate;

use crate::dashboard::Change;
use cells::Cells;
use threshold::Rule;

/// Status of a public number that was given.
pub(crate) const GIVEN: &str = "given";

/// A figure as it may be seen by anyone.
#[derive(Copy, Clone, PartialEq, Eq, Debug)]
pub enum SafeFigure {
    /// A rounded count.
    Count {
        /// Persons, a multiple of the rounding base.
        persons: u64,
        /// `Seen`, `ZeroSeen` or `Partial`.
        state: CellState,
    },
    /// Nothing was measured, for this reason.
    Gap(CellState),
    /// Withheld. Whether it is small itself or protects a small one is not told.
    Suppressed,
    /// A rounded estimate with its interval.
    Estimate(RoundedEstimate),
    /// A published figure per so many inhabitants.
    Rate(Rate),
    /// A public number that was given, such as inhabitants.
    Given(u64),
    /// The change of a published figure.
    Change(Change),
}

/// A rate in tenths, worked out from a published figure.
#[derive(Copy, Clone, PartialEq, Eq, Debug)]
pub struct Rate {
    /// The rate.
    pub tenths: u64,
    /// Lower limit, of an estimate.
    pub lower: Option<u64>,
    /// Upper limit, of an estimate that has one.
    pub upper: Option<u64>,
    /// What it is a rate of.
    pub of: RateOf,
}

/// What a rate is worked out from.
#[derive(Copy, Clone, PartialEq, Eq, Debug)]
pub enum RateOf {
    /// A count in this state.
    Count(CellState),
    /// An estimate of this status.
    Estimate(EstimateStatus),
}

impl Rate {
    /// Whether it is a minimum.
    pub fn is_minimum(self) -> bool {
        self.of == RateOf::Count(CellState::Partial)
    }
}

/// A published number: whole, or with one decimal.
#[derive(Copy, Clone, PartialEq, Eq, PartialOrd, Ord, Debug)]
pub struct Number {
    tenths: i64,
}

impl Number {
    /// A whole number.
    pub fn whole(value: u64) -> Self {
        Self {
            tenths: i64::try_from(value).unwrap_or(i64::MAX).saturating_mul(10),
        }
    }

    /// A number of tenths.
    pub fn tenths(tenths: u64) -> Self {
        Self {
            tenths: i64::try_from(tenths).unwrap_or(i64::MAX),
        }
    }

    /// A whole number that may be below zero.
    pub fn signed(value: i64) -> Self {
        Self {
            tenths: value.saturating_mul(10),
        }
    }

    /// The number where it is whole.
    pub fn as_whole(self) -> Option<i64> {
        (self.tenths % 10 == 0).then_some(self.tenths / 10)
    }

    /// The number as a real one.
    pub fn real(self) -> f64 {
        self.tenths as f64 / 10.0
    }

    /// The number in JSON: without a point where it is whole.
    pub(crate) fn json(self) -> serde_json::Value {
        match self.as_whole() {
            Some(whole) => whole.into(),
            None => self.real().into(),
        }
    }
}

impl std::fmt::Display for Number {
    /// Digits with a decimal point where they need one.
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        match self.as_whole() {
            Some(whole) => write!(f, "{whole}"),
            None => write!(f, "{}.{}", self.tenths / 10, self.tenths % 10),
        }
    }
}

impl SafeFigure {
    /// The word in the `status` column.
    pub fn status(self) -> &'static str {
        match self {
            Self::Count { state, .. } | Self::Gap(state) => state.key(),
            Self::Suppressed => "suppressed",
            Self::Estimate(estimate) => estimate.status.key(),
            Self::Rate(rate) => match rate.of {
                RateOf::Count(state) => state.key(),
                RateOf::Estimate(status) => status.key(),
            },
            Self::Given(_) => GIVEN,
            Self::Change(Change { upper: None, .. }) => EstimateStatus::Unbounded.key(),
            Self::Change(_) => EstimateStatus::Ok.key(),
        }
    }

    /// Persons, where the figure is a number of them.
    pub fn value(self) -> Option<u64> {
        match self {
            Self::Count { persons, .. } => Some(persons),
            Self::Estimate(estimate) => estimate.point,
            Self::Gap(_) | Self::Suppressed | Self::Rate(_) | Self::Given(_) | Self::Change(_) => {
                None
            }
        }
    }

    /// The number in the `value` column.
    pub fn number(self) -> Option<Number> {
        match self {
            Self::Count { persons, .. } => Some(Number::whole(persons)),
            Self::Gap(_) | Self::Suppressed => None,
            Self::Estimate(estimate) => estimate.point.map(Number::whole),
            Self::Rate(rate) => Some(Number::tenths(rate.tenths)),
            Self::Given(number) => Some(Number::whole(number)),
            Self::Change(change) => Some(Number::signed(change.difference)),
        }
    }

    /// The numbers in the `lower` and `upper` columns.
    pub fn limits(self) -> (Option<Number>, Option<Number>) {
        match self {
            Self::Estimate(estimate) => (
                estimate.lower.map(Number::whole),
                estimate.upper.map(Number::whole),
            ),
            Self::Rate(rate) => (
                rate.lower.map(Number::tenths),
                rate.upper.map(Number::tenths),
            ),
            Self::Change(change) => (
                Some(Number::signed(change.lower)),
                change.upper.map(Number::signed),
            ),
            _ => (None, None),
        }
    }
}

/// A protected figure with its dimensions.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct SafeRow {
    /// Dimensions.
    pub key: CubeKey,
    /// Figure.
    pub figure: SafeFigure,
}

/// The cube after protection: the only thing that may be written under `release/`. It can be
/// made by [`protect`] alone.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct Protected {
    rows: Vec<SafeRow>,
    report: Report,
}

/// What protection did, in numbers that tell nothing of a cell.
#[derive(Copy, Clone, PartialEq, Eq, Debug, Default)]
pub struct Report {
    /// Count cells with a number, the same figure in two tables being one cell.
    pub cells: usize,
    /// Cells withheld because they are small.
    pub small: usize,
    /// Cells withheld to protect others.
    pub secondary: usize,
    /// Sums that were looked at.
    pub sums: usize,
}

impl Protected {
    /// Every row: families in published order, then by key.
    pub fn rows(&self) -> &[SafeRow] {
        &self.rows
    }

    /// The rows of one family, by key.
    pub fn family(&self, family: Family) -> impl Iterator<Item = &SafeRow> + Clone {
        self.rows.iter().filter(move |row| row.key.family == family)
    }

    /// The figure with exactly this key.
    pub fn get(&self, key: &CubeKey) -> Option<SafeFigure> {
        self.rows
            .iter()
            .find(|row| row.key == *key)
            .map(|row| row.figure)
    }

    /// Adds figures that were worked out from these and from public numbers alone.
    pub(crate) fn add_derived(&mut self, rows: Vec<SafeRow>) {
        self.rows.extend(rows);
        self.rows.sort_by(|a, b| a.key.cmp(&b.key));
    }

    /// What was done.
    pub fn report(&self) -> Report {
        self.report
    }
}

/// Protects a whole release. `regions` are the mappings the user supplied; `province` and `g4`
/// are known. Rows of the same dimensions in two families are one cell and are withheld together.
///
/// Everything that will be released has to be in `cube`, and nothing else: a figure published
/// elsewhere is not protected against, and one that is not published protects nothing.
pub fn protect(
    cube: &[CubeRow],
    settings: &PublishSection,
    regions: &[RegionMapping],
) -> Protected {
    let rule = Rule::new(&settings.disclosure);
    let mut cells = Cells::of(cube, rule);
    let relations = relations::of(&cells, regions);
    secondary::close(cells.states_mut(), &relations, rule);
    let report = Report {
        cells: cells.len(),
        small: cells.count(secondary::Shown::Small),
        secondary: cells.count(secondary::Shown::Secondary),
        sums: relations.len(),
    };
    let mut rows: Vec<SafeRow> = cube
        .iter()
        .enumerate()
        .map(|(at, row)| SafeRow {
            key: row.key.clone(),
            figure: match &row.figure {
                Figure::Count(count) => match (cells.of_row(at), count.persons()) {
                    (Some(cell), Some(_)) if cell.shown.is_withheld() => SafeFigure::Suppressed,
                    (_, Some(persons)) => SafeFigure::Count {
                        persons: rule.round(persons),
                        state: count.state(),
                    },
                    (_, None) => SafeFigure::Gap(count.state()),
                },
                Figure::Estimate(estimate) => {
                    estimates::protect(&row.key, estimate, &cells, rule, &settings.round_estimates)
                }
            },
        })
        .collect();
    rows.sort_by(|a, b| a.key.cmp(&b.key));
    Protected { rows, report }
}

/// Whether an estimate may be printed without an interval: only the synthetic municipal share,
/// whose interval would leave out the variation of coverage between municipalities.
fn needs_interval(key: &CubeKey) -> bool {
    key.family != Family::MunicipalSynthetic
}

/// The base to which an estimate with this key is rounded.
pub(crate) fn quality_base(key: &CubeKey, round: &ethos_model::study::RoundEstimates) -> u64 {
    u64::from(match (&key.place, &key.region) {
        (Place::Netherlands, None) => round.national,
        (Place::Netherlands, Some(_)) | (Place::Region { .. }, _) => round.region,
        (Place::Municipality(_) | Place::UnknownMunicipality, _) => round.municipal,
    })
    .max(1)
}

/// The estimate that is not there.
const NOT_ESTIMABLE: RoundedEstimate = RoundedEstimate {
    status: EstimateStatus::NotEstimable,
    point: None,
    lower: None,
    upper: None,
};

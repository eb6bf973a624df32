//! Disclosure control of counts and quality rounding of estimates, over everything that will
//! be released at once.
//!
//! All counts of a release are one linked system ([`ethos_disclosure`]): a figure in two tables
//! is one cell, and categories, levels, municipalities, regions, children and smallest and largest
//! values are sums between cells. By `disclosure.method`:
//!
//! - **`threshold`.** Counts from 1 up to the threshold are withheld, others rounded to the nearest
//!   multiple of the base (never to zero), and the cheapest further counts are withheld that leave
//!   no way to work a small one out ([`ethos_disclosure::suppress`], an integer programme).
//! - **`controlled-rounding`.** Every count becomes a multiple of the base near it so that all
//!   tables add up; nothing is withheld.
//!
//! Then the **audit**: of every count below the threshold, published or following from others, an
//! attacker who has the whole release and the earlier ones must be left with enough possible
//! numbers, shown by whole tables that agree with everything published. A release that fails is
//! not made. **Estimates** are rounded for quality, interval limits outward, and never fall below
//! the published count they include ([`round`]). Where that count is withheld, the estimate is too
//! if it would tell the count.
//!
//! What is not promised: with `threshold` zeros are shown, because a zero that was looked for
//! differs from a cell nobody could see, although a zero can tell something about a small group;
//! and an attacker who knows persons counted knows more than the rule assumes.

mod audited;
mod cells;
mod estimates;
mod linked;
mod relations;
mod report;
pub mod round;
pub mod threshold;

use ethos_model::cell::{CellState, EstimateStatus};
use ethos_model::cube::{CubeKey, CubeRow, Family, Figure, Place};
use ethos_model::region::RegionMapping;
use ethos_model::study::{DisclosureMethod, PublishSection};

pub use report::{AuditLine, AuditReport, BlockReport, FAILING, RoundingReport, SuppressionReport};
pub use round::RoundedEstimate;

use crate::dashboard::Change;
use crate::error::PublishError;
use cells::{Cells, Shown};
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
#[derive(Clone, PartialEq, Debug)]
pub struct Protected {
    rows: Vec<SafeRow>,
    report: Report,
    audit: AuditReport,
}

/// The counts of a release that is out already.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct Earlier {
    /// Its rounding base.
    pub base: u32,
    /// Its method.
    pub method: DisclosureMethod,
    /// Its counts; `None` where one was withheld.
    pub counts: Vec<(CubeKey, Option<u64>)>,
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

    /// What the audit found. It holds counts: for `internal/`.
    pub fn audit(&self) -> &AuditReport {
        &self.audit
    }
}

/// Protects a whole release. `regions` are the mappings the user supplied; `province` and `g4`
/// are known. Rows of the same dimensions in two families are one cell and are withheld together.
///
/// Everything that will be released has to be in `cube`, and nothing else: what stands in neither
/// `cube` nor `earlier` is not protected against, and one that is not published protects nothing.
///
/// # Errors
/// The audit fails, no additive rounding was found, or a mapping is not the one of the counts.
pub fn protect(
    cube: &[CubeRow],
    settings: &PublishSection,
    regions: &[RegionMapping],
    earlier: &[Earlier],
) -> Result<Protected, PublishError> {
    let rule = Rule::new(&settings.disclosure);
    let mut cells = Cells::of(cube, rule);
    let relations = relations::of(&cells, regions, settings.disclosure.method);
    if let Some((mapping, region)) = relations::misplaced(&cells, &relations) {
        return Err(PublishError::Mapping { mapping, region });
    }
    let audit = audited::protect(&mut cells, &relations, &settings.disclosure, earlier)?;
    let withheld = settings.disclosure.method == DisclosureMethod::Threshold;
    let report = Report {
        cells: cells.len(),
        small: if withheld {
            cells.count(Shown::Small)
        } else {
            0
        },
        secondary: cells.count(Shown::Secondary),
        sums: relations.len(),
    };
    let mut rows: Vec<SafeRow> = cube
        .iter()
        .enumerate()
        .map(|(at, row)| SafeRow {
            key: row.key.clone(),
            figure: match &row.figure {
                Figure::Count(count) => match (count.persons(), cells.published_of_row(at)) {
                    (None, _) => SafeFigure::Gap(count.state()),
                    (Some(_), None) => SafeFigure::Suppressed,
                    (Some(_), Some(persons)) => SafeFigure::Count {
                        persons,
                        state: state(count.state(), persons, withheld),
                    },
                },
                Figure::Estimate(estimate) => {
                    estimates::protect(&row.key, estimate, &cells, rule, &settings.round_estimates)
                }
            },
        })
        .collect();
    rows.sort_by(|a, b| a.key.cmp(&b.key));
    Ok(Protected {
        rows,
        report,
        audit,
    })
}

/// The state of a cell as its published number tells it: that someone was seen where 0 stands is
/// not told, nor that nobody was where a number does. Where zeros are not exact a
/// 0 may be a small count, and none says that nobody was seen.
fn state(state: CellState, persons: u64, zeros_are_exact: bool) -> CellState {
    match (state, persons) {
        (CellState::Seen | CellState::ZeroSeen, 0) if zeros_are_exact => CellState::ZeroSeen,
        (CellState::Seen | CellState::ZeroSeen, _) => CellState::Seen,
        (other, _) => other,
    }
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

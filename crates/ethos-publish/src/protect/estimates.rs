//! Estimates in a protected cube: rounded for quality, and silent where they would tell a
//! withheld count.

use ethos_model::cell::{Estimate, EstimateStatus};
use ethos_model::cube::{CubeKey, Measure};
use ethos_model::study::RoundEstimates;

use super::cells::Cells;
use super::threshold::Rule;
use super::{NOT_ESTIMABLE, RoundedEstimate, SafeFigure, needs_interval, quality_base, round};

/// Protects one estimate.
///
/// Where the count it includes is withheld, the estimate is withheld as well when
///
/// - it is a synthetic share, which is a multiple of that count;
/// - its rounding is finer than the threshold, so that estimate minus added would tell the
///   count; or
/// - its lower limit would be rounded below the count, which nothing published may be.
///
/// An estimate without an interval is printed as not estimable, synthetic shares apart.
pub(super) fn protect(
    key: &CubeKey,
    estimate: &Estimate,
    cells: &Cells,
    rule: Rule,
    bases: &RoundEstimates,
) -> SafeFigure {
    let base = quality_base(key, bases);
    let seen = cells.get(&CubeKey {
        measure: Measure::Observed,
        ..key.clone()
    });
    let withheld = seen.is_some_and(|cell| cell.shown.is_withheld());
    let added = key.measure == Measure::Added;
    let floor = match seen {
        Some(cell) if !withheld && !added => rule.round(cell.persons),
        _ => 0,
    };
    let rounded = round::round(estimate, base, floor);
    if needs_interval(key) && !has_interval(&rounded) {
        return SafeFigure::Estimate(NOT_ESTIMABLE);
    }
    if let (true, Some(cell)) = (withheld, seen) {
        let synthetic = key.measure == Measure::Synthetic;
        let fine = base < rule.threshold().max(rule.base());
        let below = !added && rounded.lower.is_some_and(|lower| lower < cell.persons);
        if rounded.status != EstimateStatus::NotEstimable && (synthetic || fine || below) {
            return SafeFigure::Suppressed;
        }
    }
    SafeFigure::Estimate(rounded)
}

fn has_interval(estimate: &RoundedEstimate) -> bool {
    match estimate.status {
        EstimateStatus::Ok => estimate.lower.is_some() && estimate.upper.is_some(),
        EstimateStatus::Unbounded => estimate.lower.is_some(),
        EstimateStatus::NotEstimable => true,
    }
}

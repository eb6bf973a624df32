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
/// - it is what a model adds to that count;
/// - its rounding is finer than the threshold, so that estimate minus added would tell the
///   count; or
/// - its lower limit would be rounded below the count, which nothing published may be.
///
/// What a model adds is the published estimate less the published count, and a synthetic share is
/// worked out from the published count, so that neither tells more of a count than these do.
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
    let withheld = seen.is_some_and(|(_, published)| published.is_none());
    let added = key.measure == Measure::Added;
    let floor = match seen {
        Some((_, Some(published))) if !added => published,
        _ => 0,
    };
    let rounded = match (key.measure, seen) {
        (Measure::Added, Some((persons, Some(published)))) => {
            let whole = shifted(estimate, persons as f64);
            less(round::round(&whole, base, published), published)
        }
        (Measure::Synthetic, Some((persons, Some(published)))) => {
            let share = published as f64 / persons.max(1) as f64;
            round::round(&scaled(estimate, share), base, published)
        }
        _ => round::round(estimate, base, floor),
    };
    if needs_interval(key) && !has_interval(&rounded) {
        return SafeFigure::Estimate(NOT_ESTIMABLE);
    }
    if let (true, Some((persons, _))) = (withheld, seen) {
        let synthetic = key.measure == Measure::Synthetic;
        let fine = base < rule.threshold().max(rule.base());
        let below = !added && rounded.lower.is_some_and(|lower| lower < persons);
        if rounded.status != EstimateStatus::NotEstimable && (synthetic || added || fine || below) {
            return SafeFigure::Suppressed;
        }
    }
    SafeFigure::Estimate(rounded)
}

/// An estimate and its limits moved up.
fn shifted(estimate: &Estimate, by: f64) -> Estimate {
    let up = |value: Option<f64>| value.map(|value| value + by);
    Estimate {
        status: estimate.status,
        point: up(estimate.point),
        lower: up(estimate.lower),
        upper: up(estimate.upper),
    }
}

/// An estimate and its limits multiplied.
fn scaled(estimate: &Estimate, by: f64) -> Estimate {
    let times = |value: Option<f64>| value.map(|value| value * by);
    Estimate {
        status: estimate.status,
        point: times(estimate.point),
        lower: times(estimate.lower),
        upper: times(estimate.upper),
    }
}

/// A rounded estimate less a published count.
fn less(estimate: RoundedEstimate, count: u64) -> RoundedEstimate {
    let down = |value: Option<u64>| value.map(|value| value.saturating_sub(count));
    RoundedEstimate {
        status: estimate.status,
        point: down(estimate.point),
        lower: down(estimate.lower),
        upper: down(estimate.upper),
    }
}

fn has_interval(estimate: &RoundedEstimate) -> bool {
    match estimate.status {
        EstimateStatus::Ok => estimate.lower.is_some() && estimate.upper.is_some(),
        EstimateStatus::Unbounded => estimate.lower.is_some(),
        EstimateStatus::NotEstimable => true,
    }
}

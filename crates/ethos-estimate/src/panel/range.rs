//! The estimate over a box of declared odds ratios: its range, and the union of the intervals.

use super::FARTHEST;
use super::extremes::{Extremes, GOALS, Goal, Landscape, Side, search};
use super::refit::Refit;
use super::report::{
    Corner, DeclaredDependence, DependenceRange, HeldFit, PanelEstimate, RangeAt, RangeFit,
};
use crate::design::Design;
use crate::error::EstimateError;
use crate::interval::profile::profile;
use crate::kernel::math;
use crate::kernel::newton::Workspace;
use crate::model::Model;
use crate::offset::lists_mask;
use crate::report::Status;
use crate::settings::did_you_mean_share;
use crate::table::CaptureTable;
use crate::term::Term;

/// Most dependences that may be declared: each doubles the corners.
pub(crate) const MAX_DECLARED: usize = 8;
/// Most points that could not be computed that are told.
const MAX_FAILED: usize = 8;

/// Checks declared dependence against a table; the sets of lists, in order.
pub(crate) fn declared_masks(
    declared: &[DeclaredDependence],
    table: &CaptureTable,
) -> Result<Vec<u16>, EstimateError> {
    if declared.len() > MAX_DECLARED {
        return Err(EstimateError::Setting(format!(
            "{} dependences are declared; the limit is {MAX_DECLARED}",
            declared.len()
        )));
    }
    let mut masks = Vec::new();
    for one in declared {
        let mask = lists_mask(&one.lists, table)?;
        let name = one.lists.join(":");
        if masks.contains(&mask) {
            return Err(EstimateError::Setting(format!(
                "the dependence `{name}` is declared twice"
            )));
        }
        let possible = 1.0 / FARTHEST..=FARTHEST;
        if !(possible.contains(&one.lower) && possible.contains(&one.upper)) {
            return Err(EstimateError::Setting(format!(
                "the odds ratios {} to {} of `{name}` are not between 0.001 and 1000",
                one.lower, one.upper
            )));
        }
        if one.lower > one.upper {
            return Err(EstimateError::Setting(format!(
                "the odds ratios of `{name}` fall: {} is above {}; write {}..{}",
                one.lower, one.upper, one.upper, one.lower
            )));
        }
        masks.push(mask);
    }
    Ok(masks)
}

/// The estimate of a model over a box of odds ratios that it does not estimate.
///
/// The model is fixed, and the rest of it is fitted anew at every point. The estimate need not rise or
/// fall with an odds ratio throughout (with four lists or more it can turn), so the whole box is
/// searched and not only its corners: a grid, in steps of at most 0.1 on the log odds ratio where one
/// dependence is varied, of up to 27 × 27 points for two, 9³, 5⁴, 3⁵ and 3⁶ for more, and the corners for
/// seven and eight; then a compass search from the four best of the grid points that are better than
/// those beside them, to 1e-9 of an extreme that it leads to. The limits are those of the profile
/// likelihood, or log-normal with covariates, and are searched in the same way; the range is their
/// union, the smallest lower and the largest upper limit. If any point cannot be computed there is no
/// range, and the points are told. A dependence that the model estimates itself is not varied. Errors:
/// unknown lists, a wrong range, more than eight of them, or a model without an estimate.
///
/// ```
/// use ethos_estimate::{CaptureTable, DeclaredDependence, Model, Term, dependence_range};
/// let t = CaptureTable::from_histories(["a", "b"], [("10", 400), ("01", 260), ("11", 120)])?;
/// let m = Model::from_generators([Term::list(0), Term::list(1)]);
/// let declared = [DeclaredDependence { lists: vec!["a".into(), "b".into()], lower: 0.5, upper: 2.0 }];
/// let range = dependence_range(&t, &m, &declared, 0.95)?;
/// assert!((range.smallest.unwrap() - 1213.333).abs() < 1e-3);
/// assert!((range.largest.unwrap() - 2513.333).abs() < 1e-3);
/// assert!(range.lower < range.smallest && range.upper > range.largest);
/// # Ok::<(), ethos_estimate::EstimateError>(())
/// ```
pub fn dependence_range(
    table: &CaptureTable,
    model: &Model,
    declared: &[DeclaredDependence],
    level: f64,
) -> Result<DependenceRange, EstimateError> {
    model.check(table)?;
    table.check_held(model)?;
    if !(level > 0.0 && level < 1.0) {
        return Err(EstimateError::Setting(format!(
            "level {level} is not between 0 and 1{}",
            did_you_mean_share(level)
        )));
    }
    let refit = Refit::new(table, model)?;
    let landscape = DeclaredBox {
        refit: &refit,
        masks: Vec::new(),
        level,
    };
    let Some(here) = landscape.full(&[]) else {
        let name = model.notation(table.lists(), table.factors());
        return Err(EstimateError::NotConverged(format!(
            "the profile of {name}"
        )));
    };
    range(&refit, declared, level, here)
}

/// The range, with the interval `here` of the estimate itself where the box holds it.
pub(super) fn range(
    refit: &Refit<'_>,
    declared: &[DeclaredDependence],
    level: f64,
    here: PanelEstimate,
) -> Result<DependenceRange, EstimateError> {
    let table = refit.table;
    let masks = declared_masks(declared, table)?;
    let in_model = |mask: u16| refit.model.contains(Term::new(mask, 0));
    let (estimated, varied): (Vec<usize>, Vec<usize>) =
        (0..masks.len()).partition(|&i| in_model(masks[i]));
    let sides: Vec<Side> = varied
        .iter()
        .map(|&i| Side {
            low: math::ln(declared[i].lower),
            high: math::ln(declared[i].upper),
        })
        .collect();
    let assumed: Vec<f64> = varied.iter().map(|&i| refit.assumed(masks[i])).collect();
    let includes_estimate =
        (assumed.iter().zip(&sides)).all(|(a, side)| side.low <= *a && *a <= side.high);
    let landscape = DeclaredBox {
        refit,
        masks: varied.iter().map(|&i| masks[i]).collect(),
        level,
    };
    let Extremes {
        mut best,
        corners,
        failed,
        grid,
    } = search(&sides, &landscape);
    if includes_estimate && here.estimate.is_some() {
        for (goal, best) in GOALS.iter().zip(&mut best) {
            goal.keep(best, &assumed, here);
        }
    }
    let odds_ratios = |point: &[f64]| -> Vec<f64> {
        // The ends as they were declared, not as they come back from their logarithm.
        let of = |(&i, (gamma, side)): (&usize, (&f64, &Side))| match *gamma {
            g if g == side.low => declared[i].lower,
            g if g == side.high => declared[i].upper,
            g => math::exp(g),
        };
        varied
            .iter()
            .zip(point.iter().zip(&sides))
            .map(of)
            .collect()
    };
    let known = failed.is_empty();
    let found = |goal: Goal| best[goal as usize].as_ref().filter(|_| known);
    let at = |goal: Goal| found(goal).map(|v| odds_ratios(&v.point));
    let fit =
        |goal: Goal| found(goal).map_or_else(HeldFit::default, |v| landscape.agreement(&v.point));
    let unbounded = found(Goal::Upper).is_none_or(|v| v.found.status == Status::Unbounded);
    Ok(DependenceRange {
        declared: declared.to_vec(),
        estimated,
        smallest: found(Goal::Smallest).and_then(|v| v.found.estimate),
        largest: found(Goal::Largest).and_then(|v| v.found.estimate),
        lower: found(Goal::Lower).and_then(|v| v.found.lower),
        upper: found(Goal::Upper).and_then(|v| v.found.upper),
        status: match (known, unbounded) {
            (false, _) => Status::NotEstimable,
            (true, true) => Status::Unbounded,
            (true, false) => Status::Ok,
        },
        at: RangeAt {
            smallest: at(Goal::Smallest),
            largest: at(Goal::Largest),
            lower: at(Goal::Lower),
            upper: at(Goal::Upper),
            fit: RangeFit {
                smallest: fit(Goal::Smallest),
                largest: fit(Goal::Largest),
                lower: fit(Goal::Lower),
                upper: fit(Goal::Upper),
            },
        },
        interval: if table.strata() == 1 {
            "profile"
        } else {
            "delta"
        }
        .into(),
        includes_estimate,
        corners: corners
            .into_iter()
            .map(|(point, found)| Corner {
                odds_ratios: odds_ratios(&point),
                population: found.unwrap_or(PanelEstimate::NONE),
                fit: landscape.agreement(&point),
            })
            .collect(),
        grid,
        failed: failed
            .iter()
            .take(MAX_FAILED)
            .map(|point| odds_ratios(point))
            .collect(),
    })
}

/// A model with some of what it leaves out held at log odds ratios.
struct DeclaredBox<'a, 'b> {
    refit: &'a Refit<'b>,
    masks: Vec<u16>,
    level: f64,
}

impl DeclaredBox<'_, '_> {
    /// The model's design with the offsets of a point.
    fn design(&self, point: &[f64]) -> Design {
        let held: Vec<(u16, f64)> = (self.masks.iter().copied())
            .zip(point.iter().copied())
            .collect();
        let mut design = self.refit.design.clone();
        design.shape = self.refit.held_at(&held);
        design
    }

    /// How the fit at a point agrees with the cells that are seen.
    fn agreement(&self, point: &[f64]) -> HeldFit {
        self.refit.agreement_under(&self.design(point))
    }
}

impl Landscape for DeclaredBox<'_, '_> {
    fn quick(&self, point: &[f64]) -> Option<PanelEstimate> {
        let mut ws = Workspace::default();
        let (n0, variance) = self.refit.point(&self.design(point), &mut ws)?;
        let n = self.refit.fit.observed;
        Some(PanelEstimate::lognormal(n, n0, variance, self.level))
            .filter(|found| found.estimate.is_some())
    }

    fn full(&self, point: &[f64]) -> Option<PanelEstimate> {
        if self.refit.table.strata() > 1 {
            return self.quick(point);
        }
        let mut ws = Workspace::default();
        let design = self.design(point);
        let (n0, variance) = self.refit.point(&design, &mut ws)?;
        let limits = profile(&design, &self.refit.data, n0, self.level, &mut ws)?;
        let n = self.refit.fit.observed;
        Some(PanelEstimate::new(
            n + n0,
            Some(variance.sqrt()),
            (limits.lower, limits.upper),
        ))
        .filter(|found| found.estimate.is_some())
    }
}

//! The estimate over a box of declared odds ratios: the union of the intervals at its corners.

use super::refit::Refit;
use super::report::{Corner, DeclaredDependence, DependenceRange, PanelEstimate};
use crate::design::{Data, Design};
use crate::error::EstimateError;
use crate::fit::fit_design;
use crate::interval::lognormal_interval;
use crate::interval::profile::profile;
use crate::kernel::math;
use crate::kernel::newton::Workspace;
use crate::model::Model;
use crate::offset::lists_mask;
use crate::report::{Status, finite};
use crate::table::CaptureTable;
use crate::term::Term;

/// Most dependences that may be declared: there are two corners to each.
pub(crate) const MAX_DECLARED: usize = 8;
/// Smallest and largest odds ratio that may be declared.
const FARTHEST: f64 = 1000.0;

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
                "the odds ratios of `{name}` fall: {} is above {}",
                one.lower, one.upper
            )));
        }
        masks.push(mask);
    }
    Ok(masks)
}

/// The estimate of a model over a box of odds ratios that it does not estimate.
///
/// The model is fixed, and the estimate is made at the corners of the box and nowhere else. Up to
/// three lists it was seen to rise or fall with an odds ratio throughout, so that the corners bound
/// it; with four lists or more it can turn within the box and leave the range between the corners. At each the limits are those of the
/// profile likelihood, or log-normal with covariates; the range is their union, the smallest lower
/// and the largest upper limit. A dependence that the model estimates itself is not varied. Errors: unknown lists, a wrong
/// range, more than eight of them, or a model without an estimate.
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
    let refit = Refit::new(table, model)?;
    let here = at(&refit, table, level)?;
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
    let varied: Vec<usize> = (0..masks.len()).filter(|&i| !in_model(masks[i])).collect();
    let includes_estimate = varied.iter().all(|&i| {
        let held = table.held().iter().find(|(m, _)| *m == masks[i]);
        let assumed = math::exp(held.map_or(0.0, |h| h.1));
        declared[i].lower <= assumed && assumed <= declared[i].upper
    });
    let mut corners = Vec::new();
    for corner in 0..1_usize << varied.len() {
        let odds_ratios: Vec<f64> = varied
            .iter()
            .enumerate()
            .map(|(bit, &i)| {
                if corner >> bit & 1 == 1 {
                    declared[i].upper
                } else {
                    declared[i].lower
                }
            })
            .collect();
        let held: Vec<(u16, f64)> = varied
            .iter()
            .zip(&odds_ratios)
            .map(|(&i, ratio)| (masks[i], math::ln(*ratio)))
            .collect();
        let population = at(refit, &table.clone().hold(&held), level)?;
        corners.push(Corner {
            odds_ratios,
            population,
        });
    }
    let own = includes_estimate.then_some(here);
    let points: Vec<PanelEstimate> = corners.iter().map(|c| c.population).chain(own).collect();
    let least =
        |of: fn(&PanelEstimate) -> Option<f64>| points.iter().filter_map(of).reduce(f64::min);
    let most =
        |of: fn(&PanelEstimate) -> Option<f64>| points.iter().filter_map(of).reduce(f64::max);
    let bounded = points.iter().all(|p| p.status == Status::Ok);
    Ok(DependenceRange {
        declared: declared.to_vec(),
        estimated: (0..masks.len()).filter(|&i| in_model(masks[i])).collect(),
        smallest: least(|p| p.estimate),
        largest: most(|p| p.estimate),
        lower: least(|p| p.lower),
        upper: if bounded { most(|p| p.upper) } else { None },
        status: if bounded {
            Status::Ok
        } else {
            Status::Unbounded
        },
        interval: if table.strata() == 1 {
            "profile"
        } else {
            "delta"
        }
        .into(),
        includes_estimate,
        corners,
    })
}

/// The model on a table with other offsets.
fn at(refit: &Refit<'_>, table: &CaptureTable, level: f64) -> Result<PanelEstimate, EstimateError> {
    let design = Design::new(table.shape(), &refit.model);
    let data = Data::of(table);
    let mut ws = Workspace::default();
    let fit = fit_design(table, &design, &data, &mut ws)?;
    let n0 = fit.unseen_total();
    let limits = if table.strata() == 1 {
        let found = profile(&design, &data, n0, level, &mut ws).ok_or_else(|| {
            let name = refit.model.notation(table.lists(), table.factors());
            EstimateError::NotConverged(format!("the profile of {name}"))
        })?;
        (found.lower, found.upper)
    } else {
        lognormal_interval(fit.observed, n0, fit.se().powi(2), level)
    };
    Ok(PanelEstimate::new(
        fit.population(),
        finite(fit.se()),
        limits,
    ))
}

//! What a search over all hierarchical models says: the winner, the models near it, their averages.

use super::Selector;
use super::bound::Wanted;
use super::exact::Exact;
use super::search::Space;
use super::tolerance::{Tolerance, saturated};
use super::window::{Glance, Lack, Listed, every_of_space, log_average};
use crate::answer::{OCCAM_WINDOW, Row, model_row};
use crate::cause;
use crate::criteria::{Criterion, weights};
use crate::design::{Data, Design};
use crate::diagnostics::diagnostic;
use crate::error::EstimateError;
use crate::estimator::Chosen;
use crate::fit::{FittedModel, fit_design};
use crate::kernel::math;
use crate::kernel::newton::Workspace;
use crate::model::Model;
use crate::report::{
    AverageReport, CriterionAnswer, Diagnostic, SearchMethod, SearchReport, Severity, finite,
};
use crate::settings::{ResolvedSettings, Search};
use crate::table::CaptureTable;

/// Most lists whose models with covariates are enumerated rather than searched.
const ENUMERATED_WITH_COVARIATES: usize = 4;

/// The criteria whose choices are reported.
const CRITERIA: [Criterion; 3] = [Criterion::Aic, Criterion::Aicc, Criterion::Bic];

/// Searches all models over `base` plus list interactions, as the settings say.
pub(crate) fn search(
    table: &CaptureTable,
    resolved: &ResolvedSettings,
    base: &Model,
    max_order: u32,
    forced: &[u16],
) -> Result<Chosen, EstimateError> {
    let criterion = resolved.criterion.unwrap_or(Criterion::Bic);
    if table.strata() > 1 && table.lists().len() <= ENUMERATED_WITH_COVARIATES {
        let space = Space::new(table, base, max_order, forced, criterion);
        let listed = every_of_space(table, &space, &Data::of(table));
        let found = Outcome::of_all(table, resolved, criterion, listed)?;
        let selector = if resolved.average {
            Selector::Average(space)
        } else if resolved.reselect {
            Selector::Best(space)
        } else {
            found.fixed(table)
        };
        return Ok(found.chosen(selector));
    }
    let exact = Exact::new(table, base, max_order, forced, criterion);
    let found = if resolved.search == Some(Search::All) || exact.few() {
        let mut found = Outcome::of_all(table, resolved, criterion, exact.every(table))?;
        found.search.method = SearchMethod::Enumeration;
        found
    } else {
        Outcome::of_window(table, resolved, &exact)?
    };
    let selector = if resolved.average {
        Selector::ExactAverage(Box::new(exact))
    } else if resolved.reselect {
        Selector::Exact(Box::new(exact))
    } else {
        found.fixed(table)
    };
    Ok(found.chosen(selector))
}

/// A finished search.
struct Outcome {
    fit: FittedModel,
    rows: Vec<Row>,
    search: SearchReport,
    searched: usize,
    criteria: Vec<CriterionAnswer>,
    average: AverageReport,
    averaged: Vec<f64>,
    averages_wanted: bool,
    diagnostics: Vec<Diagnostic>,
}

/// The first of those that tie with the smallest.
fn first_best(values: &[f64], tolerance: Tolerance) -> Option<usize> {
    let least = values.iter().copied().fold(f64::INFINITY, f64::min);
    values
        .iter()
        .position(|v| v.is_finite() && *v <= least + tolerance.tie)
}

/// How many models whose fits did not converge could be as good as `value`, the winner's: no model
/// that contains them, nor the saturated one, has a likelihood that rules them out.
fn rivals(table: &CaptureTable, criterion: Criterion, listed: &[Listed], value: f64) -> u64 {
    let data = Data::of(table);
    let tolerance = Tolerance::of(&data.y);
    let most: f64 = saturated(&data.y) - data.y.iter().map(|&y| math::ln_factorial(y)).sum::<f64>();
    let could_win = |lost: &Model| {
        let contains = |m: &Model| lost.terms().iter().all(|t| m.contains(*t));
        let likelihood = listed
            .iter()
            .filter(|l| contains(&l.model))
            .filter_map(|l| Some(l.outcome.as_ref().ok()?.log_likelihood))
            .fold(most, f64::min);
        let parameters = Design::new(table.shape(), lost).parameters();
        let bound = criterion.penalty(parameters, data.n) - 2.0 * likelihood;
        bound <= value + tolerance.tie
    };
    listed
        .iter()
        .filter(|l| l.outcome == Err(Lack::Convergence) && could_win(&l.model))
        .count() as u64
}

fn values(listed: &[Listed], criterion: Criterion) -> Vec<f64> {
    listed
        .iter()
        .map(|l| {
            l.outcome
                .as_ref()
                .map_or(f64::INFINITY, |g| g.criterion(criterion))
        })
        .collect()
}

fn answer(table: &CaptureTable, criterion: Criterion, listed: &Listed) -> Option<CriterionAnswer> {
    let glance = listed.outcome.as_ref().ok()?;
    Some(CriterionAnswer {
        criterion: criterion.name().into(),
        notation: listed.model.notation(table.lists(), table.factors()),
        estimate: finite(glance.population()),
        se: finite(glance.se),
    })
}

/// Says that models were passed over because their fits did not converge, if there are any.
fn not_converged(stalled: u64, rivals: u64) -> Option<Diagnostic> {
    (stalled > 0).then(|| {
        diagnostic(
            "not-converged",
            Severity::Warning,
            format!(
                "the fits of {stalled} models did not converge although their estimates exist; they were \
                 passed over, and {rivals} of them may be better than the winner"
            ),
        )
    })
}

impl Outcome {
    /// From every model of the space, in its order.
    fn of_all(
        table: &CaptureTable,
        resolved: &ResolvedSettings,
        criterion: Criterion,
        listed: Vec<Listed>,
    ) -> Result<Self, EstimateError> {
        let value = values(&listed, criterion);
        let tolerance = Tolerance::of(&Data::of(table).y);
        let winner = first_best(&value, tolerance).ok_or_else(|| EstimateError::NoModel {
            searched: listed.len(),
            cause: cause::or_thin(cause::of_table(table)),
        })?;
        let criteria = CRITERIA
            .into_iter()
            .filter_map(|c| {
                let best = first_best(&values(&listed, c), tolerance)?;
                answer(table, c, &listed[best])
            })
            .collect();
        let lacking = |lack: &dyn Fn(Lack) -> bool| {
            listed
                .iter()
                .filter(|l| l.outcome.as_ref().is_err_and(|&e| lack(e)))
                .count()
        };
        let missing = lacking(&|_| true);
        let stalled = lacking(&|e| e == Lack::Convergence);
        let unproved = rivals(table, criterion, &listed, value[winner]);
        let mut diagnostics = Vec::new();
        if missing > 0 {
            diagnostics.push(diagnostic(
                "models-without-estimate",
                Severity::Info,
                format!(
                    "{missing} of {} models searched have no estimate on these data",
                    listed.len()
                ),
            ));
        }
        diagnostics.extend(not_converged(stalled as u64, unproved));
        let search = SearchReport {
            method: SearchMethod::Enumeration,
            proved: unproved == 0,
            unproved,
            fits: (listed.len() - missing) as u64,
            existence_proofs: listed.len() as u64,
            convention: criterion.convention().into(),
        };
        let searched = listed.len();
        Self::from_listed(
            table,
            resolved,
            criterion,
            listed,
            winner,
            criteria,
            None,
            0.0,
            search,
            searched,
            diagnostics,
        )
    }

    /// From the models near the best, found by branch and bound.
    fn of_window(
        table: &CaptureTable,
        resolved: &ResolvedSettings,
        exact: &Exact,
    ) -> Result<Self, EstimateError> {
        let data = &exact.ground.original;
        let ws = &mut Workspace::default();
        let searched = exact.ground.lattice.count();
        let near = exact.search(data, exact.criterion, exact.window(), ws);
        let families: Vec<u64> = near.findings.models.iter().map(|f| f.family).collect();
        if families.is_empty() {
            return Err(EstimateError::NoModel {
                searched: searched as usize,
                cause: cause::or_thin(cause::of_table(table)),
            });
        }
        let (mut fits, mut proofs) = (near.findings.fits, near.proofs);
        let mut criteria = Vec::new();
        for criterion in CRITERIA {
            let winner = if criterion == exact.criterion {
                Some(families[0])
            } else {
                let own = exact.search(data, criterion, Wanted::BEST, ws);
                fits += own.findings.fits;
                proofs += own.proofs;
                own.findings.models.first().map(|f| f.family)
            };
            if let Some(family) = winner {
                criteria.extend(
                    exact
                        .these(table, &[family])
                        .first()
                        .and_then(|l| answer(table, criterion, l)),
                );
            }
        }
        let listed = exact.these(table, &families);
        let mut diagnostics = Vec::new();
        if near.findings.without_estimate > 0 {
            diagnostics.push(diagnostic(
                "models-without-estimate",
                Severity::Info,
                format!(
                    "{} models that would come within {:.1} of the best have no estimate on these data",
                    near.findings.without_estimate, near.findings.width
                ),
            ));
        }
        diagnostics.extend(not_converged(near.findings.unknown, near.findings.rivals));
        let search = SearchReport {
            method: SearchMethod::BranchAndBound,
            proved: near.findings.rivals == 0,
            unproved: near.findings.rivals,
            fits,
            existence_proofs: proofs,
            convention: exact.criterion.convention().into(),
        };
        Self::from_listed(
            table,
            resolved,
            exact.criterion,
            listed,
            0,
            criteria,
            Some(near.findings.width),
            near.findings.left_out,
            search,
            searched as usize,
            diagnostics,
        )
    }

    #[allow(clippy::too_many_arguments)] // one call each from the two above
    fn from_listed(
        table: &CaptureTable,
        resolved: &ResolvedSettings,
        criterion: Criterion,
        listed: Vec<Listed>,
        winner: usize,
        criteria: Vec<CriterionAnswer>,
        window: Option<f64>,
        left_out: f64,
        search: SearchReport,
        searched: usize,
        diagnostics: Vec<Diagnostic>,
    ) -> Result<Self, EstimateError> {
        let value = values(&listed, criterion);
        let weight = weights(&value);
        let data = Data::of(table);
        let design = Design::new(table.shape(), &listed[winner].model);
        let fit = fit_design(table, &design, &data, &mut Workspace::default())?;
        let admissible: Vec<(f64, &Glance)> = listed
            .iter()
            .zip(&weight)
            .filter_map(|(l, w)| l.outcome.as_ref().ok().map(|g| (*w, g)))
            .collect();
        // Weights are relative to all models found; those left out weigh `left_out` of the best.
        let best = weight[winner];
        let share = left_out * best / (1.0 + left_out * best);
        let (average, averaged) = averages(&admissible, table.strata(), window, share);
        let limit = if resolved.search == Some(Search::All) {
            f64::INFINITY
        } else {
            value[winner] + OCCAM_WINDOW
        };
        let mut places: Vec<usize> = (0..listed.len()).filter(|&i| value[i] <= limit).collect();
        places.sort_by(|&a, &b| value[a].total_cmp(&value[b]));
        let rows = rows(table, &listed, &places, &value, &weight);
        Ok(Self {
            fit,
            rows,
            search,
            searched,
            criteria,
            average,
            averaged,
            averages_wanted: resolved.average,
            diagnostics,
        })
    }

    fn fixed(&self, table: &CaptureTable) -> Selector {
        Selector::fixed(table, Design::new(table.shape(), &self.fit.model))
    }

    fn chosen(self, selector: Selector) -> Chosen {
        Chosen {
            selector,
            unseen: if self.averages_wanted {
                self.averaged
            } else {
                self.fit.unseen.clone()
            },
            fit: self.fit,
            rows: self.rows,
            searched: self.searched,
            search: Some(self.search),
            criteria: self.criteria,
            average: Some(self.average),
            diagnostics: self.diagnostics,
        }
    }
}

fn rows(
    table: &CaptureTable,
    listed: &[Listed],
    places: &[usize],
    value: &[f64],
    weight: &[f64],
) -> Vec<Row> {
    use rayon::prelude::*;
    places
        .par_iter()
        .map(|&i| Row {
            value: value[i],
            report: model_row(table, &listed[i], weight[i]),
        })
        .collect()
}

/// Log-scale and arithmetic averages, and the unconditional standard error.
fn averages(
    models: &[(f64, &Glance)],
    strata: usize,
    window: Option<f64>,
    left_out: f64,
) -> (AverageReport, Vec<f64>) {
    let w: Vec<f64> = models.iter().map(|m| m.0).collect();
    let unseen: Vec<Vec<f64>> = models.iter().map(|m| m.1.unseen.clone()).collect();
    let mut per_stratum = vec![0.0; strata];
    log_average(&w, &unseen, &mut per_stratum);
    let observed = models.first().map_or(0.0, |m| m.1.observed);
    let log_mean: f64 = models
        .iter()
        .filter(|m| m.0 > 0.0)
        .map(|m| m.0 * math::ln(m.1.unseen_total()))
        .sum();
    // With strata the total is the sum of the averaged strata, so that tables add up.
    let unseen_total = if strata == 1 {
        math::exp(log_mean)
    } else {
        per_stratum.iter().sum()
    };
    let mean: f64 = models.iter().map(|m| m.0 * m.1.population()).sum();
    let se: f64 = models
        .iter()
        .map(|m| {
            let d = m.1.population() - mean;
            m.0 * (m.1.se.powi(2) + d * d).sqrt()
        })
        .sum();
    let report = AverageReport {
        estimate: finite(observed + unseen_total),
        arithmetic: finite(mean),
        se: finite(se),
        models: models.len(),
        top_weight: finite(w.iter().copied().fold(0.0, f64::max)),
        window,
        left_out,
    };
    (report, per_stratum)
}

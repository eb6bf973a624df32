//! The pieces of the report: groups of strata, model rows, statuses.

use std::collections::BTreeMap;

use crate::criteria::Criterion;
use crate::diagnostics::diagnostic;
use crate::fit::FittedModel;
use crate::interval::limits::GroupLimits;
use crate::interval::lognormal_interval;
use crate::model::{Model, term_label};
use crate::report::{
    Coefficient, Diagnostic, ModelReport, ModelRow, Population, SeKind, Severity, Status,
    StratumReport, finite,
};
use crate::select::window::{Lack, Listed};
use crate::settings::{ResolvedSettings, Search};
use crate::table::{CaptureTable, Factor, Shape};
use crate::written::grouped;

/// Models within this distance of the best are reported.
pub(crate) const OCCAM_WINDOW: f64 = 10.0;

/// A searched model with the value of the search's criterion (infinite if inadmissible).
pub(crate) struct Row {
    pub(crate) value: f64,
    pub(crate) report: ModelRow,
}

/// A cell of the report: one level of one covariate, or one stratum.
pub(crate) struct Group {
    pub(crate) by: BTreeMap<String, String>,
    pub(crate) members: Vec<usize>,
    pub(crate) full: bool,
}

/// Every one-way margin (with two covariates or more), then the full cross.
pub(crate) fn groups(table: &CaptureTable) -> Vec<Group> {
    groups_of(table.factors(), table.strata(), |s, f| {
        table.shape().level(s, f)
    })
}

/// The same from the level of every covariate in every stratum.
pub(crate) fn groups_of(
    factors: &[Factor],
    strata: usize,
    level: impl Fn(usize, usize) -> usize,
) -> Vec<Group> {
    let mut out = Vec::new();
    if factors.len() > 1 {
        for (f, factor) in factors.iter().enumerate() {
            for (l, name) in factor.levels.iter().enumerate() {
                out.push(Group {
                    by: BTreeMap::from([(factor.name.clone(), name.clone())]),
                    members: (0..strata).filter(|&s| level(s, f) == l).collect(),
                    full: false,
                });
            }
        }
    }
    if !factors.is_empty() {
        for s in 0..strata {
            let by = factors.iter().enumerate();
            out.push(Group {
                by: by
                    .map(|(f, factor)| (factor.name.clone(), factor.levels[level(s, f)].clone()))
                    .collect(),
                members: vec![s],
                full: true,
            });
        }
    }
    out
}

pub(crate) fn status(estimate: Option<f64>, upper: f64) -> Status {
    match estimate {
        None => Status::NotEstimable,
        Some(_) if upper.is_finite() => Status::Ok,
        Some(_) if upper.is_nan() => Status::NoInterval,
        Some(_) => Status::Unbounded,
    }
}

/// Whether a stratum has nobody in it, seen or unseen: its 0 is no finding and has no interval.
pub(crate) fn is_empty(observed: f64, unobserved: Option<f64>) -> bool {
    observed == 0.0 && unobserved == Some(0.0)
}

pub(crate) fn population(
    resolved: &ResolvedSettings,
    n: f64,
    se: Option<f64>,
    lower: f64,
    upper: f64,
) -> Population {
    Population {
        estimate: finite(n),
        se,
        se_kind: if resolved.average {
            SeKind::OverModels
        } else {
            SeKind::ModelAlone
        },
        lower: finite(lower),
        upper: finite(upper),
        level: resolved.level,
        interval: if resolved.bca {
            format!("{}-bca", resolved.interval.name())
        } else {
            resolved.interval.name().into()
        },
        status: status(finite(n), upper),
    }
}

pub(crate) fn stratum_report(
    table: &CaptureTable,
    group: &Group,
    unobserved: Option<f64>,
    se: Option<f64>,
    limits: &GroupLimits,
    model: Option<String>,
) -> StratumReport {
    let seen: f64 = group.members.iter().map(|&s| table.observed_in(s)).sum();
    if is_empty(seen, unobserved) {
        return empty_stratum(group);
    }
    StratumReport {
        by: group.by.clone(),
        observed: seen,
        unobserved: unobserved.and_then(finite),
        estimate: unobserved.and_then(|u| finite(seen + u)),
        se: se.and_then(finite),
        lower: unobserved.and_then(|_| finite(limits.lower)),
        upper: unobserved.and_then(|_| finite(limits.upper)),
        status: status(unobserved.and_then(finite), limits.upper),
        percentile: unobserved.and_then(|_| limits.percentile.clone()),
        model,
        not_estimable: None,
    }
}

/// A stratum that has nobody in it, seen or unseen.
pub(crate) fn empty_stratum(group: &Group) -> StratumReport {
    StratumReport {
        by: group.by.clone(),
        observed: 0.0,
        unobserved: Some(0.0),
        estimate: Some(0.0),
        se: None,
        lower: None,
        upper: None,
        status: Status::Empty,
        percentile: None,
        model: None,
        not_estimable: None,
    }
}

pub(crate) fn model_report(table: &CaptureTable, fit: &FittedModel) -> ModelReport {
    let (lists, factors) = (table.lists(), table.factors());
    ModelReport {
        notation: fit.model.notation(lists, factors),
        formula: fit.model.formula(lists, factors),
        terms: fit.model.terms()[1..]
            .iter()
            .map(|t| term_label(*t, lists, factors))
            .collect(),
        coefficients: fit
            .coefficients
            .iter()
            .map(|c| Coefficient {
                term: c.name.clone(),
                estimate: c.estimate.and_then(finite),
                se: c.se,
            })
            .collect(),
        log_likelihood: finite(fit.log_likelihood),
        deviance: finite(fit.deviance),
        df: fit.df,
        goodness_of_fit: fit.goodness_of_fit,
        parameters: fit.parameters,
        aic: finite(fit.criterion(Criterion::Aic)),
        aicc: finite(fit.criterion(Criterion::Aicc)),
        bic: finite(fit.criterion(Criterion::Bic)),
        bic_cells: finite(fit.bic_cells()),
        existence: fit.existence.clone(),
    }
}

pub(crate) fn model_row(table: &CaptureTable, listed: &Listed, weight: f64) -> ModelRow {
    let fit = listed.outcome.as_ref().ok();
    let code = match listed.outcome {
        Err(Lack::Estimate(code)) => code,
        _ => 0,
    };
    let parameters = parameters(table.shape(), &listed.model);
    let observable = table.strata() * (table.shape().histories() - 1);
    ModelRow {
        notation: listed.model.notation(table.lists(), table.factors()),
        formula: listed.model.formula(table.lists(), table.factors()),
        estimate: fit.and_then(|f| finite(f.population())),
        se: fit.and_then(|f| finite(f.se)),
        deviance: fit.and_then(|f| finite(f.deviance)),
        df: observable as i64 - parameters as i64,
        aic: fit.and_then(|f| finite(f.criterion(Criterion::Aic))),
        aicc: fit.and_then(|f| finite(f.criterion(Criterion::Aicc))),
        bic: fit.and_then(|f| finite(f.criterion(Criterion::Bic))),
        bic_cells: fit.and_then(|f| finite(f.bic_cells())),
        weight: fit.map(|_| weight),
        exists: code & 1 == 0,
        identifiable: code & 2 == 0,
    }
}

/// Columns of a model: for each term the combinations of levels but the first.
fn parameters(shape: &Shape, model: &Model) -> usize {
    model
        .terms()
        .iter()
        .map(|t| {
            (0..shape.levels.len())
                .filter(|f| t.factors >> f & 1 == 1)
                .map(|f| shape.levels[f] as usize - 1)
                .product::<usize>()
        })
        .sum()
}

pub(crate) fn reported(rows: Vec<Row>, search: Option<Search>) -> Vec<ModelRow> {
    let best = rows.first().map_or(f64::INFINITY, |r| r.value);
    rows.into_iter()
        .filter(|r| search == Some(Search::All) || r.value <= best + OCCAM_WINDOW)
        .map(|r| r.report)
        .collect()
}

/// Whether the ten best models within the window span more than the interval (a warning), or more than
/// the log-normal interval of the best of them alone at this level (a note: replicates that select
/// anew count that, the standard error does not). `observed` persons; `width` of the interval.
pub(crate) fn disagreement(
    rows: &[Row],
    observed: f64,
    level: f64,
    width: f64,
) -> Option<Diagnostic> {
    let best = rows.first()?;
    let near: Vec<f64> = rows
        .iter()
        .take(10)
        .filter(|r| r.value <= best.value + OCCAM_WINDOW)
        .filter_map(|r| r.report.estimate)
        .collect();
    let low = near.iter().copied().fold(f64::INFINITY, f64::min);
    let high = near.iter().copied().fold(0.0, f64::max);
    if near.len() < 2 {
        return None;
    }
    let alone = best.report.estimate.zip(best.report.se).map(|(n, se)| {
        let (lower, upper) = lognormal_interval(observed, n - observed, se * se, level);
        upper - lower
    });
    let (severity, wider) = if high - low > width {
        (Severity::Warning, "wider than the interval")
    } else if alone.is_some_and(|alone| high - low > alone) {
        (
            Severity::Info,
            "wider than an interval of the best of them alone",
        )
    } else {
        return None;
    };
    Some(diagnostic(
        "models-disagree",
        severity,
        format!(
            "models that fit about as well give {} to {}, {wider}",
            grouped(low),
            grouped(high)
        ),
    ))
}

//! From a table and settings to an estimate with its interval and checks.

use std::collections::BTreeMap;

use rayon::prelude::*;

use crate::criteria::{Criterion, weights};
use crate::design::{Data, Design};
use crate::diagnostics::{diagnostic, of_fit, of_table};
use crate::error::EstimateError;
use crate::fit::{FittedModel, fit_design};
use crate::formula::{ModelText, parse_model};
use crate::interval::bootstrap::{Counter, Progress, Replicates, run};
use crate::interval::profile::profile;
use crate::interval::resample::Resampler;
use crate::interval::{IntervalMethod, lognormal_interval};
use crate::kernel::math;
use crate::kernel::newton::Workspace;
use crate::model::{Model, term_label};
use crate::report::{
    AverageReport, BootstrapReport, Coefficient, CriterionAnswer, Diagnostic, Estimate,
    ModelReport, ModelRow, MonteCarloSe, Population, SCHEMA, Severity, Status, StratumReport,
    Unobserved, finite,
};
use crate::select::Selector;
use crate::select::search::{Space, log_average};
use crate::select::stepwise::{Stepwise, scope};
use crate::settings::{EstimateSettings, ResolvedSettings, Search, Skeleton};
use crate::table::CaptureTable;
use crate::term::Term;

/// Models within this distance of the best are reported.
const OCCAM_WINDOW: f64 = 10.0;

/// Estimates the population behind a capture table.
///
/// Resolves the settings, finds or reads the model, proves that its estimate
/// exists and is identified, fits it, and makes the interval. `progress` is
/// told how many bootstrap replicates are done, from any thread. The answer is
/// the same to the last bit on any number of threads.
///
/// ```
/// use ethos_estimate::{CaptureTable, EstimateSettings, estimate};
/// // War deaths in Kosovo, four lists (Ball et al. 2002); published 10,357 for the best BIC model.
/// let t = CaptureTable::from_histories(["EXH", "ABA", "OSCE", "HRW"], [
///     ("1000", 1131), ("0100", 845), ("0010", 936), ("0001", 306), ("1100", 177), ("1010", 228),
///     ("1001", 106), ("0110", 217), ("0101", 31), ("0011", 123), ("1110", 181), ("1101", 18),
///     ("1011", 42), ("0111", 32), ("1111", 27)])?;
/// let settings = EstimateSettings { replicates: Some(50), ..EstimateSettings::default() };
/// let answer = estimate(&t, &settings, None)?;
/// assert_eq!(answer.model.unwrap().notation, "[123,14,34]");
/// assert_eq!(answer.population.estimate.unwrap().round(), 10357.0);
/// # Ok::<(), ethos_estimate::EstimateError>(())
/// ```
///
/// Errors: [`EstimateError::is_usage`] for wrong settings or formulas,
/// [`EstimateError::is_refused`] when no estimate exists.
pub fn estimate(
    table: &CaptureTable,
    settings: &EstimateSettings,
    progress: Progress<'_>,
) -> Result<Estimate, EstimateError> {
    let resolved = settings.resolve(table)?;
    if resolved.separate {
        return separate(table, settings, &resolved, progress);
    }
    let chosen = choose(table, settings, &resolved)?;
    let mut diagnostics = of_table(table);
    diagnostics.extend(chosen.diagnostics.iter().cloned());
    diagnostics.extend(of_fit(table, &chosen.fit, resolved.search.is_some()));
    if resolved.search.is_some() && !(resolved.interval.is_bootstrap() && resolved.reselect) {
        diagnostics.push(diagnostic(
            "interval-after-selection",
            Severity::Warning,
            "the interval treats the selected model as known; it is too short",
        ));
    }
    let groups = groups(table);
    let everyone: Vec<usize> = (0..table.strata()).collect();
    let interval = intervals(table, &resolved, &chosen, &groups, &everyone, progress)?;
    if let Some(b) = &interval.bootstrap
        && b.failed as f64 > 0.005 * b.replicates as f64
    {
        diagnostics.push(diagnostic(
            "infinite-replicates",
            Severity::Warning,
            format!(
                "{} of {} replicates have no estimate and count as infinite",
                b.failed, b.replicates
            ),
        ));
    }
    let (lower, upper) = interval.population;
    diagnostics.extend(disagreement(&chosen.rows, upper - lower));
    let n = table.observed() as f64;
    let n0: f64 = chosen.unseen.iter().sum();
    let se = if resolved.average {
        chosen.average.as_ref().and_then(|a| a.se)
    } else {
        finite(chosen.fit.se())
    };
    let strata = groups
        .iter()
        .zip(&interval.groups)
        .map(|(g, &(lower, upper))| {
            let unobserved: f64 = g.members.iter().map(|&s| chosen.unseen[s]).sum();
            let se = (!resolved.average).then(|| chosen.fit.variance(&g.members).sqrt());
            stratum_report(table, g, Some(unobserved), se, lower, upper, None)
        })
        .collect();
    Ok(Estimate {
        schema: SCHEMA.into(),
        observed: table.observed(),
        population: population(&resolved, n + n0, se, lower, upper),
        unobserved: Unobserved {
            estimate: finite(n0),
            se_log: if resolved.average {
                None
            } else {
                chosen.fit.se_log(&everyone)
            },
            lower: finite(lower - n),
            upper: finite(upper - n),
        },
        model: Some(model_report(table, &chosen.fit)),
        strata,
        models_searched: chosen.searched,
        criteria: chosen.criteria,
        average: chosen.average,
        models: reported(chosen.rows, resolved.search),
        panel: None,
        bootstrap: interval.bootstrap,
        diagnostics,
        settings: resolved,
    })
}

/// The model, how it was found, and what it says.
struct Chosen {
    selector: Selector,
    fit: FittedModel,
    /// Unseen persons per stratum: of the fit, or averaged.
    unseen: Vec<f64>,
    rows: Vec<Row>,
    searched: usize,
    criteria: Vec<CriterionAnswer>,
    average: Option<AverageReport>,
    diagnostics: Vec<Diagnostic>,
}

/// A searched model with the value of the search's criterion (infinite if inadmissible).
struct Row {
    value: f64,
    report: ModelRow,
}

/// The terms of `skeleton` and the main effects, with saturated covariates.
fn skeleton_model(table: &CaptureTable, skeleton: Option<Skeleton>, forced: &[u16]) -> Model {
    let factors = table.factors().len();
    let mut terms: Vec<Term> = (0..table.lists().len()).map(Term::list).collect();
    if factors > 0 {
        terms.push(Term::new(0, ((1_u64 << factors) - 1) as u32));
    }
    if skeleton == Some(Skeleton::ListByCovariate) {
        for i in 0..table.lists().len() {
            terms.extend((0..factors).map(|f| Term::list(i).union(Term::factor(f))));
        }
    }
    terms.extend(forced.iter().map(|&m| Term::new(m, 0)));
    Model::from_generators(terms)
}

fn choose(
    table: &CaptureTable,
    settings: &EstimateSettings,
    resolved: &ResolvedSettings,
) -> Result<Chosen, EstimateError> {
    let forced: Vec<u16> = settings
        .forced
        .iter()
        .map(|s| settings.forced_mask(s, table))
        .collect::<Result<_, _>>()?;
    let data = Data::of(table);
    let mut ws = Workspace::default();
    let (Some(search), Some(criterion), Some(max_order)) =
        (resolved.search, resolved.criterion, resolved.max_order)
    else {
        let text = resolved.model.as_deref().unwrap_or_default();
        let model = match parse_model(text, table)? {
            ModelText::Formula(m) => m,
            ModelText::Brackets(m) => {
                let skeleton = skeleton_model(table, resolved.skeleton, &[]);
                Model::from_generators(m.terms().iter().chain(skeleton.terms()).copied())
            }
        };
        if let Some(i) = forced
            .iter()
            .position(|&f| !model.contains(Term::new(f, 0)))
        {
            return Err(EstimateError::Setting(format!(
                "the model leaves out the forced interaction `{}`",
                settings.forced[i].join(":")
            )));
        }
        return fixed(table, &model, &data, &mut ws);
    };
    if search == Search::Stepwise {
        let start = skeleton_model(table, None, &forced);
        let terms = scope(table.lists().len(), table.factors().len(), max_order);
        let stepwise = Stepwise::new(table, start, terms, criterion);
        let Some(prepared) = stepwise.run(&data, &mut ws) else {
            return Err(EstimateError::NoModel(1));
        };
        let mut chosen = fixed(table, &prepared.design.model, &data, &mut ws)?;
        if resolved.reselect {
            chosen.selector = Selector::Stepwise(stepwise);
        }
        return Ok(chosen);
    }
    let base = skeleton_model(table, resolved.skeleton, &[]);
    let space = Space::new(table, &base, max_order, &forced, criterion);
    from_space(table, resolved, space, &data)
}

fn fixed(
    table: &CaptureTable,
    model: &Model,
    data: &Data,
    ws: &mut Workspace,
) -> Result<Chosen, EstimateError> {
    let design = Design::new(table.shape(), model);
    let fit = fit_design(table, &design, data, ws)?;
    Ok(Chosen {
        selector: Selector::fixed(table, design),
        unseen: fit.unseen.clone(),
        fit,
        rows: Vec::new(),
        searched: 0,
        criteria: Vec::new(),
        average: None,
        diagnostics: Vec::new(),
    })
}

fn from_space(
    table: &CaptureTable,
    resolved: &ResolvedSettings,
    space: Space,
    data: &Data,
) -> Result<Chosen, EstimateError> {
    let criterion = resolved.criterion.unwrap_or(Criterion::Bic);
    let outcomes: Vec<Result<FittedModel, EstimateError>> = space
        .models
        .par_iter()
        .map_init(Workspace::default, |ws, prepared| {
            fit_design(table, &prepared.design, data, ws)
        })
        .collect();
    let values = |c: Criterion| -> Vec<f64> {
        outcomes
            .iter()
            .map(|o| o.as_ref().map_or(f64::INFINITY, |f| f.criterion(c)))
            .collect()
    };
    let best = |values: &[f64]| -> Option<usize> {
        let mut best: Option<usize> = None;
        for (i, v) in values.iter().enumerate() {
            if v.is_finite() && best.is_none_or(|b| *v < values[b] - 1e-9) {
                best = Some(i);
            }
        }
        best
    };
    let value = values(criterion);
    let Some(winner) = best(&value) else {
        return Err(EstimateError::NoModel(outcomes.len()));
    };
    let weight = weights(&value);
    let mut rows: Vec<Row> = outcomes
        .iter()
        .enumerate()
        .map(|(i, o)| Row {
            value: value[i],
            report: model_row(table, &space.models[i].design, o, weight[i]),
        })
        .collect();
    rows.sort_by(|a, b| a.value.total_cmp(&b.value));
    let criteria = [Criterion::Aic, Criterion::Aicc, Criterion::Bic]
        .into_iter()
        .filter_map(|c| {
            let fit = outcomes[best(&values(c))?].as_ref().ok()?;
            Some(CriterionAnswer {
                criterion: c.name().into(),
                notation: fit.model.notation(table.lists(), table.factors()),
                estimate: finite(fit.population()),
                se: finite(fit.se()),
            })
        })
        .collect();
    let admissible: Vec<(f64, &FittedModel)> = outcomes
        .iter()
        .zip(&weight)
        .filter_map(|(o, w)| o.as_ref().ok().map(|f| (*w, f)))
        .collect();
    let (average, averaged) = averages(&admissible, table.strata());
    let mut diagnostics = Vec::new();
    let missing = outcomes.len() - admissible.len();
    if missing > 0 {
        diagnostics.push(diagnostic(
            "models-without-estimate",
            Severity::Info,
            format!(
                "{missing} of {} models searched have no estimate on these data",
                outcomes.len()
            ),
        ));
    }
    let searched = outcomes.len();
    let fit = outcomes
        .into_iter()
        .nth(winner)
        .expect("the winner is one of the outcomes")?;
    let selector = if resolved.average {
        Selector::Average(space)
    } else if resolved.reselect {
        Selector::Best(space)
    } else {
        Selector::fixed(table, space.models[winner].design.clone())
    };
    Ok(Chosen {
        selector,
        unseen: if resolved.average {
            averaged
        } else {
            fit.unseen.clone()
        },
        fit,
        rows,
        searched,
        criteria,
        average: Some(average),
        diagnostics,
    })
}

/// Log-scale and arithmetic averages, and the unconditional standard error.
fn averages(models: &[(f64, &FittedModel)], strata: usize) -> (AverageReport, Vec<f64>) {
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
            m.0 * (m.1.se().powi(2) + d * d).sqrt()
        })
        .sum();
    let report = AverageReport {
        estimate: finite(observed + unseen_total),
        arithmetic: finite(mean),
        se: finite(se),
        models: models.len(),
        top_weight: finite(w.iter().copied().fold(0.0, f64::max)),
    };
    (report, per_stratum)
}

/// A cell of the report: one level of one covariate, or one stratum.
struct Group {
    by: BTreeMap<String, String>,
    members: Vec<usize>,
    full: bool,
}

/// Every one-way margin (with two covariates or more), then the full cross.
fn groups(table: &CaptureTable) -> Vec<Group> {
    let factors = table.factors();
    let mut out = Vec::new();
    if factors.len() > 1 {
        for (f, factor) in factors.iter().enumerate() {
            for (l, level) in factor.levels.iter().enumerate() {
                let members = (0..table.strata())
                    .filter(|&s| table.shape().level(s, f) == l)
                    .collect();
                let by = BTreeMap::from([(factor.name.clone(), level.clone())]);
                out.push(Group {
                    by,
                    members,
                    full: false,
                });
            }
        }
    }
    if !factors.is_empty() {
        for s in 0..table.strata() {
            let by = factors
                .iter()
                .zip(table.stratum_levels(s))
                .map(|(f, l)| (f.name.clone(), f.levels[l].clone()))
                .collect();
            out.push(Group {
                by,
                members: vec![s],
                full: true,
            });
        }
    }
    out
}

struct Intervals {
    population: (f64, f64),
    groups: Vec<(f64, f64)>,
    bootstrap: Option<BootstrapReport>,
}

fn observed(table: &CaptureTable, members: &[usize]) -> f64 {
    members.iter().map(|&s| table.observed_in(s)).sum::<u64>() as f64
}

fn intervals(
    table: &CaptureTable,
    resolved: &ResolvedSettings,
    chosen: &Chosen,
    groups: &[Group],
    everyone: &[usize],
    progress: Progress<'_>,
) -> Result<Intervals, EstimateError> {
    let data = Data::of(table);
    match resolved.interval {
        IntervalMethod::Delta => {
            let of = |members: &[usize]| {
                let n0: f64 = members.iter().map(|&s| chosen.unseen[s]).sum();
                lognormal_interval(
                    observed(table, members),
                    n0,
                    chosen.fit.variance(members),
                    resolved.level,
                )
            };
            let groups = groups.iter().map(|g| of(&g.members)).collect();
            Ok(Intervals {
                population: of(everyone),
                groups,
                bootstrap: None,
            })
        }
        IntervalMethod::Profile => {
            let design = Design::new(table.shape(), &chosen.fit.model);
            let n0 = chosen.fit.unseen_total();
            let p = profile(
                &design,
                &data,
                n0,
                resolved.level,
                &mut Workspace::default(),
            )
            .ok_or_else(|| {
                EstimateError::NotConverged(format!(
                    "the profile of {}",
                    chosen.fit.model.notation(table.lists(), table.factors())
                ))
            })?;
            Ok(Intervals {
                population: (p.lower, p.upper),
                groups: Vec::new(),
                bootstrap: None,
            })
        }
        method => {
            let count = resolved.replicates.unwrap_or_default();
            let seed = resolved.seed.unwrap_or_default();
            let resampler = resampler(method, &data, &chosen.fit, chosen.unseen.iter().sum())?;
            let counter = Counter::new(count, progress);
            let replicates = run(
                table.shape(),
                &chosen.selector,
                &resampler,
                count,
                seed,
                None,
                &counter,
            );
            Ok(percentiles(table, resolved, &replicates, groups, everyone))
        }
    }
}

fn resampler(
    method: IntervalMethod,
    data: &Data,
    fit: &FittedModel,
    unseen: f64,
) -> Result<Resampler, EstimateError> {
    let histories = data.y.len() / fit.unseen.len();
    let mut means = fit.means.clone();
    for s in 0..fit.unseen.len() {
        means[s * histories] = 0.0;
    }
    Resampler::new(method, &data.y, &means, unseen)
}

fn percentiles(
    table: &CaptureTable,
    resolved: &ResolvedSettings,
    replicates: &Replicates,
    groups: &[Group],
    everyone: &[usize],
) -> Intervals {
    let of =
        |members: &[usize]| replicates.summary(members, observed(table, members), resolved.level);
    let total = of(everyone);
    let groups = groups
        .par_iter()
        .map(|g| {
            let s = of(&g.members);
            (s.lower, s.upper)
        })
        .collect();
    Intervals {
        population: (total.lower, total.upper),
        groups,
        bootstrap: Some(BootstrapReport {
            sd: finite(total.sd),
            replicates: replicates.count() as u64,
            failed: total.failed,
            monte_carlo_se: MonteCarloSe {
                lower: finite(total.se_lower),
                upper: finite(total.se_upper),
            },
        }),
    }
}

fn status(estimate: Option<f64>, upper: f64) -> Status {
    match estimate {
        None => Status::NotEstimable,
        Some(_) if upper.is_finite() => Status::Ok,
        Some(_) => Status::Unbounded,
    }
}

fn population(
    resolved: &ResolvedSettings,
    n: f64,
    se: Option<f64>,
    lower: f64,
    upper: f64,
) -> Population {
    Population {
        estimate: finite(n),
        se,
        lower: finite(lower),
        upper: finite(upper),
        level: resolved.level,
        interval: resolved.interval.name().into(),
        status: status(finite(n), upper),
    }
}

fn stratum_report(
    table: &CaptureTable,
    group: &Group,
    unobserved: Option<f64>,
    se: Option<f64>,
    lower: f64,
    upper: f64,
    model: Option<String>,
) -> StratumReport {
    let seen: u64 = group.members.iter().map(|&s| table.observed_in(s)).sum();
    StratumReport {
        by: group.by.clone(),
        observed: seen,
        unobserved: unobserved.and_then(finite),
        estimate: unobserved.and_then(|u| finite(seen as f64 + u)),
        se: se.and_then(finite),
        lower: unobserved.and_then(|_| finite(lower)),
        upper: unobserved.and_then(|_| finite(upper)),
        status: status(unobserved.and_then(finite), upper),
        model,
    }
}

fn model_report(table: &CaptureTable, fit: &FittedModel) -> ModelReport {
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
        parameters: fit.parameters,
        aic: finite(fit.criterion(Criterion::Aic)),
        aicc: finite(fit.criterion(Criterion::Aicc)),
        bic: finite(fit.criterion(Criterion::Bic)),
        bic_cells: finite(fit.bic_cells()),
        existence: fit.existence.clone(),
    }
}

fn model_row(
    table: &CaptureTable,
    design: &Design,
    outcome: &Result<FittedModel, EstimateError>,
    weight: f64,
) -> ModelRow {
    let fit = outcome.as_ref().ok();
    let code = match outcome {
        Err(EstimateError::NoEstimate { code, .. }) => *code,
        _ => 0,
    };
    ModelRow {
        notation: design.model.notation(table.lists(), table.factors()),
        formula: design.model.formula(table.lists(), table.factors()),
        estimate: fit.and_then(|f| finite(f.population())),
        se: fit.and_then(|f| finite(f.se())),
        deviance: fit.and_then(|f| finite(f.deviance)),
        df: design.observable() as i64 - design.parameters() as i64,
        aic: fit.and_then(|f| finite(f.criterion(Criterion::Aic))),
        aicc: fit.and_then(|f| finite(f.criterion(Criterion::Aicc))),
        bic: fit.and_then(|f| finite(f.criterion(Criterion::Bic))),
        bic_cells: fit.and_then(|f| finite(f.bic_cells())),
        weight: fit.map(|_| weight),
        exists: code & 1 == 0,
        identifiable: code & 2 == 0,
    }
}

fn reported(rows: Vec<Row>, search: Option<Search>) -> Vec<ModelRow> {
    let best = rows.first().map_or(f64::INFINITY, |r| r.value);
    rows.into_iter()
        .filter(|r| search == Some(Search::All) || r.value <= best + OCCAM_WINDOW)
        .map(|r| r.report)
        .collect()
}

/// The ten best models within the window span more than the interval.
fn disagreement(rows: &[Row], width: f64) -> Option<Diagnostic> {
    let best = rows.first()?.value;
    let near: Vec<f64> = rows
        .iter()
        .take(10)
        .filter(|r| r.value <= best + OCCAM_WINDOW)
        .filter_map(|r| r.report.estimate)
        .collect();
    let low = near.iter().copied().fold(f64::INFINITY, f64::min);
    let high = near.iter().copied().fold(0.0, f64::max);
    (near.len() > 1 && high - low > width).then(|| {
        diagnostic(
            "models-disagree",
            Severity::Warning,
            format!(
                "models that fit about as well give {low:.0} to {high:.0}, wider than the interval"
            ),
        )
    })
}

/// Each stratum alone, and their sum.
fn separate(
    table: &CaptureTable,
    settings: &EstimateSettings,
    resolved: &ResolvedSettings,
    progress: Progress<'_>,
) -> Result<Estimate, EstimateError> {
    let alone = EstimateSettings {
        separate: false,
        interval: Some(resolved.interval),
        ..settings.clone()
    };
    let mut diagnostics = of_table(table);
    // One entry per stratum: nobody seen, no estimate, or a choice.
    let mut parts: Vec<Option<(CaptureTable, Chosen)>> = Vec::new();
    let mut unseen: Vec<Option<f64>> = Vec::new();
    for s in 0..table.strata() {
        if table.observed_in(s) == 0 {
            parts.push(None);
            unseen.push(Some(0.0));
            continue;
        }
        let part = table.stratum_table(s).and_then(|t| {
            let inner = alone.resolve(&t)?;
            choose(&t, &alone, &inner).map(|c| (t, c))
        });
        match part {
            Ok((t, c)) => {
                unseen.push(Some(c.unseen.iter().sum()));
                parts.push(Some((t, c)));
            }
            Err(e) if e.is_refused() || matches!(e, EstimateError::EmptyList(_)) => {
                diagnostics.push(diagnostic(
                    "stratum-not-estimable",
                    Severity::Warning,
                    format!("stratum {}: {e}", table.stratum_label(s)),
                ));
                unseen.push(None);
                parts.push(None);
            }
            Err(e) => return Err(e),
        }
    }
    if resolved.search.is_some() && !(resolved.interval.is_bootstrap() && resolved.reselect) {
        diagnostics.push(diagnostic(
            "interval-after-selection",
            Severity::Warning,
            "the interval treats the selected models as known; it is too short",
        ));
    }
    let variance: Vec<f64> = parts
        .iter()
        .map(|p| p.as_ref().map_or(0.0, |(_, c)| c.fit.variance(&[0])))
        .collect();
    let replicates = if resolved.interval.is_bootstrap() {
        Some(separate_replicates(
            table, resolved, &parts, &unseen, progress,
        )?)
    } else {
        None
    };
    let limits = |members: &[usize]| -> (f64, f64) {
        let n = observed(table, members);
        match &replicates {
            Some(r) => {
                let s = r.summary(members, n, resolved.level);
                (s.lower, s.upper)
            }
            None => {
                let n0: f64 = members.iter().filter_map(|&s| unseen[s]).sum();
                let v: f64 = members.iter().map(|&s| variance[s]).sum();
                lognormal_interval(n, n0, v, resolved.level)
            }
        }
    };
    let sum = |members: &[usize]| members.iter().map(|&s| unseen[s]).sum::<Option<f64>>();
    let error = |members: &[usize]| members.iter().map(|&s| variance[s]).sum::<f64>().sqrt();
    let strata = groups(table)
        .iter()
        .map(|g| {
            let n0 = sum(&g.members);
            let (lower, upper) = limits(&g.members);
            let own = if g.full {
                g.members.first().and_then(|&s| parts[s].as_ref())
            } else {
                None
            };
            let model = own.map(|(t, c)| c.fit.model.notation(t.lists(), t.factors()));
            let se = (n0.is_some() && !resolved.average).then(|| error(&g.members));
            stratum_report(table, g, n0, se, lower, upper, model)
        })
        .collect();
    let everyone: Vec<usize> = (0..table.strata()).collect();
    let n = table.observed() as f64;
    let total = sum(&everyone);
    let (lower, upper) = if total.is_some() {
        limits(&everyone)
    } else {
        (f64::NAN, f64::NAN)
    };
    let se = (total.is_some() && !resolved.average).then(|| error(&everyone));
    let poisson: f64 = (0..table.strata())
        .map(|s| variance[s] - unseen[s].unwrap_or(0.0))
        .sum();
    let bootstrap = replicates.filter(|_| total.is_some()).map(|r| {
        let s = r.summary(&everyone, n, resolved.level);
        BootstrapReport {
            sd: finite(s.sd),
            replicates: r.count() as u64,
            failed: s.failed,
            monte_carlo_se: MonteCarloSe {
                lower: finite(s.se_lower),
                upper: finite(s.se_upper),
            },
        }
    });
    Ok(Estimate {
        schema: SCHEMA.into(),
        observed: table.observed(),
        population: population(
            resolved,
            total.map_or(f64::NAN, |t| n + t),
            se,
            lower,
            upper,
        ),
        unobserved: Unobserved {
            estimate: total,
            se_log: total
                .filter(|t| *t > 0.0 && !resolved.average)
                .map(|t| poisson.max(0.0).sqrt() / t),
            lower: finite(lower - n),
            upper: finite(upper - n),
        },
        model: None,
        strata,
        models: Vec::new(),
        models_searched: parts
            .iter()
            .flatten()
            .map(|(_, c)| c.searched)
            .max()
            .unwrap_or(0),
        criteria: Vec::new(),
        average: None,
        panel: None,
        bootstrap,
        diagnostics,
        settings: resolved.clone(),
    })
}

/// Replicates of every stratum from its own streams, side by side.
fn separate_replicates(
    table: &CaptureTable,
    resolved: &ResolvedSettings,
    parts: &[Option<(CaptureTable, Chosen)>],
    unseen: &[Option<f64>],
    progress: Progress<'_>,
) -> Result<Replicates, EstimateError> {
    let count = resolved.replicates.unwrap_or_default();
    let seed = resolved.seed.unwrap_or_default();
    let fitted = parts.iter().flatten().count() as u64;
    let counter = Counter::new(count * fitted, progress);
    let mut out = Vec::new();
    for (s, part) in parts.iter().enumerate() {
        let replicates = match part {
            Some((t, c)) => {
                let data = Data::of(t);
                let sampler =
                    resampler(resolved.interval, &data, &c.fit, unseen[s].unwrap_or(0.0))?;
                run(
                    t.shape(),
                    &c.selector,
                    &sampler,
                    count,
                    seed,
                    Some(s as u64),
                    &counter,
                )
            }
            // Nobody seen, or no estimate: constant.
            None => Replicates {
                strata: 1,
                values: vec![observed(table, &[s]); count as usize],
            },
        };
        out.push(replicates);
    }
    Ok(Replicates::beside(&out))
}

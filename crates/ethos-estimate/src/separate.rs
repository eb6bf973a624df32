//! Each stratum fitted alone, and their sum.

use crate::answer::{groups, population, stratum_report};
use crate::design::Data;
use crate::diagnostics::{diagnostic, of_bootstrap, of_default_interval, of_fit, of_table};
use crate::error::EstimateError;
use crate::estimator::{Chosen, choose};
use crate::interval::bca::Jackknife;
use crate::interval::bootstrap::run;
use crate::interval::control::{Control, Progress};
use crate::interval::limits::{Bootstrapped, Intervals, observed, read_limits, resampler};
use crate::interval::lognormal_interval;
use crate::interval::replicates::Replicates;
use crate::interval::resample::Resampler;
use crate::panel::panel;
use crate::refusal::NotEstimable;
use crate::report::{Diagnostic, Estimate, SCHEMA, Severity, StratumReport, Unobserved, finite};
use crate::settings::{EstimateSettings, ResolvedSettings};
use crate::table::CaptureTable;

/// Each stratum alone, and their sum.
pub(crate) fn separate(
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
    let mut refused: Vec<Option<NotEstimable>> = Vec::new();
    for s in 0..table.strata() {
        if table.observed_in(s) == 0.0 {
            refused.push(None);
            parts.push(None);
            unseen.push(Some(0.0));
            continue;
        }
        let mut why = None;
        let part = table.stratum_table(s).and_then(|t| {
            let inner = alone.resolve(&t)?;
            let chosen = choose(&t, &alone, &inner)?;
            let notes = of_fit(&t, &chosen.fit, &inner);
            Ok((t, chosen, notes))
        });
        match part {
            Ok((t, c, notes)) => {
                let label = table.stratum_label(s);
                diagnostics.extend(notes.into_iter().map(|d| Diagnostic {
                    message: format!("stratum {label}: {}", d.message),
                    ..d
                }));
                unseen.push(Some(c.unseen.iter().sum()));
                parts.push(Some((t, c)));
            }
            Err(e) if e.is_refused() || matches!(e, EstimateError::EmptyList(_)) => {
                diagnostics.push(diagnostic(
                    "stratum-not-estimable",
                    Severity::Warning,
                    format!("stratum {}: {e}", table.stratum_label(s)),
                ));
                why = NotEstimable::named(&e);
                unseen.push(None);
                parts.push(None);
            }
            Err(e) => return Err(e),
        }
        refused.push(why);
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
    diagnostics.extend(of_default_interval(table, settings, resolved));
    let groups = groups(table);
    let everyone: Vec<usize> = (0..table.strata()).collect();
    let interval = if resolved.interval.is_bootstrap() {
        let fitted = parts.iter().flatten().count() as u64;
        let control = Control::new(resolved.replicates.unwrap_or_default() * fitted, progress);
        let replicates = separate_replicates(table, resolved, &parts, &unseen, &control)?;
        let jackknife = resolved
            .bca
            .then(|| separate_jackknife(&parts, &unseen, table));
        let whole: Vec<f64> = unseen.iter().map(|n0| n0.unwrap_or_default()).collect();
        let run = Bootstrapped {
            replicates: &replicates,
            control: &control,
            unseen: &whole,
            jackknife: jackknife.as_ref(),
        };
        read_limits(table, resolved, &run, &groups, &everyone)
    } else {
        let of = |members: &[usize]| {
            let n0: f64 = members.iter().filter_map(|&s| unseen[s]).sum();
            let v: f64 = members.iter().map(|&s| variance[s]).sum();
            lognormal_interval(observed(table, members), n0, v, resolved.level)
        };
        Intervals {
            population: of(&everyone),
            groups: groups.iter().map(|g| of(&g.members).into()).collect(),
            bootstrap: None,
        }
    };
    let sum = |members: &[usize]| members.iter().map(|&s| unseen[s]).sum::<Option<f64>>();
    let error = |members: &[usize]| members.iter().map(|&s| variance[s]).sum::<f64>().sqrt();
    let strata = groups
        .iter()
        .zip(&interval.groups)
        .map(|(g, limits)| {
            let n0 = sum(&g.members);
            let own = if g.full {
                g.members.first().and_then(|&s| parts[s].as_ref())
            } else {
                None
            };
            let model = own.map(|(t, c)| c.fit.model.notation(t.lists(), t.factors()));
            let se = (n0.is_some() && !resolved.average).then(|| error(&g.members));
            let why = g.members.first().filter(|_| g.full);
            StratumReport {
                not_estimable: why.and_then(|&s| refused[s].clone()),
                ..stratum_report(table, g, n0, se, limits, model)
            }
        })
        .collect();
    let n = table.observed();
    let total = sum(&everyone);
    let (lower, upper) = if total.is_some() {
        interval.population
    } else {
        (f64::NAN, f64::NAN)
    };
    let se = (total.is_some() && !resolved.average).then(|| error(&everyone));
    let poisson: f64 = (0..table.strata())
        .map(|s| variance[s] - unseen[s].unwrap_or(0.0))
        .sum();
    let bootstrap = interval.bootstrap.filter(|_| total.is_some());
    if let Some(b) = &bootstrap {
        diagnostics.extend(of_bootstrap(b));
    }
    let population = population(
        resolved,
        total.map_or(f64::NAN, |t| n + t),
        se,
        lower,
        upper,
    );
    let panel = if resolved.panel {
        let (panel, more) = panel(table, None, resolved, &population)?;
        diagnostics.extend(more);
        Some(panel)
    } else {
        None
    };
    Ok(Estimate {
        schema: SCHEMA.into(),
        observed: table.observed(),
        population,
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
        search: None,
        criteria: Vec::new(),
        average: None,
        panel,
        bootstrap,
        incomplete: None,
        diagnostics,
        settings: resolved.clone(),
    })
}

/// The jackknife of every stratum; the others stay as they are.
fn separate_jackknife(
    parts: &[Option<(CaptureTable, Chosen)>],
    unseen: &[Option<f64>],
    table: &CaptureTable,
) -> Jackknife {
    let own: Vec<Option<Jackknife>> = parts
        .iter()
        .map(|part| {
            let (t, c) = part.as_ref()?;
            Some(Jackknife::of_persons(t.shape(), &c.selector, &Data::of(t)))
        })
        .collect();
    let whole: Vec<f64> = unseen
        .iter()
        .enumerate()
        .map(|(s, n0)| observed(table, &[s]) + n0.unwrap_or_default())
        .collect();
    Jackknife::beside(&own, &whole)
}

/// Replicates of every part drawn at a time, so that a stopped run has the same number of all.
const ROUND: u64 = 256;

/// Replicates of every stratum from its own streams, side by side.
fn separate_replicates(
    table: &CaptureTable,
    resolved: &ResolvedSettings,
    parts: &[Option<(CaptureTable, Chosen)>],
    unseen: &[Option<f64>],
    control: &Control<'_>,
) -> Result<Replicates, EstimateError> {
    let count = resolved.replicates.unwrap_or_default();
    let seed = resolved.seed.unwrap_or_default();
    let samplers: Vec<Option<Resampler>> = parts
        .iter()
        .zip(unseen)
        .map(|(part, n0)| {
            let Some((t, c)) = part else { return Ok(None) };
            resampler(
                resolved.interval,
                &Data::of(t),
                &c.fit,
                n0.unwrap_or_default(),
            )
            .map(Some)
        })
        .collect::<Result<_, EstimateError>>()?;
    let mut out = Replicates {
        strata: parts.len(),
        values: Vec::new(),
    };
    let mut first = 0;
    while first < count && !control.is_stopped() {
        let range = first..(first + ROUND).min(count);
        let round: Vec<Replicates> = parts
            .iter()
            .zip(&samplers)
            .enumerate()
            .map(|(s, (part, sampler))| match (part, sampler) {
                (Some((t, c)), Some(sampler)) => run(
                    t.shape(),
                    &c.selector,
                    sampler,
                    range.clone(),
                    seed,
                    Some(s as u64),
                    control,
                ),
                // Nobody seen, or no estimate: constant.
                _ => Replicates {
                    strata: 1,
                    values: vec![observed(table, &[s]); (range.end - range.start) as usize],
                },
            })
            .collect();
        out.append(&Replicates::beside(&round));
        first = range.end;
    }
    Ok(out)
}

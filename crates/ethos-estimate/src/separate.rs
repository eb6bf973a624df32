//! Each stratum fitted alone, and their sum.

use crate::answer::{groups, population, stratum_report};
use crate::design::Data;
use crate::diagnostics::{diagnostic, of_table};
use crate::error::EstimateError;
use crate::estimator::{Chosen, choose};
use crate::interval::bootstrap::{Counter, Progress, Replicates, run};
use crate::interval::limits::{observed, resampler};
use crate::interval::lognormal_interval;
use crate::report::{
    BootstrapReport, Estimate, MonteCarloSe, SCHEMA, Severity, Unobserved, finite,
};
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
        if let Some(r) = &replicates {
            let s = r.summary(members, n, resolved.level);
            (s.lower, s.upper)
        } else {
            let n0: f64 = members.iter().filter_map(|&s| unseen[s]).sum();
            let v: f64 = members.iter().map(|&s| variance[s]).sum();
            lognormal_interval(n, n0, v, resolved.level)
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

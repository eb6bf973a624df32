//! From a table of times seen and settings to an estimate with its intervals and checks.

use std::collections::BTreeMap;

use super::attempt::{Attempt, row};
use super::closed::{chao_bias_corrected, chao_modified};
use super::design::{CountDesign, Seen};
use super::family::Family;
use super::interval::{Size, replicates};
use super::notes;
use super::report::{
    AnalyticLimits, CountTests, EstimatorRow, FrequencyRow, REPEATED_SCHEMA, RepeatedEstimate,
};
use super::score::{for_masses, one_inflation, overdispersion, score_test};
use super::settings::{RepeatedSettings, ResolvedRepeatedSettings};
use super::table::RepeatedTable;
use crate::answer::{Group, groups_of};
use crate::diagnostics::of_bootstrap;
use crate::error::EstimateError;
use crate::interval::control::{Control, MIN_REPLICATES, Progress};
use crate::interval::replicates::{Replicates, affordable};
use crate::report::{
    BootstrapReport, Limits, MonteCarloSe, Population, SeKind, Status, StratumReport, Unobserved,
    finite,
};

/// Estimates the population behind one list with repeated contacts.
///
/// The headline is the family asked for; the other families with the same
/// formula, all of them with one rate for everybody, and the closed forms stand
/// beside it. Whether rates have an estimate is decided exactly; where they have
/// none the population is `not_estimable` and its numbers are absent, while
/// strata with a rate keep theirs. `progress` is told how many bootstrap replicates are done and
/// may stop the run ([`Progress`]). The answer is the same to the last bit on any number of
/// threads.
///
/// ```
/// use ethos_estimate::{RepeatedSettings, RepeatedTable, estimate_repeated};
/// // Irregular migrants in four Dutch cities by contacts with the police, 1995
/// // (van der Heijden, Bustami, Cruyff, Engbersen & van Houwelingen 2003).
/// let table = RepeatedTable::from_frequencies(
///     [(1, 1645), (2, 183), (3, 37), (4, 13), (5, 1), (6, 1)])?;
/// let answer = estimate_repeated(&table, &RepeatedSettings::default(), None)?;
/// assert_eq!(answer.population.estimate.unwrap().round(), 7080.0);
/// assert_eq!(answer.estimator("chao").unwrap().estimate.unwrap().round(), 9274.0);
/// assert!(answer.diagnostics.iter().any(|d| d.code == "one-inflation"));
/// # Ok::<(), ethos_estimate::EstimateError>(())
/// ```
///
/// Errors: [`EstimateError::is_usage`] for wrong settings or formulas,
/// [`EstimateError::is_refused`] for a population too large to resample.
pub fn estimate_repeated(
    table: &RepeatedTable,
    settings: &RepeatedSettings,
    progress: Progress<'_>,
) -> Result<RepeatedEstimate, EstimateError> {
    let resolved = settings.resolve(table)?;
    affordable(resolved.replicates, table.strata())?;
    let design = match &resolved.model {
        Some(text) => CountDesign::read(table, text)?,
        None => CountDesign::main_effects(table)?,
    };
    let seen = Seen::of(table);
    let attempts = Family::ALL.map(|family| Attempt::new(family, &design, &seen));
    let head = attempts
        .iter()
        .find(|a| a.family == resolved.family)
        .expect("every family was tried");
    let (estimators, tests) = panel(table, &design, &seen, &attempts, resolved.level)?;
    let everyone: Vec<usize> = (0..table.strata()).collect();
    let size = head
        .usable()
        .and_then(|_| head.size(&design, &seen, &everyone));
    let groups = groups_of(table.factors(), table.strata(), |s, f| {
        table.stratum_levels(s)[f]
    });
    // Everybody first, then every group.
    let sizes: Vec<Option<Size>> = std::iter::once(size)
        .chain(groups.iter().map(|g| head.size(&design, &seen, &g.members)))
        .collect();
    let mut limits: Vec<Option<AnalyticLimits>> = sizes
        .iter()
        .map(|size| size.map(|s| s.lognormal(resolved.level)))
        .collect();
    let mut bootstrap = None;
    if let (Some(count), Some(size), Some(fitted)) = (resolved.replicates, size, head.usable()) {
        let control = Control::new(count, progress);
        let drawn = replicates(
            &design,
            resolved.family.counts(),
            &fitted.fit,
            &seen,
            size.unseen,
            resolved.interval,
            count,
            resolved.seed.unwrap_or_default(),
            &control,
        )?;
        let (found, report) = percentiles(&resolved, &seen, &drawn, &control, &everyone, &groups);
        limits = found;
        bootstrap = Some(report);
    } else if resolved.replicates.is_some() {
        limits = vec![None; sizes.len()];
    }
    let mut diagnostics = notes::of_table(table);
    diagnostics.extend(notes::of_fit(table, &design, &seen, head, resolved.level));
    diagnostics.extend(size.and_then(notes::of_size));
    let formula = design.formula(table.factors());
    diagnostics.extend(notes::of_tests(&tests, &estimators, &formula));
    diagnostics.extend(notes::of_tail(&seen, head));
    diagnostics.extend(bootstrap.as_ref().map(of_bootstrap).into_iter().flatten());
    let strata = groups
        .iter()
        .zip(sizes[1..].iter().zip(&limits[1..]))
        .map(|(group, (size, limits))| stratum_report(table, group, *size, *limits))
        .collect();
    let observed = table.observed();
    let n = observed as f64;
    let found = limits[0].unwrap_or_default();
    Ok(RepeatedEstimate {
        schema: REPEATED_SCHEMA.into(),
        observed,
        contacts: table.contacts(),
        population: Population {
            estimate: size.map(|s| n + s.unseen),
            se: size.map(|s| s.variance().sqrt()),
            se_kind: SeKind::ModelAlone,
            lower: found.lower,
            upper: found.upper,
            level: resolved.level,
            interval: resolved.interval.name().into(),
            status: status(size, limits[0]),
        },
        unobserved: Unobserved {
            estimate: size.map(|s| s.unseen),
            se_log: size.and_then(Size::se_log),
            lower: found.lower.map(|x| x - n),
            upper: found.upper.map(|x| x - n),
        },
        family: resolved.family,
        model: head.model(table, &design, &seen),
        strata,
        estimators,
        frequencies: frequencies(table, &seen, head),
        tests,
        bootstrap,
        diagnostics,
        settings: resolved,
    })
}

/// All estimators beside each other, and the tests of the zero-truncated Poisson.
fn panel(
    table: &RepeatedTable,
    design: &CountDesign,
    seen: &Seen,
    attempts: &[Attempt; 4],
    level: f64,
) -> Result<(Vec<EstimatorRow>, CountTests), EstimateError> {
    let common = CountDesign::intercept(table)?;
    let plain = Family::ALL.map(|family| Attempt::new(family, &common, seen));
    let varied = design.names.len() > 1;
    let mut rows = Vec::new();
    for (with, without) in attempts.iter().zip(&plain) {
        if varied {
            rows.push(with.row(table, design, seen, level));
        }
        rows.push(without.row(table, &common, seen, level));
        if with.family == Family::Chao {
            rows.push(bias_corrected(table, level));
        }
    }
    rows.push(modified(table, level));
    // The tests are of the zero-truncated Poisson regression, the first family.
    let tested = [(&attempts[0], design), (&plain[0], &common)]
        .into_iter()
        .find_map(|(a, d)| Some((a.usable()?, d)));
    let test = |score: fn(u32, f64) -> f64| {
        let (fitted, design) = tested?;
        score_test(design, Family::ZtPoisson.counts(), &fitted.fit, seen, score)
    };
    let [f1, f2, f3] = [1, 2, 3].map(|k| table.frequency(k) as f64);
    let tests = CountTests {
        ratio: finite(f1 * f3 / (f2 * f2)),
        formula: tested.map(|(_, d)| d.formula(table.factors())),
        one_inflation: test(one_inflation),
        overdispersion: test(overdispersion),
    };
    Ok((rows, tests))
}

fn bias_corrected(table: &RepeatedTable, level: f64) -> EstimatorRow {
    let [f1, f2] = [1, 2].map(|k| table.frequency(k) as f64);
    let closed = chao_bias_corrected(f1, f2);
    let size = Size::of_closed(table.observed() as f64, closed);
    row("chao-bias-corrected", None, Some(size), level)
}

fn modified(table: &RepeatedTable, level: f64) -> EstimatorRow {
    let [f2, f3] = [2, 3].map(|k| table.frequency(k) as f64);
    let closed = chao_modified(f2, f3);
    let size = closed.map(|c| Size::of_closed(table.observed() as f64, c));
    let reason = size
        .is_none()
        .then(|| "it takes persons seen twice and persons seen three times".to_owned());
    EstimatorRow {
        reason,
        ..row("chao-modified", None, size, level)
    }
}

/// One level of one covariate, or one stratum.
fn stratum_report(
    table: &RepeatedTable,
    group: &Group,
    size: Option<Size>,
    limits: Option<AnalyticLimits>,
) -> StratumReport {
    let found = limits.unwrap_or_default();
    let members = group.members.iter();
    StratumReport {
        by: group.by.clone(),
        observed: members.map(|&s| table.observed_in(s) as f64).sum(),
        unobserved: size.map(|s| s.unseen),
        estimate: size.map(|s| s.observed + s.unseen),
        se: size.map(|s| s.variance().sqrt()),
        lower: found.lower,
        upper: found.upper,
        status: status(size, limits),
        percentile: None,
        model: None,
        not_estimable: None,
    }
}

fn status(size: Option<Size>, limits: Option<AnalyticLimits>) -> Status {
    match (size, limits) {
        (None, _) => Status::NotEstimable,
        (_, None) => Status::NoInterval,
        (_, Some(limits)) if limits.upper.is_some() => Status::Ok,
        _ => Status::Unbounded,
    }
}

/// Percentile limits of everybody, then of every group, from the same replicates.
fn percentiles(
    resolved: &ResolvedRepeatedSettings,
    seen: &Seen,
    drawn: &Replicates,
    control: &Control<'_>,
    everyone: &[usize],
    groups: &[Group],
) -> (Vec<Option<AnalyticLimits>>, BootstrapReport) {
    let asked = resolved.replicates.unwrap_or_default();
    let replicates = drawn.count() as u64;
    let enough = replicates >= asked.min(MIN_REPLICATES);
    let of = |members: &[usize]| {
        let observed: f64 = members.iter().map(|&s| seen.persons(s)).sum();
        let sums = drawn.sums(members);
        let (limits, errors) = sums.percentile(resolved.level);
        (sums, limits.map(|l| l.max(observed)), errors)
    };
    let limits = |members: &[usize]| {
        let (_, [lower, upper], _) = of(members);
        enough.then(|| AnalyticLimits {
            lower: finite(lower),
            upper: finite(upper),
        })
    };
    let (sums, _, errors) = of(everyone);
    let mut out = vec![limits(everyone)];
    out.extend(groups.iter().map(|g| limits(&g.members)));
    let found = out[0].unwrap_or_default();
    // A limit that does not exist has no error.
    let monte_carlo_se = MonteCarloSe {
        lower: found.lower.and_then(|_| finite(errors[0])),
        upper: found.upper.and_then(|_| finite(errors[1])),
    };
    let report = BootstrapReport {
        sd: finite(sums.sd()),
        replicates,
        asked,
        stopped: control.reason().filter(|_| replicates < asked),
        failed: sums.failed(),
        unproved: control.stalled(),
        monte_carlo_se: monte_carlo_se.clone(),
        percentile: Limits {
            lower: found.lower,
            upper: found.upper,
            monte_carlo_se,
        },
        households: None,
        bca: None,
    };
    (out, report)
}

/// Times seen, with what the fit of the headline expects of those who inform it.
fn frequencies(table: &RepeatedTable, seen: &Seen, head: &Attempt) -> Vec<FrequencyRow> {
    let family = head.family.counts();
    let window = family.informing();
    let mut expected: BTreeMap<u64, f64> = BTreeMap::new();
    let usable = head
        .usable()
        .filter(|f| f.fit.eta.iter().all(|e| e.is_finite()));
    if let Some(fitted) = usable {
        for (s, &eta) in fitted.fit.eta.iter().enumerate() {
            let persons = seen.within(s, window);
            for_masses(family, eta, |k, mass| {
                *expected.entry(u64::from(k)).or_default() += persons * mass;
            });
        }
    }
    let rows = table.frequencies().into_iter();
    rows.map(|(times, observed)| FrequencyRow {
        times,
        observed,
        expected: expected.get(&times).copied(),
    })
    .collect()
}

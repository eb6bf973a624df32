//! From an incomplete table and settings to an estimate.

use super::part::Part;
use super::replicate::run;
use super::table::IncompleteTable;
use super::told::{diagnostics, report};
use crate::answer::{
    Group, disagreement, empty_stratum, groups, is_empty, model_report, population, reported,
    status,
};
use crate::diagnostics::{diagnostic, of_bootstrap, of_default_interval, of_fit, of_table};
use crate::error::EstimateError;
use crate::estimator::estimate;
use crate::interval::control::{Control, MIN_REPLICATES, Progress};
use crate::interval::replicates::{Replicates, affordable};
use crate::interval::{IntervalMethod, lognormal_interval};
use crate::report::{
    BootstrapReport, Estimate, Limits, MonteCarloSe, SCHEMA, Severity, Status, StratumReport,
    Unobserved, finite,
};
use crate::settings::{EstimateSettings, Preset, ResolvedSettings};

/// Estimates the population behind a table in which covariates are missing for some persons, or
/// lists cannot see part of the population.
///
/// Missing covariates are supposed to be missing at random. Where a list cannot look, the model is
/// fitted to what the others saw, and the dependence that it has with them is taken from where it
/// looks; with [`no_borrow`](EstimateSettings::no_borrow) each group of people is estimated from the
/// lists that can see it alone. Either way by maximum likelihood of what was observed
/// ([`fit_incomplete`](crate::fit_incomplete)), and again in every replicate of a bootstrap, which
/// draws observed patterns. A group that fewer than two lists can see is counted: the population is
/// that of the others, and [`Estimate::incomplete`] says how many were counted only.
///
/// A table in which nothing is missing gets the answer of [`estimate`](crate::estimate), to the bit.
///
/// ```
/// use ethos_estimate::{EstimateSettings, Factor, IncompleteTable, estimate_incomplete};
/// let (y, n) = (Some(true), Some(false));
/// let mut rows = IncompleteTable::builder(["a", "b"], [Factor::new("sex", ["f", "m"])]);
/// for (lists, f, m, unknown) in [([y, n], 40, 50, 10), ([n, y], 30, 60, 5), ([y, y], 20, 20, 4)] {
///     rows.add(&lists, &[Some(0)], f)?.add(&lists, &[Some(1)], m)?.add(&lists, &[None], unknown)?;
/// }
/// let settings = EstimateSettings { replicates: Some(200), ..EstimateSettings::default() };
/// let answer = estimate_incomplete(&rows.build()?, &settings, None)?;
/// assert_eq!(answer.observed, 239.0);
/// assert_eq!(answer.incomplete.unwrap().missing[0].persons, 19.0);
/// # Ok::<(), ethos_estimate::EstimateError>(())
/// ```
///
/// Errors: those of [`estimate`](crate::estimate); terms that what is known does not determine
/// ([`EstimateError::NotDetermined`]); methods that need complete data.
pub fn estimate_incomplete(
    table: &IncompleteTable,
    settings: &EstimateSettings,
    progress: Progress<'_>,
) -> Result<Estimate, EstimateError> {
    if let Some(complete) = table.complete() {
        return estimate(complete, settings, progress);
    }
    let resolved = resolve(table, settings)?;
    affordable(resolved.replicates, table.blind.len())?;
    let parts = if resolved.no_borrow {
        Part::by_coverage(table, settings, &resolved)?
    } else {
        vec![Part::whole(table, settings, &resolved)?]
    };
    let told = report(table, &parts, !resolved.no_borrow);
    let mut notes = of_table(&table.frame);
    notes.extend(diagnostics(table, &told));
    for part in &parts {
        notes.extend(part.choice.diagnostics.iter().cloned());
        notes.extend(of_fit(&part.table.frame, &part.choice.fit, &resolved));
    }
    let selected = parts.iter().any(|p| p.choice.searched > 1);
    if selected && !(resolved.interval.is_bootstrap() && resolved.reselect) {
        notes.push(diagnostic(
            "interval-after-selection",
            Severity::Warning,
            "the interval treats the selected model as known; it is too short",
        ));
    }
    let control = Control::new(resolved.replicates.unwrap_or_default(), progress);
    let replicates = if resolved.interval.is_bootstrap() {
        Some(run(
            &parts,
            resolved.interval,
            resolved.seed.unwrap_or_default(),
            &control,
            resolved.replicates.unwrap_or_default(),
        )?)
    } else {
        None
    };
    let everyone: Vec<usize> = (0..table.blind.len()).collect();
    let whole = Figures::new(&parts, &everyone, &resolved, replicates.as_ref());
    let bootstrap = replicates
        .as_ref()
        .map(|r| bootstrap_report(r, &parts, &everyone, &resolved, &control, &whole));
    if let Some(b) = &bootstrap {
        notes.extend(of_bootstrap(b));
    }
    let strata = groups(&table.frame)
        .iter()
        .filter_map(|g| stratum(table, &parts, g, &resolved, replicates.as_ref()))
        .collect();
    let mut rows = Vec::new();
    let (mut criteria, mut model, mut searched) = (Vec::new(), None, 0);
    let single = parts.len() == 1;
    for part in parts {
        searched = searched.max(part.choice.searched);
        if single {
            model = Some(model_report(&part.table.frame, &part.choice.fit));
            rows = part.choice.rows;
            criteria = part.choice.criteria;
        }
    }
    let observed = whole.certain + whole.allocated;
    notes.extend(disagreement(
        &rows,
        observed,
        resolved.level,
        whole.upper - whole.lower,
    ));
    notes.extend(of_default_interval(&table.frame, settings, &resolved));
    Ok(Estimate {
        schema: SCHEMA.into(),
        observed,
        population: population(
            &resolved,
            observed + whole.unseen,
            finite(whole.variance.sqrt()),
            whole.lower,
            whole.upper,
        ),
        unobserved: Unobserved {
            estimate: finite(whole.unseen),
            se_log: (whole.unseen > 0.0)
                .then(|| (whole.variance - whole.unseen).max(0.0).sqrt() / whole.unseen),
            lower: finite(whole.lower - observed),
            upper: finite(whole.upper - observed),
        },
        model,
        strata,
        models_searched: searched,
        search: None,
        criteria,
        average: None,
        models: reported(rows, resolved.search),
        panel: None,
        bootstrap,
        incomplete: Some(told),
        diagnostics: notes,
        settings: resolved,
    })
}

/// The settings as used; what needs complete data is refused.
fn resolve(
    table: &IncompleteTable,
    settings: &EstimateSettings,
) -> Result<ResolvedSettings, EstimateError> {
    let needs = |what: &str| {
        Err(EstimateError::Setting(format!(
            "{what} needs complete data; make the missing values a level of their own, or leave out the \
             lists that cannot see everybody"
        )))
    };
    if settings.separate {
        return needs("fitting each stratum alone");
    }
    if settings.average {
        return needs("averaging over models");
    }
    if settings.bca {
        return needs("the BCa interval");
    }
    if settings.panel || !settings.dependence.is_empty() {
        return needs("the panel");
    }
    if !settings.offsets.is_empty() {
        return needs("holding an odds ratio");
    }
    if settings.interval == Some(IntervalMethod::Profile) {
        return needs("the profile interval");
    }
    let usual = match settings.preset.unwrap_or_default() {
        _ if table.frame.is_fractional() => IntervalMethod::Parametric,
        Preset::CbsLike => IntervalMethod::Parametric,
        Preset::Honest => IntervalMethod::Semiparametric,
    };
    let blind = table.patterns.iter().any(|p| p.blind != 0);
    if settings.no_borrow && !blind {
        return Err(EstimateError::Setting(
            "`no-borrow` is for lists that cannot see part of the population; here all can".into(),
        ));
    }
    let mut resolved = EstimateSettings {
        interval: Some(settings.interval.unwrap_or(usual)),
        no_borrow: false,
        ..settings.clone()
    }
    .resolve(&table.frame)?;
    if settings.no_borrow {
        resolved.no_borrow = true;
        resolved.departures.push("no_borrow = true".into());
    }
    Ok(resolved)
}

/// The figures of some strata.
struct Figures {
    certain: f64,
    allocated: f64,
    unseen: f64,
    variance: f64,
    lower: f64,
    upper: f64,
}

impl Figures {
    fn new(
        parts: &[Part],
        members: &[usize],
        resolved: &ResolvedSettings,
        replicates: Option<&Replicates>,
    ) -> Self {
        let mut out = Self {
            certain: 0.0,
            allocated: 0.0,
            unseen: 0.0,
            variance: 0.0,
            lower: f64::NAN,
            upper: f64::NAN,
        };
        for part in parts {
            let (total, variance) = part.total(members);
            out.certain += total.certain;
            out.allocated += total.allocated;
            out.unseen += total.unseen;
            out.variance += variance;
        }
        let limits = match replicates {
            Some(r) if enough(r, resolved) => {
                r.sums(&places(parts, members)).percentile(resolved.level).0
            }
            Some(_) => [f64::NAN; 2],
            None => {
                let added = out.allocated + out.unseen;
                let (l, u) = lognormal_interval(out.certain, added, out.variance, resolved.level);
                [l, u]
            }
        };
        // NaN, where there is no interval, stays.
        let floor = |x: f64| if x < out.certain { out.certain } else { x };
        [out.lower, out.upper] = limits.map(floor);
        out
    }
}

fn enough(replicates: &Replicates, resolved: &ResolvedSettings) -> bool {
    let asked = resolved.replicates.unwrap_or_default();
    replicates.count() as u64 >= asked.min(MIN_REPLICATES)
}

/// Where strata of the whole table are in a row of replicates.
fn places(parts: &[Part], members: &[usize]) -> Vec<usize> {
    parts
        .iter()
        .flat_map(|p| &p.strata)
        .enumerate()
        .filter(|(_, s)| members.contains(s))
        .map(|(at, _)| at)
        .collect()
}

fn bootstrap_report(
    replicates: &Replicates,
    parts: &[Part],
    everyone: &[usize],
    resolved: &ResolvedSettings,
    control: &Control<'_>,
    whole: &Figures,
) -> BootstrapReport {
    let sums = replicates.sums(&places(parts, everyone));
    let (_, se) = sums.percentile(resolved.level);
    let asked = resolved.replicates.unwrap_or_default();
    let drawn = replicates.count() as u64;
    let se = se.map(|x| finite(x).filter(|_| enough(replicates, resolved)));
    let errors = MonteCarloSe {
        lower: se[0],
        upper: se[1],
    };
    BootstrapReport {
        households: None,
        sd: finite(sums.sd()),
        replicates: drawn,
        asked,
        stopped: control.reason().filter(|_| drawn < asked),
        failed: sums.failed(),
        unproved: control.stalled(),
        monte_carlo_se: errors.clone(),
        percentile: Limits {
            lower: finite(whole.lower),
            upper: finite(whole.upper),
            monte_carlo_se: errors,
        },
        bca: None,
    }
}

/// The row of a group of strata: of those in the estimate, if any are; nothing for a combination of
/// coverage and covariates that nobody has.
fn stratum(
    table: &IncompleteTable,
    parts: &[Part],
    group: &Group,
    resolved: &ResolvedSettings,
    replicates: Option<&Replicates>,
) -> Option<StratumReport> {
    let shape = table.frame.shape();
    let inside = |s: &usize| {
        parts.iter().any(|p| {
            let at = p.strata.iter().position(|t| t == s);
            at.is_some_and(|at| p.layout.is_open(at))
        })
    };
    let covered: Vec<usize> = group.members.iter().copied().filter(inside).collect();
    if covered.is_empty() {
        let counted: f64 = table
            .patterns
            .iter()
            .filter(|p| {
                let known: Option<Vec<usize>> = p.levels.iter().copied().collect();
                known.is_some_and(|l| {
                    let s: usize = l.iter().zip(&shape.strides).map(|(l, s)| l * s).sum();
                    group.members.contains(&s)
                })
            })
            .map(|p| p.count)
            .sum();
        return (counted > 0.0 || !table.coverage).then(|| StratumReport {
            by: group.by.clone(),
            observed: counted,
            unobserved: None,
            estimate: None,
            se: None,
            lower: None,
            upper: None,
            percentile: None,
            status: Status::NotEstimable,
            model: None,
            not_estimable: None,
        });
    }
    let figures = Figures::new(parts, &covered, resolved, replicates);
    let observed = figures.certain + figures.allocated;
    if is_empty(observed, Some(figures.unseen)) {
        return Some(empty_stratum(group));
    }
    let own = parts
        .iter()
        .find(|p| parts.len() > 1 && group.full && p.strata.contains(&covered[0]));
    Some(StratumReport {
        by: group.by.clone(),
        observed,
        unobserved: finite(figures.unseen),
        estimate: finite(observed + figures.unseen),
        se: finite(figures.variance.sqrt()),
        lower: finite(figures.lower),
        upper: finite(figures.upper),
        percentile: None,
        status: status(finite(observed + figures.unseen), figures.upper),
        model: own.map(|p| {
            p.choice
                .fit
                .model
                .notation(p.table.lists(), p.table.factors())
        }),
        not_estimable: None,
    })
}

//! Named warnings: what may be wrong with a table, a model or an interval.

use crate::fit::FittedModel;
use crate::goodness::{GoodnessOfFit, SMALL_MEAN};
use crate::interval::IntervalMethod;
use crate::interval::control::{MIN_REPLICATES, StopReason};
use crate::report::{BootstrapReport, Diagnostic, Severity};
use crate::select::stepwise::scope;
use crate::settings::{EstimateSettings, Preset, ResolvedSettings, Search};
use crate::table::{CaptureTable, TableNote};
use crate::term::Term;
use crate::written::grouped;

/// More small cells than this share are said to make p-values rough (Cochran 1954).
const MANY_SMALL: f64 = 0.2;

pub(crate) fn diagnostic(code: &str, severity: Severity, message: impl Into<String>) -> Diagnostic {
    Diagnostic {
        code: code.to_owned(),
        severity,
        message: message.into(),
    }
}

/// Largest count over smallest positive one, beyond which rounding shows in the estimate: sums over cells carry
/// the relative error 1e-16 of the largest into the smallest. Up to here it stays below 1e-8.
const WIDE: f64 = 1e8;

/// A note that the counts span too much for the digits to be trusted.
fn wide_counts(table: &CaptureTable) -> Option<Diagnostic> {
    let positive = table.counts().into_iter().filter(|count| *count > 0.0);
    let (least, most) = positive.fold((f64::INFINITY, 0.0_f64), |(least, most), count| {
        (least.min(count), most.max(count))
    });
    (most > WIDE * least).then(|| {
        diagnostic(
            "wide-counts",
            Severity::Warning,
            format!(
                "the counts run from {least} to {most}: beyond a ratio of 1e8 rounding shows, and only the first few digits of the estimate and none of small differences in AIC or BIC can be trusted"
            ),
        )
    })
}

/// Notes on the table itself.
pub(crate) fn of_table(table: &CaptureTable) -> Vec<Diagnostic> {
    let wide = wide_counts(table);
    let mut out: Vec<Diagnostic> = table
        .notes()
        .iter()
        .map(|note| match note {
            TableNote::FactorDropped(f) => diagnostic(
                "covariate-dropped",
                Severity::Info,
                format!("covariate `{f}` has one level and was dropped"),
            ),
            TableNote::LevelUnseen { factor, level } => diagnostic(
                "level-unseen",
                Severity::Info,
                format!("nobody has level `{level}` of `{factor}`; it is not in the grid"),
            ),
            TableNote::EmptyStratum(s) => diagnostic(
                "empty-stratum",
                Severity::Info,
                format!("nobody was seen in stratum {s}: what it holds rests on the model alone"),
            ),
            TableNote::IdenticalLists(a, b) => diagnostic(
                "identical-lists",
                Severity::Warning,
                format!(
                    "lists `{a}` and `{b}` hold exactly the same persons: one source counted twice"
                ),
            ),
            TableNote::EmptyOverlap(a, b) => diagnostic(
                "empty-overlap",
                Severity::Warning,
                format!("nobody is on both `{a}` and `{b}`: are they exclusive by rule?"),
            ),
            TableNote::UnobservedIgnored(n) => diagnostic(
                "unobserved-ignored",
                Severity::Info,
                format!("left out on request: {n} on no list"),
            ),
        })
        .collect();
    out.extend(wide);
    let counts = table.counts();
    let by_lists = |k: u32| -> f64 {
        (0..counts.len())
            .filter(|&c| table.shape().history(c).count_ones() == k)
            .map(|c| counts[c])
            .sum()
    };
    let (f1, f2, f3) = (by_lists(1), by_lists(2), by_lists(3));
    // Poisson captures have f1 f3 / f2² = 2/3; a surplus of singles and triples means heterogeneity.
    if f2 > 0.0 && f1 * f3 / (f2 * f2) > 2.0 {
        out.push(diagnostic(
            "single-inflation",
            Severity::Info,
            format!(
                "f1 f3 / f2^2 = {:.2} against 0.67 for equal chances: people differ in how easily they are seen",
                f1 * f3 / (f2 * f2)
            ),
        ));
    }
    out
}

/// Where decimals in the counts changed what the default interval is.
pub(crate) fn of_default_interval(
    table: &CaptureTable,
    settings: &EstimateSettings,
    resolved: &ResolvedSettings,
) -> Option<Diagnostic> {
    let changed = table.is_fractional()
        && settings.interval.is_none()
        && resolved.preset == Preset::Honest
        && resolved.interval == IntervalMethod::Parametric;
    changed.then(|| {
        diagnostic(
            "parametric-for-fractions",
            Severity::Info,
            "counts have decimals: the default interval is the parametric bootstrap, since the semiparametric \
             one draws whole persons from the counts",
        )
    })
}

/// What a search could add to its smallest model: the largest sets of terms of its space.
fn open_terms(table: &CaptureTable, resolved: &ResolvedSettings) -> Vec<Term> {
    let (lists, factors) = (table.lists().len(), table.factors().len());
    let held = table.held_lists();
    let mut terms = match (resolved.search, resolved.max_order) {
        (None, _) => Vec::new(),
        (Some(Search::Stepwise), Some(order)) => scope(lists, factors, order),
        (Some(Search::Exact | Search::All), Some(order)) => scope(lists, 0, order),
        (Some(_), _) => scope(lists, 0, 2.min(lists as u32 - 1)),
    };
    terms.retain(|t| !held.iter().any(|h| h & !t.lists == 0));
    terms
}

/// Whether a search had a choice and took all there was to take.
fn is_largest(table: &CaptureTable, fit: &FittedModel, resolved: &ResolvedSettings) -> bool {
    let open = open_terms(table, resolved);
    let place = |name: &String| table.lists().iter().position(|l| l == name);
    let forced: Vec<Term> = resolved
        .forced
        .iter()
        .map(|set| Term::new(set.iter().filter_map(place).map(|i| 1 << i).sum(), 0))
        .collect();
    let had_choice = open.iter().any(|t| !forced.iter().any(|f| t.within(*f)));
    had_choice && open.iter().all(|t| fit.model.contains(*t))
}

/// A p-value as it is read.
fn p_text(p: Option<f64>) -> String {
    match p {
        None => "p unknown".into(),
        Some(p) if p < 0.0001 => "p < 0.0001".into(),
        Some(p) => format!("p = {p:.4}"),
    }
}

/// A search that took all it could: whether a larger model would fit better cannot be told.
fn of_largest(
    table: &CaptureTable,
    fit: &FittedModel,
    resolved: &ResolvedSettings,
) -> Option<Diagnostic> {
    if !is_largest(table, fit, resolved) {
        return None;
    }
    let message = if fit.goodness_of_fit.is_some_and(|t| t.df <= 0) {
        "the chosen model has every term that could be tested: no degrees of freedom are left to check it \
         against the data"
    } else {
        "the chosen model is the largest of those searched: the data may ask for terms that the search does \
         not offer"
    };
    Some(diagnostic("saturated-best", Severity::Warning, message))
}

/// A model that does not fit the cells.
fn of_misfit(fit: &FittedModel) -> Option<Diagnostic> {
    let tests = fit.goodness_of_fit.filter(GoodnessOfFit::lacks)?;
    let rough = if tests.small_cells > MANY_SMALL {
        format!(
            "; {:.0} % of the cells expect fewer than {SMALL_MEAN} persons, which makes these p-values rough",
            100.0 * tests.small_cells
        )
    } else {
        String::new()
    };
    Some(diagnostic(
        "lack-of-fit",
        Severity::Warning,
        format!(
            "the model does not fit the counts: deviance {:.2} ({}) and Pearson X2 {:.2} ({}) on {} df{rough}",
            fit.deviance,
            p_text(tests.p_deviance),
            tests.pearson.unwrap_or(f64::INFINITY),
            p_text(tests.p_pearson),
            tests.df,
        ),
    ))
}

/// Notes on the chosen fit.
pub(crate) fn of_fit(
    table: &CaptureTable,
    fit: &FittedModel,
    resolved: &ResolvedSettings,
) -> Vec<Diagnostic> {
    let mut out = Vec::new();
    let all: Vec<usize> = (0..fit.unseen.len()).collect();
    let variance = fit.se_log(&all).map_or(0.0, |s| s * s);
    let ratio = fit.unseen_total() / fit.observed;
    if ratio > 20.0 || variance > 1.0 {
        out.push(diagnostic(
            "near-unidentified",
            Severity::Warning,
            format!("unseen to seen is {ratio:.1}, the standard error of log n0 {:.2}: the data say little", variance.sqrt()),
        ));
    }
    out.extend(of_largest(table, fit, resolved));
    out.extend(of_misfit(fit));
    let infinite: Vec<&str> = fit
        .coefficients
        .iter()
        .filter(|c| c.estimate == Some(f64::NEG_INFINITY))
        .map(|c| c.name.as_str())
        .collect();
    if !infinite.is_empty() {
        out.push(diagnostic(
            "boundary-term",
            Severity::Info,
            format!(
                "zero margins, or a limit that the likelihood rises to, put these coefficients at minus infinity: {}",
                infinite.join(", ")
            ),
        ));
    }
    for (f, factor) in table.factors().iter().enumerate() {
        if !fit.model.terms().iter().any(|t| t.factors >> f & 1 == 1) {
            out.push(diagnostic(
                "covariate-not-in-model",
                Severity::Warning,
                format!(
                    "`{}` is a stratum but not in the formula, which so says that its levels are equally frequent",
                    factor.name
                ),
            ));
        }
    }
    out
}

/// Notes on the replicates: too few, or without an estimate.
pub(crate) fn of_bootstrap(report: &BootstrapReport) -> Vec<Diagnostic> {
    let done = report.replicates;
    let mut out = of_run(
        done,
        report.asked,
        report.stopped,
        report.failed,
        report.unproved,
    );
    if let Some(bca) = &report.bca {
        if bca.clamped {
            out.push(diagnostic(
                "bca-clamped",
                Severity::Warning,
                format!(
                    "a bias-corrected limit asks for replicates beyond the {} drawn and is taken where they end; more replicates may help",
                    grouped(done as f64)
                ),
            ));
        }
        if bca.infinite_jackknife > 0 {
            out.push(diagnostic(
                "jackknife-infinite",
                Severity::Warning,
                format!(
                    "without one person of any of {} cells there is no estimate; the acceleration is the limit for an estimate that grows",
                    bca.infinite_jackknife
                ),
            ));
        }
    }
    out
}

/// Notes on a run of replicates: stopped early, without an estimate in some, or not proved in some.
pub(crate) fn of_run(
    done: u64,
    asked: u64,
    stopped: Option<StopReason>,
    failed: u64,
    unproved: u64,
) -> Vec<Diagnostic> {
    let mut out = Vec::new();
    if let Some(reason) = stopped {
        let (code, why) = match reason {
            StopReason::Interrupt => ("interrupted", "the run was interrupted"),
            StopReason::Budget => ("out-of-budget", "the time set aside ran out"),
        };
        let what = if done < asked.min(MIN_REPLICATES) {
            format!("too few for an interval, which takes {MIN_REPLICATES}")
        } else {
            "the interval rests on these alone".to_owned()
        };
        out.push(diagnostic(
            code,
            Severity::Warning,
            format!(
                "{why} after {} of {} replicates; {what}",
                grouped(done as f64),
                grouped(asked as f64)
            ),
        ));
    }
    if failed as f64 > 0.005 * done as f64 {
        out.push(diagnostic(
            "infinite-replicates",
            Severity::Warning,
            format!(
                "{} of {} replicates have no estimate and count as infinite",
                grouped(failed as f64),
                grouped(done as f64)
            ),
        ));
    }
    if unproved > 0 {
        out.push(diagnostic(
            "unproved-replicates",
            Severity::Warning,
            format!(
                "in {unproved} of {done} replicates a fit that might have mattered did not converge although its estimate exists"
            ),
        ));
    }
    out
}

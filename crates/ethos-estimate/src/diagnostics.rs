//! Named warnings: what may be wrong with a table, a model or an interval.

use crate::fit::FittedModel;
use crate::interval::control::{MIN_REPLICATES, StopReason};
use crate::report::{BootstrapReport, Diagnostic, Severity};
use crate::table::{CaptureTable, TableNote};

pub(crate) fn diagnostic(code: &str, severity: Severity, message: impl Into<String>) -> Diagnostic {
    Diagnostic {
        code: code.to_owned(),
        severity,
        message: message.into(),
    }
}

/// Notes on the table itself.
pub(crate) fn of_table(table: &CaptureTable) -> Vec<Diagnostic> {
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
                format!("{n} persons on no list were left out on request"),
            ),
        })
        .collect();
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

/// Notes on the chosen fit.
pub(crate) fn of_fit(table: &CaptureTable, fit: &FittedModel, searched: bool) -> Vec<Diagnostic> {
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
    let lists = table.lists().len() as u32;
    let largest = fit
        .model
        .terms()
        .iter()
        .filter(|t| t.factors == 0 && t.order() == lists - 1)
        .count() as u32;
    if searched && lists > 2 && largest == lists {
        out.push(diagnostic(
            "saturated-best",
            Severity::Warning,
            "the chosen model has every interaction but the untestable one: it cannot be checked against the data",
        ));
    }
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
                "zero margins put these coefficients at minus infinity: {}",
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
    let mut out = of_run(done, report.asked, report.stopped, report.failed);
    if let Some(bca) = &report.bca {
        if bca.clamped {
            out.push(diagnostic(
                "bca-clamped",
                Severity::Warning,
                format!(
                    "a bias-corrected limit asks for replicates beyond the {done} drawn and is taken where they end; more replicates may help"
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

/// Notes on a run of replicates: stopped early, or without an estimate in some.
pub(crate) fn of_run(
    done: u64,
    asked: u64,
    stopped: Option<StopReason>,
    failed: u64,
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
            format!("{why} after {done} of {asked} replicates; {what}"),
        ));
    }
    if failed as f64 > 0.005 * done as f64 {
        out.push(diagnostic(
            "infinite-replicates",
            Severity::Warning,
            format!("{failed} of {done} replicates have no estimate and count as infinite"),
        ));
    }
    out
}

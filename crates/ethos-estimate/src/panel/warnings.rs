//! What the panel has to say about the headline.

use super::report::{DependenceRange, Panel};
use crate::diagnostics::diagnostic;
use crate::report::{Diagnostic, Population, Severity};

/// Deviances closer than this fit about equally well.
const EQUAL_FIT: f64 = 2.0;
/// Estimates further apart than this share of the smallest differ.
const APART: f64 = 0.1;
/// Standard errors below zero at which a log odds ratio counts as negative.
const NEGATIVE: f64 = 2.0;

/// Diagnostics that need the panel.
pub(super) fn warnings(panel: &Panel, population: &Population) -> Vec<Diagnostic> {
    let mut out = Vec::new();
    out.extend(equal_fit(panel));
    let bound = &panel.chao.lists_corrected;
    if let (Some(bound), Some(upper)) = (bound.lower, population.upper)
        && bound > upper
    {
        out.push(diagnostic(
            "below-lower-bound",
            Severity::Warning,
            format!(
                "Chao's lower bound is at least {bound:.0}, above the interval of the estimate: people differ in how easily they are seen more than the model can say"
            ),
        ));
    }
    if let Some(sensitivity) = &panel.sensitivity {
        let avoiding: Vec<String> = sensitivity
            .evidence
            .iter()
            .filter(|e| e.in_model)
            .filter_map(|e| {
                let (ratio, se) = (e.fitted?, e.se_log?);
                (ratio.ln() < -NEGATIVE * se)
                    .then(|| format!("{} ({ratio:.2})", e.lists.join(" and ")))
            })
            .collect();
        if !avoiding.is_empty() {
            out.push(diagnostic(
                "negative-dependence",
                Severity::Info,
                format!(
                    "lists overlap less than by chance: {}; Chao's bound and the models of unequal chances assume that none do",
                    avoiding.join(", ")
                ),
            ));
        }
        out.extend(
            sensitivity
                .range
                .as_ref()
                .and_then(|range| outside(range, population)),
        );
    }
    out
}

/// Models of unequal chances fit equally well and say different things.
fn equal_fit(panel: &Panel) -> Option<Diagnostic> {
    let fits: Vec<(f64, f64)> = panel
        .heterogeneity
        .iter()
        .filter(|m| m.lists_differ && m.model != "Mt")
        .filter_map(|m| Some((m.deviance?, m.population.estimate?)))
        .collect();
    let best = fits.iter().map(|f| f.0).reduce(f64::min)?;
    let equal = || fits.iter().filter(|f| f.0 <= best + EQUAL_FIT).map(|f| f.1);
    let (low, high) = (equal().reduce(f64::min)?, equal().reduce(f64::max)?);
    (high > (1.0 + APART) * low).then(|| {
        diagnostic(
            "equal-fit",
            Severity::Warning,
            format!(
                "models of unequal chances that fit about equally well give {low:.0} to {high:.0}: the data cannot choose between them, more of the same data would not help"
            ),
        )
    })
}

/// The headline is not among the estimates that the declared dependence gives.
fn outside(range: &DependenceRange, population: &Population) -> Option<Diagnostic> {
    let (n, low, high) = (population.estimate?, range.smallest?, range.largest?);
    let slack = 1e-9 * n;
    (n < low - slack || n > high + slack).then(|| {
        diagnostic(
            "outside-declared-dependence",
            Severity::Warning,
            format!(
                "the estimate {n:.0} is outside {low:.0} to {high:.0}, what the declared dependence gives: it assumes a dependence that is declared impossible"
            ),
        )
    })
}

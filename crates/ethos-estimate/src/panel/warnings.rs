//! What the panel has to say about the headline.

use super::report::{DependenceRange, HeterogeneityReport, Panel};
use crate::diagnostics::diagnostic;
use crate::fit::FittedModel;
use crate::kernel::math;
use crate::report::{Diagnostic, Population, Severity};

/// Deviances closer than this fit about equally well.
const EQUAL_FIT: f64 = 2.0;
/// Estimates further apart than this share differ.
const APART: f64 = 0.1;
/// Standard errors below zero at which a log odds ratio counts as negative.
const NEGATIVE: f64 = 2.0;

/// Diagnostics that need the panel; `fit` is that of the model, if there is one for all strata.
pub(super) fn warnings(
    panel: &Panel,
    fit: Option<&FittedModel>,
    strata: usize,
    population: &Population,
) -> Vec<Diagnostic> {
    let mut out = Vec::new();
    out.extend(equal_fit(panel));
    // The models of unequal chances know no strata, so only then are the fits to the same cells.
    if strata == 1 {
        out.extend(fit.and_then(|fit| unequal_chances(panel, fit, population)));
    }
    let mut bound = below_lower_bound(panel, population);
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
            // Then the bound does not hold.
            bound = None;
            out.push(diagnostic(
                "negative-dependence",
                Severity::Info,
                format!(
                    "lists overlap less than by chance: {}; Chao's bound and the models of unequal chances assume that none do",
                    avoiding.join(", ")
                ),
            ));
        }
        if let Some(range) = &sensitivity.range {
            out.extend(outside(range, population));
            out.extend(not_computed(range));
            out.extend(estimated(range));
        }
    }
    out.extend(bound);
    out
}

/// The headline lies below the bound for lists that differ. The bound from f1 and f2 alone would be
/// too high wherever some lists see more than others, and two lists have none.
fn below_lower_bound(panel: &Panel, population: &Population) -> Option<Diagnostic> {
    let bound = panel
        .heterogeneity
        .iter()
        .find(|m| m.model == "Mth Chao (LB)")?
        .population
        .lower?;
    (bound > population.upper?).then(|| {
        diagnostic(
            "below-lower-bound",
            Severity::Warning,
            format!(
                "Chao's lower bound is at least {bound:.0}, above the interval of the estimate: people differ in how easily they are seen more than the model can say"
            ),
        )
    })
}

/// A model in which people differ fits as well by BIC as the model of the headline, and says
/// something else, outside the interval or a tenth away: then the dependence between lists that the headline found, or missed, may well be
/// a difference between people.
fn unequal_chances(
    panel: &Panel,
    fit: &FittedModel,
    population: &Population,
) -> Option<Diagnostic> {
    let penalty = math::ln(fit.observed);
    let cells = fit.df + fit.parameters as i64;
    let value = fit.deviance + fit.parameters as f64 * penalty;
    let estimate = population.estimate?;
    let low = population.lower?.max((1.0 - APART) * estimate);
    let high = population
        .upper
        .unwrap_or(f64::INFINITY)
        .min((1.0 + APART) * estimate);
    let rivals: Vec<(&HeterogeneityReport, f64)> = panel
        .heterogeneity
        .iter()
        .filter(|m| m.lists_differ && m.coefficient.is_some())
        .filter(|m| {
            m.deviance
                .is_some_and(|d| d + (cells - m.df) as f64 * penalty <= value + EQUAL_FIT)
        })
        .filter_map(|m| Some((m, m.population.estimate?)))
        .filter(|(_, n)| !(low..=high).contains(n))
        .collect();
    let names: Vec<String> = rivals
        .iter()
        .map(|(m, n)| format!("{} {n:.0}", m.model))
        .collect();
    (!names.is_empty()).then(|| {
        diagnostic(
            "unequal-chances",
            Severity::Warning,
            format!(
                "models in which people differ in how easily they are seen fit as well by BIC and say something else: {}",
                names.join(", ")
            ),
        )
    })
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

/// Declared dependence that the model estimates itself.
fn estimated(range: &DependenceRange) -> Option<Diagnostic> {
    let names: Vec<String> = range
        .estimated
        .iter()
        .map(|&at| range.declared[at].lists.join(" and "))
        .collect();
    (!names.is_empty()).then(|| {
        diagnostic(
            "dependence-estimated",
            Severity::Info,
            format!(
                "the model estimates the declared dependence between {} from the data; it was not varied",
                names.join("; ")
            ),
        )
    })
}

/// Somewhere in the declared box the model could not be fitted.
fn not_computed(range: &DependenceRange) -> Option<Diagnostic> {
    let first = range.failed.first()?;
    let names: Vec<String> = (0..range.declared.len())
        .filter(|at| !range.estimated.contains(at))
        .zip(first)
        .map(|(at, odds_ratio)| format!("{} = {odds_ratio:.4}", range.declared[at].lists.join(":")))
        .collect();
    Some(diagnostic(
        "dependence-not-computed",
        Severity::Warning,
        format!(
            "the model could not be fitted at the declared odds ratios {}, so that the range over them is not known; declare a narrower one",
            names.join(", ")
        ),
    ))
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

//! Named notes and warnings on an estimate from repeated contacts.

use super::attempt::{Attempt, describe};
use super::design::{CountDesign, Seen};
use super::existence::Fate;
use super::family::Window;
use super::interval::Size;
use super::report::{CountTests, EstimatorRow};
use super::score::for_masses;
use super::table::RepeatedTable;
use crate::diagnostics::diagnostic;
use crate::kernel::math;
use crate::report::{Diagnostic, Severity};
use crate::table::TableNote;

/// Notes on the table itself.
pub(crate) fn of_table(table: &RepeatedTable) -> Vec<Diagnostic> {
    let info = |code: &str, text: String| diagnostic(code, Severity::Info, text);
    table
        .notes()
        .iter()
        .filter_map(|note| match note {
            TableNote::FactorDropped(f) => Some(info(
                "covariate-dropped",
                format!("covariate `{f}` has one level and was dropped"),
            )),
            TableNote::LevelUnseen { factor, level } => Some(info(
                "level-unseen",
                format!("nobody has level `{level}` of `{factor}`; it is left out"),
            )),
            TableNote::UnobservedIgnored(n) => Some(info(
                "unobserved-ignored",
                format!("left out on request: {n} seen 0 times"),
            )),
            _ => None,
        })
        .collect()
}

/// Notes on the fit of the headline.
pub(crate) fn of_fit(
    table: &RepeatedTable,
    design: &CountDesign,
    seen: &Seen,
    attempt: &Attempt,
    level: f64,
) -> Vec<Diagnostic> {
    let mut out = Vec::new();
    let full = attempt.reason(table);
    if let Some(reason) = full {
        let help = if table.factors().is_empty() {
            "no estimate can be made from this table"
        } else {
            "leave the covariate out of the model, or join its level with another"
        };
        out.push(diagnostic(
            "not-estimable",
            Severity::Warning,
            format!("{reason}: {help}"),
        ));
        return out;
    }
    let missing: Vec<&str> = (0..design.names.len())
        .filter(|j| attempt.face.columns.binary_search(&(*j as u32)).is_err())
        .map(|j| design.names[j].as_str())
        .collect();
    let exploding: Vec<usize> = (0..table.strata())
        .filter(|&s| attempt.face.fates[s] == Fate::Explodes)
        .collect();
    if !exploding.is_empty() {
        out.push(diagnostic(
            "all-seen-twice",
            Severity::Warning,
            format!(
                "of those seen once or twice everybody{} was seen twice: nobody there counts as unseen",
                describe(table, &exploding, |_| true)
            ),
        ));
    } else if !missing.is_empty() {
        out.push(diagnostic(
            "undetermined-coefficients",
            Severity::Info,
            format!(
                "no persons with these combinations, whose coefficients are left out: {}",
                missing.join(", ")
            ),
        ));
    }
    out.extend(fragile(table, design, seen, attempt, level));
    out
}

/// Levels at which a sample of the same people may well hold nobody seen twice.
fn fragile(
    table: &RepeatedTable,
    design: &CountDesign,
    seen: &Seen,
    attempt: &Attempt,
    level: f64,
) -> Option<Diagnostic> {
    let fitted = attempt.usable()?;
    let family = attempt.family.counts();
    let window = family.informing();
    let alone = |members: &[usize]| -> f64 {
        let each = members.iter().map(|&s| {
            let eta = fitted.fit.eta[s];
            if eta.is_finite() {
                seen.within(s, window) * family.person(window.least, eta).value
            } else {
                f64::NEG_INFINITY
            }
        });
        math::exp(each.sum())
    };
    let everyone: Vec<usize> = (0..table.strata()).collect();
    let mut groups = vec![("all".to_owned(), everyone)];
    for (f, factor) in table.factors().iter().enumerate() {
        if !design.model.terms().iter().any(|t| t.factors >> f & 1 == 1) {
            continue;
        }
        for (l, name) in factor.levels.iter().enumerate() {
            let members = (0..table.strata()).filter(|&s| table.stratum_levels(s)[f] == l);
            groups.push((format!("{}={name}", factor.name), members.collect()));
        }
    }
    let chances = groups.iter().map(|(name, members)| (name, alone(members)));
    let thin: Vec<(&String, f64)> = chances
        .filter(|(_, chance)| *chance > (1.0 - level) / 2.0)
        .collect();
    let worst = thin.iter().map(|(_, chance)| *chance).fold(0.0, f64::max);
    if thin.is_empty() {
        return None;
    }
    let names: Vec<&str> = thin.iter().map(|(name, _)| name.as_str()).collect();
    Some(diagnostic(
        "few-repeats",
        Severity::Warning,
        format!(
            "few of {} were seen {}: with a chance of {worst:.2} another such sample has none and so no estimate, \
             which is why a bootstrap has no upper limit and the analytic one is an approximation",
            names.join(" and of "),
            attempt.more()
        ),
    ))
}

/// Unseen persons that are many or hardly known.
pub(crate) fn of_size(size: Size) -> Option<Diagnostic> {
    let ratio = size.unseen / size.observed;
    let error = size.rates.sqrt() / size.unseen;
    (ratio > 20.0 || error > 1.0).then(|| {
        diagnostic(
            "near-unidentified",
            Severity::Warning,
            format!(
                "unseen to seen is {ratio:.1}, the relative standard error of the unseen {error:.2}: the data say little"
            ),
        )
    })
}

/// What speaks against the Poisson distribution, with the estimators that bear it.
pub(crate) fn of_tests(
    tests: &CountTests,
    rows: &[EstimatorRow],
    formula: &str,
) -> Vec<Diagnostic> {
    let mut out = Vec::new();
    let of = |name: &str| {
        rows.iter()
            .find(|r| r.estimator == name && r.formula.as_ref().is_none_or(|f| f == formula))
            .and_then(|r| r.estimate)
    };
    let said = |name: &str, words: &str| {
        of(name).map_or(format!("{words} (no estimate)"), |x| {
            format!("{words} {x:.0}")
        })
    };
    if let Some(test) = tests.one_inflation.filter(|t| t.z > 0.0 && t.p < 0.05) {
        let ratio = tests.ratio.map_or(String::new(), |r| {
            format!("f1 f3/f2^2 = {r:.2} against 0.67; ")
        });
        out.push(diagnostic(
            "one-inflation",
            Severity::Warning,
            format!(
                "more persons seen once than Poisson counts have ({ratio}z = {:.1}). If some are seen once and never again \
                 whatever their number of contacts (they leave, or avoid the next), estimates from the ones are too high: {}, {}. \
                 If people only differ in how often they are seen, estimates are too low: {}",
                test.z,
                said("chao-modified", "modified Chao"),
                said("zotpoisson", "zotpoisson"),
                said("chao", "Chao's lower bound"),
            ),
        ));
    }
    if let Some(test) = tests.overdispersion.filter(|t| t.z > 0.0 && t.p < 0.05) {
        let gap = match (of("ztpoisson"), of("chao")) {
            (Some(a), Some(b)) if b > a => {
                format!(
                    "; Chao's lower bound is {:.0} % above it",
                    100.0 * (b / a - 1.0)
                )
            }
            _ => String::new(),
        };
        out.push(diagnostic(
            "overdispersion",
            Severity::Warning,
            format!(
                "people of the same covariates differ in how often they are seen (z = {:.1}), so that ztpoisson is too low{gap}",
                test.z
            ),
        ));
    }
    out
}

/// A small expected number of persons, in words where its digits would be zeros.
fn few(expected: f64) -> String {
    if expected < 0.000_1 {
        "fewer than 0.0001 persons".into()
    } else {
        format!("{expected:.4} persons")
    }
}

/// Somebody seen more often than chance explains: contacts that bring contacts.
pub(crate) fn of_tail(seen: &Seen, attempt: &Attempt) -> Option<Diagnostic> {
    let fitted = attempt.usable()?;
    let family = attempt.family.counts();
    if family.informing() != Window::FROM_ONE {
        return None;
    }
    let most = seen.strata.iter().flatten().map(|(k, _)| *k).max()?;
    let mut expected = 0.0;
    for s in 0..seen.strata.len() {
        let eta = fitted.fit.eta[s];
        if eta.is_finite() {
            let persons = seen.persons(s);
            for_masses(family, eta, |k, mass| {
                if k >= most {
                    expected += persons * mass;
                }
            });
        }
    }
    (expected < 0.01).then(|| {
        diagnostic(
            "long-tail",
            Severity::Warning,
            format!(
                "somebody was seen {most} times, where {} are expected to be seen so often: one contact may lead to the next \
                 (nights of one stay, arrest after arrest), which the method takes for easily seen people; count stays or occasions instead",
                few(expected)
            ),
        )
    })
}

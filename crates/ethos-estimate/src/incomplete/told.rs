//! What is told of an incomplete table beside its estimate.

use serde::{Deserialize, Serialize};

use super::layout::missing;
use super::part::Part;
use super::table::IncompleteTable;
use crate::diagnostics::diagnostic;
use crate::model::term_label;
use crate::report::{Diagnostic, Severity};

/// What was missing, and what was done about it.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct IncompleteReport {
    /// `borrowed`: lists that cannot see a stratum lend it their dependence from where they look;
    /// `no-borrow`: each group of people is estimated from the lists that can see it.
    pub coverage: String,
    /// Persons in the estimate of whom something is missing.
    pub persons: f64,
    /// Different patterns observed.
    pub patterns: usize,
    /// Per covariate with a missing level, for how many it is missing.
    pub missing: Vec<MissingCovariate>,
    /// Per list that cannot see everybody, how many observed persons it could not have seen.
    pub lists: Vec<ListCoverage>,
    /// Persons whom fewer than two lists can see: counted, and in no other figure.
    pub counted_only: f64,
    /// Maximisations of EM until it stopped.
    pub iterations: u32,
    /// Extrapolations of EM that were taken back.
    pub taken_back: u32,
    /// Coefficients of the model, those at minus infinity included.
    pub parameters: usize,
    /// How many of them the observed patterns determine.
    pub rank: usize,
    /// Coefficients that nothing depends on and nothing determines: left at zero.
    pub undetermined: Vec<String>,
    /// Terms left out of every model of a search: only one list records the covariate.
    pub left_out: Vec<String>,
    /// Terms learnt where their lists look and lent to where they do not.
    pub lent: Vec<String>,
}

/// A covariate that is missing for some.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct MissingCovariate {
    /// Its name.
    pub covariate: String,
    /// Persons in the estimate without it.
    pub persons: f64,
}

/// A list that cannot see everybody.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct ListCoverage {
    /// Its name.
    pub list: String,
    /// Observed persons in the estimate whom it could not have seen.
    pub cannot_see: f64,
}

pub(crate) fn report(table: &IncompleteTable, parts: &[Part], borrowed: bool) -> IncompleteReport {
    let frame = &table.frame;
    let used = || table.patterns.iter().filter(|p| table.estimable(p.blind));
    let sum = |of: &dyn Fn(&super::table::Pattern) -> bool| -> f64 {
        used().filter(|p| of(p)).map(|p| p.count).sum()
    };
    let mut out = IncompleteReport {
        coverage: if borrowed { "borrowed" } else { "no-borrow" }.into(),
        persons: sum(&|p| p.blind != 0 || missing(p) != 0),
        patterns: used().count(),
        missing: Vec::new(),
        lists: Vec::new(),
        counted_only: table.persons() - used().map(|p| p.count).sum::<f64>(),
        iterations: 0,
        taken_back: 0,
        parameters: 0,
        rank: 0,
        undetermined: Vec::new(),
        left_out: Vec::new(),
        lent: Vec::new(),
    };
    for (f, factor) in frame.factors().iter().enumerate() {
        let persons = sum(&|p| missing(p) >> f & 1 == 1);
        if persons > 0.0 {
            out.missing.push(MissingCovariate {
                covariate: factor.name.clone(),
                persons,
            });
        }
    }
    for (i, list) in frame.lists().iter().enumerate() {
        let cannot_see = sum(&|p| p.blind >> i & 1 == 1);
        if cannot_see > 0.0 {
            out.lists.push(ListCoverage {
                list: list.clone(),
                cannot_see,
            });
        }
    }
    for part in parts {
        let Some((design, fitted)) = part.choice.chosen() else {
            continue;
        };
        let found = &fitted.found;
        out.iterations += fitted.effort.rounds;
        out.taken_back += fitted.effort.taken_back;
        out.parameters += fitted.parameters() + found.left.len();
        out.rank += fitted.parameters();
        out.left_out.extend(part.choice.left_out.iter().cloned());
        let name = |j: &u32| part.choice.fit.coefficients[*j as usize].name.clone();
        out.undetermined.extend(found.left.iter().map(name));
        let blind = part
            .table
            .patterns
            .iter()
            .filter(|p| part.table.estimable(p.blind))
            .fold(0, |all, p| all | p.blind);
        let lent = design
            .model
            .terms()
            .iter()
            .filter(|t| t.lists & blind != 0 && t.lists.count_ones() > 1);
        let (lists, factors) = (part.table.lists(), part.table.factors());
        out.lent
            .extend(lent.map(|t| term_label(*t, lists, factors)));
    }
    out
}

/// Warnings about what was missing.
pub(crate) fn diagnostics(table: &IncompleteTable, told: &IncompleteReport) -> Vec<Diagnostic> {
    let mut out = Vec::new();
    let number = |x: f64| format!("{}", (x * 1000.0).round() / 1000.0);
    if !told.missing.is_empty() {
        let each: Vec<String> = told
            .missing
            .iter()
            .map(|m| format!("`{}` for {}", m.covariate, number(m.persons)))
            .collect();
        out.push(diagnostic(
            "covariates-missing",
            Severity::Warning,
            format!(
                "{} persons: taken to be missing at random, given what else is known of them",
                each.join(", ")
            ),
        ));
    }
    if !told.lists.is_empty() {
        let each: Vec<String> = told
            .lists
            .iter()
            .map(|l| format!("`{}` could not have seen {}", l.list, number(l.cannot_see)))
            .collect();
        out.push(diagnostic(
            "partial-coverage",
            Severity::Info,
            format!("{} of the persons observed", each.join(", ")),
        ));
    }
    if table.coverage {
        out.push(diagnostic(
            "coverage-added",
            Severity::Info,
            "the covariates do not say whom a list can see; a covariate `coverage` was added that does",
        ));
    }
    if !told.lent.is_empty() {
        out.push(diagnostic(
            "dependence-borrowed",
            Severity::Warning,
            format!(
                "where a list cannot look, {} is taken to be as it is where that list looks; compare with \
                 no borrowing",
                told.lent.join(", ")
            ),
        ));
    }
    if !told.undetermined.is_empty() {
        out.push(diagnostic(
            "coefficients-undetermined",
            Severity::Info,
            format!(
                "nothing observed tells {}; they were left at zero, and the estimate does not depend on them",
                told.undetermined.join(", ")
            ),
        ));
    }
    if !told.left_out.is_empty() {
        out.push(diagnostic(
            "recorded-by-one-list",
            Severity::Info,
            format!(
                "{} left out of every model: only that list records the covariate",
                told.left_out.join(", ")
            ),
        ));
    }
    if told.counted_only > 0.0 {
        out.push(diagnostic(
            "counted-not-estimated",
            Severity::Warning,
            format!(
                "{} persons are in groups that fewer than two lists can see: they are counted, and the \
                 population is that of the others",
                number(told.counted_only)
            ),
        ));
    }
    out
}

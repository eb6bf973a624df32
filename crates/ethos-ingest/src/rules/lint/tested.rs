//! Rules without examples, and examples that are not as they say.

use std::collections::BTreeSet;

use ethos_model::finding::{RuleCode, Severity};

use super::LintKind;
use crate::rules::book::RuleBook;
use crate::rules::rule::{Rule, Scope};
use crate::rules::trial::Workshop;

pub(super) fn is_tested(
    book: &RuleBook,
    workshop: &Workshop<'_>,
    rule: &Rule,
    add: &mut impl FnMut(LintKind, String, String),
) {
    let has = |finds: bool| rule.examples.iter().any(|example| example.finds == finds);
    if !has(true) {
        add(
            LintKind::Untested,
            "er is geen voorbeeld waarin de regel iets moet vinden".into(),
            "there is no example in which the rule must find something".into(),
        );
    }
    if !has(false) {
        add(
            LintKind::Untested,
            "er is geen voorbeeld waarin de regel niets mag vinden".into(),
            "there is no example in which the rule must find nothing".into(),
        );
    }
    for at in 0..rule.examples.len() {
        let number = at + 1;
        let trial = match workshop.try_example(rule, at) {
            Ok(trial) => trial,
            Err(reason) => {
                add(
                    LintKind::Failing,
                    format!("voorbeeld {number} kan niet worden beproefd: {}", reason.nl),
                    format!("example {number} cannot be tried: {}", reason.en),
                );
                continue;
            }
        };
        if !trial.holds() {
            let times = trial.times;
            add(
                LintKind::Failing,
                format!(
                    "in voorbeeld {number} vindt de regel iets {times} keer, tegen wat er staat"
                ),
                format!(
                    "in example {number} the rule finds something {times} times, against what it says"
                ),
            );
        }
        // What one rule shows as right, another may note, and not call wrong.
        let against: BTreeSet<RuleCode> = trial
            .findings
            .iter()
            .filter(|finding| !trial.wanted && finding.code != rule.code)
            .filter(|finding| finding.severity >= Severity::Error)
            .map(|finding| finding.code)
            .filter(|code| {
                book.find(code.as_str())
                    .is_some_and(|other| !is_of_row(other, rule))
            })
            .collect();
        for other in against {
            add(
                LintKind::Contradicting,
                format!("wat voorbeeld {number} als goed laat zien, noemt {other} fout"),
                format!("what example {number} shows as right, {other} calls wrong"),
            );
        }
    }
}

/// Whether another rule is about the file around the row that a rule is about: an example of a
/// row may lack what a file needs.
fn is_of_row(other: &Rule, rule: &Rule) -> bool {
    rule.scope != Scope::File && other.scope == Scope::File
}

//! Rules that can never find anything, find what another finds already, or ask its opposite.

use ethos_model::finding::{RuleCode, Severity};
use ethos_model::layout::{Layout, Target};

use super::{Lint, LintKind};
use crate::rules::book::RuleBook;
use crate::rules::known::NamesOf;
use crate::rules::lang::{self, Env, Logic, Meaning, Slots};
use crate::rules::rule::{self, Each, Finds, Rule, Scope};

/// The conditions of all rules for a layout, over the same lanes; `None` for a rule without
/// one, and where the layout lacks a field.
pub(super) struct Conditions {
    of_rules: Vec<Option<Logic>>,
    slots: Slots,
    targets: Vec<Target>,
}

impl Conditions {
    pub(super) fn new(book: &RuleBook, layout: &Layout) -> Self {
        let mut slots = Slots::default();
        let names = NamesOf(layout);
        let compiled = book.rules().iter().map(|rule| {
            let Finds::Condition { find, each, .. } = &rule.finds else {
                return None;
            };
            let env = Env {
                scope: rule.scope,
                names: &names,
                parameters: book.parameters(),
                facts: None,
                keyed: each.is_some(),
            };
            lang::compile(find, &env, &mut slots).ok()
        });
        Self {
            of_rules: compiled.collect(),
            slots,
            targets: layout
                .fields
                .iter()
                .filter_map(|field| field.maps_to)
                .collect(),
        }
    }

    /// Whether the condition of the rule at a position may hold, in a file with columns for these.
    fn can_hold(&self, at: usize, scope: Scope, targets: Option<&[Target]>) -> bool {
        let meaning = Meaning {
            slots: &self.slots,
            scope,
            targets,
        };
        let condition = self.of_rules[at].as_ref();
        condition.is_some_and(|logic| logic.can_hold() && !logic.is_contradiction(meaning))
    }
}

/// Positions of the layouts a rule is for.
fn layouts_of(rule: &Rule, layouts: &[Layout]) -> Vec<usize> {
    // A day on which the rule is in force.
    let day = rule.valid_until.map(|day| day.plus_days(-1));
    (0..layouts.len())
        .filter(|at| {
            let layout = &layouts[*at];
            rule.is_for_kind(Some(&layout.id), Some(layout.kind), day)
        })
        .collect()
}

pub(super) fn is_reachable(
    book: &RuleBook,
    at: usize,
    layouts: &[Layout],
    conditions: &[Conditions],
    add: &mut impl FnMut(LintKind, String, String),
) {
    let rule = &book.rules()[at];
    let of = layouts_of(rule, layouts);
    if of.is_empty() {
        let names = rule.applies.join("`, `");
        add(
            LintKind::Unreachable,
            format!("geen indeling heet of is `{names}`"),
            format!("no layout is called or is `{names}`"),
        );
        return;
    }
    let overlaps = |layout: &Layout| {
        let after = rule.valid_from.zip(layout.valid_until);
        let before = rule.valid_until.zip(layout.valid_from);
        after.is_none_or(|(from, until)| from < until)
            && before.is_none_or(|(until, from)| from < until)
    };
    if !of.iter().any(|layout| overlaps(&layouts[*layout])) {
        add(
            LintKind::Unreachable,
            "de regel geldt alleen in jaren waarin haar indelingen niet gelden".into(),
            "the rule holds only in years in which its layouts do not".into(),
        );
        return;
    }
    match &rule.finds {
        Finds::Observed(seen) => {
            let before = book
                .rules()
                .iter()
                .take_while(|other| other.code != rule.code);
            let shadow = before
                .filter(|other| other.observes() == Some(*seen))
                .find(|other| {
                    of.iter()
                        .all(|layout| covers(other, rule, &layouts[*layout]))
                });
            if let Some(other) = shadow {
                add(
                    LintKind::Unreachable,
                    format!("{} vertelt hetzelfde al van dezelfde bestanden", other.code),
                    format!("{} tells the same of the same files already", other.code),
                );
            }
        }
        Finds::Condition { .. } => {
            let mine = || of.iter().map(|layout| &conditions[*layout]);
            let may_hold = mine().any(|of| of.can_hold(at, rule.scope, None));
            let is_read = mine().any(|of| of.of_rules[at].is_some());
            if is_read && !may_hold {
                add(
                    LintKind::Unreachable,
                    "de voorwaarde kan nooit waar zijn".into(),
                    "the condition can never hold".into(),
                );
            } else if !mine().any(|of| of.can_hold(at, rule.scope, Some(&of.targets))) {
                add(
                    LintKind::Unreachable,
                    "geen van haar indelingen heeft alle velden die de regel noemt".into(),
                    "none of its layouts has all the fields that the rule names".into(),
                );
            } else if let Some(other) = shadow(book, at, &of, layouts, conditions) {
                add(
                    LintKind::Unreachable,
                    format!(
                        "{other} blokkeert het bestand al op dezelfde voorwaarde, of vindt precies hetzelfde"
                    ),
                    format!(
                        "{other} blocks the file on the same condition already, or finds exactly the same"
                    ),
                );
            }
        }
    }
}

/// Whether one rule is for every file of a layout that another is for.
fn covers(other: &Rule, rule: &Rule, layout: &Layout) -> bool {
    let here = other.applies.is_empty()
        || other
            .applies
            .iter()
            .any(|name| rule::fits(name, Some(&layout.id), Some(layout.kind)));
    let from = other
        .valid_from
        .is_none_or(|from| rule.valid_from.is_some_and(|mine| from <= mine));
    let until = other
        .valid_until
        .is_none_or(|until| rule.valid_until.is_some_and(|mine| mine <= until));
    here && from && until
}

/// A rule before this one, or a blocking one anywhere, with the same condition.
fn shadow(
    book: &RuleBook,
    at: usize,
    of: &[usize],
    layouts: &[Layout],
    conditions: &[Conditions],
) -> Option<RuleCode> {
    let rule = &book.rules()[at];
    let found = book.rules().iter().enumerate().find(|(other_at, other)| {
        let blocks = other.severity == Severity::Blocking && rule.severity != Severity::Blocking;
        other.scope == rule.scope
            && *other_at != at
            && (*other_at < at || blocks)
            && each(other) == each(rule)
            && of.iter().all(|layout| {
                let of_layout = &conditions[*layout].of_rules;
                covers(other, rule, &layouts[*layout])
                    && of_layout[at].is_some()
                    && of_layout[at] == of_layout[*other_at]
            })
    });
    found.map(|(_, other)| other.code)
}

fn each(rule: &Rule) -> Option<Each> {
    match &rule.finds {
        Finds::Condition { each, .. } => *each,
        Finds::Observed(_) => None,
    }
}

/// Rules that between them leave nothing: what one does not find, the other does.
pub(super) fn opposites(
    book: &RuleBook,
    layouts: &[Layout],
    conditions: &[Conditions],
    lints: &mut Vec<Lint>,
) {
    let rules = book.rules();
    for (at, rule) in rules.iter().enumerate() {
        for (other_at, other) in rules.iter().enumerate().skip(at + 1) {
            if rule.scope != other.scope || each(rule) != each(other) {
                continue;
            }
            let opposite = layouts.iter().zip(conditions).any(|(layout, of_layout)| {
                let is_for =
                    |rule: &Rule| rule.is_for_kind(Some(&layout.id), Some(layout.kind), None);
                let of_rules = &of_layout.of_rules;
                let pair = of_rules[at].as_ref().zip(of_rules[other_at].as_ref());
                pair.is_some_and(|(mine, theirs)| mine.is_opposite(theirs))
                    && is_for(rule)
                    && is_for(other)
            });
            if opposite {
                let (a, b) = (rule.code, other.code);
                let nl = format!("{a} of {b} vindt altijd iets: ze vragen elkaars tegendeel");
                let en = format!("{a} or {b} always finds something: they ask the opposite");
                lints.push(Lint::on(rule, LintKind::Contradicting, nl, en));
            }
        }
    }
}

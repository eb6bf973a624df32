//! What is wrong with a rule book that can be read: rules that contradict each other, that can
//! never find anything, and that no example tries.

use std::collections::BTreeSet;
use std::path::Path;

use ethos_model::category::Language;
use ethos_model::finding::{RuleCode, Severity, Text};
use ethos_model::layout::Layout;
use serde::Serialize;

use super::book::RuleBook;
use super::known::NamesOf;
use super::lang::{self, Env, Logic, Slots};
use super::observation::{Consequence, Observation};
use super::rule::{Each, Finds, Rule, Scope};
use super::trial::Workshop;

/// A kind of mistake in a rule book.
#[derive(Copy, Clone, PartialEq, Eq, PartialOrd, Ord, Debug, Serialize)]
#[serde(rename_all = "kebab-case")]
pub enum LintKind {
    /// Two rules say the opposite of the same.
    Contradicting,
    /// A rule can never find anything.
    Unreachable,
    /// No example, none that must be found, or none that must not.
    Untested,
    /// An example is not as it says.
    Failing,
    /// Something that a rule should say and does not.
    Incomplete,
    /// A parameter that no rule names.
    Unused,
}

impl LintKind {
    /// Its name.
    pub fn name(self, language: Language) -> &'static str {
        match self {
            Self::Contradicting => language.pick("tegenspraak", "contradicting"),
            Self::Unreachable => language.pick("onbereikbaar", "unreachable"),
            Self::Untested => language.pick("ongetoetst", "untested"),
            Self::Failing => language.pick("voorbeeld klopt niet", "example fails"),
            Self::Incomplete => language.pick("onvolledig", "incomplete"),
            Self::Unused => language.pick("ongebruikt", "unused"),
        }
    }
}

/// A mistake in a rule book.
#[derive(Clone, PartialEq, Eq, Debug, Serialize)]
pub struct Lint {
    /// The rule, or none for the book as a whole.
    pub rule: Option<RuleCode>,
    /// What kind of mistake it is.
    pub kind: LintKind,
    /// What it is and the way out.
    pub text: Text,
}

impl RuleBook {
    /// Looks the book over and tries every example. The layouts are the shipped ones, or those
    /// with a folder's (see [`layout`](crate::layout)).
    ///
    /// # Errors
    /// A fragment: a layout in the folder cannot be read.
    pub fn lint(&self, layout_dir: Option<&Path>) -> Result<Vec<Lint>, String> {
        self.lint_and_try(layout_dir, |_| true)
    }

    /// Looks the book over and tries the examples of some rules.
    fn lint_and_try(
        &self,
        layout_dir: Option<&Path>,
        tried: impl Fn(&Rule) -> bool,
    ) -> Result<Vec<Lint>, String> {
        let workshop = Workshop::new(self, layout_dir)?;
        let mut lints = self.look_over(layout_dir)?;
        for rule in self.rules().iter().filter(|rule| tried(rule)) {
            is_tested(self, &workshop, rule, &mut |kind, nl, en| {
                lints.push(Lint::on(rule, kind, nl, en));
            });
        }
        lints.sort_by_key(|lint| (lint.rule.is_none(), lint.rule, lint.kind));
        Ok(lints)
    }

    /// What can be seen without trying the examples.
    fn look_over(&self, layout_dir: Option<&Path>) -> Result<Vec<Lint>, String> {
        let layouts = crate::layout::list(layout_dir).map_err(|error| error.to_string())?;
        let conditions: Vec<Conditions> = layouts
            .iter()
            .map(|layout| Conditions::new(self, layout))
            .collect();
        let mut lints = Vec::new();
        for (at, rule) in self.rules().iter().enumerate() {
            let mut add = |kind, nl: String, en: String| {
                lints.push(Lint::on(rule, kind, nl, en));
            };
            is_whole(rule, &mut add);
            is_reachable(self, at, &layouts, &conditions, &mut add);
        }
        opposites(self, &layouts, &conditions, &mut lints);
        unused(self, &mut lints);
        silenced(self, &mut lints);
        Ok(lints)
    }
}

impl Lint {
    fn on(rule: &Rule, kind: LintKind, nl: String, en: String) -> Self {
        Self {
            rule: Some(rule.code),
            kind,
            text: Text::new(nl, en),
        }
    }
}

/// The conditions of all rules for a layout, over the same lanes; `None` for a rule without
/// one, and where the layout lacks a field.
struct Conditions(Vec<Option<Logic>>);

impl Conditions {
    fn new(book: &RuleBook, layout: &Layout) -> Self {
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
        Self(compiled.collect())
    }
}

fn is_whole(rule: &Rule, add: &mut impl FnMut(LintKind, String, String)) {
    if rule.why.nl.is_empty() || rule.source.is_empty() {
        add(
            LintKind::Incomplete,
            "zonder `why` of `source` weet niemand waarom de regel er is".into(),
            "without `why` or `source` nobody knows why the rule is there".into(),
        );
    }
    if let Finds::Observed(seen) = &rule.finds
        && least(*seen).is_some_and(|least| rule.severity < least)
    {
        let (key, nl, en) = (
            seen.key(),
            rule.severity.name(Language::Nl),
            rule.severity.name(Language::En),
        );
        if least(*seen) == Some(Severity::Error) {
            add(
                LintKind::Contradicting,
                format!(
                    "door `{key}` telt een rij niet mee, en de regel noemt het een {nl}; de rij blijft afgekeurd"
                ),
                format!(
                    "by `{key}` a row does not count, and the rule calls it a {en}; the row stays rejected"
                ),
            );
            return;
        }
        add(
            LintKind::Contradicting,
            format!("`{key}` maakt het bestand onbruikbaar, en de regel noemt het een {nl}"),
            format!("`{key}` makes the file unusable, and the rule calls it a {en}"),
        );
    }
}

/// How grave an observation is by what the reader makes of it.
fn least(seen: Observation) -> Option<Severity> {
    match seen.consequence() {
        Consequence::FileUnusable => Some(Severity::Blocking),
        Consequence::RowRejected => Some(Severity::Error),
        Consequence::RowSetAside if seen.loses_data() => Some(Severity::Error),
        _ => None,
    }
}

/// Observations for which rows are lost without a rule that says so: it was switched off.
fn silenced(book: &RuleBook, lints: &mut Vec<Lint>) {
    for seen in Observation::ALL {
        if least(*seen).is_none() || book.telling(*seen).is_some() {
            continue;
        }
        let Some(rule) = RuleBook::shipped().telling(*seen) else {
            continue;
        };
        let key = seen.key();
        let (nl, en) = if least(*seen) == Some(Severity::Blocking) {
            (
                format!(
                    "uitgezet, en `{key}` maakt een bestand nog steeds onbruikbaar: nu zonder uitleg"
                ),
                format!(
                    "switched off, and `{key}` still makes a file unusable: now without a word"
                ),
            )
        } else {
            (
                format!(
                    "uitgezet, en door `{key}` telt een rij nog steeds niet mee: nu zonder uitleg"
                ),
                format!(
                    "switched off, and by `{key}` a row still does not count: now without a word"
                ),
            )
        };
        lints.push(Lint::on(rule, LintKind::Contradicting, nl, en));
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

fn is_reachable(
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
            let mine = || {
                of.iter()
                    .filter_map(|layout| conditions[*layout].0[at].as_ref())
            };
            if mine().next().is_none() {
                add(
                    LintKind::Unreachable,
                    "geen van haar indelingen heeft alle velden die de regel noemt".into(),
                    "none of its layouts has all the fields that the rule names".into(),
                );
            } else if !mine().any(Logic::can_hold) {
                add(
                    LintKind::Unreachable,
                    "de voorwaarde kan nooit waar zijn".into(),
                    "the condition can never hold".into(),
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
            .any(|name| super::rule::fits(name, Some(&layout.id), Some(layout.kind)));
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
                let of_layout = &conditions[*layout].0;
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

fn is_tested(
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
                    format!("voorbeeld {number} kan niet worden beproefd: {reason}"),
                    format!("example {number} cannot be tried: {reason}"),
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

/// Rules that between them leave nothing: what one does not find, the other does.
fn opposites(
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
                let pair = of_layout.0[at].as_ref().zip(of_layout.0[other_at].as_ref());
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

fn unused(book: &RuleBook, lints: &mut Vec<Lint>) {
    for name in book.parameters().keys() {
        let is_named = |text: &str| {
            text.split(|c: char| !c.is_alphanumeric() && c != '_')
                .any(|word| word == name)
        };
        let used = book.rules().iter().any(|rule| match &rule.finds {
            Finds::Condition { find, shows, .. } => {
                is_named(find) || shows.as_deref().is_some_and(is_named)
            }
            Finds::Observed(_) => false,
        });
        if !used {
            lints.push(Lint {
                rule: None,
                kind: LintKind::Unused,
                text: Text::new(
                    format!("geen regel noemt de parameter `{name}`"),
                    format!("no rule names the parameter `{name}`"),
                ),
            });
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const WORDS: &str = "severity = \"warning\"\nsource = \"x\"\n\
        title = { nl = \"a\", en = \"b\" }\nmessage = { nl = \"a\", en = \"b\" }\n\
        why = { nl = \"a\", en = \"b\" }\nfix = { nl = \"a\", en = \"b\" }\n";
    const TRIED: &str = "[[rule.example]]\nfinds = true\nlayout = \"gmsd/2015\"\n\
        rows = [{ einddatum = \"20250301\" }]\n[[rule.example]]\nfinds = false\n\
        layout = \"gmsd/2015\"\nrows = [{}]\n";

    /// What a book with these rules besides shows, with the examples tried of those rules and of
    /// one shipped rule.
    fn lints(text: &str) -> Vec<(String, LintKind, String)> {
        let tried = |rule: &Rule| ["XYZ01", "BSN02"].contains(&rule.code.as_str());
        told(with(text).lint_and_try(None, tried).unwrap())
    }

    /// What it shows without trying examples.
    fn seen(text: &str) -> Vec<(String, LintKind, String)> {
        told(with(text).look_over(None).unwrap())
    }

    fn with(text: &str) -> RuleBook {
        let mut book = RuleBook::shipped().clone();
        book.add(text, "mijn.toml").unwrap();
        book
    }

    fn told(lints: Vec<Lint>) -> Vec<(String, LintKind, String)> {
        lints
            .into_iter()
            .map(|lint| {
                let code = lint.rule.map(|code| code.to_string()).unwrap_or_default();
                (code, lint.kind, lint.text.en)
            })
            .collect()
    }

    fn rule(id: &str, find: &str, more: &str) -> String {
        format!("[[rule]]\nid = \"{id}\"\nfind = \"{find}\"\n{WORDS}{more}")
    }

    #[test]
    fn the_shipped_book_is_without_mistakes() {
        let found = RuleBook::shipped().lint(None).unwrap();
        assert!(found.is_empty(), "{found:#?}");
    }

    #[test]
    fn rules_that_never_find_anything_are_told() {
        for (find, more, words) in [
            (
                "end < start and end > start + 1 and start > 2025-01-01 and start < 2024-01-01",
                "",
                "never hold",
            ),
            ("not (end = start) and end = start", "", "never hold"),
            ("days(2025-01-01, 2025-01-02) > 3", "", "never hold"),
            (
                "end = start",
                "applies = [\"gmsd/2099\"]\n",
                "no layout is called",
            ),
            (
                "letters_naam = 'A'",
                "applies = [\"gmsd/2015\"]\n",
                "has all the fields",
            ),
            (
                "end = start",
                "valid_until = 2001-01-01\napplies = [\"gmsd/2015\"]\n",
                "only in years",
            ),
            ("planned_end < planned_start", "", "PER03 blocks"),
        ] {
            let found = seen(&rule("XYZ01", find, more));
            assert!(
                found.iter().any(|(code, kind, text)| code == "XYZ01"
                    && *kind == LintKind::Unreachable
                    && text.contains(words)),
                "{find}: {found:?}"
            );
        }
        let observing = format!("[[rule]]\nid = \"XYZ01\"\nobserves = \"bsn.blank\"\n{WORDS}");
        let found = seen(&observing);
        assert!(
            found
                .iter()
                .any(|(_, _, text)| text.contains("BSN05 tells the same"))
        );
    }

    #[test]
    fn contradictions_are_told() {
        let two = rule("XYZ01", "end > 2025-01-01", "") + &rule("XYZ02", "end <= 2025-01-01", "");
        let found = seen(&two);
        assert!(found.iter().any(|(_, kind, text)| {
            *kind == LintKind::Contradicting && text.starts_with("XYZ01 or XYZ02 always")
        }));
        for (change, says) in [
            (
                "COD01\"\noff = true",
                "by `code.unknown` a row still does not count",
            ),
            ("KOP01\"\noff = true", "still makes a file unusable"),
            (
                "DAT01\"\nseverity = \"note\"",
                "a row does not count, and the rule calls it a note",
            ),
        ] {
            let found = seen(&format!("[[rule]]\nid = \"{change}\n"));
            assert!(
                found.iter().any(|(_, _, text)| text.contains(says)),
                "{found:?}"
            );
        }
        let mild = "[[rule]]\nid = \"KOP01\"\nseverity = \"note\"\n";
        assert!(
            seen(mild)
                .iter()
                .any(|(_, _, text)| text.contains("unusable"))
        );
        let strict = rule("XYZ01", "sex = 'male'", "").replace("warning", "error");
        let found = lints(&strict);
        assert!(found.iter().any(|(code, kind, text)| code == "BSN02"
            && *kind == LintKind::Contradicting
            && text.contains("XYZ01 calls wrong")));
    }

    #[test]
    fn untried_rules_and_wrong_examples_are_told() {
        let found = lints(&rule("XYZ01", "end > 2025-02-01", ""));
        let untested = found
            .iter()
            .filter(|(_, kind, _)| *kind == LintKind::Untested);
        assert_eq!(untested.filter(|(code, _, _)| code == "XYZ01").count(), 2);
        assert_eq!(
            lints(&rule("XYZ01", "end > 2025-02-01", TRIED))
                .iter()
                .filter(|(code, _, _)| code == "XYZ01")
                .count(),
            0
        );
        let found = lints(&rule("XYZ01", "end > 2025-04-01", TRIED));
        assert!(
            found
                .iter()
                .any(|(_, kind, text)| *kind == LintKind::Failing
                    && text.starts_with("in example 1"))
        );
        let wrong = TRIED.replace("einddatum", "eindatum");
        let found = lints(&rule("XYZ01", "end > 2025-02-01", &wrong));
        assert!(
            found
                .iter()
                .any(|(_, _, text)| text.contains("did you mean `einddatum`"))
        );
        let parameter = "[parameters.spare]\nvalue = 3\nmeaning = { nl = \"a\", en = \"b\" }\n";
        assert!(
            seen(parameter)
                .iter()
                .any(|(_, kind, _)| *kind == LintKind::Unused)
        );
    }
}

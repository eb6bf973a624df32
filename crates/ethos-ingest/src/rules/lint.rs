//! What is wrong with a rule book that can be read: rules that contradict each other, that can
//! never find anything, and that no example tries.

mod reach;
mod tested;

use std::path::Path;

use ethos_model::category::Language;
use ethos_model::finding::{RuleCode, Severity, Text};
use serde::Serialize;

use super::book::RuleBook;
use super::observation::{Consequence, Observation};
use super::rule::{Finds, Rule};
use super::trial::Workshop;
use reach::{Conditions, is_reachable, opposites};
use tested::is_tested;

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
    pub fn lint(&self, layout_dir: Option<&Path>) -> Result<Vec<Lint>, Text> {
        self.lint_and_try(layout_dir, |_| true)
    }

    /// Looks the book over and tries the examples of some rules.
    fn lint_and_try(
        &self,
        layout_dir: Option<&Path>,
        tried: impl Fn(&Rule) -> bool,
    ) -> Result<Vec<Lint>, Text> {
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
    fn look_over(&self, layout_dir: Option<&Path>) -> Result<Vec<Lint>, Text> {
        let layouts = crate::layout::list(layout_dir)
            .map_err(|error| Text::new(error.words(Language::Nl), error.to_string()))?;
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
            ("start > end and end > start", "", "never hold"),
            (
                "start < end and end <= ready_to_leave and ready_to_leave < start",
                "",
                "never hold",
            ),
            ("end - start > 30 and end < start + 7", "", "never hold"),
            (
                "product matches '^17$' and product in ('16')",
                "",
                "never hold",
            ),
            (
                "end_reason = '19' and not end_reason in ('19', '20')",
                "",
                "never hold",
            ),
            ("end is blank and end > start", "", "never hold"),
            (
                "sex = 'male' and (sex = 'female' or sex != 'male')",
                "",
                "never hold",
            ),
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
                "provider = 'A'",
                "applies = [\"register/reclassering\"]\n",
                "has all the fields",
            ),
            (
                "ready_to_leave < start or not (end_reason in ('A'))",
                "applies = [\"register/adresloze-bijstand\"]\nscope = \"person\"\n",
                "has all the fields",
            ),
            (
                "share(parent1 is blank) > 0.5",
                "applies = [\"gmsd/2015\"]\nscope = \"file\"\n",
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
        for (find, more) in [
            (
                "parent1 is blank or end < start",
                "applies = [\"gmsd/2015\"]\n",
            ),
            (
                "count(parent1 is blank) = 0",
                "applies = [\"gmsd/2015\"]\nscope = \"file\"\n",
            ),
        ] {
            let found = seen(&rule("XYZ01", find, more));
            assert!(
                !found.iter().any(|(code, ..)| code == "XYZ01"),
                "{find}: {found:?}"
            );
        }
        for find in [
            "situation = '4c' and age > 23",
            "product in ('16', '17') and product != '16'",
            "product matches '^1' and product in ('16', '99')",
            "start <= end and end <= start",
            "start > end or end > start",
            "end - start > 30 and end < start + 70",
            "end is not blank and end > start",
            "length(provider) = 3 and provider in ('abc', 'abcd')",
        ] {
            let found = seen(&rule("XYZ01", find, ""));
            assert!(
                !found
                    .iter()
                    .any(|(code, kind, _)| code == "XYZ01" && *kind == LintKind::Unreachable),
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

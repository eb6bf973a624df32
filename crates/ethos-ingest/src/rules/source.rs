//! A file of rules as it is written.

use ethos_model::date::Day;
use ethos_model::finding::{RuleCode, Severity, Text};
use serde::Deserialize;
use toml::Spanned;

use super::error::RuleError;
use super::observation::Observation;
use super::rule::{Rule, Scope};

/// A file of rules.
#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct Source {
    #[serde(default, rename = "rule")]
    pub(super) rules: Vec<RuleSource>,
}

/// A rule as it is written. A rule that another file declares may be given again with only
/// what is to be different.
#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct RuleSource {
    pub(super) id: Spanned<RuleCode>,
    /// Switches the rule off.
    #[serde(default)]
    pub(super) off: bool,
    severity: Option<Severity>,
    observes: Option<Spanned<String>>,
    applies: Option<Vec<String>>,
    valid_from: Option<Day>,
    valid_until: Option<Day>,
    title: Option<Text>,
    message: Option<Text>,
    why: Option<Text>,
    fix: Option<Text>,
    source: Option<String>,
}

/// Reads a file of rules.
pub(super) fn parse(text: &str, file: &str) -> Result<Source, RuleError> {
    crate::layout::parse_strict(text).map_err(|(line, reason)| RuleError::new(file, line, reason))
}

impl RuleSource {
    /// The rule, with what is not said here taken from the one it stands in for.
    pub(super) fn resolve(
        self,
        before: Option<&Rule>,
        file: &str,
        text: &str,
    ) -> Result<Rule, RuleError> {
        let code = *self.id.get_ref();
        let wrong = |byte: usize, reason: String| RuleError::at(file, text, byte, reason);
        let start = self.id.span().start;
        let missing = |what: &str| wrong(start, format!("rule {code} has no `{what}`"));
        let observes = match &self.observes {
            Some(key) => Observation::from_key(key.get_ref())
                .map_err(|reason| wrong(key.span().start, format!("rule {code}: {reason}")))?,
            None => before
                .map(|rule| rule.observes)
                .ok_or_else(|| missing("observes"))?,
        };
        let words = |mine: Option<Text>, of: fn(&Rule) -> &Text, what: &str| {
            mine.or_else(|| before.map(|rule| of(rule).clone()))
                .ok_or_else(|| missing(what))
        };
        let rule = Rule {
            code,
            severity: self
                .severity
                .or_else(|| before.map(|rule| rule.severity))
                .ok_or_else(|| missing("severity"))?,
            scope: Scope::of(observes),
            observes,
            applies: self
                .applies
                .or_else(|| before.map(|rule| rule.applies.clone()))
                .unwrap_or_default(),
            valid_from: self.valid_from.or(before.and_then(|rule| rule.valid_from)),
            valid_until: self
                .valid_until
                .or(before.and_then(|rule| rule.valid_until)),
            title: words(self.title, |rule| &rule.title, "title")?,
            message: words(self.message, |rule| &rule.message, "message")?,
            why: self
                .why
                .or_else(|| before.map(|rule| rule.why.clone()))
                .unwrap_or_default(),
            fix: words(self.fix, |rule| &rule.fix, "fix")?,
            source: self
                .source
                .or_else(|| before.map(|rule| rule.source.clone()))
                .unwrap_or_default(),
            file: file.to_owned(),
        };
        check(&rule).map_err(|reason| wrong(start, format!("rule {code}: {reason}")))?;
        Ok(rule)
    }
}

/// What a rule cannot say of itself.
fn check(rule: &Rule) -> Result<(), String> {
    let (in_message, in_fix) = rule.observes.has_detail();
    let texts = [
        ("title", &rule.title, false),
        ("message", &rule.message, in_message),
        ("fix", &rule.fix, in_fix),
    ];
    for (what, text, has_detail) in texts {
        for (language, words) in [("nl", &text.nl), ("en", &text.en)] {
            if words.trim().is_empty() {
                return Err(format!("`{what}.{language}` is blank"));
            }
            if words.contains("{}") && !has_detail {
                let seen = rule.observes.key();
                return Err(format!(
                    "`{what}.{language}` has a `{{}}`, but `{seen}` gives no detail for it"
                ));
            }
        }
    }
    match (rule.valid_from, rule.valid_until) {
        (Some(from), Some(until)) if until <= from => Err(format!(
            "it is valid until {until}, which is not after {from}"
        )),
        _ => Ok(()),
    }
}

//! The rule book for machines: `ethos-rules/1`.

use std::collections::BTreeMap;

use ethos_model::date::Day;
use ethos_model::finding::{RuleCode, Severity, Text};
use serde::Serialize;

use crate::rules::{Each, Example, Finds, Parameter, RuleBook, Scope};

#[derive(Serialize)]
struct Book<'a> {
    schema: &'static str,
    parameters: &'a BTreeMap<String, Parameter>,
    rules: Vec<OneRule<'a>>,
}

#[derive(Serialize)]
struct OneRule<'a> {
    code: RuleCode,
    severity: Severity,
    scope: Scope,
    #[serde(skip_serializing_if = "Option::is_none")]
    observes: Option<&'static str>,
    #[serde(skip_serializing_if = "Option::is_none")]
    find: Option<&'a str>,
    #[serde(skip_serializing_if = "Option::is_none")]
    at: Option<&'a str>,
    #[serde(skip_serializing_if = "Option::is_none")]
    shows: Option<&'a str>,
    #[serde(skip_serializing_if = "Option::is_none")]
    each: Option<Each>,
    applies: &'a [String],
    valid_from: Option<Day>,
    valid_until: Option<Day>,
    title: &'a Text,
    message: &'a Text,
    why: &'a Text,
    fix: &'a Text,
    source: &'a str,
    examples: &'a [Example],
    file: &'a str,
}

/// The whole book.
///
/// # Errors
/// None that a rule book can cause.
pub fn json(book: &RuleBook) -> Result<String, serde_json::Error> {
    let rules = book.rules().iter().map(|rule| {
        let (observes, condition) = match &rule.finds {
            Finds::Observed(seen) => (Some(seen.key()), None),
            Finds::Condition {
                find,
                at,
                shows,
                each,
            } => (None, Some((find, at, shows, each))),
        };
        OneRule {
            code: rule.code,
            severity: rule.severity,
            scope: rule.scope,
            observes,
            find: condition.map(|(find, ..)| find.as_str()),
            at: condition.and_then(|(_, at, ..)| at.as_deref()),
            shows: condition.and_then(|(_, _, shows, _)| shows.as_deref()),
            each: condition.and_then(|(.., each)| *each),
            applies: &rule.applies,
            valid_from: rule.valid_from,
            valid_until: rule.valid_until,
            title: &rule.title,
            message: &rule.message,
            why: &rule.why,
            fix: &rule.fix,
            source: &rule.source,
            examples: &rule.examples,
            file: &rule.file,
        }
    });
    let book = Book {
        schema: "ethos-rules/1",
        parameters: book.parameters(),
        rules: rules.collect(),
    };
    serde_json::to_string_pretty(&book).map(|text| text + "\n")
}

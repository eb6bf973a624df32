//! What rules may observe and name: the closed lists, as Markdown.

use std::fmt::Write;

use ethos_model::category::Language;

use crate::rules::lang::{FUNCTIONS, MEASURES, Type, facts, fields};
use crate::rules::{Observation, RuleBook};

/// Every observation: its key, what is seen, what the reader makes of it, and the rule of a
/// book that tells it.
pub fn observations(book: &RuleBook, language: Language) -> String {
    let mut text = format!(
        "| {} | {} | {} | {} | {} |\n|---|---|---|---|---|\n",
        language.pick("waarneming", "observation"),
        language.pick("wat er te zien is", "what is seen"),
        language.pick("waar", "where"),
        language.pick("gevolg", "consequence"),
        language.pick("regel", "rule"),
    );
    for seen in Observation::ALL {
        let rules: Vec<&str> = book
            .rules()
            .iter()
            .filter(|rule| rule.observes() == Some(*seen))
            .map(|rule| rule.code.as_str())
            .collect();
        let _ = writeln!(
            text,
            "| `{}` | {} | {} | {} | {} |",
            seen.key(),
            seen.meaning().in_language(language),
            seen.place().name(language),
            seen.consequence().words(language),
            rules.join(", ")
        );
    }
    text
}

/// Every field, fact, measure and function that the rules of a book may name.
pub fn language(book: &RuleBook, language: Language) -> String {
    let mut text = String::new();
    let mut table = |title: &str, rows: Vec<(String, String, &str)>| {
        let _ = writeln!(
            text,
            "### {title}\n\n| {} | {} | {} |\n|---|---|---|",
            language.pick("naam", "name"),
            language.pick("soort", "type"),
            language.pick("wat het is", "what it is"),
        );
        for (name, kind, what) in rows {
            let _ = writeln!(text, "| `{name}` | {kind} | {what} |");
        }
        text.push('\n');
    };
    table(
        language.pick("Velden van een rij", "Fields of a row"),
        fields()
            .iter()
            .map(|field| {
                let kind = field.kind.name(language).to_owned();
                (
                    field.name.to_owned(),
                    kind,
                    language.pick(field.nl, field.en),
                )
            })
            .collect(),
    );
    let own = book.own_fields();
    if !own.is_empty() {
        let what = language.pick(
            "een kolom van een eigen indeling",
            "a column of your own layout",
        );
        let row =
            |(name, kind): (&str, Type)| (name.to_owned(), kind.name(language).to_owned(), what);
        table(
            language.pick("Velden van eigen indelingen", "Fields of your own layouts"),
            own.into_iter().map(row).collect(),
        );
    }
    table(
        language.pick("Feiten van een bestand", "Facts of a file"),
        facts()
            .iter()
            .map(|fact| {
                let kind = fact.kind.name(language).to_owned();
                (fact.name.to_owned(), kind, language.pick(fact.nl, fact.en))
            })
            .collect(),
    );
    table(
        language.pick("Maten van een levering", "Measures of a delivery"),
        MEASURES
            .iter()
            .map(|measure| {
                let kind = measure.kind.name(language).to_owned();
                (
                    measure.name.to_owned(),
                    kind,
                    language.pick(measure.nl, measure.en),
                )
            })
            .collect(),
    );
    table(
        language.pick("Functies", "Functions"),
        FUNCTIONS
            .iter()
            .map(|function| {
                let what = language.pick(function.nl, function.en);
                (function.written.to_owned(), String::new(), what)
            })
            .collect(),
    );
    text
}

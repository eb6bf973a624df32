//! The rule book as Markdown, and one rule for the terminal.

use std::fmt::Write;

use ethos_model::category::Language;

use super::words::{condition, example, shown, subject, whereabouts};
use crate::rules::{Rule, RuleBook};

/// The whole book.
pub fn markdown(book: &RuleBook, language: Language) -> String {
    let mut text = String::new();
    let rules = book.rules();
    let _ = writeln!(
        text,
        "# {}\n\n{}\n",
        language.pick("Regelboek", "Rule book"),
        language.pick(
            "Elke regel waarmee een bestand wordt gecontroleerd: wat er mis kan zijn, waarom dat erg is en hoe u het herstelt. Gemaakt met `ethos rules --format md`; elk voorbeeld is een test.",
            "Every rule that a file is checked by: what may be wrong, why that matters and how to mend it. Made with `ethos rules --format md`; every example is a test.",
        )
    );
    let mut letters = "";
    for rule in rules {
        if rule.code.subject() != letters {
            letters = rule.code.subject();
            let _ = writeln!(text, "## {letters}: {}\n", subject(letters, language));
        }
        one_rule(&mut text, rule, language);
    }
    let _ = writeln!(
        text,
        "## {}\n\n| {} | {} | {} |\n|---|---|---|",
        language.pick("Grenzen", "Parameters"),
        language.pick("naam", "name"),
        language.pick("waarde", "value"),
        language.pick("wat het is", "what it is"),
    );
    for (name, parameter) in book.parameters() {
        let _ = writeln!(
            text,
            "| `{name}` | {} | {} |",
            in_cell(&parameter.value.to_string()),
            parameter.meaning.in_language(language)
        );
    }
    text
}

fn one_rule(text: &mut String, rule: &Rule, language: Language) {
    let _ = writeln!(
        text,
        "### {} {}\n\n*{}*\n\n{}\n",
        rule.code,
        rule.title(language),
        whereabouts(rule, language),
        shown(rule.message(language)),
    );
    let why = rule.why.in_language(language);
    if !why.is_empty() {
        let _ = writeln!(text, "{}: {why}\n", language.pick("Waarom", "Why"));
    }
    let _ = writeln!(
        text,
        "{}: {}\n",
        language.pick("Herstellen", "Mend"),
        shown(rule.fix(language))
    );
    let what = if rule.observes().is_some() {
        language.pick("Ziet", "Sees")
    } else {
        language.pick("Zoekt", "Looks for")
    };
    let _ = writeln!(text, "{what}: `{}`\n", condition(rule).replace('\n', " "));
    for one in &rule.examples {
        let mark = if one.finds {
            language.pick("fout", "wrong")
        } else {
            language.pick("goed", "right")
        };
        let _ = writeln!(text, "- {mark}: {}", escaped(&example(one, language)));
    }
    if !rule.examples.is_empty() {
        text.push('\n');
    }
    if !rule.source.is_empty() {
        let _ = writeln!(
            text,
            "{}: {}\n",
            language.pick("Bron", "Source"),
            rule.source
        );
    }
}

/// One rule in full, for a terminal.
pub fn one(rule: &Rule, language: Language) -> String {
    let mut text = String::new();
    let _ = writeln!(
        text,
        "{}  {}\n{}\n\n{}\n",
        rule.code,
        rule.title(language),
        whereabouts(rule, language),
        shown(rule.message(language))
    );
    let lines = [
        (
            language.pick("Waarom", "Why"),
            rule.why.in_language(language).to_owned(),
        ),
        (
            language.pick("Herstellen", "Mend"),
            shown(rule.fix(language)),
        ),
        (
            if rule.observes().is_some() {
                language.pick("Ziet", "Sees")
            } else {
                language.pick("Zoekt", "Looks for")
            },
            condition(rule),
        ),
        (language.pick("Bron", "Source"), rule.source.clone()),
        (language.pick("Staat in", "Stands in"), rule.file.clone()),
    ];
    for (what, words) in lines {
        if !words.is_empty() {
            let _ = writeln!(text, "{:<11} {words}", format!("{what}:"));
        }
    }
    if !rule.examples.is_empty() {
        let _ = writeln!(text, "\n{}", language.pick("Voorbeelden", "Examples"));
    }
    for of in &rule.examples {
        let mark = if of.finds {
            language.pick("fout", "wrong")
        } else {
            language.pick("goed", "right")
        };
        let _ = writeln!(text, "  {mark:<6}{}", example(of, language));
    }
    text
}

fn in_cell(text: &str) -> String {
    escaped(text).replace('|', "\\|")
}

/// A text in which nothing is Markdown.
fn escaped(text: &str) -> String {
    let mut safe = String::with_capacity(text.len());
    for c in text.chars() {
        if matches!(c, '*' | '_' | '`' | '<' | '>' | '[' | ']' | '#') {
            safe.push('\\');
        }
        safe.push(if c.is_control() { ' ' } else { c });
    }
    safe
}

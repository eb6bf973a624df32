//! The rule book as Markdown, and one rule for the terminal.

use std::fmt::Write;

use ethos_model::category::Language;

use super::entry::{Entry, introduction, subjects};
use super::words::subject;
use crate::rules::{Rule, RuleBook};

/// The whole book.
pub fn markdown(book: &RuleBook, language: Language) -> String {
    let mut text = format!(
        "# {}\n\n{}\n\n{}\n\n",
        language.pick("Regelboek", "Rule book"),
        introduction(language),
        language.pick(
            "Deze bladzijde is gemaakt met `ethos rules --format md`. Eén regel leest u met `ethos explain BSN02`; een eigen regel schrijft u zo: [Regels](regels.md).",
            "Made with `ethos rules --format md --lang en`. One rule is explained by `ethos explain BSN02`; how to write one: [Rules](regels.md).",
        )
    );
    let subjects = subjects(book);
    for of in &subjects {
        let _ = writeln!(
            text,
            "- [{}](#{}) ({})",
            subject(of.letters, language),
            of.letters.to_lowercase(),
            of.rules.len()
        );
    }
    for of in &subjects {
        let letters = of.letters;
        let _ = writeln!(
            text,
            "\n<a id=\"{}\"></a>\n\n## {} ({letters})\n",
            letters.to_lowercase(),
            subject(letters, language)
        );
        for rule in &of.rules {
            one_rule(&mut text, rule, language);
        }
    }
    let _ = writeln!(
        text,
        "\n## {}\n\n| {} | {} | {} |\n|---|---|---|",
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
            in_cell(parameter.meaning.in_language(language))
        );
    }
    text
}

fn one_rule(text: &mut String, rule: &Rule, language: Language) {
    let entry = Entry::of(rule, language);
    let _ = writeln!(
        text,
        "### {} {}\n\n*{}*\n\n{}\n",
        rule.code,
        rule.title(language),
        entry.whereabouts,
        entry.message,
    );
    for (what, words) in &entry.paragraphs {
        let _ = writeln!(text, "**{what}:** {words}\n");
    }
    let (sees, condition) = &entry.condition;
    let _ = writeln!(
        text,
        "<details><summary>{}</summary>\n\n{sees}: `{}`\n",
        language.pick("Techniek", "Details"),
        condition.split_whitespace().collect::<Vec<_>>().join(" ")
    );
    for (mark, words) in &entry.examples {
        let _ = writeln!(text, "- {mark} {}", escaped(words));
    }
    if !entry.examples.is_empty() {
        text.push('\n');
    }
    let (source, words) = &entry.source;
    if !words.is_empty() {
        let _ = writeln!(text, "{source}: {words}\n");
    }
    text.push_str("</details>\n\n");
}

/// One rule in full, for a terminal.
pub fn one(rule: &Rule, language: Language) -> String {
    let entry = Entry::of(rule, language);
    let mut text = format!(
        "{}  {}\n{}\n\n{}\n\n",
        rule.code,
        rule.title(language),
        entry.whereabouts,
        entry.message
    );
    let mut lines = entry.paragraphs;
    lines.push(entry.condition);
    lines.push(entry.source);
    lines.push((language.pick("Staat in", "Stands in"), rule.file.clone()));
    for (what, words) in lines {
        if !words.is_empty() {
            let _ = writeln!(text, "{:<11} {words}", format!("{what}:"));
        }
    }
    if !entry.examples.is_empty() {
        let _ = writeln!(text, "\n{}", language.pick("Voorbeelden", "Examples"));
    }
    for (mark, words) in entry.examples {
        let mark = match mark {
            '✗' => language.pick("fout", "wrong"),
            _ => language.pick("goed", "right"),
        };
        let _ = writeln!(text, "  {mark:<6}{words}");
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

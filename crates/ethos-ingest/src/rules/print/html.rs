//! The rule book as a page that stands alone.

use std::fmt::Write;

use ethos_model::category::Language;

use super::words::{condition, example, shown, subject, whereabouts};
use crate::rules::{Rule, RuleBook};

const STYLE: &str = "body{font:16px/1.5 system-ui,sans-serif;max-width:48rem;margin:2rem auto;padding:0 1rem;color:#1a1a1a;background:#fff}\
h3{margin-bottom:0}code{background:#f2f2f2;padding:0 .2em;overflow-wrap:anywhere}\
.w{color:#555;margin-top:0}table{border-collapse:collapse}td,th{border:1px solid #bbb;padding:.2em .5em;text-align:left}\
nav a{margin-right:.8em}@media print{nav{display:none}}";

/// The whole book.
pub fn html(book: &RuleBook, language: Language) -> String {
    let title = language.pick("Regelboek", "Rule book");
    let mut page = format!(
        "<!doctype html>\n<html lang=\"{}\">\n<meta charset=\"utf-8\">\n\
         <meta http-equiv=\"Content-Security-Policy\" content=\"default-src 'none'; style-src 'unsafe-inline'\">\n\
         <meta name=\"viewport\" content=\"width=device-width\">\n<title>{title}</title>\n\
         <style>{STYLE}</style>\n<h1>{title}</h1>\n",
        language.pick("nl", "en")
    );
    let mut subjects: Vec<&str> = book
        .rules()
        .iter()
        .map(|rule| rule.code.subject())
        .collect();
    subjects.dedup();
    page.push_str("<nav>");
    for letters in &subjects {
        let _ = write!(
            page,
            "<a href=\"#{letters}\">{}</a> ",
            safe(&subject(letters, language))
        );
    }
    page.push_str("</nav>\n<main>\n");
    let mut letters = "";
    for rule in book.rules() {
        if rule.code.subject() != letters {
            letters = rule.code.subject();
            let _ = writeln!(
                page,
                "<h2 id=\"{letters}\">{}</h2>",
                safe(&subject(letters, language))
            );
        }
        one(&mut page, rule, language);
    }
    let _ = writeln!(
        page,
        "<h2>{}</h2>\n<table><tr><th>{}</th><th>{}</th><th>{}</th></tr>",
        language.pick("Grenzen", "Parameters"),
        language.pick("naam", "name"),
        language.pick("waarde", "value"),
        language.pick("wat het is", "what it is"),
    );
    for (name, parameter) in book.parameters() {
        let _ = writeln!(
            page,
            "<tr><td><code>{}</code></td><td>{}</td><td>{}</td></tr>",
            safe(name),
            safe(&parameter.value.to_string()),
            safe(parameter.meaning.in_language(language))
        );
    }
    page.push_str("</table>\n</main>\n</html>\n");
    page
}

fn one(page: &mut String, rule: &Rule, language: Language) {
    let _ = writeln!(
        page,
        "<section>\n<h3 id=\"{0}\">{0} {1}</h3>\n<p class=\"w\">{2}</p>\n<p>{3}</p>",
        rule.code,
        safe(rule.title(language)),
        safe(&whereabouts(rule, language)),
        safe(&shown(rule.message(language)))
    );
    let lines = [
        (
            language.pick("Waarom", "Why"),
            safe(rule.why.in_language(language)),
        ),
        (
            language.pick("Herstellen", "Mend"),
            safe(&shown(rule.fix(language))),
        ),
        (language.pick("Bron", "Source"), safe(&rule.source)),
    ];
    for (what, words) in lines {
        if !words.is_empty() {
            let _ = writeln!(page, "<p><strong>{what}:</strong> {words}</p>");
        }
    }
    let _ = writeln!(page, "<p><code>{}</code></p>", safe(&condition(rule)));
    if !rule.examples.is_empty() {
        page.push_str("<ul>\n");
        for of in &rule.examples {
            let mark = if of.finds {
                language.pick("fout", "wrong")
            } else {
                language.pick("goed", "right")
            };
            let words = safe(&example(of, language));
            let _ = writeln!(page, "<li><strong>{mark}</strong>: {words}</li>");
        }
        page.push_str("</ul>\n");
    }
    page.push_str("</section>\n");
}

/// A text in which nothing is markup.
fn safe(text: &str) -> String {
    let mut safe = String::with_capacity(text.len());
    for c in text.chars() {
        match c {
            '&' => safe.push_str("&amp;"),
            '<' => safe.push_str("&lt;"),
            '>' => safe.push_str("&gt;"),
            '"' => safe.push_str("&quot;"),
            '\'' => safe.push_str("&#39;"),
            c if c.is_control() => safe.push(' '),
            c => safe.push(c),
        }
    }
    safe
}

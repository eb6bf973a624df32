//! The rule book as a page that stands alone.

use std::fmt::Write;

use ethos_model::category::Language;

use super::entry::{Entry, introduction, subjects};
use super::words::subject;
use crate::rules::{Rule, RuleBook};

const STYLE: &str = ":root{color-scheme:light dark;--ink:#1b2330;--muted:#5b6472;--paper:#fff;--line:#ccd2da;--tip:#f1f3f6;--link:#0f5c6e}\
@media(prefers-color-scheme:dark){:root{--ink:#e8ebf0;--muted:#aab3c0;--paper:#12161c;--line:#39424f;--tip:#1b212a;--link:#8fd0e0}}\
body{font:1rem/1.55 system-ui,\"Segoe UI\",Calibri,sans-serif;max-width:48rem;margin:2rem auto;padding:0 1rem;color:var(--ink);background:var(--paper)}\
a{color:var(--link)}h2{margin-top:2.5rem;border-bottom:1px solid var(--line)}h3{margin:1.8rem 0 0}\
code{background:var(--tip);padding:0 .2em;overflow-wrap:anywhere}.w{color:var(--muted);margin:0}\
summary{cursor:pointer;color:var(--muted)}ul.c{columns:2;padding-left:1.2rem}li{overflow-wrap:anywhere}\
table{border-collapse:collapse}td,th{border:1px solid var(--line);padding:.2em .5em;text-align:left;overflow-wrap:anywhere}\
@media(max-width:34rem){ul.c{columns:1}}@media print{nav{display:none}section{break-inside:avoid}}";

/// The whole book.
pub fn html(book: &RuleBook, language: Language) -> String {
    let title = language.pick("Regelboek", "Rule book");
    let mut page = format!(
        "<!doctype html>\n<html lang=\"{}\">\n<meta charset=\"utf-8\">\n\
         <meta http-equiv=\"Content-Security-Policy\" content=\"default-src 'none'; style-src 'unsafe-inline'\">\n\
         <meta name=\"viewport\" content=\"width=device-width\">\n<title>{title}</title>\n\
         <style>{STYLE}</style>\n<header><h1>{title}</h1>\n<p>{}</p></header>\n<nav aria-label=\"{title}\">\n<ul class=\"c\">",
        language.pick("nl", "en"),
        introduction(language).replace('*', ""),
    );
    let subjects = subjects(book);
    for one in &subjects {
        let _ = write!(
            page,
            "<li><a href=\"#{0}\">{1}</a> ({2})</li>",
            one.letters,
            safe(&subject(one.letters, language)),
            one.rules.len()
        );
    }
    page.push_str("</ul>\n</nav>\n<main>\n");
    for of in &subjects {
        let letters = of.letters;
        let name = safe(&subject(letters, language));
        let _ = writeln!(page, "<h2 id=\"{letters}\">{name} ({letters})</h2>");
        for rule in &of.rules {
            one_rule(&mut page, rule, language);
        }
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

fn one_rule(page: &mut String, rule: &Rule, language: Language) {
    let entry = Entry::of(rule, language);
    let _ = writeln!(
        page,
        "<section>\n<h3 id=\"{0}\">{0} {1}</h3>\n<p class=\"w\">{2}</p>\n<p>{3}</p>",
        rule.code,
        safe(rule.title(language)),
        safe(&entry.whereabouts),
        safe(&entry.message)
    );
    for (what, words) in &entry.paragraphs {
        let _ = writeln!(page, "<p><strong>{what}:</strong> {}</p>", safe(words));
    }
    let (sees, condition) = &entry.condition;
    let _ = writeln!(
        page,
        "<details><summary>{}</summary>\n<p>{sees}: <code>{}</code></p>",
        language.pick("Techniek", "Details"),
        safe(condition)
    );
    if !entry.examples.is_empty() {
        page.push_str("<ul>\n");
        for (mark, words) in &entry.examples {
            let _ = writeln!(page, "<li>{mark} {}</li>", safe(words));
        }
        page.push_str("</ul>\n");
    }
    let (source, words) = &entry.source;
    if !words.is_empty() {
        let _ = writeln!(page, "<p>{source}: {}</p>", safe(words));
    }
    page.push_str("</details>\n</section>\n");
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

//! `ethos rules`: the rules that files are checked by.

use std::fmt::Write;

use clap::{Args, ValueEnum};
use ethos_ingest::RuleBook;
use ethos_ingest::rules::Rule;
use ethos_model::category::Language;
use ethos_model::suggest::did_you_mean;

use super::check::Lang;
use crate::failure::{Exit, Failure};
use crate::output::Console;

/// List the rules that files are checked by, or explain one.
#[derive(Args, Debug)]
pub(crate) struct RulesArgs {
    /// Code of the rule to explain, such as `BSN01`
    code: Option<String>,
    /// What to print
    #[arg(long, value_name = "FORMAT", default_value = "text")]
    format: RulesFormat,
    /// Language
    #[arg(long, value_name = "LANG", default_value = "nl")]
    lang: Lang,
}

#[derive(Copy, Clone, Debug, ValueEnum)]
enum RulesFormat {
    Text,
    Md,
}

pub(crate) fn run(args: &RulesArgs, console: &Console) -> Result<Exit, Failure> {
    let language = Language::from(args.lang);
    let book = RuleBook::shipped();
    let known: Vec<&str> = book.rules().iter().map(|rule| rule.code.as_str()).collect();
    let shown: Vec<&Rule> = match &args.code {
        None => book.rules().iter().collect(),
        Some(code) => vec![book.find(code).ok_or_else(|| {
            Failure::usage(format!(
                "there is no rule `{code}`{}",
                did_you_mean(code, &known)
            ))
        })?],
    };
    let mut text = String::new();
    if matches!(args.format, RulesFormat::Md) {
        let _ = writeln!(text, "| code | | | |\n|---|---|---|---|");
    }
    for rule in shown {
        let severity = rule.severity.name(language);
        let title = rule.title(language);
        let _ = match (args.format, args.code.is_some()) {
            (RulesFormat::Md, _) => writeln!(
                text,
                "| {} | {severity} | {title} | {} |",
                rule.code,
                words(rule.fix(language))
            ),
            (RulesFormat::Text, false) => writeln!(text, "{:<7} {severity:<13} {title}", rule.code),
            (RulesFormat::Text, true) => writeln!(
                text,
                "{}  {severity}\n{title}\n\n{}\n→ {}",
                rule.code,
                words(rule.message(language)),
                words(rule.fix(language))
            ),
        };
    }
    console.data(&text)?;
    Ok(Exit::Clean)
}

/// A text of the rule book, with an ellipsis where a finding has its detail.
fn words(text: &str) -> String {
    text.replace("{}", "…")
}

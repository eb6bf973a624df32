//! `ethos rules` and `ethos explain`: the rules that files are checked by, and what is wrong
//! with rules.

use std::fmt::Write;
use std::path::PathBuf;

use clap::builder::{PathBufValueParser, TypedValueParser};
use clap::{Args, Subcommand, ValueEnum};
use ethos_ingest::RuleBook;
use ethos_ingest::rules::print;
use ethos_model::category::Language;
use ethos_model::finding::Text;
use ethos_model::suggest::did_you_mean_text;

use super::check::{Lang, layout_dir, rule_book, rules_failure};
use crate::failure::{Exit, Failure};
use crate::output::Console;

/// List the rules that files are checked by, or print the whole rule book.
///
/// Rules are TOML files. To change one or add your own, put a file in a folder and name the folder
/// with --rules, here and with `ethos check`; `ethos rules lint` looks it over.
#[derive(Args, Debug)]
#[command(args_conflicts_with_subcommands = true)]
pub(crate) struct RulesArgs {
    #[command(subcommand)]
    about: Option<About>,
    #[command(flatten)]
    book: BookArgs,
    /// Code of a rule to explain, such as `BSN01`, in place of all
    code: Option<String>,
    /// What to print: a list of rules, or the rule book
    #[arg(long, value_name = "FORMAT", default_value = "text")]
    format: RulesFormat,
}

/// Explain one rule: what it says, why, how to mend it, and its examples.
#[derive(Args, Debug)]
pub(crate) struct ExplainArgs {
    /// Code of the rule, such as `BSN01`
    code: String,
    #[command(flatten)]
    book: BookArgs,
}

#[derive(Subcommand, Debug)]
enum About {
    /// Find contradicting, unreachable and untested rules, and try every example
    Lint(LintArgs),
    /// List what the reader itself sees in a file, for `observes` of a rule
    Observations(BookArgs),
    /// List the fields, facts, measures and functions that `find` of a rule may name
    Fields(BookArgs),
}

#[derive(Args, Debug)]
struct LintArgs {
    #[command(flatten)]
    book: BookArgs,
    /// What to print
    #[arg(long, value_name = "FORMAT", default_value = "text")]
    format: LintFormat,
}

#[derive(Args, Debug)]
struct BookArgs {
    /// Folder with rules of your own, added to the shipped ones or in their place
    #[arg(long, value_name = "DIR")]
    rules: Option<PathBuf>,
    /// Folder that holds your folder `layouts`, whose fields your rules may name
    #[arg(long, value_name = "DIR", value_parser = PathBufValueParser::new().try_map(layout_dir))]
    layout_dir: Option<PathBuf>,
    /// Language
    #[arg(long, value_name = "LANG", default_value = "nl")]
    lang: Lang,
}

impl BookArgs {
    fn read(&self) -> Result<RuleBook, Failure> {
        let layouts = self.layout_dir.as_deref();
        if self.rules.is_some() || layouts.is_none() {
            return rule_book(self.rules.as_deref(), layouts);
        }
        RuleBook::with_layouts(layouts).map_err(|error| rules_failure(&error))
    }
}

impl RulesArgs {
    pub(crate) fn language(&self) -> Language {
        let book = match &self.about {
            Some(About::Lint(lint)) => &lint.book,
            Some(About::Observations(book) | About::Fields(book)) => book,
            None => &self.book,
        };
        book.lang.into()
    }
}

impl ExplainArgs {
    pub(crate) fn language(&self) -> Language {
        self.book.lang.into()
    }
}

#[derive(Copy, Clone, Debug, ValueEnum)]
enum RulesFormat {
    Text,
    Md,
    Html,
    Csv,
    Json,
}

#[derive(Copy, Clone, Debug, ValueEnum)]
enum LintFormat {
    Text,
    Json,
}

pub(crate) fn run(args: &RulesArgs, console: &Console) -> Result<Exit, Failure> {
    let language = console.language();
    match &args.about {
        Some(About::Lint(lint)) => return run_lint(lint, console),
        Some(About::Observations(book)) => {
            console.data(&print::observations(&book.read()?, language))?;
            return Ok(Exit::Clean);
        }
        Some(About::Fields(book)) => {
            console.data(&print::language(&book.read()?, language))?;
            return Ok(Exit::Clean);
        }
        None => {}
    }
    if args.code.is_some() && !matches!(args.format, RulesFormat::Text) {
        return Err(Failure::usage(Text::new(
            "--format is voor het hele regelboek; een regel wordt als tekst getoond",
            "--format is for the whole rule book; one rule is shown as text",
        ))
        .with_help(Text::new(
            "laat de code weg, of laat --format weg",
            "leave the code out, or --format",
        )));
    }
    let book = args.book.read()?;
    let text = match (&args.code, args.format) {
        (Some(code), _) => explained(&book, code, language)?,
        (None, RulesFormat::Text) => listed(&book, language),
        (None, RulesFormat::Md) => print::markdown(&book, language),
        (None, RulesFormat::Html) => print::html(&book, language),
        (None, RulesFormat::Csv) => print::csv(&book),
        (None, RulesFormat::Json) => print::json(&book).map_err(|error| {
            Failure::internal(format!("the rules cannot be written as JSON: {error}"))
        })?,
    };
    console.data(&text)?;
    Ok(Exit::Clean)
}

pub(crate) fn explain(args: &ExplainArgs, console: &Console) -> Result<Exit, Failure> {
    let book = args.book.read()?;
    console.data(&explained(&book, &args.code, console.language())?)?;
    Ok(Exit::Clean)
}

fn explained(book: &RuleBook, code: &str, language: Language) -> Result<String, Failure> {
    let rule = book.find(code).ok_or_else(|| {
        let known: Vec<&str> = book.rules().iter().map(|rule| rule.code.as_str()).collect();
        let hint = did_you_mean_text(code, &known);
        Failure::usage(Text::new(
            format!("er is geen regel `{code}`{}", hint.nl),
            format!("there is no rule `{code}`{}", hint.en),
        ))
    })?;
    Ok(print::one(rule, language))
}

fn listed(book: &RuleBook, language: Language) -> String {
    let mut text = String::new();
    for rule in book.rules() {
        let _ = writeln!(
            text,
            "{:<7} {:<13} {:<24} {}",
            rule.code,
            rule.severity.name(language),
            rule.scope.name(language),
            rule.title(language)
        );
    }
    text
}

fn run_lint(args: &LintArgs, console: &Console) -> Result<Exit, Failure> {
    let (book, language) = (args.book.read()?, console.language());
    let lints = book
        .lint(args.book.layout_dir.as_deref())
        .map_err(Failure::usage)?;
    match args.format {
        LintFormat::Json => {
            let json = serde_json::to_string_pretty(&lints).map_err(|error| {
                Failure::internal(format!("the lint cannot be written as JSON: {error}"))
            })?;
            console.data(&(json + "\n"))?;
        }
        LintFormat::Text => {
            let mut text = String::new();
            for lint in &lints {
                let code = lint
                    .rule
                    .map_or_else(|| "-".to_owned(), |code| code.to_string());
                let _ = writeln!(
                    text,
                    "{code:<7} {:<20} {}",
                    lint.kind.name(language),
                    lint.text.in_language(language)
                );
            }
            let (rules, found) = (book.rules().len(), lints.len());
            let _ = writeln!(
                text,
                "{rules} {}, {found} {}",
                language.pick("regels", "rules"),
                language.pick("opmerkingen", "remarks")
            );
            console.data(&text)?;
        }
    }
    Ok(if lints.is_empty() {
        Exit::Clean
    } else {
        Exit::Findings
    })
}

//! `ethos check`: what is wrong in a sender's file, in which cell, and how to mend it.

use std::io::Write;
use std::path::{Path, PathBuf};

use clap::{Args, ValueEnum};
use ethos_feedback::machine::{MachineFormat, write_machine};
use ethos_feedback::page::page;
use ethos_feedback::receipt::Receipt;
use ethos_feedback::terminal::{TextOptions, text};
use ethos_ingest::{CheckOptions, CheckReport, RuleBook, check_files};
use ethos_model::category::Language;
use ethos_table::atomic::write_atomic;

use super::run::FailOn;
use crate::failure::{Exit, Failure};
use crate::output::Console;
use crate::pipeline::steps::{ingest_failure, reading};

/// Check senders' files before they are sent or counted.
///
/// Needs no study and no key; nothing leaves this computer. Values are masked but for their last two
/// characters. A million rows take about a second.
#[derive(Args, Debug)]
pub(crate) struct CheckArgs {
    /// Files, or folders with files
    #[arg(required = true, value_name = "FILE|DIR")]
    paths: Vec<PathBuf>,
    #[command(flatten)]
    how: HowArgs,
    /// Language of the findings
    #[arg(long, value_name = "LANG", default_value = "nl")]
    lang: Lang,
    /// What to print
    #[arg(long, value_name = "FORMAT", default_value = "text")]
    format: CheckFormat,
    /// End with 1 when a finding is at least this grave
    #[arg(long, value_name = "SEVERITY", default_value = "error")]
    fail_on: FailOn,
    /// Cells of each cause shown per file in the text (all findings in the other formats)
    #[arg(long, value_name = "N", default_value_t = 3)]
    show: usize,
    /// Also write a page to read in a browser, without a network
    #[arg(long, value_name = "FILE")]
    html: Option<PathBuf>,
    /// Also write a receipt: proof of this check without personal data, to send along
    #[arg(long, value_name = "FILE")]
    receipt: Option<PathBuf>,
}

/// How files are read and by which rules they are checked.
#[derive(Args, Debug)]
pub(crate) struct HowArgs {
    /// Layout of the files [default: told from each file's header]
    #[arg(long, value_name = "LAYOUT")]
    layout: Option<String>,
    /// Folder with layouts and mappings of your own
    #[arg(long, value_name = "DIR")]
    layout_dir: Option<PathBuf>,
    /// Folder with rules of your own, added to the shipped ones or in their place
    #[arg(long, value_name = "DIR")]
    rules: Option<PathBuf>,
}

/// Language of what is printed.
#[derive(Copy, Clone, Debug, PartialEq, Eq, ValueEnum)]
pub(crate) enum Lang {
    Nl,
    En,
}

impl From<Lang> for Language {
    fn from(lang: Lang) -> Self {
        match lang {
            Lang::Nl => Self::Nl,
            Lang::En => Self::En,
        }
    }
}

#[derive(Copy, Clone, Debug, ValueEnum)]
enum CheckFormat {
    /// A verdict and what caused it
    Text,
    /// `ethos-check/1`
    Json,
    /// One row per finding
    Csv,
    /// SARIF 2.1.0, for editors and build servers
    Sarif,
    /// Validation report of the European Statistical System
    Ess,
}

pub(crate) fn run(args: &CheckArgs, console: &Console) -> Result<Exit, Failure> {
    let machine = match args.format {
        CheckFormat::Text => None,
        CheckFormat::Json => Some(MachineFormat::Json),
        CheckFormat::Csv => Some(MachineFormat::Csv),
        CheckFormat::Sarif => Some(MachineFormat::Sarif),
        CheckFormat::Ess => Some(MachineFormat::Ess),
    };
    let (report, book) = checked(&args.paths, &args.how, machine.is_some(), console)?;
    match machine {
        None => {
            let options = TextOptions {
                language: args.lang.into(),
                cells: args.show,
                colour: console.colours_data(),
            };
            console.data(&text(&report, &book, options))?;
        }
        Some(format) => {
            console.write_data(|out| write_machine(&report, &book, format, out))?;
        }
    }
    if let Some(path) = &args.html {
        let html = page(&report, &book, args.lang.into())
            .map_err(|error| Failure::internal(error.to_string()))?;
        write_file(path, &html)?;
        console.say(format!("page: {}", path.display()));
    }
    if let Some(path) = &args.receipt {
        let receipt =
            serde_json::to_string_pretty(&Receipt::of(&report, &book)).map_err(|error| {
                Failure::internal(format!("the receipt cannot be written: {error}"))
            })?;
        write_file(path, &(receipt + "\n"))?;
        console.say(format!("receipt: {}", path.display()));
    }
    Ok(if args.fail_on.fails(report.worst()) {
        Exit::Findings
    } else {
        Exit::Clean
    })
}

/// Checks files; `all` keeps every finding in detail.
pub(super) fn checked(
    paths: &[PathBuf],
    how: &HowArgs,
    all: bool,
    console: &Console,
) -> Result<(CheckReport, RuleBook), Failure> {
    let book = rule_book(how.rules.as_deref())?;
    let defaults = CheckOptions::default();
    let options = CheckOptions {
        layout: how.layout.as_deref(),
        study_dir: how.layout_dir.as_deref(),
        rules: Some(&book),
        findings_per_rule: if all {
            usize::MAX
        } else {
            defaults.findings_per_rule
        },
        ..defaults
    };
    let report = check_files(paths, &options, &reading(console, "check"))
        .map_err(|error| ingest_failure(&error))?;
    if report.files.is_empty() {
        let paths: Vec<String> = paths
            .iter()
            .map(|path| path.display().to_string())
            .collect();
        return Err(
            Failure::input(format!("there is no file in {}", paths.join(", ")))
                .with_help("name a file, or a folder that holds the senders' files"),
        );
    }
    Ok((report, book))
}

fn write_file(path: &Path, text: &str) -> Result<(), Failure> {
    write_atomic(path, |file| file.write_all(text.as_bytes()))
        .map_err(|error| Failure::input(format!("cannot write {}: {error}", path.display())))
}

/// The shipped rules, with those of a folder.
pub(super) fn rule_book(folder: Option<&Path>) -> Result<RuleBook, Failure> {
    let Some(folder) = folder else {
        return Ok(RuleBook::shipped().clone());
    };
    RuleBook::with_folder(folder).map_err(|error| {
        if error.unreadable {
            Failure::input(error.to_string())
        } else {
            Failure::usage(error.to_string()).with_help("`ethos rules` lists the rules there are")
        }
    })
}

//! `ethos check`: what is wrong in a sender's file, in which cell, and how to mend it.

use std::collections::BTreeMap;
use std::fmt::Write;
use std::path::{Path, PathBuf};

use clap::{Args, ValueEnum};
use ethos_ingest::{CheckOptions, CheckReport, FileReport, RuleBook, Verdict, check_files};
use ethos_model::category::Language;
use ethos_model::finding::{Finding, RuleCode, Severity, Suggestion};
use serde::Serialize;

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
    /// Layout of the files [default: told from each file's header]
    #[arg(long, value_name = "LAYOUT")]
    layout: Option<String>,
    /// Folder with layouts and mappings of your own
    #[arg(long, value_name = "DIR")]
    layout_dir: Option<PathBuf>,
    /// Folder with rules of your own, added to the shipped ones or in their place
    #[arg(long, value_name = "DIR")]
    rules: Option<PathBuf>,
    /// Language of the findings
    #[arg(long, value_name = "LANG", default_value = "nl")]
    lang: Lang,
    /// What to print
    #[arg(long, value_name = "FORMAT", default_value = "text")]
    format: CheckFormat,
    /// End with 1 when a finding is at least this grave
    #[arg(long, value_name = "SEVERITY", default_value = "error")]
    fail_on: FailOn,
    /// Findings of each rule shown per file in the text (all of them in the other formats)
    #[arg(long, value_name = "N", default_value_t = 3)]
    show: usize,
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
    Text,
    Json,
    Csv,
}

pub(crate) fn run(args: &CheckArgs, console: &Console) -> Result<Exit, Failure> {
    let book = rule_book(args.rules.as_deref())?;
    let defaults = CheckOptions::default();
    let all = !matches!(args.format, CheckFormat::Text);
    let options = CheckOptions {
        layout: args.layout.as_deref(),
        study_dir: args.layout_dir.as_deref(),
        rules: Some(&book),
        findings_per_rule: if all {
            usize::MAX
        } else {
            defaults.findings_per_rule
        },
        ..defaults
    };
    let report = check_files(&args.paths, &options, &reading(console, "check"))
        .map_err(|error| ingest_failure(&error))?;
    if report.files.is_empty() {
        let paths: Vec<String> = args
            .paths
            .iter()
            .map(|path| path.display().to_string())
            .collect();
        return Err(
            Failure::input(format!("there is no file in {}", paths.join(", ")))
                .with_help("name a file, or a folder that holds the senders' files"),
        );
    }
    let language = Language::from(args.lang);
    let text = match args.format {
        CheckFormat::Text => render(&report, &book, language, args.show),
        CheckFormat::Json => json(&report)?,
        CheckFormat::Csv => csv(&report)?,
    };
    console.data(&text)?;
    Ok(if args.fail_on.fails(report.worst()) {
        Exit::Findings
    } else {
        Exit::Clean
    })
}

/// The shipped rules, or those with a folder of the user's.
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

/// The verdict on every file, its findings by rule with the cells they are in.
fn render(report: &CheckReport, book: &RuleBook, language: Language, show: usize) -> String {
    let mut text = String::new();
    for file in &report.files {
        let _ = writeln!(text, "{}", file.file);
        let layout = file
            .layout
            .as_deref()
            .unwrap_or(language.pick("onbekend", "unknown"));
        let delimiter = match file.delimiter {
            Some('\t') => "tab".to_owned(),
            Some(delimiter) => format!("`{delimiter}`"),
            None => "–".into(),
        };
        let _ = writeln!(
            text,
            "  {} {layout} · {} · {} {delimiter}",
            language.pick("indeling", "layout"),
            file.encoding,
            language.pick("scheidingsteken", "delimiter"),
        );
        let tally = &file.tally;
        let _ = writeln!(
            text,
            "  {} {} · {} {} · {} {} · {} {} · {} {} · {} {}",
            tally.rows(),
            language.pick("regels", "rows"),
            tally.accepted,
            language.pick("goed", "accepted"),
            tally.rejected,
            language.pick("afgekeurd", "rejected"),
            tally.out_of_scope,
            language.pick("buiten de telling", "out of scope"),
            tally.duplicate + tally.superseded,
            language.pick("dubbel of vervangen", "duplicate or replaced"),
            tally.set_aside,
            language.pick("onleesbaar", "unreadable"),
        );
        let mut by_rule: BTreeMap<RuleCode, Vec<&Finding>> = BTreeMap::new();
        for finding in &file.findings {
            by_rule.entry(finding.code).or_default().push(finding);
        }
        let mut rules: Vec<_> = file
            .counts
            .iter()
            .filter_map(|(code, count)| Some((book.find(code.as_str())?, *count)))
            .collect();
        rules.sort_by_key(|(rule, _)| (std::cmp::Reverse(rule.severity), rule.code));
        for (rule, count) in rules {
            let _ = writeln!(
                text,
                "\n  {} {}  {}  ({count}×)",
                rule.severity.name(language).to_uppercase(),
                rule.code,
                rule.title(language),
            );
            let cells = by_rule.get(&rule.code).map_or(&[][..], Vec::as_slice);
            for finding in &cells[..show.min(cells.len())] {
                let _ = writeln!(
                    text,
                    "    {}{}",
                    place(finding, language),
                    finding.message.in_language(language)
                );
            }
            if let Some(first) = cells.first() {
                if count as usize > show {
                    let _ = writeln!(
                        text,
                        "    {} {}",
                        count as usize - show.min(cells.len()),
                        language.pick(
                            "andere; --format csv toont ze allemaal",
                            "others; --format csv lists them all"
                        ),
                    );
                }
                let _ = writeln!(text, "    → {}", first.fix.in_language(language));
            }
        }
        let _ = writeln!(text, "\n  {}\n", verdict(file, language));
    }
    if report.files.len() > 1 {
        let of = |verdict: Verdict| {
            report
                .files
                .iter()
                .filter(move |file| file.verdict == verdict)
        };
        let _ = writeln!(
            text,
            "{} {}: {} {} · {} {} · {} {} · {} {}",
            report.files.len(),
            language.pick("bestanden", "files"),
            of(Verdict::Clean).count(),
            language.pick("in orde", "in order"),
            of(Verdict::Usable).count(),
            language.pick("te gebruiken", "usable"),
            of(Verdict::Mend).count(),
            language.pick("te herstellen", "to mend"),
            of(Verdict::Unusable).count(),
            language.pick("niet te gebruiken", "unusable"),
        );
        for file in of(Verdict::Unusable) {
            let _ = writeln!(text, "  {}", file.file);
        }
    }
    text
}

fn place(finding: &Finding, language: Language) -> String {
    let value = if finding.value.as_str().is_empty() {
        String::new()
    } else {
        format!(" `{}`", finding.value)
    };
    match (finding.address(), finding.row) {
        (Some(address), _) => format!("{address}{value}: "),
        (None, Some(row)) => format!("{} {row}{value}: ", language.pick("regel", "row")),
        (None, None) if value.is_empty() => String::new(),
        (None, None) => format!("{}: ", value.trim_start()),
    }
}

fn verdict(file: &FileReport, language: Language) -> &'static str {
    match file.verdict {
        Verdict::Clean => language.pick("Dit bestand is in orde.", "This file is in order."),
        Verdict::Usable => language.pick(
            "Dit bestand is te gebruiken; kijk de waarschuwingen na.",
            "This file can be used; look at the warnings.",
        ),
        Verdict::Mend => language.pick(
            "Herstel de fouten: die regels of cellen tellen anders niet mee.",
            "Mend the errors: their rows or cells do not count otherwise.",
        ),
        Verdict::Unusable => language.pick(
            "Dit bestand is zo niet te gebruiken; begin met de blokkerende bevindingen.",
            "This file cannot be used as it is; start with the blocking findings.",
        ),
    }
}

/// The machine's view: `ethos-check/1`.
#[derive(Serialize)]
struct JsonReport<'a> {
    schema: &'static str,
    worst: Option<Severity>,
    files: Vec<JsonFile<'a>>,
}

#[derive(Serialize)]
struct JsonFile<'a> {
    file: &'a str,
    sha256: &'a str,
    layout: Option<&'a str>,
    confidence: Option<f64>,
    encoding: &'static str,
    delimiter: Option<char>,
    verdict: &'static str,
    rows: BTreeMap<&'static str, u64>,
    findings: &'a [Finding],
}

fn json(report: &CheckReport) -> Result<String, Failure> {
    let files = report.files.iter().map(|file| JsonFile {
        file: &file.file,
        sha256: &file.sha256,
        layout: file.layout.as_deref(),
        confidence: file.confidence,
        encoding: file.encoding,
        delimiter: file.delimiter,
        verdict: match file.verdict {
            Verdict::Clean => "clean",
            Verdict::Usable => "usable",
            Verdict::Mend => "mend",
            Verdict::Unusable => "unusable",
        },
        rows: BTreeMap::from([
            ("read", file.tally.rows()),
            ("accepted", file.tally.accepted),
            ("rejected", file.tally.rejected),
            ("out_of_scope", file.tally.out_of_scope),
            ("duplicate", file.tally.duplicate),
            ("superseded", file.tally.superseded),
            ("set_aside", file.tally.set_aside),
        ]),
        findings: &file.findings,
    });
    let whole = JsonReport {
        schema: "ethos-check/1",
        worst: report.worst(),
        files: files.collect(),
    };
    serde_json::to_string_pretty(&whole)
        .map(|text| text + "\n")
        .map_err(|error| {
            Failure::internal(format!("the findings cannot be written as JSON: {error}"))
        })
}

/// The columns of `ethos-findings/1`.
fn csv(report: &CheckReport) -> Result<String, Failure> {
    let failed = |error: &dyn std::fmt::Display| {
        Failure::internal(format!("the findings cannot be written as CSV: {error}"))
    };
    let mut writer = csv::Writer::from_writer(Vec::new());
    let header = ethos_model::schema::findings().columns;
    writer
        .write_record(header.iter().map(|column| &column.name))
        .map_err(|error| failed(&error))?;
    for finding in report.findings() {
        writer
            .write_record([
                finding.file.as_str(),
                finding.sheet.as_deref().unwrap_or_default(),
                &finding.row.map_or_else(String::new, |row| row.to_string()),
                finding.column.as_deref().unwrap_or_default(),
                &finding.address().unwrap_or_default(),
                finding.severity.key(),
                finding.code.as_str(),
                finding.value.as_str(),
                &finding.message.nl,
                &finding.message.en,
                &finding.fix.nl,
                &finding.fix.en,
                (finding.suggestion.as_ref())
                    .map(Suggestion::shown)
                    .unwrap_or_default()
                    .as_str(),
                &finding.fingerprint.to_string(),
            ])
            .map_err(|error| failed(&error))?;
    }
    let bytes = writer.into_inner().map_err(|error| failed(&error))?;
    String::from_utf8(bytes).map_err(|error| failed(&error))
}

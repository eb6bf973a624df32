//! `ethos run`: a whole study, extracts to tables.

use std::path::{Path, PathBuf};

use clap::{Args, ValueEnum};
use ethos_model::category::Language;
use ethos_model::cube::Family;
use ethos_model::finding::{Severity, Text};
use ethos_publish::tables::{PrintTable, RowKind, text};

use crate::cli::Global;
use crate::failure::{Exit, Failure};
use crate::output::Console;
use crate::pipeline::load::LoadedStudy;
use crate::pipeline::run::{RunOptions, RunOutcome, run as run_study};

/// Run a study: read, check, pseudonymise, link, count, estimate, protect, publish.
///
/// The output folder is replaced as a whole at the end; a run that fails or is interrupted leaves
/// it as it was. Where the release is refused, the folder gets `internal/`, with the audit in it, and
/// no `release/`: `ethos publish` goes on from there. Time and memory grow with the number of
/// spells; an estimate adds seconds.
#[derive(Args, Debug)]
pub(crate) struct RunArgs {
    /// The study file, or the folder with `study.toml`
    study: PathBuf,
    /// Output folder
    #[arg(long, value_name = "DIR", default_value = "out")]
    out: PathBuf,
    /// End with 1 when a finding is at least this grave
    #[arg(long, value_name = "SEVERITY", default_value = "blocking")]
    fail_on: FailOn,
    /// Also write persons, one row each, under `internal/`
    #[arg(long)]
    person_level: bool,
}

/// The gravity from which findings decide the exit code.
#[derive(Copy, Clone, Debug, PartialEq, Eq, ValueEnum)]
pub(crate) enum FailOn {
    Note,
    Warning,
    Error,
    Blocking,
    Never,
}

impl FailOn {
    /// Whether a worst finding of this gravity fails.
    pub(crate) fn fails(self, worst: Option<Severity>) -> bool {
        let limit = match self {
            Self::Note => Severity::Note,
            Self::Warning => Severity::Warning,
            Self::Error => Severity::Error,
            Self::Blocking => Severity::Blocking,
            Self::Never => return false,
        };
        worst.is_some_and(|worst| worst >= limit)
    }
}

pub(crate) fn run(args: &RunArgs, global: &Global, console: &Console) -> Result<Exit, Failure> {
    let loaded = LoadedStudy::read(&args.study)?;
    let options = RunOptions {
        seed: global.seed,
        person_level: args.person_level,
    };
    let outcome = run_study(&loaded, &args.out, options, console)?;
    report(&outcome, loaded.study.publish.language, console);
    point_to(&args.out, loaded.study.publish.language, console);
    Ok(if !outcome.refused.is_empty() {
        Exit::Refused
    } else if args.fail_on.fails(outcome.worst) {
        Exit::Findings
    } else {
        Exit::Clean
    })
}

/// Prints what a run found, protected as it was published.
pub(crate) fn report(outcome: &RunOutcome, language: Language, console: &Console) {
    if let Some(alarm) = &outcome.summary.alarm {
        console.heading(alarm);
    }
    for (at, block) in outcome.summary.headlines.iter().enumerate() {
        // The latest date in full; of the earlier ones the date and the figure.
        if at == 0 {
            for line in block {
                console.paragraph(line);
            }
        } else if let [scope, figure, ..] = block.as_slice() {
            let date = scope.split(" · ").next().unwrap_or_default();
            console.paragraph(&format!("{date}: {figure}"));
        }
    }
    // The latest headline has told its own.
    let told = outcome
        .summary
        .headlines
        .first()
        .map_or(&[][..], Vec::as_slice);
    let is_told = |warning: &Text| {
        told.iter()
            .any(|line| line == warning.in_language(language))
    };
    for (date, warning) in outcome
        .warnings
        .iter()
        .filter(|(_, warning)| !is_told(warning))
    {
        console.paragraph(&format!("! {date}: {}", warning.in_language(language)));
    }
    if let Some(table) = &outcome.summary.table {
        if let Some(note) = &outcome.summary.table_note {
            console.paragraph(&format!("\n{note}"));
        }
        let table = compact(table);
        console.say(format!("\n{}", text::render(&table, language)));
        for mark in table.marks() {
            console.say(format!(
                "{} {}",
                mark.shorthand(language),
                mark.meaning(language)
            ));
        }
    }
    for (date, reason) in &outcome.refused {
        console.paragraph(&format!("! {date}: {}", reason.in_language(language)));
    }
    for finding in &outcome.blocking {
        console.paragraph(&format!(
            "! {} {}: {} {}",
            finding.file,
            finding.code,
            finding.message.in_language(language),
            finding.fix.in_language(language)
        ));
    }
    let reads = || {
        outcome
            .ledger
            .steps
            .iter()
            .filter(|step| step.step.starts_with("read "))
    };
    let rows: u64 = reads().map(|step| step.input).sum();
    let accepted: u64 = reads().map(|step| step.outcome("accepted")).sum();
    let of = |severity: Severity| -> u64 { outcome.findings.get(&severity).copied().unwrap_or(0) };
    let severities = [
        Severity::Blocking,
        Severity::Error,
        Severity::Warning,
        Severity::Note,
    ];
    let findings: Vec<String> = severities
        .into_iter()
        .filter(|severity| of(*severity) > 0)
        .map(|severity| format!("{} {}", of(severity), severity.name(language)))
        .collect();
    let findings = if findings.is_empty() {
        language.pick("geen", "none").to_owned()
    } else {
        findings.join(", ")
    };
    console.say(match language {
        Language::Nl => format!(
            "{rows} regels gelezen, {accepted} gebruikt, elke andere verantwoord. Bevindingen: {findings} (internal/findings.csv)."
        ),
        Language::En => format!(
            "{rows} rows read, {accepted} used, every other one accounted for. Findings: {findings} (internal/findings.csv)."
        ),
    });
}

/// The columns of a table that a terminal has room for: what a row is, people, children.
fn compact(table: &PrintTable) -> PrintTable {
    let text = table.text_columns();
    if table.family != Family::NationalCategory || text < 2 {
        return table.clone();
    }
    // People, and the children among and beside them, which stand last.
    let last = table.columns.len();
    let keep: Vec<usize> = (text - 1..=text)
        .chain((text + 1).max(last - 2)..last)
        .collect();
    let rows = table.rows.iter().map(|row| {
        let mut row = row.clone();
        if row.kind == RowKind::Total {
            row.cells[text - 1] = row.cells[text - 2].clone();
        }
        row.cells = keep.iter().map(|at| row.cells[*at].clone()).collect();
        row
    });
    PrintTable {
        family: table.family,
        title: table.title.clone(),
        about: table.about.clone(),
        rows: rows.collect(),
        columns: keep.iter().map(|at| table.columns[*at].clone()).collect(),
    }
}

/// Says where to look.
pub(crate) fn point_to(out: &Path, language: Language, console: &Console) {
    let line = |label: &str, folder: &str| {
        console.say(format!("{label:<18}{}", out.join(folder).display()));
    };
    line(language.pick("Publiceren:", "To publish:"), "release");
    line(
        language.pick("Niet publiceren:", "Not to publish:"),
        "internal",
    );
}

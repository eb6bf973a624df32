//! `ethos protect`: disclosure control of any table.

use std::path::PathBuf;

use clap::{Args, ValueEnum};
use ethos_disclosure::{KeyedTables, NoiseTable, Plain, Quality, Request};
use ethos_ingest::SeriesKey;

use super::targets::Targets;
use crate::cli::Global;
use crate::failure::{Exit, Failure};
use crate::output::Console;
use crate::pipeline::internal::{write_json, write_text};
use crate::pipeline::plain_tables::{FileArgs, PlainFile, RuleArgs, TableMethod, column, failed};

/// Protect the counts of any file: suppression, controlled rounding or cell-key noise, audited.
///
/// FILE has columns of codes and a column of counts, or one row a person. Tables made of it are
/// protected as one, together with what is out already, and nothing is written when an attacker
/// could work out a small count (exit code 5).
#[derive(Args, Debug)]
#[command(after_help = "Examples:
  ethos protect counts.csv --count persons --table place,category --table place,sex \\
      --hierarchy place=regions.csv --method controlled-rounding --out safe.csv
  ethos protect counts.csv --count persons --method suppression --audit audit.json --out safe.csv
  ethos protect persons.csv --by place,category --record id --key-file telling.key \\
      --method cell-key --out asked.csv")]
pub(crate) struct ProtectArgs {
    /// CSV, Parquet or Arrow
    file: PathBuf,
    /// Method
    #[arg(long, value_name = "METHOD", default_value = "controlled-rounding")]
    method: ProtectMethod,
    #[command(flatten)]
    input: FileArgs,
    #[command(flatten)]
    rule: RuleArgs,
    /// Cell-key: column that names the person of a row
    #[arg(long, value_name = "COL")]
    record: Option<String>,
    /// Cell-key: key file of the series; the same key gives the same noise
    #[arg(long, value_name = "FILE")]
    key_file: Option<PathBuf>,
    /// Cell-key: table of probabilities, columns count,noise,probability [default: noise of at
    /// most 5 with variance 3, no published number of 1 or 2]
    #[arg(long, value_name = "FILE")]
    p_table: Option<PathBuf>,
    /// File for the audit, as JSON; it holds counts and is not for readers
    #[arg(long, value_name = "FILE")]
    audit: Option<PathBuf>,
    /// Protected table [default: standard output]
    #[arg(long, value_name = "FILE")]
    out: Option<PathBuf>,
    /// Replace what --out or --audit wrote before
    #[arg(long)]
    overwrite: bool,
}

#[derive(Copy, Clone, PartialEq, Eq, Debug, ValueEnum)]
enum ProtectMethod {
    /// Small counts and the cheapest others withheld, the rest exact
    Suppression,
    /// The same, and the rest rounded to the nearest multiple of the base
    Threshold,
    /// Every count a multiple of the base so that all tables add up, nothing withheld
    ControlledRounding,
    /// Noise that is the same wherever the same persons are counted; tables do not add up
    CellKey,
}

pub(crate) fn run(args: &ProtectArgs, global: &Global, console: &Console) -> Result<Exit, Failure> {
    let mut targets = Targets::default();
    let read = [&args.key_file, &args.p_table];
    let read = read.into_iter().flatten().chain([&args.file]);
    let beside = args.input.files().chain(args.rule.files());
    for path in read.map(PathBuf::as_path).chain(beside) {
        targets.reads(path);
    }
    for target in args.out.iter().chain(&args.audit) {
        targets.take(target)?;
        Targets::is_free(target, args.overwrite)?;
    }
    let file = args.input.read(&args.file, args.record.as_deref())?;
    let method = match args.method {
        ProtectMethod::Suppression => TableMethod::Suppression,
        ProtectMethod::Threshold => TableMethod::Threshold,
        ProtectMethod::ControlledRounding => TableMethod::ControlledRounding,
        ProtectMethod::CellKey => return cell_key(args, file, console),
    };
    for (given, option) in [
        (args.record.is_some(), "--record"),
        (args.key_file.is_some(), "--key-file"),
        (args.p_table.is_some(), "--p-table"),
    ] {
        if given {
            return Err(Failure::usage(format!(
                "{option} is of `--method cell-key`"
            )));
        }
    }
    let rule = args.rule.rule(method)?;
    let sensitive = args.rule.sensitive(&file.layout, method)?;
    let earlier = args.rule.earlier(method)?;
    let plain =
        Plain::new(file.layout, &file.rows, &sensitive, &rule).map_err(|error| failed(&error))?;
    let request = Request {
        method: method.into(),
        base: args.rule.base(),
        rule,
        seed: global.seed.unwrap_or(1),
    };
    let outcome = plain
        .protect(&request, &earlier)
        .map_err(|error| failed(&error))?;
    if let Some(path) = &args.audit {
        write_json(path, &outcome)?;
    }
    for cell in &outcome.revised {
        console.say(format!("published before, revised since: {cell}"));
    }
    if !outcome.passed() {
        return Err(refused(&outcome));
    }
    let utility = &outcome.utility;
    let quality = match outcome.quality {
        Quality::Optimal => "proven the best there is".to_owned(),
        Quality::Gap { gap } => format!("at most {:.1} % from the best there is", 100.0 * gap),
    };
    console.say(format!(
        "{} cells, {} sums; {} protected counts, none can be worked out",
        outcome.cells,
        outcome.sums,
        outcome.audit.findings.len()
    ));
    console.say(format!(
        "lost: {} withheld, {} unchanged, mean deviation {:.2}, largest of a total {}; {quality}",
        utility.withheld,
        utility.unchanged,
        utility.mean_deviation,
        utility.largest_margin_deviation
    ));
    say_beyond(&outcome, console);
    write(args, &plain.to_csv(&outcome.shown), console)
}

/// How many numbers lie further from their counts than a rounding takes them as a rule.
pub(super) fn say_beyond(outcome: &ethos_disclosure::Outcome, console: &Console) {
    if let Some(first) = outcome.beyond.first() {
        console.say(format!(
            "{} numbers lie a whole base or more from their counts, where nothing nearer adds up: {first}{}",
            outcome.beyond.len(),
            if outcome.beyond.len() > 1 { " and others" } else { "" }
        ));
    }
}

/// That the audit failed, with cells by their codes and without their counts.
pub(super) fn refused(outcome: &ethos_disclosure::Outcome) -> Failure {
    Failure::refused(format!(
        "the audit failed: {} of {} protected counts could be narrowed down, among them {}",
        outcome.audit.failures().count(),
        outcome.audit.findings.len(),
        outcome.failing(5).join("; ")
    ))
    .with_help("use a larger --base, controlled rounding, or fewer tables; --audit FILE says what can be worked out")
}

fn cell_key(args: &ProtectArgs, file: PlainFile, console: &Console) -> Result<Exit, Failure> {
    args.rule.no_noise()?;
    let (Some(record), Some(key_file)) = (&args.record, &args.key_file) else {
        return Err(Failure::usage("`--method cell-key` needs --record and --key-file")
            .with_help("--record names the column with the person's number, --key-file the key of the series, which `ethos init` makes"));
    };
    if args.audit.is_some() {
        return Err(Failure::usage(
            "`--method cell-key` has no --audit: what noise hides is what the table of probabilities says",
        ));
    }
    let key = SeriesKey::load(key_file).map_err(|error| Failure::input(error.to_string()))?;
    let noise = match &args.p_table {
        Some(path) => {
            let text =
                std::fs::read_to_string(path).map_err(|error| Failure::reading(path, &error))?;
            NoiseTable::from_csv(&text)
                .map_err(|error| Failure::usage(format!("{}: {error}", path.display())))?
        }
        None => NoiseTable::shipped(),
    };
    let ids = column(&file.table, &args.file, record)?;
    let mut records = Vec::with_capacity(file.rows.len());
    for (row, (codes, count)) in file.rows.iter().enumerate() {
        let place = || format!("{}, {}", args.file.display(), file.table.row_name(row));
        let Some(id) = ids.get(row) else {
            return Err(Failure::input(format!("{}: `{record}` is empty", place())));
        };
        if *count != 1 {
            return Err(Failure::input(format!(
                "{}: cell keys are of persons, one a row; leave out --count",
                place()
            )));
        }
        records.push((
            codes.clone(),
            key.fallback(&format!("record key\u{0}{id}")).leading(),
        ));
    }
    let tables = KeyedTables::new(file.layout, &records)
        .map_err(|error| Failure::input(error.to_string()))?;
    let ((largest, variance), (mean, off)) = (noise.extent(), tables.loss(&noise));
    console.say(format!(
        "{} cells with noise of at most {largest} and variance {variance:.2}; mean deviation {mean:.2}, largest {off}",
        tables.len()
    ));
    console.say("totals have noise of their own: parts need not add up to them");
    console.say(format!(
        "cells of nobody get no noise; they are left out, and with them {} that noise made 0, so that no reader can tell the two apart",
        tables.zeros(&noise)
    ));
    write(args, &tables.to_csv(&noise), console)
}

fn write(args: &ProtectArgs, text: &str, console: &Console) -> Result<Exit, Failure> {
    match &args.out {
        Some(path) => write_text(path, text)?,
        None => console.data(text)?,
    }
    Ok(Exit::Clean)
}

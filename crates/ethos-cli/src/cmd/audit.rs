//! `ethos audit`: what an attacker can work out of a protected table.

use std::path::PathBuf;

use clap::Args;
use ethos_disclosure::{Checked, Plain, Request};

use super::targets::Targets;
use crate::failure::{Exit, Failure};
use crate::output::Console;
use crate::pipeline::internal::write_json;
use crate::pipeline::plain_tables::{FileArgs, RuleArgs, TableMethod, failed, published};

/// Audit a protected table, made here or by other software: what can a reader work out?
///
/// Reads the true counts and the table as published (columns of codes and `value`, empty where it
/// is withheld). Of every small count it says whether a reader of the table, and of earlier ones,
/// could narrow it down, with a proof either way. Exit code 5 when one could.
#[derive(Args, Debug)]
#[command(after_help = "Examples:
  ethos audit safe.csv --counts counts.csv --count persons --method suppression
  ethos audit safe.csv --counts counts.csv --count persons --method controlled-rounding --base 5 \\
      --earlier last-year.csv --audit audit.json")]
pub(crate) struct AuditArgs {
    /// The table as published
    published: PathBuf,
    /// The true counts
    #[arg(long, value_name = "FILE")]
    counts: PathBuf,
    /// How the table was protected, as readers know
    #[arg(long, value_name = "METHOD")]
    method: TableMethod,
    #[command(flatten)]
    input: FileArgs,
    #[command(flatten)]
    rule: RuleArgs,
    /// File for the audit, as JSON; it holds counts and is not for readers
    #[arg(long, value_name = "FILE")]
    audit: Option<PathBuf>,
    /// Replace what --audit wrote before
    #[arg(long)]
    overwrite: bool,
}

pub(crate) fn run(args: &AuditArgs, console: &Console) -> Result<Exit, Failure> {
    if let Some(target) = &args.audit {
        let mut targets = Targets::default();
        let read = [args.published.as_path(), &args.counts];
        let beside = args.input.files().chain(args.rule.files());
        for path in read.into_iter().chain(beside) {
            targets.reads(path);
        }
        targets.take(target)?;
        Targets::is_free(target, args.overwrite)?;
    }
    let file = args.input.read(&args.counts, None)?;
    let rule = args.rule.rule(args.method)?;
    let sensitive = args.rule.sensitive(&file.layout, args.method)?;
    let earlier = args.rule.earlier(args.method)?;
    let table = published(
        &args.published,
        args.method,
        args.rule.base(),
        args.rule.threshold(),
    )?;
    let plain =
        Plain::new(file.layout, &file.rows, &sensitive, &rule).map_err(|error| failed(&error))?;
    let request = Request {
        method: args.method.into(),
        base: args.rule.base(),
        rule,
        seed: 1,
    };
    let Checked {
        outcome,
        read,
        wrong,
    } = plain
        .audit(&request, &table, &earlier)
        .map_err(|error| failed(&error.into()))?;
    if let Some(path) = &args.audit {
        write_json(path, &outcome)?;
    }
    for cell in &outcome.revised {
        console.say(format!("published before, revised since: {cell}"));
    }
    if let Some(first) = wrong.first() {
        return Err(Failure::refused(format!(
            "{} published numbers cannot stand for their counts under this method and base, the first of {first}",
            wrong.len()
        ))
        .with_help("name the method, base and threshold by which the table was made, and the counts it was made of"));
    }
    if !outcome.passed() {
        return Err(super::protect::refused(&outcome));
    }
    console.say(format!(
        "{read} of {} cells read, those that are not in it taken as withheld",
        outcome.cells
    ));
    console.say(format!(
        "{} cells, {} sums; {} protected counts, none can be worked out",
        outcome.cells,
        outcome.sums,
        outcome.audit.findings.len()
    ));
    super::protect::say_beyond(&outcome, console);
    Ok(Exit::Clean)
}

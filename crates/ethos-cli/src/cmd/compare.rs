//! `ethos compare`: why a figure changed between two runs, or two years of one.

use std::path::PathBuf;

use clap::{Args, ValueEnum};
use ethos_model::category::Language;
use ethos_model::date::Day;

use crate::failure::{Exit, Failure};
use crate::output::Console;
use crate::pipeline::compare::{Question, compare};
use crate::pipeline::compare_text;
use crate::pipeline::compared_run::ComparedRun;
use crate::pipeline::load::LoadedStudy;

/// Explain the change of the estimate between two runs, or two years of one run.
///
/// Data, scope, method and rounding stand apart and add up exactly: one thing is swapped at a time,
/// and each part is the mean over every order of swapping. Where the scope or the counting differs,
/// persons are counted again, for which both studies have to be given. Exits with 1 when final figures
/// contradict an earlier release. What it prints is for `internal/`.
#[derive(Args, Debug)]
pub(crate) struct CompareArgs {
    /// The earlier run: the folder `ethos run --out` wrote
    before: PathBuf,
    /// The later run; without it, two reference dates of the one run are compared
    after: Option<PathBuf>,
    /// Reference dates, separated by a comma [default: the latest of each run, or the last two of one]
    #[arg(long, value_name = "DATE,DATE", value_delimiter = ',', value_parser = day)]
    dates: Vec<Day>,
    /// The study of the earlier run, to count again in the scope and by the method of the later one
    #[arg(long, value_name = "STUDY")]
    study_before: Option<PathBuf>,
    /// The study of the later run, likewise
    #[arg(long, value_name = "STUDY")]
    study_after: Option<PathBuf>,
    /// Replicates behind the intervals of the parts; 0 for none
    #[arg(long, value_name = "N", default_value_t = 200)]
    replicates: u64,
    /// Compare although a break in the series lies between the dates
    #[arg(long)]
    across_break: bool,
    /// Language of the text [default: that of the later run]
    #[arg(long, value_name = "LANG")]
    lang: Option<Lang>,
    /// Form of what is printed
    #[arg(long, value_name = "FORMAT", default_value = "text")]
    format: Format,
}

#[derive(Copy, Clone, Debug, ValueEnum)]
enum Lang {
    Nl,
    En,
}

#[derive(Copy, Clone, Debug, ValueEnum)]
enum Format {
    Text,
    Json,
    Csv,
}

fn day(text: &str) -> Result<Day, String> {
    Day::parse(text).ok_or_else(|| format!("`{text}` is no day such as 2026-01-01"))
}

pub(crate) fn run(args: &CompareArgs, console: &Console) -> Result<Exit, Failure> {
    let before = ComparedRun::read(&args.before)?;
    let other = args
        .after
        .as_ref()
        .map(|path| ComparedRun::read(path))
        .transpose()?;
    let after = other.as_ref().unwrap_or(&before);
    let studies = [&args.study_before, &args.study_after].map(|path| {
        path.as_ref()
            .map(|path| LoadedStudy::read(path))
            .transpose()
    });
    let [study_before, study_after] = studies;
    let (study_before, study_after) = (study_before?, study_after?);
    let comparison = compare(
        &Question {
            runs: [&before, after],
            dates: dates(args, &before, after)?,
            studies: [study_before.as_ref(), study_after.as_ref()],
            replicates: args.replicates,
            across_break: args.across_break,
        },
        console,
    )?;
    let language = match args.lang {
        Some(Lang::Nl) => Language::Nl,
        Some(Lang::En) => Language::En,
        None => after.study.publish.language,
    };
    console.data(&match args.format {
        Format::Text => compare_text::render(&comparison, language),
        Format::Json => comparison
            .to_json()
            .map_err(|error| Failure::internal(error.to_string()))?,
        Format::Csv => comparison.to_csv(),
    })?;
    Ok(if comparison.contradictions.is_empty() {
        Exit::Clean
    } else {
        Exit::Findings
    })
}

/// The dates asked for, or the latest of each run, or the last two of one.
fn dates(
    args: &CompareArgs,
    before: &ComparedRun,
    after: &ComparedRun,
) -> Result<[Day; 2], Failure> {
    let sorted = |run: &ComparedRun| {
        let mut dates = run.study.study.reference_dates.clone();
        dates.sort_unstable();
        dates
    };
    let (mut old, mut new) = (sorted(before), sorted(after));
    match args.dates.as_slice() {
        [] => {}
        [first, last] => {
            for (date, known) in [(first, &old), (last, &new)] {
                if !known.contains(date) {
                    let known: Vec<String> = known.iter().map(ToString::to_string).collect();
                    return Err(
                        Failure::usage(format!("the run has no reference date {date}"))
                            .with_help(format!("it has {}", known.join(", "))),
                    );
                }
            }
            return Ok([*first, *last]);
        }
        _ => {
            return Err(Failure::usage(
                "--dates takes two dates, separated by a comma",
            ));
        }
    }
    let last = new.pop();
    if args.after.is_none() {
        old.pop();
    }
    match (old.pop(), last) {
        (Some(first), Some(last)) => Ok([first, last]),
        _ => Err(Failure::usage("the run has one reference date")
            .with_help("give a second run, or a study with several reference dates")),
    }
}

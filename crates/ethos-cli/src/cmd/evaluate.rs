//! `ethos evaluate`: a run against the known truth of a simulated country, or the estimator against many.

use std::path::{Path, PathBuf};

use clap::{Args, Subcommand, ValueEnum};
use comfy_table::{CellAlignment, ContentArrangement, Table, presets};
use ethos_simulate::Scores;

use super::evaluate_estimator::{self, EvaluateEstimatorArgs};
use crate::cli::Global;
use crate::failure::{Exit, Failure};
use crate::output::Console;

/// Score a run against the known truth of the simulated country it was made from: bias, coverage
/// of the intervals, rows lost from each list. Or, with `estimator`, score the estimator itself on
/// tables simulated from many truths.
#[derive(Args, Debug)]
#[command(
    args_conflicts_with_subcommands = true,
    override_usage = "ethos evaluate [OPTIONS] --truth <DIR> <RUN>\n       ethos evaluate <COMMAND>"
)]
pub(crate) struct EvaluateArgs {
    #[command(subcommand)]
    what: Option<What>,
    /// Output folder of the run
    run: Option<PathBuf>,
    /// The country's `truth` folder
    #[arg(long, value_name = "DIR")]
    truth: Option<PathBuf>,
    /// What to print
    #[arg(long, value_name = "FORMAT", default_value = "text")]
    format: EvaluateFormat,
}

#[derive(Subcommand, Debug)]
enum What {
    Estimator(EvaluateEstimatorArgs),
}

#[derive(Copy, Clone, Debug, ValueEnum)]
enum EvaluateFormat {
    Text,
    Json,
}

pub(crate) fn run(
    args: &EvaluateArgs,
    global: &Global,
    console: &Console,
) -> Result<Exit, Failure> {
    if let Some(What::Estimator(args)) = &args.what {
        return evaluate_estimator::run(args, global, console);
    }
    let (Some(run), Some(truth)) = (&args.run, &args.truth) else {
        let missing = match &args.run {
            Some(run) => format!(
                "--truth is missing: `{}` is scored against a known truth",
                run.display()
            ),
            None => "the run to score is missing".to_owned(),
        };
        return Err(Failure::usage(missing).with_help(
            "`ethos evaluate demo/out --truth demo/truth` scores a run, `ethos evaluate estimator` the estimator itself",
        ));
    };
    match args.format {
        EvaluateFormat::Text => against_truth(run, truth, true, console)?,
        EvaluateFormat::Json => {
            let text = serde_json::to_string_pretty(&scores(run, truth)?).map_err(|error| {
                Failure::internal(format!("the scores cannot be written as JSON: {error}"))
            })?;
            console.data(&(text + "\n"))?;
        }
    }
    Ok(Exit::Clean)
}

fn scores(run: &Path, truth: &Path) -> Result<Scores, Failure> {
    // The truth lies in a folder of its own inside the country.
    let country = truth
        .parent()
        .filter(|_| truth.ends_with("truth"))
        .unwrap_or(truth);
    let country = if country.as_os_str().is_empty() {
        Path::new(".")
    } else {
        country
    };
    Scores::of_run(country, run).map_err(|error| Failure::input(error.to_string()))
}

/// Prints the scores of a run: of the whole population, and with `parts` of its margins and
/// lists.
pub(crate) fn against_truth(
    run: &Path,
    truth: &Path,
    parts: bool,
    console: &Console,
) -> Result<(), Failure> {
    let scores = scores(run, truth)?;
    let mut table = Table::new();
    table
        .load_style(presets::NOTHING)
        .set_content_arrangement(ContentArrangement::Disabled)
        .set_header(Scores::COLUMNS);
    for row in scores
        .rows()
        .into_iter()
        .filter(|row| parts || row[1] == "population")
    {
        table.add_row(row);
    }
    for column in table.column_iter_mut().skip(2) {
        column.set_cell_alignment(CellAlignment::Right);
    }
    console.say(table.to_string());
    let margins = || {
        scores
            .dates
            .iter()
            .flat_map(|date| &date.margins)
            .filter_map(|score| score.covered)
    };
    if !parts && margins().count() > 0 {
        console.say(format!(
            "{} of {} intervals of a sex, age, origin or region hold the truth; `ethos evaluate` lists them.",
            margins().filter(|covered| *covered).count(),
            margins().count(),
        ));
    }
    match scores.ledger_balances {
        Some(false) => Err(Failure::refused("the run's ledger does not balance")),
        _ => Ok(()),
    }
}

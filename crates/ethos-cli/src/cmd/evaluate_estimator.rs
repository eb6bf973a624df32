//! `ethos evaluate estimator`: a simulation study of the estimator.

use std::io::Write;
use std::path::{Path, PathBuf};

use clap::{Args, ValueEnum};
use ethos_estimate::DEFAULT_SEED;
use ethos_estimate::validate::{Cell, StudyReport, StudyRun, headline, study};
use ethos_model::suggest::did_you_mean;
use serde::Deserialize;

use super::estimate::estimate_failure;
use crate::cli::Global;
use crate::failure::{Exit, Failure};
use crate::output::Console;
use crate::pipeline::{study_plots, study_text};

/// Simulate tables from known truths and score the estimates: bias, error, coverage on either side,
/// width, failures, and how often each diagnostic warned, all with their Monte-Carlo errors.
///
/// A cell is a truth (population, lists, dependence, heterogeneity, covariates, linkage errors,
/// over-coverage) and the estimators put to it. `--list` shows the shipped cells; cells of your own
/// come from a TOML file.
///
/// Time is proportional to simulations times replicates; memory does not grow with either.
///
/// Example: `ethos evaluate estimator --cells weak-pair,heterogeneity --simulations 200`
#[derive(Args, Debug)]
#[command(verbatim_doc_comment)]
pub(crate) struct EvaluateEstimatorArgs {
    /// Cells to run [default: all]
    #[arg(long, value_name = "NAMES", value_delimiter = ',')]
    cells: Vec<String>,
    /// Take the cells from this TOML file instead of the shipped ones
    #[arg(long, value_name = "FILE")]
    file: Option<PathBuf>,
    /// List the cells and stop
    #[arg(long)]
    list: bool,
    /// Print the cells as a TOML file, to copy and change, and stop
    #[arg(long, conflicts_with = "list")]
    toml: bool,
    /// Tables drawn from every truth
    #[arg(long, value_name = "N", default_value_t = 1000)]
    simulations: u64,
    /// Bootstrap replicates of every interval
    #[arg(long, value_name = "N", default_value_t = 400)]
    replicates: u64,
    /// Also write results.csv, results.json, results.md and the plots to this folder
    #[arg(long, value_name = "DIR")]
    out: Option<PathBuf>,
    /// What to print
    #[arg(long, value_name = "FORMAT", default_value = "text")]
    format: StudyFormat,
}

#[derive(Copy, Clone, Debug, ValueEnum)]
enum StudyFormat {
    Text,
    Csv,
    Json,
}

/// A file with cells.
#[derive(Deserialize, serde::Serialize)]
#[serde(deny_unknown_fields)]
struct CellFile {
    /// The cells.
    cell: Vec<Cell>,
}

pub(crate) fn run(
    args: &EvaluateEstimatorArgs,
    global: &Global,
    console: &Console,
) -> Result<Exit, Failure> {
    let cells = chosen(args)?;
    if args.list {
        console.data(&study_text::catalogue(&cells))?;
        return Ok(Exit::Clean);
    }
    if args.toml {
        let text = toml::to_string(&CellFile { cell: cells })
            .map_err(|error| Failure::internal(format!("the cells cannot be written: {error}")))?;
        console.data(&text)?;
        return Ok(Exit::Clean);
    }
    let run = StudyRun {
        simulations: args.simulations,
        replicates: args.replicates,
        seed: global.seed.unwrap_or(DEFAULT_SEED),
    };
    let bar = console.bar("simulate and estimate");
    let results = study(&cells, run, Some(&|done, total| bar.at(done, total)))
        .map_err(|error| estimate_failure(&error))?;
    drop(bar);
    let report = StudyReport::new(results);
    if let Some(dir) = &args.out {
        write_all(&report, dir)?;
        console.say(format!("wrote the results and plots to {}", dir.display()));
    }
    console.data(&match args.format {
        StudyFormat::Text => study_text::render(&report),
        StudyFormat::Csv => report.to_csv(),
        StudyFormat::Json => report.to_json(),
    })?;
    Ok(Exit::Clean)
}

/// The cells asked for, in the order of the catalogue or file.
fn chosen(args: &EvaluateEstimatorArgs) -> Result<Vec<Cell>, Failure> {
    let mut cells = match &args.file {
        None => headline(),
        Some(path) => {
            let text = std::fs::read_to_string(path).map_err(|e| Failure::reading(path, &e))?;
            let file: CellFile = toml::from_str(&text)
                .map_err(|error| Failure::usage(format!("{}: {error}", path.display())))?;
            file.cell
        }
    };
    if args.cells.is_empty() {
        return Ok(cells);
    }
    let names: Vec<&str> = cells.iter().map(|cell| cell.name.as_str()).collect();
    for name in &args.cells {
        if !names.contains(&name.as_str()) {
            return Err(Failure::usage(format!(
                "there is no cell `{name}`{}",
                did_you_mean(name, &names)
            )));
        }
    }
    cells.retain(|cell| args.cells.contains(&cell.name));
    Ok(cells)
}

fn write_all(report: &StudyReport, dir: &Path) -> Result<(), Failure> {
    std::fs::create_dir_all(dir).map_err(|error| Failure::writing(dir, &error))?;
    let mut files = vec![
        ("results.csv".to_owned(), report.to_csv()),
        ("results.json".to_owned(), report.to_json()),
        ("results.md".to_owned(), study_text::render(report)),
    ];
    files.extend(
        study_plots::all(report)
            .map_err(|error| Failure::internal(format!("a plot cannot be drawn: {error}")))?,
    );
    for (name, text) in files {
        let path = dir.join(name);
        ethos_table::atomic::write_atomic(&path, |out| out.write_all(text.as_bytes()))
            .map_err(|error| Failure::writing(&path, &error))?;
    }
    Ok(())
}

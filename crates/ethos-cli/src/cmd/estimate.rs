//! `ethos estimate`: the researcher's door, a bare capture table in and an estimate out.

mod repeated;
mod watch;

use std::ops::ControlFlow;
use std::path::PathBuf;

use clap::{Args, ValueEnum};
use ethos_estimate::{
    CHANGE_SCHEMA, Change, ChangeSettings, Criterion, DeclaredDependence, ErrorKind, EstimateError,
    EstimateSettings, IntervalMethod, NotEstimable, Offset, PersonTable, Preset, REPEATED_SCHEMA,
    Refusal, SCHEMA, Search, Status, StopReason,
};

use ethos_model::date::Day;

use crate::cli::Global;
use crate::failure::{Exit, Failure};
use crate::output::Console;
use crate::pipeline::capture_file::{self, CaptureFileOptions, Table};
use crate::pipeline::person_rows::KeyOptions;
use crate::pipeline::{change_text, estimate_text};

use self::watch::Watch;

/// Estimate the people no list saw, from a table of capture histories.
///
/// TABLE is a CSV, Parquet or Arrow file with one 0/1 column per list, any covariate columns, and
/// a count column (default `count`; without one every row is a person). Lists are the 0/1 columns
/// that are not named as covariates or count; the choice is printed.
///
/// Example: `ethos estimate data/published/budapest-1996.csv --model '[12,13,23]'`
#[derive(Args, Debug)]
#[command(verbatim_doc_comment)]
#[allow(
    clippy::struct_excessive_bools,
    reason = "each is a switch of the command line"
)]
pub(crate) struct EstimateArgs {
    /// The capture table
    table: PathBuf,
    /// Columns that are lists [default: every 0/1 column not otherwise named]
    #[arg(long, value_name = "A,B,C", value_delimiter = ',')]
    lists: Vec<String>,
    /// Column with the number of persons [default: `count` if there is one]
    #[arg(long, value_name = "COL")]
    count: Option<String>,
    /// Columns that are covariates of one joint model
    #[arg(long, value_name = "COLS", value_delimiter = ',')]
    strata: Vec<String>,
    /// One list with repeated contacts: the column of times seen, one row per person or with `--count`
    #[arg(long, value_name = "COL", conflicts_with_all = [
        "lists", "separate", "search", "criterion", "depends", "odds_ratio", "offset", "max_order", "p_value",
        "preset", "reselect", "no_reselect", "bca", "average", "missing", "no_borrow", "fractional",
        "panel", "dependence", "year", "between", "person", "household", "declared_break", "across_break",
    ])]
    repeated: Option<String>,
    /// With `--repeated`: ztpoisson, chao, zelterman or zotpoisson [default: ztpoisson]
    #[arg(long, value_name = "NAME", requires = "repeated")]
    family: Option<String>,
    /// Reference date to take, where the table has a column `reference_date` with several
    #[arg(long, value_name = "DATE", value_parser = day)]
    date: Option<Day>,
    /// Column of years (or reference dates): the change between two of them, one row per person and year
    #[arg(long, value_name = "COL", conflicts_with_all = [
        "repeated", "date", "separate", "average", "bca", "fractional", "missing", "panel", "dependence",
    ])]
    year: Option<String>,
    /// The two years to compare, in order, where the column of years has more
    #[arg(long, value_name = "A,B", value_delimiter = ',', requires = "year")]
    between: Vec<String>,
    /// With `--year`: column that tells who is the same person in both years
    #[arg(long, value_name = "COL", requires = "year")]
    person: Option<String>,
    /// Column that tells who lives together: whole households are drawn in the bootstrap
    #[arg(long, value_name = "COL", conflicts_with_all = [
        "repeated", "separate", "fractional", "missing",
    ])]
    household: Option<String>,
    /// With `--year`: what changed in the lists or classes themselves between the years
    #[arg(long = "break", value_name = "REASON", requires = "year")]
    declared_break: Option<String>,
    /// Compute the change across a declared break all the same
    #[arg(long, requires = "declared_break")]
    across_break: bool,
    /// Fit every stratum on its own instead of jointly
    #[arg(long, requires = "strata")]
    separate: bool,
    /// A fixed model: a formula such as 'a*b + c', or generators such as '[12,3]'
    #[arg(long, value_name = "MODEL", conflicts_with = "search")]
    model: Option<String>,
    /// How to look for a model
    #[arg(long, value_name = "HOW")]
    search: Option<SearchArg>,
    /// What the search minimises [default: bic]
    #[arg(long, value_name = "IC")]
    criterion: Option<CriterionArg>,
    /// Two or more lists that depend on each other by their very structure, as `a:b`: the term is
    /// always in the model; may be given often
    #[arg(long, value_name = "A:B", conflicts_with = "model")]
    depends: Vec<String>,
    /// An odds ratio between lists that is known or supposed, as `a:b=1.5`: every fit holds it there
    /// and estimates no such term; may be given often
    #[arg(long, value_name = "A:B=X", value_parser = odds_ratio)]
    odds_ratio: Vec<Offset>,
    /// The same as a log odds ratio, as `a:b=0.405`
    #[arg(long, value_name = "A:B=X", value_parser = offset, allow_hyphen_values = true)]
    offset: Vec<Offset>,
    /// Highest order of interaction between lists [default: one less than the number of lists]
    #[arg(long, value_name = "K")]
    max_order: Option<u8>,
    /// Largest p-value with which a pair of lists enters a forward search [default: 0.02]
    #[arg(long, value_name = "P")]
    p_value: Option<f64>,
    /// House method to start from [default: honest]
    #[arg(long, value_name = "NAME")]
    preset: Option<PresetArg>,
    /// How the interval is made [default: profile for a fixed model, semiparametric for a search]
    #[arg(long, value_name = "HOW")]
    interval: Option<IntervalArg>,
    /// Select the model again in every replicate
    #[arg(long, overrides_with = "no_reselect")]
    reselect: bool,
    /// Keep the selected model in every replicate
    #[arg(long)]
    no_reselect: bool,
    /// Correct the bootstrap interval for bias and skewness; the percentile interval is
    /// printed beside it
    #[arg(long)]
    bca: bool,
    /// Bootstrap replicates [default: 2000]
    #[arg(long, value_name = "N")]
    replicates: Option<u32>,
    /// Answer from the replicates drawn after so many seconds
    #[arg(long, value_name = "S", value_parser = seconds)]
    max_seconds: Option<f64>,
    /// Confidence level [default: 0.95]
    #[arg(long, value_name = "P")]
    level: Option<f64>,
    /// Average over all searched models on the log scale of the unseen part
    #[arg(long)]
    average: bool,
    /// Show what other assumptions do to the number: dependence between lists, people who are hard to
    /// see, records that should not be there
    #[arg(long)]
    panel: bool,
    /// Odds ratios between lists that are possible, as `a:b=0.5..2`: the panel gives the range of the
    /// estimate over them; may be given often, and implies --panel
    #[arg(long, value_name = "A:B=X..Y", value_parser = dependence, conflicts_with = "separate")]
    dependence: Vec<DeclaredDependence>,
    /// Ignore rows that are on no list, instead of refusing them
    #[arg(long)]
    ignore_unobserved: bool,
    /// Word that means a covariate is not known, as a blank does [without it, a level like others]
    #[arg(long, value_name = "WORD")]
    missing: Option<String>,
    /// Where lists cannot see everybody (blank in their column), estimate people from the lists that
    /// can see them alone, instead of lending these the dependence seen elsewhere
    #[arg(long)]
    no_borrow: bool,
    /// Counts may have decimals, as those of weighted persons do
    #[arg(long)]
    fractional: bool,
    /// What to print
    #[arg(long, value_name = "FORMAT", default_value = "text")]
    format: EstimateFormat,
}

/// A day on the command line.
fn day(text: &str) -> Result<Day, String> {
    Day::parse(text).ok_or_else(|| format!("`{text}` is not a date; write it as 2026-01-01"))
}

/// `a:b=X` with a positive odds ratio.
fn odds_ratio(text: &str) -> Result<Offset, String> {
    let (lists, value) = named_number(text, "a:b=1.5")?;
    if value > 0.0 && value.is_finite() {
        Ok(Offset::from_odds_ratio(lists, value))
    } else {
        Err(format!("the odds ratio {value} is not a positive number"))
    }
}

/// `a:b=X` with a log odds ratio.
fn offset(text: &str) -> Result<Offset, String> {
    let (lists, log_odds_ratio) = named_number(text, "a:b=0.405")?;
    Ok(Offset {
        lists,
        log_odds_ratio,
    })
}

/// `a:b=X..Y` with the smallest and the largest odds ratio.
fn dependence(text: &str) -> Result<DeclaredDependence, String> {
    let shape = || format!("`{text}` does not read like `a:b=0.5..2`");
    let (lists, range) = text.rsplit_once('=').ok_or_else(shape)?;
    let (lower, upper) = range.split_once("..").ok_or_else(shape)?;
    let number = |text: &str| text.trim().parse().map_err(|_| shape());
    Ok(DeclaredDependence {
        lists: lists.split(':').map(str::to_owned).collect(),
        lower: number(lower)?,
        upper: number(upper)?,
    })
}

/// Lists joined by colons, an equals sign and a number.
fn named_number(text: &str, example: &str) -> Result<(Vec<String>, f64), String> {
    let shape = || format!("`{text}` does not read like `{example}`");
    let (lists, value) = text.rsplit_once('=').ok_or_else(shape)?;
    let value = value.trim().parse().map_err(|_| shape())?;
    Ok((lists.split(':').map(str::to_owned).collect(), value))
}

/// A length of time in seconds.
fn seconds(text: &str) -> Result<f64, String> {
    match text.parse::<f64>() {
        Ok(s) if s.is_finite() && s > 0.0 => Ok(s),
        _ => Err(format!("`{text}` is not a number of seconds above 0")),
    }
}

#[derive(Copy, Clone, Debug, PartialEq, Eq, ValueEnum)]
enum SearchArg {
    /// The best of all hierarchical models
    Exact,
    /// The same, and list every model
    All,
    /// Forward and backward steps
    Stepwise,
    /// Pairs of lists enter by the p-value of their overlap (no covariates)
    Forward,
}

#[derive(Copy, Clone, Debug, ValueEnum)]
enum CriterionArg {
    Aic,
    Aicc,
    Bic,
}

#[derive(Copy, Clone, Debug, ValueEnum)]
enum PresetArg {
    Honest,
    CbsLike,
}

#[derive(Copy, Clone, Debug, ValueEnum)]
enum IntervalArg {
    Delta,
    Profile,
    Parametric,
    Semiparametric,
    Nonparametric,
}

#[derive(Copy, Clone, Debug, ValueEnum)]
enum EstimateFormat {
    Text,
    Json,
    Csv,
}

impl EstimateArgs {
    /// The model without the column of counts on its left, as R's formulas have it.
    fn model(&self) -> Option<String> {
        let text = self.model.as_deref()?;
        let counts = self.count.as_deref().unwrap_or("count");
        let right = text
            .split_once('~')
            .filter(|(left, _)| left.trim().trim_matches('`') == counts)
            .map_or(text, |(_, right)| right.trim());
        Some(right.to_owned())
    }

    fn interval(&self) -> Option<IntervalMethod> {
        self.interval.map(|interval| match interval {
            IntervalArg::Delta => IntervalMethod::Delta,
            IntervalArg::Profile => IntervalMethod::Profile,
            IntervalArg::Parametric => IntervalMethod::Parametric,
            IntervalArg::Semiparametric => IntervalMethod::Semiparametric,
            IntervalArg::Nonparametric => IntervalMethod::Nonparametric,
        })
    }

    fn settings(&self, global: &Global) -> EstimateSettings {
        EstimateSettings {
            preset: self.preset.map(|preset| match preset {
                PresetArg::Honest => Preset::Honest,
                PresetArg::CbsLike => Preset::CbsLike,
            }),
            model: self.model(),
            search: self.search.map(|search| match search {
                SearchArg::Exact => Search::Exact,
                SearchArg::All => Search::All,
                SearchArg::Stepwise => Search::Stepwise,
                SearchArg::Forward => Search::Forward,
            }),
            criterion: self.criterion.map(|criterion| match criterion {
                CriterionArg::Aic => Criterion::Aic,
                CriterionArg::Aicc => Criterion::Aicc,
                CriterionArg::Bic => Criterion::Bic,
            }),
            max_order: self.max_order.map(u32::from),
            p_value: self.p_value,
            forced: self
                .depends
                .iter()
                .map(|set| set.split(':').map(str::to_owned).collect())
                .collect(),
            offsets: self
                .odds_ratio
                .iter()
                .chain(&self.offset)
                .cloned()
                .collect(),
            interval: self.interval(),
            reselect: match (self.reselect, self.no_reselect) {
                (true, _) => Some(true),
                (_, true) => Some(false),
                _ => None,
            },
            replicates: self.replicates.map(u64::from),
            level: self.level,
            seed: global.seed,
            separate: self.separate,
            no_borrow: self.no_borrow,
            average: self.average,
            panel: self.panel,
            dependence: self.dependence.clone(),
            bca: self.bca,
            ..EstimateSettings::default()
        }
    }
}

pub(crate) fn run(
    args: &EstimateArgs,
    global: &Global,
    console: &Console,
) -> Result<Exit, Failure> {
    let (schema, outcome) = match &args.repeated {
        Some(column) => (
            REPEATED_SCHEMA,
            repeated::run(args, column, global, console),
        ),
        None if args.year.is_some() => (CHANGE_SCHEMA, capture(args, global, console)),
        None => (SCHEMA, capture(args, global, console)),
    };
    // Who reads JSON gets the refusal as JSON, with its proof.
    if let (Err(failure), EstimateFormat::Json) = (&outcome, args.format)
        && let Some(why) = failure.why()
    {
        console.data(&Refusal::of(schema, why.clone()).to_json())?;
    }
    outcome
}

/// The estimate from a table of capture histories, or the change between two of its years.
fn capture(args: &EstimateArgs, global: &Global, console: &Console) -> Result<Exit, Failure> {
    let settings = args.settings(global);
    let file = capture_file::read(
        &args.table,
        &CaptureFileOptions {
            lists: &args.lists,
            count: args.count.as_deref(),
            strata: &args.strata,
            model: settings.model.as_deref(),
            ignore_unobserved: args.ignore_unobserved,
            fractional: args.fractional,
            missing: args.missing.as_deref(),
            date: args.date,
            keys: KeyOptions {
                year: args.year.as_deref(),
                between: &args.between,
                person: args.person.as_deref(),
                household: args.household.as_deref(),
            },
        },
    )?;
    for line in &file.choices {
        console.say(line);
    }
    let watch = Watch::start(console, args.max_seconds);
    let progress = |done, total| watch.at(done, total);
    if args.year.is_some()
        && let Table::Persons(table) = &file.table
    {
        let mut change = change(args, table, settings, &progress)?;
        change.diagnostics.extend(file.diagnostics);
        change.settings.table = Some(file.reading);
        drop(watch);
        let text = match args.format {
            EstimateFormat::Json => change.to_json(),
            EstimateFormat::Csv => change.to_csv(),
            EstimateFormat::Text => change_text::render(&change),
        };
        console.data(&text)?;
        return Ok(match change.bootstrap.stopped {
            Some(StopReason::Interrupt) => Exit::Interrupted,
            _ => Exit::Clean,
        });
    }
    let mut estimate = match &file.table {
        Table::Persons(table) => {
            ethos_estimate::estimate_persons(table, &settings, Some(&progress))
        }
        Table::Complete(table) => ethos_estimate::estimate(table, &settings, Some(&progress)),
        Table::Incomplete(table) => {
            ethos_estimate::estimate_incomplete(table, &settings, Some(&progress))
        }
    }
    .map_err(|error| estimate_failure(&error))?;
    drop(watch);
    estimate.diagnostics.extend(file.diagnostics);
    estimate.settings.table = Some(file.reading);
    let text = match args.format {
        EstimateFormat::Json => estimate.to_json(),
        EstimateFormat::Csv => estimate.to_csv(),
        EstimateFormat::Text => {
            estimate_text::render(&estimate, args.search == Some(SearchArg::All))
        }
    };
    console.data(&text)?;
    let stopped = estimate.bootstrap.as_ref().and_then(|b| b.stopped);
    Ok(if stopped == Some(StopReason::Interrupt) {
        Exit::Interrupted
    } else if estimate.population.status == Status::NotEstimable {
        Exit::Refused
    } else {
        Exit::Clean
    })
}

/// The change between the two years of a table.
fn change(
    args: &EstimateArgs,
    table: &PersonTable,
    estimate: EstimateSettings,
    progress: &(dyn Fn(u64, u64) -> ControlFlow<StopReason> + Sync),
) -> Result<Change, Failure> {
    let settings = ChangeSettings {
        estimate,
        declared_break: args.declared_break.clone(),
        across_break: args.across_break,
    };
    ethos_estimate::estimate_change(table, &settings, Some(progress)).map_err(|error| {
        let failure = estimate_failure(&error);
        match error {
            EstimateError::DeclaredBreak { .. } => {
                failure.with_help("--across-break computes it all the same, with a warning")
            }
            _ => failure,
        }
    })
}

/// An estimator's error with its exit code: the caller's words, or the data.
pub(crate) fn estimate_failure(error: &EstimateError) -> Failure {
    let message = error.to_string();
    match (error.kind(), NotEstimable::new(error)) {
        (_, Some(why)) => Failure::not_estimable(message, why),
        (ErrorKind::Usage, None) => Failure::usage(message),
        (ErrorKind::Refused, None) => Failure::refused(message),
        (ErrorKind::Numeric, None) => Failure::internal(message),
    }
}

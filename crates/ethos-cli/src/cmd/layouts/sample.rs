//! `ethos layouts sample`: a synthetic file in a layout.

use std::path::PathBuf;

use clap::{Args, ValueEnum};
use ethos_ingest::{layout, mapping};
use ethos_model::date::Day;
use ethos_model::finding::Text;
use ethos_model::layout::CategoryRule;
use ethos_simulate::{Sample, SampleError, SampleFormat, SampleOptions, sample_truth_path};

use super::{WhereArgs, failed, none};
use crate::cli::Global;
use crate::cmd::targets::Targets;
use crate::failure::{Exit, Failure};
use crate::output::Console;

/// Write a synthetic file in a layout
///
/// For trying, teaching, testing and timing. Numbers are drawn, pass the eleven test and begin with a 9;
/// nobody's data stands behind them. A share of the rows has one mistake each; the file beside it that
/// ends in .truth.csv says which: row, column, kind, and the rule that finds it. The same seed gives the
/// same file. Takes about as long as writing the file, in memory that does not grow with its rows
/// (a workbook is held in compressed form).
#[derive(Args, Debug)]
pub(super) struct SampleArgs {
    /// The layout, such as `gmsd/2015`; without a year, its last version
    layout: String,
    /// Rows below the header
    #[arg(long, value_name = "N", default_value_t = 1_000)]
    rows: u64,
    /// Share of the rows with a mistake
    #[arg(long, value_name = "SHARE", default_value_t = 0.0)]
    dirt: f64,
    /// Form of the file
    #[arg(long, value_name = "FORMAT", default_value = "csv")]
    format: SampleForm,
    /// Day on which the file is made, such as 2026-01-15 [default: a day on which the layout holds]
    #[arg(long, value_name = "DAY")]
    date: Option<String>,
    /// File to write [default: named as the layout says, in this folder]
    #[arg(long, value_name = "FILE")]
    out: Option<PathBuf>,
    /// Replace the file and its truth where they are there already
    #[arg(long)]
    overwrite: bool,
    #[command(flatten)]
    pub(super) place: WhereArgs,
}

#[derive(Copy, Clone, Debug, ValueEnum)]
enum SampleForm {
    /// Delimited text, as the layout writes it
    Csv,
    /// A workbook with one sheet, at most 1,048,575 rows
    Xlsx,
}

pub(super) fn run(args: &SampleArgs, global: &Global, console: &Console) -> Result<Exit, Failure> {
    let dir = args.place.layout_dir.as_deref();
    let day = match &args.date {
        None => None,
        Some(text) => Some(Day::parse(text).ok_or_else(|| {
            Failure::usage(Text::new(
                format!("`{text}` is geen datum; schrijf 2026-01-15"),
                format!("`{text}` is no day; write it as 2026-01-15"),
            ))
        })?),
    };
    let versions = layout::versions(&args.layout, dir).map_err(failed)?;
    let on_day = day.and_then(|day| versions.iter().rfind(|version| version.holds_on(day)));
    let Some(layout) = on_day.or(versions.last()) else {
        return Err(none(&args.layout));
    };
    let mapping = match &layout.category {
        CategoryRule::Mapping { name } => Some(mapping::find(name, dir).map_err(failed)?),
        _ => None,
    };
    let options = SampleOptions {
        rows: args.rows,
        dirt: args.dirt,
        seed: global.seed.unwrap_or(SampleOptions::default().seed),
        format: match args.format {
            SampleForm::Csv => SampleFormat::Csv,
            SampleForm::Xlsx => SampleFormat::Xlsx,
        },
        day,
    };
    let failed = |error: SampleError| match &error {
        SampleError::File(error) => Failure::output(error),
        SampleError::Write { path, source } => Failure::placing(path, source),
        SampleError::Option { option, .. } => Failure::usage(Text::new(
            format!("`--{option}` kan zo niet: zie `ethos layouts sample --help`"),
            error.to_string(),
        )),
        SampleError::NoCode { field } => Failure::usage(Text::new(
            format!("`{field}` heeft geen code die meetelt, dus er is geen rij te maken"),
            error.to_string(),
        )),
        SampleError::Workbook(_) => Failure::usage(error.to_string()),
    };
    let sample = Sample::new(layout, mapping.as_ref(), &options).map_err(failed)?;
    let path = args
        .out
        .clone()
        .unwrap_or_else(|| PathBuf::from(sample.file_name()));
    let truth = sample_truth_path(&path);
    let mut targets = Targets::default();
    if let Some(dir) = dir {
        targets.reads(&dir.join("layouts"));
        targets.reads(dir);
    }
    for path in [&path, &truth] {
        targets.take(path)?;
        Targets::is_free(path, args.overwrite)?;
    }
    let bar = console.bar(console.language().pick("oefenbestand", "sample"));
    let report = sample
        .write(&path, &|done, total| bar.at(done, total))
        .map_err(failed)?;
    drop(bar);
    let mistakes: u64 = report.mistakes.values().sum();
    let (path, truth) = (path.display(), truth.display());
    let (rows, id) = (report.rows, &layout.id);
    console.tell(
        format!("{path}: {rows} rijen in indeling {id}, {mistakes} met een fout (zie {truth})"),
        format!("{path}: {rows} rows in {id}, {mistakes} with a mistake (see {truth})"),
    );
    Ok(Exit::Clean)
}

//! A finished run as a comparison reads it: its resolved study, its capture tables and estimates, and
//! the figures it published.

use std::collections::BTreeMap;
use std::path::{Path, PathBuf};

use ethos_compare::Published;
use ethos_model::capture::CaptureTable;
use ethos_model::date::Day;
use ethos_model::manifest::Manifest;
use ethos_model::schema;
use ethos_model::study::Study;
use ethos_table::Table;
use ethos_table::estimates::EstimateRow;

use serde::Deserialize;

use super::refused;
use super::release::{AUDIT, AUDIT_TEXT};
use super::run::STUDY;
use super::step_files;
use crate::failure::Failure;

const WHAT: &str =
    "a run is the folder that `ethos run --out` wrote, with `internal/` and `release/` in it";

/// The dimensions of a published figure, as they stand in the cube's columns.
pub(crate) type Key = Vec<String>;

/// A figure as published.
#[derive(Clone, PartialEq, Debug)]
pub(crate) struct Cell {
    pub(crate) value: Option<f64>,
    pub(crate) lower: Option<f64>,
    pub(crate) upper: Option<f64>,
    pub(crate) status: String,
}

/// A run.
pub(crate) struct ComparedRun {
    pub(crate) study: Study,
    pub(crate) manifest: Manifest,
    pub(crate) published: BTreeMap<Key, Cell>,
    /// Whether controlled rounding took counts further than to their own two multiples.
    further: bool,
    estimates: Vec<EstimateRow>,
    internal: PathBuf,
}

/// What is read of the audit.
#[derive(Deserialize)]
struct Audited {
    rounding: Option<Rounding>,
}

#[derive(Deserialize)]
struct Rounding {
    beyond: usize,
}

impl ComparedRun {
    /// Reads a run's folder.
    pub(crate) fn read(dir: &Path) -> Result<Self, Failure> {
        let internal = dir.join("internal");
        let path = internal.join(STUDY);
        let text = ethos_ingest::held::text(&path)
            .map_err(|error| Failure::reading(&path, &error).with_help(WHAT))?;
        let study = Study::parse(&text).map_err(|error| Failure::study(&path, &error))?;
        let manifest = step_files::optional(&internal.join("manifest.json"))?.ok_or_else(|| {
            Failure::input(format!("{} has no manifest.json", internal.display())).with_help(WHAT)
        })?;
        let path = internal.join("estimates.csv");
        let estimates = if path.exists() {
            ethos_table::estimates::read(&path)
                .map_err(|error| Failure::input(error.to_string()))?
        } else {
            Vec::new()
        };
        let audit: Option<Audited> = step_files::optional(&internal.join(AUDIT))?;
        // Of a run whose audit is gone, the widest that can be.
        let further =
            audit.is_none_or(|audit| audit.rounding.is_some_and(|found| found.beyond > 0));
        Ok(Self {
            study,
            manifest,
            further,
            published: published(dir)?,
            estimates,
            internal,
        })
    }

    /// The estimate of a date before rounding.
    pub(crate) fn computed(&self, date: Day) -> Option<f64> {
        let row = self
            .estimates
            .iter()
            .find(|row| row.date == date && row.by == "population")?;
        row.estimate.filter(|estimate| estimate.is_finite())
    }

    /// The level of the intervals of a date.
    pub(crate) fn level(&self, date: Day) -> Option<f64> {
        let mut rows = self.estimates.iter();
        rows.find(|row| row.date == date).map(|row| row.level)
    }

    /// The estimate of a date as published.
    pub(crate) fn estimate(&self, date: Day) -> Option<Published> {
        let cell = self.estimate_cell(date)?;
        let whole = |value: f64| value.round() as i64;
        Some(Published {
            value: whole(cell.value?),
            lower: cell.lower.map(whole),
            upper: cell.upper.map(whole),
        })
    }

    /// The published row of the estimate of a date.
    pub(crate) fn estimate_cell(&self, date: Day) -> Option<&Cell> {
        let wanted = |key: &Key| {
            key[0] == "national_estimate"
                && key[1] == date.to_string()
                && key[15] == "estimated"
                && key[6..15].iter().all(|level| level == "all")
        };
        let (_, cell) = self.published.iter().find(|(key, _)| wanted(key))?;
        Some(cell)
    }

    /// The counts, first and last, that a published count can stand for.
    pub(crate) fn stands_for(&self, published: i64) -> (i64, i64) {
        let persons = u64::try_from(published).unwrap_or(0);
        let disclosure = &self.study.publish.disclosure;
        let (first, last) = ethos_publish::stands_for(disclosure, self.further, persons);
        let signed = |persons: u64| i64::try_from(persons).unwrap_or(i64::MAX);
        (signed(first), signed(last))
    }

    /// The capture table of a date.
    pub(crate) fn captures(&self, date: Day) -> Option<CaptureTable> {
        let lists: Vec<String> = self.study.lists().into_iter().map(String::from).collect();
        for (name, lists) in [
            (step_files::CAPTURES.to_owned(), None),
            (format!("captures-{date}.csv"), None),
            // Where a list came and went, the header alone may not tell lists from covariates.
            (step_files::CAPTURES.to_owned(), Some(lists.as_slice())),
        ] {
            let path = self.internal.join(name);
            if !path.exists() {
                continue;
            }
            let Ok(tables) = ethos_table::captures::read(&path, lists) else {
                continue;
            };
            if let Some(table) = tables.into_iter().find(|table| table.date == date) {
                return Some(table);
            }
        }
        None
    }
}

/// The published cube of a run.
fn published(dir: &Path) -> Result<BTreeMap<Key, Cell>, Failure> {
    let release = dir.join("release");
    if !refused::holds_release(dir) {
        let why = dir.join("internal").join(AUDIT_TEXT);
        let failure = Failure::input(format!("{} has no release to compare", dir.display()));
        // A release that passed may have been moved or deleted since.
        return Err(if refused::says_why(&why) {
            failure.with_help(format!("{} says why it was refused", why.display()))
        } else {
            failure.with_help(WHAT)
        });
    }
    let path = ["csv/cube.csv", "parquet/cube.parquet", "arrow/cube.arrow"]
        .into_iter()
        .map(|name| release.join(name))
        .find(|path| path.exists())
        .ok_or_else(|| {
            Failure::input(format!("{} holds no cube", release.display()))
                .with_help("publish with `csv`, `parquet` or `arrow` among `publish.formats`")
        })?;
    let wrong = |error: ethos_table::TableError| Failure::input(error.to_string());
    let table = Table::read(&path, &schema::cube()).map_err(wrong)?;
    let texts = ethos_table::cube::KEY
        .iter()
        .chain(&["status"])
        .map(|name| table.text(name).map_err(wrong))
        .collect::<Result<Vec<_>, _>>()?;
    let [value, lower, upper] = ["value", "lower", "upper"].map(|name| table.reals(name));
    let (value, lower, upper) = (
        value.map_err(wrong)?,
        lower.map_err(wrong)?,
        upper.map_err(wrong)?,
    );
    Ok((0..table.rows())
        .map(|row| {
            let mut key: Key = texts
                .iter()
                .map(|column| column.get(row).unwrap_or_default().to_owned())
                .collect();
            let status = key.pop().unwrap_or_default();
            let cell = Cell {
                value: value[row],
                lower: lower[row],
                upper: upper[row],
                status,
            };
            (key, cell)
        })
        .collect())
}

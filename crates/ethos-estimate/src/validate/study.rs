//! Running a study: many tables from every process, every estimator on each of them.

use std::collections::BTreeSet;
use std::sync::atomic::{AtomicU64, Ordering};

use rand::Rng;
use rayon::prelude::*;
use serde::{Deserialize, Serialize};

use super::draw::{Drawer, stream};
use super::measures::{Attempt, Measures};
use super::process::{Outside, Process};
use crate::error::{ErrorKind, EstimateError};
use crate::incomplete::estimate_incomplete;
use crate::settings::EstimateSettings;

/// An estimator under study: a name and the settings it stands for.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct EstimatorSpec {
    /// Name in the tables.
    pub name: String,
    /// Its settings; `replicates` and `seed` are those of the run unless given here.
    #[serde(default)]
    pub settings: EstimateSettings,
}

/// A cell of a study: a truth and the estimators that are to find it.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Cell {
    /// Name; it keys the random streams, so the same name draws the same tables.
    pub name: String,
    /// What it is about, in a sentence.
    #[serde(default)]
    pub about: String,
    /// How people get on the lists.
    pub process: Process,
    /// The estimators; empty means [`super::standard_estimators`].
    #[serde(default)]
    pub estimators: Vec<EstimatorSpec>,
}

/// The size of a study and its random streams.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
pub struct StudyRun {
    /// Tables drawn from every process.
    pub simulations: u64,
    /// Bootstrap replicates of every interval that has them.
    pub replicates: u64,
    /// Seed of every stream.
    pub seed: u64,
}

/// How one estimator did on one process.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct EstimatorResult {
    /// The estimator.
    pub estimator: EstimatorSpec,
    /// How it did.
    pub measures: Measures,
}

/// How every estimator did on one process.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct CellResult {
    /// Name of the cell.
    pub name: String,
    /// What it is about.
    pub about: String,
    /// The truth.
    pub process: Process,
    /// Share of the population on at least one list, in truth.
    pub seen: f64,
    /// What keeps the truth out of the model family; empty when the family contains it.
    pub outside: Vec<Outside>,
    /// The size of the run.
    pub run: StudyRun,
    /// One entry an estimator, in order.
    pub estimators: Vec<EstimatorResult>,
}

/// Runs the cells of a study.
///
/// Table r of a cell is drawn from a stream keyed by (seed, name of the cell, r); all estimators see the
/// same tables and bootstrap with the same seed (common random numbers). Simulations run in
/// parallel, and the result does not depend on the number of threads. `progress` is told how many tables
/// are done of all.
///
/// ```
/// use ethos_estimate::validate::{Cell, Process, StudyRun, study};
/// let cell = Cell {
///     name: "two lists".into(),
///     about: String::new(),
///     process: Process::independent(500, [0.5, 0.4]),
///     estimators: Vec::new(),
/// };
/// let run = StudyRun { simulations: 20, replicates: 50, seed: 1 };
/// let result = study(&[cell], run, None)?;
/// assert!(result[0].outside.is_empty());
/// assert!(result[0].estimators[0].measures.bias.value.unwrap().abs() < 0.1);
/// # Ok::<(), ethos_estimate::EstimateError>(())
/// ```
///
/// Errors: those of [`Process::check`], settings that make no sense for a cell, two cells of one name.
/// A table without an estimate is no error but counts as a failure.
pub fn study(
    cells: &[Cell],
    run: StudyRun,
    progress: Option<&(dyn Fn(u64, u64) + Sync)>,
) -> Result<Vec<CellResult>, EstimateError> {
    let mut names = BTreeSet::new();
    if let Some(cell) = cells.iter().find(|c| !names.insert(&c.name)) {
        return Err(EstimateError::Setting(format!(
            "two cells are called `{}`",
            cell.name
        )));
    }
    if run.simulations == 0 {
        return Err(EstimateError::Setting("0 simulations show nothing".into()));
    }
    for cell in cells {
        cell.process
            .check()
            .map_err(|error| EstimateError::Setting(format!("cell `{}`: {error}", cell.name)))?;
    }
    let done = AtomicU64::new(0);
    let total = run.simulations * cells.len() as u64;
    let step = || {
        let done = done.fetch_add(1, Ordering::Relaxed) + 1;
        if let Some(report) = progress {
            report(done, total);
        }
    };
    cells.iter().map(|cell| one(cell, run, &step)).collect()
}

fn one(cell: &Cell, run: StudyRun, step: &(dyn Fn() + Sync)) -> Result<CellResult, EstimateError> {
    let estimators = if cell.estimators.is_empty() {
        super::standard_estimators(&cell.process)
    } else {
        cell.estimators.clone()
    };
    let drawer = Drawer::new(&cell.process);
    let rows: Vec<Vec<Option<Attempt>>> = (0..run.simulations)
        .into_par_iter()
        .map(|simulation| {
            let mut rng = stream(run.seed, &cell.name, simulation);
            // Chance may leave a list empty: then nobody can estimate.
            let table = drawer.draw(&mut rng).ok();
            let seed = rng.next_u64();
            let row = estimators
                .iter()
                .map(|estimator| match &table {
                    Some(table) => {
                        let mut settings = estimator.settings.clone();
                        settings.replicates.get_or_insert(run.replicates);
                        settings.seed.get_or_insert(seed);
                        match estimate_incomplete(table, &settings, None) {
                            Ok(answer) => Ok(attempt(&answer)),
                            Err(error) if error.kind() == ErrorKind::Usage => {
                                Err(EstimateError::Setting(format!(
                                    "cell `{}`, estimator `{}`: {error}",
                                    cell.name, estimator.name
                                )))
                            }
                            Err(_) => Ok(None),
                        }
                    }
                    None => Ok(None),
                })
                .collect();
            step();
            row
        })
        .collect::<Result<_, _>>()?;
    let truth = cell.process.population as f64;
    Ok(CellResult {
        name: cell.name.clone(),
        about: cell.about.clone(),
        process: cell.process.clone(),
        seen: cell.process.seen(),
        outside: cell.process.outside(),
        run,
        estimators: estimators
            .into_iter()
            .enumerate()
            .map(|(e, estimator)| {
                let attempts: Vec<Option<Attempt>> = rows.iter().map(|r| r[e].clone()).collect();
                EstimatorResult {
                    estimator,
                    measures: Measures::of(&attempts, truth),
                }
            })
            .collect(),
    })
}

fn attempt(answer: &crate::report::Estimate) -> Option<Attempt> {
    let p = &answer.population;
    Some(Attempt {
        estimate: p.estimate?,
        lower: p.lower.unwrap_or(0.0),
        upper: p.upper.unwrap_or(f64::INFINITY),
        codes: {
            let mut codes: Vec<String> =
                answer.diagnostics.iter().map(|d| d.code.clone()).collect();
            codes.sort();
            codes.dedup();
            codes
        },
    })
}

//! The results of a study as JSON and CSV.

use std::fmt::Write as _;

use serde::{Deserialize, Serialize};

use super::measures::{Measured, Measures};
use super::study::CellResult;
use crate::written;

/// Version of the JSON of a study; a breaking change gets a new number.
pub const STUDY_SCHEMA: &str = "ethos-study/1";

/// The results of a study.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct StudyReport {
    /// Always [`STUDY_SCHEMA`].
    pub schema: String,
    /// One entry a cell, in the order they were run.
    pub cells: Vec<CellResult>,
}

impl Measures {
    /// The measured columns of the CSV, in order, each followed by its standard error.
    pub fn columns(&self) -> [(&'static str, Measured); 10] {
        [
            ("failed", self.failed),
            ("unbounded", self.unbounded),
            ("bias", self.bias),
            ("rmse", self.rmse),
            ("median_error", self.median_error),
            ("coverage", self.coverage),
            ("missed_left", self.missed_left),
            ("missed_right", self.missed_right),
            ("mean_width", self.mean_width),
            ("median_width", self.median_width),
        ]
    }
}

impl StudyReport {
    /// The report of these cells.
    pub fn new(cells: Vec<CellResult>) -> Self {
        Self {
            schema: STUDY_SCHEMA.into(),
            cells,
        }
    }

    /// The JSON text, indented, at full precision, with a final newline.
    pub fn to_json(&self) -> String {
        written::json(self)
    }

    /// One row per cell and estimator.
    ///
    /// Columns: `cell,estimator,population,lists,seen,outside,simulations,replicates,seed,estimated`, then every
    /// measure with its Monte-Carlo standard error (`bias,bias_se`, …), then `warnings` as `code=rate` joined
    /// by `;`. Errors and widths are relative to the population. A number that does not exist is empty.
    pub fn to_csv(&self) -> String {
        let mut out = String::from(
            "cell,estimator,population,lists,seen,outside,simulations,replicates,seed,estimated",
        );
        for name in MEASURES {
            write!(out, ",{name},{name}_se").expect("writing to a string cannot fail");
        }
        out.push_str(",warnings\n");
        for cell in &self.cells {
            for result in &cell.estimators {
                let m = &result.measures;
                let settings = &result.estimator.settings;
                let outside: Vec<String> = cell.outside.iter().map(ToString::to_string).collect();
                let mut row = vec![
                    written::field(&cell.name),
                    written::field(&result.estimator.name),
                    cell.process.population.to_string(),
                    cell.process.coverage.len().to_string(),
                    cell.seen.to_string(),
                    outside.join(";"),
                    m.simulations.to_string(),
                    settings
                        .replicates
                        .unwrap_or(cell.run.replicates)
                        .to_string(),
                    cell.run.seed.to_string(),
                    m.estimated.to_string(),
                ];
                for (_, measured) in m.columns() {
                    row.push(written::number(measured.value));
                    row.push(written::number(measured.se));
                }
                let warnings: Vec<String> = m
                    .warnings
                    .iter()
                    .map(|w| format!("{}={}", w.code, written::number(w.rate.value)))
                    .collect();
                row.push(warnings.join(";"));
                written::line(&mut out, row);
            }
        }
        out
    }
}

/// Names of the measured columns, as in [`Measures::columns`].
const MEASURES: [&str; 10] = [
    "failed",
    "unbounded",
    "bias",
    "rmse",
    "median_error",
    "coverage",
    "missed_left",
    "missed_right",
    "mean_width",
    "median_width",
];

#[cfg(test)]
mod tests {
    use super::*;
    use crate::validate::{Cell, Process, StudyRun, study};

    #[test]
    fn csv_has_a_row_per_estimator_and_json_comes_back() {
        let cell = Cell {
            name: "a, b".into(),
            about: String::new(),
            process: Process::independent(300, [0.5, 0.4]),
            estimators: Vec::new(),
        };
        let run = StudyRun {
            simulations: 3,
            replicates: 20,
            seed: 4,
        };
        let report = StudyReport::new(study(&[cell], run, None).unwrap());
        let csv = report.to_csv();
        let lines: Vec<&str> = csv.lines().collect();
        assert_eq!(lines.len(), 4);
        assert!(lines[1].starts_with("\"a, b\",honest,300,2,0.7"));
        assert_eq!(lines[0].split(',').count() + 1, lines[1].split(',').count());
        let names = report.cells[0].estimators[0]
            .measures
            .columns()
            .map(|c| c.0);
        assert_eq!(names, MEASURES);
        let back: StudyReport = serde_json::from_str(&report.to_json()).unwrap();
        assert_eq!(back, report);
    }
}

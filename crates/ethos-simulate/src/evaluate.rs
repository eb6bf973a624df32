//! How close a run came to the truth of the country it ran on.

use std::collections::BTreeMap;
use std::path::{Path, PathBuf};

use ethos_model::capture::CaptureTable;
use ethos_model::cell::EstimateStatus;
use ethos_model::date::Day;
use ethos_model::ledger::Ledger;
use ethos_table::TableError;
use ethos_table::estimates::EstimateRow;
use serde::Serialize;

use crate::truth::{DateTruth, Truth, TruthError};

/// The scores of a run against the truth of a simulated country.
#[derive(Clone, Debug, PartialEq, Serialize)]
pub struct Scores {
    /// Whether the run's ledger balances; `None` when the run has none.
    pub ledger_balances: Option<bool>,
    /// One per reference date that both the truth and the run have, in order.
    pub dates: Vec<DateScores>,
}

/// The scores of one reference date.
#[derive(Clone, Debug, PartialEq, Serialize)]
pub struct DateScores {
    /// The date.
    pub date: Day,
    /// Everyone in the scope of the estimate.
    pub total: Score,
    /// The model of the estimate, in bracket notation.
    pub model: String,
    /// Confidence level of the intervals.
    pub level: f64,
    /// The one-way margins: sex, age, origin, place.
    pub margins: Vec<Score>,
    /// Of the margins with an interval, the share whose interval holds the truth.
    pub margins_covered: Option<f64>,
    /// The same for the full crossing of the strata.
    pub strata_covered: Option<f64>,
    /// What the run saw on each list, against whom the list really had; empty when the run
    /// wrote no captures.
    pub lists: Vec<ListScore>,
    /// People on at least one list: in truth, and as the run has them.
    pub on_a_list: ListScore,
}

/// An estimate against the truth.
#[derive(Clone, Debug, PartialEq, Serialize)]
pub struct Score {
    /// `population`, or `level=value`.
    pub by: String,
    /// Persons in truth.
    pub truth: u64,
    /// Persons observed by the run.
    pub observed: u64,
    /// Persons as estimated; `None` when there is no estimate.
    pub estimate: Option<f64>,
    /// Lower limit.
    pub lower: Option<f64>,
    /// Upper limit; `None` when unbounded.
    pub upper: Option<f64>,
    /// (estimate − truth) / truth.
    pub relative_bias: Option<f64>,
    /// Whether the interval holds the truth; an unbounded one holds all above its lower limit.
    pub covered: Option<bool>,
}

/// People that a list has, in truth and in the run.
#[derive(Clone, Debug, PartialEq, Serialize)]
pub struct ListScore {
    /// The list, or `any`.
    pub list: String,
    /// People in the scope who are on it.
    pub truth: u64,
    /// People the run has on it, in the scope as the run saw it.
    pub observed: u64,
    /// observed / truth: below 1 rows were lost, above 1 people were placed on it who are not
    /// there. 1 for an empty list that nobody was placed on.
    pub ratio: f64,
}

/// Why a run cannot be scored.
#[derive(Debug, thiserror::Error)]
pub enum EvaluateError {
    /// There is no truth.
    #[error(transparent)]
    Truth(#[from] TruthError),
    /// A table of the run cannot be read.
    #[error(transparent)]
    Table(#[from] TableError),
    /// The ledger of the run cannot be read.
    #[error("{} cannot be read: {reason}", path.display())]
    Ledger {
        /// The file.
        path: PathBuf,
        /// What is wrong.
        reason: String,
    },
    /// The run has no estimates.
    #[error(
        "{} has no estimates.csv or estimates.parquet; name the output folder of a run with an [estimate]",
        path.display()
    )]
    NoEstimates {
        /// The folder looked in.
        path: PathBuf,
    },
    /// Run and truth have no date in common.
    #[error("the run has no reference date of this country: is it of another one?")]
    NoDate,
}

impl Scores {
    /// Scores the output folder of a run against the folder of the simulated country: reads
    /// `truth/truth.json` of the country, and `internal/estimates`, `internal/captures` (as CSV
    /// or Parquet) and `internal/ledger.json` of the run. Captures and ledger may be missing.
    ///
    /// # Errors
    /// Truth or estimates are missing, a file is damaged, or the two have no date in common.
    pub fn of_run(country: &Path, run: &Path) -> Result<Self, EvaluateError> {
        let truth = Truth::read(country)?;
        let internal = run.join("internal");
        let estimates = match table_file(&internal, "estimates") {
            Some(path) => ethos_table::estimates::read(&path)?,
            None => return Err(EvaluateError::NoEstimates { path: internal }),
        };
        let captures = match table_file(&internal, "captures") {
            Some(path) => ethos_table::captures::read(&path, Some(&truth.lists))?,
            None => Vec::new(),
        };
        let ledger = read_ledger(&internal.join("ledger.json"))?;
        Self::of(&truth, &estimates, &captures, ledger.as_ref())
    }

    /// Scores estimates, captures and ledger that are already in memory.
    ///
    /// # Errors
    /// [`EvaluateError::NoDate`].
    pub fn of(
        truth: &Truth,
        estimates: &[EstimateRow],
        captures: &[CaptureTable],
        ledger: Option<&Ledger>,
    ) -> Result<Self, EvaluateError> {
        let dates: Vec<DateScores> = truth
            .dates
            .iter()
            .filter_map(|date| {
                let captures = captures.iter().find(|table| table.date == date.date);
                of_date(date, estimates, captures, &truth.lists)
            })
            .collect();
        if dates.is_empty() {
            return Err(EvaluateError::NoDate);
        }
        Ok(Self {
            ledger_balances: ledger.map(|ledger| ledger.check().is_ok()),
            dates,
        })
    }

    /// Names of the columns of [`Self::rows`].
    pub const COLUMNS: [&str; 9] = [
        "date", "by", "truth", "observed", "estimate", "lower", "upper", "bias", "covered",
    ];

    /// The scores as rows of text: the total of each date, its margins, and the lists with the
    /// persons that the run has on them. Bias in percent.
    pub fn rows(&self) -> Vec<[String; 9]> {
        let number = |value: Option<f64>| value.map_or_else(|| "-".into(), |v| format!("{v:.0}"));
        let mut rows = Vec::new();
        for date in &self.dates {
            for score in std::iter::once(&date.total).chain(&date.margins) {
                rows.push([
                    date.date.to_string(),
                    score.by.clone(),
                    score.truth.to_string(),
                    score.observed.to_string(),
                    number(score.estimate),
                    number(score.lower),
                    number(score.upper),
                    score
                        .relative_bias
                        .map_or_else(|| "-".into(), |bias| format!("{:+.1}%", bias * 100.0)),
                    match score.covered {
                        Some(true) => "yes",
                        Some(false) => "no",
                        None => "-",
                    }
                    .into(),
                ]);
            }
            for list in date.lists.iter().chain([&date.on_a_list]) {
                let mut row = ["-"; 9].map(String::from);
                row[0] = date.date.to_string();
                row[1] = format!("list {}", list.list);
                row[2] = list.truth.to_string();
                row[3] = list.observed.to_string();
                row[7] = format!("{:+.1}%", (list.ratio - 1.0) * 100.0);
                rows.push(row);
            }
        }
        rows
    }
}

/// The table of this name in a folder: CSV, Parquet or Arrow.
fn table_file(folder: &Path, name: &str) -> Option<PathBuf> {
    ["csv", "parquet", "arrow"]
        .into_iter()
        .map(|extension| folder.join(format!("{name}.{extension}")))
        .find(|path| path.exists())
}

fn read_ledger(path: &Path) -> Result<Option<Ledger>, EvaluateError> {
    if !path.exists() {
        return Ok(None);
    }
    let failed = |reason: String| EvaluateError::Ledger {
        path: path.to_owned(),
        reason,
    };
    let text = std::fs::read_to_string(path).map_err(|error| failed(error.to_string()))?;
    serde_json::from_str(&text)
        .map(Some)
        .map_err(|error| failed(error.to_string()))
}

/// `by` with its levels in alphabetical order, so that two orders of the strata are one.
fn canonical(by: &str) -> String {
    let mut levels: Vec<&str> = by.split(';').map(str::trim).collect();
    levels.sort_unstable();
    levels.join(";")
}

fn of_date(
    truth: &DateTruth,
    estimates: &[EstimateRow],
    captures: Option<&CaptureTable>,
    lists: &[String],
) -> Option<DateScores> {
    let rows: Vec<&EstimateRow> = estimates
        .iter()
        .filter(|row| row.date == truth.date)
        .collect();
    let total = rows.iter().find(|row| row.by == "population")?;
    let by: BTreeMap<String, &EstimateRow> =
        rows.iter().map(|row| (canonical(&row.by), *row)).collect();
    let scored = |levels: &BTreeMap<String, u64>| -> Vec<Score> {
        levels
            .iter()
            .filter_map(|(level, truth)| {
                Some(score(level.clone(), *truth, by.get(&canonical(level))?))
            })
            .collect()
    };
    let margins = scored(&truth.margins);
    let strata = scored(&truth.strata);
    let on = |list: usize| -> u64 {
        captures.map_or(0, |table| {
            let cells = table.cells.iter();
            cells
                .filter(|c| c.history.bits() >> list & 1 == 1)
                .map(|c| c.count)
                .sum()
        })
    };
    let list_scores = match captures {
        Some(table) => lists
            .iter()
            .filter_map(|name| {
                let at = table.lists.iter().position(|list| list == name)?;
                Some(list_score(name, *truth.lists.get(name)?, on(at)))
            })
            .collect(),
        None => Vec::new(),
    };
    Some(DateScores {
        date: truth.date,
        total: score("population".into(), truth.scope, total),
        model: total.model.clone(),
        level: total.level,
        margins_covered: share_covered(&margins),
        strata_covered: share_covered(&strata),
        margins,
        lists: list_scores,
        on_a_list: list_score("any", truth.on_a_list, total.observed),
    })
}

fn list_score(list: &str, truth: u64, observed: u64) -> ListScore {
    let ratio = match (truth, observed) {
        (0, 0) => 1.0,
        _ => observed as f64 / truth as f64,
    };
    ListScore {
        list: list.to_owned(),
        truth,
        observed,
        ratio,
    }
}

fn score(by: String, truth: u64, row: &EstimateRow) -> Score {
    let persons = truth as f64;
    let there = row.status != EstimateStatus::NotEstimable;
    let covered = match (there, row.lower, row.upper, row.status) {
        (true, Some(lower), Some(upper), _) => Some(lower <= persons && persons <= upper),
        (true, Some(lower), None, EstimateStatus::Unbounded) => Some(lower <= persons),
        _ => None,
    };
    Score {
        by,
        truth,
        observed: row.observed,
        estimate: row.estimate,
        lower: row.lower,
        upper: row.upper,
        relative_bias: row
            .estimate
            .filter(|_| truth > 0)
            .map(|estimate| (estimate - persons) / persons),
        covered,
    }
}

fn share_covered(scores: &[Score]) -> Option<f64> {
    let judged: Vec<bool> = scores.iter().filter_map(|score| score.covered).collect();
    let held = judged.iter().filter(|held| **held).count();
    (!judged.is_empty()).then(|| held as f64 / judged.len() as f64)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::country::Country;
    use crate::options::CountryOptions;
    use ethos_model::capture::{CaptureCell, CaptureHistory, ListSet};
    use ethos_model::ledger::LedgerStep;

    fn truth() -> Truth {
        let options = CountryOptions {
            scale: 0.02,
            ..CountryOptions::default()
        };
        crate::truth::of_country(&Country::new(&options))
    }

    fn row(date: &DateTruth, by: &str, truth: u64, factor: f64) -> EstimateRow {
        let estimate = truth as f64 * factor;
        EstimateRow {
            date: date.date,
            by: by.into(),
            observed: date.on_a_list,
            unobserved: Some(estimate - date.on_a_list as f64),
            estimate: Some(estimate),
            se: Some(10.0),
            lower: Some(estimate * 0.9),
            upper: Some(estimate * 1.1),
            level: 0.95,
            interval: "semiparametric".into(),
            status: EstimateStatus::Ok,
            model: "[12,3]".into(),
        }
    }

    #[test]
    fn an_estimate_is_held_against_the_truth() {
        let truth = truth();
        let date = &truth.dates[1];
        let mut rows = vec![row(date, "population", date.scope, 1.05)];
        rows.push(row(date, "sex=male", date.margins["sex=male"], 1.0));
        rows.push(row(date, "sex=female", date.margins["sex=female"], 1.5));
        let (stratum, persons) = date.strata.iter().next().unwrap();
        let mut other_order: Vec<&str> = stratum.split(';').collect();
        other_order.reverse();
        rows.push(row(date, &other_order.join(";"), *persons, 1.0));
        let scores = Scores::of(&truth, &rows, &[], None).unwrap();
        assert_eq!((scores.dates.len(), scores.ledger_balances), (1, None));
        let scored = &scores.dates[0];
        assert!((scored.total.relative_bias.unwrap() - 0.05).abs() < 1e-12);
        assert_eq!(scored.total.covered, Some(true));
        assert_eq!(scored.margins_covered, Some(0.5));
        assert_eq!(scored.strata_covered, Some(1.0));
        assert_eq!(scored.on_a_list.ratio, 1.0);
        assert!(scored.lists.is_empty());
        assert_eq!(scores.rows().len(), 4);
        assert_eq!(
            scores.rows()[0][7..],
            ["+5.0%".to_owned(), "yes".to_owned()]
        );
    }

    #[test]
    fn no_estimate_is_not_a_failure_of_the_interval() {
        let truth = truth();
        let date = &truth.dates[0];
        let mut none = row(date, "population", date.scope, 1.0);
        none.status = EstimateStatus::NotEstimable;
        (none.estimate, none.lower, none.upper) = (None, None, None);
        let mut open = row(&truth.dates[1], "population", truth.dates[1].scope, 1.0);
        open.status = EstimateStatus::Unbounded;
        open.upper = None;
        let scores = Scores::of(&truth, &[none, open], &[], None).unwrap();
        assert_eq!(scores.dates[0].total.covered, None);
        assert_eq!(scores.dates[0].total.relative_bias, None);
        assert_eq!(scores.dates[1].total.covered, Some(true));
    }

    #[test]
    fn lists_and_ledger_are_judged() {
        let truth = truth();
        let date = &truth.dates[0];
        let table = CaptureTable {
            date: date.date,
            lists: truth.lists.clone(),
            strata: Vec::new(),
            cells: vec![CaptureCell {
                levels: Vec::new(),
                history: CaptureHistory::new(ListSet(0b101)).unwrap(),
                blind: ListSet::EMPTY,
                count: date.lists["opvang"],
            }],
        };
        let mut ledger = Ledger::default();
        ledger.push(LedgerStep::new("read", "rows", 3).with("accepted", 2));
        let rows = [row(date, "population", date.scope, 1.0)];
        let scores = Scores::of(&truth, &rows, &[table], Some(&ledger)).unwrap();
        assert_eq!(scores.ledger_balances, Some(false));
        let ratios: Vec<f64> = scores.dates[0]
            .lists
            .iter()
            .map(|list| list.ratio)
            .collect();
        assert_eq!(ratios[..2], [1.0, 0.0]);
        assert!(ratios[2] > 1.0);
        assert!(matches!(
            Scores::of(&truth, &[], &[], None),
            Err(EvaluateError::NoDate)
        ));
    }
}

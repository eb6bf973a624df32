//! The answer: the versioned JSON contract `ethos-change/1` and its CSV form.

use std::collections::BTreeMap;

use serde::{Deserialize, Serialize};

use crate::goodness::GoodnessOfFit;
use crate::interval::control::StopReason;
use crate::report::{Diagnostic, MonteCarloSe, Status};
use crate::settings::ResolvedSettings;
use crate::written;

/// Version of the JSON contract; a breaking change gets a new number.
pub const CHANGE_SCHEMA: &str = "ethos-change/1";

/// The population of one year, or of one stratum in it.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct YearEstimate {
    /// The year.
    pub year: String,
    /// Persons observed.
    pub observed: u64,
    /// Estimated number of persons.
    pub estimate: Option<f64>,
    /// √(n0 + n0² V00), as in [`Population`](crate::Population): of the chosen model and of persons.
    pub se: Option<f64>,
    /// Lower limit; never below the number observed.
    pub lower: Option<f64>,
    /// Upper limit; absent when unbounded.
    pub upper: Option<f64>,
    /// Whether these numbers exist.
    pub status: Status,
}

/// How the model of both years fits one of them; its parameters are that year's own.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct YearFit {
    /// The year.
    pub year: String,
    /// Log-likelihood including −Σ ln y!.
    pub log_likelihood: Option<f64>,
    /// Deviance.
    pub deviance: Option<f64>,
    /// Observed cells minus parameters.
    pub df: i64,
    /// Parameters, those at −∞ included.
    pub parameters: usize,
    /// −2 log-likelihood + 2 k.
    pub aic: Option<f64>,
    /// −2 log-likelihood + k ln(persons observed).
    pub bic: Option<f64>,
    /// Tests of the model against the cells of the year.
    pub goodness_of_fit: Option<GoodnessOfFit>,
}

/// A difference or a ratio of the two years.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Contrast {
    /// Second year less the first, or over the first.
    pub estimate: Option<f64>,
    /// Standard deviation of the replicates with an estimate.
    pub sd: Option<f64>,
    /// Lower limit.
    pub lower: Option<f64>,
    /// Upper limit.
    pub upper: Option<f64>,
    /// Error of the limits from the finite number of replicates.
    pub monte_carlo_se: MonteCarloSe,
    /// `unbounded` if a limit does not exist.
    pub status: Status,
}

/// One stratum, or one level of one covariate.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct ChangeStratum {
    /// Covariate → level.
    pub by: BTreeMap<String, String>,
    /// Its two years.
    pub years: Vec<YearEstimate>,
    /// Second less first.
    pub difference: Contrast,
    /// Second over first.
    pub ratio: Contrast,
}

/// The replicates.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct ChangeBootstrap {
    /// Replicates drawn.
    pub replicates: u64,
    /// Replicates asked for; more than drawn if the run was stopped.
    pub asked: u64,
    /// Why the run was stopped before its last replicate, if it was.
    pub stopped: Option<StopReason>,
    /// Replicates in which no model has an estimate in both years.
    pub failed: u64,
    /// Replicates in which a fit did not converge although its estimate exists, of the model given or
    /// of one that might have been chosen.
    #[serde(default)]
    pub unproved: u64,
    /// Units drawn as a whole: persons, or households, in all their years.
    pub units: u64,
    /// Units seen in both years.
    pub units_in_both: u64,
    /// Correlation of the two populations over the replicates.
    pub correlation: Option<f64>,
}

/// The change between two years with everything behind it: the contract `ethos-change/1`.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Change {
    /// Always [`CHANGE_SCHEMA`].
    pub schema: String,
    /// The two years, from the same replicates as the change.
    pub years: Vec<YearEstimate>,
    /// Second less first.
    pub difference: Contrast,
    /// Second over first.
    pub ratio: Contrast,
    /// Bracket notation of the model of both years.
    pub model: String,
    /// Its formula's right-hand side.
    pub formula: String,
    /// How it fits each year.
    #[serde(default)]
    pub fits: Vec<YearFit>,
    /// Every level of every covariate, and the full cross.
    pub strata: Vec<ChangeStratum>,
    /// The replicates.
    pub bootstrap: ChangeBootstrap,
    /// The declared break between the years, if there is one.
    pub declared_break: Option<String>,
    /// Notes and warnings.
    pub diagnostics: Vec<Diagnostic>,
    /// All settings as used.
    pub settings: ResolvedSettings,
}

impl Change {
    /// The JSON text of the contract, indented, at full precision, with a final newline.
    pub fn to_json(&self) -> String {
        written::json(self)
    }

    /// One row per scope × by × what: both years, the difference and the ratio.
    ///
    /// Columns: `scope,by,what,observed,estimate,lower,upper,level,interval,status`; `what` is a
    /// year, `difference` or `ratio`. A number that does not exist is empty.
    pub fn to_csv(&self) -> String {
        let mut out =
            String::from("scope,by,what,observed,estimate,lower,upper,level,interval,status\n");
        let whole = [&self.difference, &self.ratio];
        self.rows(&mut out, "population", "", &self.years, whole);
        for s in &self.strata {
            let scope = written::scope(&s.by, self.settings.strata.len());
            let by = written::by_text(&s.by);
            self.rows(&mut out, scope, &by, &s.years, [&s.difference, &s.ratio]);
        }
        out
    }

    fn rows(
        &self,
        out: &mut String,
        scope: &str,
        by: &str,
        years: &[YearEstimate],
        contrasts: [&Contrast; 2],
    ) {
        let mut row = |what: &str, observed: String, numbers: [Option<f64>; 3], status: Status| {
            let [estimate, lower, upper] = numbers.map(written::number);
            written::line(
                out,
                [
                    scope.to_owned(),
                    written::field(by),
                    written::field(what),
                    observed,
                    estimate,
                    lower,
                    upper,
                    self.settings.level.to_string(),
                    self.settings.interval.name().to_owned(),
                    status.name().to_owned(),
                ],
            );
        };
        for y in years {
            let numbers = [y.estimate, y.lower, y.upper];
            row(&y.year, y.observed.to_string(), numbers, y.status);
        }
        for (what, c) in ["difference", "ratio"].into_iter().zip(contrasts) {
            let numbers = [c.estimate, c.lower, c.upper];
            row(what, String::new(), numbers, c.status);
        }
    }
}

//! The answer: the versioned JSON contract `ethos-repeated/1` and its CSV form.

use serde::{Deserialize, Serialize};

use super::existence::CountCertificate;
use super::family::Family;
use super::settings::ResolvedRepeatedSettings;
use crate::report::{
    BootstrapReport, Coefficient, Diagnostic, Population, Status, StratumReport, Unobserved,
};
use crate::written;

/// Version of the JSON contract; a breaking change gets a new number.
pub const REPEATED_SCHEMA: &str = "ethos-repeated/1";

/// Two limits; one that does not exist is absent.
#[derive(Debug, Clone, Copy, PartialEq, Default, Serialize, Deserialize)]
pub struct AnalyticLimits {
    /// Lower limit; never below the number observed.
    pub lower: Option<f64>,
    /// Upper limit; absent when unbounded.
    pub upper: Option<f64>,
}

/// The persons whose times seen are in a likelihood.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum LikelihoodOf {
    /// Everybody observed.
    All,
    /// Those seen once or twice.
    OnceOrTwice,
    /// Those seen twice or more.
    TwiceOrMore,
}

/// Whether the rates of a regression have an estimate, with the proof.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct CountExistence {
    /// Whether every rate is finite and more than zero, or infinite where everybody was seen twice.
    pub exists: bool,
    /// The proof.
    pub certificate: CountCertificate,
}

/// The regression of the headline.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct CountModelReport {
    /// R formula's right-hand side; `1` for one rate.
    pub formula: String,
    /// All terms but the intercept, in order.
    pub terms: Vec<String>,
    /// All coefficients, in order: of ln λ, for Chao and Zelterman of ln(λ/2), the log-odds of
    /// "twice" against "once".
    pub coefficients: Vec<Coefficient>,
    /// Log-likelihood including −Σ ln k!, of the persons who inform it.
    pub log_likelihood: Option<f64>,
    /// Which persons these are.
    pub likelihood_of: LikelihoodOf,
    /// How many they are.
    pub persons: u64,
    /// Coefficients that the data determine.
    pub parameters: usize,
    /// −2 log-likelihood + 2 k, comparable as [`EstimatorRow::aic`] is.
    pub aic: Option<f64>,
    /// −2 log-likelihood + k ln(persons observed), comparable as [`EstimatorRow::aic`] is.
    pub bic: Option<f64>,
    /// Why the estimate exists, or does not.
    pub existence: CountExistence,
}

/// One estimator of the population, with both analytic intervals.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct EstimatorRow {
    /// `ztpoisson`, `chao`, `chao-bias-corrected`, `zelterman`, `zotpoisson` or `chao-modified`.
    pub estimator: String,
    /// Formula of its regression; absent for a closed form of the whole table's frequencies.
    pub formula: Option<String>,
    /// Estimated number of persons.
    pub estimate: Option<f64>,
    /// Of whom nobody saw.
    pub unobserved: Option<f64>,
    /// Standard error with the population fixed.
    pub se: Option<f64>,
    /// Estimate ∓ z se, cut at the number observed.
    pub normal: AnalyticLimits,
    /// n + n0/C to n + n0 C, C = exp(z √ln(1 + se²/n0²)).
    pub lognormal: AnalyticLimits,
    /// Log-likelihood of the persons who inform it.
    pub log_likelihood: Option<f64>,
    /// Which persons these are; absent for a closed form, which has no likelihood. Likelihoods and
    /// criteria of different persons are of different data: only rows that have the same here can be
    /// compared by `log_likelihood`, `aic` or `bic`.
    pub likelihood_of: Option<LikelihoodOf>,
    /// −2 log-likelihood + 2 k.
    pub aic: Option<f64>,
    /// −2 log-likelihood + k ln(persons observed).
    pub bic: Option<f64>,
    /// Whether these numbers exist; `unbounded` where the rates are so uncertain that the standard
    /// error of the unseen from them exceeds twice the unseen.
    pub status: Status,
    /// Why there is no estimate, in words.
    pub reason: Option<String>,
}

/// Persons seen so many times, and what the fit of the headline expects.
#[derive(Debug, Clone, Copy, PartialEq, Serialize, Deserialize)]
pub struct FrequencyRow {
    /// Times seen.
    pub times: u64,
    /// Persons observed.
    pub observed: u64,
    /// Persons expected among those who inform the fit; absent for times outside it.
    pub expected: Option<f64>,
}

/// A one-sided score test.
#[derive(Debug, Clone, Copy, PartialEq, Serialize, Deserialize)]
pub struct ScoreTest {
    /// Standard normal under the zero-truncated Poisson regression; large values speak against it.
    pub z: f64,
    /// Chance of so large a value.
    pub p: f64,
}

/// What speaks against the zero-truncated Poisson distribution.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct CountTests {
    /// f1 f3 / f2², 2/3 for Poisson counts of one rate; absent when nobody was seen twice.
    pub ratio: Option<f64>,
    /// Formula of the regression that is tested: the model's, or `1` if that has no estimate.
    pub formula: Option<String>,
    /// Against one-inflation (the model of Godwin & Böhning 2017, Journal of the Royal Statistical
    /// Society C 66:425–448), as van den Broek (1995, Biometrics 51:738–743) tests zero-inflation.
    pub one_inflation: Option<ScoreTest>,
    /// Against rates that differ within strata (Gurmu 1991, Journal of Business & Economic
    /// Statistics 9:215–222).
    pub overdispersion: Option<ScoreTest>,
}

/// An estimate from repeated contacts with everything behind it: the contract `ethos-repeated/1`.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct RepeatedEstimate {
    /// Always [`REPEATED_SCHEMA`].
    pub schema: String,
    /// Persons observed.
    pub observed: u64,
    /// Times anybody was seen.
    pub contacts: u64,
    /// The population by the family and interval asked for. `interval` is `delta` for the log-normal.
    pub population: Population,
    /// Its unobserved part; `exp(ln n0 ∓ z se_log)` is the log-normal interval.
    pub unobserved: Unobserved,
    /// Family of the headline.
    pub family: Family,
    /// Its regression.
    pub model: CountModelReport,
    /// Every level of every covariate, and every combination that somebody has.
    pub strata: Vec<StratumReport>,
    /// All estimators beside each other.
    pub estimators: Vec<EstimatorRow>,
    /// Times seen, observed and expected.
    pub frequencies: Vec<FrequencyRow>,
    /// What speaks against the Poisson distribution.
    pub tests: CountTests,
    /// The bootstrap, if there was one.
    pub bootstrap: Option<BootstrapReport>,
    /// Notes and warnings.
    pub diagnostics: Vec<Diagnostic>,
    /// All settings as used.
    pub settings: ResolvedRepeatedSettings,
}

impl RepeatedEstimate {
    /// The row of an estimator: by its name, with the formula of the model or in closed form.
    pub fn estimator(&self, name: &str) -> Option<&EstimatorRow> {
        self.estimators.iter().find(|r| {
            r.estimator == name && r.formula.as_ref().is_none_or(|f| *f == self.model.formula)
        })
    }

    /// The JSON text of the contract, indented, at full precision, with a final newline.
    pub fn to_json(&self) -> String {
        written::json(self)
    }

    /// One row per scope × by: the population, every entry of `strata`, every estimator.
    ///
    /// Columns as those of [`Estimate::to_csv`](crate::Estimate::to_csv); `by` is
    /// `covariate=level` joined by `;`, and for an estimator its name and formula. Estimators have
    /// their log-normal interval. A number that does not exist is empty.
    pub fn to_csv(&self) -> String {
        let p = &self.population;
        let (observed, unobserved) = (self.observed as f64, self.unobserved.estimate);
        let covariates = self.settings.strata.len();
        let mut out = written::population_csv(p, observed, unobserved, &self.strata, covariates);
        for e in &self.estimators {
            let by = match &e.formula {
                Some(formula) => format!("{} ({formula})", e.estimator),
                None => e.estimator.clone(),
            };
            let figures = written::Figures {
                observed,
                unobserved: e.unobserved,
                estimate: e.estimate,
                se: e.se,
                lower: e.lognormal.lower,
                upper: e.lognormal.upper,
                status: e.status,
            };
            figures.write(&mut out, "estimator", &by, p.level, "delta");
        }
        out
    }
}

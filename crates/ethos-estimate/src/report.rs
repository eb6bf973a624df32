//! The answer: the versioned JSON contract `ethos-estimate/1` and its CSV form.

use std::collections::BTreeMap;

use serde::{Deserialize, Serialize, Serializer};

use crate::existence::Existence;
use crate::goodness::GoodnessOfFit;
use crate::incomplete::IncompleteReport;
use crate::interval::control::StopReason;
use crate::panel::report::Panel;
use crate::refusal::NotEstimable;
use crate::settings::ResolvedSettings;
use crate::written;

/// Version of the JSON contract; a breaking change gets a new number.
pub const SCHEMA: &str = "ethos-estimate/1";

/// Whether a number can be given.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Status {
    /// Estimate and both limits exist.
    Ok,
    /// The estimate exists but the interval has no upper limit.
    Unbounded,
    /// The estimate exists, but the run was stopped before it had an interval.
    NoInterval,
    /// There is no estimate.
    NotEstimable,
    /// Nobody was seen in the stratum, and the model has nobody there: counted as 0 in the sums, and
    /// nothing is known of it.
    Empty,
}

impl Status {
    /// Its name in JSON and CSV.
    pub fn name(self) -> &'static str {
        match self {
            Self::Ok => "ok",
            Self::Unbounded => "unbounded",
            Self::NoInterval => "no_interval",
            Self::NotEstimable => "not_estimable",
            Self::Empty => "empty",
        }
    }
}

/// What a standard error counts.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum SeKind {
    /// The closed form of one model, taken as known: that a search chose it is not counted. With separate
    /// strata, of the model of each.
    #[default]
    ModelAlone,
    /// The unconditional error of an average over models, which counts that they differ.
    OverModels,
}

/// The population: observed plus unobserved.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Population {
    /// Estimated number of persons.
    pub estimate: Option<f64>,
    /// √(n0 + n0² V00): sampling error with the population fixed, plus the unseen; for an averaged
    /// estimate the unconditional error of Burnham & Anderson (2002).
    pub se: Option<f64>,
    /// What `se` counts; the spread of the replicates is `bootstrap.sd`.
    #[serde(default)]
    pub se_kind: SeKind,
    /// Lower limit; never below the number observed.
    pub lower: Option<f64>,
    /// Upper limit; absent when unbounded.
    pub upper: Option<f64>,
    /// Level of the interval.
    pub level: f64,
    /// Method of the interval.
    pub interval: String,
    /// Whether these numbers exist.
    pub status: Status,
}

/// The unobserved part of the population.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Unobserved {
    /// Estimated number of persons nobody saw, n0.
    pub estimate: Option<f64>,
    /// Standard error of log n0: `exp(log n0 ± 2 se_log)` is the textbook interval.
    pub se_log: Option<f64>,
    /// Lower limit: that of the population less the observed.
    pub lower: Option<f64>,
    /// Upper limit: that of the population less the observed.
    pub upper: Option<f64>,
}

/// One coefficient.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Coefficient {
    /// Name with levels under treatment contrasts, as R prints it.
    pub term: String,
    /// Estimate; absent at −∞ or where the data do not determine it.
    pub estimate: Option<f64>,
    /// Standard error.
    pub se: Option<f64>,
}

/// The chosen model.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct ModelReport {
    /// Bracket notation.
    pub notation: String,
    /// R formula's right-hand side.
    pub formula: String,
    /// All terms but the intercept, in order.
    pub terms: Vec<String>,
    /// All coefficients, in order.
    pub coefficients: Vec<Coefficient>,
    /// Log-likelihood including −Σ ln y!.
    pub log_likelihood: Option<f64>,
    /// Deviance.
    pub deviance: Option<f64>,
    /// Observed cells minus parameters.
    pub df: i64,
    /// Tests of the model against the cells; absent where covariates are missing.
    #[serde(default)]
    pub goodness_of_fit: Option<GoodnessOfFit>,
    /// Parameters, those at −∞ included.
    pub parameters: usize,
    /// −2 log-likelihood + 2 k.
    pub aic: Option<f64>,
    /// AIC with the small-sample correction.
    pub aicc: Option<f64>,
    /// −2 log-likelihood + k ln(persons observed).
    pub bic: Option<f64>,
    /// −2 log-likelihood + k ln(kept cells).
    pub bic_cells: Option<f64>,
    /// Why the estimate exists.
    pub existence: Existence,
}

/// One stratum, or one level of one covariate.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct StratumReport {
    /// Covariate → level.
    pub by: BTreeMap<String, String>,
    /// Persons observed; written as a whole number where it is one.
    #[serde(serialize_with = "number_of_persons")]
    pub observed: f64,
    /// Persons estimated unobserved.
    pub unobserved: Option<f64>,
    /// Their sum.
    pub estimate: Option<f64>,
    /// Standard error as in [`Population::se`].
    pub se: Option<f64>,
    /// Lower limit.
    pub lower: Option<f64>,
    /// Upper limit.
    pub upper: Option<f64>,
    /// Whether these numbers exist.
    pub status: Status,
    /// Percentile limits, where `lower` and `upper` are bias-corrected and accelerated.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub percentile: Option<Limits>,
    /// Notation of this stratum's own model, when strata are fitted separately.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub model: Option<String>,
    /// Why this stratum has no estimate, when strata are fitted separately.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub not_estimable: Option<NotEstimable>,
}

/// One model of the search.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct ModelRow {
    /// Bracket notation.
    pub notation: String,
    /// R formula's right-hand side.
    pub formula: String,
    /// Population estimate.
    pub estimate: Option<f64>,
    /// Its standard error.
    pub se: Option<f64>,
    /// Deviance.
    pub deviance: Option<f64>,
    /// Observed cells minus parameters.
    pub df: i64,
    /// AIC.
    pub aic: Option<f64>,
    /// AIC with the small-sample correction.
    pub aicc: Option<f64>,
    /// BIC with the persons observed.
    pub bic: Option<f64>,
    /// BIC with the kept cells.
    pub bic_cells: Option<f64>,
    /// exp(−Δ/2) by the criterion of the search, over all admissible models searched.
    pub weight: Option<f64>,
    /// Whether the maximum-likelihood estimate exists.
    pub exists: bool,
    /// Whether the data determine the unseen part.
    pub identifiable: bool,
}

/// What another criterion would have chosen from the same models.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct CriterionAnswer {
    /// The criterion.
    pub criterion: String,
    /// Its best model.
    pub notation: String,
    /// Population estimate of that model.
    pub estimate: Option<f64>,
    /// Its standard error.
    pub se: Option<f64>,
}

/// Averages over all admissible models searched (Burnham & Anderson 2002, ch. 4).
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct AverageReport {
    /// n + exp(Σ w log n0).
    pub estimate: Option<f64>,
    /// Σ w N.
    pub arithmetic: Option<f64>,
    /// Σ w √(Var + (N − N̄)²), N̄ the arithmetic mean.
    pub se: Option<f64>,
    /// Admissible models.
    pub models: usize,
    /// Largest weight.
    pub top_weight: Option<f64>,
    /// The models averaged are all that lie within this distance of the best by the criterion of the
    /// search; absent where all models of the space are averaged.
    #[serde(default)]
    pub window: Option<f64>,
    /// The weight of the models left out is proved to be at most this share of the whole.
    #[serde(default)]
    pub left_out: f64,
}

/// How a search over all hierarchical models went through them.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum SearchMethod {
    /// Every model was fitted.
    Enumeration,
    /// Models were passed over only where the likelihood of a model containing them proves that they
    /// are not among those wanted (Land & Doig 1960).
    BranchAndBound,
}

/// A search over all hierarchical models, and what it took.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct SearchReport {
    /// How the models were gone through.
    pub method: SearchMethod,
    /// Whether the winner is proved to be the best of all models that have an estimate. Only a fit
    /// that does not converge although its estimate exists can prevent that.
    pub proved: bool,
    /// Models whose fits did not converge although their estimates exist, and which no bound rules
    /// out: any of them might be better than the winner. `proved` is whether there is none.
    #[serde(default)]
    pub unproved: u64,
    /// Models fitted, in full or until it was clear that they and all within them are out.
    pub fits: u64,
    /// Existence verdicts that needed an exact proof.
    pub existence_proofs: u64,
    /// The criterion of the search in words, with its convention.
    pub convention: String,
}

/// Monte-Carlo standard errors of the limits of the population.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct MonteCarloSe {
    /// Of the lower limit.
    pub lower: Option<f64>,
    /// Of the upper limit.
    pub upper: Option<f64>,
}

/// What the replicates said about the population.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct BootstrapReport {
    /// Standard deviation of the finite replicates.
    pub sd: Option<f64>,
    /// Replicates drawn.
    pub replicates: u64,
    /// Replicates asked for; more than drawn if the run was stopped.
    pub asked: u64,
    /// Why the run was stopped before its last replicate, if it was.
    pub stopped: Option<StopReason>,
    /// Replicates without any estimate, counted as infinite.
    pub failed: u64,
    /// Replicates in which a fit did not converge although its estimate exists, of the model given or
    /// of one that might have been chosen. They are counted as what the other models gave, and as
    /// infinite if there was none.
    #[serde(default)]
    pub unproved: u64,
    /// Error of the limits of the population from the finite number of replicates.
    pub monte_carlo_se: MonteCarloSe,
    /// Percentile limits of the population.
    pub percentile: Limits,
    /// Where whole households were drawn.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub households: Option<HouseholdReport>,
    /// Bias-corrected and accelerated limits of the population, if they were asked for.
    pub bca: Option<BcaReport>,
}

/// Households drawn as a whole.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct HouseholdReport {
    /// Households seen; a person without one counts as a household.
    pub households: u64,
    /// Persons seen in the largest.
    pub largest: u64,
    /// Variance of the population with whole households drawn over that with persons drawn, to
    /// first order and for the chosen model (Kish 1965).
    pub design_effect: Option<f64>,
}

/// Two limits with their Monte-Carlo standard errors.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Limits {
    /// Lower limit; absent when there is no interval.
    pub lower: Option<f64>,
    /// Upper limit; absent when unbounded or when there is no interval.
    pub upper: Option<f64>,
    /// Their errors.
    pub monte_carlo_se: MonteCarloSe,
}

/// How bias-corrected and accelerated limits came about (Efron 1987).
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct BcaReport {
    /// z0: the normal quantile of the share of replicates below the estimate.
    pub bias_correction: Option<f64>,
    /// a, from the jackknife with the model selected again.
    pub acceleration: Option<f64>,
    /// Probabilities at which the replicates are read.
    pub probabilities: [f64; 2],
    /// Whether a probability lay beyond the replicates and was moved to their end.
    pub clamped: bool,
    /// Kinds of persons (or households) without whom there is no estimate.
    pub infinite_jackknife: usize,
    /// The limits; they are those of the population.
    pub limits: Limits,
}

/// How much a diagnostic matters.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum Severity {
    /// Good to know.
    Info,
    /// May make the estimate wrong.
    Warning,
}

/// Something the reader of the estimate should know.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Diagnostic {
    /// Stable name, kebab-case.
    pub code: String,
    /// How much it matters.
    pub severity: Severity,
    /// In words.
    pub message: String,
}

/// An estimate with everything behind it: the contract `ethos-estimate/1`.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Estimate {
    /// Always [`SCHEMA`].
    pub schema: String,
    /// Persons observed; written as a whole number where it is one.
    #[serde(serialize_with = "number_of_persons")]
    pub observed: f64,
    /// The population.
    pub population: Population,
    /// The unobserved part.
    pub unobserved: Unobserved,
    /// The chosen model; absent when strata are fitted separately.
    pub model: Option<ModelReport>,
    /// Every level of every covariate, and the full cross, from the same replicates.
    pub strata: Vec<StratumReport>,
    /// Models of the search within 10 of the best (all of them on request), best first.
    pub models: Vec<ModelRow>,
    /// Models in the searched space.
    pub models_searched: usize,
    /// How they were searched and what it took; absent for a fixed model, for a stepwise search and
    /// where strata are fitted separately.
    #[serde(default)]
    pub search: Option<SearchReport>,
    /// What each criterion would have chosen.
    pub criteria: Vec<CriterionAnswer>,
    /// Averages over the searched models.
    pub average: Option<AverageReport>,
    /// What other assumptions would give, if asked for.
    pub panel: Option<Panel>,
    /// The bootstrap, if there was one.
    pub bootstrap: Option<BootstrapReport>,
    /// What was missing in the table and what was done about it, if anything was.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub incomplete: Option<IncompleteReport>,
    /// Notes and warnings.
    pub diagnostics: Vec<Diagnostic>,
    /// All settings as used.
    pub settings: ResolvedSettings,
}

/// Writes `120`, not `120.0`, unless the number is not whole.
#[allow(clippy::trivially_copy_pass_by_ref)] // the signature serde calls
fn number_of_persons<S: Serializer>(persons: &f64, serializer: S) -> Result<S::Ok, S::Error> {
    if persons.fract() == 0.0 && (0.0..1e18).contains(persons) {
        serializer.serialize_u64(*persons as u64)
    } else {
        serializer.serialize_f64(*persons)
    }
}

/// A finite number, or nothing.
pub(crate) fn finite(x: f64) -> Option<f64> {
    x.is_finite().then_some(x)
}

impl Estimate {
    /// The JSON text of the contract, indented, at full precision, with a final newline.
    pub fn to_json(&self) -> String {
        written::json(self)
    }

    /// One row per scope × by: the population first, then every entry of `strata`.
    ///
    /// Columns: `scope,by,observed,unobserved,estimate,se,lower,upper,level,interval,status`; `by` is
    /// `covariate=level` joined by `;`. A number that does not exist is empty.
    pub fn to_csv(&self) -> String {
        written::population_csv(
            &self.population,
            self.observed,
            self.unobserved.estimate,
            &self.strata,
            self.settings.strata.len(),
        )
    }
}

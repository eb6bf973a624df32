//! Captures in, estimates out: hierarchical Poisson log-linear capture-recapture with existence certificates and bootstrap.
//!
//! Several lists each saw part of a population. From who was seen on which
//! lists ([`CaptureTable`]) this crate estimates how many people no list saw,
//! with an interval, or refuses when the data cannot say. It reads no file and
//! knows no field of application.
//!
//! ```
//! use ethos_estimate::{CaptureTable, EstimateSettings, IntervalMethod, estimate};
//!
//! // 1. A table: hepatitis A in Taiwan, three sources (Chao et al. 2001).
//! let table = CaptureTable::from_histories(["P", "Q", "E"], [
//!     ("001", 63), ("010", 55), ("011", 18), ("100", 69), ("101", 17), ("110", 21), ("111", 28)])?;
//!
//! // 2. What to do: one fixed model, as a formula or in brackets ...
//! let answer = estimate(&table, &EstimateSettings::for_model("P*Q + Q*E"), None)?;
//! assert_eq!(answer.population.estimate.unwrap().round(), 527.0);
//! assert_eq!(answer.population.interval, "profile");
//!
//! // ... or, by default, the best of all hierarchical models, searched again in every replicate.
//! let settings = EstimateSettings { replicates: Some(100), ..EstimateSettings::default() };
//! let answer = estimate(&table, &settings, None)?;
//! assert_eq!(answer.model.as_ref().unwrap().notation, "[12,13,23]");
//! assert_eq!(answer.settings.seed, Some(20_260_101));
//!
//! // 3. The contract other programs read.
//! assert!(answer.to_json().starts_with("{\n  \"schema\": \"ethos-estimate/1\""));
//! assert!(answer.to_csv().starts_with("scope,by,observed"));
//!
//! // A model without an estimate is refused, with a proof.
//! let thin = CaptureTable::from_histories(["A", "B", "C"], [("100", 40), ("010", 30), ("001", 20), ("110", 6)])?;
//! let refusal = estimate(&thin, &EstimateSettings::for_model("[12,3]"), None).unwrap_err();
//! assert!(refusal.is_refused());
//! assert!(ethos_estimate::Refusal::new(ethos_estimate::SCHEMA, &refusal).unwrap().to_json().contains("certificate"));
//! # Ok::<(), ethos_estimate::EstimateError>(())
//! ```
//!
//! # Where to start
//!
//! Whole programs in `examples/src/bin`, run with `cargo run -p ethos-examples --bin NAME`:
//!
//! | analysis | program | calls |
//! |---|---|---|
//! | two lists: Chapman, and what dependence would do | `two_lists` | [`two_list_estimates`] |
//! | a published fixed model with its interval | `budapest` | [`EstimateSettings::for_model`] |
//! | a searched model with an interval that includes the search | `selection` | [`estimate`] |
//! | covariates: strata and total from one joint model | `covariates` | [`CaptureTable::builder`] |
//! | one year against the next, people seen in both drawn together | `year_change` | [`estimate_change`] |
//! | one list with repeated contacts | `contacts` | [`estimate_repeated`] |
//! | a model that has no estimate, with the proof | `no_estimate` | [`existence()`] |
//!
//! How well the estimator does on tables whose truth is known is studied with [`validate`]. What the library
//! returns is plain records that `serde` writes and reads back the same: [`Estimate`], [`Change`],
//! [`RepeatedEstimate`], and [`Refusal`] where there is none of these. Settings are records too, with every
//! field optional; tables have builders that check each row.
//!
//! # Conventions
//!
//! - log μ = Σ β over the terms within a cell; treatment contrasts, the first level is the
//!   reference; the unseen cell of a stratum is that of the history "on no list".
//! - `se` = √(n0 + n0² V00): the sampling error with the population fixed, plus the unseen.
//! - The log-likelihood includes −Σ ln y!; BIC = −2 log-likelihood + k ln(persons observed);
//!   k counts terms at −∞; df = observable cells − k.
//! - A term with a sufficient margin of zero goes to −∞ and its cells to mean zero; what remains
//!   must have a finite estimate that determines every unseen cell, decided exactly ([`existence`]).
//! - With covariates, a formula means exactly what it says; a bracket model and the exact search
//!   stand on a skeleton of saturated covariates and list × covariate terms. A stratum in which
//!   nobody was seen contributes 0 under saturated covariates; under a smaller covariate formula
//!   it is a row of zero counts, as in R, and has the unseen persons that the formula implies.
//! - Default intervals: profile likelihood for a fixed model without covariates; otherwise the
//!   percentile (type 8) of the semiparametric bootstrap, with re-selection after a search.
//!   A replicate in which no model has an estimate counts as infinite and stays in the quantiles.
//! - Replicate r draws from its own `ChaCha8` stream keyed by seed and purpose; results are reduced
//!   in a fixed order, so the answer does not depend on the number of threads.

mod amount;
mod answer;
mod cause;
mod change;
mod criteria;
mod design;
mod diagnostics;
mod error;
mod estimator;
mod existence;
mod fit;
mod formula;
mod goodness;
mod incomplete;
mod influence;
mod interval;
mod kernel;
mod model;
mod offset;
mod panel;
mod reading;
mod refit;
mod refusal;
mod repeated;
mod report;
mod select;
mod separate;
mod settings;
mod size;
mod support;
mod table;
mod term;
mod units;
pub mod validate;
mod written;

pub use amount::Amount;
pub use change::{
    CHANGE_SCHEMA, Change, ChangeBootstrap, ChangeSettings, ChangeStratum, Contrast, YearEstimate,
    YearFit, estimate_change,
};
pub use criteria::Criterion;
pub use error::{ErrorKind, EstimateError};
pub use estimator::{estimate, estimate_persons};
pub use existence::verify::verify_existence;
pub use existence::{Cell, Certificate, Existence, existence};
pub use fit::{FittedCoefficient, FittedModel, fit};
pub use formula::{ModelText, check_model, parse_model};
pub use goodness::{GoodnessOfFit, LACK_OF_FIT, SMALL_MEAN};
pub use incomplete::{
    IncompleteBuilder, IncompleteReport, IncompleteTable, ListCoverage, MissingCovariate, Pattern,
    estimate_incomplete, fit_incomplete,
};
pub use interval::control::{MIN_REPLICATES, Progress, StopReason};
pub use interval::profile::{Profile, profile_interval};
pub use interval::{IntervalMethod, lognormal_interval};
pub use model::Model;
pub use offset::Offset;
pub use panel::report::{
    AmongEvidence, ChaoReport, Corner, CoverageReport, DeclaredDependence, DependenceRange,
    HeldFit, HeterogeneityReport, ListOverCoverage, OverCoverageReport, PairEvidence, PairPoint,
    PairReport, Panel, PanelEstimate, RangeAt, RangeFit, RemovalPoint, SensitivityPoint,
    SensitivityReport, TermSensitivity, TippingPoint, XiPoint,
};
pub use panel::{
    chao_bounds, dependence_range, dependence_sensitivity, heterogeneity_models, over_coverage,
    sample_coverage, two_list_estimates,
};
pub use reading::TableReading;
pub use refit::Refit;
pub use refusal::{NotEstimable, Refusal};
pub use repeated::answer::estimate_repeated;
pub use repeated::existence::{CountCertificate, RecessionStep};
pub use repeated::family::Family;
pub use repeated::report::{
    AnalyticLimits, CountExistence, CountModelReport, CountTests, EstimatorRow, FrequencyRow,
    LikelihoodOf, REPEATED_SCHEMA, RepeatedEstimate, ScoreTest,
};
pub use repeated::settings::{RepeatedSettings, ResolvedRepeatedSettings};
pub use repeated::table::{MAX_STRATA, MAX_TIMES, RepeatedBuilder, RepeatedTable};
pub use report::{
    AverageReport, BcaReport, BootstrapReport, Coefficient, CriterionAnswer, Diagnostic, Estimate,
    HouseholdReport, Limits, ModelReport, ModelRow, MonteCarloSe, Population, SCHEMA, SeKind,
    SearchMethod, SearchReport, Severity, Status, StratumReport, Unobserved,
};
pub use select::space::{MAX_ENUMERATED_LISTS, hierarchical_models};
pub use settings::{
    DEFAULT_P_VALUE, DEFAULT_REPLICATES, DEFAULT_SEED, EstimateSettings, MAX_REPLICATES, Preset,
    ResolvedSettings, Search, Skeleton,
};
pub use size::MAX_PARAMETERS;
pub use table::{CaptureTable, Factor, MAX_CELLS, TableBuilder, TableNote};
pub use term::Term;
pub use units::persons::{PersonRow, PersonTable, PersonTableBuilder};

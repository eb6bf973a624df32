//! Captures in, estimates out: hierarchical Poisson log-linear capture-recapture with existence certificates and bootstrap.

mod criteria;
mod design;
mod diagnostics;
mod error;
mod estimator;
mod existence;
mod fit;
mod formula;
mod interval;
mod kernel;
mod model;
mod report;
mod select;
mod settings;
mod table;
mod term;

pub use criteria::Criterion;
pub use error::{ErrorKind, EstimateError};
pub use estimator::estimate;
pub use existence::{Cell, Certificate, Existence, existence};
pub use fit::{FittedCoefficient, FittedModel, fit};
pub use formula::{ModelText, parse_model};
pub use interval::bootstrap::Progress;
pub use interval::profile::{Profile, profile_interval};
pub use interval::{IntervalMethod, lognormal_interval};
pub use model::Model;
pub use report::{
    AverageReport, BootstrapReport, Coefficient, CriterionAnswer, Diagnostic, Estimate,
    ModelReport, ModelRow, MonteCarloSe, Population, SCHEMA, Severity, Status, StratumReport,
    Unobserved,
};
pub use select::space::hierarchical_models;
pub use settings::{
    DEFAULT_REPLICATES, DEFAULT_SEED, EstimateSettings, MAX_REPLICATES, Preset, ResolvedSettings,
    Search, Skeleton,
};
pub use table::{CaptureTable, Factor, MAX_CELLS, TableBuilder, TableNote};
pub use term::Term;

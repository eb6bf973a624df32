//! Simulation studies of the estimator: truths, tables drawn from them, and how the estimates did.

mod catalogue;
mod draw;
mod measures;
mod process;
mod report;
mod study;

pub use catalogue::{headline, standard_estimators};
pub use draw::draw;
pub use measures::{Measured, Measures, WarningRate};
pub use process::{Covariate, Dependence, LatentClass, Linkage, Only, Outside, Process};
pub use report::{STUDY_SCHEMA, StudyReport};
pub use study::{Cell, CellResult, EstimatorResult, EstimatorSpec, StudyRun, study};

//! Simulation studies of the estimator: truths, tables drawn from them, and how the estimates did.
//!
//! A [`Process`] says how the people of a closed population get on lists and what goes wrong in writing it down.
//! [`draw`] makes tables of it; [`study`] puts estimators to many of them and reports bias, error, coverage,
//! width, failures and warnings, each with its Monte-Carlo standard error ([`Measures`], after
//! Morris, White & Crowther 2019). [`headline`] has the cells of the validation document.

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

//! Captures in, estimates out: hierarchical Poisson log-linear capture-recapture with existence certificates and bootstrap.

mod criteria;
mod design;
mod error;
mod existence;
mod fit;
mod formula;
mod interval;
mod kernel;
mod model;
mod select;
mod table;
mod term;

pub use criteria::Criterion;
pub use error::{ErrorKind, EstimateError};
pub use existence::{Cell, Certificate, Existence, existence};
pub use fit::{FittedCoefficient, FittedModel, fit};
pub use interval::{IntervalMethod, lognormal_interval};
pub use interval::bootstrap::Progress;
pub use interval::profile::Profile;
pub use formula::{ModelText, parse_model};
pub use model::Model;
pub use table::{CaptureTable, Factor, TableBuilder, TableNote};
pub use term::Term;

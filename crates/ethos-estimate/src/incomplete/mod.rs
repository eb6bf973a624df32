//! Incomplete tables: covariates that are missing for some persons, and lists that cannot see part
//! of the population.
//!
//! [`table`] collects what was seen, [`layout`] says which complete cells each observed pattern may
//! stand for, [`identify`] which parameters the patterns determine, [`engine`] holds the observed-data
//! likelihood, [`em`] maximises it, [`model`] fits one model, [`choose`] finds one, [`replicate`]
//! repeats that on drawn tables, [`part`] splits by coverage, and [`estimator`] tells the result.

mod choose;
mod em;
mod engine;
mod estimator;
mod face;
mod identify;
mod layout;
mod model;
mod part;
mod replicate;
mod table;
mod told;

pub use estimator::estimate_incomplete;
pub use model::fit_incomplete;
pub use table::{IncompleteBuilder, IncompleteTable, Pattern};
pub use told::{IncompleteReport, ListCoverage, MissingCovariate};

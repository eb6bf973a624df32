//! A synthetic file in any layout, shipped or a user's own: for trying, teaching, testing and
//! timing.
//!
//! Every value is drawn: numbers that pass the eleven test and begin with a 9, plausible dates
//! that agree with each other, codes of the layout's own lists. A share of the rows has one
//! mistake each, and a sidecar says which: row, column, kind, and the rule that finds it, so that a
//! test can demand that a check finds it. Rows are written as they are made; memory does not
//! grow with their number.

mod columns;
mod contradict;
mod days;
mod dirt;
mod kind;
mod numbers;
mod options;
mod pair;
mod row;
mod sheet;
mod text;
mod truth;
mod write;

pub use kind::DirtKind;
pub use options::{SampleError, SampleFormat, SampleOptions};
pub use truth::{TRUTH_COLUMNS, sample_truth_path};
pub use write::{Sample, SampleProgress, SampleReport};

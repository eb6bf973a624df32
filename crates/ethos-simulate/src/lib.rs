//! A country with known truth in the shipped layouts, and the scoring of a run against that truth.
//!
//! [`simulate`] writes a folder that holds a ready study: deliveries of municipalities with the
//! errors that real ones have, registers, the forms of a count day, and `truth/truth.json`.
//! [`Scores::of_run`] compares the outcome of a run of that study with the truth.
//!
//! [`Sample`] writes a single file in any layout, a user's own among them, with the truth about
//! every mistake in it.
//!
//! A seed gives the same bytes on every machine: each purpose has a random stream of its own, no
//! clock is read and no function of the platform's mathematics is used.
//!
//! ```no_run
//! use std::path::Path;
//! use ethos_simulate::{CountryOptions, simulate};
//!
//! let options = CountryOptions { scale: 0.03, ..CountryOptions::default() };
//! let truth = simulate(&options, Path::new("land"), &|_done, _total| {})?;
//! assert!(truth.dates[0].persons > 3 * truth.dates[0].scope);
//! # Ok::<(), ethos_simulate::SimulateError>(())
//! ```

mod arithmetic;
mod assumption;
mod country;
mod evaluate;
mod extract;
mod options;
mod sample;
mod simulate;
mod streams;
mod study;
mod truth;

pub use evaluate::{DateScores, EvaluateError, Score, Scores};
pub use options::{CountryOptions, SimulateError};
pub use sample::{
    DirtKind, Sample, SampleError, SampleFormat, SampleOptions, SampleProgress, SampleReport,
    TRUTH_COLUMNS, sample_truth_path,
};
pub use simulate::simulate;
pub use truth::{
    Coefficient, CountDayTruth, DateTruth, MunicipalityTruth, TRUTH_FILE, TRUTH_SCHEMA, Truth,
    TruthError, YearTruth,
};

//! From the stretches of one person to one row a date or period.

mod attributes;
mod evidence;
mod person;
mod range;
mod recode;

pub(crate) use attributes::{ATTRIBUTES, Facts, register_row};
pub(crate) use evidence::contested;
pub use evidence::{Candidate, Decision, Priority, decide};
pub(crate) use person::{Bucket, Found, count_bucket, rows_of};
pub use range::smallest_and_largest;
pub use recode::{RecodeOutcome, Recoder};

//! Who is in the scope of the estimate, and the table of capture histories.

pub(crate) mod coverage;
mod date;
pub(crate) mod scope;
pub(crate) mod strata;
mod table;

pub(crate) use date::captures_on;
pub use scope::{Eligibility, Standing, situation_in_scope, standing};

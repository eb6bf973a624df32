//! The change between two years: difference and ratio with a joint interval.

mod contrast;
mod estimator;
mod report;

pub use estimator::{ChangeSettings, estimate_change};
pub use report::{
    CHANGE_SCHEMA, Change, ChangeBootstrap, ChangeStratum, Contrast, YearEstimate, YearFit,
};

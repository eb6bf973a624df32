//! The wiring between the stages.

pub(crate) mod capture_file;
pub(crate) mod estimate_text;
pub(crate) mod load;

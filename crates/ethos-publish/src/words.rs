//! What a reader sees in Dutch or English: numbers, dates, names of levels and places.

pub mod label;
pub(crate) mod measure;
pub mod number;
pub mod scope;

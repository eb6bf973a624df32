//! What a reader sees in Dutch or English: numbers, dates, names of levels and places.

pub mod label;
pub mod number;
pub mod scope;

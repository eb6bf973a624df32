//! Findings in, what a sender gets out: the marked workbook.
//!
//! | module | what the sender gets |
//! |---|---|
//! | [`workbook`] | their own workbook back, cells coloured and explained, with a first sheet that says what to do |

pub mod workbook;

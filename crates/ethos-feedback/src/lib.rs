//! Findings in, what a sender gets out.
//!
//! | module | what the sender gets |
//! |---|---|
//! | [`cause`] | findings grouped by what caused them |
//! | [`workbook`] | their own workbook back, cells coloured and explained, with a first sheet that says what to do |

pub mod cause;
pub mod workbook;

//! What a check found in, what a sender gets out.
//!
//! | module | what the sender gets |
//! |---|---|
//! | [`cause`] | findings grouped by what caused them |
//! | [`verdict`] | what to do with the file, in a sentence |
//! | [`workbook`] | their own workbook back, cells coloured and explained, with a first sheet that says what to do |
//! | [`answers`] | answers to warnings, kept beside the data and offered again |
//! | [`baseline`] | what was accepted, hidden |
//! | [`page`] | one offline page, to be filtered |
//! | [`machine`] | JSON, CSV, SARIF and the report of the European Statistical System |
//! | [`receipt`] | proof of the check, to be sent along and verified |
//! | [`terminal`] | the check as text, verdict first |
//! | [`safe`] | text that no spreadsheet takes for a formula |

pub mod answers;
pub mod baseline;
pub mod cause;
pub mod machine;
pub mod page;
pub mod receipt;
pub mod safe;
pub mod terminal;
pub mod verdict;
pub mod workbook;

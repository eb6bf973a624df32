//! What a check found in, what a sender gets out.
//!
//! | module | what the sender gets |
//! |---|---|
//! | [`cause`] | findings grouped by what caused them |
//! | [`verdict`] | what to do with the file, in a sentence |
//! | [`fix`] | their file mended where only one value is possible, every change logged |
//! | [`cleaned`] | the delivery in its layout's exact form |
//! | [`excerpt`] | rows of a file with masked cells, for carets beneath them |
//! | [`workbook`] | their own workbook back, cells coloured and explained, with a first sheet that says what to do |
//! | [`aside`] | what lies in a folder of deliveries and is none |
//! | [`answers`] | answers to warnings, kept beside the data and offered again |
//! | [`baseline`] | what was accepted, hidden |
//! | [`page`] | one offline page, to be filtered |
//! | [`machine`] | JSON, CSV, SARIF and the report of the European Statistical System |
//! | [`receipt`] | proof of the check, to be sent along and verified |
//! | [`overview`] | counts that the sender can recognise, beside the previous delivery |
//! | [`previous`] | the senders' previous deliveries, to compare with |
//! | [`summaries`] | a delivery's figures in a file, to compare next year's with |
//! | [`senders`] | many senders: who delivered what, and what to write to those who did not |
//! | [`terminal`] | the check as text, verdict first |
//! | [`safe`] | text that no spreadsheet takes for a formula |

pub mod answers;
pub mod aside;
pub mod baseline;
mod carets;
pub mod cause;
pub mod cleaned;
pub mod excerpt;
pub mod fix;
pub mod machine;
pub mod overview;
pub mod page;
pub mod previous;
pub mod receipt;
pub mod safe;
pub mod senders;
pub mod summaries;
pub mod terminal;
pub mod verdict;
pub mod workbook;
mod wrap;

//! A sender's file in, findings and spells out: decode, read, map by layout, check, classify,
//! pseudonymise.
//!
//! [`ingest_study`] reads every file of a study; [`check_files`] checks a sender's files
//! without a study or a key. Both send each file through the same steps:
//!
//! | step | module | what it settles |
//! |---|---|---|
//! | survey | [`decode`] | hash, encoding, whether it is text at all |
//! | detect | `detect`, `columns` | delimiter, header, layout, which cell is which field |
//! | read | `read` | rows, numbered as a spreadsheet numbers them; ragged ones set aside |
//! | row | `rows`, `fields`, [`bsn`] | one row to a spell or a person, with findings |
//! | classify | [`mapping`], [`layout`] | category and living situation by declared codes |
//! | pseudonymise | [`key`] | identifiers to keyed tokens; nothing else leaves this crate |
//! | deliver | [`delivery`], [`frame`] | sender, day, period; what replaces what; who was expected |
//!
//! What is wrong in a file is a finding of the rule book ([`rules`]), never an error; every row
//! ends in exactly one outcome of the ledger; no identifier is in any finding, error or `Debug`.
//!
//! Rules that a reader should know:
//!
//! - A row is *rejected* when it has no usable person number, date or category; any other cell
//!   that cannot be used is emptied and the row stays. A row without a number is accepted with
//!   a fallback key where its fields are there, else without a key.
//! - The end in a delivery is the last day, which still counts: the spell ends on the next day.
//! - A later delivery of the same sender and period replaces the earlier one whole; a spell
//!   (person, first day, category) that a later delivery of the same sender states again counts
//!   as the later one states it. Both are `superseded`.
//! - A file with a blocking finding gives no rows: all are `set aside`, and its delivery is not
//!   usable. A file with a header and no rows is a delivery of nobody.

pub mod bsn;
mod characters;
pub mod check;
mod columns;
mod compared;
mod copy;
pub mod corrections;
mod corrector;
mod counting;
pub mod decode;
pub mod delivery;
mod detect;
#[cfg(test)]
mod drip;
pub mod edited;
mod error;
mod fields;
mod file;
mod findings;
pub mod frame;
mod gather;
mod head;
pub mod held;
mod imprint;
mod input;
pub mod key;
mod laid;
pub mod layout;
mod limits;
pub mod mapping;
pub mod mend;
mod one_cell;
mod opened;
pub mod origin;
mod progress;
mod read;
mod refused;
mod register;
mod rejects;
mod restated;
mod row_mark;
mod rows;
pub mod rules;
mod said;
mod shift;
pub mod study;
pub mod summary;
mod tally;
mod words;
mod workbook;

pub use check::{
    CheckOptions, CheckReport, FileReport, Mendable, Misplaced, Verdict, check_files, check_inputs,
    inputs_of,
};
pub use columns::{RENAMES_FILE, Renames, RenamesError};
pub use compared::Uncompared;
pub use copy::text_rows;
pub use corrections::Corrections;
pub use error::IngestError;
pub use findings::{DEFAULT_LIMIT, FindingCounts, MOST_FINDINGS};
pub use head::Reading;
pub use input::{Aside, AsideKind, Input, InputForm};
pub use key::SeriesKey;
pub use laid::{CorrectedCell, FileForm, LaidOut, LaidRow, RowCells};
pub use layout::scaffold_layout;
pub use progress::Progress;
pub use rejects::RejectTo;
pub use row_mark::RowMark;
pub use rules::RuleBook;
pub use said::{ENCODINGS, delimiter};
pub use shift::{Shift, Way};
pub use study::{Ingested, ingest_study, reach};
pub use summary::Summary;
pub use tally::Tally;
pub use words::io_words;

//! Rules at work on the rows of a file.
//!
//! Rows come by the thousand, on any thread and in any order, and what they come to is put
//! together in the order of the file.
//!
//! | step | module |
//! |---|---|
//! | which rules are for the file, compiled to lanes | [`chosen`] |
//! | the cells that some rule asks for become lanes; others are never looked at | [`fill`] |
//! | rules of scope `row` are asked of a thousand rows | [`judge`] |
//! | rows drawn together for rules of scope `file` | [`together`] |
//! | what rules of scope `person` ask for is kept until the file ends, and they are asked | [`persons`], [`whole`] |
//! | what was found becomes a finding | [`tell`] |

mod chosen;
mod fill;
mod judge;
mod persons;
mod tell;
mod together;
mod whole;

pub(crate) use chosen::Chosen;
pub(crate) use judge::{Judge, Judged, RowFacts};
pub(crate) use persons::{MOST_ROWS, PersonCount};
pub(crate) use tell::written;
pub(crate) use whole::{Gathered, Whole};

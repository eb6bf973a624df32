//! Rules at work on the rows of a file.
//!
//! Rows come one by one and are judged by the thousand: [`fill`] turns the cells that some rule
//! asks for into lanes, [`batch`] asks the rules of scope `row` and draws rows together for
//! those of scope `file`, [`persons`] keeps what rules of scope `person` ask for until the file
//! ends. Cells that no rule asks for are never looked at.

mod batch;
mod fill;
mod persons;
mod together;

pub(crate) use batch::{Engine, RowFacts, written};

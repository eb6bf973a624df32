//! The rule book: what is looked for in senders' files, how bad it is, and in which words it is
//! said.
//!
//! A rule is data ([`Rule`]), read from files that ship with the program and files of the
//! user's ([`RuleBook`]). It tells what the reader itself sees ([`Observation`]), or finds
//! where a condition in a small language holds.

mod book;
mod compare;
mod engine;
mod error;
mod example;
mod facts;
mod known;
mod lang;
mod lint;
mod observation;
mod parameter;
pub mod print;
mod rule;
mod source;
mod trial;

pub use book::RuleBook;
pub(crate) use engine::{Chosen, Gathered, Judge, Judged, PersonCount, RowFacts, Whole};
pub use error::RuleError;
pub use example::{
    Cell, Example, ExampleSheet, Fill, FormulaCell, FurtherFile, Member, Packing, SheetCell,
};
pub(crate) use facts::Facts;
pub(crate) use lang::calendar;
pub use lint::{Lint, LintKind};
pub use observation::{Consequence, Observation, Place as ObservedAt};
pub use parameter::{Parameter, ParameterValue};
pub(crate) use rule::{Detail, Place};
pub use rule::{Each, Finds, Rule, Scope};
pub use trial::{Trial, Workshop};

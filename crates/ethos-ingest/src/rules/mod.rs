//! The rule book: what is looked for in senders' files, how bad it is, and in which words it is
//! said.
//!
//! A rule is data ([`Rule`]), read from files that ship with the program and files of the
//! user's ([`RuleBook`]). It tells what the reader itself sees ([`Observation`]).

mod book;
mod error;
mod observation;
mod rule;
mod source;

pub use book::RuleBook;
pub use error::RuleError;
pub use observation::{Consequence, Observation, Place as ObservedAt};
pub(crate) use rule::{Detail, Place};
pub use rule::{Rule, Scope};

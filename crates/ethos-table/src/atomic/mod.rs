//! Output that appears whole or not at all.
//!
//! A file is written beside its target under a temporary name, flushed to the disk and renamed
//! ([`AtomicFile`], [`write_atomic`]); a folder is built beside its target and takes its place
//! as a whole ([`StagedDir`]). Whatever fails in between leaves the old output untouched. A
//! program that is interrupted calls [`remove_unfinished`] before it exits.

mod error;
mod file;
mod kind;
mod marker;
mod staged;
mod unfinished;

pub use error::AtomicError;
pub use file::{AtomicFile, write_atomic};
pub use kind::OutputKind;
pub use marker::MARKER;
pub use staged::StagedDir;
pub use unfinished::remove_unfinished;

//! Why files could not be read at all. What is wrong *in* a file is a finding, not an error.

use std::io;

use ethos_model::finding::Text;

use crate::columns::RenamesError;
use crate::frame::FrameError;
use crate::key::KeyError;
use crate::layout::LayoutError;
use crate::rules::RuleError;

/// Why ingest stops before or while reading.
#[derive(Debug, thiserror::Error)]
pub enum IngestError {
    /// The series' key cannot be had, or is of another series.
    #[error(transparent)]
    Key(#[from] KeyError),
    /// A layout or category mapping does not exist or contradicts itself.
    #[error(transparent)]
    Layout(#[from] LayoutError),
    /// The user's own rules are wrong.
    #[error(transparent)]
    Rules(#[from] RuleError),
    /// A column is said to be a field that does not exist.
    #[error(transparent)]
    Renames(#[from] RenamesError),
    /// A section of the study, or the file next to the data, says how to read what cannot be.
    #[error("{place}: {}", reason.en)]
    Reading {
        /// The section or file.
        place: String,
        /// What is wrong, with what can be said.
        reason: Text,
    },
    /// A file of corrections is wrong.
    #[error("the corrections in {file} cannot be used: {}", reason.en)]
    Corrections {
        /// The file as the user named it.
        file: String,
        /// What is wrong.
        reason: Text,
    },
    /// A table of expected senders is wrong.
    #[error(transparent)]
    Frame(#[from] FrameError),
    /// A pattern of the study names no file.
    #[error(
        "`{section}` reads `{pattern}`, and there is no such file; the path is relative to the study file"
    )]
    NoFiles {
        /// Title of the source, or layout of the person register.
        section: String,
        /// The pattern.
        pattern: String,
    },
    /// A pattern is malformed.
    #[error("`{pattern}` is not a file pattern: {reason}")]
    Pattern {
        /// The pattern.
        pattern: String,
        /// What is wrong.
        reason: String,
    },
    /// A source names the layout of a person register, or the other way round.
    #[error("`{section}` names the layout `{layout}`, whose rows are {kind}; write it as {right}")]
    WrongKind {
        /// Title of the source, or layout of the person register.
        section: String,
        /// The layout.
        layout: String,
        /// What its rows are.
        kind: &'static str,
        /// The section it belongs in.
        right: &'static str,
    },
    /// The system could not read a file.
    #[error("{file}: {source}")]
    Io {
        /// The file as the user named it.
        file: String,
        /// What the system said.
        source: io::Error,
    },
}

impl IngestError {
    /// Whether an input could not be read, rather than the study being wrong.
    pub fn is_unreadable_input(&self) -> bool {
        match self {
            Self::Io { .. } | Self::NoFiles { .. } => true,
            Self::Key(error) => matches!(error, KeyError::Io { .. }),
            Self::Layout(error) => matches!(error, LayoutError::Unreadable { .. }),
            Self::Frame(error) => error.unreadable,
            Self::Rules(error) => error.unreadable,
            Self::Corrections { .. }
            | Self::Pattern { .. }
            | Self::WrongKind { .. }
            | Self::Renames(_)
            | Self::Reading { .. } => false,
        }
    }
}

//! Why a rule book cannot be used.

use ethos_model::category::Language;
use ethos_model::finding::Text;

use crate::layout::LayoutError;

/// What is wrong with a file of rules, and where.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("{file}{}: {}", line.map(|line| format!(", line {line}")).unwrap_or_default(), reason.en)]
pub struct RuleError {
    /// The file.
    pub file: String,
    /// The line, where it is known.
    pub line: Option<usize>,
    /// What is wrong and the way out.
    pub reason: Text,
    /// Whether the system could not read the file, rather than its content being wrong.
    pub unreadable: bool,
}

impl RuleError {
    pub(super) fn new(file: &str, line: Option<usize>, reason: Text) -> Self {
        Self {
            file: file.to_owned(),
            line,
            reason,
            unreadable: false,
        }
    }

    /// A layout that rules may name fields of cannot be used.
    pub(super) fn of_layouts(error: &LayoutError) -> Self {
        let reason = Text::new(error.words(Language::Nl), error.to_string());
        Self::new("layouts", None, reason)
    }

    /// What is wrong at a byte of the file's text.
    pub(super) fn at(file: &str, text: &str, byte: usize, reason: Text) -> Self {
        let before = &text.as_bytes()[..byte.min(text.len())];
        let line = memchr::memchr_iter(b'\n', before).count();
        Self::new(file, Some(line + 1), reason)
    }
}

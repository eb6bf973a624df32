//! Why a rule book cannot be used.

/// What is wrong with a file of rules, and where.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("{file}{}: {reason}", line.map(|line| format!(", line {line}")).unwrap_or_default())]
pub struct RuleError {
    /// The file.
    pub file: String,
    /// The line, where it is known.
    pub line: Option<usize>,
    /// What is wrong and the way out.
    pub reason: String,
    /// Whether the system could not read the file, rather than its content being wrong.
    pub unreadable: bool,
}

impl RuleError {
    pub(super) fn new(file: &str, line: Option<usize>, reason: impl Into<String>) -> Self {
        Self {
            file: file.to_owned(),
            line,
            reason: reason.into(),
            unreadable: false,
        }
    }

    /// What is wrong at a byte of the file's text.
    pub(super) fn at(file: &str, text: &str, byte: usize, reason: impl Into<String>) -> Self {
        let before = &text.as_bytes()[..byte.min(text.len())];
        let line = memchr::memchr_iter(b'\n', before).count();
        Self::new(file, Some(line + 1), reason)
    }
}

//! What can go wrong, as the user sees it: one message, the way out, and an exit code.

use std::fmt;
use std::path::Path;
use std::process::ExitCode;

use ethos_estimate::NotEstimable;
use ethos_model::study::StudyError;
use ethos_table::atomic::AtomicError;

/// How the program ends. Decided here and nowhere else.
#[derive(Copy, Clone, PartialEq, Eq, Debug)]
pub(crate) enum Exit {
    /// Nothing to report.
    Clean = 0,
    /// Findings at or above `--fail-on`.
    Findings = 1,
    /// Arguments, study file or model are wrong.
    Usage = 2,
    /// An input cannot be read.
    Input = 3,
    /// A bug of ours.
    Internal = 4,
    /// Computed, and refused: no estimate exists, or the ledger does not balance.
    Refused = 5,
    /// Interrupted by the user; what there was is on standard output.
    Interrupted = 130,
}

impl From<Exit> for ExitCode {
    fn from(exit: Exit) -> Self {
        Self::from(exit as u8)
    }
}

/// A failure with its exit code.
#[derive(Debug)]
pub(crate) struct Failure {
    /// How the program ends.
    pub(crate) exit: Exit,
    message: String,
    help: Option<String>,
    /// Why there is no estimate, with its proof, where that is what failed.
    not_estimable: Option<Box<NotEstimable>>,
}

impl Failure {
    fn new(exit: Exit, message: impl Into<String>) -> Self {
        Self {
            exit,
            message: message.into(),
            help: None,
            not_estimable: None,
        }
    }

    /// Wrong arguments, study file or model.
    pub(crate) fn usage(message: impl Into<String>) -> Self {
        Self::new(Exit::Usage, message)
    }

    /// An input cannot be read, or an output not written.
    pub(crate) fn input(message: impl Into<String>) -> Self {
        Self::new(Exit::Input, message)
    }

    /// A bug of ours.
    pub(crate) fn internal(message: impl Into<String>) -> Self {
        Self::new(Exit::Internal, message)
    }

    /// Computed and refused.
    pub(crate) fn refused(message: impl Into<String>) -> Self {
        Self::new(Exit::Refused, message)
    }

    /// A file that cannot be read.
    pub(crate) fn reading(path: &Path, error: &std::io::Error) -> Self {
        let failure = Self::input(format!("cannot read {}: {error}", path.display()));
        if error.kind() == std::io::ErrorKind::NotFound {
            failure.with_help("check the path; it is taken relative to the folder you are in")
        } else {
            failure
        }
    }

    /// A file that cannot be written.
    pub(crate) fn writing(path: &Path, error: &dyn fmt::Display) -> Self {
        Self::input(format!("cannot write {}: {error}", path.display()))
    }

    /// An output folder that cannot be used: the wrong folder is the caller's mistake, a full disk
    /// is not.
    pub(crate) fn output(error: &AtomicError) -> Self {
        match error {
            AtomicError::Io { .. } => Self::input(error.to_string()),
            _ => Self::usage(error.to_string()),
        }
    }

    /// A study that is refused.
    pub(crate) fn study(path: &Path, error: &StudyError) -> Self {
        Self::usage(format!("{}: {error}", path.display()))
            .with_help("`ethos init` writes a commented study to start from; `ethos schema study` lists every key")
    }

    /// No estimate exists, for this reason; the way out is the reason's own.
    pub(crate) fn not_estimable(message: impl Into<String>, why: NotEstimable) -> Self {
        Self {
            help: why.way_out.clone(),
            not_estimable: Some(Box::new(why)),
            ..Self::refused(message)
        }
    }

    /// Why there is no estimate, where that is what failed.
    pub(crate) fn why(&self) -> Option<&NotEstimable> {
        self.not_estimable.as_deref()
    }

    /// Adds the way out.
    #[must_use]
    pub(crate) fn with_help(mut self, help: impl Into<String>) -> Self {
        self.help = Some(help.into());
        self
    }
}

impl fmt::Display for Failure {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.message)
    }
}

impl std::error::Error for Failure {}

impl miette::Diagnostic for Failure {
    fn help<'a>(&'a self) -> Option<Box<dyn fmt::Display + 'a>> {
        self.help
            .as_ref()
            .map(|help| Box::new(help) as Box<dyn fmt::Display>)
    }
}

/// Says that a bug was met, without a value that could be someone's.
pub(crate) fn report_panic(info: &std::panic::PanicHookInfo<'_>) {
    use std::io::Write;
    let place = info
        .location()
        .map_or_else(String::new, |at| format!(" at {}:{}", at.file(), at.line()));
    let _ = writeln!(
        std::io::stderr(),
        "ethos met a bug{place} and stopped; no output was replaced. Please report this line \
         and the command, never the data."
    );
}

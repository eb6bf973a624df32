//! What can go wrong, as the user sees it: one message, the way out, and an exit code.

use std::fmt;
use std::path::Path;
use std::process::ExitCode;

use ethos_estimate::NotEstimable;
use ethos_ingest::io_words;
use ethos_model::category::Language;
use ethos_model::finding::Text;
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

/// What is said: in both languages, or in English where a verb says all in English.
pub(crate) trait Said {
    /// Both languages.
    fn said(self) -> Text;
}

impl Said for Text {
    fn said(self) -> Text {
        self
    }
}

impl Said for String {
    fn said(self) -> Text {
        Text::new(self.clone(), self)
    }
}

impl Said for &str {
    fn said(self) -> Text {
        Text::new(self, self)
    }
}

/// A failure with its exit code.
#[derive(Debug)]
pub(crate) struct Failure {
    /// How the program ends.
    pub(crate) exit: Exit,
    message: Text,
    help: Option<Text>,
    /// The language it is told in.
    language: Language,
    /// Whether that is its own and no other.
    settled: bool,
    /// Why there is no estimate, with its proof, where that is what failed.
    not_estimable: Option<Box<NotEstimable>>,
}

impl Failure {
    fn new(exit: Exit, message: impl Said) -> Self {
        Self {
            exit,
            message: message.said(),
            help: None,
            language: Language::En,
            settled: false,
            not_estimable: None,
        }
    }

    /// Wrong arguments, study file or model.
    pub(crate) fn usage(message: impl Said) -> Self {
        Self::new(Exit::Usage, message)
    }

    /// An input cannot be read, or an output not written.
    pub(crate) fn input(message: impl Said) -> Self {
        Self::new(Exit::Input, message)
    }

    /// A bug of ours.
    pub(crate) fn internal(message: impl Said) -> Self {
        Self::new(Exit::Internal, message)
    }

    /// Computed and refused.
    pub(crate) fn refused(message: impl Said) -> Self {
        Self::new(Exit::Refused, message)
    }

    /// A file that cannot be read.
    pub(crate) fn reading(path: &Path, error: &std::io::Error) -> Self {
        let path = path.display();
        let failure = Self::input(Text::new(
            format!("{path} is niet te lezen: {}", io_words(error, Language::Nl)),
            format!("cannot read {path}: {error}"),
        ));
        if error.kind() == std::io::ErrorKind::NotFound {
            failure.with_help(Text::new(
                "controleer de naam; het pad begint in de map waarin u bent",
                "check the path; it is taken relative to the folder you are in",
            ))
        } else {
            failure
        }
    }

    /// A file that cannot be written.
    pub(crate) fn writing(path: &Path, error: &dyn fmt::Display) -> Self {
        Self::input(format!("cannot write {}: {error}", path.display()))
    }

    /// An output that cannot be written: the wrong place is the caller's mistake, a full disk is not.
    pub(crate) fn output(error: &AtomicError) -> Self {
        let en = error.to_string();
        let nl = match error {
            AtomicError::Io { path, source, .. } => format!(
                "{} is niet te schrijven: {}",
                path.display(),
                io_words(source, Language::Nl)
            ),
            AtomicError::Nameless(path) => {
                format!("{} is geen naam van een bestand of map", path.display())
            }
            AtomicError::NotAFile(path) => {
                format!(
                    "{} is geen bestand, dus daar kan geen bestand komen",
                    path.display()
                )
            }
            AtomicError::NotAFolder(path) => {
                format!("{} is geen map; kies een andere naam", path.display())
            }
            // Folders of tables are written by verbs that say all in English.
            _ => en.clone(),
        };
        match error {
            AtomicError::Io { .. } => Self::input(Text::new(nl, en)),
            _ => Self::usage(Text::new(nl, en)),
        }
    }

    /// A file that could not be put in place as a whole.
    pub(crate) fn placing(path: &Path, error: &std::io::Error) -> Self {
        let atomic = error.get_ref().and_then(|cause| cause.downcast_ref());
        atomic.map_or_else(
            || {
                Self::input(Text::new(
                    format!(
                        "{} is niet te schrijven: {}",
                        path.display(),
                        io_words(error, Language::Nl)
                    ),
                    format!("cannot write {}: {error}", path.display()),
                ))
            },
            Self::output,
        )
    }

    /// A folder that cannot be made.
    pub(crate) fn folder(path: &Path, error: &std::io::Error) -> Self {
        Self::input(Text::new(
            format!(
                "de map {} is niet te maken: {}",
                path.display(),
                io_words(error, Language::Nl)
            ),
            format!("cannot make {}: {error}", path.display()),
        ))
    }

    /// A study that is refused.
    pub(crate) fn study(path: &Path, error: &StudyError) -> Self {
        Self::usage(format!("{}: {error}", path.display()))
            .with_help("`ethos init` writes a commented study to start from; `ethos schema study` lists every key")
    }

    /// No estimate exists, for this reason; the way out is the reason's own.
    pub(crate) fn not_estimable(message: impl Said, why: NotEstimable) -> Self {
        Self {
            help: why.way_out.clone().map(Said::said),
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
    pub(crate) fn with_help(mut self, help: impl Said) -> Self {
        self.help = Some(help.said());
        self
    }

    /// Tells it in this language, unless it has one of its own.
    #[must_use]
    pub(crate) fn in_language(mut self, language: Language) -> Self {
        if !self.settled {
            self.language = language;
        }
        self
    }

    /// Tells it in this language, whatever else the verb says: what is refused of a release, in the release's.
    #[must_use]
    pub(crate) fn of_release(mut self, language: Language) -> Self {
        self.language = language;
        self.settled = true;
        self
    }
}

impl fmt::Display for Failure {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.message.in_language(self.language))
    }
}

impl std::error::Error for Failure {}

impl miette::Diagnostic for Failure {
    fn help<'a>(&'a self) -> Option<Box<dyn fmt::Display + 'a>> {
        self.help
            .as_ref()
            .map(|help| Box::new(help.in_language(self.language)) as Box<dyn fmt::Display>)
    }
}

/// Says that a bug was met, without a value that could be someone's.
pub(crate) fn report_panic(info: &std::panic::PanicHookInfo<'_>) {
    use std::io::Write;
    if ethos_table::is_decoding() {
        return;
    }
    let place = info
        .location()
        .map_or_else(String::new, |at| format!(" at {}:{}", at.file(), at.line()));
    let _ = writeln!(
        std::io::stderr(),
        "ethos met a bug{place} and stopped; no output was replaced. Please report this line \
         and the command, never the data."
    );
}

//! What errors say, in the language of whoever reads them. Their `Display` is the English of it.
//!
//! What is wrong inside a layout, a table of rules or a study is told in English: those are written by who
//! reads the guides on them.

use std::io;

use ethos_model::category::Language;

use crate::columns::RenamesError;
use crate::corrections::CorrectionsError;
use crate::error::IngestError;
use crate::frame::FrameError;
use crate::layout::LayoutError;
use crate::rules::RuleError;

/// What the system says of a file: where it is not there or may not be read, in plain words.
///
/// ```
/// use ethos_ingest::io_words;
/// use ethos_model::category::Language;
/// let gone = std::io::Error::from(std::io::ErrorKind::NotFound);
/// assert_eq!(io_words(&gone, Language::Nl), "het bestand of de map bestaat niet");
/// ```
pub fn io_words(error: &io::Error, language: Language) -> String {
    let nl = match (language, error.kind()) {
        (Language::En, _) => return error.to_string(),
        (_, io::ErrorKind::NotFound) => "het bestand of de map bestaat niet",
        (_, io::ErrorKind::PermissionDenied) => "u hebt daar geen rechten voor",
        (_, io::ErrorKind::IsADirectory) => "het is een map en geen bestand",
        (_, io::ErrorKind::NotADirectory) => "het is een bestand en geen map",
        (_, io::ErrorKind::StorageFull) => "de schijf is vol",
        (_, io::ErrorKind::ReadOnlyFilesystem) => "daar kan niet worden geschreven",
        _ => return format!("het systeem meldt: {error}"),
    };
    nl.to_owned()
}

/// `, regel 3`.
fn line(line: Option<impl std::fmt::Display>) -> String {
    line.map(|line| format!(", regel {line}"))
        .unwrap_or_default()
}

impl IngestError {
    /// Why, in a language.
    pub fn words(&self, language: Language) -> String {
        if language == Language::En {
            return self.to_string();
        }
        match self {
            Self::Key(error) => error.to_string(),
            Self::Layout(error) => error.words(language),
            Self::Rules(error) => error.words(language),
            Self::Renames(error) => error.words(language),
            Self::Frame(error) => error.words(language),
            Self::Reading { place, reason } => format!("{place} is niet te gebruiken: {reason}"),
            Self::Corrections { file, reason } => {
                format!("de correcties in {file} zijn niet te gebruiken: {reason}")
            }
            Self::NoFiles { section, pattern } => format!(
                "`{section}` leest `{pattern}`, en zo'n bestand is er niet; het pad begint bij het studiebestand"
            ),
            Self::Pattern { pattern, reason } => {
                format!("`{pattern}` is geen patroon voor bestanden: {reason}")
            }
            Self::WrongKind { .. } => self.to_string(),
            Self::Io { file, source } => match source.kind() {
                io::ErrorKind::NotFound => {
                    format!("{file} bestaat niet; controleer de naam, en de map waarin u bent")
                }
                _ => format!("{file} is niet te lezen: {}", io_words(source, language)),
            },
        }
    }
}

impl LayoutError {
    /// Why, in a language.
    pub fn words(&self, language: Language) -> String {
        match (self, language) {
            (_, Language::En) => self.to_string(),
            (Self::NotFound { what, id, hint }, _) => {
                let what = match *what {
                    "layout" => "indeling",
                    _ => "categorietoewijzing",
                };
                format!("er is geen {what} `{id}`{}", hint.in_language(language))
            }
            (Self::Unreadable { file, reason }, _) => format!("{file} is niet te lezen: {reason}"),
            (
                Self::Invalid {
                    file,
                    line: at,
                    reason,
                },
                _,
            ) => format!("{file}{} is niet te gebruiken: {reason}", line(*at)),
        }
    }
}

impl RuleError {
    /// Why, in a language.
    pub fn words(&self, language: Language) -> String {
        match language {
            Language::En => self.to_string(),
            Language::Nl => {
                let Self { file, reason, .. } = self;
                format!("{file}{} is niet te gebruiken: {reason}", line(self.line))
            }
        }
    }
}

impl FrameError {
    /// Why, in a language.
    pub fn words(&self, language: Language) -> String {
        match language {
            Language::En => self.to_string(),
            Language::Nl => {
                let Self { file, reason, .. } = self;
                format!("{file}{} is niet te gebruiken: {reason}", line(self.line))
            }
        }
    }
}

impl RenamesError {
    /// Why, in a language.
    pub fn words(&self, language: Language) -> String {
        match (self, language) {
            (_, Language::En) => self.to_string(),
            (Self::Malformed(text), _) => format!(
                "`{text}` zegt niet welke kolom welk veld is; schrijf het als begindatum=startdatum"
            ),
            (
                Self::NoField {
                    column,
                    field,
                    hint,
                },
                _,
            ) => format!(
                "`{column}={field}`: geen enkele indeling heeft een kolom `{field}`{}",
                hint.in_language(language)
            ),
        }
    }
}

impl CorrectionsError {
    /// Why, in a language.
    pub fn words(&self, language: Language) -> String {
        match (self, language) {
            (_, Language::En) => self.to_string(),
            (Self::Csv(_), _) => "het is niet te lezen als een CSV-bestand".into(),
            (Self::Column(name), _) => format!("er is geen kolom `{name}`"),
            (Self::Twice(row), _) => format!("rij {row} van een bestand wordt twee keer verbeterd"),
            (Self::TooMany(most), _) => format!("er staan meer dan {most} correcties in"),
            (Self::Row { row, reason }, _) => {
                format!("rij {row}: {}", reason.in_language(language))
            }
        }
    }
}

//! What errors say, in the language of whoever reads them. Their `Display` is the English of it.
//!
//! What is wrong inside a study is told in English: it is written by who reads the guides on it.

use std::io;

use ethos_model::category::Language;
use ethos_model::finding::Text;
use ethos_model::suggest::nearest;

use crate::columns::RenamesError;
use crate::corrections::CorrectionsError;
use crate::error::IngestError;
use crate::frame::FrameError;
use crate::held;
use crate::input::Input;
use crate::layout::LayoutError;
use crate::refused::Refused;
use crate::rules::RuleError;

/// A text in both languages, with the same values in each.
macro_rules! both {
    ($nl:literal, $en:literal $(, $value:expr)* $(,)?) => {
        ethos_model::finding::Text::new(format!($nl $(, $value)*), format!($en $(, $value)*))
    };
}
pub(crate) use both;

/// What the system says of a file: where it is not there or may not be read, in plain words.
///
/// ```
/// use ethos_ingest::io_words;
/// use ethos_model::category::Language;
/// let gone = std::io::Error::from(std::io::ErrorKind::NotFound);
/// assert_eq!(io_words(&gone, Language::Nl), "het bestand of de map bestaat niet");
/// ```
pub fn io_words(error: &io::Error, language: Language) -> String {
    if let (Language::Nl, Some(refused)) = (language, Refused::of(error)) {
        return refused.in_dutch();
    }
    let nl = match (language, error.kind()) {
        (Language::En, _) => return error.to_string(),
        (_, io::ErrorKind::NotFound) => "het bestand of de map bestaat niet",
        (_, io::ErrorKind::PermissionDenied) => "u hebt daar geen rechten voor",
        (_, io::ErrorKind::IsADirectory) => "het is een map en geen bestand",
        (_, io::ErrorKind::NotADirectory) => "het is een bestand en geen map",
        (_, io::ErrorKind::StorageFull) => "de schijf is vol",
        (_, io::ErrorKind::ReadOnlyFilesystem) => "daar kan niet worden geschreven",
        (_, io::ErrorKind::FileTooLarge) => {
            "het is groter dan 1.024 MB, en zo groot is zo'n bestand nooit"
        }
        (_, io::ErrorKind::InvalidData) if error.to_string() == held::NO_TEXT => {
            "het is geen UTF-8-tekst; sla het op als UTF-8"
        }
        (_, io::ErrorKind::InvalidFilename) => "de naam is te lang of kan hier niet",
        _ => return format!("het systeem meldt: {error}"),
    };
    nl.to_owned()
}

/// [`io_words`] in both languages.
pub(crate) fn io_text(error: &io::Error) -> Text {
    Text::new(io_words(error, Language::Nl), io_words(error, Language::En))
}

/// What is wrong with a file in TOML, with a suggestion for a word that is not known. The English is that of the
/// TOML reader.
pub(crate) fn toml_text(message: &str) -> Text {
    let quoted =
        |start: &str| -> Option<(&str, &str)> { message.split_once(start)?.1.split_once('`') };
    let field = quoted("unknown field `");
    if let Some((word, rest)) = field.or_else(|| quoted("unknown variant `")) {
        let known: Vec<&str> = rest.split('`').skip(1).step_by(2).collect();
        let near = nearest(word, &known);
        let hint = near.map(|near| both!("; bedoelt u `{near}`?", "; did you mean `{near}`?"));
        let hint = hint.unwrap_or_default();
        let what = if field.is_some() {
            format!("er is geen sleutel `{word}`")
        } else {
            format!("`{word}` kan hier niet staan")
        };
        let may = match known.as_slice() {
            [] => String::new(),
            known => format!("; bekend zijn `{}`", known.join("`, `")),
        };
        return Text::new(
            format!("{what}{may}{}", hint.nl),
            format!("{message}{}", hint.en),
        );
    }
    let nl = if let Some((word, _)) = quoted("missing field `") {
        format!("de sleutel `{word}` ontbreekt")
    } else if let Some((word, _)) = quoted("duplicate field `") {
        format!("de sleutel `{word}` staat er twee keer")
    } else if message.starts_with("duplicate key") {
        "een sleutel staat er twee keer".to_owned()
    } else if let Some(what) = message.strip_prefix("invalid type: ") {
        format!("de waarde is van een andere soort dan hier hoort ({what})")
    } else if let Some(what) = message.strip_prefix("wanted ") {
        format!("de waarde is van een andere soort dan hier hoort ({what})")
    } else if let Some(what) = message.strip_prefix("invalid value: ") {
        format!("deze waarde kan hier niet staan ({what})")
    } else {
        format!(
            "zo schrijft u geen TOML ({message}); vergelijk de regel met het voorbeeld in de handleiding"
        )
    };
    Text::new(nl, message)
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
            Self::Reading { place, reason } => {
                format!("{place} is niet te gebruiken: {}", reason.nl)
            }
            Self::Corrections { file, reason } => {
                format!(
                    "de correcties in {file} zijn niet te gebruiken: {}",
                    reason.nl
                )
            }
            Self::NoFiles { section, pattern } => format!(
                "`{section}` leest `{pattern}`, en zo'n bestand is er niet; het pad begint bij het studiebestand"
            ),
            Self::Pattern { pattern, reason } => {
                format!("`{pattern}` is geen patroon voor bestanden: {reason}")
            }
            Self::WrongKind { .. } => self.to_string(),
            Self::Io { file, source } => {
                let file = match file.as_str() {
                    Input::STANDARD => "standaardinvoer",
                    file => file,
                };
                match source.kind() {
                    io::ErrorKind::NotFound => {
                        format!("{file} bestaat niet; controleer de naam, en de map waarin u bent")
                    }
                    _ => format!("{file} is niet te lezen: {}", io_words(source, language)),
                }
            }
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
            (Self::Unreadable { file, reason }, _) => {
                format!("{file} is niet te lezen: {}", reason.nl)
            }
            (
                Self::Invalid {
                    file,
                    line: at,
                    reason,
                },
                _,
            ) => format!("{file}{} is niet te gebruiken: {}", line(*at), reason.nl),
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
                let at = line(self.line);
                if self.unreadable {
                    return format!("{file} is niet te lezen: {}", reason.nl);
                }
                format!("{file}{at} is niet te gebruiken: {}", reason.nl)
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
                let at = line(self.line);
                format!("{file}{at} is niet te gebruiken: {}", reason.nl)
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

//! The senders' previous deliveries: files, folders with files, or figures that were kept of them.

use std::path::{Path, PathBuf};

use ethos_ingest::{
    CheckOptions, FileReport, IngestError, Progress, Reading, Summary, Uncompared, check_files,
    io_words,
};
use ethos_model::category::Language;
use ethos_model::layout::family;

use crate::summaries::{SUMMARY_SCHEMA, Summaries, SummariesError};

/// Why previous deliveries cannot be had.
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub enum PreviousError {
    /// A delivery cannot be read.
    #[error(transparent)]
    Ingest(#[from] IngestError),
    /// A file of figures cannot be read.
    #[error("cannot read {file}: {source}")]
    Io {
        /// The file.
        file: String,
        /// What the system says.
        source: std::io::Error,
    },
    /// A file of figures is none.
    #[error("{file}: {source}")]
    Summaries {
        /// The file.
        file: String,
        /// Why.
        source: SummariesError,
    },
}

impl PreviousError {
    /// Why, in a language.
    pub fn words(&self, language: Language) -> String {
        match (self, language) {
            (_, Language::En) => self.to_string(),
            (Self::Ingest(error), _) => error.words(language),
            (Self::Io { file, source }, _) => {
                format!("{file} is niet te lezen: {}", io_words(source, language))
            }
            (Self::Summaries { file, source }, _) => match source {
                SummariesError::Json(_) => format!(
                    "{file}: er staan geen aantallen van een controle in; `ethos check --summary` schrijft zo'n bestand"
                ),
                SummariesError::Schema(form) => format!(
                    "{file}: het heeft vorm `{form}`; dit programma leest `{SUMMARY_SCHEMA}`"
                ),
                SummariesError::Impossible(of) => format!(
                    "{file}: er staat een aantal van `{of}` in dat geen levering heeft; maak het bestand opnieuw met \
                     `ethos check --summary`"
                ),
            },
        }
    }
}

/// The figures of previous deliveries. A path is a file, a folder with files, or a file of figures (`.json`);
/// files of figures that lie in a folder are read too. Deliveries are read as `options` say, but for what
/// holds of this year's files alone: the year of their layout, and how their text is written.
///
/// # Errors
/// [`PreviousError`].
pub fn previous(
    paths: &[PathBuf],
    options: &CheckOptions<'_>,
    progress: &dyn Progress,
) -> Result<Vec<Summary>, PreviousError> {
    let mut figures = Vec::new();
    let mut deliveries = Vec::new();
    for path in paths {
        if is_json(path) && path.is_file() {
            figures.extend(read(path)?);
            continue;
        }
        if path.is_dir() {
            let unreadable = |source| PreviousError::Io {
                file: path.display().to_string(),
                source,
            };
            let mut entries = Vec::new();
            for entry in path.read_dir().map_err(unreadable)? {
                entries.push(entry.map_err(unreadable)?.path());
            }
            entries.sort();
            for entry in entries.iter().filter(|entry| is_json(entry)) {
                match read(entry) {
                    Ok(files) => figures.extend(files),
                    // A receipt, or something of somebody else's.
                    Err(PreviousError::Summaries { .. }) => {}
                    Err(error) => return Err(error),
                }
            }
        }
        deliveries.push(path.clone());
    }
    if !deliveries.is_empty() {
        let options = CheckOptions {
            layout: options.layout.map(family),
            reading: Reading::default(),
            previous: &[],
            reject_to: None,
            findings_per_rule: 0,
            ..options.clone()
        };
        let report = check_files(&deliveries, &options, progress)?;
        figures.extend(report.files.into_iter().map(|file| file.summary));
    }
    figures.retain(|summary| summary.tally.accepted > 0);
    Ok(figures)
}

/// Which files were not compared with any of the previous deliveries, and why: a line for each reason.
pub fn not_compared(files: &[FileReport], previous: &[Summary], language: Language) -> Vec<String> {
    let mut lines = Vec::new();
    let mut alone: Vec<&str> = Vec::new();
    for file in files.iter().filter(|file| file.previous.is_none()) {
        let this = &file.file;
        match Uncompared::of(&file.summary, previous) {
            Uncompared::NoneOf => alone.push(this),
            Uncompared::Same(same) => lines.push(match language {
                Language::Nl => format!(
                    "{this} is hetzelfde bestand als de vorige levering ({}): er is niets mee te vergelijken; noem bij --previous het bestand van de vorige keer",
                    same.file
                ),
                Language::En => format!(
                    "{this} is the same file as the previous delivery ({}): there is nothing to compare; name last time's file with --previous",
                    same.file
                ),
            }),
            Uncompared::Later(later) => lines.push(match language {
                Language::Nl => format!(
                    "{} is van een latere periode dan {this}, of later gemaakt: het is niet de vorige levering, en er is niet mee vergeleken",
                    later.file
                ),
                Language::En => format!(
                    "{} is of a later period than {this}, or was made later: it is no previous delivery, and was not compared with",
                    later.file
                ),
            }),
        }
    }
    if let Some((first, more)) = alone.split_first() {
        let more = match (more.len(), language) {
            (0, _) => String::new(),
            (1, Language::Nl) => " en nog 1 bestand".to_owned(),
            (1, Language::En) => " and 1 more file".to_owned(),
            (more, Language::Nl) => format!(" en nog {more} bestanden"),
            (more, Language::En) => format!(" and {more} more files"),
        };
        lines.push(match language {
            Language::Nl => {
                format!("geen vorige levering van dezelfde afzender en indeling voor {first}{more}")
            }
            Language::En => {
                format!("no previous delivery of the same sender and layout for {first}{more}")
            }
        });
    }
    lines
}

fn is_json(path: &Path) -> bool {
    path.extension()
        .is_some_and(|extension| extension.eq_ignore_ascii_case("json"))
}

fn read(path: &Path) -> Result<Vec<Summary>, PreviousError> {
    let file = || path.display().to_string();
    let text = ethos_ingest::held::text(path).map_err(|source| PreviousError::Io {
        file: file(),
        source,
    })?;
    let summaries = Summaries::read(&text).map_err(|source| PreviousError::Summaries {
        file: file(),
        source,
    })?;
    Ok(summaries.files)
}

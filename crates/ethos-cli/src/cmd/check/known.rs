//! What was answered or accepted before, read before anything is checked or written.

use std::path::Path;

use ethos_feedback::answers::Answers;
use ethos_feedback::baseline::{Baseline, BaselineError};
use ethos_ingest::{CheckReport, Input};
use ethos_model::category::Language;
use ethos_model::finding::{Severity, Text};

use super::KnownArgs;
use crate::failure::Failure;

/// What is known of these files.
#[derive(Default)]
pub(super) struct Known {
    /// The answers, where a file of them was named.
    pub(super) answers: Option<Answers>,
    /// The period that each file's answers are for, in the order of the files; `None` where nothing tells it.
    pub(super) periods: Vec<Option<String>>,
}

impl Known {
    /// Whether of some file nothing tells which period its answers are for.
    pub(super) fn lacks_periods(&self) -> bool {
        self.periods.iter().any(Option::is_none)
    }

    /// That of each file with something to answer it is known for which period that is.
    pub(super) fn has_periods(&self, report: &CheckReport) -> Result<(), Failure> {
        for (file, period) in report.files.iter().zip(&self.periods) {
            let mut found = file.findings.iter();
            let asked = found.any(|finding| finding.severity == Severity::Warning);
            if period.is_none() && asked && !file.is_given_way() {
                return Err(no_period(&file.file));
            }
        }
        Ok(())
    }
}

/// That the period which answers are for has to be named.
fn no_period(file: &str) -> Failure {
    let name = match file {
        Input::STANDARD => Text::new("standaardinvoer", "standard input"),
        name => Text::new(name, name),
    };
    Failure::usage(Text::new(
        format!(
            "aan de naam is niet te zien voor welk jaar de toelichtingen zijn: {}",
            name.nl
        ),
        format!(
            "the name does not tell which year the answers are for: {}",
            name.en
        ),
    ))
    .with_help(Text::new(
        "noem het jaar, bijvoorbeeld --period 2025; het geldt dan voor alle bestanden",
        "say which, such as --period 2025; it then holds of all files",
    ))
}

impl KnownArgs {
    /// Reads what was answered before; nothing has been written yet when something is wrong with it.
    pub(super) fn read(&self, inputs: &[Input]) -> Result<Known, Failure> {
        if let Some(path) = &self.baseline {
            if self.write_baseline {
                is_ours(path)?;
            } else {
                baseline_at(path)?;
            }
        }
        let Some(path) = &self.answers else {
            return Ok(Known::default());
        };
        let answers = if path.exists() {
            let file = std::fs::File::open(path).map_err(|error| Failure::reading(path, &error))?;
            Answers::read(file).map_err(|error| {
                let path = path.display();
                Failure::input(Text::new(
                    format!("{path}: {}", error.words(Language::Nl)),
                    format!("{path}: {error}"),
                ))
            })?
        } else if self.write_answers {
            Answers::default()
        } else {
            let path = path.display();
            return Err(Failure::input(Text::new(
                format!("{path} bestaat niet"),
                format!("there is no file {path}"),
            ))
            .with_help(Text::new(
                "maak er een met --write-answers",
                "make one with --write-answers",
            )));
        };
        Ok(Known {
            answers: Some(answers),
            periods: self.periods(inputs),
        })
    }

    /// For each file the period asked for, or the year in its name.
    fn periods(&self, inputs: &[Input]) -> Vec<Option<String>> {
        let period = |input: &Input| {
            let year = || year_in(input.name()).map(str::to_owned);
            self.period.clone().or_else(year)
        };
        inputs.iter().map(period).collect()
    }
}

/// The last year from 2000 to 2099 in a file's name.
fn year_in(path: &str) -> Option<&str> {
    let name = Path::new(path).file_name()?.to_str()?;
    name.split(|c: char| !c.is_ascii_digit())
        .rev()
        .find(|part| part.len() == 4 && part.starts_with("20"))
}

/// What was accepted before, from its file.
pub(super) fn baseline_at(path: &Path) -> Result<Baseline, Failure> {
    let text = ethos_ingest::held::text(path).map_err(|error| {
        Failure::reading(path, &error).with_help(Text::new(
            "maak er een met --write-baseline",
            "make one with --write-baseline",
        ))
    })?;
    Baseline::read(&text).map_err(|error| wrong(path, &error))
}

/// That nothing lies there but such a file: whatever else does is not ours to replace.
fn is_ours(path: &Path) -> Result<(), Failure> {
    let Ok(there) = std::fs::read(path) else {
        return Ok(());
    };
    match Baseline::read(&String::from_utf8_lossy(&there)) {
        Err(error @ BaselineError::Form(_)) => Err(wrong(path, &error)),
        _ => Ok(()),
    }
}

fn wrong(path: &Path, error: &BaselineError) -> Failure {
    let path = path.display();
    Failure::usage(Text::new(
        format!("{path}: {}", error.words(Language::Nl)),
        format!("{path}: {error}"),
    ))
}

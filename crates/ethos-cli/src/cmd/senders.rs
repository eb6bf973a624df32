//! What `ethos check` says of many senders, and beside their previous deliveries.

use std::io::Write;
use std::path::{Path, PathBuf};
use std::time::{SystemTime, UNIX_EPOCH};

use clap::Args;
use ethos_feedback::aside::aside_line;
use ethos_feedback::machine::write_senders;
use ethos_feedback::overview::{overview, overview_text};
use ethos_feedback::previous::{PreviousError, not_compared, previous};
use ethos_feedback::senders::{Expectations, Senders, reminders, senders, write_csv, write_xlsx};
use ethos_feedback::summaries::Summaries;
use ethos_ingest::frame::FrameError;
use ethos_ingest::{CheckOptions, CheckReport, Input, RuleBook, Summary, inputs_of};
use ethos_model::category::Language;
use ethos_model::date::Day;
use ethos_model::finding::Text;
use ethos_table::atomic::write_atomic;

use super::targets::Targets;
use crate::failure::Failure;
use crate::output::Console;
use crate::pipeline::steps::{ingest_failure, reading};

/// What a delivery is held against.
#[derive(Args, Debug)]
pub(super) struct PreviousArgs {
    /// Previous deliveries to compare with: files, a folder, or figures kept with --summary; each is matched by
    /// sender and layout
    #[arg(long, value_name = "FILE|DIR")]
    previous: Vec<PathBuf>,
    /// Also write the figures of each file, to compare next year's with: counts, nothing of a person
    #[arg(long, value_name = "FILE")]
    summary: Option<PathBuf>,
    /// Also show the counts that a sender can recognise, per category, product, month, age and provider, in the
    /// text and on the page: for your own use, small numbers are in them
    #[arg(long)]
    pub(super) overview: bool,
}

/// Who was expected to deliver.
#[derive(Args, Debug)]
pub(super) struct SendersArgs {
    /// CSV of expected senders: sender (or code) and, if wanted, name, municipality, layout, period, due, from,
    /// until, contact, received and reason
    #[arg(long, value_name = "FILE")]
    frame: Option<PathBuf>,
    /// CSV of reasons for not delivering: sender, reason and, if wanted, layout and period
    #[arg(long, value_name = "FILE", requires = "frame")]
    reasons: Option<PathBuf>,
    /// Day as of which deliveries are late or missing [default: today]
    #[arg(long, value_name = "DATE", value_parser = day)]
    on: Option<Day>,
    /// Also write who delivered what: to a .csv, .json or .xlsx file; several times for several forms
    #[arg(long, value_name = "FILE", value_parser = overview_file)]
    senders: Vec<PathBuf>,
    /// Also write a text to send to each sender whose delivery is late, missing, wrong or unusable, into a folder
    #[arg(long, value_name = "DIR")]
    reminders: Option<PathBuf>,
}

fn day(text: &str) -> Result<Day, &'static str> {
    Day::parse(text).ok_or("write the day as 2026-02-01")
}

fn overview_file(text: &str) -> Result<PathBuf, &'static str> {
    let path = PathBuf::from(text);
    match form(&path) {
        Some(_) => Ok(path),
        None => Err("its name ends in .csv, .json or .xlsx"),
    }
}

enum Form {
    Csv,
    Json,
    Xlsx,
}

fn form(path: &Path) -> Option<Form> {
    let extension = path.extension()?.to_str()?;
    match extension.to_ascii_lowercase().as_str() {
        "csv" => Some(Form::Csv),
        "json" => Some(Form::Json),
        "xlsx" => Some(Form::Xlsx),
        _ => None,
    }
}

impl PreviousArgs {
    /// Says which files are read: deliveries in folders too, whose figures are written beside them at times.
    pub(super) fn reads(&self, targets: &mut Targets) {
        for path in &self.previous {
            if path.is_dir() {
                let Ok((inputs, _)) = inputs_of(std::slice::from_ref(path)) else {
                    continue;
                };
                for path in inputs.iter().filter_map(Input::file_on_disk) {
                    targets.reads(path);
                }
            } else {
                targets.reads(path);
            }
        }
    }

    /// Takes the files that are written.
    pub(super) fn takes(&self, targets: &Targets) -> Result<(), Failure> {
        self.summary.iter().try_for_each(|path| targets.take(path))
    }

    /// The figures of the previous deliveries.
    pub(super) fn figures(
        &self,
        options: &CheckOptions<'_>,
        console: &Console,
    ) -> Result<Vec<Summary>, Failure> {
        if self.previous.is_empty() {
            return Ok(Vec::new());
        }
        previous(
            &self.previous,
            options,
            &reading(
                console,
                console
                    .language()
                    .pick("vorige leveringen", "previous deliveries"),
            ),
        )
        .map_err(|error| match &error {
            PreviousError::Ingest(error) => ingest_failure(error),
            _ => Failure::input(Text::new(error.words(Language::Nl), error.to_string())),
        })
    }

    /// Says which files were not compared with a previous delivery, and why; writes and prints what was asked for.
    pub(super) fn say(
        &self,
        report: &CheckReport,
        previous: &[Summary],
        language: Language,
        print: bool,
        console: &Console,
    ) -> Result<(), Failure> {
        if !self.previous.is_empty() {
            for line in not_compared(&report.files, previous, language) {
                console.say(line);
            }
        }
        if let Some(path) = &self.summary {
            let json = serde_json::to_string_pretty(&Summaries::of(report)).map_err(|error| {
                Failure::internal(format!("the figures cannot be written: {error}"))
            })?;
            write(path, (json + "\n").as_bytes())?;
            console.say(match language {
                Language::Nl => format!("aantallen voor volgend jaar (intern): {}", path.display()),
                Language::En => format!("figures for next year (internal): {}", path.display()),
            });
        }
        if self.overview && print {
            for file in &report.files {
                if let Some(overview) = overview(file, language) {
                    console.text(&format!("{}\n{}\n", file.file, overview_text(&overview)))?;
                }
            }
        }
        Ok(())
    }
}

impl SendersArgs {
    /// Says which files are read.
    pub(super) fn reads(&self, targets: &mut Targets) {
        for path in self.frame.iter().chain(&self.reasons) {
            targets.reads(path);
        }
    }

    /// Takes the files that are written.
    pub(super) fn takes(&self, targets: &Targets) -> Result<(), Failure> {
        self.senders.iter().try_for_each(|path| targets.take(path))
    }

    /// Whether the folders may be empty: all that was expected is missing then.
    pub(super) fn expects(&self) -> bool {
        self.frame.is_some()
    }

    /// Whether an overview is made: it was asked for, or many files of a folder are checked.
    fn is_made(&self, paths: &[PathBuf], files: usize) -> bool {
        let folder = files > 1 && paths.iter().any(|path| path.is_dir());
        folder || self.frame.is_some() || !self.senders.is_empty() || self.reminders.is_some()
    }

    /// That no option for it is given where none is made.
    pub(super) fn apply(&self, paths: &[PathBuf], files: usize) -> Result<(), Failure> {
        if self.on.is_none() || self.is_made(paths, files) {
            return Ok(());
        }
        Err(Failure::usage(Text::new(
            "--on zegt op welke dag leveringen te laat zijn, en er is geen lijst van wie moest leveren",
            "--on says on which day deliveries are late, and there is no table of who was to deliver",
        ))
        .with_help(Text::new(
            "noem die lijst met --frame, of laat --on weg",
            "name that table with --frame, or leave --on out",
        )))
    }

    /// Who delivered what, where that was asked for or many files of a folder were checked.
    pub(super) fn overview(
        &self,
        paths: &[PathBuf],
        report: &CheckReport,
        expectations: Option<&Expectations>,
        book: &RuleBook,
    ) -> Option<Senders> {
        let on = self.on.unwrap_or_else(today);
        let is_made = self.is_made(paths, report.files.len());
        is_made.then(|| senders(&report.files, expectations, book, on))
    }

    /// Who was expected to deliver what, read before anything is checked.
    pub(super) fn expectations(&self) -> Result<Option<Expectations>, Failure> {
        let Some(path) = &self.frame else {
            return Ok(None);
        };
        let bytes = |path: &Path| {
            ethos_ingest::held::bytes(path).map_err(|error| Failure::reading(path, &error))
        };
        let wrong = |error: FrameError| {
            Failure::usage(Text::new(error.words(Language::Nl), error.to_string())).with_help(
                Text::new(
                    "docs/analyst.md beschrijft de kolommen, onder `Many senders`",
                    "the columns are described in docs/analyst.md, under many senders",
                ),
            )
        };
        let mut all =
            Expectations::read(&bytes(path)?, &path.display().to_string()).map_err(wrong)?;
        if let Some(path) = &self.reasons {
            all.take_reasons(&bytes(path)?, &path.display().to_string())
                .map_err(wrong)?;
        }
        Ok(Some(all))
    }

    /// Writes the overview in the forms that were asked for, and the reminders.
    pub(super) fn write(
        &self,
        senders: &Senders,
        report: &CheckReport,
        book: &RuleBook,
        language: Language,
        targets: &Targets,
        console: &Console,
    ) -> Result<(), Failure> {
        for path in &self.senders {
            let mut bytes = Vec::new();
            let written = match form(path) {
                Some(Form::Xlsx) => {
                    bytes = write_xlsx(senders, language).map_err(|error| {
                        Failure::internal(format!("the workbook cannot be made: {error}"))
                    })?;
                    Ok(())
                }
                Some(Form::Json) => write_senders(senders, &mut bytes),
                _ => write_csv(senders, language, &mut bytes),
            };
            written.map_err(|error| {
                Failure::internal(format!("the overview cannot be made: {error}"))
            })?;
            write(path, &bytes)?;
            console.say(match language {
                Language::Nl => format!("wie leverde wat: {}", path.display()),
                Language::En => format!("who delivered what: {}", path.display()),
            });
        }
        if let Some(folder) = &self.reminders {
            let texts = reminders(senders, &report.files, book, language);
            std::fs::create_dir_all(folder).map_err(|error| Failure::folder(folder, &error))?;
            for reminder in &texts {
                targets.take(&folder.join(&reminder.file))?;
            }
            for reminder in &texts {
                write(&folder.join(&reminder.file), reminder.text.as_bytes())?;
            }
            let (many, folder) = (texts.len(), folder.display());
            console.say(match language {
                Language::Nl if many == 1 => format!("1 tekst om te sturen: {folder}"),
                Language::Nl => format!("{many} teksten om te sturen: {folder}"),
                Language::En if many == 1 => format!("1 text to send: {folder}"),
                Language::En => format!("{many} texts to send: {folder}"),
            });
        }
        Ok(())
    }

    /// Says which tables in the folders were taken for no delivery.
    /// Those of `used` are asked for, as are the tables of senders.
    pub(super) fn say_aside<'p>(
        &'p self,
        report: &CheckReport,
        used: impl Iterator<Item = &'p PathBuf> + Clone,
        language: Language,
        console: &Console,
    ) {
        for aside in &report.aside {
            let used = [&self.frame, &self.reasons]
                .into_iter()
                .flatten()
                .chain(used.clone())
                .any(|path| super::check::same_file(path, Path::new(&aside.file)));
            if !used {
                console.say(aside_line(aside, language));
            }
        }
    }
}

/// The day it is, by universal time.
fn today() -> Day {
    const DAY: u64 = 24 * 60 * 60;
    let since = SystemTime::now()
        .duration_since(UNIX_EPOCH)
        .unwrap_or_default();
    Day(i32::try_from(since.as_secs() / DAY).unwrap_or(0))
}

fn write(path: &Path, bytes: &[u8]) -> Result<(), Failure> {
    write_atomic(path, |file| file.write_all(bytes)).map_err(|error| Failure::placing(path, &error))
}

//! `ethos check --fix`, `--write` and `--cleaned`: files that go back to their sender.

use std::io::Write;
use std::path::{Path, PathBuf};

use clap::Args;
use ethos_feedback::cleaned::{
    CleanError, Cleaned, assumed, can_be_cleaned, write_cleaned, write_cleaned_log,
};
use ethos_feedback::fix::{Beside, MendError, Mended, mend, mend_checked, offer, preview};
use ethos_feedback::terminal::TextOptions;
use ethos_ingest::origin::LOG_SUFFIX;
use ethos_ingest::{CheckOptions, CheckReport, FileReport, Input, LaidOut, RuleBook, io_words};
use ethos_model::category::Language;
use ethos_model::date::Day;
use ethos_model::finding::{Severity, Text};
use ethos_table::atomic::AtomicFile;

use super::Targets;
use crate::failure::Failure;
use crate::output::Console;
use crate::pipeline::steps::ingest_failure;

/// What is made of the files besides a verdict.
#[derive(Args, Debug)]
pub(super) struct MendArgs {
    /// Show what can be mended with certainty, cell by cell, and what a person has to decide. Corrections by
    /// hand (--corrections) come first, and their cells are left as they say
    #[arg(long)]
    fix: bool,
    /// With --fix, write the mended file: a new one next to the original (NAME-hersteld), or this one; with
    /// several files, a folder for them. What lies in a zip or gzip is written unpacked, Parquet as CSV. A log
    /// of every change is written beside it (.correcties.csv). The exit code is that of the mended files
    #[arg(long, value_name = "FILE|DIR", requires = "fix", num_args = 0..=1)]
    #[allow(clippy::option_option, reason = "the option may stand without a path")]
    write: Option<Option<PathBuf>>,
    /// Also write the delivery in its layout's exact form, when nothing in it is wrong; with several files, a
    /// folder for them. It holds all their data
    #[arg(long, value_name = "FILE|DIR")]
    cleaned: Option<PathBuf>,
    /// Replace files that --write or --cleaned wrote before
    #[arg(long)]
    overwrite: bool,
}

/// How and for whom files are mended.
pub(super) struct Workplace<'a> {
    pub(super) inputs: &'a [Input],
    /// The check of them, with all that was found.
    pub(super) whole: &'a CheckReport,
    pub(super) options: &'a CheckOptions<'a>,
    pub(super) book: &'a RuleBook,
    pub(super) language: Language,
    pub(super) shown: TextOptions,
    /// Whether standard output is for data.
    pub(super) data: bool,
    pub(super) targets: &'a Targets,
}

/// A mended file that is to be written.
struct Planned {
    target: PathBuf,
    log: PathBuf,
    /// Position of the input.
    at: usize,
    /// What goes into it, where that is held in memory.
    mended: Option<Mended>,
}

/// Bytes of mended files that are held at a time; others are mended once more to be written.
const HELD: usize = 256 << 20;

impl MendArgs {
    /// Whether fixes are asked for, which take every finding.
    pub(super) fn fixes(&self) -> bool {
        self.fix
    }

    /// That --overwrite has something to replace, and that what is to be written by this name is not there: it is
    /// refused before anything else is written.
    pub(super) fn apply(&self, files: usize, targets: &Targets) -> Result<(), Failure> {
        let write = self.write.iter().flatten();
        for path in write.chain(&self.cleaned) {
            if files == 1 && !path.is_dir() {
                for path in [path, &log_of(path)] {
                    targets.is_not_read(path)?;
                    Targets::is_free(path, self.overwrite)?;
                }
            }
        }
        if !self.overwrite || self.write.is_some() || self.cleaned.is_some() {
            return Ok(());
        }
        Err(Failure::usage(Text::new(
            "--overwrite vervangt wat --fix --write of --cleaned schrijft, en geen van beide staat erbij",
            "--overwrite replaces what --fix --write or --cleaned writes, and neither is there",
        ))
        .with_help(Text::new(
            "laat --overwrite weg, of geef --fix --write of --cleaned erbij",
            "leave --overwrite out, or add --fix --write or --cleaned",
        )))
    }

    /// Says in the report what mending would come to, and puts what cells must have been with their findings. Whether
    /// that was done, or is shown below: not for many rows.
    pub(super) fn offer(
        &self,
        inputs: &[Input],
        report: &mut CheckReport,
        options: &CheckOptions<'_>,
    ) -> Result<bool, Failure> {
        let tried = offer(inputs, report, options).map_err(|error| failed("", error))?;
        if self.fix {
            // What that comes to is shown below.
            for file in &mut report.files {
                file.mendable = None;
            }
        }
        Ok(tried || self.fix)
    }

    /// Mends and cleans what was asked for, and says how grave what is wrong with the files is now: with a
    /// mended one where that was written, with the others as they are.
    pub(super) fn run(
        &self,
        report: &CheckReport,
        at: &Workplace<'_>,
        console: &Console,
    ) -> Result<Option<Severity>, Failure> {
        let mut taken = Vec::new();
        let mut worst = report.worst();
        if self.fix {
            let nowhere = |input: &Input| input.file_on_disk().is_none();
            if self.write == Some(None) && at.inputs.iter().any(nowhere) {
                return Err(Failure::usage(Text::new(
                    "wat niet uit een bestand komt, heeft geen map waar een hersteld bestand naast kan staan",
                    "what comes from standard input has no folder to write a mended file to",
                ))
                .with_help(Text::new(
                    "noem het bestand: --write BESTAND",
                    "name the file: --write FILE",
                )));
            }
            worst = self.fix_all(report, at, &mut taken, console)?;
        }
        if let Some(to) = &self.cleaned {
            self.clean(to, report, at, &mut taken, console)?;
        }
        Ok(worst)
    }

    /// Shows what can be mended in each file, then writes all of them or none.
    fn fix_all(
        &self,
        report: &CheckReport,
        at: &Workplace<'_>,
        taken: &mut Vec<PathBuf>,
        console: &Console,
    ) -> Result<Option<Severity>, Failure> {
        let mut planned = Vec::new();
        let mut held = 0;
        let mut worst = None;
        for (position, (input, file)) in at.inputs.iter().zip(&report.files).enumerate() {
            // Mended it would be a second delivery beside the one that counts.
            if let Some(by) = file.replaced_by.as_ref().filter(|_| file.is_given_way()) {
                worst = worst.max(file.worst());
                console.say(match at.language {
                    Language::Nl => format!(
                        "{} wordt niet hersteld: {by} is ervoor in de plaats gekomen",
                        file.file
                    ),
                    Language::En => {
                        format!("{} is not mended: {by} has taken its place", file.file)
                    }
                });
                continue;
            }
            let mended = Self::fix(input, file, at, console)?;
            let written = mended
                .as_ref()
                .filter(|mended| self.write.is_some() && !mended.is_as_it_was());
            worst = worst.max(written.map_or(file.worst(), |mended| left(file, mended)));
            let (Some(mended), Some(to)) = (mended, &self.write) else {
                continue;
            };
            if mended.is_as_it_was() {
                continue;
            }
            let target = Self::target(input, to.as_deref(), &mended, at, taken)?;
            let log = log_of(&target);
            for path in [&target, &log] {
                self.may_write(path, at)?;
            }
            held += mended.bytes().len();
            planned.push(Planned {
                target,
                log,
                at: position,
                mended: (held <= HELD).then_some(mended),
            });
        }
        for plan in planned {
            let mended = match plan.mended {
                Some(mended) => mended,
                None => mend(&at.inputs[plan.at], at.options, at.language)
                    .map_err(|error| failed(at.inputs[plan.at].name(), error))?,
            };
            write_mended(&plan.target, &plan.log, &mended, at, console)?;
        }
        Ok(worst)
    }

    /// Shows what can be mended in a file; nothing where it cannot be.
    fn fix(
        input: &Input,
        file: &FileReport,
        at: &Workplace<'_>,
        console: &Console,
    ) -> Result<Option<Mended>, Failure> {
        // Beside others, or held against an earlier delivery, more is said of a file than by itself.
        let checked = match at.whole.files.as_slice() {
            [checked] if at.options.previous.is_empty() => Some(checked),
            _ => None,
        };
        let mended = match mend_checked(input, checked, at.options, at.language) {
            Ok(mended) => mended,
            Err(error @ MendError::Ingest(_)) => return Err(failed(input.name(), error)),
            Err(error) => {
                let failure = failed(input.name(), error).in_language(at.language);
                // Of several files the others are mended all the same.
                return if at.inputs.len() == 1 {
                    Err(failure)
                } else {
                    console.say(failure.to_string());
                    Ok(None)
                };
            }
        };
        let text = format!(
            "{}\n{}\n",
            input.name(),
            preview(
                &mended,
                &Beside::of(file, &mended.corrected_alone),
                at.book,
                at.shown
            )
        );
        if at.data {
            console.say(text.trim_end());
        } else {
            console.text(&text)?;
        }
        Ok(Some(mended))
    }

    /// Where the mended file goes.
    fn target(
        input: &Input,
        to: Option<&Path>,
        mended: &Mended,
        at: &Workplace<'_>,
        taken: &mut Vec<PathBuf>,
    ) -> Result<PathBuf, Failure> {
        let name = mended.file_name();
        let folder = match to {
            None => input.file_on_disk().and_then(Path::parent),
            Some(path) if at.inputs.len() > 1 || path.is_dir() => {
                make_folder(path)?;
                Some(path)
            }
            Some(path) => return Ok(path.to_owned()),
        };
        Ok(free(&folder.unwrap_or(Path::new("")).join(name), taken))
    }

    fn clean(
        &self,
        to: &Path,
        report: &CheckReport,
        at: &Workplace<'_>,
        taken: &mut Vec<PathBuf>,
        console: &Console,
    ) -> Result<(), Failure> {
        let several = at.inputs.len() > 1 || to.is_dir();
        let mut refused = Vec::new();
        let mut planned = Vec::new();
        for (input, file) in at.inputs.iter().zip(&report.files) {
            // The one that takes its place is the delivery.
            if file.is_given_way() {
                continue;
            }
            let target = if several {
                make_folder(to)?;
                let name = match file.file.as_str() {
                    Input::STANDARD => "invoer".into(),
                    name => Path::new(name)
                        .file_stem()
                        .unwrap_or_default()
                        .to_string_lossy(),
                };
                free(&to.join(format!("{name}.csv")), taken)
            } else {
                to.to_owned()
            };
            // It is nothing that is read, whether or not anything comes of it.
            let log = log_of(&target);
            for path in [&target, &log] {
                at.targets.take(path)?;
            }
            if let Err(CleanError::Blocked(reason)) = can_be_cleaned(file, at.language) {
                refused.push(format!("{}: {reason}", file.file));
                continue;
            }
            for path in [&target, &log] {
                Targets::is_free(path, self.overwrite)?;
            }
            planned.push((input, file, target, log));
        }
        for (input, file, target, log) in planned {
            let laid = LaidOut::open(input, at.options).map_err(|error| ingest_failure(&error))?;
            let Some(laid) = laid else {
                let why = at.language.pick(
                    "de indeling is niet te herkennen",
                    "its layout cannot be told",
                );
                refused.push(format!("{}: {why}", file.file));
                continue;
            };
            let mut out =
                AtomicFile::create_private(&target).map_err(|error| Failure::output(&error))?;
            let cleaned = write_cleaned(&laid, file, &mut out).map_err(|error| {
                let nl = match &error {
                    CleanError::Io(error) => io_words(error, Language::Nl),
                    // It is the verdict, in the language asked for.
                    other => other.to_string(),
                };
                Failure::input(Text::new(
                    format!("{}: {nl}", file.file),
                    format!("{}: {error}", file.file),
                ))
            })?;
            out.commit().map_err(|error| Failure::output(&error))?;
            let who = format!("ethos {} --cleaned", env!("CARGO_PKG_VERSION"));
            write_private(&log, |out| {
                write_cleaned_log(file, laid.layout(), (&who, today()), at.language, out)
            })?;
            console.say(match at.language {
                Language::Nl => format!(
                    "opgeschoonde levering (persoonsgegevens): {}, {} {}, indeling {}",
                    target.display(),
                    cleaned.rows,
                    if cleaned.rows == 1 { "rij" } else { "rijen" },
                    laid.layout().id
                ),
                Language::En => format!(
                    "cleaned delivery (personal data): {}, {} {}, layout {}",
                    target.display(),
                    cleaned.rows,
                    if cleaned.rows == 1 { "row" } else { "rows" },
                    laid.layout().id
                ),
            });
            if cleaned.left_out > 0 || !cleaned.columns_left_out.is_empty() {
                console.say(left_out(&cleaned, at.language));
            }
            if cleaned.emptied > 0 {
                console.say(match (cleaned.emptied, at.language) {
                    (1, Language::Nl) => {
                        "leeg gemaakt: 1 cel die geen waarde van haar kolom is".to_owned()
                    }
                    (1, Language::En) => {
                        "emptied: 1 cell that is no value of its column".to_owned()
                    }
                    (cells, Language::Nl) => {
                        format!("leeg gemaakt: {cells} cellen die geen waarde van hun kolom zijn")
                    }
                    (cells, Language::En) => {
                        format!("emptied: {cells} cells that are no value of their column")
                    }
                });
            }
            if let Some(words) = assumed(laid.layout(), at.language) {
                console.say(words);
            }
        }
        if refused.is_empty() {
            return Ok(());
        }
        let help = at.language.pick(
            "herstel eerst wat het oordeel noemt; `--fix` laat zien wat vanzelf kan",
            "mend first what the verdict names; `--fix` shows what can be done at once",
        );
        Err(Failure::refused(format!(
            "{}: {}",
            at.language
                .pick("geen opgeschoonde levering", "no cleaned delivery"),
            refused.join("\n")
        ))
        .with_help(help))
    }

    /// Whether a file may be put there: it is nothing that is read, and replaces nothing unasked.
    fn may_write(&self, target: &Path, at: &Workplace<'_>) -> Result<(), Failure> {
        at.targets.take(target)?;
        Targets::is_free(target, self.overwrite)
    }
}

/// What of a file is not in its cleaned delivery.
fn left_out(cleaned: &Cleaned, language: Language) -> String {
    let mut said = Vec::new();
    match (cleaned.left_out, language) {
        (0, _) => {}
        (1, Language::Nl) => said.push("1 rij zonder gegevens (leeg, totaal)".to_owned()),
        (rows, Language::Nl) => said.push(format!("{rows} rijen zonder gegevens (leeg, totalen)")),
        (1, Language::En) => said.push("1 row without data (blank, total)".to_owned()),
        (rows, Language::En) => said.push(format!("{rows} rows without data (blank, totals)")),
    }
    match (cleaned.columns_left_out.len(), language) {
        (0, _) => {}
        (1, Language::Nl) => said.push("1 kolom buiten de indeling".to_owned()),
        (columns, Language::Nl) => said.push(format!("{columns} kolommen buiten de indeling")),
        (1, Language::En) => said.push("1 column outside the layout".to_owned()),
        (columns, Language::En) => said.push(format!("{columns} columns outside the layout")),
    }
    format!(
        "{}: {}",
        language.pick("weggelaten", "left out"),
        said.join(", ")
    )
}

/// How grave what is left of a file is once it is mended. What was accepted before stays so.
fn left(file: &FileReport, mended: &Mended) -> Option<Severity> {
    let (before, after) = (mended.before.worst(), mended.after.worst());
    let left = if after > before {
        after
    } else {
        after.min(file.worst())
    };
    // What other files tell of it is not mended in it.
    left.max(Beside::of(file, &mended.corrected_alone).worst)
}

/// Why a file is not mended.
fn failed(name: &str, error: MendError) -> Failure {
    if let MendError::Ingest(error) = &error {
        return ingest_failure(error);
    }
    Failure::input(Text::new(
        format!("{name} wordt niet hersteld: {}", error.words(Language::Nl)),
        format!("{name} cannot be mended: {error}"),
    ))
}

/// The log that goes beside a file: of what it was made, and what was changed.
fn log_of(target: &Path) -> PathBuf {
    let mut log = target.to_owned().into_os_string();
    log.push(LOG_SUFFIX);
    PathBuf::from(log)
}

/// Writes a mended file and its log.
fn write_mended(
    target: &Path,
    log: &Path,
    mended: &Mended,
    at: &Workplace<'_>,
    console: &Console,
) -> Result<(), Failure> {
    write_private(target, |out| out.write_all(mended.bytes()))?;
    let who = format!("ethos {} --fix", env!("CARGO_PKG_VERSION"));
    write_private(log, |out| {
        mended.write_log((&who, today()), at.language, out)
    })?;
    console.say(match at.language {
            Language::Nl => format!(
                "hersteld bestand (persoonsgegevens): {}\nwat er is veranderd: {}\nGeef het bij het versturen de naam \
                 die de ontvanger vraagt.",
                target.display(),
                log.display()
            ),
            Language::En => format!(
                "mended file (personal data): {}\nwhat was changed: {}\nGive it the name the receiver asks for when you \
                 send it.",
                target.display(),
                log.display()
            ),
        });
    Ok(())
}

/// The path, or where another file of this run has it, one with a number: archives may hold files of the same
/// name in different folders.
fn free(path: &Path, taken: &mut Vec<PathBuf>) -> PathBuf {
    let stem = path.file_stem().unwrap_or_default().to_string_lossy();
    let extension = path.extension().unwrap_or_default().to_string_lossy();
    let mut free = path.to_owned();
    let mut number = 2;
    while taken.contains(&free) {
        free = path.with_file_name(format!("{stem}-{number}.{extension}"));
        number += 1;
    }
    taken.push(free.clone());
    free
}

fn make_folder(path: &Path) -> Result<(), Failure> {
    std::fs::create_dir_all(path).map_err(|error| Failure::folder(path, &error))
}

/// Writes a file of personal data for its owner alone, whole or not at all.
fn write_private(
    path: &Path,
    write: impl FnOnce(&mut AtomicFile) -> std::io::Result<()>,
) -> Result<(), Failure> {
    let mut file = AtomicFile::create_private(path).map_err(|error| Failure::output(&error))?;
    write(&mut file).map_err(|error| Failure::placing(path, &error))?;
    file.commit().map_err(|error| Failure::output(&error))
}

/// The day a log is written, which tells when its changes were made.
fn today() -> Day {
    let seconds = jiff::Timestamp::now().as_second();
    Day(i32::try_from(seconds.div_euclid(86_400)).unwrap_or(0))
}

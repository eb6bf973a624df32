//! `ethos check --fix`, `--write` and `--cleaned`: files that go back to their sender.

use std::io::Write;
use std::path::{Path, PathBuf};

use clap::Args;
use ethos_feedback::cleaned::{CleanError, assumed, can_be_cleaned, write_cleaned};
use ethos_feedback::fix::{MendError, Mended, mend, preview};
use ethos_ingest::{CheckOptions, CheckReport, Input, LaidOut, RuleBook};
use ethos_model::category::Language;
use ethos_model::date::Day;
use ethos_table::atomic::AtomicFile;

use super::same_file;
use crate::failure::Failure;
use crate::output::Console;
use crate::pipeline::steps::ingest_failure;

/// What is made of the files besides a verdict.
#[derive(Args, Debug)]
pub(super) struct MendArgs {
    /// Show what can be mended with certainty, cell by cell, and what a person has to decide
    #[arg(long, conflicts_with = "corrections")]
    fix: bool,
    /// With --fix, write the mended file: a new one next to the original (NAME-hersteld), or this one; with
    /// several files, a folder for them. A log of every change is written beside it (.correcties.csv)
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
    pub(super) options: &'a CheckOptions<'a>,
    pub(super) book: &'a RuleBook,
    pub(super) language: Language,
    /// Cells shown of each cause.
    pub(super) cells: usize,
    /// Whether standard output is for data.
    pub(super) data: bool,
}

impl MendArgs {
    /// Whether files are read again for anything.
    pub(super) fn run(
        &self,
        report: &CheckReport,
        at: &Workplace<'_>,
        console: &Console,
    ) -> Result<(), Failure> {
        if self.fix {
            for input in at.inputs {
                self.fix(input, at, console)?;
            }
        }
        if let Some(to) = &self.cleaned {
            self.clean(to, report, at, console)?;
        }
        Ok(())
    }

    fn fix(&self, input: &Input, at: &Workplace<'_>, console: &Console) -> Result<(), Failure> {
        let mended = match mend(input, at.options, at.language) {
            Ok(mended) => mended,
            Err(MendError::Ingest(error)) => return Err(ingest_failure(&error)),
            Err(error) => {
                let name = input.name();
                let failure = Failure::input(format!("{name} cannot be mended: {error}"));
                // Of several files the others are mended all the same.
                return if at.inputs.len() == 1 {
                    Err(failure)
                } else {
                    console.say(failure.to_string());
                    Ok(())
                };
            }
        };
        let text = format!(
            "{}\n{}\n",
            input.name(),
            preview(&mended, at.book, at.language, at.cells)
        );
        if at.data {
            console.say(text.trim_end());
        } else {
            console.data(&text)?;
        }
        if let Some(to) = &self.write
            && !mended.is_as_it_was()
        {
            self.write(input, to.as_deref(), &mended, at, console)?;
        }
        Ok(())
    }

    fn write(
        &self,
        input: &Input,
        to: Option<&Path>,
        mended: &Mended,
        at: &Workplace<'_>,
        console: &Console,
    ) -> Result<(), Failure> {
        let original = input.path_on_disk().unwrap_or(Path::new(""));
        let name = original.file_name().unwrap_or_default().to_string_lossy();
        let beside = mended.name_beside(&name);
        let target = match to {
            None => original.with_file_name(beside),
            Some(path) if at.inputs.len() > 1 || path.is_dir() => {
                make_folder(path)?;
                path.join(beside)
            }
            Some(path) => path.to_owned(),
        };
        let log = target.with_extension("correcties.csv");
        for path in [&target, &log] {
            self.may_write(path, original)?;
        }
        write_private(&target, |out| out.write_all(mended.bytes()))?;
        let who = format!("ethos {} --fix", env!("CARGO_PKG_VERSION"));
        write_private(&log, |out| {
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

    fn clean(
        &self,
        to: &Path,
        report: &CheckReport,
        at: &Workplace<'_>,
        console: &Console,
    ) -> Result<(), Failure> {
        let several = at.inputs.len() > 1 || to.is_dir();
        let mut refused = Vec::new();
        for (input, file) in at.inputs.iter().zip(&report.files) {
            if let Err(CleanError::Blocked(reason)) = can_be_cleaned(file, at.language) {
                refused.push(format!("{}: {reason}", file.file));
                continue;
            }
            let laid = LaidOut::open(input, at.options).map_err(|error| ingest_failure(&error))?;
            let Some(laid) = laid else {
                refused.push(format!("{}: its layout cannot be told", file.file));
                continue;
            };
            let target = if several {
                make_folder(to)?;
                let name = Path::new(&file.file).file_stem().unwrap_or_default();
                to.join(format!("{}.csv", name.to_string_lossy()))
            } else {
                to.to_owned()
            };
            self.may_write(&target, input.path_on_disk().unwrap_or(Path::new("")))?;
            let mut out =
                AtomicFile::create_private(&target).map_err(|error| Failure::output(&error))?;
            let cleaned = write_cleaned(&laid, &mut out)
                .map_err(|error| Failure::input(format!("{}: {error}", file.file)))?;
            out.commit().map_err(|error| Failure::output(&error))?;
            console.say(match at.language {
                Language::Nl => format!(
                    "opgeschoonde levering (persoonsgegevens): {}, {} rijen, indeling {}",
                    target.display(),
                    cleaned.rows,
                    laid.layout().id
                ),
                Language::En => format!(
                    "cleaned delivery (personal data): {}, {} rows, layout {}",
                    target.display(),
                    cleaned.rows,
                    laid.layout().id
                ),
            });
            if cleaned.left_out > 0 || !cleaned.columns_left_out.is_empty() {
                console.say(match at.language {
                    Language::Nl => format!(
                        "weggelaten: {} rijen zonder gegevens (leeg, totalen), {} kolommen buiten de indeling",
                        cleaned.left_out,
                        cleaned.columns_left_out.len()
                    ),
                    Language::En => format!(
                        "left out: {} rows without data (blank, totals), {} columns outside the layout",
                        cleaned.left_out,
                        cleaned.columns_left_out.len()
                    ),
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

    /// Whether a file may be put there: it is no original, and replaces nothing unasked.
    fn may_write(&self, target: &Path, original: &Path) -> Result<(), Failure> {
        if same_file(original, target) {
            return Err(
                Failure::usage(format!("{} is the checked file itself", target.display()))
                    .with_help("name another file: the sender's own is never written to"),
            );
        }
        if target.exists() && !self.overwrite {
            return Err(
                Failure::usage(format!("{} exists already", target.display()))
                    .with_help("name another file, or replace it with --overwrite"),
            );
        }
        Ok(())
    }
}

fn make_folder(path: &Path) -> Result<(), Failure> {
    std::fs::create_dir_all(path)
        .map_err(|error| Failure::input(format!("cannot make {}: {error}", path.display())))
}

/// Writes a file of personal data for its owner alone, whole or not at all.
fn write_private(
    path: &Path,
    write: impl FnOnce(&mut AtomicFile) -> std::io::Result<()>,
) -> Result<(), Failure> {
    let mut file = AtomicFile::create_private(path).map_err(|error| Failure::output(&error))?;
    write(&mut file).map_err(|error| Failure::writing(path, &error))?;
    file.commit().map_err(|error| Failure::output(&error))
}

/// The day a log is written, which tells when its changes were made.
fn today() -> Day {
    let seconds = jiff::Timestamp::now().as_second();
    Day(i32::try_from(seconds.div_euclid(86_400)).unwrap_or(0))
}

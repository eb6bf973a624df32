//! `ethos check`: what is wrong in a sender's file, in which cell, and how to mend it.

mod apply;
mod known;
mod mend;
mod seal;
mod workbooks;

use std::borrow::Cow;
use std::io::{IsTerminal, Write};
use std::path::{Path, PathBuf};

use clap::builder::{PathBufValueParser, TypedValueParser};
use clap::{Args, ValueEnum};
use ethos_feedback::answers::write_answers;
use ethos_feedback::baseline::{Baseline, RowMarks};
use ethos_feedback::excerpt::excerpt;
use ethos_feedback::machine::{MachineFormat, write_json_with, write_machine};
use ethos_feedback::page::{PageParts, page_with};
use ethos_feedback::receipt::Receipt;
use ethos_feedback::senders::senders_text;
use ethos_feedback::terminal::{TextOptions, grouped, text, text_of_many};
use ethos_ingest::corrections::CorrectionsError;
use ethos_ingest::decode::Encoding;
use ethos_ingest::rules::RuleError;
use ethos_ingest::{
    CheckOptions, CheckReport, Corrections, ENCODINGS, Input, MOST_FINDINGS, RENAMES_FILE, Reading,
    RejectTo, Renames, RuleBook, Verdict, check_files, check_inputs, delimiter, inputs_of,
};
use ethos_model::category::Language;
use ethos_model::finding::Text;
use ethos_table::atomic::write_atomic;
use known::Known;
use mend::{MendArgs, Workplace};
use seal::seal;
use workbooks::{Marking, write_workbooks};

use super::run::FailOn;
use super::senders::{PreviousArgs, SendersArgs};
use super::targets::Targets;
use crate::failure::{Exit, Failure};
use crate::output::Console;
use crate::pipeline::steps::{ingest_failure, reading};

/// Cells of a cause that the text shows where nothing else is said.
const CELLS: usize = 3;

/// Check senders' files before they are sent or counted.
///
/// Needs no study and no key; nothing leaves this computer. Values are masked but for their last two
/// characters. A million rows take about a second.
#[derive(Args, Debug)]
pub(crate) struct CheckArgs {
    /// Files (CSV, XLSX, ODS, Parquet; also in a zip or gzip), folders with files, or - for standard input
    #[arg(required = true, value_name = "FILE|DIR")]
    paths: Vec<PathBuf>,
    #[command(flatten)]
    how: HowArgs,
    /// Language of the findings
    #[arg(long, value_name = "LANG", default_value = "nl")]
    lang: Lang,
    /// What to print
    #[arg(long, value_name = "FORMAT", default_value = "text")]
    format: CheckFormat,
    /// End with 1 when a finding is at least this grave
    #[arg(long, value_name = "SEVERITY", default_value = "error")]
    fail_on: FailOn,
    /// Cells of each cause shown per file in the text (all findings in the other formats, up to a million of
    /// each rule and file; what is beyond is counted, and said to be)
    /// [default: 3]
    #[arg(long, value_name = "N")]
    show: Option<usize>,
    #[command(flatten)]
    mend: MendArgs,
    /// Fill in, in the files of corrections, of which row each is (sha256, rijmerk), for those that fit a row
    /// now: from then on they are made in that row alone, wherever it goes
    #[arg(long, requires = "corrections")]
    write_corrections: bool,
    #[command(flatten)]
    known: KnownArgs,
    #[command(flatten)]
    previous: PreviousArgs,
    #[command(flatten)]
    senders: SendersArgs,
    /// Also write a page to read in a browser, without a network
    #[arg(long, value_name = "FILE")]
    html: Option<PathBuf>,
    /// Also write the file back as a workbook with its cells coloured and explained, and a first sheet that
    /// says what to do; with several files, a folder for them. It holds all their data
    #[arg(long, value_name = "FILE|DIR")]
    workbook: Option<PathBuf>,
    /// Also write a receipt: proof of this check without personal data, to send along
    #[arg(long, value_name = "FILE")]
    receipt: Option<PathBuf>,
    /// Also write the rows that cannot be read to a CSV, as they are: personal data, for your eyes only
    #[arg(long, value_name = "FILE")]
    reject_to: Option<PathBuf>,
}

/// What was answered or accepted before.
#[derive(Args, Debug)]
struct KnownArgs {
    /// File of answers to warnings, a CSV for a spreadsheet; a warning answered for this period is settled
    #[arg(long, value_name = "FILE")]
    answers: Option<PathBuf>,
    /// Write a row into the file of answers for each warning, to be filled in; answers there are kept
    #[arg(long, requires = "answers")]
    write_answers: bool,
    /// Period the answers are for [default: the year in each file's name]
    #[arg(long, value_name = "PERIOD", requires = "answers")]
    period: Option<String>,
    /// File of accepted findings; those are not shown again
    #[arg(long, value_name = "FILE")]
    baseline: Option<PathBuf>,
    /// Accept what is found now: write it to the file of accepted findings
    #[arg(long, requires = "baseline")]
    write_baseline: bool,
}

/// How files are read and by which rules they are checked.
#[derive(Args, Debug)]
pub(crate) struct HowArgs {
    /// Layout of the files, with its year or without: then each file's date tells the version
    /// [default: recognised by each file's header and content]
    #[arg(long, value_name = "LAYOUT")]
    layout: Option<String>,
    /// Read a column under another name as this one; several times. The file kolommen.toml next to the
    /// data can say the same, under [columns]
    #[arg(long = "map", value_name = "COLUMN=FIELD")]
    renames: Vec<String>,
    /// Folder that holds your folders `layouts` and `mappings`
    #[arg(long, value_name = "DIR", value_parser = PathBufValueParser::new().try_map(layout_dir))]
    layout_dir: Option<PathBuf>,
    /// Folder with rules of your own, added to the shipped ones or in their place
    #[arg(long, value_name = "DIR")]
    rules: Option<PathBuf>,
    /// File of corrections made by hand (a CSV: which cell, old and new value, who, when, why), applied while
    /// the files are read; several times
    #[arg(long, value_name = "FILE")]
    corrections: Vec<PathBuf>,
    /// Encoding of text: utf-8, utf-16le, utf-16be or windows-1252 [default: told from the bytes]
    #[arg(long, value_name = "ENCODING", value_parser = encoding)]
    encoding: Option<Encoding>,
    /// Delimiter of text: a character, or `tab` [default: told from the header]
    #[arg(long, value_name = "CHAR", value_parser = delimiter)]
    delimiter: Option<char>,
    /// Sheet of workbooks, by name or number [default: the one whose columns are known]
    #[arg(long, value_name = "SHEET")]
    sheet: Option<String>,
    /// Row that names the columns, 1 for the first [default: the one whose columns are known]
    #[arg(long, value_name = "ROW", value_parser = clap::value_parser!(u64).range(1..))]
    header_row: Option<u64>,
}

/// The folder in which layouts of one's own are looked for: that which holds the folder `layouts`, also where that
/// one is named itself.
pub(super) fn layout_dir(dir: PathBuf) -> Result<PathBuf, &'static str> {
    const OWN: [&str; 2] = ["layouts", "mappings"];
    if !dir.is_dir() {
        return Err("there is no such folder");
    }
    if OWN.iter().any(|own| dir.join(own).is_dir()) {
        return Ok(dir);
    }
    let whole = dir.canonicalize().unwrap_or_else(|_| dir.clone());
    if !OWN.iter().any(|own| whole.ends_with(own)) {
        return Err(
            "it has no folder `layouts`; put your layouts in one, and name the folder it is in",
        );
    }
    let above = dir
        .parent()
        .filter(|above| dir.ends_with(OWN[0]) && above.is_dir());
    Ok(above.map_or_else(|| dir.join(".."), Path::to_owned))
}

fn encoding(name: &str) -> Result<Encoding, &'static str> {
    Encoding::from_name(name).ok_or(ENCODINGS)
}

/// Language of what is printed.
#[derive(Copy, Clone, Debug, PartialEq, Eq, ValueEnum)]
pub(crate) enum Lang {
    Nl,
    En,
}

impl From<Lang> for Language {
    fn from(lang: Lang) -> Self {
        match lang {
            Lang::Nl => Self::Nl,
            Lang::En => Self::En,
        }
    }
}

#[derive(Copy, Clone, Debug, ValueEnum)]
enum CheckFormat {
    /// A verdict and what caused it
    Text,
    /// `ethos-check/1`
    Json,
    /// One row per finding
    Csv,
    /// SARIF 2.1.0, for editors and build servers
    Sarif,
    /// Validation report of the European Statistical System
    Ess,
}

pub(crate) fn run(args: &CheckArgs, console: &Console) -> Result<Exit, Failure> {
    let machine = match args.format {
        CheckFormat::Text => None,
        CheckFormat::Json => Some(MachineFormat::Json),
        CheckFormat::Csv => Some(MachineFormat::Csv),
        CheckFormat::Sarif => Some(MachineFormat::Sarif),
        CheckFormat::Ess => Some(MachineFormat::Ess),
    };
    let all = machine.is_some()
        || args.known.baseline.is_some()
        || args.known.answers.is_some()
        || args.workbook.is_some()
        || args.mend.fixes();
    let language = console.language();
    let rejects = args.reject_to.as_deref();
    let rejects = rejects.map(|path| RejectTo { path, language });
    let book = rule_book(args.how.rules.as_deref(), args.how.layout_dir.as_deref())?;
    let mut corrections = args.how.corrections()?;
    waits(&args.paths, console);
    let (inputs, aside) = inputs_of(&args.paths).map_err(|error| ingest_failure(&error))?;
    let targets = args.targets(&inputs)?;
    // What a user said and gave beside the files comes first: nothing is written where it cannot be used.
    args.apply(&inputs, &targets, machine.is_some(), console)?;
    let expectations = args.senders.expectations()?;
    let known = args.known.read(&inputs)?;
    if known.lacks_periods() {
        // Whether that matters is known once the files are checked, and nothing is written before that.
        let options = args.how.options(&book, corrections.as_ref(), false)?;
        let report =
            check_inputs(&inputs, &options, &()).map_err(|error| ingest_failure(&error))?;
        known.has_periods(&report)?;
    }
    if args.write_corrections {
        let options = args.how.options(&book, corrections.as_ref(), false)?;
        let paths = &args.how.corrections;
        seal(paths, &inputs, &options, console)?;
        corrections = args.how.corrections()?;
    }
    let mut options = args.how.options(&book, corrections.as_ref(), all)?;
    let previous = args.previous.figures(&options, console)?;
    options.previous = &previous;
    let setting_aside = CheckOptions {
        reject_to: rejects,
        ..options.clone()
    };
    let mut whole = check_inputs(
        &inputs,
        &setting_aside,
        &reading(console, language.pick("controle", "check")),
    )
    .map_err(|error| ingest_failure(&error))?;
    renamed(&whole, &args.how)?;
    known.has_periods(&whole)?;
    whole.aside = aside;
    let offered = args.mend.offer(&inputs, &mut whole, &options)?;
    let used = args.how.corrections.iter().chain(&args.known.answers);
    args.senders.say_aside(&whole, used, language, console);
    if !args.senders.expects() {
        some_file(&whole, &args.paths)?;
    }
    if let Some(RejectTo { path, .. }) = rejects {
        let path = path.display();
        console.tell(
            format!("rijen die niet te lezen zijn (persoonsgegevens): {path}"),
            format!("rows that cannot be read (personal data): {path}"),
        );
        let whole = whole.files.iter();
        let whole = whole
            .filter(|file| file.verdict == Verdict::Unusable)
            .count();
        if whole > 0 {
            console.tell(
                format!(
                    "  daarin staat ook {} als geheel apart gezet: van die rijen staat er alleen het aantal, zij staan \
                     in het bestand zelf",
                    match whole {
                        1 => "1 onbruikbaar bestand".to_owned(),
                        more => format!("elk van {more} onbruikbare bestanden"),
                    }
                ),
                format!(
                    "  it also names {whole} unusable {}, set aside whole: of their rows it has the number alone, they \
                     stand in the file itself",
                    if whole == 1 { "file" } else { "files" }
                ),
            );
        }
    }
    for misplaced in &whole.misplaced {
        let (file, count) = (&misplaced.file, misplaced.count);
        let like = misplaced.like.as_ref();
        console.tell(
            format!(
                "{count} {} over `{file}`, en dat bestand is hier niet bij{}",
                if count == 1 {
                    "correctie gaat"
                } else {
                    "correcties gaan"
                },
                like.map_or_else(String::new, |like| format!(" (wel `{like}`)")),
            ),
            format!(
                "{count} {} of `{file}`, which is not among these files{}",
                if count == 1 {
                    "correction is"
                } else {
                    "corrections are"
                },
                like.map_or_else(String::new, |like| format!(" (`{like}` is)")),
            ),
        );
    }
    let report = args
        .known
        .applied(&known, &whole, &inputs, &options, language, console)?;
    let expectations = expectations.as_ref();
    let senders = args
        .senders
        .overview(&args.paths, &report, expectations, &book);
    let cells = args.show.unwrap_or(CELLS);
    let shown = TextOptions {
        language,
        cells,
        colour: console.colours_data(),
        width: console.width(),
    };
    match machine {
        None => {
            let text = if senders.is_some() {
                text_of_many(&report, &book, shown)
            } else {
                let mut excerpts = Vec::new();
                for (input, file) in inputs.iter().zip(&report.files) {
                    let rows = excerpt(input, file, cells, &options);
                    excerpts.push(rows.map_err(|error| ingest_failure(&error))?);
                }
                text(&report, &book, &excerpts, shown)
            };
            console.text(&text)?;
        }
        Some(MachineFormat::Json) if senders.is_some() => {
            if let Some(senders) = &senders {
                console.write_data(|out| write_json_with(&report, senders, out))?;
            }
        }
        Some(format) => {
            console.write_data(|out| write_machine(&report, &book, format, out))?;
        }
    }
    if !offered {
        console.tell(
            "wat vanzelf te herstellen is, is hier niet nagegaan: dat duurt lang bij meer dan 50.000 rijen of 32 MB. \
             Met --fix ziet u het",
            "what can be mended at once was not looked at here: that takes long with more than 50,000 rows or 32 MB. \
             --fix shows it",
        );
    }
    args.previous
        .say(&whole, &previous, language, machine.is_none(), console)?;
    if let Some(senders) = &senders {
        if machine.is_none() {
            console.text(&senders_text(senders, language))?;
        }
        args.senders
            .write(senders, &report, &book, language, &targets, console)?;
    }
    if let Some(path) = &args.html {
        let parts = PageParts {
            senders: senders.as_ref(),
            overview: args.previous.overview,
        };
        let html = page_with(&report, &book, &parts, language)
            .map_err(|error| Failure::internal(error.to_string()))?;
        write_file(path, &html)?;
        let path = path.display();
        console.tell(format!("pagina: {path}"), format!("page: {path}"));
    }
    let mut unmarked = None;
    if let Some(path) = &args.workbook {
        let marking = Marking {
            inputs: &inputs,
            report: &report,
            book: &book,
            encoding: args.how.encoding,
            language,
            targets: &targets,
        };
        unmarked = write_workbooks(path, &marking, console)?;
    }
    if let Some(path) = &args.receipt {
        let receipt =
            serde_json::to_string_pretty(&Receipt::of(&whole, &book)).map_err(|error| {
                Failure::internal(format!("the receipt cannot be written: {error}"))
            })?;
        write_file(path, &(receipt + "\n"))?;
        let path = path.display();
        console.tell(
            format!("bewijs van controle: {path}"),
            format!("receipt: {path}"),
        );
    }
    let workplace = Workplace {
        inputs: &inputs,
        whole: &whole,
        options: &options,
        book: &book,
        language,
        shown,
        data: machine.is_some(),
        targets: &targets,
    };
    let worst = args.mend.run(&report, &workplace, console)?;
    if let Some(failure) = unmarked {
        return Err(failure);
    }
    Ok(if args.fail_on.fails(worst) {
        Exit::Findings
    } else {
        Exit::Clean
    })
}

impl CheckArgs {
    pub(crate) fn language(&self) -> Language {
        self.lang.into()
    }

    /// What is read and what is to be written, before anything is.
    fn targets(&self, inputs: &[Input]) -> Result<Targets, Failure> {
        let mut targets = Targets::default();
        for path in inputs.iter().filter_map(Input::file_on_disk) {
            targets.reads(path);
            targets.reads(&path.with_file_name(RENAMES_FILE));
        }
        let how = &self.how;
        for path in how.rules.iter().chain(&how.layout_dir) {
            targets.reads(path);
        }
        for path in &how.corrections {
            if self.write_corrections {
                targets.take(path)?;
            } else {
                targets.reads(path);
            }
        }
        self.previous.reads(&mut targets);
        self.senders.reads(&mut targets);
        let known = &self.known;
        let written = [
            self.html.as_ref(),
            self.receipt.as_ref(),
            self.reject_to.as_ref(),
            known.answers.as_ref().filter(|_| known.write_answers),
            known.baseline.as_ref().filter(|_| known.write_baseline),
        ];
        for path in written.into_iter().flatten() {
            targets.take(path)?;
        }
        self.previous.takes(&targets)?;
        self.senders.takes(&targets)?;
        Ok(targets)
    }
}

impl KnownArgs {
    /// The check without what was answered or accepted; writes both files where asked.
    fn applied<'r>(
        &self,
        known: &Known,
        whole: &'r CheckReport,
        inputs: &[Input],
        options: &CheckOptions<'_>,
        language: Language,
        console: &Console,
    ) -> Result<Cow<'r, CheckReport>, Failure> {
        if self.baseline.is_none() && self.answers.is_none() {
            // There may be a million findings: they are not held twice.
            return Ok(Cow::Borrowed(whole));
        }
        let mut report = whole.clone();
        if let Some(path) = &self.baseline {
            let mut marks = Vec::new();
            for (input, file) in inputs.iter().zip(&whole.files) {
                let of_file = RowMarks::of(input, file, options);
                marks.push(of_file.map_err(|error| ingest_failure(&error))?);
            }
            if self.write_baseline {
                let json = Baseline::of(whole, &marks).to_json().map_err(|error| {
                    Failure::internal(format!("the baseline cannot be written: {error}"))
                })?;
                write_file(path, &json)?;
            }
            let baseline = known::baseline_at(path)?;
            let mut hidden = 0;
            for (file, marks) in report.files.iter_mut().zip(&marks) {
                let (rest, gone) = baseline.hide(file, marks);
                *file = rest;
                hidden += gone;
            }
            console.say(match language {
                Language::Nl => format!(
                    "{} {} eerder aanvaard ({})",
                    grouped(hidden, language),
                    if hidden == 1 {
                        "bevinding is"
                    } else {
                        "bevindingen zijn"
                    },
                    path.display()
                ),
                Language::En => format!(
                    "{} {} accepted before ({})",
                    grouped(hidden, language),
                    if hidden == 1 {
                        "finding was"
                    } else {
                        "findings were"
                    },
                    path.display()
                ),
            });
        }
        if let (Some(path), Some(answers)) = (&self.answers, &known.answers) {
            let mut open = 0;
            if self.write_answers {
                let mut bytes = Vec::new();
                let files: Vec<_> = report
                    .files
                    .iter()
                    .zip(&known.periods)
                    .filter_map(|(file, period)| Some((file, period.as_deref()?)))
                    .collect();
                open = write_answers(&files, answers, language, &mut bytes).map_err(|error| {
                    Failure::internal(format!("the answers cannot be written: {error}"))
                })?;
                write_file(path, &String::from_utf8_lossy(&bytes))?;
            }
            let mut settled = 0;
            for (file, period) in report.files.iter_mut().zip(&known.periods) {
                let Some(period) = period else {
                    continue;
                };
                let (rest, gone) = answers.settle(file, period);
                *file = rest;
                settled += gone;
            }
            if open > 0 {
                let (rows, path) = (grouped(open, language), path.display());
                console.say(match (language, open) {
                    (Language::Nl, 1) => format!("1 rij klaargezet om in te vullen in {path}"),
                    (Language::Nl, _) => {
                        format!("{rows} rijen klaargezet om in te vullen in {path}")
                    }
                    (Language::En, 1) => format!("1 row to be filled in in {path}"),
                    (Language::En, _) => format!("{rows} rows to be filled in in {path}"),
                });
                if settled == 0 {
                    return Ok(Cow::Owned(report));
                }
            }
            console.say(match language {
                Language::Nl => format!(
                    "{} {} toegelicht ({})",
                    grouped(settled, language),
                    if settled == 1 {
                        "waarschuwing is"
                    } else {
                        "waarschuwingen zijn"
                    },
                    path.display()
                ),
                Language::En => format!(
                    "{} {} answered ({})",
                    grouped(settled, language),
                    if settled == 1 {
                        "warning is"
                    } else {
                        "warnings are"
                    },
                    path.display()
                ),
            });
        }
        Ok(Cow::Owned(report))
    }
}

impl HowArgs {
    /// The corrections asked for, those of all files together.
    fn corrections(&self) -> Result<Option<Corrections>, Failure> {
        let mut all: Option<Corrections> = None;
        for path in &self.corrections {
            let file = std::fs::File::open(path).map_err(|error| Failure::reading(path, &error))?;
            let wrong = |error: CorrectionsError| {
                let path = path.display();
                Failure::input(Text::new(
                    format!(
                        "de correcties in {path} zijn niet te gebruiken: {}",
                        error.words(Language::Nl)
                    ),
                    format!("the corrections in {path} cannot be used: {error}"),
                ))
            };
            let read = Corrections::read(file).map_err(wrong)?;
            match &mut all {
                Some(all) => all.extend(read).map_err(wrong)?,
                None => all = Some(read),
            }
        }
        Ok(all)
    }

    /// How files are checked; `all` keeps every finding in detail, as far as memory allows for any file.
    fn options<'a>(
        &'a self,
        book: &'a RuleBook,
        corrections: Option<&'a Corrections>,
        all: bool,
    ) -> Result<CheckOptions<'a>, Failure> {
        let defaults = CheckOptions::default();
        let renames = Renames::of(&self.renames).map_err(|error| ingest_failure(&error.into()))?;
        Ok(CheckOptions {
            renames,
            layout: self.layout.as_deref(),
            study_dir: self.layout_dir.as_deref(),
            rules: Some(book),
            reading: Reading {
                encoding: self.encoding,
                delimiter: self.delimiter,
                sheet: self.sheet.as_deref(),
                header_row: self.header_row,
            },
            corrections,
            findings_per_rule: if all {
                MOST_FINDINGS
            } else {
                defaults.findings_per_rule
            },
            ..defaults
        })
    }
}

/// Checks files, without a previous delivery to compare them with.
pub(super) fn checked(
    paths: &[PathBuf],
    how: &HowArgs,
    console: &Console,
) -> Result<(CheckReport, RuleBook), Failure> {
    let book = rule_book(how.rules.as_deref(), how.layout_dir.as_deref())?;
    let corrections = how.corrections()?;
    let options = how.options(&book, corrections.as_ref(), false)?;
    let label = console.language().pick("controle", "check");
    let report = check_files(paths, &options, &reading(console, label))
        .map_err(|error| ingest_failure(&error))?;
    renamed(&report, how)?;
    Ok((report, book))
}

/// Says of a pipe that it is waited for: until something comes out of it nothing else is to be seen.
fn waits(paths: &[PathBuf], console: &Console) {
    for path in paths {
        #[cfg(unix)]
        let is_pipe = {
            use std::os::unix::fs::FileTypeExt;
            let own = !path.starts_with("/dev") && !path.starts_with("/proc");
            own && path.metadata().is_ok_and(|data| data.file_type().is_fifo())
        };
        #[cfg(not(unix))]
        let is_pipe = false;
        if is_pipe || (path.as_os_str() == "-" && std::io::stdin().is_terminal()) {
            let path = path.display();
            console.tell(
                format!("wacht op wat er uit {path} komt (Ctrl+C om te stoppen)"),
                format!("waiting for what comes out of {path} (Ctrl+C to stop)"),
            );
        }
    }
}

/// That every column named with --map is one of some file.
fn renamed(report: &CheckReport, how: &HowArgs) -> Result<(), Failure> {
    let nowhere: Vec<&str> = how
        .renames
        .iter()
        .filter(|pair| Renames::of([pair]).is_ok_and(|one| !report.has_columns(&one)))
        .filter_map(|pair| Some(pair.split_once('=')?.0))
        .collect();
    if nowhere.is_empty() || report.files.is_empty() {
        return Ok(());
    }
    let nowhere = nowhere.join("`, `");
    Err(Failure::usage(Text::new(
        format!("--map noemt `{nowhere}`, en zo'n kolom is er niet bij"),
        format!("--map names `{nowhere}`, and no file has such a column"),
    ))
    .with_help(Text::new(
        "vóór het = staat de naam die in het bestand staat, erna die van de indeling; een spatie, streepje of \
         hoofdletter maakt niet uit",
        "before the = stands the name in the file, after it that of the layout; blanks, dashes and capitals do \
         not matter",
    )))
}

/// That there is a file to say something of.
pub(super) fn some_file(report: &CheckReport, paths: &[PathBuf]) -> Result<(), Failure> {
    if !report.files.is_empty() {
        return Ok(());
    }
    let paths: Vec<String> = paths
        .iter()
        .map(|path| path.display().to_string())
        .collect();
    let paths = paths.join(", ");
    Err(Failure::input(Text::new(
        format!("in {paths} staat geen bestand dat een levering kan zijn"),
        format!("there is no file in {paths}"),
    ))
    .with_help(Text::new(
        "noem een bestand (CSV, XLSX, ODS, Parquet, zip of gz), of een map waar zulke bestanden in staan",
        "name a file, or a folder that holds the senders' files",
    )))
}

pub(super) fn same_file(a: &Path, b: &Path) -> bool {
    matches!((a.canonicalize(), b.canonicalize()), (Ok(a), Ok(b)) if a == b)
}

fn write_file(path: &Path, text: &str) -> Result<(), Failure> {
    write_atomic(path, |file| file.write_all(text.as_bytes()))
        .map_err(|error| Failure::placing(path, &error))
}

/// The shipped rules, with those of a folder.
pub(super) fn rule_book(
    folder: Option<&Path>,
    layout_dir: Option<&Path>,
) -> Result<RuleBook, Failure> {
    let Some(folder) = folder else {
        return Ok(RuleBook::shipped().clone());
    };
    RuleBook::with_folder(folder, layout_dir).map_err(|error| rules_failure(&error))
}

/// Why rules of the user's own cannot be used.
pub(super) fn rules_failure(error: &RuleError) -> Failure {
    let said = Text::new(error.words(Language::Nl), error.to_string());
    if error.unreadable {
        Failure::input(said)
    } else {
        Failure::usage(said).with_help(Text::new(
            "`ethos rules` noemt de regels die er zijn",
            "`ethos rules` lists the rules there are",
        ))
    }
}

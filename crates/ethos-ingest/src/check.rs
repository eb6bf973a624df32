//! Checking senders' files before they are sent: no study, no key, nothing kept.

use std::collections::BTreeMap;
use std::io;
use std::path::{Path, PathBuf};

use ethos_model::coverage::Delivery;
use ethos_model::date::Day;
use ethos_model::finding::{Finding, MaskedValue, RuleCode, Severity};
use ethos_model::layout::{CategoryRule, Layout, family};
use ethos_model::ledger::Ledger;
use ethos_model::spell::SourceId;
use ethos_model::suggest::nearest;
use ethos_table::atomic::AtomicError;

use crate::columns::Renames;
use crate::compared;
use crate::corrections::{Corrected, Corrections, name_of};
use crate::delivery::{on_file, replaced, standings, tied};
use crate::error::IngestError;
use crate::file::{self, FileResult, Task};
use crate::findings::{DEFAULT_LIMIT, FindingCounts, shown};
use crate::gather::Pace;
use crate::head::Reading;
use crate::input::{self, Aside, Found, Input};
use crate::key::SeriesKey;
use crate::layout;
use crate::mapping::{self, MappingTable};
use crate::progress::Progress;
use crate::rejects::{RejectTo, Rejects};
use crate::rules::{Detail, Observation, RuleBook};
use crate::shift::Shift;
use crate::summary::Summary;
use crate::tally::Tally;

/// How files are checked.
#[derive(Clone, Debug)]
pub struct CheckOptions<'a> {
    /// Layout of every file: an id, or a name whose version the file's date tells. Recognised by
    /// each file's header and content when not given.
    pub layout: Option<&'a str>,
    /// Folder in which layouts and mappings of the user's own are looked for first.
    pub study_dir: Option<&'a Path>,
    /// Names that columns go by in these files, before those in a file next to the data.
    pub renames: Renames,
    /// Category mapping in place of the one a layout names.
    pub mapping: Option<&'a str>,
    /// The rule book; the shipped one when not given.
    pub rules: Option<&'a RuleBook>,
    /// Figures of earlier deliveries, with which each file of the same sender and layout is
    /// compared.
    pub previous: &'a [Summary],
    /// How files are to be read, where that is not to be found out.
    pub reading: Reading<'a>,
    /// Corrections made by hand, applied while files are read.
    pub corrections: Option<&'a Corrections>,
    /// File for the rows that cannot be read, as they are: `file,sheet,row,seen,raw`, or
    /// `bestand;blad;rij;regel;reden;inhoud` in Dutch. It holds personal data. Rows of a file that
    /// cannot be used as a whole are not repeated in it beyond those that were the cause.
    pub reject_to: Option<RejectTo<'a>>,
    /// Findings of each rule and file kept in detail, and the first thousand on each column beyond; further ones
    /// are counted by rule and column, and said so.
    pub findings_per_rule: usize,
}

impl Default for CheckOptions<'_> {
    fn default() -> Self {
        Self {
            layout: None,
            study_dir: None,
            renames: Renames::default(),
            mapping: None,
            rules: None,
            previous: &[],
            reading: Reading::default(),
            corrections: None,
            reject_to: None,
            findings_per_rule: DEFAULT_LIMIT,
        }
    }
}

/// What a check found, file by file.
#[derive(Clone, Debug)]
pub struct CheckReport {
    /// The files in the order given, those of a folder by name.
    pub files: Vec<FileReport>,
    /// One step `read <file>` per file.
    pub ledger: Ledger,
    /// Tables in the folders that are no deliveries, and were not read.
    pub aside: Vec<Aside>,
    /// Corrections of files that are not among these, by the name they give.
    pub misplaced: Vec<Misplaced>,
}

impl CheckReport {
    /// Severity of the gravest finding; `None` when there is none.
    pub fn worst(&self) -> Option<Severity> {
        self.files.iter().filter_map(FileReport::worst).max()
    }

    /// Every finding, file by file.
    pub fn findings(&self) -> impl Iterator<Item = &Finding> {
        self.files.iter().flat_map(|file| &file.findings)
    }

    /// Whether each of the columns that are renamed is one of some file.
    pub fn has_columns(&self, renames: &Renames) -> bool {
        let found = |column: &str| {
            let mut all = self.files.iter().flat_map(|file| &file.renamed);
            all.any(|own| own == column)
        };
        renames.columns().all(found)
    }
}

/// Corrections of a file that was not checked.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct Misplaced {
    /// The name they give, as it may be shown.
    pub file: String,
    /// A file that was checked and whose name is like it.
    pub like: Option<String>,
    /// How many there are.
    pub count: u64,
}

/// What a check found in a file. It holds no personal value.
#[derive(Clone, Debug)]
pub struct FileReport {
    /// The file as the user named it.
    pub file: String,
    /// SHA-256 of its bytes, in hexadecimal.
    pub sha256: String,
    /// Layout it was read by; `None` when none could be told.
    pub layout: Option<String>,
    /// When the layout was recognised, how sure that is, 0–1: the share of header and required
    /// columns that agreed, times the share of cells in the first rows that are what their
    /// column asks for.
    pub confidence: Option<f64>,
    /// Encoding it was read in; `None` for a file that is not text.
    pub encoding: Option<&'static str>,
    /// Delimiter; `None` for a file that is not text.
    pub delimiter: Option<char>,
    /// Sheet of a workbook that was read.
    pub sheet: Option<String>,
    /// Row of the header as a spreadsheet numbers it; `None` where there is no row at all.
    pub header_row: Option<u64>,
    /// Columns that were read by the name the user says, normalised.
    pub(crate) renamed: Vec<String>,
    /// Rows of a text that go on over several lines, each with how many more there are up to it.
    pub(crate) folds: Vec<(u64, u64)>,
    /// Stretches of rows whose values stand in the column beside their own.
    pub shifts: Vec<Shift>,
    /// What became of its rows.
    pub tally: Tally,
    /// What became of corrections of its cells.
    pub corrected: Corrected,
    /// Findings by row and column, those on the whole file first.
    pub findings: Vec<Finding>,
    /// How many findings of each rule there are, those not kept in detail included.
    pub counts: FindingCounts,
    /// The delivery in figures.
    pub summary: Summary,
    /// The day (UTC) on which the file was changed last, for one on disk.
    pub modified: Option<Day>,
    /// The file that replaces it in a study: a later one of the same sender, layout and period,
    /// or a copy of it.
    pub replaced_by: Option<String>,
    /// Whether that one has the same bytes: both are one delivery, and its rows count there.
    pub is_copy: bool,
    /// Whether that one was made of it, such as a mended file: both are one delivery too.
    pub is_origin: bool,
    /// The sender's previous delivery with which it was compared.
    pub previous: Option<Box<Summary>>,
    /// The verdict.
    pub verdict: Verdict,
    /// What mending what is certain would come to; `None` where that was not tried, or nothing is.
    pub mendable: Option<Mendable>,
    worst: Option<Severity>,
    /// Rows of data among those set aside.
    lost: u64,
    /// How grave what became of the rows is by itself: rows that are lost are lost whatever is said of them.
    at_least: Option<Severity>,
}

impl FileReport {
    /// Severity of the gravest finding; `None` when there is none. Rows that are lost, or all of them, weigh
    /// as an error or as a blocking finding where what would say so was accepted, or its rule is switched off or
    /// softened.
    pub fn worst(&self) -> Option<Severity> {
        self.worst
    }

    /// Whether its rows are left to the file that replaces it: nothing is to be mended in this one.
    pub fn is_given_way(&self) -> bool {
        self.replaced_by.is_some()
    }

    /// Rows of data that do not count: what they hold cannot be used, or cannot be told.
    pub fn lost_rows(&self) -> u64 {
        self.tally.rejected + self.lost
    }

    /// The line of a text file on which a row begins, 1 for the first: cells with a line break in them make
    /// rows go on over several.
    pub fn line_of(&self, row: u64) -> u64 {
        let before = self.folds.partition_point(|(folded, _)| *folded < row);
        let more = before.checked_sub(1).map(|last| self.folds[last].1);
        row + more.unwrap_or(0)
    }

    /// The report without some findings, with counts as if they had not been made. What was only counted goes
    /// with the finding that stands for it. The verdict on rows that are lost stays: hiding what is said of
    /// them does not bring them back.
    #[must_use]
    pub fn without(&self, hidden: impl Fn(&Finding) -> bool) -> Self {
        let mut rest = self.clone();
        let mut gone: BTreeMap<RuleCode, u64> = BTreeMap::new();
        rest.findings.retain(|finding| {
            let hide = hidden(finding);
            if hide {
                *gone.entry(finding.code).or_insert(0) += finding.count();
            }
            !hide
        });
        rest.counts.retain(|code, count| {
            *count = count.saturating_sub(gone.get(code).copied().unwrap_or(0));
            *count > 0
        });
        // As grave as the verdict says: whoever asks for the one must not hear something else of the other.
        rest.worst = rest
            .findings
            .iter()
            .map(|finding| finding.severity)
            .max()
            .max(self.at_least);
        rest.judge();
        rest
    }

    fn new(result: FileResult) -> Self {
        let (layout, confidence) = result.layout.unzip();
        let mut report = Self {
            file: result.delivery.file,
            sha256: result.delivery.sha256,
            layout,
            confidence: confidence.flatten(),
            encoding: result.encoding.map(crate::decode::Encoding::name),
            sheet: result.sheet,
            header_row: result.header_row,
            renamed: result.renamed,
            folds: summed(result.folds),
            shifts: result.shifts,
            delimiter: result.delimiter.map(char::from),
            tally: result.tally,
            corrected: result.corrected,
            findings: result.findings,
            counts: result.counts,
            worst: result.worst.max(result.at_least),
            lost: result.lost,
            at_least: result.at_least,
            summary: result.summary,
            modified: None,
            replaced_by: None,
            is_copy: false,
            is_origin: false,
            previous: None,
            verdict: Verdict::Clean,
            mendable: None,
        };
        for finding in &mut report.findings {
            let (Some(row), Some(column)) = (finding.row, finding.column_number) else {
                continue;
            };
            if report.shifts.iter().any(|shift| shift.has(row, column)) {
                // It would be a value of another column.
                finding.suggestion = None;
            }
        }
        report.judge();
        report
    }

    fn judge(&mut self) {
        self.verdict = Verdict::of(self.worst.max(self.at_least));
    }

    /// Takes findings on the file as a whole, before those on its rows.
    pub(crate) fn take(&mut self, findings: Vec<Finding>) {
        for finding in &findings {
            *self.counts.entry(finding.code).or_insert(0) += 1;
            self.worst = self.worst.max(Some(finding.severity));
        }
        self.findings.splice(0..0, findings);
        self.judge();
    }
}

/// What mending what is certain would come to.
#[derive(Copy, Clone, PartialEq, Eq, Debug)]
pub struct Mendable {
    /// Findings of the file when that was tried, those that were accepted or answered included.
    pub of: u64,
    /// Findings that would be gone.
    pub findings: u64,
    /// Findings that would be left.
    pub left: u64,
    /// The verdict then.
    pub verdict: Verdict,
}

/// Each count with those before it.
fn summed(mut folds: Vec<(u64, u64)>) -> Vec<(u64, u64)> {
    let mut sum = 0;
    for (_, more) in &mut folds {
        sum += *more;
        *more = sum;
    }
    folds
}

/// What a sender is to do with a file.
#[derive(Copy, Clone, PartialEq, Eq, PartialOrd, Ord, Debug)]
pub enum Verdict {
    /// Nothing: no finding graver than a note.
    Clean,
    /// It can be sent; look at the warnings.
    Usable,
    /// Mend the errors: their rows or cells would be lost.
    Mend,
    /// It cannot be used as it is.
    Unusable,
}

impl Verdict {
    /// The verdict on a file whose gravest finding is this grave.
    pub fn of(worst: Option<Severity>) -> Self {
        match worst {
            None | Some(Severity::Note) => Self::Clean,
            Some(Severity::Warning) => Self::Usable,
            Some(Severity::Error) => Self::Mend,
            Some(Severity::Blocking) => Self::Unusable,
        }
    }
}

/// Checks files, the files in folders, and standard input where a path is `-`. Each table in a
/// zip archive is a file of its own. The key is random and forgotten.
///
/// # Errors
/// [`IngestError`] when a path does not exist or cannot be read, or the layout asked for does
/// not exist. A file whose layout cannot be told is a finding.
pub fn check_files(
    paths: &[PathBuf],
    options: &CheckOptions<'_>,
    progress: &dyn Progress,
) -> Result<CheckReport, IngestError> {
    let (inputs, aside) = inputs_of(paths)?;
    let mut report = check_inputs(&inputs, options, progress)?;
    report.aside = aside;
    Ok(report)
}

/// The files of paths as [`check_files`] takes them, and what is left aside: those in folders, standard
/// input where a path is `-`, and each table in an archive. A report has its files in this order.
///
/// # Errors
/// [`IngestError`] when a path does not exist or cannot be read.
pub fn inputs_of(paths: &[PathBuf]) -> Result<(Vec<Input>, Vec<Aside>), IngestError> {
    let mut found = Found::default();
    for path in paths {
        if path.as_os_str() == Input::STANDARD {
            let unreadable = |source| IngestError::Io {
                file: Input::STANDARD.to_owned(),
                source,
            };
            let input = Input::pipe(Input::STANDARD, io::stdin().lock());
            found.inputs.push(input.map_err(unreadable)?);
        } else {
            input::add_inputs(path, &mut found)?;
        }
    }
    Ok((input::expand_all(found.inputs)?, found.aside))
}

/// [`check_files`] on inputs that may be in memory.
///
/// # Errors
/// As [`check_files`].
pub fn check_inputs(
    inputs: &[Input],
    options: &CheckOptions<'_>,
    progress: &dyn Progress,
) -> Result<CheckReport, IngestError> {
    let Declared { layouts, mappings } = Declared::new(options)?;
    let key = SeriesKey::passing()?;
    let book = options.rules.unwrap_or_else(|| RuleBook::shipped());
    let inputs = input::expand_all(inputs.to_vec())?;
    let unwritable = |path: &Path| {
        let file = path.display().to_string();
        move |error: AtomicError| IngestError::Io {
            file,
            source: io::Error::other(error),
        }
    };
    let rejects = match options.reject_to {
        Some(to) => Some(Rejects::create(to).map_err(unwritable(to.path))?),
        None => None,
    };
    progress.begin(inputs.iter().map(Input::size).sum());
    let read = |(at, input): (usize, &Input)| {
        let (renames, _) = options.renames.for_file(input.disk(), &layouts)?;
        let task = Task {
            input,
            layouts: &layouts,
            mappings: &mappings,
            book,
            renames: &renames,
            key: &key,
            source: SourceId(0),
            delivery: at as u32,
            as_of: None,
            reading: renames.after(options.reading),
            rejects: rejects.as_ref(),
            corrections: options.corrections,
            limit: options.findings_per_rule,
            keep: false,
            pace: Pace::of(input),
        };
        file::read(&task, progress).map_err(|source| IngestError::Io {
            file: input.name.clone(),
            source,
        })
    };
    // Set aside, rows stand in the order of the files.
    let results: Vec<Result<FileResult, IngestError>> = if rejects.is_some() {
        inputs.iter().enumerate().map(read).collect()
    } else {
        file::each(&inputs, file::is_large, read)
    };
    let mut report = CheckReport {
        files: Vec::new(),
        ledger: Ledger::default(),
        aside: Vec::new(),
        misplaced: Vec::new(),
    };
    let mut results = results.into_iter().collect::<Result<Vec<_>, _>>()?;
    report.misplaced = misplaced(&mut results, options.corrections, book);
    let replaced_by = stand(&mut results, book);
    for ((result, by), input) in results.into_iter().zip(replaced_by).zip(&inputs) {
        let mut file = FileReport::new(result);
        (file.replaced_by, file.is_copy, file.is_origin) = by;
        file.modified = input.modified();
        let mut step = format!("read {}", file.file);
        if report.ledger.step(&step).is_some() {
            step = format!("{step} ({})", report.files.len() + 1);
        }
        let corrections = step.replacen("read", "correct", 1);
        report.ledger.push(file.tally.step(step));
        report.ledger.steps.extend(file.corrected.step(corrections));
        report.files.push(file);
    }
    if let (Some(rejects), Some(to)) = (rejects, options.reject_to) {
        for file in &report.files {
            if file.verdict == Verdict::Unusable {
                let blocks = |finding: &&Finding| finding.severity == Severity::Blocking;
                let first = file.findings.iter().find(blocks);
                let rule = first.and_then(|finding| book.find(finding.code.as_str()));
                let whole = (file.file.as_str(), file.sheet.as_deref());
                rejects
                    .add_file(whole, rule, file.tally.set_aside)
                    .map_err(|error| {
                        unwritable(to.path)(AtomicError::io("write", to.path)(error))
                    })?;
            }
        }
        rejects.commit().map_err(unwritable(to.path))?;
    }
    compared::compare(&mut report.files, options.previous, book);
    Ok(report)
}

/// Corrections of files that were not checked. Where the name is one of these mistyped, it is told there; figures
/// tell of another sender or period.
fn misplaced(
    results: &mut [FileResult],
    corrections: Option<&Corrections>,
    book: &RuleBook,
) -> Vec<Misplaced> {
    let files: Vec<(String, String)> = results
        .iter()
        .map(|result| (result.delivery.file.clone(), result.delivery.sha256.clone()))
        .collect();
    let names: Vec<&str> = files.iter().map(|(file, _)| name_of(file)).collect();
    let known = files
        .iter()
        .map(|(file, sha)| (file.as_str(), sha.as_str()));
    let none = corrections.map_or_else(Vec::new, |corrections| corrections.of_none(known));
    let mut misplaced = Vec::new();
    for (name, count) in none {
        let figures = |name: &str| name.replace(|c: char| !c.is_ascii_digit(), "");
        let like = nearest(name, &names);
        let at = like
            .filter(|like| figures(like) == figures(name))
            .and_then(|like| names.iter().position(|name| *name == like));
        // What slipped into the column may be anything; a name of a file has an ending.
        let is_name = name.rsplit_once('.').is_some_and(|(_, end)| {
            (2..=7).contains(&end.len()) && end.chars().all(char::is_alphabetic)
        });
        let shown = if is_name {
            MaskedValue::open(name)
        } else {
            shown(name)
        };
        let Some((at, like)) = at.zip(like) else {
            misplaced.push(Misplaced {
                file: shown.to_string(),
                like: like.map(str::to_owned),
                count,
            });
            continue;
        };
        let detail = Detail::text(
            format!("het bestand `{shown}` (bedoelt u `{like}`?)"),
            format!("the file `{shown}` (do you mean `{like}`?)"),
        );
        let (file, _) = &files[at];
        results[at].tell(on_file(book, Observation::CorrectionNowhere, file, &detail));
        results[at].corrected.refused += count;
    }
    misplaced
}

/// The file by which a study would replace each, within one kind of layout as the files of one source. Those
/// of which nothing tells which counts stand back. With each whether it has the same bytes, and whether that one
/// was made of it.
fn stand(results: &mut [FileResult], book: &RuleBook) -> Vec<(Option<String>, bool, bool)> {
    let mut kinds: BTreeMap<String, Vec<usize>> = BTreeMap::new();
    for (at, result) in results.iter().enumerate() {
        let kind = family(&result.delivery.layout).to_owned();
        kinds.entry(kind).or_default().push(at);
    }
    let mut replaced_by = vec![(None, false, false); results.len()];
    for positions in kinds.into_values() {
        let of_kind = positions.iter().map(|at| results[*at].contender());
        let standings = standings(&of_kind.collect::<Vec<_>>());
        let deliveries: Vec<Delivery> = positions
            .iter()
            .map(|at| results[*at].delivery.clone())
            .collect();
        for (&at, standing) in positions.iter().zip(standings) {
            let by = standing.replaced_by.map(|by| deliveries[by].file.clone());
            replaced_by[at] = (by, standing.copy, standing.mended);
            // Under whatever name it is about the period of what it comes from.
            results[at].take_period(standing.period);
            if let Some(by) = standing.replaced_by {
                if standing.copy {
                    results[at].give_way_to_same(deliveries[by].sender);
                } else {
                    let finding = replaced(&deliveries[by], &results[at].delivery.file, book);
                    results[at].give_way(finding);
                }
            }
            if !standing.tied.is_empty() {
                let finding = tied(&standing, &results[at].delivery.file, &deliveries, book);
                results[at].stand_back(finding);
            }
        }
    }
    replaced_by
}

/// What files are read by.
pub(crate) struct Declared {
    pub(crate) layouts: Vec<Layout>,
    /// The category mapping of each, where it needs one.
    pub(crate) mappings: Vec<Option<MappingTable>>,
}

impl Declared {
    pub(crate) fn new(options: &CheckOptions<'_>) -> Result<Self, IngestError> {
        let layouts = match options.layout {
            Some(id) => layout::versions(id, options.study_dir)?,
            None => layout::list(options.study_dir)?,
        };
        options.renames.check(&layouts)?;
        let mappings = layouts
            .iter()
            .map(|layout| mapping_of(layout, options))
            .collect::<Result<Vec<_>, _>>()?;
        Ok(Self { layouts, mappings })
    }
}

fn mapping_of(
    layout: &Layout,
    options: &CheckOptions<'_>,
) -> Result<Option<MappingTable>, IngestError> {
    let CategoryRule::Mapping { name } = &layout.category else {
        return Ok(None);
    };
    let mapping = mapping::find(options.mapping.unwrap_or(name), options.study_dir)?;
    Ok(Some(MappingTable::new(&mapping)))
}

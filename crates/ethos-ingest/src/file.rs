//! One file through every step: survey, detect, read, check, classify, pseudonymise.

use std::borrow::Cow;
use std::io;

use ethos_model::coverage::Delivery;
use ethos_model::date::Day;
use ethos_model::finding::{Finding, Severity};
use ethos_model::layout::{Layout, LayoutKind, Target, family, version_on};
use ethos_model::ledger::LedgerStep;
use ethos_model::person::RegisterPerson;
use ethos_model::spell::{SourceId, Spell};
use ethos_table::{StringTable, TextColumn};
use serde::{Deserialize, Serialize};

use crate::columns::{self, Recognised, Renames};
use crate::decode::{self, Encoding, Survey};
use crate::delivery::NameParts;
use crate::detect::{self, Head, Plan};
use crate::fields;
use crate::findings::{FindingCounts, Findings};
use crate::input::Input;
use crate::key::SeriesKey;
use crate::mapping::MappingTable;
use crate::progress::Progress;
use crate::read::{Cells, Next, Rows, Supply, TableRows};
use crate::rows::{Outcome, RowReader, Unanimous};
use crate::rules::{Detail, Facts, Observation, Place, RuleBook};
use crate::summary::Summary;

/// What a file is read with.
pub(crate) struct Task<'a> {
    pub(crate) input: &'a Input,
    /// The layout, its versions, or several to recognise one of.
    pub(crate) layouts: &'a [Layout],
    /// The category mapping of each layout, where it needs one.
    pub(crate) mappings: &'a [Option<MappingTable>],
    pub(crate) book: &'a RuleBook,
    /// Names that the user says columns go by.
    pub(crate) renames: &'a Renames,
    pub(crate) key: &'a SeriesKey,
    pub(crate) source: SourceId,
    /// Position in the run's list of deliveries.
    pub(crate) delivery: u32,
    /// Day the study says the source's files were drawn, for those that do not tell.
    pub(crate) as_of: Option<Day>,
    /// Findings of each rule kept in detail.
    pub(crate) limit: usize,
    /// Whether records are kept, or only counted.
    pub(crate) keep: bool,
}

/// What became of a file's rows. Every row is in exactly one outcome.
#[derive(Copy, Clone, PartialEq, Eq, Debug, Default, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Tally {
    /// Became a spell or a person of the register.
    pub accepted: u64,
    /// No usable person number, date or category.
    pub rejected: u64,
    /// About someone the study does not count, by declaration of layout or mapping.
    pub out_of_scope: u64,
    /// Equal to an earlier row.
    pub duplicate: u64,
    /// In a delivery that a later one replaces, or restated by a later one.
    pub superseded: u64,
    /// Not readable as a row: ragged, blank, or in a file that cannot be used.
    pub set_aside: u64,
}

impl Tally {
    /// Rows in all.
    pub fn rows(&self) -> u64 {
        self.accepted
            + self.rejected
            + self.out_of_scope
            + self.duplicate
            + self.superseded
            + self.set_aside
    }

    /// Adds another file's rows.
    pub fn add(&mut self, other: &Self) {
        self.accepted += other.accepted;
        self.rejected += other.rejected;
        self.out_of_scope += other.out_of_scope;
        self.duplicate += other.duplicate;
        self.superseded += other.superseded;
        self.set_aside += other.set_aside;
    }

    /// As a step of the ledger.
    pub fn step(&self, name: impl Into<String>) -> LedgerStep {
        LedgerStep::new(name, "rows", self.rows())
            .with("accepted", self.accepted)
            .with("rejected", self.rejected)
            .with("out of scope", self.out_of_scope)
            .with("duplicate", self.duplicate)
            .with("superseded", self.superseded)
            .with("set aside", self.set_aside)
    }
}

/// A file that was read.
pub(crate) struct FileResult {
    pub(crate) delivery: Delivery,
    pub(crate) tally: Tally,
    pub(crate) spells: Vec<Spell>,
    pub(crate) register: Vec<RegisterPerson>,
    pub(crate) findings: Vec<Finding>,
    pub(crate) counts: FindingCounts,
    /// Severity of the gravest finding.
    pub(crate) worst: Option<Severity>,
    pub(crate) encoding: Encoding,
    pub(crate) delimiter: Option<u8>,
    /// The delivery in figures.
    pub(crate) summary: Summary,
    /// The layout and, when it was recognised, how sure that is.
    pub(crate) layout: Option<(String, Option<f64>)>,
}

struct Content<'a> {
    tally: Tally,
    spells: Vec<Spell>,
    register: Vec<RegisterPerson>,
    findings: Findings<'a>,
    sender: Unanimous,
    made: Option<Day>,
    kind: Option<LayoutKind>,
    summary: Summary,
}

/// Reads a file. What is wrong with its content is in its findings.
///
/// # Errors
/// What the system says of the file.
pub(crate) fn read(task: &Task<'_>, progress: &dyn Progress) -> io::Result<FileResult> {
    let survey = decode::survey(task.input)?;
    let name = NameParts::of(&task.input.name);
    let mut findings = Findings::new(&task.input.name, task.book, task.limit);
    let mut meter = Meter {
        progress,
        told: 0,
        bytes: survey.bytes,
    };
    let table = table(task.input, &survey);
    let head = match &table {
        Some(table) => Some(table_head(table)),
        None => text_head(task, &survey, &mut findings)?,
    };
    let head = head.map(|mut head| {
        head.rename(task.renames);
        head
    });
    let delimiter = head.as_ref().and_then(|head| head.delimiter);
    let mut layout = None;
    let mut content = None;
    if let Some(head) = &head
        && let Some((at, confidence)) = choose(task, head, &name, &mut findings)
    {
        let day = day_of(task, head, &name);
        let chosen = &task.layouts[at].on(day);
        let mapping = task.mappings.get(at).and_then(Option::as_ref);
        layout = Some((chosen.id.clone(), confidence));
        findings.choose(chosen, facts_of(task, &survey, head, &name, chosen));
        if let Some(day) = day.filter(|day| !chosen.holds_on(*day)) {
            findings.add_to_file(Observation::LayoutDay, Detail::of(day.to_string()));
        }
        if let Some(plan) = Plan::new(chosen, mapping, head, &mut findings) {
            let reader = RowReader::new(
                &plan,
                mapping,
                task.key,
                (task.source, task.delivery),
                name.made.or_else(|| drawn(task, &plan)),
                findings,
            );
            // A table's names are not a row of it.
            let above = usize::from(chosen.file.header && table.is_none());
            let skip = above + usize::from(head.sep_line);
            let supply = supply(task.input, &survey, delimiter, table)?;
            content = Some(read_rows(task, &survey, supply, skip, reader, &mut meter)?);
            findings = Findings::new(&task.input.name, task.book, task.limit);
        }
    }
    let content = match content {
        Some(content) => content,
        None => Content {
            tally: Tally {
                set_aside: count_rows(task.input, &survey, head.as_ref(), &mut findings)?,
                ..Tally::default()
            },
            spells: Vec::new(),
            register: Vec::new(),
            findings,
            sender: Unanimous::Nothing,
            made: None,
            kind: None,
            summary: Summary::default(),
        },
    };
    meter.finish();
    Ok(content.into_result(task, &survey, name, delimiter, layout))
}

impl Content<'_> {
    fn into_result(
        mut self,
        task: &Task<'_>,
        survey: &Survey,
        name: NameParts,
        delimiter: Option<u8>,
        layout: Option<(String, Option<f64>)>,
    ) -> FileResult {
        let made = self.made.or(name.made).or(task.as_of);
        let on_day =
            |code| made.map_or_else(|| fields::latest(code), |day| fields::code_on(code, day));
        let named = name.sender.map(on_day);
        let (sender, unclear) = match self.sender {
            Unanimous::One(code) => {
                let code = on_day(code);
                (Some(code), named.is_some_and(|named| named != code))
            }
            // The rows of a count day may be about several municipalities.
            Unanimous::Several => (named, self.kind == Some(LayoutKind::Spells)),
            Unanimous::Nothing => (named, false),
        };
        if unclear {
            self.findings
                .add_to_file(Observation::FileSenderUnclear, Detail::default());
        }
        let usable = !self.findings.blocked();
        if !usable {
            // Whatever was read of a file that cannot be used is set aside with the rest.
            self.tally = Tally {
                set_aside: self.tally.rows(),
                ..Tally::default()
            };
            self.spells.clear();
            self.register.clear();
        }
        let worst = self.findings.worst();
        let summary = Summary {
            file: task.input.name.clone(),
            sha256: survey.sha256.clone(),
            layout: layout.as_ref().map(|(id, _)| id.clone()),
            kind: self.kind,
            sender,
            made,
            period: name.period,
            tally: self.tally,
            ..if usable {
                self.summary
            } else {
                Summary::default()
            }
        };
        let (findings, counts) = self.findings.finish();
        FileResult {
            delivery: Delivery {
                source: task.source,
                file: task.input.name.clone(),
                sha256: survey.sha256.clone(),
                layout: layout
                    .as_ref()
                    .map(|(id, _)| id.clone())
                    .unwrap_or_default(),
                sender,
                made,
                inferred_until: None,
                period: name.period,
                rows: self.tally.rows(),
                replaced: false,
                usable,
            },
            tally: self.tally,
            spells: self.spells,
            register: self.register,
            findings,
            counts,
            worst,
            summary,
            encoding: survey.encoding,
            delimiter,
            layout,
        }
    }
}

/// What is known of a file before its rows are read.
fn facts_of(
    task: &Task<'_>,
    survey: &Survey,
    head: &Head,
    name: &NameParts,
    layout: &Layout,
) -> Facts {
    Facts {
        name: task.input.name.clone(),
        encoding: survey.encoding.name().to_owned(),
        delimiter: head.delimiter.map(char::from),
        layout: layout.id.clone(),
        columns: head.names.len(),
        day: day_of(task, head, name),
        made: made_on(task, head, name),
        period_start: name.period.map(|period| period.start()),
        period_end: name.period.map(|period| period.end().plus_days(-1)),
        sender: name.sender,
        name_fits: (layout.file.name.as_ref()).map(|pattern| pattern.matches(&task.input.name)),
    }
}

/// The day that decides which version of a layout and which rules are in force: on which the
/// file was made, or else the last of its period.
fn day_of(task: &Task<'_>, head: &Head, name: &NameParts) -> Option<Day> {
    let period = || name.period.map(|period| period.end().plus_days(-1));
    made_on(task, head, name).or_else(period)
}

/// The day on which a file was made, as its rows, its name or the study says.
fn made_on(task: &Task<'_>, head: &Head, name: &NameParts) -> Option<Day> {
    columns::day_of_rows(&head.names, &head.sample, task.layouts)
        .or(name.made)
        .or(task.as_of)
}

/// The day the study says a file was drawn, for the checks of its rows. Where the layout has a
/// column for it, the rows decide; the day of a count is no day of drawing.
fn drawn(task: &Task<'_>, plan: &Plan<'_>) -> Option<Day> {
    let silent = plan.layout.kind == LayoutKind::Spells && plan.column(Target::FileDate).is_none();
    task.as_of.filter(|_| silent)
}

/// The layout to read by: the only one, the version of the day, or the one the file fits.
fn choose(
    task: &Task<'_>,
    head: &Head,
    name: &NameParts,
    findings: &mut Findings<'_>,
) -> Option<(usize, Option<f64>)> {
    let first = task.layouts.first().map_or("", |layout| family(&layout.id));
    if task
        .layouts
        .iter()
        .all(|layout| family(&layout.id) == first)
    {
        let at = version_on(task.layouts, first, day_of(task, head, name))?;
        return Some((at, None));
    }
    let recognised = columns::recognise(
        &head.names,
        &head.sample,
        &task.input.name,
        day_of(task, head, name),
        task.layouts,
        task.mappings,
    );
    match recognised {
        Recognised::As { at, confidence } => Some((at, Some(confidence))),
        Recognised::Unclear(near) => {
            let near: Cow<'_, str> = if near.is_empty() {
                "-".into()
            } else {
                near.join(", ").into()
            };
            findings.add_to_file(Observation::LayoutUnclear, Detail::default().mended(near));
            None
        }
    }
}

/// Tells progress of a file's bytes, every one once.
struct Meter<'a> {
    progress: &'a dyn Progress,
    told: u64,
    bytes: u64,
}

impl Meter<'_> {
    fn at(&mut self, taken: u64) {
        let taken = taken.min(self.bytes);
        if taken > self.told {
            self.progress.advance(taken - self.told);
            self.told = taken;
        }
    }

    fn finish(&mut self) {
        self.at(self.bytes);
    }
}

/// The table in a Parquet or Arrow file on disk.
fn table(input: &Input, survey: &Survey) -> Option<StringTable> {
    survey.binary.filter(|binary| binary.is_table())?;
    StringTable::read(input.disk()?).ok()
}

/// The head of a file of any layout, for a scaffold; `None` where there is no table in it.
///
/// # Errors
/// What the system says of the file.
pub(crate) fn head_of(input: &Input, layouts: &[Layout]) -> io::Result<Option<Head>> {
    let survey = decode::survey(input)?;
    if let Some(table) = table(input, &survey) {
        return Ok(Some(table_head(&table)));
    }
    if survey.binary.is_some() {
        return Ok(None);
    }
    detect::head(input, &survey, layouts)
}

/// The head of a table: its names, and the cells of its first rows.
fn table_head(table: &StringTable) -> Head {
    let rows = table.rows().min(detect::SAMPLE);
    let cell = |column: &TextColumn, row: usize| column.get(row).unwrap_or("").to_owned();
    let sample = (0..rows)
        .map(|row| {
            table
                .columns()
                .iter()
                .map(|column| cell(column, row))
                .collect()
        })
        .collect();
    Head {
        delimiter: None,
        cells: table.names().to_vec(),
        names: table.names().to_vec(),
        sample,
        sep_line: false,
    }
}

/// The head of a text file, with findings on what it is written in.
fn text_head(
    task: &Task<'_>,
    survey: &Survey,
    findings: &mut Findings<'_>,
) -> io::Result<Option<Head>> {
    if let Some(binary) = survey.binary {
        let (nl, en) = binary.names();
        findings.add_to_file(Observation::FileNotText, Detail::text(nl, en));
        return Ok(None);
    }
    if survey.encoding.is_unusual() {
        findings.add_to_file(
            Observation::FileEncoding,
            Detail::of(survey.encoding.name()),
        );
    }
    detect::head(task.input, survey, task.layouts)
}

/// The rows of a file, its header among them if it is text.
fn supply<'a>(
    input: &'a Input,
    survey: &Survey,
    delimiter: Option<u8>,
    table: Option<StringTable>,
) -> io::Result<Supply<'a>> {
    Ok(match table {
        Some(table) => Supply::Table(TableRows::new(table)),
        None => Supply::Text(Rows::new(
            decode::open(input, survey.encoding)?,
            delimiter.unwrap_or(b';'),
            survey.line_end,
        )),
    })
}

fn read_rows<'a>(
    task: &Task<'a>,
    survey: &Survey,
    mut rows: Supply<'_>,
    mut skip: usize,
    mut reader: RowReader<'_, 'a>,
    meter: &mut Meter<'_>,
) -> io::Result<Content<'a>> {
    let plan = reader.plan;
    let mut content = Content {
        tally: Tally::default(),
        spells: Vec::new(),
        register: Vec::new(),
        findings: Findings::new("", task.book, 0),
        sender: Unanimous::Nothing,
        made: None,
        kind: Some(plan.layout.kind),
        summary: Summary::default(),
    };
    let mut wide = 0_u64;
    loop {
        match rows.next()? {
            Next::End => break,
            Next::Row(..) if skip > 0 => skip -= 1,
            // Blank lines above the header are no rows.
            Next::Blank(_) if skip > 0 => {}
            Next::Blank(row) => blank(&mut reader, row, &mut content.tally),
            Next::Unclosed(row) => {
                reader.findings.add(Observation::RowQuoteOpen, || {
                    (at_row(row), Detail::default())
                });
                content.tally.set_aside += 1;
                break;
            }
            Next::Row(row, cells) => {
                if survey.nuls && memchr::memchr(0, cells.raw).is_some() {
                    reader
                        .findings
                        .add(Observation::RowNul, || (at_row(row), Detail::default()));
                    content.tally.set_aside += 1;
                } else if cells.len() != plan.width && cells.all_blank() {
                    blank(&mut reader, row, &mut content.tally);
                } else if fits(plan.width, &cells, &mut wide) {
                    take(task, plan, &mut reader, &mut content, row, &cells);
                } else {
                    let found = cells.len();
                    reader.findings.add(Observation::RowRagged, || {
                        let detail = Detail::text(
                            format!("{found} in plaats van {}", plan.width),
                            format!("{found} in place of {}", plan.width),
                        );
                        (at_row(row), detail)
                    });
                    content.tally.set_aside += 1;
                }
                if row.is_multiple_of(4096) {
                    meter.at(rows.taken());
                }
            }
        }
    }
    if wide > 0 {
        let detail = Detail::text(format!("{wide} rijen"), format!("{wide} rows"));
        reader
            .findings
            .add_to_file(Observation::RowTrailingBlank, detail);
    }
    if rows.line_breaks() {
        reader
            .findings
            .add_to_file(Observation::RowLineBreaks, Detail::default());
    }
    if content.tally.rows() == 0 {
        reader
            .findings
            .add_to_file(Observation::FileNoRows, Detail::default());
    }
    content.summary = reader.finish();
    content.sender = reader.facts.sender;
    content.made = reader.facts.made;
    content.findings = reader.findings;
    Ok(content)
}

fn at_row(row: u64) -> Place<'static> {
    Place {
        row: Some(row),
        ..Place::default()
    }
}

fn blank(reader: &mut RowReader<'_, '_>, row: u64, tally: &mut Tally) {
    reader
        .findings
        .add(Observation::RowBlank, || (at_row(row), Detail::default()));
    tally.set_aside += 1;
}

/// Whether a row has the right number of cells, blank ones beyond the last left aside.
fn fits(width: usize, cells: &Cells<'_>, wide: &mut u64) -> bool {
    if cells.len() == width {
        return true;
    }
    let fits = cells.len() > width && (width..cells.len()).all(|at| cells.get(at).is_empty());
    *wide += u64::from(fits);
    fits
}

fn take(
    task: &Task<'_>,
    plan: &Plan<'_>,
    reader: &mut RowReader<'_, '_>,
    content: &mut Content<'_>,
    row: u64,
    cells: &Cells<'_>,
) {
    let tally = &mut content.tally;
    if plan.layout.kind == LayoutKind::PersonRegister {
        if cells.all_blank() {
            return blank(reader, row, tally);
        }
        let outcome = reader.person(row, cells);
        sort_out(outcome, tally, task.keep.then_some(&mut content.register));
    } else {
        if cells.get(0).is_empty() && cells.all_blank() {
            return blank(reader, row, tally);
        }
        let outcome = reader.spell(row, cells);
        sort_out(outcome, tally, task.keep.then_some(&mut content.spells));
    }
}

fn sort_out<T>(outcome: Outcome<T>, tally: &mut Tally, keep: Option<&mut Vec<T>>) {
    match outcome {
        Outcome::Accepted(record) => {
            tally.accepted += 1;
            if let Some(records) = keep {
                records.push(record);
            }
        }
        Outcome::Rejected => tally.rejected += 1,
        Outcome::OutOfScope => tally.out_of_scope += 1,
        Outcome::Duplicate => tally.duplicate += 1,
    }
}

/// Rows of a text file that cannot be used, the header not counted; 0 for other files.
fn count_rows(
    input: &Input,
    survey: &Survey,
    head: Option<&Head>,
    findings: &mut Findings<'_>,
) -> io::Result<u64> {
    if survey.binary.is_some() {
        return Ok(0);
    }
    let delimiter = head.and_then(|head| head.delimiter);
    let mut rows = supply(input, survey, delimiter, None)?;
    let mut count = 0_u64;
    loop {
        match rows.next()? {
            Next::End => break,
            Next::Row(..) | Next::Blank(_) => count += 1,
            Next::Unclosed(row) => {
                findings.add(Observation::RowQuoteOpen, || {
                    (at_row(row), Detail::default())
                });
                count += 1;
                break;
            }
        }
    }
    let before = 1 + u64::from(head.is_some_and(|head| head.sep_line));
    if count == 0 && !findings.blocked() {
        findings.add_to_file(Observation::FileEmpty, Detail::default());
    }
    Ok(count.saturating_sub(before))
}

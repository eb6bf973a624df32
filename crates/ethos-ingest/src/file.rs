//! One file through every step: survey, detect, read, check, classify, pseudonymise.

use std::io;

use ethos_model::coverage::Delivery;
use ethos_model::date::{Day, Period};
use ethos_model::finding::{Finding, Severity};
use ethos_model::layout::{Layout, LayoutKind, Target, family, version_on};
use ethos_model::municipality::MunicipalityCode;
use ethos_model::person::RegisterPerson;
use ethos_model::spell::{SourceId, Spell};
use rayon::prelude::*;

use crate::columns::{self, Recognised, Renames};
use crate::corrections::{Corrected, Corrections};
use crate::decode::{self, Encoding, Survey};
use crate::delivery::{Contender, NameParts};
use crate::detect::{Column, Plan};
use crate::fields;
use crate::findings::{FindingCounts, Findings};
use crate::gather::{self, Pace};
use crate::head::{Head, Reading};
use crate::imprint::Imprint;
use crate::input::Input;
use crate::key::SeriesKey;
use crate::limits;
use crate::mapping::MappingTable;
use crate::one_cell::OneCell;
use crate::opened::Opened;
use crate::origin::Origin;
use crate::progress::Progress;
use crate::refused::Refused;
use crate::rejects::Rejects;
use crate::rows::{RowReader, Unanimous};
use crate::rules::{Detail, Facts, Observation, Place, RuleBook};
use crate::shift::Shift;
use crate::summary::Summary;
use crate::tally::Tally;

/// What a file is read with.
pub(crate) struct Task<'a> {
    pub(crate) input: &'a Input,
    /// The layout, or several to guess from.
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
    /// What the user says of how the file is to be read.
    pub(crate) reading: Reading<'a>,
    /// Corrections made by hand.
    pub(crate) corrections: Option<&'a Corrections>,
    /// Where rows that cannot be read go.
    pub(crate) rejects: Option<&'a Rejects>,
    /// Findings of each rule kept in detail.
    pub(crate) limit: usize,
    /// Whether records are kept, or only counted.
    pub(crate) keep: bool,
    /// How its rows are shared out.
    pub(crate) pace: Pace,
}

/// Bytes from which on a file is worth several threads of its own.
const LARGE: u64 = 4 << 20;

/// Whether the rows of a file are to be read on several threads. Files that are not are many at
/// a time, and those that are one after the other: what is held in memory does not grow with the
/// number of files.
pub(crate) fn is_large(input: &Input) -> bool {
    input.size() >= LARGE
}

/// What comes of each file, in their order: small ones on a thread each, then large ones with
/// all threads, one after the other.
pub(crate) fn each<T: Sync, R: Send>(
    files: &[T],
    is_large: impl Fn(&T) -> bool + Sync,
    read: impl Fn((usize, &T)) -> R + Sync,
) -> Vec<R> {
    let small: Vec<Option<R>> = files
        .par_iter()
        .enumerate()
        .map(|(at, file)| (!is_large(file)).then(|| read((at, file))))
        .collect();
    let all = small.into_iter().zip(files).enumerate();
    all.map(|(at, (done, file))| done.unwrap_or_else(|| read((at, file))))
        .collect()
}

/// A file that was read.
pub(crate) struct FileResult {
    pub(crate) delivery: Delivery,
    /// What it says of the file it was made of.
    pub(crate) origin: Origin,
    /// Whether it is called as its layout asks.
    pub(crate) name_fits: bool,
    pub(crate) tally: Tally,
    /// Rows of data among those set aside.
    pub(crate) lost: u64,
    /// Of its cells as they stand in it.
    pub(crate) imprint: Imprint,
    pub(crate) corrected: Corrected,
    pub(crate) spells: Vec<Spell>,
    pub(crate) register: Vec<RegisterPerson>,
    pub(crate) findings: Vec<Finding>,
    pub(crate) counts: FindingCounts,
    /// Severity of the gravest finding.
    pub(crate) worst: Option<Severity>,
    /// How grave what became of the rows is by itself.
    pub(crate) at_least: Option<Severity>,
    /// Encoding of a text.
    pub(crate) encoding: Option<Encoding>,
    pub(crate) delimiter: Option<u8>,
    /// The delivery in figures.
    pub(crate) summary: Summary,
    /// Sheet of a workbook that was read.
    pub(crate) sheet: Option<String>,
    /// Row of the header.
    pub(crate) header_row: Option<u64>,
    /// Columns that were read by the name the user says, normalised.
    pub(crate) renamed: Vec<String>,
    /// Rows of a text that go on over several lines, each with how many more.
    pub(crate) folds: Vec<(u64, u64)>,
    /// Stretches of rows whose values stand in the column beside their own.
    pub(crate) shifts: Vec<Shift>,
    /// The layout and, when it was recognised, how sure that is.
    pub(crate) layout: Option<(String, Option<f64>)>,
}

impl FileResult {
    /// As it stands beside the others of its source.
    pub(crate) fn contender(&self) -> Contender<'_> {
        Contender {
            delivery: &self.delivery,
            tally: self.tally,
            origin: &self.origin,
            imprint: Some(self.imprint),
            name_fits: self.name_fits,
        }
    }

    /// Sets every row aside: nothing tells that this file is the one to count.
    pub(crate) fn stand_back(&mut self, finding: Option<Finding>) {
        self.tally = Tally {
            set_aside: self.tally.rows(),
            ..Tally::default()
        };
        self.lost = self.tally.set_aside;
        self.spells.clear();
        self.delivery.usable = false;
        self.at_least = Some(Severity::Blocking);
        self.tells_nothing();
        self.tell(finding);
    }

    /// Adds a finding on the file as a whole.
    pub(crate) fn tell(&mut self, finding: Option<Finding>) {
        if let Some(finding) = finding {
            *self.counts.entry(finding.code).or_insert(0) += 1;
            self.worst = self.worst.max(Some(finding.severity));
            self.findings.insert(0, finding);
        }
    }

    /// Leaves every row to a file that takes its place: what is wrong is told there.
    pub(crate) fn give_way(&mut self, finding: Option<Finding>) {
        self.tally = Tally {
            superseded: self.tally.rows(),
            ..Tally::default()
        };
        self.lost = 0;
        self.spells.clear();
        self.delivery.replaced = true;
        self.at_least = None;
        self.tells_nothing();
        self.counts = finding.iter().map(|finding| (finding.code, 1)).collect();
        self.worst = finding.as_ref().map(|finding| finding.severity);
        self.findings = finding.into_iter().collect();
    }

    /// Is about a period where its own name tells none.
    pub(crate) fn take_period(&mut self, period: Option<Period>) {
        self.delivery.period = self.delivery.period.or(period);
        self.summary.period = self.summary.period.or(period);
    }

    /// Leaves every row to a file with the same bytes, whose delivery it is too. What is said of it is what tells
    /// that they are the same.
    pub(crate) fn give_way_to_same(&mut self, sender: Option<MunicipalityCode>) {
        self.give_way(None);
        self.delivery.sender = self.delivery.sender.or(sender);
        self.summary.sender = self.summary.sender.or(sender);
    }

    /// As of any file that cannot be used.
    fn tells_nothing(&mut self) {
        let read = std::mem::take(&mut self.summary);
        self.summary = Summary {
            file: read.file,
            sha256: read.sha256,
            layout: read.layout,
            kind: read.kind,
            sender: read.sender,
            made: read.made,
            period: read.period,
            tally: self.tally,
            ..Summary::default()
        };
    }
}

/// What the rows of a file gave.
pub(crate) struct Content<'a> {
    pub(crate) tally: Tally,
    /// Rows of data among those set aside.
    pub(crate) lost: u64,
    pub(crate) imprint: Imprint,
    pub(crate) corrected: Corrected,
    pub(crate) spells: Vec<Spell>,
    pub(crate) register: Vec<RegisterPerson>,
    pub(crate) findings: Findings<'a>,
    pub(crate) sender: Unanimous,
    pub(crate) made: Option<Day>,
    pub(crate) kind: Option<LayoutKind>,
    pub(crate) summary: Summary,
    pub(crate) folds: Vec<(u64, u64)>,
    pub(crate) shifts: Vec<Shift>,
}

/// Reads a file. What is wrong with its content is in its findings.
///
/// # Errors
/// What the system says of the file.
pub(crate) fn read(task: &Task<'_>, progress: &dyn Progress) -> io::Result<FileResult> {
    let mut meter = Meter {
        progress,
        told: 0,
        bytes: task.input.size(),
    };
    let result = match task.input.refused {
        Some(refused) => refuse(task, refused),
        None => match read_file(task, &mut meter) {
            Err(error) => match Refused::of(&error) {
                Some(refused) => refuse(task, refused),
                None => Err(error),
            },
            read => read,
        },
    };
    meter.finish();
    result
}

fn read_file(task: &Task<'_>, meter: &mut Meter<'_>) -> io::Result<FileResult> {
    let encoding = task.reading.encoding;
    let many = task.pace.spread && rayon::current_num_threads() > 1;
    // What is packed would have to be unpacked once more, and corrections are found by the hash.
    if !many || task.input.is_packed() || task.corrections.is_some() {
        return read_surveyed(task, &decode::survey(task.input, encoding)?, meter);
    }
    let survey = decode::survey_unhashed(task.input, encoding)?;
    let (sha256, result) = rayon::join(
        || decode::hash(task.input),
        || read_surveyed(task, &survey, meter),
    );
    let (sha256, mut result) = (sha256?, result?);
    result.summary.sha256.clone_from(&sha256);
    result.delivery.sha256 = sha256;
    Ok(result)
}

fn read_surveyed(
    task: &Task<'_>,
    survey: &Survey,
    meter: &mut Meter<'_>,
) -> io::Result<FileResult> {
    let name = NameParts::of(&task.input.name);
    let mut findings = Findings::new(&task.input.name, task.book, task.limit);
    let opened = Opened::new(task, survey, &mut findings)?;
    let mut layout = None;
    let mut content = None;
    let head = opened.head.as_ref();
    if let Some(head) = head
        && head.cells.len() > limits::COLUMNS
    {
        findings.add(Observation::HeaderTooWide, || {
            (at_row(head.row), Detail::of(limits::COLUMNS.to_string()))
        });
    } else if let Some(one) = head.and_then(|head| OneCell::of(head, opened.is_text())) {
        findings.add_on(Observation::HeaderOneCell, Some(one.column()), || {
            (one.place(), one.detail())
        });
    } else if let Some(head) = head
        && let Some((at, confidence)) = choose(task, head, &name, &mut findings)
    {
        let day = day_of(task, head, &name);
        let chosen = &task.layouts[at].on(day);
        let mapping = task.mappings.get(at).and_then(Option::as_ref);
        layout = Some((chosen.id.clone(), confidence));
        findings.choose(chosen, facts_of(task, survey, head, &name, chosen));
        if let Some(day) = day.filter(|day| !chosen.holds_on(*day)) {
            findings.add_to_file(Observation::LayoutDay, Detail::of(day.to_string()));
        }
        if let Some(plan) = Plan::new(chosen, mapping, head, &mut findings) {
            let mut reader = RowReader::new(
                &plan,
                mapping,
                task.key,
                (task.source, task.delivery),
                name.made.or_else(|| drawn(task, &plan)),
                findings,
            );
            reader.is_typed = opened.is_table();
            let job = gather::Job::new(task, survey, &opened, head, &plan, &reader.findings);
            content = Some(gather::rows(&job, reader, mapping, meter)?);
            findings = Findings::new(&task.input.name, task.book, task.limit);
        }
    }
    let content = match content {
        Some(content) => content,
        None => Content {
            tally: Tally {
                set_aside: gather::count(task, survey, &opened, &mut findings)?,
                ..Tally::default()
            },
            corrected: Corrected {
                applied: 0,
                refused: task.corrections.map_or(0, |corrections| {
                    let list = corrections.of_file(&task.input.name, &survey.sha256);
                    list.len() as u64
                }),
            },
            ..Content::new(findings)
        },
    };
    Ok(content.into_result(task, survey, name, opened, layout))
}

/// A file opened and laid out.
pub(crate) struct Laid {
    pub(crate) survey: Survey,
    pub(crate) opened: Opened,
    /// The layout, with the columns of the file's day.
    pub(crate) layout: Layout,
    pub(crate) mapping: Option<MappingTable>,
    pub(crate) columns: Vec<Column>,
    /// The day that decides which layout holds.
    pub(crate) day: Option<Day>,
}

/// Opens a file and finds which cell is which field, as reading it does; `None` where that cannot be
/// told. Its hash, which takes longer than all else, is made where it is asked for.
///
/// # Errors
/// What the system says of the file, or a [`Refused`].
pub(crate) fn lay_out(task: &Task<'_>, hashed: bool) -> io::Result<Option<Laid>> {
    let encoding = task.reading.encoding;
    let survey = if hashed {
        decode::survey(task.input, encoding)?
    } else {
        decode::survey_unhashed(task.input, encoding)?
    };
    let name = NameParts::of(&task.input.name);
    let mut findings = Findings::new(&task.input.name, task.book, task.limit);
    let opened = Opened::new(task, &survey, &mut findings)?;
    let Some(head) = opened
        .head
        .as_ref()
        .filter(|head| head.cells.len() <= limits::COLUMNS)
    else {
        return Ok(None);
    };
    let Some((at, _)) = choose(task, head, &name, &mut findings) else {
        return Ok(None);
    };
    let day = day_of(task, head, &name);
    let layout = task.layouts[at].on(day);
    let mapping = task.mappings.get(at).and_then(Option::as_ref);
    let columns = match Plan::new(&layout, mapping, head, &mut findings) {
        Some(plan) => plan.columns().to_vec(),
        None => return Ok(None),
    };
    Ok(Some(Laid {
        mapping: mapping.cloned(),
        survey,
        opened,
        layout,
        columns,
        day,
    }))
}

/// The way out for an archive with something in it that points elsewhere.
const NEW_ARCHIVE: (&str, &str) = (
    "maak het zip-bestand opnieuw, met alleen de bestanden zelf",
    "make the archive again, with the files themselves only",
);

/// The result of a file that is not read.
fn refuse(task: &Task<'_>, refused: Refused) -> io::Result<FileResult> {
    let mut findings = Findings::new(&task.input.name, task.book, task.limit);
    let (seen, detail) = match refused {
        Refused::Damaged => (Observation::FileDamaged, Detail::default()),
        Refused::Bomb => (
            Observation::FileTooLarge,
            Detail::text("Wat het bestand uitpakt", "What the file unpacks to"),
        ),
        Refused::Members => (
            Observation::FileTooLarge,
            Detail::text(
                "Het aantal delen van het bestand",
                "The number of parts of the file",
            ),
        ),
        Refused::TooLong => (
            Observation::FileTooLarge,
            Detail::text("Een cel of een stuk opmaak", "A cell or a piece of markup"),
        ),
        Refused::TooLarge => (
            Observation::FileTooLarge,
            Detail::text("Het bestand in het geheugen", "The file in memory"),
        ),
        Refused::UnsafeName => (
            Observation::FileUnsafeName,
            Detail::text(
                "in het zip-bestand heeft een naam die naar een andere map wijst",
                "in the archive has a name that points to another folder",
            )
            .mended_in(NEW_ARCHIVE.0, NEW_ARCHIVE.1),
        ),
        Refused::Link => (
            Observation::FileUnsafeName,
            Detail::text(
                "in het zip-bestand is een koppeling naar een ander bestand",
                "in the archive is a link to another file",
            )
            .mended_in(NEW_ARCHIVE.0, NEW_ARCHIVE.1),
        ),
        Refused::LeadsOut => (
            Observation::FileUnsafeName,
            Detail::text(
                "is een koppeling naar een plek buiten de map",
                "is a link to a place outside the folder",
            )
            .mended_in(
                "zet het bestand zelf in de map, of noem in de opdracht de plek waar de koppeling heen leidt",
                "put the file itself into the folder, or name in the command the place that the link leads to",
            ),
        ),
        Refused::LeadsNowhere => (
            Observation::FileUnsafeName,
            Detail::text(
                "is een koppeling die nergens heen leidt",
                "is a link that leads nowhere",
            )
            .mended_in(
                "zet het bestand zelf in de map, of haal de koppeling weg",
                "put the file itself into the folder, or take the link away",
            ),
        ),
        Refused::Encrypted => (Observation::FileEncrypted, Detail::default()),
        Refused::Method => (
            Observation::FilePacking,
            Detail::text(
                "een bestand in het zip-bestand",
                "a file in the archive",
            )
            .mended_in(
                "maak het zip-bestand met Windows (rechtsklik, Verzenden naar, Gecomprimeerde map), of lever het \
                 bestand zelf",
                "make the archive with Windows (right click, Send to, Compressed folder), or deliver the file itself",
            ),
        ),
        Refused::Packing(format, packing) => (
            Observation::FilePacking,
            Detail::text(
                format!("{format} met {packing}"),
                format!("{format} with {packing}"),
            )
            .mended_in(
                "sla het op als Parquet met snappy, gzip of zstd, of lever het als CSV",
                "save it as Parquet with snappy, gzip or zstd, or deliver it as CSV",
            ),
        ),
        Refused::Nested => (Observation::FileNested, Detail::default()),
        Refused::NothingInside => (Observation::FileNothingInside, Detail::default()),
        Refused::Declarations => (Observation::FileDeclarations, Detail::default()),
    };
    findings.add_to_file(seen, detail);
    // What it lies in can be hashed where it cannot be unpacked itself.
    let outer = Input::new(
        task.input.name.as_str(),
        task.input.source.outermost().clone(),
    );
    let survey = decode::survey(&outer, None)?;
    let opened = Opened::nothing();
    let name = NameParts::of(&task.input.name);
    Ok(Content::new(findings).into_result(task, &survey, name, opened, None))
}

impl<'a> Content<'a> {
    /// No rows.
    pub(crate) fn new(findings: Findings<'a>) -> Self {
        Self {
            tally: Tally::default(),
            lost: 0,
            imprint: Imprint::default(),
            corrected: Corrected::default(),
            spells: Vec::new(),
            register: Vec::new(),
            findings,
            sender: Unanimous::Nothing,
            made: None,
            kind: None,
            summary: Summary::default(),
            folds: Vec::new(),
            shifts: Vec::new(),
        }
    }

    fn into_result(
        mut self,
        task: &Task<'_>,
        survey: &Survey,
        name: NameParts,
        opened: Opened,
        layout: Option<(String, Option<f64>)>,
    ) -> FileResult {
        let made_of = opened.made_of();
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
            self.lost = self.tally.set_aside;
            self.spells.clear();
            self.register.clear();
        }
        let worst = self.findings.worst();
        let rejected = (self.tally.rejected > 0).then_some(Severity::Error);
        let at_least = self.findings.at_least().max(rejected);
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
        let of_layout = |(id, _): &(String, _)| task.layouts.iter().find(|layout| layout.id == *id);
        let pattern = layout.as_ref().and_then(of_layout);
        let pattern = pattern.and_then(|layout| layout.file.name.as_ref());
        FileResult {
            origin: Origin::of(task.input, made_of),
            name_fits: pattern.is_some_and(|pattern| pattern.matches(&task.input.name)),
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
            lost: self.lost,
            imprint: self.imprint,
            corrected: self.corrected,
            spells: self.spells,
            register: self.register,
            findings,
            counts,
            worst,
            at_least,
            summary,
            encoding: opened.is_text().then_some(survey.encoding),
            delimiter: opened.head.as_ref().and_then(|head| head.delimiter),
            header_row: opened.head.as_ref().map(|head| head.row),
            renamed: opened
                .head
                .as_ref()
                .map_or_else(Vec::new, |head| task.renames.named_in(&head.cells)),
            folds: self.folds,
            shifts: self.shifts,
            sheet: opened.into_sheet(),
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
        period_start: name.period.map(Period::start),
        period_end: name.period.map(|period| period.end().plus_days(-1)),
        sender: name.sender,
        name_fits: (layout.file.name.as_ref())
            // Standard input has no name.
            .filter(|_| task.input.name != Input::STANDARD)
            .map(|pattern| pattern.matches(&task.input.name)),
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
            let detail = Detail::default();
            let detail = if near.is_empty() {
                detail.mended_in(
                    "Geen enkele indeling lijkt erop: staat er wel een kopregel in, en is dit de levering",
                    "No layout is like it: is there a header, and is this the delivery",
                )
            } else {
                let nearest = || {
                    let at = task
                        .layouts
                        .iter()
                        .position(|layout| layout.id == near[0])?;
                    let mapping = task.mappings.get(at).and_then(Option::as_ref);
                    let day = day_of(task, head, name);
                    columns::nearest(&task.layouts[at].on(day), day, mapping, head)
                };
                let alike = nearest().unwrap_or_default();
                let near = near.join(", ");
                detail.mended_in(
                    format!("Het dichtst bij: {near}{}", alike.nl),
                    format!("Nearest: {near}{}", alike.en),
                )
            };
            findings.add_to_file(Observation::LayoutUnclear, detail);
            None
        }
    }
}

/// Tells progress of a file's bytes, every one once.
pub(crate) struct Meter<'a> {
    progress: &'a dyn Progress,
    told: u64,
    bytes: u64,
}

impl Meter<'_> {
    /// So much of the text was read, of about so much: what is packed or in another encoding
    /// is told as its share of the bytes where it lies.
    pub(crate) fn at(&mut self, text: u64, of: u64) {
        let taken = u128::from(text.min(of)) * u128::from(self.bytes) / u128::from(of.max(1));
        let taken = taken as u64;
        if taken > self.told {
            self.progress.advance(taken - self.told);
            self.told = taken;
        }
    }

    fn finish(&mut self) {
        self.at(1, 1);
    }
}

/// A place in a row.
pub(crate) fn at_row(row: u64) -> Place<'static> {
    Place {
        row: Some(row),
        ..Place::default()
    }
}

#[cfg(test)]
mod tests {
    use std::sync::atomic::{AtomicU64, Ordering};

    use super::*;

    #[derive(Default)]
    struct Told(AtomicU64);

    impl Progress for Told {
        fn begin(&self, _bytes: u64) {}
        fn advance(&self, bytes: u64) {
            self.0.fetch_add(bytes, Ordering::Relaxed);
        }
    }

    #[test]
    fn every_byte_is_told_once_and_the_last_one_at_the_end() {
        let told = Told::default();
        let mut meter = Meter {
            progress: &told,
            told: 0,
            bytes: 100,
        };
        for (text, expected) in [(250, 25), (200, 25), (500, 50), (990, 99), (2_000, 100)] {
            meter.at(text, 1_000);
            assert_eq!(told.0.load(Ordering::Relaxed), expected);
        }
        meter.finish();
        assert_eq!(told.0.load(Ordering::Relaxed), 100);
    }
}

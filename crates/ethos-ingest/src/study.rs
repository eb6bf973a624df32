//! A whole study: every file of every source and person register.

mod files;
mod standing;

use std::path::{Path, PathBuf};

use ethos_model::category::Language;
use ethos_model::coverage::{Delivery, Reach};
use ethos_model::date::Day;
use ethos_model::finding::{Finding, Text};
use ethos_model::layout::{CategoryRule, Layout, LayoutKind};
use ethos_model::ledger::Ledger;
use ethos_model::manifest::FileHash;
use ethos_model::person::RegisterPerson;
use ethos_model::spell::{SourceId, Spell};
use ethos_model::study::{SourceSection, Study};

use crate::columns::Renames;
use crate::corrections::{Corrected, Corrections, CorrectionsError};
use crate::delivery::{Contender, on_file, standings};
use crate::error::IngestError;
use crate::file::{self, FileResult, Task};
use crate::findings::FindingCounts;
use crate::frame;
use crate::gather::Pace;
use crate::head::Reading;
use crate::input::Input;
use crate::key::SeriesKey;
use crate::layout;
use crate::mapping::{self, MappingTable};
use crate::progress::Progress;
use crate::register::{self, RegisterFile};
use crate::restated;
use crate::rules::{Detail, Observation, RuleBook};
use crate::said::{Said, Words};
use crate::tally::Tally;

use files::inputs;
pub(crate) use files::relative;
use standing::{infer_last_day, stand};

/// Findings of each rule and file kept in detail by [`ingest_study`]; further ones are counted.
pub const FINDINGS_PER_RULE: usize = 1_000;

/// A study's files, read.
#[derive(Debug)]
pub struct Ingested {
    /// Accepted spells: by source as in the study, by file name, by row.
    pub spells: Vec<Spell>,
    /// Rows of the person registers, one per person and date, by token and then date (no date
    /// first). For a reference date the row with the latest date not after it holds, else the
    /// earliest.
    pub register: Vec<RegisterPerson>,
    /// Every file of every source, in the order of [`Self::spells`]; `RowRef::delivery` is a
    /// position in it. Files of person registers are not deliveries.
    pub deliveries: Vec<Delivery>,
    /// What each of the study's sources can report on, in study order.
    pub reach: Vec<Reach>,
    /// Findings: by source and file, then by row and column; those of the person registers
    /// last. Of a replaced delivery only that it was replaced.
    pub findings: Vec<Finding>,
    /// How many findings of each rule there are in all, those not kept in detail included.
    pub counts: FindingCounts,
    /// The rules the files were checked by: the shipped ones with those of the study's folder
    /// `rules`, if it has one.
    pub rules: RuleBook,
    /// One step `read <source>` per source and `person register <layout>` per register, each
    /// from `rows` to the outcomes of [`Tally`] (a register's also `conflicting`).
    pub ledger: Ledger,
    /// Every file read, relative to the study, in reading order: the user's own layouts,
    /// mappings and frames first. The key file is not among them.
    pub inputs: Vec<FileHash>,
}

/// Which municipalities each source of the study can report on, in source order.
///
/// # Errors
/// A table of expected senders cannot be read or is wrong.
pub fn reach(study: &Study, study_dir: &Path) -> Result<Vec<Reach>, IngestError> {
    let of_source = |source: &SourceSection| match frame_file(source) {
        Some(file) => {
            let path = study_dir.join(file);
            Ok(Reach::Frame(frame::read(
                &path,
                &relative(study_dir, &path),
            )?))
        }
        None if source.reports.municipalities.as_deref() == Some("national") => Ok(Reach::National),
        None => Ok(Reach::Senders),
    };
    study.sources.iter().map(of_source).collect()
}

/// The table of expected senders that a source names.
fn frame_file(source: &SourceSection) -> Option<&str> {
    let named = source.reports.municipalities.as_deref();
    named.filter(|name| !matches!(*name, "national" | "senders"))
}

/// A section of the study that reads files.
struct Section {
    title: String,
    /// The layout, or its versions: each file's date tells which one it is in.
    layouts: Vec<Layout>,
    /// The category mapping of each, where it needs one.
    mappings: Vec<Option<MappingTable>>,
    /// Its files; the members of an archive one by one.
    inputs: Vec<Input>,
    /// For each of them, the names its columns go by.
    renames: Vec<Renames>,
    /// Position among the sources; `None` for a person register.
    source: Option<SourceId>,
    /// The day its files were drawn, by the study.
    as_of: Option<Day>,
    /// How its files are to be read, by the study.
    said: Said,
    /// Corrections made by hand.
    corrections: Option<Corrections>,
}

/// Reads every file of a study. `study_dir` is the folder of the study file: its patterns, own
/// layouts and mappings are relative to it.
///
/// The result is the same on any number of threads.
///
/// # Errors
/// [`IngestError`] when the study cannot be read as it stands: a layout that does not exist, a
/// pattern without files, a file the system cannot read, a key of another series.
pub fn ingest_study(
    study: &Study,
    study_dir: &Path,
    key: &SeriesKey,
    progress: &dyn Progress,
) -> Result<Ingested, IngestError> {
    key.check_series(&study.study.series)?;
    let mut plan = Plan::new(study, study_dir)?;
    let reach = reach(study, study_dir)?;
    for file in study.sources.iter().filter_map(frame_file) {
        plan.declare(Some(study_dir.join(file)));
    }
    let (results, inputs) = plan.read(study_dir, key, progress)?;
    let mut ingested = Ingested::empty(plan.book.clone(), reach, inputs);
    let mut results = results.into_iter();
    let mut register_files = Vec::new();
    for section in &plan.sections {
        let files: Vec<FileResult> = results.by_ref().take(section.inputs.len()).collect();
        if section.source.is_some() {
            ingested.take_source(section, files);
        } else {
            register_files.push((section.title.as_str(), files));
        }
    }
    ingested.take_registers(register_files);
    Ok(ingested)
}

/// What is to be read.
struct Plan {
    sections: Vec<Section>,
    /// Files of the user's that say how to read: layouts, mappings, frames.
    declarations: Vec<PathBuf>,
    book: RuleBook,
}

impl Plan {
    fn new(study: &Study, study_dir: &Path) -> Result<Self, IngestError> {
        let mut plan = Self {
            sections: Vec::new(),
            declarations: Vec::new(),
            book: RuleBook::of_study(study_dir)?,
        };
        for file in plan.book.own_files().to_vec() {
            plan.declare(Some(file));
        }
        for (at, source) in study.sources.iter().enumerate() {
            let layouts = plan.layouts(&source.layout, study_dir)?;
            let persons = |layout: &&Layout| layout.kind == LayoutKind::PersonRegister;
            if let Some(layout) = layouts.iter().find(persons) {
                return Err(IngestError::WrongKind {
                    section: source.title().to_owned(),
                    layout: layout.id.clone(),
                    kind: "persons of a register",
                    right: "[[person_register]]",
                });
            }
            let instead = study.category.mapping.as_deref();
            let mappings = layouts
                .iter()
                .map(|layout| plan.mapping(layout, instead, study_dir))
                .collect::<Result<_, _>>()?;
            let inputs = inputs(source.title(), &source.files, study_dir)?;
            let renames = plan.renames(&inputs, &layouts)?;
            let corrections = plan.corrections(&source.corrections, study_dir)?;
            plan.sections.push(Section {
                title: source.title().to_owned(),
                renames,
                layouts,
                mappings,
                inputs,
                source: Some(SourceId(at as u16)),
                as_of: source.as_of,
                said: said(
                    source.title(),
                    Words {
                        sheet: source.sheet.clone(),
                        header_row: source.header_row,
                        encoding: source.encoding.clone(),
                        delimiter: source.delimiter.clone(),
                    },
                )?,
                corrections,
            });
        }
        for register in &study.person_registers {
            let layouts = plan.layouts(&register.layout, study_dir)?;
            let situations = |layout: &&Layout| layout.kind != LayoutKind::PersonRegister;
            if let Some(layout) = layouts.iter().find(situations) {
                return Err(IngestError::WrongKind {
                    section: register.layout.clone(),
                    layout: layout.id.clone(),
                    kind: "situations",
                    right: "[[source]]",
                });
            }
            let inputs = inputs(&register.layout, &register.files, study_dir)?;
            let renames = plan.renames(&inputs, &layouts)?;
            let corrections = plan.corrections(&register.corrections, study_dir)?;
            plan.sections.push(Section {
                title: register.layout.clone(),
                renames,
                mappings: vec![None; layouts.len()],
                layouts,
                inputs,
                source: None,
                as_of: None,
                said: said(
                    &register.layout,
                    Words {
                        sheet: register.sheet.clone(),
                        header_row: register.header_row,
                        encoding: register.encoding.clone(),
                        delimiter: register.delimiter.clone(),
                    },
                )?,
                corrections,
            });
        }
        Ok(plan)
    }

    fn declare(&mut self, file: Option<PathBuf>) {
        self.declarations
            .extend(file.filter(|file| !self.declarations.contains(file)));
    }

    fn layouts(&mut self, id: &str, study_dir: &Path) -> Result<Vec<Layout>, IngestError> {
        let (layouts, files) = layout::versions_with_files(id, Some(study_dir))?;
        for file in files {
            self.declare(Some(file));
        }
        Ok(layouts)
    }

    /// The corrections that a source names, those of all its files together.
    fn corrections(
        &mut self,
        files: &[String],
        study_dir: &Path,
    ) -> Result<Option<Corrections>, IngestError> {
        let mut all: Option<Corrections> = None;
        for file in files {
            let path = study_dir.join(file);
            let failed = |error: CorrectionsError| IngestError::Corrections {
                file: relative(study_dir, &path),
                reason: Text::new(error.words(Language::Nl), error.to_string()),
            };
            let opened = std::fs::File::open(&path).map_err(|source| IngestError::Io {
                file: relative(study_dir, &path),
                source,
            })?;
            let read = Corrections::read(opened).map_err(failed)?;
            match &mut all {
                Some(all) => all.extend(read).map_err(failed)?,
                None => all = Some(read),
            }
            self.declare(Some(path));
        }
        Ok(all)
    }

    /// The names that the columns of each file go by.
    fn renames(
        &mut self,
        inputs: &[Input],
        layouts: &[Layout],
    ) -> Result<Vec<Renames>, IngestError> {
        let mut all = Vec::new();
        for input in inputs {
            let (renames, declared) = Renames::default().for_file(input.disk(), layouts)?;
            self.declare(declared);
            all.push(renames);
        }
        Ok(all)
    }

    fn mapping(
        &mut self,
        layout: &Layout,
        instead: Option<&str>,
        study_dir: &Path,
    ) -> Result<Option<MappingTable>, IngestError> {
        let CategoryRule::Mapping { name } = &layout.category else {
            return Ok(None);
        };
        let (mapping, file) = mapping::find_with_file(instead.unwrap_or(name), Some(study_dir))?;
        self.declare(file);
        Ok(Some(MappingTable::new(&mapping)))
    }

    /// Reads every file, in parallel; results are in plan order.
    fn read(
        &self,
        study_dir: &Path,
        key: &SeriesKey,
        progress: &dyn Progress,
    ) -> Result<(Vec<FileResult>, Vec<FileHash>), IngestError> {
        let mut inputs = Vec::new();
        for path in &self.declarations {
            let file = relative(study_dir, path);
            let sha256 =
                ethos_table::hash::sha256_file(path).map_err(|source| IngestError::Io {
                    file: file.clone(),
                    source,
                })?;
            inputs.push(FileHash { file, sha256 });
        }
        let jobs: Vec<(&Section, &Input, &Renames)> = self
            .sections
            .iter()
            .flat_map(|section| {
                let inputs = section.inputs.iter().zip(&section.renames);
                inputs.map(move |(input, renames)| (section, input, renames))
            })
            .collect();
        progress.begin(jobs.iter().map(|(_, input, _)| input.size()).sum());
        let read: Vec<Result<FileResult, IngestError>> = file::each(
            &jobs,
            |(_, input, _)| file::is_large(input),
            |(delivery, (section, input, renames))| {
                let task = Task {
                    input,
                    layouts: &section.layouts,
                    mappings: &section.mappings,
                    renames,
                    book: &self.book,
                    key,
                    source: section.source.unwrap_or(SourceId(u16::MAX)),
                    delivery: delivery as u32,
                    as_of: section.as_of,
                    reading: renames.after(section.said.after(Reading::default())),
                    rejects: None,
                    corrections: section.corrections.as_ref(),
                    limit: FINDINGS_PER_RULE,
                    keep: true,
                    pace: Pace::of(input),
                };
                file::read(&task, progress).map_err(|source| IngestError::Io {
                    file: input.name.clone(),
                    source,
                })
            },
        );
        let results = read.into_iter().collect::<Result<Vec<_>, _>>()?;
        inputs.extend(results.iter().map(|result| FileHash {
            file: result.delivery.file.clone(),
            sha256: result.delivery.sha256.clone(),
        }));
        Ok((results, inputs))
    }
}

/// What a section says of how its files are read.
fn said(section: &str, words: Words) -> Result<Said, IngestError> {
    Said::of(words).map_err(|reason| IngestError::Reading {
        place: format!("`{section}`"),
        reason,
    })
}

impl Ingested {
    fn empty(rules: RuleBook, reach: Vec<Reach>, inputs: Vec<FileHash>) -> Self {
        Self {
            spells: Vec::new(),
            register: Vec::new(),
            deliveries: Vec::new(),
            reach,
            findings: Vec::new(),
            counts: FindingCounts::new(),
            rules,
            ledger: Ledger::default(),
            inputs,
        }
    }

    /// Takes the files of a source: replaced deliveries and restated rows stand back.
    fn take_source(&mut self, section: &Section, mut files: Vec<FileResult>) {
        let deliveries: Vec<Delivery> = files.iter().map(|file| file.delivery.clone()).collect();
        let contenders: Vec<Contender<'_>> = files.iter().map(FileResult::contender).collect();
        let standings = standings(&contenders);
        for (at, standing) in standings.iter().enumerate() {
            stand(&mut files[at], standing, &deliveries, &self.rules);
        }
        infer_last_day(&mut files);
        let mut tally = Tally::default();
        let mut corrected = Corrected::default();
        let restated = restated::set_aside(&mut files);
        for (file, restated) in files.into_iter().zip(restated) {
            if restated > 0 {
                let detail = Detail::text(format!("{restated} rijen"), format!("{restated} rows"));
                self.find(Observation::FileRestated, &file.delivery.file, detail);
            }
            tally.add(&file.tally);
            corrected.add(file.corrected);
            self.take_findings(file.findings, &file.counts);
            self.spells.extend(file.spells);
            self.deliveries.push(file.delivery);
        }
        self.ledger
            .push(tally.step(format!("read {}", section.title)));
        self.ledger
            .steps
            .extend(corrected.step(format!("correct {}", section.title)));
    }

    fn take_registers(&mut self, sections: Vec<(&str, Vec<FileResult>)>) {
        let mut files = Vec::new();
        let mut titles: Vec<String> = Vec::new();
        let mut corrected_steps = Vec::new();
        for (at, (title, results)) in sections.into_iter().enumerate() {
            let before = titles.iter().filter(|other| **other == title).count();
            titles.push(title.to_owned());
            let step = if before == 0 {
                format!("person register {title}")
            } else {
                format!("person register {title} ({})", before + 1)
            };
            let mut tally = Tally::default();
            let mut corrected = Corrected::default();
            for result in results {
                tally.add(&result.tally);
                corrected.add(result.corrected);
                self.take_findings(result.findings, &result.counts);
                files.push(RegisterFile {
                    section: at,
                    name: result.delivery.file,
                    rows: result.register,
                });
            }
            corrected_steps.extend(corrected.step(format!("correct {step}")));
            self.ledger.push(tally.step(step).with("conflicting", 0));
        }
        let first_step = self.ledger.steps.len() - titles.len();
        let merged = register::merge(&mut files);
        for (file, lost) in files.iter().zip(&merged.lost) {
            let outcomes = &mut self.ledger.steps[first_step + file.section].outcomes;
            for (outcome, count) in [
                ("duplicate", lost.repeated),
                ("conflicting", lost.conflicting),
            ] {
                if let Some(accepted) = outcomes.get_mut("accepted") {
                    *accepted -= count;
                }
                *outcomes.entry(outcome.to_owned()).or_insert(0) += count;
            }
        }
        for (file, lost) in files.iter().zip(&merged.lost) {
            if lost.conflicting > 0 {
                let count = lost.conflicting;
                let detail = Detail::text(format!("{count} rijen"), format!("{count} rows"));
                self.find(Observation::RegisterConflicting, &file.name, detail);
            }
        }
        self.register = merged.rows;
        self.ledger.steps.extend(corrected_steps);
    }

    fn take_findings(&mut self, findings: Vec<Finding>, counts: &FindingCounts) {
        self.findings.extend(findings);
        for (code, count) in counts {
            *self.counts.entry(*code).or_insert(0) += count;
        }
    }

    fn find(&mut self, seen: Observation, file: &str, detail: Detail) {
        if let Some(finding) = on_file(&self.rules, seen, file, &detail) {
            *self.counts.entry(finding.code).or_insert(0) += 1;
            self.findings.push(finding);
        }
    }
}

/// The findings on several files of one source or register, as a study makes them.
pub(crate) fn examine(
    layout: &Layout,
    mapping: Option<MappingTable>,
    inputs: &[Input],
    book: &RuleBook,
) -> Result<Vec<Finding>, IngestError> {
    let section = Section {
        title: layout.id.clone(),
        layouts: vec![layout.clone()],
        mappings: vec![mapping],
        inputs: Vec::new(),
        renames: Vec::new(),
        source: Some(SourceId(0)),
        as_of: None,
        said: Said::default(),
        corrections: None,
    };
    let key = SeriesKey::generate("examine", "", "")?;
    let mut files = Vec::new();
    for (delivery, input) in inputs.iter().enumerate() {
        let task = Task {
            input,
            layouts: &section.layouts,
            mappings: &section.mappings,
            book,
            renames: &Renames::default(),
            key: &key,
            source: SourceId(0),
            delivery: delivery as u32,
            as_of: None,
            reading: Reading::default(),
            rejects: None,
            corrections: None,
            limit: FINDINGS_PER_RULE,
            keep: true,
            pace: Pace::ALONE,
        };
        files.push(file::read(&task, &()).map_err(|source| IngestError::Io {
            file: input.name.clone(),
            source,
        })?);
    }
    let mut ingested = Ingested::empty(book.clone(), Vec::new(), Vec::new());
    if layout.kind == LayoutKind::PersonRegister {
        ingested.take_registers(vec![(section.title.as_str(), files)]);
    } else {
        ingested.take_source(&section, files);
    }
    Ok(ingested.findings)
}

//! A whole run: extracts to tables, staged beside the output and swapped in at the end.

use std::collections::BTreeMap;
use std::fmt::Write;
use std::path::Path;

use ethos_count::Counted;
use ethos_estimate::{Refusal, SCHEMA};
use ethos_model::cube::CubeRow;
use ethos_model::date::{Day, Time};
use ethos_model::finding::{Finding, Severity, Text};
use ethos_model::ledger::Ledger;
use ethos_model::manifest::{FileHash, Manifest};
use ethos_model::region::RegionMapping;
use ethos_publish::{DateModels, InternalReport, Summary, synthetic, write_internal_page};
use ethos_table::atomic::{OutputKind, StagedDir};
use ethos_table::estimates::EstimateRow;

use super::estimates::{self, DateEstimate};
use super::internal::{self, WARNING, write_json, write_text};
use super::load::LoadedStudy;
use super::method;
use super::refused;
use super::release::{self, Figures, Told};
use super::run_log::RunLog;
use super::step_files;
use super::steps::{self, Counting};
use crate::failure::Failure;
use crate::output::Console;

/// The study of a run as it was used, every default filled in: what a comparison starts from.
pub(crate) const STUDY: &str = "study.toml";

/// What the command line adds to the study.
#[derive(Default)]
pub(crate) struct RunOptions {
    /// Seed in place of the study's.
    pub(crate) seed: Option<u64>,
    /// Also write person-level tables under `internal/`.
    pub(crate) person_level: bool,
}

/// What a finished run has to say.
pub(crate) struct RunOutcome {
    /// Headlines and a table for the terminal.
    pub(crate) summary: Summary,
    /// Gravest finding.
    pub(crate) worst: Option<Severity>,
    /// Findings by rule.
    pub(crate) findings: BTreeMap<Severity, u64>,
    /// Blocking findings: files that could not be used.
    pub(crate) blocking: Vec<Finding>,
    /// What a reader of the estimates must know, by date.
    pub(crate) warnings: Vec<(Day, Text)>,
    /// Dates without an estimate and why.
    pub(crate) refused: Vec<(Day, Text)>,
    /// The ledger, balanced.
    pub(crate) ledger: Ledger,
}

/// Runs a study into a folder. A run that fails leaves the folder as it was. One whose release is refused
/// was counted and estimated all the same: that takes the folder's place, without a release.
pub(crate) fn run(
    loaded: &LoadedStudy,
    out: &Path,
    options: RunOptions,
    console: &Console,
) -> Result<RunOutcome, Failure> {
    let mut log = RunLog::new(loaded);
    let staged = StagedDir::new(out, OutputKind::Run).map_err(|error| Failure::output(&error))?;
    let internal = staged.path().join("internal");
    make_folder(&internal)?;
    let regions = loaded.regions()?;
    let shares = loaded.split_shares()?;
    let population = loaded.population()?;
    let earlier = release::earlier(loaded, out)?;
    let key = steps::key(loaded)?;

    let ingested = steps::ingest(loaded, &key, console)?;
    log.step("read and check");
    let mut ledger = ingested.ledger.clone();
    let linked = steps::link(&ingested.spells, &mut ledger);
    log.step("link");
    let counting = Counting {
        spells: &ingested.spells,
        links: &linked.links,
        register: &ingested.register,
        deliveries: &ingested.deliveries,
        reach: &ingested.reach,
        regions: &regions,
        shares: &shares,
    };
    let counted = steps::count(loaded, &counting, &mut ledger, console)?;
    log.step("count");
    ledger
        .check()
        .map_err(|error| Failure::refused(error.to_string()))?;

    let answers = steps::estimate(loaded, &counted, options.seed, console)?;
    log.step("estimate");
    let mut cube = counted.observed.cube.clone();
    cube.extend(estimated_rows(loaded, &counted, &answers));
    let rows = estimate_rows(loaded, &counted, &answers);
    let mut all_warnings = warnings(&counted);
    all_warnings.extend(internal::stopped(&answers));
    let told = Told {
        warnings: all_warnings,
        beside: internal::beside(&answers),
        reasons: internal::reasons(&answers),
        dependence: internal::dependence(&answers),
        dependence_notes: internal::dependence_notes(&answers),
        notes: table_notes(&counted),
        methods: method::methods(&answers, &counted.observed.captures),
    };
    let region_list: Vec<RegionMapping> = regions.values().cloned().collect();
    let release = release::release(Figures {
        study: &loaded.study,
        cube: cube.clone(),
        estimates: &rows,
        told: &told,
        regions: &region_list,
        population: population.as_ref(),
        external: loaded.external()?,
        notes: told.notes.clone(),
        earlier,
        ledger: Some(&ledger),
    });
    let protected = release.protect();
    match &protected {
        Ok(safe) => {
            let folder = staged.path().join("release");
            make_folder(&folder)?;
            safe.write(&folder)
                .map_err(|error| Failure::writing(out, &error))?;
            release::say_of(safe, population.as_ref(), console);
            write_text(&internal.join("INTERNAL.txt"), WARNING)?;
            release::write_audit(&internal, safe)?;
        }
        Err(error) => {
            write_text(&internal.join("INTERNAL.txt"), refused::WARNING)?;
            refused::write_audit(&internal, error)?;
        }
    }
    log.step("publish");

    write_text(&internal.join(STUDY), &resolved(loaded, options.seed)?)?;
    write_json(&internal.join("ledger.json"), &ledger)?;
    write_json(&internal.join(release::TOLD), &told)?;
    write_json(&internal.join("deliveries.json"), &ingested.deliveries)?;
    write_text(&internal.join("notes.txt"), &notes_text(&counted))?;
    let writing = |name: &str, result: Result<(), ethos_table::TableError>| {
        result.map_err(|error| Failure::writing(&internal.join(name), &error))
    };
    writing(
        "findings.csv",
        ethos_table::findings::write(&internal.join("findings.csv"), &ingested.findings),
    )?;
    writing(
        "cube.csv",
        ethos_table::cube::write(&internal.join("cube.csv"), &cube),
    )?;
    step_files::write_captures(&internal, &counted.observed.captures)?;
    if loaded.study.estimate.is_some() {
        writing(
            "estimates.csv",
            ethos_table::estimates::write(&internal.join("estimates.csv"), &rows),
        )?;
        for answer in &answers {
            let json = match &answer.answer {
                Ok(estimate) => Some(estimate.to_json()),
                Err(error) => Refusal::new(SCHEMA, error).map(|refusal| refusal.to_json()),
            };
            if let Some(json) = json {
                write_text(
                    &internal.join(format!("estimate-{}.json", answer.date)),
                    &json,
                )?;
            }
        }
        let models: Vec<DateModels> = answers
            .iter()
            .filter_map(|answer| {
                Some(internal::date_models(
                    answer.date,
                    answer.answer.as_ref().ok()?,
                ))
            })
            .collect();
        let report = InternalReport {
            study: &loaded.study,
            captures: &counted.observed.captures,
            models: &models,
            ledger: &ledger,
        };
        write_internal_page(&report, &internal.join("overlap.html"))
            .map_err(|error| Failure::writing(&internal.join("overlap.html"), &error))?;
    }
    if options.person_level {
        let persons: Vec<_> = counted
            .persons
            .iter()
            .map(|(time, persons)| (*time, persons.as_slice()))
            .collect();
        writing(
            "persons.parquet",
            ethos_table::persons::write(&internal.join("persons.parquet"), &persons),
        )?;
    }
    let manifest = manifest(
        loaded,
        &key.id(),
        options.seed,
        ingested.inputs.clone(),
        staged.path(),
    )?;
    write_json(&internal.join("manifest.json"), &manifest)?;
    log.step("write");
    write_text(&staged.path().join("run.log"), &log.text())?;

    let replaced = refused::holds_release(out);
    staged.commit().map_err(|error| Failure::output(&error))?;
    let safe = protected.map_err(|error| refused::of_run(&error, loaded, out, replaced))?;
    let summary = safe.summary();
    let mut by_severity = BTreeMap::new();
    for (code, count) in &ingested.counts {
        if let Some(rule) = ingested.rules.find(code.as_str()) {
            *by_severity.entry(rule.severity).or_insert(0) += count;
        }
    }
    Ok(RunOutcome {
        summary,
        worst: by_severity.keys().next_back().copied(),
        blocking: ingested
            .findings
            .into_iter()
            .filter(|finding| finding.severity == Severity::Blocking)
            .collect(),
        findings: by_severity,
        warnings: told.warnings,
        refused: told.reasons,
        ledger,
    })
}

fn make_folder(folder: &Path) -> Result<(), Failure> {
    std::fs::create_dir_all(folder).map_err(|error| Failure::writing(folder, &error))
}

/// What a reader of an estimate must know before using it, by date: lists that are absent, came
/// in part or cannot see some ages, people whose age or situation rests on little.
fn warnings(counted: &Counted) -> Vec<(Day, Text)> {
    counted
        .notes
        .iter()
        .filter(|note| matches!(note.code, "list_absent" | "list_partial" | "list_blind"))
        .filter_map(|note| Some((Day::parse(note.time.as_deref()?)?, note.text.clone())))
        .collect()
}

/// What the count says of the tables themselves: those that are left out, and how many delivered.
fn table_notes(counted: &Counted) -> Vec<Text> {
    counted
        .notes
        .iter()
        .filter(|note| matches!(note.code, "table_left_out" | "response"))
        .map(|note| note.text.clone())
        .collect()
}

/// The cube rows of every estimated date, with synthetic municipal shares where they are asked for.
fn estimated_rows(
    loaded: &LoadedStudy,
    counted: &Counted,
    answers: &[DateEstimate],
) -> Vec<CubeRow> {
    let mut rows = Vec::new();
    for ((answer, captures), seen) in answers
        .iter()
        .zip(&counted.observed.captures)
        .zip(&counted.seen)
    {
        rows.extend(estimates::cube_rows(captures, answer, &seen.by_category));
        if loaded.study.publish.synthetic_municipal {
            let population = estimates::by_stratum(captures, answer);
            rows.extend(synthetic::shares(
                Time::On(answer.date),
                &seen.by_municipality,
                &population,
            ));
        }
    }
    rows
}

fn estimate_rows(
    loaded: &LoadedStudy,
    counted: &Counted,
    answers: &[DateEstimate],
) -> Vec<EstimateRow> {
    let level = loaded
        .study
        .estimate
        .as_ref()
        .and_then(|section| section.level)
        .unwrap_or(0.95);
    answers
        .iter()
        .zip(&counted.observed.captures)
        .flat_map(|(answer, captures)| internal::estimate_rows(answer, captures.persons(), level))
        .collect()
}

/// What the count says of its figures, for the owners: it holds exact numbers.
fn notes_text(counted: &Counted) -> String {
    let mut text = String::new();
    for note in &counted.notes {
        let time = note.time.as_deref().unwrap_or("-");
        let _ = writeln!(
            text,
            "{}  {}  {}\n    {}\n",
            note.code, time, note.text.nl, note.text.en
        );
    }
    for (attribute, persons) in counted
        .conflicts
        .attributes
        .iter()
        .filter(|(_, persons)| **persons > 0)
    {
        let _ = writeln!(
            text,
            "conflict  {attribute}: sources differ about {persons} people"
        );
    }
    for (time, pairs) in &counted.conflicts.categories {
        for ((a, b), persons) in pairs {
            let _ = writeln!(
                text,
                "conflict  {}: {persons} people both in {a} and in {b}",
                time.label()
            );
        }
    }
    text
}

/// A study with every default filled in, as TOML; `seed` on the command line wins.
pub(crate) fn resolved(loaded: &LoadedStudy, seed: Option<u64>) -> Result<String, Failure> {
    let mut study = loaded.study.clone();
    if let (Some(section), Some(seed)) = (&mut study.estimate, seed) {
        section.seed = Some(seed);
    }
    toml::to_string_pretty(&study)
        .map_err(|error| Failure::internal(format!("the study cannot be written as TOML: {error}")))
}

fn manifest(
    loaded: &LoadedStudy,
    key_id: &str,
    seed: Option<u64>,
    mut inputs: Vec<FileHash>,
    staged: &Path,
) -> Result<Manifest, Failure> {
    let hash = |path: &Path| {
        ethos_table::hash::sha256_file(path).map_err(|error| Failure::reading(path, &error))
    };
    let name = loaded
        .path
        .file_name()
        .map_or_else(String::new, |name| name.to_string_lossy().into_owned());
    inputs.insert(
        0,
        FileHash {
            file: name,
            sha256: hash(&loaded.path)?,
        },
    );
    let mut outputs = Vec::new();
    collect_files(staged, staged, &mut outputs)?;
    outputs.sort();
    let study_seed = loaded.study.estimate.as_ref().map(|section| {
        seed.or(section.seed)
            .unwrap_or(ethos_estimate::DEFAULT_SEED)
    });
    Ok(Manifest {
        schema: "ethos-manifest/1".into(),
        program: env!("CARGO_PKG_VERSION").into(),
        study: loaded.study.study.name.clone(),
        key_id: key_id.into(),
        seed: study_seed,
        inputs,
        outputs,
    })
}

fn collect_files(root: &Path, dir: &Path, into: &mut Vec<FileHash>) -> Result<(), Failure> {
    let entries = std::fs::read_dir(dir).map_err(|error| Failure::reading(dir, &error))?;
    for entry in entries {
        let path = entry.map_err(|error| Failure::reading(dir, &error))?.path();
        if path.is_dir() {
            collect_files(root, &path, into)?;
        } else if let Ok(relative) = path.strip_prefix(root) {
            let parts: Vec<_> = relative
                .iter()
                .map(|part| part.to_string_lossy().into_owned())
                .collect();
            let sha256 = ethos_table::hash::sha256_file(&path)
                .map_err(|error| Failure::reading(&path, &error))?;
            into.push(FileHash {
                file: parts.join("/"),
                sha256,
            });
        }
    }
    Ok(())
}

//! Each stage with its inputs from the one before, its progress and its failures.

use std::collections::BTreeMap;
use std::sync::Mutex;
use std::sync::atomic::{AtomicU64, Ordering};

use ethos_count::{CountInput, Counted, Taking};
use ethos_ingest::{IngestError, Ingested, Progress, SeriesKey};
use ethos_link::{ExactLinker, Linked, Linker};
use ethos_model::category::Language;
use ethos_model::coverage::{Delivery, Reach};
use ethos_model::finding::Text;
use ethos_model::ledger::Ledger;
use ethos_model::link::Links;
use ethos_model::municipality::SplitShares;
use ethos_model::person::RegisterPerson;
use ethos_model::region::RegionMapping;
use ethos_model::spell::Spell;

use super::estimates::{self, DateEstimate};
use super::load::LoadedStudy;
use crate::failure::Failure;
use crate::output::Console;
use crate::progress::Bar;

/// Bytes read, as a bar.
struct Reading {
    bar: Bar,
    done: AtomicU64,
    total: AtomicU64,
}

impl Progress for Reading {
    fn begin(&self, bytes: u64) {
        self.total.store(bytes, Ordering::Relaxed);
    }

    fn advance(&self, bytes: u64) {
        let done = self.done.fetch_add(bytes, Ordering::Relaxed) + bytes;
        self.bar.at(done, self.total.load(Ordering::Relaxed));
    }
}

/// A bar for reading files.
pub(crate) fn reading(console: &Console, label: &str) -> impl Progress + use<> {
    Reading {
        bar: console.bar(label),
        done: AtomicU64::new(0),
        total: AtomicU64::new(0),
    }
}

/// What ingest can fail on, with its exit code.
pub(crate) fn ingest_failure(error: &IngestError) -> Failure {
    let said = Text::new(error.words(Language::Nl), error.to_string());
    if error.is_unreadable_input() {
        Failure::input(said)
    } else {
        Failure::usage(said)
    }
}

/// The key of the study's series.
pub(crate) fn key(loaded: &LoadedStudy) -> Result<SeriesKey, Failure> {
    let path = loaded.dir.join(&loaded.study.study.key_file);
    SeriesKey::load(&path).map_err(|error| {
        Failure::input(error.to_string()).with_help(
            "`key_file` in the study names the key of its series; `ethos init` makes one for a new series",
        )
    })
}

/// Reads every file of the study.
pub(crate) fn ingest(
    loaded: &LoadedStudy,
    key: &SeriesKey,
    console: &Console,
) -> Result<Ingested, Failure> {
    ethos_ingest::ingest_study(
        &loaded.study,
        &loaded.dir,
        key,
        &reading(console, "read and check"),
    )
    .map_err(|error| ingest_failure(&error))
}

/// Links spells to persons; the steps of the ledger go on from the rows accepted.
pub(crate) fn link(spells: &[Spell], ledger: &mut Ledger) -> Linked {
    let linked = ExactLinker.link(spells);
    let sources: Vec<(String, String)> = ledger
        .steps
        .iter()
        .filter(|step| step.step.starts_with("read "))
        .map(|step| (step.step.clone(), "accepted".to_owned()))
        .collect();
    for step in ethos_link::steps(&linked.report, &sources) {
        ledger.push(step);
    }
    linked
}

/// Everything a count takes beside the study.
pub(crate) struct Counting<'a> {
    pub(crate) spells: &'a [Spell],
    pub(crate) links: &'a Links,
    pub(crate) register: &'a [RegisterPerson],
    pub(crate) deliveries: &'a [Delivery],
    pub(crate) reach: &'a [Reach],
    pub(crate) regions: &'a BTreeMap<String, RegionMapping>,
    pub(crate) shares: &'a SplitShares,
}

/// Counts persons; adds its steps to the ledger.
pub(crate) fn count(
    loaded: &LoadedStudy,
    counting: &Counting<'_>,
    ledger: &mut Ledger,
    console: &Console,
) -> Result<Counted, Failure> {
    let bar = console.bar("count");
    // A count that starts from files of its own has no earlier steps to go on from.
    let linked = ledger.step(ethos_link::PERSONS_STEP).is_some();
    let spells = [
        (ethos_link::PERSONS_STEP, ethos_link::FIRST_SPELL),
        (ethos_link::PERSONS_STEP, ethos_link::FURTHER_SPELLS),
    ];
    let taking = if linked {
        Taking {
            spells: &spells,
            persons: &spells[..1],
        }
    } else {
        Taking::default()
    };
    let counted = ethos_count::count(
        &CountInput {
            study: &loaded.study,
            spells: counting.spells,
            person: counting.links.person(),
            keyed: counting.links.keyed(),
            register: counting.register,
            deliveries: counting.deliveries,
            reach: counting.reach,
            regions: counting.regions,
            shares: counting.shares,
            taking,
        },
        &|done, total| bar.at(done, total),
    )
    .map_err(|error| Failure::usage(error.to_string()))?;
    ledger.extend(counted.ledger.clone());
    Ok(counted)
}

/// Estimates every reference date whose capture table there is.
pub(crate) fn estimate(
    loaded: &LoadedStudy,
    counted: &Counted,
    seed: Option<u64>,
    console: &Console,
) -> Result<Vec<DateEstimate>, Failure> {
    let Some(section) = &loaded.study.estimate else {
        return Ok(Vec::new());
    };
    let settings = estimates::settings(&loaded.study, section, seed);
    let mut answers = Vec::new();
    for captures in &counted.observed.captures {
        let bar = Mutex::new(console.bar(&format!("estimate {}", captures.date)));
        let estimate =
            estimates::estimate(captures, &settings, section.max_seconds, &|done, total| {
                if let Ok(bar) = bar.lock() {
                    bar.at(done, total);
                }
            });
        // A wrong formula or setting is the study's mistake, not a refusal by the data.
        if let Err(error) = &estimate.answer
            && !error.is_refused()
            // Too few lists spoke of the date: the data's doing, told with the lists' names.
            && captures.lists.len() > 1
            && captures.persons() > 0
        {
            return Err(crate::cmd::estimate::estimate_failure(error));
        }
        answers.push(estimate);
    }
    Ok(answers)
}

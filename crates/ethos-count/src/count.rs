//! The count from beginning to end.

use std::sync::atomic::{AtomicU64, Ordering};

use ethos_model::category::{EthosCategory, Total};
use ethos_model::cube::Observed;
use ethos_model::date::{Day, Time};
use ethos_model::ledger::{Ledger, LedgerStep};
use ethos_model::municipality::MunicipalityRegister;
use ethos_model::person::{Person, Role};
use rayon::prelude::*;

use crate::captures::coverage::estimate_lists;
use crate::captures::{Seats, Standing, capture_table};
use crate::children::{children_told, register_children};
use crate::error::CountError;
use crate::input::{CategoryPairs, Conflicts, CountInput, Counted, Progress};
use crate::note::Note;
use crate::persons::{ATTRIBUTES, Bucket, Found, RecodeOutcome, Recoder, count_bucket};
use crate::plan::{Plan, day_of};
use crate::spells::{by_person, runs};
use crate::tables::{Coverage, Rows, cube_rows};

/// Spells that are counted together, at least.
const BUCKET: usize = 1 << 14;

/// Counts persons on every reference date and in every period of the study.
///
/// # Errors
/// An input whose parts do not belong together; a region mapping that was not loaded; and, where
/// the study estimates, a scope that a list cannot see in full, that the age bands do not hold,
/// or whose registration nothing tells.
pub fn count(input: &CountInput<'_>, progress: Progress<'_>) -> Result<Counted, CountError> {
    let plan = Plan::new(*input)?;
    let recoders: Vec<Recoder<'_>> = plan
        .times
        .iter()
        .map(|&time| Recoder::new(day_of(time), input.shares))
        .collect();
    let bucket = count_persons(&plan, &recoders, progress);

    let mut counted = Counted {
        observed: Observed::default(),
        persons: Vec::new(),
        ledger: Ledger::default(),
        notes: Vec::new(),
        conflicts: conflicts(&plan, &bucket),
    };
    spells_ledger(&plan, &bucket, &mut counted);
    let Bucket { found, persons, .. } = bucket;
    for ((&time, recoder), own) in plan.times.iter().zip(&recoders).zip(found) {
        count_time(&plan, recoder, time, own, persons, &mut counted)?;
    }
    counted.observed.cube.sort_by(|a, b| a.key.cmp(&b.key));
    Ok(counted)
}

/// Every person at every time: buckets in parallel, put together in order.
fn count_persons(plan: &Plan<'_>, recoders: &[Recoder<'_>], progress: Progress<'_>) -> Bucket {
    let sorted = by_person(plan.input.person);
    let all = sorted.len() as u64;
    let done = AtomicU64::new(0);
    let parts: Vec<Bucket> = runs(&sorted, BUCKET, |entry| entry.0)
        .into_par_iter()
        .map(|run| {
            let spells = run.len() as u64;
            let bucket = count_bucket(plan, recoders, &sorted, run);
            progress(done.fetch_add(spells, Ordering::Relaxed) + spells, all);
            bucket
        })
        .collect();
    let mut whole = Bucket {
        found: vec![Vec::new(); plan.times.len()],
        category_pairs: vec![[0; 64]; plan.times.len()],
        ..Bucket::default()
    };
    for part in parts {
        whole.tally.add(part.tally);
        whole.persons += part.persons;
        whole.registered += part.registered;
        for (sum, more) in whole
            .attribute_conflicts
            .iter_mut()
            .zip(part.attribute_conflicts)
        {
            *sum += more;
        }
        for (sums, more) in whole.category_pairs.iter_mut().zip(part.category_pairs) {
            for (sum, more) in sums.iter_mut().zip(more) {
                *sum += more;
            }
        }
        for (all, more) in whole.found.iter_mut().zip(part.found) {
            all.extend(more);
        }
    }
    whole
}

/// One date or period: children, ledger, tables, captures.
fn count_time(
    plan: &Plan<'_>,
    recoder: &Recoder<'_>,
    time: Time,
    own: Vec<Found>,
    persons: u64,
    counted: &mut Counted,
) -> Result<(), CountError> {
    let input = &plan.input;
    let children = register_children(plan, time, recoder, &own);
    let told = children_told(&own, &children.found);
    let coverage = Coverage::new(
        input.study,
        input.deliveries,
        input.reach,
        input.spells,
        time,
    );

    persons_ledger(plan, time, &own, persons, counted);
    let label = time.label();

    let all_children = children.found.len() as u64;
    let with = |(child, _): &&(Found, usize)| child.person.role == Role::WithParent;
    let with_parent = children.found.iter().filter(with).count() as u64;
    counted.ledger.push(
        LedgerStep::new(
            format!("children {label}"),
            "children of counted parents in the person register",
            all_children + children.own_record,
        )
        .with("counted by a record of their own", children.own_record)
        .with("counted with a parent", with_parent)
        .with("indirectly involved", all_children - with_parent),
    );
    counted.ledger.push(
        LedgerStep::new(
            format!("children on forms {label}"),
            "children told of",
            told.told,
        )
        .with("counted with a parent", told.with())
        .with("indirectly involved", told.elsewhere())
        .with(
            "told twice or counted by name",
            told.told - told.with() - told.elsewhere(),
        ),
    );

    if let Time::On(date) = time
        && input.study.estimate.is_some()
    {
        captures(plan, date, &own, &coverage, counted)?;
    }
    coverage_notes(time, counted);

    let mut found = own;
    found.extend(children.found.into_iter().map(|(child, _)| child));
    counted.observed.cube.extend(cube_rows(&Rows {
        study: input.study,
        time,
        coverage: &coverage,
        found: &found,
        told: &told.children,
        regions: plan.published_regions,
        involved_measured: plan.involved_measured,
    })?);
    let mut persons: Vec<Person> = found.into_iter().map(|found| found.person).collect();
    persons.sort_by_key(|person| person.id);
    counted.persons.push((time, persons));
    Ok(())
}

fn conflicts(plan: &Plan<'_>, bucket: &Bucket) -> Conflicts {
    let categories = plan
        .times
        .iter()
        .zip(&bucket.category_pairs)
        .map(|(&time, pairs)| {
            let found: CategoryPairs = pairs
                .iter()
                .enumerate()
                .filter(|(_, persons)| **persons > 0)
                .map(|(at, &persons)| {
                    (
                        (EthosCategory::ALL[at / 8], EthosCategory::ALL[at % 8]),
                        persons,
                    )
                })
                .collect();
            (time, found)
        });
    Conflicts {
        attributes: ATTRIBUTES
            .into_iter()
            .zip(bucket.attribute_conflicts)
            .collect(),
        categories: categories.collect(),
    }
}

/// A step that goes on from outcomes the caller names.
fn taking(step: LedgerStep, from: &[(&str, &str)]) -> LedgerStep {
    from.iter()
        .fold(step, |step, &(name, outcome)| step.taking(name, outcome))
}

fn spells_ledger(plan: &Plan<'_>, bucket: &Bucket, counted: &mut Counted) {
    let input = &plan.input;
    let tally = bucket.tally;
    let step = LedgerStep::new("spells", "spells", tally.spells())
        .with("kept", tally.kept)
        .with("merged into another", tally.merged)
        .with("superseded by a later delivery", tally.superseded)
        .with("active on no day", tally.never_active);
    counted.ledger.push(taking(step, input.taking.spells));
    if !input.study.person_registers.is_empty() {
        let known = input.register.chunk_by(|a, b| a.person == b.person).count() as u64;
        counted.ledger.push(
            LedgerStep::new("person register", "persons in the register", known)
                .with("matched to a linked person", bucket.registered)
                .with("matched to nobody", known - bucket.registered),
        );
    }
    if tally.on_word > 0 {
        counted.notes.push(Note::new(
            "on_word_of_observer",
            None,
            format!(
                "{} formulieren noemen een dreigende uitzetting of vertrek uit een instelling \
                 zonder datum; zij tellen alleen op de dag van het formulier.",
                tally.on_word
            ),
            format!(
                "{} forms tell of an eviction or of leaving an institution without a date; they \
                 count on the day of the form only.",
                tally.on_word
            ),
        ));
    }
}

fn persons_ledger(plan: &Plan<'_>, time: Time, own: &[Found], persons: u64, counted: &mut Counted) {
    let label = time.label();
    let homeless = own
        .iter()
        .filter(|found| found.person.category.total() == Total::Homeless)
        .count() as u64;
    let threatened = own.len() as u64 - homeless;
    let step = format!("persons {label}");
    counted.ledger.push(taking(
        LedgerStep::new(&step, "persons", persons)
            .with("counted homeless", homeless)
            .with("counted threatened", threatened)
            .with(
                if matches!(time, Time::On(_)) {
                    "not active on the date"
                } else {
                    "not active in the period"
                },
                persons - own.len() as u64,
            ),
        plan.input.taking.persons,
    ));
    let mut places = LedgerStep::new(
        format!("municipalities {label}"),
        "persons",
        own.len() as u64,
    )
    .taking(&step, "counted homeless")
    .taking(&step, "counted threatened");
    let mut unresolved = 0;
    for outcome in RecodeOutcome::ALL {
        let persons = own.iter().filter(|found| found.recoding == outcome).count() as u64;
        places.add(outcome.key(), persons);
        if matches!(
            outcome,
            RecodeOutcome::Divided | RecodeOutcome::Younger | RecodeOutcome::NoSuchCode
        ) {
            unresolved += persons;
        }
    }
    counted.ledger.push(places);
    if unresolved > 0 {
        counted.notes.push(Note::new(
            "municipality_unresolved",
            Some(label),
            format!(
                "Van {unresolved} mensen is de gemeentecode niet om te zetten naar deze datum; zij \
                 staan onder gemeente onbekend. Voor een gesplitste gemeente helpt \
                 `count.split_shares`."
            ),
            format!(
                "The municipality code of {unresolved} people cannot be recoded to this date; they \
                 stand under municipality unknown. For a divided municipality declare \
                 `count.split_shares`."
            ),
        ));
    }
}

/// A date the municipality register does not cover is told.
fn coverage_notes(time: Time, counted: &mut Counted) {
    if MunicipalityRegister::shipped().covers(day_of(time)) {
        return;
    }
    let (first, last) = (
        MunicipalityRegister::FIRST_YEAR,
        MunicipalityRegister::LAST_YEAR,
    );
    counted.notes.push(Note::new(
        "outside_municipality_register",
        Some(time.label()),
        format!(
            "De gemeentelijst loopt van {first} tot en met {last}; latere of eerdere \
                 herindelingen zijn niet bekend."
        ),
        format!(
            "The register of municipalities covers {first} to {last}; changes before or \
                 after are not known."
        ),
    ));
}

/// The capture table of a date, its ledger and what must be told with it.
fn captures(
    plan: &Plan<'_>,
    date: Day,
    own: &[Found],
    coverage: &Coverage,
    counted: &mut Counted,
) -> Result<(), CountError> {
    let study = plan.input.study;
    let label = date.to_string();
    let unclear = own
        .iter()
        .filter(|one| one.standing == Standing::RegistrationUnknown)
        .count();
    let clear = own.iter().any(|one| {
        matches!(
            one.standing,
            Standing::InScope | Standing::Category | Standing::NotRegistered
        )
    });
    if unclear > 0 && !clear {
        return Err(CountError::RegistrationUnknown);
    }
    let mut lists = Vec::new();
    for name in estimate_lists(study) {
        let Some(list) = plan.lists.iter().position(|known| *known == name) else {
            continue;
        };
        let sources = || (0..study.sources.len()).filter(|&at| plan.sources[at].list == Some(list));
        if sources().any(|source| coverage.present(source)) {
            lists.push(list);
        } else {
            counted.notes.push(Note::new(
                "list_absent",
                Some(label.clone()),
                format!(
                    "Lijst `{name}` heeft voor deze datum niets geleverd en doet niet mee: \
                     afwezigheid is geen 0."
                ),
                format!(
                    "The list `{name}` delivered nothing for this date and takes no part: absence \
                     is no 0."
                ),
            ));
            continue;
        }
        let (missing, expected) = sources().fold((0, 0), |(missing, expected), source| {
            let gap = coverage.gaps()[source];
            (missing + gap.missing + gap.in_part, expected + gap.expected)
        });
        if missing > 0 {
            counted.notes.push(Note::new(
                "list_partial",
                Some(label.clone()),
                format!(
                    "Lijst `{name}` ontbreekt geheel of deels in {missing} van {expected} \
                     gemeenten. De schatting leest dat als niet gezien en valt daardoor anders uit."
                ),
                format!(
                    "The list `{name}` is missing, wholly or in part, in {missing} of {expected} \
                     municipalities. The estimate reads that as not seen, and differs for it."
                ),
            ));
        }
    }
    let (table, seats) = capture_table(plan, date, &lists, own)?;
    counted
        .ledger
        .push(captures_step(&label, own.len() as u64, &seats));
    if seats.age_unknown > 0 {
        counted.notes.push(Note::new(
            "age_unknown_in_scope",
            Some(label),
            format!(
                "Van {} mensen in de schatting is de leeftijd onbekend; zij horen bij het niveau \
                 onbekend.",
                seats.age_unknown
            ),
            format!(
                "The age of {} people in the estimate is not known; they are in the level unknown.",
                seats.age_unknown
            ),
        ));
    }
    counted.observed.captures.push(table);
    Ok(())
}

fn captures_step(label: &str, persons: u64, seats: &Seats) -> LedgerStep {
    let from = format!("persons {label}");
    let mut step = LedgerStep::new(format!("captures {label}"), "persons", persons)
        .taking(&from, "counted homeless")
        .taking(&from, "counted threatened")
        .with("in capture table", seats.in_table)
        .with("seen by no list of the estimate", seats.unlisted);
    for (standing, persons) in Standing::OUT.iter().zip(seats.out) {
        step.add(standing.key(), persons);
    }
    step
}

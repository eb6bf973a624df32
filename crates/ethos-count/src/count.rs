//! The count from beginning to end.

use std::sync::atomic::{AtomicU64, Ordering};

use ethos_model::category::EthosCategory;
use ethos_model::coverage::Delivery;
use ethos_model::cube::{CubeRow, Observed};
use ethos_model::date::Time;
use ethos_model::ledger::Ledger;
use ethos_model::person::Person;
use ethos_model::study::TableSet;
use rayon::prelude::*;

use crate::accounts::{
    children_ledger, exits_ledger, missing_notes, persons_ledger, register_years_note,
    response_notes, spells_ledger,
};
use crate::captures::captures_on;
use crate::children::{children_told, register_children};
use crate::error::CountError;
use crate::flows::movement::movements;
use crate::input::{CategoryPairs, Conflicts, CountInput, Counted, Progress};
use crate::note::Note;
use crate::persons::{ATTRIBUTES, Bucket, Found, Recoder, count_bucket};
use crate::plan::{Plan, day_of};
use crate::spells::{by_person, runs};
use crate::tables::{Coverage, Rows, Stock, by_flow, by_move, cube_rows};

/// Spells that are counted together, at least.
const BUCKET: usize = 1 << 14;

/// Counts persons on every reference date and in every period of the study.
///
/// ```
/// # use std::collections::BTreeMap;
/// # use ethos_model::attribute::Attributes;
/// # use ethos_model::coverage::{Delivery, Reach};
/// # use ethos_model::spell::{LinkKey, Municipalities, RowRef, SourceId, Spell};
/// # use ethos_model::{municipality::SplitShares, person::PersonId, token::Token};
/// use ethos_count::{CountInput, Taking, count};
/// use ethos_model::{category::EthosCategory, date::Day, study::Study};
///
/// let study = Study::parse(r#"
///     [study]
///     name = "Telling 2026"
///     reference_date = 2026-01-01
///     series = "telling-nl"
///     key_file = "telling-nl.key"
///     [[source]]
///     layout = "monitor-dakloosheid/2024"
///     files = "leveringen/opvang/*.csv"
///     reports = { categories = [2, 3] }
/// "#)?;
/// # let day = |text| Day::parse(text).unwrap();
/// # let night = |row, category, start, end| Spell {
/// #     source: SourceId(0), row: RowRef { delivery: 0, row }, key: LinkKey::default(), category,
/// #     situation: None, start: day(start), start_known: true, end: Some(day(end)),
/// #     observed: None, ready_to_leave: None, expected_on: None, end_reason: None,
/// #     municipalities: Municipalities::default(), attributes: Attributes::default(),
/// #     children_with: 0, children_elsewhere: 0,
/// # };
/// // One person in the emergency shelter until New Year, in a hostel from then on.
/// let spells = [
///     night(2, EthosCategory::EmergencyShelter, "2025-12-20", "2026-01-01"),
///     night(3, EthosCategory::TemporaryShelter, "2026-01-01", "2026-03-01"),
/// ];
/// # let id = PersonId(Token::from_bytes([1; 16]));
/// # let (deliveries, regions, shares) = ([], BTreeMap::new(), SplitShares::default());
/// let counted = count(
///     &CountInput {
///         study: &study,
///         spells: &spells,
///         person: &[id, id],
///         keyed: &[true, true],
///         register: &[],
///         deliveries: &deliveries,
///         reach: &[Reach::Senders],
///         regions: &regions,
///         shares: &shares,
///         taking: Taking::default(),
///     },
///     &|_done, _all| {},
/// )?;
/// let people = &counted.persons[0].1;
/// assert_eq!(people.len(), 1);
/// assert_eq!(people[0].category, EthosCategory::TemporaryShelter);
/// assert!(counted.ledger.check().is_ok());
/// # Ok::<(), Box<dyn std::error::Error>>(())
/// ```
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
        seen: Vec::new(),
        conflicts: conflicts(&plan, &bucket),
    };
    undated_notes(input, &mut counted);
    spells_ledger(&plan, &bucket, &mut counted);
    let Bucket { found, persons, .. } = bucket;
    for ((&time, recoder), own) in plan.times.iter().zip(&recoders).zip(found) {
        count_time(&plan, recoder, time, own, persons, &mut counted)?;
    }
    if input.study.publish.tables.contains(&TableSet::Flows) {
        let rows = flow_rows(&plan, &mut counted);
        counted.observed.cube.extend(rows);
    }
    counted.observed.cube.sort_by(|a, b| a.key.cmp(&b.key));
    Ok(counted)
}

/// Flows and moves between one reference date and the next, and in every year counted.
fn flow_rows(plan: &Plan<'_>, counted: &mut Counted) -> Vec<CubeRow> {
    let input = &plan.input;
    let mut rows = Vec::new();
    for period in plan.flow_periods() {
        let coverage = Coverage::new(
            input.study,
            input.deliveries,
            input.reach,
            input.spells,
            Time::AnyDayIn(period),
        );
        let movements = movements(plan, period);
        exits_ledger(period, &movements, counted);
        rows.extend(by_flow(period, &coverage, &movements));
        let stock = |day| Stock::on(Time::On(day), &counted.persons, &counted.observed.cube);
        if let (Some(before), Some(after)) = (stock(period.start()), stock(period.end())) {
            rows.extend(by_move(period, &before, &after));
        }
    }
    rows
}

/// Tells of every source whose files bear no date up to which day they were taken to speak.
fn undated_notes(input: &CountInput<'_>, counted: &mut Counted) {
    for (at, source) in input.study.sources.iter().enumerate() {
        let until = input
            .deliveries
            .iter()
            .filter(|file| usize::from(file.source.0) == at && file.usable && !file.replaced)
            .filter(|file| file.made.is_none() && file.period.is_none())
            .filter_map(|file| file.inferred_until)
            .max();
        if let Some(until) = until {
            let (title, days) = (source.title(), Delivery::DAYS_AFTER_NEWEST);
            counted.notes.push(Note::new(
                "source_undated",
                None,
                format!(
                    "Bestanden van bron `{title}` zeggen niet wanneer ze zijn gemaakt. Zij gelden \
                     tot en met {until}: {days} dagen na de nieuwste gebeurtenis erin. Voor latere \
                     dagen heeft de bron niets geleverd. Geef met `as_of` de dag waarop zij zijn \
                     afgenomen."
                ),
                format!(
                    "Files of the source `{title}` do not say when they were made. They speak up \
                     to and including {until}: {days} days after the newest event in them. For \
                     later days the source delivered nothing. Give the day on which they were \
                     drawn with `as_of`."
                ),
            ));
        }
    }
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
    children_ledger(time, &children, &told, counted);

    if let Time::On(date) = time
        && input.study.estimate.is_some()
    {
        captures_on(plan, date, &own, &coverage, counted)?;
    }
    register_years_note(time, counted);
    response_notes(plan, time, coverage.gaps(), counted);

    let mut found = own;
    found.extend(children.found.into_iter().map(|(child, _)| child));
    let tables = cube_rows(&Rows {
        study: input.study,
        time,
        coverage: &coverage,
        found: &found,
        told: &told.children,
        regions: &plan.published_regions,
        involved_measured: plan.involved_measured,
    })?;
    counted.observed.cube.extend(tables.rows);
    missing_notes(time, &tables.left_out, counted);
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

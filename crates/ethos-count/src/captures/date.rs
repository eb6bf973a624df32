//! The captures of one date: which lists looked, the table, its ledger and its notes.

use ethos_model::date::Day;
use ethos_model::ledger::LedgerStep;

use super::coverage::{AgeSpot, estimate_lists};
use super::scope::Standing;
use super::table::{Seats, capture_table};
use crate::error::CountError;
use crate::input::Counted;
use crate::note::Note;
use crate::persons::Found;
use crate::plan::Plan;
use crate::tables::Coverage;

/// The capture table of a date, its ledger and what must be told with it.
pub(crate) fn captures_on(
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
                     municipalities. The estimate reads that as not seen and is off because of it."
                ),
            ));
        }
    }
    let spots: Vec<AgeSpot> = lists
        .iter()
        .map(|&list| AgeSpot::of(study, plan.lists[list], date))
        .collect();
    let (table, seats, seen) = capture_table(plan, date, &lists, &spots, own)?;
    for ((&list, spot), &persons) in lists.iter().zip(&spots).zip(&seats.blind) {
        if persons > 0 {
            counted.notes.push(blind_note(
                &label,
                plan.lists[list],
                &spot.ranges(study.scope.ages),
            ));
        }
    }
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
    counted.seen.push(seen);
    Ok(())
}

/// What must be told of a list that cannot see some ages. It is published: no number of persons.
fn blind_note(label: &str, list: &str, ages: &[String]) -> Note {
    let ages = ages.join(", ");
    Note::new(
        "list_blind",
        Some(label.to_owned()),
        format!(
            "De lijst `{list}` kan mensen van {ages} jaar niet zien: daar niet op staan is geen 0. Zij \
             zijn geschat uit de andere lijsten."
        ),
        format!(
            "The list `{list}` cannot see people of {ages} years: not being on it is no 0 there. They \
             were estimated from the other lists."
        ),
    )
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

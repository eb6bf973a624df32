//! What a count writes in the ledger about spells, persons and children, and what it notes.

use ethos_model::category::{Language, Total};
use ethos_model::cube::Crossing;
use ethos_model::date::{Period, Time};
use ethos_model::ledger::LedgerStep;
use ethos_model::municipality::MunicipalityRegister;
use ethos_model::person::Role;

use crate::children::{RegisterChildren, ToldOnForms};
use crate::flows::movement::Movement;
use crate::input::Counted;
use crate::note::Note;
use crate::persons::{Bucket, Found, RecodeOutcome};
use crate::plan::{Plan, day_of};
use crate::tables::Gap;

/// A step that goes on from outcomes the caller names.
fn taking(step: LedgerStep, from: &[(&str, &str)]) -> LedgerStep {
    from.iter()
        .fold(step, |step, &(name, outcome)| step.taking(name, outcome))
}

pub(crate) fn spells_ledger(plan: &Plan<'_>, bucket: &Bucket, counted: &mut Counted) {
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

pub(crate) fn persons_ledger(
    plan: &Plan<'_>,
    time: Time,
    own: &[Found],
    persons: u64,
    counted: &mut Counted,
) {
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

/// Of those whom a flow finds homeless and then no more: who left, and of whom nobody can tell.
pub(crate) fn exits_ledger(period: Period, movements: &[Movement], counted: &mut Counted) {
    let told = movements.iter().filter(|one| one.left.is_some()).count() as u64;
    let lost = |one: &&Movement| one.lost && one.left.is_none();
    let untold = movements.iter().filter(lost).count() as u64;
    let label = Time::AnyDayIn(period).label();
    counted.ledger.push(
        LedgerStep::new(format!("exits {label}"), "persons", told + untold)
            .with("left homelessness", told)
            .with("no longer delivered: not told whether they left", untold),
    );
}

/// Tells which declared tables are left out because nothing gives their characteristic.
pub(crate) fn missing_notes(time: Time, left_out: &[Crossing], counted: &mut Counted) {
    for crossing in left_out {
        let names = |language: Language| {
            let names: Vec<String> = crossing
                .by()
                .map(|found| found.name(language).to_lowercase())
                .collect();
            names.join(language.pick(" en ", " and "))
        };
        let (nl, en) = (names(Language::Nl), names(Language::En));
        counted.notes.push(Note::new(
            "table_left_out",
            Some(time.label()),
            format!(
                "De tabel `{}` ({nl}) ontbreekt voor {}: geen bron geeft daar elk van die \
                 kenmerken. Lever ze aan, of laat de tabel weg uit `publish.table`.",
                crossing.key(),
                time.label()
            ),
            format!(
                "The table `{}` ({en}) is left out for {}: no source gives each of those \
                 characteristics there. Deliver them, or leave the table out of `publish.table`.",
                crossing.key(),
                time.label()
            ),
        ));
    }
}

/// Of every source that is used on a date: in how many municipalities it should have looked, and in
/// how many it did. No number of people is in it.
pub(crate) fn response_notes(plan: &Plan<'_>, time: Time, gaps: &[Gap], counted: &mut Counted) {
    let Time::On(date) = time else { return };
    for (source, gap) in plan.input.study.sources.iter().zip(gaps) {
        if !source.used_on(date) || gap.expected == 0 {
            continue;
        }
        let (expected, missing, in_part) = (gap.expected, gap.missing, gap.in_part);
        let whole = expected - missing - in_part;
        let title = source.title();
        counted.notes.push(Note::new(
            "response",
            Some(time.label()),
            format!(
                "Respons op {date}: bron `{title}` leverde voor {whole} van {expected} gemeenten alles, \
                 voor {in_part} een deel en voor {missing} niets."
            ),
            format!(
                "Response on {date}: the source `{title}` delivered everything for {whole} of {expected} \
                 municipalities, a part for {in_part} and nothing for {missing}."
            ),
        ));
    }
}

/// A date the municipality register does not cover is told.
pub(crate) fn register_years_note(time: Time, counted: &mut Counted) {
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

/// Children of counted parents: those the register names, and those forms tell of by number.
pub(crate) fn children_ledger(
    time: Time,
    children: &RegisterChildren,
    told: &ToldOnForms,
    counted: &mut Counted,
) {
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
}

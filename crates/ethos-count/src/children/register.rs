//! Children whom the person register names.

use std::cmp::Reverse;

use ethos_model::capture::ListSet;
use ethos_model::category::Total;
use ethos_model::date::Time;
use ethos_model::person::{Person, PersonId, RegisterPerson, Role};
use rayon::prelude::*;

use crate::captures::scope::Standing;
use crate::persons::{Found, Recoder, contested, register_row};
use crate::plan::{Plan, day_of};
use crate::spells::runs;

/// Register rows that are looked at together.
const RUN: usize = 1 << 15;

/// Children of counted parents.
#[derive(Default)]
pub(crate) struct RegisterChildren {
    /// Those without a record of their own, with the position of the parent they are counted by.
    pub(crate) found: Vec<(Found, usize)>,
    /// Those with a record of their own.
    pub(crate) own_record: u64,
}

/// Finds the children of the persons counted at a time; `own` are those persons in order of id.
///
/// The age is that on the date, or on the first day the parent was active in the period; a
/// child born later does not count. Of two counted parents the one in the same household has
/// it, then one who is homeless before one who is threatened, then the first by the priority
/// vector, then the smaller id.
pub(crate) fn register_children(
    plan: &Plan<'_>,
    time: Time,
    recoder: &Recoder<'_>,
    own: &[Found],
) -> RegisterChildren {
    let register = plan.input.register;
    let counted = |id: PersonId| {
        let at = own
            .binary_search_by_key(&id, |found| found.person.id)
            .ok()?;
        own[at].person.keyed.then_some(at)
    };
    let parts: Vec<RegisterChildren> = runs(register, RUN, |row| row.person)
        .into_par_iter()
        .map(|run| {
            let mut children = RegisterChildren::default();
            for rows in register[run].chunk_by(|a, b| a.person == b.person) {
                let Some(row) = register_row(rows, day_of(time)) else {
                    continue;
                };
                let parents = row.attributes.parents;
                let parents = || {
                    parents
                        .iter()
                        .flatten()
                        .filter_map(|&parent| counted(PersonId(parent)))
                        .filter(|&at| age(row, &own[at]).is_some_and(|age| age < 18))
                };
                let Some(parent) = parents().min_by_key(|&at| preference(plan, row, &own[at]))
                else {
                    continue;
                };
                // Another priority vector could prefer the other parent.
                let standing = standing_of(row, &own[parent]);
                let tied = parents()
                    .filter(|&at| standing_of(row, &own[at]) == standing)
                    .fold(0, |tied, at| tied | own[at].tied);
                if counted(PersonId(row.person)).is_some() {
                    children.own_record += 1;
                } else {
                    children
                        .found
                        .push((child(recoder, row, &own[parent], contested(tied)), parent));
                }
            }
            children
        })
        .collect();
    parts
        .into_iter()
        .fold(RegisterChildren::default(), |mut all, part| {
            all.found.extend(part.found);
            all.own_record += part.own_record;
            all
        })
}

fn age(child: &RegisterPerson, parent: &Found) -> Option<u8> {
    child.attributes.birth?.age_on(parent.day)
}

fn same_household(child: &RegisterPerson, parent: &Found) -> bool {
    child.attributes.household.is_some() && child.attributes.household == parent.person.household
}

/// How near a parent is: in the same household before any other, homeless before threatened.
/// Smaller is nearer.
fn standing_of(child: &RegisterPerson, parent: &Found) -> (Reverse<bool>, Reverse<bool>) {
    let homeless = parent.person.category.total() == Total::Homeless;
    (Reverse(same_household(child, parent)), Reverse(homeless))
}

/// Smaller is preferred. Of two parents who are equal in this the first named is taken: no key of
/// a person may decide, since figures do not depend on the secret.
fn preference(
    plan: &Plan<'_>,
    child: &RegisterPerson,
    parent: &Found,
) -> ((Reverse<bool>, Reverse<bool>), u8) {
    let rank = plan.priority.rank(parent.person.category);
    (standing_of(child, parent), rank)
}

fn child(recoder: &Recoder<'_>, row: &RegisterPerson, parent: &Found, tied: u8) -> Found {
    let attributes = row.attributes;
    let with = same_household(row, parent);
    let mut municipalities = parent.person.municipalities;
    municipalities.registered = recoder.recode(row.registered, row.person.leading()).0;
    Found {
        person: Person {
            id: PersonId(row.person),
            keyed: true,
            role: if with {
                Role::WithParent
            } else {
                Role::IndirectlyInvolved
            },
            category: parent.person.category,
            situation: parent.person.situation,
            categories_seen: 1 << parent.person.category.index(),
            municipalities,
            sex: attributes.sex,
            age: age(row, parent),
            origin: attributes.origin,
            nationality: attributes.nationality,
            residence: attributes.residence,
            household: attributes.household,
            lists: ListSet::EMPTY,
            capture: ListSet::EMPTY,
        },
        tied,
        since: parent.since,
        elsewhere: if with {
            parent.elsewhere.clone()
        } else {
            Vec::new()
        },
        place: parent.place,
        recoding: parent.recoding,
        day: parent.day,
        children_with: 0,
        children_elsewhere: 0,
        standing: Standing::Age,
    }
}

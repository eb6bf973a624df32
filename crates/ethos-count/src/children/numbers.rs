//! Children whom forms tell of by number only.
//!
//! Two parents, or two organisations that fill in a form for the same parent, tell of the same
//! children: within a household the largest number counts, not the sum (without a household key,
//! within a person). Children of the household who are already counted by name, by a record of
//! their own or through the register, are taken off. What is left is added to the persons of the
//! category and municipality of the person who tells of most, under 18, with unknown sex and
//! origin.

use std::collections::BTreeMap;

use ethos_model::person::{PersonId, Role};
use ethos_model::token::Token;

use crate::persons::Found;

/// Children known by number, of one household.
#[derive(Copy, Clone, PartialEq, Eq, Debug)]
pub struct ChildrenTold {
    /// Position of the person whose category and municipality they are counted in.
    pub parent: usize,
    /// Children who stay with the person.
    pub with: u64,
    /// Children who live elsewhere.
    pub elsewhere: u64,
}

/// Children told of on forms, and what became of the numbers.
#[derive(Default)]
pub(crate) struct ToldOnForms {
    pub(crate) children: Vec<ChildrenTold>,
    /// The sum of the numbers, as told by every person.
    pub(crate) told: u64,
}

impl ToldOnForms {
    pub(crate) fn with(&self) -> u64 {
        self.children.iter().map(|told| told.with).sum()
    }

    pub(crate) fn elsewhere(&self) -> u64 {
        self.children.iter().map(|told| told.elsewhere).sum()
    }
}

#[derive(Copy, Clone, PartialEq, Eq, PartialOrd, Ord)]
enum Family {
    Household(Token),
    Person(PersonId),
}

fn family(found: &Found) -> Family {
    let person = &found.person;
    person
        .household
        .map_or(Family::Person(person.id), Family::Household)
}

#[derive(Default)]
struct Members {
    with: Option<(u64, usize)>,
    elsewhere: Option<(u64, usize)>,
}

/// Takes the largest number of a family; the first person who tells it keeps it.
fn keep_most(most: &mut Option<(u64, usize)>, number: u8, at: usize) {
    let number = u64::from(number);
    if number > most.map_or(0, |(held, _)| held) {
        *most = Some((number, at));
    }
}

/// The children that forms tell of. `own` are the persons with a record of their own, in order
/// of id; `register` the children found through the register, each with the position of the
/// parent in `own`.
pub(crate) fn children_told(own: &[Found], register: &[(Found, usize)]) -> ToldOnForms {
    let mut families: BTreeMap<Family, Members> = BTreeMap::new();
    let mut result = ToldOnForms::default();
    for (at, found) in own.iter().enumerate() {
        if found.children_with == 0 && found.children_elsewhere == 0 {
            continue;
        }
        result.told += u64::from(found.children_with) + u64::from(found.children_elsewhere);
        let members = families.entry(family(found)).or_default();
        keep_most(&mut members.with, found.children_with, at);
        keep_most(&mut members.elsewhere, found.children_elsewhere, at);
    }
    if families.is_empty() {
        return result;
    }
    let mut named_with: BTreeMap<Family, u64> = BTreeMap::new();
    let mut named_elsewhere: BTreeMap<Family, u64> = BTreeMap::new();
    for found in own {
        let tells = found.children_with > 0 || found.children_elsewhere > 0;
        let key = family(found);
        if !tells && found.person.age.is_some_and(|age| age < 18) && families.contains_key(&key) {
            *named_with.entry(key).or_insert(0) += 1;
        }
    }
    for (child, parent) in register {
        let named = match child.person.role {
            Role::WithParent => &mut named_with,
            _ => &mut named_elsewhere,
        };
        *named.entry(family(&own[*parent])).or_insert(0) += 1;
    }
    for (key, members) in &families {
        let left = |most: Option<(u64, usize)>, named: &BTreeMap<Family, u64>| {
            most.map(|(number, at)| {
                (
                    number.saturating_sub(named.get(key).copied().unwrap_or(0)),
                    at,
                )
            })
            .filter(|(number, _)| *number > 0)
        };
        if let Some((with, parent)) = left(members.with, &named_with) {
            result.children.push(ChildrenTold {
                parent,
                with,
                elsewhere: 0,
            });
        }
        if let Some((elsewhere, parent)) = left(members.elsewhere, &named_elsewhere) {
            result.children.push(ChildrenTold {
                parent,
                with: 0,
                elsewhere,
            });
        }
    }
    result
}

//! The kind of household of every person counted.
//!
//! A household is what sources hold together under one key, with the children that forms tell of.
//! Somebody without a key who tells of no children is of unknown household.

use std::collections::{BTreeMap, BTreeSet};

use ethos_model::attribute::HouseholdType;
use ethos_model::person::{PersonId, Role};
use ethos_model::token::Token;

use crate::children::ChildrenTold;
use crate::persons::Found;

#[derive(Default)]
struct Members {
    adults: u32,
    children: bool,
}

/// The households of one time.
pub(super) struct Households {
    by_key: BTreeMap<Token, Members>,
    /// Persons of whom a form tells that children are with them.
    with_children: BTreeSet<PersonId>,
}

impl Households {
    /// The households of these persons.
    pub(super) fn of(found: &[Found], told: &[ChildrenTold]) -> Self {
        let mut by_key: BTreeMap<Token, Members> = BTreeMap::new();
        let mut with_children = BTreeSet::new();
        let here = |one: &&Found| one.person.role != Role::IndirectlyInvolved;
        for one in found.iter().filter(here) {
            if one.children_with > 0 {
                with_children.insert(one.person.id);
            }
            if let Some(key) = one.person.household {
                let members = by_key.entry(key).or_default();
                let minor = one.person.age.is_some_and(|age| age < 18);
                members.adults += u32::from(!minor);
                members.children |= minor || one.children_with > 0;
            }
        }
        for one in told.iter().filter(|one| one.with > 0) {
            with_children.insert(found[one.parent].person.id);
        }
        Self {
            by_key,
            with_children,
        }
    }

    /// The kind of household of a person, where it is known.
    pub(super) fn of_person(&self, one: &Found) -> Option<HouseholdType> {
        let person = &one.person;
        if person.role == Role::WithParent || self.with_children.contains(&person.id) {
            return Some(HouseholdType::WithChildren);
        }
        let members = self.by_key.get(&person.household?)?;
        match (members.adults, members.children) {
            // A child whom no source holds together with an adult.
            (0, _) => None,
            (_, true) => Some(HouseholdType::WithChildren),
            (1, false) => Some(HouseholdType::Alone),
            (_, false) => Some(HouseholdType::Adults),
        }
    }
}

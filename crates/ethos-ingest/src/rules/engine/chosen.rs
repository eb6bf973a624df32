//! The rules for one file, ready to be asked.

use super::fill::Filler;
use crate::detect::{Column, Plan};
use crate::rules::book::RuleBook;
use crate::rules::facts::Facts;
use crate::rules::known::NamesOf;
use crate::rules::lang::{self, Env, FieldRef, Logic, Num, Shown, Slots};
use crate::rules::rule::{Finds, Scope};

/// A rule for this file.
pub(super) struct Active {
    /// Position in the rule book.
    pub(super) at: u16,
    pub(super) find: Logic,
    pub(super) shows: Option<(Num, Shown)>,
    pub(super) point: Option<Column>,
}

/// The rules for one file and the lanes they ask for.
#[derive(Default)]
pub(crate) struct Chosen {
    pub(super) rows: Vec<Active>,
    pub(super) persons: Vec<Active>,
    pub(super) files: Vec<Active>,
    pub(super) slots: Slots,
    /// For each lane of `slots.cells`.
    pub(super) fillers: Vec<Filler>,
    /// Values that several rules compute, whose lanes follow those of the cells.
    pub(super) shared: Vec<Num>,
    /// For each field kept for persons, its lane.
    pub(super) kept: Vec<usize>,
    /// The columns that findings on rows of a person may point at.
    pub(super) points: Vec<Column>,
    /// Rows up to which rules about persons are asked.
    pub(super) most_rows: usize,
}

impl Chosen {
    /// The rules of a book for a file of this plan, made on this day.
    pub(crate) fn new(book: &RuleBook, plan: &Plan<'_>, facts: &Facts) -> Self {
        let mut chosen = Self {
            most_rows: book.most_rows(),
            ..Self::default()
        };
        for (at, rule) in book.rules().iter().enumerate() {
            let Ok(at) = u16::try_from(at) else {
                break;
            };
            if !rule.is_for(Some(plan.layout), facts.day) {
                continue;
            }
            let Some(active) = chosen.compile(book, plan, facts, at) else {
                continue;
            };
            match rule.scope {
                Scope::Row => chosen.rows.push(active),
                Scope::Person => chosen.persons.push(active),
                Scope::File => chosen.files.push(active),
                Scope::Files | Scope::Previous | Scope::Peers => {}
            }
        }
        let slots = &mut chosen.slots;
        for kept in &slots.kept {
            let known = slots.cells.iter().position(|cell| cell == kept);
            chosen.kept.push(known.unwrap_or_else(|| {
                slots.cells.push(kept.clone());
                slots.cells.len() - 1
            }));
        }
        for column in chosen.persons.iter().filter_map(|rule| rule.point) {
            if !chosen.points.contains(&column) {
                chosen.points.push(column);
            }
        }
        chosen.shared = share(&mut chosen.rows, slots.cells.len());
        chosen.fillers = slots
            .cells
            .iter()
            .map(|slot| Filler::new(slot, plan))
            .collect();
        chosen
    }

    /// The rule at a position for this file; `None` where it can never find anything here.
    fn compile(
        &mut self,
        book: &RuleBook,
        plan: &Plan<'_>,
        facts: &Facts,
        at: u16,
    ) -> Option<Active> {
        let rule = &book.rules()[usize::from(at)];
        let Finds::Condition {
            find,
            at: point,
            shows,
            ..
        } = &rule.finds
        else {
            return None;
        };
        let names = NamesOf(plan.layout);
        let env = Env {
            scope: rule.scope,
            names: &names,
            parameters: book.parameters(),
            facts: Some(facts),
            keyed: false,
        };
        // A field that this layout does not have: the rule is for others.
        let mut slots = self.slots.clone();
        let find = lang::compile(find, &env, &mut slots).ok()?;
        if !find.can_hold() {
            return None;
        }
        let shows = match shows {
            Some(shows) => Some(lang::compile_shown(shows, &env, &mut slots).ok()?),
            None => None,
        };
        let point = point.as_ref().and_then(|name| {
            let field = lang::field_of(name, &names).ok()??;
            match field {
                FieldRef::Target(target) => plan.column(target),
                FieldRef::Own(name) => plan.column_named(&name),
                FieldRef::Row | FieldRef::Category => None,
            }
        });
        self.slots = slots;
        Some(Active {
            at,
            find,
            shows,
            point,
        })
    }
}

/// Takes the values that several rules compute out of them: the rules read them from lanes from
/// `first` on.
fn share(rules: &mut [Active], first: usize) -> Vec<Num> {
    let mut seen: Vec<(Num, usize)> = Vec::new();
    for rule in rules.iter_mut() {
        rule.find.each_computed(
            &mut |value| match seen.iter_mut().find(|(known, _)| known == value) {
                Some((_, times)) => *times += 1,
                None => seen.push((value.clone(), 1)),
            },
        );
    }
    let shared: Vec<Num> = seen
        .into_iter()
        .filter(|(_, times)| *times > 1)
        .map(|(value, _)| value)
        .collect();
    for rule in rules {
        rule.find.each_computed(&mut |value| {
            if let Some(at) = shared.iter().position(|known| known == value) {
                *value = Num::Slot(first + at);
            }
        });
    }
    shared
}

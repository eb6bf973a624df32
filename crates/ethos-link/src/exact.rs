//! Linking by exact keys.

use ethos_model::link::Links;
use ethos_model::person::PersonId;
use ethos_model::spell::{LinkKey, Spell};
use ethos_model::token::Token;
use rayon::prelude::*;

use crate::linker::{LinkReport, Linked, Linker, Rule};
use crate::row_token::row_token;

/// Links by the keyed number first and by the fallback key where there is none.
///
/// Takes O(n log n) time and some 150 bytes a spell beside the spells.
#[derive(Copy, Clone, PartialEq, Eq, Debug, Default)]
pub struct ExactLinker;

/// Whose a fallback key is.
#[derive(Copy, Clone, PartialEq, Eq, Debug)]
enum Bearer {
    One(Token),
    Several,
}

impl Linker for ExactLinker {
    fn link(&self, spells: &[Spell]) -> Linked {
        let bearers = bearers(spells);
        let decisions: Vec<(PersonId, Rule)> = spells
            .par_iter()
            .map(|spell| decide(spell, &bearers))
            .collect();
        let rules: Vec<Rule> = decisions.iter().map(|&(_, rule)| rule).collect();
        let person: Vec<PersonId> = decisions.into_iter().map(|(person, _)| person).collect();
        let keyed: Vec<bool> = rules
            .iter()
            .map(|rule| matches!(rule, Rule::Number | Rule::JoinedByFallback))
            .collect();
        let report = report(&person, &rules);
        Linked {
            // The two columns are made of one, so they are of one length.
            links: Links::new(person, keyed).unwrap_or_default(),
            rules,
            report,
        }
    }
}

/// Every fallback key that stands beside a number, sorted, with the number or numbers.
fn bearers(spells: &[Spell]) -> Vec<(Token, Bearer)> {
    let mut pairs: Vec<(Token, Token)> = spells
        .par_iter()
        .filter_map(|spell| Some((spell.key.fallback?, spell.key.person?)))
        .collect();
    pairs.par_sort_unstable();
    pairs.dedup();
    pairs
        .chunk_by(|one, next| one.0 == next.0)
        .map(|group| match group {
            [(fallback, person)] => (*fallback, Bearer::One(*person)),
            _ => (group[0].0, Bearer::Several),
        })
        .collect()
}

fn decide(spell: &Spell, bearers: &[(Token, Bearer)]) -> (PersonId, Rule) {
    let (token, rule) = match spell.key {
        LinkKey {
            person: Some(person),
            ..
        } => (person, Rule::Number),
        LinkKey {
            person: None,
            fallback: Some(fallback),
        } => match bearers.binary_search_by_key(&fallback, |bearer| bearer.0) {
            Err(_) => (fallback, Rule::OwnByFallback),
            Ok(at) => match bearers[at].1 {
                Bearer::One(person) => (person, Rule::JoinedByFallback),
                Bearer::Several => (fallback, Rule::AmbiguousFallback),
            },
        },
        LinkKey {
            person: None,
            fallback: None,
        } => (row_token(spell.row), Rule::NoKey),
    };
    (PersonId(token), rule)
}

fn report(person: &[PersonId], rules: &[Rule]) -> LinkReport {
    let mut by_rule = [0; 5];
    for &rule in rules {
        by_rule[rule as usize] += 1;
    }
    // A person is decided for by one rule, but for spells that join a number: the number's own
    // spells are there too, so those that joined add no person.
    let persons_by = |wanted: Rule| -> u64 {
        let mut ids: Vec<PersonId> = person
            .par_iter()
            .zip(rules)
            .filter(|&(_, rule)| *rule == wanted)
            .map(|(person, _)| *person)
            .collect();
        ids.par_sort_unstable();
        ids.dedup();
        ids.len() as u64
    };
    let keyed_persons = persons_by(Rule::Number);
    let ambiguous_persons = persons_by(Rule::AmbiguousFallback);
    LinkReport {
        spells: rules.len() as u64,
        persons: keyed_persons
            + ambiguous_persons
            + persons_by(Rule::OwnByFallback)
            + persons_by(Rule::NoKey),
        keyed_persons,
        ambiguous_persons,
        by_rule,
    }
}

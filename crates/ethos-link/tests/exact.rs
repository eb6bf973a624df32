//! Exact linkage against an oracle that joins spells pair by pair, and under any order.

use std::collections::BTreeSet;

use ethos_link::{ExactLinker, FIRST_SPELL, LINK_STEP, Linked, Linker, Rule, steps};
use ethos_model::attribute::Attributes;
use ethos_model::category::EthosCategory;
use ethos_model::date::Day;
use ethos_model::ledger::{Ledger, LedgerStep};
use ethos_model::spell::{LinkKey, Municipalities, RowRef, SourceId, Spell};
use ethos_model::token::Token;
use proptest::prelude::*;

fn person(number: u8) -> Token {
    Token::from_bytes([number; 16])
}

fn fallback(number: u8) -> Token {
    Token::from_bytes([0x80 | number; 16])
}

fn spell(row: u32, keys: (Option<u8>, Option<u8>)) -> Spell {
    Spell {
        source: SourceId(0),
        row: RowRef {
            delivery: row % 3,
            row,
        },
        key: LinkKey {
            person: keys.0.map(person),
            fallback: keys.1.map(fallback),
        },
        category: EthosCategory::PublicSpace,
        situation: None,
        start: Day(0),
        start_known: true,
        end: None,
        observed: None,
        ready_to_leave: None,
        expected_on: None,
        end_reason: None,
        municipalities: Municipalities::default(),
        attributes: Attributes::default(),
        children_with: 0,
        children_elsewhere: 0,
    }
}

fn spells(keys: &[(Option<u8>, Option<u8>)]) -> Vec<Spell> {
    keys.iter()
        .zip(2..)
        .map(|(&keys, row)| spell(row, keys))
        .collect()
}

fn find(root: &[usize], mut at: usize) -> usize {
    while root[at] != at {
        at = root[at];
    }
    at
}

/// The rules read literally, as unions of pairs of spells.
fn joined_pair_by_pair(spells: &[Spell]) -> Vec<usize> {
    let mut root: Vec<usize> = (0..spells.len()).collect();
    let mut join = |one: usize, other: usize| {
        let (one, other) = (find(&root, one), find(&root, other));
        root[one.max(other)] = one.min(other);
    };
    for (i, one) in spells.iter().enumerate() {
        for (j, other) in spells.iter().enumerate() {
            let (a, b) = (one.key, other.key);
            let numbers: BTreeSet<Token> = spells
                .iter()
                .filter(|spell| spell.key.fallback.is_some() && spell.key.fallback == a.fallback)
                .filter_map(|spell| spell.key.person)
                .collect();
            let same_number = a.person.is_some() && a.person == b.person;
            let both_without = a.person.is_none()
                && b.person.is_none()
                && a.fallback.is_some()
                && a.fallback == b.fallback;
            let joins =
                a.person.is_none() && numbers.len() == 1 && b.person == numbers.first().copied();
            if same_number || both_without || joins {
                join(i, j);
            }
        }
    }
    (0..spells.len()).map(|at| find(&root, at)).collect()
}

fn keys() -> impl Strategy<Value = Vec<(Option<u8>, Option<u8>)>> {
    let key = || prop_oneof![2 => Just(None), 3 => (0..6_u8).prop_map(Some)];
    prop::collection::vec((key(), key()), 0..24)
}

proptest! {
    #[test]
    fn clusters_are_the_oracles(keys in keys()) {
        let spells = spells(&keys);
        let linked = ExactLinker.link(&spells);
        let oracle = joined_pair_by_pair(&spells);
        let ids = linked.links.person();
        for i in 0..spells.len() {
            for j in 0..spells.len() {
                prop_assert_eq!(ids[i] == ids[j], oracle[i] == oracle[j], "{} {}", i, j);
            }
        }
        let persons: BTreeSet<usize> = oracle.iter().copied().collect();
        prop_assert_eq!(linked.report.persons, persons.len() as u64);
        let keyed: BTreeSet<Token> = spells.iter().filter_map(|spell| spell.key.person).collect();
        prop_assert_eq!(linked.report.keyed_persons, keyed.len() as u64);
        for (id, is_keyed) in ids.iter().zip(linked.links.keyed()) {
            prop_assert_eq!(keyed.contains(&id.0), *is_keyed);
        }
    }

    #[test]
    fn order_changes_nothing(keys in keys(), seed in any::<u64>()) {
        let plain = spells(&keys);
        let mut order: Vec<usize> = (0..plain.len()).collect();
        let mut state = seed;
        for at in (1..order.len()).rev() {
            state = state.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(1);
            order.swap(at, (state >> 33) as usize % (at + 1));
        }
        let shuffled: Vec<Spell> = order.iter().map(|&at| plain[at].clone()).collect();
        let (one, other) = (ExactLinker.link(&plain), ExactLinker.link(&shuffled));
        prop_assert_eq!(one.report, other.report);
        for (to, &from) in order.iter().enumerate() {
            prop_assert_eq!(one.links.person()[from], other.links.person()[to]);
            prop_assert_eq!(one.links.keyed()[from], other.links.keyed()[to]);
            prop_assert_eq!(one.rules[from], other.rules[to]);
        }
    }

    #[test]
    fn the_ledger_balances(keys in keys()) {
        let spells = spells(&keys);
        let linked = ExactLinker.link(&spells);
        let first = spells.len() as u64 / 2;
        let rest = spells.len() as u64 - first;
        let mut ledger = Ledger::default();
        ledger.push(LedgerStep::new("read a", "rows", first).with("accepted", first));
        ledger.push(LedgerStep::new("read b", "rows", rest + 1).with("accepted", rest).with("rejected", 1));
        let sources = ["read a", "read b"].map(|step| (step.to_owned(), "accepted".to_owned()));
        for step in steps(&linked.report, &sources) {
            ledger.push(step);
        }
        prop_assert_eq!(ledger.check(), Ok(()));
        prop_assert_eq!(ledger.steps[3].outcome(FIRST_SPELL), linked.report.persons);
    }
}

fn link(keys: &[(Option<u8>, Option<u8>)]) -> Linked {
    ExactLinker.link(&spells(keys))
}

#[test]
fn each_rule_decides_its_case() {
    use Rule::{AmbiguousFallback, JoinedByFallback, NoKey, Number, OwnByFallback};
    let linked = link(&[
        (Some(1), Some(1)), // a number with a fallback key
        (None, Some(1)),    // joins it
        (Some(2), Some(2)), // two numbers share a fallback key
        (Some(3), Some(2)),
        (None, Some(2)), // whose are these? one person of their own
        (None, Some(2)),
        (None, Some(4)), // a fallback key that no number has
        (None, Some(4)),
        (None, None), // nothing at all, twice
        (None, None),
    ]);
    assert_eq!(
        linked.rules,
        [
            Number,
            JoinedByFallback,
            Number,
            Number,
            AmbiguousFallback,
            AmbiguousFallback,
            OwnByFallback,
            OwnByFallback,
            NoKey,
            NoKey
        ]
    );
    let ids = linked.links.person();
    assert_eq!((ids[0].0, ids[1].0), (person(1), person(1)));
    assert_eq!((ids[4].0, ids[5].0), (fallback(2), fallback(2)));
    assert_eq!(ids[6], ids[7]);
    assert_ne!(ids[8], ids[9]);
    // 1, 2, 3; the ambiguous one; the one by fallback key; two without.
    assert_eq!(linked.report.persons, 7);
    assert_eq!(linked.report.keyed_persons, 3);
    assert_eq!(linked.report.ambiguous_persons, 1);
    assert_eq!(linked.report.by_rule, [3, 1, 2, 2, 2]);
    let [step, _] = steps(&linked.report, &[]);
    assert_eq!((step.step.as_str(), step.input), (LINK_STEP, 10));
    assert_eq!(step.outcome("ambiguous fallback key"), 2);
}

#[test]
fn no_spells_are_no_persons() {
    let linked = link(&[]);
    assert!(linked.links.is_empty());
    assert_eq!(linked.report.persons, 0);
    let [link, persons] = steps(&linked.report, &[]);
    assert_eq!((link.outcomes.len(), persons.from.len()), (5, 5));
}

#[test]
fn two_spells_of_one_row_without_keys_are_of_one_person() {
    let linked = ExactLinker.link(&[spell(2, (None, None)), spell(2, (None, None))]);
    assert_eq!(linked.report.persons, 1);
}

#[test]
fn threads_change_nothing() {
    // Fallback keys of no number, of one and of several, each also without a number beside it.
    let keys: Vec<(Option<u8>, Option<u8>)> = (0..20_000_u32)
        .map(|at| {
            let fallback = (at % 120) as u8;
            let number = match fallback {
                0..40 => None,
                40..80 => Some(fallback),
                _ => Some((at / 120 % 90) as u8),
            };
            (
                number.filter(|_| at % 7 != 0),
                Some(fallback).filter(|_| at % 11 != 0),
            )
        })
        .collect();
    let spells = spells(&keys);
    let with = |threads| {
        let pool = rayon::ThreadPoolBuilder::new().num_threads(threads).build();
        pool.unwrap().install(|| ExactLinker.link(&spells))
    };
    let one = with(1);
    assert_eq!(one, with(4));
    assert!(one.report.by_rule.iter().all(|&count| count > 0));
}

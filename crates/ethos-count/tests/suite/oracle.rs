//! A second implementation, slow and plain: a grid of days in place of arithmetic on spans, and
//! a full sort in place of a search. It shares no code with the crate but the shared words.

use std::collections::{BTreeMap, BTreeSet};

use ethos_model::category::EthosCategory;
use ethos_model::date::Day;
use ethos_model::spell::Spell;
use proptest::prelude::*;

use crate::world::{THREE_LISTS, World};

const FIRST: Day = Day(20_300);
const DAYS: i32 = 120;

/// The days on which a spell counts, one by one.
fn active(spell: &Spell, date: Day) -> bool {
    let inside = spell.start <= date && spell.end.is_none_or(|end| date < end);
    let soon = spell
        .expected_on
        .is_some_and(|expected| date <= expected && expected <= date.plus_months(1));
    match spell.category {
        EthosCategory::Institution => {
            inside && (soon || spell.ready_to_leave.is_some_and(|ready| ready <= date))
        }
        EthosCategory::EvictionThreat => inside && soon,
        _ => inside,
    }
}

/// First day of the run of days, gaps of one closed, that ends on the date; for stays only.
fn since(days: &BTreeSet<i32>, date: Day) -> Day {
    let mut at = date.0;
    while days.contains(&(at - 1)) {
        at -= 1;
    }
    Day(at)
}

/// What the plain way makes of one date: category by person, and persons by history.
type Plain = (BTreeMap<u64, EthosCategory>, BTreeMap<u16, u64>);

fn plain(spells: &[(u64, Spell)], date: Day) -> Plain {
    // Days of every person, source and category, with the day between two of them closed.
    let mut grid: BTreeMap<(u64, u16, usize), BTreeSet<i32>> = BTreeMap::new();
    for (person, spell) in spells {
        let days = grid
            .entry((*person, spell.source.0, spell.category.index()))
            .or_default();
        days.extend((FIRST.0..FIRST.0 + DAYS).filter(|&at| active(spell, Day(at))));
    }
    for ((.., category), days) in &mut grid {
        // The window of an eviction is never widened.
        if EthosCategory::ALL[*category] != EthosCategory::EvictionThreat {
            let gaps: Vec<i32> = days
                .iter()
                .filter(|&&at| !days.contains(&(at + 1)) && days.contains(&(at + 2)))
                .map(|at| at + 1)
                .collect();
            days.extend(gaps);
        }
    }
    let mut people: BTreeMap<u64, Vec<(u16, EthosCategory, Day)>> = BTreeMap::new();
    for (&(person, source, category), days) in &grid {
        if days.contains(&date.0) {
            let category = EthosCategory::ALL[category];
            people
                .entry(person)
                .or_default()
                .push((source, category, since(days, date)));
        }
    }
    let priority = [1, 2, 3, 5, 6, 4, 7];
    let rank = |category: EthosCategory| {
        category.number().map_or(9, |number| {
            priority.iter().position(|&p| p == number).unwrap()
        })
    };
    let mut categories = BTreeMap::new();
    let mut histories: BTreeMap<u16, u64> = BTreeMap::new();
    for (person, mut situations) in people {
        let known = |category: EthosCategory| category.number().is_some_and(|number| number < 7);
        let all = situations.clone();
        if situations.iter().any(|one| known(one.1)) {
            situations.retain(|one| one.1 != EthosCategory::Unknown);
        }
        situations.sort_by_key(|&(_, category, since)| (std::cmp::Reverse(since), rank(category)));
        let category = situations[0].1;
        categories.insert(person, category);
        // Scope 1, 2, 5, 6 and stays in 3 of up to 30 days; unknown from sources 1 and 2.
        let in_scope =
            |&(source, category, since): &(u16, EthosCategory, Day)| match category.number() {
                None => source != 0,
                Some(3) => date.0 - since.0 < 30,
                Some(number) => [1, 2, 5, 6].contains(&number),
            };
        if all.iter().any(|one| one.1 == category && in_scope(one)) {
            let bits = all
                .iter()
                .filter(|one| in_scope(one))
                .fold(0, |bits, one| bits | 1 << one.0);
            *histories.entry(bits).or_insert(0) += 1;
        }
    }
    (categories, histories)
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(128))]

    #[test]
    fn the_plain_way_agrees(
        seeds in prop::collection::vec(
            (0..6_u64, 0..3_u16, 0..8_usize, 5..60_i32, 1..40_i32, any::<u8>()), 0..30),
        at in 5..60_i32,
    ) {
        let date = FIRST.plus_days(at);
        let mut world = World::new(THREE_LISTS);
        world.study.study.reference_dates = vec![date];
        world.study.scope.short_stay_days = 30;
        for &(person, source, category, start, length, choice) in &seeds {
            let category = EthosCategory::ALL[category];
            let spell = world.spell(person, source, category, "2025-01-01", "");
            spell.start = FIRST.plus_days(start);
            spell.end = (choice & 3 > 0).then(|| spell.start.plus_days(length));
            if category == EthosCategory::Institution {
                spell.ready_to_leave = Some(spell.start.plus_days(i32::from(choice >> 5)));
            }
            if category == EthosCategory::EvictionThreat {
                spell.expected_on = Some(spell.start.plus_days(length));
            }
        }
        let pairs: Vec<(u64, Spell)> = seeds
            .iter()
            .zip(&world.spells)
            .map(|(seed, spell)| (seed.0, spell.clone()))
            .collect();
        let (categories, histories) = plain(&pairs, date);
        let counted = world.count();
        let found: BTreeMap<u64, EthosCategory> = counted.persons[0]
            .1
            .iter()
            .map(|person| (person.id.0.leading(), person.category))
            .collect();
        // Windows of evictions that touch are one run of days in the grid and several
        // expectations in the crate: their starts may differ, and with them who wins.
        let several = |person: &u64| {
            pairs
                .iter()
                .filter(|(other, spell)| {
                    other == person && spell.category == EthosCategory::EvictionThreat
                })
                .count() > 1
        };
        prop_assert_eq!(
            found.keys().collect::<Vec<_>>(),
            categories.keys().collect::<Vec<_>>()
        );
        if !categories.keys().any(several) {
            prop_assert_eq!(found, categories);
            let table: BTreeMap<u16, u64> = counted.observed.captures[0]
                .cells
                .iter()
                .map(|cell| (cell.history.bits(), cell.count))
                .collect();
            prop_assert_eq!(table, histories);
        }
    }
}

//! Identities that hold of every count, on random spells.

use std::collections::BTreeMap;

use ethos_count::flows::flows;
use ethos_model::category::{EthosCategory, Total};
use ethos_model::cube::{Characteristic, CubeRow, Family, Figure, Measure, Place};
use ethos_model::date::{Day, Time};
use ethos_model::spell::Spell;
use proptest::prelude::*;

use crate::world::{THREE_LISTS, World, day, gm, token};

/// What a random spell is made of: person, source, category, first day and length in the year,
/// and choices that make it differ in other ways.
pub(crate) type Seed = (u64, u16, usize, i32, i32, u32);

pub(crate) fn seeds(people: u64) -> impl Strategy<Value = Vec<Seed>> {
    let one = (
        0..people,
        0..3_u16,
        0..8_usize,
        0..400_i32,
        0..200_i32,
        any::<u32>(),
    );
    prop::collection::vec(one, 0..40)
}

/// A world of random spells over a year with a register, in two deliveries a source.
pub(crate) fn random_world(seeds: &[Seed]) -> World {
    let mut world = World::new(THREE_LISTS);
    world.study.study.reference_dates =
        ["2025-01-01", "2025-07-01", "2026-01-01"].map(day).to_vec();
    world.study.count.period_years = vec![2025];
    world.study.strata.sex = true;
    world.study.strata.region = Some("g4".into());
    for source in 0..3 {
        let mut again = world.deliveries[source].clone();
        again.made = Some(day("2026-03-01"));
        world.deliveries.push(again);
    }
    let first = day("2024-12-01");
    for &(person, source, category, start, length, choice) in seeds {
        let category = EthosCategory::ALL[category];
        let spell = world.spell(person, source, category, "2024-12-01", "");
        fill(spell, first.plus_days(start), length, choice);
    }
    for person in 0..6_u64 {
        let row = world.registered(person, "1980-05-05");
        row.registered = Some(gm(["0363", "0014"][person as usize % 2]));
        row.attributes.household = Some(token(900 + person / 2));
    }
    for (child, parent) in [(100, 0), (101, 3), (102, 77)] {
        let row = world.registered(child, "2016-05-05");
        row.attributes.parents = [Some(token(parent)), Some(token(parent + 1))];
        row.attributes.household = Some(token(900));
    }
    world
}

fn fill(spell: &mut Spell, start: Day, length: i32, choice: u32) {
    use ethos_model::attribute::Sex;
    let pick = |shift: u32, of: u32| (choice >> shift) % of;
    spell.start = start;
    spell.start_known = pick(0, 4) > 0;
    spell.end = (pick(2, 4) > 0).then(|| start.plus_days(length));
    spell.ready_to_leave = (pick(4, 2) > 0).then(|| start.plus_days(length / 2));
    spell.expected_on = (pick(5, 2) > 0).then(|| start.plus_days(length));
    spell.observed = (pick(6, 4) == 0).then(|| start.plus_days(length / 3));
    spell.municipalities.stay =
        [Some(gm("0363")), Some(gm("0457")), Some(gm("0014")), None][pick(8, 4) as usize];
    spell.municipalities.responsible = (pick(10, 2) > 0).then(|| gm("0599"));
    spell.attributes.sex = [None, Some(Sex::Male), Some(Sex::Female)][pick(12, 3) as usize];
    spell.children_with = pick(14, 3) as u8;
    spell.children_elsewhere = pick(16, 2) as u8;
    spell.row.delivery += 3 * pick(18, 2);
}

fn persons(row: &CubeRow) -> u64 {
    match row.figure {
        Figure::Count(count) => count.persons().unwrap_or(0),
        Figure::Estimate(_) => panic!("an estimate"),
    }
}

/// Sums of observed figures by family, time, total and the dimensions they are broken down by.
fn sums(cube: &[CubeRow]) -> BTreeMap<(Family, Time, Total, String), u64> {
    let mut sums = BTreeMap::new();
    for row in cube
        .iter()
        .filter(|row| row.key.measure == Measure::Observed)
    {
        let key = &row.key;
        let mut kind = String::from(if key.category.is_some() {
            "category"
        } else {
            ""
        });
        for of in Characteristic::ALL {
            if key.level(of).is_some() {
                kind.push(' ');
                kind.push_str(of.key());
            }
        }
        *sums
            .entry((key.family, key.time, key.total, kind))
            .or_insert(0) += persons(row);
    }
    sums
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(16))]

    #[test]
    fn every_table_adds_up_to_the_same_people(seeds in seeds(8)) {
        let counted = random_world(&seeds).count();
        for ((family, time, total, kind), sum) in sums(&counted.observed.cube) {
            let people = counted.observed.cube.iter().find(|row| {
                let key = &row.key;
                key.family == Family::NationalCategory
                    && (key.time, key.total) == (time, total)
                    && key.place == Place::Netherlands
                    && key.category.is_none()
                    && key.measure == Measure::Observed
            });
            prop_assert_eq!(sum, persons(people.unwrap()), "{:?} {:?} {:?} {}", family, time, total, kind);
        }
        for (_, people) in &counted.persons {
            prop_assert!(people.windows(2).all(|pair| pair[0].id < pair[1].id), "once each");
        }
    }

    #[test]
    fn the_range_is_what_other_orders_make(seeds in seeds(6)) {
        let mut world = random_world(&seeds);
        world.study.study.reference_dates = vec![day("2025-07-01")];
        world.study.count.period_years.clear();
        world.study.publish.tables = vec![ethos_model::study::TableSet::National];
        for spell in &mut world.spells {
            // Few starts, so that many tie; and no threat, which another total would hold.
            spell.start = Day(spell.start.0 / 100 * 100);
            if spell.category == EthosCategory::EvictionThreat {
                spell.category = EthosCategory::PublicSpace;
            }
        }
        let of = |world: &World, category, measure| {
            crate::world::national(&world.count(), "2025-07-01", Some(category), measure)
                .persons()
                .unwrap_or(0)
        };
        for number in 1..=6_u8 {
            let category = EthosCategory::from_number(number).unwrap();
            let rest: Vec<u8> = (1..=7).filter(|&other| other != number).collect();
            let smallest = of(&world, category, Measure::ObservedSmallest);
            let largest = of(&world, category, Measure::ObservedLargest);
            let mut moved = world.clone();
            moved.study.category.priority = [&[number][..], &rest].concat();
            prop_assert_eq!(of(&moved, category, Measure::Observed), largest);
            moved.study.category.priority = [&rest[..], &[number]].concat();
            prop_assert_eq!(of(&moved, category, Measure::Observed), smallest);
        }
    }

    #[test]
    fn a_period_holds_its_dates(seeds in seeds(8)) {
        let mut world = random_world(&seeds);
        // The last day of the period is another matter: the date after it is not in it.
        world.study.study.reference_dates = vec![day("2025-01-01"), day("2025-12-31")];
        let counted = world.count();
        let ids = |at: usize| -> Vec<_> {
            let own = counted.persons[at].1.iter().filter(|person| person.keyed);
            own.filter(|person| person.lists.0 > 0).map(|person| person.id).collect()
        };
        let year = ids(2);
        for date in [0, 1] {
            prop_assert!(ids(date).iter().all(|id| year.contains(id)));
        }
    }

    #[test]
    fn the_order_of_the_spells_changes_nothing(seeds in seeds(5), turn in 0..40_usize) {
        let world = random_world(&seeds);
        let counted = world.count();
        let mut turned = world.clone();
        let by = turn % turned.spells.len().max(1);
        turned.spells.rotate_left(by);
        turned.person.rotate_left(by);
        turned.keyed.rotate_left(by);
        turned.spells.reverse();
        turned.person.reverse();
        turned.keyed.reverse();
        prop_assert_eq!(turned.count(), counted);
    }

    #[test]
    fn the_rows_of_a_file_may_stand_in_any_order(seeds in seeds(5)) {
        let world = random_world(&seeds);
        let mut turned = world.clone();
        let rows = turned.spells.len() as u32;
        for spell in &mut turned.spells {
            spell.row.row = rows + 4 - spell.row.row;
        }
        prop_assert_eq!(turned.count(), world.count());
    }

    #[test]
    fn stocks_and_flows_agree(seeds in seeds(6), from in 0..300_i32, days in 0..200_i32) {
        let world = random_world(&seeds);
        let first = day("2024-12-01").plus_days(from);
        let last = first.plus_days(days);
        let found = flows(&world.input(), first, last, 365).unwrap();
        prop_assert_eq!(found.stock_last + found.exits, found.stock_first + found.entries);
        prop_assert_eq!(found.ever, found.stock_first + found.first_entries);
        prop_assert!(found.new_entries <= found.entries);
    }

    #[test]
    fn flows_and_dates_count_the_same_people(seeds in seeds(6)) {
        let mut world = random_world(&seeds);
        let homeless: Vec<bool> =
            world.spells.iter().map(|spell| spell.category.total() == Total::Homeless).collect();
        let mut keep = homeless.iter();
        world.spells.retain(|_| *keep.next().unwrap());
        let mut keep = homeless.iter();
        world.person.retain(|_| *keep.next().unwrap());
        world.keyed.truncate(world.spells.len());
        let dates = world.study.study.reference_dates.clone();
        let counted = world.count();
        let stock = |date: Day| {
            let step = counted.ledger.step(&format!("persons {date}")).unwrap();
            step.outcome("counted homeless")
        };
        for pair in dates.windows(2) {
            let found = flows(&world.input(), pair[0], pair[1], 365).unwrap();
            prop_assert_eq!(found.stock_first, stock(pair[0]));
            prop_assert_eq!(found.stock_last, stock(pair[1]));
        }
    }
}

#[test]
fn threads_change_nothing() {
    let mut world = World::new(THREE_LISTS);
    world.study.count.period_years = vec![2025];
    world.study.strata.sex = true;
    for at in 0..60_000_u64 {
        // Scattered without a random number.
        let choice = (at.wrapping_mul(0x9E37_79B9_7F4A_7C15) >> 32) as u32;
        let category = EthosCategory::ALL[(at % 8) as usize];
        let spell = world.spell(
            at / 3 * 7919 % 65_537,
            (at % 3) as u16,
            category,
            "2025-01-01",
            "",
        );
        fill(
            spell,
            day("2024-12-01").plus_days((choice % 400) as i32),
            90,
            choice,
        );
        spell.row.delivery = u32::from(spell.source.0);
    }
    let with = |threads| {
        let pool = rayon::ThreadPoolBuilder::new()
            .num_threads(threads)
            .build()
            .unwrap();
        pool.install(|| world.count())
    };
    assert_eq!(with(1), with(4));
}

#[test]
fn the_ledger_goes_on_from_other_steps() {
    use ethos_count::{Taking, count};
    use ethos_model::ledger::{Ledger, LedgerStep};
    let mut world = World::new(THREE_LISTS);
    for person in [1, 1, 2] {
        world.spell(person, 1, EthosCategory::Unknown, "2025-01-01", "");
    }
    let mut ledger = Ledger::default();
    ledger.push(
        LedgerStep::new("link", "spells", 3)
            .with("first", 2)
            .with("further", 1),
    );
    let taking = Taking {
        spells: &[("link", "first"), ("link", "further")],
        persons: &[("link", "first")],
    };
    let input = ethos_count::CountInput {
        taking,
        ..world.input()
    };
    ledger.extend(count(&input, &|_, _| {}).unwrap().ledger);
    ledger.check().unwrap();
}

#[test]
fn progress_ends_at_its_end() {
    use std::sync::atomic::{AtomicU64, Ordering};
    let mut world = World::new(THREE_LISTS);
    for person in 0..40_000 {
        world.spell(person, 1, EthosCategory::Unknown, "2025-01-01", "");
    }
    let furthest = AtomicU64::new(0);
    let told = |done: u64, all: u64| {
        assert_eq!(all, 40_000);
        furthest.fetch_max(done, Ordering::Relaxed);
    };
    ethos_count::count(&world.input(), &told).unwrap();
    assert_eq!(furthest.load(Ordering::Relaxed), 40_000);
}

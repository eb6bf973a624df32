//! A list that cannot see part of the population beside two covariates: its terms there are the
//! redundant ones, never those of the covariates themselves.

use ethos_estimate::{
    CaptureTable, Estimate, EstimateSettings, Factor, IncompleteTable, IntervalMethod, estimate,
    estimate_incomplete,
};

fn near(x: f64, y: f64, tolerance: f64) {
    assert!((x - y).abs() <= tolerance * y.abs().max(1.0), "{x} {y}");
}

/// Sex and age, whose first level is the reference: one that list c can see, or one that it cannot.
fn covariates(ages: [&str; 2]) -> [Factor; 2] {
    [Factor::new("sex", ["f", "m"]), Factor::new("age", ages)]
}

const ORDERS: [[&str; 2]; 2] = [["y", "o"], ["o", "y"]];

fn level(ages: [&str; 2], old: bool) -> usize {
    usize::from(old == (ages[1] == "o"))
}

/// The histories of three lists, the third `None` where it cannot look.
fn histories(old: bool) -> Vec<[Option<bool>; 3]> {
    let on = |bit: u16, h: u16| Some(h >> bit & 1 == 1);
    (1..if old { 4 } else { 8 })
        .map(|h| {
            let c = if old { None } else { on(2, h) };
            [on(0, h), on(1, h), c]
        })
        .collect()
}

/// Persons by sex and age: men are mostly old, women mostly young.
const PERSONS: [[u64; 2]; 2] = [[14_400, 1_440], [2_880, 28_800]];

/// Expected counts of a population with known probabilities of being seen: list a by sex, list b by
/// age, list c by sex and blind to the old. Of every `of` persons one has no sex recorded.
fn expected(of: Option<u64>, ages: [&str; 2]) -> IncompleteTable {
    let (a, c) = ([(1, 2), (1, 3)], [(1, 3), (1, 2)]);
    let b = [(1, 2), (1, 4)];
    let mut rows = IncompleteTable::builder(["a", "b", "c"], covariates(ages));
    for sex in 0..2 {
        for age in 0..2 {
            for history in histories(age == 1) {
                let mut count = PERSONS[sex][age];
                for (seen, (p, q)) in history.iter().zip([a[sex], b[age], c[sex]]) {
                    let (times, over) = match seen {
                        Some(true) => (p, q),
                        Some(false) => (q - p, q),
                        None => (1, 1),
                    };
                    assert_eq!(count * times % over, 0, "whole persons");
                    count = count * times / over;
                }
                let without = of.map_or(0, |of| count / of);
                assert_eq!(
                    without * of.unwrap_or(1),
                    if without > 0 { count } else { 0 }
                );
                rows.add(
                    &history,
                    &[Some(sex), Some(level(ages, age == 1))],
                    count - without,
                )
                .unwrap();
                rows.add(&history, &[None, Some(level(ages, age == 1))], without)
                    .unwrap();
            }
        }
    }
    rows.build().unwrap()
}

fn settled(model: &str) -> EstimateSettings {
    EstimateSettings {
        interval: Some(IntervalMethod::Delta),
        ..EstimateSettings::for_model(model)
    }
}

fn stratum(answer: &Estimate, sex: &str, age: &str) -> f64 {
    let found = answer.strata.iter().find(|s| {
        s.by.get("sex").is_some_and(|l| l == sex) && s.by.get("age").is_some_and(|l| l == age)
    });
    found.and_then(|s| s.estimate).unwrap()
}

/// Counts that are their own expectations give back the population that they were made from,
/// whatever is missing of them.
#[test]
fn expected_counts_give_back_the_population() {
    for (of, ages) in [None, Some(10)]
        .into_iter()
        .flat_map(|of| ORDERS.map(|ages| (of, ages)))
    {
        let table = expected(of, ages);
        for model in ["[1,2,3]", "sex*age + a*sex + b*age + c*sex + c*age"] {
            let answer = estimate_incomplete(&table, &settled(model), None).unwrap();
            for (sex, row) in ["f", "m"].iter().zip(PERSONS) {
                for (age, persons) in ["y", "o"].iter().zip(row) {
                    near(stratum(&answer, sex, age), persons as f64, 1e-8);
                }
            }
            let told = answer.incomplete.unwrap();
            // c never looked at the old: its term there is the one that nothing tells.
            assert_eq!(told.undetermined, [format!("c:age{}", ages[1])]);
            assert_eq!(told.parameters, told.rank + 1);
            assert!(told.iterations < 200, "{}", told.iterations);
        }
    }
}

/// With every term of a list and the covariates the strata share nothing: the young are a
/// three-list table, the old a two-list one, each with its own complete fit.
#[test]
fn saturated_terms_are_the_complete_fits_of_what_each_list_can_see() {
    for ages in ORDERS {
        saturated(ages);
    }
}

fn saturated(ages: [&str; 2]) {
    let count =
        |sex: usize, old: bool, at: usize| 20 + (37 * at + 91 * sex + 53 * usize::from(old)) % 200;
    let mut rows = IncompleteTable::builder(["a", "b", "c"], covariates(ages));
    let sexes = || [covariates(ages)[0].clone()];
    let mut young = CaptureTable::builder(["a", "b", "c"], sexes());
    let mut old = CaptureTable::builder(["a", "b"], sexes());
    for sex in 0..2 {
        for is_old in [false, true] {
            for (at, history) in histories(is_old).iter().enumerate() {
                let persons = count(sex, is_old, at) as u64;
                rows.add(history, &[Some(sex), Some(level(ages, is_old))], persons)
                    .unwrap();
                let table = if is_old { &mut old } else { &mut young };
                table.add(at as u16 + 1, &[sex], persons).unwrap();
            }
        }
    }
    let table = rows.build().unwrap();
    let together =
        estimate_incomplete(&table, &settled("sex*age*(a + b + c) + a:c"), None).unwrap();
    let young = estimate(
        &young.build().unwrap(),
        &settled("sex*(a + b + c) + a:c"),
        None,
    )
    .unwrap();
    let old = estimate(&old.build().unwrap(), &settled("sex*(a + b)"), None).unwrap();
    for sex in ["f", "m"] {
        for (age, apart) in [("y", &young), ("o", &old)] {
            let own = apart.strata.iter().find(|s| s.by["sex"] == sex).unwrap();
            near(stratum(&together, sex, age), own.estimate.unwrap(), 1e-8);
        }
    }
    let likelihood = |e: &Estimate| e.model.as_ref().unwrap().log_likelihood.unwrap();
    near(
        likelihood(&together),
        likelihood(&young) + likelihood(&old),
        1e-10,
    );
    let told = together.incomplete.unwrap();
    let age = ages[1];
    assert_eq!(
        told.undetermined,
        [format!("c:age{age}"), format!("c:sexm:age{age}")]
    );
}

/// Replicates have an estimate each: the redundant term is the same in all of them.
#[test]
fn every_replicate_has_an_estimate() {
    let settings = EstimateSettings {
        replicates: Some(100),
        interval: Some(IntervalMethod::Semiparametric),
        ..EstimateSettings::for_model("[1,2,3]")
    };
    let truth: u64 = PERSONS.iter().flatten().sum();
    for ages in ORDERS {
        let answer = estimate_incomplete(&expected(Some(10), ages), &settings, None).unwrap();
        assert_eq!(answer.bootstrap.unwrap().failed, 0);
        assert!(answer.population.lower.unwrap() < truth as f64);
        assert!(answer.population.upper.unwrap() > truth as f64);
    }
}

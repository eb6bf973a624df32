//! The closed-form variance against simulation: N fixed, everybody drawn anew.
//!
//! A standard deviation of R draws has a relative standard error of 1/√(2 R): 0.5 % for 20,000. The
//! bounds are four of those, and half a per cent more for what the formula leaves out: it is the first term
//! of an expansion in 1/N, and the estimate is skew.

mod common;
use common::*;
use ethos_estimate::{CaptureTable, Factor, FittedModel};
use rand::{Rng, SeedableRng};
use rand_chacha::ChaCha8Rng;

const CHANCES: [f64; 3] = [0.4, 0.3, 0.25];

/// Counts of all eight histories of `population` persons on three independent lists.
fn drawn(rng: &mut ChaCha8Rng, population: u64) -> [u64; 8] {
    let limits = CHANCES.map(|p| (p * 2_f64.powi(16)).round() as u64);
    let mut counts = [0; 8];
    for _ in 0..population {
        // Sixteen bits decide on a list: chances to within 1e-5 of those said.
        let bits = rng.next_u64();
        let on = |i: usize| usize::from((bits >> (16 * i) & 0xffff) < limits[i]) << i;
        counts[on(0) | on(1) | on(2)] += 1;
    }
    counts
}

fn spread(values: &[f64]) -> f64 {
    let n = values.len() as f64;
    let mean = values.iter().sum::<f64>() / n;
    (values.iter().map(|x| (x - mean).powi(2)).sum::<f64>() / (n - 1.0)).sqrt()
}

fn agree(empirical: f64, formula: f64, draws: usize, what: &str) {
    let room = 4.0 / (2.0 * draws as f64).sqrt() + 0.005;
    assert!(
        (empirical / formula - 1.0).abs() < room,
        "{what}: {empirical} of {draws} draws, {formula} by the formula"
    );
}

/// Three independent lists, 5,000 persons: 81.867 at the expected counts, which are whole numbers;
/// 4,000 draws of an independent implementation gave 81.815.
#[test]
fn one_table() {
    let expected = table("111:150 110:450 101:350 100:1050 011:225 010:675 001:525");
    let f = fitted(&expected, "[1,2,3]");
    close(f.population(), 5000.0, 1e-12, "N");
    digits(f.se(), "81.867", "se");
    let mut rng = ChaCha8Rng::seed_from_u64(1);
    let draws = 20_000;
    let estimates: Vec<f64> = (0..draws)
        .map(|_| {
            let mut counts = drawn(&mut rng, 5000);
            counts[0] = 0;
            fitted(&indexed(&counts), "[1,2,3]").population()
        })
        .collect();
    agree(spread(&estimates), f.se(), draws, "one table");
    agree(81.815, f.se(), 4000, "the other implementation");
}

/// Two strata that share the effects of the lists, 2,000 and 3,000 persons, so that the errors of their
/// estimates are correlated: each stratum, the total and the difference.
#[test]
fn strata_and_their_covariance() {
    let build = |counts: &[[u64; 8]; 2]| -> CaptureTable {
        let mut b = CaptureTable::builder(["a", "b", "c"], [Factor::new("x", ["0", "1"])]);
        for (x, counts) in counts.iter().enumerate() {
            for history in 1..8_u16 {
                b.add(history, &[x], counts[usize::from(history)]).unwrap();
            }
        }
        b.build().unwrap()
    };
    let expected = [2000, 3000].map(|n| {
        let mut counts = [0; 8];
        for (h, c) in counts.iter_mut().enumerate() {
            let share = |i: usize| {
                if h >> i & 1 == 1 {
                    CHANCES[i]
                } else {
                    1.0 - CHANCES[i]
                }
            };
            *c = (f64::from(n) * share(0) * share(1) * share(2)).round() as u64;
        }
        counts
    });
    let f = fitted(&build(&expected), "x + a + b + c");
    let error = |f: &FittedModel, strata: &[usize]| {
        let unseen: f64 = strata.iter().map(|&s| f.unseen[s]).sum();
        unseen + (f.se_log(strata).unwrap() * unseen).powi(2)
    };
    let (first, second, both) = (error(&f, &[0]), error(&f, &[1]), error(&f, &[0, 1]));
    close(both, f.se().powi(2), 1e-12, "the total");
    // Var(A − B) = 2 Var A + 2 Var B − Var(A + B).
    let difference = 2.0 * (first + second) - both;
    assert!(both > 1.2 * (first + second), "a covariance to speak of");
    let mut rng = ChaCha8Rng::seed_from_u64(2);
    let draws = 10_000;
    let pairs: Vec<[f64; 2]> = (0..draws)
        .map(|_| {
            let counts = [2000, 3000].map(|n| drawn(&mut rng, n));
            let t = build(&counts);
            let f = fitted(&t, "x + a + b + c");
            [0, 1].map(|s| t.observed_in(s) + f.unseen[s])
        })
        .collect();
    let of = |value: fn(&[f64; 2]) -> f64| spread(&pairs.iter().map(value).collect::<Vec<_>>());
    agree(of(|p| p[0]), first.sqrt(), draws, "first");
    agree(of(|p| p[1]), second.sqrt(), draws, "second");
    agree(of(|p| p[0] + p[1]), both.sqrt(), draws, "total");
    agree(of(|p| p[0] - p[1]), difference.sqrt(), draws, "difference");
}

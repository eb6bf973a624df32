//! Replicates fitted abreast: the same bits on every instruction set, the same numbers as one fit at a time.

mod common;

use common::*;
use ethos_estimate::{CaptureTable, IntervalMethod, Offset, Refit, fit};

fn held(lists: [&str; 2]) -> [Offset; 1] {
    [Offset::from_odds_ratio(lists, 1.7)]
}

/// Tables of every kind of layout: no covariates with two to five lists, covariates with columns,
/// saturated covariates, and tables with zero margins.
fn cases() -> Vec<(CaptureTable, &'static str)> {
    vec![
        (table("10:40 01:30 11:12"), "[1,2]"),
        (table(HAV), "[12,13,23]"),
        (
            table(KOSOVO).with_offsets(&held(["l1", "l2"])).unwrap(),
            "[13,14,2]",
        ),
        (
            cov3().with_offsets(&held(["L1", "L2"])).unwrap(),
            "sex*age*origin*g4 + L1 + L2 + L3",
        ),
        (table(KOSOVO), "[123,14,34]"),
        (table(UKDAT_5), "[12,13,23,24,34,5]"),
        (cov3(), "(sex + age + origin + g4 + L1 + L2 + L3)^2"),
        (
            cov3(),
            "sex*age*origin*g4 + (L1+L2+L3)*(sex+age+origin+g4) + L1*L2",
        ),
        (
            cov3_tiny(),
            "sex*age*origin*g4 + (L1+L2+L3)*sex + L1*L2 + L2*L3",
        ),
        (cov3_tiny(), "(sex + age)*(L1 + L2 + L3)"),
    ]
}

#[test]
fn the_same_bits_on_every_instruction_set() {
    for (t, text) in cases() {
        let m = model(&t, text);
        for method in [IntervalMethod::Parametric, IntervalMethod::Semiparametric] {
            let bits = |set: &str| -> Vec<u64> {
                let refit = Refit::new(&t, &m).unwrap().on_instruction_set(set).unwrap();
                let values = refit.bootstrap(method, 203, 5).unwrap();
                values.iter().map(|v| v.to_bits()).collect()
            };
            let scalar = bits("scalar");
            for set in Refit::instruction_sets() {
                assert!(bits(set) == scalar, "{text} {set}");
            }
        }
    }
}

/// A replicate of the table given back to the engine as a table of its own, one Newton fit from a
/// cold start with step halving.
#[test]
fn agrees_with_one_fit_at_a_time() {
    for (t, text) in cases() {
        let m = model(&t, text);
        let refit = Refit::new(&t, &m).unwrap();
        let with_offset = t
            == t.with_offsets(&held([&t.lists()[0], &t.lists()[1]].map(String::as_str)))
                .unwrap();
        let histories = 1 << t.lists().len();
        // Counts moved about by a fixed pattern, some of them to zero.
        let tables: Vec<Vec<f64>> = (0..60_u64)
            .map(|r| {
                let move_one = |(c, &y): (usize, &f64)| {
                    let x = (c as u64 * 2_654_435_761 + r * 40_503) % 1009;
                    let shift = (y.sqrt() * (x as f64 / 504.5 - 1.0)).trunc();
                    if c % histories == 0 {
                        0.0
                    } else {
                        (y + shift).max(0.0)
                    }
                };
                t.counts().iter().enumerate().map(move_one).collect()
            })
            .collect();
        let got = refit.populations(&tables.concat()).unwrap();
        let mut compared = 0;
        for (r, counts) in tables.iter().enumerate() {
            let mut rows = CaptureTable::builder(t.lists().to_vec(), t.factors().to_vec());
            let mut levels = vec![0; t.factors().len()];
            for (c, &y) in counts.iter().enumerate() {
                let mut s = c / histories;
                for (l, f) in levels.iter_mut().zip(t.factors()).rev() {
                    *l = s % f.levels.len();
                    s /= f.levels.len();
                }
                if c % histories > 0 && y > 0.0 {
                    rows.add((c % histories) as u16, &levels, y as u64).unwrap();
                }
            }
            // What the first table holds known, this one does.
            let offsets = held([&t.lists()[0], &t.lists()[1]].map(String::as_str));
            let offsets = if with_offset { &offsets[..] } else { &[] };
            let alone = rows
                .build()
                .and_then(|a| a.with_offsets(offsets))
                .ok()
                .filter(|a| a.counts() == counts.as_slice());
            let Some(alone) = alone else { continue };
            let own = &got[r * t.strata()..(r + 1) * t.strata()];
            match fit(&alone, &m) {
                Ok(f) => {
                    for (s, n) in own.iter().enumerate() {
                        let seen: f64 = counts[s * histories..(s + 1) * histories].iter().sum();
                        close(*n, seen + f.unseen[s], 1e-9, text);
                    }
                    compared += 1;
                }
                Err(_) => assert!(own.iter().all(|n| n.is_infinite()), "{text}"),
            }
        }
        assert!(compared > 20, "{text}: {compared}");
    }
}

#[test]
fn wrong_lengths_and_methods_are_refused() {
    let t = table(HAV);
    let refit = Refit::new(&t, &model(&t, "[12,3]")).unwrap();
    assert!(refit.populations(&[1.0; 9]).is_err());
    assert!(refit.bootstrap(IntervalMethod::Delta, 10, 1).is_err());
    assert_eq!(refit.populations(&[]).unwrap(), [0.0; 0]);
    assert!(refit.populations(&[0.0; 8]).unwrap()[0].is_infinite());
}

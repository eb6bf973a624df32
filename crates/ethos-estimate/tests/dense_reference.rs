//! A second way to the same numbers: iteratively reweighted least squares on an explicit design matrix.
//!
//! Coefficients, their covariance, means, deviance and the unseen cells of random models on random
//! tables agree to 1e-10 between the two paths: margins, damped Newton and Cholesky on one side, a
//! dense design, full steps and Householder QR on the other.

mod common;
#[path = "common/dense.rs"]
mod dense;
use common::*;
use dense::Dense;
use ethos_estimate::{CaptureTable, EstimateError, Factor, Model, Term, existence, fit};
use proptest::prelude::*;

/// Compares the two paths; whether there was an estimate to compare.
fn compare(t: &CaptureTable, m: &Model, tolerance: f64) -> bool {
    let what = m.formula(t.lists(), t.factors());
    let f = match fit(t, m) {
        Ok(f) => f,
        Err(EstimateError::NoEstimate { .. }) => return false,
        Err(e) => panic!("{what}: {e} on {:?}", t.counts()),
    };
    let d = Dense::kept(t, m);
    let reference = d
        .fit()
        .unwrap_or_else(|| panic!("{what}: no dense fit of {:?}", t.counts()));
    let near = |got: f64, want: f64, of: &str| {
        assert!(
            (got - want).abs() <= tolerance * want.abs().max(1.0),
            "{what} {of}: {got} is not {want} ({tolerance:e}) on {:?}",
            t.counts()
        );
    };
    let finite: Vec<usize> = (0..f.coefficients.len())
        .filter(|&j| f.coefficients[j].se.is_some())
        .collect();
    assert_eq!(finite.len(), d.columns.len(), "{what}");
    for (i, &j) in finite.iter().enumerate() {
        let c = &f.coefficients[j];
        let se = reference.covariance[(i, i)].sqrt();
        // The same columns are independent where none is redundant; else only the fit is comparable.
        if finite == d.columns {
            near(c.estimate.unwrap(), reference.beta[i], &c.name);
            near(c.se.unwrap(), se, &c.name);
        }
    }
    for (i, &(s, h)) in d.cells.iter().enumerate() {
        near(
            f.means[s << t.lists().len() | h as usize],
            reference.mu[i],
            "mean",
        );
    }
    assert_eq!(f.kept_cells, d.cells.len());
    let scale = t.observed();
    assert!(
        (f.deviance - reference.deviance).abs()
            <= tolerance * scale.clamp(1.0, 1e4) * f.deviance.max(1.0),
        "{what} deviance: {} is not {}",
        f.deviance,
        reference.deviance
    );
    let (n0, v) = d.unseen(&reference);
    for a in 0..t.strata() {
        near(f.unseen[a], n0[a], "unseen");
        for b in 0..t.strata() {
            let (got, want) = (f.covariance[a * t.strata() + b], v[(a, b)]);
            let size = (v[(a, a)] * v[(b, b)]).sqrt().max(1.0);
            assert!(
                (got - want).abs() <= tolerance * size,
                "{what} covariance: {got} is not {want}"
            );
        }
    }
    true
}

/// A table of `lists` lists with covariates of these numbers of levels, and counts from `draw`.
fn random_table(
    lists: usize,
    levels: &[usize],
    mut draw: impl FnMut(usize) -> u64,
) -> CaptureTable {
    let factors: Vec<Factor> = levels
        .iter()
        .enumerate()
        .map(|(f, &k)| Factor::new(format!("x{f}"), (0..k).map(|l| l.to_string())))
        .collect();
    let mut b = CaptureTable::builder((0..lists).map(|i| format!("l{i}")), factors);
    let strata: usize = levels.iter().product();
    let mut at = 0;
    for s in 0..strata {
        let mut rest = s;
        let own: Vec<usize> = levels
            .iter()
            .rev()
            .map(|&k| {
                let l = rest % k;
                rest /= k;
                l
            })
            .collect();
        let own: Vec<usize> = own.into_iter().rev().collect();
        for h in 1..1_u32 << lists {
            let count = draw(at) + u64::from(s == 0 && h.is_power_of_two());
            b.add(h as u16, &own, count).unwrap();
            at += 1;
        }
    }
    b.build().unwrap()
}

/// Random generators over lists and covariates; every list is in, the interaction of all lists is not.
fn random_model(lists: usize, factors: usize, picks: &[(u16, u32)], saturated: bool) -> Model {
    let all = (1_u32 << lists) - 1;
    let every = (1_u32 << factors) - 1;
    let mut generators: Vec<Term> = (0..lists).map(Term::list).collect();
    generators.extend((0..factors).map(Term::factor));
    if saturated {
        generators.push(Term::new(0, every));
    }
    for &(l, x) in picks {
        let (l, x) = (u32::from(l) & all, x & every);
        // Terms of a list with two covariates at most, as analysts use them, of lists any.
        let x = if x.count_ones() > 2 {
            1 << x.trailing_zeros()
        } else {
            x
        };
        if l != all {
            generators.push(Term::new(l as u16, x));
        }
    }
    Model::from_generators(generators)
}

fn sizes() -> impl Strategy<Value = (usize, Vec<usize>)> {
    prop_oneof![
        (2_usize..=6).prop_map(|l| (l, vec![])),
        (2_usize..=4, 2_usize..=4).prop_map(|(l, k)| (l, vec![k])),
        (2_usize..=3, 2_usize..=3, 2_usize..=3).prop_map(|(l, a, b)| (l, vec![a, b])),
        Just((3, vec![2, 2, 3])),
    ]
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(256))]

    #[test]
    fn random_models_of_every_kind(
        (lists, levels) in sizes(),
        counts in prop::collection::vec(1_u64..500, 96),
        picks in prop::collection::vec((any::<u16>(), any::<u32>()), 0..8),
        saturated in any::<bool>(),
    ) {
        let t = random_table(lists, &levels, |i| counts[i % counts.len()] + (i as u64 * 7) % 13);
        let m = random_model(lists, t.factors().len(), &picks, saturated);
        prop_assert!(compare(&t, &m, 1e-10));
    }

    #[test]
    fn sparse_tables(
        (lists, levels) in sizes(),
        counts in prop::collection::vec(0_u64..4, 96),
        picks in prop::collection::vec((any::<u16>(), any::<u32>()), 0..5),
        saturated in any::<bool>(),
    ) {
        let t = random_table(lists, &levels, |i| counts[i % counts.len()]);
        let m = random_model(lists, t.factors().len(), &picks, saturated);
        let usable = existence(&t, &m).usable();
        prop_assert_eq!(compare(&t, &m, 1e-10), usable);
    }

    #[test]
    fn large_counts(
        (lists, levels) in sizes(),
        counts in prop::collection::vec(1_u64..1000, 96),
        power in 3_u32..11,
        picks in prop::collection::vec((any::<u16>(), any::<u32>()), 0..6),
    ) {
        let t = random_table(lists, &levels, |i| counts[i % counts.len()] * 10_u64.pow(power) + i as u64);
        let m = random_model(lists, t.factors().len(), &picks, false);
        prop_assert!(compare(&t, &m, 1e-10));
    }
}

#[test]
fn published_tables() {
    for (t, models) in [
        (
            table(KOSOVO),
            &[
                "[1,2,3,4]",
                "[123,14,34]",
                "[123,134]",
                "[123,124,134,234]",
                "[12,13,14,23,24,34]",
            ][..],
        ),
        (table(LESBIAN), &["[124,134,23]"]),
        (table(DIABETES), &["[12,13,23,24,34]"]),
        (
            cov1(),
            &["A+B+C+X", "X*(A+B+C) + A*B*X", "X*(A+B+C) + (A+B+C)^2"],
        ),
        (
            cov3(),
            &[
                "sex*age*origin*g4 + (L1 + L2 + L3):(sex + age + origin + g4) + (L1 + L2 + L3)^2",
                "sex*age*origin*g4 + (L1 + L2 + L3)*age*origin + L1:L2 + L2*L3*g4",
                "(sex + age + origin + g4)^2 + (L1 + L2 + L3)*age + L1*L2*g4",
            ],
        ),
        (
            cov3_tiny(),
            &[
                "sex + age + origin + g4 + (L1 + L2 + L3)^2",
                "(sex + age + origin + g4)^2 + L1 + L2 + L3",
            ],
        ),
    ] {
        for m in models {
            assert!(compare(&t, &model(&t, m), 1e-10), "{m}");
        }
    }
}

//! Every model that Rcapture fitted, on six public tables: fits, criteria, profile intervals.
//!
//! Estimates, deviances and criteria agree to 1e-8. Standard errors differ in the fifth digit, for
//! R's `glm` takes them from the weights before its last step: an emulation of its stopping rule
//! reproduces them to 1e-8.

mod common;
#[path = "common/dense.rs"]
mod dense;
use common::*;
use dense::Dense;
use ethos_estimate::Criterion::{Aic, Bic};
use ethos_estimate::{
    CaptureTable, EstimateError, FittedCoefficient, Model, fit, profile_interval,
};
use nalgebra::{DMatrix, DVector};
use statrs::function::gamma::ln_gamma;

struct Row {
    model: &'static str,
    n: f64,
    se: f64,
    deviance: f64,
    df: i64,
    aic: f64,
    bic: Option<f64>,
    warned: bool,
}

/// What became of the rows of a table.
#[derive(Debug, Default, PartialEq)]
struct Tally {
    /// Agreeing to 1e-8.
    fitted: usize,
    /// Refused by us, for no maximum exists or the data do not determine n0.
    refused: usize,
    /// The refused ones for which `glm` gave no warning: a number printed as if it were an estimate.
    unwarned: usize,
}

fn tally(fitted: usize, refused: usize, unwarned: usize) -> Tally {
    Tally {
        fitted,
        refused,
        unwarned,
    }
}

fn check(t: &CaptureTable, rows: &[Row]) -> Tally {
    let mut tally = Tally::default();
    for row in rows {
        let m = model(t, row.model);
        let what = |field: &str| format!("{} {field}", row.model);
        let f = match fit(t, &m) {
            Ok(f) => f,
            Err(EstimateError::NoEstimate { code, .. }) => {
                // Rcapture takes what glm returns. Where the maximum lies at infinity, that is the point
                // at which glm lost patience: n0 huge or zero, its standard error a figure of rounding.
                assert_ne!(code, 0);
                tally.refused += 1;
                tally.unwarned += usize::from(!row.warned);
                continue;
            }
            Err(e) => panic!("{}: {e}", row.model),
        };
        tally.fitted += 1;
        assert_eq!(f.df, row.df, "{}", row.model);
        close(f.population(), row.n, 1e-8, &what("N"));
        let size = row.deviance.abs().max(1.0);
        assert!(
            (f.deviance - row.deviance).abs() < 1e-8 * size,
            "{}",
            row.model
        );
        close(f.criterion(Aic), row.aic, 1e-8, &what("AIC"));
        if let Some(bic) = row.bic {
            close(f.criterion(Bic), bic, 1e-8, &what("BIC"));
        }
        let infinite = |c: &FittedCoefficient| c.estimate == Some(f64::NEG_INFINITY);
        if f.coefficients.iter().any(infinite) {
            // glm keeps the cells of an empty margin, their weights shrinking with every step.
            close(f.se(), row.se, 1e-3, &what("se"));
        } else {
            let d = Dense::new(t, &m);
            let (n, se) = d.population(&d.like_glm().expect("glm converged"));
            close(n, row.n, 1e-8, &what("N like glm"));
            close(se, row.se, 1e-8, &what("se like glm"));
            close(f.se(), row.se, 1e-4, &what("se"));
        }
    }
    tally
}

/// Four lists and three: all 113 and 8 hierarchical models of five tables.
#[test]
fn all_models_of_five_tables() {
    let rows = expected(include_str!("data/rcapture.csv"));
    for (name, tally) in [
        ("HIV", tally(111, 2, 0)),
        ("Korea", tally(6, 2, 0)),
        ("Kosovo", tally(113, 0, 0)),
        ("diabetes", tally(113, 0, 0)),
        ("lesbian", tally(113, 0, 0)),
    ] {
        let of: Vec<Row> = rows
            .iter()
            .filter(|r| r[0] == name)
            .map(|r| Row {
                model: r[1],
                n: number(r[2]),
                se: number(r[3]),
                deviance: number(r[4]),
                df: r[5].parse().unwrap(),
                aic: number(r[6]),
                bic: Some(number(r[7])),
                warned: r[8] != "0",
            })
            .collect();
        assert_eq!(check(&named(name), &of), tally, "{name}");
    }
}

/// Five lists: all 6,893 hierarchical models.
#[test]
fn all_models_of_five_lists() {
    let of: Vec<Row> = expected(include_str!("data/rcapture-uk5.csv"))
        .iter()
        .map(|r| Row {
            model: r[0],
            n: number(r[1]),
            se: number(r[2]),
            deviance: number(r[3]),
            df: r[4].parse().unwrap(),
            aic: number(r[5]),
            bic: None,
            warned: r[6] != "0",
        })
        .collect();
    assert_eq!(check(&named("UKdat_5"), &of), tally(6519, 374, 8));
}

/// Profile log-likelihood of `x` unseen persons by dense fits of the complete table.
fn profile_at(t: &CaptureTable, m: &Model, x: f64, ln_factorial: impl Fn(f64) -> f64) -> f64 {
    let observed = Dense::kept(t, m);
    let (n, p) = observed.x.shape();
    let complete = Dense {
        x: DMatrix::from_fn(n + 1, p, |i, j| {
            if i < n {
                observed.x[(i, j)]
            } else {
                observed.unseen[(0, j)]
            }
        }),
        y: DVector::from_fn(n + 1, |i, _| if i < n { observed.y[i] } else { x }),
        unseen: observed.unseen,
        cells: Vec::new(),
        columns: Vec::new(),
    };
    let f = complete.fit().expect("the complete table has a fit");
    let total = complete.y.sum();
    let shares: f64 = (0..=n)
        .map(|i| complete.y[i] * (f.mu[i] / total).ln())
        .sum();
    ln_factorial(total) - ln_factorial(x) + shares
}

/// Rcapture replaces ln x! by Stirling's formula without its correction 1/(12 x). Its limits lie on the
/// curve so made, ours on the exact one; both curves are drawn here by dense fits. The two answers
/// differ by up to 0.07 persons where few are unseen, and without bound near nobody unseen.
#[test]
fn profiles() {
    // Half the 95 % quantile of chi-square with one degree of freedom.
    let half = 1.920_729_410_347_062;
    let stirling = |x: f64| x * x.ln() - x + 0.5 * x.ln();
    let exact = |x: f64| ln_gamma(x + 1.0);
    let mut seen = [0; 3];
    for r in expected(include_str!("data/rcapture-profile.csv")) {
        let t = named(r[0]);
        let m = model(&t, r[1]);
        let n = t.observed();
        let p = match profile_interval(&t, &m, 0.95) {
            Ok(p) => p,
            Err(e) => {
                // Korea [12,13] and [12,13,23]: the maximum lies at infinity; Rcapture prints 2e10 and 1e11.
                assert!(e.is_refused() && r[4].starts_with('>'), "{r:?}");
                seen[0] += 1;
                continue;
            }
        };
        let ours = |v: f64| profile_at(&t, &m, v - n, exact);
        let top = ours(p.maximum);
        assert!((top - ours(p.upper) - half).abs() < 1e-7, "{r:?}");
        if p.lower > n {
            assert!((top - ours(p.lower) - half).abs() < 1e-7, "{r:?}");
        }
        if p.lower < n + 0.01 {
            // Korea [13,2], [23,1] and [13,23]: nobody unseen is inside the interval. Stirling's ln 0!
            // is infinite, so Rcapture's curve has a false second summit there.
            seen[1] += 1;
            assert_eq!(r[0], "Korea");
            continue;
        }
        seen[2] += 1;
        let theirs = |v: f64| profile_at(&t, &m, v - n, stirling);
        let top = theirs(number(r[2]));
        for limit in [r[3], r[4]] {
            let drop = top - theirs(number(limit));
            assert!((drop - half).abs() < 1e-6, "{r:?}: {drop}");
        }
        // The difference of the two curves has slope 1/(12 x²) − 1/(12 N²).
        for (a, b) in [(p.maximum, r[2]), (p.lower, r[3]), (p.upper, r[4])] {
            assert!((a - number(b)).abs() < 0.07, "{r:?}: {a}");
        }
        let f = fit(&t, &m).unwrap();
        close(f.population(), number(r[6]), 1e-8, r[1]);
        let like = Dense::new(&t, &m).like_glm().map(|fit| fit.beta);
        for pair in r[8].split(' ') {
            let (lists, value) = pair.split_once('=').unwrap();
            let digits = lists.bytes().filter(|b| *b != b'0');
            let lists: u16 = digits.map(|b| 1 << (b - b'1')).sum();
            let at = |c: &FittedCoefficient| c.term.lists == lists;
            let place = f.coefficients.iter().position(at).unwrap();
            let (got, want) = (f.coefficients[place].estimate.unwrap(), number(value));
            // A coefficient at −∞ is where glm stopped: −17 to −21.
            if got == f64::NEG_INFINITY {
                assert!(want < -15.0);
                continue;
            }
            // glm stops up to 1e-7 short of a coefficient; its own rule gives its own digits.
            assert!(
                (got - want).abs() < 1e-7 * want.abs().max(1.0),
                "{r:?} {pair}: {got}"
            );
            if let Some(beta) = &like {
                assert!(
                    (beta[place] - want).abs() < 1e-8 * want.abs().max(1.0),
                    "{r:?} {pair}"
                );
            }
        }
    }
    assert_eq!(seen, [2, 3, 35]);
}

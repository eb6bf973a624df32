//! A second way to the same numbers: iteratively reweighted least squares on an explicit design matrix.

mod common;
use common::*;
use ethos_estimate::{CaptureTable, Model, Term};
use nalgebra::{DMatrix, DVector};

/// Columns of a model on the observable cells, built from the definition of treatment contrasts.
fn row(t: &CaptureTable, m: &Model, stratum: usize, history: u16) -> Vec<f64> {
    let levels = t.stratum_levels(stratum);
    let mut out = Vec::new();
    for term in m.terms() {
        let mut block = vec![f64::from(u8::from(history & term.lists == term.lists))];
        for (f, factor) in t.factors().iter().enumerate() {
            if term.factors >> f & 1 == 1 {
                let indicators: Vec<f64> = (1..factor.levels.len())
                    .map(|l| f64::from(u8::from(levels[f] == l)))
                    .collect();
                block = block
                    .iter()
                    .flat_map(|b| indicators.iter().map(move |i| b * i))
                    .collect();
            }
        }
        out.extend(block);
    }
    out
}

/// Population, coefficients and Poisson standard error of log n0 total by QR-free IRLS.
fn irls(t: &CaptureTable, m: &Model) -> (f64, Vec<f64>, f64) {
    let histories = 1_u16 << t.lists().len();
    let mut rows = Vec::new();
    let mut y = Vec::new();
    for s in 0..t.strata() {
        for h in 1..histories {
            rows.push(row(t, m, s, h));
            y.push(t.count(s, h) as f64);
        }
    }
    let (n, p) = (rows.len(), rows[0].len());
    let x = DMatrix::from_fn(n, p, |i, j| rows[i][j]);
    let y = DVector::from_vec(y);
    let mut mu = y.map(|v| v + 0.5);
    let mut beta = DVector::zeros(p);
    for _ in 0..60 {
        let root = mu.map(f64::sqrt);
        let z = DVector::from_fn(n, |i, _| (mu[i].ln() + (y[i] - mu[i]) / mu[i]) * root[i]);
        let wx = DMatrix::from_fn(n, p, |i, j| x[(i, j)] * root[i]);
        let qr = wx.qr();
        let next = qr
            .r()
            .solve_upper_triangular(&(qr.q().transpose() * z))
            .expect("full rank");
        let change = (&next - &beta).amax();
        beta = next;
        mu = (&x * &beta).map(f64::exp);
        if change < 1e-14 {
            break;
        }
    }
    let w = DMatrix::from_fn(n, p, |i, j| x[(i, j)] * mu[i].sqrt());
    let inverse = (w.transpose() * &w).try_inverse().expect("invertible");
    let mut gradient = DVector::zeros(p);
    let mut total = t.observed() as f64;
    for s in 0..t.strata() {
        let x0 = DVector::from_vec(row(t, m, s, 0));
        let n0 = x0.dot(&beta).exp();
        total += n0;
        gradient += x0 * n0;
    }
    let variance = (gradient.transpose() * inverse * &gradient)[(0, 0)];
    (total, beta.as_slice().to_vec(), variance.sqrt())
}

fn compare(t: &CaptureTable, text: &str) {
    let m = model(t, text);
    let f = fitted(t, text);
    let (n, beta, spread) = irls(t, &m);
    close(f.population(), n, 1e-10, text);
    for (c, b) in f.coefficients.iter().zip(&beta) {
        let got = c.estimate.unwrap();
        assert!(
            (got - b).abs() < 1e-10 * b.abs().max(1.0),
            "{text} {}: {got} is not {b}",
            c.name
        );
    }
    let members: Vec<usize> = (0..t.strata()).collect();
    close(
        f.se_log(&members).unwrap() * f.unseen_total(),
        spread,
        1e-8,
        text,
    );
}

#[test]
fn four_lists() {
    let kosovo = table(KOSOVO);
    for m in [
        "[1,2,3,4]",
        "[123,14,34]",
        "[123,134]",
        "[123,124,134,234]",
        "[12,13,14,23,24,34]",
    ] {
        compare(&kosovo, m);
    }
    compare(&table(LESBIAN), "[124,134,23]");
    compare(&table(DIABETES), "[12,13,23,24,34]");
}

#[test]
fn covariates() {
    let t = cov1();
    for m in ["A+B+C+X", "X*(A+B+C) + A*B*X", "X*(A+B+C) + (A+B+C)^2"] {
        compare(&t, m);
    }
    let big = cov3();
    compare(
        &big,
        "sex*age*origin*g4 + (L1 + L2 + L3):(sex + age + origin + g4) + (L1 + L2 + L3)^2",
    );
    compare(
        &big,
        "sex*age*origin*g4 + (L1 + L2 + L3)*age*origin + L1:L2 + L2*L3*g4",
    );
    assert_eq!(
        model(&big, "L1+L2+L3+sex").terms().first(),
        Some(&Term::INTERCEPT)
    );
}

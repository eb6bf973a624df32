//! The second way to the same numbers: an explicit design matrix and iteratively reweighted least
//! squares by Householder QR. Shares nothing with the margins, the Cholesky factor or the start of the crate.
#![allow(dead_code, unreachable_pub, missing_docs)]

use ethos_estimate::{CaptureTable, Model};
use nalgebra::{DMatrix, DVector};

/// The row of a cell, built from the definition of treatment contrasts.
pub fn row(t: &CaptureTable, m: &Model, stratum: usize, history: u16) -> Vec<f64> {
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

/// The design matrix of the observable cells, their counts, and the rows of the unseen cells.
pub struct Dense {
    pub x: DMatrix<f64>,
    pub y: DVector<f64>,
    pub unseen: DMatrix<f64>,
    pub cells: Vec<(usize, u16)>,
    /// The columns of the whole design that are in this one.
    pub columns: Vec<usize>,
}

/// A fit: coefficients, `R` of the last weighted QR (of the weights before the last step), means.
pub struct Fit {
    pub beta: DVector<f64>,
    pub mu: DVector<f64>,
    pub deviance: f64,
    pub covariance: DMatrix<f64>,
    pub steps: usize,
}

impl Dense {
    pub fn new(t: &CaptureTable, m: &Model) -> Self {
        let histories = 1_u32 << t.lists().len();
        let cells: Vec<(usize, u16)> = (0..t.strata())
            .flat_map(|s| (1..histories).map(move |h| (s, h as u16)))
            .collect();
        let rows: Vec<Vec<f64>> = cells.iter().map(|&(s, h)| row(t, m, s, h)).collect();
        let unseen: Vec<Vec<f64>> = (0..t.strata()).map(|s| row(t, m, s, 0)).collect();
        let p = rows[0].len();
        Self {
            x: DMatrix::from_fn(rows.len(), p, |i, j| rows[i][j]),
            y: DVector::from_iterator(cells.len(), cells.iter().map(|&(s, h)| t.count(s, h))),
            unseen: DMatrix::from_fn(unseen.len(), p, |i, j| unseen[i][j]),
            cells,
            columns: (0..p).collect(),
        }
    }

    /// The cells that no zero margin holds, and the independent columns on them: what remains when the
    /// coefficients of empty margins are at minus infinity.
    pub fn kept(t: &CaptureTable, m: &Model) -> Self {
        let all = Self::new(t, m);
        let same = |f: usize, a: usize, b: usize| t.stratum_levels(a)[f] == t.stratum_levels(b)[f];
        // A cell lives if every term within its history has somebody at the levels of the cell.
        let alive = |s: usize, h: u16| {
            m.terms()
                .iter()
                .filter(|g| h & g.lists == g.lists)
                .all(|g| {
                    all.cells.iter().enumerate().any(|(i, &(r, k))| {
                        all.y[i] > 0.0
                            && k & g.lists == g.lists
                            && (0..t.factors().len())
                                .all(|f| g.factors >> f & 1 == 0 || same(f, s, r))
                    })
                })
        };
        let rows: Vec<usize> = (0..all.cells.len())
            .filter(|&i| alive(all.cells[i].0, all.cells[i].1))
            .collect();
        // Gram-Schmidt over the columns: the first independent ones.
        let mut basis: Vec<DVector<f64>> = Vec::new();
        let mut columns = Vec::new();
        for j in 0..all.x.ncols() {
            let mut v = DVector::from_fn(rows.len(), |i, _| all.x[(rows[i], j)]);
            let size = v.norm();
            for _ in 0..2 {
                for b in &basis {
                    v -= b * b.dot(&v);
                }
            }
            if v.norm() > 1e-9 * size.max(1e-300) {
                basis.push(v.normalize());
                columns.push(j);
            }
        }
        let strata: Vec<bool> = (0..t.strata()).map(|s| alive(s, 0)).collect();
        Self {
            x: DMatrix::from_fn(rows.len(), columns.len(), |i, j| {
                all.x[(rows[i], columns[j])]
            }),
            y: DVector::from_fn(rows.len(), |i, _| all.y[rows[i]]),
            unseen: DMatrix::from_fn(strata.len(), columns.len(), |s, j| {
                if strata[s] {
                    all.unseen[(s, columns[j])]
                } else {
                    f64::NAN
                }
            }),
            cells: rows.iter().map(|&i| all.cells[i]).collect(),
            columns,
        }
    }

    /// One weighted least-squares step at means `mu`: coefficients and (X'WX)⁻¹.
    fn step(&self, mu: &DVector<f64>, eta: &DVector<f64>) -> Option<(DVector<f64>, DMatrix<f64>)> {
        let (n, p) = self.x.shape();
        let root = mu.map(f64::sqrt);
        let z = DVector::from_fn(n, |i, _| (eta[i] + (self.y[i] - mu[i]) / mu[i]) * root[i]);
        let wx = DMatrix::from_fn(n, p, |i, j| self.x[(i, j)] * root[i]);
        let qr = wx.qr();
        let r = qr.r();
        let beta = r.solve_upper_triangular(&(qr.q().transpose() * z))?;
        let inverse = r.solve_upper_triangular(&DMatrix::identity(p, p))?;
        Some((beta, &inverse * inverse.transpose()))
    }

    fn deviance(&self, mu: &DVector<f64>) -> f64 {
        (0..mu.len()).map(|i| deviance(self.y[i], mu[i])).sum()
    }

    /// To the last bit that double precision gives: steps until they no longer shrink.
    pub fn fit(&self) -> Option<Fit> {
        let mut mu = self.y.map(|v| v + 0.5);
        let mut eta = mu.map(f64::ln);
        let (mut beta, _) = self.step(&mu, &eta)?;
        let mut last = f64::INFINITY;
        for steps in 1..200 {
            eta = &self.x * &beta;
            mu = eta.map(f64::exp);
            let (next, covariance) = self.step(&mu, &eta)?;
            let change = (&next - &beta).amax();
            if change.is_nan() {
                return None;
            }
            beta = next;
            if change < 1e-9 && change >= last / 2.0 || change == 0.0 {
                eta = &self.x * &beta;
                mu = eta.map(f64::exp);
                return Some(Fit {
                    deviance: self.deviance(&mu),
                    beta,
                    mu,
                    covariance,
                    steps,
                });
            }
            last = change;
        }
        None
    }

    /// As R's `glm` does it: from μ = y + 0.1 until the deviance changes by less than 1e-8 of itself, at
    /// most 25 steps, with the covariance at the weights *before* the last step. Packages built on
    /// `glm` print these numbers, which differ from the maximum by what the rule leaves open.
    pub fn like_glm(&self) -> Option<Fit> {
        let mut mu = self.y.map(|v| v + 0.1);
        let mut eta = mu.map(f64::ln);
        let mut before = self.deviance(&mu);
        for steps in 1..=25 {
            let (beta, covariance) = self.step(&mu, &eta)?;
            eta = &self.x * &beta;
            mu = eta.map(f64::exp);
            let deviance = self.deviance(&mu);
            let done = (deviance - before).abs() / (deviance.abs() + 0.1) < 1e-8;
            before = deviance;
            if done {
                return Some(Fit {
                    beta,
                    mu,
                    deviance,
                    covariance,
                    steps,
                });
            }
        }
        None
    }

    /// Unseen persons per stratum, and their covariance in the Poisson model.
    pub fn unseen(&self, fit: &Fit) -> (DVector<f64>, DMatrix<f64>) {
        let n0 = (&self.unseen * &fit.beta).map(|e| if e.is_nan() { 0.0 } else { e.exp() });
        let j = DMatrix::from_fn(self.unseen.nrows(), self.unseen.ncols(), |s, k| {
            if n0[s] == 0.0 {
                0.0
            } else {
                n0[s] * self.unseen[(s, k)]
            }
        });
        let covariance = &j * &fit.covariance * j.transpose();
        (n0, covariance)
    }

    /// Population and its standard error √(n0 + n0² V00).
    pub fn population(&self, fit: &Fit) -> (f64, f64) {
        let (n0, v) = self.unseen(fit);
        (self.y.sum() + n0.sum(), (n0.sum() + v.sum()).sqrt())
    }
}

/// 2 (y ln(y/μ) − (y − μ)) without cancellation.
pub fn deviance(y: f64, mu: f64) -> f64 {
    if y == 0.0 {
        return 2.0 * mu;
    }
    // y ln(y/μ) − y + μ = y (d − ln(1 + d)), d = (μ − y)/y; for small d by its series.
    let d = (mu - y) / y;
    if d.abs() < 1e-2 {
        let series: f64 = (2..14).map(|k| (-d).powi(k) / f64::from(k)).sum();
        return 2.0 * y * series;
    }
    2.0 * y * (d - d.ln_1p())
}

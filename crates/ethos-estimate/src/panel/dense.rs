//! A Poisson log-linear fit with any columns, for the few models that are not hierarchical.

use crate::kernel::{cholesky, math};

/// A design whose first column is the intercept, row by row.
#[derive(Debug, Clone)]
pub(super) struct Dense {
    /// Columns.
    pub(super) p: usize,
    /// Row-major entries.
    pub(super) x: Vec<f64>,
}

/// A fit that converged.
#[derive(Debug, Clone)]
pub(super) struct DenseFit {
    pub(super) beta: Vec<f64>,
    pub(super) mu: Vec<f64>,
    /// Σ y log μ − Σ μ.
    pub(super) kernel: f64,
    /// Cholesky factor of the information.
    pub(super) factor: Vec<f64>,
}

/// Whether the estimate of a design is finite.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Finite {
    Yes,
    No,
    /// The cells with people leave more than one direction free: too sparse to say by signs alone.
    Undecided,
}

const MAX_ITERATIONS: u32 = 100;
const MAX_HALVINGS: u32 = 40;
const TOLERANCE: f64 = 1e-13;
/// Relative size below which a pivot of the elimination counts as zero; entries are at most 1.
const ZERO: f64 = 1e-9;

impl Dense {
    pub(super) fn rows(&self) -> std::slice::ChunksExact<'_, f64> {
        self.x.chunks_exact(self.p)
    }

    /// The design without one column.
    pub(super) fn without(&self, column: usize) -> Self {
        let x = self
            .rows()
            .flat_map(|row| {
                row.iter()
                    .enumerate()
                    .filter(move |(j, _)| *j != column)
                    .map(|(_, v)| *v)
            })
            .collect();
        Self { p: self.p - 1, x }
    }

    /// Maximises the Poisson likelihood of `y` by damped Newton from least squares on log(y + ½).
    pub(super) fn fit(&self, y: &[f64]) -> Option<DenseFit> {
        let p = self.p;
        let mut beta = self.least_squares(y)?;
        let mut mu = vec![0.0; y.len()];
        let mut kernel = self.evaluate(&beta, y, &mut mu);
        if kernel == f64::NEG_INFINITY {
            beta = vec![0.0; p];
            kernel = self.evaluate(&beta, y, &mut mu);
        }
        let mut trial = vec![0.0; p];
        for _ in 0..MAX_ITERATIONS {
            let mut factor = self.information(&mu);
            cholesky::factor(&mut factor, p, 0).ok()?;
            let mut gradient = vec![0.0; p];
            for ((row, y), mu) in self.rows().zip(y).zip(&mu) {
                for (g, x) in gradient.iter_mut().zip(row) {
                    *g += x * (y - mu);
                }
            }
            let mut step = gradient.clone();
            cholesky::forward(&factor, p, &mut step);
            cholesky::backward(&factor, p, &mut step);
            let decrement: f64 = gradient.iter().zip(&step).map(|(g, s)| g * s).sum();
            let mut length = 1.0;
            let mut halvings = 0;
            loop {
                for ((t, b), s) in trial.iter_mut().zip(&beta).zip(&step) {
                    *t = b + length * s;
                }
                let value = self.evaluate(&trial, y, &mut mu);
                if value >= kernel + 1e-4 * length * decrement - 1e-13 * (1.0 + kernel.abs()) {
                    kernel = value;
                    std::mem::swap(&mut beta, &mut trial);
                    break;
                }
                halvings += 1;
                if halvings > MAX_HALVINGS {
                    return None;
                }
                length *= 0.5;
            }
            if decrement < TOLERANCE {
                let mut factor = self.information(&mu);
                cholesky::factor(&mut factor, p, 0).ok()?;
                return Some(DenseFit {
                    beta,
                    mu,
                    kernel,
                    factor,
                });
            }
        }
        None
    }

    fn least_squares(&self, y: &[f64]) -> Option<Vec<f64>> {
        let weights: Vec<f64> = y.iter().map(|y| y + 0.5).collect();
        let mut factor = self.information(&weights);
        cholesky::factor(&mut factor, self.p, 0).ok()?;
        let mut beta = vec![0.0; self.p];
        for (row, w) in self.rows().zip(&weights) {
            for (b, x) in beta.iter_mut().zip(row) {
                *b += x * w * math::ln(*w);
            }
        }
        cholesky::forward(&factor, self.p, &mut beta);
        cholesky::backward(&factor, self.p, &mut beta);
        Some(beta)
    }

    /// Means of `beta`; returns Σ y log μ − Σ μ.
    fn evaluate(&self, beta: &[f64], y: &[f64], mu: &mut [f64]) -> f64 {
        let mut kernel = 0.0;
        for ((row, y), mu) in self.rows().zip(y).zip(mu.iter_mut()) {
            let eta: f64 = row.iter().zip(beta).map(|(x, b)| x * b).sum();
            *mu = math::exp(eta);
            kernel += y * eta - *mu;
        }
        if kernel.is_finite() {
            kernel
        } else {
            f64::NEG_INFINITY
        }
    }

    /// X' diag(w) X, lower triangle.
    fn information(&self, w: &[f64]) -> Vec<f64> {
        let p = self.p;
        let mut gram = vec![0.0; p * p];
        for (row, w) in self.rows().zip(w) {
            for i in 0..p {
                let xi = row[i] * w;
                if xi != 0.0 {
                    for (g, x) in gram[i * p..=i * p + i].iter_mut().zip(row) {
                        *g += xi * x;
                    }
                }
            }
        }
        gram
    }

    /// Whether the likelihood of `y` has a finite maximum.
    ///
    /// A direction that leaves the cells with people alone and lowers no empty cell the other way
    /// sends the estimate to infinity (Haberman 1974). If the cells with people have full column
    /// rank there is none; if they leave one direction free, the signs on the empty cells decide.
    pub(super) fn finite(&self, y: &[f64]) -> Finite {
        let seen: Vec<Vec<f64>> = self
            .rows()
            .zip(y)
            .filter(|(_, y)| **y > 0.0)
            .map(|(row, _)| row.to_vec())
            .collect();
        let free = null_space(seen, self.p);
        match free.as_slice() {
            [] => Finite::Yes,
            [direction] => {
                let (mut up, mut down) = (false, false);
                for (row, y) in self.rows().zip(y) {
                    let d: f64 = row.iter().zip(direction).map(|(x, d)| x * d).sum();
                    if *y == 0.0 {
                        up |= d > ZERO;
                        down |= d < -ZERO;
                    }
                }
                if up && down { Finite::Yes } else { Finite::No }
            }
            _ => Finite::Undecided,
        }
    }
}

/// A basis of the directions orthogonal to all rows, by Gauss–Jordan elimination with pivoting.
fn null_space(mut rows: Vec<Vec<f64>>, p: usize) -> Vec<Vec<f64>> {
    let mut pivots: Vec<usize> = Vec::new();
    let mut rank = 0;
    for column in 0..p {
        let best = (rank..rows.len())
            .max_by(|&a, &b| rows[a][column].abs().total_cmp(&rows[b][column].abs()));
        let Some(best) = best.filter(|&b| rows[b][column].abs() > ZERO) else {
            continue;
        };
        rows.swap(rank, best);
        let pivot = rows[rank][column];
        for x in &mut rows[rank] {
            *x /= pivot;
        }
        let pivot_row = rows[rank].clone();
        for (i, row) in rows.iter_mut().enumerate() {
            let factor = row[column];
            if i != rank && factor != 0.0 {
                for (x, q) in row.iter_mut().zip(&pivot_row) {
                    *x -= factor * q;
                }
            }
        }
        pivots.push(column);
        rank += 1;
    }
    (0..p)
        .filter(|c| !pivots.contains(c))
        .map(|free| {
            let mut direction = vec![0.0; p];
            direction[free] = 1.0;
            for (row, &c) in rows.iter().zip(&pivots) {
                direction[c] = -row[free];
            }
            direction
        })
        .collect()
}

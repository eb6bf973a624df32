//! Damped Newton for the Poisson log-likelihood, reading everything from margin tables.

use super::{cholesky, margins, math};
use crate::table::Shape;

/// The columns of one fit and where their products lie: an index program without a matrix.
#[derive(Debug, Clone)]
pub(crate) struct Program {
    /// Cell of each column.
    pub(crate) columns: Vec<u32>,
    /// Packed lower triangle: cell of the product of two columns; `cells` means zero.
    merged: Vec<u32>,
}

impl Program {
    pub(crate) fn new(shape: &Shape, columns: &[u32]) -> Self {
        let mut merged = Vec::with_capacity(columns.len() * (columns.len() + 1) / 2);
        for (i, &a) in columns.iter().enumerate() {
            for &b in &columns[..=i] {
                let cell = margins::merge(shape, a as usize, b as usize).unwrap_or(shape.cells());
                merged.push(cell as u32);
            }
        }
        Self {
            columns: columns.to_vec(),
            merged,
        }
    }

    pub(crate) fn parameters(&self) -> usize {
        self.columns.len()
    }
}

/// How a fit ended.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Stop {
    /// The decrement fell below the tolerance.
    Converged,
    /// The information matrix could not be factored.
    Singular,
    /// Too many iterations or no ascent.
    Stalled,
}

/// What a fit returns; coefficients, means and factor stay in the workspace.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Outcome {
    /// Σ y log μ − Σ μ at the end.
    pub(crate) kernel: f64,
    /// Newton steps taken.
    pub(crate) iterations: u32,
    /// How it ended.
    pub(crate) stop: Stop,
}

/// Scratch memory of a fit, reused from fit to fit.
#[derive(Debug, Default)]
pub(crate) struct Workspace {
    /// Coefficients of the program's columns.
    pub(crate) beta: Vec<f64>,
    /// Linear predictor of every cell, the unseen ones included.
    pub(crate) eta: Vec<f64>,
    /// Fitted means of the kept cells, zero elsewhere.
    pub(crate) mu: Vec<f64>,
    /// Row-major lower triangle: information, then its Cholesky factor.
    pub(crate) gram: Vec<f64>,
    table: Vec<f64>,
    xty: Vec<f64>,
    step: Vec<f64>,
    trial: Vec<f64>,
}

const MAX_ITERATIONS: u32 = 60;
const MAX_HALVINGS: u32 = 40;
const TOLERANCE: f64 = 1e-12;
/// Largest linear predictor a step may reach.
const MAX_ETA: f64 = 60.0;

impl Workspace {
    fn prepare(&mut self, cells: usize, p: usize) {
        self.eta.resize(cells, 0.0);
        self.mu.clear();
        self.mu.resize(cells, 0.0);
        self.table.resize(cells + 1, 0.0);
        self.gram.resize(p * p, 0.0);
        self.xty.resize(p, 0.0);
        self.step.resize(p, 0.0);
        self.trial.resize(p, 0.0);
        self.beta.resize(p, 0.0);
    }

    /// Margins of `self.mu` into the table and the information matrix.
    fn information(&mut self, shape: &Shape, program: &Program) {
        let n = shape.cells();
        self.table[..n].copy_from_slice(&self.mu);
        margins::to_margins(&mut self.table[..n], shape);
        self.table[n] = 0.0;
        let p = program.parameters();
        let mut at = 0;
        for i in 0..p {
            let row = &mut self.gram[i * p..=i * p + i];
            for (g, &m) in row.iter_mut().zip(&program.merged[at..=at + i]) {
                *g = self.table[m as usize];
            }
            at += i + 1;
        }
    }

    /// Predictors and means of `beta`; returns the log-likelihood kernel.
    fn evaluate(&mut self, shape: &Shape, program: &Program, kept: &[u32], trial: bool) -> f64 {
        let beta = if trial { &self.trial } else { &self.beta };
        self.eta.fill(0.0);
        for (&c, &b) in program.columns.iter().zip(beta) {
            self.eta[c as usize] = b;
        }
        margins::to_predictors(&mut self.eta, shape);
        let mut total = 0.0;
        let mut largest = f64::NEG_INFINITY;
        for &c in kept {
            let eta = self.eta[c as usize];
            largest = largest.max(eta);
            let mu = math::exp(eta);
            self.mu[c as usize] = mu;
            total += mu;
        }
        if largest > MAX_ETA || total.is_nan() {
            return f64::NEG_INFINITY;
        }
        let linear: f64 = beta.iter().zip(&self.xty).map(|(b, t)| b * t).sum();
        linear - total
    }

    /// Solves `information * step = gradient`, both already in place.
    fn solve(&mut self, p: usize) -> bool {
        if cholesky::factor(&mut self.gram, p).is_err() {
            return false;
        }
        cholesky::forward(&self.gram, p, &mut self.step);
        cholesky::backward(&self.gram, p, &mut self.step);
        self.step.iter().all(|s| s.is_finite())
    }
}

/// Maximises Σ y log μ − Σ μ over the kept cells.
///
/// `y` has one entry per cell, zero at cells not kept. With `warm`, starts from
/// the coefficients in the workspace; otherwise from a weighted least-squares
/// fit to log(y + ½). Concave, so every step is an ascent after enough halvings;
/// quadratic at the end. On return the workspace holds coefficients, predictors
/// and means of the final point and the Cholesky factor of the information
/// close to it.
pub(crate) fn newton(
    shape: &Shape,
    program: &Program,
    kept: &[u32],
    y: &[f64],
    warm: bool,
    ws: &mut Workspace,
) -> Outcome {
    let n = shape.cells();
    let p = program.parameters();
    ws.prepare(n, p);
    ws.table[..n].copy_from_slice(y);
    margins::to_margins(&mut ws.table[..n], shape);
    for (t, &c) in ws.xty.iter_mut().zip(&program.columns) {
        *t = ws.table[c as usize];
    }
    let mut value = if warm {
        ws.evaluate(shape, program, kept, false)
    } else {
        f64::NEG_INFINITY
    };
    if value == f64::NEG_INFINITY {
        if !cold_start(shape, program, kept, y, ws) {
            return Outcome {
                kernel: f64::NEG_INFINITY,
                iterations: 0,
                stop: Stop::Singular,
            };
        }
        value = ws.evaluate(shape, program, kept, false);
        if value == f64::NEG_INFINITY {
            ws.beta.fill(0.0);
            let total: f64 = kept.iter().map(|&c| y[c as usize]).sum();
            ws.beta[0] = math::ln((total / kept.len() as f64).max(1e-3));
            value = ws.evaluate(shape, program, kept, false);
        }
    }
    for iteration in 1..=MAX_ITERATIONS {
        ws.information(shape, program);
        for ((g, &t), &c) in ws.step.iter_mut().zip(&ws.xty).zip(&program.columns) {
            *g = t - ws.table[c as usize];
        }
        ws.trial.copy_from_slice(&ws.step);
        if !ws.solve(p) {
            return Outcome {
                kernel: value,
                iterations: iteration,
                stop: Stop::Singular,
            };
        }
        let decrement: f64 = ws.trial.iter().zip(&ws.step).map(|(g, d)| g * d).sum();
        let last = decrement < TOLERANCE;
        let mut length = 1.0;
        let mut halvings = 0;
        loop {
            for ((t, &b), &d) in ws.trial.iter_mut().zip(&ws.beta).zip(&ws.step) {
                *t = b + length * d;
            }
            let trial = ws.evaluate(shape, program, kept, true);
            // Rounding of the kernel itself must not reject a good last step.
            if trial >= value + 1e-4 * length * decrement - 1e-13 * (1.0 + value.abs()) {
                value = trial;
                std::mem::swap(&mut ws.beta, &mut ws.trial);
                break;
            }
            halvings += 1;
            if halvings > MAX_HALVINGS {
                ws.evaluate(shape, program, kept, false);
                let stop = if decrement < 1e-8 {
                    Stop::Converged
                } else {
                    Stop::Stalled
                };
                return Outcome {
                    kernel: value,
                    iterations: iteration,
                    stop,
                };
            }
            length *= 0.5;
        }
        if last {
            return Outcome {
                kernel: value,
                iterations: iteration,
                stop: Stop::Converged,
            };
        }
    }
    Outcome {
        kernel: value,
        iterations: MAX_ITERATIONS,
        stop: Stop::Stalled,
    }
}

/// Weighted least squares on log(y + ½) with weights y + ½.
fn cold_start(
    shape: &Shape,
    program: &Program,
    kept: &[u32],
    y: &[f64],
    ws: &mut Workspace,
) -> bool {
    let n = shape.cells();
    let p = program.parameters();
    for &c in kept {
        ws.mu[c as usize] = y[c as usize] + 0.5;
    }
    ws.information(shape, program);
    ws.table[..n].fill(0.0);
    for &c in kept {
        let w = ws.mu[c as usize];
        ws.table[c as usize] = w * math::ln(w) - 0.5;
    }
    margins::to_margins(&mut ws.table[..n], shape);
    for (s, &c) in ws.step.iter_mut().zip(&program.columns) {
        *s = ws.table[c as usize];
    }
    let solved = ws.solve(p);
    ws.beta.copy_from_slice(&ws.step);
    solved
}

/// Factors the information at the means in the workspace again, exactly there.
pub(crate) fn refactor(shape: &Shape, program: &Program, ws: &mut Workspace) -> bool {
    ws.information(shape, program);
    cholesky::factor(&mut ws.gram, program.parameters()).is_ok()
}

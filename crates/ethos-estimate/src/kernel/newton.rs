//! Damped Newton for the Poisson log-likelihood, reading everything from margin tables.

use super::{cholesky, margins, math};
use crate::table::Shape;

/// The columns of one fit and where their products lie: an index program without a matrix.
///
/// Places count in a table of two halves: the margins over lists and
/// covariates, then the margins over lists alone, then one zero.
#[derive(Debug, Clone)]
pub(crate) struct Program {
    /// Place of each column: its cell, but for the leading stratum columns.
    pub(crate) columns: Vec<u32>,
    /// Packed lower triangle: place of the product of two columns.
    merged: Vec<u32>,
    /// Leading columns that are the indicators of the strata, one each.
    pub(crate) lead: usize,
}

impl Program {
    /// Columns under treatment contrasts, given by their cells.
    pub(crate) fn new(shape: &Shape, columns: &[u32]) -> Self {
        let mut merged = Vec::with_capacity(columns.len() * (columns.len() + 1) / 2);
        for (i, &a) in columns.iter().enumerate() {
            for &b in &columns[..=i] {
                merged.push(product(shape, a, b));
            }
        }
        Self {
            columns: columns.to_vec(),
            merged,
            lead: 0,
        }
    }

    /// The same model where covariates are saturated: an indicator per stratum in place of the
    /// pure covariate columns, then the `others`. The information of the former is diagonal.
    pub(crate) fn with_strata(shape: &Shape, others: &[u32]) -> Self {
        let half = shape.cells();
        let zero = 2 * half as u32;
        let mut columns: Vec<u32> = (0..shape.strata)
            .map(|s| (half + shape.cell(s, 0)) as u32)
            .collect();
        columns.extend(others);
        let mut merged = Vec::with_capacity(columns.len() * (columns.len() + 1) / 2);
        for (s, &own) in columns[..shape.strata].iter().enumerate() {
            merged.extend(std::iter::repeat_n(zero, s));
            merged.push(own);
        }
        for (i, &a) in others.iter().enumerate() {
            let history = shape.history(a as usize);
            for s in 0..shape.strata {
                let cell = shape.cell(s, history);
                merged.push(if margins::covers(shape, a as usize, cell) {
                    (half + cell) as u32
                } else {
                    zero
                });
            }
            for &b in &others[..=i] {
                merged.push(product(shape, a, b));
            }
        }
        Self {
            columns,
            merged,
            lead: shape.strata,
        }
    }

    /// Some of the columns of a program without stratum indicators, by rising index.
    pub(crate) fn part(&self, chosen: &[u32]) -> Self {
        let mut merged = Vec::with_capacity(chosen.len() * (chosen.len() + 1) / 2);
        for (i, &a) in chosen.iter().enumerate() {
            let a = a as usize;
            let line = &self.merged[a * (a + 1) / 2..][..=a];
            merged.extend(chosen[..=i].iter().map(|&b| line[b as usize]));
        }
        Self {
            columns: chosen.iter().map(|&j| self.columns[j as usize]).collect(),
            merged,
            lead: 0,
        }
    }

    pub(crate) fn parameters(&self) -> usize {
        self.columns.len()
    }
}

fn product(shape: &Shape, a: u32, b: u32) -> u32 {
    margins::merge(shape, a as usize, b as usize).unwrap_or(2 * shape.cells()) as u32
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
    /// Σ y × offset: what the known part of the predictor adds to the log-likelihood.
    known: f64,
    /// Fits that did not converge although their estimate exists and no bound ruled them out.
    pub(crate) stalled: u64,
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
        self.table.resize(2 * cells + 1, 0.0);
        self.table[2 * cells] = 0.0;
        self.gram.resize(p * p, 0.0);
        self.xty.resize(p, 0.0);
        self.step.resize(p, 0.0);
        self.trial.resize(p, 0.0);
        self.beta.resize(p, 0.0);
    }

    /// Turns the first half of the table into margins, and fills the second if it is needed.
    fn margins(&mut self, shape: &Shape, program: &Program) {
        let n = shape.cells();
        let (first, second) = self.table.split_at_mut(n);
        margins::lists_to_margins(first, shape);
        if program.lead > 0 {
            second[..n].copy_from_slice(first);
        }
        margins::factors_to_margins(first, shape);
    }

    /// Margins of `self.mu` into the table and the information matrix.
    fn information(&mut self, shape: &Shape, program: &Program) {
        let n = shape.cells();
        self.table[..n].copy_from_slice(&self.mu);
        self.margins(shape, program);
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
        for (&c, &b) in program.columns.iter().zip(beta).skip(program.lead) {
            self.eta[c as usize] = b;
        }
        margins::factors_to_predictors(&mut self.eta, shape);
        for (s, &b) in beta[..program.lead].iter().enumerate() {
            self.eta[shape.cell(s, 0)] += b;
        }
        margins::lists_to_predictors(&mut self.eta, shape);
        if let Some(held) = &shape.held {
            for (e, o) in self.eta.iter_mut().zip(&held.cells) {
                *e += o;
            }
        }
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
        linear + self.known - total
    }

    /// Solves `information * step = gradient`, both already in place.
    fn solve(&mut self, program: &Program) -> bool {
        let p = program.parameters();
        if cholesky::factor(&mut self.gram, p, program.lead).is_err() {
            return false;
        }
        cholesky::forward(&self.gram, p, &mut self.step);
        cholesky::backward(&self.gram, p, &mut self.step);
        self.step.iter().all(|s| s.is_finite())
    }
}

/// Maximises Σ y log μ − Σ μ over the kept cells.
///
/// log μ is the model's predictor plus what the shape holds known, if anything.
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
    ws.known = shape.held.as_ref().map_or(0.0, |held| {
        kept.iter()
            .map(|&c| y[c as usize] * held.cells[c as usize])
            .sum()
    });
    ws.table[..n].copy_from_slice(y);
    ws.margins(shape, program);
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
            let mean = math::ln((total / kept.len() as f64).max(1e-3));
            ws.beta[..program.lead.max(1)].fill(mean);
            value = ws.evaluate(shape, program, kept, false);
        }
    }
    for iteration in 1..=MAX_ITERATIONS {
        ws.information(shape, program);
        for ((g, &t), &c) in ws.step.iter_mut().zip(&ws.xty).zip(&program.columns) {
            *g = t - ws.table[c as usize];
        }
        ws.trial.copy_from_slice(&ws.step);
        if !ws.solve(program) {
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
    for &c in kept {
        ws.mu[c as usize] = y[c as usize] + 0.5;
    }
    ws.information(shape, program);
    ws.table[..n].fill(0.0);
    for &c in kept {
        let w = ws.mu[c as usize];
        let known = shape.held.as_ref().map_or(0.0, |h| h.cells[c as usize]);
        ws.table[c as usize] = w * (math::ln(w) - known) - 0.5;
    }
    ws.margins(shape, program);
    for (s, &c) in ws.step.iter_mut().zip(&program.columns) {
        *s = ws.table[c as usize];
    }
    let solved = ws.solve(program);
    ws.beta.copy_from_slice(&ws.step);
    solved
}

/// Factors the information at the means in the workspace again, exactly there.
pub(crate) fn refactor(shape: &Shape, program: &Program, ws: &mut Workspace) -> bool {
    ws.information(shape, program);
    cholesky::factor(&mut ws.gram, program.parameters(), program.lead).is_ok()
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::design::Design;
    use crate::model::Model;
    use crate::term::Term;

    #[test]
    fn stratum_indicators_give_the_same_fit() {
        let shape = Shape::new(3, &[2, 3]);
        let y: Vec<f64> = (0..shape.cells())
            .map(|c| {
                if shape.history(c) == 0 {
                    0.0
                } else {
                    ((c * 7919 + 13) % 97 + 3) as f64
                }
            })
            .collect();
        let mut terms = vec![
            Term::new(0, 0b11),
            Term::new(0b011, 0),
            Term::new(0b110, 0b10),
        ];
        terms.extend((0..3).flat_map(|i| [Term::new(1 << i, 1), Term::new(1 << i, 2)]));
        let design = Design::new(&shape, &Model::from_generators(terms));
        let fast = design
            .full
            .fast
            .as_ref()
            .expect("the covariates are saturated");
        assert_eq!(fast.parameters(), design.full.program.parameters());
        let (mut a, mut b) = (Workspace::default(), Workspace::default());
        let kept = &design.full.kept;
        let plain = newton(&shape, &design.full.program, kept, &y, false, &mut a);
        let strata = newton(&shape, fast, kept, &y, false, &mut b);
        assert_eq!(
            (plain.stop, strata.stop),
            (Stop::Converged, Stop::Converged)
        );
        assert!((plain.kernel - strata.kernel).abs() < 1e-10 * plain.kernel.abs());
        for (x, z) in a.eta.iter().zip(&b.eta) {
            assert!((x - z).abs() < 1e-10, "{x} {z}");
        }
        // Warm from its own answer: one step confirms it.
        assert_eq!(newton(&shape, fast, kept, &y, true, &mut b).iterations, 1);
    }
}

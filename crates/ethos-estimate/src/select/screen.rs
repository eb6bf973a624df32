//! What adding or removing one term can gain, bounded without fitting the changed model.
//!
//! By duality, sup over β of Σ y log μ − Σ μ is at most Σ m ln m − Σ m for *any* m ≥ 0 whose sufficient
//! margins are those of the data, Σ over all cells. Near a fit such an m is cheap: μ plus one weighted
//! least-squares step that closes the gap of the margins exactly. Its excess over the maximum is of
//! third order in the step, so few candidates survive the comparison and have to be fitted.

use crate::kernel::margins::{
    covers, factors_to_margins, factors_to_predictors, lists_to_margins, lists_to_predictors, merge,
};
use crate::kernel::newton::{Program, Workspace, refactor};
use crate::kernel::{cholesky, math};
use crate::table::Shape;

/// A column is taken as dependent on the others where less than this of its information is its own.
const OWN: f64 = 1e-9;

/// A converged fit laid out for bounds, with scratch memory.
#[derive(Debug, Default)]
pub(crate) struct Screen {
    p: usize,
    /// Fitted means of the kept cells.
    mu: Vec<f64>,
    beta: Vec<f64>,
    /// Cholesky factor of the information at `mu`.
    factor: Vec<f64>,
    /// Margins of `mu` over lists and covariates, over lists alone, and a zero.
    fitted: Vec<f64>,
    /// The same of the counts.
    counts: Vec<f64>,
}

/// Scratch memory of one bound.
#[derive(Debug, Default)]
pub(crate) struct Scratch {
    cross: Vec<f64>,
    own: Vec<f64>,
    /// The step: first the columns of the fit, then the new ones.
    pub(crate) step: Vec<f64>,
    cells: Vec<f64>,
    other: Vec<f64>,
    moved: Vec<f64>,
}

fn both_margins(shape: &Shape, w: &[f64], out: &mut Vec<f64>) {
    let n = shape.cells();
    out.clear();
    out.extend_from_slice(w);
    lists_to_margins(out, shape);
    out.extend_from_within(..n);
    out.push(0.0);
    factors_to_margins(&mut out[..n], shape);
}

/// Predictors of coefficients: `lead` stratum indicators, then columns by their cells.
fn predictors<'a>(
    shape: &Shape,
    program: &Program,
    step: &[f64],
    new: impl Iterator<Item = (&'a u32, &'a f64)>,
    out: &mut Vec<f64>,
) {
    out.clear();
    out.resize(shape.cells(), 0.0);
    for (&c, &b) in program.columns.iter().zip(step).skip(program.lead) {
        out[c as usize] = b;
    }
    for (&c, &b) in new {
        out[c as usize] = b;
    }
    factors_to_predictors(out, shape);
    for (s, &b) in step[..program.lead].iter().enumerate() {
        out[shape.cell(s, 0)] += b;
    }
    lists_to_predictors(out, shape);
}

/// Place, in a table of margins, of the product of a new column with column `index` of a program.
fn place(shape: &Shape, program: &Program, index: usize, new: u32) -> usize {
    let n = shape.cells();
    if index < program.lead {
        let cell = shape.cell(index, shape.history(new as usize));
        return if covers(shape, new as usize, cell) {
            n + cell
        } else {
            2 * n
        };
    }
    merge(shape, new as usize, program.columns[index] as usize).unwrap_or(2 * n)
}

impl Screen {
    /// Takes over the converged fit in the workspace; whether its information can be factored.
    pub(crate) fn prepare(
        &mut self,
        shape: &Shape,
        program: &Program,
        y: &[f64],
        ws: &mut Workspace,
    ) -> bool {
        if !refactor(shape, program, ws) {
            return false;
        }
        self.p = program.parameters();
        self.mu.clone_from(&ws.mu);
        self.beta.clone_from(&ws.beta);
        self.factor.clone_from(&ws.gram);
        both_margins(shape, &self.mu, &mut self.fitted);
        both_margins(shape, y, &mut self.counts);
        true
    }

    /// Coefficients of the fit.
    pub(crate) fn beta(&self) -> &[f64] {
        &self.beta
    }

    /// Solves with the information of the fit, in place.
    fn solve(&self, b: &mut [f64]) {
        cholesky::forward(&self.factor, self.p, b);
        cholesky::backward(&self.factor, self.p, b);
    }

    /// Most that the log-likelihood can gain from the `new` columns, whose margins are all positive.
    ///
    /// `None` if the step leaves the domain of the bound. The step is left in the scratch memory: a
    /// start for the fit.
    pub(crate) fn addition(
        &self,
        shape: &Shape,
        program: &Program,
        kept: &[u32],
        new: &[u32],
        s: &mut Scratch,
    ) -> Option<f64> {
        let (p, q) = (self.p, new.len());
        // Information of the new columns given the old: C − B G⁻¹ B'.
        s.cross.clear();
        for &a in new {
            let at = s.cross.len();
            s.cross
                .extend((0..p).map(|i| self.fitted[place(shape, program, i, a)]));
            cholesky::forward(&self.factor, p, &mut s.cross[at..]);
        }
        s.own.clear();
        s.own.resize(q * q, 0.0);
        s.step.clear();
        s.step.resize(p + q, 0.0);
        for (i, &a) in new.iter().enumerate() {
            for (j, &b) in new[..=i].iter().enumerate() {
                let product = merge(shape, a as usize, b as usize).map_or(0.0, |c| self.fitted[c]);
                let shared: f64 = (0..p)
                    .map(|k| s.cross[i * p + k] * s.cross[j * p + k])
                    .sum();
                s.own[i * q + j] = product - shared;
                if i == j && product - shared <= OWN * product {
                    return None;
                }
            }
            s.step[p + i] = self.counts[a as usize] - self.fitted[a as usize];
        }
        cholesky::factor(&mut s.own, q, 0).ok()?;
        let (old, fresh) = s.step.split_at_mut(p);
        cholesky::forward(&s.own, q, fresh);
        cholesky::backward(&s.own, q, fresh);
        for (i, d) in fresh.iter().enumerate() {
            for (o, z) in old.iter_mut().zip(&s.cross[i * p..(i + 1) * p]) {
                *o -= d * z;
            }
        }
        cholesky::backward(&self.factor, p, old);
        let (old, fresh) = s.step.split_at(p);
        predictors(shape, program, old, new.iter().zip(fresh), &mut s.cells);
        // m = μ (1 + u): the gain is Σ μ ((1 + u) ln(1 + u) − u).
        let mut gain = 0.0;
        for &c in kept {
            let u = s.cells[c as usize];
            if u <= -1.0 || u.is_nan() {
                return None;
            }
            gain += self.mu[c as usize] * ((1.0 + u) * math::ln_1p(u) - u);
        }
        Some(gain)
    }

    /// Most that the log-likelihood can change (it falls) when the columns at the places `gone` go.
    pub(crate) fn removal(
        &self,
        shape: &Shape,
        program: &Program,
        kept: &[u32],
        gone: &[usize],
        s: &mut Scratch,
    ) -> Option<f64> {
        let (p, q) = (self.p, gone.len());
        // Columns of G⁻¹ and its block of the columns that go.
        s.cross.clear();
        s.cross.resize(q * p, 0.0);
        for (line, &g) in s.cross.chunks_exact_mut(p).zip(gone) {
            line[g] = 1.0;
            self.solve(line);
        }
        s.own.clear();
        for line in s.cross.chunks_exact(p) {
            s.own.extend(gone.iter().map(|&g| line[g]));
        }
        cholesky::factor(&mut s.own, q, 0).ok()?;
        // The step that takes their coefficients to zero.
        let mut weight: Vec<f64> = gone.iter().map(|&g| self.beta[g]).collect();
        cholesky::forward(&s.own, q, &mut weight);
        cholesky::backward(&s.own, q, &mut weight);
        s.step.clear();
        s.step.resize(p, 0.0);
        for (w, line) in weight.iter().zip(s.cross.chunks_exact(p)) {
            for (d, v) in s.step.iter_mut().zip(line) {
                *d -= w * v;
            }
        }
        let none = || std::iter::empty::<(&u32, &f64)>();
        predictors(shape, program, &s.step, none(), &mut s.cells);
        s.moved.clear();
        s.moved.resize(shape.cells(), 0.0);
        for &c in kept {
            let c = c as usize;
            s.moved[c] = self.mu[c] * math::exp(s.cells[c]);
        }
        // What its margins lack, spread with the weights of the fit over the columns that stay.
        both_margins(shape, &s.moved, &mut s.other);
        for ((i, d), &c) in s.step.iter_mut().enumerate().zip(&program.columns) {
            let gap = self.counts[c as usize] - s.other[c as usize];
            *d = if gone.contains(&i) { 0.0 } else { gap };
        }
        self.solve(&mut s.step);
        weight.clear();
        weight.extend(gone.iter().map(|&g| s.step[g]));
        cholesky::forward(&s.own, q, &mut weight);
        cholesky::backward(&s.own, q, &mut weight);
        for (w, line) in weight.iter().zip(s.cross.chunks_exact(p)) {
            for (d, v) in s.step.iter_mut().zip(line) {
                *d -= w * v;
            }
        }
        for &g in gone {
            s.step[g] = 0.0;
        }
        predictors(shape, program, &s.step, none(), &mut s.cells);
        // The predictor that the columns had.
        s.step.fill(0.0);
        for &g in gone {
            s.step[g] = self.beta[g];
        }
        predictors(shape, program, &s.step, none(), &mut s.other);
        let mut change = 0.0;
        for &c in kept {
            let c = c as usize;
            let mu = self.mu[c];
            let m = s.moved[c] + mu * s.cells[c];
            if m <= 0.0 || m.is_nan() {
                return None;
            }
            change += m * math::ln(m / mu) - (m - mu) + (m - mu) * s.other[c];
        }
        Some(change)
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::design::{Data, Design};
    use crate::kernel::newton::newton;
    use crate::model::Model;
    use crate::term::Term;
    use proptest::prelude::*;

    fn fitted(design: &Design, data: &Data, ws: &mut Workspace) -> f64 {
        let s = &design.full;
        let program = s.fast.as_ref().unwrap_or(&s.program);
        newton(&design.shape, program, &s.kept, &data.y, false, ws).kernel
    }

    proptest! {
        #![proptest_config(ProptestConfig::with_cases(200))]

        /// Bounds hold, and are close where the effect is small.
        #[test]
        fn bounds_hold(counts in prop::collection::vec(1_u32..60, 48), pick in 0_usize..6, saturated in any::<bool>()) {
            let shape = Shape::new(3, &[2, 3]);
            let mut data = Data::empty(&shape);
            for (c, y) in data.y.iter_mut().enumerate() {
                if shape.history(c) != 0 {
                    *y = f64::from(counts[c]);
                }
            }
            data.refresh(&shape);
            let mut generators = vec![
                Term::new(0, if saturated { 0b11 } else { 0b01 }), Term::new(0, 0b10), Term::new(0b011, 0), Term::new(0b001, 1),
            ];
            generators.extend((0..3).map(Term::list));
            let small = Model::from_generators(generators);
            let term = [
                Term::new(0b101, 0), Term::new(0b110, 0), Term::new(0b010, 0b01),
                Term::new(0b001, 0b10), Term::new(0b100, 0b10), Term::new(0b010, 0b10),
            ][pick];
            let large = Design::new(&shape, &small.with(term));
            let small = Design::new(&shape, &small);
            let (mut ws, mut screen, mut s) = (Workspace::default(), Screen::default(), Scratch::default());
            let upper = fitted(&large, &data, &mut ws);
            let program = large.full.fast.as_ref().unwrap_or(&large.full.program);
            prop_assert!(screen.prepare(&shape, program, &data.y, &mut ws));
            let gone: Vec<usize> = (0..program.columns.len())
                .filter(|&i| i >= program.lead && {
                    let c = program.columns[i] as usize;
                    shape.history(c) == term.lists
                        && (0..2).all(|f| (shape.level(shape.stratum(c), f) > 0) == (term.factors >> f & 1 == 1))
                })
                .collect();
            let fall = screen.removal(&shape, program, &large.full.kept, &gone, &mut s);
            let lower = fitted(&small, &data, &mut ws);
            let gain = upper - lower;
            prop_assert!(gain >= -1e-9);
            if let Some(fall) = fall {
                prop_assert!(fall >= -gain - 1e-8, "{fall} {gain}");
                prop_assert!(gain > 5.0 || fall < -0.5 * gain + 0.2, "{fall} {gain}");
            }
            let program = small.full.fast.as_ref().unwrap_or(&small.full.program);
            prop_assert!(screen.prepare(&shape, program, &data.y, &mut ws));
            let new: Vec<u32> = large.full.program.columns.iter().copied()
                .filter(|c| !small.full.program.columns.contains(c)).collect();
            prop_assert_eq!(new.len(), gone.len());
            if let Some(bound) = screen.addition(&shape, program, &small.full.kept, &new, &mut s) {
                prop_assert!(bound >= gain - 1e-8, "{bound} {gain}");
                prop_assert!(gain > 5.0 || bound < 1.5 * gain + 0.2, "{bound} {gain}");
            }
        }
    }
}

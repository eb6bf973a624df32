//! Newton's method on a group of replicates of one design.
//!
//! Every lane starts from the parent fit and its inverse information, so the
//! first step costs no factorisation. A lane that has met the rule takes its
//! last step and is then held still, so that its bits do not depend on the
//! lanes beside it. There is no step halving: a lane that does not converge in
//! a few steps is left to the scalar path.
#![allow(clippy::inline_always, reason = "see `vector`")]

use super::elementary::{exp, ln};
use super::factor::Factor;
use super::few::{Few, SOURCE};
use super::means::{each_stratum, spread_factors, spread_lists, sum_factors, sum_lists};
use super::plan::{Pairs, Plan, Strata};
use super::vector::Lane;

/// The last step is taken when the decrement g'H⁻¹g, twice the log-likelihood to be gained, is
/// below this: a step squares the distance √(g'H⁻¹g), in standard errors, times the skewness.
const TOLERANCE: f64 = 1e-9;
/// Below this, one more step with the factor of the last one does what a new factor would: the
/// distance is cubed (Potra & Pták 1984).
const NEAR: f64 = 1e-6;
/// Steps after which a lane is left to the scalar path.
const MAX_STEPS: u32 = 8;

/// Memory for one group of replicates.
pub(crate) struct Group<L> {
    /// Means, then their margins; with columns for the covariates also the source of the entries.
    table: Vec<L>,
    /// Entries of the information where strata are eliminated.
    source: Vec<L>,
    /// Margins over the strata of the history of each column.
    gradient: Vec<L>,
    totals: Vec<L>,
    pub(crate) beta: Vec<L>,
    step: Vec<L>,
    factor: Factor<L>,
    few: Few<L>,
    /// Per stratum: persons seen, one over that, persons unseen.
    seen: Vec<L>,
    over: Vec<L>,
    pub(crate) unseen: Vec<L>,
}

/// How the fits of a group ended.
pub(crate) struct Ended<L> {
    /// Bit `i`: lane `i` converged.
    pub(crate) converged: u32,
    /// Σ y log μ − Σ μ, if asked for.
    pub(crate) kernel: L,
}

impl<L: Lane> Group<L> {
    pub(crate) fn new(plan: &Plan) -> Self {
        let zero = L::splat(0.0);
        let cells = plan.shape.cells();
        let strata = plan.shape.strata;
        let padded = 4 * plan.envelope.panels();
        let (source, gradient) = match &plan.strata {
            Strata::Columns => (0, 0),
            Strata::Eliminated(pairs) => (plan.entries() + 2, pairs.histories.len() * strata),
        };
        let mut group = Self {
            table: vec![zero; (cells + 2).max(SOURCE)],
            source: vec![zero; source],
            gradient: vec![zero; gradient],
            totals: vec![zero; plan.totals.len()],
            beta: vec![zero; plan.parameters()],
            step: vec![zero; padded],
            factor: Factor::new(&plan.envelope),
            few: Few::new(),
            seen: vec![zero; strata],
            over: vec![zero; strata],
            unseen: vec![zero; strata],
        };
        group.table[cells + 1] = L::splat(1.0);
        if let Some(last) = group.source.last_mut() {
            *last = L::splat(1.0);
        }
        group
    }

    /// Fits the replicates whose count in cell `c` and lane `i` is `count(c, i)`.
    #[inline(always)]
    pub(crate) fn fit(
        &mut self,
        plan: &Plan,
        mut count: impl FnMut(usize, usize) -> f64,
        want_kernel: bool,
    ) -> Ended<L> {
        let cells = plan.shape.cells();
        for (c, t) in self.table[..cells].iter_mut().enumerate() {
            *t = L::from_fn(|i| count(c, i));
        }
        self.read_totals(plan);
        self.first_step(plan);
        let (zero, one) = (L::splat(0.0), L::splat(1.0));
        // One for lanes that need a new factor, and for those that need a last step with the old.
        let (mut waiting, mut near) = (one, zero);
        let mut excess = L::splat(f64::INFINITY);
        let mut kernel = zero;
        let mut steps = 0;
        let mut last = false;
        loop {
            match &plan.strata {
                Strata::Columns => self.means(plan),
                Strata::Eliminated(pairs) => self.means_within(plan, pairs, !last),
            }
            let moved = if last { near } else { waiting };
            let decrement = if last {
                self.solve_again(plan)
            } else {
                let (decrement, pivots) = self.solve(plan);
                excess = L::select(zero.less(waiting), pivots.min(excess), excess);
                decrement
            };
            if want_kernel && matches!(plan.strata, Strata::Columns) {
                // The likelihood here, and half the decrement for the step to come.
                let mut here = decrement.mul_add(L::splat(0.5), zero.sub(self.table[0]));
                for (t, b) in self.totals.iter().zip(&self.beta) {
                    here = t.mul_add(*b, here);
                }
                kernel = L::select(zero.less(moved), here, kernel);
            }
            for (b, d) in self.beta.iter_mut().zip(&self.step) {
                // Zero for lanes that are done: they stay where they are, to the bit.
                *b = d.mul_add(moved, *b);
            }
            if last {
                near = zero;
            } else {
                let close = decrement.less(L::splat(NEAR));
                let done = decrement.less(L::splat(TOLERANCE));
                near = L::select(close, waiting, zero);
                near = L::select(done, zero, near);
                waiting = L::select(close, zero, waiting);
                steps += 1;
            }
            last = L::bits(zero.less(near)) != 0;
            if !last && (steps == MAX_STEPS || L::bits(zero.less(waiting)) == 0) {
                break;
            }
        }
        let still = L::bits(zero.less(waiting)) | L::bits(excess.less(zero));
        self.finish(plan, want_kernel, &mut kernel);
        Ended {
            converged: !still & ((1_u64 << L::WIDTH) - 1) as u32,
            kernel,
        }
    }

    /// Turns the gradient in `step` into the Newton step; returns the decrement and the smallest
    /// excess of a pivot.
    #[inline(always)]
    fn solve(&mut self, plan: &Plan) -> (L, L) {
        if let Some(places) = &plan.few
            && let Some(source) = self.table.first_chunk()
        {
            let (few, step) = (&mut self.few, &mut self.step);
            return match plan.parameters() {
                4 => few.solve::<4>(places, source, step),
                5 => few.solve::<5>(places, source, step),
                6 => few.solve::<6>(places, source, step),
                _ => few.solve::<7>(places, source, step),
            };
        }
        let source = match &plan.strata {
            Strata::Columns => &self.table,
            Strata::Eliminated(_) => &self.source,
        };
        let (factor, step) = (&mut self.factor, &mut self.step);
        factor.solve(&plan.envelope, &plan.places, source, step)
    }

    /// The same with the last factor; returns the decrement.
    #[inline(always)]
    fn solve_again(&mut self, plan: &Plan) -> L {
        if plan.few.is_some() {
            let (few, step) = (&self.few, &mut self.step);
            return match plan.parameters() {
                4 => few.again::<4>(step),
                5 => few.again::<5>(step),
                6 => few.again::<6>(step),
                _ => few.again::<7>(step),
            };
        }
        self.factor.again(&plan.envelope, &mut self.step)
    }

    /// Persons of a stratum, seen and unseen.
    #[inline(always)]
    pub(crate) fn population(&self, stratum: usize) -> L {
        self.seen[stratum].add(self.unseen[stratum])
    }

    /// Sufficient margins of the counts in the table, and the persons seen per stratum.
    #[inline(always)]
    fn read_totals(&mut self, plan: &Plan) {
        let cells = plan.shape.cells();
        let table = &mut self.table[..cells];
        let (seen, over) = (&mut self.seen, &mut self.over);
        each_stratum!(table, plan.shape.lists, |s, t| {
            sum_lists(t);
            seen[s] = t[0];
            over[s] = L::splat(1.0).div(t[0]);
        });
        sum_factors(table, &plan.shape, plan.shape.histories());
        let (columns, strata) = self.totals.split_at_mut(plan.parameters());
        for (t, &c) in columns.iter_mut().zip(&plan.columns) {
            *t = table[c as usize];
        }
        strata.copy_from_slice(&self.seen[..strata.len()]);
    }

    /// β = β₀ + H₀⁻¹ (X'y − X'y₀).
    #[inline(always)]
    fn first_step(&mut self, plan: &Plan) {
        let p = plan.parameters();
        for (b, &s) in self.beta.iter_mut().zip(&plan.start) {
            *b = L::splat(s);
        }
        let rows = plan.inverse.chunks_exact(p);
        for ((row, t), &t0) in rows.zip(&self.totals).zip(&plan.totals) {
            let d = t.sub(L::splat(t0));
            for (b, &h) in self.beta.iter_mut().zip(row) {
                *b = d.mul_add(L::splat(h), *b);
            }
        }
    }

    /// Margins of the means at β into the table, and the gradient into the step.
    #[inline(always)]
    fn means(&mut self, plan: &Plan) {
        let cells = plan.shape.cells();
        let histories = plan.shape.histories();
        let table = &mut self.table[..cells];
        table.fill(L::splat(1.0));
        for (&c, b) in plan.columns.iter().zip(&self.beta) {
            table[c as usize] = exp(*b);
        }
        spread_factors(table, &plan.shape, histories);
        each_stratum!(table, plan.shape.lists, |s, t| {
            spread_lists(t);
            weigh(plan, s, t);
            sum_lists(t);
        });
        sum_factors(table, &plan.shape, histories);
        for ((g, t), &c) in self.step.iter_mut().zip(&self.totals).zip(&plan.columns) {
            *g = t.sub(table[c as usize]);
        }
        self.step[plan.columns.len()..].fill(L::splat(0.0));
    }

    /// The same with the intercept of every stratum at its maximum given the other coefficients:
    /// the means of a stratum add up to the persons seen in it, and its unseen persons are free.
    #[inline(always)]
    fn means_within(&mut self, plan: &Plan, pairs: &Pairs, entries: bool) {
        let cells = plan.shape.cells();
        let histories = plan.shape.histories();
        let strata = plan.shape.strata;
        let table = &mut self.table[..cells];
        table.fill(L::splat(1.0));
        for (&c, b) in plan.columns.iter().zip(&self.beta) {
            table[c as usize] = exp(*b);
        }
        spread_factors(table, &plan.shape, histories);
        let (seen, unseen) = (&self.seen, &mut self.unseen);
        each_stratum!(table, plan.shape.lists, |s, t| {
            spread_lists(t);
            weigh(plan, s, t);
            let scale = seen[s].div(total(t));
            unseen[s] = scale;
            for t in t.iter_mut() {
                *t = t.mul(scale);
            }
            sum_lists(t);
        });
        // Gradient: the margins of each history in use.
        for (&h, g) in pairs
            .histories
            .iter()
            .zip(self.gradient.chunks_exact_mut(strata))
        {
            for (g, t) in g.iter_mut().zip(table.chunks_exact(histories)) {
                *g = t[usize::from(h)];
            }
            sum_factors(g, &plan.shape, 1);
        }
        let columns = plan.columns.iter().zip(&pairs.slot);
        for ((g, t), (&c, &slot)) in self.step.iter_mut().zip(&self.totals).zip(columns) {
            let place = slot as usize * strata + plan.shape.stratum(c as usize);
            *g = t.sub(self.gradient[place]);
        }
        self.step[plan.columns.len()..].fill(L::splat(0.0));
        if !entries {
            return;
        }
        // Information: of each pair of histories, what both share less what the stratum explains.
        let mut kinds = pairs.sum_only.iter();
        let mut out = self.source.chunks_exact_mut(strata);
        for (i, &a) in pairs.histories.iter().enumerate() {
            for &b in &pairs.histories[..=i] {
                let (Some(sum_only), Some(w)) = (kinds.next(), out.next()) else {
                    return;
                };
                let (a, b) = (usize::from(a), usize::from(b));
                let rows = table.chunks_exact(histories).zip(&self.over);
                if *sum_only {
                    let mut sum = L::splat(0.0);
                    for (t, n) in rows {
                        sum = sum.add(t[a].mul(*n).mul_sub_from(t[b], t[a | b]));
                    }
                    w[0] = sum;
                } else {
                    for (w, (t, n)) in w.iter_mut().zip(rows) {
                        *w = t[a].mul(*n).mul_sub_from(t[b], t[a | b]);
                    }
                    sum_factors(w, &plan.shape, 1);
                }
            }
        }
    }

    /// Unseen persons at the last coefficients; where strata are eliminated, the likelihood there.
    #[inline(always)]
    fn finish(&mut self, plan: &Plan, want_kernel: bool, kernel: &mut L) {
        let Strata::Eliminated(_) = &plan.strata else {
            self.unseen.fill(L::splat(1.0));
            for (&c, b) in plan.columns.iter().zip(&self.beta) {
                if plan.shape.history(c as usize) == 0 {
                    self.unseen[plan.shape.stratum(c as usize)] = exp(*b);
                }
            }
            spread_factors(&mut self.unseen, &plan.shape, 1);
            for (n0, &there) in self.unseen.iter_mut().zip(&plan.unseen) {
                if !there {
                    *n0 = L::splat(0.0);
                }
            }
            return;
        };
        let cells = plan.shape.cells();
        let table = &mut self.table[..cells];
        table.fill(L::splat(1.0));
        for (&c, b) in plan.columns.iter().zip(&self.beta) {
            table[c as usize] = exp(*b);
        }
        spread_factors(table, &plan.shape, plan.shape.histories());
        let (seen, unseen) = (&self.seen, &mut self.unseen);
        each_stratum!(table, plan.shape.lists, |s, t| {
            spread_lists(t);
            weigh(plan, s, t);
            unseen[s] = seen[s].div(total(t));
        });
        if want_kernel {
            *kernel = L::splat(0.0);
            for (t, b) in self.totals.iter().zip(&self.beta) {
                *kernel = t.mul_add(*b, *kernel);
            }
            for (n, scale) in self.seen.iter().zip(&self.unseen) {
                *kernel = n.mul_add(ln(*scale), kernel.sub(*n));
            }
        }
    }
}

/// Applies the weights of a stratum to its means; the unseen cell gets none.
#[inline(always)]
fn weigh<L: Lane>(plan: &Plan, stratum: usize, t: &mut [L]) {
    if let Some(weights) = &plan.weights {
        let own = &weights[stratum * t.len()..];
        for (t, &w) in t.iter_mut().zip(own) {
            *t = t.mul(L::splat(w));
        }
    }
    t[0] = L::splat(0.0);
}

/// The sum of a stratum, in a fixed order.
#[inline(always)]
fn total<L: Lane>(t: &[L]) -> L {
    t.iter().fold(L::splat(0.0), |sum, t| sum.add(*t))
}

#[cfg(test)]
mod tests {
    use super::super::plan::Plan;
    use super::super::vector::{Path, Work, on};
    use super::*;
    use crate::design::Design;
    use crate::kernel::newton::{Stop, Workspace, newton};
    use crate::model::Model;
    use crate::table::Shape;
    use crate::term::Term;

    struct Fit<'a> {
        plan: &'a Plan,
        tables: &'a [Vec<f64>],
    }

    /// Coefficients and likelihood of each replicate.
    impl Work for Fit<'_> {
        type Output = Vec<(Vec<f64>, f64)>;
        #[inline(always)]
        fn run<L: Lane>(self) -> Self::Output {
            let mut group = Group::<L>::new(self.plan);
            let mut out = Vec::new();
            let mut row = [0.0; 16];
            for tables in self.tables.chunks(L::WIDTH) {
                let last = tables.len() - 1;
                let ended = group.fit(self.plan, |c, i| tables[i.min(last)][c], true);
                for lane in 0..tables.len() {
                    assert!(ended.converged >> lane & 1 == 1);
                    let beta = group.beta.iter().map(|b| {
                        b.write(&mut row);
                        row[lane]
                    });
                    let beta: Vec<f64> = beta.collect();
                    ended.kernel.write(&mut row);
                    out.push((beta, row[lane]));
                }
            }
            out
        }
    }

    fn design(covariates_saturated: bool) -> Design {
        let mut terms = vec![Term::new(0b011, 0), Term::new(0b101, 0)];
        for f in 0..3 {
            terms.extend((0..3).map(|i| Term::new(1 << i, 1 << f)));
        }
        terms.push(Term::new(
            0,
            if covariates_saturated { 0b111 } else { 0b101 },
        ));
        let shape = Shape::new(3, &[4, 3, 3]);
        Design::new(&shape, &Model::from_generators(terms))
    }

    /// Coefficients to 1e-10 of the Newton fit of one replicate at a time, and the likelihood to
    /// its rounding.
    #[test]
    fn agrees_with_newton_in_every_coefficient() {
        for saturated in [false, true] {
            for scale in [2.0, 40.0, 1000.0] {
                let design = design(saturated);
                let shape = &design.shape;
                let table = |r: usize| -> Vec<f64> {
                    let count = |c: usize| {
                        let mean = scale * (1.0 + ((c * 7919) % 13) as f64);
                        let x = ((c * 31 + r * 101) % 1013) as f64 / 506.5 - 1.0;
                        (mean + mean.sqrt() * x * 1.7).round().max(1.0)
                    };
                    let seen = |c| shape.history(c) != 0;
                    (0..shape.cells())
                        .map(|c| if seen(c) { count(c) } else { 0.0 })
                        .collect()
                };
                let mut ws = Workspace::default();
                let parent = table(0);
                let plan = Plan::new(shape, &design.full, &parent, &mut ws).unwrap();
                assert_eq!(plan.parameters(), if saturated { 26 } else { 40 });
                let tables: Vec<Vec<f64>> = (1..30).map(table).collect();
                let got = on(
                    Path::best(),
                    Fit {
                        plan: &plan,
                        tables: &tables,
                    },
                );
                for (y, (beta, kernel)) in tables.iter().zip(&got) {
                    let program = design.full.fast.as_ref().unwrap_or(&design.full.program);
                    let one = newton(shape, program, &design.full.kept, y, false, &mut ws);
                    assert_eq!(one.stop, Stop::Converged);
                    for (&c, b) in plan.columns.iter().zip(beta) {
                        let at = program.columns.iter().position(|&x| x == c).unwrap();
                        assert!((b - ws.beta[at]).abs() < 1e-10, "{b} {}", ws.beta[at]);
                    }
                    assert!((kernel - one.kernel).abs() < 1e-13 * one.kernel.abs().max(1.0));
                }
            }
        }
    }
}

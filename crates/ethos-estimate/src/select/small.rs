//! Fits of hierarchical models to one table of at most six lists, as fast as one core can.
//!
//! `C = 2^lists` cells. Column θ is the set of lists θ itself: with the superset sums
//! `S[u] = Σ_{h ⊇ u} μ_h`, the gradient of θ is `N*_θ − S[θ]` and the information of
//! (θ, φ) is `S[θ ∪ φ]`, so there is no design matrix. Everything is on the stack.
//!
//! With `δ` the Newton step, `d_h` its predictor in cell h and `λ²` its decrement, the
//! means `μ_h (1 + d_h)` have the margins of the data exactly. If none is negative,
//! weak duality bounds the supremum of the log-likelihood kernel by that at `μ` plus
//! `Σ μ [(1 + d) ln(1 + d) − d] ≤ λ²`, whether or not a maximum exists. A search needs no more
//! than that bound for most models, and often has it before the first step.
//!
//! Where the maximum is at infinity some of these means are negative, in cells without people whose
//! means vanish at different rates. Such cells add −μ < 0 to the kernel: without them its supremum is
//! no smaller, and the same bound for the cells that are left holds for all.

use super::lattice::members;
use crate::kernel::math;

/// How often cells are left out of a dual bound before it is given up.
const MAX_LEAVES: u32 = 6;
/// Rounding that the margins of a dual bound may have, by persons.
const ROUNDING: f64 = 1e-12;
/// Decrement below which a fit is final.
const FINAL: f64 = 1e-11;
/// Decrement below which a bound is near enough.
const NEAR: f64 = 1e-2;
const MAX_STEPS: u32 = 60;
const MAX_HALVINGS: u32 = 40;
/// Largest linear predictor a step may reach.
const MAX_ETA: f64 = 60.0;

/// One data set: counts by history, and what all its models share.
#[derive(Debug, Clone)]
pub(crate) struct Counts<const C: usize> {
    pub(crate) y: [f64; C],
    /// Persons on all lists of a set, whatever else they are on; entry 0 is everybody.
    margins: [f64; C],
    /// Histories somebody has.
    pub(crate) positive: u64,
    /// Sets of lists that nobody is on all of.
    zero: u64,
    /// For each set of lists, all histories that contain it.
    up: [u64; C],
    /// Σ y ln y − y: no model fits better.
    saturated: f64,
    /// The part of each linear predictor that is known, where interactions are held.
    known: [f64; C],
}

/// Which cells and columns of a model the data leave in play.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct Play {
    /// Histories whose mean no zero margin forces to zero.
    pub(crate) kept: u64,
    /// Sets of lists with a finite coefficient, the empty one included.
    pub(crate) columns: u64,
    /// Whether the data determine the unseen cell.
    pub(crate) identified: bool,
}

/// A point near the fit of some model: linear predictors, and the means of the kept cells.
#[derive(Debug, Clone)]
pub(crate) struct Point<const C: usize> {
    pub(crate) eta: [f64; C],
    pub(crate) mu: [f64; C],
    kept: u64,
}

/// What a fit is asked for.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Goal {
    /// It may stop once −2 × the kernel is proved to exceed this.
    pub(crate) cut: f64,
    /// Whether a bound will do; otherwise it goes on to the maximum.
    pub(crate) bound: bool,
}

/// How a fit ended.
#[derive(Debug, Clone, Copy, PartialEq)]
pub(crate) enum End {
    /// −2 × the kernel at the maximum.
    Fitted(f64),
    /// −2 × the kernel of this model and of all within it is at least this.
    Bounded(f64),
    /// The information matrix could not be factored or no step went up.
    Failed,
}

/// The sums over supersets, in place.
fn superset_sums<const C: usize>(table: &mut [f64; C]) {
    let mut half = 1;
    while half < C {
        for block in table.chunks_exact_mut(2 * half) {
            let (low, high) = block.split_at_mut(half);
            for (l, h) in low.iter_mut().zip(high) {
                *l += *h;
            }
        }
        half *= 2;
    }
}

/// The sums over subsets, in place.
fn subset_sums<const C: usize>(table: &mut [f64; C]) {
    let mut half = 1;
    while half < C {
        for block in table.chunks_exact_mut(2 * half) {
            let (low, high) = block.split_at_mut(half);
            for (l, h) in low.iter().zip(high) {
                *h += *l;
            }
        }
        half *= 2;
    }
}

impl<const C: usize> Counts<C> {
    /// From counts by history and the known part of the predictors, if any; entry 0 of the counts,
    /// the unseen, is ignored.
    pub(crate) fn new(y: &[f64], known: Option<&[f64]>) -> Self {
        let mut own = [0.0; C];
        own[1..].copy_from_slice(&y[1..C]);
        let mut margins = own;
        superset_sums(&mut margins);
        let mut up = [0; C];
        for (u, up) in up.iter_mut().enumerate() {
            *up = (0..C)
                .filter(|h| u & !h == 0)
                .fold(0, |set, h| set | 1_u64 << h);
        }
        let set = |of: &[f64; C], f: fn(f64) -> bool| -> u64 {
            (0..C).filter(|&h| f(of[h])).fold(0, |s, h| s | 1_u64 << h)
        };
        Self {
            y: own,
            margins,
            positive: set(&own, |x| x > 0.0),
            zero: set(&margins, |x| x == 0.0),
            up,
            saturated: own
                .iter()
                .filter(|&&x| x > 0.0)
                .map(|&x| x * math::ln(x) - x)
                .sum(),
            known: known.map_or([0.0; C], |k| std::array::from_fn(|h| k[h])),
        }
    }

    /// Main effects and the intercept.
    pub(crate) fn skeleton() -> u64 {
        (0..C.trailing_zeros()).fold(1, |set, i| set | 1_u64 << (1 << i))
    }

    /// −2 × the kernel of the saturated model.
    pub(crate) fn best(&self) -> f64 {
        -2.0 * self.saturated
    }

    /// Cells and columns of the model of a family of interactions.
    ///
    /// A zero margin of a term takes its column and its cells out. On what is left the columns are
    /// independent, and the unseen cell is determined unless every kept history is a term itself: the
    /// alternating sum of the rows of all subsets of a history that is no term is zero.
    pub(crate) fn play(&self, family: u64) -> Play {
        let model = family | Self::skeleton();
        let gone = members(model & self.zero).fold(0, |set, h| set | self.up[h]);
        let every = (u64::MAX >> (64 - C)) & !1;
        let kept = every & !gone;
        Play {
            kept,
            columns: model & !self.zero,
            identified: kept & !model != 0,
        }
    }

    /// The point a fit without a better idea starts from: the counts and a half.
    pub(crate) fn start(&self) -> Point<C> {
        let mu = self.y.map(|y| y + 0.5);
        Point {
            eta: mu.map(math::ln),
            mu,
            kept: u64::MAX >> (64 - C),
        }
    }
}

impl<const C: usize> Default for Point<C> {
    fn default() -> Self {
        Self {
            eta: [0.0; C],
            mu: [0.0; C],
            kept: 0,
        }
    }
}

/// Scratch memory of a fit: the information and its factor, one line per column.
#[derive(Debug)]
pub(crate) struct Scratch<const C: usize> {
    lines: Box<[[f64; C]; C]>,
    columns: [u8; C],
    size: usize,
    /// Inverse pivots of the last factor.
    inverse: [f64; C],
    step: [f64; C],
    table: [f64; C],
}

impl<const C: usize> Default for Scratch<C> {
    fn default() -> Self {
        Self {
            lines: Box::new([[0.0; C]; C]),
            columns: [0; C],
            size: 0,
            inverse: [0.0; C],
            step: [0.0; C],
            table: [0.0; C],
        }
    }
}

impl<const C: usize> Scratch<C> {
    /// Columns in falling order, so that the intercept is last.
    fn lay_out(&mut self, columns: u64) {
        self.size = 0;
        let mut rest = columns;
        while rest != 0 {
            let h = 63 - rest.leading_zeros() as usize;
            rest &= !(1_u64 << h);
            self.columns[self.size] = h as u8;
            self.size += 1;
        }
    }

    /// Solves `X' diag(weights) X step = rhs`, both given by superset sums; returns `rhs' step`.
    ///
    /// `L D L'` by rows of the upper triangle; `None` if a pivot is not safely positive.
    fn solve(&mut self, weights: &[f64; C], rhs: &[f64; C]) -> Option<f64> {
        self.solve_where::<false>(weights, rhs)
    }

    /// The same; columns that depend on those before them are passed over with `DEPENDENT`.
    fn solve_where<const DEPENDENT: bool>(
        &mut self,
        weights: &[f64; C],
        rhs: &[f64; C],
    ) -> Option<f64> {
        let p = self.size;
        let columns = &self.columns[..p];
        for (i, &a) in columns.iter().enumerate() {
            let line = &mut self.lines[i];
            for (x, &b) in line[i..p].iter_mut().zip(&columns[i..]) {
                *x = weights[(a | b) as usize & (C - 1)];
            }
            self.step[i] = rhs[a as usize & (C - 1)];
        }
        let mut decrement = 0.0;
        for k in 0..p {
            let (done, rest) = self.lines.split_at_mut(k + 1);
            let pivot_line = &done[k][..p];
            let pivot = pivot_line[k];
            let whole = weights[columns[k] as usize & (C - 1)];
            let fails = pivot.is_nan() || pivot <= 1e-13 * whole;
            if fails && (!DEPENDENT || pivot.is_nan()) {
                return None;
            }
            let inverse = if fails { 0.0 } else { 1.0 / pivot };
            self.inverse[k] = inverse;
            let b = self.step[k];
            decrement += b * b * inverse;
            let scaled = b * inverse;
            for (s, &x) in self.step[k + 1..p].iter_mut().zip(&pivot_line[k + 1..]) {
                *s -= scaled * x;
            }
            for (i, line) in (k + 1..p).zip(rest.iter_mut()) {
                let factor = pivot_line[i] * inverse;
                for (x, &y) in line[i..p].iter_mut().zip(&pivot_line[i..]) {
                    *x -= factor * y;
                }
            }
        }
        for k in (0..p).rev() {
            let line = &self.lines[k][k + 1..p];
            let dot: f64 = line
                .iter()
                .zip(&self.step[k + 1..p])
                .map(|(a, b)| a * b)
                .sum();
            self.step[k] = (self.step[k] - dot) * self.inverse[k];
        }
        decrement.is_finite().then_some(decrement)
    }

    /// The dual bound on the kernel without cells that a Newton step takes below zero, if they have no
    /// people; `step` is its predictor at the point `at`, where the kernel is `kernel`.
    fn without_vanishing(
        &mut self,
        counts: &Counts<C>,
        play: Play,
        at: &Point<C>,
        mut kernel: f64,
        step: &[f64; C],
    ) -> Option<f64> {
        let mut kept = play.kept;
        let mut step = *step;
        for _ in 0..MAX_LEAVES {
            let below = members(kept)
                .filter(|&h| step[h & (C - 1)] < -1.0)
                .fold(0, |set, h| set | 1_u64 << h);
            if below & counts.positive != 0 {
                return None;
            }
            kept &= !below;
            kernel += members(below).map(|h| at.mu[h & (C - 1)]).sum::<f64>();
            let mut means = [0.0; C];
            for h in members(kept) {
                means[h & (C - 1)] = at.mu[h & (C - 1)];
            }
            let mut sums = means;
            superset_sums(&mut sums);
            let mut gradient = [0.0; C];
            for ((g, t), s) in gradient.iter_mut().zip(&counts.margins).zip(&sums) {
                *g = t - s;
            }
            // Without the cells that vanish the columns may depend on each other.
            let decrement = self.solve_where::<true>(&sums, &gradient)?;
            step = self.spread();
            if members(kept).any(|h| step[h & (C - 1)] < -1.0) {
                continue;
            }
            // The means of the bound must have the margins of the data whatever the pivots were.
            for (m, d) in means.iter_mut().zip(&step) {
                *m *= 1.0 + d;
            }
            superset_sums(&mut means);
            let meets = self.columns[..self.size].iter().all(|&c| {
                let c = c as usize & (C - 1);
                (means[c] - counts.margins[c]).abs() <= ROUNDING * (1.0 + counts.margins[0])
            });
            return meets.then_some(kernel + decrement);
        }
        None
    }

    /// The step's linear predictor in every cell.
    fn spread(&mut self) -> [f64; C] {
        let mut out = [0.0; C];
        for (&c, &s) in self.columns[..self.size].iter().zip(&self.step) {
            out[c as usize & (C - 1)] = s;
        }
        subset_sums(&mut out);
        out
    }

    /// Variance of the log of the unseen mean at the point where the last fit ended.
    pub(crate) fn intercept_variance(&mut self, at: &Point<C>) -> Option<f64> {
        let mut sums = [0.0; C];
        for h in members(at.kept) {
            sums[h] = at.mu[h];
        }
        superset_sums(&mut sums);
        self.solve(&sums, &[0.0; C])?;
        // The intercept is the last column, so its pivot is what the others leave of it.
        Some(self.inverse[self.size - 1])
    }

    /// Fits a model whose cells and columns in play are `play`, starting near `from`; leaves where
    /// it got to in `to`.
    pub(crate) fn fit(
        &mut self,
        counts: &Counts<C>,
        play: Play,
        from: &Point<C>,
        to: &mut Point<C>,
        goal: Goal,
    ) -> End {
        if !play.identified {
            // As many columns as kept cells, and the unseen one beside: every count is fitted.
            *to = counts.start();
            return End::Bounded(counts.best());
        }
        self.lay_out(play.columns);
        to.kept = play.kept;
        if !self.project(counts, play, from, to) {
            let start = counts.start();
            if !self.project(counts, play, &start, to) {
                return End::Failed;
            }
        }
        self.ascend(counts, play, to, goal)
    }

    /// Predictors in the span of the columns nearest to those of `from`: one step of iteratively
    /// weighted least squares from its means.
    fn project(
        &mut self,
        counts: &Counts<C>,
        play: Play,
        from: &Point<C>,
        to: &mut Point<C>,
    ) -> bool {
        let mut weights = [0.0; C];
        let mut rhs = [0.0; C];
        for h in members(play.kept) {
            let h = h & (C - 1);
            let (mu, eta) = if from.kept >> h & 1 == 1 {
                (from.mu[h], from.eta[h])
            } else {
                // A cell that comes back into play, without people.
                let eta = from.eta[h].min(0.0);
                (math::exp(eta), eta)
            };
            weights[h] = mu;
            rhs[h] = mu * (eta - counts.known[h]) + (counts.y[h] - mu);
        }
        superset_sums(&mut weights);
        superset_sums(&mut rhs);
        if self.solve(&weights, &rhs).is_none() {
            return false;
        }
        to.eta = self.spread();
        for (e, k) in to.eta.iter_mut().zip(&counts.known) {
            *e += k;
        }
        members(play.kept).all(|h| to.eta[h].is_finite() && to.eta[h] < MAX_ETA)
    }

    /// Damped Newton steps from the predictors in `to`.
    fn ascend(&mut self, counts: &Counts<C>, play: Play, to: &mut Point<C>, goal: Goal) -> End {
        let mut last: Option<([f64; C], [f64; C], f64, f64)> = None;
        let mut length = 1.0;
        let mut halvings = 0;
        let mut upper = f64::INFINITY;
        let mut steps = 0;
        loop {
            // Means and the kernel: Σ y η − Σ μ.
            self.table = [0.0; C];
            let mut kernel = 0.0;
            let mut largest = f64::NEG_INFINITY;
            for h in members(play.kept) {
                let h = h & (C - 1);
                let mu = math::exp(to.eta[h]);
                to.mu[h] = mu;
                self.table[h] = mu;
                largest = largest.max(to.eta[h]);
                kernel += counts.y[h] * to.eta[h] - mu;
            }
            if let Some((eta, step, before, decrement)) = &last {
                let enough = before + 1e-4 * length * decrement - 1e-13 * (1.0 + before.abs());
                if largest > MAX_ETA || kernel.is_nan() || kernel < enough {
                    halvings += 1;
                    if halvings > MAX_HALVINGS {
                        return End::Failed;
                    }
                    length *= 0.5;
                    for h in 0..C {
                        to.eta[h] = eta[h] + length * step[h];
                    }
                    continue;
                }
                if *decrement < FINAL {
                    // A bound is asked for where there need not be a maximum.
                    return match (goal.bound, upper.is_finite()) {
                        (false, _) => End::Fitted(-2.0 * kernel),
                        (true, true) => End::Bounded(-2.0 * upper),
                        (true, false) => End::Bounded(counts.best()),
                    };
                }
            }
            steps += 1;
            if steps > MAX_STEPS {
                return End::Failed;
            }
            let mut sums = self.table;
            superset_sums(&mut sums);
            let mut gradient = [0.0; C];
            for ((g, t), s) in gradient.iter_mut().zip(&counts.margins).zip(&sums) {
                *g = t - s;
            }
            let Some(decrement) = self.solve(&sums, &gradient) else {
                return if upper.is_finite() {
                    End::Bounded(-2.0 * upper)
                } else {
                    End::Failed
                };
            };
            let step = self.spread();
            let down = members(play.kept)
                .map(|h| step[h & (C - 1)])
                .fold(f64::INFINITY, f64::min);
            if down >= -1.0 {
                upper = upper.min(kernel + decrement);
            } else if decrement < NEAR
                && let Some(bound) = self.without_vanishing(counts, play, to, kernel, &step)
            {
                upper = upper.min(bound);
            }
            if -2.0 * upper > goal.cut {
                return End::Bounded(-2.0 * upper);
            }
            if goal.bound && upper <= kernel + NEAR {
                return End::Bounded(-2.0 * upper);
            }
            let eta = to.eta;
            for (e, s) in to.eta.iter_mut().zip(&step) {
                *e += s;
            }
            last = Some((eta, step, kernel, decrement));
            length = 1.0;
            halvings = 0;
        }
    }
}

#[cfg(test)]
mod tests;

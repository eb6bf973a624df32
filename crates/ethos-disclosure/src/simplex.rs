//! Linear programmes over additive tables: bounded variables, homogeneous equations, a start that
//! is feasible.
//!
//! Why a solver of our own beside the one that solves the integer programmes: an audit asks for
//! the smallest and the largest value of thousands of cells over *one* set of equations, starting
//! from a table that is known to fit (the true one). So the tableau is kept and only the objective
//! changes, no first phase is needed, and the multipliers of the equations can be had as a
//! certificate. Coefficients are 1 and −1 and the tableau of such a system hardly ever holds
//! anything else, so a dense tableau with sparse row operations is both quick and exact enough;
//! nothing a caller reports rests on it anyway: tables found are checked in whole numbers and
//! bounds in fractions.

use crate::lot::lot;

/// Numbers smaller than this are zero.
const TINY: f64 = 1e-9;
/// After so many steps on the spot variables and rows are taken by lot: Bland's rule cannot go
/// round in circles but stands still for thousands of steps where many sums are tight.
const STUCK: u64 = 30;
/// What no cell reaches.
pub(crate) const FAR: f64 = 1e7;

/// How an optimisation ended.
#[derive(Copy, Clone, PartialEq, Eq, Debug)]
pub(crate) enum End {
    /// At an optimum.
    Optimal,
    /// After so many steps that it was given up; the current point is feasible all the same.
    GivenUp,
}

/// Variables within bounds, equations `Σ ±x = 0`, and a current point.
#[derive(Clone, Debug)]
pub(crate) struct Simplex {
    rows: usize,
    cols: usize,
    /// Rows × columns; the column of a basic variable is a unit vector.
    tableau: Vec<f64>,
    /// The basic variable of a row; `None` while the row's artificial variable, held at zero, is.
    basis: Vec<Option<usize>>,
    /// The row of a basic variable.
    row_of: Vec<Option<usize>>,
    x: Vec<f64>,
    lower: Vec<f64>,
    upper: Vec<f64>,
    cost: Vec<f64>,
    support: Vec<usize>,
    /// Numbers of the tableau that may still be changed.
    budget: u64,
}

impl Simplex {
    /// Equations by their terms (variable, coefficient), bounds, and a point that satisfies the
    /// equations. The point may break bounds; see [`Simplex::repair`].
    pub(crate) fn new(
        equations: &[Vec<(usize, f64)>],
        lower: Vec<f64>,
        upper: Vec<f64>,
        x: Vec<f64>,
    ) -> Self {
        let (rows, cols) = (equations.len(), x.len());
        let mut tableau = vec![0.0; rows * cols];
        for (r, terms) in equations.iter().enumerate() {
            for &(j, a) in terms {
                tableau[r * cols + j] += a;
            }
        }
        Self {
            rows,
            cols,
            tableau,
            basis: vec![None; rows],
            row_of: vec![None; cols],
            x,
            lower,
            upper,
            cost: vec![0.0; cols],
            support: Vec::new(),
            budget: u64::MAX,
        }
    }

    /// Gives up after so much work, counted in numbers of the tableau changed: the same everywhere,
    /// which seconds are not.
    pub(crate) fn limit(&mut self, budget: u64) {
        self.budget = budget;
    }

    /// The work left.
    pub(crate) fn budget(&self) -> u64 {
        self.budget
    }

    /// The current point.
    pub(crate) fn point(&self) -> &[f64] {
        &self.x
    }

    /// The basic variables.
    pub(crate) fn basics(&self) -> impl Iterator<Item = usize> + '_ {
        self.basis.iter().filter_map(|basic| *basic)
    }

    /// Other bounds for a variable; the point stays where it is.
    pub(crate) fn bound(&mut self, j: usize, lower: f64, upper: f64) {
        self.lower[j] = lower;
        self.upper[j] = upper;
    }

    /// Bounds of a variable.
    pub(crate) fn bounds(&self, j: usize) -> (f64, f64) {
        (self.lower[j], self.upper[j])
    }

    /// Minimises `Σ cost · x` from the current, feasible point.
    pub(crate) fn minimise(&mut self, cost: impl IntoIterator<Item = (usize, f64)>) -> End {
        self.minimise_within(cost, 200 + 20 * (self.rows + self.cols))
    }

    /// The same in so many steps at most.
    pub(crate) fn minimise_within(
        &mut self,
        cost: impl IntoIterator<Item = (usize, f64)>,
        steps: usize,
    ) -> End {
        self.cost.fill(0.0);
        for (j, c) in cost {
            match self.row_of[j] {
                None => self.cost[j] += c,
                Some(r) => {
                    let row = &self.tableau[r * self.cols..(r + 1) * self.cols];
                    for (d, t) in self.cost.iter_mut().zip(row) {
                        *d -= c * t;
                    }
                    self.cost[j] = 0.0;
                }
            }
        }
        let mut stuck = 0;
        for _ in 0..steps {
            if self.budget == 0 {
                break;
            }
            let Some((j, sign)) = self.entering(stuck) else {
                return End::Optimal;
            };
            let (step, leaving) = self.ratio(j, sign, false, stuck);
            stuck = if step > TINY { 0 } else { stuck + 1 };
            self.advance(j, sign * step);
            if let Some(r) = leaving {
                self.pivot(r, j);
            }
        }
        End::GivenUp
    }

    /// Moves the point into its bounds. `false` where that is impossible, with the point where
    /// the sum of what is broken is least.
    pub(crate) fn repair(&mut self) -> bool {
        let limit = 200 + 20 * (self.rows + self.cols);
        let mut stuck = 0;
        for _ in 0..limit {
            self.cost.fill(0.0);
            let mut broken = false;
            for j in 0..self.cols {
                let c = if self.x[j] < self.lower[j] - TINY {
                    -1.0
                } else if self.x[j] > self.upper[j] + TINY {
                    1.0
                } else {
                    continue;
                };
                broken = true;
                match self.row_of[j] {
                    None => self.cost[j] += c,
                    Some(r) => {
                        let row = &self.tableau[r * self.cols..(r + 1) * self.cols];
                        for (d, t) in self.cost.iter_mut().zip(row) {
                            *d -= c * t;
                        }
                    }
                }
            }
            if !broken {
                return true;
            }
            for &basic in self.basis.iter().flatten() {
                self.cost[basic] = 0.0;
            }
            if self.budget == 0 {
                return false;
            }
            let Some((j, sign)) = self.entering(stuck) else {
                return false;
            };
            let (step, leaving) = self.ratio(j, sign, true, stuck);
            stuck = if step > TINY { 0 } else { stuck + 1 };
            self.advance(j, sign * step);
            if let Some(r) = leaving {
                self.pivot(r, j);
            }
        }
        false
    }

    /// How far a variable is out of its bounds.
    pub(crate) fn excess(&self, j: usize) -> f64 {
        (self.lower[j] - self.x[j])
            .max(self.x[j] - self.upper[j])
            .max(0.0)
    }

    /// The non-basic variable to move, and which way: the one that gains most, by lot when the way
    /// has been stuck at one point for so many steps.
    fn entering(&self, stuck: u64) -> Option<(usize, f64)> {
        let mut best = 0.0;
        let mut found = None;
        for j in 0..self.cols {
            let d = self.cost[j];
            if d.abs() <= TINY || self.row_of[j].is_some() {
                continue;
            }
            let gain = if stuck > STUCK {
                d.abs() * lot(j, stuck)
            } else {
                d.abs()
            };
            if gain <= best {
                continue;
            }
            let sign = if d < 0.0 && self.x[j] < self.upper[j] - TINY {
                1.0
            } else if d > 0.0 && self.x[j] > self.lower[j] + TINY {
                -1.0
            } else {
                continue;
            };
            found = Some((j, sign));
            best = gain;
        }
        found
    }

    /// How far variable `j` can go, and the row that stops it.
    fn ratio(&self, j: usize, sign: f64, repairing: bool, stuck: u64) -> (f64, Option<usize>) {
        // Out of bounds it goes back to the bound it broke and no further.
        let own = match (sign > 0.0, repairing) {
            (true, true) if self.x[j] < self.lower[j] - TINY => self.lower[j] - self.x[j],
            (false, true) if self.x[j] > self.upper[j] + TINY => self.x[j] - self.upper[j],
            (true, _) => self.upper[j] - self.x[j],
            (false, _) => self.x[j] - self.lower[j],
        };
        let mut step = own.clamp(0.0, 4.0 * FAR);
        let mut stop: Option<(usize, f64)> = None;
        for r in 0..self.rows {
            let t = self.tableau[r * self.cols + j];
            if t.abs() <= TINY {
                continue;
            }
            let rate = -t * sign;
            let room = match self.basis[r] {
                None => 0.0,
                Some(basic) => {
                    let (x, low, high) = (self.x[basic], self.lower[basic], self.upper[basic]);
                    let below = x < low - TINY;
                    let above = x > high + TINY;
                    match (rate > 0.0, repairing && below, repairing && above) {
                        (true, true, _) => low - x,
                        (true, _, true) | (false, true, _) => continue,
                        (true, false, false) => high - x,
                        (false, _, true) => x - high,
                        (false, false, false) => x - low,
                    }
                }
            };
            let reach = room.max(0.0) / rate.abs();
            // Of equal stops artificial variables go first, then the largest pivot.
            let weight = match self.basis[r] {
                None => 10.0 + t.abs(),
                Some(basic) if stuck > STUCK => t.abs() * lot(basic, stuck),
                Some(_) => t.abs(),
            };
            let better = reach < step - TINY
                || (reach <= step + TINY && stop.is_none_or(|(_, best)| weight > best));
            if better {
                step = step.min(reach);
                stop = Some((r, weight));
            }
        }
        (step, stop.map(|(r, _)| r))
    }

    /// Moves variable `j` by `by`, basic variables along with it.
    fn advance(&mut self, j: usize, by: f64) {
        if by == 0.0 {
            return;
        }
        self.x[j] = tidy(self.x[j] + by);
        for r in 0..self.rows {
            let t = self.tableau[r * self.cols + j];
            if t != 0.0
                && let Some(basic) = self.basis[r]
            {
                self.x[basic] = tidy(self.x[basic] - t * by);
            }
        }
    }

    fn pivot(&mut self, row: usize, j: usize) {
        let cols = self.cols;
        let p = self.tableau[row * cols + j];
        let mut support = std::mem::take(&mut self.support);
        support.clear();
        for k in 0..cols {
            let t = &mut self.tableau[row * cols + k];
            if *t != 0.0 {
                *t /= p;
                support.push(k);
            }
        }
        let pivot_row: Vec<f64> = support
            .iter()
            .map(|&k| self.tableau[row * cols + k])
            .collect();
        let mut changed = 0;
        for r in 0..self.rows {
            let factor = self.tableau[r * cols + j];
            if r == row || factor == 0.0 {
                continue;
            }
            changed += support.len() as u64;
            let target = &mut self.tableau[r * cols..(r + 1) * cols];
            for (&k, p) in support.iter().zip(&pivot_row) {
                let t = target[k] - factor * p;
                target[k] = if t.abs() < 1e-11 { 0.0 } else { t };
            }
            target[j] = 0.0;
        }
        let factor = self.cost[j];
        if factor != 0.0 {
            for (&k, p) in support.iter().zip(&pivot_row) {
                self.cost[k] -= factor * p;
            }
            self.cost[j] = 0.0;
        }
        if let Some(old) = self.basis[row] {
            self.row_of[old] = None;
        }
        self.basis[row] = Some(j);
        self.row_of[j] = Some(row);
        self.support = support;
        self.budget = self.budget.saturating_sub(changed);
    }
}

/// Near a whole number: that number.
fn tidy(x: f64) -> f64 {
    let whole = x.round();
    if (x - whole).abs() < 1e-9 { whole } else { x }
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    /// A 2 × 2 table with margins.
    fn square() -> Vec<Vec<(usize, f64)>> {
        // 0 1 | 2 ; 3 4 | 5 ; 6 7 | 8
        let sum =
            |parts: [usize; 2], total: usize| vec![(parts[0], 1.0), (parts[1], 1.0), (total, -1.0)];
        vec![
            sum([0, 1], 2),
            sum([3, 4], 5),
            sum([6, 7], 8),
            sum([0, 3], 6),
            sum([1, 4], 7),
            sum([2, 5], 8),
        ]
    }

    #[test]
    fn withheld_corners_give_the_textbook_interval() {
        let x = vec![4.0, 20.0, 24.0, 50.0, 60.0, 110.0, 54.0, 80.0, 134.0];
        let mut lower = x.clone();
        let mut upper = x.clone();
        for corner in [0, 1, 3, 4] {
            lower[corner] = 0.0;
            upper[corner] = FAR;
        }
        let mut lp = Simplex::new(&square(), lower, upper, x);
        assert_eq!(lp.minimise([(0, 1.0)]), End::Optimal);
        assert_eq!(lp.point()[0], 0.0);
        assert_eq!(lp.minimise([(0, -1.0)]), End::Optimal);
        assert_eq!(lp.point()[0], 24.0);
    }

    proptest! {
        #[test]
        fn extremes_are_those_of_trying_every_table(
            inner in prop::collection::vec(0_i64..5, 4),
            open in prop::collection::vec((0_i64..3, 0_i64..3), 9),
            target in 0_usize..9,
        ) {
            let [a, b, c, d] = [inner[0], inner[1], inner[2], inner[3]];
            let whole = [a, b, a + b, c, d, c + d, a + c, b + d, a + b + c + d];
            let x: Vec<f64> = whole.iter().map(|n| *n as f64).collect();
            let low: Vec<f64> = x.iter().zip(&open).map(|(x, o)| (x - o.0 as f64).max(0.0)).collect();
            let high: Vec<f64> = x.iter().zip(&open).map(|(x, o)| x + o.1 as f64).collect();
            let mut least = i64::MAX;
            let mut most = i64::MIN;
            for a in 0..8_i64 { for b in 0..8_i64 { for c in 0..8_i64 { for d in 0..8_i64 {
                let t = [a, b, a + b, c, d, c + d, a + c, b + d, a + b + c + d];
                if t.iter().enumerate().all(|(i, t)| low[i] <= *t as f64 && *t as f64 <= high[i]) {
                    least = least.min(t[target]);
                    most = most.max(t[target]);
                }
            }}}}
            let mut lp = Simplex::new(&square(), low, high, x);
            prop_assert_eq!(lp.minimise([(target, -1.0)]), End::Optimal);
            prop_assert_eq!(lp.point()[target], most as f64);
            prop_assert_eq!(lp.minimise([(target, 1.0)]), End::Optimal);
            prop_assert_eq!(lp.point()[target], least as f64);
        }

        #[test]
        fn a_point_out_of_bounds_is_brought_in_where_that_can_be(
            inner in prop::collection::vec(0_i64..4, 4),
            low in prop::collection::vec(0_i64..5, 9),
            width in prop::collection::vec(0_i64..4, 9),
        ) {
            let [a, b, c, d] = [inner[0], inner[1], inner[2], inner[3]];
            let x: Vec<f64> = [a, b, a + b, c, d, c + d, a + c, b + d, a + b + c + d]
                .iter().map(|n| *n as f64).collect();
            let lower: Vec<f64> = low.iter().map(|l| *l as f64).collect();
            let upper: Vec<f64> = low.iter().zip(&width).map(|(l, w)| (l + w) as f64).collect();
            let mut possible = false;
            for a in 0..8_i64 { for b in 0..8_i64 { for c in 0..8_i64 { for d in 0..8_i64 {
                let t = [a, b, a + b, c, d, c + d, a + c, b + d, a + b + c + d];
                possible |= t.iter().enumerate().all(|(i, t)| lower[i] <= *t as f64 && *t as f64 <= upper[i]);
            }}}}
            let mut lp = Simplex::new(&square(), lower, upper, x);
            prop_assert_eq!(lp.repair(), possible);
            let p = lp.point();
            prop_assert!((p[0] + p[1] - p[2]).abs() < 1e-9 && (p[2] + p[5] - p[8]).abs() < 1e-9);
        }
    }
}

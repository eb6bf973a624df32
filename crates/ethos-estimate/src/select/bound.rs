//! Branch and bound over the lattice: the best model, or all models near it, proved.
//!
//! A node is a pair of families: what every model below it contains, and the
//! largest model it can reach. The likelihood is monotone in nested models, so no model below is
//! better than the likelihood of the reach with the penalty of what is contained
//! (the lower bound). From it three things follow without branching: a node whose bound is
//! beyond the limit is closed; an interaction that is too dear with all it brings
//! along is taken out of the reach; and one without which the reach fits too badly is contained.
//! What remains is decided both ways. The limit comes from the best value found so far, so that
//! the order of decisions changes the time and never the answer.

use super::lattice::{Lattice, members};
use super::tolerance::Tolerance;
use crate::kernel::math;

/// Down to this depth the pairs are tried one by one before branching: what is needed is found early.
const PROBED: usize = 2;

/// What a model is worth.
#[derive(Debug, Clone, Copy, PartialEq)]
pub(crate) enum Worth {
    /// −2 × its log-likelihood kernel; its estimate exists and is identified.
    Value(f64),
    /// More than what was asked for, or without an estimate: not looked into.
    Beyond,
    /// Proved to have no estimate; −2 × the supremum of its kernel, or less.
    NoEstimate(f64),
    /// Its estimate exists, but the fit did not converge.
    Unknown,
}

/// Fits for a search in one data set. The points they end at are kept by depth, to start from.
pub(crate) trait Fits {
    /// A lower bound on −2 × the log-likelihood kernel of `family` and of all within it.
    ///
    /// Starts from the point at `from`, if any, and leaves its own at `depth`. It may stop once the
    /// bound exceeds `cut`.
    fn bound(&mut self, family: u64, from: Option<usize>, depth: usize, cut: f64) -> f64;

    /// −2 × the kernel of the saturated model: no model has less.
    fn least(&self) -> f64;

    /// What a model is worth, unless −2 × its kernel exceeds `cut`.
    fn worth(&mut self, family: u64, from: Option<usize>, depth: usize, cut: f64) -> Worth;
}

/// A model with its criterion value, less what all models share.
#[derive(Debug, Clone, Copy, PartialEq)]
pub(crate) struct Found {
    pub(crate) family: u64,
    pub(crate) value: f64,
}

/// Which models are wanted.
#[derive(Debug, Clone, Copy, PartialEq)]
pub(crate) struct Wanted {
    /// How far from the best; ties with the best are always wanted.
    pub(crate) width: f64,
    /// And how many at most; the window narrows to them.
    pub(crate) most: usize,
}

impl Wanted {
    /// The best model alone.
    pub(crate) const BEST: Self = Self {
        width: 0.0,
        most: usize::MAX,
    };
}

/// What a search found and what it took.
#[derive(Debug, Clone)]
pub(crate) struct Findings {
    /// The models wanted: the winner, then by value.
    pub(crate) models: Vec<Found>,
    /// How far from the best every model is among them.
    pub(crate) width: f64,
    /// Models that would have been among them but have no estimate.
    pub(crate) without_estimate: u64,
    /// Models that might be among them, but whose fits did not converge.
    pub(crate) unknown: u64,
    /// Of these the ones that might be better than the winner: without any, it is proved.
    pub(crate) rivals: u64,
    /// Bound on Σ exp(−(value − best)/2) over all models left out, where it was asked for.
    pub(crate) left_out: f64,
    /// Fits that gave a bound or a value.
    pub(crate) fits: u64,
}

/// A search over one data set.
pub(crate) struct Search<'a, F> {
    lattice: &'a Lattice,
    fits: &'a mut F,
    /// Penalty by number of interactions.
    penalties: &'a [f64],
    wanted: Wanted,
    tolerance: Tolerance,
    best: f64,
    limit: f64,
    found: Vec<Found>,
    /// Values of models without an estimate.
    without_estimate: Vec<f64>,
    /// Models whose fits did not converge, with the best bound on −2 × their kernels.
    unknown: Vec<(u64, f64)>,
    tried: Vec<u64>,
    count: u64,
    /// The value that weights are relative to, and the weight of all that was closed.
    left_out: Option<(f64, f64)>,
}

impl<'a, F: Fits> Search<'a, F> {
    pub(crate) fn new(
        lattice: &'a Lattice,
        fits: &'a mut F,
        penalties: &'a [f64],
        wanted: Wanted,
        tolerance: Tolerance,
    ) -> Self {
        Self {
            lattice,
            fits,
            penalties,
            wanted,
            tolerance,
            best: f64::INFINITY,
            limit: f64::INFINITY,
            found: Vec::new(),
            without_estimate: Vec::new(),
            unknown: Vec::new(),
            tried: Vec::new(),
            count: 0,
            left_out: None,
        }
    }

    /// Bounds the weight of what is left out, relative to a model of value `best`.
    pub(crate) fn weighing(mut self, best: f64) -> Self {
        self.left_out = Some((best, 0.0));
        self
    }

    /// Runs; `first` are models tried before the search, to have a limit early.
    pub(crate) fn run(mut self, first: &[u64]) -> Findings {
        for &family in first {
            self.leaf(family, self.fits.least(), None, 0);
            self.tried.push(family);
        }
        let (must, all) = (self.lattice.must, self.lattice.all);
        let bound = self.bound(all, None, 0, self.cut(must));
        self.node(0, must, all, bound, &[bound; 64]);
        for (family, bound) in std::mem::take(&mut self.unknown) {
            self.close(bound, family, 0);
            self.unknown.push((family, bound + self.penalty(family)));
        }
        self.found.sort_by(|a, b| a.value.total_cmp(&b.value));
        // The winner is the first of those that tie with the best.
        let ties = self
            .found
            .iter()
            .take_while(|f| f.value <= self.best + self.tolerance.tie)
            .count();
        let winner = (0..ties).min_by_key(|&i| self.lattice.place(self.found[i].family));
        if let Some(winner) = winner {
            self.found[..=winner].rotate_right(1);
        }
        let within = |limit: f64| self.unknown.iter().filter(|u| u.1 <= limit).count() as u64;
        Findings {
            unknown: within(self.limit),
            rivals: within(self.best + self.tolerance.tie),
            models: self.found,
            width: self.limit - self.best,
            without_estimate: self
                .without_estimate
                .iter()
                .filter(|&&v| v <= self.limit)
                .count() as u64,
            left_out: self.left_out.map_or(0.0, |(_, weight)| weight),
            fits: self.count,
        }
    }

    fn penalty(&self, family: u64) -> f64 {
        self.penalties[family.count_ones() as usize]
    }

    /// Largest −2 × kernel with which a model containing `family` is within the limit.
    fn cut(&self, family: u64) -> f64 {
        self.limit - self.penalty(family) + self.tolerance.slack
    }

    fn bound(&mut self, family: u64, from: Option<usize>, depth: usize, cut: f64) -> f64 {
        self.count += 1;
        self.fits.bound(family, from, depth, cut)
    }

    /// Takes note that all models with `inside` and some of `free` are left out, none of which has
    /// −2 × kernel below `bound`.
    ///
    /// The penalty grows at least as fast as at its first step, so their weights sum to at most the
    /// binomial series.
    fn close(&mut self, bound: f64, inside: u64, free: u64) {
        if let Some((best, weight)) = &mut self.left_out {
            let k = inside.count_ones() as usize;
            let free = (free & !inside).count_ones();
            let own = math::exp(-0.5 * (bound + self.penalties[k] - *best));
            let step = self.penalties[k + 1] - self.penalties[k];
            let each = if step.is_finite() {
                math::exp(-0.5 * step)
            } else {
                0.0
            };
            *weight += own * (1.0 + each).powi(free as i32);
        }
    }

    /// Looks into one model, whose −2 × kernel is at least `bound`.
    fn leaf(&mut self, family: u64, bound: f64, from: Option<usize>, depth: usize) {
        if self.tried.contains(&family) {
            for (_, known) in self.unknown.iter_mut().filter(|u| u.0 == family) {
                *known = known.max(bound);
            }
            return;
        }
        self.count += 1;
        let cut = self.cut(family);
        match self.fits.worth(family, from, depth, cut) {
            Worth::Value(minus_two) => {
                let value = minus_two + self.penalty(family);
                if value <= self.limit && value.is_finite() {
                    self.take(Found { family, value });
                } else {
                    self.close(minus_two, family, 0);
                }
            }
            Worth::Beyond => self.close(cut - self.tolerance.slack, family, 0),
            Worth::Unknown => self.unknown.push((family, bound)),
            Worth::NoEstimate(minus_two) => {
                let value = minus_two + self.penalty(family);
                self.without_estimate.push(value);
            }
        }
    }

    /// Adds a model, and drops those that are no longer wanted.
    fn take(&mut self, model: Found) {
        self.best = self.best.min(model.value);
        let width = self.wanted.width.max(self.tolerance.tie);
        self.limit = self.limit.min(self.best + width);
        self.found.push(model);
        // Twice as many before they are sorted out, so that this costs little.
        if self.found.len() >= self.wanted.most.saturating_mul(2) {
            self.found.sort_by(|a, b| a.value.total_cmp(&b.value));
            // All that tie with the last one wanted stay.
            let last = self.found[self.wanted.most - 1].value + self.tolerance.tie;
            self.limit = self.limit.min(last);
        }
        let limit = self.limit;
        let mut dropped = Vec::new();
        self.found.retain(|f| {
            if f.value > limit {
                dropped.push(*f);
            }
            f.value <= limit
        });
        for f in dropped {
            self.close(f.value - self.penalty(f.family), f.family, 0);
        }
    }

    /// Searches the models that contain `inside` and are within `reach`, whose point is at `depth`.
    ///
    /// `bound` is of `reach`; `without[h]` of a model containing the reach without interaction h.
    fn node(
        &mut self,
        depth: usize,
        mut inside: u64,
        mut reach: u64,
        mut bound: f64,
        without: &[f64; 64],
    ) {
        let lattice = self.lattice;
        let mut without = *without;
        loop {
            let cut = self.cut(inside);
            let free = reach & !inside;
            if bound > cut {
                return self.close(bound, inside, free);
            }
            if free == 0 {
                return self.leaf(reach, bound, Some(depth), depth);
            }
            // Too dear with all they bring along.
            let mut dear = 0;
            for h in members(free) {
                let with = inside | lattice.down(h);
                if dear >> h & 1 == 0 && bound > self.cut(with) {
                    self.close(bound, with, free & !dear);
                    dear |= lattice.up(h);
                }
            }
            if dear != 0 {
                reach &= !dear;
                bound = bound.max(self.bound(reach, Some(depth), depth, cut));
                continue;
            }
            // The reach would fit too badly without them.
            let mut needed = 0;
            for h in members(free) {
                if needed >> h & 1 == 0 && without[h] > cut {
                    self.close(without[h], inside | needed, free & !lattice.up(h));
                    needed |= lattice.down(h);
                }
            }
            if needed != 0 {
                inside |= needed;
                continue;
            }
            if depth < PROBED {
                let untried = members(free).find(|&h| h.count_ones() == 2 && without[h] <= bound);
                if let Some(h) = untried {
                    self.leave_out(h, reach, bound, &mut without, depth, cut);
                    continue;
                }
            }
            // The one whose lack shows most; before any was tried, the first.
            let Some(h) = lattice
                .in_order()
                .rev()
                .filter(|&h| free >> h & 1 == 1)
                .max_by(|&a, &b| without[a].total_cmp(&without[b]))
            else {
                return;
            };
            let below = self.leave_out(h, reach, bound, &mut without, depth, cut);
            if below <= cut {
                self.node(depth + 1, inside, reach & !lattice.up(h), below, &without);
            } else {
                self.close(below, inside, free & !lattice.up(h));
            }
            inside |= lattice.down(h);
        }
    }

    /// The bound of the reach without `h`, noted in `without`; its point is at `depth + 1`.
    fn leave_out(
        &mut self,
        h: usize,
        reach: u64,
        bound: f64,
        without: &mut [f64; 64],
        depth: usize,
        cut: f64,
    ) -> f64 {
        let below = reach & !self.lattice.up(h);
        // Above the reach's own, so that it counts as tried.
        let own = self
            .bound(below, Some(depth), depth + 1, cut)
            .max(without[h])
            .max(bound.next_up());
        // Who lacks h lacks all that contain it, so this holds for all that is within h.
        for g in members(self.lattice.down(h)) {
            without[g] = without[g].max(own);
        }
        own
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// Three lists, with −2 × the kernel of every family.
    struct Made<K> {
        kernel: K,
        /// The family whose fit does not converge, if any.
        stalls: u64,
    }

    impl<K: Fn(u64) -> f64> Fits for Made<K> {
        fn bound(&mut self, family: u64, _: Option<usize>, _: usize, _: f64) -> f64 {
            (self.kernel)(family)
        }
        fn least(&self) -> f64 {
            (self.kernel)(PAIRS[0] | PAIRS[1] | PAIRS[2])
        }
        fn worth(&mut self, family: u64, _: Option<usize>, _: usize, cut: f64) -> Worth {
            match (self.kernel)(family) {
                _ if family == self.stalls => Worth::Unknown,
                value if value > cut => Worth::Beyond,
                value => Worth::Value(value),
            }
        }
    }

    const PAIRS: [u64; 3] = [1 << 0b011, 1 << 0b101, 1 << 0b110];

    fn search<K: Fn(u64) -> f64>(
        mut made: Made<K>,
        width: f64,
        saturated: f64,
        first: &[u64],
    ) -> Findings {
        let lattice = Lattice::new(3, 2, &[], &[]);
        let penalties = [0.0, 4.0, 8.0, 12.0, 16.0];
        let wanted = Wanted {
            width,
            most: usize::MAX,
        };
        let tolerance = Tolerance::new(saturated, 0.0);
        Search::new(&lattice, &mut made, &penalties, wanted, tolerance)
            .weighing(24.0)
            .run(first)
    }

    #[test]
    fn a_fit_that_did_not_converge_is_no_model_without_an_estimate() {
        // −2 × the kernel falls by 10 with the first pair and by 1 with each of the others.
        let run = |stalls, width, first: &[u64]| {
            let gain = |h| if h == 0b011 { 10.0 } else { 1.0 };
            let kernel = |family| 30.0 - members(family).map(gain).sum::<f64>();
            search(Made { kernel, stalls }, width, 30.0, first)
        };
        let [first, second] = [PAIRS[0], PAIRS[0] | PAIRS[1]];
        let all = run(u64::MAX, 0.0, &[]);
        assert_eq!((all.models[0].family, all.models[0].value), (first, 24.0));
        assert_eq!((all.unknown, all.rivals, all.without_estimate), (0, 0, 0));
        // The best itself: what is found instead is not proved, whether it is tried first or not.
        for tried in [&[][..], &[first], &[second, first]] {
            let lost = run(first, 0.0, tried);
            assert_eq!(lost.models[0].value, 27.0, "{tried:?}");
            assert_eq!((lost.unknown, lost.rivals), (1, 1), "{tried:?}");
            assert!(lost.left_out >= 1.0);
        }
        // One that could not win: the winner is proved, and what it may weigh is counted as left out.
        let lost = run(second, 10.0, &[]);
        assert_eq!(lost.models[0].family, first);
        assert_eq!((lost.unknown, lost.rivals), (1, 0));
        assert!(lost.left_out >= math::exp(-1.5));
    }

    /// The second and the third pair do the same. What the kernels of the two models differ by is
    /// rounding, and the first is chosen, at any scale and whichever is looked into first.
    #[test]
    fn rounding_does_not_choose() {
        for size in [1e4, 1e8, 1e12] {
            let rounding = 4e-16 * size;
            let kernel = |family: u64| {
                let with = |p: u64, gain: f64| if family & p == 0 { 0.0 } else { gain };
                let either = with(PAIRS[1] | PAIRS[2], 10.0);
                -2.0 * size - either - with(PAIRS[2], rounding)
            };
            for first in [&[][..], &[PAIRS[2]], &[PAIRS[1]], &[PAIRS[0] | PAIRS[2]]] {
                let stalls = u64::MAX;
                let found = search(Made { kernel, stalls }, 0.0, size, first);
                assert_eq!(found.models[0].family, PAIRS[1], "{size} {first:?}");
                assert_eq!(found.models.len(), 2, "{size} {first:?}");
            }
        }
    }
}

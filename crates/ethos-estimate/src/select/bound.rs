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
use crate::kernel::math;

/// Two criterion values closer than this tie; the model that comes first wins.
pub(crate) const TIE: f64 = 1e-9;
/// Slack on lower bounds, for rounding and for fits that stopped just short of their supremum.
const SLACK: f64 = 1e-6;
/// Down to this depth the pairs are tried one by one before branching: what is needed is found early.
const PROBED: usize = 2;

/// What a model is worth.
#[derive(Debug, Clone, Copy, PartialEq)]
pub(crate) enum Worth {
    /// −2 × its log-likelihood kernel; its estimate exists and is identified.
    Value(f64),
    /// More than what was asked for, or without an estimate: not looked into.
    Beyond,
    /// Proved to have no estimate; −2 × the supremum of its kernel.
    NoEstimate(f64),
}

/// Fits for a search in one data set. The points they end at are kept by depth, to start from.
pub(crate) trait Fits {
    /// A lower bound on −2 × the log-likelihood kernel of `family` and of all within it.
    ///
    /// Starts from the point at `from`, if any, and leaves its own at `depth`. It may stop once the
    /// bound exceeds `cut`.
    fn bound(&mut self, family: u64, from: Option<usize>, depth: usize, cut: f64) -> f64;

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
    /// How far from the best.
    pub(crate) width: f64,
    /// And how many at most; the window narrows to them.
    pub(crate) most: usize,
}

impl Wanted {
    /// The best model alone.
    pub(crate) const BEST: Self = Self {
        width: TIE,
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
    best: f64,
    limit: f64,
    found: Vec<Found>,
    /// Values of models without an estimate.
    without_estimate: Vec<f64>,
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
    ) -> Self {
        Self {
            lattice,
            fits,
            penalties,
            wanted,
            best: f64::INFINITY,
            limit: f64::INFINITY,
            found: Vec::new(),
            without_estimate: Vec::new(),
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
            self.leaf(family, None, 0);
            self.tried.push(family);
        }
        let (must, all) = (self.lattice.must, self.lattice.all);
        let bound = self.bound(all, None, 0, self.cut(must));
        self.node(0, must, all, bound, &[bound; 64]);
        self.found.sort_by(|a, b| a.value.total_cmp(&b.value));
        // The winner is the first of those that tie with the best.
        let ties = self
            .found
            .iter()
            .take_while(|f| f.value <= self.best + TIE)
            .count();
        let winner = (0..ties).min_by_key(|&i| self.lattice.place(self.found[i].family));
        if let Some(winner) = winner {
            self.found[..=winner].rotate_right(1);
        }
        Findings {
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
        self.limit - self.penalty(family) + SLACK
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

    fn leaf(&mut self, family: u64, from: Option<usize>, depth: usize) {
        if self.tried.contains(&family) {
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
            Worth::Beyond => self.close(cut - SLACK, family, 0),
            Worth::NoEstimate(minus_two) => {
                let value = minus_two + self.penalty(family);
                self.without_estimate.push(value);
            }
        }
    }

    /// Adds a model, and drops those that are no longer wanted.
    fn take(&mut self, model: Found) {
        self.best = self.best.min(model.value);
        self.limit = self.limit.min(self.best + self.wanted.width);
        self.found.push(model);
        // Twice as many before they are sorted out, so that this costs little.
        if self.found.len() >= self.wanted.most.saturating_mul(2) {
            self.found.sort_by(|a, b| a.value.total_cmp(&b.value));
            // All that tie with the last one wanted stay.
            let last = self.found[self.wanted.most - 1].value + TIE;
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
                return self.leaf(reach, Some(depth), depth);
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

//! The cheapest pattern that satisfies the inequalities so far.

use std::collections::{BTreeMap, BTreeSet};

use microlp::{ComparisonOp, OptimizationDirection, Problem, SolveOptions};

use super::attacker::Cut;

/// Inequalities, and what was solved of them.
pub(super) struct Master {
    cuts: Vec<Cut>,
    nodes: u64,
    /// Groups that were solved before, by their inequalities.
    solved: BTreeMap<Vec<usize>, Proposed>,
}

/// A pattern.
#[derive(Clone, PartialEq, Debug, Default)]
pub(super) struct Proposed {
    /// Cells to withhold, ascending.
    pub(super) cells: Vec<usize>,
    /// No pattern that satisfies the inequalities costs less.
    pub(super) bound: i64,
}

impl Master {
    pub(super) fn new(nodes: u64) -> Self {
        Self {
            cuts: Vec::new(),
            nodes,
            solved: BTreeMap::new(),
        }
    }

    /// Adds an inequality; `false` where it was there.
    pub(super) fn add(&mut self, cut: Cut) -> bool {
        let fresh = !self.cuts.contains(&cut);
        if fresh {
            self.cuts.push(cut);
        }
        fresh
    }

    /// The cheapest pattern, group by group.
    pub(super) fn solve(&mut self, weight: impl Fn(usize) -> i64) -> Proposed {
        let mut all = Proposed::default();
        let mut kept = BTreeMap::new();
        for group in self.groups() {
            let found = match self.solved.get(&group) {
                Some(found) => found.clone(),
                None => self.cheapest(&group, &weight),
            };
            all.cells.extend(&found.cells);
            all.bound += found.bound;
            kept.insert(group, found);
        }
        self.solved = kept;
        all.cells.sort_unstable();
        all
    }

    /// Inequalities that have cells in common, directly or by others.
    fn groups(&self) -> Vec<Vec<usize>> {
        fn root(above: &mut [usize], mut at: usize) -> usize {
            while above[at] != at {
                above[at] = above[above[at]];
                at = above[at];
            }
            at
        }
        let mut above: Vec<usize> = (0..self.cuts.len()).collect();
        let mut first: BTreeMap<usize, usize> = BTreeMap::new();
        for (at, cut) in self.cuts.iter().enumerate() {
            for (cell, _) in &cut.terms {
                let other = *first.entry(*cell).or_insert(at);
                let (a, b) = (root(&mut above, at), root(&mut above, other));
                above[a.max(b)] = a.min(b);
            }
        }
        let mut groups: BTreeMap<usize, Vec<usize>> = BTreeMap::new();
        for at in 0..self.cuts.len() {
            groups.entry(root(&mut above, at)).or_default().push(at);
        }
        groups.into_values().collect()
    }

    fn cheapest(&self, group: &[usize], weight: &impl Fn(usize) -> i64) -> Proposed {
        let cells: BTreeSet<usize> = group
            .iter()
            .flat_map(|at| self.cuts[*at].terms.iter().map(|(cell, _)| *cell))
            .collect();
        let mut problem = Problem::new(OptimizationDirection::Minimize);
        let variables: BTreeMap<usize, microlp::Variable> = cells
            .into_iter()
            .map(|cell| (cell, problem.add_binary_var(weight(cell) as f64)))
            .collect();
        for at in group {
            let terms: Vec<(microlp::Variable, f64)> = self.cuts[*at]
                .terms
                .iter()
                .map(|(cell, share)| (variables[cell], *share))
                .collect();
            problem.add_constraint(terms.as_slice(), ComparisonOp::Ge, 1.0);
        }
        // A start that satisfies all of them, so that there is an answer at any limit.
        let greedy = self.greedy(group, weight);
        let mut options = SolveOptions::default();
        options.node_limit = Some(self.nodes);
        options.warm_start = Some(
            variables
                .iter()
                .map(|(cell, variable)| {
                    let withheld = greedy.binary_search(cell).is_ok();
                    (*variable, f64::from(u8::from(withheld)))
                })
                .collect(),
        );
        let own = |cells: &[usize]| cells.iter().map(|cell| weight(*cell)).sum::<i64>();
        let fallback = || Proposed {
            cells: greedy.clone(),
            bound: 0,
        };
        let Ok(outcome) = problem.solve_with(options) else {
            return fallback();
        };
        let Some(solution) = outcome.solution() else {
            return fallback();
        };
        let cells: Vec<usize> = variables
            .iter()
            .filter(|(_, variable)| solution.var_value(**variable) > 0.5)
            .map(|(cell, _)| *cell)
            .collect();
        let holds = group.iter().all(|at| {
            let reached: f64 = self.cuts[*at]
                .terms
                .iter()
                .filter(|(cell, _)| cells.binary_search(cell).is_ok())
                .map(|(_, share)| share)
                .sum();
            reached >= 1.0 - 1e-6
        });
        if !holds {
            return fallback();
        }
        // Costs are whole, so a bound is rounded up.
        let bound = if outcome.is_optimal() {
            own(&cells)
        } else {
            solution
                .stats()
                .best_bound
                .map_or(0, |bound| (bound - 1e-6).ceil() as i64)
        };
        Proposed { cells, bound }
    }

    /// The cell that helps most for its cost, one after another; ascending.
    fn greedy(&self, group: &[usize], weight: &impl Fn(usize) -> i64) -> Vec<usize> {
        let mut lack: Vec<f64> = vec![1.0; group.len()];
        let mut chosen = Vec::new();
        while lack.iter().any(|lack| *lack > 1e-9) {
            let mut helps: BTreeMap<usize, f64> = BTreeMap::new();
            for (at, lack) in group.iter().zip(&lack) {
                for (cell, share) in &self.cuts[*at].terms {
                    if *lack > 1e-9 && !chosen.contains(cell) {
                        *helps.entry(*cell).or_insert(0.0) += share.min(*lack);
                    }
                }
            }
            let best = helps.into_iter().max_by(|a, b| {
                let (x, y) = (a.1 / weight(a.0) as f64, b.1 / weight(b.0) as f64);
                x.total_cmp(&y).then(b.0.cmp(&a.0))
            });
            let Some((cell, _)) = best else {
                break;
            };
            chosen.push(cell);
            for (at, lack) in group.iter().zip(&mut lack) {
                let share = self.cuts[*at].terms.iter().find(|(own, _)| *own == cell);
                *lack -= share.map_or(0.0, |(_, share)| *share);
            }
        }
        chosen.sort_unstable();
        chosen
    }
}

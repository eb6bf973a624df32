//! One linear programme of a rounding: some cells at once, given those decided before.

use std::collections::{BTreeMap, BTreeSet};

use microlp::{ComparisonOp, OptimizationDirection, Problem, SolveOptions};

use super::work::Work;
use crate::lot::lot;
use crate::rounding::RoundingOptions;
use crate::simplex::{End, FAR, Simplex};
use crate::system::{Role, System};

/// No cell goes further than so many bases from its count.
const BASES: i64 = 3;

/// Branch and bound looks at no more variables than this …
const LARGEST: usize = 400;
/// … and at no more nodes.
const NODES: u64 = 3_000;

/// What a variable of the programme is.
#[derive(Copy, Clone, Debug)]
enum Variable {
    /// The multiple of a cell.
    Cell(usize),
    /// What cells that come later, or are hidden, have to make up in a sum.
    Rest,
    /// What a sum lacks with the cells decided before; must become zero.
    Lack,
}

/// Cells to be decided together.
pub(super) struct Block<'a> {
    system: &'a System,
    base: i64,
    variables: Vec<Variable>,
    costs: Vec<f64>,
    /// Costs and bounds at the start.
    prices: Vec<f64>,
    limits: Vec<(f64, f64)>,
    /// Beyond these no variable may go.
    hard: Vec<(f64, f64)>,
    /// What going beyond its bounds costs a variable.
    weights: Vec<f64>,
    equations: Vec<Vec<(usize, f64)>>,
    /// Cells that are the total of others in the block.
    total: Vec<bool>,
    /// Variables held at a whole number.
    fixed: Vec<bool>,
    lp: Simplex,
}

/// A decided block.
pub(super) struct Solved {
    /// Multiples by cell.
    pub(super) multiples: Vec<(usize, i64)>,
    /// Distance of the linear optimum.
    pub(super) bound: f64,
    /// Whether the solution is the linear optimum, with no cell beyond its two multiples.
    pub(super) exact: bool,
}

impl<'a> Block<'a> {
    pub(super) fn new(work: &Work<'a>, cells: &[usize]) -> Self {
        let Work {
            system,
            base,
            options,
            ref kept,
            ref decided,
            ..
        } = *work;
        let mut lower = Vec::new();
        let mut upper = Vec::new();
        let mut start = Vec::new();
        let mut variables = Vec::new();
        let mut costs = Vec::new();
        let mut hard = Vec::new();
        let mut weights = Vec::new();
        let mut position = BTreeMap::new();
        let exact = |cell: usize| system.cells()[cell].count as f64 / base as f64;
        for &cell in cells {
            position.insert(cell, variables.len());
            let count = system.cells()[cell].count;
            let (down, rest) = (count / base, count % base);
            let up = down + i64::from(rest > 0);
            let (low, high) = match kept[cell] {
                Some(kept) => (kept, kept),
                None => (down, up),
            };
            variables.push(Variable::Cell(cell));
            start.push(exact(cell));
            lower.push(low as f64);
            upper.push(high as f64);
            costs.push(cost(cell, rest, base, options, cells.len()));
            // Up to three bases from the count, where nothing nearer adds up.
            // An overlapping region is what its parts make it.
            hard.push(if work.is_overlapping(cell) {
                (0.0, FAR)
            } else {
                ((up - BASES).max(0) as f64, (down + BASES) as f64)
            });
            // A zero that turns into a number, or a number known from before that changes, is
            // the last thing wanted.
            weights.push(if count == 0 || kept[cell].is_some() {
                20.0
            } else {
                1.0
            });
        }
        let mut equations = Vec::new();
        let touched: BTreeSet<u32> = cells
            .iter()
            .flat_map(|cell| system.relation_ids(*cell))
            .copied()
            .collect();
        for at in touched {
            let relation = &system.relations()[at as usize];
            let mut terms = Vec::new();
            let mut known = 0.0;
            let mut later = 0.0;
            let mut has_later = false;
            let mut has_known = false;
            let (mut any_less, mut any_more) = (false, false);
            let mut here = 0.0;
            for (cell, sign) in relation.terms() {
                let sign = sign as f64;
                if let Some(at) = position.get(&cell) {
                    terms.push((*at, sign));
                    here += sign * start[*at];
                } else if let Some(multiple) = decided[cell] {
                    known += sign * multiple as f64;
                    has_known = true;
                } else {
                    has_later = true;
                    later += sign * exact(cell);
                    if system.cells()[cell].role == Role::Hidden {
                        if sign > 0.0 {
                            any_more = true;
                        } else {
                            any_less = true;
                        }
                    }
                }
            }
            // here + known + rest + lack = 0, where the rest should be near `later`.
            if has_later {
                terms.push((variables.len(), 1.0));
                variables.push(Variable::Rest);
                start.push(-(here + known));
                let near = |x: f64| (x - x.round()).abs() < 1e-9;
                let (low, high) = if near(later) {
                    (later.round(), later.round())
                } else {
                    (later.floor(), later.ceil())
                };
                // A hidden part can be anything from zero up.
                let open = any_less || any_more;
                lower.push(if any_less {
                    -FAR
                } else if open {
                    0.0_f64.min(low)
                } else {
                    low
                });
                upper.push(if any_more { FAR } else { high });
                costs.push(0.0);
                // Parts still to come are never negative in sum.
                let only_parts =
                    position.contains_key(&relation.total) || decided[relation.total].is_some();
                hard.push(if only_parts { (0.0, FAR) } else { (-FAR, FAR) });
                weights.push(10.0);
            } else if has_known {
                terms.push((variables.len(), 1.0));
                variables.push(Variable::Lack);
                start.push(-(here + known));
                lower.push(0.0);
                upper.push(0.0);
                costs.push(0.0);
                hard.push((0.0, 0.0));
                weights.push(1.0);
            }
            equations.push(terms);
        }
        let limits = lower.iter().copied().zip(upper.iter().copied()).collect();
        let lp = Simplex::new(&equations, lower, upper, start);
        let mut total = vec![false; variables.len()];
        for (at, cell) in cells.iter().enumerate() {
            total[at] = system.relations_of(*cell).any(|relation| {
                relation.total == *cell
                    && relation
                        .parts
                        .iter()
                        .any(|part| position.contains_key(part))
            });
        }
        let fixed = vec![false; variables.len()];
        Self {
            system,
            base,
            variables,
            prices: costs.clone(),
            costs,
            limits,
            hard,
            weights,
            equations,
            total,
            fixed,
            lp,
        }
    }

    /// Whole numbers within the hard bounds that satisfy every sum, as few beyond the first
    /// multiples as can be found, by branch and bound.
    pub(super) fn branch(&self) -> Option<Solved> {
        if self.variables.len() > LARGEST {
            return None;
        }
        let (limits, costs) = (&self.limits, &self.prices);
        let mut problem = Problem::new(OptimizationDirection::Minimize);
        let mut columns = Vec::new();
        for (j, variable) in self.variables.iter().enumerate() {
            let (low, high) = self.hard[j];
            let column = match variable {
                Variable::Cell(_) => problem.add_integer_var(costs[j], (low as i32, high as i32)),
                _ => problem.add_var(0.0, (low.max(-FAR), high.min(FAR))),
            };
            if limits[j] != self.hard[j] {
                let beyond = problem.add_var(100.0 * self.weights[j], (0.0, FAR));
                let below = [(column, 1.0), (beyond, 1.0)];
                problem.add_constraint(below, ComparisonOp::Ge, limits[j].0);
                let above = [(column, 1.0), (beyond, -1.0)];
                problem.add_constraint(above, ComparisonOp::Le, limits[j].1);
            }
            columns.push(column);
        }
        for terms in &self.equations {
            let terms: Vec<_> = terms.iter().map(|(j, a)| (columns[*j], *a)).collect();
            problem.add_constraint(terms.as_slice(), ComparisonOp::Eq, 0.0);
        }
        let mut options = SolveOptions::default();
        options.node_limit = Some(NODES);
        let outcome = problem.solve_with(options).ok()?;
        let solution = outcome.solution()?;
        let cells = self.variables.iter().zip(&columns);
        let found = cells.filter_map(|(variable, column)| match variable {
            Variable::Cell(cell) => Some((*cell, solution.var_value(*column).round() as i64)),
            _ => None,
        });
        Some(Solved {
            multiples: found.collect(),
            bound: 0.0,
            exact: false,
        })
    }

    /// Decides every cell, or names one of a sum that cannot hold, by linear programmes that fix
    /// one cell after the other; gives up after so much work.
    pub(super) fn dive(&mut self, budget: u64) -> Result<Solved, usize> {
        self.lp.limit(budget);
        let mut exact = self.settle()?;
        exact &= self.optimise() == End::Optimal;
        let bound = if exact { self.distance() } else { 0.0 };
        // Whole in nearly all cases; else the nearest to whole are fixed one by one.
        while let Some((j, value)) = self.most_whole() {
            exact = false;
            self.fix(j, value)?;
            self.optimise();
            if self.lp.budget() == 0 {
                return Err(self.culprit());
            }
        }
        let multiples: Vec<(usize, i64)> = self
            .variables
            .iter()
            .zip(self.lp.point())
            .filter_map(|(variable, x)| match variable {
                Variable::Cell(cell) => Some((*cell, x.round() as i64)),
                _ => None,
            })
            .collect();
        Ok(Solved {
            multiples,
            bound,
            exact,
        })
    }

    /// Fixes a variable at a whole number: the nearest, else that on its other side, else the
    /// nearest with others going further.
    fn fix(&mut self, j: usize, value: f64) -> Result<(), usize> {
        let (low, high) = self.lp.bounds(j);
        let other = if value > self.lp.point()[j] {
            value - 1.0
        } else {
            value + 1.0
        };
        self.fixed[j] = true;
        for tried in [value, other] {
            if tried < low || tried > high {
                continue;
            }
            self.lp.bound(j, tried, tried);
            if self.lp.repair() {
                return Ok(());
            }
        }
        self.lp.bound(j, value, value);
        self.settle().map(|_| ())
    }

    fn optimise(&mut self) -> End {
        let costs = self.costs.clone();
        self.lp
            .minimise(costs.into_iter().enumerate().filter(|(_, c)| *c != 0.0))
    }

    /// Brings the point into bounds; where that is impossible, lets as little as can be go a
    /// multiple further, and draws it back towards its own two. Says whether that was needless.
    fn settle(&mut self) -> Result<bool, usize> {
        if self.lp.repair() {
            return Ok(true);
        }
        for _ in 0..4 {
            if !self.widen() {
                break;
            }
            if self.lp.repair() {
                return Ok(false);
            }
        }
        Err(self.culprit())
    }

    /// Finds the least that variables have to leave their bounds by, and widens those bounds.
    /// Each variable gets a way beyond its bounds at a price.
    fn widen(&mut self) -> bool {
        let n = self.variables.len();
        let mut equations = self.equations.clone();
        let (mut lower, mut upper): (Vec<f64>, Vec<f64>) =
            (0..n).map(|j| self.lp.bounds(j)).unzip();
        let mut start = self.lp.point().to_vec();
        let mut beyond: Vec<(usize, f64)> = Vec::new();
        let mut column = vec![[None; 2]; n];
        for j in (0..n).filter(|j| !self.fixed[*j]) {
            let room = [lower[j] - self.hard[j].0, self.hard[j].1 - upper[j]];
            for (way, room) in room.into_iter().enumerate() {
                if room > 0.0 {
                    column[j][way] = Some(n + beyond.len());
                    beyond.push((j, if way == 0 { -1.0 } else { 1.0 }));
                    lower.push(0.0);
                    upper.push(room);
                    start.push(0.0);
                }
            }
        }
        for terms in &mut equations {
            let more: Vec<(usize, f64)> = terms
                .iter()
                .flat_map(|(j, a)| {
                    let [down, up] = column[*j];
                    [down.map(|k| (k, -a)), up.map(|k| (k, *a))]
                })
                .flatten()
                .collect();
            terms.extend(more);
        }
        let mut elastic = Simplex::new(&equations, lower, upper, start);
        elastic.limit(self.lp.budget());
        if !elastic.repair() {
            return false;
        }
        elastic.minimise(
            beyond
                .iter()
                .enumerate()
                .map(|(k, (j, _))| (n + k, self.weights[*j])),
        );
        self.lp.limit(elastic.budget());
        let mut widened = false;
        for (k, (j, way)) in beyond.iter().enumerate() {
            let by = (elastic.point()[n + k] - 1e-7).ceil();
            if by <= 0.0 {
                continue;
            }
            let (low, high) = self.lp.bounds(*j);
            if *way < 0.0 {
                self.lp.bound(*j, low - by, low);
            } else {
                self.lp.bound(*j, high, high + by);
            }
            self.costs[*j] = 100.0 * way;
            widened = true;
        }
        widened
    }

    /// A cell of a sum that cannot hold.
    fn culprit(&self) -> usize {
        let lacking = (0..self.variables.len()).find(|j| self.lp.excess(*j) > 1e-7);
        lacking
            .and_then(|j| match self.variables[j] {
                Variable::Cell(cell) => Some(cell),
                _ => None,
            })
            .or_else(|| {
                self.variables.iter().find_map(|variable| match variable {
                    Variable::Cell(cell) => Some(*cell),
                    _ => None,
                })
            })
            .unwrap_or(0)
    }

    /// The cell that is not whole but nearest to it, with the whole number. Totals of cells in
    /// this block come last: with all parts whole they are whole, while totals that were fixed
    /// first can leave parts no whole numbers at all.
    fn most_whole(&self) -> Option<(usize, f64)> {
        self.variables
            .iter()
            .zip(self.lp.point())
            .enumerate()
            .filter_map(|(j, (variable, x))| {
                let off = (x - x.round()).abs();
                (matches!(variable, Variable::Cell(_)) && off > 1e-6).then_some((j, x.round(), off))
            })
            .min_by(|a, b| {
                self.total[a.0]
                    .cmp(&self.total[b.0])
                    .then(a.2.total_cmp(&b.2))
                    .then(a.0.cmp(&b.0))
            })
            .map(|(j, whole, _)| (j, whole))
    }

    /// Distance between the point and the counts, in persons.
    fn distance(&self) -> f64 {
        let base = self.base as f64;
        self.variables
            .iter()
            .zip(self.lp.point())
            .map(|(variable, x)| match variable {
                Variable::Cell(cell) => {
                    // Between two multiples the distance of the programme is linear.
                    let count = self.system.cells()[*cell].count as f64;
                    let (low, high) = ((x + 1e-9).floor() * base, (x - 1e-9).ceil() * base);
                    let share = if high > low { x * base - low } else { 0.0 } / base;
                    (1.0 - share) * (low - count).abs() + share * (high - count).abs()
                }
                _ => 0.0,
            })
            .sum()
    }
}

/// What it costs to go up rather than down: the distance, or in the unbiased variant a draw that
/// is won with probability rest / base. Draws too small to outweigh a person, all together, break
/// ties.
fn cost(cell: usize, rest: i64, base: i64, options: &RoundingOptions, cells: usize) -> f64 {
    let draw = lot(cell, options.seed);
    if options.unbiased {
        draw - rest as f64 / base as f64
    } else {
        let tie = (draw - 0.5) * 0.5 / (base as f64 * cells as f64);
        (base - 2 * rest) as f64 / base as f64 + tie
    }
}

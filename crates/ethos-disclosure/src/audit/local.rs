//! Tables an attacker cannot rule out, found near a cell.
//!
//! Some cells are let go, all others keep their true counts. Whatever table is found so satisfies
//! every sum and every bound of the whole release, so the counts in it are possible ones: a proof
//! of safety that needs no look at the rest of the country, and no trust in a solver, because the
//! table is checked.

use std::collections::BTreeSet;

use super::interior::minimum;
use crate::knowledge::Bounds;
use crate::simplex::Simplex;
use crate::system::System;

/// Cells let go, merged where a sum ties two of them, with the linear programme over the rest.
pub(super) struct Local {
    /// The cells let go, ascending.
    cells: Vec<usize>,
    /// Class and sign of each; `None` for cells that turn out fixed.
    class: Vec<Option<(usize, i64)>>,
    lp: Programme,
    /// The sums among the cells let go, to check what is found, with what they are off by.
    sums: Vec<(Vec<(usize, i64)>, f64)>,
    room: Vec<(f64, f64)>,
}

/// A linear programme: small ones start again from where they ended, large ones are sparse.
enum Programme {
    Dense(Simplex),
    Sparse {
        equations: Vec<Vec<(usize, f64)>>,
        limits: Vec<(f64, f64)>,
    },
}

/// Tableaus larger than this are not made.
const LARGEST: usize = 1_000_000;
/// No cell is moved further than this: no rule asks for more, and numbers stay precise.
const FARTHEST: f64 = 1_000.0;
/// Steps of a linear programme, at most: what is reached until then is a table as well.
const STEPS: usize = 600;
/// How exactly sums and bounds must hold.
const TINY: f64 = 1e-7;

impl Local {
    /// Lets `free` go from the table `x`; `None` when nothing can move.
    pub(super) fn new(
        system: &System,
        x: &[f64],
        bounds: &[Bounds],
        free: &BTreeSet<usize>,
    ) -> Option<Self> {
        let cells: Vec<usize> = free
            .iter()
            .copied()
            .filter(|cell| bounds[*cell].lower < bounds[*cell].upper)
            .collect();
        let local = |cell: usize| cells.binary_search(&cell).ok();
        let touched: BTreeSet<u32> = cells
            .iter()
            .flat_map(|cell| system.relation_ids(*cell))
            .copied()
            .collect();
        let sums: Vec<(Vec<(usize, i64)>, f64)> = touched
            .iter()
            .map(|at| {
                let relation = &system.relations()[*at as usize];
                let off = relation.terms().map(|(cell, sign)| x[cell] * sign as f64);
                let terms = relation
                    .terms()
                    .filter_map(|(cell, sign)| Some((local(cell)?, sign)));
                (terms.collect(), off.sum())
            })
            .collect();
        let room: Vec<(f64, f64)> = cells
            .iter()
            .map(|cell| {
                let own = bounds[*cell];
                (own.lower as f64 - x[*cell], own.upper as f64 - x[*cell])
            })
            .collect();
        let mut merge = Merge::new(cells.len());
        let rows = merge.reduce(&sums);
        // A class moves as far as all of its cells can.
        let mut number = vec![None; cells.len()];
        let mut limits: Vec<(f64, f64)> = Vec::new();
        let mut class = Vec::with_capacity(cells.len());
        for (at, room) in room.iter().enumerate() {
            let (root, sign) = merge.find(at);
            if merge.fixed[root] {
                class.push(None);
                continue;
            }
            let k = *number[root].get_or_insert_with(|| {
                limits.push((-FARTHEST, FARTHEST));
                limits.len() - 1
            });
            let (low, high) = if sign > 0 { *room } else { (-room.1, -room.0) };
            // A table that is off by less than is noticed lies within.
            limits[k] = (
                limits[k].0.max(low.min(0.0)),
                limits[k].1.min(high.max(0.0)),
            );
            class.push(Some((k, sign)));
        }
        if limits.is_empty() {
            return None;
        }
        let equations: Vec<Vec<(usize, f64)>> = rows
            .iter()
            .map(|row| {
                row.iter()
                    .filter_map(|(root, a)| Some((number[*root]?, *a as f64)))
                    .collect()
            })
            .collect();
        let lp = if rows.len() * limits.len() > LARGEST {
            Programme::Sparse { equations, limits }
        } else {
            Programme::Dense(Simplex::new(
                &equations,
                limits.iter().map(|l| l.0).collect(),
                limits.iter().map(|l| l.1).collect(),
                vec![0.0; limits.len()],
            ))
        };
        Some(Self {
            cells,
            class,
            lp,
            sums,
            room,
        })
    }

    /// Moves cells as far as `Σ aim · move` gets: every cell that differs then and by how much,
    /// checked against all sums and bounds; with `whole`, only if all do by whole numbers.
    pub(super) fn push(
        &mut self,
        aims: impl IntoIterator<Item = (usize, f64)>,
        whole: bool,
    ) -> Option<Vec<(usize, f64)>> {
        let costs: Vec<(usize, f64)> = aims
            .into_iter()
            .filter_map(|(cell, aim)| {
                let at = self.cells.binary_search(&cell).ok()?;
                let (k, sign) = self.class[at]?;
                Some((k, -aim * sign as f64))
            })
            .collect();
        if costs.is_empty() {
            return None;
        }
        let solved;
        let point = match &mut self.lp {
            Programme::Dense(lp) => {
                // Where it was given up before the optimum, the point is a table all the same.
                lp.minimise_within(costs, STEPS);
                lp.point()
            }
            Programme::Sparse { equations, limits } => {
                solved = minimum(equations, limits, &costs)?;
                &solved
            }
        };
        if whole && point.iter().any(|x| (x - x.round()).abs() > TINY) {
            return None;
        }
        let by: Vec<f64> = self
            .class
            .iter()
            .map(|class| match class {
                Some((k, sign)) if whole => *sign as f64 * point[*k].round(),
                Some((k, sign)) => *sign as f64 * point[*k],
                None => 0.0,
            })
            .collect();
        let fits = by
            .iter()
            .zip(&self.room)
            .all(|(by, room)| room.0 - TINY <= *by && *by <= room.1 + TINY)
            && self.sums.iter().all(|(sum, off)| {
                let left: f64 = sum.iter().map(|(at, sign)| by[*at] * *sign as f64).sum();
                (left + off).abs() <= TINY
            });
        fits.then(|| {
            let moved = self.cells.iter().copied().zip(by);
            moved.filter(|(_, by)| *by != 0.0).collect()
        })
    }
}

/// Cells that can only move together, or not at all.
struct Merge {
    above: Vec<(usize, i64)>,
    fixed: Vec<bool>,
}

impl Merge {
    fn new(cells: usize) -> Self {
        Self {
            above: (0..cells).map(|at| (at, 1)).collect(),
            fixed: vec![false; cells],
        }
    }

    fn find(&mut self, at: usize) -> (usize, i64) {
        let (above, sign) = self.above[at];
        if above == at {
            return (at, 1);
        }
        let (root, further) = self.find(above);
        self.above[at] = (root, sign * further);
        (root, sign * further)
    }

    /// Sums over classes with at least three of them, each once.
    fn reduce(&mut self, sums: &[(Vec<(usize, i64)>, f64)]) -> Vec<Vec<(usize, i64)>> {
        loop {
            let mut changed = false;
            let mut rows = BTreeSet::new();
            for (sum, _) in sums {
                let mut row: Vec<(usize, i64)> = Vec::with_capacity(sum.len());
                for (at, sign) in sum {
                    let (root, own) = self.find(*at);
                    if !self.fixed[root] {
                        row.push((root, sign * own));
                    }
                }
                row.sort_unstable();
                row.dedup_by(|b, a| {
                    let same = a.0 == b.0;
                    if same {
                        a.1 += b.1;
                    }
                    same
                });
                row.retain(|(_, a)| *a != 0);
                match row.as_slice() {
                    [] => {}
                    [(only, _)] => {
                        self.fixed[*only] = true;
                        changed = true;
                    }
                    [(one, a), (other, b)] if a.abs() == b.abs() => {
                        // a·x + b·y = 0, so y = −(a/b)·x.
                        self.above[*other] = (*one, -(a * b).signum());
                        changed = true;
                    }
                    _ => {
                        if row[0].1 < 0 {
                            for (_, a) in &mut row {
                                *a = -*a;
                            }
                        }
                        rows.insert(row);
                    }
                }
            }
            if !changed {
                return rows.into_iter().collect();
            }
        }
    }
}

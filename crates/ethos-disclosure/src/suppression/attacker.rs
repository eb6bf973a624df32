//! An attacker who succeeds, and the inequality that every safe pattern satisfies.
//!
//! Multiply every sum by a number and add: what stands there bounds the protected count by the
//! bounds of other cells. A cell that is withheld has wider bounds than one that is shown, so the
//! bound is a linear function of the pattern, and asking that it be wide enough is an inequality
//! `Σ gain · withheld ≥ lack`. It holds for every safe pattern whatever the multipliers were.

use std::collections::{BTreeSet, VecDeque};

use super::{Search, plan};
use crate::knowledge::{Bounds, NO_LIMIT};
use crate::multipliers;
use crate::rule::Requirement;
use crate::simplex::{FAR, Simplex};

/// `Σ share · withheld ≥ 1`, by cell, ascending.
#[derive(Clone, PartialEq, Debug)]
pub(super) struct Cut {
    pub(super) terms: Vec<(usize, f64)>,
}

/// Cells that an attack looks at, at most.
const REACH: usize = 140;
/// Tableaus larger than this are not made.
const LARGEST: usize = 1_500_000;

impl Cut {
    /// At least one of these cells.
    pub(super) fn one_of(cells: Vec<usize>) -> Self {
        Self {
            terms: cells.into_iter().map(|cell| (cell, 1.0)).collect(),
        }
    }

    /// How far a pattern comes.
    pub(super) fn reached(&self, withheld: &[bool]) -> f64 {
        self.terms
            .iter()
            .filter(|(cell, _)| withheld[*cell])
            .map(|(_, share)| share)
            .sum()
    }

    /// Withholds cells, those that help most for their cost first, until it holds.
    pub(super) fn satisfy(&self, withheld: &mut [bool], weight: impl Fn(usize) -> i64) {
        let mut reached = self.reached(withheld);
        let mut order: Vec<(usize, f64)> = self
            .terms
            .iter()
            .filter(|(cell, _)| !withheld[*cell])
            .copied()
            .collect();
        order.sort_by(|a, b| {
            let (x, y) = (weight(a.0) as f64 / a.1, weight(b.0) as f64 / b.1);
            x.total_cmp(&y).then(a.0.cmp(&b.0))
        });
        for (cell, share) in order {
            if reached >= 1.0 - 1e-9 {
                return;
            }
            withheld[cell] = true;
            reached += share;
        }
    }
}

/// An attacker who knows the sums of a block.
pub(super) struct Attacker<'a> {
    search: &'a Search<'a>,
    allowed: Option<&'a BTreeSet<usize>>,
}

/// How an attack ended.
pub(super) enum Outcome {
    /// It succeeded: every safe pattern satisfies this.
    Cut(Cut),
    /// It failed, and fails as long as all of these cells are withheld.
    Safe(Vec<usize>),
    /// Nothing follows from it.
    Open,
}

/// One end of what an attacker derives, as a function of the pattern.
struct End {
    /// Where nothing but the small counts is withheld.
    bare: f64,
    /// How much further out, by cell withheld.
    gains: Vec<(usize, f64)>,
}

impl<'a> Attacker<'a> {
    pub(super) fn new(search: &'a Search<'a>, block: &'a plan::Block) -> Self {
        Self {
            search,
            allowed: block.sums.as_ref(),
        }
    }

    /// Attacks a count under a pattern.
    pub(super) fn attack(&self, asked: &Requirement, withheld: &[bool]) -> Outcome {
        self.solve(asked, withheld).unwrap_or(Outcome::Open)
    }

    fn solve(&self, asked: &Requirement, withheld: &[bool]) -> Option<Outcome> {
        let bounds = |cell: usize| {
            if withheld[cell] {
                self.search.open[cell]
            } else {
                self.search.seen[cell]
            }
        };
        let sums = self.sums_around(asked.cell, &bounds);
        let cells: Vec<usize> = sums
            .iter()
            .flat_map(|at| self.search.system.relations()[*at].terms())
            .map(|(cell, _)| cell)
            .chain([asked.cell])
            .collect::<BTreeSet<usize>>()
            .into_iter()
            .collect();
        if sums.len() * cells.len() > LARGEST {
            return None;
        }
        let local = |cell: usize| cells.binary_search(&cell).ok();
        let equations: Vec<Vec<(usize, f64)>> = sums
            .iter()
            .map(|at| {
                self.search.system.relations()[*at]
                    .terms()
                    .filter_map(|(cell, sign)| Some((local(cell)?, sign as f64)))
                    .collect()
            })
            .collect();
        let ends: Vec<Bounds> = cells.iter().map(|cell| bounds(*cell)).collect();
        let mut lp = Simplex::new(
            &equations,
            ends.iter().map(|own| own.lower as f64).collect(),
            ends.iter().map(|own| (own.upper as f64).min(FAR)).collect(),
            cells
                .iter()
                .map(|cell| self.search.truth[*cell] as f64)
                .collect(),
        );
        let target = local(asked.cell)?;
        lp.minimise([(target, 1.0)]);
        let least = lp.point()[target];
        let low = self.end(
            &cells,
            &equations,
            &multipliers::of(&lp, &equations, target),
            target,
            true,
        );
        lp.minimise([(target, -1.0)]);
        let most = lp.point()[target];
        let high = self.end(
            &cells,
            &equations,
            &multipliers::of(&lp, &equations, target),
            target,
            false,
        );
        let enough = 1e-6;
        let mut candidates: Vec<(Vec<&End>, f64)> = Vec::new();
        if asked.low < NO_LIMIT && least > asked.low as f64 + enough {
            candidates.push((vec![&low], low.bare - asked.low as f64));
        }
        if most < asked.high as f64 - enough {
            candidates.push((vec![&high], asked.high as f64 - high.bare));
        }
        if most - least < asked.span as f64 - enough {
            candidates.push((
                vec![&low, &high],
                asked.span as f64 - (high.bare - low.bare),
            ));
        }
        if candidates.is_empty() {
            let relied = |cell: &usize| withheld[*cell] && self.search.may(*cell);
            return Some(Outcome::Safe(cells.into_iter().filter(relied).collect()));
        }
        candidates
            .into_iter()
            .filter_map(|(ends, lack)| inequality(&ends, lack))
            .find(|cut| cut.reached(withheld) < 1.0 - 1e-6)
            .map(Outcome::Cut)
    }

    /// The bound that multipliers prove, with what each cell adds to it if it were withheld.
    fn end(
        &self,
        cells: &[usize],
        equations: &[Vec<(usize, f64)>],
        multipliers: &[f64],
        target: usize,
        lower: bool,
    ) -> End {
        let mut coefficients = vec![0.0; cells.len()];
        coefficients[target] = 1.0;
        for (terms, y) in equations.iter().zip(multipliers) {
            for (at, sign) in terms {
                coefficients[*at] -= y * sign;
            }
        }
        let mut end = End {
            bare: 0.0,
            gains: Vec::new(),
        };
        for (cell, c) in cells.iter().zip(coefficients) {
            if c.abs() < 1e-9 {
                continue;
            }
            // The small counts are withheld whatever the pattern.
            let own = if self.search.primary[*cell] {
                self.search.open[*cell]
            } else {
                self.search.seen[*cell]
            };
            let open = self.search.open[*cell];
            let (own, open) = if (c > 0.0) == lower {
                (own.lower, open.lower)
            } else {
                (own.upper, open.upper)
            };
            end.bare += c * own as f64;
            let gain = (c * (own - open) as f64).abs();
            if gain > 0.0 && self.search.may(*cell) {
                end.gains.push((*cell, gain));
            }
        }
        end
    }

    /// The sums around a cell, nearest first, through cells that an attacker does not know.
    fn sums_around(&self, cell: usize, bounds: &dyn Fn(usize) -> Bounds) -> Vec<usize> {
        let system = self.search.system;
        let mut seen = BTreeSet::from([cell]);
        let mut queue = VecDeque::from([cell]);
        let mut sums = BTreeSet::new();
        while let Some(at) = queue.pop_front() {
            for id in system.relation_ids(at) {
                let id = *id as usize;
                if self.allowed.is_some_and(|allowed| !allowed.contains(&id)) || !sums.insert(id) {
                    continue;
                }
                for (next, _) in system.relations()[id].terms() {
                    let own = bounds(next);
                    if own.lower < own.upper && seen.len() < REACH && seen.insert(next) {
                        queue.push_back(next);
                    }
                }
            }
        }
        sums.into_iter().collect()
    }
}

/// `Σ gain · withheld ≥ lack`, divided by the lack. No cell counts for more than all of it: each
/// is withheld once.
fn inequality(ends: &[&End], lack: f64) -> Option<Cut> {
    if lack <= 1e-6 {
        return None;
    }
    let mut gains: Vec<(usize, f64)> = ends.iter().flat_map(|end| end.gains.clone()).collect();
    gains.sort_by(|a, b| a.0.cmp(&b.0).then(a.1.total_cmp(&b.1)));
    gains.dedup_by(|b, a| {
        let same = a.0 == b.0;
        if same {
            a.1 += b.1;
        }
        same
    });
    let terms: Vec<(usize, f64)> = gains
        .into_iter()
        .map(|(cell, gain)| (cell, (gain / lack).min(1.0)))
        .filter(|(_, share)| *share > 1e-6)
        .collect();
    // Where even all of them are not enough, no pattern is safe, and the audit will say so.
    (terms.iter().map(|(_, share)| share).sum::<f64>() >= 1.0).then_some(Cut { terms })
}

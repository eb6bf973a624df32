//! The exact search of one table and of its replicates.

use super::bound::{Findings, Search, Wanted};
use super::fits::{DesignFits, Ground, SmallFits};
use super::lattice::Lattice;
use super::tolerance::Tolerance;
use crate::criteria::Criterion;
use crate::design::{Data, Design};
use crate::kernel::newton::Workspace;
use crate::model::Model;
use crate::table::CaptureTable;

/// How many of the original's best models are tried first in every replicate.
const TRIED_FIRST: usize = 3;

/// The search over a lattice of models by one criterion, in any data of the table's shape.
#[derive(Debug)]
pub(crate) struct Exact {
    pub(crate) ground: Ground,
    pub(crate) criterion: Criterion,
    /// Parameters of the smallest model.
    parameters: usize,
    /// The best models of the original data, tried first in every replicate. They depend on the
    /// original alone, and on them only the time depends.
    first: Vec<u64>,
}

/// Findings of a search with the proofs it took.
#[derive(Debug, Clone)]
pub(crate) struct Searched {
    pub(crate) findings: Findings,
    pub(crate) proofs: u64,
}

/// Calls `$body` with `$c` the number of cells of a table of `$lists` lists.
macro_rules! by_cells {
    ($lists:expr, $c:ident => $body:expr) => {
        match $lists {
            2 => {
                const $c: usize = 4;
                $body
            }
            3 => {
                const $c: usize = 8;
                $body
            }
            4 => {
                const $c: usize = 16;
                $body
            }
            5 => {
                const $c: usize = 32;
                $body
            }
            _ => {
                const $c: usize = 64;
                $body
            }
        }
    };
}
pub(crate) use by_cells;

impl Exact {
    /// Prepares the search of all models over `base` plus list interactions, and makes it once.
    pub(crate) fn new(
        table: &CaptureTable,
        base: &Model,
        max_order: u32,
        forced: &[u16],
        criterion: Criterion,
    ) -> Self {
        let lattice = Lattice::new(table.lists().len(), max_order, forced, &table.held_lists());
        let parameters = Design::new(table.shape(), base).parameters();
        let mut exact = Self {
            ground: Ground::new(
                table.shape().clone(),
                base.clone(),
                lattice,
                Data::of(table),
            ),
            criterion,
            parameters,
            first: Vec::new(),
        };
        let near = Wanted {
            width: 4.0,
            most: TRIED_FIRST,
        };
        let found = exact.search(
            &exact.ground.original,
            criterion,
            near,
            &mut Workspace::default(),
        );
        exact.first = found
            .findings
            .models
            .iter()
            .take(TRIED_FIRST)
            .map(|f| f.family)
            .collect();
        exact
    }

    /// Parameters of a model, those at −∞ included.
    pub(crate) fn parameters(&self, family: u64) -> usize {
        self.parameters + family.count_ones() as usize
    }

    /// Penalty by number of interactions, one more than there can be included.
    pub(crate) fn penalties(&self, criterion: Criterion, n: f64) -> Vec<f64> {
        (0..=self.ground.lattice.all.count_ones() as usize + 1)
            .map(|k| criterion.penalty(self.parameters + k, n))
            .collect()
    }

    /// Searches; the result depends on the data alone.
    pub(crate) fn search(
        &self,
        data: &Data,
        criterion: Criterion,
        wanted: Wanted,
        ws: &mut Workspace,
    ) -> Searched {
        if self.ground.shape.strata > 1 {
            let mut fits = DesignFits::new(&self.ground, data, ws);
            let findings = self.run(&mut fits, data, criterion, wanted);
            return Searched {
                findings,
                proofs: fits.proofs,
            };
        }
        by_cells!(self.ground.shape.lists, C => {
            let mut fits = SmallFits::<C>::new(&self.ground, data);
            let findings = self.run(&mut fits, data, criterion, wanted);
            Searched { findings, proofs: fits.proofs }
        })
    }

    fn run<F: super::bound::Fits>(
        &self,
        fits: &mut F,
        data: &Data,
        criterion: Criterion,
        wanted: Wanted,
    ) -> Findings {
        let penalties = self.penalties(criterion, data.n);
        let lattice = &self.ground.lattice;
        let tolerance = Tolerance::of(&data.y);
        let best = Search::new(lattice, fits, &penalties, Wanted::BEST, tolerance).run(&self.first);
        let Some(winner) = best.models.first().filter(|_| wanted != Wanted::BEST) else {
            return best;
        };
        let mut first: Vec<u64> = vec![winner.family];
        first.extend(self.first.iter().filter(|&&f| f != winner.family));
        let mut near = Search::new(lattice, fits, &penalties, wanted, tolerance)
            .weighing(winner.value)
            .run(&first);
        near.fits += best.fits;
        near
    }

    /// The best model of some data and its unseen persons per stratum.
    pub(crate) fn best(&self, data: &Data, ws: &mut Workspace, out: &mut [f64]) -> Option<u64> {
        if self.ground.shape.strata > 1 {
            let searched = self.search(data, self.criterion, Wanted::BEST, ws);
            ws.stalled += searched.findings.rivals;
            let winner = searched.findings.models.first()?.family;
            let prepared = self.ground.prepared(winner, ws);
            return prepared.unseen(data, ws, out).then_some(winner);
        }
        by_cells!(self.ground.shape.lists, C => {
            let mut fits = SmallFits::<C>::new(&self.ground, data);
            let findings = self.run(&mut fits, data, self.criterion, Wanted::BEST);
            ws.stalled += findings.rivals;
            let winner = findings.models.first()?.family;
            out[0] = fits.unseen(winner)?;
            Some(winner)
        })
    }
}

#[cfg(test)]
mod tests;

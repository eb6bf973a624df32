//! Many replicates of one prepared model, fitted in lanes with the scalar path as the safe way out.
#![allow(clippy::inline_always, reason = "see `kernel::lanes::vector`")]

use super::Prepared;
use crate::design::Data;
use crate::existence::basis::SpanningBasis;
use crate::kernel::lanes::fit::Group;
use crate::kernel::lanes::plan::Plan;
use crate::kernel::lanes::vector::{Lane, Path, Work, on};
use crate::kernel::newton::Workspace;
use crate::support::Support;

/// A prepared model with its layout for lanes and what proves that a replicate has an estimate.
#[derive(Debug)]
pub(crate) struct Batch<'a> {
    pub(crate) prepared: &'a Prepared,
    /// The support of the original data, if it is not the full one.
    reduced: Option<Support>,
    pub(crate) plan: Plan,
    basis: SpanningBasis,
}

impl<'a> Batch<'a> {
    /// Nothing if the original data have no fit or lanes do not pay.
    pub(crate) fn new(prepared: &'a Prepared, ws: &mut Workspace) -> Option<Self> {
        let design = &prepared.design;
        let mut data = Data::empty(&design.shape);
        data.y.copy_from_slice(&prepared.original);
        data.refresh(&design.shape);
        let reduced = design.reduced_support(&data);
        let support = reduced.as_ref().unwrap_or(&design.full);
        if !support.identifiable {
            return None;
        }
        let basis = SpanningBasis::new(design, support, &data.y)?;
        let plan = Plan::new(&design.shape, support, &data.y, ws)?;
        Some(Self {
            prepared,
            reduced,
            plan,
            basis,
        })
    }

    /// Whether these counts have the support of the original and, provably, an estimate.
    pub(crate) fn proves(&self, y: &[f64]) -> bool {
        let design = &self.prepared.design;
        let support = self.reduced.as_ref().unwrap_or(&design.full);
        self.basis.proves(design, support, y)
    }

    /// Replicates that are worth one call: enough that its memory is not felt.
    pub(crate) fn chunk(&self) -> u64 {
        let work = self.plan.shape.cells() * self.plan.parameters();
        (1_u64 << 20 >> work.ilog2()).clamp(32, 2048)
    }

    /// Fits `count` replicates and writes the population of every stratum, `replicate * strata +
    /// stratum`. `draw(i, y)` makes replicate `i`; `alone(y, out)` estimates one in the scalar way.
    pub(crate) fn populations<D, A>(
        &self,
        path: Path,
        count: usize,
        draw: D,
        alone: A,
        out: &mut [f64],
    ) where
        D: FnMut(usize, &mut [f64]),
        A: FnMut(&[f64], &mut [f64]),
    {
        let work = Populations {
            batch: self,
            count,
            draw,
            alone,
            out,
        };
        on(path, work);
    }
}

struct Populations<'a, D, A> {
    batch: &'a Batch<'a>,
    count: usize,
    draw: D,
    alone: A,
    out: &'a mut [f64],
}

impl<D, A> Work for Populations<'_, D, A>
where
    D: FnMut(usize, &mut [f64]),
    A: FnMut(&[f64], &mut [f64]),
{
    type Output = ();

    #[inline(always)]
    fn run<L: Lane>(mut self) {
        let plan = &self.batch.plan;
        let (cells, strata) = (plan.shape.cells(), plan.shape.strata);
        let mut group = Group::<L>::new(plan);
        let mut tables = vec![0.0; L::WIDTH * cells];
        // Replicate in each lane.
        let mut lanes = [0; 16];
        let mut filled = 0;
        let mut row = [0.0; 16];
        for i in 0..=self.count {
            if i < self.count {
                let y = &mut tables[filled * cells..][..cells];
                (self.draw)(i, y);
                if self.batch.proves(y) {
                    lanes[filled] = i;
                    filled += 1;
                } else {
                    (self.alone)(y, &mut self.out[i * strata..][..strata]);
                }
            }
            if filled == 0 || (filled < L::WIDTH && i < self.count) {
                continue;
            }
            // Lanes left over at the end repeat the last replicate.
            let y = |c: usize, lane: usize| tables[lane.min(filled - 1) * cells + c];
            let ended = group.fit(plan, y, false);
            for s in 0..strata {
                group.population(s).write(&mut row);
                for (lane, &replicate) in lanes[..filled].iter().enumerate() {
                    self.out[replicate * strata + s] = row[lane];
                }
            }
            for lane in (0..filled).filter(|lane| ended.converged >> lane & 1 == 0) {
                let y = &tables[lane * cells..][..cells];
                (self.alone)(y, &mut self.out[lanes[lane] * strata..][..strata]);
            }
            filled = 0;
        }
    }
}

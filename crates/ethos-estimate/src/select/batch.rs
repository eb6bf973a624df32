//! Many replicates of one prepared model, fitted in lanes with the scalar path as the safe way out.
#![allow(clippy::inline_always, reason = "see `kernel::lanes::vector`")]

use super::abreast::Abreast;
use super::{Prepared, Selector};
use crate::design::Data;
use crate::existence::basis::SpanningBasis;
use crate::kernel::lanes::fit::Group;
use crate::kernel::lanes::pair::Pair;
use crate::kernel::lanes::plan::Plan;
use crate::kernel::lanes::vector::{Lane, Path, Work, on};
use crate::kernel::newton::Workspace;
use crate::support::Support;
use crate::table::Shape;

/// Lanes of the widest vectors: fewer replicates in a call leave some of them empty.
pub(crate) const FILL: u64 = 16;

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

    /// Arithmetic of a fit, roughly: passes over the table and a factor of the information.
    pub(crate) fn work(&self) -> u64 {
        let (cells, p) = (
            self.plan.shape.cells() as u64,
            self.plan.parameters() as u64,
        );
        8 * cells + p * p * p / 3
    }

    /// Replicates that are worth one call: enough that its memory is not felt, and few enough that a
    /// stop, which is heard between calls, is heard within a millisecond or after one fill of lanes.
    pub(crate) fn chunk(&self) -> u64 {
        ((1 << 22) / self.work().max(1)).clamp(FILL, 2048)
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

/// How the replicates of a selector are estimated.
#[derive(Debug)]
pub(crate) enum Engine<'a> {
    /// One model, several replicates at a time.
    Fixed(Box<Batch<'a>>),
    /// The best of a few models, several replicates at a time.
    Best(Box<Abreast<'a>>),
    /// One replicate at a time.
    Alone,
}

impl<'a> Engine<'a> {
    pub(crate) fn new(selector: &'a Selector) -> Self {
        let ws = &mut Workspace::default();
        match selector {
            Selector::Fixed(prepared) => {
                Batch::new(prepared, ws).map_or(Self::Alone, |b| Self::Fixed(Box::new(b)))
            }
            Selector::Best(space) => {
                Abreast::new(space, ws).map_or(Self::Alone, |a| Self::Best(Box::new(a)))
            }
            _ => Self::Alone,
        }
    }

    /// How many of `count` replicates one call should take: every thread gets several calls, so that
    /// they end together and a stop is heard soon. The numbers do not depend on it, to the bit.
    pub(crate) fn chunk(&self, count: u64) -> u64 {
        let share = count.div_ceil(4 * rayon::current_num_threads() as u64);
        let most = match self {
            Self::Fixed(batch) => batch.chunk(),
            Self::Best(abreast) => abreast.chunk(),
            Self::Alone => return 1,
        };
        most.min(share.max(1)).next_multiple_of(FILL)
    }

    /// The population of every stratum of `count` replicates, `replicate * strata + stratum`;
    /// infinite where there is no estimate. `draw(i, y)` makes replicate `i`.
    #[allow(clippy::too_many_arguments, reason = "one more than a batch")]
    pub(crate) fn populations(
        &self,
        path: Path,
        selector: &Selector,
        shape: &Shape,
        count: usize,
        mut draw: impl FnMut(usize, &mut [f64]),
        data: &mut Data,
        ws: &mut Workspace,
        out: &mut [f64],
    ) {
        match self {
            Self::Fixed(batch) => {
                let alone = |y: &[f64], out: &mut [f64]| {
                    data.y.copy_from_slice(y);
                    selector.populations(shape, data, ws, out);
                };
                batch.populations(path, count, draw, alone, out);
            }
            Self::Best(abreast) => abreast.populations(path, count, draw, data, ws, out),
            Self::Alone => {
                for (i, out) in out.chunks_exact_mut(shape.strata).enumerate() {
                    draw(i, &mut data.y);
                    selector.populations(shape, data, ws, out);
                }
            }
        }
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
    fn run<L: Lane>(self) {
        if self.batch.plan.few.is_some() {
            self.fill::<Pair<L>>();
        } else {
            self.fill::<L>();
        }
    }
}

impl<D, A> Populations<'_, D, A>
where
    D: FnMut(usize, &mut [f64]),
    A: FnMut(&[f64], &mut [f64]),
{
    #[inline(always)]
    fn fill<L: Lane>(mut self) {
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

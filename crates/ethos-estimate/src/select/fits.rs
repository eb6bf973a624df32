//! Fits for the branch and bound: small tables on the stack, tables with covariates by design.

use std::collections::BTreeMap;
use std::sync::{Arc, RwLock};

use super::bound::{Fits, Worth};
use super::lattice::{Lattice, members};
use super::small::{Counts, End, Goal, Play, Point, Scratch};
use super::tolerance::saturated;
use super::{Need, Prepared, Verdict};
use crate::design::{Data, Design};
use crate::existence;
use crate::kernel::math;
use crate::kernel::newton::{Stop, Workspace};
use crate::model::Model;
use crate::table::Shape;

/// What the models of a lattice share: the table's shape, their common terms, their original counts.
#[derive(Debug)]
pub(crate) struct Ground {
    pub(crate) shape: Shape,
    pub(crate) base: Model,
    pub(crate) lattice: Lattice,
    /// The original data, for starting points.
    pub(crate) original: Data,
    /// Designs of models with covariates, by family.
    designs: RwLock<BTreeMap<u64, Arc<Prepared>>>,
}

/// Designs kept; the rest are compiled anew when they are needed again.
const KEPT_DESIGNS: usize = 4096;

impl Ground {
    pub(crate) fn new(shape: Shape, base: Model, lattice: Lattice, original: Data) -> Self {
        Self {
            shape,
            base,
            lattice,
            original,
            designs: RwLock::new(BTreeMap::new()),
        }
    }

    /// The common terms and the interactions of a family.
    pub(crate) fn model(&self, family: u64) -> Model {
        self.base.with_lists(members(family).map(|h| h as u16))
    }

    pub(crate) fn design(&self, family: u64) -> Design {
        Design::new(&self.shape, &self.model(family))
    }

    /// A design with its starting point. The cache changes speed, never a result.
    pub(crate) fn prepared(&self, family: u64, ws: &mut Workspace) -> Arc<Prepared> {
        if let Ok(known) = self.designs.read()
            && let Some(found) = known.get(&family)
        {
            return Arc::clone(found);
        }
        let original = Arc::from(self.original.y.as_slice());
        let made = Arc::new(Prepared::new(
            self.design(family),
            &self.original,
            &original,
            ws,
        ));
        if let Ok(mut known) = self.designs.write()
            && known.len() < KEPT_DESIGNS
        {
            known.insert(family, Arc::clone(&made));
        }
        made
    }
}

/// Whether the estimate of an identified model exists: exactly, and cheaply where it can be.
///
/// It does if the rows of the cells with people have full column rank, and they have it if they
/// have it modulo two, where a row is a word and a sum an exclusive or.
pub(crate) fn exists<const C: usize>(
    counts: &Counts<C>,
    play: Play,
    otherwise: impl FnOnce() -> bool,
) -> bool {
    if play.kept & !counts.positive == 0 {
        return true;
    }
    // Bit h of a row: whether column h is one in it. Pivots by their lowest bit.
    let mut pivots = [0_u64; C];
    let mut rank = 0;
    let wanted = play.columns.count_ones();
    for cell in members(counts.positive) {
        let mut row = members(play.columns)
            .filter(|h| h & !cell == 0)
            .fold(0_u64, |set, h| set | 1 << h);
        while row != 0 {
            let low = row.trailing_zeros() as usize & (C - 1);
            if pivots[low] == 0 {
                pivots[low] = row;
                rank += 1;
                break;
            }
            row ^= pivots[low];
        }
        if rank == wanted {
            return true;
        }
    }
    otherwise()
}

/// Fits without covariates.
pub(crate) struct SmallFits<'a, const C: usize> {
    ground: &'a Ground,
    data: &'a Data,
    pub(crate) counts: Counts<C>,
    pub(crate) scratch: Scratch<C>,
    points: Vec<Point<C>>,
    /// Existence proofs that took the exact path.
    pub(crate) proofs: u64,
}

impl<'a, const C: usize> SmallFits<'a, C> {
    pub(crate) fn new(ground: &'a Ground, data: &'a Data) -> Self {
        Self {
            ground,
            data,
            counts: Counts::new(
                &data.y,
                ground.shape.held.as_ref().map(|held| held.cells.as_slice()),
            ),
            scratch: Scratch::default(),
            points: Vec::new(),
            proofs: 0,
        }
    }

    fn fit(&mut self, play: Play, from: Option<usize>, depth: usize, goal: Goal) -> End {
        while self.points.len() <= depth {
            self.points.push(Point::default());
        }
        let start = from.map_or_else(|| self.counts.start(), |at| self.points[at].clone());
        let to = &mut self.points[depth];
        let end = self.scratch.fit(&self.counts, play, &start, to, goal);
        if end == End::Failed {
            *to = self.counts.start();
        }
        end
    }

    /// Whether the estimate of an identified model exists.
    pub(crate) fn exists(&mut self, family: u64, play: Play) -> bool {
        let (ground, data) = (self.ground, self.data);
        let mut proofs = 0;
        let exists = exists(&self.counts, play, || {
            proofs = 1;
            let design = ground.design(family);
            let reduced = design.reduced_support(data);
            existence::is_finite(&design, reduced.as_ref().unwrap_or(&design.full), &data.y)
        });
        self.proofs += proofs;
        exists
    }

    /// Unseen persons at the fit of an admissible model, from the same start whatever was searched.
    pub(crate) fn unseen(&mut self, family: u64) -> Option<f64> {
        let play = self.counts.play(family);
        let goal = Goal {
            cut: f64::INFINITY,
            bound: false,
        };
        if let End::Fitted(_) = self.fit(play, None, 0, goal) {
            return Some(math::exp(self.points[0].eta[0]));
        }
        let mut out = [0.0];
        let ws = &mut Workspace::default();
        self.ground
            .prepared(family, ws)
            .unseen(self.data, ws, &mut out)
            .then_some(out[0])
    }

    pub(crate) fn data(&self) -> &'a Data {
        self.data
    }

    /// Fits from a point to depth 0.
    pub(crate) fn fit_from(&mut self, play: Play, from: &Point<C>, goal: Goal) -> End {
        if self.points.is_empty() {
            self.points.push(Point::default());
        }
        self.scratch
            .fit(&self.counts, play, from, &mut self.points[0], goal)
    }

    /// Variance of the log of the unseen mean at the point at depth 0, where the last fit ended.
    pub(crate) fn intercept_variance(&mut self) -> Option<f64> {
        self.scratch.intercept_variance(&self.points[0])
    }

    /// The point the last fit at depth 0 ended at.
    pub(crate) fn point(&self) -> &Point<C> {
        &self.points[0]
    }
}

impl<const C: usize> Fits for SmallFits<'_, C> {
    fn bound(&mut self, family: u64, from: Option<usize>, depth: usize, cut: f64) -> f64 {
        let play = self.counts.play(family);
        match self.fit(play, from, depth, Goal { cut, bound: true }) {
            End::Fitted(value) | End::Bounded(value) => value,
            End::Failed => self.counts.best(),
        }
    }

    fn least(&self) -> f64 {
        self.counts.best()
    }

    fn worth(&mut self, family: u64, from: Option<usize>, depth: usize, cut: f64) -> Worth {
        let play = self.counts.play(family);
        if !play.identified {
            return Worth::NoEstimate(self.counts.best());
        }
        // A node's own bound is within the cut already, so the verdict comes before the rest of the fit:
        // a model without an estimate takes the most steps.
        if !self.exists(family, play) {
            return Worth::NoEstimate(self.counts.best());
        }
        match self.fit(play, from, depth, Goal { cut, bound: false }) {
            End::Fitted(value) if value <= cut => Worth::Value(value),
            End::Fitted(_) | End::Bounded(_) => Worth::Beyond,
            End::Failed => {
                let ws = &mut Workspace::default();
                let prepared = self.ground.prepared(family, ws);
                by_design(&prepared, self.data, ws, cut, &mut self.proofs)
            }
        }
    }
}

/// A model by the careful fit.
fn by_design(
    prepared: &Prepared,
    data: &Data,
    ws: &mut Workspace,
    cut: f64,
    proofs: &mut u64,
) -> Worth {
    let trial = prepared.fit(data, ws, Need::Proved);
    let value = -2.0 * trial.outcome.kernel;
    if trial.outcome.stop == Stop::Converged && value > cut {
        return Worth::Beyond;
    }
    *proofs += 1;
    match prepared.verdict(data, &trial) {
        Verdict::Estimate => Worth::Value(value),
        Verdict::Unknown => Worth::Unknown,
        Verdict::NoEstimate if trial.outcome.stop == Stop::Converged => Worth::NoEstimate(value),
        Verdict::NoEstimate => Worth::NoEstimate(f64::NEG_INFINITY),
    }
}

/// Fits with covariates, each by its design and a starting point from the original data.
pub(crate) struct DesignFits<'a> {
    ground: &'a Ground,
    data: &'a Data,
    ws: &'a mut Workspace,
    /// −2 × the kernel of the saturated model.
    saturated: f64,
    pub(crate) proofs: u64,
}

impl<'a> DesignFits<'a> {
    pub(crate) fn new(ground: &'a Ground, data: &'a Data, ws: &'a mut Workspace) -> Self {
        Self {
            ground,
            data,
            ws,
            saturated: -2.0 * saturated(&data.y),
            proofs: 0,
        }
    }
}

impl Fits for DesignFits<'_> {
    fn bound(&mut self, family: u64, _: Option<usize>, _: usize, _: f64) -> f64 {
        let prepared = self.ground.prepared(family, self.ws);
        let trial = prepared.fit(self.data, self.ws, Need::Bound);
        // A fit that stopped elsewhere is no bound: its likelihood may have been going up still.
        if trial.outcome.stop == Stop::Converged {
            -2.0 * trial.outcome.kernel
        } else {
            self.saturated
        }
    }

    fn least(&self) -> f64 {
        self.saturated
    }

    fn worth(&mut self, family: u64, _: Option<usize>, _: usize, cut: f64) -> Worth {
        let prepared = self.ground.prepared(family, self.ws);
        by_design(&prepared, self.data, self.ws, cut, &mut self.proofs)
    }
}

//! Choosing a model: one given, all hierarchical ones, or a stepwise path.

pub(crate) mod abreast;
pub(crate) mod batch;
pub(crate) mod bound;
pub(crate) mod exact;
pub(crate) mod fits;
pub(crate) mod forward;
pub(crate) mod joint;
pub(crate) mod lattice;
pub(crate) mod outcome;
pub(crate) mod screen;
pub(crate) mod search;
pub(crate) mod small;
pub(crate) mod space;
pub(crate) mod stepwise;
pub(crate) mod tolerance;
pub(crate) mod window;

use std::sync::{Arc, OnceLock};

use crate::design::{Data, Design};
use crate::existence;
use crate::kernel::math;
use crate::kernel::newton::{Outcome, Program, Stop, Workspace, newton};
use crate::support::Support;
use crate::table::{CaptureTable, Shape};
use exact::Exact;
use forward::Forward;
use search::Space;
use stepwise::Stepwise;

/// A design with what the original data taught about it: where to start, which cells prove existence.
#[derive(Debug, Clone)]
pub(crate) struct Prepared {
    pub(crate) design: Design,
    /// Coefficients of the original fit, if it converged on the full support.
    start: Option<Vec<f64>>,
    /// The original counts.
    original: Arc<[f64]>,
    /// Cells that prove existence on the full support while all have people, once needed.
    spanning: OnceLock<Option<Vec<u32>>>,
}

/// A model fitted within a search; coefficients and predictors are in the workspace.
#[derive(Debug, Clone)]
pub(crate) struct Trial {
    /// How Newton ended.
    pub(crate) outcome: Outcome,
    /// The support of these data, if it is not the design's full one.
    reduced: Option<Support>,
    /// Whether the estimate exists, if that was decided before fitting.
    finite: Option<bool>,
}

/// Whether a model has an estimate on some data.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Verdict {
    /// It has, and the fit converged to it.
    Estimate,
    /// Proved that it has none.
    NoEstimate,
    /// It has, but the fit did not converge: its value is not known.
    Unknown,
}

/// What a fit is for, and so when it is not worth making.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Need {
    /// Its likelihood bounds that of smaller models: always made.
    Bound,
    /// It is compared with others: made if the data determine the unseen part.
    Identified,
    /// It is used: made if also the estimate exists, where some margin is zero.
    Proved,
}

impl Prepared {
    /// Prepares a design; `original` are the counts of `data`.
    pub(crate) fn new(
        design: Design,
        data: &Data,
        original: &Arc<[f64]>,
        ws: &mut Workspace,
    ) -> Self {
        let mut prepared = Self::bare(design, original);
        let trial = prepared.fit(data, ws, Need::Identified);
        // Large coefficients mean a fit on its way to infinity: no place to start from.
        let bounded = ws.beta.iter().all(|b| b.abs() < 20.0);
        if trial.reduced.is_none() && trial.outcome.stop == Stop::Converged && bounded {
            prepared.start = Some(ws.beta.clone());
        }
        prepared
    }

    /// A design without a start of its own.
    fn bare(design: Design, original: &Arc<[f64]>) -> Self {
        Self {
            design,
            start: None,
            original: Arc::clone(original),
            spanning: OnceLock::new(),
        }
    }

    /// Fits from the start that the original data gave.
    fn fit(&self, data: &Data, ws: &mut Workspace, need: Need) -> Trial {
        self.fit_from(data, ws, need, None)
    }

    /// Fits from `start`, if it has the right size; coefficients and predictors stay in the workspace.
    ///
    /// A model on its way to infinity takes the most steps, and on sparse data a proof costs less
    /// than a few of them: where `need` allows it, the verdict comes first.
    fn fit_from(
        &self,
        data: &Data,
        ws: &mut Workspace,
        need: Need,
        start: Option<&[f64]>,
    ) -> Trial {
        let reduced = self.design.reduced_support(data);
        let support = reduced.as_ref().unwrap_or(&self.design.full);
        let shape = &self.design.shape;
        let program = support.fast.as_ref().unwrap_or(&support.program);
        let hopeless = need != Need::Bound && !support.identifiable;
        let finite = (need == Need::Proved && !hopeless && reduced.is_some())
            .then(|| existence::is_finite(&self.design, support, &data.y));
        if hopeless || finite == Some(false) {
            let outcome = Outcome {
                kernel: f64::NEG_INFINITY,
                iterations: 0,
                stop: Stop::Stalled,
            };
            return Trial {
                outcome,
                reduced,
                finite,
            };
        }
        let mut outcome = None;
        let own = self.start.as_deref().filter(|_| reduced.is_none());
        let given = start.filter(|s| s.len() == program.parameters());
        if let Some(start) = given.or(own) {
            ws.beta.clear();
            ws.beta.extend_from_slice(start);
            let warm = newton(shape, program, &support.kept, &data.y, true, ws);
            outcome = (warm.stop == Stop::Converged).then_some(warm);
        }
        let outcome =
            outcome.unwrap_or_else(|| newton(shape, program, &support.kept, &data.y, false, ws));
        Trial {
            outcome,
            reduced,
            finite,
        }
    }

    /// Cells with people in the original whose rows span.
    fn spanning(&self) -> Option<&[u32]> {
        self.spanning
            .get_or_init(|| {
                existence::spanning_cells(&self.design, &self.design.full, &self.original)
            })
            .as_deref()
    }

    fn support<'a>(&'a self, trial: &'a Trial) -> &'a Support {
        trial.reduced.as_ref().unwrap_or(&self.design.full)
    }

    /// The program that such a fit runs.
    fn program<'a>(&'a self, trial: &'a Trial) -> &'a Program {
        let support = self.support(trial);
        support.fast.as_ref().unwrap_or(&support.program)
    }

    /// Whether the fit converged and the data determine the unseen part.
    fn plausible(&self, trial: &Trial) -> bool {
        trial.outcome.stop == Stop::Converged && self.support(trial).identifiable
    }

    /// Whether the estimate exists, exactly.
    fn exists(&self, data: &Data, trial: &Trial) -> bool {
        if let Some(finite) = trial.finite {
            return finite;
        }
        if trial.reduced.is_none()
            && self
                .spanning()
                .is_some_and(|s| s.iter().all(|&c| data.y[c as usize] > 0.0))
        {
            return true;
        }
        existence::is_finite(&self.design, self.support(trial), &data.y)
    }

    /// Whether the model has an estimate, by proof, and whether the fit found it.
    pub(crate) fn verdict(&self, data: &Data, trial: &Trial) -> Verdict {
        if !self.support(trial).identifiable || !self.exists(data, trial) {
            Verdict::NoEstimate
        } else if trial.outcome.stop == Stop::Converged {
            Verdict::Estimate
        } else {
            Verdict::Unknown
        }
    }

    /// Fits and proves: the unseen persons per stratum, or nothing.
    fn unseen(&self, data: &Data, ws: &mut Workspace, out: &mut [f64]) -> bool {
        self.value(data, ws, out).is_some()
    }

    /// −2 × the kernel of a model that has an estimate, with its unseen persons per stratum.
    fn value(&self, data: &Data, ws: &mut Workspace, out: &mut [f64]) -> Option<f64> {
        let trial = self.fit(data, ws, Need::Proved);
        match self.verdict(data, &trial) {
            Verdict::Estimate => {}
            Verdict::NoEstimate => return None,
            Verdict::Unknown => {
                ws.stalled += 1;
                return None;
            }
        }
        self.read_unseen(&trial, ws, out);
        Some(-2.0 * trial.outcome.kernel)
    }

    /// Unseen persons per stratum at the predictors in the workspace.
    fn read_unseen(&self, trial: &Trial, ws: &Workspace, out: &mut [f64]) {
        let support = self.support(trial);
        for (s, n0) in out.iter_mut().enumerate() {
            let cell = self.design.shape.cell(s, 0);
            *n0 = if support.unseen[s] {
                math::exp(ws.eta[cell])
            } else {
                0.0
            };
        }
    }
}

/// How the unseen part of a data set is estimated, in the original and in every replicate.
#[derive(Debug)]
pub(crate) enum Selector {
    /// One model.
    Fixed(Box<Prepared>),
    /// The best of a lattice of models.
    Exact(Box<Exact>),
    /// The log-scale average over a lattice of models.
    ExactAverage(Box<Exact>),
    /// The best of an enumerated space of models.
    Best(Space),
    /// The log-scale average over an enumerated space of models.
    Average(Space),
    /// A stepwise path.
    Stepwise(Stepwise),
    /// A forward path over pairs of lists.
    Forward(Forward),
}

impl Selector {
    /// A selector that always takes `design`.
    pub(crate) fn fixed(table: &CaptureTable, design: Design) -> Self {
        let data = Data::of(table);
        let original = Arc::from(data.y.as_slice());
        Self::Fixed(Box::new(Prepared::new(
            design,
            &data,
            &original,
            &mut Workspace::default(),
        )))
    }

    /// Writes the estimated unseen persons per stratum; whether there was an estimate.
    pub(crate) fn estimate(&self, data: &Data, ws: &mut Workspace, out: &mut [f64]) -> bool {
        if data.n <= 0.0 {
            return false;
        }
        match self {
            Self::Fixed(prepared) => prepared.unseen(data, ws, out),
            Self::Exact(exact) => exact.best(data, ws, out).is_some(),
            Self::ExactAverage(exact) => exact.average(data, ws, out),
            Self::Best(space) => space.best(data, ws, out).is_some(),
            Self::Average(space) => space.average(data, ws, out),
            Self::Stepwise(stepwise) => match stepwise.run(data, ws) {
                Some(prepared) => prepared.unseen(data, ws, out),
                None => false,
            },
            Self::Forward(forward) => match forward.run(data, ws) {
                Some(prepared) => prepared.unseen(data, ws, out),
                None => false,
            },
        }
    }

    /// Writes the population of every stratum after `data.y` changed: infinite where there is no
    /// estimate. The workspace counts one more of `stalled` where a fit that did not converge may have
    /// changed the answer.
    pub(crate) fn populations(
        &self,
        shape: &Shape,
        data: &mut Data,
        ws: &mut Workspace,
        out: &mut [f64],
    ) {
        data.refresh(shape);
        let before = ws.stalled;
        let estimated = self.estimate(data, ws, out);
        ws.stalled = ws.stalled.min(before + 1);
        if !estimated {
            out.fill(f64::INFINITY);
            return;
        }
        for (n, y) in out.iter_mut().zip(data.y.chunks_exact(shape.histories())) {
            *n += y.iter().sum::<f64>();
        }
    }
}

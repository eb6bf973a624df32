//! Choosing a model: one given, all hierarchical ones, or a stepwise path.

pub(crate) mod search;
pub(crate) mod space;
pub(crate) mod stepwise;

use crate::design::{Data, Design, Support};
use crate::existence;
use crate::kernel::math;
use crate::kernel::newton::{Outcome, Stop, Workspace, newton};
use crate::table::CaptureTable;
use search::Space;
use stepwise::Stepwise;

/// A design with what the original data taught about it: where to start, which cells prove existence.
#[derive(Debug, Clone)]
pub(crate) struct Prepared {
    pub(crate) design: Design,
    /// Coefficients of the original fit, if it converged on the full support.
    start: Option<Vec<f64>>,
    /// Cells that prove existence on the full support while all have people.
    spanning: Option<Vec<u32>>,
}

/// A model fitted within a search; coefficients and predictors are in the workspace.
#[derive(Debug, Clone)]
pub(crate) struct Trial {
    /// How Newton ended.
    pub(crate) outcome: Outcome,
    /// The support of these data, if it is not the design's full one.
    reduced: Option<Support>,
}

impl Prepared {
    pub(crate) fn new(design: Design, data: &Data, ws: &mut Workspace) -> Self {
        let mut prepared = Self {
            design,
            start: None,
            spanning: None,
        };
        let trial = prepared.fit(data, ws);
        if trial.reduced.is_none() {
            prepared.spanning =
                existence::spanning_cells(&prepared.design, &prepared.design.full, &data.y);
            if trial.outcome.stop == Stop::Converged && prepared.spanning.is_some() {
                prepared.start = Some(ws.beta.clone());
            }
        }
        prepared
    }

    /// Fits; coefficients and predictors stay in the workspace.
    fn fit(&self, data: &Data, ws: &mut Workspace) -> Trial {
        let reduced = self.design.reduced_support(data);
        let support = reduced.as_ref().unwrap_or(&self.design.full);
        let start = if reduced.is_none() {
            self.start.as_deref()
        } else {
            None
        };
        if let Some(start) = start {
            ws.beta.clear();
            ws.beta.extend_from_slice(start);
        }
        let outcome = newton(
            &self.design.shape,
            &support.program,
            &support.kept,
            &data.y,
            start.is_some(),
            ws,
        );
        Trial { outcome, reduced }
    }

    fn support<'a>(&'a self, trial: &'a Trial) -> &'a Support {
        trial.reduced.as_ref().unwrap_or(&self.design.full)
    }

    /// Whether the fit converged and the data determine the unseen part.
    fn plausible(&self, trial: &Trial) -> bool {
        trial.outcome.stop == Stop::Converged && self.support(trial).identifiable
    }

    /// Whether the estimate exists, exactly.
    fn exists(&self, data: &Data, trial: &Trial) -> bool {
        if trial.reduced.is_none()
            && self
                .spanning
                .as_ref()
                .is_some_and(|s| s.iter().all(|&c| data.y[c as usize] > 0.0))
        {
            return true;
        }
        existence::decide(&self.design, self.support(trial), &data.y).exists
    }

    /// Fits and proves: the unseen persons per stratum, or nothing.
    fn unseen(&self, data: &Data, ws: &mut Workspace, out: &mut [f64]) -> bool {
        let trial = self.fit(data, ws);
        if !self.plausible(&trial) || !self.exists(data, &trial) {
            return false;
        }
        self.read_unseen(&trial, ws, out);
        true
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
    /// The best of a space of models.
    Best(Space),
    /// The log-scale average over a space of models.
    Average(Space),
    /// A stepwise path.
    Stepwise(Stepwise),
}

impl Selector {
    /// A selector that always takes `design`.
    pub(crate) fn fixed(table: &CaptureTable, design: Design) -> Self {
        let data = Data::of(table);
        Self::Fixed(Box::new(Prepared::new(
            design,
            &data,
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
            Self::Best(space) => space.best(data, ws, out).is_some(),
            Self::Average(space) => space.average(data, ws, out),
            Self::Stepwise(stepwise) => match stepwise.run(data, ws) {
                Some(prepared) => prepared.unseen(data, ws, out),
                None => false,
            },
        }
    }
}

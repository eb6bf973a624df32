//! One model fitted again and again: to other offsets, or to fewer records.

use super::report::HeldFit;
use crate::design::{Data, Design};
use crate::error::EstimateError;
use crate::fit::{FittedModel, deviance, fit_design, unseen_cells};
use crate::goodness::Misfit;
use crate::kernel::math;
use crate::kernel::newton::{Stop, Workspace, newton, refactor};
use crate::model::Model;
use crate::report::finite;
use crate::support::Support;
use crate::table::{CaptureTable, Shape};
use crate::term::Term;

/// A model on a table, whose estimate exists. Offsets and positive counts scaled do not change that.
pub(super) struct Refit<'a> {
    pub(super) table: &'a CaptureTable,
    pub(super) model: Model,
    pub(super) design: Design,
    reduced: Option<Support>,
    pub(super) data: Data,
    pub(super) fit: FittedModel,
    ws: Workspace,
    /// Coefficients of the model's own fit: where every other starts.
    start: Vec<f64>,
}

impl<'a> Refit<'a> {
    pub(super) fn new(table: &'a CaptureTable, model: &Model) -> Result<Self, EstimateError> {
        let design = Design::new(table.shape(), model);
        let data = Data::of(table);
        let mut ws = Workspace::default();
        let fit = fit_design(table, &design, &data, &mut ws)?;
        Ok(Self {
            table,
            model: model.clone(),
            reduced: design.reduced_support(&data),
            design,
            data,
            fit,
            start: ws.beta.clone(),
            ws,
        })
    }

    pub(super) fn support(&self) -> &Support {
        self.reduced.as_ref().unwrap_or(&self.design.full)
    }

    /// The table's shape with these sets of lists held at log odds ratios, the rest as before.
    pub(super) fn held_at(&self, held: &[(u16, f64)]) -> Shape {
        self.table.clone().hold(held).shape().clone()
    }

    /// The log odds ratio at which the table holds a set of lists; 0 if it holds none.
    pub(super) fn assumed(&self, mask: u16) -> f64 {
        let held = self.table.held().iter().find(|(m, _)| *m == mask);
        held.map_or(0.0, |h| h.1)
    }

    /// The unseen persons with the table's offsets replaced by those of `shape`.
    pub(super) fn unseen_with(&mut self, shape: &Shape) -> Option<f64> {
        let y = std::mem::take(&mut self.data.y);
        let found = self.unseen(shape, &y);
        self.data.y = y;
        found
    }

    /// The same with how that fit agrees with the cells that are seen.
    pub(super) fn fit_with(&mut self, shape: &Shape) -> Option<(f64, HeldFit)> {
        let n0 = self.unseen_with(shape)?;
        Some((n0, self.agreement(&self.ws)))
    }

    /// How the fit in a workspace agrees with the table's cells.
    fn agreement(&self, ws: &Workspace) -> HeldFit {
        let support = self.support();
        let (mut distance, mut misfit) = (0.0, Misfit::default());
        for &c in &support.kept {
            let (count, mean) = (self.data.y[c as usize], ws.mu[c as usize]);
            distance += deviance(count, mean);
            misfit.add(count, mean);
        }
        let tests = misfit.tests(distance, support.active.len());
        if tests.df > 0 {
            HeldFit {
                deviance: finite(distance),
                p: tests.p_deviance,
            }
        } else {
            HeldFit::default()
        }
    }

    /// How the model with the offsets of `design` agrees with the table's cells; nothing where it cannot
    /// be fitted.
    pub(super) fn agreement_under(&self, design: &Design) -> HeldFit {
        let mut ws = Workspace::default();
        let found = self.point(design, &mut ws);
        found.map_or_else(HeldFit::default, |_| self.agreement(&ws))
    }

    /// The log odds ratio of two lists if the model estimated it too, with its standard error; none where
    /// that model has no estimate.
    pub(super) fn estimated(&self, mask: u16) -> Option<(f64, f64)> {
        let term = Term::new(mask, 0);
        let design = Design::new(&self.held_at(&[(mask, 0.0)]), &self.model.with(term));
        let fit = fit_design(self.table, &design, &self.data, &mut Workspace::default()).ok()?;
        let found = fit.coefficients.iter().find(|c| c.term == term)?;
        Some((finite(found.estimate?)?, finite(found.se?)?))
    }

    /// The unseen persons with other counts in the same cells.
    pub(super) fn unseen_of(&mut self, y: &[f64]) -> Option<f64> {
        let shape = self.design.shape.clone();
        self.unseen(&shape, y)
    }

    fn unseen(&mut self, shape: &Shape, y: &[f64]) -> Option<f64> {
        let mut ws = std::mem::take(&mut self.ws);
        ws.beta.clone_from(&self.start);
        // From the model's own coefficients, or from scratch where that fails.
        let solved = self.solve(shape, y, true, &mut ws) || self.solve(shape, y, false, &mut ws);
        let found = solved.then(|| {
            let unseen = &self.support().unseen;
            (0..shape.strata)
                .filter(|&s| unseen[s])
                .map(|s| math::exp(ws.eta[shape.cell(s, 0)]))
                .sum()
        });
        self.ws = ws;
        found
    }

    fn solve(&self, shape: &Shape, y: &[f64], warm: bool, ws: &mut Workspace) -> bool {
        let support = self.support();
        newton(shape, &support.program, &support.kept, y, warm, ws).stop == Stop::Converged
    }

    /// The unseen persons under the offsets of `design`, with the variance of the population: bit for
    /// bit those of a fit of its own.
    pub(super) fn point(&self, design: &Design, ws: &mut Workspace) -> Option<(f64, f64)> {
        let support = self.support();
        let mut solved = self.solve(&design.shape, &self.data.y, false, ws);
        if !solved {
            ws.beta.clone_from(&self.start);
            solved = self.solve(&design.shape, &self.data.y, true, ws);
        }
        if !solved || !refactor(&design.shape, &support.program, ws) {
            return None;
        }
        let (unseen, covariance) = unseen_cells(design, support, ws);
        let n0: f64 = unseen.iter().sum();
        Some((n0, n0 + covariance.iter().sum::<f64>()))
    }
}

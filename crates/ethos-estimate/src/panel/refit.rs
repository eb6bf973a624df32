//! One model fitted again and again: to other offsets, or to fewer records.

use crate::design::{Data, Design};
use crate::error::EstimateError;
use crate::fit::{FittedModel, fit_design};
use crate::kernel::math;
use crate::kernel::newton::{Stop, Workspace, newton};
use crate::model::Model;
use crate::support::Support;
use crate::table::{CaptureTable, Shape};

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

    /// The unseen persons with the table's offsets replaced by those of `shape`.
    pub(super) fn unseen_with(&mut self, shape: &Shape) -> Option<f64> {
        let y = self.data.y.clone();
        self.unseen(shape, &y)
    }

    /// The unseen persons with other counts in the same cells.
    pub(super) fn unseen_of(&mut self, y: &[f64]) -> Option<f64> {
        let shape = self.design.shape.clone();
        self.unseen(&shape, y)
    }

    fn unseen(&mut self, shape: &Shape, y: &[f64]) -> Option<f64> {
        let support = self.reduced.as_ref().unwrap_or(&self.design.full);
        self.ws.beta.clone_from(&self.start);
        let mut outcome = newton(
            shape,
            &support.program,
            &support.kept,
            y,
            true,
            &mut self.ws,
        );
        if outcome.stop != Stop::Converged {
            outcome = newton(
                shape,
                &support.program,
                &support.kept,
                y,
                false,
                &mut self.ws,
            );
        }
        (outcome.stop == Stop::Converged).then(|| {
            (0..shape.strata)
                .filter(|&s| support.unseen[s])
                .map(|s| math::exp(self.ws.eta[shape.cell(s, 0)]))
                .sum()
        })
    }
}

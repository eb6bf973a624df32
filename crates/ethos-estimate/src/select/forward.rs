//! Forward search over pairs of lists by the p-value of their overlap (Chan, Silverman & Vincent 2021).
//!
//! From the main effects on, the overlap of each pair left out is compared with
//! what the current model expects of it; the pair whose overlap has the smallest
//! one-sided Poisson tail enters, while that is below the threshold. Pairs whose
//! model has no identified estimate are passed over.

use std::sync::Arc;

use statrs::function::gamma::{gamma_lr, gamma_ur};

use super::stepwise::Designs;
use super::{Need, Prepared, Trial};
use crate::design::Data;
use crate::kernel::margins::lists_to_margins;
use crate::kernel::newton::Workspace;
use crate::model::Model;
use crate::table::{CaptureTable, Shape};
use crate::term::Term;

/// A forward search on a table without covariates, with the designs it has compiled so far.
#[derive(Debug)]
pub(crate) struct Forward {
    shape: Shape,
    threshold: f64,
    start: Model,
    /// Pairs of lists that may enter, in term order.
    pairs: Vec<Term>,
    designs: Designs,
}

/// The smaller of P(X ≤ k) and P(X ≥ k) for X Poisson with this mean.
fn tail(k: f64, mean: f64) -> f64 {
    if mean <= 0.0 {
        return if k > 0.0 { 0.0 } else { 1.0 };
    }
    let below = gamma_ur(k + 1.0, mean);
    let above = if k > 0.0 { gamma_lr(k, mean) } else { 1.0 };
    below.min(above)
}

impl Forward {
    pub(crate) fn new(table: &CaptureTable, start: Model, threshold: f64) -> Self {
        let lists = table.lists().len();
        let held = table.held_lists();
        let mut pairs: Vec<Term> = (0..lists)
            .flat_map(|i| (i + 1..lists).map(move |j| Term::new(1 << i | 1 << j, 0)))
            .filter(|t| t.lists.count_ones() < lists as u32)
            .filter(|t| !held.iter().any(|h| h & !t.lists == 0))
            .collect();
        pairs.sort();
        Self {
            shape: table.shape().clone(),
            threshold,
            start,
            pairs,
            designs: Designs::new(table),
        }
    }

    /// The model the search starts from.
    pub(crate) fn start(&self) -> &Model {
        &self.start
    }

    /// A model fitted and proved; its means are in the workspace.
    fn usable(
        &self,
        model: &Model,
        data: &Data,
        ws: &mut Workspace,
    ) -> Option<(Arc<Prepared>, Trial)> {
        let prepared = self.designs.get(model);
        let trial = prepared.fit(data, ws, Need::Proved);
        (prepared.plausible(&trial) && prepared.exists(data, &trial)).then_some((prepared, trial))
    }

    /// Where the search ends on these data; `None` if its start has no estimate.
    pub(crate) fn run(&self, data: &Data, ws: &mut Workspace) -> Option<Arc<Prepared>> {
        let mut counts = data.y.clone();
        lists_to_margins(&mut counts, &self.shape);
        let (mut current, _) = self.usable(&self.start, data, ws)?;
        let mut means = Vec::new();
        loop {
            means.clone_from(&ws.mu);
            lists_to_margins(&mut means, &self.shape);
            let mut order: Vec<(f64, Term)> = self
                .pairs
                .iter()
                .filter(|t| !current.design.model.contains(**t))
                .map(|&t| {
                    let overlap = self.shape.cell(0, t.lists);
                    (tail(counts[overlap], means[overlap]), t)
                })
                .filter(|(p, _)| *p < self.threshold)
                .collect();
            // Stable: equal tails keep term order.
            order.sort_by(|a, b| a.0.total_cmp(&b.0));
            let next = order
                .into_iter()
                .find_map(|(_, t)| self.usable(&current.design.model.with(t), data, ws));
            match next {
                Some((prepared, _)) => current = prepared,
                None => return Some(current),
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn poisson_tails() {
        // P(X ≤ 0) = e^-3, P(X ≥ 2) = 1 − 3 e^-2 for means 3 and 2.
        assert!((tail(0.0, 3.0) - (-3.0_f64).exp()).abs() < 1e-14);
        assert!((tail(2.0, 2.0) - (1.0 - 3.0 * (-2.0_f64).exp())).abs() < 1e-14);
        assert_eq!((tail(0.0, 0.0), tail(1.0, 0.0)), (1.0, 0.0));
    }
}

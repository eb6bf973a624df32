//! The exact best model of an enumerated space, and averages over it.

use std::sync::Arc;

use rayon::prelude::*;

use super::tolerance::{Tolerance, saturated};
use super::window::log_average;
use super::{Need, Prepared, Verdict, space};
use crate::criteria::{Criterion, weights};
use crate::design::{Data, Design};
use crate::kernel::newton::{Stop, Workspace};
use crate::model::Model;
use crate::table::CaptureTable;

/// Spaces smaller than this are searched faster without probes.
const WORTH_PROBING: usize = 500;

/// A space of models prepared for searching in many data sets.
#[derive(Debug)]
pub(crate) struct Space {
    pub(crate) models: Vec<Prepared>,
    pub(super) covers: Vec<Vec<u32>>,
    pub(super) criterion: Criterion,
    /// Model tried first: the winner on the original data.
    pub(super) first: usize,
    /// For each interaction, the largest model without it, if the space has one.
    probes: Vec<usize>,
    /// For each model, the probes that contain it.
    below: Vec<Vec<u32>>,
}

impl Space {
    /// Enumerates and prepares all models over `base` plus list interactions.
    pub(crate) fn new(
        table: &CaptureTable,
        base: &Model,
        max_order: u32,
        forced: &[u16],
        criterion: Criterion,
    ) -> Self {
        let (models, covers) = space::enumerate(
            table.lists().len(),
            max_order,
            base,
            forced,
            &table.held_lists(),
        );
        let data = Data::of(table);
        let original: Arc<[f64]> = Arc::from(data.y.as_slice());
        let models: Vec<Prepared> = models
            .par_iter()
            .map_init(Workspace::default, |ws, m| {
                Prepared::new(Design::new(table.shape(), m), &data, &original, ws)
            })
            .collect();
        let (probes, below) = probes(&models);
        let mut space = Self {
            models,
            covers,
            criterion,
            first: 0,
            probes,
            below,
        };
        let mut out = vec![0.0; table.strata()];
        space.first = space
            .best(&data, &mut Workspace::default(), &mut out)
            .unwrap_or(0);
        space
    }

    /// The admissible model with the smallest criterion, and its unseen persons per stratum.
    ///
    /// Exact: models are visited from large to small and one is passed over only
    /// when the likelihood of a model containing it already shows that it cannot
    /// win (the likelihood is monotone in nested models). The order of visits
    /// does not change the answer.
    pub(crate) fn best(&self, data: &Data, ws: &mut Workspace, out: &mut [f64]) -> Option<usize> {
        let saturated = saturated(&data.y);
        let tolerance = Tolerance::new(saturated, data.n);
        let mut bounds = vec![-2.0 * saturated; self.models.len()];
        let mut best: Option<(f64, usize)> = None;
        // Smallest value that a model whose fit did not converge could have.
        let mut unknown = f64::INFINITY;
        // Few models: bounds save less than the fits without an estimate cost.
        let need = if self.models.len() < WORTH_PROBING {
            Need::Proved
        } else {
            Need::Bound
        };
        for &i in &self.probes {
            let trial = self.models[i].fit(data, ws, need);
            if trial.outcome.stop == Stop::Converged {
                bounds[i] = bounds[i].max(-2.0 * trial.outcome.kernel);
            }
        }
        let mut visit = |i: usize, bounds: &mut Vec<f64>, best: &mut Option<(f64, usize)>| {
            let mut bound = bounds[i];
            for &p in &self.below[i] {
                bound = bound.max(bounds[self.probes[p as usize]]);
            }
            for &c in &self.covers[i] {
                bound = bound.max(bounds[c as usize]);
            }
            bounds[i] = bound;
            let penalty = self
                .criterion
                .penalty(self.models[i].design.parameters(), data.n);
            let limit = best.map_or(f64::INFINITY, |b| b.0);
            if bound + penalty > limit + tolerance.slack {
                return;
            }
            let trial = self.models[i].fit(data, ws, need);
            let converged = trial.outcome.stop == Stop::Converged;
            let minus_two = -2.0 * trial.outcome.kernel;
            if converged {
                bounds[i] = bound.max(minus_two);
            }
            let value = minus_two + penalty;
            let wins = match *best {
                None => true,
                Some((b, j)) => value < b - tolerance.tie || (value <= b + tolerance.tie && i < j),
            };
            if converged && !(wins && value.is_finite()) {
                return;
            }
            let prepared = &self.models[i];
            match prepared.verdict(data, &trial) {
                Verdict::Estimate => {
                    prepared.read_unseen(&trial, ws, out);
                    *best = Some((value, i));
                }
                Verdict::Unknown => unknown = unknown.min(bound + penalty),
                Verdict::NoEstimate => {}
            }
        };
        visit(self.first, &mut bounds, &mut best);
        for i in (0..self.models.len()).rev() {
            if i != self.first {
                visit(i, &mut bounds, &mut best);
            }
        }
        if unknown <= best.map_or(f64::INFINITY, |b| b.0 + tolerance.tie) && unknown.is_finite() {
            ws.stalled += 1;
        }
        best.map(|b| b.1)
    }

    /// exp Σ w log n0 per stratum over all admissible models; whether there is one.
    pub(crate) fn average(&self, data: &Data, ws: &mut Workspace, out: &mut [f64]) -> bool {
        let mut values = Vec::new();
        let mut unseen: Vec<Vec<f64>> = Vec::new();
        let mut row = vec![0.0; out.len()];
        for prepared in &self.models {
            let trial = prepared.fit(data, ws, Need::Proved);
            match prepared.verdict(data, &trial) {
                Verdict::Estimate => {}
                Verdict::NoEstimate => continue,
                Verdict::Unknown => {
                    ws.stalled += 1;
                    continue;
                }
            }
            prepared.read_unseen(&trial, ws, &mut row);
            let penalty = self.criterion.penalty(prepared.design.parameters(), data.n);
            values.push(penalty - 2.0 * trial.outcome.kernel);
            unseen.push(row.clone());
        }
        log_average(&weights(&values), &unseen, out)
    }
}

/// The largest model without each list interaction, and for each model the probes it lies within.
///
/// Their likelihoods bound those of all models that leave the interaction out.
fn probes(models: &[Prepared]) -> (Vec<usize>, Vec<Vec<u32>>) {
    let Some(largest) = models.last() else {
        return (Vec::new(), Vec::new());
    };
    let mut found = Vec::new();
    let mut below = vec![Vec::new(); models.len()];
    if models.len() < WORTH_PROBING {
        return (found, below);
    }
    for &term in largest.design.model.terms() {
        if term.factors != 0 || term.order() < 2 {
            continue;
        }
        // Models are sorted by size, so the last one without the interaction is the largest.
        let without: Vec<usize> = (0..models.len())
            .filter(|&i| !models[i].design.model.contains(term))
            .collect();
        let Some(&probe) = without.last() else {
            continue;
        };
        for i in without {
            if i != probe {
                below[i].push(found.len() as u32);
            }
        }
        found.push(probe);
    }
    (found, below)
}

//! Stepwise search forward and backward, respecting hierarchy.
//!
//! The recipe of Coumans, Cruyff, van der Heijden, Wolf & Schmeets (2017):
//! lists with main effects, covariates saturated, and in each step the best
//! single addition or removal of a term by a criterion.

use std::collections::BTreeMap;
use std::sync::{Arc, RwLock};

use super::{Need, Prepared, Trial};
use crate::criteria::Criterion;
use crate::design::{Data, Design};
use crate::kernel::newton::Workspace;
use crate::model::Model;
use crate::table::{CaptureTable, Shape};
use crate::term::Term;

/// Smallest improvement that counts as one.
const IMPROVEMENT: f64 = 1e-9;

/// A stepwise search, with the designs it has compiled so far.
#[derive(Debug)]
pub(crate) struct Stepwise {
    shape: Shape,
    criterion: Criterion,
    start: Model,
    /// Terms that may come and go, in term order.
    scope: Vec<Term>,
    original: Data,
    counts: Arc<[f64]>,
    designs: RwLock<BTreeMap<Model, Arc<Prepared>>>,
}

/// The terms a stepwise search moves: list interactions up to `max_order`, list × covariate,
/// pair of lists × covariate, list × pair of covariates.
pub(crate) fn scope(lists: usize, factors: usize, max_order: u32) -> Vec<Term> {
    let mut out: Vec<Term> = (1..1_u32 << lists)
        .filter(|m| (2..=max_order).contains(&m.count_ones()))
        .map(|m| Term::new(m as u16, 0))
        .collect();
    for f in 0..factors {
        for i in 0..lists {
            out.push(Term::list(i).union(Term::factor(f)));
            if max_order >= 2 {
                for j in i + 1..lists {
                    out.push(Term::new(1 << i | 1 << j, 1 << f));
                }
            }
            for g in f + 1..factors {
                out.push(Term::new(1 << i, 1 << f | 1 << g));
            }
        }
    }
    out.sort();
    out
}

impl Stepwise {
    pub(crate) fn new(
        table: &CaptureTable,
        start: Model,
        scope: Vec<Term>,
        criterion: Criterion,
    ) -> Self {
        let original = Data::of(table);
        Self {
            shape: table.shape().clone(),
            criterion,
            start,
            scope,
            counts: Arc::from(original.y.as_slice()),
            original,
            designs: RwLock::new(BTreeMap::new()),
        }
    }

    /// The design of a model, compiled once. The cache changes speed, never a result.
    fn design(&self, model: &Model, ws: &mut Workspace) -> Arc<Prepared> {
        if let Ok(cache) = self.designs.read()
            && let Some(found) = cache.get(model)
        {
            return Arc::clone(found);
        }
        let made = Arc::new(Prepared::new(
            Design::new(&self.shape, model),
            &self.original,
            &self.counts,
            ws,
        ));
        if let Ok(mut cache) = self.designs.write() {
            cache.insert(model.clone(), Arc::clone(&made));
        }
        made
    }

    fn value(&self, prepared: &Prepared, data: &Data, ws: &mut Workspace) -> (f64, Trial) {
        let trial = prepared.fit(data, ws, Need::Identified);
        let value = if prepared.plausible(&trial) {
            self.criterion.penalty(prepared.design.parameters(), data.n)
                - 2.0 * trial.outcome.kernel
        } else {
            f64::INFINITY
        };
        (value, trial)
    }

    /// Where the search ends on these data; `None` if its start has no estimate.
    pub(crate) fn run(&self, data: &Data, ws: &mut Workspace) -> Option<Arc<Prepared>> {
        let mut current = self.design(&self.start, ws);
        let (mut value, trial) = self.value(&current, data, ws);
        if !value.is_finite() || !current.exists(data, &trial) {
            return None;
        }
        loop {
            let model = current.design.model.clone();
            let generators = model.generators();
            let mut moves: Vec<(f64, Arc<Prepared>, Trial)> = Vec::new();
            for &term in &self.scope {
                let next = if model.contains(term) {
                    if !generators.contains(&term) || self.start.contains(term) {
                        continue;
                    }
                    model.without(term)
                } else {
                    if !term.faces().all(|f| model.contains(f)) {
                        continue;
                    }
                    model.with(term)
                };
                let prepared = self.design(&next, ws);
                let (v, trial) = self.value(&prepared, data, ws);
                if v < value - IMPROVEMENT {
                    moves.push((v, prepared, trial));
                }
            }
            // Stable: equal values keep term order.
            moves.sort_by(|a, b| a.0.total_cmp(&b.0));
            let Some((v, next, _)) = moves.into_iter().find(|(_, p, t)| p.exists(data, t)) else {
                return Some(current);
            };
            value = v;
            current = next;
        }
    }
}

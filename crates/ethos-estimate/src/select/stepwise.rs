//! Stepwise search forward and backward, respecting hierarchy.
//!
//! The recipe of Coumans, Cruyff, van der Heijden, Wolf & Schmeets (2017):
//! lists with main effects, covariates saturated, and in each step the best
//! single addition or removal of a term by a criterion. A move must lead to a
//! model whose estimate exists and is identified; equal values keep term order.
//!
//! Every move is bounded first ([`super::screen`]) and fitted only while its
//! bound is as good as the best move fitted so far: the choice is that of
//! fitting them all.

use std::collections::BTreeMap;
use std::sync::{Arc, RwLock};

use rayon::prelude::*;

use super::screen::{Scratch, Screen};
use super::{Need, Prepared, Trial};
use crate::criteria::Criterion;
use crate::design::{Data, Design};
use crate::kernel::newton::Workspace;
use crate::model::Model;
use crate::table::{CaptureTable, Shape};
use crate::term::Term;

/// Smallest improvement that counts as one; closer values tie.
const IMPROVEMENT: f64 = 1e-9;
/// Room for rounding in a bound, of the size of the log-likelihood.
const SLACK: f64 = 1e-10;
/// Designs of larger tables are compiled anew each time, and their moves bounded in parallel.
const LARGE: usize = 1 << 12;

/// A stepwise search, with the designs it has compiled so far.
#[derive(Debug)]
pub(crate) struct Stepwise {
    shape: Shape,
    criterion: Criterion,
    start: Model,
    /// Terms that may come and go, in term order.
    scope: Vec<Term>,
    designs: Designs,
}

/// Compiled models of one table. What is kept changes speed, never a result.
#[derive(Debug)]
pub(crate) struct Designs {
    shape: Shape,
    original: Arc<[f64]>,
    made: RwLock<BTreeMap<Model, Arc<Prepared>>>,
}

impl Designs {
    pub(crate) fn new(table: &CaptureTable) -> Self {
        Self {
            shape: table.shape().clone(),
            original: Arc::from(Data::of(table).y.as_slice()),
            made: RwLock::new(BTreeMap::new()),
        }
    }

    pub(crate) fn get(&self, model: &Model) -> Arc<Prepared> {
        if let Ok(made) = self.made.read()
            && let Some(found) = made.get(model)
        {
            return Arc::clone(found);
        }
        let design = Design::new(&self.shape, model);
        let prepared = Arc::new(Prepared::bare(design, &self.original));
        if self.shape.cells() < LARGE
            && let Ok(mut made) = self.made.write()
        {
            made.insert(model.clone(), Arc::clone(&prepared));
        }
        prepared
    }
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

/// A model on the path: fitted, proved, its coefficients kept.
struct Place {
    prepared: Arc<Prepared>,
    trial: Trial,
    beta: Vec<f64>,
    value: f64,
}

/// A single change of the model.
#[derive(Clone, Copy)]
struct Move {
    term: Term,
    adds: bool,
    /// No value of the criterion below this is possible.
    bound: f64,
}

impl Stepwise {
    pub(crate) fn new(
        table: &CaptureTable,
        start: Model,
        scope: Vec<Term>,
        criterion: Criterion,
    ) -> Self {
        Self {
            shape: table.shape().clone(),
            criterion,
            start,
            scope,
            designs: Designs::new(table),
        }
    }

    /// The model the search starts from.
    pub(crate) fn start(&self) -> &Model {
        &self.start
    }

    /// Fits a model; its place on the path if its estimate is identified and the fit converged.
    fn place(
        &self,
        model: &Model,
        data: &Data,
        start: Option<&[f64]>,
        ws: &mut Workspace,
    ) -> Option<Place> {
        let prepared = self.designs.get(model);
        let trial = prepared.fit_from(data, ws, Need::Identified, start);
        let penalty = self.criterion.penalty(prepared.design.parameters(), data.n);
        let value = penalty - 2.0 * trial.outcome.kernel;
        (prepared.plausible(&trial) && value.is_finite()).then(|| Place {
            prepared,
            trial,
            beta: ws.beta.clone(),
            value,
        })
    }

    /// Where the search ends on these data; `None` if its start has no estimate.
    pub(crate) fn run(&self, data: &Data, ws: &mut Workspace) -> Option<Arc<Prepared>> {
        let mut screen = Screen::default();
        let mut scratch = Scratch::default();
        let mut current = self.place(&self.start, data, None, ws)?;
        if !current.prepared.exists(data, &current.trial) {
            return None;
        }
        while let Some(next) = self.step(&current, data, &mut screen, &mut scratch, ws) {
            current = next;
        }
        Some(current.prepared)
    }

    /// The best single change that improves the criterion.
    fn step(
        &self,
        current: &Place,
        data: &Data,
        screen: &mut Screen,
        scratch: &mut Scratch,
        ws: &mut Workspace,
    ) -> Option<Place> {
        // The workspace still holds another fit: back to this one.
        let again = current
            .prepared
            .fit_from(data, ws, Need::Identified, Some(&current.beta));
        let support = current.prepared.support(&current.trial);
        let program = current.prepared.program(&current.trial);
        let laid_out =
            current.prepared.plausible(&again) && screen.prepare(&self.shape, program, &data.y, ws);
        let model = &current.prepared.design.model;
        let generators = model.generators();
        let parameters = current.prepared.design.parameters();
        let base = current.value - self.criterion.penalty(parameters, data.n);
        let slack = SLACK * (1.0 + base.abs());

        let bound = |term: Term, scratch: &mut Scratch| -> Option<Move> {
            let adds = !model.contains(term);
            let possible = if adds {
                term.faces().all(|f| model.contains(f))
            } else {
                generators.contains(&term) && !self.start.contains(term)
            };
            if !possible {
                return None;
            }
            let columns = self.shape.columns(term);
            let size = columns.len();
            // Twice the most that the log-likelihood can change.
            let change = if !laid_out {
                None
            } else if adds && data.has_zero(&self.shape, term) {
                // The term takes cells out of play: these are fitted.
                None
            } else if adds {
                screen.addition(&self.shape, program, &support.kept, &columns, scratch)
            } else {
                let gone: Option<Vec<usize>> = columns
                    .iter()
                    .map(|c| program.columns.iter().position(|p| p == c))
                    .collect();
                gone.and_then(|g| screen.removal(&self.shape, program, &support.kept, &g, scratch))
            };
            let after = if adds {
                parameters + size
            } else {
                parameters - size
            };
            let penalty = self.criterion.penalty(after, data.n);
            let most = match change {
                Some(c) => 2.0 * c + slack,
                None if adds => f64::INFINITY,
                None => slack,
            };
            Some(Move {
                term,
                adds,
                bound: base - most + penalty,
            })
        };
        let mut moves: Vec<Move> = if self.shape.cells() < LARGE {
            self.scope
                .iter()
                .filter_map(|&t| bound(t, scratch))
                .collect()
        } else {
            self.scope
                .par_iter()
                .map_init(Scratch::default, |s, &t| bound(t, s))
                .flatten()
                .collect()
        };
        // Stable: equal bounds keep term order.
        moves.sort_by(|a, b| a.bound.total_cmp(&b.bound));

        let mut best: Option<(Place, Term)> = None;
        for m in moves {
            let limit = best
                .as_ref()
                .map_or(current.value - IMPROVEMENT, |b| b.0.value + IMPROVEMENT);
            if m.bound > limit {
                break;
            }
            let next = if m.adds {
                model.with(m.term)
            } else {
                model.without(m.term)
            };
            let start = self.start_of(m, program, support, laid_out.then_some(&*screen), scratch);
            let Some(place) = self.place(&next, data, start.as_deref(), ws) else {
                continue;
            };
            let improves = place.value < current.value - IMPROVEMENT;
            let wins = best.as_ref().is_none_or(|(b, t)| {
                place.value < b.value - IMPROVEMENT
                    || (place.value <= b.value + IMPROVEMENT && m.term < *t)
            });
            if improves && wins && place.prepared.exists(data, &place.trial) {
                best = Some((place, m.term));
            }
        }
        best.map(|b| b.0)
    }

    /// Coefficients of this fit for the columns of the changed model: one step on its way.
    fn start_of(
        &self,
        m: Move,
        program: &crate::kernel::newton::Program,
        support: &crate::support::Support,
        screen: Option<&Screen>,
        scratch: &mut Scratch,
    ) -> Option<Vec<f64>> {
        let screen = screen?;
        let columns = self.shape.columns(m.term);
        let old = program
            .columns
            .iter()
            .copied()
            .zip(screen.beta().iter().copied());
        if !m.adds {
            return Some(
                old.filter(|(c, _)| !columns.contains(c))
                    .map(|(_, b)| b)
                    .collect(),
            );
        }
        screen.addition(&self.shape, program, &support.kept, &columns, scratch)?;
        let stepped = old.zip(&scratch.step).map(|((c, b), d)| (c, b + d));
        let fresh = columns
            .iter()
            .copied()
            .zip(scratch.step[program.columns.len()..].iter().copied());
        // New columns stand behind those of the terms before theirs.
        let mut out: Vec<f64> = Vec::with_capacity(program.columns.len() + columns.len());
        let mut fresh: Vec<(u32, f64)> = fresh.collect();
        for (i, (c, b)) in stepped.enumerate() {
            if i >= program.lead && !fresh.is_empty() && self.shape.term(c) > m.term {
                out.extend(fresh.drain(..).map(|f| f.1));
            }
            out.push(b);
        }
        out.extend(fresh.into_iter().map(|f| f.1));
        Some(out)
    }
}

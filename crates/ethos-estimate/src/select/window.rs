//! Many models of one table at once: all of them, or those near the best; and their averages.

use rayon::prelude::*;

use super::bound::Wanted;
use super::exact::{Exact, by_cells};
use super::fits::SmallFits;
use super::lattice::Lattice;
use super::search::Space;
use super::small::{End, Goal, Point};
use crate::criteria::{Criterion, weights};
use crate::design::Data;
use crate::error::EstimateError;
use crate::existence;
use crate::fit::{FittedModel, deviance, fit_design};
use crate::kernel::math;
use crate::kernel::newton::Workspace;
use crate::model::Model;
use crate::table::CaptureTable;

/// Most lists whose models are all fitted where an average or a table needs them (113 of four lists).
const ALL_LISTS: u32 = 4;
/// The weight a window may leave out by the plainest bound: models times weight at its edge.
const LEFT_OUT: f64 = 1e-3;
/// Most models in a window over six lists, which narrows to them.
const MOST: usize = 1_000;
/// From this many interactions on, the rest of a walk is shared among threads.
const SHARED_AFTER: u32 = 3;

/// A fitted model without its coefficients.
#[derive(Debug, Clone, PartialEq)]
pub(crate) struct Glance {
    pub(crate) parameters: usize,
    pub(crate) observed: f64,
    /// Poisson log-likelihood with −Σ ln y!.
    pub(crate) log_likelihood: f64,
    pub(crate) deviance: f64,
    pub(crate) kept_cells: usize,
    /// Unseen persons per stratum.
    pub(crate) unseen: Vec<f64>,
    /// Standard error of the population.
    pub(crate) se: f64,
}

impl Glance {
    pub(crate) fn of(fit: &FittedModel) -> Self {
        Self {
            parameters: fit.parameters,
            observed: fit.observed,
            log_likelihood: fit.log_likelihood,
            deviance: fit.deviance,
            kept_cells: fit.kept_cells,
            unseen: fit.unseen.clone(),
            se: fit.se(),
        }
    }

    pub(crate) fn unseen_total(&self) -> f64 {
        self.unseen.iter().sum()
    }

    pub(crate) fn population(&self) -> f64 {
        self.observed + self.unseen_total()
    }

    pub(crate) fn criterion(&self, criterion: Criterion) -> f64 {
        -2.0 * self.log_likelihood + criterion.penalty(self.parameters, self.observed)
    }

    pub(crate) fn bic_cells(&self) -> f64 {
        -2.0 * self.log_likelihood + self.parameters as f64 * math::ln(self.kept_cells as f64)
    }
}

/// Why a model has no numbers.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Lack {
    /// The code of its existence verdict.
    Estimate(u8),
    /// The fit did not converge although the estimate exists.
    Convergence,
}

/// A model of a search.
#[derive(Debug, Clone)]
pub(crate) struct Listed {
    pub(crate) model: Model,
    pub(crate) outcome: Result<Glance, Lack>,
}

impl Listed {
    /// A model and how its fit went.
    pub(crate) fn new(model: Model, fit: &Result<FittedModel, EstimateError>) -> Self {
        let outcome = outcome(fit);
        Self { model, outcome }
    }
}

fn outcome(fit: &Result<FittedModel, EstimateError>) -> Result<Glance, Lack> {
    match fit {
        Ok(fit) => Ok(Glance::of(fit)),
        Err(EstimateError::NoEstimate { code, .. }) => Err(Lack::Estimate(*code)),
        Err(_) => Err(Lack::Convergence),
    }
}

/// Every model of an enumerated space, in its order.
pub(crate) fn every_of_space(table: &CaptureTable, space: &Space, data: &Data) -> Vec<Listed> {
    space
        .models
        .par_iter()
        .map_init(Workspace::default, |ws, prepared| Listed {
            model: prepared.design.model.clone(),
            outcome: outcome(&fit_design(table, &prepared.design, data, ws)),
        })
        .collect()
}

/// The models of a window with their values and unseen persons, as a replicate needs them.
struct Weighed {
    values: Vec<f64>,
    unseen: Vec<Vec<f64>>,
}

impl Exact {
    /// Whether all models are few enough to be fitted each.
    pub(crate) fn few(&self) -> bool {
        self.ground.lattice.lists <= ALL_LISTS
    }

    /// The window that averages and the report are made from.
    pub(crate) fn window(&self) -> Wanted {
        Wanted {
            width: 2.0 * math::ln(self.ground.lattice.count() as f64 / LEFT_OUT),
            most: if self.ground.lattice.lists > 5 {
                MOST
            } else {
                usize::MAX
            },
        }
    }

    /// Every model, in the order of the space; `table` is what the search was made for.
    pub(crate) fn every(&self, table: &CaptureTable) -> Vec<Listed> {
        let data = &self.ground.original;
        let mut families: Vec<(u64, Result<Glance, Lack>)> = if self.ground.shape.strata > 1 {
            let mut families = vec![self.ground.lattice.must];
            self.ground
                .lattice
                .walk(self.ground.lattice.must, &(), &mut |f, ()| families.push(f));
            families
                .into_par_iter()
                .map_init(Workspace::default, |ws, f| {
                    (
                        f,
                        outcome(&fit_design(table, &self.ground.design(f), data, ws)),
                    )
                })
                .collect()
        } else {
            by_cells!(self.ground.shape.lists, C => walk_all::<C>(self, data, &|family| {
                let design = self.ground.design(family);
                outcome(&fit_design(table, &design, data, &mut Workspace::default()))
            }))
        };
        in_order(&self.ground.lattice, &mut families);
        families
            .into_par_iter()
            .map(|(family, outcome)| Listed {
                model: self.ground.model(family),
                outcome,
            })
            .collect()
    }

    /// These models of the original data, in the order given.
    pub(crate) fn these(&self, table: &CaptureTable, families: &[u64]) -> Vec<Listed> {
        let data = &self.ground.original;
        let careful = |ws: &mut Workspace, family: u64| {
            outcome(&fit_design(table, &self.ground.design(family), data, ws))
        };
        let listed = |family: u64, outcome| Listed {
            model: self.ground.model(family),
            outcome,
        };
        if self.ground.shape.strata > 1 {
            return families
                .par_iter()
                .map_init(Workspace::default, |ws, &f| listed(f, careful(ws, f)))
                .collect();
        }
        by_cells!(self.ground.shape.lists, C => families
            .par_iter()
            .map_init(
                || SmallFits::<C>::new(&self.ground, data),
                |fits, &family| {
                    let start = fits.counts.start();
                    let glance = fits.glance(self, family, &start);
                    listed(family, glance.map_or_else(|| careful(&mut Workspace::default(), family), |g| g.0))
                },
            )
            .collect())
    }

    /// exp Σ w log n0 per stratum over all models, or over the window where they are many; whether
    /// there is one.
    pub(crate) fn average(&self, data: &Data, ws: &mut Workspace, out: &mut [f64]) -> bool {
        let weighed = if self.few() && self.ground.shape.strata == 1 {
            by_cells!(self.ground.shape.lists, C => self.weigh_all::<C>(data, ws))
        } else {
            self.weigh_window(data, ws)
        };
        log_average(&weights(&weighed.values), &weighed.unseen, out)
    }

    fn weigh_all<const C: usize>(&self, data: &Data, ws: &mut Workspace) -> Weighed {
        let mut careful = |family: u64| self.carefully(family, data, ws);
        let mut weighed = Weighed {
            values: Vec::new(),
            unseen: Vec::new(),
        };
        let mut fits = SmallFits::<C>::new(&self.ground, data);
        let penalties = self.penalties(self.criterion, data.n);
        let start = fits.counts.start();
        let lattice = &self.ground.lattice;
        let mut visit = |family: u64, from: &Point<C>| -> Point<C> {
            let penalty = penalties[family.count_ones() as usize];
            match fits.admissible(family, from) {
                Some(End::Fitted(minus_two)) => {
                    weighed.values.push(minus_two + penalty);
                    weighed.unseen.push(vec![math::exp(fits.point().eta[0])]);
                    fits.point().clone()
                }
                Some(_) => {
                    if let Some((minus_two, unseen)) = careful(family) {
                        weighed.values.push(minus_two + penalty);
                        weighed.unseen.push(unseen);
                    }
                    from.clone()
                }
                None => from.clone(),
            }
        };
        let root = visit(lattice.must, &start);
        lattice.walk(lattice.must, &root, &mut visit);
        weighed
    }

    /// −2 × the kernel and the unseen persons by the careful fit.
    fn carefully(&self, family: u64, data: &Data, ws: &mut Workspace) -> Option<(f64, Vec<f64>)> {
        let prepared = self.ground.prepared(family, ws);
        let mut unseen = vec![0.0; self.ground.shape.strata];
        let minus_two = prepared.value(data, ws, &mut unseen)?;
        Some((minus_two, unseen))
    }

    fn weigh_window(&self, data: &Data, ws: &mut Workspace) -> Weighed {
        let models = self
            .search(data, self.criterion, self.window(), ws)
            .findings
            .models;
        let mut weighed = Weighed {
            values: Vec::new(),
            unseen: Vec::new(),
        };
        if self.ground.shape.strata > 1 {
            for m in models {
                if let Some((_, unseen)) = self.carefully(m.family, data, ws) {
                    weighed.values.push(m.value);
                    weighed.unseen.push(unseen);
                }
            }
            return weighed;
        }
        by_cells!(self.ground.shape.lists, C => {
            let mut fits = SmallFits::<C>::new(&self.ground, data);
            for m in models {
                if let Some(unseen) = fits.unseen(m.family) {
                    weighed.values.push(m.value);
                    weighed.unseen.push(vec![unseen]);
                }
            }
        });
        weighed
    }
}

/// Families in the order of the space.
fn in_order<T>(lattice: &Lattice, families: &mut [(u64, T)]) {
    families.sort_by_cached_key(|(family, _)| lattice.place(*family));
}

/// Fits every model from the one it extends, small steps apart.
fn walk_all<const C: usize>(
    exact: &Exact,
    data: &Data,
    careful: &(dyn Fn(u64) -> Result<Glance, Lack> + Sync),
) -> Vec<(u64, Result<Glance, Lack>)> {
    let lattice = &exact.ground.lattice;
    let visit = |fits: &mut SmallFits<'_, C>, family: u64, from: &Point<C>| match fits
        .glance(exact, family, from)
    {
        Some((outcome, Some(point))) => (outcome, point),
        Some((outcome, None)) => (outcome, from.clone()),
        None => (careful(family), from.clone()),
    };
    // First the models of few interactions, then what extends each, in parallel.
    let mut fits = SmallFits::<C>::new(&exact.ground, data);
    let start = fits.counts.start();
    let (outcome, point) = visit(&mut fits, lattice.must, &start);
    let mut done = vec![(lattice.must, outcome)];
    let mut edge = vec![(lattice.must, point)];
    for _ in 0..SHARED_AFTER {
        let mut next = Vec::new();
        for (family, point) in edge {
            for above in lattice.extensions(family) {
                let (outcome, point) = visit(&mut fits, above, &point);
                done.push((above, outcome));
                next.push((above, point));
            }
        }
        edge = next;
    }
    let rest: Vec<Vec<(u64, Result<Glance, Lack>)>> = edge
        .par_iter()
        .map_init(
            || SmallFits::<C>::new(&exact.ground, data),
            |fits, (family, point)| {
                let mut out = Vec::new();
                lattice.walk(*family, point, &mut |family, from| {
                    let (outcome, point) = visit(fits, family, from);
                    out.push((family, outcome));
                    point
                });
                out
            },
        )
        .collect();
    done.extend(rest.into_iter().flatten());
    done
}

impl<const C: usize> SmallFits<'_, C> {
    /// Fits a model near a point if its estimate exists; its own point is that at depth 0.
    fn admissible(&mut self, family: u64, from: &Point<C>) -> Option<End> {
        let play = self.counts.play(family);
        let goal = Goal {
            cut: f64::INFINITY,
            bound: false,
        };
        (play.identified && self.exists(family, play)).then(|| self.fit_from(play, from, goal))
    }

    /// A model's numbers, and the point of its fit if it has one; `None` where only a careful fit will do.
    fn glance(
        &mut self,
        exact: &Exact,
        family: u64,
        from: &Point<C>,
    ) -> Option<(Result<Glance, Lack>, Option<Point<C>>)> {
        let Some(end) = self.admissible(family, from) else {
            let (design, data) = (exact.ground.design(family), self.data());
            let reduced = design.reduced_support(data);
            let support = reduced.as_ref().unwrap_or(&design.full);
            let code = existence::decide(&design, support, &data.y).code();
            return Some((Err(Lack::Estimate(code)), None));
        };
        let End::Fitted(minus_two) = end else {
            return None;
        };
        let data = self.data();
        let kept = self.counts.play(family).kept;
        let variance = self.intercept_variance()?;
        let point = self.point().clone();
        let mut deviance_sum = 0.0;
        let mut log_factorials = 0.0;
        for h in super::lattice::members(kept) {
            deviance_sum += deviance(data.y[h], point.mu[h]);
            log_factorials += math::ln_factorial(data.y[h]);
        }
        let n0 = math::exp(point.eta[0]);
        let glance = Glance {
            parameters: exact.parameters(family),
            observed: data.n,
            log_likelihood: -0.5 * minus_two - log_factorials,
            deviance: deviance_sum,
            kept_cells: kept.count_ones() as usize,
            unseen: vec![n0],
            se: (n0 + n0 * n0 * variance).sqrt(),
        };
        Some((Ok(glance), Some(point)))
    }
}

/// exp Σ w log n0 for each stratum; a stratum any weighted model leaves empty is empty.
pub(crate) fn log_average(weights: &[f64], unseen: &[Vec<f64>], out: &mut [f64]) -> bool {
    for (s, n0) in out.iter_mut().enumerate() {
        let sum: f64 = weights
            .iter()
            .zip(unseen)
            .filter(|(w, _)| **w > 0.0)
            .map(|(w, u)| w * math::ln(u[s]))
            .sum();
        *n0 = math::exp(sum);
    }
    weights.iter().any(|w| *w > 0.0)
}

//! One model fitted to an incomplete table.

use std::sync::Arc;

use super::em::{Effort, climb};
use super::engine::{Ascent, Counts, Engine, Point, rows_of};
use super::face::limits;
use super::identify::{Identified, reason};
use super::layout::Layout;
use super::table::IncompleteTable;
use crate::cause;
use crate::design::{Data, Design};
use crate::error::EstimateError;
use crate::existence::{self, Existence};
use crate::fit::{FittedCoefficient, FittedModel, column_name, deviance};
use crate::goodness::Misfit;
use crate::kernel::newton::Workspace;
use crate::kernel::rows::Rows;
use crate::kernel::{cholesky, math};
use crate::model::Model;
use crate::size;
use crate::table::CaptureTable;

/// Shares of a pattern below this are none: the cell is on its way to zero.
const NO_SHARE: f64 = 1e-9;
/// How often cells on their way to zero are taken out before a fit is given up.
const MAX_ROUNDS: u32 = 8;
/// Relative difference of log-likelihoods that is none: what EM leaves where it stops.
const NO_RISE: f64 = 1e-9;

/// A model at its maximum on one data set.
#[derive(Debug, Clone)]
pub(crate) struct Fitted {
    pub(crate) found: Arc<Identified>,
    pub(crate) rows: Arc<Rows>,
    /// With the factor of the observed information.
    pub(crate) point: Point,
    pub(crate) effort: Effort,
    pub(crate) existence: Existence,
}

/// Why there is no fit.
#[derive(Debug, Clone)]
pub(crate) enum Unfit {
    /// Some terms are not determined; the cells in play.
    NotDetermined(Vec<bool>),
    /// The likelihood has no maximum.
    NoMaximum(Existence),
    /// The likelihood is flat where EM stopped, or EM did not stop.
    NotConverged,
}

/// Counts as they are in the limit: cells with next to no share of a pattern have none.
fn limit(layout: &Layout, counts: &Counts, point: &Point) -> Vec<f64> {
    let mut out = point.expected.clone();
    let mut some = vec![false; out.len()];
    for (cells, &count) in layout.slots.iter().zip(&counts.y) {
        if count <= 0.0 {
            continue;
        }
        let total: f64 = cells.iter().map(|&c| point.mu[c as usize]).sum();
        for &c in cells {
            some[c as usize] |= point.mu[c as usize] > NO_SHARE * total;
        }
    }
    for (y, some) in out.iter_mut().zip(some) {
        if !some {
            *y = 0.0;
        }
    }
    out
}

/// Cells that no empty margin of a model holds at zero.
fn alive(design: &Design, data: &mut Data, y: Vec<f64>) -> Vec<bool> {
    data.y = y;
    data.refresh(&design.shape);
    design
        .alive(data)
        .unwrap_or_else(|| vec![true; design.shape.cells()])
}

/// Cells in play on one data set before anything is fitted.
pub(crate) fn possible(design: &Design, layout: &Layout, counts: &Counts) -> (Vec<bool>, Data) {
    let mut data = Data::empty(&layout.shape);
    let cells = alive(design, &mut data, layout.spread(&counts.y));
    (cells, data)
}

/// Fits a design to counts on a layout, from nothing.
///
/// Where the likelihood still rises when EM stops, the limits of [`limits`] are tried: one that is no
/// lower than all that was seen on the way is the extended estimate.
pub(crate) fn fit_counts(
    layout: &Layout,
    design: &Design,
    counts: &Counts,
    ws: &mut Workspace,
) -> Result<Fitted, Unfit> {
    let (cells, _) = possible(design, layout, counts);
    let mut effort = Effort::default();
    let best_seen = match settle(layout, design, counts, cells.clone(), &mut effort, ws) {
        Ok(fitted) => return Ok(fitted),
        Err((Unfit::NotConverged, value)) if value.is_finite() => value,
        Err((unfit, _)) => return Err(unfit),
    };
    let mut best: Option<Fitted> = None;
    for left in limits(layout, design, &cells) {
        let Ok(fitted) = settle(layout, design, counts, left, &mut effort, ws) else {
            continue;
        };
        let none = NO_RISE * (1.0 + best_seen.abs());
        // Of limits that are as high as each other the first is taken.
        let least = best
            .as_ref()
            .map_or(best_seen - none, |b| b.point.value + none);
        if fitted.point.value >= least {
            best = Some(fitted);
        }
    }
    let mut fitted = best.ok_or(Unfit::NotConverged)?;
    fitted.effort = effort;
    Ok(fitted)
}

/// Fits a design on the cells that may be in play. If EM does not converge, with the largest
/// log-likelihood it saw.
fn settle(
    layout: &Layout,
    design: &Design,
    counts: &Counts,
    mut cells: Vec<bool>,
    effort: &mut Effort,
    ws: &mut Workspace,
) -> Result<Fitted, (Unfit, f64)> {
    let (_, mut data) = possible(design, layout, counts);
    let mut first = true;
    for _ in 0..MAX_ROUNDS {
        let found = Identified::new(layout, design, cells.clone());
        if !found.support.identifiable {
            return Err((Unfit::NotDetermined(cells), f64::NAN));
        }
        if first {
            // Every cell that a person may be in has people here. A direction along which even this
            // likelihood does not fall is one along which the observed one rises.
            let verdict = existence::decide(design, &found.support, &data.y);
            if !verdict.exists {
                return Err((Unfit::NoMaximum(verdict), f64::NAN));
            }
            first = false;
        }
        let rows = rows_of(design, &found);
        let mut point = Point::at(vec![0.0; found.support.active.len()]);
        let engine = Engine {
            layout,
            counts,
            found: &found,
            rows: &rows,
        };
        let Some((ascent, more)) = climb(&engine, Some(&data.y), &mut point, ws) else {
            return Err((Unfit::NotConverged, point.value));
        };
        effort.rounds += more.rounds;
        effort.taken_back += more.taken_back;
        engine.expect(&mut point);
        let mut left = alive(design, &mut data, limit(layout, counts, &point));
        for (l, c) in left.iter_mut().zip(&cells) {
            *l &= c;
        }
        if left != cells {
            cells = left;
            continue;
        }
        let existence = existence::decide(design, &found.support, &data.y);
        if !existence.exists {
            return Err((Unfit::NoMaximum(existence), f64::NAN));
        }
        if ascent == Ascent::Lost {
            return Err((Unfit::NotConverged, point.value));
        }
        return Ok(Fitted {
            found: Arc::new(found),
            rows: Arc::new(rows),
            point,
            effort: *effort,
            existence,
        });
    }
    Err((Unfit::NotConverged, f64::NAN))
}

impl Fitted {
    /// Fits another data set of the same layout, starting from this fit's coefficients where the
    /// same cells are in play. `spanning` are cells that prove existence while all have people.
    pub(crate) fn refit(
        &self,
        layout: &Layout,
        design: &Design,
        counts: &Counts,
        spanning: Option<&[u32]>,
        ws: &mut Workspace,
    ) -> Option<Self> {
        let (cells, _) = possible(design, layout, counts);
        if let (Some(spanning), true) = (spanning, cells == self.found.alive) {
            let mut point = Point::at(self.point.beta.clone());
            let engine = Engine {
                layout,
                counts,
                found: &self.found,
                rows: &self.rows,
            };
            if engine.ascend(&mut point) == Ascent::Maximum {
                let y = limit(layout, counts, &point);
                if spanning.iter().all(|&c| y[c as usize] > 0.0) {
                    return Some(Self {
                        found: Arc::clone(&self.found),
                        rows: Arc::clone(&self.rows),
                        point,
                        effort: self.effort,
                        existence: self.existence.clone(),
                    });
                }
            }
        }
        fit_counts(layout, design, counts, ws).ok()
    }

    /// Cells with people in the limit whose rows span.
    pub(crate) fn spanning(
        &self,
        layout: &Layout,
        design: &Design,
        counts: &Counts,
    ) -> Option<Vec<u32>> {
        let y = limit(layout, counts, &self.point);
        existence::spanning_cells(design, &self.found.support, &y)
    }

    /// Parameters that the data give a value, −∞ included.
    pub(crate) fn parameters(&self) -> usize {
        self.found.support.active.len() + self.found.support.infinite.len()
    }

    /// The fit as of a complete table; the deviance is not defined where covariates are missing.
    pub(crate) fn told(
        &self,
        table: &CaptureTable,
        layout: &Layout,
        design: &Design,
        counts: &Counts,
    ) -> FittedModel {
        let shape = &layout.shape;
        let engine = Engine {
            layout,
            counts,
            found: &self.found,
            rows: &self.rows,
        };
        let slots = 0..layout.slots.len() as u32;
        let mean = |slot: u32| engine.slot_mean(&self.point, slot);
        let (mut distance, mut misfit, mut kept) = (0.0, Misfit::default(), 0);
        for slot in slots.clone() {
            let (count, mean) = (counts.y[slot as usize], mean(slot));
            distance += deviance(count, mean);
            misfit.add(count, mean);
            kept += usize::from(mean > 0.0);
        }
        let log_factorials: f64 = counts.y.iter().map(|&c| math::ln_factorial(c)).sum();
        let (unseen, covariance) = self.unseen(shape.strata);
        FittedModel {
            model: design.model.clone(),
            existence: self.existence.clone(),
            coefficients: self.coefficients(table, design),
            log_likelihood: self.point.value - log_factorials,
            deviance: if layout.missing { f64::NAN } else { distance },
            df: layout.resolved as i64 - self.parameters() as i64,
            parameters: self.parameters(),
            goodness_of_fit: (!layout.missing)
                .then(|| misfit.tests(distance, self.found.support.active.len())),
            observed: counts.n,
            kept_cells: kept,
            unseen,
            covariance,
            means: self.point.mu.clone(),
            iterations: self.effort.rounds,
        }
    }

    /// Unseen persons per stratum and their covariance.
    fn unseen(&self, strata: usize) -> (Vec<f64>, Vec<f64>) {
        let p = self.point.beta.len();
        let mut unseen = vec![0.0; strata];
        let mut gradients = vec![0.0; strata * p];
        for (s, cells) in self.found.unseen.iter().enumerate() {
            let gradient = &mut gradients[s * p..(s + 1) * p];
            for &c in cells {
                let mu = self.point.mu[c as usize];
                unseen[s] += mu;
                for &j in self.rows.row(c) {
                    gradient[j as usize] += mu;
                }
            }
            cholesky::forward(&self.point.information, p, gradient);
        }
        let mut covariance = vec![0.0; strata * strata];
        for a in 0..strata {
            for b in 0..=a {
                let v: f64 = gradients[a * p..(a + 1) * p]
                    .iter()
                    .zip(&gradients[b * p..(b + 1) * p])
                    .map(|(x, y)| x * y)
                    .sum();
                covariance[a * strata + b] = v;
                covariance[b * strata + a] = v;
            }
        }
        (unseen, covariance)
    }

    fn coefficients(&self, table: &CaptureTable, design: &Design) -> Vec<FittedCoefficient> {
        let p = self.point.beta.len();
        let mut estimates = vec![None; design.columns.len()];
        let mut errors = vec![None; design.columns.len()];
        for &j in &self.found.support.infinite {
            estimates[j as usize] = Some(f64::NEG_INFINITY);
        }
        for (i, &j) in self.found.support.active.iter().enumerate() {
            estimates[j as usize] = Some(self.point.beta[i]);
            let mut unit = vec![0.0; p];
            unit[i] = 1.0;
            cholesky::forward(&self.point.information, p, &mut unit);
            errors[j as usize] = Some(unit.iter().map(|u| u * u).sum::<f64>().sqrt());
        }
        (0..design.columns.len())
            .map(|j| FittedCoefficient {
                term: design.term_of(j as u32),
                name: column_name(table, design, j),
                estimate: estimates[j],
                se: errors[j],
            })
            .collect()
    }
}

/// What to tell of a model without a fit.
pub(crate) fn refusal(
    table: &IncompleteTable,
    layout: &Layout,
    design: &Design,
    unfit: Unfit,
) -> EstimateError {
    let frame = &table.frame;
    let model = design.model.notation(frame.lists(), frame.factors());
    match unfit {
        Unfit::NotDetermined(alive) => EstimateError::NotDetermined {
            model,
            reason: reason(layout, frame, design, &alive),
        },
        Unfit::NoMaximum(existence) => EstimateError::NoEstimate {
            model,
            formula: design.model.formula(frame.lists(), frame.factors()),
            reason: cause::with(existence.reason(), cause::of_incomplete(table)),
            code: existence.code(),
            certificate: Box::new(existence.certificate),
        },
        Unfit::NotConverged => EstimateError::NotDetermined {
            model,
            reason: "the likelihood of what was seen is flat where it is largest; use fewer terms"
                .into(),
        },
    }
}

/// Fits one model to an incomplete table by maximum likelihood of what was observed.
///
/// The estimate maximises Σ y log m − Σ μ, m the mean of all complete cells that a pattern may stand
/// for (van der Heijden et al. 2018; Zwane & van der Heijden 2004), missing covariates supposed
/// missing at random. Its covariance is the inverse of the observed information (Louis 1982). The
/// unseen of a stratum are all persons on none of the lists that can see it. The deviance is not a
/// number where covariates are missing, and the log-likelihood leaves out the chance of what is
/// missing given the history, Σ y log s with s its observed share: the same for every model of the
/// table, so that criteria compare these and nothing else.
///
/// ```
/// use ethos_estimate::{Factor, IncompleteTable, Model, Term, fit_incomplete};
/// // Two lists; x is recorded by a alone: 3 of 4 on a have x = 1 where both saw them.
/// let mut rows = IncompleteTable::builder(["a", "b"], [Factor::new("x", ["0", "1"])]);
/// let (y, n) = (Some(true), Some(false));
/// rows.add(&[y, y], &[Some(0)], 10)?.add(&[y, y], &[Some(1)], 30)?;
/// rows.add(&[y, n], &[Some(0)], 40)?.add(&[y, n], &[Some(1)], 60)?;
/// rows.add(&[n, y], &[None], 20)?;
/// let table = rows.build()?;
/// let model = Model::from_generators([Term::list(0), Term::new(0b10, 0b1)]); // a + b*x
/// let fitted = fit_incomplete(&table, &model)?;
/// // 20 on b alone are 5 with x = 0 and 15 with x = 1: unseen 5 × 40 / 10 + 15 × 60 / 30.
/// assert!((fitted.unseen_total() - 50.0).abs() < 1e-8);
/// # Ok::<(), ethos_estimate::EstimateError>(())
/// ```
///
/// Errors: terms that what was seen does not determine ([`EstimateError::NotDetermined`], with the
/// terms), or no maximum ([`EstimateError::NoEstimate`]).
pub fn fit_incomplete(
    table: &IncompleteTable,
    model: &Model,
) -> Result<FittedModel, EstimateError> {
    model.check(&table.frame)?;
    size::check(table.frame.shape(), model)?;
    let layout = Layout::new(table)?;
    let design = Design::new(&layout.shape, model);
    let counts = Counts::new(&layout, layout.y.clone());
    let fitted = fit_counts(&layout, &design, &counts, &mut Workspace::default())
        .map_err(|unfit| refusal(table, &layout, &design, unfit))?;
    Ok(fitted.told(&table.frame, &layout, &design, &counts))
}

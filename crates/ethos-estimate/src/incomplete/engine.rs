//! The observed-data likelihood of one model on one data set: value, derivatives, Newton steps.

use super::identify::Identified;
use super::layout::Layout;
use crate::design::Design;
use crate::kernel::rows::Rows;
use crate::kernel::{cholesky, math};
use crate::support::places;

/// Counts on the slots of a layout, those of a single cell apart.
#[derive(Debug, Clone)]
pub(crate) struct Counts {
    /// Per slot.
    pub(crate) y: Vec<f64>,
    /// Per cell, persons of whom everything is known.
    known: Vec<f64>,
    /// Slots of several cells with somebody in them.
    coarse: Vec<u32>,
    /// All persons.
    pub(crate) n: f64,
}

impl Counts {
    pub(crate) fn new(layout: &Layout, y: Vec<f64>) -> Self {
        let mut known = vec![0.0; layout.shape.cells()];
        let mut coarse = Vec::new();
        for (at, (cells, &count)) in layout.slots.iter().zip(&y).enumerate() {
            match cells {
                [cell] => known[*cell as usize] += count,
                _ if count > 0.0 => coarse.push(at as u32),
                _ => {}
            }
        }
        Self {
            n: y.iter().sum(),
            y,
            known,
            coarse,
        }
    }
}

/// One model on one data set.
pub(crate) struct Engine<'a> {
    pub(crate) layout: &'a Layout,
    pub(crate) counts: &'a Counts,
    pub(crate) found: &'a Identified,
    /// Rows of all cells over the estimated columns.
    pub(crate) rows: &'a Rows,
}

/// Memory of an engine at one value of the coefficients.
#[derive(Debug, Clone, Default)]
pub(crate) struct Point {
    pub(crate) beta: Vec<f64>,
    /// Means of the cells in play, the unseen ones included; zero elsewhere.
    pub(crate) mu: Vec<f64>,
    /// Observed-data log-likelihood: Σ y log m − Σ μ.
    pub(crate) value: f64,
    /// Expected complete counts of the observable cells.
    pub(crate) expected: Vec<f64>,
    /// Row-major lower triangle: observed information, then its Cholesky factor.
    pub(crate) information: Vec<f64>,
    gradient: Vec<f64>,
    mean_row: Vec<f64>,
}

impl Point {
    /// A place to start from.
    pub(crate) fn at(beta: Vec<f64>) -> Self {
        Self {
            beta,
            ..Self::default()
        }
    }
}

/// How Newton's method on the observed-data likelihood ended.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Ascent {
    /// At a maximum: the gradient vanishes and the information is positive definite.
    Maximum,
    /// The likelihood is not concave here, or the step does not ascend.
    Lost,
}

const MAX_STEPS: u32 = 40;
const TOLERANCE: f64 = 1e-12;
const MAX_ETA: f64 = 60.0;

/// The rows of a design over the estimated columns.
pub(crate) fn rows_of(design: &Design, found: &Identified) -> Rows {
    let every: Vec<u32> = (0..design.shape.cells() as u32).collect();
    let place = places(&found.support.active, design.columns.len());
    design.rows().restricted(&every, &place)
}

impl Engine<'_> {
    /// Means and log-likelihood of `point.beta`.
    pub(crate) fn evaluate(&self, point: &mut Point) {
        let shape = &self.layout.shape;
        point.mu.clear();
        point.mu.resize(shape.cells(), 0.0);
        let (mut total, mut linear) = (0.0, 0.0);
        let mut largest = f64::NEG_INFINITY;
        let predictor = |c: u32| {
            let row = self.rows.row(c).iter();
            let eta: f64 = row.map(|&j| point.beta[j as usize]).sum();
            eta + shape.held.as_ref().map_or(0.0, |h| h.cells[c as usize])
        };
        for &c in &self.found.support.kept {
            let eta = predictor(c);
            largest = largest.max(eta);
            let mu = math::exp(eta);
            point.mu[c as usize] = mu;
            total += mu;
            let known = self.counts.known[c as usize];
            if known > 0.0 {
                linear += known * eta;
            }
        }
        for &c in self.found.unseen.iter().flatten() {
            point.mu[c as usize] = math::exp(predictor(c));
        }
        for &slot in &self.counts.coarse {
            linear += self.counts.y[slot as usize] * math::ln(self.slot_mean(point, slot));
        }
        point.value = if largest > MAX_ETA || total.is_nan() {
            f64::NEG_INFINITY
        } else {
            linear - total
        };
    }

    /// Mean of a slot.
    pub(crate) fn slot_mean(&self, point: &Point, slot: u32) -> f64 {
        let cells = self.layout.slots.get(slot as usize);
        cells.iter().map(|&c| point.mu[c as usize]).sum()
    }

    /// The E step: complete counts expected given what was seen.
    pub(crate) fn expect(&self, point: &mut Point) {
        point.expected.clear();
        point.expected.extend_from_slice(&self.counts.known);
        for &slot in &self.counts.coarse {
            let per_mean = self.counts.y[slot as usize] / self.slot_mean(point, slot);
            for &c in self.layout.slots.get(slot as usize) {
                point.expected[c as usize] += per_mean * point.mu[c as usize];
            }
        }
    }

    /// Gradient and observed information (Louis 1982) at the point: complete information less what
    /// is lost by not seeing which cell a person is in.
    fn differentiate(&self, point: &mut Point) {
        let p = point.beta.len();
        point.gradient.clear();
        point.gradient.resize(p, 0.0);
        point.information.clear();
        point.information.resize(p * p, 0.0);
        for &c in &self.found.support.kept {
            let (mu, expected) = (point.mu[c as usize], point.expected[c as usize]);
            let weight = mu - (expected - self.counts.known[c as usize]);
            let row = self.rows.row(c);
            for (a, &i) in row.iter().enumerate() {
                point.gradient[i as usize] += expected - mu;
                let line = &mut point.information[i as usize * p..];
                for &j in &row[..=a] {
                    line[j as usize] += weight;
                }
            }
        }
        point.mean_row.resize(p, 0.0);
        for &slot in &self.counts.coarse {
            let y = self.counts.y[slot as usize];
            self.slot_row(point, slot);
            for i in 0..p {
                let own = y * point.mean_row[i];
                if own != 0.0 {
                    let line = &mut point.information[i * p..=i * p + i];
                    for (g, x) in line.iter_mut().zip(&point.mean_row) {
                        *g += own * x;
                    }
                }
            }
        }
    }

    /// The mean design row of a slot given that somebody is in it, into `point.mean_row`.
    fn slot_row(&self, point: &mut Point, slot: u32) {
        let total = self.slot_mean(point, slot);
        point.mean_row.fill(0.0);
        for &c in self.layout.slots.get(slot as usize) {
            let share = point.mu[c as usize] / total;
            for &j in self.rows.row(c) {
                point.mean_row[j as usize] += share;
            }
        }
    }

    /// Newton's method on the observed-data likelihood from `point.beta`, with step-halving.
    ///
    /// Near a maximum it converges at once; where the likelihood is not concave it gives up, the
    /// point being as good as any it has seen. At a maximum the point holds the factor of the
    /// observed information.
    pub(crate) fn ascend(&self, point: &mut Point) -> Ascent {
        let p = point.beta.len();
        self.evaluate(point);
        if point.value == f64::NEG_INFINITY {
            return Ascent::Lost;
        }
        for _ in 0..MAX_STEPS {
            self.expect(point);
            self.differentiate(point);
            if cholesky::factor(&mut point.information, p, 0).is_err() {
                return Ascent::Lost;
            }
            let mut step = point.gradient.clone();
            cholesky::forward(&point.information, p, &mut step);
            cholesky::backward(&point.information, p, &mut step);
            let decrement: f64 = point.gradient.iter().zip(&step).map(|(g, d)| g * d).sum();
            if decrement.is_nan() {
                return Ascent::Lost;
            }
            let (from, value) = (point.beta.clone(), point.value);
            let mut length = 1.0;
            loop {
                for ((b, &f), &d) in point.beta.iter_mut().zip(&from).zip(&step) {
                    *b = f + length * d;
                }
                self.evaluate(point);
                if point.value >= value + 1e-4 * length * decrement - 1e-13 * (1.0 + value.abs()) {
                    break;
                }
                length *= 0.5;
                if length < 1e-12 {
                    point.beta = from;
                    self.evaluate(point);
                    return Ascent::Lost;
                }
            }
            if decrement < TOLERANCE {
                self.expect(point);
                self.differentiate(point);
                return if cholesky::factor(&mut point.information, p, 0).is_ok() {
                    Ascent::Maximum
                } else {
                    Ascent::Lost
                };
            }
        }
        Ascent::Lost
    }

    /// Gradient of the expected number of persons in the strata `members`, seen and unseen; the
    /// unseen, and the variance of where those seen belong.
    pub(crate) fn total_of(&self, point: &mut Point, members: &[bool]) -> Total {
        let p = point.beta.len();
        let shape = &self.layout.shape;
        let inside = |c: u32| members[shape.stratum(c as usize)];
        let mut total = Total {
            gradient: vec![0.0; p],
            ..Total::default()
        };
        for (s, cells) in self.found.unseen.iter().enumerate() {
            if !members[s] {
                continue;
            }
            for &c in cells {
                let mu = point.mu[c as usize];
                total.unseen += mu;
                for &j in self.rows.row(c) {
                    total.gradient[j as usize] += mu;
                }
            }
        }
        for (cells, &count) in self.layout.slots.iter().zip(&self.counts.y) {
            if count > 0.0 && cells.iter().all(|&c| inside(c)) {
                total.certain += count;
            }
        }
        for &slot in &self.counts.coarse {
            let cells = self.layout.slots.get(slot as usize);
            let within = cells.iter().filter(|&&c| inside(c)).count();
            if within == 0 || within == cells.len() {
                continue;
            }
            let y = self.counts.y[slot as usize];
            let mean = self.slot_mean(point, slot);
            let share: f64 = cells
                .iter()
                .filter(|&&c| inside(c))
                .map(|&c| point.mu[c as usize] / mean)
                .sum();
            total.allocated += y * share;
            total.chance += y * share * (1.0 - share);
            self.slot_row(point, slot);
            for (g, x) in total.gradient.iter_mut().zip(&point.mean_row) {
                *g -= y * share * x;
            }
            for &c in cells.iter().filter(|&&c| inside(c)) {
                let own = y * point.mu[c as usize] / mean;
                for &j in self.rows.row(c) {
                    total.gradient[j as usize] += own;
                }
            }
        }
        total
    }
}

/// The persons of some strata.
#[derive(Debug, Clone, Default)]
pub(crate) struct Total {
    /// Seen, and known to belong there.
    pub(crate) certain: f64,
    /// Seen, and expected to belong there.
    pub(crate) allocated: f64,
    /// Unseen.
    pub(crate) unseen: f64,
    /// Variance of the number allocated, given the model.
    pub(crate) chance: f64,
    /// Derivative of allocated and unseen by the coefficients.
    pub(crate) gradient: Vec<f64>,
}

impl Total {
    /// Variance from the coefficients, by the factor of the observed information.
    pub(crate) fn by_coefficients(&self, factor: &[f64]) -> f64 {
        let p = self.gradient.len();
        let mut z = self.gradient.clone();
        cholesky::forward(factor, p, &mut z);
        z.iter().map(|x| x * x).sum()
    }

    /// Variance of the persons there given how many they are: the unseen and the allocated vary
    /// about their expectations, and those depend on the coefficients. Without missing covariates
    /// n0 + n0² V00, as for complete tables.
    pub(crate) fn variance(&self, factor: &[f64]) -> f64 {
        self.unseen + self.chance + self.by_coefficients(factor)
    }
}

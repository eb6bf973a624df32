//! The fit of one family: Newton's method with step-halving on a concave likelihood.

use super::design::{CountDesign, Seen};
use super::existence::{Face, Fate};
use super::family::CountFamily;
use crate::kernel::cholesky;

/// Steps before giving up.
const MAX_ITERATIONS: usize = 200;

/// Rates fitted to the strata that have one.
#[derive(Debug, Clone)]
pub(crate) struct CountFit {
    /// Coefficient of each column; nothing where the data do not determine it.
    pub(crate) coefficients: Vec<Option<f64>>,
    /// Linear predictor of each stratum: −∞ and ∞ at the ends, NaN where unknown.
    pub(crate) eta: Vec<f64>,
    /// Columns fitted.
    pub(crate) columns: Vec<u32>,
    /// Factor of the information of the fitted columns.
    factor: Vec<f64>,
    /// Log-likelihood with its factorials.
    pub(crate) log_likelihood: f64,
}

/// Fits on the face; `start` has a coefficient for every column. `None` without convergence.
pub(crate) fn fit(
    design: &CountDesign,
    family: &dyn CountFamily,
    informing: &Seen,
    face: &Face,
    start: Option<&[f64]>,
) -> Option<CountFit> {
    let p = face.columns.len();
    let mut places = vec![None; design.names.len()];
    for (i, &j) in face.columns.iter().enumerate() {
        places[j as usize] = Some(i);
    }
    // Rows of the strata that inform, on the fitted columns.
    let members: Vec<(usize, Vec<usize>)> = (0..design.rows.len())
        .filter(|&s| face.fates[s] == Fate::Finite && !informing.strata[s].is_empty())
        .map(|s| {
            let row = design.rows[s].iter();
            (s, row.filter_map(|&j| places[j as usize]).collect())
        })
        .collect();
    let mut beta = vec![0.0; p];
    match start {
        Some(start) => {
            for (b, &j) in beta.iter_mut().zip(&face.columns) {
                *b = start[j as usize];
            }
        }
        None => {
            if let Some(at) = places.first().copied().flatten() {
                let (mut persons, mut times) = (0.0, 0.0);
                for (s, _) in &members {
                    for &(k, n) in &informing.strata[*s] {
                        persons += n;
                        times += n * f64::from(k);
                    }
                }
                beta[at] = family.start(times / persons);
            }
        }
    }
    let mut gradient = vec![0.0; p];
    let mut information = vec![0.0; p * p];
    let evaluate = |beta: &[f64], gradient: &mut [f64], information: &mut [f64]| -> f64 {
        gradient.fill(0.0);
        information.fill(0.0);
        let mut value = 0.0;
        for (s, row) in &members {
            let eta = row.iter().map(|&i| beta[i]).sum();
            let d = family.stratum(&informing.strata[*s], eta);
            value += d.value;
            for &i in row {
                gradient[i] += d.first;
                for &k in row.iter().take_while(|&&k| k <= i) {
                    information[i * p + k] -= d.second;
                }
            }
        }
        value
    };
    let mut value = evaluate(&beta, &mut gradient, &mut information);
    for _ in 0..MAX_ITERATIONS {
        if !value.is_finite() || cholesky::factor(&mut information, p, 0).is_err() {
            return None;
        }
        let mut step = gradient.clone();
        cholesky::forward(&information, p, &mut step);
        // Twice the rise of the likelihood that the quadratic promises.
        let decrement: f64 = step.iter().map(|x| x * x).sum();
        cholesky::backward(&information, p, &mut step);
        if decrement < 1e-12 {
            // One full step more leaves the square of this error, below rounding.
            for (b, s) in beta.iter_mut().zip(&step) {
                *b += s;
            }
            value = evaluate(&beta, &mut gradient, &mut information);
            cholesky::factor(&mut information, p, 0).ok()?;
            return Some(CountFit {
                coefficients: places.iter().map(|i| i.map(|i| beta[i])).collect(),
                eta: predictors(design, face, &places, &beta),
                columns: face.columns.clone(),
                factor: information,
                log_likelihood: value,
            });
        }
        // A rate changes at most twentyfold at a time.
        let far = members
            .iter()
            .map(|(_, row)| row.iter().map(|&i| step[i]).sum::<f64>().abs())
            .fold(0.0, f64::max);
        let mut scale = if far > 3.0 { 3.0 / far } else { 1.0 };
        let before = beta.clone();
        loop {
            for ((b, old), s) in beta.iter_mut().zip(&before).zip(&step) {
                *b = old + scale * s;
            }
            let next = evaluate(&beta, &mut gradient, &mut information);
            // Close to the maximum the rise drowns in rounding; there the full step is right.
            if next >= value || (decrement < 1e-6 && next.is_finite()) {
                value = next;
                break;
            }
            scale /= 2.0;
            if scale < 1e-12 {
                return None;
            }
        }
    }
    None
}

fn predictors(
    design: &CountDesign,
    face: &Face,
    places: &[Option<usize>],
    beta: &[f64],
) -> Vec<f64> {
    let rows = design.rows.iter().zip(&face.fates);
    rows.map(|(row, fate)| match fate {
        Fate::Finite => row
            .iter()
            .filter_map(|&j| places[j as usize])
            .map(|i| beta[i])
            .sum(),
        Fate::Vanishes => f64::NEG_INFINITY,
        Fate::Explodes => f64::INFINITY,
        Fate::Unknown => f64::NAN,
    })
    .collect()
}

impl CountFit {
    /// g' V g for a gradient over all columns of the design.
    pub(crate) fn variance(&self, gradient: &[f64]) -> f64 {
        let mut g: Vec<f64> = self.columns.iter().map(|&j| gradient[j as usize]).collect();
        cholesky::forward(&self.factor, self.columns.len(), &mut g);
        g.iter().map(|x| x * x).sum()
    }

    /// Standard error of each coefficient of the design.
    pub(crate) fn errors(&self) -> Vec<Option<f64>> {
        let mut unit = vec![0.0; self.coefficients.len()];
        (0..unit.len())
            .map(|j| {
                self.coefficients[j]?;
                unit[j] = 1.0;
                let variance = self.variance(&unit);
                unit[j] = 0.0;
                Some(variance.sqrt())
            })
            .collect()
    }
}

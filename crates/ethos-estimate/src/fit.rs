//! One model fitted to one table: coefficients, likelihood, unseen cells and their covariance.

use serde::{Deserialize, Serialize};

use crate::cause;
use crate::criteria::Criterion;
use crate::design::{Data, Design};
use crate::error::EstimateError;
use crate::existence::{self, Existence};
use crate::goodness::{GoodnessOfFit, Misfit};
use crate::kernel::math;
use crate::kernel::newton::{Stop, Workspace, newton, refactor};
use crate::kernel::{cholesky, margins};
use crate::model::{Model, term_names};
use crate::support::Support;
use crate::table::CaptureTable;
use crate::term::Term;

/// A coefficient of a fitted model.
///
/// JSON has no infinity: there −∞ is `null` too, and the existence part of the model tells the two apart.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct FittedCoefficient {
    /// Its term.
    pub term: Term,
    /// Name with levels, as R prints it: `a:sexf`.
    pub name: String,
    /// Estimate: −∞ where a zero margin sends it there, `None` where the data do not determine it.
    pub estimate: Option<f64>,
    /// Standard error of the Poisson likelihood; `None` unless the estimate is finite.
    pub se: Option<f64>,
}

/// A hierarchical log-linear model fitted by maximum likelihood.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct FittedModel {
    /// The model.
    pub model: Model,
    /// Existence and identifiability; always usable for a value returned by [`fit`].
    pub existence: Existence,
    /// Coefficients under treatment contrasts, in term order.
    pub coefficients: Vec<FittedCoefficient>,
    /// Poisson log-likelihood with −Σ ln y!.
    pub log_likelihood: f64,
    /// Deviance against the saturated model of the observable cells.
    pub deviance: f64,
    /// Observable cells minus parameters.
    pub df: i64,
    /// Parameters, those at −∞ included.
    pub parameters: usize,
    /// Tests of the model against the cells; absent where covariates are missing.
    pub goodness_of_fit: Option<GoodnessOfFit>,
    /// Persons observed.
    pub observed: f64,
    /// Observable cells kept.
    pub kept_cells: usize,
    /// Estimated unseen persons per stratum.
    pub unseen: Vec<f64>,
    /// Covariance of the unseen estimates of the Poisson model, `n0_s n0_r x_s' V x_r`, row-major.
    pub covariance: Vec<f64>,
    /// Fitted means, `stratum * 2^lists + history`, the unseen cells included.
    pub means: Vec<f64>,
    /// Newton steps.
    pub iterations: u32,
}

impl FittedModel {
    /// Estimated unseen persons over all strata.
    pub fn unseen_total(&self) -> f64 {
        self.unseen.iter().sum()
    }

    /// Estimated population: observed plus unseen.
    pub fn population(&self) -> f64 {
        self.observed + self.unseen_total()
    }

    /// `Var(N̂ | N) = n0 + n0² V00` summed over the strata in `members`, with their covariances.
    ///
    /// Bishop, Fienberg & Holland 1975 ch. 6; Baillargeon & Rivest 2007.
    pub fn variance(&self, members: &[usize]) -> f64 {
        members.iter().map(|&s| self.unseen[s]).sum::<f64>() + self.log_variance_sum(members)
    }

    /// `n0² V00` for the strata in `members`.
    fn log_variance_sum(&self, members: &[usize]) -> f64 {
        let k = self.unseen.len();
        let mut sum = 0.0;
        for &a in members {
            for &b in members {
                sum += self.covariance[a * k + b];
            }
        }
        sum
    }

    /// Standard error of the population: √(n0 + n0² V00).
    pub fn se(&self) -> f64 {
        let all: Vec<usize> = (0..self.unseen.len()).collect();
        self.variance(&all).sqrt()
    }

    /// Standard error of log n0: √V00, generalised to a sum of strata; `None` if nobody is unseen.
    pub fn se_log(&self, members: &[usize]) -> Option<f64> {
        let n0: f64 = members.iter().map(|&s| self.unseen[s]).sum();
        (n0 > 0.0).then(|| self.log_variance_sum(members).sqrt() / n0)
    }

    /// A criterion of this fit; smaller is better.
    pub fn criterion(&self, criterion: Criterion) -> f64 {
        -2.0 * self.log_likelihood + criterion.penalty(self.parameters, self.observed)
    }

    /// BIC with the number of kept cells in place of persons (what R's `BIC` gives for `glm`).
    pub fn bic_cells(&self) -> f64 {
        -2.0 * self.log_likelihood + self.parameters as f64 * math::ln(self.kept_cells as f64)
    }
}

/// Fits a model by maximum likelihood, or refuses.
///
/// The estimate of the unseen part of a stratum is the fitted mean of its cell
/// "on no list" (Fienberg 1972; Cormack 1989). Errors: the estimate does not
/// exist or is not identified ([`EstimateError::NoEstimate`] with its
/// certificate), or Newton's method fails.
///
/// ```
/// use ethos_estimate::{CaptureTable, Model, Term, fit};
/// // Homeless people in Budapest, 1996: published 3,913 unseen for [12,13,23].
/// let t = CaptureTable::from_histories(["a", "b", "c"], [
///     ("001", 108), ("010", 436), ("011", 32), ("100", 1758), ("101", 25), ("110", 238), ("111", 9)])?;
/// let m = Model::from_generators([Term::new(0b011, 0), Term::new(0b101, 0), Term::new(0b110, 0)]);
/// let fitted = fit(&t, &m)?;
/// assert_eq!(fitted.unseen_total().round(), 3913.0);
/// # Ok::<(), ethos_estimate::EstimateError>(())
/// ```
pub fn fit(table: &CaptureTable, model: &Model) -> Result<FittedModel, EstimateError> {
    model.check(table)?;
    table.check_held(model)?;
    crate::size::check(table.shape(), model)?;
    let design = Design::new(table.shape(), model);
    let mut ws = Workspace::default();
    fit_design(table, &design, &Data::of(table), &mut ws)
}

pub(crate) fn fit_design(
    table: &CaptureTable,
    design: &Design,
    data: &Data,
    ws: &mut Workspace,
) -> Result<FittedModel, EstimateError> {
    let reduced = design.reduced_support(data);
    let support = reduced.as_ref().unwrap_or(&design.full);
    let y = &data.y;
    let existence = existence::decide(design, support, y);
    let notation = || design.model.notation(table.lists(), table.factors());
    if !existence.usable() {
        return Err(EstimateError::NoEstimate {
            model: notation(),
            formula: design.model.formula(table.lists(), table.factors()),
            reason: cause::with(existence.reason(), cause::of_table(table)),
            code: existence.code(),
            certificate: Box::new(existence.certificate),
        });
    }
    let outcome = newton(&design.shape, &support.program, &support.kept, y, false, ws);
    if outcome.stop != Stop::Converged || !refactor(&design.shape, &support.program, ws) {
        return Err(EstimateError::NotConverged(notation()));
    }
    let coefficients = coefficients(table, design, support, ws);
    let (unseen, covariance) = unseen_cells(design, support, ws);
    let mut means = ws.mu.clone();
    for (s, &n0) in unseen.iter().enumerate() {
        means[design.shape.cell(s, 0)] = n0;
    }
    let observed = table.observed();
    let (mut distance, mut misfit) = (0.0, Misfit::default());
    for &c in &support.kept {
        let (count, mean) = (y[c as usize], ws.mu[c as usize]);
        distance += deviance(count, mean);
        misfit.add(count, mean);
    }
    // A cell with people and a fitted mean lost to rounding: the counts span more than a double holds.
    if !distance.is_finite() {
        return Err(EstimateError::NotConverged(notation()));
    }
    // Through the deviance: the kernel grows with the counts, and its rounding with it.
    let saturated: f64 = y.iter().map(|&c| math::ln_saturated(c)).sum();
    Ok(FittedModel {
        model: design.model.clone(),
        existence,
        coefficients,
        log_likelihood: saturated - distance / 2.0,
        deviance: distance,
        df: design.observable() as i64 - design.parameters() as i64,
        parameters: design.parameters(),
        goodness_of_fit: Some(misfit.tests(distance, support.active.len())),
        observed,
        kept_cells: support.kept.len(),
        unseen,
        covariance,
        means,
        iterations: outcome.iterations,
    })
}

/// 2 (y ln(y/μ) − (y − μ)), without cancellation when y and μ are close.
pub(crate) fn deviance(y: f64, mu: f64) -> f64 {
    if y == 0.0 {
        return 2.0 * mu;
    }
    let d = (mu - y) / y;
    if d.abs() < 1e-3 {
        // −ln(1 + d) + d as a series: d²/2 − d³/3 + …
        let mut term = d * d;
        let mut sum = 0.0;
        for k in 2..12 {
            sum += term / f64::from(k) * if k % 2 == 0 { 1.0 } else { -1.0 };
            term *= d;
        }
        return 2.0 * y * sum;
    }
    2.0 * y * (d - math::ln_1p(d))
}

/// Means of the unseen cells in play and their covariance, from the factor in the workspace.
pub(crate) fn unseen_cells(
    design: &Design,
    support: &Support,
    ws: &Workspace,
) -> (Vec<f64>, Vec<f64>) {
    let shape = &design.shape;
    let p = support.program.parameters();
    let mut unseen = vec![0.0; shape.strata];
    let mut rows = vec![0.0; shape.strata * p];
    for s in 0..shape.strata {
        if !support.unseen[s] {
            continue;
        }
        let cell = shape.cell(s, 0);
        unseen[s] = math::exp(ws.eta[cell]);
        let row = &mut rows[s * p..(s + 1) * p];
        for (x, &c) in row.iter_mut().zip(&support.program.columns) {
            *x = if margins::covers(shape, c as usize, cell) {
                unseen[s]
            } else {
                0.0
            };
        }
        cholesky::forward(&ws.gram, p, row);
    }
    let k = shape.strata;
    let mut covariance = vec![0.0; k * k];
    for a in 0..k {
        for b in 0..=a {
            let v: f64 = rows[a * p..(a + 1) * p]
                .iter()
                .zip(&rows[b * p..(b + 1) * p])
                .map(|(x, y)| x * y)
                .sum();
            covariance[a * k + b] = v;
            covariance[b * k + a] = v;
        }
    }
    (unseen, covariance)
}

fn coefficients(
    table: &CaptureTable,
    design: &Design,
    support: &Support,
    ws: &Workspace,
) -> Vec<FittedCoefficient> {
    let p = support.program.parameters();
    let mut estimates = vec![None; design.columns.len()];
    let mut errors = vec![None; design.columns.len()];
    for &j in &support.infinite {
        estimates[j as usize] = Some(f64::NEG_INFINITY);
    }
    let mut unit = vec![0.0; p];
    for (i, &j) in support.active.iter().enumerate() {
        estimates[j as usize] = Some(ws.beta[i]);
        unit.fill(0.0);
        unit[i] = 1.0;
        cholesky::forward(&ws.gram, p, &mut unit);
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

pub(crate) fn column_name(table: &CaptureTable, design: &Design, j: usize) -> String {
    let term = design.term_of(j as u32);
    if term == Term::INTERCEPT {
        return "(Intercept)".into();
    }
    let stratum = design.shape.stratum(design.columns[j].cell as usize);
    let mut parts = term_names(Term::new(term.lists, 0), table.lists(), table.factors());
    for (f, factor) in table.factors().iter().enumerate() {
        if term.factors >> f & 1 == 1 {
            parts.push(format!(
                "{}{}",
                factor.name,
                factor.levels[design.shape.level(stratum, f)]
            ));
        }
    }
    parts.join(":")
}

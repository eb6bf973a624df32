//! What a study reports about an estimator, each figure with its Monte-Carlo standard error.

use std::collections::BTreeMap;

use serde::{Deserialize, Serialize};

use crate::interval::quantile::{quantile, quantile_se};

/// A figure and its Monte-Carlo standard error; absent where no simulation gives one.
#[derive(Debug, Clone, Copy, PartialEq, Serialize, Deserialize)]
pub struct Measured {
    /// The figure.
    pub value: Option<f64>,
    /// Its standard error over simulations.
    pub se: Option<f64>,
}

/// How often a diagnostic was raised.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct WarningRate {
    /// Code of the diagnostic.
    pub code: String,
    /// Share of the simulations with an estimate.
    pub rate: Measured,
}

/// The performance of one estimator on one process (Morris, White & Crowther 2019, table 6).
///
/// Errors and widths are relative to the true population; rates are shares of simulations. Bias, error,
/// coverage and width are over the simulations with an estimate, the failure rate over all.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Measures {
    /// Simulations drawn.
    pub simulations: u64,
    /// Simulations with an estimate.
    pub estimated: u64,
    /// Share without any estimate.
    pub failed: Measured,
    /// Share with an estimate but without an upper limit.
    pub unbounded: Measured,
    /// Mean of (estimate − truth) / truth.
    pub bias: Measured,
    /// √ of the mean of its square.
    pub rmse: Measured,
    /// Median of its absolute value.
    pub median_error: Measured,
    /// Share of intervals that hold the truth; an unbounded one holds what lies above its lower limit.
    pub coverage: Measured,
    /// Share of intervals that lie wholly above the truth.
    pub missed_left: Measured,
    /// Share of intervals that lie wholly below the truth.
    pub missed_right: Measured,
    /// Mean width of the bounded intervals.
    pub mean_width: Measured,
    /// Median width of all intervals, unbounded ones being the widest.
    pub median_width: Measured,
    /// Every diagnostic that was raised, by code.
    pub warnings: Vec<WarningRate>,
}

/// What one estimator said about one table.
#[derive(Debug, Clone, PartialEq)]
pub(super) struct Attempt {
    pub(super) estimate: f64,
    pub(super) lower: f64,
    /// Infinite when unbounded.
    pub(super) upper: f64,
    pub(super) codes: Vec<String>,
}

impl Measures {
    /// From the attempts of all simulations, `None` where there was no estimate.
    pub(super) fn of(attempts: &[Option<Attempt>], truth: f64) -> Self {
        let made: Vec<&Attempt> = attempts.iter().flatten().collect();
        let errors: Vec<f64> = made.iter().map(|a| (a.estimate - truth) / truth).collect();
        let widths: Vec<f64> = made.iter().map(|a| (a.upper - a.lower) / truth).collect();
        let bounded: Vec<f64> = widths.iter().copied().filter(|w| w.is_finite()).collect();
        let share = |holds: &dyn Fn(&Attempt) -> bool| {
            rate(made.iter().filter(|a| holds(a)).count(), made.len())
        };
        let squares: Vec<f64> = errors.iter().map(|e| e * e).collect();
        let mse = mean(&squares);
        let rmse = mse.value.map(f64::sqrt);
        let mut codes: BTreeMap<&str, usize> = BTreeMap::new();
        for attempt in &made {
            for code in &attempt.codes {
                *codes.entry(code).or_default() += 1;
            }
        }
        Self {
            simulations: attempts.len() as u64,
            estimated: made.len() as u64,
            failed: rate(attempts.len() - made.len(), attempts.len()),
            unbounded: share(&|a| a.upper.is_infinite()),
            bias: mean(&errors),
            rmse: Measured {
                value: rmse,
                // By the delta method from the error of the mean square.
                se: rmse
                    .zip(mse.se)
                    .and_then(|(r, se)| (r > 0.0).then(|| se / (2.0 * r))),
            },
            median_error: median(errors.iter().map(|e| e.abs()).collect()),
            coverage: share(&|a| a.lower <= truth && truth <= a.upper),
            missed_left: share(&|a| a.lower > truth),
            missed_right: share(&|a| a.upper < truth),
            mean_width: mean(&bounded),
            median_width: median(widths),
            warnings: codes
                .into_iter()
                .map(|(code, n)| WarningRate {
                    code: code.to_owned(),
                    rate: rate(n, made.len()),
                })
                .collect(),
        }
    }
}

fn rate(hits: usize, of: usize) -> Measured {
    if of == 0 {
        return Measured {
            value: None,
            se: None,
        };
    }
    let p = hits as f64 / of as f64;
    Measured {
        value: Some(p),
        se: Some((p * (1.0 - p) / of as f64).sqrt()),
    }
}

fn mean(values: &[f64]) -> Measured {
    let n = values.len() as f64;
    if values.is_empty() {
        return Measured {
            value: None,
            se: None,
        };
    }
    let mean = values.iter().sum::<f64>() / n;
    let spread: f64 = values.iter().map(|v| (v - mean) * (v - mean)).sum();
    Measured {
        value: Some(mean),
        se: (n > 1.0).then(|| (spread / (n - 1.0) / n).sqrt()),
    }
}

/// The median, with a standard error from the order statistics around it; absent where infinite.
fn median(mut values: Vec<f64>) -> Measured {
    values.sort_by(f64::total_cmp);
    let finite = |x: f64| x.is_finite().then_some(x);
    Measured {
        value: finite(quantile(&values, 0.5)),
        se: (values.len() > 1)
            .then(|| quantile_se(&values, 0.5))
            .and_then(finite),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn attempt(estimate: f64, lower: f64, upper: f64, codes: &[&str]) -> Attempt {
        Attempt {
            estimate,
            lower,
            upper,
            codes: codes.iter().map(|c| (*c).to_owned()).collect(),
        }
    }

    /// Worked by hand: truth 100, estimates 90, 110, 130 and 100, one failure.
    #[test]
    fn by_hand() {
        let m = Measures::of(
            &[
                Some(attempt(90.0, 80.0, 95.0, &["x"])),
                Some(attempt(110.0, 95.0, 125.0, &[])),
                Some(attempt(130.0, 101.0, 160.0, &["x", "y"])),
                Some(attempt(100.0, 90.0, f64::INFINITY, &[])),
                None,
            ],
            100.0,
        );
        let near = |m: Measured, want: f64| assert!((m.value.unwrap() - want).abs() < 1e-12);
        assert_eq!((m.simulations, m.estimated), (5, 4));
        near(m.failed, 0.2);
        near(m.unbounded, 0.25);
        near(m.bias, 0.075);
        near(m.rmse, (0.11_f64 / 4.0).sqrt());
        near(m.median_error, 0.1);
        near(m.coverage, 0.5);
        near(m.missed_left, 0.25);
        near(m.missed_right, 0.25);
        near(m.mean_width, (0.15 + 0.30 + 0.59) / 3.0);
        assert!((m.coverage.se.unwrap() - 0.25).abs() < 1e-12);
        // Errors −.1, .1, .3, 0: variance .029167, divided by 4.
        assert!((m.bias.se.unwrap() - (0.0875_f64 / 3.0 / 4.0).sqrt()).abs() < 1e-12);
        assert_eq!(m.warnings[0].code, "x");
        near(m.warnings[0].rate, 0.5);
    }

    #[test]
    fn nothing_estimated_is_null() {
        let m = Measures::of(&[None, None], 10.0);
        assert_eq!(m.failed.value, Some(1.0));
        assert_eq!((m.bias.value, m.coverage.value), (None, None));
        assert_eq!(m.median_width.value, None);
    }
}

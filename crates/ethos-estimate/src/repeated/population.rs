//! From rates to persons never seen, with the variance of any sum of strata.

use super::design::{CountDesign, Seen};
use super::family::CountFamily;
use super::fit::CountFit;
use super::interval::Size;

/// Persons never seen, per stratum.
#[derive(Debug, Clone)]
pub(crate) struct Unseen {
    /// Persons never seen: infinite where the rate vanishes, NaN where it is unknown.
    pub(crate) persons: Vec<f64>,
    /// Derivative in the linear predictor.
    slope: Vec<f64>,
    /// Variance with the rates known: Σ u (1 + u) over the persons counted, u unseen for each.
    ///
    /// Of N persons each is counted with probability π, seen and not counted, or never seen; the
    /// estimate adds 1 + u, 1 or 0 with u π the probability of never. The variance of the sum is
    /// N π u (1 + u), estimated by the sum over the persons counted. For Chao's estimator without
    /// covariates the total is then exactly the variance of Chao (1987).
    sampling: Vec<f64>,
}

/// Persons never seen under a fit, `seen` being everybody.
pub(crate) fn unseen(fit: &CountFit, family: &dyn CountFamily, seen: &Seen) -> Unseen {
    let strata = fit.eta.len();
    let mut out = Unseen {
        persons: vec![0.0; strata],
        slope: vec![0.0; strata],
        sampling: vec![0.0; strata],
    };
    for s in 0..strata {
        let counted = seen.within(s, family.counted());
        let eta = fit.eta[s];
        if counted == 0.0 || eta == f64::INFINITY {
            continue;
        }
        if eta == f64::NEG_INFINITY || eta.is_nan() {
            out.persons[s] = if eta.is_nan() {
                f64::NAN
            } else {
                f64::INFINITY
            };
            out.sampling[s] = f64::INFINITY;
            continue;
        }
        let (odds, slope) = family.unseen(eta);
        out.persons[s] = counted * odds;
        out.slope[s] = counted * slope;
        out.sampling[s] = counted * odds * (1.0 + odds);
    }
    out
}

impl Unseen {
    /// Observed and unseen persons of a group, with both parts of the variance: g' V g of the rates,
    /// and that with the rates known.
    pub(crate) fn size(
        &self,
        design: &CountDesign,
        fit: &CountFit,
        seen: &Seen,
        members: &[usize],
    ) -> Size {
        let mut gradient = vec![0.0; design.names.len()];
        let mut size = Size {
            observed: 0.0,
            unseen: 0.0,
            rates: 0.0,
            sampling: 0.0,
        };
        for &s in members {
            for &j in &design.rows[s] {
                gradient[j as usize] += self.slope[s];
            }
            size.observed += seen.persons(s);
            size.unseen += self.persons[s];
            size.sampling += self.sampling[s];
        }
        size.rates = fit.variance(&gradient);
        size
    }
}

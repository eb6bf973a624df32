//! Intervals: closed form, profile likelihood and three bootstraps.

pub(crate) mod bca;
pub(crate) mod bootstrap;
pub(crate) mod control;
pub(crate) mod limits;
pub(crate) mod profile;
pub(crate) mod quantile;
pub(crate) mod replicates;
pub(crate) mod resample;

use serde::{Deserialize, Serialize};

use crate::kernel::math;

/// How an interval is made.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum IntervalMethod {
    /// Log-normal from the closed-form variance (Burnham et al. 1987; Chao 1987).
    Delta,
    /// Profile likelihood of the unseen count (Cormack 1992); without covariates.
    Profile,
    /// Percentile of the parametric bootstrap: persons drawn from the fitted model, seen or not.
    Parametric,
    /// Percentile of the semiparametric bootstrap: the number seen is binomial, their histories
    /// drawn from the observed ones (Buckland & Garthwaite 1991; Norris & Pollock 1996).
    Semiparametric,
    /// Percentile of the nonparametric bootstrap: as many persons as observed, drawn from them.
    Nonparametric,
}

impl IntervalMethod {
    /// Whether replicates are drawn.
    pub fn is_bootstrap(self) -> bool {
        matches!(
            self,
            Self::Parametric | Self::Semiparametric | Self::Nonparametric
        )
    }

    /// Whether replicates are drawn from the persons seen rather than from a model.
    pub(crate) fn draws_what_was_seen(self) -> bool {
        matches!(self, Self::Semiparametric | Self::Nonparametric)
    }

    /// Lower-case name.
    pub fn name(self) -> &'static str {
        match self {
            Self::Delta => "delta",
            Self::Profile => "profile",
            Self::Parametric => "parametric",
            Self::Semiparametric => "semiparametric",
            Self::Nonparametric => "nonparametric",
        }
    }
}

/// The log-normal interval of a population: `n + n0 / C` to `n + n0 C`,
/// `C = exp(z √ln(1 + Var / n0²))` (Burnham et al. 1987).
///
/// `observed` persons, `unseen` estimated, `variance` of the population, two-sided `level`.
/// Nobody unseen gives a point.
///
/// ```
/// use ethos_estimate::lognormal_interval;
/// // Chapman's estimator for hepatitis A, lists P and Q: 333.56, se 28.699714, 208 persons seen.
/// let (lower, upper) = lognormal_interval(208.0, 125.56, 28.699_714_f64.powi(2), 0.95);
/// assert!((lower - 288.679_056).abs() < 1e-5 && (upper - 403.407_761).abs() < 1e-5);
/// ```
pub fn lognormal_interval(observed: f64, unseen: f64, variance: f64, level: f64) -> (f64, f64) {
    if unseen <= 0.0 {
        return (observed, observed);
    }
    let z = math::normal_quantile(0.5 + level / 2.0);
    let c = math::exp(z * math::ln_1p(variance / (unseen * unseen)).sqrt());
    (observed + unseen / c, observed + unseen * c)
}

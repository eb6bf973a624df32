//! Information criteria and the weights they give.

use serde::{Deserialize, Serialize};

use crate::kernel::math;

/// What a search minimises.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum Criterion {
    /// −2 log-likelihood + 2 k (Akaike 1974).
    Aic,
    /// AIC + 2 k (k + 1) / (n − k − 1), n persons observed (Hurvich & Tsai 1989).
    Aicc,
    /// −2 log-likelihood + k ln n, n persons observed (Schwarz 1978; the convention of
    /// Rcapture and of Silverman, Chan & Vincent 2024).
    Bic,
}

impl Criterion {
    /// The penalty added to −2 log-likelihood for `k` parameters and `n` persons observed.
    ///
    /// Infinite for the corrected criterion when `k + 1 ≥ n`.
    pub fn penalty(self, k: usize, n: f64) -> f64 {
        let k = k as f64;
        match self {
            Self::Aic => 2.0 * k,
            Self::Aicc if n - k - 1.0 <= 0.0 => f64::INFINITY,
            Self::Aicc => 2.0 * k + 2.0 * k * (k + 1.0) / (n - k - 1.0),
            Self::Bic => k * math::ln(n),
        }
    }

    /// The criterion in words, with the convention of its sample size.
    pub fn convention(self) -> &'static str {
        match self {
            Self::Aic => "-2 log-likelihood + 2 k",
            Self::Aicc => {
                "-2 log-likelihood + 2 k + 2 k (k + 1) / (n - k - 1), n = persons observed"
            }
            Self::Bic => "-2 log-likelihood + k ln n, n = persons observed",
        }
    }

    /// Lower-case name.
    pub fn name(self) -> &'static str {
        match self {
            Self::Aic => "aic",
            Self::Aicc => "aicc",
            Self::Bic => "bic",
        }
    }
}

/// exp(−Δ/2), normalised; models without a finite value weigh nothing.
pub(crate) fn weights(values: &[f64]) -> Vec<f64> {
    let best = values.iter().copied().fold(f64::INFINITY, f64::min);
    let raw: Vec<f64> = values
        .iter()
        .map(|v| {
            if v.is_finite() {
                math::exp(-0.5 * (v - best))
            } else {
                0.0
            }
        })
        .collect();
    let total: f64 = raw.iter().sum();
    raw.iter()
        .map(|w| if total > 0.0 { w / total } else { 0.0 })
        .collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn penalties_and_weights() {
        assert_eq!(Criterion::Aic.penalty(5, 100.0), 10.0);
        assert_eq!(Criterion::Aicc.penalty(5, 100.0), 10.0 + 60.0 / 94.0);
        assert_eq!(Criterion::Aicc.penalty(5, 6.0), f64::INFINITY);
        assert_eq!(weights(&[1.0, f64::INFINITY, 1.0]), [0.5, 0.0, 0.5]);
        assert_eq!(weights(&[f64::INFINITY]), [0.0]);
    }
}

//! What the replicates say: limits, spread and Monte-Carlo error of any sum of strata.

use super::quantile::{quantile, quantile_se};

/// Population per stratum in every replicate; all strata infinite where no model had an estimate.
#[derive(Debug, Clone)]
pub(crate) struct Replicates {
    pub(crate) strata: usize,
    /// `replicate * strata + stratum`.
    pub(crate) values: Vec<f64>,
}

/// Limits, spread and Monte-Carlo error of one sum of strata.
#[derive(Debug, Clone, Copy, PartialEq)]
pub(crate) struct Summary {
    pub(crate) lower: f64,
    pub(crate) upper: f64,
    /// Standard deviation of the finite replicates.
    pub(crate) sd: f64,
    pub(crate) se_lower: f64,
    pub(crate) se_upper: f64,
    /// Replicates without an estimate.
    pub(crate) failed: u64,
}

impl Replicates {
    pub(crate) fn count(&self) -> usize {
        self.values.len() / self.strata.max(1)
    }

    /// More replicates of the same strata.
    pub(crate) fn append(&mut self, more: &Self) {
        self.values.extend_from_slice(&more.values);
    }

    /// Replicates of independent parts side by side, as many as all parts have.
    pub(crate) fn beside(parts: &[Self]) -> Self {
        let strata = parts.iter().map(|p| p.strata).sum();
        let count = parts.iter().map(Self::count).min().unwrap_or_default();
        let mut values = Vec::with_capacity(strata * count);
        for r in 0..count {
            for p in parts {
                values.extend_from_slice(&p.values[r * p.strata..(r + 1) * p.strata]);
            }
        }
        Self { strata, values }
    }

    /// The percentile interval of the sum of `members`, never below `observed`.
    pub(crate) fn summary(&self, members: &[usize], observed: f64, level: f64) -> Summary {
        let mut sums: Vec<f64> = self
            .values
            .chunks_exact(self.strata)
            .map(|row| members.iter().map(|&s| row[s]).sum())
            .collect();
        let finite: Vec<f64> = sums.iter().copied().filter(|v| v.is_finite()).collect();
        let k = finite.len() as f64;
        let mean = finite.iter().sum::<f64>() / k;
        let sd = (finite.iter().map(|v| (v - mean) * (v - mean)).sum::<f64>() / (k - 1.0)).sqrt();
        let failed = (sums.len() - finite.len()) as u64;
        sums.sort_by(f64::total_cmp);
        let tail = (1.0 - level) / 2.0;
        Summary {
            lower: quantile(&sums, tail).max(observed),
            upper: quantile(&sums, 1.0 - tail).max(observed),
            sd,
            se_lower: quantile_se(&sums, tail),
            se_upper: quantile_se(&sums, 1.0 - tail),
            failed,
        }
    }
}

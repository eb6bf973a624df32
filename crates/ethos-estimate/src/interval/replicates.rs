//! What the replicates say: limits, spread and Monte-Carlo error of any sum of strata.

use super::quantile::{quantile, quantile_se};
use crate::error::EstimateError;

/// Population per stratum in every replicate; all strata infinite where no model had an estimate.
#[derive(Debug, Clone)]
pub(crate) struct Replicates {
    pub(crate) strata: usize,
    /// `replicate * strata + stratum`.
    pub(crate) values: Vec<f64>,
}

/// Most bytes that replicates may take: those of one number are 8.
const MOST_BYTES: u64 = 1 << 32;

/// Whether `count` replicates of `strata` numbers may be kept. All are, since the limits of every
/// margin are quantiles of sums over the same replicates.
pub(crate) fn affordable(count: Option<u64>, strata: usize) -> Result<(), EstimateError> {
    let each = 8 * strata.max(1) as u64;
    let bytes = count.unwrap_or_default().saturating_mul(each);
    if bytes > MOST_BYTES {
        return Err(EstimateError::TooManyReplicates {
            bytes,
            limit: MOST_BYTES,
            most: MOST_BYTES / each,
        });
    }
    Ok(())
}

/// The sorted replicates of one sum of strata.
#[derive(Debug, Clone)]
pub(crate) struct Sums(pub(crate) Vec<f64>);

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

    /// The sum of `members` in every replicate.
    pub(crate) fn sums(&self, members: &[usize]) -> Sums {
        Sums::new(
            self.values
                .chunks_exact(self.strata)
                .map(|row| members.iter().map(|&s| row[s]).sum())
                .collect(),
        )
    }
}

impl Sums {
    pub(crate) fn new(mut values: Vec<f64>) -> Self {
        values.sort_by(f64::total_cmp);
        Self(values)
    }

    /// Standard deviation of the finite replicates.
    pub(crate) fn sd(&self) -> f64 {
        let finite: Vec<f64> = self.0.iter().copied().filter(|v| v.is_finite()).collect();
        let k = finite.len() as f64;
        let mean = finite.iter().sum::<f64>() / k;
        (finite.iter().map(|v| (v - mean) * (v - mean)).sum::<f64>() / (k - 1.0)).sqrt()
    }

    /// Replicates without an estimate.
    pub(crate) fn failed(&self) -> u64 {
        self.0.iter().filter(|v| !v.is_finite()).count() as u64
    }

    /// Percentile limits at a two-sided level and their Monte-Carlo standard errors.
    pub(crate) fn percentile(&self, level: f64) -> ([f64; 2], [f64; 2]) {
        let tail = (1.0 - level) / 2.0;
        let ends = [tail, 1.0 - tail];
        (
            ends.map(|p| quantile(&self.0, p)),
            ends.map(|p| quantile_se(&self.0, p)),
        )
    }
}

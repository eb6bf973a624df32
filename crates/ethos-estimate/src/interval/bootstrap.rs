//! Replicates in parallel, the same on any number of threads, and what they say.

use std::sync::atomic::{AtomicU64, Ordering};

use rayon::prelude::*;

use super::quantile::{quantile, quantile_se};
use super::resample::{Purpose, Resampler, stream};
use crate::design::Data;
use crate::kernel::newton::Workspace;
use crate::select::Selector;
use crate::table::Shape;

/// Told how many replicates are done, of how many.
pub type Progress<'a> = Option<&'a (dyn Fn(u64, u64) + Sync)>;

/// Counts replicates over all parts of a run and reports them.
pub(crate) struct Counter<'a> {
    done: AtomicU64,
    total: u64,
    report: Progress<'a>,
}

impl<'a> Counter<'a> {
    pub(crate) fn new(total: u64, report: Progress<'a>) -> Self {
        Self {
            done: AtomicU64::new(0),
            total,
            report,
        }
    }

    fn step(&self) {
        let done = self.done.fetch_add(1, Ordering::Relaxed) + 1;
        if let Some(report) = self.report {
            report(done, self.total);
        }
    }
}

/// Population per stratum in every replicate; all strata infinite where no model had an estimate.
#[derive(Debug, Clone)]
pub(crate) struct Replicates {
    pub(crate) strata: usize,
    /// `replicate * strata + stratum`.
    pub(crate) values: Vec<f64>,
}

/// Draws and estimates `count` replicates.
pub(crate) fn run(
    shape: &Shape,
    selector: &Selector,
    resampler: &Resampler,
    count: u64,
    seed: u64,
    part: Option<u64>,
    counter: &Counter<'_>,
) -> Replicates {
    let strata = shape.strata;
    let histories = shape.histories();
    let (purpose, part) = part.map_or((Purpose::Table, 0), |p| (Purpose::Stratum, p));
    let rows: Vec<Vec<f64>> = (0..count)
        .into_par_iter()
        .map_init(
            || (Workspace::default(), Data::empty(shape)),
            |(ws, data), r| {
                resampler.draw(&mut stream(seed, purpose, part, r), &mut data.y);
                data.refresh(shape);
                let mut out = vec![0.0; strata];
                if selector.estimate(data, ws, &mut out) {
                    for (s, n0) in out.iter_mut().enumerate() {
                        *n0 += data.y[s * histories..(s + 1) * histories]
                            .iter()
                            .sum::<f64>();
                    }
                } else {
                    out.fill(f64::INFINITY);
                }
                counter.step();
                out
            },
        )
        .collect();
    Replicates {
        strata,
        values: rows.concat(),
    }
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

    /// Replicates of independent parts side by side.
    pub(crate) fn beside(parts: &[Self]) -> Self {
        let strata = parts.iter().map(|p| p.strata).sum();
        let count = parts.first().map_or(0, Self::count);
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

//! Sample coverage: how much of a list the other lists have seen.

use super::histories::Histories;
use super::report::CoverageReport;
use crate::report::finite;
use crate::table::CaptureTable;

/// Coverage from which its authors advise the high-coverage estimator.
const HIGH: f64 = 0.55;

/// The sample-coverage estimators (Chao & Tsay 1998, Journal of the American Statistical
/// Association 93:283; the R package CARE1).
///
/// C is the mean, over lists, of the share of a list's persons that another list saw too. The three
/// estimators take the lists as independent, correct for dependence between pairs at high coverage,
/// or take one step of that correction at low coverage. Strata are collapsed. The high-coverage
/// estimator is never below the number observed; none exists where its divisor is not positive.
///
/// ```
/// use ethos_estimate::{CaptureTable, sample_coverage};
/// let t = CaptureTable::from_histories(["P", "Q", "E"], [
///     ("001", 63), ("010", 55), ("011", 18), ("100", 69), ("101", 17), ("110", 21), ("111", 28)])?;
/// let c = sample_coverage(&t);
/// assert!((c.coverage.unwrap() - 0.512_690).abs() < 1e-6);
/// assert!((c.high.unwrap() - 970.804_764).abs() < 1e-6);
/// # Ok::<(), ethos_estimate::EstimateError>(())
/// ```
pub fn sample_coverage(table: &CaptureTable) -> CoverageReport {
    let all = Histories::collapsed(table);
    let t = all.lists as f64;
    let size: Vec<f64> = (0..all.lists).map(|i| all.on_all(1 << i)).collect();
    let only = |i: usize| all.y[1 << i];
    let distinct = all.n - (0..all.lists).map(only).sum::<f64>() / t;
    let coverage = 1.0 - (0..all.lists).map(|i| only(i) / size[i]).sum::<f64>() / t;
    let independent = positive(distinct, coverage);
    // Per pair: persons on no list outside it, A, and the overlap over the product of sizes, B.
    let pairs: Vec<(f64, f64)> = all
        .pairs()
        .map(|(i, j)| {
            let a = only(i) + only(j) + 2.0 * all.y[1 << i | 1 << j];
            (a, all.on_all(1 << i | 1 << j) / (size[i] * size[j]))
        })
        .collect();
    let many = all.lists > 2;
    let high = || {
        let a: f64 = pairs.iter().map(|p| p.0).sum();
        let ab: f64 = pairs.iter().map(|p| p.0 * p.1).sum();
        positive(t * distinct - a, t * coverage - ab).map(|n| n.max(all.n))
    };
    let low = || {
        let n0 = independent?;
        let step: f64 = pairs.iter().map(|(a, b)| a * (n0 * b - 1.0)).sum();
        let first = n0 + step / (t * coverage);
        let sum: f64 = pairs.iter().map(|(a, b)| a * (first * b - 1.0)).sum();
        finite(n0 + sum / (t * coverage))
    };
    CoverageReport {
        coverage: finite(coverage),
        distinct,
        independent,
        high: if many { high() } else { None },
        low: if many { low() } else { None },
        advised: if coverage >= HIGH { "high" } else { "low" }.into(),
    }
}

/// A quotient of which both parts must be positive.
fn positive(over: f64, under: f64) -> Option<f64> {
    (over > 0.0 && under > 0.0).then(|| over / under)
}

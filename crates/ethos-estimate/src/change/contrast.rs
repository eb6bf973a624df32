//! Limits of a difference or ratio over replicates, some of which may have no estimate.

use super::report::Contrast;
use crate::interval::quantile::{quantile, quantile_se};
use crate::interval::replicates::Sums;
use crate::report::{MonteCarloSe, Status, finite};

/// Percentile limits of `f(first, second)` over the replicates.
///
/// A replicate without an estimate says nothing about the change: it counts as the `lowest`
/// possible value in the lower limit and as infinite in the upper one.
pub(super) fn contrast(
    estimate: f64,
    pairs: &[(f64, f64)],
    f: impl Fn(f64, f64) -> f64,
    lowest: f64,
    level: f64,
    enough: bool,
) -> Contrast {
    let values = |failed: f64| {
        let value = |&(a, b): &(f64, f64)| {
            let v = f(a, b);
            if a.is_finite() && b.is_finite() && v.is_finite() {
                v
            } else {
                failed
            }
        };
        Sums::new(pairs.iter().map(value).collect())
    };
    let (low, high) = (values(lowest), values(f64::INFINITY));
    let tail = (1.0 - level) / 2.0;
    let known = |x: f64| finite(x).filter(|_| enough);
    let bounded = quantile(&low.0, tail);
    let (lower, upper) = (known(bounded), known(quantile(&high.0, 1.0 - tail)));
    Contrast {
        estimate: finite(estimate),
        sd: finite(high.sd()),
        lower,
        upper,
        monte_carlo_se: MonteCarloSe {
            lower: known(quantile_se(&low.0, tail)),
            upper: known(quantile_se(&high.0, 1.0 - tail)),
        },
        status: match (finite(estimate), enough, lower.zip(upper)) {
            (None, _, _) => Status::NotEstimable,
            (_, false, _) => Status::NoInterval,
            (_, _, None) => Status::Unbounded,
            _ => Status::Ok,
        },
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_failed_replicate_widens_both_ends() {
        let mut pairs: Vec<(f64, f64)> = (0..199).map(|i| (100.0, 100.0 + f64::from(i))).collect();
        pairs.push((f64::INFINITY, f64::INFINITY));
        let d = contrast(99.0, &pairs, |a, b| b - a, f64::NEG_INFINITY, 0.95, true);
        assert_eq!(d.status, Status::Ok);
        let all = contrast(
            99.0,
            &pairs[..199],
            |a, b| b - a,
            f64::NEG_INFINITY,
            0.95,
            true,
        );
        assert!(d.lower < all.lower && d.upper > all.upper);
        pairs.extend([(f64::INFINITY, f64::INFINITY); 20]);
        let d = contrast(99.0, &pairs, |a, b| b - a, f64::NEG_INFINITY, 0.95, true);
        assert_eq!(
            (d.status, d.lower, d.upper),
            (Status::Unbounded, None, None)
        );
        // The ratio cannot fall below 0, so only its upper limit is lost.
        let r = contrast(1.9, &pairs, |a, b| b / a, 0.0, 0.95, true);
        assert_eq!(
            (r.status, r.lower, r.upper),
            (Status::Unbounded, Some(0.0), None)
        );
    }
}

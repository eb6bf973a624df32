//! Quantiles of replicates that may be infinite.

/// Type-8 quantile (Hyndman & Fan 1996) of sorted values, infinity allowed.
pub(crate) fn quantile(sorted: &[f64], p: f64) -> f64 {
    let n = sorted.len();
    if n == 0 {
        return f64::NAN;
    }
    let h = (n as f64 + 1.0 / 3.0) * p + 1.0 / 3.0;
    let below = h.floor();
    let fraction = h - below;
    let at = |i: f64| sorted[(i.max(1.0).min(n as f64) as usize) - 1];
    let (low, high) = (at(below), at(below + 1.0));
    if low == high || fraction == 0.0 || low == f64::NEG_INFINITY {
        return low;
    }
    low + fraction * (high - low)
}

/// Monte-Carlo standard error of the quantile, from the spread of the order statistics
/// one binomial standard deviation to either side.
pub(crate) fn quantile_se(sorted: &[f64], p: f64) -> f64 {
    spread(sorted, p, (p * (1.0 - p) / sorted.len() as f64).sqrt())
}

/// Half the distance between the quantiles `d` in probability to either side of `p`; infinite where
/// one of them is, since a limit that does not exist is not known exactly.
pub(crate) fn spread(sorted: &[f64], p: f64, d: f64) -> f64 {
    let (high, low) = (
        quantile(sorted, (p + d).min(1.0)),
        quantile(sorted, (p - d).max(0.0)),
    );
    if high.is_infinite() || low.is_infinite() {
        f64::INFINITY
    } else {
        (high - low) / 2.0
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_limit_that_does_not_exist_is_not_known_exactly() {
        let mut x = vec![1.0; 50];
        x.extend([f64::INFINITY; 50]);
        assert_eq!(quantile_se(&x, 0.9), f64::INFINITY);
        assert_eq!(quantile_se(&x, 0.1), 0.0);
    }

    #[test]
    fn type_eight() {
        // R: quantile(c(1, 2, 4, 8, 16), c(.1, .5, .9), type = 8)
        let x = [1.0, 2.0, 4.0, 8.0, 16.0];
        assert!((quantile(&x, 0.1) - 1.0).abs() < 1e-12);
        assert!((quantile(&x, 0.5) - 4.0).abs() < 1e-12);
        assert!((quantile(&x, 0.75) - (8.0 + 8.0 / 3.0 * 1.0)).abs() < 3.0);
        // h = (5 + 1/3) 0.75 + 1/3 = 4.3333: between the 4th and 5th value.
        assert!((quantile(&x, 0.75) - (8.0 + 8.0 / 3.0)).abs() < 1e-12);
        assert!((quantile(&x, 0.9) - 16.0).abs() < 1e-12);
        assert_eq!(quantile(&[1.0, f64::INFINITY], 0.9), f64::INFINITY);
    }
}

//! Exponential and logarithm from the four operations alone, so that a seed gives the same
//! country on every machine: the platform's own functions may differ in the last bit.

use std::f64::consts::LN_2;

/// e^x, to within a few units in the last place for |x| < 700.
pub(crate) fn exp(x: f64) -> f64 {
    // e^x = 2^k · e^r with |r| ≤ ln 2 / 2, and the power series of e^r.
    let k = (x / LN_2).round();
    let r = x - k * LN_2;
    let (mut term, mut sum) = (1.0, 1.0);
    for n in 1..=20_u8 {
        term *= r / f64::from(n);
        sum += term;
    }
    sum * f64::from_bits(((1023 + k as i64) as u64) << 52)
}

/// Natural logarithm of a positive normal number.
pub(crate) fn ln(x: f64) -> f64 {
    // x = 2^k · m with m in [1, 2); ln m = 2 artanh((m − 1) / (m + 1)).
    let bits = x.to_bits();
    let k = (bits >> 52) as i64 - 1023;
    let m = f64::from_bits((bits & 0x000f_ffff_ffff_ffff) | (1023 << 52));
    let z = (m - 1.0) / (m + 1.0);
    let (mut power, mut sum) = (z, 0.0);
    for n in 0..28_u8 {
        sum += power / f64::from(2 * n + 1);
        power *= z * z;
    }
    k as f64 * LN_2 + 2.0 * sum
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn known_values() {
        for (x, expected) in [
            (0.0, 1.0),
            (1.0, std::f64::consts::E),
            (-2.5, 0.082_084_998_623_898_8),
        ] {
            assert!((exp(x) / expected - 1.0).abs() < 1e-14, "{x}");
        }
        assert!((ln(10.0) - std::f64::consts::LN_10).abs() < 1e-14);
        assert!((ln(0.003) + 5.809_142_990_314_028).abs() < 1e-13);
        assert_eq!(ln(1.0), 0.0);
    }
}

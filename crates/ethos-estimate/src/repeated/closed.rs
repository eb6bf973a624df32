//! Estimators in closed form from the frequencies f1, f2, f3 of the whole table.
//!
//! Each is n + f0 with f0 a smooth function of the frequencies; the variance is
//! `f0 + Σ f_k (∂f0/∂f_k)²`, the delta method on a multinomial with N fixed.

/// A number of persons never seen with the variance of the population.
#[derive(Debug, Clone, Copy, PartialEq)]
pub(crate) struct ClosedForm {
    pub(crate) unseen: f64,
    pub(crate) variance: f64,
}

/// Bias-corrected Chao (1987, Biometrics 43:783–791, and Chao 2005 in Encyclopedia of Statistical
/// Sciences): f0 = f1 (f1 − 1) / (2 (f2 + 1)); exists without anybody seen twice.
pub(crate) fn chao_bias_corrected(f1: f64, f2: f64) -> ClosedForm {
    let twice = 2.0 * (f2 + 1.0);
    let unseen = f1 * (f1 - 1.0) / twice;
    let by_f1 = (2.0 * f1 - 1.0) / twice;
    let by_f2 = unseen / (f2 + 1.0);
    ClosedForm {
        unseen,
        variance: unseen + f1 * by_f1 * by_f1 + f2 * by_f2 * by_f2,
    }
}

/// Modified Chao for one-inflation (Böhning, Kaskasamkul & van der Heijden 2019, Metrika
/// 82:361–384): f0 = (2/9) f2³/f3², the lower bound from those seen twice and three times, whom an
/// excess of persons seen once does not touch. `None` without anybody seen twice or three times.
pub(crate) fn chao_modified(f2: f64, f3: f64) -> Option<ClosedForm> {
    if f2 <= 0.0 || f3 <= 0.0 {
        return None;
    }
    let unseen = 2.0 / 9.0 * f2 * f2 * f2 / (f3 * f3);
    Some(ClosedForm {
        unseen,
        variance: unseen + unseen * unseen * (9.0 / f2 + 4.0 / f3),
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn published_values() {
        // The Dutch irregular migrants of 1995: f1 = 1645, f2 = 183, f3 = 37, n = 1880.
        let corrected = chao_bias_corrected(1645.0, 183.0);
        assert!((1880.0 + corrected.unseen - 9_228.858_696).abs() < 1e-6);
        let modified = chao_modified(183.0, 37.0).unwrap();
        assert!((modified.unseen - 994.80).abs() < 0.005);
        assert_eq!(chao_modified(183.0, 0.0), None);
    }

    #[test]
    fn variances_are_the_delta_method() {
        // Numerical derivatives of f0.
        let h = 1e-4;
        let check = |f0: &dyn Fn(f64, f64) -> f64, x: f64, y: f64, got: ClosedForm| {
            let dx = (f0(x + h, y) - f0(x - h, y)) / (2.0 * h);
            let dy = (f0(x, y + h) - f0(x, y - h)) / (2.0 * h);
            let want = f0(x, y) + x * dx * dx + y * dy * dy;
            assert!((got.variance / want - 1.0).abs() < 1e-7, "{got:?} {want}");
        };
        let corrected = |x, y| chao_bias_corrected(x, y).unseen;
        check(&corrected, 120.0, 31.0, chao_bias_corrected(120.0, 31.0));
        let modified = |x, y| chao_modified(x, y).unwrap().unseen;
        check(&modified, 31.0, 9.0, chao_modified(31.0, 9.0).unwrap());
    }
}

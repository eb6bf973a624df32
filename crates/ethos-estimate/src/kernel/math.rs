//! The elementary functions of the crate, in one place so that they can be replaced together.

use statrs::function::gamma;

/// e^x.
#[inline]
pub(crate) fn exp(x: f64) -> f64 {
    x.exp()
}

/// Natural logarithm.
#[inline]
pub(crate) fn ln(x: f64) -> f64 {
    x.ln()
}

/// ln(1 + x).
#[inline]
pub(crate) fn ln_1p(x: f64) -> f64 {
    x.ln_1p()
}

/// y ln y − y − ln y!, the largest log-likelihood of a Poisson count, without cancellation for large ones.
pub(crate) fn ln_saturated(y: f64) -> f64 {
    if y == 0.0 {
        return 0.0;
    }
    if y < 64.0 {
        return y * ln(y) - y - ln_factorial(y);
    }
    // What Stirling's series leaves of it; the first neglected term is below 1e-17 here.
    let r = 1.0 / y;
    let r2 = r * r;
    let series = r * (1.0 / 12.0 - r2 * (1.0 / 360.0 - r2 * (1.0 / 1260.0 - r2 / 1680.0)));
    -0.5 * ln(2.0 * std::f64::consts::PI * y) - series
}

/// ln Γ(x + 1), the log factorial.
pub(crate) fn ln_factorial(x: f64) -> f64 {
    if x < 2.0 && x.fract() == 0.0 {
        return 0.0;
    }
    if x < 64.0 {
        if x.fract() == 0.0 {
            return (2..=x as u64).map(|i| i as f64).product::<f64>().ln();
        }
        return gamma::ln_gamma(x + 1.0);
    }
    // Stirling's series; the first neglected term is below 1e-17 here.
    let z = x + 1.0;
    let r = 1.0 / z;
    let r2 = r * r;
    let series = r * (1.0 / 12.0 - r2 * (1.0 / 360.0 - r2 * (1.0 / 1260.0 - r2 / 1680.0)));
    (z - 0.5) * ln(z) - z + 0.918_938_533_204_672_8 + series
}

/// The standard normal distribution function below zero, Φ(−a) for a ≥ 0.
pub(crate) fn normal_tail(a: f64) -> f64 {
    let density = exp(-0.5 * a * a) / (2.0 * std::f64::consts::PI).sqrt();
    if a < 3.5 {
        // Φ(a) − ½ = φ(a) (a + a³/3 + a⁵/15 + …)
        let mut term = a;
        let mut sum = a;
        let mut k = 1.0;
        while term > 1e-18 * sum {
            k += 2.0;
            term *= a * a / k;
            sum += term;
        }
        return 0.5 - density * sum;
    }
    // Laplace's continued fraction.
    let mut f = a;
    for k in (1..=200).rev() {
        f = a + f64::from(k) / f;
    }
    density / f
}

/// The standard normal density φ.
pub(crate) fn normal_density(z: f64) -> f64 {
    exp(-0.5 * z * z) / (2.0 * std::f64::consts::PI).sqrt()
}

/// The standard normal distribution function Φ.
pub(crate) fn normal_distribution(z: f64) -> f64 {
    if z > 0.0 {
        1.0 - normal_tail(z)
    } else {
        normal_tail(-z)
    }
}

/// The standard normal quantile: Newton steps on the distribution function.
pub(crate) fn normal_quantile(p: f64) -> f64 {
    if p > 0.5 {
        return -normal_quantile(1.0 - p);
    }
    if p <= 0.0 {
        return f64::NEG_INFINITY;
    }
    // On ln Φ the iteration converges from any start.
    let mut a = (-2.0 * ln(2.0 * p)).sqrt() * 0.8;
    for _ in 0..100 {
        let tail = normal_tail(a);
        let density = exp(-0.5 * a * a) / (2.0 * std::f64::consts::PI).sqrt();
        let step = (ln(tail) - ln(p)) * tail / density;
        a = (a + step).max(0.0);
        if step.abs() <= 1e-15 * a.max(1e-3) {
            break;
        }
    }
    -a
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn log_factorials_agree_across_the_seams() {
        let exact: f64 = (2..=70).map(|i| f64::from(i).ln()).sum();
        assert!((ln_factorial(70.0) - exact).abs() < 1e-12 * exact);
        assert!((ln_factorial(20.0) - 2_432_902_008_176_640_000_f64.ln()).abs() < 1e-13);
        let below = ln_factorial(63.999_999_999);
        assert!((below - ln_factorial(64.0)).abs() < 1e-7);
        assert!((ln_factorial(0.5) - (std::f64::consts::PI.sqrt() / 2.0).ln()).abs() < 1e-13);
    }

    #[test]
    fn saturated_likelihood_across_the_seam() {
        for y in [1.0, 7.0, 63.0, 64.0, 65.0, 500.0] {
            let direct = y * ln(y) - y - ln_factorial(y);
            assert!((ln_saturated(y) - direct).abs() < 1e-11, "{y}");
        }
    }

    #[test]
    fn normal_quantiles() {
        assert!((normal_quantile(0.975) - 1.959_963_984_540_054).abs() < 1e-13);
        assert!((normal_quantile(0.05) + 1.644_853_626_951_472_7).abs() < 1e-13);
        assert!((normal_quantile(1e-10) + 6.361_340_902_404_056).abs() < 1e-12);
        assert!(normal_quantile(0.5).abs() < 1e-14);
    }
}

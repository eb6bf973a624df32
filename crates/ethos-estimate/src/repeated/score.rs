//! Score tests of the zero-truncated Poisson regression: nothing but its own fit is needed.
//!
//! For a departure of size θ ≥ 0 the score at θ = 0 adds s(k, λ) over persons.
//! Its variance under the fit, with the rates estimated, is
//! `I_θθ − I_θβ I_ββ⁻¹ I_βθ` (Rao 1948); the ratio is standard normal.

use super::design::{CountDesign, Seen};
use super::family::{CountFamily, Window, window_mass};
use super::fit::CountFit;
use super::report::ScoreTest;
use crate::kernel::math;

/// The score of one-inflation: of a share ω seen once whatever their rate, s is 1/q1 − 1 for those
/// seen once and −1 for the others, q1 the chance of once given seen.
pub(crate) fn one_inflation(times: u32, eta: f64) -> f64 {
    if times == 1 {
        // 1/q1 − 1 = Z/λ − 1
        math::exp(window_mass(Window::FROM_ONE, eta).value - eta) - 1.0
    } else {
        -1.0
    }
}

/// The score of rates that vary with mean λ and a small variance λ² θ:
/// s = ½ ((k − λ)² − k + λ² p0/(1 − p0)).
pub(crate) fn overdispersion(times: u32, eta: f64) -> f64 {
    let lambda = math::exp(eta);
    let k = f64::from(times);
    let odds = math::exp(-window_mass(Window::FROM_ONE, eta).value);
    0.5 * ((k - lambda) * (k - lambda) - k + lambda * lambda * odds)
}

/// The one-sided test of a score, for a fit of the zero-truncated Poisson. `None` where it is not
/// a number, or where some rate is not finite.
pub(crate) fn score_test(
    design: &CountDesign,
    family: &dyn CountFamily,
    fit: &CountFit,
    seen: &Seen,
    score: impl Fn(u32, f64) -> f64,
) -> Option<ScoreTest> {
    let mut sum = 0.0;
    let mut own = 0.0;
    let mut cross = vec![0.0; design.names.len()];
    for (s, cells) in seen.strata.iter().enumerate() {
        let eta = fit.eta[s];
        if !eta.is_finite() {
            return None;
        }
        let persons = seen.persons(s);
        for &(k, n) in cells {
            sum += n * score(k, eta);
        }
        let (mut square, mut product) = (0.0, 0.0);
        let mean = family_mean(eta);
        for_masses(family, eta, |k, q| {
            let x = score(k, eta);
            square += q * x * x;
            product += q * x * (f64::from(k) - mean);
        });
        own += persons * square;
        for &j in &design.rows[s] {
            cross[j as usize] += persons * product;
        }
    }
    let z = sum / (own - fit.variance(&cross)).sqrt();
    z.is_finite().then(|| ScoreTest {
        z,
        p: if z >= 0.0 {
            math::normal_tail(z)
        } else {
            1.0 - math::normal_tail(-z)
        },
    })
}

fn family_mean(eta: f64) -> f64 {
    window_mass(Window::FROM_ONE, eta).first
}

/// Calls `f` with every times seen of the window that has a chance worth counting.
pub(crate) fn for_masses(family: &dyn CountFamily, eta: f64, mut f: impl FnMut(u32, f64)) {
    let window = family.informing();
    let lambda = math::exp(eta);
    let mut k = window.least;
    loop {
        let mass = math::exp(family.person(k, eta).value);
        if mass > 1e-20 {
            f(k, mass);
        } else if f64::from(k) > lambda {
            return;
        }
        if window.most == Some(k) || k >= 1_000_000 {
            return;
        }
        k += 1;
    }
}

//! Count families: how often a person of a given rate is seen, and how many stand behind each unseen.
//!
//! Every family here is a Poisson distribution looked at through a window: of
//! the persons whose times seen lie in a window the likelihood is that of the
//! Poisson truncated to it. With mass Z(λ) = Σ λᵏ/k! over the window and
//! η = ln λ, ln Z has the mean and the variance of the truncated count as its
//! derivatives, and each person of the window stands for 1/Z persons never seen.

use serde::{Deserialize, Serialize};

use super::report::LikelihoodOf;
use crate::error::EstimateError;
use crate::kernel::math;

/// What is assumed about how often people are seen.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum Family {
    /// Zero-truncated Poisson regression (van der Heijden, Bustami, Cruyff, Engbersen & van
    /// Houwelingen 2003, Statistical Modelling 3:305–322): everybody's contacts are Poisson at
    /// the rate of their covariates.
    ZtPoisson,
    /// Chao's lower bound (1987, Biometrics 43:783–791), with covariates as in Böhning,
    /// Vidal-Diez, Lerdsuwansri, Viwatwongkasem & Arnold (2013, Biometrics 69:1033–1042): rates
    /// from a logistic regression of "twice" against "once".
    Chao,
    /// Zelterman's estimator (1988, Journal of Statistical Planning and Inference 18:225–237),
    /// with covariates as in Böhning & van der Heijden (2009, Annals of Applied Statistics
    /// 3:595–610): the same regression, applied to everybody seen.
    Zelterman,
    /// Zero-one-truncated Poisson regression: persons seen once count as seen and tell nothing
    /// about the rest (Böhning & van der Heijden 2019, Annals of Applied Statistics 13:1198–1211).
    ZotPoisson,
}

impl Family {
    /// All families, in the order of reports.
    pub const ALL: [Self; 4] = [
        Self::ZtPoisson,
        Self::Chao,
        Self::Zelterman,
        Self::ZotPoisson,
    ];

    /// Lower-case name, as in settings and reports.
    pub fn name(self) -> &'static str {
        match self {
            Self::ZtPoisson => "ztpoisson",
            Self::Chao => "chao",
            Self::Zelterman => "zelterman",
            Self::ZotPoisson => "zotpoisson",
        }
    }

    /// The family of a name.
    ///
    /// Errors: [`EstimateError::NotAvailable`] for families that other programs have and this
    /// version has not; [`EstimateError::Setting`] for a name that is none.
    ///
    /// ```
    /// use ethos_estimate::Family;
    /// assert_eq!(Family::parse("chao")?, Family::Chao);
    /// assert!(Family::parse("ztgeom").unwrap_err().to_string().contains("ztpoisson"));
    /// # Ok::<(), ethos_estimate::EstimateError>(())
    /// ```
    pub fn parse(name: &str) -> Result<Self, EstimateError> {
        if let Some(family) = Self::ALL.into_iter().find(|f| f.name() == name) {
            return Ok(family);
        }
        let have = "there are ztpoisson, chao, zelterman and zotpoisson";
        if ["ztgeom", "ztnegbin", "oiztpoisson"].contains(&name) {
            return Err(EstimateError::NotAvailable(format!(
                "family `{name}` ({have})"
            )));
        }
        Err(EstimateError::Setting(format!(
            "`{name}` is no count family; {have}"
        )))
    }

    /// Whose times seen are in its likelihood.
    pub fn likelihood_of(self) -> LikelihoodOf {
        match self.counts().informing() {
            Window { most: Some(_), .. } => LikelihoodOf::OnceOrTwice,
            Window { least: 2, .. } => LikelihoodOf::TwiceOrMore,
            Window { .. } => LikelihoodOf::All,
        }
    }

    pub(crate) fn counts(self) -> &'static dyn CountFamily {
        match self {
            Self::ZtPoisson => &WindowedPoisson {
                informing: Window::FROM_ONE,
                counted: Window::FROM_ONE,
                shift: 0.0,
            },
            Self::Chao => &WindowedPoisson {
                informing: Window::ONE_OR_TWO,
                counted: Window::ONE_OR_TWO,
                shift: std::f64::consts::LN_2,
            },
            Self::Zelterman => &WindowedPoisson {
                informing: Window::ONE_OR_TWO,
                counted: Window::FROM_ONE,
                shift: std::f64::consts::LN_2,
            },
            Self::ZotPoisson => &WindowedPoisson {
                informing: Window::FROM_TWO,
                counted: Window::FROM_TWO,
                shift: 0.0,
            },
        }
    }
}

/// Times seen from `least` to `most`, or without end.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct Window {
    pub(crate) least: u32,
    pub(crate) most: Option<u32>,
}

impl Window {
    pub(crate) const FROM_ONE: Self = Self {
        least: 1,
        most: None,
    };
    pub(crate) const FROM_TWO: Self = Self {
        least: 2,
        most: None,
    };
    pub(crate) const ONE_OR_TWO: Self = Self {
        least: 1,
        most: Some(2),
    };

    pub(crate) fn contains(self, times: u32) -> bool {
        times >= self.least && self.most.is_none_or(|most| times <= most)
    }
}

/// A value and its first two derivatives in the linear predictor.
#[derive(Debug, Clone, Copy, PartialEq, Default)]
pub(crate) struct Derivatives {
    pub(crate) value: f64,
    pub(crate) first: f64,
    pub(crate) second: f64,
}

/// A distribution of times seen with one rate per person, given by a linear predictor η.
///
/// The log-likelihood of a person must be concave in η, tend to −∞ as η → ±∞
/// except for persons at an end of the window, and to 0 for those: the proof of
/// existence rests on it.
pub(crate) trait CountFamily: Sync {
    /// The times seen of the persons in the likelihood.
    fn informing(&self) -> Window;

    /// The times seen of the persons who stand for those never seen.
    fn counted(&self) -> Window;

    /// Log-likelihood of one person seen `times` times (in the informing window).
    fn person(&self, times: u32, eta: f64) -> Derivatives;

    /// The same summed over `(times, persons)` of one stratum.
    fn stratum(&self, seen: &[(u32, f64)], eta: f64) -> Derivatives {
        let mut sum = Derivatives::default();
        for &(times, persons) in seen {
            let one = self.person(times, eta);
            sum.value += persons * one.value;
            sum.first += persons * one.first;
            sum.second += persons * one.second;
        }
        sum
    }

    /// Persons never seen for each person counted, with the derivative in η.
    fn unseen(&self, eta: f64) -> (f64, f64);

    /// A start for the intercept from the mean of the informing times seen.
    fn start(&self, mean: f64) -> f64;

    /// What is taken off the intercept in reports: Chao and Zelterman are reported on the scale
    /// ln(λ/2), on which they are the logistic regression of "twice" against "once".
    fn shift(&self) -> f64;
}

/// A Poisson distribution through windows.
struct WindowedPoisson {
    informing: Window,
    counted: Window,
    shift: f64,
}

impl CountFamily for WindowedPoisson {
    fn informing(&self) -> Window {
        self.informing
    }

    fn counted(&self) -> Window {
        self.counted
    }

    fn person(&self, times: u32, eta: f64) -> Derivatives {
        let mass = window_mass(self.informing, eta);
        let k = f64::from(times);
        Derivatives {
            value: k * eta - math::ln_factorial(k) - mass.value,
            first: k - mass.first,
            second: -mass.second,
        }
    }

    fn stratum(&self, seen: &[(u32, f64)], eta: f64) -> Derivatives {
        let mass = window_mass(self.informing, eta);
        let mut sum = Derivatives::default();
        let mut persons = 0.0;
        for &(times, count) in seen {
            let k = f64::from(times);
            persons += count;
            sum.value += count * (k * eta - math::ln_factorial(k) - mass.value);
            sum.first += count * (k - mass.first);
        }
        sum.second = -persons * mass.second;
        sum
    }

    fn unseen(&self, eta: f64) -> (f64, f64) {
        let mass = window_mass(self.counted, eta);
        let odds = math::exp(-mass.value);
        (odds, -mass.first * odds)
    }

    fn start(&self, mean: f64) -> f64 {
        // For a small rate the mean exceeds the least of the window by λ / (least + 1).
        let least = f64::from(self.informing.least);
        math::ln(((least + 1.0) * (mean - least)).max(1e-12))
    }

    fn shift(&self) -> f64 {
        self.shift
    }
}

/// ln Z of the window at η = ln λ, the mean and the variance of the count in it.
pub(crate) fn window_mass(window: Window, eta: f64) -> Derivatives {
    let lambda = math::exp(eta);
    let least = f64::from(window.least);
    if window.most.is_none() && lambda >= 2.0 {
        // With q = P(K ≥ least) and e = λ P(K = least − 1)/q the mean is λ + e and the variance
        // λ + e (least − λ − e).
        let mut mass = math::exp(-lambda);
        let mut below = mass;
        for k in 1..window.least {
            mass *= lambda / f64::from(k);
            below += mass;
        }
        let q = 1.0 - below;
        let e = if mass > 0.0 { lambda * mass / q } else { 0.0 };
        return Derivatives {
            value: lambda + math::ln_1p(-below),
            first: lambda + e,
            second: lambda + e * (least - lambda - e),
        };
    }
    // Terms relative to the first, all positive, so that nothing cancels at small rates.
    let (mut term, mut sum, mut sum_d, mut sum_d2) = (1.0, 0.0, 0.0, 0.0);
    let mut d = 0.0;
    let last = window
        .most
        .map_or(f64::INFINITY, |most| f64::from(most) - least);
    while d < last {
        d += 1.0;
        term *= lambda / (least + d);
        sum += term;
        sum_d += d * term;
        sum_d2 += d * d * term;
        if d > 2.0 && d * d * term < 1e-18 * sum_d2 {
            break;
        }
    }
    let excess = sum_d / (1.0 + sum);
    Derivatives {
        value: least * eta - math::ln_factorial(least) + math::ln_1p(sum),
        first: least + excess,
        second: sum_d2 / (1.0 + sum) - excess * excess,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// Mass, mean and variance by adding up the distribution with Kahan's correction.
    fn slowly(window: Window, eta: f64) -> [f64; 3] {
        let lambda = eta.exp();
        let most = window.most.unwrap_or(window.least + 400);
        let log = |k: u32| f64::from(k) * eta - math::ln_factorial(f64::from(k));
        let top = (window.least..=most).map(log).fold(f64::MIN, f64::max);
        let ks = || (window.least..=most).map(|k| (f64::from(k), (log(k) - top).exp()));
        let z: f64 = ks().map(|(_, p)| p).sum();
        let mean = ks().map(|(k, p)| k * p).sum::<f64>() / z;
        let variance = ks().map(|(k, p)| (k - mean).powi(2) * p).sum::<f64>() / z;
        assert!(lambda < 150.0);
        [top + z.ln(), mean, variance]
    }

    #[test]
    fn masses_agree_with_sums_on_both_sides_of_the_seam() {
        for window in [Window::FROM_ONE, Window::FROM_TWO, Window::ONE_OR_TWO] {
            for lambda in [
                1e-6, 0.01, 0.3, 1.0, 1.999_999, 2.0, 2.5, 7.0, 40.0, 120.0_f64,
            ] {
                let got = window_mass(window, lambda.ln());
                let want = slowly(window, lambda.ln());
                let got = [got.value, got.first, got.second];
                for (a, b) in got.iter().zip(want) {
                    // The variance by sums of squares loses digits where the count hardly varies.
                    assert!(
                        (a - b).abs() <= 1e-12 * b.abs().max(1e-6),
                        "{window:?} {lambda}: {a} {b}"
                    );
                }
            }
        }
    }

    #[test]
    fn derivatives_are_those_of_the_likelihood() {
        let h = 1e-5;
        for family in Family::ALL {
            let f = family.counts();
            for eta in [-4.0, -1.2, 0.3, 1.1, 2.5] {
                let times = f.informing().least + 1;
                let at = |x: f64| f.person(times, x);
                let d = at(eta);
                let first = (at(eta + h).value - at(eta - h).value) / (2.0 * h);
                let second = (at(eta + h).first - at(eta - h).first) / (2.0 * h);
                assert!((d.first - first).abs() < 1e-8, "{family:?} {eta}");
                assert!((d.second - second).abs() < 1e-8, "{family:?} {eta}");
                let slope = (f.unseen(eta + h).0 - f.unseen(eta - h).0) / (2.0 * h);
                let (odds, got) = f.unseen(eta);
                assert!((got - slope).abs() < 1e-8 * got.abs(), "{family:?} {eta}");
                assert!(odds > 0.0);
                let mut sum = Derivatives::default();
                let seen = [(times, 3.0), (times - 1, 4.0)];
                for (k, n) in seen {
                    let one = f.person(k, eta);
                    sum.value += n * one.value;
                    sum.first += n * one.first;
                    sum.second += n * one.second;
                }
                let got = f.stratum(&seen, eta);
                assert!((sum.value - got.value).abs() < 1e-12 * sum.value.abs());
                assert!((sum.first - got.first).abs() < 1e-12 * sum.first.abs().max(1.0));
                assert!((sum.second - got.second).abs() < 1e-12 * sum.second.abs());
            }
        }
    }

    #[test]
    fn extreme_rates_stay_numbers() {
        for window in [Window::FROM_ONE, Window::FROM_TWO, Window::ONE_OR_TWO] {
            for eta in [-700.0, -50.0, 20.0, 100.0] {
                let m = window_mass(window, eta);
                assert!(
                    m.value.is_finite() && m.first.is_finite() && m.second >= 0.0,
                    "{window:?} {eta} {m:?}"
                );
            }
        }
    }

    #[test]
    fn families_have_names_and_the_others_are_refused() {
        for family in Family::ALL {
            assert_eq!(Family::parse(family.name()), Ok(family));
            let json = serde_json::to_string(&family).unwrap();
            assert_eq!(json, format!("\"{}\"", family.name()));
        }
        for later in ["ztgeom", "ztnegbin", "oiztpoisson"] {
            let error = Family::parse(later).unwrap_err();
            assert!(matches!(error, EstimateError::NotAvailable(_)) && error.is_usage());
        }
        assert!(matches!(
            Family::parse("poison"),
            Err(EstimateError::Setting(_))
        ));
    }
}

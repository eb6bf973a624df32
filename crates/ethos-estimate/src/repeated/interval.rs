//! Limits: analytic ones, and percentiles of replicates of the whole table.

use super::closed::ClosedForm;
use super::design::{CountDesign, Seen};
use super::existence::face;
use super::family::CountFamily;
use super::fit::{CountFit, fit};
use super::population::unseen;
use super::report::AnalyticLimits;
use super::score::for_masses;
use crate::error::EstimateError;
use crate::interval::control::{Control, in_turns};
use crate::interval::replicates::Replicates;
use crate::interval::resample::{Purpose, Resampler, stream};
use crate::interval::{IntervalMethod, lognormal_interval};
use crate::kernel::math;
use crate::report::finite;

/// Observed and unseen persons with the two parts of the variance of their sum.
#[derive(Debug, Clone, Copy, PartialEq)]
pub(crate) struct Size {
    pub(crate) observed: f64,
    pub(crate) unseen: f64,
    /// From the rates.
    pub(crate) rates: f64,
    /// With the rates known.
    pub(crate) sampling: f64,
}

impl Size {
    /// Of a closed form, whose variance is that of the unseen with N fixed.
    pub(crate) fn of_closed(observed: f64, form: ClosedForm) -> Self {
        Self {
            observed,
            unseen: form.unseen,
            rates: form.variance - form.unseen,
            sampling: form.unseen,
        }
    }

    pub(crate) fn variance(self) -> f64 {
        self.rates + self.sampling
    }

    /// Standard error of ln n0 by the log-normal: √ln(1 + se²/n0²). None where nobody is unseen.
    pub(crate) fn se_log(self) -> Option<f64> {
        let ratio = self.variance() / (self.unseen * self.unseen);
        finite(math::ln_1p(ratio).sqrt())
    }

    /// Whether the unseen are known at all: at a standard error of twice the estimate the log-normal
    /// interval spans two orders of magnitude, and the delta method says nothing any more.
    pub(crate) fn is_bounded(self) -> bool {
        self.rates <= 4.0 * self.unseen * self.unseen
    }

    /// Estimate ∓ z se, cut at the observed.
    pub(crate) fn normal(self, level: f64) -> AnalyticLimits {
        let half = math::normal_quantile(0.5 + level / 2.0) * self.variance().sqrt();
        let estimate = self.observed + self.unseen;
        self.limits((estimate - half).max(self.observed), estimate + half)
    }

    /// The log-normal interval.
    pub(crate) fn lognormal(self, level: f64) -> AnalyticLimits {
        let (lower, upper) = lognormal_interval(self.observed, self.unseen, self.variance(), level);
        self.limits(lower, upper)
    }

    fn limits(self, lower: f64, upper: f64) -> AnalyticLimits {
        AnalyticLimits {
            lower: finite(lower),
            upper: finite(upper).filter(|_| self.is_bounded()),
        }
    }
}

/// Draws and estimates `count` replicates, or the first of them if the run is stopped.
///
/// Parametric: persons who inform the fit are drawn from it, the others as observed.
/// Strata whose rate vanishes in a replicate are infinite in it; the others keep their estimate.
#[allow(clippy::too_many_arguments)] // one call, each argument a different thing
pub(crate) fn replicates(
    design: &CountDesign,
    family: &dyn CountFamily,
    parent: &CountFit,
    seen: &Seen,
    unseen_total: f64,
    method: IntervalMethod,
    count: u64,
    seed: u64,
    control: &Control<'_>,
) -> Result<Replicates, EstimateError> {
    let layout = Layout::new(family, parent, seen, method);
    let resampler = Resampler::new(method, &layout.observed, &layout.means, unseen_total)?;
    let start: Vec<f64> = parent
        .coefficients
        .iter()
        .map(|c| c.unwrap_or_default())
        .collect();
    let strata = seen.strata.len();
    let values = in_turns(
        0..count,
        strata,
        1,
        control,
        || vec![0.0; layout.cells.len()],
        |y, r, out| {
            resampler.draw(&mut stream(seed, Purpose::Repeated, 0, r.start), y);
            let drawn = layout.seen(strata, y);
            out.copy_from_slice(&estimate(design, family, &drawn, &start));
        },
    );
    Ok(Replicates { strata, values })
}

/// Population per stratum; infinite where there is no estimate.
fn estimate(
    design: &CountDesign,
    family: &dyn CountFamily,
    seen: &Seen,
    start: &[f64],
) -> Vec<f64> {
    let informing = seen.informing(family);
    let face = face(design, family, &informing);
    let Some(fit) = fit(design, family, &informing, &face, Some(start)) else {
        return vec![f64::INFINITY; seen.strata.len()];
    };
    let n0 = unseen(&fit, family, seen).persons;
    n0.iter()
        .enumerate()
        .map(|(s, &u)| {
            let total = seen.persons(s) + u;
            if total.is_nan() { f64::INFINITY } else { total }
        })
        .collect()
}

/// The cells that replicates may fill.
struct Layout {
    /// Stratum and times seen.
    cells: Vec<(usize, u32)>,
    observed: Vec<f64>,
    means: Vec<f64>,
}

impl Layout {
    fn new(family: &dyn CountFamily, fit: &CountFit, seen: &Seen, method: IntervalMethod) -> Self {
        let mut out = Self {
            cells: Vec::new(),
            observed: Vec::new(),
            means: Vec::new(),
        };
        let window = family.informing();
        for (s, cells) in seen.strata.iter().enumerate() {
            let modelled = method == IntervalMethod::Parametric && fit.eta[s].is_finite();
            for &(k, n) in cells {
                let by_model = modelled && window.contains(k);
                out.cells.push((s, k));
                out.observed.push(n);
                out.means.push(if by_model { 0.0 } else { n });
            }
            if modelled {
                let persons = seen.within(s, window);
                for_masses(family, fit.eta[s], |k, mass| {
                    if persons * mass > 1e-12 {
                        out.cells.push((s, k));
                        out.observed.push(0.0);
                        out.means.push(persons * mass);
                    }
                });
            }
        }
        out
    }

    fn seen(&self, strata: usize, y: &[f64]) -> Seen {
        let mut out = vec![Vec::new(); strata];
        for (&(s, k), &n) in self.cells.iter().zip(y) {
            if n > 0.0 {
                out[s].push((k, n));
            }
        }
        Seen { strata: out }
    }
}

#[cfg(test)]
mod tests {
    use super::super::family::Family;
    use super::super::table::RepeatedTable;
    use super::*;

    #[test]
    fn replicates_of_a_common_rate_have_the_analytic_spread() {
        let t = RepeatedTable::from_frequencies([(1, 600), (2, 310), (3, 110), (4, 30), (5, 6)])
            .unwrap();
        let design = CountDesign::intercept(&t).unwrap();
        let seen = Seen::of(&t);
        for which in Family::ALL {
            let family = which.counts();
            let informing = seen.informing(family);
            let face = face(&design, family, &informing);
            let parent = fit(&design, family, &informing, &face, None).unwrap();
            let u = unseen(&parent, family, &seen);
            let size = u.size(&design, &parent, &seen, &[0]);
            for method in [IntervalMethod::Parametric, IntervalMethod::Semiparametric] {
                let control = Control::new(20_000, None);
                let r = replicates(
                    &design,
                    family,
                    &parent,
                    &seen,
                    size.unseen,
                    method,
                    20_000,
                    7,
                    &control,
                )
                .unwrap();
                let sums = r.sums(&[0]);
                // The relative error of a standard deviation from 20,000 draws is 0.005, or twice that with tails; the delta
                // method itself is off by a few per cent of a skewed distribution.
                let ratio = sums.sd() / size.variance().sqrt();
                assert!((ratio - 1.0).abs() < 0.08, "{which:?} {method:?} {ratio}");
                assert_eq!(sums.failed(), 0);
            }
        }
    }
}

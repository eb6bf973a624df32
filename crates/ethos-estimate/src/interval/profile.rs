//! The profile-likelihood interval of the unseen count (Cormack 1992, Biometrics 48:567).

use serde::{Deserialize, Deserializer, Serialize, Serializer};
use statrs::function::gamma::digamma;

use crate::design::{Data, Design};
use crate::error::EstimateError;
use crate::fit::fit;
use crate::kernel::math;
use crate::kernel::newton::{Stop, Workspace, newton};
use crate::model::Model;
use crate::table::CaptureTable;

/// The profile of a model without covariates.
#[derive(Debug, Clone, Copy, PartialEq, Serialize, Deserialize)]
pub struct Profile {
    /// Population that maximises the profile: the unconditional multinomial estimate.
    pub maximum: f64,
    /// Lower limit; the number observed if the profile never falls below the cut.
    pub lower: f64,
    /// Upper limit; infinite if the profile stays above the cut, and `null` in JSON then.
    #[serde(
        serialize_with = "finite_or_null",
        deserialize_with = "null_is_infinite"
    )]
    pub upper: f64,
}

#[allow(
    clippy::trivially_copy_pass_by_ref,
    reason = "serde passes a reference"
)]
fn finite_or_null<S: Serializer>(x: &f64, out: S) -> Result<S::Ok, S::Error> {
    x.is_finite().then_some(*x).serialize(out)
}

fn null_is_infinite<'de, D: Deserializer<'de>>(input: D) -> Result<f64, D::Error> {
    Ok(Option::deserialize(input)?.unwrap_or(f64::INFINITY))
}

/// The profile-likelihood interval of a model on a table without covariates.
///
/// For `x` unseen persons the complete table, unseen cell included, is fitted and
/// its multinomial likelihood maximised over everything but x. The maximum lies
/// slightly below the conditional estimate that [`fit`](crate::fit) reports. Errors: the model
/// has no estimate, the table has covariates, or a fit fails.
///
/// ```
/// use ethos_estimate::{CaptureTable, Model, Term, profile_interval};
/// // Hepatitis A (Chao et al. 2001), independence: 95 % interval 350.3136 to 435.4140.
/// let t = CaptureTable::from_histories(["P", "Q", "E"], [
///     ("001", 63), ("010", 55), ("011", 18), ("100", 69), ("101", 17), ("110", 21), ("111", 28)])?;
/// let p = profile_interval(&t, &Model::from_generators((0..3).map(Term::list)), 0.95)?;
/// assert!((p.lower - 350.3136).abs() < 1e-4 && (p.upper - 435.4140).abs() < 1e-4);
/// # Ok::<(), ethos_estimate::EstimateError>(())
/// ```
pub fn profile_interval(
    table: &CaptureTable,
    model: &Model,
    level: f64,
) -> Result<Profile, EstimateError> {
    if table.strata() > 1 {
        return Err(EstimateError::Setting(
            "the profile interval is for tables without covariates".into(),
        ));
    }
    if !(level > 0.0 && level < 1.0) {
        return Err(EstimateError::Setting(format!(
            "level {level} is not between 0 and 1"
        )));
    }
    let fitted = fit(table, model)?;
    let design = Design::new(table.shape(), model);
    profile(
        &design,
        &Data::of(table),
        fitted.unseen_total(),
        level,
        &mut Workspace::default(),
    )
    .ok_or_else(|| {
        let name = model.notation(table.lists(), table.factors());
        EstimateError::NotConverged(format!("the profile of {name}"))
    })
}

struct Curve<'a> {
    design: &'a Design,
    kept: Vec<u32>,
    program: &'a crate::kernel::newton::Program,
    y: Vec<f64>,
    n: f64,
    ws: &'a mut Workspace,
    warm: bool,
}

impl Curve<'_> {
    /// Profile log-likelihood (without Σ ln y!) at `x` unseen persons, and its derivative.
    fn at(&mut self, x: f64) -> Option<(f64, f64)> {
        self.y[0] = x;
        let mut outcome = newton(
            &self.design.shape,
            self.program,
            &self.kept,
            &self.y,
            self.warm,
            self.ws,
        );
        if outcome.stop != Stop::Converged && self.warm {
            outcome = newton(
                &self.design.shape,
                self.program,
                &self.kept,
                &self.y,
                false,
                self.ws,
            );
        }
        self.warm = outcome.stop == Stop::Converged;
        if !self.warm {
            return None;
        }
        let total = self.n + x;
        let value = math::ln_factorial(total) - math::ln_factorial(x) + outcome.kernel + total
            - total * math::ln(total);
        let slope = digamma(total + 1.0) - digamma(x + 1.0) + self.ws.eta[0] - math::ln(total);
        (value.is_finite() && slope.is_finite()).then_some((value, slope))
    }
}

/// Unseen counts above this multiple of the observed are taken as infinite.
const FAR: f64 = 1e9;

/// Profiles the unseen count around its estimate; `None` if the complete table cannot be fitted.
///
/// The interval holds all N = n + x whose profile is within half the χ²₁ quantile
/// of the maximum; x is continuous.
pub(crate) fn profile(
    design: &Design,
    data: &Data,
    unseen: f64,
    level: f64,
    ws: &mut Workspace,
) -> Option<Profile> {
    let reduced = design.reduced_support(data);
    let support = reduced.as_ref().unwrap_or(&design.full);
    let mut kept = vec![0_u32];
    kept.extend(&support.kept);
    let mut curve = Curve {
        design,
        kept,
        program: &support.program,
        y: data.y.clone(),
        n: data.n,
        ws,
        warm: false,
    };
    walk(data.n, unseen, level, |x| curve.at(x))
}

/// The limits of a profile given by its value and slope `at` any number of unseen persons, walked
/// from the estimate `unseen`; `observed` persons were seen. `None` if the profile cannot be computed
/// where a limit would lie: a limit is unbounded only where the profile is seen to stay above the cut.
pub(crate) fn walk(
    observed: f64,
    unseen: f64,
    level: f64,
    mut at: impl FnMut(f64) -> Option<(f64, f64)>,
) -> Option<Profile> {
    let z = math::normal_quantile(0.5 + level / 2.0);
    let far = FAR * observed.max(1.0);

    // The maximum: bracket the root of the slope, then bisect in log(x + 1).
    let mut low = unseen.max(1e-3);
    while low > 1e-9 && at(low)?.1 < 0.0 {
        low /= 2.0;
    }
    let mut high = unseen.max(1.0);
    while high < far && at(high)?.1 > 0.0 {
        high *= 2.0;
    }
    let top = bisect(low, high, |x| at(x).map(|v| v.1))?;
    let best = at(top)?.0;
    let cut = best - z * z / 2.0;

    // Halves until it is below the cut, or nobody is left unseen.
    let mut below = top / 2.0;
    while below >= 1e-6 && at(below)?.0 >= cut {
        below /= 2.0;
    }
    let (end, falls) = if below >= 1e-6 {
        (below, true)
    } else {
        (1e-9, at(1e-9)?.0 < cut)
    };
    let lower = if falls {
        bisect(end, top, |x| at(x).map(|v| cut - v.0))?
    } else {
        0.0
    };
    let upper = match fall(top, far, cut, &mut at)? {
        Fall::Between(good, above) => bisect(good, above, |x| at(x).map(|v| v.0 - cut))?,
        Fall::Never => f64::INFINITY,
    };
    Some(Profile {
        maximum: observed + top,
        lower: observed + lower,
        upper: observed + upper,
    })
}

/// Halvings of a step that led to where the profile cannot be computed.
const RETREATS: u32 = 30;

/// Where a profile falls below its cut.
enum Fall {
    /// Between these two numbers.
    Between(f64, f64),
    /// Nowhere up to the largest number looked at.
    Never,
}

/// Where above `top` the profile falls below the cut, if it does up to `far`.
///
/// Where a fit fails, the end is sought before it. Not known is not unbounded: if the profile stays
/// above the cut up to a failure, there is no answer.
fn fall(
    top: f64,
    far: f64,
    cut: f64,
    at: &mut impl FnMut(f64) -> Option<(f64, f64)>,
) -> Option<Fall> {
    let mut good = top;
    let mut above = 2.0 * top.max(0.5);
    while above <= far {
        match at(above) {
            Some(v) if v.0 < cut => return Some(Fall::Between(good, above)),
            Some(_) => (good, above) = (above, 2.0 * above),
            None => {
                for _ in 0..RETREATS {
                    let middle = 0.5 * (good + above);
                    match at(middle) {
                        Some(v) if v.0 < cut => return Some(Fall::Between(good, middle)),
                        Some(_) => good = middle,
                        None => above = middle,
                    }
                }
                return None;
            }
        }
    }
    Some(Fall::Never)
}

/// The point where `f` changes from positive to negative, bisecting in log(x + 1).
fn bisect(low: f64, high: f64, mut f: impl FnMut(f64) -> Option<f64>) -> Option<f64> {
    let (mut a, mut b) = (math::ln_1p(low), math::ln_1p(high));
    for _ in 0..200 {
        let m = 0.5 * (a + b);
        if m <= a || m >= b || b - a < 1e-14 * b {
            break;
        }
        if f(m.exp_m1())? > 0.0 {
            a = m;
        } else {
            b = m;
        }
    }
    Some((0.5 * (a + b)).exp_m1())
}

#[cfg(test)]
mod tests {
    use super::*;

    /// A parabola in ln x around 100, which cannot be computed outside `within`.
    fn limits(within: std::ops::Range<f64>) -> Option<Profile> {
        walk(50.0, 100.0, 0.95, |x| {
            let d = math::ln(x / 100.0);
            within.contains(&x).then_some((-8.0 * d * d, -16.0 * d / x))
        })
    }

    #[test]
    fn what_cannot_be_computed_is_not_unbounded() {
        let whole = limits(0.0..f64::INFINITY).unwrap();
        let half = (0.5 * 1.959_963_984_540_054_f64.powi(2) / 8.0).sqrt();
        for (got, want) in [
            (whole.lower, -half),
            (whole.maximum, 0.0),
            (whole.upper, half),
        ] {
            assert!(
                (got - 50.0 - 100.0 * math::exp(want)).abs() < 1e-6,
                "{got} {want}"
            );
        }
        // A failure beyond the limit is walked around: to 100 exp(0.49), doubled from 100.
        assert_eq!(
            limits(0.0..180.0).unwrap().upper.round(),
            whole.upper.round()
        );
        // One before a limit leaves it unknown.
        assert_eq!(limits(0.0..150.0), None);
        assert_eq!(limits(80.0..f64::INFINITY), None);
        // A profile that is seen to stay above the cut has no upper limit.
        let flat = walk(50.0, 100.0, 0.95, |x| Some((-1.0 / x, 0.0))).unwrap();
        assert_eq!(flat.upper, f64::INFINITY);
    }
}

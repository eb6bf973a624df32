//! Quality rounding of estimates: points to the nearest multiple, limits outward, and nothing
//! below what was seen.

use ethos_model::cell::{Estimate, EstimateStatus};

/// An estimate in whole persons, rounded for publication.
#[derive(Copy, Clone, PartialEq, Eq, Debug)]
pub struct RoundedEstimate {
    /// Whether it exists.
    pub status: EstimateStatus,
    /// The estimate; `None` when there is none.
    pub point: Option<u64>,
    /// Lower limit.
    pub lower: Option<u64>,
    /// Upper limit; `None` when the data set none.
    pub upper: Option<u64>,
}

/// Rounds an estimate to multiples of `base`.
///
/// The point goes to the nearest multiple, ties to the even one. The lower limit goes down and
/// the upper limit up, so that the published interval contains the computed one. `floor` is the
/// published count of the persons the estimate includes: a limit below it becomes the count
/// itself, a point below it the next multiple above.
///
/// ```
/// use ethos_model::cell::{Estimate, EstimateStatus};
/// use ethos_publish::protect::round::round;
/// let estimate = Estimate {
///     status: EstimateStatus::Ok,
///     point: Some(30_649.0),
///     lower: Some(27_803.0),
///     upper: Some(34_801.0),
/// };
/// let rounded = round(&estimate, 100, 8_800);
/// assert_eq!((rounded.lower, rounded.point, rounded.upper), (Some(27_800), Some(30_600), Some(34_900)));
/// ```
pub fn round(estimate: &Estimate, base: u64, floor: u64) -> RoundedEstimate {
    let base = base.max(1);
    let finite = |value: Option<f64>| value.filter(|value| value.is_finite());
    let (Some(point), true) = (
        finite(estimate.point),
        estimate.status != EstimateStatus::NotEstimable,
    ) else {
        return super::NOT_ESTIMABLE;
    };
    let above = |value: u64| {
        if value < floor {
            next(floor, base)
        } else {
            value
        }
    };
    let point = above(nearest(point, base));
    let lower = finite(estimate.lower).map(|value| down(value, base).max(floor));
    let upper = finite(estimate.upper)
        .filter(|_| estimate.status == EstimateStatus::Ok)
        .map(|value| above(up(value, base)).max(lower.unwrap_or(0)));
    let unbounded = estimate.status == EstimateStatus::Unbounded
        || estimate.upper.is_some_and(f64::is_infinite);
    RoundedEstimate {
        status: if unbounded {
            EstimateStatus::Unbounded
        } else {
            EstimateStatus::Ok
        },
        point: Some(point),
        lower,
        upper,
    }
}

/// Nearest multiple, ties to the even one. Numbers beyond 2⁵³ are not exact, as they came in.
fn nearest(value: f64, base: u64) -> u64 {
    let multiple = value.max(0.0) / base as f64;
    (multiple.round_ties_even() as u64).saturating_mul(base)
}

fn down(value: f64, base: u64) -> u64 {
    ((value.max(0.0) / base as f64).floor() as u64).saturating_mul(base)
}

fn up(value: f64, base: u64) -> u64 {
    ((value.max(0.0) / base as f64).ceil() as u64).saturating_mul(base)
}

fn next(value: u64, base: u64) -> u64 {
    value.div_ceil(base).saturating_mul(base)
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    fn ok(point: f64, lower: f64, upper: f64) -> Estimate {
        Estimate {
            status: EstimateStatus::Ok,
            point: Some(point),
            lower: Some(lower),
            upper: Some(upper),
        }
    }

    proptest! {
        #[test]
        fn intervals_open_outward_and_stay_above_what_was_seen(
            seen in 0_u64..20_000,
            added in 0.0_f64..50_000.0,
            below in 0.0_f64..1.0,
            above in 0.0_f64..3.0,
            base in 1_u64..500,
        ) {
            let n = seen as f64;
            let (lower, upper) = (n + added * below, n + added * (1.0 + above));
            let rounded = round(&ok(n + added, lower, upper), base, seen);
            let (low, point, high) =
                (rounded.lower.unwrap(), rounded.point.unwrap(), rounded.upper.unwrap());
            prop_assert!(low >= seen && point >= seen && high >= seen);
            prop_assert!(low as f64 <= lower && high as f64 >= upper);
            prop_assert!(low <= point && point <= high);
            prop_assert_eq!(point % base, 0);
            prop_assert_eq!(high % base, 0);
            prop_assert!(low % base == 0 || low == seen);
        }
    }

    #[test]
    fn what_does_not_exist_stays_away() {
        assert_eq!(round(&Estimate::NONE, 100, 10), super::super::NOT_ESTIMABLE);
        let nan = ok(f64::NAN, 1.0, 2.0);
        assert_eq!(round(&nan, 100, 10), super::super::NOT_ESTIMABLE);
    }

    #[test]
    fn no_upper_limit_is_said() {
        let mut estimate = ok(120.0, 90.0, f64::INFINITY);
        assert_eq!(round(&estimate, 10, 0).status, EstimateStatus::Unbounded);
        estimate.status = EstimateStatus::Unbounded;
        estimate.upper = Some(500.0);
        let rounded = round(&estimate, 10, 0);
        assert_eq!(
            (rounded.status, rounded.upper),
            (EstimateStatus::Unbounded, None)
        );
    }

    #[test]
    fn a_limit_below_the_count_becomes_the_count() {
        let rounded = round(&ok(9_540.0, 9_512.0, 9_610.0), 100, 9_540);
        assert_eq!(
            (rounded.lower, rounded.point, rounded.upper),
            (Some(9_540), Some(9_600), Some(9_700))
        );
    }
}

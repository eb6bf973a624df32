//! The change of a published figure, and whether the data can tell that it changed.

use ethos_model::category::Language;
use ethos_model::cell::{CellState, EstimateStatus};

use crate::protect::{RoundedEstimate, SafeFigure};

/// A change with its limits, in persons.
///
/// Of two estimates the limits are those of Zou and Donner (2008), recovered from the limits of
/// each as if the years were drawn independently: people who are seen in both make the truth
/// narrower, so that these are on the safe side. Of two counts they say what rounding leaves open,
/// and nothing of those whom nobody counted.
#[derive(Copy, Clone, PartialEq, Eq, Debug)]
pub struct Change {
    /// The later figure minus the earlier.
    pub difference: i64,
    /// Lower limit.
    pub lower: i64,
    /// Upper limit; none where an estimate has none.
    pub upper: Option<i64>,
}

/// Whether the data can tell that an indicator changed.
#[derive(Copy, Clone, PartialEq, Eq, Debug)]
pub enum Verdict {
    /// Both limits lie on one side of zero: it rose.
    Rose,
    /// Both limits lie on one side of zero: it fell.
    Fell,
    /// The limits hold zero.
    CannotTell,
    /// One of the figures is a minimum: what is missing may be the change.
    Incomplete,
    /// A break in the series lies between the figures.
    Broken,
    /// A source is used for one of the dates and not for the other.
    OtherSources,
    /// There is no earlier figure, or one of the two is no number or has no limit to reckon with.
    NoComparison,
}

impl Change {
    /// The change from one figure to another; `None` unless both are numbers of one kind. `base`
    /// is what figures of that kind are rounded to; limits are rounded outward to it, as all are.
    pub fn between(before: SafeFigure, after: SafeFigure, base: u64) -> Option<Self> {
        match (before, after) {
            (SafeFigure::Count { persons: a, .. }, SafeFigure::Count { persons: b, .. }) => {
                let difference = signed(b) - signed(a);
                // Rounding moves each by at most the base, less one.
                let open = 2 * (signed(base) - 1);
                let open = outward(open as f64, base);
                Some(Self {
                    difference,
                    lower: difference - open,
                    upper: Some(difference + open),
                })
            }
            (SafeFigure::Estimate(a), SafeFigure::Estimate(b)) => of_estimates(&a, &b, base),
            _ => None,
        }
    }
}

fn signed(persons: u64) -> i64 {
    i64::try_from(persons).unwrap_or(i64::MAX / 4)
}

/// A distance from a multiple of the base to a limit, not below what it is.
fn outward(distance: f64, base: u64) -> i64 {
    let base = base.max(1) as f64;
    ((distance / base).ceil() * base) as i64
}

fn of_estimates(a: &RoundedEstimate, b: &RoundedEstimate, base: u64) -> Option<Change> {
    let (before, after) = (a.point?, b.point?);
    let below = |estimate: &RoundedEstimate| Some(estimate.point? as f64 - estimate.lower? as f64);
    let above = |estimate: &RoundedEstimate| {
        (estimate.status == EstimateStatus::Ok)
            .then_some(estimate.upper? as f64 - estimate.point? as f64)
    };
    let difference = signed(after) - signed(before);
    // Without an upper limit of the earlier figure nothing bounds how much it fell.
    let fall = below(b)?.hypot(above(a)?);
    let rise = above(b)
        .zip(below(a))
        .map(|(above, below)| above.hypot(below));
    Some(Change {
        difference,
        lower: difference - outward(fall, base),
        upper: rise.map(|rise| difference + outward(rise, base)),
    })
}

impl Verdict {
    /// Whether the data can tell, in words: yes, no, or why that is not measurable.
    pub fn words(self, estimated: bool, language: Language) -> &'static str {
        let pick = |nl, en| language.pick(nl, en);
        match (self, estimated) {
            (Self::Rose, true) => pick("ja: gestegen", "yes: it rose"),
            (Self::Rose, false) => pick("ja: meer mensen gezien", "yes: more people were seen"),
            (Self::Fell, true) => pick("ja: gedaald", "yes: it fell"),
            (Self::Fell, false) => pick("ja: minder mensen gezien", "yes: fewer people were seen"),
            (Self::CannotTell, _) => pick(
                "nee: geen verandering ligt ook binnen de grenzen",
                "no: no change is within the limits as well",
            ),
            (Self::Incomplete, _) => pick(
                "niet meetbaar: een van de twee is een minimum",
                "not measurable: one of the two is a minimum",
            ),
            (Self::Broken, _) => pick(
                "niet meetbaar: breuk in de reeks",
                "not measurable: a break in the series",
            ),
            (Self::OtherSources, _) => pick(
                "niet meetbaar: andere bronnen dan op de vorige peildatum",
                "not measurable: other sources than on the date before",
            ),
            (Self::NoComparison, _) => pick(
                "niet meetbaar: er zijn geen twee cijfers met grenzen",
                "not measurable: there are no two figures with limits",
            ),
        }
    }

    /// What can be told of a change.
    pub fn of(before: Option<SafeFigure>, after: SafeFigure, change: Option<Change>) -> Self {
        let (Some(before), Some(change)) = (before, change) else {
            return Self::NoComparison;
        };
        let partial = |figure| {
            matches!(
                figure,
                SafeFigure::Count {
                    state: CellState::Partial,
                    ..
                }
            )
        };
        if partial(before) || partial(after) {
            Self::Incomplete
        } else if change.lower > 0 {
            Self::Rose
        } else if change.upper.is_some_and(|upper| upper < 0) {
            Self::Fell
        } else {
            Self::CannotTell
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn estimate(point: u64, lower: u64, upper: u64) -> SafeFigure {
        SafeFigure::Estimate(RoundedEstimate {
            status: EstimateStatus::Ok,
            point: Some(point),
            lower: Some(lower),
            upper: Some(upper),
        })
    }

    fn count(persons: u64, state: CellState) -> SafeFigure {
        SafeFigure::Count { persons, state }
    }

    #[test]
    fn limits_of_a_difference_are_recovered_from_those_of_its_parts() {
        // 3-4-5: the lower limit takes 300 below and 400 above, the upper 600 and 800.
        let change = Change::between(
            estimate(2_000, 1_200, 2_400),
            estimate(5_000, 4_700, 5_600),
            5,
        );
        let expected = Change {
            difference: 3_000,
            lower: 2_500,
            upper: Some(4_000),
        };
        assert_eq!(change, Some(expected));
        let verdict =
            |before, after| Verdict::of(Some(before), after, Change::between(before, after, 5));
        let (low, high) = (estimate(2_000, 1_200, 2_400), estimate(5_000, 4_700, 5_600));
        assert_eq!(verdict(low, high), Verdict::Rose);
        assert_eq!(verdict(high, low), Verdict::Fell);
        assert_eq!(verdict(low, low), Verdict::CannotTell);
    }

    #[test]
    fn counts_tell_no_more_than_rounding_leaves() {
        let seen = |persons| count(persons, CellState::Seen);
        let change = Change::between(seen(100), seen(105), 5).unwrap();
        assert_eq!((change.lower, change.upper), (-5, Some(15)));
        let verdict =
            |before, after| Verdict::of(Some(before), after, Change::between(before, after, 5));
        assert_eq!(verdict(seen(100), seen(105)), Verdict::CannotTell);
        assert_eq!(verdict(seen(100), seen(110)), Verdict::CannotTell);
        assert_eq!(verdict(seen(100), seen(115)), Verdict::Rose);
        let partial = count(110, CellState::Partial);
        assert_eq!(verdict(seen(100), partial), Verdict::Incomplete);
        assert_eq!(
            verdict(seen(100), SafeFigure::Suppressed),
            Verdict::NoComparison
        );
        assert_eq!(Verdict::of(None, seen(100), None), Verdict::NoComparison);
    }

    #[test]
    fn limits_are_rounded_outward() {
        let change = Change::between(
            estimate(1_000, 900, 1_200),
            estimate(1_500, 1_400, 1_700),
            50,
        );
        // 100 below and 200 above: 223.6.
        let change = change.unwrap();
        assert_eq!((change.lower, change.upper), (250, Some(750)));
    }

    #[test]
    fn what_has_no_upper_limit_may_have_risen_by_anything() {
        let open = SafeFigure::Estimate(RoundedEstimate {
            status: EstimateStatus::Unbounded,
            point: Some(5_000),
            lower: Some(4_700),
            upper: None,
        });
        let change = Change::between(estimate(2_000, 1_200, 2_400), open, 5).unwrap();
        assert_eq!((change.lower, change.upper), (2_500, None));
        assert_eq!(
            Change::between(open, estimate(2_000, 1_200, 2_400), 5),
            None
        );
    }
}

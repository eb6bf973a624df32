//! The change of a published figure, and whether the data can tell that it changed.

use ethos_model::category::Language;
use ethos_model::cell::{CellState, EstimateStatus};
use ethos_model::date::Day;
use ethos_model::study::Study;

use crate::notes;
use crate::protect::{RoundedEstimate, SafeFigure};

/// A change with its limits, in persons.
///
/// Of two estimates the limits are those of Zou and Donner (2008), recovered from the limits of
/// each as if the years were drawn independently: people who are seen in both make the truth
/// narrower, so that these are on the safe side. Of two counts they say what protection leaves open,
/// which differs by its method, and nothing of those whom nobody counted.
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
    /// One of the figures is a minimum, or both are and lack different things: what is missing may
    /// be the change.
    Incomplete,
    /// A break in the series lies between the figures.
    Broken,
    /// A source is used for one of the dates and not for the other.
    OtherSources,
    /// There is no earlier figure, or one of the two is no number or has no limit to reckon with.
    NoComparison,
}

impl Change {
    /// The change from one figure to another; `None` unless both are numbers of one kind. Of counts it
    /// takes those that a published one can stand for, first and last, and its limits are no narrower than these; of
    /// estimates the `base` that they are rounded to, and its limits are rounded outward to it.
    ///
    /// ```
    /// use ethos_model::cell::CellState;
    /// use ethos_publish::dashboard::Change;
    /// use ethos_publish::protect::SafeFigure;
    /// let seen = |persons| SafeFigure::Count { persons, state: CellState::Seen };
    /// // Rounded to the nearest five: 98 to 102 became 108 to 112.
    /// let change = Change::between(seen(100), seen(110), |n| (n - 2, n + 2), 100).unwrap();
    /// assert_eq!((change.lower, change.difference, change.upper), (6, 10, Some(14)));
    /// ```
    pub fn between(
        before: SafeFigure,
        after: SafeFigure,
        stands_for: impl Fn(u64) -> (u64, u64),
        base: u64,
    ) -> Option<Self> {
        match (before, after) {
            (SafeFigure::Count { persons: a, .. }, SafeFigure::Count { persons: b, .. }) => {
                let (fewest_before, most_before) = stands_for(a);
                let (fewest_after, most_after) = stands_for(b);
                Some(Self {
                    difference: signed(b) - signed(a),
                    lower: signed(fewest_after) - signed(most_before),
                    upper: Some(signed(most_after) - signed(fewest_before)),
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

/// Whether persons may be missing in a count.
pub fn is_minimum(figure: SafeFigure) -> bool {
    matches!(
        figure,
        SafeFigure::Count {
            state: CellState::Partial,
            ..
        }
    )
}

/// A figure and its date.
pub type Dated = (Day, SafeFigure);

impl Verdict {
    /// Whether the data can tell, in words: yes, no, or why that is not measurable.
    pub fn words(self, estimated: bool, language: Language) -> String {
        let pick = |nl: &str, en: &str| language.pick(nl, en).to_owned();
        if let Some(why) = self.why(estimated, language) {
            return format!(
                "{}: {why}",
                language.pick("niet meetbaar", "not measurable")
            );
        }
        match (self, estimated) {
            (Self::Rose, true) => pick("ja: gestegen", "yes: it rose"),
            (Self::Rose, false) => pick("ja: meer mensen gezien", "yes: more people were seen"),
            (Self::Fell, true) => pick("ja: gedaald", "yes: it fell"),
            (Self::Fell, false) => pick("ja: minder mensen gezien", "yes: fewer people were seen"),
            _ => pick(
                "nee: geen verandering ligt ook binnen de grenzen",
                "no: no change is within the limits as well",
            ),
        }
    }

    /// Why a change is not measurable; `None` where it is.
    pub fn why(self, estimated: bool, language: Language) -> Option<&'static str> {
        let pick = |nl, en| Some(language.pick(nl, en));
        match self {
            Self::Rose | Self::Fell | Self::CannotTell => None,
            Self::Incomplete => pick(
                "wat ontbreekt, hoeft niet op beide dagen hetzelfde te zijn",
                "what is missing need not be the same on both dates",
            ),
            Self::Broken => pick("breuk in de reeks", "a break in the series"),
            Self::OtherSources => pick(
                "andere bronnen dan op de vorige peildatum",
                "other sources than on the date before",
            ),
            Self::NoComparison if estimated => pick(
                "er zijn geen twee cijfers met grenzen",
                "there are no two figures with limits",
            ),
            Self::NoComparison => pick(
                "een van de twee cijfers is verborgen of ontbreekt",
                "one of the two figures is withheld or missing",
            ),
        }
    }

    /// What can be told of the change of a figure, of which the same was measured on both dates or not.
    pub fn of(
        study: &Study,
        before: Option<Dated>,
        after: Dated,
        change: Option<Change>,
        same_gaps: bool,
    ) -> Self {
        match (Self::hindrance(study, before, after, same_gaps), change) {
            (Some(hindrance), _) => hindrance,
            (None, None) => Self::NoComparison,
            (None, Some(change)) if change.lower > 0 => Self::Rose,
            (None, Some(change)) if change.upper.is_some_and(|upper| upper < 0) => Self::Fell,
            (None, Some(_)) => Self::CannotTell,
        }
    }

    /// What keeps a change from being told, however large it is; `None` where nothing does. The
    /// one rule of core indicators, factsheets and the funnel plot: two minima are compared as what was
    /// seen on both dates where the same is missing from both, and not otherwise.
    pub fn hindrance(
        study: &Study,
        before: Option<Dated>,
        after: Dated,
        same_gaps: bool,
    ) -> Option<Self> {
        let number = |figure: SafeFigure| figure.value().is_some();
        let Some(before) = before.filter(|before| number(before.1) && number(after.1)) else {
            return Some(Self::NoComparison);
        };
        Self::between(study, before.0, after.0).or_else(|| {
            let apart = match (is_minimum(before.1), is_minimum(after.1)) {
                (false, false) => false,
                (true, true) => !same_gaps,
                _ => true,
            };
            apart.then_some(Self::Incomplete)
        })
    }

    /// What keeps every change between two dates from being told.
    pub fn between(study: &Study, before: Day, after: Day) -> Option<Self> {
        let mut breaks = notes::breaks_between(&study.publish, before, after);
        let mut sources = study.sources.iter();
        if breaks.next().is_some() {
            Some(Self::Broken)
        } else if sources.any(|source| source.used_on(before) != source.used_on(after)) {
            Some(Self::OtherSources)
        } else {
            None
        }
    }
}

#[cfg(test)]
mod tests {
    use std::collections::BTreeMap;

    use ethos_model::study::{Disclosure, DisclosureMethod};

    use super::*;
    use crate::protect::threshold::Rule;
    use crate::stands_for;

    fn estimate(point: u64, lower: u64, upper: u64) -> SafeFigure {
        SafeFigure::Estimate(RoundedEstimate {
            status: EstimateStatus::Ok,
            point: Some(point),
            lower: Some(lower),
            upper: Some(upper),
        })
    }

    /// What controlled rounding to multiples of five leaves open.
    fn near(published: u64) -> (u64, u64) {
        (published.saturating_sub(4), published + 4)
    }

    /// What can be told between two years of a study without breaks, at a base of 5.
    fn told(before: Option<SafeFigure>, after: SafeFigure) -> Verdict {
        let study = "[study]\nname = \"t\"\nreference_date = [2025-01-01, 2026-01-01]\n\
            series = \"t\"\nkey_file = \"t.key\"\n\
            [[source]]\nlist = \"a\"\nlayout = \"register/personen\"\nfiles = \"a.csv\"\n";
        let day = |text| Day::parse(text).unwrap();
        Verdict::of(
            &Study::parse(study).unwrap(),
            before.map(|figure| (day("2025-01-01"), figure)),
            (day("2026-01-01"), after),
            before.and_then(|before| Change::between(before, after, near, 5)),
            false,
        )
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
            near,
            5,
        );
        let expected = Change {
            difference: 3_000,
            lower: 2_500,
            upper: Some(4_000),
        };
        assert_eq!(change, Some(expected));
        let verdict = |before, after| told(Some(before), after);
        let (low, high) = (estimate(2_000, 1_200, 2_400), estimate(5_000, 4_700, 5_600));
        assert_eq!(verdict(low, high), Verdict::Rose);
        assert_eq!(verdict(high, low), Verdict::Fell);
        assert_eq!(verdict(low, low), Verdict::CannotTell);
    }

    #[test]
    fn counts_tell_no_more_than_rounding_leaves() {
        let seen = |persons| count(persons, CellState::Seen);
        let verdict = |before, after| told(Some(before), after);
        // 96 to 104 became 101 to 109: none more, or thirteen.
        assert_eq!(verdict(seen(100), seen(105)), Verdict::CannotTell);
        // At least two more.
        assert_eq!(verdict(seen(100), seen(110)), Verdict::Rose);
        assert_eq!(verdict(seen(110), seen(100)), Verdict::Fell);
        let partial = count(110, CellState::Partial);
        assert_eq!(verdict(seen(100), partial), Verdict::Incomplete);
        assert_eq!(
            verdict(seen(100), SafeFigure::Suppressed),
            Verdict::NoComparison
        );
        assert_eq!(told(None, seen(100)), Verdict::NoComparison);
    }

    #[test]
    fn the_limits_of_counts_are_those_of_the_method() {
        use DisclosureMethod::{ControlledRounding, Threshold};

        let of = |method, base, further, [before, after]: [u64; 2]| {
            let rule = Disclosure {
                method,
                base,
                threshold: 10,
                ..Disclosure::default()
            };
            let seen = |persons| count(persons, CellState::Seen);
            let reads = |published| stands_for(&rule, further, published);
            let change = Change::between(seen(before), seen(after), reads, 100).unwrap();
            (change.lower, change.upper.unwrap())
        };
        // Exact figures have an exact change.
        assert_eq!(of(Threshold, 1, false, [100, 105]), (5, 5));
        // To the nearest five: two either way, twice.
        assert_eq!(of(Threshold, 5, false, [100, 105]), (1, 9));
        // Ten is at least the threshold; a shown zero is nobody.
        assert_eq!(of(Threshold, 5, false, [10, 100]), (86, 92));
        assert_eq!(of(Threshold, 5, false, [100, 0]), (-102, -98));
        // To a multiple of five near it: four either way, twice.
        assert_eq!(of(ControlledRounding, 5, false, [100, 105]), (-3, 13));
        // A count is not below zero.
        assert_eq!(of(ControlledRounding, 5, false, [0, 100]), (92, 104));
        assert_eq!(of(ControlledRounding, 1, false, [100, 105]), (5, 5));
        // Where some counts had to go further, any may have.
        assert_eq!(of(ControlledRounding, 5, true, [100, 200]), (62, 138));
    }

    /// The limits hold the change of every two counts, and at an odd base some of these reach both. At an even
    /// base halves go to even multiples, so that a limit can be one count too wide at either end.
    #[test]
    fn every_change_of_counts_lies_within_its_limits() {
        for (base, threshold) in [(1, 10), (4, 6), (5, 10), (5, 3), (10, 10)] {
            let rule = Disclosure {
                base,
                threshold,
                ..Disclosure::default()
            };
            let round = Rule::new(&rule);
            // Shown counts, and which of their limits were reached.
            let mut reached: BTreeMap<_, [bool; 2]> = BTreeMap::new();
            for (a, b) in (0..40).flat_map(|a| (0..40).map(move |b| (a, b))) {
                if round.is_small(a) || round.is_small(b) {
                    continue;
                }
                let seen = |persons| count(round.round(persons), CellState::Seen);
                let reads = |published| stands_for(&rule, false, published);
                let change = Change::between(seen(a), seen(b), reads, 100).unwrap();
                let true_change = signed(b) - signed(a);
                assert!(
                    (change.lower..=change.upper.unwrap()).contains(&true_change),
                    "{a} to {b} at a base of {base}: {change:?}"
                );
                let both = reached.entry([round.round(a), round.round(b)]).or_default();
                both[0] |= true_change == change.lower;
                both[1] |= Some(true_change) == change.upper;
            }
            // Of the largest shown number not every count was tried.
            let whole = 40 - u64::from(base);
            for (shown, both) in reached {
                if base % 2 == 1 && shown.iter().all(|shown| *shown < whole) {
                    assert_eq!(both, [true, true], "{shown:?} at a base of {base}");
                }
            }
        }
    }

    #[test]
    fn limits_are_rounded_outward() {
        let change = Change::between(
            estimate(1_000, 900, 1_200),
            estimate(1_500, 1_400, 1_700),
            near,
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
        let change = Change::between(estimate(2_000, 1_200, 2_400), open, near, 5).unwrap();
        assert_eq!((change.lower, change.upper), (2_500, None));
        assert_eq!(
            Change::between(open, estimate(2_000, 1_200, 2_400), near, 5),
            None
        );
    }
}

//! How an estimate was made, in figures that may be shown: the overlap of the lists, the models
//! that were tried, and what other dependence between lists would give.
//!
//! The overlap is as sensitive as any cell of a table, and no table holds it, so it is protected
//! by itself: counts are rounded to the base of national estimates, coarse enough that a small
//! one cannot be told from none, and then audited. The audit assumes that whoever looks knows the
//! exact sum of all overlaps. It works out what each overlap can be at least and at most given the
//! sum and the others, and wherever a small count could be told closer than the threshold, the
//! whole picture is withheld. With two lists the estimate itself tells the overlap of both; there
//! a small one withholds the picture always.

use ethos_model::cell::{Estimate, EstimateStatus};
use ethos_model::date::Day;
use serde::{Deserialize, Serialize};

use crate::protect::threshold::Rule;
use crate::protect::{RoundedEstimate, round};

/// How the estimate of a date was made. Exact figures: they are protected before they are shown.
#[derive(Clone, PartialEq, Debug, Serialize, Deserialize)]
pub struct Method {
    /// Reference date.
    pub date: Day,
    /// The lists, in the order of the bits of a history.
    pub lists: Vec<String>,
    /// Persons on exactly these lists, over all strata: bit 0 is the first list.
    pub overlaps: Vec<(u16, u64)>,
    /// What was minimised, such as `BIC`; empty where one model was given.
    pub criterion: String,
    /// Models, the best first.
    pub models: Vec<TriedModel>,
    /// What other dependence between lists would give, where that was computed.
    pub curves: Vec<DependenceCurve>,
}

/// A model that was tried.
#[derive(Clone, PartialEq, Debug, Serialize, Deserialize)]
pub struct TriedModel {
    /// Bracket notation.
    pub notation: String,
    /// How much worse its criterion is than the best.
    pub difference: f64,
    /// Its weight among the models, 0–1, where weights were computed.
    pub weight: Option<f64>,
    /// Its estimate of the population.
    pub estimate: Option<f64>,
    /// Lower limit, the model taken as known.
    pub lower: Option<f64>,
    /// Upper limit, the model taken as known.
    pub upper: Option<f64>,
    /// Whether the published estimate is this model's.
    pub selected: bool,
}

/// The estimate over the dependence between some lists.
#[derive(Clone, PartialEq, Debug, Serialize, Deserialize)]
pub struct DependenceCurve {
    /// The lists.
    pub lists: Vec<String>,
    /// Points by growing odds ratio.
    pub points: Vec<CurvePoint>,
}

/// The estimate at one odds ratio.
#[derive(Copy, Clone, PartialEq, Debug, Serialize, Deserialize)]
pub struct CurvePoint {
    /// The odds ratio.
    pub odds_ratio: f64,
    /// The estimate of the population.
    pub estimate: Option<f64>,
    /// Whether the data reject this odds ratio, given the model.
    pub rejected: bool,
}

/// [`Method`] after protection.
#[derive(Clone, PartialEq, Debug)]
pub(crate) struct SafeMethod {
    pub(crate) date: Day,
    pub(crate) lists: Vec<String>,
    /// Persons by lists, rounded, the largest first; `None` where the audit failed.
    pub(crate) overlaps: Option<Vec<(u16, u64)>>,
    /// What overlaps are rounded to: a 0 stands for fewer than half of it.
    pub(crate) base: u64,
    pub(crate) criterion: String,
    pub(crate) models: Vec<SafeModel>,
    pub(crate) curves: Vec<(Vec<String>, Vec<SafePoint>)>,
}

/// A model in figures that may be shown.
#[derive(Clone, PartialEq, Debug)]
pub(crate) struct SafeModel {
    pub(crate) notation: String,
    /// Whole.
    pub(crate) difference: f64,
    /// In whole percents.
    pub(crate) weight: Option<f64>,
    pub(crate) estimate: RoundedEstimate,
    pub(crate) selected: bool,
}

/// A point of a curve in figures that may be shown.
#[derive(Copy, Clone, PartialEq, Debug)]
pub(crate) struct SafePoint {
    pub(crate) odds_ratio: f64,
    pub(crate) estimate: Option<u64>,
    pub(crate) rejected: bool,
}

impl Method {
    /// The figures that may be shown. `base` rounds them all; `seen` are the people seen as
    /// published, below whom no estimate falls.
    pub(crate) fn protect(&self, rule: Rule, base: u64, seen: u64) -> SafeMethod {
        let base = base.max(rule.base()).max(1);
        let exact: Vec<u64> = self.overlaps.iter().map(|(_, persons)| *persons).collect();
        let passes = passes(&exact, self.lists.len(), base, rule);
        let rounded = |estimate: Option<f64>, lower, upper| {
            let status = match (estimate, upper) {
                (None, _) => EstimateStatus::NotEstimable,
                (Some(_), None) => EstimateStatus::Unbounded,
                (Some(_), Some(_)) => EstimateStatus::Ok,
            };
            let estimate = Estimate {
                status,
                point: estimate,
                lower,
                upper,
            };
            round::round(&estimate, base, seen)
        };
        SafeMethod {
            date: self.date,
            lists: self.lists.clone(),
            overlaps: passes.then(|| {
                let mut shown: Vec<(u16, u64)> = self
                    .overlaps
                    .iter()
                    .map(|(lists, persons)| (*lists, nearest(*persons, base)))
                    .collect();
                shown.sort_by_key(|(lists, persons)| (std::cmp::Reverse(*persons), *lists));
                shown
            }),
            base,
            criterion: self.criterion.clone(),
            models: self
                .models
                .iter()
                .map(|model| SafeModel {
                    notation: model.notation.clone(),
                    difference: model.difference.round(),
                    weight: model.weight.map(|weight| (weight * 100.0).round() / 100.0),
                    estimate: rounded(model.estimate, model.lower, model.upper),
                    selected: model.selected,
                })
                .collect(),
            curves: self
                .curves
                .iter()
                .map(|curve| {
                    let points = curve.points.iter().map(|point| SafePoint {
                        odds_ratio: point.odds_ratio,
                        estimate: rounded(point.estimate, point.estimate, point.estimate).point,
                        rejected: point.rejected,
                    });
                    (curve.lists.clone(), points.collect())
                })
                .collect(),
        }
    }
}

/// The nearest multiple of `base`, halves upward.
fn nearest(persons: u64, base: u64) -> u64 {
    (persons + base / 2) / base * base
}

/// Whether nobody who knows the exact sum can tell a small overlap closer than between none and
/// the threshold.
fn passes(exact: &[u64], lists: usize, base: u64, rule: Rule) -> bool {
    let threshold = rule.threshold();
    if threshold <= 1 {
        return true;
    }
    if lists == 2 && exact.iter().any(|persons| rule.is_small(*persons)) {
        return false;
    }
    let sum: u64 = exact.iter().sum();
    let spans: Vec<(u64, u64)> = exact
        .iter()
        .map(|persons| {
            let shown = nearest(*persons, base);
            (
                shown.saturating_sub(base / 2),
                shown + (base - base / 2).saturating_sub(1),
            )
        })
        .collect();
    let least: u64 = spans.iter().map(|span| span.0).sum();
    let most: u64 = spans.iter().map(|span| span.1).sum();
    exact.iter().zip(&spans).all(|(persons, span)| {
        let others = (least - span.0, most - span.1);
        let low = span.0.max(sum.saturating_sub(others.1));
        let high = span.1.min(sum.saturating_sub(others.0));
        // A small count must be possibly none and possibly no small one; none at all must be
        // possibly somebody's.
        *persons >= threshold || (low == 0 && high >= threshold)
    })
}

#[cfg(test)]
mod tests {
    use super::*;
    use ethos_model::study::Disclosure;
    use proptest::prelude::*;

    fn rule() -> Rule {
        Rule::new(&Disclosure {
            threshold: 10,
            base: 5,
            ..Disclosure::default()
        })
    }

    fn method(lists: usize, overlaps: &[u64]) -> Method {
        Method {
            date: Day::parse("2026-01-01").unwrap(),
            lists: (0..lists).map(|list| format!("l{list}")).collect(),
            overlaps: (1..).zip(overlaps.iter().copied()).collect(),
            criterion: "BIC".into(),
            models: vec![TriedModel {
                notation: "[12,3]".into(),
                difference: 1.26,
                weight: Some(0.3449),
                estimate: Some(4_321.0),
                lower: Some(4_010.0),
                upper: None,
                selected: true,
            }],
            curves: vec![],
        }
    }

    #[test]
    fn figures_are_coarse_and_no_estimate_falls_below_the_seen() {
        let safe = method(3, &[1_234, 5, 160, 0, 880, 49, 90]).protect(rule(), 100, 4_500);
        let shown = safe.overlaps.unwrap();
        assert_eq!(shown[0], (1, 1_200));
        assert!(shown.iter().all(|(_, persons)| persons % 100 == 0));
        assert!(
            shown.contains(&(2, 0)) && shown.contains(&(4, 0)),
            "5 reads as 0 does"
        );
        let model = &safe.models[0];
        assert_eq!((model.difference, model.weight), (1.0, Some(0.34)));
        assert_eq!(model.estimate.point, Some(4_500));
        assert_eq!(model.estimate.upper, None);
    }

    #[test]
    fn what_the_sum_would_tell_is_withheld() {
        // Every other overlap lies at the very end of its rounding: the sum tells the small one.
        let free = method(3, &[190, 120, 150, 180, 110, 230, 3]).protect(rule(), 100, 0);
        assert!(free.overlaps.is_some());
        let told = method(3, &[150, 150, 150, 150, 150, 150, 3]).protect(rule(), 100, 0);
        assert_eq!(told.overlaps, None);
        let told = method(3, &[149, 249, 349, 149, 149, 149, 3]).protect(rule(), 100, 0);
        assert_eq!(told.overlaps, None);
        let two = method(2, &[500, 800, 7]).protect(rule(), 100, 0);
        assert_eq!(two.overlaps, None, "the estimate of two lists tells it");
        let two = method(2, &[500, 800, 70]).protect(rule(), 100, 0);
        assert!(two.overlaps.is_some());
    }

    proptest! {
        /// Whatever is shown, another table of the same sum reads the same, in which a small
        /// count is none, and one in which it is no small one.
        #[test]
        fn a_small_overlap_is_never_told(
            exact in proptest::collection::vec(prop_oneof![0_u64..12, 0_u64..400], 3..8),
        ) {
            let shown: Vec<u64> = exact.iter().map(|persons| nearest(*persons, 50)).collect();
            if passes(&exact, 3, 50, rule()) {
                for (at, persons) in exact.iter().enumerate().filter(|(_, p)| **p < 10) {
                    for wanted in [0, 10] {
                        let mut other = exact.clone();
                        let mut owed = *persons as i64 - wanted as i64;
                        other[at] = wanted;
                        for (index, value) in other.iter_mut().enumerate().filter(|(i, _)| *i != at) {
                            while owed != 0 {
                                let next = *value as i64 + owed.signum();
                                if next < 0 || nearest(next as u64, 50) != shown[index] {
                                    break;
                                }
                                *value = next as u64;
                                owed -= owed.signum();
                            }
                        }
                        prop_assert_eq!(owed, 0, "{:?} {}", &exact, wanted);
                        prop_assert_eq!(nearest(other[at], 50), shown[at]);
                        prop_assert_eq!(other.iter().sum::<u64>(), exact.iter().sum::<u64>());
                    }
                }
            }
        }
    }
}

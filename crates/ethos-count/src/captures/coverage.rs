//! Whom a list cannot see. Absence from a list is a 0 in a capture history only where the list
//! could have seen the person.
//!
//! Ages that a list cannot see are strata without that list: what the other lists saw there, and
//! how they depend on it where it looks, is the estimator's business. Categories it cannot see
//! are no strata: the category of a person is known from the lists that saw him, so that it would
//! be the captures that decide who could have been captured. Such a list is refused.

use ethos_model::attribute::{AgeBands, AgeRange};
use ethos_model::capture::ListSet;
use ethos_model::category::EthosCategory;
use ethos_model::date::Day;
use ethos_model::study::{CoverageSection, SourceSection, Study};

use super::scope::category_in_scope;
use crate::error::CountError;

/// The oldest age that is looked at where a range has no end.
const OLDEST: u8 = 119;

/// Whether a source can see someone of this age in this category. An age or a category nobody
/// tells is no reason against it.
pub(crate) fn within_coverage(
    coverage: &CoverageSection,
    age: Option<u8>,
    category: EthosCategory,
) -> bool {
    let ages = coverage
        .ages
        .zip(age)
        .is_none_or(|(ages, age)| ages.contains(age));
    let seen = coverage.categories.as_ref().zip(category.number());
    ages && seen.is_none_or(|(categories, number)| categories.contains(&number))
}

/// Names of the lists that enter the capture table: those of the estimate, or all of the study.
pub(crate) fn estimate_lists(study: &Study) -> Vec<&str> {
    let chosen = study
        .estimate
        .iter()
        .flat_map(|estimate| estimate.lists.iter().map(String::as_str));
    let mut lists: Vec<&str> = Vec::new();
    for name in chosen {
        if !lists.contains(&name) {
            lists.push(name);
        }
    }
    if lists.is_empty() {
        study.lists()
    } else {
        lists
    }
}

/// The sources of a list that are used on a date. Sources of one list see for each other.
fn sources_of<'a>(study: &'a Study, list: &str, date: Day) -> Vec<&'a SourceSection> {
    study
        .sources
        .iter()
        .filter(|source| source.list.as_deref() == Some(list) && source.used_on(date))
        .collect()
}

/// A category of the scope that a list cannot see on a date, with an age at which it sees others.
fn unseen_category(study: &Study, list: &str, date: Day) -> Option<(EthosCategory, u8)> {
    let sources = sources_of(study, list, date);
    ages(study.scope.ages).find_map(|age| {
        let looking: Vec<_> = sources
            .iter()
            .filter(|source| source.coverage.ages.is_none_or(|ages| ages.contains(age)))
            .collect();
        if looking.is_empty() {
            return None;
        }
        EthosCategory::ALL
            .into_iter()
            .filter(|&category| category_in_scope(&study.scope, category))
            .find(|&category| {
                !looking
                    .iter()
                    .any(|source| within_coverage(&source.coverage, Some(age), category))
            })
            .map(|category| (category, age))
    })
}

/// The ages in scope that a list cannot see, rising.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub(crate) struct AgeSpot(Vec<u8>);

impl AgeSpot {
    /// What a list cannot see on a date.
    pub(crate) fn of(study: &Study, list: &str, date: Day) -> Self {
        let sources = sources_of(study, list, date);
        if sources.is_empty() {
            return Self::default();
        }
        let sees = |age: u8| {
            let mut ranges = sources.iter().map(|source| source.coverage.ages);
            ranges.any(|range| range.is_none_or(|range| range.contains(age)))
        };
        Self(ages(study.scope.ages).filter(|&age| !sees(age)).collect())
    }

    /// Whether the list can see every age in scope.
    pub(crate) fn is_empty(&self) -> bool {
        self.0.is_empty()
    }

    /// The ages in words, `18-26` and `65+`, each run of ages once.
    pub(crate) fn ranges(&self, scope: AgeRange) -> Vec<String> {
        let end = ages(scope).last();
        self.0
            .chunk_by(|a, b| a + 1 == *b)
            .filter_map(|run| {
                let (first, last) = (run.first()?, run.last()?);
                Some(if Some(*last) == end && scope.last().is_none() {
                    format!("{first}+")
                } else if first == last {
                    first.to_string()
                } else {
                    format!("{first}-{last}")
                })
            })
            .collect()
    }

    /// The first age of a band of which the list sees a part only, and where it must be cut.
    fn straddled(&self, study: &Study) -> Option<(u8, u8)> {
        let bands = AgeBands::new(&study.strata.age).ok();
        let band = |age| bands.as_ref().and_then(|bands| bands.band_of(age));
        let scope: Vec<u8> = ages(study.scope.ages).collect();
        scope.windows(2).find_map(|pair| {
            let [a, b] = [pair[0], pair[1]];
            let [blind_a, blind_b] = [a, b].map(|age| self.0.binary_search(&age).is_ok());
            (blind_a != blind_b && band(a) == band(b)).then_some((if blind_a { a } else { b }, b))
        })
    }
}

/// The lists, by their place in `spots`, that cannot see someone of an age. An age that nobody
/// tells is no reason against any.
pub(crate) fn blind_to(age: Option<u8>, spots: &[AgeSpot]) -> ListSet {
    let Some(age) = age else {
        return ListSet::EMPTY;
    };
    spots
        .iter()
        .enumerate()
        .filter(|(_, spot)| spot.0.binary_search(&age).is_ok())
        .fold(ListSet::EMPTY, |set, (list, _)| set.with(list))
}

/// Refuses a study in which a list of the estimate cannot see part of the scope on a date, unless
/// the age bands say which.
pub(crate) fn check_lists(study: &Study, date: Day) -> Result<(), CountError> {
    for list in estimate_lists(study) {
        let spot = AgeSpot::of(study, list, date);
        if !spot.is_empty() && spot.0.len() == ages(study.scope.ages).count() {
            return Err(CountError::SeesNobody {
                list: list.to_owned(),
            });
        }
        if let Some((age, cut)) = spot.straddled(study) {
            return Err(CountError::CoverageBands {
                list: list.to_owned(),
                age,
                cut,
            });
        }
        if let Some((category, age)) = unseen_category(study, list, date) {
            return Err(CountError::PartialCoverage {
                list: list.to_owned(),
                category,
                age,
            });
        }
    }
    Ok(())
}

/// The ages of a range, up to the oldest that is looked at.
pub(crate) fn ages(range: AgeRange) -> impl Iterator<Item = u8> {
    range.first()
        ..=range
            .last()
            .unwrap_or(OLDEST)
            .min(OLDEST.max(range.first()))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn study(coverage: &str, second: &str) -> Study {
        Study::parse(&format!(
            r#"
            [study]
            name = "t"
            reference_date = 2026-01-01
            series = "s"
            key_file = "s.key"
            [[source]]
            list = "a"
            layout = "x"
            files = "a"
            coverage = {{ {coverage} }}
            {second}
            [[source]]
            list = "b"
            layout = "y"
            files = "b"
            [estimate]
            "#
        ))
        .unwrap()
    }

    const DATE: Day = Day(20_454);

    #[test]
    fn ages_that_a_list_cannot_see_must_be_bands() {
        assert_eq!(check_lists(&study("ages = \"18-66\"", ""), DATE), Ok(()));
        let half = study("ages = \"27-66\"", "");
        let refused = check_lists(&half, DATE).unwrap_err();
        assert_eq!(
            refused,
            CountError::CoverageBands {
                list: "a".into(),
                age: 26,
                cut: 27
            }
        );
        let text = refused.to_string();
        assert!(
            text.contains("cut point 27") && text.contains("`a`"),
            "{text}"
        );
        let mut cut = half;
        cut.strata.age = vec![18, 27, 65];
        assert_eq!(check_lists(&cut, DATE), Ok(()));
        let spot = AgeSpot::of(&cut, "a", DATE);
        assert_eq!(spot.ranges(cut.scope.ages), ["18-26"]);
        assert!(AgeSpot::of(&cut, "b", DATE).is_empty());
        let spots = [spot, AgeSpot::default()];
        assert_eq!(blind_to(Some(26), &spots), ListSet(0b01));
        assert_eq!(blind_to(Some(27), &spots), ListSet::EMPTY);
        assert_eq!(blind_to(None, &spots), ListSet::EMPTY);
    }

    #[test]
    fn ages_are_told_in_runs() {
        let mut open = study("ages = \"27-40\"", "");
        open.scope.ages = "18+".parse().unwrap();
        let spot = AgeSpot::of(&open, "a", DATE);
        assert_eq!(spot.ranges(open.scope.ages), ["18-26", "41+"]);
        let one = study("ages = \"19-64\"", "");
        assert_eq!(AgeSpot::of(&one, "a", DATE).ranges(one.scope.ages), ["18"]);
        let nobody = study("ages = \"80+\"", "");
        assert_eq!(
            check_lists(&nobody, DATE),
            Err(CountError::SeesNobody { list: "a".into() })
        );
    }

    #[test]
    fn a_list_must_see_every_category_in_scope() {
        let blind = study("categories = [1, 2, 5, 6]", "");
        assert_eq!(
            unseen_category(&blind, "a", DATE),
            Some((EthosCategory::TemporaryShelter, 18))
        );
        assert!(matches!(
            check_lists(&blind, DATE),
            Err(CountError::PartialCoverage { .. })
        ));
        let sees = study("categories = [1, 2, 3, 5, 6]", "");
        assert_eq!(unseen_category(&sees, "a", DATE), None);
    }

    #[test]
    fn sources_of_one_list_see_for_each_other() {
        let second = |until: &str| {
            format!(
                "[[source]]\nname = \"a2\"\nlist = \"a\"\nlayout = \"z\"\nfiles = \"z\"\n\
                 coverage = {{ ages = \"27+\" }}\n{until}"
            )
        };
        let both = study("ages = \"18-26\"", &second(""));
        assert!(AgeSpot::of(&both, "a", DATE).is_empty());
        let ended = second("valid_until = 2025-01-01");
        let ended = study("ages = \"18-26\"", &ended);
        let spot = AgeSpot::of(&ended, "a", DATE);
        assert_eq!(spot.ranges(ended.scope.ages), ["27-64"]);
    }
}

//! Whom a list cannot see. Absence from a list is a 0 in a capture history only where the list
//! could have seen the person; a list that cannot see a part of the scope would put zeros where
//! nobody looked, so that an estimate from it is refused.

use ethos_model::attribute::AgeRange;
use ethos_model::category::EthosCategory;
use ethos_model::date::Day;
use ethos_model::study::{CoverageSection, SourceSection, Study};

use super::scope::category_in_scope;
use crate::error::{Blind, CountError};

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

/// Whom of the scope a list cannot see on a date; `None` when it can see everyone, or when no
/// source of it is used on the date. Sources of one list see for each other.
pub fn blind_spot(study: &Study, list: &str, date: Day) -> Option<Blind> {
    let sources: Vec<&SourceSection> = study
        .sources
        .iter()
        .filter(|source| source.list.as_deref() == Some(list) && source.used_on(date))
        .collect();
    if sources.is_empty() {
        return None;
    }
    let sees = |age, category| {
        sources
            .iter()
            .any(|source| within_coverage(&source.coverage, Some(age), category))
    };
    let categories: Vec<EthosCategory> = EthosCategory::ALL
        .into_iter()
        .filter(|&category| category_in_scope(&study.scope, category))
        .collect();
    ages(study.scope.ages).find_map(|age| {
        let unseen: Vec<EthosCategory> = categories
            .iter()
            .copied()
            .filter(|&category| !sees(age, category))
            .collect();
        match unseen.first() {
            None => (!sees(age, EthosCategory::Unknown)).then_some(Blind::Age(age)),
            Some(_) if unseen.len() == categories.len() => Some(Blind::Age(age)),
            Some(&category) => Some(Blind::Category(category, age)),
        }
    })
}

/// Refuses a study in which a list of the estimate cannot see part of the scope on a date.
pub(crate) fn check_lists(study: &Study, date: Day) -> Result<(), CountError> {
    for list in estimate_lists(study) {
        if let Some(blind) = blind_spot(study, list, date) {
            return Err(CountError::PartialCoverage {
                list: list.to_owned(),
                blind,
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
    fn a_list_must_see_every_age_in_scope() {
        assert_eq!(check_lists(&study("ages = \"18-66\"", ""), DATE), Ok(()));
        let refused = check_lists(&study("ages = \"27-66\"", ""), DATE).unwrap_err();
        assert!(
            refused.to_string().contains("people of 18 years"),
            "{refused}"
        );
        assert!(refused.to_string().contains("`a`"), "{refused}");
    }

    #[test]
    fn a_list_must_see_every_category_in_scope() {
        let blind = blind_spot(&study("categories = [1, 2, 5, 6]", ""), "a", DATE);
        assert_eq!(
            blind,
            Some(Blind::Category(EthosCategory::TemporaryShelter, 18))
        );
        assert_eq!(
            blind_spot(&study("categories = [1, 2, 3, 5, 6]", ""), "a", DATE),
            None
        );
    }

    #[test]
    fn sources_of_one_list_see_for_each_other() {
        let second = |until: &str| {
            format!(
                "[[source]]\nname = \"a2\"\nlist = \"a\"\nlayout = \"z\"\nfiles = \"z\"\n\
                 coverage = {{ ages = \"27+\" }}\n{until}"
            )
        };
        assert_eq!(
            blind_spot(&study("ages = \"18-26\"", &second("")), "a", DATE),
            None
        );
        let ended = second("valid_until = 2025-01-01");
        let blind = blind_spot(&study("ages = \"18-26\"", &ended), "a", DATE);
        assert_eq!(blind, Some(Blind::Age(27)));
    }
}

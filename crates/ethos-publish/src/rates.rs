//! Rates per so many inhabitants: worked out from published figures and public numbers of
//! inhabitants, after protection, so that they tell nothing that the figures do not.

use std::collections::{BTreeMap, BTreeSet};

use ethos_model::attribute::{AgeRange, Sex};
use ethos_model::category::Total;
use ethos_model::cell::EstimateStatus;
use ethos_model::cube::{CubeKey, Family, Measure, Place};
use ethos_model::date::{Day, Time};
use ethos_model::finding::Text;
use ethos_model::municipality::{MunicipalityCode, MunicipalityRegister};
use ethos_model::population::Population;
use ethos_model::region::RegionMapping;
use ethos_model::study::Study;

use crate::protect::{Rate, RateOf, SafeFigure, SafeRow};

/// Inhabitants, and per how many of them rates are.
#[derive(Copy, Clone, Debug)]
pub struct Inhabitants<'a> {
    /// The user's figures.
    pub population: &'a Population,
    /// Per how many inhabitants.
    pub per: u32,
}

/// The rates of published figures: persons observed and estimated by sex or age, and persons
/// observed by category, region and municipality.
pub(crate) fn rows(
    published: &[SafeRow],
    inhabitants: Inhabitants<'_>,
    study: &Study,
    supplied: &[RegionMapping],
) -> Vec<SafeRow> {
    let mut rates: BTreeMap<CubeKey, SafeFigure> = BTreeMap::new();
    let mut members: BTreeMap<(i16, Place), Vec<MunicipalityCode>> = BTreeMap::new();
    let [of_count, of_estimate] = Measure::rates(inhabitants.per);
    // What was not measured is said where it is counted.
    let measured = |row: &&SafeRow| !matches!(row.figure, SafeFigure::Gap(_));
    for row in published
        .iter()
        .filter(|row| has_rate(&row.key))
        .filter(measured)
    {
        let key = &row.key;
        let year = key.time.year();
        let codes = members
            .entry((year, key.place.clone()))
            .or_insert_with(|| municipalities(&key.place, key.time, supplied));
        let Some(number) = denominator(key, codes, inhabitants.population, study) else {
            continue;
        };
        let measure = if key.measure == Measure::Observed {
            of_count
        } else {
            of_estimate
        };
        let own = |measure| CubeKey {
            family: Family::Rates,
            measure,
            ..key.clone()
        };
        rates.insert(own(measure), rate(row.figure, number, inhabitants.per));
        rates.insert(own(Measure::Inhabitants), SafeFigure::Given(number));
    }
    rates
        .into_iter()
        .map(|(key, figure)| SafeRow { key, figure })
        .collect()
}

/// Whether a published figure gets a rate: not the levels of what inhabitants are not told by.
fn has_rate(key: &CubeKey) -> bool {
    let plain = key.origin.is_none()
        && key.region.is_none()
        && key.household.is_none()
        && key.duration.is_none()
        && key.nationality.is_none()
        && key.residence.is_none();
    plain
        && match (key.family, key.measure) {
            (Family::NationalCategory | Family::NationalCharacteristics, Measure::Observed) => true,
            (Family::RegionalCategory | Family::MunicipalCategory, Measure::Observed) => {
                key.category.is_none()
            }
            (Family::NationalEstimate, Measure::Estimated) => key.category.is_none(),
            _ => false,
        }
}

/// The inhabitants that a figure's persons are among: of the scope of the estimate where it is
/// one of that.
fn denominator(
    key: &CubeKey,
    codes: &[MunicipalityCode],
    population: &Population,
    study: &Study,
) -> Option<u64> {
    let sex = match key.sex.as_deref() {
        None => None,
        Some(level) => Some(Sex::from_key(level)?),
    };
    let ages: Option<AgeRange> = match key.age.as_deref() {
        Some(level) => Some(level.parse().ok()?),
        None if key.total == Total::EstimateScope => Some(study.scope.ages),
        None => None,
    };
    population
        .inhabitants(key.time.year(), codes, sex, ages)
        .filter(|number| *number > 0)
}

/// The municipalities of a place on 1 January of the year of a figure.
fn municipalities(place: &Place, time: Time, supplied: &[RegionMapping]) -> Vec<MunicipalityCode> {
    let Some(day) = Day::from_ymd(time.year(), 1, 1) else {
        return Vec::new();
    };
    match place {
        Place::Netherlands => MunicipalityRegister::shipped().all_on(day),
        Place::Municipality(code) => vec![*code],
        Place::UnknownMunicipality => Vec::new(),
        Place::Region { mapping, region } => {
            let Some(mapping) = supplied
                .iter()
                .find(|found| found.key == *mapping)
                .or_else(|| RegionMapping::shipped(mapping))
            else {
                return Vec::new();
            };
            let mut codes = MunicipalityRegister::shipped().all_on(day);
            codes.retain(|code| mapping.level_of(*code, day) == Some(region.as_str()));
            codes
        }
    }
}

fn rate(figure: SafeFigure, inhabitants: u64, per: u32) -> SafeFigure {
    let exact = |persons: u64| persons as f64 * f64::from(per) * 10.0 / inhabitants as f64;
    match figure {
        SafeFigure::Count { persons, state } => SafeFigure::Rate(Rate {
            tenths: exact(persons).round_ties_even() as u64,
            lower: None,
            upper: None,
            of: RateOf::Count(state),
        }),
        SafeFigure::Estimate(estimate) => match estimate.point {
            Some(point) if estimate.status != EstimateStatus::NotEstimable => {
                SafeFigure::Rate(Rate {
                    tenths: exact(point).round_ties_even() as u64,
                    lower: estimate.lower.map(|lower| exact(lower).floor() as u64),
                    upper: estimate.upper.map(|upper| exact(upper).ceil() as u64),
                    of: RateOf::Estimate(estimate.status),
                })
            }
            _ => figure,
        },
        other => other,
    }
}

/// Of each year, which municipalities the population has no inhabitants of: the places that hold them,
/// the country among these, have no rate.
pub fn not_given(study: &Study, population: &Population) -> Vec<Text> {
    let lacking = |year: i16| -> Option<Text> {
        let all = MunicipalityRegister::shipped().all_on(Day::from_ymd(year, 1, 1)?);
        let gone: Vec<String> = all
            .iter()
            .filter(|code| {
                population
                    .inhabitants(year, &[**code], None, None)
                    .is_none()
            })
            .map(ToString::to_string)
            .collect();
        let (many, of) = (gone.len(), all.len());
        let first = gone.iter().take(5).cloned().collect::<Vec<_>>().join(", ");
        let [nl, en] = if many > 5 {
            [" en andere", " and others"]
        } else {
            ["", ""]
        };
        (many > 0).then(|| {
            Text::new(
                format!("Van {many} van de {of} gemeenten is het aantal inwoners van {year} niet gegeven ({first}{nl}). Nederland en de regio's waarin zij liggen, hebben daarom geen aantal per inwoners."),
                format!("Of {many} of the {of} municipalities the inhabitants of {year} are not given ({first}{en}). The Netherlands and the regions that hold them have no rate for that reason."),
            )
        })
    };
    years(study).into_iter().filter_map(lacking).collect()
}

/// The years of a study's figures whose inhabitants a file has to hold.
pub fn years(study: &Study) -> BTreeSet<i16> {
    let dates = study.study.reference_dates.iter().map(|day| day.year());
    dates
        .chain(study.count.period_years.iter().copied())
        .collect()
}

#[cfg(test)]
mod tests {
    use ethos_model::cell::CellState;

    use super::*;
    use crate::protect::RoundedEstimate;

    #[test]
    fn limits_go_outward_and_marks_stay() {
        let estimate = SafeFigure::Estimate(RoundedEstimate {
            status: EstimateStatus::Ok,
            point: Some(31_700),
            lower: Some(28_700),
            upper: Some(36_200),
        });
        let SafeFigure::Rate(found) = rate(estimate, 10_000_000, 10_000) else {
            panic!("no rate");
        };
        assert_eq!(
            (found.tenths, found.lower, found.upper),
            (317, Some(287), Some(362))
        );
        let SafeFigure::Rate(found) = rate(estimate, 10_900_000, 1_000) else {
            panic!("no rate");
        };
        assert_eq!(
            (found.tenths, found.lower, found.upper),
            (29, Some(26), Some(34))
        );
        assert_eq!(
            rate(SafeFigure::Suppressed, 10, 1_000),
            SafeFigure::Suppressed
        );
        let gap = SafeFigure::Gap(CellState::NotCollected);
        assert_eq!(rate(gap, 10, 1_000), gap);
    }
}

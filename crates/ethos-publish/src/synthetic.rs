//! Each municipality's synthetic share of the national estimate. Experimental.
//!
//! Within a stratum (a sex, age band and so on) of which `n` people were seen and `N` are
//! estimated, every municipality is given the same coverage `n / N`: its share is what was seen
//! there times `N / n`. Shares add up to the estimate of the strata in which somebody was seen.
//!
//! The method assumes what it cannot test, equal coverage everywhere within a stratum. An
//! interval from sampling alone would leave that out and look far too narrow, so none is
//! given. A municipality where nobody was seen gets no share: the method would say 0, and 0 is
//! not what it knows.

use std::collections::BTreeMap;

use ethos_model::category::{Language, Total};
use ethos_model::cell::{Count, Estimate, EstimateStatus};
use ethos_model::cube::{CubeKey, CubeRow, Family, Figure, Measure, Place};
use ethos_model::date::Time;
use ethos_model::municipality::MunicipalityCode;

/// Persons seen within the scope of the estimate, by municipality and stratum levels.
/// [`MunicipalityCode::UNKNOWN`] holds those whose municipality no source tells.
pub type SeenByMunicipality = BTreeMap<(MunicipalityCode, Vec<String>), u64>;

/// The rows of [`Family::MunicipalSynthetic`] for one reference date: for every municipality in
/// `seen` the persons seen within the scope, and the share (an estimate without limits).
///
/// `population` is the estimate of the population in each stratum, by the same levels. A
/// municipality with somebody in a stratum that has no estimate gets `not_estimable`.
///
/// ```
/// use std::collections::BTreeMap;
/// use ethos_model::cell::{Estimate, EstimateStatus};
/// use ethos_model::cube::Figure;
/// use ethos_model::date::{Day, Time};
/// let code = |text: &str| text.parse().unwrap();
/// let stratum = || vec!["male".to_owned()];
/// // 30 + 10 seen, 120 estimated: three for each person seen.
/// let seen = BTreeMap::from([
///     ((code("GM0363"), stratum()), 30),
///     ((code("GM0599"), stratum()), 10),
/// ]);
/// let estimate = Estimate { status: EstimateStatus::Ok, point: Some(120.0), lower: Some(90.0), upper: Some(170.0) };
/// let date = Time::On(Day::parse("2026-01-01").unwrap());
/// let rows = ethos_publish::synthetic::shares(date, &seen, &BTreeMap::from([(stratum(), estimate)]));
/// let Figure::Estimate(amsterdam) = rows[1].figure else { panic!() };
/// assert_eq!((amsterdam.point, amsterdam.lower), (Some(90.0), None));
/// ```
pub fn shares(
    time: Time,
    seen: &SeenByMunicipality,
    population: &BTreeMap<Vec<String>, Estimate>,
) -> Vec<CubeRow> {
    let mut in_stratum: BTreeMap<&Vec<String>, u64> = BTreeMap::new();
    for ((_, stratum), persons) in seen {
        *in_stratum.entry(stratum).or_insert(0) += persons;
    }
    let mut of_place: BTreeMap<MunicipalityCode, (u64, Option<f64>)> = BTreeMap::new();
    for ((code, stratum), &persons) in seen {
        let (here, share) = of_place.entry(*code).or_insert((0, Some(0.0)));
        *here += persons;
        if persons == 0 {
            continue;
        }
        let all = in_stratum.get(stratum).copied().unwrap_or(persons) as f64;
        let point = population
            .get(stratum)
            .filter(|estimate| estimate.status != EstimateStatus::NotEstimable)
            .and_then(|estimate| estimate.point)
            .filter(|point| point.is_finite());
        *share = share
            .zip(point)
            .map(|(share, point)| share + persons as f64 * (point / all).max(1.0));
    }
    of_place
        .into_iter()
        .flat_map(|(code, (persons, share))| {
            let key = |measure| CubeKey {
                place: if code.is_municipality() {
                    Place::Municipality(code)
                } else {
                    Place::UnknownMunicipality
                },
                ..CubeKey::national(
                    Family::MunicipalSynthetic,
                    time,
                    Total::EstimateScope,
                    measure,
                )
            };
            let estimate = share
                .filter(|_| persons > 0)
                .map_or(Estimate::NONE, |share| Estimate {
                    status: EstimateStatus::Ok,
                    point: Some(share),
                    lower: None,
                    upper: None,
                });
            [
                CubeRow {
                    key: key(Measure::Observed),
                    figure: Figure::Count(Count::seen(persons)),
                },
                CubeRow {
                    key: key(Measure::Synthetic),
                    figure: Figure::Estimate(estimate),
                },
            ]
        })
        .collect()
}

/// What has to stand with every synthetic share.
pub fn warning(language: Language) -> &'static str {
    language.pick(
        "Experimenteel. Dit is geen meting en geen schatting van de gemeente zelf: het landelijke aantal is verdeeld alsof registraties overal een even groot deel van de mensen zien. Waar dat niet zo is, klopt het aandeel niet; hoe ver het ernaast zit, is niet te zeggen, en daarom staat er geen marge bij. Niet geschikt om gemeenten te vergelijken.",
        "Experimental. This is no measurement and no estimate of the municipality itself: the national number is spread as if registers saw the same part of the people everywhere. Where they do not, the share is wrong; how far off cannot be said, which is why no interval is given. Not fit for comparing municipalities.",
    )
}

#[cfg(test)]
mod tests {
    use super::*;
    use ethos_model::date::Day;

    fn ok(point: f64) -> Estimate {
        Estimate {
            status: EstimateStatus::Ok,
            point: Some(point),
            lower: Some(point / 2.0),
            upper: Some(point * 2.0),
        }
    }

    fn points(rows: &[CubeRow]) -> Vec<Option<f64>> {
        rows.iter()
            .filter_map(|row| match row.figure {
                Figure::Estimate(estimate) => Some(estimate.point),
                Figure::Count(_) => None,
            })
            .collect()
    }

    fn rows(seen: &[(u16, &str, u64)], population: &[(&str, Estimate)]) -> Vec<CubeRow> {
        let seen = seen
            .iter()
            .map(|(code, stratum, persons)| {
                let code = MunicipalityCode::from_number(*code).unwrap();
                ((code, vec![(*stratum).to_owned()]), *persons)
            })
            .collect();
        let population = population
            .iter()
            .map(|(stratum, estimate)| (vec![(*stratum).to_owned()], *estimate))
            .collect();
        shares(
            Time::On(Day::parse("2026-01-01").unwrap()),
            &seen,
            &population,
        )
    }

    #[test]
    fn shares_add_up_to_the_estimate() {
        let rows = rows(
            &[
                (363, "m", 60),
                (363, "f", 20),
                (599, "m", 40),
                (344, "f", 5),
                (0, "m", 20),
            ],
            &[("m", ok(400.0)), ("f", ok(80.0))],
        );
        let sum: f64 = points(&rows).into_iter().flatten().sum();
        assert!((sum - 480.0).abs() < 1e-9);
        assert_eq!(rows[0].key.place, Place::UnknownMunicipality);
    }

    #[test]
    fn never_below_what_was_seen_and_never_a_false_zero() {
        let below = rows(&[(363, "m", 60)], &[("m", ok(40.0))]);
        assert_eq!(points(&below), [Some(60.0)]);
        let nobody = rows(&[(363, "m", 0), (599, "m", 9)], &[("m", ok(40.0))]);
        assert_eq!(points(&nobody), [None, Some(40.0)]);
        let unknown = rows(&[(363, "m", 5), (363, "x", 5)], &[("m", ok(40.0))]);
        assert_eq!(points(&unknown), [None]);
    }
}

//! From the capture table of a date to its estimate, and from an estimate to rows of the cube.

use std::collections::BTreeMap;
use std::ops::ControlFlow;
use std::time::{Duration, Instant};

use ethos_estimate::{
    Criterion, DeclaredDependence, Estimate as Answer, EstimateError, EstimateSettings, Factor,
    IncompleteTable, IntervalMethod, Offset, PanelEstimate, Preset, Search, Status, StopReason,
    StratumReport,
};
use ethos_model::capture::CaptureTable;
use ethos_model::category::{EthosCategory, Total};
use ethos_model::cell::{Count, Estimate, EstimateStatus};
use ethos_model::cube::{CubeKey, CubeRow, Estimator, Family, Figure, Measure};
use ethos_model::date::{Day, Time};
use ethos_model::study::{self, EstimateSection, Study};

/// What became of the estimate of one date.
pub(crate) struct DateEstimate {
    /// The date.
    pub(crate) date: Day,
    /// The estimate, or why there is none.
    pub(crate) answer: Result<Answer, EstimateError>,
}

/// The estimator's settings for a study; `seed` on the command line wins over the study's.
pub(crate) fn settings(
    study: &Study,
    section: &EstimateSection,
    seed: Option<u64>,
) -> EstimateSettings {
    let lists = used_lists(study, section);
    let forced = study
        .forced_pairs()
        .into_iter()
        .map(|(a, b)| [a, b].map(|at| study.lists()[at].to_owned()))
        .filter(|pair| lists.len() > 2 && pair.iter().all(|name| lists.contains(name)))
        .map(Vec::from)
        .collect();
    EstimateSettings {
        preset: Some(match section.preset {
            study::Preset::Honest => Preset::Honest,
            study::Preset::CbsLike => Preset::CbsLike,
        }),
        model: section.model.clone(),
        search: section.search.map(|search| match search {
            study::Search::Exact => Search::Exact,
            study::Search::Stepwise => Search::Stepwise,
            study::Search::Forward => Search::Forward,
        }),
        criterion: section.criterion.map(|criterion| match criterion {
            study::Criterion::Aic => Criterion::Aic,
            study::Criterion::Aicc => Criterion::Aicc,
            study::Criterion::Bic => Criterion::Bic,
        }),
        max_order: section.max_order.map(u32::from),
        p_value: section.p_value,
        forced,
        offsets: section
            .odds_ratio
            .iter()
            .map(|held| Offset::from_odds_ratio(held.lists.iter().cloned(), held.value))
            .collect(),
        interval: section.interval.map(|interval| match interval {
            study::Interval::Delta => IntervalMethod::Delta,
            study::Interval::Profile => IntervalMethod::Profile,
            study::Interval::Parametric => IntervalMethod::Parametric,
            study::Interval::Semiparametric => IntervalMethod::Semiparametric,
            study::Interval::Nonparametric => IntervalMethod::Nonparametric,
        }),
        reselect: section.reselect,
        replicates: section.replicates.map(u64::from),
        level: section.level,
        seed: seed.or(section.seed),
        no_borrow: section.no_borrow,
        panel: section.panel || study.publish.estimators,
        dependence: section
            .dependence
            .iter()
            .map(|declared| DeclaredDependence {
                lists: declared.lists.clone(),
                lower: declared.odds_ratios[0],
                upper: declared.odds_ratios[1],
            })
            .collect(),
        ..EstimateSettings::default()
    }
}

/// The lists of the estimate: those the section names, else all of the study.
pub(crate) fn used_lists(study: &Study, section: &EstimateSection) -> Vec<String> {
    if section.lists.is_empty() {
        study.lists().into_iter().map(String::from).collect()
    } else {
        section.lists.clone()
    }
}

/// Estimates one date, for at most `max_seconds`. `progress` hears of bootstrap replicates.
pub(crate) fn estimate(
    captures: &CaptureTable,
    settings: &EstimateSettings,
    max_seconds: Option<f64>,
    progress: &(dyn Fn(u64, u64) + Sync),
) -> DateEstimate {
    let until = max_seconds
        .and_then(|seconds| Duration::try_from_secs_f64(seconds).ok())
        .and_then(|budget| Instant::now().checked_add(budget));
    let settings = spoken(settings, captures);
    let heard = |done, total| {
        progress(done, total);
        if until.is_some_and(|until| Instant::now() >= until) {
            ControlFlow::Break(StopReason::Budget)
        } else {
            ControlFlow::Continue(())
        }
    };
    let answer = if captures.is_incomplete() {
        incomplete_table_of(captures)
            .and_then(|table| ethos_estimate::estimate_incomplete(&table, &settings, Some(&heard)))
    } else {
        table_of(captures)
            .and_then(|table| ethos_estimate::estimate(&table, &settings, Some(&heard)))
    };
    DateEstimate {
        date: captures.date,
        answer,
    }
}

/// The settings that a table can honour: a list that delivered nothing for the date is not in it, nor
/// is its dependence.
pub(crate) fn spoken(settings: &EstimateSettings, captures: &CaptureTable) -> EstimateSettings {
    let mut settings = settings.clone();
    let spoke = |lists: &[String]| lists.iter().all(|name| captures.lists.contains(name));
    settings
        .forced
        .retain(|set| captures.lists.len() > 2 && spoke(set));
    settings.dependence.retain(|one| spoke(&one.lists));
    settings.offsets.retain(|one| spoke(&one.lists));
    // Where every list can see everyone there is nothing to borrow.
    settings.no_borrow &= captures.is_incomplete();
    settings
}

fn factors(captures: &CaptureTable) -> impl Iterator<Item = Factor> {
    captures
        .strata
        .iter()
        .map(|stratum| Factor::new(stratum.name.clone(), stratum.levels.clone()))
}

/// A capture table in which some list cannot see everyone, as the estimator takes it.
fn incomplete_table_of(captures: &CaptureTable) -> Result<IncompleteTable, EstimateError> {
    let mut builder = IncompleteTable::builder(captures.lists.iter().cloned(), factors(captures));
    for cell in &captures.cells {
        let history: Vec<Option<bool>> = (0..captures.lists.len())
            .map(|list| (!cell.blind.contains(list)).then(|| cell.history.bits() >> list & 1 == 1))
            .collect();
        let levels: Vec<Option<usize>> = cell
            .levels
            .iter()
            .map(|level| Some(usize::from(*level)))
            .collect();
        builder.add(&history, &levels, cell.count)?;
    }
    builder.build()
}

/// A capture table as the estimator takes it.
fn table_of(captures: &CaptureTable) -> Result<ethos_estimate::CaptureTable, EstimateError> {
    let mut builder =
        ethos_estimate::CaptureTable::builder(captures.lists.iter().cloned(), factors(captures));
    for cell in &captures.cells {
        let levels: Vec<usize> = cell
            .levels
            .iter()
            .map(|level| usize::from(*level))
            .collect();
        builder.add(cell.history.bits(), &levels, cell.count)?;
    }
    builder.build()
}

/// The rows of the national estimate: everyone in scope, then every level of every covariate,
/// then every category, for which there is no estimate unless a list can see it.
pub(crate) fn cube_rows(
    captures: &CaptureTable,
    estimate: &DateEstimate,
    in_scope: &BTreeMap<EthosCategory, u64>,
) -> Vec<CubeRow> {
    let time = Time::On(estimate.date);
    let key = |measure| {
        CubeKey::national(
            Family::NationalEstimate,
            time,
            Total::EstimateScope,
            measure,
        )
    };
    let mut rows = Vec::new();
    let mut push =
        |with: &dyn Fn(&mut CubeKey), observed: u64, added: Estimate, total: Estimate| {
            for (measure, figure) in [
                (Measure::Observed, Figure::Count(Count::seen(observed))),
                (Measure::Added, Figure::Estimate(added)),
                (Measure::Estimated, Figure::Estimate(total)),
            ] {
                let mut key = key(measure);
                with(&mut key);
                rows.push(CubeRow { key, figure });
            }
        };
    match &estimate.answer {
        Ok(answer) => {
            let population = &answer.population;
            let status = status_of(population.status);
            let total = Estimate {
                status,
                point: population.estimate,
                lower: population.lower,
                upper: population.upper,
            };
            let unseen = &answer.unobserved;
            let added = Estimate {
                status,
                point: unseen.estimate,
                lower: unseen.lower,
                upper: unseen.upper,
            };
            push(&|_| {}, answer.observed.round() as u64, added, total);
            for stratum in answer.strata.iter().filter(|stratum| stratum.by.len() == 1) {
                let (added, total) = stratum_figures(stratum);
                push(
                    &|key| set_level(key, &stratum.by),
                    stratum.observed.round() as u64,
                    added,
                    total,
                );
            }
        }
        Err(_) => push(&|_| {}, captures.persons(), Estimate::NONE, Estimate::NONE),
    }
    for (category, observed) in in_scope {
        push(
            &|key| key.category = Some(*category),
            *observed,
            Estimate::NONE,
            Estimate::NONE,
        );
    }
    rows.extend(beside(estimate, time));
    rows
}

/// The estimate beside those of other estimators, where the panel has them.
fn beside(estimate: &DateEstimate, time: Time) -> Vec<CubeRow> {
    let Ok(answer) = &estimate.answer else {
        return Vec::new();
    };
    let Some(panel) = &answer.panel else {
        return Vec::new();
    };
    let population = &answer.population;
    let own = Estimate {
        status: status_of(population.status),
        point: population.estimate,
        lower: population.lower,
        upper: population.upper,
    };
    let of = |other: &PanelEstimate| Estimate {
        status: status_of(other.status),
        point: other.estimate,
        lower: other.lower,
        upper: other.upper,
    };
    let chao = &panel.chao;
    let chao = chao.lists_corrected_stratified.as_ref();
    let chao = chao.unwrap_or(&panel.chao.lists_corrected);
    let darroch = panel
        .heterogeneity
        .iter()
        .find(|report| report.model == "Mth Darroch")
        .map(|report| {
            let figure = of(&report.population);
            (Measure::EstimatedBy(Estimator::Darroch), figure)
        });
    [
        (Measure::Estimated, own),
        (Measure::EstimatedBy(Estimator::Chao), of(chao)),
    ]
    .into_iter()
    .chain(darroch)
    .map(|(measure, figure)| CubeRow {
        key: CubeKey::national(Family::Estimators, time, Total::EstimateScope, measure),
        figure: Figure::Estimate(figure),
    })
    .collect()
}

/// The estimate of the population in every stratum, by the levels of the capture table. A covariate
/// with one level takes no part in the estimate and has that level everywhere.
pub(crate) fn by_stratum(
    captures: &CaptureTable,
    estimate: &DateEstimate,
) -> BTreeMap<Vec<String>, Estimate> {
    let Ok(answer) = &estimate.answer else {
        return BTreeMap::new();
    };
    let only = |name: &str| {
        let stratifier = captures
            .strata
            .iter()
            .find(|stratifier| stratifier.name == name)?;
        stratifier.levels.first().cloned()
    };
    let full = answer.settings.strata.len();
    let population = &answer.population;
    let whole = || {
        let levels = captures
            .strata
            .iter()
            .filter_map(|stratifier| only(&stratifier.name))
            .collect();
        let figure = Estimate {
            status: status_of(population.status),
            point: population.estimate,
            lower: population.lower,
            upper: population.upper,
        };
        BTreeMap::from([(levels, figure)])
    };
    if full == 0 {
        return whole();
    }
    answer
        .strata
        .iter()
        .filter(|stratum| stratum.by.len() == full)
        .map(|stratum| {
            let levels = captures
                .strata
                .iter()
                .map(|stratifier| {
                    let told = stratum.by.get(&stratifier.name).cloned();
                    told.or_else(|| only(&stratifier.name)).unwrap_or_default()
                })
                .collect();
            (levels, stratum_figures(stratum).1)
        })
        .collect()
}

fn stratum_figures(stratum: &StratumReport) -> (Estimate, Estimate) {
    if stratum.status == Status::Empty {
        return (Estimate::NONE, Estimate::NONE);
    }
    let status = status_of(stratum.status);
    let less = |limit: Option<f64>| limit.map(|limit| (limit - stratum.observed).max(0.0));
    let total = Estimate {
        status,
        point: stratum.estimate,
        lower: stratum.lower,
        upper: stratum.upper,
    };
    let added = Estimate {
        status,
        point: stratum.unobserved,
        lower: less(stratum.lower),
        upper: less(stratum.upper),
    };
    (added, total)
}

fn set_level(key: &mut CubeKey, by: &BTreeMap<String, String>) {
    for (name, level) in by {
        let slot = match name.as_str() {
            "sex" => &mut key.sex,
            "age" => &mut key.age,
            "origin" => &mut key.origin,
            _ => &mut key.region,
        };
        *slot = Some(level.clone());
    }
}

pub(crate) fn status_of(status: Status) -> EstimateStatus {
    match status {
        Status::Ok => EstimateStatus::Ok,
        Status::Unbounded => EstimateStatus::Unbounded,
        // A run has no interval only if it was stopped, and then publishes nothing.
        // Where nobody was seen nothing is known, whatever the model adds up to.
        Status::NotEstimable | Status::NoInterval | Status::Empty => EstimateStatus::NotEstimable,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// A model adds 0 to a stratum in which nobody was seen. That is no finding.
    #[test]
    fn a_stratum_nobody_was_seen_in_has_no_estimate() {
        let seen = StratumReport {
            by: BTreeMap::new(),
            observed: 40.0,
            unobserved: Some(25.0),
            estimate: Some(65.0),
            se: Some(5.0),
            lower: Some(55.0),
            upper: Some(80.0),
            status: Status::Ok,
            percentile: None,
            model: None,
            not_estimable: None,
        };
        let (added, total) = stratum_figures(&seen);
        assert_eq!((added.point, added.lower), (Some(25.0), Some(15.0)));
        assert_eq!(
            (total.status, total.upper),
            (EstimateStatus::Ok, Some(80.0))
        );
        let empty = StratumReport {
            observed: 0.0,
            unobserved: Some(0.0),
            estimate: Some(0.0),
            status: Status::Empty,
            ..seen
        };
        assert_eq!(stratum_figures(&empty), (Estimate::NONE, Estimate::NONE));
    }
}

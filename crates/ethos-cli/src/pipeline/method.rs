//! How the estimate of a date was made, for the pictures of a release.

use std::collections::BTreeMap;

use ethos_estimate::Estimate as Answer;
use ethos_model::capture::CaptureTable;
use ethos_publish::{CurvePoint, DependenceCurve, Method, TriedModel};

use super::estimates::DateEstimate;
use super::internal::date_models;

/// Models that are kept, the best first.
const KEPT: usize = 40;

/// The methods of the dates with an estimate.
pub(crate) fn methods(estimates: &[DateEstimate], captures: &[CaptureTable]) -> Vec<Method> {
    estimates
        .iter()
        .filter_map(|estimate| {
            let captures = captures.iter().find(|table| table.date == estimate.date)?;
            Some(method(estimate.answer.as_ref().ok()?, captures))
        })
        .collect()
}

fn method(answer: &Answer, captures: &CaptureTable) -> Method {
    let mut overlaps: BTreeMap<u16, u64> = BTreeMap::new();
    for cell in &captures.cells {
        *overlaps.entry(cell.history.bits()).or_insert(0) += cell.count;
    }
    let models = date_models(captures.date, answer);
    let best = models
        .models
        .iter()
        .map(|line| line.criterion)
        .fold(f64::INFINITY, f64::min);
    let curves = answer
        .panel
        .as_ref()
        .and_then(|panel| panel.sensitivity.as_ref())
        .map_or_else(Vec::new, |sensitivity| {
            sensitivity
                .terms
                .iter()
                .map(|term| DependenceCurve {
                    lists: term.lists.clone(),
                    points: term
                        .curve
                        .iter()
                        .map(|point| CurvePoint {
                            odds_ratio: point.odds_ratio,
                            estimate: point.estimate,
                            rejected: point.fit.rejected(),
                        })
                        .collect(),
                })
                .collect()
        });
    Method {
        date: captures.date,
        lists: captures.lists.clone(),
        overlaps: overlaps.into_iter().collect(),
        criterion: models.criterion,
        models: models
            .models
            .into_iter()
            .take(KEPT)
            .map(|line| TriedModel {
                notation: line.notation,
                difference: line.criterion - best,
                weight: line.weight,
                estimate: line.estimate.point,
                lower: line.estimate.lower,
                upper: line.estimate.upper,
                selected: line.selected,
            })
            .collect(),
        curves,
    }
}

//! The ladder of models: what each of the best models would have estimated.

use ethos_model::category::Language;
use ethos_model::cell::Estimate;

use super::scale::Axis;
use super::svg::{Anchor, Svg, fitted};
use crate::words::number;

/// One model.
#[derive(Clone, PartialEq, Debug)]
pub struct Rung {
    /// Bracket notation.
    pub notation: String,
    /// How much worse its criterion is than the best.
    pub difference: f64,
    /// Its weight among the models, 0–1, where weights were computed.
    pub weight: Option<f64>,
    /// Its estimate of the population; the interval may be missing.
    pub estimate: Estimate,
    /// Whether the published estimate is this model's.
    pub selected: bool,
}

const WIDTH: f64 = 900.0;
const ROW: f64 = 28.0;
const TOP: f64 = 30.0;
const NOTATION: f64 = 250.0;
const DIFFERENCE: f64 = 320.0;
const WEIGHT: (f64, f64) = (336.0, 420.0);
const LEFT: f64 = 446.0;
const RIGHT: f64 = 880.0;

/// Draws the rungs in the order given. `criterion` is the name of what was minimised.
pub fn draw(id: &str, rungs: &[Rung], criterion: &str, language: Language) -> String {
    let height = TOP + rungs.len() as f64 * ROW + 34.0;
    let mut svg = Svg::new(id, "chart wide", WIDTH, height);
    let bottom = TOP + rungs.len() as f64 * ROW;
    let points = rungs
        .iter()
        .filter_map(|rung| rung.estimate.point)
        .filter(|p| p.is_finite());
    let most = points.fold(1.0, f64::max);
    let uppers = rungs
        .iter()
        .filter_map(|rung| rung.estimate.upper)
        .filter(|u| u.is_finite());
    // Intervals beyond twice the largest point are cut with an arrow.
    let axis = Axis::up_to(uppers.fold(most, f64::max).min(most * 2.0), 5);
    let x = |value: f64| axis.place(value, LEFT, RIGHT);
    svg.text("head", 0.0, 16.0, Anchor::Start, "Model");
    svg.text(
        "head",
        DIFFERENCE,
        16.0,
        Anchor::End,
        &format!("Δ {criterion}"),
    );
    svg.text(
        "head",
        WEIGHT.0,
        16.0,
        Anchor::Start,
        language.pick("gewicht", "weight"),
    );
    svg.text(
        "head",
        LEFT,
        16.0,
        Anchor::Start,
        language.pick(
            "geschat totaal met interval",
            "estimated total with interval",
        ),
    );
    for tick in &axis.ticks {
        svg.line("grid", (x(*tick), TOP), (x(*tick), bottom));
        let label = number::whole(*tick as u64, language);
        svg.text("tick", x(*tick), bottom + 20.0, Anchor::Middle, &label);
    }
    let whole = |rung: &Rung| rung.difference == rung.difference.round();
    let decimals = usize::from(!rungs.iter().all(whole));
    for (at, rung) in rungs.iter().enumerate() {
        let top = TOP + at as f64 * ROW;
        let middle = top + ROW / 2.0;
        if rung.selected {
            svg.rect("chosen", 0.0, top + 1.0, WIDTH, ROW - 2.0);
        }
        let notation = fitted(&rung.notation, 14.0, NOTATION);
        svg.text("label mono", 6.0, middle + 5.0, Anchor::Start, &notation);
        let difference = number::decimal(rung.difference, decimals, language);
        svg.text("tick", DIFFERENCE, middle + 5.0, Anchor::End, &difference);
        if let Some(weight) = rung.weight.filter(|weight| weight.is_finite()) {
            let length = weight.clamp(0.0, 1.0) * (WEIGHT.1 - WEIGHT.0);
            svg.rect(
                "weight-ground",
                WEIGHT.0,
                middle - 5.0,
                WEIGHT.1 - WEIGHT.0,
                10.0,
            );
            svg.rect("weight", WEIGHT.0, middle - 5.0, length, 10.0);
        }
        let Some(point) = rung.estimate.point.filter(|point| point.is_finite()) else {
            let none = language.pick("geen schatting", "no estimate");
            svg.text("muted", LEFT, middle + 5.0, Anchor::Start, none);
            continue;
        };
        if let Some(lower) = rung.estimate.lower {
            let upper = rung.estimate.upper.filter(|upper| *upper <= axis.top);
            let end = upper.map_or(RIGHT + 8.0, x);
            svg.line("rung", (x(lower), middle), (end, middle));
            if upper.is_none() {
                let arrow = [
                    (end - 6.0, middle - 4.0),
                    (end, middle),
                    (end - 6.0, middle + 4.0),
                ];
                svg.path("rung", &arrow, false);
            }
        }
        svg.circle(
            if rung.selected {
                "study-dot"
            } else {
                "rung-dot"
            },
            x(point),
            middle,
            5.0,
        );
    }
    let description: Vec<String> = rungs
        .iter()
        .map(|rung| {
            let point = rung.estimate.point.map_or_else(
                || language.pick("geen schatting", "no estimate").to_owned(),
                |point| number::decimal(point, 0, language),
            );
            format!("{}: {point}", rung.notation)
        })
        .collect();
    svg.finish(
        language.pick("Schatting per model", "Estimate by model"),
        &format!("{}.", description.join("; ")),
    )
}

#[cfg(test)]
mod tests {
    use super::*;
    use ethos_model::cell::EstimateStatus;

    #[test]
    fn rungs_without_an_estimate_say_so() {
        let rung = |point: Option<f64>, selected| Rung {
            notation: "[12,3]".into(),
            difference: 0.0,
            weight: Some(0.4),
            estimate: Estimate {
                status: EstimateStatus::Ok,
                point,
                lower: point.map(|point| point / 2.0),
                upper: point.map(|point| point * 9.0),
            },
            selected,
        };
        let drawn = draw(
            "l",
            &[rung(Some(300.0), true), rung(None, false)],
            "BIC",
            Language::Nl,
        );
        assert_eq!(drawn.matches("geen schatting").count(), 2);
        assert_eq!(drawn.matches("class=\"chosen\"").count(), 1);
        assert_eq!(
            drawn.matches("<path class=\"rung\"").count(),
            1,
            "cut with an arrow"
        );
    }
}

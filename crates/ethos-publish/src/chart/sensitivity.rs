//! The sensitivity curve: what the estimate becomes when lists depend on each other in ways that
//! the model leaves out.

use ethos_model::category::Language;

use super::scale::Axis;
use super::svg::{Anchor, Svg, fitted};
use crate::words::number;

/// A curve: the estimate over the odds ratio between some lists.
#[derive(Clone, PartialEq, Debug)]
pub struct Curve {
    /// Names of the lists.
    pub name: String,
    /// Odds ratio, estimate, and whether the data reject that odds ratio; by growing odds ratio.
    pub points: Vec<(f64, Option<u64>, bool)>,
}

const WIDTH: f64 = 760.0;
const HEIGHT: f64 = 400.0;
const LEFT: f64 = 76.0;
const RIGHT: f64 = 560.0;
const TOP: f64 = 34.0;
const BOTTOM: f64 = 336.0;
const SIZE: f64 = 13.0;
/// Dashes of the curves, so that they are told apart without colour; the style sheet has them.
const STYLES: usize = 4;

/// Draws the curves. `point` and its limits are the published estimate.
pub fn draw(
    curves: &[Curve],
    (point, lower, upper): (u64, Option<u64>, Option<u64>),
    language: Language,
) -> String {
    let mut svg = Svg::new("sensitivity", "chart wide", WIDTH, HEIGHT);
    let ratios = || curves.iter().flat_map(|c| c.points.iter().map(|p| p.0));
    let (first, last) = ratios().fold((1.0_f64, 1.0_f64), |(low, high), ratio| {
        (low.min(ratio), high.max(ratio))
    });
    let estimates = curves
        .iter()
        .flat_map(|c| c.points.iter().filter_map(|p| p.1));
    let largest = estimates.chain(upper).chain([point]).max().unwrap_or(point);
    // A curve that runs away is cut.
    let axis = Axis::up_to(largest.min(point.saturating_mul(3)) as f64 * 1.05, 5);
    let y = |value: u64| axis.place(value as f64, BOTTOM, TOP);
    let x = |ratio: f64| place(ratio, first, last);
    if let (Some(lower), Some(upper)) = (lower, upper) {
        svg.rect("limit95", LEFT, y(upper), RIGHT - LEFT, y(lower) - y(upper));
    }
    for tick in &axis.ticks {
        let at = axis.place(*tick, BOTTOM, TOP);
        let class = if *tick == 0.0 { "axis" } else { "grid" };
        svg.line(class, (LEFT, at), (RIGHT, at));
        let label = number::whole(*tick as u64, language);
        svg.text("tick", LEFT - 8.0, at + 4.5, Anchor::End, &label);
    }
    svg.line("target", (LEFT, y(point)), (RIGHT, y(point)));
    for (ratio, label) in [
        (0.25, "¼"),
        (0.5, "½"),
        (1.0, "1"),
        (1.5, "1½"),
        (2.0, "2"),
        (3.0, "3"),
        (4.0, "4"),
        (5.0, "5"),
    ] {
        if (first..=last).contains(&ratio) {
            svg.line("axis", (x(ratio), BOTTOM), (x(ratio), BOTTOM + 5.0));
            svg.text("tick", x(ratio), BOTTOM + 20.0, Anchor::Middle, label);
        }
    }
    if first < 1.0 && last > 1.0 {
        svg.line("break", (x(1.0), TOP), (x(1.0), BOTTOM));
    }
    svg.text(
        "head",
        f64::midpoint(LEFT, RIGHT),
        BOTTOM + 46.0,
        Anchor::Middle,
        language.pick(
            "oddsratio tussen de lijsten (1: geen samenhang)",
            "odds ratio between the lists (1: no dependence)",
        ),
    );
    svg.text(
        "head",
        0.0,
        16.0,
        Anchor::Start,
        language.pick("geschat totaal", "estimated total"),
    );
    let mut ends: Vec<(f64, String)> = Vec::new();
    for (at, curve) in curves.iter().enumerate() {
        let class = format!("curve c{}", at % STYLES);
        for run in curve.points.split(|point| point.1.is_none()) {
            let line: Vec<(f64, f64)> = run
                .iter()
                .filter_map(|(ratio, estimate, _)| Some((x(*ratio), y((*estimate)?))))
                .collect();
            svg.path(&class, &line, false);
        }
        for (ratio, estimate, rejected) in &curve.points {
            let Some(estimate) = estimate else { continue };
            let class = if *rejected { "curve-open" } else { "curve-dot" };
            let words = format!(
                "{}, {}: {}",
                curve.name,
                number::decimal(*ratio, 2, language),
                number::whole(*estimate, language)
            );
            svg.dot(class, x(*ratio), y(*estimate), 3.4, &words);
        }
        if let Some((_, Some(end), _)) = curve.points.iter().rfind(|point| point.1.is_some()) {
            ends.push((y(*end), curve.name.clone()));
        }
    }
    // Names at the ends of the curves, moved apart where they would touch.
    ends.sort_by(|a, b| a.0.total_cmp(&b.0));
    let mut free = TOP;
    for (end, name) in ends {
        let line = (end + 4.5).max(free);
        let name = fitted(&name, SIZE, WIDTH - RIGHT - 16.0);
        svg.line("link-thin", (RIGHT + 2.0, end), (RIGHT + 10.0, line - 4.5));
        svg.text("tick", RIGHT + 14.0, line, Anchor::Start, &name);
        free = line + 16.0;
    }
    let label = format!(
        "{} {}",
        language.pick("schatting", "estimate"),
        number::whole(point, language)
    );
    svg.text("named", x(1.0) + 7.0, TOP + 14.0, Anchor::Start, &label);
    svg.finish(
        language.pick(
            "Wat de schatting wordt als lijsten anders samenhangen",
            "What the estimate becomes if lists depend otherwise",
        ),
        &describe(curves, point, language),
    )
}

/// Place of an odds ratio: ½ lies as far to the left of 1 as 2 lies to the right.
fn place(ratio: f64, first: f64, last: f64) -> f64 {
    // Up to 1 the inverse, from there on the ratio itself: even on both sides without logarithms.
    let even = |ratio: f64| {
        if ratio < 1.0 {
            1.0 - 1.0 / ratio.max(f64::MIN_POSITIVE)
        } else {
            ratio - 1.0
        }
    };
    let span = even(last) - even(first);
    if span <= 0.0 {
        return f64::midpoint(LEFT, RIGHT);
    }
    LEFT + (even(ratio) - even(first)) / span * (RIGHT - LEFT)
}

fn describe(curves: &[Curve], point: u64, language: Language) -> String {
    let parts: Vec<String> = curves
        .iter()
        .map(|curve| {
            let ends = [curve.points.first(), curve.points.last()];
            let ends: Vec<String> = ends
                .into_iter()
                .flatten()
                .map(|(ratio, estimate, _)| {
                    format!(
                        "{} {} {}",
                        estimate.map_or_else(|| "–".into(), |e| number::whole(e, language)),
                        language.pick("bij", "at"),
                        number::decimal(*ratio, 2, language)
                    )
                })
                .collect();
            format!("{}: {}", curve.name, ends.join(", "))
        })
        .collect();
    format!(
        "{} {}. {}.",
        language.pick("De schatting is", "The estimate is"),
        number::whole(point, language),
        parts.join("; ")
    )
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_half_lies_as_far_as_two() {
        let at = |ratio| place(ratio, 0.5, 2.0);
        assert_eq!(at(0.5), LEFT);
        assert_eq!(at(2.0), RIGHT);
        assert!((at(1.0) - f64::midpoint(LEFT, RIGHT)).abs() < 1e-9);
        assert!(place(1.0, 1.0, 1.0).is_finite());
    }

    #[test]
    fn a_point_without_an_estimate_breaks_the_line() {
        let curve = Curve {
            name: "a + b".into(),
            points: vec![
                (0.5, Some(900), true),
                (1.0, Some(1_000), false),
                (2.0, None, false),
                (3.0, Some(1_900), false),
            ],
        };
        let drawn = draw(&[curve], (1_000, Some(800), None), Language::En);
        assert_eq!(drawn.matches("class=\"curve c0\"").count(), 2);
        assert_eq!(drawn.matches("class=\"curve-open\"").count(), 1);
        assert!(drawn.contains("a + b: 900 at 0.50, 1,900 at 3.00"));
    }
}

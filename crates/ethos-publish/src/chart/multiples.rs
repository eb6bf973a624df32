//! Small multiples: a panel for every category, alike in everything but its figures. In a panel a
//! row for every age, men to the left and women to the right.

use ethos_model::category::Language;

use super::scale::Axis;
use super::svg::{Anchor, Svg, fitted};
use crate::tables::PrintCell;
use crate::words::number;

/// A panel.
#[derive(Clone, PartialEq, Debug)]
pub struct Panel {
    /// What it shows.
    pub title: String,
    /// Its rows, from the top.
    pub rows: Vec<Pair>,
}

/// The two figures of a row.
#[derive(Clone, PartialEq, Debug)]
pub struct Pair {
    /// What the row is of.
    pub label: String,
    /// Bar to the left.
    pub left: PrintCell,
    /// Bar to the right.
    pub right: PrintCell,
}

/// Names of the sides.
#[derive(Copy, Clone, Debug)]
pub struct Sides<'a> {
    /// Over the bars to the left.
    pub left: &'a str,
    /// Over the bars to the right.
    pub right: &'a str,
}

const COLUMNS: usize = 2;
const PANEL: f64 = 400.0;
const GAP: f64 = 40.0;
const ROW: f64 = 23.0;
const HEAD: f64 = 46.0;
const FOOT: f64 = 34.0;
/// Width of the labels between the sides.
const SPINE: f64 = 92.0;
/// Room beyond a bar for its figure.
const VALUE: f64 = 46.0;

/// Draws the panels, two beside each other, all on one scale.
pub fn draw(panels: &[Panel], sides: Sides<'_>, title: &str, language: Language) -> String {
    let lines = panels.len().div_ceil(COLUMNS);
    let rows = panels
        .iter()
        .map(|panel| panel.rows.len())
        .max()
        .unwrap_or(0);
    let high = HEAD + rows as f64 * ROW + FOOT;
    let width = PANEL * COLUMNS as f64 + GAP * (COLUMNS - 1) as f64;
    let mut svg = Svg::new(
        "multiples",
        "chart wide multiples",
        width,
        lines as f64 * high,
    );
    let value = |cell: &PrintCell| match cell {
        PrintCell::Number { value, .. } => *value,
        _ => 0,
    };
    let most = panels
        .iter()
        .flat_map(|panel| &panel.rows)
        .flat_map(|row| [value(&row.left), value(&row.right)])
        .max()
        .unwrap_or(1);
    let axis = Axis::up_to(most as f64, 2);
    for (at, panel) in panels.iter().enumerate() {
        let x = (at % COLUMNS) as f64 * (PANEL + GAP);
        let y = (at / COLUMNS) as f64 * high;
        one(&mut svg, panel, sides, &axis, (x, y), language);
    }
    svg.finish(title, &describe(panels, sides, language))
}

fn one(
    svg: &mut Svg,
    panel: &Panel,
    sides: Sides<'_>,
    axis: &Axis,
    (x, y): (f64, f64),
    language: Language,
) {
    let middle = x + PANEL / 2.0;
    let (left, right) = (middle - SPINE / 2.0, middle + SPINE / 2.0);
    let length = PANEL / 2.0 - SPINE / 2.0 - VALUE;
    let title = fitted(&panel.title, 14.0, PANEL);
    svg.text("label strong", x, y + 15.0, Anchor::Start, &title);
    svg.text("head", left, y + 36.0, Anchor::End, sides.left);
    svg.text("head", right, y + 36.0, Anchor::Start, sides.right);
    let bottom = y + HEAD + panel.rows.len() as f64 * ROW;
    for tick in &axis.ticks {
        let at = axis.place(*tick, 0.0, length);
        let class = if *tick == 0.0 { "axis" } else { "grid" };
        svg.line(class, (left - at, y + HEAD), (left - at, bottom));
        svg.line(class, (right + at, y + HEAD), (right + at, bottom));
        if *tick == 0.0 || *tick == axis.top {
            let text = number::whole(*tick as u64, language);
            svg.text("tick", left - at, bottom + 15.0, Anchor::Middle, &text);
            svg.text("tick", right + at, bottom + 15.0, Anchor::Middle, &text);
        }
    }
    for (at, row) in panel.rows.iter().enumerate() {
        let top = y + HEAD + at as f64 * ROW;
        let line = top + ROW / 2.0 + 4.5;
        let label = fitted(&row.label, 13.0, SPINE - 4.0);
        svg.text("tick", middle, line, Anchor::Middle, &label);
        for (cell, toward_left) in [(&row.left, true), (&row.right, false)] {
            let (from, sign, anchor) = if toward_left {
                (left, -1.0, Anchor::End)
            } else {
                (right, 1.0, Anchor::Start)
            };
            let end = match cell {
                PrintCell::Number { value, .. } => axis.place(*value as f64, 0.0, length),
                _ => 0.0,
            };
            if end > 0.0 {
                let class = if toward_left { "seen" } else { "seen-other" };
                let start = if toward_left { from - end } else { from };
                svg.rect(class, start, top + 4.0, end.max(1.0), ROW - 8.0);
            }
            // That figures are minima is said once, beneath the picture.
            let text = match cell {
                PrintCell::Number { value, .. } => number::whole(*value, language),
                other => other.text(language),
            };
            svg.text("count", from + sign * (end + 5.0), line, anchor, &text);
        }
    }
}

fn describe(panels: &[Panel], sides: Sides<'_>, language: Language) -> String {
    let parts: Vec<String> = panels
        .iter()
        .map(|panel| {
            let rows: Vec<String> = panel
                .rows
                .iter()
                .map(|row| {
                    format!(
                        "{} {} {}, {} {}",
                        row.label,
                        sides.left,
                        row.left.text(language),
                        sides.right,
                        row.right.text(language)
                    )
                })
                .collect();
            format!("{}: {}", panel.title, rows.join("; "))
        })
        .collect();
    format!("{}.", parts.join(". "))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::words::label::Mark;

    #[test]
    fn panels_share_a_scale_and_marks_have_no_bar() {
        let panel = |title: &str, left, right| Panel {
            title: title.into(),
            rows: vec![Pair {
                label: "18–26".into(),
                left,
                right,
            }],
        };
        let drawn = draw(
            &[
                panel("a", PrintCell::number(1_000), PrintCell::number(500)),
                panel("b", PrintCell::Mark(Mark::Suppressed), PrintCell::number(0)),
                panel("c", PrintCell::number(500), PrintCell::number(1_000)),
            ],
            Sides {
                left: "men",
                right: "women",
            },
            "t",
            Language::En,
        );
        assert_eq!(drawn.matches("<rect class=\"seen\"").count(), 2);
        assert_eq!(drawn.matches("<rect class=\"seen-other\"").count(), 2);
        let wide = drawn.matches("width=\"108\"").count();
        assert_eq!(wide, 2, "a thousand is as long everywhere: {drawn}");
        assert!(drawn.contains(">[c]<") && drawn.contains("a: 18–26 men 1,000, women 500"));
    }
}

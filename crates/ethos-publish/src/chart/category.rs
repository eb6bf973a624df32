//! Observed people by category as bars. A cell without a number has no bar, only its mark.

use ethos_model::category::Language;

use super::scale::Axis;
use super::svg::{Anchor, Svg, fitted};
use crate::tables::PrintCell;

/// One bar.
#[derive(Clone, PartialEq, Debug)]
pub struct Bar {
    /// Label.
    pub label: String,
    /// Figure.
    pub cell: PrintCell,
    /// Whether the bar is set apart: people threatened, who are in no homeless total.
    pub apart: bool,
}

const WIDTH: f64 = 640.0;
const ROW: f64 = 52.0;
const VALUE: f64 = 116.0;

/// Draws the bars in the order given.
pub fn draw(bars: &[Bar], language: Language) -> String {
    let gap = if bars.iter().any(|bar| bar.apart) {
        18.0
    } else {
        0.0
    };
    let height = bars.len() as f64 * ROW + gap + 6.0;
    let mut svg = Svg::new("categories", "chart bars", WIDTH, height);
    let value = |bar: &Bar| match bar.cell {
        PrintCell::Number { value, .. } => Some(value),
        _ => None,
    };
    let largest = bars.iter().filter_map(value).max().unwrap_or(1);
    let axis = Axis::up_to(largest as f64, 4);
    let mut top = 0.0;
    let mut apart = false;
    for bar in bars {
        if bar.apart && !apart {
            apart = true;
            svg.line("grid", (0.0, top + gap / 2.0), (WIDTH, top + gap / 2.0));
            top += gap;
        }
        svg.text(
            "label",
            0.0,
            top + 18.0,
            Anchor::Start,
            &fitted(&bar.label, 19.0, WIDTH),
        );
        let end = axis.place(value(bar).unwrap_or(0) as f64, 0.0, WIDTH - VALUE);
        if value(bar).is_some_and(|value| value > 0) {
            let class = if bar.apart { "threatened" } else { "seen" };
            svg.rect(class, 0.0, top + 25.0, end.max(2.0), 14.0);
            svg.text(
                "value",
                end.max(2.0) + 8.0,
                top + 38.0,
                Anchor::Start,
                &bar.cell.text(language),
            );
        } else {
            svg.line("axis", (0.0, top + 25.0), (0.0, top + 39.0));
            svg.text(
                "muted",
                8.0,
                top + 38.0,
                Anchor::Start,
                &bar.cell.text(language),
            );
        }
        top += ROW;
    }
    let description: Vec<String> = bars
        .iter()
        .map(|bar| format!("{}: {}", bar.label, bar.cell.text(language)))
        .collect();
    svg.finish(
        language.pick(
            "Getelde mensen naar categorie",
            "Observed people by category",
        ),
        &format!("{}.", description.join("; ")),
    )
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::words::label::Mark;

    #[test]
    fn a_withheld_cell_has_no_bar() {
        let bar = |cell| Bar {
            label: "x".into(),
            cell,
            apart: false,
        };
        let drawn = draw(
            &[
                bar(PrintCell::number(1200)),
                bar(PrintCell::Mark(Mark::Suppressed)),
                bar(PrintCell::number(0)),
            ],
            Language::Nl,
        );
        assert_eq!(drawn.matches("<rect").count(), 1);
        assert!(drawn.contains(">[c]<") && drawn.contains(">1.200<") && drawn.contains(">0<"));
    }
}

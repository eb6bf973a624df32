//! Counts of one place on several dates, as columns.

use ethos_model::category::Language;

use super::scale::Axis;
use super::svg::{Anchor, Svg};
use crate::tables::PrintCell;
use crate::words::label::Mark;

/// A column.
#[derive(Clone, PartialEq, Debug)]
pub struct Column {
    /// Its date in a few letters.
    pub date: String,
    /// The figure.
    pub cell: PrintCell,
    /// Whether a break in the series lies before it.
    pub after_break: bool,
}

const WIDTH: f64 = 330.0;
const HEIGHT: f64 = 170.0;
const TOP: f64 = 24.0;
const BOTTOM: f64 = 142.0;

/// Draws a column for every date, its figure or mark over it, and a line where the series breaks.
/// `id` must be unique in the page.
pub fn draw(id: &str, title: &str, dates: &[Column], language: Language) -> String {
    let mut svg = Svg::new(id, "chart dates", WIDTH, HEIGHT);
    let value = |cell: &PrintCell| match cell {
        PrintCell::Number { value, .. } => *value,
        _ => 0,
    };
    let most = dates.iter().map(|column| value(&column.cell)).max();
    let most = most.unwrap_or(1);
    let sign = Mark::Break.shorthand(language);
    let axis = Axis::up_to(most as f64, 3);
    let column = WIDTH / dates.len().max(1) as f64;
    let bar = (column * 0.5).min(54.0);
    for (
        at,
        Column {
            date,
            cell,
            after_break,
        },
    ) in dates.iter().enumerate()
    {
        // The first column kept has nothing before it to be parted from.
        if *after_break && at > 0 {
            let between = at as f64 * column;
            svg.line("break", (between, TOP - 8.0), (between, BOTTOM));
            svg.text("note", between, TOP - 12.0, Anchor::Middle, sign);
        }
        let x = (at as f64 + 0.5) * column;
        let top = axis.place(value(cell) as f64, BOTTOM, TOP);
        svg.rect("seen", x - bar / 2.0, top, bar, BOTTOM - top);
        let class = if value(cell) > 0 { "value" } else { "muted" };
        svg.text(class, x, top - 6.0, Anchor::Middle, &cell.text(language));
        svg.text("tick", x, BOTTOM + 18.0, Anchor::Middle, date);
    }
    svg.line("axis", (0.0, BOTTOM), (WIDTH, BOTTOM));
    let description: Vec<String> = dates
        .iter()
        .map(|column| {
            let sign = if column.after_break {
                format!(" {sign}")
            } else {
                String::new()
            };
            format!("{}{sign}: {}", column.date, column.cell.text(language))
        })
        .collect();
    svg.finish(title, &format!("{}.", description.join("; ")))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_date_without_a_figure_has_its_mark() {
        let column = |date: &str, cell, after_break| Column {
            date: date.to_owned(),
            cell,
            after_break,
        };
        let dates = [
            column("2025", PrintCell::Mark(Mark::NotDelivered), false),
            column("2026", PrintCell::number(1_200), false),
        ];
        let drawn = draw("d", "t", &dates, Language::Nl);
        assert!(drawn.contains(">[n]<") && drawn.contains(">1.200<"));
        assert!(drawn.contains("2025: [n]; 2026: 1.200."));
        assert!(!drawn.contains("class=\"break\""));
        let dates = [
            column("2025", PrintCell::number(1_000), false),
            column("2026", PrintCell::number(1_200), true),
        ];
        let drawn = draw("d", "t", &dates, Language::Nl);
        assert!(drawn.contains("class=\"break\"") && drawn.contains(">[b]<"));
        assert!(drawn.contains("2025: 1.000; 2026 [b]: 1.200."));
    }
}

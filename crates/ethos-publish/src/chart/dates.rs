//! Counts of one place on several dates, as columns.

use ethos_model::category::Language;

use super::scale::Axis;
use super::svg::{Anchor, Svg};
use crate::tables::PrintCell;

const WIDTH: f64 = 330.0;
const HEIGHT: f64 = 170.0;
const TOP: f64 = 24.0;
const BOTTOM: f64 = 142.0;

/// Draws a column for every date, its figure or mark over it. `id` must be unique in the page.
pub fn draw(id: &str, title: &str, dates: &[(String, PrintCell)], language: Language) -> String {
    let mut svg = Svg::new(id, "chart dates", WIDTH, HEIGHT);
    let value = |cell: &PrintCell| match cell {
        PrintCell::Number { value, .. } => *value,
        _ => 0,
    };
    let most = dates.iter().map(|(_, cell)| value(cell)).max().unwrap_or(1);
    let axis = Axis::up_to(most as f64, 3);
    let column = WIDTH / dates.len().max(1) as f64;
    let bar = (column * 0.5).min(54.0);
    for (at, (date, cell)) in dates.iter().enumerate() {
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
        .map(|(date, cell)| format!("{date}: {}", cell.text(language)))
        .collect();
    svg.finish(title, &format!("{}.", description.join("; ")))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::words::label::Mark;

    #[test]
    fn a_date_without_a_figure_has_its_mark() {
        let dates = [
            ("2025".to_owned(), PrintCell::Mark(Mark::NotDelivered)),
            ("2026".to_owned(), PrintCell::number(1_200)),
        ];
        let drawn = draw("d", "t", &dates, Language::Nl);
        assert!(drawn.contains(">[n]<") && drawn.contains(">1.200<"));
        assert!(drawn.contains("2025: [n]; 2026: 1.200."));
    }
}

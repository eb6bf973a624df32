//! One bar: who was seen, whom the model added, and the interval of both together.

use ethos_model::category::Language;

use super::scale::Axis;
use super::svg::{Anchor, Svg};
use crate::words::number;

/// The figures of the bar.
#[derive(Copy, Clone, PartialEq, Debug)]
pub struct SeenAdded {
    /// Persons seen; `None` when withheld.
    pub seen: Option<u64>,
    /// Estimate.
    pub point: u64,
    /// Lower limit.
    pub lower: u64,
    /// Upper limit; `None` when there is none.
    pub upper: Option<u64>,
}

const WIDTH: f64 = 640.0;
const HEIGHT: f64 = 74.0;
const BAR: (f64, f64) = (10.0, 26.0);

/// Draws the bar. `id` must be unique in the page.
pub fn draw(id: &str, figures: SeenAdded, language: Language) -> String {
    let mut svg = Svg::new(id, "chart bar", WIDTH, HEIGHT);
    svg.hatching();
    let axis = Axis::up_to(figures.upper.unwrap_or(figures.point * 3 / 2) as f64, 5);
    let x = |value: u64| axis.place(value as f64, 12.0, WIDTH - 28.0);
    let seen = figures.seen.unwrap_or(0);
    let (top, height) = BAR;
    svg.rect("seen", x(0), top, x(seen) - x(0), height);
    svg.hatched(x(seen), top, x(figures.point) - x(seen), height);
    let middle = top + height / 2.0;
    let end = figures.upper.map_or(WIDTH - 8.0, x);
    svg.line("whisker-halo", (x(figures.lower), middle), (end, middle));
    svg.line("whisker", (x(figures.lower), middle), (end, middle));
    svg.line(
        "whisker",
        (x(figures.lower), middle - 8.0),
        (x(figures.lower), middle + 8.0),
    );
    if figures.upper.is_some() {
        svg.line("whisker", (end, middle - 8.0), (end, middle + 8.0));
    } else {
        svg.path(
            "whisker",
            &[
                (end - 8.0, middle - 6.0),
                (end, middle),
                (end - 8.0, middle + 6.0),
            ],
            false,
        );
    }
    svg.circle("whisker-dot", x(figures.point), middle, 4.5);
    for tick in &axis.ticks {
        let at = axis.place(*tick, 12.0, WIDTH - 28.0);
        svg.line("axis", (at, top + height + 4.0), (at, top + height + 9.0));
        let anchor = if *tick == 0.0 {
            Anchor::Start
        } else {
            Anchor::Middle
        };
        let label = number::whole(*tick as u64, language);
        let left = if *tick == 0.0 { at - 3.0 } else { at };
        svg.text("tick", left, top + height + 25.0, anchor, &label);
    }
    let whole = |value: u64| number::whole(value, language);
    let description = format!(
        "{}: {}. {}: {} ({}–{}).",
        language.pick("Gezien", "Seen"),
        figures.seen.map_or_else(|| "[c]".to_owned(), whole),
        language.pick("Geschat", "Estimated"),
        whole(figures.point),
        whole(figures.lower),
        figures.upper.map_or_else(
            || language
                .pick("geen bovengrens", "no upper limit")
                .to_owned(),
            whole
        ),
    );
    svg.finish(
        language.pick("Gezien en bijgeschat", "Seen and added"),
        &description,
    )
}

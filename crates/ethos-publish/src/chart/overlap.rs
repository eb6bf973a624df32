//! The overlap of the lists: a bar for every capture history, the matrix of lists beneath it,
//! and hatched beside them the people no list saw, as estimated.
//!
//! The counts are exact. The picture belongs under `internal/`.

use std::collections::BTreeMap;

use ethos_model::capture::{CaptureHistory, CaptureTable};
use ethos_model::category::Language;
use ethos_model::cell::Estimate;

use super::scale::Axis;
use super::svg::{Anchor, Svg, fitted};
use crate::words::number;

const COLUMN: f64 = 52.0;
const ROW: f64 = 26.0;
const TOP: f64 = 34.0;
const BARS: f64 = 240.0;
const NAMES: f64 = 150.0;
const TOTALS: f64 = 96.0;
/// Histories drawn; the others are summed into one bar.
const MOST: usize = 24;

/// Draws the overlap over all strata. `unseen` are the people no list saw; `id` must be unique
/// in the page.
pub fn draw(id: &str, captures: &CaptureTable, unseen: &Estimate, language: Language) -> String {
    let histories = histories(captures);
    let shown = histories.len().min(MOST);
    let further: u64 = histories[shown..].iter().map(|(_, count)| count).sum();
    let columns = shown + usize::from(further > 0);
    let lists = captures.lists.len();
    let left = NAMES + TOTALS + 24.0;
    let gap = 18.0;
    let width = left + (columns as f64 + 1.0) * COLUMN + gap + 30.0;
    let matrix = TOP + BARS + 14.0;
    let height = matrix + lists as f64 * ROW + 14.0;
    let mut svg = Svg::new(id, "chart wide", width, height);
    svg.hatching();

    let point = unseen
        .point
        .filter(|point| point.is_finite() && *point >= 0.0);
    let upper = unseen.upper.filter(|upper| upper.is_finite());
    let most = histories
        .first()
        .map_or(1, |(_, count)| *count)
        .max(further) as f64;
    // A very wide interval is cut, so that the bars stay readable.
    let tallest = point.map_or(most, |point| {
        most.max(point).max(upper.unwrap_or(point).min(point * 2.0))
    });
    let axis = Axis::up_to(tallest, 4);
    let y = |value: f64| axis.place(value, TOP + BARS, TOP);
    for tick in &axis.ticks {
        let class = if *tick == 0.0 { "axis" } else { "grid" };
        svg.line(class, (left, y(*tick)), (width - 10.0, y(*tick)));
        let label = number::whole(*tick as u64, language);
        svg.text("tick", left - 8.0, y(*tick) + 4.5, Anchor::End, &label);
    }
    for at in (0..lists).step_by(2) {
        svg.rect("stripe", 0.0, matrix + at as f64 * ROW, width - 10.0, ROW);
    }
    list_totals(&mut svg, captures, matrix, language);

    let center = |column: usize| left + (column as f64 + 0.5) * COLUMN;
    let bar = COLUMN * 0.56;
    for (column, (history, count)) in histories[..shown].iter().enumerate() {
        let x = center(column);
        let top = y(*count as f64);
        svg.rect("seen", x - bar / 2.0, top, bar, TOP + BARS - top);
        svg.text(
            "count",
            x,
            top - 5.0,
            Anchor::Middle,
            &number::whole(*count, language),
        );
        dots(&mut svg, x, matrix, lists, Some(*history));
    }
    if further > 0 {
        let x = center(shown);
        let top = y(further as f64);
        svg.rect("seen pale", x - bar / 2.0, top, bar, TOP + BARS - top);
        svg.text(
            "count",
            x,
            top - 5.0,
            Anchor::Middle,
            &number::whole(further, language),
        );
        let others = format!("+{}", histories.len() - shown);
        svg.text("tick", x, matrix + ROW * 0.68, Anchor::Middle, &others);
    }
    let x = center(columns) + gap;
    dots(&mut svg, x, matrix, lists, None);
    if let Some(point) = point {
        let top = y(point);
        svg.hatched(x - bar / 2.0, top, bar, TOP + BARS - top);
        let lower = unseen.lower.unwrap_or(point);
        let end = upper.map_or(TOP - 4.0, |upper| y(upper).max(TOP - 4.0));
        svg.line("whisker-halo", (x, y(lower)), (x, end));
        svg.line("whisker", (x, y(lower)), (x, end));
        svg.line("whisker", (x - 6.0, y(lower)), (x + 6.0, y(lower)));
        if upper.is_some_and(|upper| upper <= axis.top) {
            svg.line("whisker", (x - 6.0, end), (x + 6.0, end));
        } else {
            svg.path(
                "whisker",
                &[(x - 5.0, end + 7.0), (x, end), (x + 5.0, end + 7.0)],
                false,
            );
        }
        let label = number::whole(point.round() as u64, language);
        svg.text(
            "value",
            x,
            (end - 7.0).min(top - 6.0).max(14.0),
            Anchor::Middle,
            &label,
        );
    } else {
        svg.text("muted", x, TOP + BARS - 8.0, Anchor::Middle, "[ne]");
    }

    let description = describe(captures, &histories, point, language);
    svg.finish(
        language.pick("Overlap van de lijsten", "Overlap of the lists"),
        &description,
    )
}

/// Persons by history over all strata, the largest first.
fn histories(captures: &CaptureTable) -> Vec<(CaptureHistory, u64)> {
    let mut sums: BTreeMap<CaptureHistory, u64> = BTreeMap::new();
    for cell in &captures.cells {
        *sums.entry(cell.history).or_insert(0) += cell.count;
    }
    let mut histories: Vec<_> = sums.into_iter().filter(|(_, count)| *count > 0).collect();
    histories.sort_by_key(|(history, count)| (std::cmp::Reverse(*count), *history));
    histories
}

/// Name and size of each list, left of the matrix.
fn list_totals(svg: &mut Svg, captures: &CaptureTable, matrix: f64, language: Language) {
    let sizes: Vec<u64> = (0..captures.lists.len())
        .map(|list| {
            let on = captures
                .cells
                .iter()
                .filter(|cell| cell.history.bits() >> list & 1 == 1);
            on.map(|cell| cell.count).sum()
        })
        .collect();
    let most = sizes.iter().copied().max().unwrap_or(1).max(1) as f64;
    for (at, (name, size)) in captures.lists.iter().zip(&sizes).enumerate() {
        let top = matrix + at as f64 * ROW;
        svg.text(
            "label",
            4.0,
            top + 17.5,
            Anchor::Start,
            &fitted(name, 14.0, NAMES - 50.0),
        );
        let label = number::whole(*size, language);
        svg.text("tick", NAMES - 4.0, top + 17.5, Anchor::End, &label);
        let length = *size as f64 / most * TOTALS;
        svg.rect("list", NAMES + 4.0, top + 7.0, length, ROW - 14.0);
    }
}

fn dots(svg: &mut Svg, x: f64, matrix: f64, lists: usize, history: Option<CaptureHistory>) {
    let on = |list: usize| history.is_some_and(|history| history.bits() >> list & 1 == 1);
    let y = |list: usize| matrix + (list as f64 + 0.5) * ROW;
    let seen: Vec<usize> = (0..lists).filter(|list| on(*list)).collect();
    if let (Some(first), Some(last)) = (seen.first(), seen.last()) {
        svg.line("link", (x, y(*first)), (x, y(*last)));
    }
    for list in 0..lists {
        svg.circle(if on(list) { "dot-on" } else { "dot-off" }, x, y(list), 5.5);
    }
}

fn describe(
    captures: &CaptureTable,
    histories: &[(CaptureHistory, u64)],
    unseen: Option<f64>,
    language: Language,
) -> String {
    let mut parts: Vec<String> = histories
        .iter()
        .take(MOST)
        .map(|(history, count)| {
            let names: Vec<&str> = captures
                .lists
                .iter()
                .enumerate()
                .filter(|(list, _)| history.bits() >> list & 1 == 1)
                .map(|(_, name)| name.as_str())
                .collect();
            format!("{}: {}", names.join(" + "), number::whole(*count, language))
        })
        .collect();
    if let Some(unseen) = unseen {
        parts.push(format!(
            "{}: {}",
            language.pick(
                "door geen lijst gezien (geschat)",
                "seen by no list (estimated)"
            ),
            number::whole(unseen.round() as u64, language)
        ));
    }
    format!("{}.", parts.join("; "))
}

#[cfg(test)]
mod tests {
    use super::*;
    use ethos_model::capture::{CaptureCell, ListSet};
    use ethos_model::cell::EstimateStatus;
    use ethos_model::date::Day;

    fn table(lists: usize) -> CaptureTable {
        let cells = (1..1_u16 << lists)
            .map(|bits| CaptureCell {
                levels: vec![],
                history: CaptureHistory::new(ListSet(bits)).unwrap(),
                blind: ListSet::EMPTY,
                count: 1_000 / u64::from(bits),
            })
            .collect();
        CaptureTable {
            date: Day::parse("2026-01-01").unwrap(),
            lists: (0..lists).map(|list| format!("lijst {list}")).collect(),
            strata: vec![],
            cells,
        }
    }

    #[test]
    fn every_history_has_a_bar_and_the_unseen_is_hatched() {
        let unseen = Estimate {
            status: EstimateStatus::Ok,
            point: Some(2_400.0),
            lower: Some(1_800.0),
            upper: Some(3_300.0),
        };
        let drawn = draw("o", &table(3), &unseen, Language::Nl);
        assert_eq!(drawn.matches("class=\"seen\"").count(), 7);
        assert_eq!(drawn.matches("class=\"unseen\"").count(), 1);
        assert_eq!(drawn.matches("dot-on").count(), 12);
        assert!(drawn.contains(">2.400<"));
    }

    #[test]
    fn many_histories_are_summed() {
        let drawn = draw("o", &table(6), &Estimate::NONE, Language::En);
        assert_eq!(drawn.matches("class=\"seen\"").count(), MOST);
        assert!(drawn.contains("+39") && drawn.contains("[ne]"));
    }
}

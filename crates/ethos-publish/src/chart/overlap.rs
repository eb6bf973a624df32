//! The overlap of the lists: a bar for every capture history, the matrix of lists beneath it,
//! and hatched beside them the people no list saw, as estimated.
//!
//! Drawn from a capture table the counts are exact, and the picture belongs under `internal/`.

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

/// The lists and how many persons are on exactly which of them.
#[derive(Clone, PartialEq, Debug)]
pub struct Overlap {
    /// Names of the lists, and their sizes where they are shown.
    pub lists: Vec<(String, Option<u64>)>,
    /// Bars, the largest first.
    pub bars: Vec<Bar>,
}

/// Persons on exactly these lists.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct Bar {
    /// The lists: bit 0 is the first.
    pub lists: u16,
    /// Height of the bar.
    pub persons: u64,
    /// What stands over it.
    pub text: String,
}

impl Overlap {
    /// The exact overlap of a table, over all strata.
    pub fn of(captures: &CaptureTable, language: Language) -> Self {
        let size = |list: usize| {
            let on = captures
                .cells
                .iter()
                .filter(|cell| cell.history.bits() >> list & 1 == 1);
            on.map(|cell| cell.count).sum()
        };
        Self {
            lists: captures
                .lists
                .iter()
                .enumerate()
                .map(|(list, name)| (name.clone(), Some(size(list))))
                .collect(),
            bars: histories(captures)
                .into_iter()
                .map(|(history, persons)| Bar {
                    lists: history.bits(),
                    persons,
                    text: number::whole(persons, language),
                })
                .collect(),
        }
    }
}

/// Draws the overlap. `unseen` are the people no list saw; `id` must be unique in the page.
pub fn draw(id: &str, overlap: &Overlap, unseen: &Estimate, language: Language) -> String {
    let bars = &overlap.bars;
    let shown = bars.len().min(MOST);
    let further: u64 = bars[shown..].iter().map(|bar| bar.persons).sum();
    let columns = shown + usize::from(bars.len() > shown);
    let lists = overlap.lists.len();
    let sizes = overlap.lists.iter().any(|(_, size)| size.is_some());
    let left = if sizes {
        NAMES + TOTALS + 24.0
    } else {
        NAMES + 56.0
    };
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
    let most = bars.first().map_or(1, |bar| bar.persons).max(further) as f64;
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
    names(&mut svg, overlap, matrix, language);

    let center = |column: usize| left + (column as f64 + 0.5) * COLUMN;
    let bar = COLUMN * 0.56;
    for (column, one) in bars[..shown].iter().enumerate() {
        let x = center(column);
        let top = y(one.persons as f64);
        svg.rect("seen", x - bar / 2.0, top, bar, TOP + BARS - top);
        svg.text("count", x, top - 5.0, Anchor::Middle, &one.text);
        dots(&mut svg, x, matrix, lists, one.lists);
    }
    if columns > shown {
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
        let others = format!("+{}", bars.len() - shown);
        svg.text("tick", x, matrix + ROW * 0.68, Anchor::Middle, &others);
    }
    let x = center(columns) + gap;
    dots(&mut svg, x, matrix, lists, 0);
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

    let description = describe(overlap, point, language);
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

/// Name of each list left of the matrix, and its size where that is shown.
fn names(svg: &mut Svg, overlap: &Overlap, matrix: f64, language: Language) {
    let sizes = || overlap.lists.iter().filter_map(|(_, size)| *size);
    let most = sizes().max().unwrap_or(1).max(1) as f64;
    for (at, (name, size)) in overlap.lists.iter().enumerate() {
        let top = matrix + at as f64 * ROW;
        let room = if size.is_some() {
            NAMES - 50.0
        } else {
            NAMES + 40.0
        };
        let name = fitted(name, 14.0, room);
        svg.text("label", 4.0, top + 17.5, Anchor::Start, &name);
        if let Some(size) = size {
            let label = number::whole(*size, language);
            svg.text("tick", NAMES - 4.0, top + 17.5, Anchor::End, &label);
            let length = *size as f64 / most * TOTALS;
            svg.rect("list", NAMES + 4.0, top + 7.0, length, ROW - 14.0);
        }
    }
}

fn dots(svg: &mut Svg, x: f64, matrix: f64, lists: usize, of: u16) {
    let on = |list: usize| of >> list & 1 == 1;
    let y = |list: usize| matrix + (list as f64 + 0.5) * ROW;
    let seen: Vec<usize> = (0..lists).filter(|list| on(*list)).collect();
    if let (Some(first), Some(last)) = (seen.first(), seen.last()) {
        svg.line("link", (x, y(*first)), (x, y(*last)));
    }
    for list in 0..lists {
        svg.circle(if on(list) { "dot-on" } else { "dot-off" }, x, y(list), 5.5);
    }
}

/// Names of the lists of a bar: `opvang + bijstand`.
pub(crate) fn listed(names: &[(String, Option<u64>)], lists: u16) -> String {
    let names: Vec<&str> = names
        .iter()
        .enumerate()
        .filter(|(list, _)| lists >> list & 1 == 1)
        .map(|(_, (name, _))| name.as_str())
        .collect();
    names.join(" + ")
}

fn describe(overlap: &Overlap, unseen: Option<f64>, language: Language) -> String {
    let mut parts: Vec<String> = overlap
        .bars
        .iter()
        .take(MOST)
        .map(|bar| format!("{}: {}", listed(&overlap.lists, bar.lists), bar.text))
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
        let overlap = Overlap::of(&table(3), Language::Nl);
        let drawn = draw("o", &overlap, &unseen, Language::Nl);
        assert_eq!(drawn.matches("class=\"seen\"").count(), 7);
        assert_eq!(drawn.matches("class=\"unseen\"").count(), 1);
        assert_eq!(drawn.matches("dot-on").count(), 12);
        assert!(drawn.contains(">2.400<"));
    }

    #[test]
    fn many_histories_are_summed() {
        let overlap = Overlap::of(&table(6), Language::En);
        let drawn = draw("o", &overlap, &Estimate::NONE, Language::En);
        assert_eq!(drawn.matches("class=\"seen\"").count(), MOST);
        assert!(drawn.contains("+39") && drawn.contains("[ne]"));
    }
}

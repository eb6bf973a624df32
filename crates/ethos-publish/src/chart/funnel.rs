//! A funnel plot: every municipality's ratio of counted to expected, over what is expected, with
//! the limits that chance alone seldom passes. In place of a league table, whose order is mostly
//! chance.

use ethos_model::category::Language;

use super::svg::{Anchor, Svg, width_of};
use crate::funnel::{Limits, Pair, Z95, Z998};
use crate::words::number;

/// A municipality in the plot.
#[derive(Clone, PartialEq, Debug)]
pub struct Dot {
    /// Name.
    pub name: String,
    /// Counted and expected.
    pub pair: Pair,
}

/// What a plot is drawn against, in words.
#[derive(Copy, Clone, Debug)]
pub struct Words<'a> {
    /// Title.
    pub title: &'a str,
    /// Of the axis of what is expected.
    pub across: &'a str,
    /// Of the axis of the ratio.
    pub up: &'a str,
}

const WIDTH: f64 = 760.0;
const HEIGHT: f64 = 440.0;
const LEFT: f64 = 56.0;
const RIGHT: f64 = 740.0;
const TOP: f64 = 34.0;
const BOTTOM: f64 = 372.0;
/// Names written beside dots, at most.
const NAMED: usize = 14;
const SIZE: f64 = 12.5;

/// Where a ratio lies.
#[derive(Copy, Clone, PartialEq, Eq, PartialOrd, Ord, Debug)]
pub enum Place {
    /// Within the 95 % limits.
    Inside,
    /// Between the 95 % and the 99.8 % limits.
    Beyond95,
    /// Beyond the 99.8 % limits.
    Beyond998,
}

/// Where a pair lies between the limits.
pub fn place(limits: &Limits, pair: Pair) -> Place {
    let score = limits.score(pair).abs();
    if score > Z998 {
        Place::Beyond998
    } else if score > Z95 {
        Place::Beyond95
    } else {
        Place::Inside
    }
}

/// Draws the plot; there must be one dot at least.
pub fn draw(dots: &[Dot], limits: &Limits, words: Words<'_>, language: Language) -> String {
    let mut svg = Svg::new("funnel", "chart funnel wide", WIDTH, HEIGHT);
    let expected = || dots.iter().map(|dot| dot.pair.expected);
    let (least, most) = expected().fold((f64::MAX, 1.0), |(low, high), value| {
        (f64::min(low, value), f64::max(high, value))
    });
    let least = if least > most { 1.0 } else { least };
    // The fourth root gives small municipalities room and large ones a place.
    let root = |value: f64| value.sqrt().sqrt();
    let (first, last) = (root(least * 0.9), root(most * 1.15));
    let x = |value: f64| LEFT + (root(value) - first) / (last - first) * (RIGHT - LEFT);
    let ratio = |dot: &Dot| dot.pair.observed / dot.pair.expected;
    let widest = limits.at(least, Z998).1;
    let highest = dots.iter().map(ratio).fold(widest, f64::max).min(4.0);
    let top = (highest * 2.0).ceil() / 2.0;
    let y = |value: f64| BOTTOM - (value / top).min(1.0) * (BOTTOM - TOP);

    bands(&mut svg, limits, (first, last), &x, &y);
    let step = if top > 2.0 { 1.0 } else { 0.5 };
    let mut tick = 0.0;
    while tick <= top + 1e-9 {
        let class = if tick == 0.0 { "axis" } else { "grid" };
        svg.line(class, (LEFT, y(tick)), (RIGHT, y(tick)));
        let label = number::decimal(tick, usize::from(step < 1.0), language);
        svg.text("tick", LEFT - 8.0, y(tick) + 4.5, Anchor::End, &label);
        tick += step;
    }
    svg.line("target", (LEFT, y(1.0)), (RIGHT, y(1.0)));
    let mut free = f64::MIN;
    for value in [
        5, 10, 20, 50, 100, 200, 500, 1_000, 2_000, 5_000, 10_000, 20_000,
    ] {
        let at = x(f64::from(value));
        if !(LEFT..=RIGHT).contains(&at) || at < free {
            continue;
        }
        svg.line("axis", (at, BOTTOM), (at, BOTTOM + 5.0));
        let label = number::whole(value as u64, language);
        svg.text("tick", at, BOTTOM + 20.0, Anchor::Middle, &label);
        free = at + width_of(&label, 13.0) + 10.0;
    }
    svg.text(
        "head",
        f64::midpoint(LEFT, RIGHT),
        BOTTOM + 46.0,
        Anchor::Middle,
        words.across,
    );
    svg.text("head", 0.0, 16.0, Anchor::Start, words.up);

    let mut order: Vec<&Dot> = dots.iter().collect();
    order.sort_by(|a, b| {
        let far = |dot: &Dot| limits.score(dot.pair).abs();
        far(a).total_cmp(&far(b)).then_with(|| a.name.cmp(&b.name))
    });
    for dot in &order {
        let class = match place(limits, dot.pair) {
            Place::Inside => "dot-in",
            Place::Beyond95 => "dot-near",
            Place::Beyond998 => "dot-far",
        };
        let radius = if class == "dot-far" { 4.6 } else { 3.4 };
        let said = said(dot, language);
        svg.dot(class, x(dot.pair.expected), y(ratio(dot)), radius, &said);
    }
    names(&mut svg, &order, limits, &|dot| {
        (x(dot.pair.expected), y(ratio(dot)))
    });
    svg.finish(words.title, &describe(dots, limits, language))
}

/// The bands between the limits, the outer one beneath the inner one.
fn bands(
    svg: &mut Svg,
    limits: &Limits,
    (first, last): (f64, f64),
    x: &impl Fn(f64) -> f64,
    y: &impl Fn(f64) -> f64,
) {
    const STEPS: u32 = 48;
    for (class, line, z) in [
        ("limit998", "limit998-line", Z998),
        ("limit95", "limit95-line", Z95),
    ] {
        let along = |at: u32| {
            let root = first + (last - first) * f64::from(at) / f64::from(STEPS);
            root * root * root * root
        };
        let lower: Vec<(f64, f64)> = (0..=STEPS)
            .map(|at| (x(along(at)), y(limits.at(along(at), z).0)))
            .collect();
        let upper: Vec<(f64, f64)> = (0..=STEPS)
            .map(|at| (x(along(at)), y(limits.at(along(at), z).1)))
            .collect();
        let outline: Vec<(f64, f64)> = lower.iter().chain(upper.iter().rev()).copied().collect();
        svg.path(class, &outline, true);
        svg.path(line, &lower, false);
        svg.path(line, &upper, false);
    }
}

/// Names of the municipalities beyond the outer limits, the farthest first, as far as there is
/// room beside their dots.
fn names(svg: &mut Svg, order: &[&Dot], limits: &Limits, at: &impl Fn(&Dot) -> (f64, f64)) {
    let mut taken: Vec<(f64, f64, f64)> = Vec::new();
    let far = order
        .iter()
        .rev()
        .filter(|dot| place(limits, dot.pair) == Place::Beyond998);
    for dot in far.take(NAMED) {
        let (x, y) = at(dot);
        let width = width_of(&dot.name, SIZE);
        let start = if x + 9.0 + width <= WIDTH {
            x + 9.0
        } else {
            x - 9.0 - width
        };
        let clear = taken.iter().all(|(left, right, line)| {
            start > *right || start + width < *left || (y - line).abs() > 13.0
        });
        if clear {
            svg.text("named", start, y + 4.0, Anchor::Start, &dot.name);
            taken.push((start, start + width, y));
        }
    }
}

fn said(dot: &Dot, language: Language) -> String {
    let expected = number::decimal(dot.pair.expected, 0, language);
    let observed = number::decimal(dot.pair.observed, 0, language);
    match language {
        Language::Nl => format!("{}: {observed} geteld, {expected} verwacht", dot.name),
        Language::En => format!("{}: {observed} counted, {expected} expected", dot.name),
    }
}

fn describe(dots: &[Dot], limits: &Limits, language: Language) -> String {
    let count = |wanted: Place| {
        dots.iter()
            .filter(|dot| place(limits, dot.pair) == wanted)
            .count()
    };
    let mut far: Vec<&Dot> = dots
        .iter()
        .filter(|dot| place(limits, dot.pair) == Place::Beyond998)
        .collect();
    far.sort_by(|a, b| a.name.cmp(&b.name));
    let far: Vec<String> = far.into_iter().map(|dot| said(dot, language)).collect();
    let (inside, near) = (count(Place::Inside), count(Place::Beyond95));
    let all = dots.len();
    let mut text = match language {
        Language::Nl => format!(
            "Van {all} gemeenten liggen er {inside} binnen de 95%-grenzen, {near} tussen de 95%- en de 99,8%-grenzen en {} erbuiten.",
            far.len()
        ),
        Language::En => format!(
            "Of {all} municipalities {inside} lie within the 95% limits, {near} between the 95% and the 99.8% limits and {} beyond.",
            far.len()
        ),
    };
    if !far.is_empty() {
        text.push(' ');
        text.push_str(&far.join("; "));
        text.push('.');
    }
    text
}

#[cfg(test)]
mod tests {
    use super::*;

    fn dots() -> Vec<Dot> {
        [
            ("Aa", 100.0, 104.0),
            ("Bee", 100.0, 128.0),
            ("Cee", 400.0, 640.0),
            ("Dee", 25.0, 24.0),
        ]
        .map(|(name, expected, observed)| Dot {
            name: name.into(),
            pair: Pair { expected, observed },
        })
        .to_vec()
    }

    #[test]
    fn only_those_beyond_the_outer_limits_are_named() {
        let limits = Limits::of(&[], 0.0);
        let words = Words {
            title: "t",
            across: "a",
            up: "u",
        };
        let drawn = draw(&dots(), &limits, words, Language::En);
        for (class, count) in [("dot-in", 2), ("dot-near", 1), ("dot-far", 1)] {
            assert_eq!(drawn.matches(&format!("class=\"{class}\"")).count(), count);
        }
        assert_eq!(drawn.matches("class=\"named\"").count(), 1);
        assert!(drawn.contains(">Cee</text>"));
        assert!(drawn.contains("Of 4 municipalities 2 lie within"));
        assert!(!drawn.contains("NaN") && !drawn.contains("inf"));
    }
}

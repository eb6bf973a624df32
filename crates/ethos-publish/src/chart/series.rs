//! The study's estimates with their intervals, beside the published series with its margins.

use ethos_model::category::Language;
use ethos_model::date::Day;

use super::scale::Axis;
use super::svg::{Anchor, Svg, width_of};
use crate::published::PublishedYear;
use crate::words::label::Mark;
use crate::words::number;

/// An estimate of the study.
#[derive(Clone, PartialEq, Debug)]
pub struct StudyPoint {
    /// Reference date.
    pub date: Day,
    /// Estimate, rounded.
    pub point: u64,
    /// Lower limit.
    pub lower: u64,
    /// Upper limit; `None` when there is none.
    pub upper: Option<u64>,
}

const WIDTH: f64 = 760.0;
const HEIGHT: f64 = 400.0;
const LEFT: f64 = 82.0;
const RIGHT: f64 = 716.0;
const TOP: f64 = 30.0;
const BOTTOM: f64 = 356.0;
const TEXT: f64 = 13.0;

/// A break in the study's own series: the dates it lies between, and what it is.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct StudyBreak {
    /// The last date before it.
    pub before: Day,
    /// The first date after it.
    pub after: Day,
    /// What it is, in words.
    pub words: String,
}

/// Draws the series. Either part may be empty.
pub fn draw(
    study: &[StudyPoint],
    breaks: &[StudyBreak],
    published: &[PublishedYear],
    language: Language,
) -> String {
    let mut svg = Svg::new("series", "chart series", WIDTH, HEIGHT);
    let largest_study = study
        .iter()
        .map(|p| p.upper.unwrap_or(p.point).max(p.point))
        .max();
    let largest_published = published
        .iter()
        .map(|p| p.margin.map_or(p.total, |m| m.1))
        .max();
    let largest = largest_study.max(largest_published).unwrap_or(1) as f64;
    let axis = Axis::up_to(largest * 1.12, 6);
    let y = |value: u64| axis.place(value as f64, BOTTOM, TOP);

    let years = published
        .iter()
        .map(|year| f64::from(year.year))
        .chain(study.iter().map(|point| moment(point.date)));
    let (first, last) = years.fold((f64::MAX, f64::MIN), |(low, high), year| {
        (low.min(year), high.max(year))
    });
    let (first, last) = if first > last {
        (0.0, 1.0)
    } else {
        (first - 0.6, last + 0.6)
    };
    let x = |year: f64| LEFT + (year - first) / (last - first) * (RIGHT - LEFT);

    for tick in &axis.ticks {
        let at = axis.place(*tick, BOTTOM, TOP);
        let class = if *tick == 0.0 { "axis" } else { "grid" };
        svg.line(class, (LEFT, at), (RIGHT, at));
        let label = number::whole(*tick as u64, language);
        svg.text("tick", LEFT - 8.0, at + 4.5, Anchor::End, &label);
    }
    years_below(&mut svg, first, last, x);
    publish(&mut svg, published, x, y);
    gap(&mut svg, published, language, x);
    for found in breaks {
        let at = x(f64::midpoint(moment(found.before), moment(found.after)));
        svg.line("break", (at, TOP - 4.0), (at, BOTTOM));
        // Low in the picture, where estimates and their labels are not.
        let sign = Mark::Break.shorthand(language);
        svg.text("note", at - 5.0, BOTTOM - 8.0, Anchor::End, sign);
    }
    points(&mut svg, study, published, language, x, y);

    let (title, description) = words(study, breaks, published, language);
    svg.finish(&title, &description)
}

/// A date as a year with a fraction.
fn moment(day: Day) -> f64 {
    let start = Day::from_ymd(day.year(), 1, 1).map_or(day.0, |start| start.0);
    f64::from(day.year()) + f64::from(day.0 - start) / 365.25
}

fn years_below(svg: &mut Svg, first: f64, last: f64, x: impl Fn(f64) -> f64) {
    let room = width_of("2026", TEXT) + 12.0;
    let (from, to) = (first.ceil() as i32, last.floor() as i32);
    let per_year = x(first + 1.0) - x(first);
    let step = ((room / per_year).ceil() as i32).max(1);
    // Counted back from the last year, so that the latest one is always named.
    for year in (from..=to).filter(|year| (to - year) % step == 0) {
        let at = x(f64::from(year));
        svg.line("axis", (at, BOTTOM), (at, BOTTOM + 5.0));
        svg.text("tick", at, BOTTOM + 21.0, Anchor::Middle, &year.to_string());
    }
}

/// Runs of years that follow each other.
fn runs(published: &[PublishedYear]) -> impl Iterator<Item = &[PublishedYear]> {
    published.chunk_by(|a, b| b.year == a.year + 1)
}

fn publish(
    svg: &mut Svg,
    published: &[PublishedYear],
    x: impl Fn(f64) -> f64,
    y: impl Fn(u64) -> f64,
) {
    for run in runs(published) {
        let margins: Vec<(f64, u64, u64)> = run
            .iter()
            .filter_map(|year| Some((f64::from(year.year), year.margin?.0, year.margin?.1)))
            .collect();
        let lower = margins.iter().map(|(year, low, _)| (x(*year), y(*low)));
        let upper = margins
            .iter()
            .rev()
            .map(|(year, _, high)| (x(*year), y(*high)));
        let outline: Vec<(f64, f64)> = lower.chain(upper).collect();
        svg.path("published-band", &outline, true);
        let line: Vec<(f64, f64)> = run
            .iter()
            .map(|year| (x(f64::from(year.year)), y(year.total)))
            .collect();
        svg.path("published-line", &line, false);
    }
    for year in published {
        let class = if year.margin.is_some() {
            "published-dot"
        } else {
            "published-open"
        };
        svg.circle(class, x(f64::from(year.year)), y(year.total), 3.2);
    }
}

/// The year without a figure and the change of register.
fn gap(svg: &mut Svg, published: &[PublishedYear], language: Language, x: impl Fn(f64) -> f64) {
    let ends: Vec<&[PublishedYear]> = runs(published).collect();
    let [before, after] = ends.as_slice() else {
        return;
    };
    let (Some(before), Some(after)) = (before.last(), after.first()) else {
        return;
    };
    let at = x(f64::from(before.year + after.year) / 2.0);
    svg.line("break", (at, TOP - 4.0), (at, BOTTOM));
    let text = language.pick("reeksbreuk: ander register", "break: another register");
    svg.text("note", at + 7.0, TOP + 15.0, Anchor::Start, text);
}

fn points(
    svg: &mut Svg,
    study: &[StudyPoint],
    published: &[PublishedYear],
    language: Language,
    x: impl Fn(f64) -> f64,
    y: impl Fn(u64) -> f64,
) {
    for point in study {
        let year = moment(point.date);
        // Beside a published figure of the same day, so that both can be read.
        let taken = published
            .iter()
            .any(|found| (f64::from(found.year) - year).abs() < 0.02);
        let at = x(year) + if taken { 7.0 } else { 0.0 };
        let top = point.upper.map_or(TOP - 8.0, &y);
        svg.line("study-bar", (at, y(point.lower)), (at, top));
        svg.line(
            "study-bar",
            (at - 5.0, y(point.lower)),
            (at + 5.0, y(point.lower)),
        );
        if point.upper.is_some() {
            svg.line("study-bar", (at - 5.0, top), (at + 5.0, top));
        } else {
            svg.path(
                "study-bar",
                &[(at - 5.0, top + 7.0), (at, top), (at + 5.0, top + 7.0)],
                false,
            );
        }
        svg.circle("study-dot", at, y(point.point), 5.0);
    }
    if let Some(last) = study.iter().max_by_key(|point| point.date) {
        let label = number::whole(last.point, language);
        let half = width_of(&label, 15.0) / 2.0;
        let at = x(moment(last.date)).min(WIDTH - half);
        let above = last.upper.map_or(TOP + 8.0, &y) - 9.0;
        svg.text("value", at, above.max(14.0), Anchor::Middle, &label);
    }
}

fn words(
    study: &[StudyPoint],
    breaks: &[StudyBreak],
    published: &[PublishedYear],
    language: Language,
) -> (String, String) {
    let title = language
        .pick(
            "Geschat aantal dakloze mensen per peildatum, met interval",
            "Estimated homeless people by reference date, with interval",
        )
        .to_owned();
    let whole = |value: u64| number::whole(value, language);
    let mut sentences = Vec::new();
    for point in study {
        let upper = point.upper.map_or_else(
            || {
                language
                    .pick("zonder bovengrens", "no upper limit")
                    .to_owned()
            },
            whole,
        );
        sentences.push(format!(
            "{} {}: {} ({}–{upper}).",
            language.pick("Deze studie,", "This study,"),
            number::day(point.date, language),
            whole(point.point),
            whole(point.lower),
        ));
    }
    sentences.extend(breaks.iter().map(|found| found.words.clone()));
    if let (Some(first), Some(last)) = (published.first(), published.last()) {
        sentences.push(match language {
            Language::Nl => format!(
                "Gepubliceerde reeks: van {} in {} naar {} in {}, met een breuk tussen 2018 en 2020. De cijfers staan in de tabel onder de grafiek.",
                whole(first.total), first.year, whole(last.total), last.year
            ),
            Language::En => format!(
                "Published series: from {} in {} to {} in {}, with a break between 2018 and 2020. The figures are in the table below the chart.",
                whole(first.total), first.year, whole(last.total), last.year
            ),
        });
    }
    (title, sentences.join(" "))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn point(date: &str, upper: Option<u64>) -> StudyPoint {
        StudyPoint {
            date: Day::parse(date).unwrap(),
            point: 33_000,
            lower: 29_800,
            upper,
        }
    }

    #[test]
    fn the_break_is_marked_and_the_ribbon_has_two_parts() {
        let drawn = draw(
            &[point("2026-01-01", Some(37_500))],
            &[],
            &crate::published::series(),
            Language::Nl,
        );
        assert_eq!(drawn.matches("published-band").count(), 2);
        assert!(drawn.contains("reeksbreuk") && drawn.contains("33.000"));
    }

    #[test]
    fn a_break_of_the_study_is_a_line_of_its_own() {
        let points = ["2025-01-01", "2026-01-01"].map(|date| point(date, Some(37_500)));
        let own = StudyBreak {
            before: points[0].date,
            after: points[1].date,
            words: "[b] Breuk in de reeks.".into(),
        };
        let series = crate::published::series();
        let drawn = draw(&points, &[own], &series, Language::Nl);
        assert_eq!(drawn.matches("class=\"break\"").count(), 2);
        assert!(drawn.contains(">[b]<") && drawn.contains("[b] Breuk in de reeks."));
    }

    #[test]
    fn an_open_interval_has_no_cap_and_says_so() {
        let drawn = draw(&[point("2026-01-01", None)], &[], &[], Language::En);
        assert!(drawn.contains("no upper limit"));
        assert_eq!(drawn.matches("class=\"study-bar\"").count(), 3);
        assert!(draw(&[], &[], &[], Language::En).starts_with("<svg"));
    }
}

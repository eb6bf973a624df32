//! A simulation study in pictures: one row a cell, one dot an estimator.

use std::error::Error;

use ethos_estimate::validate::{CellResult, Measured, Measures, StudyReport};
use plotters::prelude::*;
use plotters::style::text_anchor::{HPos, Pos, VPos};

/// Colours that the colour-blind can tell apart (Okabe & Ito 2008), in the order of estimators.
const COLOURS: [RGBColor; 8] = [
    RGBColor(0, 0, 0),
    RGBColor(0, 114, 178),
    RGBColor(0, 158, 115),
    RGBColor(230, 159, 0),
    RGBColor(213, 94, 0),
    RGBColor(204, 121, 167),
    RGBColor(86, 180, 233),
    RGBColor(150, 150, 150),
];
const OUTSIDE: RGBColor = RGBColor(170, 30, 30);
const FONT: &str = "sans-serif";
const LABELS: i32 = 190;
const WIDTH: u32 = 960;

/// What one picture shows.
struct Picture {
    file: &'static str,
    title: &'static str,
    axis: &'static str,
    measure: fn(&Measures) -> Measured,
    /// Values worth a line.
    guides: &'static [f64],
    /// What the axis shows at least and at most.
    at_least: (f64, f64),
    at_most: (f64, f64),
}

const PICTURES: [Picture; 4] = [
    Picture {
        file: "validation-coverage.svg",
        title: "How often the 95% interval holds the truth",
        axis: "coverage, % of simulations",
        measure: |m| m.coverage,
        guides: &[93.0, 95.0],
        at_least: (80.0, 100.0),
        at_most: (50.0, 100.0),
    },
    Picture {
        file: "validation-bias.svg",
        title: "Mean error of the estimate",
        axis: "bias, % of the population",
        measure: |m| m.bias,
        guides: &[0.0],
        at_least: (-5.0, 5.0),
        at_most: (-40.0, 40.0),
    },
    Picture {
        file: "validation-rmse.svg",
        title: "Root mean square error of the estimate",
        axis: "RMSE, % of the population",
        measure: |m| m.rmse,
        guides: &[],
        at_least: (0.0, 5.0),
        at_most: (0.0, 60.0),
    },
    Picture {
        file: "validation-width.svg",
        title: "Median width of the interval",
        axis: "width, % of the population",
        measure: |m| m.median_width,
        guides: &[],
        at_least: (0.0, 10.0),
        at_most: (0.0, 120.0),
    },
];

/// Every picture with the name of its file.
pub(crate) fn all(report: &StudyReport) -> Result<Vec<(String, String)>, Box<dyn Error>> {
    PICTURES
        .iter()
        .map(|picture| Ok((picture.file.to_owned(), draw(report, picture)?)))
        .collect()
}

fn draw(report: &StudyReport, picture: &Picture) -> Result<String, Box<dyn Error>> {
    let names = estimators(report);
    let rows = report.cells.len();
    let (low, high) = range(report, picture);
    let height = 136 + 26 * rows as u32;
    let mut text = String::new();
    let root = SVGBackend::with_string(&mut text, (WIDTH, height)).into_drawing_area();
    root.fill(&WHITE)?;
    let words = (FONT, 13).into_font().color(&BLACK);
    root.draw_text(
        picture.title,
        &(FONT, 17).into_font().color(&BLACK),
        (12, 10),
    )?;
    // The legend, over the chart.
    let mut x = LABELS + 10;
    for (at, name) in names.iter().enumerate() {
        root.draw(&Circle::new((x, 47), 4, colour(at).filled()))?;
        root.draw_text(name, &words, (x + 9, 40))?;
        x += 34 + 7 * name.chars().count() as i32;
    }
    let top = 64;
    let mut chart = ChartBuilder::on(&root)
        .margin_top(top)
        .margin_right(24)
        .set_label_area_size(LabelAreaPosition::Left, LABELS)
        .margin_bottom(20)
        .set_label_area_size(LabelAreaPosition::Bottom, 40)
        .build_cartesian_2d(low..high, 0.0..rows as f64)?;
    chart
        .configure_mesh()
        .disable_y_mesh()
        .y_labels(0)
        .x_desc(picture.axis)
        .x_label_formatter(&|x| format!("{x:.0}"))
        .label_style((FONT, 12))
        .axis_desc_style((FONT, 13))
        .light_line_style(TRANSPARENT)
        .bold_line_style(RGBColor(228, 228, 228))
        .draw()?;
    let grey = RGBColor(110, 110, 110);
    chart.draw_series(picture.guides.iter().map(|&guide| {
        PathElement::new(
            vec![(guide, 0.0), (guide, rows as f64)],
            grey.stroke_width(1),
        )
    }))?;
    let (_, pixels) = chart.plotting_area().get_pixel_range();
    for (row, cell) in report.cells.iter().enumerate() {
        let y = rows as f64 - row as f64 - 0.5;
        let middle = pixels.start
            + (f64::from(pixels.end - pixels.start) * (row as f64 + 0.5) / rows as f64) as i32;
        let label = (FONT, 13)
            .into_font()
            .color(if cell.outside.is_empty() {
                &BLACK
            } else {
                &OUTSIDE
            })
            .pos(Pos::new(HPos::Right, VPos::Center));
        root.draw_text(&cell.name, &label, (LABELS - 8, middle))?;
        for (at, name) in names.iter().enumerate() {
            let Some(measured) = of(cell, name, picture) else {
                continue;
            };
            let Some(value) = measured.value.map(|v| 100.0 * v) else {
                continue;
            };
            let y = y + offset(at, names.len());
            let se = 196.0 * measured.se.unwrap_or(0.0);
            let inside = |v: f64| v.clamp(low, high);
            chart.draw_series([PathElement::new(
                vec![(inside(value - se), y), (inside(value + se), y)],
                colour(at).stroke_width(1),
            )])?;
            // A value beyond the axis is an open circle at its end.
            let fill = if (low..=high).contains(&value) {
                colour(at).filled()
            } else {
                colour(at).stroke_width(1)
            };
            chart.draw_series([Circle::new((inside(value), y), 3, fill)])?;
        }
    }
    root.draw_text(
        "red: truth outside the model family; bars: 1.96 Monte-Carlo standard errors; open: beyond the axis",
        &(FONT, 11).into_font().color(&grey),
        (12, height as i32 - 16),
    )?;
    root.present()?;
    drop(chart);
    drop(root);
    text.push('\n');
    Ok(text)
}

/// Names of the estimators: those of most cells first, then as they first appear.
fn estimators(report: &StudyReport) -> Vec<String> {
    let mut names: Vec<(usize, String)> = Vec::new();
    for result in report.cells.iter().flat_map(|c| &c.estimators) {
        let name = &result.estimator.name;
        match names.iter_mut().find(|(_, known)| known == name) {
            Some((cells, _)) => *cells += 1,
            None => names.push((1, name.clone())),
        }
    }
    names.sort_by_key(|(cells, _)| std::cmp::Reverse(*cells));
    names.into_iter().map(|(_, name)| name).collect()
}

fn colour(at: usize) -> RGBColor {
    COLOURS[at % COLOURS.len()]
}

/// Estimators of a cell lie a little apart.
fn offset(at: usize, of: usize) -> f64 {
    0.7 * (0.5 - (at as f64 + 0.5) / of as f64)
}

fn of(cell: &CellResult, name: &str, picture: &Picture) -> Option<Measured> {
    let result = cell.estimators.iter().find(|e| e.estimator.name == name)?;
    Some((picture.measure)(&result.measures))
}

/// The axis holds every value within `at_most`, with a little room.
fn range(report: &StudyReport, picture: &Picture) -> (f64, f64) {
    let values = report
        .cells
        .iter()
        .flat_map(|c| &c.estimators)
        .filter_map(|e| (picture.measure)(&e.measures).value)
        .map(|v| 100.0 * v);
    let (mut low, mut high) = picture.at_least;
    for value in values {
        low = low.min(value);
        high = high.max(value);
    }
    let (floor, ceiling) = picture.at_most;
    let room = 0.02 * (high - low);
    (
        (low - room).max(floor - 1.0),
        (high + room).min(ceiling + 1.0),
    )
}

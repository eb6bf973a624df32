//! SDMX: observations as SDMX-CSV 2.0, a dataflow a family, and their structure as SDMX-ML 3.0.

mod lists;
mod structure;

use std::path::{Path, PathBuf};

use ethos_model::cube::{Family, Measure};
use ethos_model::date::Time;
use ethos_model::study::ReleaseStatus;

use self::lists::{CONFIDENTIAL, FREE, List};
use super::codebook::{self, Axis, Dim, Unit, obs_status};
use super::{csv, families, folder, put};
use crate::error::PublishError;
use crate::protect::{Number, SafeFigure, SafeRow};
use crate::release::SafeRelease;

/// Who maintains the structure.
const AGENCY: &str = "ETHOS_LIGHT";
/// The data structure that every dataflow has.
const STRUCTURE: &str = "ETHOS_CUBE";
/// Version of the structure and of all in it. Two numbers, as the cross-domain lists have it: an
/// artefact with three may not refer to one with two.
const VERSION: &str = "1.0";

/// The dimensions in the order of a key; time comes last.
const DIMENSIONS: [Dim; 11] = [
    Dim::Total,
    Dim::Place,
    Dim::Category,
    Dim::Sex,
    Dim::Age,
    Dim::Origin,
    Dim::Region,
    Dim::Household,
    Dim::Duration,
    Dim::Nationality,
    Dim::Residence,
];

/// Whether a figure may still change or took another's place. The cross-domain list of observation statuses
/// has no code for a revised value, and gives its one code to what matters more: an estimate that is
/// provisional reads as an estimate there.
const RELEASE_STATUS: &str = "RELEASE_STATUS";

/// Columns before the dimensions.
const FRONT: [&str; 3] = ["STRUCTURE", "STRUCTURE_ID", "ACTION"];
/// The observation and its attributes.
const BACK: [&str; 9] = [
    "OBS_VALUE",
    "LOWER_LIMIT",
    "UPPER_LIMIT",
    "OBS_STATUS",
    "CONF_STATUS",
    "ETHOS_STATUS",
    RELEASE_STATUS,
    "UNIT_MEASURE",
    "UNIT_MULT",
];

/// Writes `sdmx/structure.xml` and `sdmx/<family>.csv`.
pub(crate) fn write(release: &SafeRelease<'_>, dir: &Path) -> Result<Vec<PathBuf>, PublishError> {
    folder(dir, "sdmx")?;
    let axes: Vec<Axis> = DIMENSIONS
        .into_iter()
        .map(|dim| Axis::of(dim, release.cube().rows().iter()))
        .collect();
    let lists = List::all(&axes);
    let tables: Vec<(Family, Vec<&SafeRow>)> = families(release).collect();
    let flows: Vec<Family> = tables.iter().map(|(family, _)| *family).collect();
    let structure = structure::message(release, &lists, &flows);
    let mut written = vec![put(dir, "sdmx/structure.xml", structure.as_bytes())?];
    for (family, rows) in &tables {
        let name = format!("sdmx/{}.csv", family.key());
        let status = release.study().publish.status;
        let text = observations(*family, rows, &axes, status);
        written.push(put(dir, &name, text.as_bytes())?);
    }
    Ok(written)
}

/// Identifier of a family's dataflow.
fn flow(family: Family) -> String {
    codebook::plain(family.key())
}

fn observations(family: Family, rows: &[&SafeRow], axes: &[Axis], status: ReleaseStatus) -> String {
    let mut text = String::new();
    let names = FRONT
        .into_iter()
        .chain(["FREQ", "MEASURE"])
        .chain(DIMENSIONS.iter().map(|dim| dim.sdmx()))
        .chain(["TIME_PERIOD"])
        .chain(BACK);
    csv::record(&mut text, ',', names.map(str::to_owned));
    let times = Axis::of(Dim::Time, rows.iter().copied());
    let structure = format!("{AGENCY}:{}({VERSION})", flow(family));
    for row in rows {
        let mut cells = vec!["dataflow".to_owned(), structure.clone(), "I".to_owned()];
        cells.push(frequency(row.key.time).to_owned());
        cells.push(codebook::plain(row.key.measure.key()));
        cells.extend(axes.iter().map(|axis| axis.code(&row.key).sdmx.clone()));
        cells.push(times.code(&row.key).sdmx.clone());
        cells.extend(observation(row.key.measure, row.figure, status));
        csv::record(&mut text, ',', cells.into_iter());
    }
    text
}

fn observation(measure: Measure, figure: SafeFigure, status: ReleaseStatus) -> [String; 9] {
    let number = |value: Option<Number>| value.map(|value| value.to_string()).unwrap_or_default();
    let (lower, upper) = figure.limits();
    let confidential = matches!(figure, SafeFigure::Suppressed);
    [
        number(figure.number()),
        number(lower),
        number(upper),
        obs_status(measure, figure, status).to_owned(),
        if confidential { CONFIDENTIAL } else { FREE }.to_owned(),
        codebook::plain(figure.status()),
        // A public number that was given is none of the release's own.
        codebook::plain(match measure {
            Measure::Inhabitants => ReleaseStatus::Final.key(),
            _ => status.key(),
        }),
        Unit::of(measure).sdmx().to_owned(),
        "0".to_owned(),
    ]
}

/// Yearly figures are of 1 January or of a calendar year; others have no frequency of their own.
fn frequency(time: Time) -> &'static str {
    let first = |day: ethos_model::date::Day| (day.month(), day.day_of_month()) == (1, 1);
    let yearly = match time {
        Time::On(day) => first(day),
        Time::AnyDayIn(period) => {
            first(period.start()) && period.start().plus_months(12) == period.end()
        }
    };
    if yearly { "A" } else { "_O" }
}

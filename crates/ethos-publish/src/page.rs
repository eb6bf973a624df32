//! Self-contained pages: one file with its style and pictures, no script, nothing fetched.

mod against;
pub(crate) mod factsheet;
mod figure;
mod how;
mod html_table;
mod indicators;
pub mod internal;
mod places;
pub(crate) mod report;
mod who;

use std::io::Write;
use std::path::Path;

use ethos_table::atomic::write_atomic;
use minijinja::value::Serde;
use minijinja::{Environment, UndefinedBehavior};
use serde::Serialize;

use crate::error::PublishError;

const STYLE: &str = include_str!("../templates/style.css");
const REPORT: &str = include_str!("../templates/report.html");
const OVERLAP: &str = include_str!("../templates/overlap.html");
const TABLE: &str = include_str!("../templates/table.html");
const FACTSHEET: &str = include_str!("../templates/factsheet.html");
const CHART: &str = include_str!("../templates/chart.html");

/// The templates. Every text is escaped; pictures and the style are put in as they are.
fn templates() -> Result<Environment<'static>, PublishError> {
    let mut environment = Environment::new();
    environment.set_undefined_behavior(UndefinedBehavior::Strict);
    environment.add_global("style", STYLE);
    environment.add_template("table.html", TABLE)?;
    environment.add_template("chart.html", CHART)?;
    environment.add_template("report.html", REPORT)?;
    environment.add_template("overlap.html", OVERLAP)?;
    environment.add_template("factsheet.html", FACTSHEET)?;
    Ok(environment)
}

/// A page from a template.
fn render(template: &str, page: impl Serialize) -> Result<String, PublishError> {
    Ok(templates()?.get_template(template)?.render(Serde(page))?)
}

/// Writes a page whole or not at all.
fn put(path: &Path, page: &str) -> Result<(), PublishError> {
    write_atomic(path, |file| -> Result<(), PublishError> {
        file.write_all(page.as_bytes())
            .map_err(|source| PublishError::Write {
                path: path.to_owned(),
                source,
            })
    })
}

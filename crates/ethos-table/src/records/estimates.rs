//! Estimates: `ethos-estimates/1`.

use std::path::Path;

use ethos_model::cell::EstimateStatus;
use ethos_model::date::Day;
use ethos_model::schema;

use super::build::{dates, read_all, reals, texts, write_all};
use crate::error::TableError;
use crate::table::{ColumnData, Table};

/// An estimate of a stratum or of the population on one date.
#[derive(Clone, PartialEq, Debug)]
pub struct EstimateRow {
    /// The date the estimate is of.
    pub date: Day,
    /// `population`, or `level=value` of each stratum, joined by a semicolon.
    pub by: String,
    /// Persons observed.
    pub observed: u64,
    /// Persons no list saw.
    pub unobserved: Option<f64>,
    /// Persons in all.
    pub estimate: Option<f64>,
    /// Standard error in persons.
    pub se: Option<f64>,
    /// Lower limit in persons.
    pub lower: Option<f64>,
    /// Upper limit in persons; `None` when unbounded.
    pub upper: Option<f64>,
    /// Confidence level, such as 0.95.
    pub level: f64,
    /// Method of the interval.
    pub interval: String,
    /// Whether the estimate exists.
    pub status: EstimateStatus,
    /// The model in bracket notation.
    pub model: String,
}

/// The estimates as a table, in their order.
///
/// # Errors
/// A number is infinite or not a number: one that does not exist is `None`.
pub fn to_table(estimates: &[EstimateRow]) -> Result<Table, TableError> {
    let observed = estimates
        .iter()
        .map(|row| i64::try_from(row.observed).ok())
        .collect();
    Table::from_columns(
        schema::estimates(),
        vec![
            dates(estimates, |row| Some(row.date)),
            texts(estimates, |row| Some(&row.by)),
            ColumnData::Integer(observed),
            reals(estimates, |row| row.unobserved),
            reals(estimates, |row| row.estimate),
            reals(estimates, |row| row.se),
            reals(estimates, |row| row.lower),
            reals(estimates, |row| row.upper),
            reals(estimates, |row| Some(row.level)),
            texts(estimates, |row| Some(&row.interval)),
            texts(estimates, |row| Some(row.status.key())),
            texts(estimates, |row| Some(&row.model)),
        ],
    )
}

/// The estimates of a table, in its order.
///
/// # Errors
/// The table is another one, or a cell holds no status or a negative number of persons.
pub fn from_table(table: &Table) -> Result<Vec<EstimateRow>, TableError> {
    table.require_schema(&schema::estimates().id)?;
    let date = table.date_field("reference_date")?;
    let by = table.text_field("by")?;
    let observed = table.integer_field("observed")?;
    let unobserved = table.real_field("unobserved")?;
    let estimate = table.real_field("estimate")?;
    let se = table.real_field("se")?;
    let lower = table.real_field("lower")?;
    let upper = table.real_field("upper")?;
    let level = table.real_field("level")?;
    let interval = table.text_field("interval")?;
    let status = table.text_field("status")?;
    let model = table.text_field("model")?;
    (0..table.rows())
        .map(|row| {
            Ok(EstimateRow {
                date: date.required(row)?,
                by: by.string(row)?,
                observed: observed.required(row, "a number of persons")?,
                unobserved: unobserved.get(row),
                estimate: estimate.get(row),
                se: se.get(row),
                lower: lower.get(row),
                upper: upper.get(row),
                level: level.required(row)?,
                interval: interval.string(row)?,
                status: status.required(row, "ok, unbounded or not_estimable", |key| {
                    EstimateStatus::ALL
                        .into_iter()
                        .find(|status| status.key() == key)
                })?,
                model: model.string(row)?,
            })
        })
        .collect()
}

/// Writes the estimates to a file.
///
/// # Errors
/// As [`to_table`] and [`TableWriter`](crate::TableWriter).
pub fn write(path: &Path, estimates: &[EstimateRow]) -> Result<(), TableError> {
    write_all(path, &schema::estimates(), estimates, to_table)
}

/// Reads the estimates of a file.
///
/// # Errors
/// As [`from_table`] and [`TableReader`](crate::TableReader).
pub fn read(path: &Path) -> Result<Vec<EstimateRow>, TableError> {
    read_all(path, &schema::estimates(), from_table)
}

//! How every answer is written: indented JSON, and CSV with one row per scope × by.

use std::collections::BTreeMap;
use std::fmt::Display;

use serde::Serialize;

use crate::report::{Population, Status, StratumReport};

/// Indented JSON at full precision, with a final newline.
pub(crate) fn json<T: Serialize>(answer: &T) -> String {
    let mut text = serde_json::to_string_pretty(answer).expect("plain records always serialise");
    text.push('\n');
    text
}

/// A number of persons for a sentence: whole, in groups of three digits.
pub(crate) fn grouped(value: f64) -> String {
    let digits = format!("{value:.0}");
    let mut text = String::with_capacity(digits.len() + digits.len() / 3);
    for (at, digit) in digits.chars().enumerate() {
        if at > 0 && (digits.len() - at) % 3 == 0 {
            text.push(',');
        }
        text.push(digit);
    }
    text
}

/// A text as a field of CSV, quoted where it must be.
pub(crate) fn field(text: &str) -> String {
    if text.contains([',', '"', '\n', '\r']) {
        format!("\"{}\"", text.replace('"', "\"\""))
    } else {
        text.to_owned()
    }
}

/// A number that may not exist: empty then.
pub(crate) fn number(value: Option<f64>) -> String {
    value.map(|x| x.to_string()).unwrap_or_default()
}

/// Adds a line of fields that need no quotes, or have them.
pub(crate) fn line<T: Display>(out: &mut String, fields: impl IntoIterator<Item = T>) {
    for (i, field) in fields.into_iter().enumerate() {
        if i > 0 {
            out.push(',');
        }
        out.push_str(&field.to_string());
    }
    out.push('\n');
}

/// `stratum` for a cell of the full cross of so many covariates, else `margin`.
pub(crate) fn scope(by: &BTreeMap<String, String>, covariates: usize) -> &'static str {
    if by.len() == covariates {
        "stratum"
    } else {
        "margin"
    }
}

/// `covariate=level` joined by `;`.
pub(crate) fn by_text(by: &BTreeMap<String, String>) -> String {
    let parts: Vec<String> = by.iter().map(|(k, v)| format!("{k}={v}")).collect();
    parts.join(";")
}

/// The columns of an estimate of one population.
pub(crate) const COLUMNS: &str =
    "scope,by,observed,unobserved,estimate,se,lower,upper,level,interval,status\n";

/// What a row of [`COLUMNS`] says of one population.
pub(crate) struct Figures {
    pub(crate) observed: f64,
    pub(crate) unobserved: Option<f64>,
    pub(crate) estimate: Option<f64>,
    pub(crate) se: Option<f64>,
    pub(crate) lower: Option<f64>,
    pub(crate) upper: Option<f64>,
    pub(crate) status: Status,
}

impl Figures {
    /// Of everybody.
    pub(crate) fn of(population: &Population, observed: f64, unobserved: Option<f64>) -> Self {
        Self {
            observed,
            unobserved,
            estimate: population.estimate,
            se: population.se,
            lower: population.lower,
            upper: population.upper,
            status: population.status,
        }
    }

    /// Adds their row.
    pub(crate) fn write(
        &self,
        out: &mut String,
        scope: &str,
        by: &str,
        level: f64,
        interval: &str,
    ) {
        line(
            out,
            [
                scope.to_owned(),
                field(by),
                self.observed.to_string(),
                number(self.unobserved),
                number(self.estimate),
                number(self.se),
                number(self.lower),
                number(self.upper),
                level.to_string(),
                interval.to_owned(),
                self.status.name().to_owned(),
            ],
        );
    }
}

impl From<&StratumReport> for Figures {
    fn from(s: &StratumReport) -> Self {
        Self {
            observed: s.observed,
            unobserved: s.unobserved,
            estimate: s.estimate,
            se: s.se,
            lower: s.lower,
            upper: s.upper,
            status: s.status,
        }
    }
}

/// [`COLUMNS`], a row for everybody and one for each of their `strata`.
pub(crate) fn population_csv(
    population: &Population,
    observed: f64,
    unobserved: Option<f64>,
    strata: &[StratumReport],
    covariates: usize,
) -> String {
    let (level, interval) = (population.level, population.interval.as_str());
    let mut out = COLUMNS.to_owned();
    Figures::of(population, observed, unobserved).write(
        &mut out,
        "population",
        "",
        level,
        interval,
    );
    for s in strata {
        let scope = scope(&s.by, covariates);
        Figures::from(s).write(&mut out, scope, &by_text(&s.by), level, interval);
    }
    out
}

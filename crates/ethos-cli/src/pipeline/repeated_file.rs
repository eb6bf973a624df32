//! A researcher's list with repeated contacts: which column is times seen, which are covariates.

use std::collections::BTreeSet;
use std::path::Path;

use ethos_estimate::{
    Amount, Diagnostic, EstimateError, Factor, NotEstimable, RepeatedTable, TableReading,
};
use ethos_model::date::Day;
use ethos_model::suggest::did_you_mean;
use ethos_table::StringTable;

use super::capture_file::{DATE, names_in, rows_of_date};
use super::capture_rows::levels;
use super::column_doubts::{columns_unused, count_unnoticed, line, short, years_pooled};
use crate::failure::Failure;

/// What the user said about the columns.
pub(crate) struct RepeatedFileOptions<'a> {
    /// The column of times seen.
    pub(crate) times: &'a str,
    /// The column of counts.
    pub(crate) count: Option<&'a str>,
    /// Covariates.
    pub(crate) strata: &'a [String],
    /// The formula, whose names are covariates too.
    pub(crate) model: Option<&'a str>,
    /// Whether persons seen 0 times are ignored.
    pub(crate) ignore_unobserved: bool,
    /// The reference date to take from a table of several.
    pub(crate) date: Option<Day>,
}

/// A table of times seen and how its columns were read.
pub(crate) struct RepeatedFile {
    /// The table.
    pub(crate) table: RepeatedTable,
    /// What to tell the user about the columns.
    pub(crate) choices: Vec<String>,
    /// What of them whoever reads the estimate should know.
    pub(crate) diagnostics: Vec<Diagnostic>,
    /// The columns beside times seen and covariates, for the settings of the estimate.
    pub(crate) reading: TableReading,
}

/// Reads a table of times seen.
pub(crate) fn read(
    path: &Path,
    options: &RepeatedFileOptions<'_>,
) -> Result<RepeatedFile, Failure> {
    let file = StringTable::read(path).map_err(|error| {
        Failure::input(error.to_string()).with_help(
            "a list with repeated contacts has a column of times seen and, if it counts, a column `count`",
        )
    })?;
    let columns: Vec<&str> = file.names().iter().map(String::as_str).collect();
    let position = |name: &str, what: &str| {
        columns.iter().position(|c| *c == name).ok_or_else(|| {
            Failure::usage(format!(
                "there is no column `{name}` for {what}{}",
                did_you_mean(name, &columns)
            ))
        })
    };
    let times = position(options.times, "--repeated")?;
    let count = match options.count {
        Some(name) => Some(position(name, "--count")?),
        None => columns
            .iter()
            .position(|c| *c == "count")
            .filter(|at| *at != times),
    };
    let mut strata = Vec::new();
    for name in options.strata {
        strata.push(position(name, "--strata")?);
    }
    if let Some(twice) = std::iter::once(&times)
        .chain(&strata)
        .chain(&count)
        .find(|at| {
            std::iter::once(&times)
                .chain(&strata)
                .chain(&count)
                .filter(|b| b == at)
                .count()
                > 1
        })
    {
        return Err(Failure::usage(format!(
            "`{}` cannot be two of times seen, count and covariate",
            columns[*twice]
        )));
    }
    for name in options.model.map(names_in).into_iter().flatten() {
        // A formula may name a covariate without --strata.
        if let Some(at) = columns.iter().position(|c| *c == name)
            && at != times
            && count != Some(at)
            && !strata.contains(&at)
        {
            strata.push(at);
        }
    }
    if count.is_none() {
        let free: Vec<usize> = (0..columns.len())
            .filter(|at| *at != times && !strata.contains(at))
            .collect();
        count_unnoticed(path, &file, &free)?;
    }
    let (rows, date) = rows_of_date(path, &file, options.date)?;
    let table = build(
        path,
        &file,
        &rows,
        times,
        &strata,
        count,
        options.ignore_unobserved,
    )?;
    let named = |indices: &[usize]| {
        let names: Vec<&str> = indices.iter().map(|at| columns[*at]).collect();
        names.join(", ")
    };
    let mut choices = vec![format!("times seen: column `{}`", columns[times])];
    if !strata.is_empty() {
        choices.push(format!("covariates: {}", named(&strata)));
    }
    choices.push(match count {
        Some(at) => format!("count: column `{}`", columns[at]),
        None => "count: every row is one person".into(),
    });
    let mut used: BTreeSet<usize> = strata.iter().copied().chain(count).chain([times]).collect();
    if date.is_some() {
        used.extend(columns.iter().position(|c| *c == DATE));
    }
    let unused: Vec<usize> = (0..columns.len()).filter(|at| !used.contains(at)).collect();
    let mut diagnostics = Vec::from_iter(columns_unused(&file, &unused));
    diagnostics.extend(years_pooled(&file, &unused, false));
    choices.extend(diagnostics.iter().map(line));
    let name = |at: &usize| columns[*at].to_owned();
    Ok(RepeatedFile {
        table,
        choices,
        diagnostics,
        reading: TableReading {
            count: count.as_ref().map(name),
            unused: unused.iter().map(name).collect(),
            missing: Vec::new(),
        },
    })
}

fn build(
    path: &Path,
    file: &StringTable,
    rows: &[usize],
    times: usize,
    strata: &[usize],
    count: Option<usize>,
    ignore_unobserved: bool,
) -> Result<RepeatedTable, Failure> {
    let mut factors = Vec::new();
    for at in strata {
        let cells = || {
            rows.iter()
                .map(|&row| (row, file.columns()[*at].get(row).unwrap_or_default().trim()))
        };
        if let Some((row, _)) = cells().find(|(_, level)| level.is_empty()) {
            return Err(Failure::input(format!(
                "{}, {}, column `{}`: a covariate is missing",
                path.display(),
                file.row_name(row),
                file.names()[*at]
            ))
            .with_help("write a level of its own, such as `unknown`, so that nobody is dropped"));
        }
        let levels = levels(cells().map(|(_, level)| level));
        factors.push(Factor::new(file.names()[*at].clone(), levels));
    }
    let known: Vec<Vec<String>> = factors.iter().map(|f| f.levels.clone()).collect();
    let mut builder = RepeatedTable::builder(factors).ignore_unobserved(ignore_unobserved);
    let cell =
        |row: usize, column: usize| file.columns()[column].get(row).unwrap_or_default().trim();
    let mut indices = vec![0; strata.len()];
    for &row in rows {
        let wrong = |column: usize, what: &str| {
            Failure::input(format!(
                "{}, {}, column `{}`: {what}",
                path.display(),
                file.row_name(row),
                file.names()[column]
            ))
        };
        let text = cell(row, times);
        let seen = text.parse::<Amount>().ok().and_then(Amount::whole);
        let seen = seen.ok_or_else(|| match text {
            "" => wrong(times, "it is empty; times seen is a whole number from 1"),
            _ => wrong(
                times,
                &format!(
                    "`{}` is not a whole number from 1, as times seen is",
                    short(text)
                ),
            ),
        })?;
        let persons = match count {
            None => 1,
            Some(column) => {
                let amount: Result<Amount, _> = cell(row, column).parse();
                let amount = amount.map_err(|error| wrong(column, &error.to_string()))?;
                amount.whole().ok_or_else(|| {
                    wrong(
                        column,
                        &format!("{} persons is not a whole number", amount.persons()),
                    )
                })?
            }
        };
        for (slot, column) in strata.iter().enumerate() {
            let level = cell(row, *column);
            let place = known[slot].iter().position(|l| l == level);
            indices[slot] = place.unwrap_or_default();
        }
        builder
            .add(seen, &indices, persons)
            .map_err(|error| match error {
                EstimateError::NeverSeen { .. } => wrong(times, &error.to_string())
                    .with_help("--ignore-unobserved leaves such rows out"),
                other => wrong(times, &other.to_string()),
            })?;
    }
    builder.build().map_err(|error| {
        let message = format!("{}: {error}", path.display());
        match NotEstimable::new(&error) {
            Some(why) => Failure::not_estimable(message, why),
            None if error == EstimateError::CountOverflow => Failure::input(message),
            None => Failure::usage(message),
        }
    })
}

//! The rows of a table with keys: who is who in both years, who lives with whom.

use std::path::Path;

use ethos_estimate::{Diagnostic, EstimateError, Factor, PersonRow, PersonTable};
use ethos_table::StringTable;

use super::capture_rows::levels;
use super::column_doubts::{all_zero_help, on_other_lists, seen};
use crate::failure::Failure;

/// What the user said about keys and years.
#[derive(Default)]
pub(crate) struct KeyOptions<'a> {
    /// The column of years.
    pub(crate) year: Option<&'a str>,
    /// The two years to compare, where the column has more.
    pub(crate) between: &'a [String],
    /// The column of person keys.
    pub(crate) person: Option<&'a str>,
    /// The column of household keys.
    pub(crate) household: Option<&'a str>,
}

impl KeyOptions<'_> {
    /// Whether the table is one of persons with keys or years.
    pub(crate) fn any(&self) -> bool {
        self.year.is_some() || self.person.is_some() || self.household.is_some()
    }
}

/// Where everything stands.
pub(super) struct KeyColumns<'a> {
    pub(super) lists: &'a [usize],
    /// 0/1 columns that are not among them: lists that the user left out.
    pub(super) others: &'a [usize],
    /// Columns that are not used and not 0/1: lists that were not recognised may be among them.
    pub(super) unread: &'a [usize],
    pub(super) strata: &'a [usize],
    pub(super) count: Option<usize>,
    pub(super) year: Option<usize>,
    pub(super) person: Option<usize>,
    pub(super) household: Option<usize>,
}

/// Makes the table of persons. With it, what to tell of people who are on none of its lists and on
/// others.
pub(super) fn build(
    path: &Path,
    file: &StringTable,
    rows: &[usize],
    columns: &KeyColumns<'_>,
    between: &[String],
    ignore_unobserved: bool,
) -> Result<(PersonTable, Option<Diagnostic>), Failure> {
    let cell = |row: usize, column: usize| -> &str {
        file.columns()[column].get(row).unwrap_or_default().trim()
    };
    let wrong = |row: usize, column: usize, what: &str| {
        Failure::input(format!(
            "{}, {}, column `{}`: {what}",
            path.display(),
            file.row_name(row),
            file.names()[column]
        ))
    };
    let (rows, years) = rows_of_years(path, file, rows, columns.year, between)?;
    let factors: Vec<Factor> = columns
        .strata
        .iter()
        .map(|&column| {
            if let Some(&row) = rows.iter().find(|&&row| cell(row, column).is_empty()) {
                return Err(wrong(row, column, "a covariate is missing")
                    .with_help("with --year or --household every covariate is known; write a level such as `unknown`"));
            }
            let levels = levels(rows.iter().map(|&row| cell(row, column)));
            Ok(Factor::new(file.names()[column].clone(), levels))
        })
        .collect::<Result<_, _>>()?;
    let lists = columns.lists.iter().map(|&at| file.names()[at].clone());
    let mut builder = PersonTable::builder(lists, factors.clone(), years.clone())
        .ignore_unobserved(ignore_unobserved);
    let mut on_others = 0.0;
    for &row in &rows {
        let mut history = 0_u16;
        for (bit, &column) in columns.lists.iter().enumerate() {
            match seen(cell(row, column)) {
                Some(true) => history |= 1 << bit,
                Some(false) => {}
                None => {
                    return Err(wrong(row, column, "a list holds 0 or 1")
                        .with_help("with --year or --household every list can see everybody; leave out with --lists those that cannot"));
                }
            }
        }
        let levels: Vec<usize> = columns
            .strata
            .iter()
            .zip(&factors)
            .map(|(&column, factor)| {
                let level = cell(row, column);
                factor.levels.iter().position(|l| l == level).unwrap_or(0)
            })
            .collect();
        let count = match columns.count {
            None => 1,
            Some(column) => cell(row, column)
                .parse::<u64>()
                .map_err(|_| wrong(row, column, "a count here is a whole number from 0"))?,
        };
        let is_on = |column: &usize| seen(cell(row, *column)) == Some(true);
        if history == 0 && columns.others.iter().any(is_on) {
            on_others += count as f64;
            continue;
        }
        let key = |column: Option<usize>| column.map(|c| cell(row, c)).filter(|k| !k.is_empty());
        let year = columns.year.map_or(Some(0), |column| {
            years.iter().position(|year| year == cell(row, column))
        });
        builder
            .add(PersonRow {
                year: year.unwrap_or(0),
                person: key(columns.person),
                household: key(columns.household),
                history,
                levels: &levels,
                count,
            })
            .map_err(|error| match error {
                EstimateError::RepeatedPerson(_) => {
                    wrong(row, columns.person.unwrap_or_default(), &error.to_string())
                }
                EstimateError::Unobserved { .. } => {
                    wrong(row, columns.lists[0], &error.to_string())
                        .with_help(all_zero_help(file, columns.unread))
                }
                // A count that cannot be that of a person with a key, or that is too large.
                EstimateError::Setting(_) | EstimateError::CountOverflow => wrong(
                    row,
                    columns.count.unwrap_or(columns.lists[0]),
                    &error.to_string(),
                ),
                _ => wrong(row, columns.lists[0], &error.to_string()),
            })?;
    }
    let table = builder
        .build()
        .map_err(|error| Failure::usage(format!("{}: {error}", path.display())))?;
    Ok((table, on_other_lists(file, columns.others, on_others)))
}

/// The two years and their rows; without a column of years, all rows and one year without a name.
fn rows_of_years(
    path: &Path,
    file: &StringTable,
    rows: &[usize],
    year: Option<usize>,
    between: &[String],
) -> Result<(Vec<usize>, Vec<String>), Failure> {
    let Some(column) = year else {
        return Ok((rows.to_vec(), vec!["the table".into()]));
    };
    let of = |row: usize| file.columns()[column].get(row).unwrap_or_default().trim();
    let name = &file.names()[column];
    let known = levels(rows.iter().map(|&row| of(row)));
    let years: Vec<String> = if between.is_empty() {
        known.clone()
    } else {
        between.to_vec()
    };
    if let Some(absent) = years.iter().find(|year| !known.contains(year)) {
        return Err(Failure::usage(format!(
            "{} has no rows with `{name}` {absent}; it has {}",
            path.display(),
            known.join(", ")
        )));
    }
    if years.len() != 2 || years[0] == years[1] {
        return Err(Failure::usage(format!(
            "{} has {} in `{name}`; a change is between two",
            path.display(),
            known.join(", ")
        ))
        .with_help("name two of them in order with --between"));
    }
    let kept = rows
        .iter()
        .copied()
        .filter(|&row| years.iter().any(|year| year == of(row)));
    Ok((kept.collect(), years))
}

//! The rows of a researcher's capture table: histories, levels and counts, with what is missing.

use std::collections::BTreeSet;
use std::path::Path;

use ethos_estimate::{
    Amount, CaptureTable, Diagnostic, EstimateError, Factor, IncompleteTable, NotEstimable,
};
use ethos_table::StringTable;

use super::capture_file::{CaptureFileOptions, Table};
use super::column_doubts;
use crate::failure::Failure;

/// Most strata of a joint model: beyond it one fit takes minutes.
const MAX_STRATA: usize = 500;

/// Where everything stands.
pub(super) struct RowColumns<'a> {
    /// The lists of the table.
    pub(super) lists: &'a [usize],
    /// 0/1 columns that are not among them: lists that the user left out.
    pub(super) others: &'a [usize],
    /// Columns that are not used and not 0/1: lists that were not recognised may be among them.
    pub(super) unread: &'a [usize],
    /// Covariates.
    pub(super) strata: &'a [usize],
    /// The count.
    pub(super) count: Option<usize>,
}

/// Where something is wrong.
struct Place<'a> {
    path: &'a Path,
    file: &'a StringTable,
}

/// On which lists, at which levels, how many: `None` where the cell is blank.
type Row = (Vec<Option<bool>>, Vec<Option<usize>>, Amount);

impl Place<'_> {
    fn wrong(&self, row: usize, column: usize, what: &str) -> Failure {
        Failure::input(format!(
            "{}, {}, column `{}`: {what}",
            self.path.display(),
            self.file.row_name(row),
            self.file.names()[column]
        ))
    }
}

/// Makes the table of the rows: an incomplete one where a cell is blank. With it, what to tell of
/// people who are on none of its lists and on others.
pub(super) fn build(
    path: &Path,
    file: &StringTable,
    rows: &[usize],
    columns: &RowColumns<'_>,
    options: &CaptureFileOptions<'_>,
) -> Result<(Table, Option<Diagnostic>), Failure> {
    let (lists, strata, count) = (columns.lists, columns.strata, columns.count);
    let place = Place { path, file };
    if rows.is_empty() {
        return Err(Failure::input(format!("{} has no rows", path.display())));
    }
    let cell = |row: usize, column: usize| -> &str {
        file.columns()[column].get(row).unwrap_or_default().trim()
    };
    let known = |row: usize, column: usize| -> Option<&str> {
        let level = cell(row, column);
        (!level.is_empty() && Some(level) != options.missing).then_some(level)
    };
    let factors = factors(&place, rows, strata, &known)?;
    let names: Vec<String> = lists.iter().map(|at| file.names()[*at].clone()).collect();
    let mut seen: Vec<(usize, Row)> = Vec::new();
    let mut on_others = 0.0;
    for &row in rows {
        let history = lists
            .iter()
            .map(|&column| match cell(row, column) {
                "" => Ok(None),
                text => column_doubts::seen(text).map(Some).ok_or_else(|| {
                    place.wrong(
                        row,
                        column,
                        "a list holds 0, 1, or a blank where it cannot see these people (or FALSE and TRUE)",
                    )
                }),
            })
            .collect::<Result<Vec<_>, _>>()?;
        let levels = strata
            .iter()
            .zip(&factors)
            .map(|(&column, factor)| {
                let level = known(row, column)?;
                factor.levels.iter().position(|known| known == level)
            })
            .collect();
        let persons = match count {
            None => Amount::of(1),
            Some(column) => cell(row, column)
                .parse::<Amount>()
                .map_err(|error| place.wrong(row, column, &error.to_string()))?,
        };
        let is_on = |column: &usize| column_doubts::seen(cell(row, *column)) == Some(true);
        if !history.contains(&Some(true)) && columns.others.iter().any(is_on) {
            on_others += persons.persons();
            continue;
        }
        seen.push((row, (history, levels, persons)));
    }
    let left_out = column_doubts::on_other_lists(file, columns.others, on_others);
    let refuse = |row: usize, error: EstimateError| match error {
        EstimateError::Fractional(_) => place
            .wrong(row, count.unwrap_or(lists[0]), &error.to_string())
            .with_help("weighted counts are taken with --fractional"),
        EstimateError::Unobserved { .. } => place
            .wrong(row, lists[0], &error.to_string())
            .with_help(column_doubts::all_zero_help(file, columns.unread)),
        EstimateError::CountOverflow => {
            place.wrong(row, count.unwrap_or(lists[0]), &error.to_string())
        }
        _ => place.wrong(row, lists[0], &error.to_string()),
    };
    let whole = |error: EstimateError| {
        let message = format!("{}: {error}", path.display());
        match NotEstimable::new(&error) {
            Some(why) => Failure::not_estimable(message, why),
            None if error == EstimateError::CountOverflow => Failure::input(message),
            None => Failure::usage(message),
        }
    };
    let complete = seen.iter().all(|(_, (history, levels, _))| {
        history.iter().all(Option::is_some) && levels.iter().all(Option::is_some)
    });
    if complete {
        let mut builder = CaptureTable::builder(names, factors)
            .ignore_unobserved(options.ignore_unobserved)
            .fractional(options.fractional);
        for (row, (history, levels, persons)) in &seen {
            let bits = history
                .iter()
                .enumerate()
                .filter(|(_, on)| **on == Some(true))
                .fold(0_u16, |bits, (at, _)| bits | 1 << at);
            let levels: Vec<usize> = levels.iter().flatten().copied().collect();
            builder
                .add_amount(bits, &levels, *persons)
                .map_err(|error| refuse(*row, error))?;
        }
        let table = builder.build().map(Table::Complete).map_err(whole)?;
        return Ok((table, left_out));
    }
    let mut builder = IncompleteTable::builder(names, factors)
        .ignore_unobserved(options.ignore_unobserved)
        .fractional(options.fractional);
    for (row, (history, levels, persons)) in &seen {
        builder
            .add_amount(history, levels, *persons)
            .map_err(|error| refuse(*row, error))?;
    }
    let table = builder.build().map(Table::Incomplete).map_err(whole)?;
    Ok((table, left_out))
}

/// The covariates with their levels.
fn factors<'a>(
    place: &Place<'a>,
    rows: &[usize],
    strata: &[usize],
    known: &dyn Fn(usize, usize) -> Option<&'a str>,
) -> Result<Vec<Factor>, Failure> {
    let mut factors = Vec::new();
    for &column in strata {
        let name = &place.file.names()[column];
        let levels = levels(rows.iter().filter_map(|&row| known(row, column)));
        if levels.is_empty() {
            return Err(Failure::input(format!(
                "{}: covariate `{name}` is missing in every row",
                place.path.display()
            ))
            .with_help("leave it out of --strata"));
        }
        factors.push(Factor::new(name.clone(), levels));
    }
    let strata = factors.iter().try_fold(1_usize, |strata, factor| {
        strata.checked_mul(factor.levels.len())
    });
    if strata.is_none_or(|strata| strata > MAX_STRATA) {
        let number = strata.map_or_else(|| "more than can be counted".into(), |n| n.to_string());
        let mut each: Vec<(usize, &str)> = factors
            .iter()
            .map(|factor| (factor.levels.len(), factor.name.as_str()))
            .collect();
        each.sort_unstable_by_key(|(levels, name)| (std::cmp::Reverse(*levels), *name));
        let told: Vec<String> = each
            .iter()
            .take(5)
            .map(|(levels, name)| format!("`{name}` has {levels}"))
            .collect();
        let more = if each.len() > 5 { ", …" } else { "" };
        return Err(Failure::usage(format!(
            "{number} strata are more than {MAX_STRATA}: {} levels{more}",
            told.join(", ")
        ))
        .with_help("take fewer covariates, or group their levels"));
    }
    Ok(factors)
}

/// The levels of a covariate in the order of their names; the numbers' order where all are whole
/// numbers, as R's `factor` does it.
pub(super) fn levels<'a>(known: impl Iterator<Item = &'a str>) -> Vec<String> {
    let distinct: BTreeSet<&str> = known.collect();
    let mut levels: Vec<String> = distinct.into_iter().map(str::to_owned).collect();
    if levels.iter().all(|level| level.parse::<i64>().is_ok()) {
        levels.sort_by_key(|level| level.parse::<i64>().unwrap_or_default());
    }
    levels
}

//! A researcher's capture table: which columns are lists, which are covariates, what they count.

use std::collections::BTreeSet;
use std::path::Path;

use ethos_estimate::{
    CaptureTable, Diagnostic, EstimateError, IncompleteTable, PersonTable, TableReading,
};
use ethos_model::date::Day;
use ethos_model::suggest::did_you_mean;
use ethos_table::StringTable;

use super::capture_rows::{RowColumns, build};
use super::column_doubts::{
    columns_unused, count_unnoticed, line, list_mistyped, missing_unused, seen, too_few_lists,
    years_pooled,
};
use super::history_doubts::{HistoryColumns, histories};
use super::person_rows::{self, KeyColumns, KeyOptions};
use crate::failure::Failure;

/// What the user said about the columns.
pub(crate) struct CaptureFileOptions<'a> {
    /// Columns that are lists; all 0/1 columns left over when empty.
    pub(crate) lists: &'a [String],
    /// The column of counts.
    pub(crate) count: Option<&'a str>,
    /// Covariates.
    pub(crate) strata: &'a [String],
    /// The model, whose names may be covariates too.
    pub(crate) model: Option<&'a str>,
    /// Whether all-zero histories are ignored.
    pub(crate) ignore_unobserved: bool,
    /// Whether counts may be fractional.
    pub(crate) fractional: bool,
    /// The word that stands for a missing covariate, beside a blank.
    pub(crate) missing: Option<&'a str>,
    /// The reference date to take from a table of several.
    pub(crate) date: Option<Day>,
    /// Years, persons and households by key.
    pub(crate) keys: KeyOptions<'a>,
}

/// The column in which a count writes the day that the activity is of.
pub(super) const DATE: &str = "reference_date";

/// A table in which something is missing, or nothing.
pub(crate) enum Table {
    /// Every list can see everybody, and every covariate is known.
    Complete(CaptureTable),
    /// Some cells are blank.
    Incomplete(IncompleteTable),
    /// Persons or households have keys, or there are two years.
    Persons(PersonTable),
}

/// A capture table and how its columns were read.
pub(crate) struct CaptureFile {
    /// The table.
    pub(crate) table: Table,
    /// What to tell the user about the columns.
    pub(crate) choices: Vec<String>,
    /// What of them whoever reads the estimate should know.
    pub(crate) diagnostics: Vec<Diagnostic>,
    /// The columns beside lists and covariates, for the settings of the estimate.
    pub(crate) reading: TableReading,
}

/// Reads a capture table.
pub(crate) fn read(path: &Path, options: &CaptureFileOptions<'_>) -> Result<CaptureFile, Failure> {
    let file = StringTable::read(path).map_err(|error| {
        Failure::input(error.to_string()).with_help(
            "a capture table has one 0/1 column a list and, if it counts, a column `count`",
        )
    })?;
    let columns: Vec<&str> = file.names().iter().map(String::as_str).collect();
    let position = |name: &str, what: &str| {
        columns
            .iter()
            .position(|column| *column == name)
            .ok_or_else(|| {
                Failure::usage(format!(
                    "there is no column `{name}` for {what}{}",
                    did_you_mean(name, &columns)
                ))
            })
    };
    let count = match options.count {
        Some(name) => Some(position(name, "--count")?),
        None => columns.iter().position(|column| *column == "count"),
    };
    let mut strata = Vec::new();
    for name in options.strata {
        strata.push(position(name, "--strata")?);
    }
    let key = |name: Option<&str>, what| name.map(|name| position(name, what)).transpose();
    let year = key(options.keys.year, "--year")?;
    let person = key(options.keys.person, "--person")?;
    let household = key(options.keys.household, "--household")?;
    let is_key = |at: usize| [year, person, household].contains(&Some(at));
    let binary: Vec<bool> = (0..columns.len()).map(|at| is_binary(&file, at)).collect();
    if options.lists.is_empty() {
        let free: Vec<usize> = (0..columns.len())
            .filter(|at| count != Some(*at) && !strata.contains(at) && !is_key(*at))
            .collect();
        list_mistyped(path, &file, &free)?;
    }
    for name in options.model.map(names_in).into_iter().flatten() {
        // A model may name a covariate without --strata; a 0/1 column it names is a list.
        if let Some(at) = columns.iter().position(|column| *column == name)
            && !binary[at]
            && !strata.contains(&at)
            && count != Some(at)
        {
            strata.push(at);
        }
    }
    let lists: Vec<usize> = if options.lists.is_empty() {
        (0..columns.len())
            .filter(|at| binary[*at] && count != Some(*at) && !strata.contains(at) && !is_key(*at))
            .collect()
    } else {
        options
            .lists
            .iter()
            .map(|name| position(name, "--lists"))
            .collect::<Result<_, _>>()?
    };
    if let Some(twice) = lists.iter().chain(&strata).find(|at| {
        is_key(**at) || lists.contains(at) && (strata.contains(at) || count == Some(**at))
    }) {
        return Err(Failure::usage(format!(
            "`{}` cannot be a list and something else",
            columns[*twice]
        )));
    }
    for named in [&lists, &strata] {
        if let Some(twice) = (1..named.len()).find(|at| named[..*at].contains(&named[*at])) {
            return Err(Failure::usage(
                EstimateError::DuplicateName(columns[named[twice]].to_owned()).to_string(),
            ));
        }
    }
    if lists.len() > 16 {
        return Err(
            Failure::usage(EstimateError::TooManyLists(lists.len()).to_string()).with_help(
                "name the lists with --lists; 0/1 columns that are covariates go into --strata",
            ),
        );
    }
    if lists.len() < 2 {
        let free: Vec<usize> = (0..columns.len())
            .filter(|at| count != Some(*at) && !strata.contains(at) && !is_key(*at))
            .filter(|at| !lists.contains(at))
            .collect();
        let few = too_few_lists(path, &file, lists.len(), &free, count.is_some());
        return Err(few);
    }
    let free = |but: &[usize]| -> Vec<usize> {
        (0..columns.len())
            .filter(|at| !strata.contains(at) && !is_key(*at) && !but.contains(at))
            .collect()
    };
    if count.is_none() {
        // Lists that the user named are lists, whatever their names are.
        let named = if options.lists.is_empty() {
            &[][..]
        } else {
            &lists
        };
        count_unnoticed(path, &file, &free(named))?;
        if options.fractional {
            return Err(Failure::usage(format!(
                "{} has no column `count`, and --fractional is about counts",
                path.display()
            ))
            .with_help("name the column of counts with --count"));
        }
    }
    let (rows, date) = if year.is_some() {
        ((0..file.rows()).collect(), None)
    } else {
        rows_of_date(path, &file, options.date)?
    };
    // Lists that the user did not choose: people who are on them only are in no cell of the table.
    let others: Vec<usize> = free(&lists)
        .into_iter()
        .filter(|at| binary[*at] && count != Some(*at))
        .collect();
    let mut used: BTreeSet<usize> = lists.iter().chain(&strata).copied().chain(count).collect();
    if date.is_some() {
        used.extend(columns.iter().position(|column| *column == DATE));
    }
    used.extend([year, person, household].into_iter().flatten());
    let unused: Vec<usize> = (0..columns.len()).filter(|at| !used.contains(at)).collect();
    // Those that are no 0/1 columns: a list among them was not recognised.
    let unread: Vec<usize> = unused.iter().copied().filter(|at| !binary[*at]).collect();
    let (table, left_out) = if options.keys.any() {
        let columns = KeyColumns {
            lists: &lists,
            others: &others,
            unread: &unread,
            strata: &strata,
            count,
            year,
            person,
            household,
        };
        let (between, ignore) = (options.keys.between, options.ignore_unobserved);
        let (table, left_out) = person_rows::build(path, &file, &rows, &columns, between, ignore)?;
        (Table::Persons(table), left_out)
    } else {
        let columns = RowColumns {
            lists: &lists,
            others: &others,
            unread: &unread,
            strata: &strata,
            count,
        };
        build(path, &file, &rows, &columns, options)?
    };
    let named = |indices: &[usize]| {
        indices
            .iter()
            .map(|at| columns[*at])
            .collect::<Vec<_>>()
            .join(", ")
    };
    let mut choices = vec![format!(
        "lists: {} (a 0/1 column that is a covariate goes into --strata)",
        named(&lists)
    )];
    if !strata.is_empty() {
        choices.push(format!("covariates: {}", named(&strata)));
    }
    choices.push(match count {
        Some(at) => format!("count: column `{}`", columns[at]),
        None => "count: every row is one person".into(),
    });
    if let Table::Incomplete(table) = &table {
        choices.push(blanks(table));
    }
    for (at, what) in [(year, "year"), (person, "person"), (household, "household")] {
        if let Some(at) = at {
            choices.push(format!("{what}: column `{}`", columns[at]));
        }
    }
    let mut diagnostics = Vec::from_iter(left_out);
    diagnostics.extend(columns_unused(&file, &unused));
    diagnostics.extend(years_pooled(&file, &unused, true));
    diagnostics.extend(
        options
            .missing
            .and_then(|word| missing_unused(&file, &rows, &strata, word)),
    );
    // Rows with keys are persons, and so are rows without a count, and rows with a weight.
    if let Some(count) = count
        && person.is_none()
        && household.is_none()
        && !options.fractional
    {
        let strata: Vec<usize> = strata.iter().copied().chain(year).collect();
        let parts = HistoryColumns {
            lists: &lists,
            others: &others,
            strata: &strata,
            count,
            unused: &unused,
        };
        diagnostics.extend(histories(&file, &rows, &parts));
    }
    choices.extend(diagnostics.iter().map(line));
    match date {
        Some(date) => choices.push(format!("activity on {date}")),
        // The years say what they cover.
        None if year.is_some() => {}
        None => choices.push(
            "note: a bare table does not say which day it covers; histories gathered over a period in \
             which people come and go lead to an estimate that is too high"
                .into(),
        ),
    }
    let name = |at: &usize| columns[*at].to_owned();
    Ok(CaptureFile {
        table,
        choices,
        diagnostics,
        reading: TableReading {
            count: count.as_ref().map(name),
            unused: unused.iter().map(name).collect(),
            missing: options.missing.map(str::to_owned).into_iter().collect(),
        },
    })
}

/// What blanks were taken to mean.
fn blanks(table: &IncompleteTable) -> String {
    let lists = table.patterns().iter().any(|p| p.blind != 0);
    let levels = table.patterns().iter().any(|p| p.levels.contains(&None));
    let mut means = Vec::new();
    if lists {
        means.push("in a list, that it cannot see these people");
    }
    if levels {
        means.push("in a covariate, that it is not known");
    }
    format!("a blank means {}", means.join(", and "))
}

/// The rows of the reference date: all of them where the table has no such column. A table of
/// several dates holds the same people several times, so one date must be named.
pub(super) fn rows_of_date(
    path: &Path,
    file: &StringTable,
    wanted: Option<Day>,
) -> Result<(Vec<usize>, Option<Day>), Failure> {
    let Some(column) = file.column(DATE) else {
        if wanted.is_some() {
            return Err(Failure::usage(format!(
                "{} has no column `{DATE}` for --date",
                path.display()
            )));
        }
        return Ok(((0..file.rows()).collect(), None));
    };
    let mut days = Vec::with_capacity(file.rows());
    for row in 0..file.rows() {
        let text = column.get(row).unwrap_or_default().trim();
        days.push(Day::parse(text).ok_or_else(|| {
            Failure::input(format!(
                "{}, {}, column `{DATE}`: a capture table is of activity on one day, such as 2026-01-01",
                path.display(),
                file.row_name(row)
            ))
        })?);
    }
    let known: BTreeSet<Day> = days.iter().copied().collect();
    let date = match (wanted, known.iter().next()) {
        (Some(wanted), _) if known.contains(&wanted) => wanted,
        (None, Some(only)) if known.len() == 1 => *only,
        (None, None) => return Ok((Vec::new(), None)),
        _ => {
            let days: Vec<String> = known.iter().map(Day::to_string).collect();
            return Err(
                Failure::usage(format!("{} is of {}", path.display(), days.join(", ")))
                    .with_help("name one of them with --date: the same people are in each"),
            );
        }
    };
    Ok((
        (0..file.rows()).filter(|row| days[*row] == date).collect(),
        Some(date),
    ))
}

/// Whether a column holds nothing but 0 and 1 or FALSE and TRUE (and blanks), with at least one of
/// them.
fn is_binary(file: &StringTable, column: usize) -> bool {
    let mut some = false;
    for row in 0..file.rows() {
        match file.columns()[column].get(row).map(str::trim) {
            None | Some("") => {}
            Some(text) if seen(text).is_some() => some = true,
            Some(_) => return false,
        }
    }
    some
}

/// The names that occur on the right of a formula; none in bracket notation over list numbers.
pub(super) fn names_in(model: &str) -> Vec<&str> {
    let (_, right) = model.rsplit_once('~').unwrap_or(("", model));
    right
        .split(|c: char| !(c.is_alphanumeric() || c == '_' || c == '.'))
        .filter(|word| {
            word.chars()
                .next()
                .is_some_and(|c| c.is_alphabetic() || c == '_')
        })
        .collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn formula_names_are_found() {
        assert_eq!(names_in("a*b + sex:(a+c1)"), ["a", "b", "sex", "a", "c1"]);
        assert!(names_in("[12,3]").is_empty());
        assert_eq!(names_in("freq ~ a + b"), ["a", "b"]);
    }
}

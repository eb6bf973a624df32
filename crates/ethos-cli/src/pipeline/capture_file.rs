//! A researcher's capture table: which columns are lists, which are covariates, what they count.

use std::collections::BTreeSet;
use std::path::Path;

use ethos_estimate::{Amount, CaptureTable, EstimateError, Factor, TableBuilder};
use ethos_model::date::Day;
use ethos_model::suggest::did_you_mean;
use ethos_table::StringTable;

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
    /// The reference date to take from a table of several.
    pub(crate) date: Option<Day>,
}

/// The column in which a count writes the day that the activity is of.
pub(super) const DATE: &str = "reference_date";

/// A capture table and how its columns were read.
pub(crate) struct CaptureFile {
    /// The table.
    pub(crate) table: CaptureTable,
    /// What to tell the user about the columns.
    pub(crate) choices: Vec<String>,
}

/// Most strata of a joint model: beyond it one fit takes minutes.
const MAX_STRATA: usize = 500;

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
    let binary: Vec<bool> = (0..columns.len()).map(|at| is_binary(&file, at)).collect();
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
            .filter(|at| binary[*at] && count != Some(*at) && !strata.contains(at))
            .collect()
    } else {
        options
            .lists
            .iter()
            .map(|name| position(name, "--lists"))
            .collect::<Result<_, _>>()?
    };
    if let Some(twice) = lists
        .iter()
        .find(|at| strata.contains(at) || count == Some(**at))
    {
        return Err(Failure::usage(format!(
            "`{}` cannot be a list and something else",
            columns[*twice]
        )));
    }
    if lists.len() < 2 {
        return Err(Failure::usage(format!(
            "{} has {} column{} with only 0 and 1; at least two lists are needed",
            path.display(),
            lists.len(),
            if lists.len() == 1 { "" } else { "s" },
        ))
        .with_help(
            "name the lists with --lists, the covariates with --strata and the count with --count",
        ));
    }
    let (rows, date) = rows_of_date(path, &file, options.date)?;
    let table = build(path, &file, &rows, &lists, &strata, count, options)?;
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
    let mut used: BTreeSet<usize> = lists.iter().chain(&strata).copied().chain(count).collect();
    if date.is_some() {
        used.extend(columns.iter().position(|column| *column == DATE));
    }
    let unused: Vec<usize> = (0..columns.len()).filter(|at| !used.contains(at)).collect();
    if !unused.is_empty() {
        choices.push(format!("not used, collapsed: {}", named(&unused)));
    }
    choices.push(match date {
        Some(date) => format!("activity on {date}"),
        None => "note: a bare table does not say which day it covers; histories gathered over a period in \
         which people come and go lead to an estimate that is too high"
            .into(),
    });
    Ok(CaptureFile { table, choices })
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

/// Whether a column holds nothing but 0 and 1 (and blanks), with at least one of them.
fn is_binary(file: &StringTable, column: usize) -> bool {
    let mut seen = false;
    for row in 0..file.rows() {
        match file.columns()[column].get(row).map(str::trim) {
            Some("0" | "1") => seen = true,
            None | Some("") => {}
            Some(_) => return false,
        }
    }
    seen
}

/// The names that occur in a formula; none in bracket notation over list numbers.
pub(super) fn names_in(model: &str) -> Vec<&str> {
    model
        .split(|c: char| !(c.is_alphanumeric() || c == '_' || c == '.'))
        .filter(|word| {
            word.chars()
                .next()
                .is_some_and(|c| c.is_alphabetic() || c == '_')
        })
        .collect()
}

fn build(
    path: &Path,
    file: &StringTable,
    rows: &[usize],
    lists: &[usize],
    strata: &[usize],
    count: Option<usize>,
    options: &CaptureFileOptions<'_>,
) -> Result<CaptureTable, Failure> {
    let mut factors = Vec::new();
    for at in strata {
        factors.push(Factor::new(
            file.names()[*at].clone(),
            levels(path, file, rows, *at)?,
        ));
    }
    let strata_count = factors
        .iter()
        .map(|factor| factor.levels.len())
        .product::<usize>();
    if strata_count > MAX_STRATA {
        let levels: Vec<String> = factors
            .iter()
            .map(|factor| format!("`{}` has {}", factor.name, factor.levels.len()))
            .collect();
        return Err(Failure::usage(format!(
            "{strata_count} strata are more than {MAX_STRATA}: {} levels",
            levels.join(", ")
        ))
        .with_help("take fewer covariates, or group their levels"));
    }
    let names: Vec<String> = lists.iter().map(|at| file.names()[*at].clone()).collect();
    let level_index: Vec<Vec<String>> = factors
        .iter()
        .map(|factor: &Factor| factor.levels.clone())
        .collect();
    let mut builder: TableBuilder = CaptureTable::builder(names, factors)
        .ignore_unobserved(options.ignore_unobserved)
        .fractional(options.fractional);
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
        let mut history = 0_u16;
        for (bit, column) in lists.iter().enumerate() {
            match file.columns()[*column].get(row).map(str::trim) {
                Some("1") => history |= 1_u16.checked_shl(bit as u32).unwrap_or(0),
                Some("0") => {}
                None | Some("") => {
                    return Err(wrong(*column, "blank means that the list cannot see these people, which no method here handles yet")
                        .with_help("estimate the people whom every list can see, or leave the list out with --lists"));
                }
                Some(_) => return Err(wrong(*column, "a list holds 0 or 1")),
            }
        }
        for (slot, column) in strata.iter().enumerate() {
            let level = file.columns()[*column].get(row).unwrap_or_default().trim();
            indices[slot] = level_index[slot]
                .iter()
                .position(|known| known == level)
                .unwrap_or_default();
        }
        let persons = match count {
            None => Amount::of(1),
            Some(column) => {
                let text = file.columns()[column].get(row).unwrap_or_default().trim();
                text.parse::<Amount>()
                    .map_err(|error| wrong(column, &error.to_string()))?
            }
        };
        builder
            .add_amount(history, &indices, persons)
            .map_err(|error| match error {
                EstimateError::Fractional(persons) => wrong(
                    count.unwrap_or_default(),
                    &format!("{persons} persons is not a whole number"),
                )
                .with_help("weighted counts are taken with --fractional"),
                EstimateError::Unobserved { .. } => wrong(lists[0], &error.to_string())
                    .with_help("--ignore-unobserved leaves such rows out"),
                other => wrong(lists[0], &other.to_string()),
            })?;
    }
    builder.build().map_err(|error| {
        let message = format!("{}: {error}", path.display());
        match error {
            EstimateError::CountOverflow => Failure::input(message),
            _ => Failure::usage(message),
        }
    })
}

/// The levels of a covariate in the order of their names; the numbers' order where all are whole
/// numbers, as R's `factor` does it. A blank is refused: a missing covariate needs a level.
pub(super) fn levels(
    path: &Path,
    file: &StringTable,
    rows: &[usize],
    column: usize,
) -> Result<Vec<String>, Failure> {
    let mut levels = BTreeSet::new();
    for &row in rows {
        match file.columns()[column].get(row).map(str::trim) {
            None | Some("") => {
                return Err(Failure::input(format!(
                    "{}, {}, column `{}`: a covariate is missing",
                    path.display(),
                    file.row_name(row),
                    file.names()[column]
                ))
                .with_help(
                    "write a level of its own, such as `unknown`, so that nobody is dropped",
                ));
            }
            Some(level) if !levels.contains(level) => {
                levels.insert(level.to_owned());
            }
            Some(_) => {}
        }
    }
    let mut levels: Vec<String> = levels.into_iter().collect();
    if levels.iter().all(|level| level.parse::<i64>().is_ok()) {
        levels.sort_by_key(|level| level.parse::<i64>().unwrap_or_default());
    }
    Ok(levels)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn formula_names_are_found() {
        assert_eq!(names_in("a*b + sex:(a+c1)"), ["a", "b", "sex", "a", "c1"]);
        assert!(names_in("[12,3]").is_empty());
    }
}

//! Columns that look like something they were not taken for: a count under another name, a list with
//! a cell that is mistyped, years that would be pooled, logical values.

use std::cmp::Reverse;
use std::collections::BTreeSet;
use std::path::Path;

use ethos_estimate::{Amount, Diagnostic, Severity};
use ethos_table::StringTable;

use crate::failure::Failure;

/// Names under which other programs write a number of persons.
const COUNTS: [&str; 10] = [
    "count",
    "counts",
    "freq",
    "frequency",
    "frequentie",
    "n",
    "aantal",
    "number",
    "persons",
    "personen",
];

/// Names of a column of years.
const YEARS: [&str; 5] = ["year", "jaar", "jaartal", "peiljaar", "reference_year"];

/// Largest value of a column that may be how often a person was seen.
const MOST_TIMES: u64 = 100;

/// Whether a list's cell says that it saw these people: 1 or 0, these with the decimal that Python
/// writes in a column with blanks, or the logical values that R and Python write.
pub(super) fn seen(text: &str) -> Option<bool> {
    match text {
        "1" | "1.0" => Some(true),
        "0" | "0.0" => Some(false),
        _ if text.eq_ignore_ascii_case("true") => Some(true),
        _ if text.eq_ignore_ascii_case("false") => Some(false),
        _ => None,
    }
}

fn is_named(file: &StringTable, column: usize, names: &[&str]) -> bool {
    let name = &file.names()[column];
    names.iter().any(|known| name.eq_ignore_ascii_case(known))
}

fn holds_counts(file: &StringTable, column: usize) -> bool {
    let mut cells = file.columns()[column].iter().map(Option::unwrap_or_default);
    file.rows() > 0 && cells.all(|cell| cell.trim().parse::<Amount>().is_ok())
}

/// The cells of a column that are not blank.
struct Filled<'a> {
    cells: usize,
    /// How many of them are 0 or 1.
    binary: usize,
    /// Row and text of the first that is neither.
    other: Option<(usize, &'a str)>,
}

impl<'a> Filled<'a> {
    fn of(file: &'a StringTable, column: usize) -> Self {
        let (mut cells, mut binary, mut other) = (0, 0, None);
        for (row, cell) in file.columns()[column].iter().enumerate() {
            let text = cell.unwrap_or_default().trim();
            if text.is_empty() {
                continue;
            }
            cells += 1;
            if seen(text).is_some() {
                binary += 1;
            } else if other.is_none() {
                other = Some((row, text));
            }
        }
        Self {
            cells,
            binary,
            other,
        }
    }
}

/// As much of a cell as it takes to find it by.
pub(super) fn short(text: &str) -> String {
    text.chars().take(24).collect()
}

/// Refuses a column that is a list but for a few cells: it would be dropped, and everybody on it
/// alone with it. `free` are the columns that the user did not give a part.
pub(super) fn list_mistyped(
    path: &Path,
    file: &StringTable,
    free: &[usize],
) -> Result<(), Failure> {
    for &column in free {
        if is_named(file, column, &COUNTS) && holds_counts(file, column) {
            continue;
        }
        let filled = Filled::of(file, column);
        let Some((row, text)) = filled.other else {
            continue;
        };
        if filled.binary >= 2 && 5 * filled.binary >= 4 * filled.cells {
            let name = &file.names()[column];
            return Err(Failure::input(format!(
                "{}, {}, column `{name}`: `{}` is not 0 or 1, and {} of the column's {} cells are",
                path.display(),
                file.row_name(row),
                short(text),
                filled.binary,
                filled.cells,
            ))
            .with_help(format!(
                "correct it; give it to --strata if it is no list (--strata {name}), or name the lists with \
                 --lists"
            )));
        }
    }
    Ok(())
}

/// Too few columns are lists: what they are lacking. `free` are the columns without a part.
pub(super) fn too_few_lists(
    path: &Path,
    file: &StringTable,
    lists: usize,
    free: &[usize],
    counted: bool,
) -> Failure {
    let nearest = free
        .iter()
        .filter_map(|&column| {
            let filled = Filled::of(file, column);
            let (row, text) = filled.other?;
            let distinct: BTreeSet<&str> = file.columns()[column].iter().flatten().collect();
            let share = filled.binary * 1_000_000 / filled.cells;
            Some(((share, Reverse(distinct.len()), Reverse(column)), row, text))
        })
        .max_by_key(|(rank, ..)| *rank);
    let nearest = nearest.map_or_else(String::new, |((.., Reverse(column)), row, text)| {
        format!(
            "; the nearest to one more is `{}`, with `{}` in {}",
            file.names()[column],
            short(text),
            file.row_name(row)
        )
    });
    let times = free.iter().find(|&&column| {
        let cells = file.columns()[column].iter().flatten().map(str::trim);
        let cells: Option<Vec<u64>> = cells.map(|cell| cell.parse().ok()).collect();
        let Some(cells) = cells.filter(|cells| !cells.is_empty()) else {
            return false;
        };
        let distinct = cells.iter().collect::<BTreeSet<_>>().len();
        // Numbers that all differ count the rows, unless persons are counted beside them.
        (2..=MOST_TIMES).contains(cells.iter().max().unwrap_or(&0))
            && (counted || distinct < cells.len())
    });
    let times = times.map_or_else(String::new, |&column| {
        let name = &file.names()[column];
        format!("; if `{name}` is how often one list saw a person: --repeated {name}")
    });
    Failure::usage(format!(
        "{} has {lists} column{} with only 0 and 1; at least two lists are needed{nearest}",
        path.display(),
        if lists == 1 { "" } else { "s" },
    ))
    .with_help(format!(
        "a row is a person or a history, with a 0 or 1 for every list; name the lists with --lists, the \
         covariates with --strata and the count with --count{times}"
    ))
}

/// The way out for a row on no list: `unused` are columns that might be a list and are not used.
pub(super) fn all_zero_help(file: &StringTable, unused: &[usize]) -> String {
    if unused.is_empty() {
        return "--ignore-unobserved leaves such rows out".into();
    }
    format!(
        "{} not used: a list among them must hold 0 and 1; a row of nobody does not belong in the file",
        is_or_are(file, unused)
    )
}

fn is_or_are(file: &StringTable, columns: &[usize]) -> String {
    let names: Vec<&str> = columns
        .iter()
        .map(|at| file.names()[*at].as_str())
        .collect();
    let verb = if names.len() == 1 { "is" } else { "are" };
    format!("`{}` {verb}", names.join("`, `"))
}

/// Something about the columns that who reads the estimate should know.
pub(super) fn told(code: &str, severity: Severity, message: impl Into<String>) -> Diagnostic {
    Diagnostic {
        code: code.into(),
        severity,
        message: message.into(),
    }
}

/// The same as a line beside the choices of columns.
pub(super) fn line(diagnostic: &Diagnostic) -> String {
    match diagnostic.severity {
        Severity::Warning => format!("warning: {}", diagnostic.message),
        Severity::Info => diagnostic.message.clone(),
    }
}

/// Columns that nothing was made of.
pub(super) fn columns_unused(file: &StringTable, unused: &[usize]) -> Option<Diagnostic> {
    let names: Vec<&str> = unused.iter().map(|at| file.names()[*at].as_str()).collect();
    let message = format!("not used, collapsed: {}", names.join(", "));
    (!names.is_empty()).then(|| told("columns-unused", Severity::Info, message))
}

/// Refuses a table without a column of counts if one is named like it: every row would be taken for
/// one person. `free` are the columns that the user did not give a part.
pub(super) fn count_unnoticed(
    path: &Path,
    file: &StringTable,
    free: &[usize],
) -> Result<(), Failure> {
    let found: Vec<&str> = free
        .iter()
        .filter(|&&column| is_named(file, column, &COUNTS) && holds_counts(file, column))
        .map(|&column| file.names()[column].as_str())
        .collect();
    let Some(first) = found.first() else {
        return Ok(());
    };
    Err(Failure::usage(format!(
        "{} has no column `count`, and `{}` looks like one: without it every row is one person",
        path.display(),
        found.join("`, `")
    ))
    .with_help(format!(
        "--count {first} takes it as the number of persons; if it is something else, give it another name or \
         leave it out of the file"
    )))
}

/// What to tell of `persons` on none of the lists of the table, and on some of `others`: the table
/// of a choice of lists is the one in which nobody looked at the others.
pub(super) fn on_other_lists(
    file: &StringTable,
    others: &[usize],
    persons: f64,
) -> Option<Diagnostic> {
    (persons > 0.0).then(|| {
        let names: Vec<&str> = others.iter().map(|at| file.names()[*at].as_str()).collect();
        let message = format!(
            "left out: {} on none of these lists, seen by {} only",
            super::text::persons(persons),
            names.join(", ")
        );
        told("on-other-lists", Severity::Info, message)
    })
}

/// A warning where the rows are of several years and nothing tells these apart; `compare` where
/// --year can be used on the table.
pub(super) fn years_pooled(
    file: &StringTable,
    free: &[usize],
    compare: bool,
) -> Option<Diagnostic> {
    let years = |column: usize| -> BTreeSet<&str> {
        let cells = file.columns()[column].iter().flatten().map(str::trim);
        cells.filter(|cell| !cell.is_empty()).collect()
    };
    free.iter()
        .filter(|&&column| is_named(file, column, &YEARS))
        .map(|&column| (&file.names()[column], years(column)))
        .find(|(_, years)| years.len() > 1)
        .map(|(name, years)| {
            let first: Vec<&str> = years.iter().copied().take(5).collect();
            let more = if years.len() > 5 { ", …" } else { "" };
            let year = if compare {
                format!("--year {name} compares two of them, ")
            } else {
                String::new()
            };
            let message = format!(
                "`{name}` has {}{more}; their people are added up as if they were of one day. \
                 {year}--strata {name} keeps them apart",
                first.join(", ")
            );
            told("years-pooled", Severity::Warning, message)
        })
}

/// A warning where the word for a missing covariate occurs in none of them.
pub(super) fn missing_unused(
    file: &StringTable,
    rows: &[usize],
    strata: &[usize],
    word: &str,
) -> Option<Diagnostic> {
    let occurs = strata.iter().any(|&column| {
        let cell = |row: &usize| file.columns()[column].get(*row).unwrap_or_default().trim();
        rows.iter().any(|row| cell(row) == word)
    });
    (!occurs).then(|| {
        let names: Vec<&str> = strata.iter().map(|at| file.names()[*at].as_str()).collect();
        let message = if names.is_empty() {
            format!("--missing {word} has no effect without covariates (--strata)")
        } else {
            format!(
                "the word `{word}` of --missing occurs nowhere in {}",
                names.join(", ")
            )
        };
        told("missing-word-unused", Severity::Warning, message)
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn logical_values_are_ones_and_zeros() {
        for (text, expected) in [
            ("1", Some(true)),
            ("1.0", Some(true)),
            ("0.0", Some(false)),
            ("1.5", None),
            ("10", None),
            ("TRUE", Some(true)),
            ("True", Some(true)),
            ("0", Some(false)),
            ("false", Some(false)),
            ("T", None),
            ("yes", None),
            ("2", None),
            ("", None),
        ] {
            assert_eq!(seen(text), expected, "{text}");
        }
    }
}

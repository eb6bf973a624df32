//! Columns that look like something they were not taken for: a count under another name, years
//! that would be pooled, logical values.

use std::collections::BTreeSet;
use std::path::Path;

use ethos_estimate::Amount;
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

/// Whether a list's cell says that it saw these people: 1 or 0, or the logical values that R and
/// Python write.
pub(super) fn seen(text: &str) -> Option<bool> {
    match text {
        "1" => Some(true),
        "0" => Some(false),
        _ if text.eq_ignore_ascii_case("true") => Some(true),
        _ if text.eq_ignore_ascii_case("false") => Some(false),
        _ => None,
    }
}

fn is_named(file: &StringTable, column: usize, names: &[&str]) -> bool {
    let name = &file.names()[column];
    names.iter().any(|known| name.eq_ignore_ascii_case(known))
}

/// Refuses a table without a column of counts if one is named like it: every row would be taken for
/// one person. `free` are the columns that the user did not give a part.
pub(super) fn count_unnoticed(
    path: &Path,
    file: &StringTable,
    free: &[usize],
) -> Result<(), Failure> {
    let holds_counts = |column: usize| {
        let mut cells = file.columns()[column].iter().map(Option::unwrap_or_default);
        file.rows() > 0 && cells.all(|cell| cell.trim().parse::<Amount>().is_ok())
    };
    let found: Vec<&str> = free
        .iter()
        .filter(|&&column| is_named(file, column, &COUNTS) && holds_counts(column))
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
pub(super) fn on_other_lists(file: &StringTable, others: &[usize], persons: f64) -> Option<String> {
    (persons > 0.0).then(|| {
        let names: Vec<&str> = others.iter().map(|at| file.names()[*at].as_str()).collect();
        format!(
            "left out: {persons} persons on none of these lists, seen by {} only",
            names.join(", ")
        )
    })
}

/// A warning where the rows are of several years and nothing tells these apart; `compare` where
/// --year can be used on the table.
pub(super) fn years_pooled(file: &StringTable, free: &[usize], compare: bool) -> Option<String> {
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
            format!(
                "warning: `{name}` has {}{more}; their people are added up as if they were of one day. \
                 {year}--strata {name} keeps them apart",
                first.join(", ")
            )
        })
}

/// A warning where the word for a missing covariate occurs in none of them.
pub(super) fn missing_unused(
    file: &StringTable,
    rows: &[usize],
    strata: &[usize],
    word: &str,
) -> Option<String> {
    let occurs = strata.iter().any(|&column| {
        let cell = |row: &usize| file.columns()[column].get(*row).unwrap_or_default().trim();
        rows.iter().any(|row| cell(row) == word)
    });
    (!occurs).then(|| {
        let names: Vec<&str> = strata.iter().map(|at| file.names()[*at].as_str()).collect();
        if names.is_empty() {
            format!("warning: --missing {word} has no effect without covariates (--strata)")
        } else {
            format!(
                "warning: the word `{word}` of --missing occurs nowhere in {}",
                names.join(", ")
            )
        }
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn logical_values_are_ones_and_zeros() {
        for (text, expected) in [
            ("1", Some(true)),
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

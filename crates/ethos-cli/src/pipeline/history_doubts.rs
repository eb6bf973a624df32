//! Histories of a table of counts that occur in several rows, or in none.

use std::collections::{BTreeMap, BTreeSet};

use ethos_estimate::{Diagnostic, Severity};
use ethos_table::StringTable;

use super::column_doubts::{seen, told};

/// Where everything stands.
pub(super) struct HistoryColumns<'a> {
    /// The lists of the table.
    pub(super) lists: &'a [usize],
    /// Lists that the user left out: the table is summed over them on purpose.
    pub(super) others: &'a [usize],
    /// Covariates, and the year.
    pub(super) strata: &'a [usize],
    /// The count.
    pub(super) count: usize,
    /// Columns that are not used.
    pub(super) unused: &'a [usize],
}

/// What to tell of rows with the same history and of histories without a row.
pub(super) fn histories(
    file: &StringTable,
    rows: &[usize],
    columns: &HistoryColumns<'_>,
) -> Vec<Diagnostic> {
    let cell = |row: usize, column: usize| -> &str {
        file.columns()[column].get(row).unwrap_or_default().trim()
    };
    // Rows that all count one person are persons.
    if rows.iter().all(|&row| cell(row, columns.count) == "1") {
        return Vec::new();
    }
    let on = |row: usize, column: usize| -> &str {
        match seen(cell(row, column)) {
            Some(true) => "1",
            Some(false) => "0",
            None => "",
        }
    };
    let of = |row: usize, lists: &[usize]| -> Vec<&str> {
        lists.iter().map(|&column| on(row, column)).collect()
    };
    let stratum = |row: usize| -> Vec<&str> {
        let cells = columns.strata.iter().map(|&column| cell(row, column));
        cells.collect()
    };
    let mut groups: BTreeMap<_, Vec<usize>> = BTreeMap::new();
    for &row in rows {
        let key = (
            of(row, columns.lists),
            of(row, columns.others),
            stratum(row),
        );
        groups.entry(key).or_default().push(row);
    }
    let several: Vec<&Vec<usize>> = groups.values().filter(|rows| rows.len() > 1).collect();
    let mut out = Vec::new();
    out.extend(rows_twice(file, &several));
    out.extend(in_several(file, &several, groups.len(), columns.unused));
    out.extend(absent(
        rows.iter()
            .map(|&row| (stratum(row), of(row, columns.lists))),
        columns.lists.len(),
    ));
    out
}

/// Rows that repeat another in every column.
fn rows_twice(file: &StringTable, several: &[&Vec<usize>]) -> Option<Diagnostic> {
    let mut known: BTreeMap<Vec<Option<&str>>, usize> = BTreeMap::new();
    let mut twice: Vec<(usize, usize)> = Vec::new();
    for &row in several.iter().copied().flatten() {
        let cells = file.columns().iter().map(|column| column.get(row));
        match known.entry(cells.collect()) {
            std::collections::btree_map::Entry::Vacant(free) => {
                free.insert(row);
            }
            std::collections::btree_map::Entry::Occupied(first) => twice.push((row, *first.get())),
        }
    }
    let (row, first) = twice.iter().min()?;
    let more = match twice.len() {
        1 => String::new(),
        n => format!(", and {} more rows repeat others", n - 1),
    };
    let message = format!(
        "{} repeats {} in every column{more}; all of them are counted",
        file.row_name(*row),
        file.row_name(*first)
    );
    Some(told("row-twice", Severity::Warning, message))
}

/// Histories whose rows differ, with the column that tells these apart.
fn in_several(
    file: &StringTable,
    several: &[&Vec<usize>],
    histories: usize,
    unused: &[usize],
) -> Option<Diagnostic> {
    let differs = |rows: &[usize], column: usize| {
        let column = &file.columns()[column];
        rows.iter()
            .any(|&row| column.get(row) != column.get(rows[0]))
    };
    let all = 0..file.names().len();
    let several: Vec<&&Vec<usize>> = several
        .iter()
        .filter(|rows| all.clone().any(|column| differs(rows, column)))
        .collect();
    let first = several.first()?;
    let differing: Vec<usize> = unused
        .iter()
        .copied()
        .filter(|&column| several.iter().any(|rows| differs(rows, column)))
        .collect();
    // The column with fewest values of those that tell all these rows apart.
    let apart = |column: usize| {
        several.iter().all(|rows| {
            let cells = rows.iter().map(|&row| file.columns()[column].get(row));
            cells.collect::<BTreeSet<_>>().len() == rows.len()
        })
    };
    let values = |column: usize| file.columns()[column].iter().collect::<BTreeSet<_>>().len();
    let best = differing
        .iter()
        .copied()
        .filter(|&column| apart(column))
        .min_by_key(|&column| values(column));
    let named: Vec<&str> = best
        .map_or(differing, |column| vec![column])
        .into_iter()
        .map(|column| file.names()[column].as_str())
        .collect();
    let why = if named.is_empty() {
        "they differ in the count alone: is one of them there by mistake?".to_owned()
    } else {
        format!(
            "they differ in `{}`: use --strata {} or choose rows",
            named.join("`, `"),
            named.join(",")
        )
    };
    let message = format!(
        "{} of {histories} histories occur in several rows, whose counts are added up (the first in {} and {}); \
         {why}",
        several.len(),
        file.row_name(first[0]),
        file.row_name(first[1])
    );
    Some(told("history-in-several-rows", Severity::Warning, message))
}

/// Histories that no row has, where no cell is blank.
fn absent<'a>(
    rows: impl Iterator<Item = (Vec<&'a str>, Vec<&'a str>)>,
    lists: usize,
) -> Option<Diagnostic> {
    let (mut strata, mut present) = (BTreeSet::new(), BTreeSet::new());
    for (stratum, history) in rows {
        if stratum.contains(&"") || history.contains(&"") {
            return None;
        }
        if history.contains(&"1") {
            present.insert((stratum.clone(), history));
        }
        strata.insert(stratum);
    }
    let all = strata.len().checked_mul((1_usize << lists) - 1)?;
    let absent = all
        .checked_sub(present.len())
        .filter(|&absent| absent > 0)?;
    let within = match strata.len() {
        1 => String::new(),
        n => format!(" in {n} strata"),
    };
    let message = format!("{absent} of {all} histories{within} absent, taken as 0");
    Some(told("histories-absent", Severity::Info, message))
}

//! Comma-separated files: the cube in long form for programs, and a table a family for people.

use std::path::{Path, PathBuf};

use ethos_model::category::Language;
use ethos_table::stop_formula;

use super::{codes, csvw, cube, families, folder, package, put};
use crate::error::PublishError;
use crate::release::SafeRelease;
use crate::tables::PrintTable;

/// Writes `csv/<family>.csv`, `csv/cube.csv`, `codes/<list>.csv`, their CSVW metadata, for people
/// `tables/<family>.csv`, and `datapackage.json` over all of them.
pub(crate) fn write(release: &SafeRelease<'_>, dir: &Path) -> Result<Vec<PathBuf>, PublishError> {
    let mut long = Vec::new();
    folder(dir, "csv")?;
    for (family, rows) in families(release) {
        let name = PathBuf::from(format!("csv/{}.csv", family.key()));
        cube::table(rows.into_iter())?.write(&dir.join(&name))?;
        long.push((name, Some(family)));
    }
    let whole = PathBuf::from("csv/cube.csv");
    cube::table(release.cube().rows().iter())?.write(&dir.join(&whole))?;
    long.push((whole, None));
    folder(dir, "tables")?;
    let printed = release.tables();
    let mut wide = Vec::new();
    for table in &printed {
        let name = format!("tables/{}.csv", table.family.key());
        let text = print(table, release.context().language());
        wide.push((put(dir, &name, text.as_bytes())?, table));
    }
    let lists = codes::write(release, dir)?;
    let described = csvw::write(release, dir, &long, &lists)?;
    let package = package::write(release, dir, &long, &lists, &wide)?;
    let names = |files: Vec<PathBuf>| files.into_iter();
    Ok(long
        .into_iter()
        .map(|(name, _)| name)
        .chain(wide.into_iter().map(|(name, _)| name))
        .chain(names(lists.into_iter().map(|list| list.file).collect()))
        .chain(names(described))
        .chain([package])
        .collect())
}

/// What separates the cells of a table for people: semicolons in Dutch, commas in English.
pub(super) fn separator(language: Language) -> char {
    match language {
        Language::Nl => ';',
        Language::En => ',',
    }
}

/// A table as a spreadsheet program of the language opens it, with a byte order mark. Numbers
/// are plain digits; marks stand in their place or, for a minimum, behind them.
fn print(table: &PrintTable, language: Language) -> String {
    let mut text = String::from('\u{feff}');
    let separator = separator(language);
    record(
        &mut text,
        separator,
        table.columns.iter().map(|column| column.header.clone()),
    );
    for row in &table.rows {
        let cells = row.cells.iter().map(|cell| cell.plain(language));
        record(&mut text, separator, cells);
    }
    text
}

/// Adds a line of cells: quoted where they have to be, and never one that a spreadsheet would
/// run as a formula.
pub(super) fn record(text: &mut String, separator: char, cells: impl Iterator<Item = String>) {
    for (at, cell) in cells.enumerate() {
        if at > 0 {
            text.push(separator);
        }
        let mut safe = String::with_capacity(cell.len() + 1);
        stop_formula(&cell, &mut safe);
        if safe.contains([separator, '"', '\n', '\r']) {
            text.push('"');
            text.push_str(&safe.replace('"', "\"\""));
            text.push('"');
        } else {
            text.push_str(&safe);
        }
    }
    text.push('\n');
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn cells_are_quoted_and_formulas_are_stopped() {
        let mut text = String::new();
        let cells = ["a;b", "say \"x\"", "=1+1", "", "12", "new\nline"];
        record(&mut text, ';', cells.iter().map(|cell| (*cell).to_owned()));
        assert_eq!(text, "\"a;b\";\"say \"\"x\"\"\";'=1+1;;12;\"new\nline\"\n");
    }
}

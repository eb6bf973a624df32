//! Comma-separated files: the cube in long form for programs, and a table a family for people.

use std::io::Write;
use std::path::{Path, PathBuf};

use ethos_model::category::Language;
use ethos_model::cube::Family;
use ethos_table::atomic::write_atomic;

use super::{cube, folder};
use crate::error::PublishError;
use crate::release::SafeRelease;
use crate::tables::PrintTable;

/// Writes `csv/<family>.csv`, `csv/cube.csv` and, for people, `tables/<family>.csv`.
pub(crate) fn write(release: &SafeRelease<'_>, dir: &Path) -> Result<Vec<PathBuf>, PublishError> {
    let mut written = Vec::new();
    folder(dir, "csv")?;
    for family in Family::ALL {
        let mut rows = release.cube().family(family).peekable();
        if rows.peek().is_none() {
            continue;
        }
        let name = PathBuf::from(format!("csv/{}.csv", family.key()));
        cube::table(rows)?.write(&dir.join(&name))?;
        written.push(name);
    }
    let whole = PathBuf::from("csv/cube.csv");
    cube::table(release.cube().rows().iter())?.write(&dir.join(&whole))?;
    written.push(whole);
    folder(dir, "tables")?;
    for table in release.tables() {
        let name = PathBuf::from(format!("tables/{}.csv", table.family.key()));
        wide(&table, release.context().language(), &dir.join(&name))?;
        written.push(name);
    }
    Ok(written)
}

/// A table as a spreadsheet program of the language opens it: semicolons in Dutch, commas in
/// English, with a byte order mark. Numbers are plain digits; marks stand in their place or,
/// for a minimum, behind them.
fn wide(table: &PrintTable, language: Language, path: &Path) -> Result<(), PublishError> {
    let delimiter = match language {
        Language::Nl => b';',
        Language::En => b',',
    };
    write_atomic(path, |file| -> Result<(), PublishError> {
        let failed = |source| PublishError::Write {
            path: path.to_owned(),
            source,
        };
        file.write_all("\u{feff}".as_bytes()).map_err(failed)?;
        let mut writer = csv::WriterBuilder::new()
            .delimiter(delimiter)
            .from_writer(file);
        let failed = |error: csv::Error| PublishError::Write {
            path: path.to_owned(),
            source: error.into(),
        };
        writer
            .write_record(table.columns.iter().map(|column| column.header.as_str()))
            .map_err(failed)?;
        for row in &table.rows {
            writer
                .write_record(row.cells.iter().map(|cell| cell.plain(language)))
                .map_err(failed)?;
        }
        writer.flush().map_err(|source| PublishError::Write {
            path: path.to_owned(),
            source,
        })
    })
}

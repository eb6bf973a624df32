//! The files of a release. Every format is written from the protected cube: the long form from
//! its rows, the workbooks and the CSV for people from the printed tables.
//!
//! | module | what it writes |
//! |---|---|
//! | `csv`, `csvw`, `package` | CSV, its CSVW metadata and a Data Package |
//! | `codes` | the code lists that long-form files refer to |
//! | `columnar` | Parquet and Arrow |
//! | `book`, `xlsx`, `ods` | one workbook in two formats |
//! | `odata` | a folder a table as StatLine's open data has it |
//! | `sdmx` | SDMX-CSV and its structure |
//! | `jsonstat` | JSON-stat |
//! | `codebook` | names and codes of everything, for all of them |

mod book;
mod codebook;
mod codes;
pub(crate) mod columnar;
pub(crate) mod csv;
mod csvw;
mod cube;
pub(crate) mod jsonstat;
pub(crate) mod odata;
pub(crate) mod ods;
mod package;
pub(crate) mod sdmx;
pub(crate) mod xlsx;
mod xml;

use std::io::Write;
use std::path::{Path, PathBuf};

use ethos_model::cube::Family;
use ethos_table::atomic::write_atomic;
use serde_json::Value;

use crate::error::PublishError;
use crate::protect::SafeRow;
use crate::release::SafeRelease;

/// Makes a folder of the release.
fn folder(dir: &Path, name: &str) -> Result<PathBuf, PublishError> {
    let path = dir.join(name);
    std::fs::create_dir_all(&path).map_err(|source| PublishError::Folder {
        path: path.clone(),
        source,
    })?;
    Ok(path)
}

/// Writes a file of the release whole or not at all, and gives its name back.
fn put(dir: &Path, name: &str, bytes: &[u8]) -> Result<PathBuf, PublishError> {
    let path = dir.join(name);
    write_atomic(&path, |file| -> Result<(), PublishError> {
        file.write_all(bytes).map_err(|source| PublishError::Write {
            path: path.clone(),
            source,
        })
    })?;
    Ok(PathBuf::from(name))
}

/// Writes a JSON file: keys in the order they were put in, indented.
fn put_json(dir: &Path, name: &str, value: &Value) -> Result<PathBuf, PublishError> {
    put(dir, name, format!("{value:#}\n").as_bytes())
}

/// The families that the release has rows of, with those rows, in published order.
fn families<'a>(
    release: &'a SafeRelease<'_>,
) -> impl Iterator<Item = (Family, Vec<&'a SafeRow>)> + 'a {
    // The rows of a family stand together.
    release
        .cube()
        .rows()
        .chunk_by(|a, b| a.key.family == b.key.family)
        .filter_map(|rows| Some((rows.first()?.key.family, rows.iter().collect())))
}

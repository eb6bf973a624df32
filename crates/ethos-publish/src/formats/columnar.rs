//! Parquet and Arrow files of the cube. Every field carries its titles, descriptions, unit and
//! code list.

use std::path::{Path, PathBuf};

use super::{codebook, codes, cube, families, folder};
use crate::error::PublishError;
use crate::release::SafeRelease;

/// A format of columns.
#[derive(Copy, Clone, PartialEq, Eq, Debug)]
pub(crate) enum Columnar {
    Parquet,
    Arrow,
}

impl Columnar {
    /// Name of the folder and ending of its files.
    fn key(self) -> &'static str {
        match self {
            Self::Parquet => "parquet",
            Self::Arrow => "arrow",
        }
    }
}

/// Writes `<format>/<family>.<format>`, `<format>/cube.<format>` and, unless another format has
/// done so, the code lists.
pub(crate) fn write(
    release: &SafeRelease<'_>,
    dir: &Path,
    format: Columnar,
    with_codes: bool,
) -> Result<Vec<PathBuf>, PublishError> {
    let key = format.key();
    let mut notes = codebook::notes();
    // A file has no place of its own for what is said of all its figures.
    let of_value = notes.entry("value".to_owned()).or_default();
    let status = release.study().publish.status;
    of_value.insert("release_status".to_owned(), status.key().to_owned());
    if !release.notes().is_empty() {
        of_value.insert("notes".to_owned(), release.notes().join("\n"));
    }
    folder(dir, key)?;
    let mut written = Vec::new();
    for (family, rows) in families(release) {
        let name = PathBuf::from(format!("{key}/{}.{key}", family.key()));
        cube::table(rows.into_iter())?.write_with_notes(&dir.join(&name), &notes)?;
        written.push(name);
    }
    let whole = PathBuf::from(format!("{key}/cube.{key}"));
    cube::table(release.cube().rows().iter())?.write_with_notes(&dir.join(&whole), &notes)?;
    written.push(whole);
    if with_codes {
        let lists = codes::write(release, dir)?;
        written.extend(lists.into_iter().map(|list| list.file));
    }
    Ok(written)
}

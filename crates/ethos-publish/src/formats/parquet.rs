//! Parquet files of the cube.

use std::path::{Path, PathBuf};

use ethos_model::cube::Family;

use super::{cube, folder};
use crate::error::PublishError;
use crate::release::SafeRelease;

/// Writes `parquet/<family>.parquet` and `parquet/cube.parquet`.
pub(crate) fn write(release: &SafeRelease<'_>, dir: &Path) -> Result<Vec<PathBuf>, PublishError> {
    folder(dir, "parquet")?;
    let mut written = Vec::new();
    for family in Family::ALL {
        let mut rows = release.cube().family(family).peekable();
        if rows.peek().is_none() {
            continue;
        }
        let name = PathBuf::from(format!("parquet/{}.parquet", family.key()));
        cube::table(rows)?.write(&dir.join(&name))?;
        written.push(name);
    }
    let whole = PathBuf::from("parquet/cube.parquet");
    cube::table(release.cube().rows().iter())?.write(&dir.join(&whole))?;
    written.push(whole);
    Ok(written)
}

//! The files of a release, one format a file.

pub(crate) mod csv;
mod cube;
pub(crate) mod parquet;
pub(crate) mod xlsx;

use std::path::{Path, PathBuf};

use crate::error::PublishError;

/// Makes a folder of the release.
fn folder(dir: &Path, name: &str) -> Result<PathBuf, PublishError> {
    let path = dir.join(name);
    std::fs::create_dir_all(&path).map_err(|source| PublishError::Folder {
        path: path.clone(),
        source,
    })?;
    Ok(path)
}

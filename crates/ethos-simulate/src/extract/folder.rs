//! The folder that a country is written into: whole, or not at all.

use std::path::Path;

use ethos_table::atomic::StagedDir;

use crate::options::SimulateError;

/// Files under way to their folder. They take its place together at the end; until then, and
/// after any failure, the folder is as it was.
#[derive(Debug)]
pub(crate) struct Folder(StagedDir);

impl Folder {
    /// A new folder, an empty one, or one that holds an earlier country and nothing else.
    pub(crate) fn open(target: &Path) -> Result<Self, SimulateError> {
        Ok(Self(StagedDir::new(target)?))
    }

    /// Writes a file, its path relative to the folder with `/` between parts.
    pub(crate) fn write(&self, file: &str, bytes: &[u8]) -> Result<(), SimulateError> {
        let path = self.0.path().join(file);
        let result = match path.parent() {
            Some(parent) => std::fs::create_dir_all(parent),
            None => Ok(()),
        };
        result
            .and_then(|()| std::fs::write(&path, bytes))
            .map_err(|source| SimulateError::Write {
                path: self.0.target().join(file),
                source,
            })
    }

    /// Puts the files in their place.
    pub(crate) fn finish(self) -> Result<(), SimulateError> {
        Ok(self.0.commit()?)
    }
}

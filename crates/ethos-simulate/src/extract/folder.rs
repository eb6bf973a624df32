//! The folder that a country is written into: whole, or not at all.

use std::cell::RefCell;
use std::fs::{self, File};
use std::path::{Path, PathBuf};

use ethos_table::atomic::{OutputKind, StagedDir};

use crate::options::SimulateError;

/// Files that are flushed at once. A disk takes many together in little more time than one.
const AT_ONCE: usize = 16;

/// Files under way to their folder. They take its place together at the end; until then, and
/// after any failure, the folder is as it was.
#[derive(Debug)]
pub(crate) struct Folder {
    stage: StagedDir,
    written: RefCell<Vec<PathBuf>>,
}

impl Folder {
    /// A new folder, an empty one, or one that holds an earlier country as it was made and
    /// nothing else but results.
    pub(crate) fn open(target: &Path) -> Result<Self, SimulateError> {
        Ok(Self {
            stage: StagedDir::new(target, OutputKind::Country)?,
            written: RefCell::new(Vec::new()),
        })
    }

    /// Writes a file, its path relative to the folder with `/` between parts.
    pub(crate) fn write(&self, file: &str, bytes: &[u8]) -> Result<(), SimulateError> {
        let path = self.stage.path().join(file);
        let result = match path.parent() {
            Some(parent) => fs::create_dir_all(parent),
            None => Ok(()),
        };
        result
            .and_then(|()| fs::write(&path, bytes))
            .map_err(|source| SimulateError::Write {
                path: self.stage.target().join(file),
                source,
            })?;
        self.written.borrow_mut().push(path);
        Ok(())
    }

    /// Puts the files in their place.
    pub(crate) fn finish(self) -> Result<(), SimulateError> {
        let written = self.written.into_inner();
        // The stage flushes every file itself, one by one; after this it finds little to do, and
        // an error that is not seen here is seen there.
        std::thread::scope(|scope| {
            for part in written.chunks(written.len().div_ceil(AT_ONCE).max(1)) {
                scope.spawn(move || {
                    for path in part {
                        let _ = File::open(path).and_then(|file| file.sync_all());
                    }
                });
            }
        });
        Ok(self.stage.commit()?)
    }
}

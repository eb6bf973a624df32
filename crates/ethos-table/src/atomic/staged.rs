//! A folder of output that takes its target's place as a whole.

use std::ffi::OsString;
use std::fs::{self, File};
use std::path::{Path, PathBuf};

use tempfile::{Builder, TempDir};

use super::error::AtomicError;
use super::file::{folder_of, readable_by_others, sync_folder};
use super::marker::{STAGE, files_below, foreign, is_marked, mark};
use super::unfinished::Unfinished;

/// A folder under construction beside its target.
///
/// [`commit`](Self::commit) renames the old folder away, the new one in, and deletes the old
/// one. Dropped before that, the stage is deleted and the target is as it was. A folder is
/// replaced only if it is empty, or carries the [`MARKER`](super::MARKER) and holds nothing but
/// what ethos wrote there (and what desktops and spreadsheet programs leave lying about).
#[derive(Debug)]
pub struct StagedDir {
    target: PathBuf,
    stage: TempDir,
    unfinished: Unfinished,
}

impl StagedDir {
    /// Makes the stage, after checking that the target may be replaced. The target need not
    /// exist; folders above it are made. A target that an earlier process had renamed away when
    /// it died is put back first.
    ///
    /// # Errors
    /// The target is a file, a folder that was not made by ethos or one with foreign files in
    /// it, or the stage cannot be made.
    pub fn new(target: &Path) -> Result<Self, AtomicError> {
        let target = match fs::canonicalize(target) {
            Ok(real) => real,
            Err(_) => target.to_owned(),
        };
        let old = old_beside(&target)?;
        if !exists(&target) && is_marked(&old) {
            fs::rename(&old, &target).map_err(AtomicError::io("put back", &target))?;
        }
        check_replaceable(&target)?;
        let above = folder_of(&target);
        fs::create_dir_all(above).map_err(AtomicError::io("make the folder", above))?;
        let mut builder = Builder::new();
        builder.prefix(".").suffix(STAGE);
        readable_by_others(&mut builder, 0o777);
        let stage = builder
            .tempdir_in(above)
            .map_err(AtomicError::io("write in the folder", above))?;
        Ok(Self {
            unfinished: Unfinished::new(stage.path()),
            stage,
            target,
        })
    }

    /// The folder to write into.
    pub fn path(&self) -> &Path {
        self.stage.path()
    }

    /// The folder whose place it will take.
    pub fn target(&self) -> &Path {
        &self.target
    }

    /// Flushes every file to the disk, writes the marker and puts the folder in place.
    ///
    /// # Errors
    /// The target has become one that may not be replaced, or the disk refuses; the target is
    /// as it was.
    pub fn commit(self) -> Result<(), AtomicError> {
        let Self {
            target,
            stage,
            unfinished,
        } = self;
        let failed = |path: &Path| AtomicError::io("finish", path);
        let files = files_below(stage.path()).map_err(failed(stage.path()))?;
        for file in &files {
            let path = stage.path().join(file);
            File::open(&path)
                .and_then(|open| open.sync_all())
                .map_err(failed(&path))?;
        }
        mark(stage.path(), &files).map_err(failed(stage.path()))?;

        let old = old_beside(&target)?;
        check_replaceable(&target)?;
        unfinished.finish(|| swap(stage.path(), &target, &old))?;
        let _ = stage.keep();
        sync_folder(folder_of(&target));
        // The new folder is in place; an old one that resists is deleted by the next run.
        if is_marked(&old) {
            let _ = fs::remove_dir_all(&old);
        }
        Ok(())
    }
}

/// Renames the target away and the stage in; puts the target back when the second fails.
fn swap(stage: &Path, target: &Path, old: &Path) -> Result<(), AtomicError> {
    let failed = || AtomicError::io("replace", target);
    if !exists(target) {
        return fs::rename(stage, target).map_err(failed());
    }
    if !is_marked(target) {
        // It was found empty: this deletes nothing else.
        fs::remove_dir(target).map_err(failed())?;
        return fs::rename(stage, target).map_err(failed());
    }
    if is_marked(old) {
        fs::remove_dir_all(old).map_err(AtomicError::io("delete", old))?;
    }
    fs::rename(target, old).map_err(failed())?;
    fs::rename(stage, target).map_err(|error| {
        let _ = fs::rename(old, target);
        failed()(error)
    })
}

/// Where the target waits while the new folder takes its place.
fn old_beside(target: &Path) -> Result<PathBuf, AtomicError> {
    let name = target
        .file_name()
        .ok_or_else(|| AtomicError::Nameless(target.to_owned()))?;
    let mut old = OsString::from(".");
    old.push(name);
    old.push(".ethos-old");
    Ok(target.with_file_name(old))
}

fn exists(path: &Path) -> bool {
    fs::symlink_metadata(path).is_ok()
}

fn check_replaceable(target: &Path) -> Result<(), AtomicError> {
    if !exists(target) {
        return Ok(());
    }
    if !target.is_dir() {
        return Err(AtomicError::NotAFolder(target.to_owned()));
    }
    if !is_marked(target) {
        let mut entries = fs::read_dir(target).map_err(AtomicError::io("read", target))?;
        return match entries.next() {
            None => Ok(()),
            Some(_) => Err(AtomicError::NotOurs(target.to_owned())),
        };
    }
    let files = foreign(target).map_err(AtomicError::io("read", target))?;
    if files.is_empty() {
        Ok(())
    } else {
        Err(AtomicError::Foreign {
            path: target.to_owned(),
            files,
        })
    }
}

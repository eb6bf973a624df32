//! A folder of output that takes its target's place as a whole.

use std::ffi::OsString;
use std::fs::{self, File};
use std::path::{Path, PathBuf};

use tempfile::{Builder, TempDir};

use super::error::AtomicError;
use super::file::{folder_of, readable_by_others, sync_folder};
use super::kind::OutputKind;
use super::marker::{
    Listed, MARKER, Marker, STAGE, Survey, files_below, hash_of, is_marked, mark, survey,
};
use super::unfinished::Unfinished;

/// A folder under construction beside its target.
///
/// [`commit`](Self::commit) renames the old folder away, the new one in, and deletes the old
/// one. Dropped before that, the stage is deleted and the target is as it was.
///
/// A folder is replaced only if it is empty, or carries the [`MARKER`] of output of the same
/// [`OutputKind`] and holds nothing but what ethos wrote there (and what desktops and
/// spreadsheet programs leave lying about). A simulated country is input as well: it is replaced
/// only as long as its files are as they were made, and never goes with a folder around it.
/// Results of any kind that lie in a folder, each with a marker of its own, go with it.
#[derive(Debug)]
pub struct StagedDir {
    target: PathBuf,
    kind: OutputKind,
    stage: TempDir,
    unfinished: Unfinished,
}

impl StagedDir {
    /// Makes the stage, after checking that the target may be replaced. The target need not
    /// exist; folders above it are made. A target that an earlier process had renamed away when
    /// it died is put back first.
    ///
    /// # Errors
    /// The target is a file, a folder that was not made by ethos, output of another kind, one
    /// with foreign files or a country in it or a country with changed files, or the stage
    /// cannot be made.
    pub fn new(target: &Path, kind: OutputKind) -> Result<Self, AtomicError> {
        let target = match fs::canonicalize(target) {
            Ok(real) => real,
            Err(_) => target.to_owned(),
        };
        let old = old_beside(&target)?;
        if !exists(&target) && is_marked(&old) {
            fs::rename(&old, &target).map_err(AtomicError::io("put back", &target))?;
        }
        check_replaceable(&target, kind)?;
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
            kind,
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

    /// Flushes every file to the disk, writes the marker with their hashes and puts the folder
    /// in place.
    ///
    /// # Errors
    /// The target has become one that may not be replaced, or the disk refuses; the target is
    /// as it was.
    pub fn commit(self) -> Result<(), AtomicError> {
        let Self {
            target,
            kind,
            stage,
            unfinished,
        } = self;
        let failed = |path: &Path| AtomicError::io("finish", path);
        let mut files = Listed::new();
        for file in files_below(stage.path()).map_err(failed(stage.path()))? {
            let path = stage.path().join(&file);
            File::open(&path)
                .and_then(|open| open.sync_all())
                .map_err(failed(&path))?;
            // Only a country is kept from being replaced once it was changed by hand. Without
            // hashes the marker of two equal runs is equal, whatever their logs say.
            let hash = match kind {
                OutputKind::Country => hash_of(&path).map_err(failed(&path))?,
                _ => None,
            };
            files.insert(file, hash);
        }
        mark(stage.path(), &Marker { kind, files }).map_err(failed(stage.path()))?;

        let old = old_beside(&target)?;
        check_replaceable(&target, kind)?;
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

fn check_replaceable(target: &Path, wanted: OutputKind) -> Result<(), AtomicError> {
    if !exists(target) {
        return Ok(());
    }
    if !target.is_dir() {
        return Err(AtomicError::NotAFolder(target.to_owned()));
    }
    let path = target.to_owned();
    let unreadable = |path: &Path| AtomicError::io("read", path);
    let Some(marker) = Marker::of(target) else {
        if exists(&target.join(MARKER)) {
            return Err(AtomicError::UnknownMarker(path));
        }
        let mut entries = fs::read_dir(target).map_err(unreadable(target))?;
        return match entries.next() {
            None => Ok(()),
            Some(_) => Err(AtomicError::NotOurs(path)),
        };
    };
    if marker.kind != wanted {
        return Err(AtomicError::OtherKind {
            path,
            found: marker.kind,
            wanted,
        });
    }
    let Survey { foreign, countries } = survey(target, &marker).map_err(unreadable(target))?;
    if let Some(country) = countries.into_iter().next() {
        return Err(AtomicError::CountryWithin { path, country });
    }
    if !foreign.is_empty() {
        return Err(AtomicError::Foreign {
            path,
            files: foreign,
        });
    }
    if marker.kind == OutputKind::Country {
        let files = marker.changed(target).map_err(unreadable(target))?;
        if !files.is_empty() {
            return Err(AtomicError::Changed { path, files });
        }
    }
    Ok(())
}

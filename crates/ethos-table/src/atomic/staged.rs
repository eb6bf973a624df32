//! A folder of output that takes its target's place as a whole.

use std::collections::BTreeSet;
use std::ffi::OsString;
use std::fs::{self, File};
use std::io;
use std::path::{Path, PathBuf};

use tempfile::{Builder, TempDir};

use super::error::AtomicError;
use super::file::{folder_of, readable_by_others, sync_folder, write_atomic};
use super::unfinished::Unfinished;

/// Name of the file that marks a folder as made by ethos. Below its preamble it lists the files
/// of the folder, so that nothing else is ever deleted with it.
pub const MARKER: &str = ".ethos-output";

const PREAMBLE: &str = "ethos-output/1\n\
    This folder was made by ethos. The next run into it replaces it as a whole, unless it holds\n\
    files that are not listed here.\n\n";

/// A folder under construction beside its target.
///
/// [`commit`](Self::commit) renames the old folder away, the new one in, and deletes the old
/// one. Dropped before that, the stage is deleted and the target is as it was. A folder is
/// replaced only if it is empty, or carries the [`MARKER`] and holds nothing but the files that
/// the marker lists (and what desktops and spreadsheet programs leave lying about).
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
        builder.prefix(".ethos-").suffix(".stage");
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
        let mut listed = PREAMBLE.to_owned();
        for file in files_below(stage.path()).map_err(failed(stage.path()))? {
            let path = stage.path().join(&file);
            File::open(&path)
                .and_then(|open| open.sync_all())
                .map_err(failed(&path))?;
            listed.push_str(&file);
            listed.push('\n');
        }
        write_atomic(&stage.path().join(MARKER), |marker| {
            io::Write::write_all(marker, listed.as_bytes())
        })
        .map_err(failed(stage.path()))?;

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

fn is_marked(folder: &Path) -> bool {
    read_marker(folder).is_some()
}

/// The files that a folder's marker lists; `None` without a marker of ours.
fn read_marker(folder: &Path) -> Option<BTreeSet<String>> {
    let text = fs::read_to_string(folder.join(MARKER)).ok()?;
    let listed = text.strip_prefix(PREAMBLE)?;
    Some(listed.lines().map(str::to_owned).collect())
}

fn check_replaceable(target: &Path) -> Result<(), AtomicError> {
    if !exists(target) {
        return Ok(());
    }
    if !target.is_dir() {
        return Err(AtomicError::NotAFolder(target.to_owned()));
    }
    let found = files_below(target).map_err(AtomicError::io("read", target))?;
    let Some(listed) = read_marker(target) else {
        let mut entries = fs::read_dir(target).map_err(AtomicError::io("read", target))?;
        return match entries.next() {
            None => Ok(()),
            Some(_) => Err(AtomicError::NotOurs(target.to_owned())),
        };
    };
    let foreign: Vec<String> = found
        .into_iter()
        .filter(|file| file != MARKER && !listed.contains(file) && !is_litter(file))
        .collect();
    if foreign.is_empty() {
        Ok(())
    } else {
        Err(AtomicError::Foreign {
            path: target.to_owned(),
            files: foreign,
        })
    }
}

/// What desktops and spreadsheet programs leave in a folder that is looked at.
fn is_litter(file: &str) -> bool {
    let name = file.rsplit('/').next().unwrap_or(file);
    matches!(
        name,
        ".DS_Store" | "Thumbs.db" | "desktop.ini" | ".directory"
    ) || name.starts_with("~$")
        || name.starts_with(".~lock.")
}

/// Every file below a folder, as a relative path with `/` between its parts, sorted.
fn files_below(folder: &Path) -> io::Result<Vec<String>> {
    fn walk(folder: &Path, prefix: &str, files: &mut Vec<String>) -> io::Result<()> {
        for entry in fs::read_dir(folder)? {
            let entry = entry?;
            let path = format!("{prefix}{}", entry.file_name().to_string_lossy());
            // A link counts as a file, wherever it leads.
            if entry.file_type()?.is_dir() {
                walk(&entry.path(), &format!("{path}/"), files)?;
            } else {
                files.push(path);
            }
        }
        Ok(())
    }
    let mut files = Vec::new();
    walk(folder, "", &mut files)?;
    files.sort_unstable();
    Ok(files)
}

//! What is on the disk and not yet in place, so that an interrupted program can clear it.

use std::collections::BTreeSet;
use std::fs;
use std::path::{Path, PathBuf};
use std::sync::{Mutex, MutexGuard, PoisonError};

static UNFINISHED: Mutex<BTreeSet<PathBuf>> = Mutex::new(BTreeSet::new());

fn lock() -> MutexGuard<'static, BTreeSet<PathBuf>> {
    UNFINISHED.lock().unwrap_or_else(PoisonError::into_inner)
}

/// Deletes every temporary file and staged folder of this process that is not yet in place.
///
/// For a handler of Ctrl-C that ends the process next: a file that is being put in place at
/// that moment is waited for, so that it is there whole.
pub fn remove_unfinished() {
    let mut unfinished = lock();
    for path in std::mem::take(&mut *unfinished) {
        // It is either a file or a folder; what is gone already needs no deleting.
        if fs::remove_file(&path).is_err() {
            let _ = fs::remove_dir_all(&path);
        }
    }
}

/// A path that [`remove_unfinished`] deletes as long as this value lives.
#[derive(Debug)]
pub(super) struct Unfinished(PathBuf);

impl Unfinished {
    pub(super) fn new(path: &Path) -> Self {
        // An absolute path, should the program change its working folder.
        let path = std::path::absolute(path).unwrap_or_else(|_| path.to_owned());
        lock().insert(path.clone());
        Self(path)
    }

    /// Runs the last step that puts the path in place; an interrupt waits until it is done.
    pub(super) fn finish<T, E>(self, place: impl FnOnce() -> Result<T, E>) -> Result<T, E> {
        let mut unfinished = lock();
        let placed = place();
        unfinished.remove(&self.0);
        placed
    }
}

impl Drop for Unfinished {
    fn drop(&mut self) {
        lock().remove(&self.0);
    }
}

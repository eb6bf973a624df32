//! What a verb writes, held against what it reads: no file that was given to it is ever replaced.

use std::cell::RefCell;
use std::fs::Metadata;
use std::path::{Path, PathBuf};

use ethos_model::finding::Text;

use crate::failure::Failure;

/// Files that are read, and those taken for writing so far.
#[derive(Default)]
pub(super) struct Targets {
    read: Vec<Place>,
    taken: RefCell<Vec<PathBuf>>,
}

/// Where a file lies, by whatever path or link.
struct Place {
    path: PathBuf,
    file: Option<(u64, u64)>,
}

impl Targets {
    /// Says that a file is read. Of a folder, that the files in it are.
    pub(super) fn reads(&mut self, path: &Path) {
        let Ok(data) = path.metadata() else {
            return;
        };
        if data.is_dir() {
            let entries = path.read_dir().into_iter().flatten().flatten();
            for entry in entries.map(|entry| entry.path()) {
                // A folder in it has what it has for other users.
                if entry.is_file() {
                    self.reads(&entry);
                }
            }
        } else {
            self.read.push(Place {
                path: resolved(path),
                file: identity(&data),
            });
        }
    }

    /// Takes a path for writing.
    ///
    /// # Errors
    /// Where it is a file that is read, or one that is to be written already.
    pub(super) fn take(&self, target: &Path) -> Result<(), Failure> {
        self.is_not_read(target)?;
        let path = resolved(target);
        let mut taken = self.taken.borrow_mut();
        if taken.contains(&path) {
            let target = target.display();
            return Err(Failure::usage(Text::new(
                format!("{target} zou twee keer worden geschreven"),
                format!("{target} would be written twice"),
            ))
            .with_help(Text::new(
                "geef elk bestand dat wordt geschreven een eigen naam",
                "give each file that is written a name of its own",
            )));
        }
        taken.push(path);
        Ok(())
    }

    /// Whether it is no file that is read.
    ///
    /// # Errors
    /// Where it is.
    pub(super) fn is_not_read(&self, target: &Path) -> Result<(), Failure> {
        let path = resolved(target);
        let file = target.metadata().ok().as_ref().and_then(identity);
        let is_read = |place: &Place| place.path == path || (file.is_some() && place.file == file);
        if self.read.iter().any(is_read) {
            let target = target.display();
            return Err(Failure::usage(Text::new(
                format!("{target} is een bestand dat u laat lezen; daar wordt nooit in geschreven"),
                format!("{target} is a file that is read; such a file is never written to"),
            ))
            .with_help(Text::new(
                "kies een andere naam voor wat er wordt geschreven",
                "choose another name for what is written",
            )));
        }
        Ok(())
    }

    /// Whether nothing is there that may not be replaced: `overwrite` is what the user said of it.
    ///
    /// # Errors
    /// Where there is.
    pub(super) fn is_free(target: &Path, overwrite: bool) -> Result<(), Failure> {
        if overwrite || !target.exists() {
            return Ok(());
        }
        let target = target.display();
        Err(Failure::usage(Text::new(
            format!("{target} bestaat al en is niet vervangen"),
            format!("{target} exists already and was not replaced"),
        ))
        .with_help(Text::new(
            "noem een ander bestand, of vervang het met --overwrite",
            "name another file, or replace it with --overwrite",
        )))
    }
}

/// The path without links, of a file that may not be there yet.
fn resolved(path: &Path) -> PathBuf {
    path.canonicalize().unwrap_or_else(|_| {
        let folder = match path.parent() {
            Some(folder) if !folder.as_os_str().is_empty() => folder,
            _ => Path::new("."),
        };
        let name = path.file_name().unwrap_or_default();
        match folder.canonicalize() {
            Ok(folder) => folder.join(name),
            Err(_) => std::path::absolute(path).unwrap_or_else(|_| path.to_owned()),
        }
    })
}

/// What a file is by, whatever it is called: two names may be of one file.
#[cfg(unix)]
#[allow(clippy::unnecessary_wraps, reason = "other systems do not tell")]
fn identity(data: &Metadata) -> Option<(u64, u64)> {
    use std::os::unix::fs::MetadataExt;
    Some((data.dev(), data.ino()))
}

#[cfg(not(unix))]
fn identity(_: &Metadata) -> Option<(u64, u64)> {
    None
}

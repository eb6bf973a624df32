//! What a verb writes, held against what it reads: no file that was given to it is ever replaced.

use std::cell::RefCell;
use std::fs::Metadata;
use std::path::{Path, PathBuf};

use ethos_model::category::Language;

use crate::failure::Failure;

/// Files that are read, and those taken for writing so far.
pub(super) struct Targets {
    language: Language,
    read: Vec<Place>,
    taken: RefCell<Vec<PathBuf>>,
}

/// Where a file lies, by whatever path or link.
struct Place {
    path: PathBuf,
    file: Option<(u64, u64)>,
}

impl Targets {
    pub(super) fn new(language: Language) -> Self {
        Self {
            language,
            read: Vec::new(),
            taken: RefCell::new(Vec::new()),
        }
    }

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
        let path = resolved(target);
        let file = target.metadata().ok().as_ref().and_then(identity);
        let is_read = |place: &Place| place.path == path || (file.is_some() && place.file == file);
        if self.read.iter().any(is_read) {
            let (said, help) = match self.language {
                Language::Nl => (
                    format!(
                        "{} is een bestand dat u laat lezen; daar wordt nooit in geschreven",
                        target.display()
                    ),
                    "kies een andere naam voor wat er wordt geschreven",
                ),
                Language::En => (
                    format!(
                        "{} is a file that is read; such a file is never written to",
                        target.display()
                    ),
                    "choose another name for what is written",
                ),
            };
            return Err(Failure::usage(said).with_help(help));
        }
        let mut taken = self.taken.borrow_mut();
        if taken.contains(&path) {
            let (said, help) = match self.language {
                Language::Nl => (
                    format!("{} zou twee keer worden geschreven", target.display()),
                    "geef elk bestand dat wordt geschreven een eigen naam",
                ),
                Language::En => (
                    format!("{} would be written twice", target.display()),
                    "give each file that is written a name of its own",
                ),
            };
            return Err(Failure::usage(said).with_help(help));
        }
        taken.push(path);
        Ok(())
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

//! Why output cannot take its place.

use std::io;
use std::path::{Path, PathBuf};

use super::kind::OutputKind;

/// Why a file or folder cannot be put in place. The old one is untouched.
#[derive(Debug, thiserror::Error)]
pub enum AtomicError {
    /// The operating system refused.
    #[error("cannot {action} {}: {source}", path.display())]
    Io {
        /// What was tried, such as `write`.
        action: &'static str,
        /// On which path.
        path: PathBuf,
        /// Why not.
        source: io::Error,
    },
    /// The path ends in no name.
    #[error("{} names no file or folder", .0.display())]
    Nameless(PathBuf),
    /// A folder, a device or a pipe stands where a file is to be written.
    #[error("{} is not a file, so it cannot be replaced by one", .0.display())]
    NotAFile(PathBuf),
    /// A file stands where a folder is to be written.
    #[error("{} is not a folder; choose another name for the output", .0.display())]
    NotAFolder(PathBuf),
    /// A folder with files in it that no run has made.
    #[error(
        "{} has files in it and was not made by ethos, so it is left alone; choose a new or an empty folder",
        .0.display()
    )]
    NotOurs(PathBuf),
    /// An output folder to which somebody added files.
    #[error(
        "{} holds files that ethos did not write ({}); move them elsewhere or choose another folder, because this one is replaced as a whole",
        path.display(),
        first_few(files)
    )]
    Foreign {
        /// The folder.
        path: PathBuf,
        /// Files that the folder's marker does not list, sorted.
        files: Vec<String>,
    },
    /// An output folder whose marker this version cannot read.
    #[error(
        "{} has an `.ethos-output` that this version cannot read: another version made it, or it was changed; choose another folder or delete this one",
        .0.display()
    )]
    UnknownMarker(PathBuf),
    /// An output folder that holds something else than what is to be written.
    #[error(
        "{} holds {found}, which {wanted} may not replace; {}",
        path.display(),
        elsewhere(*wanted)
    )]
    OtherKind {
        /// The folder.
        path: PathBuf,
        /// What it holds.
        found: OutputKind,
        /// What was to be written.
        wanted: OutputKind,
    },
    /// A simulated country lies in the folder that is to be replaced.
    #[error(
        "{} has a simulated country in it ({country}), which would be deleted; choose another folder, or move or delete that one",
        path.display()
    )]
    CountryWithin {
        /// The folder.
        path: PathBuf,
        /// The country's folder, relative to it.
        country: String,
    },
    /// A simulated country in which files were changed since it was made.
    #[error(
        "{} changed by hand in {}; choose another folder or delete this one",
        were(files),
        path.display()
    )]
    Changed {
        /// The folder.
        path: PathBuf,
        /// The files, sorted.
        files: Vec<String>,
    },
}

fn elsewhere(wanted: OutputKind) -> &'static str {
    match wanted {
        OutputKind::Country => "choose another folder",
        _ => "choose another `--out`",
    }
}

fn were(files: &[String]) -> String {
    let verb = if files.len() == 1 { "was" } else { "were" };
    format!("{} {verb}", first_few(files))
}

fn first_few(files: &[String]) -> String {
    let mut text = files
        .iter()
        .take(3)
        .map(String::as_str)
        .collect::<Vec<_>>()
        .join(", ");
    if files.len() > 3 {
        text.push_str(", …");
    }
    text
}

impl AtomicError {
    /// The error of an action on a path, for `map_err`.
    pub fn io(action: &'static str, path: &Path) -> impl FnOnce(io::Error) -> Self + use<> {
        let path = path.to_owned();
        move |source| Self::Io {
            action,
            path,
            source,
        }
    }
}

impl From<AtomicError> for io::Error {
    fn from(error: AtomicError) -> Self {
        let kind = match &error {
            AtomicError::Io { source, .. } => source.kind(),
            _ => io::ErrorKind::AlreadyExists,
        };
        Self::new(kind, error)
    }
}

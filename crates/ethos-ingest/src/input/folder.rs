//! The files in a folder and its folders. Links within it are followed, each folder is read once; a link that
//! leads out of it, or nowhere, is refused and told.

use std::collections::BTreeSet;
use std::io;
use std::path::{Path, PathBuf};

use super::aside::{Aside, AsideKind};
use super::{Input, printable};
use crate::error::IngestError;
use crate::refused::Refused;

/// What paths come to: files to be read, each once, and files beside them.
#[derive(Default)]
pub(crate) struct Found {
    pub(crate) inputs: Vec<Input>,
    pub(crate) aside: Vec<Aside>,
    /// Where files lie that were found already, by whatever path or link.
    known: BTreeSet<PathBuf>,
}

/// Adds a file, or the files of tables in a folder, by name.
///
/// A file named by the user is read whatever it is; in a folder only plain files whose names
/// say that they may be tables are, and those that are no delivery by their header stand aside.
///
/// # Errors
/// [`IngestError::Io`] with the path that the system cannot read.
pub(crate) fn add(path: &Path, found: &mut Found) -> Result<(), IngestError> {
    let unreadable = |path: &Path| {
        let file = printable(&path.display().to_string());
        move |source: io::Error| IngestError::Io { file, source }
    };
    let name = path.display().to_string();
    let data = path.metadata().map_err(unreadable(path))?;
    if data.is_dir() {
        let root = path.canonicalize().map_err(unreadable(path))?;
        return add_folder(path, &root, &mut BTreeSet::new(), found);
    }
    if data.is_file() {
        if found
            .known
            .insert(path.canonicalize().map_err(unreadable(path))?)
        {
            found.inputs.push(Input::path(name, path));
        }
    } else {
        // A pipe gives its bytes only once.
        let pipe = std::fs::File::open(path).map_err(unreadable(path))?;
        let input = Input::pipe(name, pipe).map_err(unreadable(path))?;
        found.inputs.push(input);
    }
    Ok(())
}

fn add_folder(
    folder: &Path,
    root: &Path,
    seen: &mut BTreeSet<PathBuf>,
    found: &mut Found,
) -> Result<(), IngestError> {
    let unreadable = |source| IngestError::Io {
        file: printable(&folder.display().to_string()),
        source,
    };
    // A link to a folder above would be read again and again.
    if !seen.insert(folder.canonicalize().map_err(unreadable)?) {
        return Ok(());
    }
    let mut entries = Vec::new();
    for entry in folder.read_dir().map_err(unreadable)? {
        entries.push(entry.map_err(unreadable)?.path());
    }
    entries.sort();
    for entry in entries {
        let name = entry.to_string_lossy();
        let Ok(data) = entry.metadata() else {
            // What is gone by now, or a link to nothing or itself.
            if entry.is_symlink() && may_be_table(&name) {
                found
                    .inputs
                    .push(Input::refused(name, Refused::LeadsNowhere));
            }
            continue;
        };
        // What a link leads to may be somebody else's, or a device without an end.
        if entry.is_symlink() && leads_out(&entry, root) {
            if data.is_dir() || may_be_table(&name) {
                found.inputs.push(Input::refused(name, Refused::LeadsOut));
            }
            continue;
        }
        if data.is_dir() {
            add_folder(&entry, root, seen, found)?;
        } else if data.is_file()
            && may_be_table(&name)
            && found
                .known
                .insert(entry.canonicalize().map_err(unreadable)?)
        {
            match AsideKind::of(&entry) {
                Some(kind) => found.aside.push(Aside {
                    file: printable(&name),
                    kind,
                }),
                None => found.inputs.push(Input::path(name, &entry)),
            }
        } else if data.is_file()
            && !may_be_table(&name)
            && let Some(kind) = AsideKind::unread(&entry)
        {
            found.aside.push(Aside {
                file: printable(&name),
                kind,
            });
        }
    }
    Ok(())
}

/// Whether a link leads out of the folder that was given.
fn leads_out(link: &Path, root: &Path) -> bool {
    link.canonicalize()
        .is_ok_and(|target| !target.starts_with(root))
}

/// Whether a file's name says that it may be a table, or an archive with tables.
pub(super) fn may_be_table(name: &str) -> bool {
    const EXTENSIONS: [&str; 15] = [
        "csv", "txt", "tsv", "tab", "dat", "parquet", "arrow", "feather", "xlsx", "xlsm", "xls",
        "ods", "zip", "gz", "asc",
    ];
    let file = name.rsplit('/').next().unwrap_or(name);
    // What systems and spreadsheets leave beside files: `._a.csv`, `~$a.xlsx`, `.~lock.a.ods#`.
    let hidden = file.starts_with('.') || file.starts_with("~$") || name.starts_with("__MACOSX/");
    let extension = file.rsplit_once('.').map_or("", |(_, extension)| extension);
    !hidden
        && EXTENSIONS
            .iter()
            .any(|known| extension.eq_ignore_ascii_case(known))
}

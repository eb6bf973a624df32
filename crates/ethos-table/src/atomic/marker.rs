//! The file that marks a folder as output of ours and lists what in it is ours.

use std::collections::BTreeSet;
use std::ffi::OsStr;
use std::fs;
use std::io::{self, Write as _};
use std::path::Path;

use super::file::AtomicFile;

/// Name of the file that marks a folder as made by ethos. Below its preamble it lists the files
/// that ethos wrote there, so that nothing else is ever deleted with the folder. A file that is
/// written into such a folder later is added to the list.
pub const MARKER: &str = ".ethos-output";

/// What the name of a folder under construction ends in.
pub(super) const STAGE: &str = ".ethos-stage";

const PREAMBLE: &str = "ethos-output/1\n\
    This folder was made by ethos. The next run into it replaces it as a whole, unless it holds\n\
    files that are not listed here.\n\n";

/// Whether the folder has a marker of ours.
pub(super) fn is_marked(folder: &Path) -> bool {
    listed(folder).is_some()
}

/// The files that a folder's marker lists; `None` without a marker of ours.
fn listed(folder: &Path) -> Option<BTreeSet<String>> {
    let text = fs::read_to_string(folder.join(MARKER)).ok()?;
    let listed = text.strip_prefix(PREAMBLE)?;
    Some(listed.lines().map(str::to_owned).collect())
}

/// Writes the marker of a folder.
pub(super) fn mark<'f>(
    folder: &Path,
    files: impl IntoIterator<Item = &'f String>,
) -> io::Result<()> {
    let mut text = PREAMBLE.to_owned();
    for file in files {
        text.push_str(file);
        text.push('\n');
    }
    let mut marker = AtomicFile::create(&folder.join(MARKER))?;
    marker.write_all(text.as_bytes())?;
    Ok(marker.commit_unlisted()?)
}

/// Adds a file that was just written to the list of the output folder that it lies in, if it
/// lies in one. A folder under construction gets its list when it is done.
pub(super) fn list(file: &Path) -> io::Result<()> {
    let file = fs::canonicalize(file)?;
    for folder in file.ancestors().skip(1) {
        if is_stage(folder) {
            return Ok(());
        }
        let Some(mut files) = listed(folder) else {
            continue;
        };
        if let Ok(below) = file.strip_prefix(folder)
            && files.insert(relative(below))
        {
            mark(folder, &files)?;
        }
        return Ok(());
    }
    Ok(())
}

fn is_stage(folder: &Path) -> bool {
    folder
        .file_name()
        .is_some_and(|name| name.to_string_lossy().ends_with(STAGE))
}

/// A relative path with `/` between its parts.
fn relative(path: &Path) -> String {
    path.iter()
        .map(OsStr::to_string_lossy)
        .collect::<Vec<_>>()
        .join("/")
}

/// The files in a marked folder that are not ours, sorted. An output folder within it answers
/// for its own files.
pub(super) fn foreign(folder: &Path) -> io::Result<Vec<String>> {
    fn walk(
        folder: &Path,
        prefix: &str,
        (ours, above): (&BTreeSet<String>, &str),
        found: &mut Vec<String>,
    ) -> io::Result<()> {
        for entry in fs::read_dir(folder)? {
            let entry = entry?;
            let name = entry.file_name().to_string_lossy().into_owned();
            let path = format!("{prefix}{name}");
            if entry.file_type()?.is_dir() {
                let within = format!("{path}/");
                match listed(&entry.path()) {
                    Some(own) => walk(&entry.path(), &within, (&own, &within), found)?,
                    None => walk(&entry.path(), &within, (ours, above), found)?,
                }
            } else {
                let known = path
                    .strip_prefix(above)
                    .is_some_and(|path| ours.contains(path));
                if !known && name != MARKER && !is_litter(&name) {
                    found.push(path);
                }
            }
        }
        Ok(())
    }
    let mut found = Vec::new();
    let ours = listed(folder).unwrap_or_default();
    walk(folder, "", (&ours, ""), &mut found)?;
    found.sort_unstable();
    Ok(found)
}

/// What desktops and spreadsheet programs leave in a folder that is looked at.
fn is_litter(name: &str) -> bool {
    matches!(
        name,
        ".DS_Store" | "Thumbs.db" | "desktop.ini" | ".directory"
    ) || name.starts_with("~$")
        || name.starts_with(".~lock.")
}

/// Every file below a folder, as a relative path with `/` between its parts, sorted.
pub(super) fn files_below(folder: &Path) -> io::Result<Vec<String>> {
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

//! The file that marks a folder as output of ours, says of what kind, and lists what in it is
//! ours.

use std::collections::BTreeMap;
use std::ffi::OsStr;
use std::fmt::Write as _;
use std::fs;
use std::io::{self, Write as _};
use std::path::Path;

use super::file::AtomicFile;
use super::kind::OutputKind;
use crate::hash::sha256_file;

/// Name of the file that marks a folder as made by ethos. Its first lines give its version and
/// the [`OutputKind`]; below them it lists the files that ethos wrote there, each with the
/// SHA-256 of its content, so that nothing else is ever deleted with the folder. A file that is
/// written into such a folder later is added to the list.
pub const MARKER: &str = ".ethos-output";

/// What the name of a folder under construction ends in.
pub(super) const STAGE: &str = ".ethos-stage";

const VERSION: &str = "ethos-output/2\nkind ";

const EXPLANATION: &str = "This folder was made by ethos. The next output of this kind into it replaces it as a whole,\n\
    unless it holds files that are not listed here. A country is kept when a file in it no\n\
    longer has the SHA-256 given here.\n\n";

/// In the place of the SHA-256 of what has no content to take it of, such as a link.
const UNCHECKED: &str = "-";

/// Files by their path relative to the folder, with `/` between its parts; each with its
/// SHA-256 in hexadecimal digits, or `None` where that is not checked.
pub(super) type Listed = BTreeMap<String, Option<String>>;

/// What the marker of a folder says.
#[derive(Debug)]
pub(super) struct Marker {
    pub(super) kind: OutputKind,
    pub(super) files: Listed,
}

impl Marker {
    /// The marker of a folder; `None` without one that this version can read.
    pub(super) fn of(folder: &Path) -> Option<Self> {
        Self::parse(&fs::read_to_string(folder.join(MARKER)).ok()?)
    }

    fn parse(text: &str) -> Option<Self> {
        let (kind, rest) = text.strip_prefix(VERSION)?.split_once('\n')?;
        let files = rest
            .strip_prefix(EXPLANATION)?
            .lines()
            .map(|line| {
                let (hash, file) = line.split_once("  ")?;
                Some((
                    file.to_owned(),
                    (hash != UNCHECKED).then(|| hash.to_owned()),
                ))
            })
            .collect::<Option<_>>()?;
        Some(Self {
            kind: OutputKind::from_key(kind)?,
            files,
        })
    }

    fn text(&self) -> String {
        let mut text = format!("{VERSION}{}\n{EXPLANATION}", self.kind.key());
        for (file, hash) in &self.files {
            let hash = hash.as_deref().unwrap_or(UNCHECKED);
            // Writing to a string does not fail.
            let _ = writeln!(text, "{hash}  {file}");
        }
        text
    }

    /// The listed files of the folder whose content is no longer what it was, sorted. A file
    /// that is gone is none of them: nothing is lost with it.
    pub(super) fn changed(&self, folder: &Path) -> io::Result<Vec<String>> {
        let mut changed = Vec::new();
        for (file, hash) in &self.files {
            let path = folder.join(file);
            if hash.is_some() && fs::symlink_metadata(&path).is_ok() && hash_of(&path)? != *hash {
                changed.push(file.clone());
            }
        }
        Ok(changed)
    }
}

/// The SHA-256 of a file, in hexadecimal digits; `None` for a link or a device.
pub(super) fn hash_of(file: &Path) -> io::Result<Option<String>> {
    if fs::symlink_metadata(file)?.is_file() {
        sha256_file(file).map(Some)
    } else {
        Ok(None)
    }
}

/// Whether the folder has a marker of ours.
pub(super) fn is_marked(folder: &Path) -> bool {
    Marker::of(folder).is_some()
}

/// Writes the marker of a folder.
pub(super) fn mark(folder: &Path, marker: &Marker) -> io::Result<()> {
    let mut file = AtomicFile::create(&folder.join(MARKER))?;
    file.write_all(marker.text().as_bytes())?;
    Ok(file.commit_unlisted()?)
}

/// Adds a file that was just written, with its hash, to the list of the output folder that it
/// lies in, if it lies in one. A folder under construction gets its list when it is done.
pub(super) fn list(file: &Path) -> io::Result<()> {
    let file = fs::canonicalize(file)?;
    for folder in file.ancestors().skip(1) {
        if is_stage(folder) {
            return Ok(());
        }
        let Some(mut marker) = Marker::of(folder) else {
            if fs::symlink_metadata(folder.join(MARKER)).is_ok() {
                // A marker of another version: its folder is not to be touched.
                return Ok(());
            }
            continue;
        };
        if let Ok(below) = file.strip_prefix(folder) {
            let hash = match marker.kind {
                OutputKind::Country => hash_of(&file)?,
                _ => None,
            };
            if marker.files.insert(relative(below), hash.clone()) != Some(hash) {
                mark(folder, &marker)?;
            }
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

/// What is in a marked folder that may not be deleted with it.
#[derive(Debug, Default)]
pub(super) struct Survey {
    /// Files that no marker lists, sorted.
    pub(super) foreign: Vec<String>,
    /// Folders within it that hold a simulated country, sorted.
    pub(super) countries: Vec<String>,
}

/// Looks for what may not be deleted with a marked folder. An output folder within it answers
/// for its own files.
pub(super) fn survey(folder: &Path, marker: &Marker) -> io::Result<Survey> {
    fn walk(
        folder: &Path,
        prefix: &str,
        (ours, above): (&Listed, &str),
        found: &mut Survey,
    ) -> io::Result<()> {
        for entry in fs::read_dir(folder)? {
            let entry = entry?;
            let name = entry.file_name().to_string_lossy().into_owned();
            let path = format!("{prefix}{name}");
            if entry.file_type()?.is_dir() {
                let within = format!("{path}/");
                match Marker::of(&entry.path()) {
                    Some(own) => {
                        if own.kind == OutputKind::Country {
                            found.countries.push(path);
                        }
                        walk(&entry.path(), &within, (&own.files, &within), found)?;
                    }
                    None => walk(&entry.path(), &within, (ours, above), found)?,
                }
            } else {
                let known = path
                    .strip_prefix(above)
                    .is_some_and(|path| ours.contains_key(path));
                if !known && name != MARKER && !is_litter(&name) {
                    found.foreign.push(path);
                }
            }
        }
        Ok(())
    }
    let mut found = Survey::default();
    walk(folder, "", (&marker.files, ""), &mut found)?;
    found.foreign.sort_unstable();
    found.countries.sort_unstable();
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

//! The files that a study names.

use std::path::{Component, Path, PathBuf};

use crate::error::IngestError;
use crate::input::{AsideKind, Input, expand_all};

/// The deliveries in the files that a pattern of the study names, by path.
pub(super) fn inputs(
    section: &str,
    pattern: &str,
    study_dir: &Path,
) -> Result<Vec<Input>, IngestError> {
    let files = files(section, pattern, study_dir)?;
    let input = |path: PathBuf| Input::path(relative(study_dir, &path), path);
    expand_all(files.into_iter().map(input).collect())
}

/// The files a pattern of the study names, by path.
fn files(section: &str, pattern: &str, study_dir: &Path) -> Result<Vec<PathBuf>, IngestError> {
    let malformed = |reason: String| IngestError::Pattern {
        pattern: pattern.to_owned(),
        reason,
    };
    let plain = study_dir.join(pattern);
    if plain.is_file() {
        return Ok(vec![plain]);
    }
    let folder = study_dir
        .to_str()
        .ok_or_else(|| malformed("the study's folder has a name that is not Unicode".into()))?;
    let full = if Path::new(pattern).is_absolute() || folder.is_empty() {
        pattern.to_owned()
    } else {
        format!("{}/{pattern}", glob::Pattern::escape(folder))
    };
    let options = glob::MatchOptions {
        require_literal_separator: true,
        require_literal_leading_dot: true,
        ..glob::MatchOptions::new()
    };
    let mut found = Vec::new();
    for path in glob::glob_with(&full, options).map_err(|error| malformed(error.msg.to_owned()))? {
        let path = path.map_err(|error| IngestError::Io {
            file: relative(study_dir, error.path()),
            source: error.into(),
        })?;
        // A log of what was mended lies beside deliveries, and its name begins as theirs.
        if path.is_file() && AsideKind::of(&path).is_none() {
            found.push(path);
        }
    }
    if found.is_empty() {
        return Err(IngestError::NoFiles {
            section: section.to_owned(),
            pattern: pattern.to_owned(),
        });
    }
    found.sort_by_cached_key(|path| relative(study_dir, path));
    Ok(found)
}

/// A path relative to the study with `/` between parts; the file name alone for one elsewhere,
/// so that no output tells where on a machine a study lies.
pub(crate) fn relative(study_dir: &Path, path: &Path) -> String {
    let Ok(inside) = path.strip_prefix(study_dir) else {
        let name = path.file_name().unwrap_or(path.as_os_str());
        return name.to_string_lossy().into_owned();
    };
    let parts: Vec<_> = inside
        .components()
        .filter(|part| *part != Component::CurDir)
        .map(|part| part.as_os_str().to_string_lossy())
        .collect();
    parts.join("/")
}

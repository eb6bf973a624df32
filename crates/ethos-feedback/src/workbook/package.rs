//! The ZIP a workbook is, read within limits; parts that are not changed are copied as they are.

use std::collections::BTreeMap;
use std::io::{Cursor, Read, Write};

use ethos_model::category::Language;
use zip::write::SimpleFileOptions;
use zip::{CompressionMethod, DateTime, ZipArchive, ZipWriter};

/// Bytes of one part at most, unpacked: a sheet of a million rows has about a fifth of this.
pub(super) const MAX_PART: u64 = 1 << 30;

/// The part in which an OpenDocument file says what it is.
const KIND: &str = "mimetype";

/// Why a workbook cannot be marked.
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub enum WorkbookError {
    /// Not a ZIP, or a damaged one.
    #[error("the file is not a workbook that can be opened: {0}")]
    Archive(String),
    /// A part that every workbook has is not there.
    #[error("the workbook has no part `{0}`; open it in a spreadsheet and save it again")]
    Missing(String),
    /// A part is larger than can be taken in.
    #[error("part `{0}` of the workbook is larger than {max} MB", max = MAX_PART >> 20)]
    TooLarge(String),
    /// A part is not well-formed.
    #[error("part `{part}` of the workbook is damaged: {reason}")]
    Damaged {
        /// Name of the part.
        part: String,
        /// What is wrong with it.
        reason: String,
    },
    /// A sheet that should be marked is not in the workbook.
    #[error("the workbook has no sheet `{0}`")]
    NoSheet(String),
}

impl WorkbookError {
    /// Why, in a language.
    pub fn words(&self, language: Language) -> String {
        match (self, language) {
            (_, Language::En) => self.to_string(),
            (Self::Archive(_), _) => "het bestand is geen werkmap die te openen is".into(),
            (Self::Missing(part), _) => format!(
                "de werkmap heeft geen onderdeel `{part}`; open haar in Excel en sla haar opnieuw op"
            ),
            (Self::TooLarge(part), _) => format!(
                "onderdeel `{part}` van de werkmap is groter dan {} MB",
                MAX_PART >> 20
            ),
            (Self::Damaged { part, .. }, _) => format!(
                "onderdeel `{part}` van de werkmap is beschadigd; open haar in Excel en sla haar opnieuw op"
            ),
            (Self::NoSheet(sheet), _) => format!("de werkmap heeft geen blad `{sheet}`"),
        }
    }

    pub(super) fn damaged(part: &str, reason: impl ToString) -> Self {
        Self::Damaged {
            part: part.to_owned(),
            reason: reason.to_string(),
        }
    }
}

/// A workbook's parts, with those that are changed or added.
pub(super) struct Package<'a> {
    archive: ZipArchive<Cursor<&'a [u8]>>,
    changed: BTreeMap<String, String>,
}

impl<'a> Package<'a> {
    pub(super) fn open(bytes: &'a [u8]) -> Result<Self, WorkbookError> {
        let archive = ZipArchive::new(Cursor::new(bytes))
            .map_err(|error| WorkbookError::Archive(error.to_string()))?;
        Ok(Self {
            archive,
            changed: BTreeMap::new(),
        })
    }

    /// Whether the workbook has this part, added ones included.
    pub(super) fn has(&self, name: &str) -> bool {
        self.changed.contains_key(name) || self.archive.index_for_name(name).is_some()
    }

    /// The part as text, as changed so far.
    pub(super) fn text(&mut self, name: &str) -> Result<String, WorkbookError> {
        if let Some(text) = self.changed.get(name) {
            return Ok(text.clone());
        }
        let file = self
            .archive
            .by_name(name)
            .map_err(|_| WorkbookError::Missing(name.to_owned()))?;
        let mut bytes = Vec::new();
        let read = file
            .take(MAX_PART + 1)
            .read_to_end(&mut bytes)
            .map_err(|error| WorkbookError::damaged(name, error))?;
        if read as u64 > MAX_PART {
            return Err(WorkbookError::TooLarge(name.to_owned()));
        }
        let text = String::from_utf8(bytes)
            .map_err(|_| WorkbookError::damaged(name, "it is not written in UTF-8"))?;
        Ok(match text.strip_prefix('\u{feff}') {
            Some(rest) => rest.to_owned(),
            None => text,
        })
    }

    /// The part as text, or another text when there is no such part.
    pub(super) fn text_or(&mut self, name: &str, other: &str) -> Result<String, WorkbookError> {
        if self.has(name) {
            self.text(name)
        } else {
            Ok(other.to_owned())
        }
    }

    /// Puts a part in place of the one of this name, or adds it.
    pub(super) fn put(&mut self, name: &str, text: String) {
        self.changed.insert(name.to_owned(), text);
    }

    /// The workbook's bytes: parts in their old order, new ones behind them by name.
    pub(super) fn finish(mut self) -> Result<Vec<u8>, WorkbookError> {
        let failed = |error: zip::result::ZipError| WorkbookError::Archive(error.to_string());
        let mut writer = ZipWriter::new(Cursor::new(Vec::new()));
        // No clock: the same marks give the same bytes.
        let options = SimpleFileOptions::default()
            .compression_method(CompressionMethod::Deflated)
            .last_modified_time(DateTime::default());
        // An OpenDocument file says what it is in the first bytes of the archive, unpacked.
        let kind = self.archive.index_for_name(KIND);
        if kind.is_some() {
            let stored = options.compression_method(CompressionMethod::Stored);
            let text = self.text(KIND)?;
            write(&mut writer, KIND, &text, stored)?;
        }
        for at in 0..self.archive.len() {
            if kind == Some(at) {
                continue;
            }
            let file = self.archive.by_index_raw(at).map_err(failed)?;
            let name = file.name().map_err(failed)?.into_owned();
            match self.changed.remove(&name) {
                None => writer.raw_copy_file(file).map_err(failed)?,
                Some(text) => write(&mut writer, &name, &text, options)?,
            }
        }
        for (name, text) in &self.changed {
            write(&mut writer, name, text, options)?;
        }
        Ok(writer.finish().map_err(failed)?.into_inner())
    }
}

fn write(
    writer: &mut ZipWriter<Cursor<Vec<u8>>>,
    name: &str,
    text: &str,
    options: SimpleFileOptions,
) -> Result<(), WorkbookError> {
    writer
        .start_file(name, options)
        .map_err(|error| WorkbookError::Archive(error.to_string()))?;
    writer
        .write_all(text.as_bytes())
        .map_err(|error| WorkbookError::Archive(error.to_string()))
}

/// The extension of a workbook with these bytes.
///
/// # Errors
/// Bytes that are no workbook.
pub(super) fn extension_of(bytes: &[u8]) -> Result<&'static str, WorkbookError> {
    let package = Package::open(bytes)?;
    Ok(if package.has("content.xml") {
        "ods"
    } else if package.has("xl/vbaProject.bin") {
        "xlsm"
    } else {
        "xlsx"
    })
}

/// The folder of a part, with its slash.
pub(super) fn folder(part: &str) -> &str {
    part.rfind('/').map_or("", |at| &part[..=at])
}

/// The part with the relationships of a part.
pub(super) fn relationships_of(part: &str) -> String {
    let dir = folder(part);
    format!("{dir}_rels/{}.rels", &part[dir.len()..])
}

/// The part that a relationship's target names, seen from the part that has the relationship.
pub(super) fn resolved(part: &str, target: &str) -> String {
    if let Some(absolute) = target.strip_prefix('/') {
        return absolute.to_owned();
    }
    let mut path: Vec<&str> = folder(part)
        .split('/')
        .filter(|step| !step.is_empty())
        .collect();
    for step in target.split('/') {
        match step {
            "" | "." => {}
            ".." => {
                path.pop();
            }
            step => path.push(step),
        }
    }
    path.join("/")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn targets_are_seen_from_their_part() {
        assert_eq!(
            resolved("xl/workbook.xml", "worksheets/sheet1.xml"),
            "xl/worksheets/sheet1.xml"
        );
        assert_eq!(
            resolved("xl/worksheets/sheet1.xml", "../comments1.xml"),
            "xl/comments1.xml"
        );
        assert_eq!(
            resolved("xl/workbook.xml", "/xl/styles.xml"),
            "xl/styles.xml"
        );
        assert_eq!(
            relationships_of("xl/workbook.xml"),
            "xl/_rels/workbook.xml.rels"
        );
        assert_eq!(relationships_of("a.xml"), "_rels/a.xml.rels");
    }
}

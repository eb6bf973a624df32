//! A file mended in rounds until nothing is left to mend, checked before and after.

use std::collections::BTreeMap;
use std::io;
use std::io::Read;

use ethos_ingest::corrections::{Correction, FileChange, name_of, write_corrections};
use ethos_ingest::decode::Encoding;
use ethos_ingest::{CheckOptions, FileForm, FileReport, IngestError, Input, LaidOut, check_inputs};
use ethos_model::category::Language;
use ethos_model::date::Day;

use super::find::{Fix, Undecided, find};
use super::write::{written, written_with};
use crate::workbook::WorkbookError;

/// Bytes of a file that is mended: it is held in memory.
const MOST: u64 = 1 << 30;

/// Rounds at most: a code that lost its zero is an old municipality only once it has it back.
const ROUNDS: usize = 5;

/// Why a file cannot be mended.
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub enum MendError {
    /// The file cannot be read or checked.
    #[error(transparent)]
    Ingest(#[from] IngestError),
    /// The system refuses.
    #[error("the file cannot be read: {0}")]
    Io(io::Error),
    /// The workbook cannot be changed.
    #[error(transparent)]
    Workbook(#[from] WorkbookError),
    /// Nothing is known of its columns.
    #[error("its layout cannot be told, so no cell can be mended; name it with --layout")]
    Layout,
    /// A form that cannot be written back.
    #[error("only text files and workbooks can be mended; unpack an archive first")]
    Form,
    /// Bytes that are no characters in any encoding.
    #[error(
        "it holds bytes that are no characters; name the encoding it was written in with --encoding, or export it again"
    )]
    Encoding,
    /// A quote that is never closed.
    #[error("from row {0} on a quote is never closed; mend that by hand first")]
    Unreadable(u64),
    /// A file that is too large to be mended in memory.
    #[error("it is larger than {} MB; split it, or mend it in the source system", MOST >> 20)]
    TooLarge,
}

/// A file before and after mending.
pub struct Mended {
    /// Its cells, in order.
    pub fixes: Vec<Fix>,
    /// What else changed of the file.
    pub changes: Vec<FileChange>,
    /// What a person has to decide.
    pub undecided: Vec<Undecided>,
    /// The check of the original.
    pub before: FileReport,
    /// The check of the mended file.
    pub after: FileReport,
    bytes: Vec<u8>,
    form: Extension,
}

/// The extension of the mended file.
#[derive(Copy, Clone, PartialEq, Eq, Debug)]
enum Extension {
    Same,
    Text,
}

impl Mended {
    /// Whether there is nothing to mend.
    pub fn is_as_it_was(&self) -> bool {
        self.fixes.is_empty() && self.changes.is_empty()
    }

    /// The mended file. It holds all the data of the original.
    pub fn bytes(&self) -> &[u8] {
        &self.bytes
    }

    /// The name of the mended file beside one of this name: `GM0363-hersteld.csv`.
    pub fn name_beside(&self, original: &str) -> String {
        let (stem, extension) = original.rsplit_once('.').unwrap_or((original, ""));
        let extension = match self.form {
            // Text that was called a workbook is text all the same.
            Extension::Text => "csv",
            Extension::Same => extension,
        };
        if extension.is_empty() {
            format!("{stem}-hersteld")
        } else {
            format!("{stem}-hersteld.{extension}")
        }
    }

    /// The changes as a file of corrections: applied to the original, they give the mended file.
    ///
    /// # Errors
    /// What the system says.
    pub fn write_log(
        &self,
        (who, when): (&str, Day),
        language: Language,
        to: &mut dyn io::Write,
    ) -> io::Result<()> {
        let file = name_of(&self.before.file);
        let cells: Vec<Correction> = self
            .fixes
            .iter()
            .map(|fix| Correction {
                file: file.to_owned(),
                sha256: self.before.sha256.clone(),
                sheet: fix.sheet.clone().unwrap_or_default(),
                row: fix.row,
                column: fix.column.clone(),
                old: fix.old.as_str().to_owned(),
                new: fix.new.as_str().to_owned(),
                steps: fix.steps.clone(),
                rule: fix.rule.map_or_else(String::new, |rule| rule.to_string()),
                who: who.to_owned(),
                when,
                why: fix.why(language),
            })
            .collect();
        write_corrections(
            file,
            &self.before.sha256,
            (who, when),
            &self.changes,
            &cells,
            to,
        )
    }
}

/// Mends a file. Nothing is written.
///
/// # Errors
/// [`MendError`]; the file is as it was in any case.
pub fn mend(
    input: &Input,
    options: &CheckOptions<'_>,
    language: Language,
) -> Result<Mended, MendError> {
    let path = input.path_on_disk().ok_or(MendError::Form)?;
    let mut bytes = Vec::new();
    let file = std::fs::File::open(path)?;
    file.take(MOST + 1).read_to_end(&mut bytes)?;
    if bytes.len() as u64 > MOST {
        return Err(MendError::TooLarge);
    }
    let options = CheckOptions {
        findings_per_rule: usize::MAX,
        reject_to: None,
        corrections: None,
        ..options.clone()
    };
    let of = |bytes: Vec<u8>| Input::bytes(input.name(), bytes).standing_for(path);
    let check = |input: &Input, options: &CheckOptions<'_>| -> Result<FileReport, MendError> {
        let report = check_inputs(std::slice::from_ref(input), options, &())?;
        report.files.into_iter().next().ok_or(MendError::Form)
    };
    let original = of(bytes.clone());
    let before = check(&original, &options)?;
    let mut after = before.clone();
    let mut current = original;
    let mut options = options;
    let mut fixes: BTreeMap<(u64, u32), Fix> = BTreeMap::new();
    let mut changes = Vec::new();
    let mut undecided = Vec::new();
    let mut form = Extension::Same;
    for round in 0..ROUNDS {
        let laid = LaidOut::open(&current, &options)?.ok_or(MendError::Layout)?;
        if matches!(laid.form(), FileForm::Text { .. }) {
            let name = input.name().to_lowercase();
            let text = ["csv", "txt", "tsv", "tab", "dat", "asc"];
            let fits = text
                .iter()
                .any(|extension| name.ends_with(&format!(".{extension}")));
            form = if fits {
                Extension::Same
            } else {
                Extension::Text
            };
        }
        let found = find(&laid, &after)?;
        undecided = found.undecided;
        if round > 0 && found.fixes.is_empty() {
            break;
        }
        let (new, also) = written(&laid, &bytes, &found.fixes, language)?;
        let delimiter = match laid.form() {
            FileForm::Text { delimiter, .. } => Some(written_with(&laid, delimiter)),
            _ => None,
        };
        if round == 0 {
            changes = also;
        }
        if found.fixes.is_empty() && changes.is_empty() {
            break;
        }
        for (place, fix) in found.fixes {
            match fixes.get_mut(&place) {
                Some(earlier) => earlier.then(fix),
                None => {
                    fixes.insert(place, fix);
                }
            }
        }
        drop(laid);
        bytes = new;
        current = of(bytes.clone());
        // What was said of the original does not hold for the file it became.
        if let Some(delimiter) = delimiter {
            options.reading.encoding = Some(Encoding::Utf8);
            options.reading.delimiter = Some(delimiter);
        }
        after = check(&current, &options)?;
    }
    Ok(Mended {
        fixes: fixes.into_values().collect(),
        changes,
        undecided,
        before,
        after,
        bytes,
        form,
    })
}

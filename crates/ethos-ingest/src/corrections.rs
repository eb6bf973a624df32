//! Corrections made by hand, kept in a file beside the data: who changed which cell, when and why.
//!
//! The file a sender delivered is never changed. Corrections are applied while it is read, cell by cell,
//! and only where the cell still holds the value the correction names.
//!
//! The file is a CSV with semicolons or commas and these columns, in any order:
//!
//! | column | what stands in it |
//! |---|---|
//! | `bestand` | name of the file, without its folder |
//! | `sha256` | hash of the file, or blank: then `rijmerk` tells which row it is |
//! | `blad` | sheet of a workbook, or blank |
//! | `rij` | row as a spreadsheet numbers it |
//! | `kolom` | name of the column, as the layout or the file has it |
//! | `oud` | the value the cell holds, as findings show it: masked but for codes |
//! | `nieuw` | the value it is to hold; masked, or blank, where `bewerking` tells it |
//! | `bewerking` | steps that make the new value of the old one, such as `spaties+voorloopnul` |
//! | `regel` | rule that found it, or blank |
//! | `wie`, `wanneer`, `waarom` | who corrected it, on which day, and why: all three are required |
//! | `rijmerk` | mark of the row, which the program writes ([`write_sealed`]) |
//!
//! A correction is made only where the row is proven to be the one it was made for: the file is the very same
//! (`sha256`), or the other cells of the row, as findings show them, are (`rijmerk`). In an export that was made
//! anew somebody else may stand in the row, whose value looks the same masked.
//!
//! No identifier stands in such a file. A number of a person, letters of a name, a key of a household and
//! free text can be corrected by a step only (`bewerking`: put the zero back, take the points away, empty
//! the cell); one that has to become another number is corrected where it came from.

mod apply;
mod seal;
mod table;

use std::collections::BTreeMap;
use std::io::{self, Read};

use ethos_model::date::Day;
use ethos_model::finding::Text;
use serde::{Deserialize, Serialize};
use sha2::{Digest, Sha256};

use crate::findings::shown;
use crate::key::hex;
use crate::layout::normalised;
use crate::mend::Step;

pub(crate) use apply::Came;
pub use seal::{Seal, write_sealed};
use table::{COLUMNS, parse};
pub use table::{FileChange, write_corrections};

/// Why a file of corrections cannot be used. No cell of it is repeated but the names of columns and steps.
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub enum CorrectionsError {
    /// The system refuses, or the file is no CSV.
    #[error("it cannot be read as a CSV: {0}")]
    Csv(String),
    /// A column is not there.
    #[error("it has no column `{0}`; the columns are {columns}", columns = COLUMNS.join(", "))]
    Column(&'static str),
    /// Two files of corrections are about one cell of this row.
    #[error("row {0} of a file is corrected twice")]
    Twice(u64),
    /// More corrections than hands make.
    #[error("it has more than {0} corrections")]
    TooMany(usize),
    /// A cell of the file is wrong.
    #[error("row {row}: {}", reason.en)]
    Row {
        /// Row of the file of corrections.
        row: u64,
        /// What is wrong and what it should be.
        reason: Text,
    },
}

/// A correction of one cell. Its `Debug` says where, never a value: what is named as a column is masked
/// where it may be one.
#[derive(Clone, PartialEq, Eq)]
pub struct Correction {
    /// Name of the file, without folders.
    pub file: String,
    /// Hash of the file; blank when not given.
    pub sha256: String,
    /// Sheet; blank for a file without sheets, or any.
    pub sheet: String,
    /// Row, 1 for the first.
    pub row: u64,
    /// Name of the column.
    pub column: String,
    /// The value it held, as shown.
    pub old: String,
    /// The value it is to hold, or that value as shown where steps make it.
    pub new: String,
    /// Steps from the old value to the new.
    pub steps: Vec<Step>,
    /// Rule that found it.
    pub rule: String,
    /// Who corrected it.
    pub who: String,
    /// On which day.
    pub when: Day,
    /// Why.
    pub why: String,
    /// Mark of its row, as the program wrote it; blank when not given.
    pub mark: String,
}

impl std::fmt::Debug for Correction {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(f, "Correction(row {}, `{}`)", self.row, shown(&self.column))
    }
}

/// What a file has of corrections.
#[derive(Copy, Clone, PartialEq, Eq, Debug, Default, Serialize, Deserialize)]
pub struct Corrected {
    /// Cells that hold their new value.
    pub applied: u64,
    /// Corrections that were not applied; each is a finding.
    pub refused: u64,
}

impl Corrected {
    /// All corrections for the file.
    pub fn all(self) -> u64 {
        self.applied + self.refused
    }

    /// Adds those of another file.
    pub(crate) fn add(&mut self, other: Self) {
        self.applied += other.applied;
        self.refused += other.refused;
    }

    /// As a step of the ledger, in cells; `None` where there are no corrections.
    pub fn step(self, name: impl Into<String>) -> Option<ethos_model::ledger::LedgerStep> {
        (self.all() > 0).then(|| {
            ethos_model::ledger::LedgerStep::new(name, "cells", self.all())
                .with("corrected", self.applied)
                .with("not corrected", self.refused)
        })
    }
}

/// Corrections of one or more files. Its `Debug` says how many: any cell may hold what it should not.
#[derive(Clone, PartialEq, Eq, Default)]
pub struct Corrections {
    by_file: BTreeMap<String, Vec<Correction>>,
    sha256: String,
}

impl std::fmt::Debug for Corrections {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(
            f,
            "Corrections({} of {} files)",
            self.len(),
            self.by_file.len()
        )
    }
}

impl Corrections {
    /// Reads a file of corrections.
    ///
    /// # Errors
    /// [`CorrectionsError`]: a file that is used in part would change some cells and not others.
    pub fn read(from: impl Read) -> Result<Self, CorrectionsError> {
        let unreadable = |error: io::Error| CorrectionsError::Csv(error.to_string());
        let bytes = crate::held::all(from).map_err(unreadable)?;
        let mut corrections = Self {
            by_file: BTreeMap::new(),
            sha256: hex(&Sha256::digest(&bytes)),
        };
        for correction in parse(&bytes)? {
            let of_file = corrections
                .by_file
                .entry(correction.file.clone())
                .or_default();
            of_file.push(correction);
        }
        for of_file in corrections.by_file.values_mut() {
            // The order of rows in the file does not matter.
            of_file.sort_by_key(|correction| correction.row);
        }
        Ok(corrections)
    }

    /// How many there are.
    pub fn len(&self) -> usize {
        self.by_file.values().map(Vec::len).sum()
    }

    /// Whether there are none.
    pub fn is_empty(&self) -> bool {
        self.by_file.is_empty()
    }

    /// Hash of the file they were read from.
    pub fn sha256(&self) -> &str {
        &self.sha256
    }

    /// Names of the files that are corrected.
    pub fn files(&self) -> impl Iterator<Item = &str> {
        self.by_file.keys().map(String::as_str)
    }

    /// Names of files that are none of these, by name and hash, with how many corrections each has.
    pub(crate) fn of_none<'f>(
        &self,
        files: impl Iterator<Item = (&'f str, &'f str)> + Clone,
    ) -> Vec<(&str, u64)> {
        let mut none: BTreeMap<&str, u64> = BTreeMap::new();
        for correction in self.by_file.values().flatten() {
            let is_of = |(path, sha256): (&str, &str)| {
                correction.file == name_of(path) || correction.sha256 == sha256
            };
            if !files.clone().any(is_of) {
                *none.entry(&correction.file).or_insert(0) += 1;
            }
        }
        none.into_iter().collect()
    }

    /// Those of a file, by row: of its name, or of its hash under any name.
    pub(crate) fn of_file(&self, path: &str, sha256: &str) -> Vec<&Correction> {
        let name = name_of(path);
        let mut list: Vec<&Correction> = self
            .by_file
            .values()
            .flatten()
            .filter(|correction| correction.file == name || correction.sha256 == sha256)
            .collect();
        list.sort_by_key(|correction| correction.row);
        list
    }

    /// Adds those of another file.
    ///
    /// # Errors
    /// A cell that both correct.
    pub fn extend(&mut self, other: Self) -> Result<(), CorrectionsError> {
        for (file, list) in other.by_file {
            let of_file = self.by_file.entry(file).or_default();
            for correction in list {
                let same = |known: &&Correction| {
                    known.row == correction.row
                        && known.sheet == correction.sheet
                        && normalised(&known.column) == normalised(&correction.column)
                };
                if of_file.iter().find(same).is_some() {
                    return Err(CorrectionsError::Twice(correction.row));
                }
                of_file.push(correction);
            }
            of_file.sort_by_key(|correction| correction.row);
        }
        Ok(())
    }
}

/// The name of a file without its folders.
pub fn name_of(path: &str) -> &str {
    path.rsplit(['/', '\\']).next().unwrap_or(path)
}

#[cfg(test)]
mod tests {
    use ethos_model::finding::MaskedValue;

    use super::seal::written_mark;
    use super::*;
    use crate::laid::field;
    use crate::layout;
    use crate::row_mark::RowMark;

    const HEAD: &str = "bestand;sha256;rij;kolom;oud;nieuw;bewerking;wie;wanneer;waarom\n";

    fn mark(cell: &str) -> RowMark {
        RowMark::of(std::iter::once(("bsn", MaskedValue::of(cell))))
    }

    fn read(rows: &str) -> Result<Corrections, CorrectionsError> {
        Corrections::read(format!("\u{feff}{HEAD}{rows}").as_bytes())
    }

    fn came(row: &str, column: &str, cell: &str) -> Result<String, &'static str> {
        let corrections = read(&format!("a.csv;00;2;{column};{row};Jo;2026-01-31;bron\n")).unwrap();
        let layout = layout::find("monitor-dakloosheid/2025", None).unwrap();
        let at = layout.fields.iter().position(|field| field.name == column);
        let field = field(&layout, None, at.unwrap());
        match corrections.of_file("map/a.csv", "")[0].at(cell, field, "00", || mark("x")) {
            Came::New(new) => Ok(new),
            Came::Changed => Err("changed"),
            Came::Unproven(_, en) | Came::Unusable(_, en) => Err(en),
        }
    }

    #[test]
    fn a_correction_holds_for_the_value_it_names() {
        assert_eq!(
            came("363;0518;", "gemeentecode", "0363").as_deref(),
            Ok("0518")
        );
        assert_eq!(
            came("0363;518;", "gemeentecode", "0363").as_deref(),
            Ok("0518")
        );
        assert_eq!(came("0363;0518;", "gemeentecode", "0344"), Err("changed"));
        assert_eq!(
            came("******31;31-12-2024;", "startdatum", "20241331").as_deref(),
            Ok("20241231")
        );
        assert_eq!(
            came("******72;*******72;voorloopnul", "bsn", "12345672").as_deref(),
            Ok("012345672")
        );
        assert_eq!(
            came("*******82;;leeg", "bsn", "123456782").as_deref(),
            Ok("")
        );
    }

    #[test]
    fn no_identifier_is_taken_from_the_file() {
        let refused = |row, column, cell| came(row, column, cell).unwrap_err();
        assert!(refused("*******82;123456782;", "bsn", "123456782").contains("identifier"));
        assert!(refused("19;123456782;", "reden_einde", "19").contains("identifier"));
        assert!(refused("******72;;opmaak", "bsn", "12345672").contains("does not fit"));
        assert!(refused("*******82;*******83;leeg", "bsn", "123456782").contains("another"));
    }

    #[test]
    fn a_correction_is_made_in_the_file_or_the_row_it_is_of() {
        let head = "bestand;sha256;rij;kolom;oud;nieuw;bewerking;wie;wanneer;waarom;rijmerk\n";
        let cell = "0363";
        let made = |sha256: &str, written: &str| {
            let row = format!("a.csv;{sha256};2;gemeentecode;0363;0518;;Jo;20260131;x;{written}\n");
            let corrections = Corrections::read(format!("{head}{row}").as_bytes()).unwrap();
            let layout = layout::find("monitor-dakloosheid/2025", None).unwrap();
            let fields = layout.fields.iter();
            let at = fields
                .map(|f| f.name.as_str())
                .position(|name| name == "gemeentecode");
            let field = field(&layout, None, at.unwrap());
            // The hash finds a file that was called otherwise since.
            let list = corrections.of_file("b.csv", "00");
            let list = if list.is_empty() {
                corrections.of_file("a.csv", "00")
            } else {
                list
            };
            match list[0].at(cell, field, "00", || mark("123456782")) {
                Came::New(_) => "made",
                Came::Unproven(_, en) => en,
                _ => "not",
            }
        };
        let here = written_mark(mark("123456782"));
        assert_eq!(made("00", ""), "made");
        assert_eq!(made("", &here), "made");
        assert_eq!(made("ff", &here.to_uppercase()), "made");
        // Even a value that is shown whole stands in many rows.
        assert!(made("", "").contains("does not say which file"));
        assert!(made("ff", "").contains("does not say which file"));
        let other = written_mark(mark("123456783"));
        assert!(made("ff", &other).contains("another than the one"));
    }

    #[test]
    fn a_file_that_is_wrong_is_refused_as_a_whole() {
        for (rows, says) in [
            ("a.csv;;x;bsn;;;;Jo;2026-01-31;x\n", "`rij`"),
            ("a.csv;;2;bsn;;;;;2026-01-31;x\n", "`wie` is blank"),
            ("a.csv;;2;bsn;;;;Jo;gisteren;x\n", "`wanneer`"),
            (
                "a.csv;;2;bsn;;;123456782;Jo;2026-01-31;x\n",
                "no step `*******82`",
            ),
            (";;2;bsn;;;;Jo;2026-01-31;x\n", "names no file"),
            (
                "a.csv;;2;bsn;;;leeg;Jo;2026-01-31;x\na.csv;;2;BSN;;;leeg;Jo;2026-01-31;x\n",
                "same cell as row 2",
            ),
        ] {
            let error = read(rows).unwrap_err().to_string();
            assert!(error.contains(says), "{error}");
            assert!(!error.contains("123456782"), "{error}");
        }
        let error = Corrections::read("a;b\n1;2\n".as_bytes()).unwrap_err();
        assert!(error.to_string().contains("`bestand`"), "{error}");
    }

    #[test]
    fn what_is_written_is_read_again() {
        let corrections = read("a.csv;;2;bsn;*******82;;leeg;Jo;2026-01-31;=x\n").unwrap();
        let change = FileChange {
            what: "codering",
            old: "Windows-1252".into(),
            new: "UTF-8".into(),
            why: "x".into(),
            rule: String::new(),
            cell: None,
        };
        let mut bytes = Vec::new();
        let who = ("ethos", Day::parse("2026-01-31").unwrap());
        let list = corrections.of_file("a.csv", "");
        write_corrections("a.csv", "00", who, &[change], list, &mut bytes).unwrap();
        assert!(String::from_utf8_lossy(&bytes).contains("'=x"));
        let again = Corrections::read(bytes.as_slice()).unwrap();
        assert_eq!(again.of_file("a.csv", ""), corrections.of_file("a.csv", ""));
    }
}

//! The receipt ("bewijs van controle"): proof that a file was checked by these rules with this outcome,
//! without anything personal. Whoever receives the file verifies it with one command.

use std::collections::BTreeMap;
use std::fmt::Write;

use ethos_ingest::rules::Scope;
use ethos_ingest::{CheckReport, FileReport, RuleBook};
use ethos_model::finding::RuleCode;
use serde::{Deserialize, Serialize};

use crate::verdict::verdict_key;

/// Version of the form.
pub const RECEIPT_SCHEMA: &str = "ethos-receipt/1";

/// What was checked, by what, with which outcome.
#[derive(Clone, PartialEq, Eq, Debug, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Receipt {
    /// [`RECEIPT_SCHEMA`].
    pub schema: String,
    /// Version of the program.
    pub program: String,
    /// Mark of the rules: the same rules have the same one.
    pub rules: String,
    /// The files.
    pub files: Vec<CheckedFile>,
}

/// A file on a receipt.
#[derive(Clone, PartialEq, Eq, Debug, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct CheckedFile {
    /// Its name, without folders.
    pub name: String,
    /// SHA-256 of its bytes.
    pub sha256: String,
    /// The layout it was read by.
    pub layout: Option<String>,
    /// The verdict.
    pub verdict: String,
    /// Rows by what became of them.
    pub rows: BTreeMap<String, u64>,
    /// Cells that corrections by hand changed while it was read.
    #[serde(default, skip_serializing_if = "is_none")]
    pub corrected: u64,
    /// Findings by rule.
    pub findings: BTreeMap<RuleCode, u64>,
}

#[allow(clippy::trivially_copy_pass_by_ref, reason = "serde hands a reference")]
fn is_none(count: &u64) -> bool {
    *count == 0
}

impl Difference {
    /// Whether the receipt may hold all the same: it is worth knowing, and no outcome is another for it.
    pub fn is_aside(&self) -> bool {
        matches!(self, Self::Program { .. } | Self::Renamed { .. })
    }

    /// Whether it may be why an outcome is another.
    pub fn is_cause(&self) -> bool {
        matches!(
            self,
            Self::Rules
                | Self::Program { .. }
                | Self::Renamed { .. }
                | Self::Corrections { .. }
                // Files are held against each other too.
                | Self::Missing(_)
                | Self::Extra(_)
                | Self::Content(_)
        )
    }
}

/// A difference between a receipt and the files it is held against.
#[derive(Clone, PartialEq, Eq, Debug)]
pub enum Difference {
    /// The receipt is of rules that differ in text, severity or condition.
    Rules,
    /// The receipt is of another version of the program.
    Program {
        /// The version on the receipt.
        receipt: String,
    },
    /// A file on the receipt was not given.
    Missing(String),
    /// A file was given that is not on the receipt.
    Extra(String),
    /// The file's bytes are not those that were checked.
    Content(String),
    /// The bytes are the same and the name is not: what a file is of, its name tells too.
    Renamed {
        /// The name on the receipt.
        receipt: String,
        /// The name now.
        now: String,
    },
    /// Corrections by hand were made in it then, and not as many now.
    Corrections {
        /// The file.
        name: String,
        /// Cells that were corrected, by the receipt.
        receipt: u64,
        /// Cells that are now.
        now: u64,
    },
    /// The bytes are the same and the outcome is not.
    Outcome {
        /// The file.
        name: String,
        /// What differs.
        what: String,
    },
}

impl Receipt {
    /// The receipt of a check. What only a comparison with the previous delivery shows is not on it: who
    /// verifies it has the files and not those of last year. Nor is a file in whose place another of them comes:
    /// that is not sent.
    pub fn of(report: &CheckReport, book: &RuleBook) -> Self {
        Self {
            schema: RECEIPT_SCHEMA.to_owned(),
            program: env!("CARGO_PKG_VERSION").to_owned(),
            rules: rules_mark(book),
            files: report
                .files
                .iter()
                .filter(|file| !file.is_given_way())
                .map(|file| {
                    checked(&file.without(|finding| {
                        book.find(finding.code.as_str())
                            .is_some_and(|rule| rule.scope == Scope::Previous)
                    }))
                })
                .collect(),
        }
    }

    /// What differs between this receipt and a check of the files as they are now. Nothing, when the
    /// receipt holds. Files are told by their content, then by their name.
    pub fn differences(&self, now: &Self) -> Vec<Difference> {
        let mut list = Vec::new();
        if self.program != now.program {
            list.push(Difference::Program {
                receipt: self.program.clone(),
            });
        }
        if self.rules != now.rules {
            list.push(Difference::Rules);
        }
        let mut left: Vec<&CheckedFile> = now.files.iter().collect();
        for old in &self.files {
            let same = left
                .iter()
                .position(|file| file.sha256 == old.sha256 && file.name == old.name)
                .or_else(|| left.iter().position(|file| file.sha256 == old.sha256))
                .or_else(|| left.iter().position(|file| file.name == old.name));
            let Some(new) = same.map(|at| left.remove(at)) else {
                list.push(Difference::Missing(old.name.clone()));
                continue;
            };
            if new.sha256 != old.sha256 {
                list.push(Difference::Content(old.name.clone()));
                continue;
            }
            if new.name != old.name {
                list.push(Difference::Renamed {
                    receipt: old.name.clone(),
                    now: new.name.clone(),
                });
            }
            if new.corrected != old.corrected {
                list.push(Difference::Corrections {
                    name: new.name.clone(),
                    receipt: old.corrected,
                    now: new.corrected,
                });
            }
            let what = [
                ("layout", new.layout == old.layout),
                ("verdict", new.verdict == old.verdict),
                ("rows", new.rows == old.rows),
                ("findings", new.findings == old.findings),
            ];
            for (what, equal) in what {
                if !equal {
                    list.push(Difference::Outcome {
                        name: new.name.clone(),
                        what: what.to_owned(),
                    });
                }
            }
        }
        list.extend(
            left.into_iter()
                .map(|file| Difference::Extra(file.name.clone())),
        );
        list
    }
}

fn checked(file: &FileReport) -> CheckedFile {
    let tally = &file.tally;
    let rows = [
        ("accepted", tally.accepted),
        ("rejected", tally.rejected),
        ("out of scope", tally.out_of_scope),
        ("duplicate", tally.duplicate),
        ("superseded", tally.superseded),
        ("set aside", tally.set_aside),
    ];
    // A folder's name may be somebody's; the file's is what both sides know it by.
    let name = file.file.rsplit(['/', '\\']).next().unwrap_or(&file.file);
    CheckedFile {
        name: name.to_owned(),
        sha256: file.sha256.clone(),
        layout: file.layout.clone(),
        verdict: verdict_key(file.verdict).to_owned(),
        rows: rows
            .into_iter()
            .map(|(name, count)| (name.to_owned(), count))
            .collect(),
        corrected: file.corrected.applied,
        findings: file.counts.clone(),
    }
}

/// SHA-256 of every rule as it is applied, shortened to 16 digits: for telling rule books apart, not for
/// security.
fn rules_mark(book: &RuleBook) -> String {
    let mut text = String::new();
    for rule in book.rules() {
        // `Debug` writes every field, so that a rule with any difference is another rule; the file it was
        // read from is not part of it.
        let mut rule = rule.clone();
        rule.file.clear();
        let _ = writeln!(text, "{rule:?}");
    }
    let mut mark = ethos_table::hash::sha256_bytes(text.as_bytes());
    mark.truncate(16);
    mark
}

#[cfg(test)]
mod tests {
    use super::*;

    fn receipt() -> Receipt {
        Receipt {
            schema: RECEIPT_SCHEMA.into(),
            program: "1".into(),
            rules: "a".into(),
            files: vec![CheckedFile {
                name: "GM0363_MD_2025.csv".into(),
                sha256: "00".into(),
                layout: None,
                verdict: "clean".into(),
                rows: BTreeMap::new(),
                corrected: 0,
                findings: BTreeMap::from([("BSN01".parse().unwrap(), 3)]),
            }],
        }
    }

    #[test]
    fn a_receipt_holds_for_the_file_it_was_made_of_and_no_other() {
        let old = receipt();
        assert_eq!(old.differences(&old), []);
        let mut new = receipt();
        new.files[0].sha256 = "01".into();
        assert_eq!(
            old.differences(&new),
            [Difference::Content("GM0363_MD_2025.csv".into())]
        );
        let mut new = receipt();
        new.files[0].findings.clear();
        new.rules = "b".into();
        assert_eq!(
            old.differences(&new),
            [
                Difference::Rules,
                Difference::Outcome {
                    name: "GM0363_MD_2025.csv".into(),
                    what: "findings".into()
                }
            ]
        );
        let mut new = receipt();
        // A renamed file is the same file.
        new.files[0].name = "levering.csv".into();
        let renamed = Difference::Renamed {
            receipt: "GM0363_MD_2025.csv".into(),
            now: "levering.csv".into(),
        };
        assert!(renamed.is_aside());
        assert_eq!(old.differences(&new), [renamed]);
        new.files[0].name = "GM0363_MD_2025.csv".into();
        new.files[0].corrected = 2;
        assert_eq!(
            new.differences(&old),
            [Difference::Corrections {
                name: "GM0363_MD_2025.csv".into(),
                receipt: 2,
                now: 0
            }]
        );
        new.files.clear();
        assert_eq!(
            old.differences(&new),
            [Difference::Missing("GM0363_MD_2025.csv".into())]
        );
        assert_eq!(
            new.differences(&old),
            [Difference::Extra("GM0363_MD_2025.csv".into())]
        );
    }

    #[test]
    fn a_receipt_is_read_back_as_it_was_written() {
        let text = serde_json::to_string(&receipt()).unwrap();
        assert_eq!(serde_json::from_str::<Receipt>(&text).unwrap(), receipt());
        // One without corrections says nothing of them, as those made before did.
        assert!(!text.contains("corrected"), "{text}");
    }
}

//! Findings: what is wrong in a sender's file, said to the person who can mend it.

mod code;
mod fingerprint;
mod shared;
mod suggestion;

use std::fmt;

use serde::{Deserialize, Serialize};

use crate::category::Language;

pub use code::{NoRuleCode, RuleCode};
pub use fingerprint::Fingerprint;
pub use shared::Shared;
pub use suggestion::Suggestion;

/// How bad a finding is. The order is from mild to grave.
#[derive(Copy, Clone, PartialEq, Eq, PartialOrd, Ord, Hash, Debug, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum Severity {
    /// Worth knowing; nothing to do.
    Note,
    /// Probably wrong; the row is used as it stands.
    Warning,
    /// Wrong; the row is rejected or the field is emptied.
    Error,
    /// The file as a whole cannot be used.
    Blocking,
}

impl Severity {
    /// Stable key, as in `--fail-on`.
    pub fn key(self) -> &'static str {
        match self {
            Self::Note => "note",
            Self::Warning => "warning",
            Self::Error => "error",
            Self::Blocking => "blocking",
        }
    }

    /// Name in the given language.
    pub fn name(self, language: Language) -> &'static str {
        match self {
            Self::Note => language.pick("opmerking", "note"),
            Self::Warning => language.pick("waarschuwing", "warning"),
            Self::Error => language.pick("fout", "error"),
            Self::Blocking => language.pick("blokkerend", "blocking"),
        }
    }
}

/// A cell's value with everything but its last two characters hidden.
///
/// ```
/// use ethos_model::finding::MaskedValue;
/// assert_eq!(MaskedValue::of("123456782").to_string(), "*******82");
/// assert_eq!(MaskedValue::of("82").to_string(), "**");
/// ```
#[derive(Clone, PartialEq, Eq, PartialOrd, Ord, Debug, Default, Serialize)]
#[serde(transparent)]
pub struct MaskedValue(String);

impl MaskedValue {
    /// Masks a value: the last two characters stay unless the value is shorter than four.
    /// Control characters become `?`, and at most 24 characters are kept.
    pub fn of(value: &str) -> Self {
        let count = value.chars().count();
        let visible = if count < 4 { 0 } else { 2 };
        let hidden = (count - visible).min(22);
        let tail = value
            .chars()
            .skip(count - visible)
            .map(|c| if c.is_control() { '?' } else { c });
        Self("*".repeat(hidden).chars().chain(tail).collect())
    }

    /// A value that tells nothing of a person (a municipality or product code, a column name,
    /// a number of cells) may be shown whole.
    pub fn open(value: &str) -> Self {
        Self(
            value
                .chars()
                .map(|c| if c.is_control() { '?' } else { c })
                .take(60)
                .collect(),
        )
    }

    /// The masked text.
    pub fn as_str(&self) -> &str {
        &self.0
    }
}

impl fmt::Display for MaskedValue {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0)
    }
}

/// The same text in Dutch and English.
#[derive(Clone, PartialEq, Eq, PartialOrd, Ord, Debug, Default, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
#[derive(schemars::JsonSchema)]
pub struct Text {
    /// Dutch.
    pub nl: String,
    /// English.
    pub en: String,
}

impl Text {
    /// Both languages.
    pub fn new(nl: impl Into<String>, en: impl Into<String>) -> Self {
        Self {
            nl: nl.into(),
            en: en.into(),
        }
    }

    /// The text in this language.
    pub fn in_language(&self, language: Language) -> &str {
        language.pick(&self.nl, &self.en)
    }
}

/// One finding: where, what, how bad, and how to mend it.
#[derive(Clone, PartialEq, Eq, Debug, Serialize)]
pub struct Finding {
    /// The rule.
    pub code: RuleCode,
    /// How bad it is.
    pub severity: Severity,
    /// The file as the user named it, relative to the study.
    pub file: Shared<str>,
    /// The sheet of a workbook; `None` for a file without sheets.
    pub sheet: Option<Shared<str>>,
    /// Line in the file as a spreadsheet numbers it: the header is 1. `None` for the whole file.
    pub row: Option<u64>,
    /// Column name, if one column is at fault.
    pub column: Option<Shared<str>>,
    /// Position of that column, 1 for the first: with `row` it gives the spreadsheet address.
    pub column_number: Option<u32>,
    /// The value, masked.
    pub value: MaskedValue,
    /// What is wrong.
    pub message: Shared<Text>,
    /// How to mend it.
    pub fix: Shared<Text>,
    /// What to write in the cell, where that is known.
    pub suggestion: Option<Suggestion>,
    /// Mark by which the finding is known again in a later version of the file.
    pub fingerprint: Fingerprint,
    /// For one that stands for findings that are not listed one by one, how many those are; else 0.
    #[serde(skip_serializing_if = "is_none")]
    pub more: u64,
}

#[allow(clippy::trivially_copy_pass_by_ref, reason = "serde passes fields so")]
fn is_none(more: &u64) -> bool {
    *more == 0
}

impl Finding {
    /// A finding on a file as a whole, without words: its other parts are filled in.
    pub fn new(code: RuleCode, severity: Severity, file: impl Into<Shared<str>>) -> Self {
        Self {
            code,
            severity,
            file: file.into(),
            sheet: None,
            row: None,
            column: None,
            column_number: None,
            value: MaskedValue::default(),
            message: Shared::default(),
            fix: Shared::default(),
            suggestion: None,
            fingerprint: Fingerprint::default(),
            more: 0,
        }
    }

    /// How many findings it stands for.
    pub fn count(&self) -> u64 {
        self.more.max(1)
    }

    /// The cell's address in a spreadsheet, such as `C17`.
    ///
    /// ```
    /// use ethos_model::finding::{Finding, Severity};
    /// let mut finding = Finding::new("BSN01".parse().unwrap(), Severity::Error, "a.csv");
    /// assert_eq!(finding.address(), None);
    /// finding.row = Some(17);
    /// finding.column_number = Some(28);
    /// assert_eq!(finding.address().as_deref(), Some("AB17"));
    /// ```
    pub fn address(&self) -> Option<String> {
        let letters = column_letters(self.column_number?);
        Some(format!("{letters}{}", self.row?))
    }
}

/// The letters a spreadsheet gives a column, 1 for `A`.
pub fn column_letters(number: u32) -> String {
    let mut number = number;
    let mut letters = Vec::new();
    while number > 0 {
        number -= 1;
        letters.push(char::from(b'A' + (number % 26) as u8));
        number /= 26;
    }
    letters.into_iter().rev().collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn masks_keep_two_characters_of_long_values_only() {
        assert_eq!(MaskedValue::of("").as_str(), "");
        assert_eq!(MaskedValue::of("123").as_str(), "***");
        assert_eq!(MaskedValue::of("1234").as_str(), "**34");
        assert_eq!(MaskedValue::of(&"9".repeat(500)).as_str().len(), 24);
        assert_eq!(MaskedValue::of("abc\u{7}x").as_str(), "***?x");
    }

    #[test]
    fn a_finding_is_known_again_wherever_its_row_went() {
        let mut finding = Finding::new("BSN01".parse().unwrap(), Severity::Error, "a.csv");
        finding.value = MaskedValue::of("123456783");
        let first = Fingerprint::of(&finding, 1);
        assert_ne!(first, Fingerprint::of(&finding, 2));
        finding.file = "b.csv".into();
        finding.row = Some(12);
        assert_eq!(first, Fingerprint::of(&finding, 1));
        assert_eq!(first.to_string(), FIRST_MARK);
        finding.column = Some("bsn".into());
        assert_ne!(first, Fingerprint::of(&finding, 1));
    }

    /// Marks are kept in files beside the data: they may never change.
    const FIRST_MARK: &str = "0b90876bc493d5d0";
}

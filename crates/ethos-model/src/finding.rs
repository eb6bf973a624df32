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

/// A cell's value with everything but its last two characters hidden; all of a short one, and of a
/// date that ends with its year.
///
/// ```
/// use ethos_model::finding::MaskedValue;
/// assert_eq!(MaskedValue::of("123456782").to_string(), "*******82");
/// assert_eq!(MaskedValue::of("82").to_string(), "**");
/// assert_eq!(MaskedValue::of("1985").to_string(), "****");
/// ```
#[derive(Clone, PartialEq, Eq, PartialOrd, Ord, Debug, Default, Serialize)]
#[serde(transparent)]
pub struct MaskedValue(String);

impl MaskedValue {
    /// Masks a value: the last two characters stay, unless it has fewer than six beside blanks or
    /// ends with the year of a date. Control characters become `?`, and at most 24 characters are kept.
    pub fn of(value: &str) -> Self {
        let count = value.chars().count();
        let seen = value.chars().filter(|c| !c.is_whitespace()).count();
        // Two characters are most of a short value: of initials, of a year, of half a postcode.
        let visible = if seen < 6 || ends_with_year(value) {
            0
        } else {
            2
        };
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

/// Whether a value may be a date that ends with its year, of which two digits tell somebody's age:
/// `3-2-1985`, `03/02/85`, `03021985`. Its length and last seven characters decide.
fn ends_with_year(value: &str) -> bool {
    let bytes = value.as_bytes();
    let digits = bytes.iter().rev().take_while(|b| b.is_ascii_digit());
    let before = || -> bool {
        let end = bytes.len() - digits.clone().count();
        let day = end.checked_sub(2).map(|at| &bytes[at..end]);
        matches!(day, Some([b'0'..=b'9', b'-' | b'/' | b'.' | b' ']))
    };
    match (digits.clone().count(), bytes.len()) {
        (4, ..=10) | (2, ..=8) => before(),
        (7.., 8) => matches!(&bytes[4..], [b'1', b'9', ..] | [b'2', b'0', ..]),
        _ => false,
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
        assert_eq!(MaskedValue::of("12345").as_str(), "*****");
        assert_eq!(MaskedValue::of("Q    Z").as_str(), "******");
        assert_eq!(MaskedValue::of("123456").as_str(), "****56");
        assert_eq!(MaskedValue::of(&"9".repeat(500)).as_str().len(), 24);
        assert_eq!(MaskedValue::of("abcd\u{7}x").as_str(), "****?x");
    }

    #[test]
    fn no_year_of_birth_stays() {
        for date in [
            "1985",
            "3-2-1985",
            "03-02-1985",
            "3/2/1985",
            "3.2.1985",
            "02-1985",
            "3-2-85",
            "03-02-85",
            "03021985",
            "23122004",
        ] {
            let masked = MaskedValue::of(date);
            assert_eq!(masked.as_str(), "*".repeat(date.len()), "{date}");
        }
        for (other, masked) in [
            ("1985-02-03", "********03"),
            ("19850203", "******03"),
            ("123456782", "*******82"),
            ("1234.56.782", "*********82"),
            ("kamer 12b", "*******2b"),
        ] {
            assert_eq!(MaskedValue::of(other).as_str(), masked);
        }
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

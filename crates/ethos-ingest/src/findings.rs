//! Findings of one file as they are made: kept in detail up to a limit per rule, counted
//! beyond it, and said so.

use std::collections::BTreeMap;

use ethos_model::finding::{Finding, MaskedValue, Severity, Text};

use crate::rules::{self, Detail, Place};

/// Findings of each rule that are kept in detail per file when nothing else is asked.
pub const DEFAULT_LIMIT: usize = 10_000;

/// How many findings of each rule a file has: rule code to number.
pub type FindingCounts = BTreeMap<&'static str, u64>;

/// The findings of one file.
pub(crate) struct Findings {
    file: String,
    limit: u64,
    list: Vec<Finding>,
    counts: FindingCounts,
}

impl Findings {
    pub(crate) fn new(file: &str, limit: usize) -> Self {
        Self {
            file: file.to_owned(),
            limit: limit as u64,
            list: Vec::new(),
            counts: BTreeMap::new(),
        }
    }

    /// Counts a finding and, below the limit, keeps what `describe` says of it.
    pub(crate) fn add<'a>(
        &mut self,
        code: &'static str,
        describe: impl FnOnce() -> (Place<'a>, Detail),
    ) {
        let count = self.counts.entry(code).or_insert(0);
        *count += 1;
        if *count <= self.limit {
            let (place, detail) = describe();
            self.list
                .push(rules::known(code).finding(&self.file, &place, &detail));
        }
    }

    /// A finding on the file as a whole.
    pub(crate) fn add_to_file(&mut self, code: &'static str, detail: Detail) {
        self.add(code, || (Place::default(), detail));
    }

    /// Whether a finding of blocking severity was made.
    pub(crate) fn blocked(&self) -> bool {
        self.counts
            .keys()
            .any(|code| rules::known(code).severity == Severity::Blocking)
    }

    /// The findings by row, column and code, those on the whole file first, and a last one for
    /// each rule whose further findings were only counted.
    pub(crate) fn finish(mut self) -> (Vec<Finding>, FindingCounts) {
        self.list
            .sort_by_key(|finding| (finding.row, finding.column_number, finding.code));
        for (&code, &count) in &self.counts {
            if count > self.limit {
                let rule = rules::known(code);
                let more = count - self.limit;
                let mut finding = rule.finding(&self.file, &Place::default(), &Detail::default());
                finding.message = Text::new(
                    format!("Nog {more} bevindingen van deze soort, niet afzonderlijk genoemd."),
                    format!("{more} more findings of this kind, not listed one by one."),
                );
                finding.value = MaskedValue::default();
                self.list.push(finding);
            }
        }
        (self.list, self.counts)
    }
}

/// A text that is no personal value as far as can be told: shown whole when it has fewer than
/// five digits and is short, else masked. A value in the wrong column may be somebody's number.
pub(crate) fn shown(text: &str) -> MaskedValue {
    let digits = text.chars().filter(char::is_ascii_digit).count();
    if digits < 5 && text.chars().count() <= 40 {
        MaskedValue::open(text)
    } else {
        MaskedValue::of(text)
    }
}

/// A code of a few characters, shown whole; anything longer is masked.
pub(crate) fn shown_code(cell: &[u8]) -> MaskedValue {
    let text = String::from_utf8_lossy(cell);
    if text.chars().count() <= 6 {
        shown(&text)
    } else {
        MaskedValue::of(&text)
    }
}

/// A personal value, masked.
pub(crate) fn masked(cell: &[u8]) -> MaskedValue {
    MaskedValue::of(&String::from_utf8_lossy(cell))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_is_not_listed_is_said() {
        let mut findings = Findings::new("a.csv", 2);
        for row in (2..7).rev() {
            findings.add("BSN01", || {
                let place = Place {
                    row: Some(row),
                    ..Place::default()
                };
                (place, Detail::default())
            });
        }
        assert!(!findings.blocked());
        let (list, counts) = findings.finish();
        assert_eq!(counts["BSN01"], 5);
        assert_eq!(list.len(), 3);
        assert_eq!(
            [list[0].row, list[1].row, list[2].row],
            [Some(5), Some(6), None]
        );
        assert!(list[2].message.en.starts_with("3 more"));
    }

    #[test]
    fn long_or_numeric_text_is_never_shown() {
        assert_eq!(shown_code(b"GM0363").as_str(), "GM0363");
        assert_eq!(shown_code(b"1999").as_str(), "1999");
        assert!(!shown_code(b"123456782").as_str().contains("12345"));
        assert!(!shown_code(b"19840").as_str().contains("198"));
        assert!(!shown_code(b"Janssen").as_str().contains("Jan"));
    }
}

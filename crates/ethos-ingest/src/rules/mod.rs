//! The rule book: every code a finding can carry, with its severity and its words in Dutch and
//! English. `ethos check` and the documentation list it from here.

mod table;

use ethos_model::category::Language;
use ethos_model::finding::{Finding, MaskedValue, Severity, Text};

/// A rule: what is looked for, how bad it is, what a finding says and how it is mended.
///
/// Texts are `[Dutch, English]`; `{}` stands for a detail of the finding (a row number, a
/// column name, a date of the file, known codes), never for a personal value.
#[derive(Copy, Clone, PartialEq, Eq, Debug)]
pub struct Rule {
    /// Stable code: three letters for the subject and two digits.
    pub code: &'static str,
    /// Severity of every finding of this rule.
    pub severity: Severity,
    title: [&'static str; 2],
    message: [&'static str; 2],
    fix: [&'static str; 2],
}

impl Rule {
    /// Title.
    pub fn title(&self, language: Language) -> &'static str {
        language.pick(self.title[0], self.title[1])
    }

    /// What a finding says, with `{}` for its detail.
    pub fn message(&self, language: Language) -> &'static str {
        language.pick(self.message[0], self.message[1])
    }

    /// How it is mended, with `{}` for a second detail.
    pub fn fix(&self, language: Language) -> &'static str {
        language.pick(self.fix[0], self.fix[1])
    }

    /// A finding of this rule. The first detail goes into the message, the second into the fix.
    pub(crate) fn finding(&self, file: &str, place: &Place<'_>, detail: &Detail) -> Finding {
        let fill = |template: [&str; 2], detail: &Text| {
            Text::new(
                template[0].replace("{}", &detail.nl),
                template[1].replace("{}", &detail.en),
            )
        };
        Finding {
            code: self.code,
            severity: self.severity,
            file: file.to_owned(),
            row: place.row,
            column: place
                .column
                .and_then(|(name, _)| (!name.is_empty()).then(|| name.to_owned())),
            column_number: place.column.map(|(_, number)| number),
            value: place.value.clone(),
            message: fill(self.message, &detail.message),
            fix: fill(self.fix, &detail.fix),
        }
    }
}

/// Where in a file a finding is, and the value there.
#[derive(Clone, Default)]
pub(crate) struct Place<'a> {
    pub(crate) row: Option<u64>,
    /// Name in the layout (blank for a column it does not know) and number, 1 for the first.
    pub(crate) column: Option<(&'a str, u32)>,
    pub(crate) value: MaskedValue,
}

/// What fills the `{}` of a rule's texts.
#[derive(Clone, Default)]
pub(crate) struct Detail {
    pub(crate) message: Text,
    pub(crate) fix: Text,
}

impl Detail {
    /// The same words in both languages for the message.
    pub(crate) fn of(text: impl Into<String>) -> Self {
        let text = text.into();
        Self {
            message: Text::new(text.clone(), text),
            fix: Text::default(),
        }
    }

    /// Words of each language for the message.
    pub(crate) fn text(nl: impl Into<String>, en: impl Into<String>) -> Self {
        Self {
            message: Text::new(nl, en),
            fix: Text::default(),
        }
    }

    /// Adds the same words in both languages for the fix.
    #[must_use]
    pub(crate) fn mended(mut self, text: impl Into<String>) -> Self {
        let text = text.into();
        self.fix = Text::new(text.clone(), text);
        self
    }
}

/// Every rule, by subject and number.
pub fn all() -> &'static [Rule] {
    table::RULES
}

/// The rule with this code, in any case.
///
/// ```
/// use ethos_ingest::rules;
/// use ethos_model::finding::Severity;
/// assert_eq!(rules::find("bsn01").unwrap().severity, Severity::Error);
/// assert!(rules::find("BSN99").is_none());
/// ```
pub fn find(code: &str) -> Option<&'static Rule> {
    all()
        .iter()
        .find(|rule| rule.code.eq_ignore_ascii_case(code))
}

/// The rule of a code that this crate names itself.
pub(crate) fn known(code: &'static str) -> &'static Rule {
    find(code).unwrap_or(&table::RULES[0])
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn codes_are_unique_and_texts_are_there_in_both_languages() {
        for (at, rule) in all().iter().enumerate() {
            assert!(all()[..at].iter().all(|other| other.code != rule.code));
            assert_eq!(rule.code.len(), 5, "{}", rule.code);
            assert!(rule.code[..3].chars().all(|c| c.is_ascii_uppercase()));
            assert!(rule.code[3..].chars().all(|c| c.is_ascii_digit()));
            for texts in [rule.title, rule.message, rule.fix] {
                assert!(texts.iter().all(|text| !text.is_empty()), "{}", rule.code);
                assert_ne!(texts[0], texts[1], "{}", rule.code);
                assert_eq!(
                    texts[0].matches("{}").count(),
                    texts[1].matches("{}").count(),
                    "{}",
                    rule.code
                );
            }
        }
    }

    #[test]
    fn details_fill_message_and_fix() {
        let detail = Detail::of("2026-01-01").mended("GM0363");
        let finding = known("GEM02").finding("a.csv", &Place::default(), &detail);
        assert!(finding.message.nl.contains("2026-01-01"));
        assert!(finding.fix.en.contains("GM0363"));
        assert!(!finding.message.en.contains("{}"));
    }
}

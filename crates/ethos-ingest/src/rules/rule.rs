//! A rule: what is looked for, how bad it is, what a finding says and how it is mended.

use ethos_model::category::Language;
use ethos_model::date::Day;
use ethos_model::finding::{Finding, MaskedValue, RuleCode, Severity, Suggestion, Text};
use ethos_model::layout::{Layout, LayoutKind};

use super::observation::{Observation, Place as Points};

/// A rule.
///
/// In its message and fix, `{}` stands for a detail of the finding (a row number, a column
/// name, a date of the file, known codes), never for a personal value.
#[derive(Clone, Debug)]
pub struct Rule {
    /// Stable code: three letters for the subject and two digits.
    pub code: RuleCode,
    /// Severity of every finding of this rule.
    pub severity: Severity,
    /// What is looked at.
    pub scope: Scope,
    /// What the reader sees, that this rule tells.
    pub observes: Observation,
    /// Layouts it applies to: kinds, ids, or names without version. Blank for all.
    pub applies: Vec<String>,
    /// First day on which files are made that it applies to.
    pub valid_from: Option<Day>,
    /// First day on which they no longer are.
    pub valid_until: Option<Day>,
    /// Title.
    pub title: Text,
    /// What a finding says.
    pub message: Text,
    /// Why it matters.
    pub why: Text,
    /// How it is mended.
    pub fix: Text,
    /// Where the rule comes from.
    pub source: String,
    /// The file of rules it was read from.
    pub file: String,
}

/// What a rule looks at.
#[derive(
    Copy, Clone, PartialEq, Eq, PartialOrd, Ord, Debug, serde::Deserialize, serde::Serialize,
)]
#[serde(rename_all = "lowercase")]
pub enum Scope {
    /// The file as a whole.
    File,
    /// One row.
    Row,
}

impl Scope {
    /// What an observation is about.
    pub(super) fn of(seen: Observation) -> Self {
        match seen.place() {
            Points::File | Points::Column => Self::File,
            Points::Row | Points::Cell => Self::Row,
        }
    }

    /// Its name.
    pub fn name(self, language: Language) -> &'static str {
        match self {
            Self::File => language.pick("bestand", "file"),
            Self::Row => language.pick("rij", "row"),
        }
    }
}

impl Rule {
    /// Title.
    pub fn title(&self, language: Language) -> &str {
        self.title.in_language(language)
    }

    /// What a finding says, with `{}` for its detail.
    pub fn message(&self, language: Language) -> &str {
        self.message.in_language(language)
    }

    /// How it is mended, with `{}` for a second detail.
    pub fn fix(&self, language: Language) -> &str {
        self.fix.in_language(language)
    }

    /// Whether the rule is for files of this layout made on this day. A rule for certain
    /// layouts is for no file whose layout is not known; a file whose day is not known is
    /// judged by the rules in force last.
    pub(crate) fn is_for(&self, layout: Option<&Layout>, day: Option<Day>) -> bool {
        let here = self.applies.is_empty()
            || layout.is_some_and(|layout| self.applies.iter().any(|name| fits(name, layout)));
        let day = day.unwrap_or(Day(i32::MAX));
        let from = self.valid_from.is_none_or(|from| from <= day);
        let until = self.valid_until.is_none_or(|until| day < until);
        here && from && until
    }

    /// A finding of this rule. The first detail goes into the message, the second into the fix.
    pub(crate) fn finding(&self, file: &str, place: &Place<'_>, detail: &Detail) -> Finding {
        let fill = |template: &Text, detail: &Text| {
            Text::new(
                template.nl.replace("{}", &detail.nl),
                template.en.replace("{}", &detail.en),
            )
        };
        Finding {
            row: place.row,
            column: place
                .column
                .and_then(|(name, _)| (!name.is_empty()).then(|| name.to_owned())),
            column_number: place.column.map(|(_, number)| number),
            value: place.value.clone(),
            message: fill(&self.message, &detail.message),
            fix: fill(&self.fix, &detail.fix),
            suggestion: detail.suggestion.clone(),
            ..Finding::new(self.code, self.severity, file)
        }
    }
}

/// Whether a name in `applies` means this layout.
fn fits(name: &str, layout: &Layout) -> bool {
    let kind = match layout.kind {
        LayoutKind::Spells => "spells",
        LayoutKind::CountDay => "count-day",
        LayoutKind::PersonRegister => "person-register",
    };
    let unversioned = layout.id.rsplit_once('/').map(|(name, _)| name);
    name == kind || name == layout.id || Some(name) == unversioned
}

/// Where in a file a finding is, and the value there.
#[derive(Clone, Default)]
pub(crate) struct Place<'a> {
    pub(crate) row: Option<u64>,
    /// Name in the layout (blank for a column it does not know) and number, 1 for the first.
    pub(crate) column: Option<(&'a str, u32)>,
    pub(crate) value: MaskedValue,
}

/// What fills the `{}` of a rule's texts, and what to write in the cell.
#[derive(Clone, Default)]
pub(crate) struct Detail {
    pub(crate) message: Text,
    pub(crate) fix: Text,
    pub(crate) suggestion: Option<Suggestion>,
}

impl Detail {
    /// The same words in both languages for the message.
    pub(crate) fn of(text: impl Into<String>) -> Self {
        let text = text.into();
        Self::text(text.clone(), text)
    }

    /// Words of each language for the message.
    pub(crate) fn text(nl: impl Into<String>, en: impl Into<String>) -> Self {
        Self {
            message: Text::new(nl, en),
            ..Self::default()
        }
    }

    /// Adds the same words in both languages for the fix.
    #[must_use]
    pub(crate) fn mended(mut self, text: impl Into<String>) -> Self {
        let text = text.into();
        self.fix = Text::new(text.clone(), text);
        self
    }

    /// Adds what to write in the cell.
    #[must_use]
    pub(crate) fn suggesting(mut self, suggestion: Option<Suggestion>) -> Self {
        self.suggestion = suggestion;
        self
    }
}

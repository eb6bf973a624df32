//! A rule: what is looked for, how bad it is, what a finding says and how it is mended.

use ethos_model::category::Language;
use ethos_model::date::Day;
use ethos_model::finding::{Finding, MaskedValue, RuleCode, Severity, Shared, Suggestion, Text};
use ethos_model::layout::{Layout, LayoutKind};
use serde::{Deserialize, Serialize};

use super::example::Example;
use super::observation::{Observation, Place as Points};

/// A rule.
///
/// In its message and fix, `{}` stands for a detail of the finding (a row number, a column
/// name, a date of the file, known codes, a number of days), never for a personal value.
#[derive(Clone, Debug)]
pub struct Rule {
    /// Stable code: three letters for the subject and two digits.
    pub code: RuleCode,
    /// Severity of every finding of this rule.
    pub severity: Severity,
    /// What is looked at.
    pub scope: Scope,
    /// What it finds.
    pub finds: Finds,
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
    /// What must and what must not be found.
    pub examples: Vec<Example>,
    /// The file of rules it was read from.
    pub file: String,
}

/// What a rule finds.
#[derive(Clone, Debug)]
pub enum Finds {
    /// What the reader itself sees.
    Observed(Observation),
    /// Where a condition holds.
    Condition {
        /// The condition, in the language of rules.
        find: String,
        /// The field a finding points at.
        at: Option<String>,
        /// What stands for `{}` in the message.
        shows: Option<String>,
        /// What the condition is asked of one by one.
        each: Option<Each>,
    },
}

/// What a rule that compares deliveries goes through, with `n` for the number of each.
#[derive(Copy, Clone, PartialEq, Eq, Debug, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum Each {
    /// Every category of either delivery.
    Category,
    /// Every product code.
    Product,
    /// Every month in which rows begin.
    Month,
}

/// What a rule looks at.
#[derive(Copy, Clone, PartialEq, Eq, PartialOrd, Ord, Debug, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum Scope {
    /// The file as a whole.
    File,
    /// One row.
    Row,
    /// The rows of one person in a file, by start.
    Person,
    /// Two files of one check.
    Files,
    /// A delivery beside the sender's previous one.
    Previous,
    /// A delivery beside those of other senders.
    Peers,
}

impl Scope {
    /// All of them.
    pub const ALL: [Self; 6] = [
        Self::File,
        Self::Row,
        Self::Person,
        Self::Files,
        Self::Previous,
        Self::Peers,
    ];

    /// What an observation is about.
    pub(super) fn of(seen: Observation) -> Self {
        match seen.place() {
            Points::File | Points::Column => Self::File,
            Points::Row | Points::Cell => Self::Row,
        }
    }

    /// As `scope` names it.
    pub fn key(self) -> &'static str {
        match self {
            Self::File => "file",
            Self::Row => "row",
            Self::Person => "person",
            Self::Files => "files",
            Self::Previous => "previous",
            Self::Peers => "peers",
        }
    }

    /// Its name.
    pub fn name(self, language: Language) -> &'static str {
        match self {
            Self::File => language.pick("bestand", "file"),
            Self::Row => language.pick("rij", "row"),
            Self::Person => language.pick("rijen van een persoon", "rows of a person"),
            Self::Files => language.pick("bestanden onderling", "between files"),
            Self::Previous => language.pick("vorige levering", "previous delivery"),
            Self::Peers => language.pick("andere afzenders", "other senders"),
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

    /// What the reader sees, if that is what it tells.
    pub fn observes(&self) -> Option<Observation> {
        match self.finds {
            Finds::Observed(seen) => Some(seen),
            Finds::Condition { .. } => None,
        }
    }

    /// Whether the rule is for files of this layout made on this day. A rule for certain
    /// layouts is for no file whose layout is not known; a file whose day is not known is
    /// judged by the rules in force last.
    pub(crate) fn is_for(&self, layout: Option<&Layout>, day: Option<Day>) -> bool {
        let id = layout.map(|layout| layout.id.as_str());
        self.is_for_kind(id, layout.map(|layout| layout.kind), day)
    }

    /// [`Self::is_for`] by a layout's id and kind.
    pub(super) fn is_for_kind(
        &self,
        id: Option<&str>,
        kind: Option<LayoutKind>,
        day: Option<Day>,
    ) -> bool {
        let here = self.applies.is_empty() || self.applies.iter().any(|name| fits(name, id, kind));
        let day = day.unwrap_or(Day(i32::MAX));
        let from = self.valid_from.is_none_or(|from| from <= day);
        let until = self.valid_until.is_none_or(|until| day < until);
        here && from && until
    }

    /// A finding of this rule. The first detail goes into the message, the second into the fix.
    pub(crate) fn finding(
        &self,
        file: impl Into<Shared<str>>,
        place: &Place<'_>,
        detail: &Detail,
    ) -> Finding {
        let fill = |template: &Text, detail: &Text| {
            Shared::from(Text::new(
                template.nl.replace("{}", &detail.nl),
                template.en.replace("{}", &detail.en),
            ))
        };
        Finding {
            row: place.row,
            column: place
                .column
                .and_then(|(name, _)| (!name.is_empty()).then(|| name.into())),
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
pub(super) fn fits(name: &str, id: Option<&str>, kind: Option<LayoutKind>) -> bool {
    let kind = kind.map(|kind| match kind {
        LayoutKind::Spells => "spells",
        LayoutKind::CountDay => "count-day",
        LayoutKind::PersonRegister => "person-register",
    });
    let unversioned = id.and_then(|id| id.rsplit_once('/')).map(|(name, _)| name);
    [kind, id, unversioned].contains(&Some(name))
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

    /// Adds words for the fix.
    #[must_use]
    pub(crate) fn mended_in(mut self, nl: impl Into<String>, en: impl Into<String>) -> Self {
        self.fix = Text::new(nl, en);
        self
    }

    /// Adds what to write in the cell.
    #[must_use]
    pub(crate) fn suggesting(mut self, suggestion: Option<Suggestion>) -> Self {
        self.suggestion = suggestion;
        self
    }
}

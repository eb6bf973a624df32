//! The words of findings, held once for all that say the same.

use std::collections::BTreeMap;

use ethos_model::finding::{Finding, Shared, Text};

use crate::rules::{Detail, Place, Rule};

/// What findings said before: the next mostly says it again.
#[derive(Clone, Default)]
pub(super) struct Words {
    /// Names of columns by their number.
    columns: BTreeMap<u32, Shared<str>>,
    /// What was said last, by the position of the rule and the number of the column.
    said: BTreeMap<(u16, u32), Said>,
}

#[derive(Clone, Default)]
struct Said {
    message: Filled,
    fix: Filled,
}

/// A text with the detail that filled it.
#[derive(Clone, Default)]
struct Filled {
    detail: Text,
    text: Option<Shared<Text>>,
}

impl Words {
    /// A finding of the rule at a position, in a file and perhaps a sheet of it.
    pub(super) fn finding(
        &mut self,
        (at, rule): (u16, &Rule),
        (file, sheet): (&Shared<str>, Option<&Shared<str>>),
        place: Place<'_>,
        detail: Detail,
    ) -> Finding {
        let number = place.column.map(|(_, number)| number);
        let column = place
            .column
            .and_then(|(name, number)| self.name(name, number));
        let said = self.said.entry((at, number.unwrap_or(0))).or_default();
        Finding {
            sheet: sheet.cloned(),
            row: place.row,
            column,
            column_number: number,
            value: place.value,
            message: said.message.filled(&rule.message, detail.message),
            fix: said.fix.filled(&rule.fix, detail.fix),
            suggestion: detail.suggestion,
            ..Finding::new(rule.code, rule.severity, file.clone())
        }
    }

    /// The name of a column; none for a blank one.
    fn name(&mut self, name: &str, number: u32) -> Option<Shared<str>> {
        if name.is_empty() {
            return None;
        }
        let known = self.columns.entry(number).or_insert_with(|| name.into());
        if **known != *name {
            *known = name.into();
        }
        Some(known.clone())
    }
}

impl Filled {
    /// A rule's text with this detail.
    fn filled(&mut self, template: &Text, detail: Text) -> Shared<Text> {
        match &self.text {
            Some(text) if self.detail == detail => text.clone(),
            _ => {
                let text = Shared::from(Text::new(
                    template.nl.replace("{}", &detail.nl),
                    template.en.replace("{}", &detail.en),
                ));
                *self = Self {
                    detail,
                    text: Some(text.clone()),
                };
                text
            }
        }
    }
}

//! Versions of a layout, side by side: which one holds on a day, and whether they leave a gap.

use std::collections::BTreeMap;

use super::{Field, Layout};
use crate::category::Language;
use crate::date::Day;

/// The name of a layout without its version: `gmsd` of `gmsd/2015`. A last part that does not
/// begin with a digit is part of the name (`register/personen`).
///
/// ```
/// use ethos_model::layout::family;
/// assert_eq!(family("gmsd/2015"), "gmsd");
/// assert_eq!(family("register/personen"), "register/personen");
/// ```
pub fn family(id: &str) -> &str {
    match id.rsplit_once('/') {
        Some((family, version)) if version.starts_with(|c: char| c.is_ascii_digit()) => family,
        _ => id,
    }
}

impl Layout {
    /// Whether files made on this day are in this layout.
    pub fn holds_on(&self, day: Day) -> bool {
        within(self.valid_from, self.valid_until, day)
    }

    /// The layout with the columns that files of this day have; of an unknown day, the columns of
    /// the last change.
    #[must_use]
    pub fn on(&self, day: Option<Day>) -> Self {
        let mut layout = self.clone();
        let changes = self
            .fields
            .iter()
            .flat_map(|field| [field.valid_from, field.valid_until]);
        // The layout's own end bounds what its last columns are.
        let last = || {
            let last = changes.flatten().max();
            match (last, self.valid_until) {
                (Some(last), Some(end)) if last >= end => Some(end.plus_days(-1)),
                (last, _) => last,
            }
        };
        if let Some(day) = day.or_else(last) {
            layout.fields.retain(|field| field.holds_on(day));
        }
        layout
    }
}

impl Field {
    /// Whether files made on this day have the column.
    pub fn holds_on(&self, day: Day) -> bool {
        within(self.valid_from, self.valid_until, day)
    }

    /// Whether files of some day have both columns.
    pub fn coexists_with(&self, other: &Self) -> bool {
        let before = |until: Option<Day>, from: Option<Day>| match (until, from) {
            (Some(until), Some(from)) => until <= from,
            _ => false,
        };
        !before(self.valid_until, other.valid_from) && !before(other.valid_until, self.valid_from)
    }
}

fn within(from: Option<Day>, until: Option<Day>, day: Day) -> bool {
    from.is_none_or(|from| from <= day) && until.is_none_or(|until| day < until)
}

/// Position of the version of a layout that files of this day are in; of an unknown day, or one
/// that no version holds, the version that begins last.
pub fn version_on(layouts: &[Layout], family_name: &str, day: Option<Day>) -> Option<usize> {
    let versions = || {
        layouts
            .iter()
            .enumerate()
            .filter(|(_, layout)| family(&layout.id) == family_name)
    };
    let on_day = day.and_then(|day| versions().rfind(|(_, layout)| layout.holds_on(day)));
    on_day
        .or_else(|| versions().max_by_key(|(_, layout)| layout.valid_from))
        .map(|(at, _)| at)
}

/// Two versions of a layout that do not follow each other day by day.
#[derive(Clone, PartialEq, Eq, Debug, thiserror::Error)]
pub enum VersionFault {
    /// Both hold on some days.
    #[error(
        "`{earlier}` and `{later}` both hold on {day}; let the earlier one end (`valid_until`) \
         where the later one begins"
    )]
    Overlap {
        /// The version that begins first.
        earlier: String,
        /// The one after it.
        later: String,
        /// A day on which both hold.
        day: Day,
    },
    /// On some days neither holds.
    #[error("no version holds from {from} until {until}, between `{earlier}` and `{later}`")]
    Gap {
        /// The version before the gap.
        earlier: String,
        /// The version after it.
        later: String,
        /// First day without a version.
        from: Day,
        /// First day with one again.
        until: Day,
    },
}

impl VersionFault {
    /// What is wrong, in a language.
    pub fn words(&self, language: Language) -> String {
        match (self, language) {
            (_, Language::En) => self.to_string(),
            (
                Self::Overlap {
                    earlier,
                    later,
                    day,
                },
                _,
            ) => format!(
                "`{earlier}` en `{later}` gelden allebei op {day}; laat de eerste eindigen (`valid_until`) waar de \
                 tweede begint"
            ),
            (
                Self::Gap {
                    earlier,
                    later,
                    from,
                    until,
                },
                _,
            ) => format!(
                "van {from} tot {until} geldt geen versie: daar zit een gat tussen `{earlier}` en `{later}`"
            ),
        }
    }
}

/// Overlaps and gaps between versions of the same layout.
pub fn version_faults(layouts: &[Layout]) -> Vec<VersionFault> {
    let mut families: BTreeMap<&str, Vec<&Layout>> = BTreeMap::new();
    for layout in layouts {
        families.entry(family(&layout.id)).or_default().push(layout);
    }
    let mut faults = Vec::new();
    for versions in families.values_mut() {
        versions.sort_by_key(|layout| (layout.valid_from, layout.id.clone()));
        for pair in versions.windows(2) {
            let (earlier, later) = (pair[0], pair[1]);
            let begins = later.valid_from.unwrap_or(Day(i32::MIN));
            match earlier.valid_until {
                Some(until) if until == begins => {}
                Some(until) if until < begins => faults.push(VersionFault::Gap {
                    earlier: earlier.id.clone(),
                    later: later.id.clone(),
                    from: until,
                    until: begins,
                }),
                _ => faults.push(VersionFault::Overlap {
                    earlier: earlier.id.clone(),
                    later: later.id.clone(),
                    day: later.valid_from.or(earlier.valid_from).unwrap_or(Day(0)),
                }),
            }
        }
    }
    faults
}

#[cfg(test)]
mod tests {
    use super::*;

    fn layout(id: &str, from: Option<&str>, until: Option<&str>) -> Layout {
        let bound = |key: &str, day: Option<&str>| {
            day.map_or(String::new(), |day| format!("{key} = {day}\n"))
        };
        let text = format!(
            "id = \"{id}\"\nkind = \"spells\"\nstatus = \"unverified\"\nsource = \"\"\n{}{}\
             title = {{ nl = \"\", en = \"\" }}\n[category.fixed]\ncategory = \"unknown\"\n\
             [[field]]\nname = \"start\"\ntype = \"date\"\nmaps_to = \"start\"\n\
             meaning = {{ nl = \"\", en = \"\" }}\n",
            bound("valid_from", from),
            bound("valid_until", until)
        );
        toml::from_str(&text).unwrap()
    }

    #[test]
    fn the_version_of_a_day_is_the_one_that_holds() {
        let layouts = [
            layout("a/2024", Some("2024-01-01"), Some("2025-01-01")),
            layout("a/2025", Some("2025-01-01"), None),
            layout("b/x", None, None),
        ];
        let on = |day: &str| version_on(&layouts, "a", Day::parse(day));
        assert_eq!(on("2024-12-31"), Some(0));
        assert_eq!(on("2025-01-01"), Some(1));
        assert_eq!(on("2023-01-01"), Some(1));
        assert_eq!(version_on(&layouts, "a", None), Some(1));
        assert_eq!(
            version_on(&layouts, "b/x", Day::parse("2025-01-01")),
            Some(2)
        );
        assert_eq!(version_on(&layouts, "c", None), None);
        assert!(version_faults(&layouts).is_empty());
    }

    #[test]
    fn gaps_and_overlaps_are_told() {
        let gap = [
            layout("a/1", None, Some("2024-01-01")),
            layout("a/2", Some("2024-02-01"), None),
        ];
        let fault = version_faults(&gap).remove(0).to_string();
        assert!(fault.contains("2024-01-01 until 2024-02-01"), "{fault}");
        let overlap = [
            layout("a/1", None, None),
            layout("a/2", Some("2024-02-01"), None),
        ];
        let fault = version_faults(&overlap).remove(0).to_string();
        assert!(fault.contains("both hold on 2024-02-01"), "{fault}");
    }

    #[test]
    fn a_column_is_there_in_its_years() {
        let mut whole = layout("a/1", None, None);
        let mut before = whole.fields[0].clone();
        before.valid_until = Day::parse("2025-01-01");
        let mut after = before.clone();
        after.name = "begin".into();
        after.valid_from = before.valid_until;
        after.valid_until = None;
        assert!(!before.coexists_with(&after) && before.coexists_with(&whole.fields[0]));
        whole.fields = vec![before, after];
        let name = |day: Option<&str>| whole.on(day.and_then(Day::parse)).fields[0].name.clone();
        assert_eq!(name(Some("2024-12-31")), "start");
        assert_eq!(name(Some("2025-01-01")), "begin");
        assert_eq!(name(None), "begin");
        whole.valid_until = Day::parse("2025-01-01");
        assert_eq!(whole.on(None).fields[0].name, "start");
    }
}

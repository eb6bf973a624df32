//! The indicators as they are defined in `data/reference/indicators.toml`.

use std::sync::LazyLock;

use ethos_model::category::{EthosCategory, Total};
use ethos_model::cube::{CubeKey, Family, Measure};
use ethos_model::date::Time;
use ethos_model::finding::Text;
use serde::Deserialize;

use super::External;
use super::target::{Target, Wants};

/// Most indicators that a dashboard has.
const MOST: usize = 12;

/// What an indicator is.
#[derive(Clone, PartialEq, Debug)]
pub struct Definition {
    /// Its number, which never changes.
    pub number: u8,
    /// Stable key.
    pub key: String,
    /// Name.
    pub name: Text,
    /// What the action plan wants of it.
    pub targets: Vec<Target>,
    family: Family,
    total: Total,
    category: Option<EthosCategory>,
    sex: Option<String>,
    age: Option<String>,
    nationality: Option<String>,
    measure: Measure,
}

impl Definition {
    /// The figure of a time.
    pub fn key_on(&self, time: Time) -> CubeKey {
        CubeKey {
            category: self.category,
            sex: self.sex.clone(),
            age: self.age.clone(),
            nationality: self.nationality.clone(),
            ..CubeKey::national(self.family, time, self.total, self.measure)
        }
    }
}

/// What the action plan has a target for and others measure.
#[derive(Clone, PartialEq, Debug)]
pub struct Other {
    /// Its name, by which it is recognised among imported indicators.
    pub name: Text,
    /// The unit to import it in.
    pub unit: Text,
    /// What the action plan wants of it.
    pub targets: Vec<Target>,
}

impl Other {
    /// Whether an imported indicator is this one.
    pub fn is(&self, external: &External) -> bool {
        let name = external.indicator.trim().to_lowercase();
        [&self.name.nl, &self.name.en]
            .iter()
            .any(|own| own.to_lowercase() == name)
    }
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Line {
    number: u8,
    key: String,
    nl: String,
    en: String,
    table: String,
    total: String,
    category: Option<EthosCategory>,
    sex: Option<String>,
    age: Option<String>,
    nationality: Option<String>,
    measure: String,
    #[serde(default)]
    target: Vec<TargetLine>,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct TargetLine {
    year: Option<i16>,
    wants: String,
    than: Option<i16>,
    share: Option<u64>,
    nl: String,
    en: String,
    why_nl: Option<String>,
    why_en: Option<String>,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct OtherLine {
    nl: String,
    en: String,
    unit_nl: String,
    unit_en: String,
    target: Vec<TargetLine>,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct File {
    indicator: Vec<Line>,
    others: Vec<OtherLine>,
}

/// The file; a test reads it, so that it cannot be wrong in a release.
fn file() -> Option<File> {
    toml::from_str(include_str!("../../../../data/reference/indicators.toml")).ok()
}

/// The shipped indicators, by number.
pub fn definitions() -> &'static [Definition] {
    static ALL: LazyLock<Vec<Definition>> = LazyLock::new(|| {
        let lines = file().map(|file| file.indicator).unwrap_or_default();
        let mut found: Vec<Definition> = lines.into_iter().filter_map(definition).collect();
        found.sort_by_key(|definition| definition.number);
        found.truncate(MOST);
        found
    });
    &ALL
}

/// What others measure, in the order of the file.
pub fn others() -> &'static [Other] {
    static ALL: LazyLock<Vec<Other>> = LazyLock::new(|| {
        let lines = file().map(|file| file.others).unwrap_or_default();
        let other = |line: OtherLine| Other {
            name: Text::new(line.nl, line.en),
            unit: Text::new(line.unit_nl, line.unit_en),
            targets: line.target.into_iter().filter_map(target).collect(),
        };
        lines.into_iter().map(other).collect()
    });
    &ALL
}

fn target(line: TargetLine) -> Option<Target> {
    Some(Target {
        year: line.year,
        wants: match line.wants.as_str() {
            "below" => Wants::Below(line.than?),
            "zero" => Wants::Zero,
            "share" => Wants::Share(line.share?),
            "untold" => Wants::Untold(Text::new(line.why_nl?, line.why_en?)),
            _ => return None,
        },
        words: Text::new(line.nl, line.en),
    })
}

fn definition(line: Line) -> Option<Definition> {
    Some(Definition {
        number: line.number,
        key: line.key,
        name: Text::new(line.nl, line.en),
        targets: line.target.into_iter().filter_map(target).collect(),
        family: Family::from_key(&line.table)?,
        total: Total::ALL
            .into_iter()
            .find(|total| total.key() == line.total)?,
        category: line.category,
        sex: line.sex,
        age: line.age,
        nationality: line.nationality,
        measure: Measure::ALL
            .into_iter()
            .find(|measure| measure.key() == line.measure)?,
    })
}

#[cfg(test)]
mod tests {
    use std::collections::BTreeSet;

    use super::*;

    #[test]
    fn every_line_is_read_and_numbers_are_unique() {
        let text = include_str!("../../../../data/reference/indicators.toml");
        let lines = text.lines().filter(|line| *line == "[[indicator]]").count();
        assert!(lines <= MOST);
        assert_eq!(definitions().len(), lines);
        let targets = definitions().iter().map(|found| found.targets.len());
        let others = others().iter().map(|found| found.targets.len());
        let named = text.matches(".target]]").count();
        assert_eq!(targets.chain(others).sum::<usize>(), named);
        let numbers: BTreeSet<u8> = definitions().iter().map(|found| found.number).collect();
        assert_eq!(numbers.len(), lines);
        // All of them are numbers of persons: unlike units never share a row.
        assert!(
            definitions()
                .iter()
                .all(|found| found.measure.per().is_none())
        );
    }
}

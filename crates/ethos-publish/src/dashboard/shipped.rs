//! The indicators as they are defined in `data/reference/indicators.toml`.

use std::sync::LazyLock;

use ethos_model::category::{EthosCategory, Total};
use ethos_model::cube::{CubeKey, Family, Measure};
use ethos_model::date::Time;
use ethos_model::finding::Text;
use serde::Deserialize;

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
    /// What the action plan says of it.
    pub target: Option<Text>,
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
    target_nl: Option<String>,
    target_en: Option<String>,
}

#[derive(Deserialize)]
struct File {
    indicator: Vec<Line>,
}

/// The shipped indicators, by number.
pub fn definitions() -> &'static [Definition] {
    static ALL: LazyLock<Vec<Definition>> = LazyLock::new(|| {
        let text = include_str!("../../../../data/reference/indicators.toml");
        // A test reads the file: it cannot be wrong in a release.
        let file: Result<File, _> = toml::from_str(text);
        let lines = file.map(|file| file.indicator).unwrap_or_default();
        let mut found: Vec<Definition> = lines.into_iter().filter_map(definition).collect();
        found.sort_by_key(|definition| definition.number);
        found.truncate(MOST);
        found
    });
    &ALL
}

fn definition(line: Line) -> Option<Definition> {
    Some(Definition {
        number: line.number,
        key: line.key,
        name: Text::new(line.nl, line.en),
        target: line
            .target_nl
            .zip(line.target_en)
            .map(|(nl, en)| Text::new(nl, en)),
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

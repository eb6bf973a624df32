//! Levels of the cube's dimensions with their names and their codes: the one place from which
//! code lists, StatLine's folder, SDMX and JSON-stat take what a level is called.

mod code;
mod column;
mod field;
mod status;

use std::collections::BTreeMap;

use ethos_model::category::Language;
use ethos_model::cube::{CubeKey, Place};
use ethos_model::finding::Text;

use crate::protect::SafeRow;
use crate::words::label::{self, Dimension};
use crate::words::number;

pub(super) use code::plain;
pub(super) use column::{columns, notes};
pub(super) use field::{Field, Limit, Unit, fields};
pub(super) use status::{listed, obs_status, statuses, value_attribute};

/// What stands in a dimension that is not broken down.
pub(super) const ALL: &str = "all";

/// A dimension of the cube. Time and place each have a kind and a level.
#[derive(Copy, Clone, PartialEq, Eq, PartialOrd, Ord, Debug)]
pub(super) enum Dim {
    Time,
    Total,
    Place,
    Category,
    Sex,
    Age,
    Origin,
    Region,
    Household,
    Duration,
    Nationality,
    Residence,
}

/// A level as it stands in the cube: its kind, for time and place, and its key.
pub(super) type Level = (Option<String>, String);

/// A level with its names and codes.
#[derive(Clone, Debug)]
pub(super) struct Code {
    /// Kind and key as they stand in the cube.
    pub(super) level: Level,
    /// Name.
    pub(super) name: Text,
    /// What it holds, where its name does not say it all.
    pub(super) about: Option<Text>,
    /// Code in the StatLine-shaped folder.
    pub(super) statline: String,
    /// Code in SDMX.
    pub(super) sdmx: String,
    /// Heading it stands under, for places.
    pub(super) group: Option<Text>,
}

/// A dimension with the levels that occur.
#[derive(Clone, Debug)]
pub(super) struct Axis {
    pub(super) dim: Dim,
    pub(super) codes: Vec<Code>,
    at: BTreeMap<Level, usize>,
}

impl Dim {
    pub(super) const ALL: [Self; 12] = [
        Self::Time,
        Self::Total,
        Self::Place,
        Self::Category,
        Self::Sex,
        Self::Age,
        Self::Origin,
        Self::Region,
        Self::Household,
        Self::Duration,
        Self::Nationality,
        Self::Residence,
    ];

    /// Key: the column of the cube, and the name of the code list.
    pub(super) fn key(self) -> &'static str {
        match self {
            Self::Time => "time",
            Self::Total => "total",
            Self::Place => "place",
            Self::Category => "category",
            Self::Sex => "sex",
            Self::Age => "age",
            Self::Origin => "origin",
            Self::Region => "region",
            Self::Household => "household",
            Self::Duration => "duration",
            Self::Nationality => "nationality",
            Self::Residence => "residence",
        }
    }

    /// The dimension of SDMX: a cross-domain concept where there is one.
    pub(super) fn sdmx(self) -> &'static str {
        match self {
            Self::Time => "TIME_PERIOD",
            Self::Total => "POPULATION",
            Self::Place => "REF_AREA",
            Self::Category => "ETHOS_CATEGORY",
            Self::Sex => "SEX",
            Self::Age => "AGE",
            Self::Origin => "ORIGIN",
            Self::Region => "REGISTERED_IN",
            Self::Household => "HOUSEHOLD",
            Self::Duration => "DURATION",
            Self::Nationality => "CITIZENSHIP",
            Self::Residence => "RESIDENCE_STATUS",
        }
    }

    /// The dimension of the StatLine-shaped folder, in StatLine's own words where it has them.
    pub(super) fn statline(self) -> &'static str {
        match self {
            Self::Time => "Perioden",
            Self::Total => "Populatie",
            Self::Place => "RegioS",
            Self::Category => "EthosCategorie",
            Self::Sex => "Geslacht",
            Self::Age => "Leeftijd",
            Self::Origin => "Herkomst",
            Self::Region => "Inschrijving",
            Self::Household => "Huishouden",
            Self::Duration => "Duur",
            Self::Nationality => "Nationaliteit",
            Self::Residence => "Verblijfsstatus",
        }
    }

    pub(super) fn name(self) -> Text {
        match self {
            Self::Time => Text::new("Peilmoment", "Time"),
            Self::Total => Text::new("Populatie", "Population"),
            Self::Place => Text::new("Regio", "Place"),
            Self::Category => Text::new("ETHOS Light-categorie", "ETHOS Light category"),
            Self::Region => Text::new("Regio van inschrijving", "Region of registration"),
            _ => of_both(|language| {
                self.characteristic()
                    .map_or("", |found| found.name(language))
                    .into()
            }),
        }
    }

    /// What a level holds, where its name does not say it all.
    fn level_about(self, key: &CubeKey) -> Option<Text> {
        match self {
            Self::Category => key
                .category
                .map(|category| of_both(|language| label::definition(category, language).into())),
            _ => None,
        }
    }

    /// The heading that a level stands under.
    fn group(self, key: &CubeKey) -> Option<Text> {
        match (self, &key.place) {
            (Self::Place, Place::Netherlands) => Some(Text::new("Nederland", "Netherlands")),
            (Self::Place, Place::Region { mapping, .. }) => Some(match mapping.as_str() {
                "province" => Text::new("Provincies", "Provinces"),
                other => Text::new(other, other),
            }),
            (Self::Place, _) => Some(Text::new("Gemeenten", "Municipalities")),
            _ => None,
        }
    }

    /// The level of a figure.
    pub(super) fn level(self, key: &CubeKey) -> Level {
        match self {
            Self::Time => (Some(key.time.kind().into()), key.time.label()),
            Self::Total => (None, key.total.key().into()),
            Self::Place => match &key.place {
                Place::Netherlands => (Some("country".into()), "NL".into()),
                Place::Region { mapping, region } => (Some(mapping.clone()), region.clone()),
                Place::Municipality(code) => (Some("municipality".into()), code.to_string()),
                Place::UnknownMunicipality => (Some("municipality".into()), "unknown".into()),
            },
            Self::Category => (
                None,
                key.category.map_or(ALL, |category| category.key()).into(),
            ),
            _ => (
                None,
                self.characteristic()
                    .and_then(|found| found.level_of(key))
                    .unwrap_or(ALL)
                    .to_owned(),
            ),
        }
    }

    fn characteristic(self) -> Option<Dimension> {
        match self {
            Self::Sex => Some(Dimension::Sex),
            Self::Age => Some(Dimension::Age),
            Self::Origin => Some(Dimension::Origin),
            Self::Region => Some(Dimension::Region),
            Self::Household => Some(Dimension::Household),
            Self::Duration => Some(Dimension::Duration),
            Self::Nationality => Some(Dimension::Nationality),
            Self::Residence => Some(Dimension::Residence),
            _ => None,
        }
    }

    /// Position in published order: all together first, unknown last.
    fn rank(self, key: &CubeKey) -> (usize, usize, String) {
        let (kind, level) = self.level(key);
        let kind = kind.unwrap_or_default();
        match self {
            Self::Time => (usize::from(kind == "period"), 0, level),
            Self::Total => (key.total as usize, 0, level),
            Self::Place => match &key.place {
                Place::Netherlands => (0, 0, level),
                Place::Region { .. } => (1, usize::from(level == "unknown"), kind + &level),
                Place::Municipality(_) => (2, 0, level),
                Place::UnknownMunicipality => (2, 1, level),
            },
            Self::Category => (key.category.map_or(0, |found| found.index() + 1), 0, level),
            _ if level == ALL => (0, 0, level),
            _ => {
                let rank = self
                    .characteristic()
                    .map_or((0, level.clone()), |found| found.rank(&level));
                (1, rank.0, rank.1)
            }
        }
    }

    fn level_name(self, key: &CubeKey) -> Text {
        let total = || Text::new("Totaal", "Total");
        match self {
            Self::Time => of_both(|language| number::time(key.time, language)),
            Self::Total => of_both(|language| key.total.name(language).into()),
            Self::Place => of_both(|language| label::place(&key.place, language)),
            Self::Category => key.category.map_or_else(total, |category| {
                of_both(|language| label::category(category, language))
            }),
            _ => {
                let (_, level) = self.level(key);
                match self.characteristic() {
                    Some(found) if level != ALL => {
                        of_both(|language| found.level(&level, language))
                    }
                    _ => total(),
                }
            }
        }
    }
}

impl Axis {
    /// The levels of a dimension that occur in these rows, in published order.
    pub(super) fn of<'a>(dim: Dim, rows: impl Iterator<Item = &'a SafeRow>) -> Self {
        let mut samples: BTreeMap<Level, &CubeKey> = BTreeMap::new();
        for row in rows {
            samples.entry(dim.level(&row.key)).or_insert(&row.key);
        }
        let mut ordered: Vec<&CubeKey> = samples.into_values().collect();
        ordered.sort_by_cached_key(|key| dim.rank(key));
        let mut codes: Vec<Code> = ordered
            .into_iter()
            .map(|key| Code {
                level: dim.level(key),
                name: dim.level_name(key),
                about: dim.level_about(key),
                statline: code::statline(dim, key),
                sdmx: code::sdmx(dim, key),
                group: dim.group(key),
            })
            .collect();
        if dim != Dim::Time {
            code::tell_apart(&mut codes, |code| &mut code.statline);
        }
        code::tell_apart(&mut codes, |code| &mut code.sdmx);
        let at = codes
            .iter()
            .enumerate()
            .map(|(at, code)| (code.level.clone(), at))
            .collect();
        Self { dim, codes, at }
    }

    /// Position of a figure's level.
    pub(super) fn position(&self, key: &CubeKey) -> usize {
        // Every level of the rows that the axis was made of is on it.
        self.at.get(&self.dim.level(key)).copied().unwrap_or(0)
    }

    /// The code of a figure's level.
    pub(super) fn code(&self, key: &CubeKey) -> &Code {
        &self.codes[self.position(key)]
    }

    /// Whether the dimension tells rows apart, or narrows what all of them are of.
    pub(super) fn tells(&self) -> bool {
        self.codes.len() > 1 || self.codes.iter().any(|code| code.level.1 != ALL)
    }
}

/// A text in both languages.
pub(super) fn of_both(text: impl Fn(Language) -> String) -> Text {
    Text::new(text(Language::Nl), text(Language::En))
}

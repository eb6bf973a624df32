//! Tables that are declared: observed people by category and at most two characteristics, for the
//! country, its regions or its municipalities.
//!
//! A crossing is its own declaration: its key, its title and its columns follow from it. The
//! shipped ones stand in `data/reference/tables.toml`; a study file declares others with
//! `[[publish.table]]`.

use std::collections::BTreeMap;
use std::sync::LazyLock;

use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

use crate::attribute::{AgeBands, Sex};
use crate::attribute::{DurationBand, HouseholdType, NationalityGroup, Origin, ResidenceStatus};
use crate::category::Language;

/// A characteristic of persons that a declared table crosses with the category.
#[derive(
    Copy, Clone, PartialEq, Eq, PartialOrd, Ord, Hash, Debug, Serialize, Deserialize, JsonSchema,
)]
#[serde(rename_all = "snake_case")]
pub enum Characteristic {
    /// Sex.
    Sex,
    /// Age band.
    Age,
    /// Origin.
    Origin,
    /// Kind of household, as far as sources hold households together.
    Household,
    /// How long the situation has lasted on the reference date.
    Duration,
    /// Nationality group.
    Nationality,
    /// Residence status.
    Residence,
}

impl Characteristic {
    /// Every characteristic, in the order of columns.
    pub const ALL: [Self; 7] = [
        Self::Sex,
        Self::Age,
        Self::Origin,
        Self::Household,
        Self::Duration,
        Self::Nationality,
        Self::Residence,
    ];

    /// Stable key: the column of the cube, and the word in a study file.
    pub fn key(self) -> &'static str {
        match self {
            Self::Sex => "sex",
            Self::Age => "age",
            Self::Origin => "origin",
            Self::Household => "household",
            Self::Duration => "duration",
            Self::Nationality => "nationality",
            Self::Residence => "residence",
        }
    }

    /// Name in the given language.
    pub fn name(self, language: Language) -> &'static str {
        match self {
            Self::Sex => language.pick("Geslacht", "Sex"),
            Self::Age => language.pick("Leeftijd", "Age"),
            Self::Origin => language.pick("Herkomst", "Origin"),
            Self::Household => language.pick("Huishouden", "Household"),
            Self::Duration => language.pick("Duur", "Duration"),
            Self::Nationality => language.pick("Nationaliteit", "Nationality"),
            Self::Residence => language.pick("Verblijfsstatus", "Residence status"),
        }
    }

    /// Keys of its levels in published order, [`UNKNOWN`](crate::attribute::UNKNOWN) apart.
    pub fn levels(self) -> Vec<String> {
        fn keys<T: Copy>(all: &[T], key: impl Fn(T) -> &'static str) -> Vec<String> {
            all.iter().map(|level| key(*level).to_owned()).collect()
        }
        match self {
            Self::Sex => keys(Sex::ALL, Sex::key),
            Self::Age => AgeBands::published().labels().to_vec(),
            Self::Origin => keys(Origin::ALL, Origin::key),
            Self::Household => keys(HouseholdType::ALL, HouseholdType::key),
            Self::Duration => keys(DurationBand::ALL, DurationBand::key),
            Self::Nationality => keys(NationalityGroup::ALL, NationalityGroup::key),
            Self::Residence => keys(ResidenceStatus::ALL, ResidenceStatus::key),
        }
    }
}

/// The places a declared table has a row of.
#[derive(
    Copy, Clone, PartialEq, Eq, PartialOrd, Ord, Hash, Debug, Serialize, Deserialize, JsonSchema,
)]
#[serde(rename_all = "snake_case")]
pub enum PlaceLevel {
    /// The country as a whole.
    National,
    /// Regions of every published mapping.
    Regional,
    /// Municipalities.
    Municipal,
}

impl PlaceLevel {
    /// Every level.
    pub const ALL: [Self; 3] = [Self::National, Self::Regional, Self::Municipal];

    /// Stable key.
    pub fn key(self) -> &'static str {
        match self {
            Self::National => "national",
            Self::Regional => "regional",
            Self::Municipal => "municipal",
        }
    }
}

/// A table as a study file declares it.
#[derive(Clone, PartialEq, Eq, Debug, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct DeclaredTable {
    /// Which places it has.
    pub of: PlaceLevel,
    /// One or two characteristics that are crossed with the category.
    pub by: Vec<Characteristic>,
}

/// A declared table: category × one or two characteristics.
#[derive(Copy, Clone, PartialEq, Eq, PartialOrd, Ord, Hash, Debug)]
pub struct Crossing {
    place: PlaceLevel,
    first: Characteristic,
    second: Option<Characteristic>,
}

impl TryFrom<&DeclaredTable> for Crossing {
    type Error = String;

    fn try_from(declared: &DeclaredTable) -> Result<Self, String> {
        let mut by = declared.by.clone();
        by.sort_unstable();
        match by.as_slice() {
            [first] => Ok(Self {
                place: declared.of,
                first: *first,
                second: None,
            }),
            [first, second] if first == second => Err(format!(
                "`publish.table` crosses `{}` with itself",
                first.key()
            )),
            [first, second] => Ok(Self {
                place: declared.of,
                first: *first,
                second: Some(*second),
            }),
            [] => Err(format!(
                "`publish.table` of `{}` names no characteristic in `by`; the table by category alone is always there",
                declared.of.key()
            )),
            _ => Err(format!(
                "`publish.table` crosses the category with {} characteristics; at most two are possible, so declare several tables",
                by.len()
            )),
        }
    }
}

struct Words {
    key: String,
    title: [String; 2],
}

/// Every crossing there can be, with its words.
static WORDS: LazyLock<BTreeMap<Crossing, Words>> = LazyLock::new(|| {
    let mut words = BTreeMap::new();
    for place in PlaceLevel::ALL {
        for (at, first) in Characteristic::ALL.into_iter().enumerate() {
            let others = Characteristic::ALL[at + 1..].iter().copied().map(Some);
            for second in std::iter::once(None).chain(others) {
                let crossing = Crossing {
                    place,
                    first,
                    second,
                };
                words.insert(crossing, crossing.words());
            }
        }
    }
    words
});

impl Crossing {
    /// Every crossing there can be, in published order.
    pub fn all() -> impl Iterator<Item = Self> {
        WORDS.keys().copied()
    }

    /// The crossings that are shipped, for studies that declare none.
    pub fn shipped() -> &'static [Self] {
        static SHIPPED: LazyLock<Vec<Crossing>> = LazyLock::new(|| {
            #[derive(Deserialize)]
            struct File {
                table: Vec<DeclaredTable>,
            }
            let text = include_str!("../../../../data/reference/tables.toml");
            let file: Result<File, _> = toml::from_str(text);
            // A test reads the file: it cannot be wrong in a release.
            file.map(|file| {
                file.table
                    .iter()
                    .filter_map(|table| Crossing::try_from(table).ok())
                    .collect()
            })
            .unwrap_or_default()
        });
        &SHIPPED
    }

    /// The places it has.
    pub fn place(self) -> PlaceLevel {
        self.place
    }

    /// Its characteristics: one or two.
    pub fn by(self) -> impl Iterator<Item = Characteristic> + Clone {
        std::iter::once(self.first).chain(self.second)
    }

    /// Stable key: `national_sex_age`.
    pub fn key(self) -> &'static str {
        WORDS.get(&self).map_or("", |words| words.key.as_str())
    }

    /// Title in the given language.
    pub fn title(self, language: Language) -> &'static str {
        WORDS.get(&self).map_or("", |words| {
            let [nl, en] = &words.title;
            match language {
                Language::Nl => nl.as_str(),
                Language::En => en.as_str(),
            }
        })
    }

    fn words(self) -> Words {
        let by: Vec<&str> = self.by().map(Characteristic::key).collect();
        let title = |language: Language| {
            let names: Vec<String> = self
                .by()
                .map(|found| found.name(language).to_lowercase())
                .collect();
            let names = names.join(language.pick(" en ", " and "));
            let place = match self.place {
                PlaceLevel::National => "",
                PlaceLevel::Regional => language.pick("regio, ", "region, "),
                PlaceLevel::Municipal => language.pick("gemeente, ", "municipality, "),
            };
            let country = if self.place == PlaceLevel::National {
                language.pick(", Nederland", ", Netherlands")
            } else {
                ""
            };
            format!(
                "{} {place}{}, {names}{country}",
                language.pick("Getelde mensen naar", "Observed people by"),
                language.pick("ETHOS Light-categorie", "ETHOS Light category")
            )
        };
        Words {
            key: format!("{}_{}", self.place.key(), by.join("_")),
            title: [title(Language::Nl), title(Language::En)],
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn declared(by: &[Characteristic]) -> Result<Crossing, String> {
        Crossing::try_from(&DeclaredTable {
            of: PlaceLevel::National,
            by: by.to_vec(),
        })
    }

    #[test]
    fn a_crossing_is_what_it_declares() {
        let crossing = declared(&[Characteristic::Age, Characteristic::Sex]).unwrap();
        assert_eq!(crossing.key(), "national_sex_age");
        assert_eq!(
            crossing.title(Language::Nl),
            "Getelde mensen naar ETHOS Light-categorie, geslacht en leeftijd, Nederland"
        );
        assert!(declared(&[]).unwrap_err().contains("no characteristic"));
        let twice = declared(&[Characteristic::Sex; 2]).unwrap_err();
        assert!(twice.contains("with itself"), "{twice}");
        assert!(declared(&Characteristic::ALL[..3]).is_err());
    }

    #[test]
    fn every_crossing_has_a_key_of_its_own() {
        let mut keys: Vec<&str> = Crossing::all().map(Crossing::key).collect();
        assert_eq!(keys.len(), 3 * (7 + 21));
        keys.sort_unstable();
        keys.dedup();
        assert_eq!(keys.len(), 84);
    }

    #[test]
    fn the_shipped_tables_are_read() {
        let text = include_str!("../../../../data/reference/tables.toml");
        assert_eq!(
            Crossing::shipped().len(),
            text.lines().filter(|line| *line == "[[table]]").count()
        );
        assert!(Crossing::shipped().len() > 4);
    }
}

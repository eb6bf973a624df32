//! Person attributes and the bands they are published in.
//!
//! A missing attribute is the level `unknown`, never a dropped person.

use std::fmt;
use std::str::FromStr;

use schemars::{JsonSchema, Schema, SchemaGenerator, json_schema};
use serde::{Deserialize, Deserializer, Serialize, Serializer, de};

use crate::category::Language;
use crate::date::Day;
use crate::token::Token;

/// The level every dimension has for a value that is missing.
pub const UNKNOWN: &str = "unknown";

macro_rules! levels {
    ($(#[$doc:meta])* $name:ident { $($(#[$vdoc:meta])* $variant:ident = $key:literal, $nl:literal, $en:literal;)+ }) => {
        $(#[$doc])*
        #[derive(Copy, Clone, PartialEq, Eq, PartialOrd, Ord, Hash, Debug, Serialize, Deserialize, JsonSchema)]
        #[serde(rename_all = "snake_case")]
        pub enum $name { $($(#[$vdoc])* $variant,)+ }

        impl $name {
            /// Every level, in published order.
            pub const ALL: &'static [Self] = &[$(Self::$variant),+];

            /// Stable key.
            pub fn key(self) -> &'static str {
                match self { $(Self::$variant => $key,)+ }
            }

            /// Name in the given language.
            pub fn name(self, language: Language) -> &'static str {
                match self { $(Self::$variant => language.pick($nl, $en),)+ }
            }

            /// The level with this key.
            pub fn from_key(key: &str) -> Option<Self> {
                Self::ALL.iter().copied().find(|level| level.key() == key)
            }
        }
    };
}

levels! {
    /// Sex as registered.
    Sex {
        /// Man.
        Male = "male", "Man", "Male";
        /// Woman.
        Female = "female", "Vrouw", "Female";
    }
}

levels! {
    /// Country of birth of a person and of the parents, in the four groups that Statistics
    /// Netherlands publishes since the figures of 2022.
    Origin {
        /// Born in the Netherlands, both parents born there.
        NetherlandsBothParents = "nl_both_parents", "Nederland, beide ouders in Nederland geboren", "Netherlands, both parents born there";
        /// Born in the Netherlands, a parent born abroad.
        NetherlandsParentAbroad = "nl_parent_abroad", "Nederland, een ouder in het buitenland geboren", "Netherlands, a parent born abroad";
        /// Born elsewhere in Europe.
        Europe = "europe", "Europa (exclusief Nederland)", "Europe (excluding the Netherlands)";
        /// Born outside Europe.
        OutsideEurope = "outside_europe", "Buiten Europa", "Outside Europe";
    }
}

levels! {
    /// Nationality group.
    NationalityGroup {
        /// Dutch.
        Dutch = "dutch", "Nederlandse", "Dutch";
        /// Of another country of the European Union.
        EuropeanUnion = "eu", "Andere EU-nationaliteit", "Other EU";
        /// Of a country outside the European Union.
        Other = "other", "Buiten de EU", "Outside the EU";
    }
}

levels! {
    /// Residence status.
    ResidenceStatus {
        /// Registered in the population register of a Dutch municipality.
        Registered = "registered", "Ingeschreven in de BRP", "Registered";
        /// Lawful stay, not registered with a municipality.
        LawfulNotRegistered = "lawful_not_registered", "Rechtmatig, niet ingeschreven", "Lawful, not registered";
        /// Without a right of residence.
        Unlawful = "unlawful", "Zonder verblijfsrecht", "Without right of residence";
    }
}

levels! {
    /// Kind of household, as far as sources hold households together.
    HouseholdType {
        /// One adult, no children.
        Alone = "alone", "Alleen", "Alone";
        /// Two or more adults, no children.
        Adults = "adults", "Meer volwassenen, geen kinderen", "Several adults, no children";
        /// One or more adults with children, the children included.
        WithChildren = "with_children", "Met kinderen", "With children";
    }
}

levels! {
    /// How long someone has been in the situation on the reference date, without a break.
    DurationBand {
        /// Less than three months.
        UnderThreeMonths = "under_3_months", "Korter dan 3 maanden", "Less than 3 months";
        /// From three months to less than a year.
        UnderAYear = "3_months_to_1_year", "3 maanden tot 1 jaar", "3 months to 1 year";
        /// From one year to less than two.
        UnderTwoYears = "1_to_2_years", "1 tot 2 jaar", "1 to 2 years";
        /// Two years or longer.
        TwoYearsAndOver = "2_years_and_over", "2 jaar of langer", "2 years or longer";
    }
}

impl DurationBand {
    /// The band of a situation that began on one day and still lasts on another, or ended then.
    pub fn between(since: Day, until: Day) -> Self {
        if since.plus_months(3) > until {
            Self::UnderThreeMonths
        } else if since.plus_months(12) > until {
            Self::UnderAYear
        } else if since.plus_months(24) > until {
            Self::UnderTwoYears
        } else {
            Self::TwoYearsAndOver
        }
    }
}

/// What is known of a birth date.
#[derive(Copy, Clone, PartialEq, Eq, Debug)]
pub enum Birth {
    /// The date.
    On(Day),
    /// Only an age in completed years on a day.
    AgedOn {
        /// Completed years.
        age: u8,
        /// The day on which that was the age.
        on: Day,
    },
}

impl Birth {
    /// Age in completed years on a day. From an age on another day it is exact only within a
    /// year: whole years between the days are added.
    pub fn age_on(self, date: Day) -> Option<u8> {
        match self {
            Self::On(birth) => date.age_of(birth),
            Self::AgedOn { age, on } => {
                let years = (date.0 - on.0) / 365;
                u8::try_from(i32::from(age) + years).ok()
            }
        }
    }
}

/// What a record says of a person. Every part may be missing.
#[derive(Copy, Clone, PartialEq, Eq, Debug, Default)]
pub struct Attributes {
    /// Sex.
    pub sex: Option<Sex>,
    /// Birth date or age.
    pub birth: Option<Birth>,
    /// Origin.
    pub origin: Option<Origin>,
    /// Nationality group.
    pub nationality: Option<NationalityGroup>,
    /// Residence status.
    pub residence: Option<ResidenceStatus>,
    /// Key of the household, hashed.
    pub household: Option<Token>,
    /// Keys of the parents, hashed in the same domain as persons.
    pub parents: [Option<Token>; 2],
}

/// An age range written in completed years: `"18-64"` holds ages 18 up to and including 64,
/// that is `[18, 65)`. `"65+"` has no upper end.
#[derive(Copy, Clone, PartialEq, Eq, Debug)]
pub struct AgeRange {
    first: u8,
    last: Option<u8>,
}

impl AgeRange {
    /// Youngest age in the range.
    pub fn first(self) -> u8 {
        self.first
    }

    /// Oldest age in the range; `None` when it is open.
    pub fn last(self) -> Option<u8> {
        self.last
    }

    /// Whether the age lies in the range.
    pub fn contains(self, age: u8) -> bool {
        age >= self.first && self.last.is_none_or(|last| age <= last)
    }
}

impl FromStr for AgeRange {
    type Err = String;

    fn from_str(text: &str) -> Result<Self, String> {
        let wrong = || format!("`{text}` is not an age range; write it as \"18-64\" or \"65+\"");
        let age = |part: &str| part.trim().parse::<u8>().map_err(|_| wrong());
        if let Some(first) = text.trim().strip_suffix('+') {
            return Ok(Self {
                first: age(first)?,
                last: None,
            });
        }
        let (first, last) = text.split_once('-').ok_or_else(wrong)?;
        let range = Self {
            first: age(first)?,
            last: Some(age(last)?),
        };
        if range.last.is_some_and(|last| last < range.first) {
            Err(wrong())
        } else {
            Ok(range)
        }
    }
}

impl fmt::Display for AgeRange {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self.last {
            Some(last) => write!(f, "{}-{last}", self.first),
            None => write!(f, "{}+", self.first),
        }
    }
}

impl Serialize for AgeRange {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.collect_str(self)
    }
}

impl<'de> Deserialize<'de> for AgeRange {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        String::deserialize(deserializer)?
            .parse()
            .map_err(de::Error::custom)
    }
}

impl JsonSchema for AgeRange {
    fn schema_name() -> std::borrow::Cow<'static, str> {
        "AgeRange".into()
    }

    fn json_schema(_: &mut SchemaGenerator) -> Schema {
        json_schema!({
            "type": "string",
            "pattern": "^[0-9]+(-[0-9]+|\\+)$",
            "description": "Ages in completed years: \"18-64\" holds 18 up to and including 64."
        })
    }
}

/// Age bands from cut points: `[18, 27, 50, 65]` makes `18-26`, `27-49` and `50-64`.
///
/// Ages outside the cut points are in no band of this set.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct AgeBands {
    cuts: Vec<u8>,
    labels: Vec<String>,
}

impl AgeBands {
    /// Bands between successive cut points; an error unless there are at least two cut points
    /// and they rise.
    pub fn new(cuts: &[u8]) -> Result<Self, String> {
        if cuts.len() < 2 || cuts.windows(2).any(|pair| pair[0] >= pair[1]) {
            return Err(format!(
                "age cut points must rise and be at least two, not {cuts:?}"
            ));
        }
        let labels = cuts
            .windows(2)
            .map(|pair| format!("{}-{}", pair[0], pair[1] - 1))
            .collect();
        Ok(Self {
            cuts: cuts.to_vec(),
            labels,
        })
    }

    /// The bands that published counts use over all ages: 0–17, 18–26, 27–49, 50–64, 65 and
    /// over (written `65-119`).
    pub fn published() -> Self {
        Self {
            cuts: vec![0, 18, 27, 50, 65, 120],
            labels: ["0-17", "18-26", "27-49", "50-64", "65+"]
                .map(String::from)
                .to_vec(),
        }
    }

    /// Band labels in order.
    pub fn labels(&self) -> &[String] {
        &self.labels
    }

    /// The band an age falls in.
    pub fn band_of(&self, age: u8) -> Option<&str> {
        let at = self
            .cuts
            .windows(2)
            .position(|pair| (pair[0]..pair[1]).contains(&age))?;
        Some(&self.labels[at])
    }
}

/// How origin is grouped into strata.
#[derive(Copy, Clone, PartialEq, Eq, Debug, Default, Serialize, Deserialize, JsonSchema)]
pub enum OriginScheme {
    /// Three levels: born in the Netherlands, elsewhere in Europe, outside Europe.
    #[default]
    #[serde(rename = "nl-europe-outside")]
    NlEuropeOutside,
    /// The four published groups.
    #[serde(rename = "four-groups")]
    FourGroups,
}

impl OriginScheme {
    /// Level keys in published order, without `unknown`.
    pub fn levels(self) -> &'static [&'static str] {
        match self {
            Self::NlEuropeOutside => &["netherlands", "europe", "outside_europe"],
            Self::FourGroups => &[
                "nl_both_parents",
                "nl_parent_abroad",
                "europe",
                "outside_europe",
            ],
        }
    }

    /// The level an origin falls in.
    pub fn level_of(self, origin: Option<Origin>) -> &'static str {
        match (self, origin) {
            (_, None) => UNKNOWN,
            (
                Self::NlEuropeOutside,
                Some(Origin::NetherlandsBothParents | Origin::NetherlandsParentAbroad),
            ) => "netherlands",
            (_, Some(origin)) => origin.key(),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn ranges_hold_their_last_age() {
        let range: AgeRange = "18-64".parse().unwrap();
        assert!(range.contains(18) && range.contains(64) && !range.contains(65));
        assert!("65+".parse::<AgeRange>().unwrap().contains(101));
        assert!("64-18".parse::<AgeRange>().is_err());
        assert!("adults".parse::<AgeRange>().unwrap_err().contains("18-64"));
    }

    #[test]
    fn bands_are_half_open() {
        let bands = AgeBands::new(&[18, 27, 50, 65]).unwrap();
        assert_eq!(bands.labels(), ["18-26", "27-49", "50-64"]);
        assert_eq!(bands.band_of(27), Some("27-49"));
        assert_eq!(bands.band_of(65), None);
        assert!(AgeBands::new(&[18]).is_err() && AgeBands::new(&[18, 18]).is_err());
        assert_eq!(AgeBands::published().band_of(99), Some("65+"));
    }

    #[test]
    fn durations_are_calendar_months() {
        let day = |text| Day::parse(text).unwrap();
        let band = |since| DurationBand::between(day(since), day("2026-01-01"));
        assert_eq!(band("2025-10-02"), DurationBand::UnderThreeMonths);
        assert_eq!(band("2025-10-01"), DurationBand::UnderAYear);
        assert_eq!(band("2024-01-02"), DurationBand::UnderTwoYears);
        assert_eq!(band("2024-01-01"), DurationBand::TwoYearsAndOver);
    }

    #[test]
    fn an_age_moves_with_the_date() {
        let counted = Day::parse("2025-04-08").unwrap();
        let birth = Birth::AgedOn {
            age: 17,
            on: counted,
        };
        assert_eq!(birth.age_on(counted), Some(17));
        assert_eq!(birth.age_on(Day::parse("2026-06-01").unwrap()), Some(18));
    }

    #[test]
    fn missing_origin_is_a_level() {
        assert_eq!(OriginScheme::NlEuropeOutside.level_of(None), UNKNOWN);
        assert_eq!(
            OriginScheme::NlEuropeOutside.level_of(Some(Origin::NetherlandsParentAbroad)),
            "netherlands"
        );
    }
}

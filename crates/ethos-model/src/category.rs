//! The seven ETHOS Light categories as the Netherlands counts them, the living situations
//! beneath them, and the three totals that are never mixed.
//!
//! Categories 1–6 are FEANTSA's ETHOS Light (2007, revised 2017); 7 is the addition of the
//! Belgian and Dutch counts.

use std::fmt;
use std::str::FromStr;

use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

/// One of the seven ETHOS Light categories, or `Unknown` for someone known to be homeless
/// whose situation no source can tell. `Unknown` has its own row in every table.
#[derive(
    Copy, Clone, PartialEq, Eq, PartialOrd, Ord, Hash, Debug, Serialize, Deserialize, JsonSchema,
)]
#[serde(rename_all = "snake_case")]
pub enum EthosCategory {
    /// 1: sleeping rough, in public or outside space.
    PublicSpace,
    /// 2: in emergency shelter, night by night.
    EmergencyShelter,
    /// 3: in temporary accommodation for homeless people.
    TemporaryShelter,
    /// 4: in an institution for lack of housing: (a) still inside although ready to leave, or
    /// (b) leaving within one calendar month after the date without housing.
    Institution,
    /// 5: in an unconventional dwelling for lack of housing.
    Unconventional,
    /// 6: temporarily with family or friends for lack of housing.
    FamilyFriends,
    /// 7: eviction expected within one calendar month after the date with nowhere to go.
    EvictionThreat,
    /// Homeless, but no source tells how.
    Unknown,
}

impl EthosCategory {
    /// The seven categories in number order, then `Unknown`.
    pub const ALL: [Self; 8] = [
        Self::PublicSpace,
        Self::EmergencyShelter,
        Self::TemporaryShelter,
        Self::Institution,
        Self::Unconventional,
        Self::FamilyFriends,
        Self::EvictionThreat,
        Self::Unknown,
    ];

    /// 1–7; `None` for `Unknown`.
    pub fn number(self) -> Option<u8> {
        let number = self as u8 + 1;
        (number <= 7).then_some(number)
    }

    /// The category with this number.
    pub fn from_number(number: u8) -> Option<Self> {
        (1..=7)
            .contains(&number)
            .then(|| Self::ALL[usize::from(number) - 1])
    }

    /// Position in [`Self::ALL`].
    pub fn index(self) -> usize {
        self as usize
    }

    /// The stable key: `public_space`, … `eviction_threat`, `unknown`.
    pub fn key(self) -> &'static str {
        match self {
            Self::PublicSpace => "public_space",
            Self::EmergencyShelter => "emergency_shelter",
            Self::TemporaryShelter => "temporary_shelter",
            Self::Institution => "institution",
            Self::Unconventional => "unconventional",
            Self::FamilyFriends => "family_friends",
            Self::EvictionThreat => "eviction_threat",
            Self::Unknown => "unknown",
        }
    }

    /// Name in the given language.
    pub fn name(self, language: Language) -> &'static str {
        match (self, language) {
            (Self::PublicSpace, Language::Nl) => "In de openbare ruimte",
            (Self::PublicSpace, Language::En) => "Public space",
            (Self::EmergencyShelter, Language::Nl) => "In de noodopvang",
            (Self::EmergencyShelter, Language::En) => "Emergency shelter",
            (Self::TemporaryShelter, Language::Nl) => "In tijdelijke opvang",
            (Self::TemporaryShelter, Language::En) => "Temporary shelter",
            (Self::Institution, Language::Nl) => "In een instelling bij gebrek aan woonruimte",
            (Self::Institution, Language::En) => "In an institution for lack of housing",
            (Self::Unconventional, Language::Nl) => "In niet-conventionele woonruimte",
            (Self::Unconventional, Language::En) => "Unconventional dwelling",
            (Self::FamilyFriends, Language::Nl) => "Bij familie, vrienden of kennissen",
            (Self::FamilyFriends, Language::En) => "With family or friends",
            (Self::EvictionThreat, Language::Nl) => "Dreigende huisuitzetting",
            (Self::EvictionThreat, Language::En) => "Facing eviction",
            (Self::Unknown, Language::Nl) => "Situatie onbekend",
            (Self::Unknown, Language::En) => "Situation unknown",
        }
    }

    /// Which of the three totals a person in this category belongs to: 1–6 and unknown are
    /// homeless, 7 is threatened.
    pub fn total(self) -> Total {
        if self == Self::EvictionThreat {
            Total::Threatened
        } else {
            Total::Homeless
        }
    }
}

impl fmt::Display for EthosCategory {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.key())
    }
}

impl FromStr for EthosCategory {
    type Err = String;

    /// Reads a key or a number.
    fn from_str(text: &str) -> Result<Self, String> {
        if let Some(found) = Self::ALL
            .into_iter()
            .find(|category| category.key() == text)
        {
            return Ok(found);
        }
        text.parse()
            .ok()
            .and_then(Self::from_number)
            .ok_or_else(|| {
                let keys = Self::ALL.map(Self::key);
                let hint = crate::suggest::did_you_mean(text, &keys);
                format!("`{text}` is not an ETHOS Light category (1–7 or a key){hint}")
            })
    }
}

/// Language of what a person reads.
#[derive(
    Copy, Clone, PartialEq, Eq, PartialOrd, Ord, Debug, Default, Serialize, Deserialize, JsonSchema,
)]
#[serde(rename_all = "lowercase")]
pub enum Language {
    /// Dutch.
    #[default]
    Nl,
    /// English.
    En,
}

impl Language {
    /// Picks the text in this language.
    pub fn pick<'a>(self, nl: &'a str, en: &'a str) -> &'a str {
        match self {
            Self::Nl => nl,
            Self::En => en,
        }
    }
}

/// The three totals. A figure belongs to exactly one; no row adds people of two.
#[derive(
    Copy, Clone, PartialEq, Eq, PartialOrd, Ord, Hash, Debug, Serialize, Deserialize, JsonSchema,
)]
#[serde(rename_all = "snake_case")]
pub enum Total {
    /// Categories 1–6 and unknown.
    Homeless,
    /// Category 7.
    Threatened,
    /// The people the estimate speaks of: the study's `[scope]`.
    EstimateScope,
}

impl Total {
    /// The three totals.
    pub const ALL: [Self; 3] = [Self::Homeless, Self::Threatened, Self::EstimateScope];

    /// Stable key.
    pub fn key(self) -> &'static str {
        match self {
            Self::Homeless => "homeless",
            Self::Threatened => "threatened",
            Self::EstimateScope => "estimate_scope",
        }
    }

    /// Name in the given language.
    pub fn name(self, language: Language) -> &'static str {
        match (self, language) {
            (Self::Homeless, Language::Nl) => "Dakloze mensen (categorie 1–6 en situatie onbekend)",
            (Self::Homeless, Language::En) => {
                "Homeless people (categories 1–6 and situation unknown)"
            }
            (Self::Threatened, Language::Nl) => "Dreigend dakloze mensen (categorie 7)",
            (Self::Threatened, Language::En) => "People threatened with homelessness (category 7)",
            (Self::EstimateScope, Language::Nl) => "Afbakening van de schatting",
            (Self::EstimateScope, Language::En) => "Scope of the estimate",
        }
    }
}

/// A living situation: the level beneath a category.
///
/// The codes are this project's (a category number and a letter); layouts map their own codes
/// onto them.
#[derive(Copy, Clone, PartialEq, Eq, PartialOrd, Ord, Hash, Debug)]
pub struct LivingSituation(u8);

struct Situation {
    code: &'static str,
    category: EthosCategory,
    nl: &'static str,
    en: &'static str,
}

const fn situation(
    code: &'static str,
    category: EthosCategory,
    nl: &'static str,
    en: &'static str,
) -> Situation {
    Situation {
        code,
        category,
        nl,
        en,
    }
}

const SITUATIONS: [Situation; 15] = [
    situation(
        "1a",
        EthosCategory::PublicSpace,
        "Buiten of in de openbare ruimte",
        "Public or outside space",
    ),
    situation(
        "2a",
        EthosCategory::EmergencyShelter,
        "Nachtopvang of noodopvang",
        "Overnight or emergency shelter",
    ),
    situation(
        "3a",
        EthosCategory::TemporaryShelter,
        "24-uursopvang",
        "Hostel for homeless people",
    ),
    situation(
        "3b",
        EthosCategory::TemporaryShelter,
        "Tijdelijke huisvesting met begeleiding",
        "Transitional supported accommodation",
    ),
    situation(
        "3c",
        EthosCategory::TemporaryShelter,
        "Vrouwenopvang",
        "Women's shelter",
    ),
    situation(
        "4a",
        EthosCategory::Institution,
        "Zorginstelling",
        "Health care institution",
    ),
    situation(
        "4b",
        EthosCategory::Institution,
        "Penitentiaire inrichting",
        "Penal institution",
    ),
    situation("4c", EthosCategory::Institution, "Jeugdzorg", "Youth care"),
    situation(
        "4d",
        EthosCategory::Institution,
        "Beschermd wonen",
        "Protected housing",
    ),
    situation(
        "5a",
        EthosCategory::Unconventional,
        "Auto, caravan of boot",
        "Car, caravan or boat",
    ),
    situation(
        "5b",
        EthosCategory::Unconventional,
        "Gebouw zonder woonbestemming",
        "Building not meant for living",
    ),
    situation(
        "5c",
        EthosCategory::Unconventional,
        "Tijdelijk bouwsel",
        "Temporary structure",
    ),
    situation(
        "6a",
        EthosCategory::FamilyFriends,
        "Bij familie",
        "With family",
    ),
    situation(
        "6b",
        EthosCategory::FamilyFriends,
        "Bij vrienden of kennissen",
        "With friends or acquaintances",
    ),
    situation(
        "7a",
        EthosCategory::EvictionThreat,
        "Huisuitzetting binnen een maand",
        "Eviction within a month",
    ),
];

impl LivingSituation {
    /// Every living situation, in code order.
    pub fn all() -> impl Iterator<Item = Self> {
        (0..SITUATIONS.len()).map(|index| Self(index as u8))
    }

    /// The situation with this code (`1a`, `4d`, …).
    pub fn from_code(code: &str) -> Option<Self> {
        SITUATIONS
            .iter()
            .position(|situation| situation.code == code)
            .map(|at| Self(at as u8))
    }

    /// The code.
    pub fn code(self) -> &'static str {
        SITUATIONS[usize::from(self.0)].code
    }

    /// The category it belongs to.
    pub fn category(self) -> EthosCategory {
        SITUATIONS[usize::from(self.0)].category
    }

    /// Name in the given language.
    pub fn name(self, language: Language) -> &'static str {
        let situation = &SITUATIONS[usize::from(self.0)];
        language.pick(situation.nl, situation.en)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn numbers_and_keys_agree() {
        for category in EthosCategory::ALL {
            assert_eq!(category.key().parse::<EthosCategory>().unwrap(), category);
            if let Some(number) = category.number() {
                assert_eq!(EthosCategory::from_number(number), Some(category));
            }
        }
        assert_eq!(EthosCategory::from_number(8), None);
        assert_eq!(EthosCategory::Unknown.number(), None);
        let error = "family_freinds".parse::<EthosCategory>().unwrap_err();
        assert!(error.contains("family_friends"), "{error}");
    }

    #[test]
    fn every_category_has_a_living_situation_and_codes_are_unique() {
        for category in EthosCategory::ALL
            .into_iter()
            .filter(|c| c.number().is_some())
        {
            assert!(LivingSituation::all().any(|situation| situation.category() == category));
        }
        for situation in LivingSituation::all() {
            assert_eq!(
                LivingSituation::from_code(situation.code()),
                Some(situation)
            );
            assert!(
                situation
                    .code()
                    .starts_with(&situation.category().number().unwrap().to_string())
            );
        }
    }

    #[test]
    fn only_seven_is_threatened() {
        let threatened: Vec<_> = EthosCategory::ALL
            .into_iter()
            .filter(|c| c.total() == Total::Threatened)
            .collect();
        assert_eq!(threatened, [EthosCategory::EvictionThreat]);
    }
}

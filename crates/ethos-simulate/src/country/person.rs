//! The people of the country: who they are, and where they stand on each reference date.

use ethos_model::attribute::{NationalityGroup, Origin, ResidenceStatus, Sex};
use ethos_model::category::{EthosCategory, LivingSituation};
use ethos_model::date::Day;

use crate::country::calendar;
use crate::country::capture::History;
use crate::country::place::PlaceId;

/// Position of a person in [`crate::country::Country::persons`].
pub(crate) type PersonIndex = u32;

/// What a person is to the estimate on a reference date.
#[derive(Copy, Clone, PartialEq, Eq, PartialOrd, Ord, Hash, Debug)]
pub(crate) enum Kind {
    /// 18–64, registered, in category 1, 2, 5, 6 or a short stay of 3.
    Scope,
    /// 18–64, registered, in temporary shelter for longer than the scope allows.
    LongStay,
    /// Ready to leave an institution, without housing.
    Institution,
    /// Facing eviction.
    Threatened,
    /// 65 or older.
    Senior,
    /// Not in the population register of a municipality.
    NotRegistered,
    /// Under 18, with a parent.
    Child,
}

/// Where a person stands on one reference date.
#[derive(Clone, PartialEq, Eq, Debug)]
pub(crate) struct Season {
    /// Position of the reference date.
    pub(crate) date: u8,
    pub(crate) kind: Kind,
    pub(crate) situation: LivingSituation,
    /// First day in this situation.
    pub(crate) since: Day,
    /// First day no longer in it; `None` while it lasts.
    pub(crate) until: Option<Day>,
    /// Lists that have the person on the date.
    pub(crate) history: History,
    /// Municipality of the stay.
    pub(crate) stay: PlaceId,
}

impl Season {
    pub(crate) fn category(&self) -> EthosCategory {
        self.situation.category()
    }

    /// Whether the person stays in a shelter for homeless people.
    pub(crate) fn sheltered(&self) -> bool {
        matches!(
            self.category(),
            EthosCategory::EmergencyShelter | EthosCategory::TemporaryShelter
        )
    }

    /// Whether another season is the same unbroken stay in the same situation.
    pub(crate) fn continues(&self, earlier: &Self) -> bool {
        self.since == earlier.since && self.situation == earlier.situation
    }
}

/// How a person belongs to a household.
#[derive(Copy, Clone, PartialEq, Eq, Debug)]
pub(crate) enum Family {
    /// Lives alone.
    None,
    /// In this household, as a parent or a child.
    Household(u32),
    /// A child of these people that lives elsewhere.
    Elsewhere,
}

/// A person.
#[derive(Clone, Debug)]
pub(crate) struct Person {
    /// Citizen service number; `None` for someone who has none.
    pub(crate) bsn: Option<u32>,
    pub(crate) sex: Sex,
    pub(crate) birth: Day,
    pub(crate) origin: Origin,
    pub(crate) nationality: NationalityGroup,
    pub(crate) residence: ResidenceStatus,
    /// Municipality of registration; where someone not registered lives.
    pub(crate) home: PlaceId,
    /// First two letters of the first name and first three of the last name.
    pub(crate) letters: [u8; 5],
    pub(crate) family: Family,
    pub(crate) parents: [Option<PersonIndex>; 2],
    /// Children with the person, and children who live elsewhere.
    pub(crate) children: Vec<PersonIndex>,
    /// First day of homelessness, or of the threat of it.
    pub(crate) entry: Day,
    /// First day without; `None` while it lasts.
    pub(crate) exit: Option<Day>,
    /// The reference dates on which the person is homeless or threatened, in order.
    pub(crate) seasons: Vec<Season>,
}

impl Person {
    pub(crate) fn age_on(&self, day: Day) -> u8 {
        calendar::age(self.birth, day)
    }

    /// The season of a reference date.
    pub(crate) fn on(&self, date: usize) -> Option<&Season> {
        self.seasons
            .iter()
            .find(|season| usize::from(season.date) == date)
    }
}

/// Codes that the shipped layouts use.
pub(crate) mod code {
    use super::{NationalityGroup, Origin, ResidenceStatus, Sex};

    pub(crate) fn sex(sex: Sex) -> &'static str {
        match sex {
            Sex::Male => "M",
            Sex::Female => "V",
        }
    }

    pub(crate) fn origin(origin: Origin) -> &'static str {
        match origin {
            Origin::NetherlandsBothParents => "NL2",
            Origin::NetherlandsParentAbroad => "NL1",
            Origin::Europe => "EU",
            Origin::OutsideEurope => "BE",
        }
    }

    pub(crate) fn nationality(nationality: NationalityGroup) -> &'static str {
        match nationality {
            NationalityGroup::Dutch => "NL",
            NationalityGroup::EuropeanUnion => "EU",
            NationalityGroup::Other => "ANDERS",
        }
    }

    pub(crate) fn residence(residence: ResidenceStatus) -> &'static str {
        match residence {
            ResidenceStatus::Registered => "I",
            ResidenceStatus::LawfulNotRegistered => "R",
            ResidenceStatus::Unlawful => "Z",
        }
    }

    /// A citizen service number as text: nine digits, leading zeros kept.
    pub(crate) fn bsn(number: Option<u32>) -> String {
        number.map_or_else(String::new, |number| format!("{number:09}"))
    }
}

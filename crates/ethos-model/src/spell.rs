//! Spells: one person in one situation at one provider.

use serde::{Deserialize, Serialize};

use crate::attribute::Attributes;
use crate::category::{EthosCategory, LivingSituation};
use crate::date::Day;
use crate::municipality::MunicipalityCode;
use crate::token::Token;

/// Position of a source in the study file, 0 for the first.
#[derive(Copy, Clone, PartialEq, Eq, PartialOrd, Ord, Hash, Debug, Serialize, Deserialize)]
#[serde(transparent)]
pub struct SourceId(pub u16);

/// Where a spell was read: which delivery (position in the run's list of deliveries) and which
/// line of it. It orders spells and explains them; it is never published.
#[derive(Copy, Clone, PartialEq, Eq, PartialOrd, Ord, Hash, Debug)]
pub struct RowRef {
    /// Position in the run's list of deliveries.
    pub delivery: u32,
    /// Line as a spreadsheet numbers it: the header is 1.
    pub row: u32,
}

/// What linkage may match on.
#[derive(Copy, Clone, PartialEq, Eq, Debug, Default)]
pub struct LinkKey {
    /// Keyed hash of the citizen service number.
    pub person: Option<Token>,
    /// Keyed hash of a deterministic fallback key (letters of the name, birth date or age,
    /// sex, municipality), for rows without a number.
    pub fallback: Option<Token>,
}

/// The up to four municipalities of a spell. Every table names the one it uses.
#[derive(Copy, Clone, PartialEq, Eq, Debug, Default)]
pub struct Municipalities {
    /// Where the person stays.
    pub stay: Option<MunicipalityCode>,
    /// Which municipality is responsible: the deliverer, often the centre municipality.
    pub responsible: Option<MunicipalityCode>,
    /// Where the person is registered.
    pub registered: Option<MunicipalityCode>,
    /// Where the person comes from.
    pub origin: Option<MunicipalityCode>,
}

/// One person in one situation at one provider, over the half-open days `[start, end)`.
///
/// Codes of municipalities are those of the file; count recodes them to the study's year.
/// A spell whose start is not known starts on the day it was observed or the file was made and
/// has `start_known = false`.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct Spell {
    /// The source that reported it.
    pub source: SourceId,
    /// The delivery and line it came from.
    pub row: RowRef,
    /// What linkage may match on.
    pub key: LinkKey,
    /// Category.
    pub category: EthosCategory,
    /// Living situation beneath the category, where known.
    pub situation: Option<LivingSituation>,
    /// First day.
    pub start: Day,
    /// Whether the source gave the start.
    pub start_known: bool,
    /// First day after the last; `None` when not ended or not known.
    pub end: Option<Day>,
    /// The day or night on which someone saw the person in this situation.
    pub observed: Option<Day>,
    /// Day from which the person is ready to leave an institution.
    pub ready_to_leave: Option<Day>,
    /// Day on which an eviction, or leaving an institution without housing, is expected.
    pub expected_on: Option<Day>,
    /// End reason in the sender's code list.
    pub end_reason: Option<EndReason>,
    /// The up to four municipalities.
    pub municipalities: Municipalities,
    /// What the row says of the person.
    pub attributes: Attributes,
    /// Children who stay with the person, where the source counts them so.
    pub children_with: u8,
    /// Children who live elsewhere, where the source counts them so.
    pub children_elsewhere: u8,
}

/// An end reason: a code of at most two digits from the sender's list (WMO588 for Wmo records).
#[derive(Copy, Clone, PartialEq, Eq, Debug)]
pub struct EndReason(pub u8);

impl Spell {
    /// Whether the spell covers the day: `start <= day < end`, with an unknown end open.
    pub fn covers(&self, day: Day) -> bool {
        self.start <= day && self.end.is_none_or(|end| day < end)
    }

    /// Days from the start up to and including the day; 0 before the start.
    pub fn days_by(&self, day: Day) -> i32 {
        (day.0 - self.start.0 + 1).max(0)
    }
}

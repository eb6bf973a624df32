//! The publication cube: every published figure in long form, one figure a row, from which all
//! tables are written.

mod crossing;

use std::sync::LazyLock;

use crate::capture::CaptureTable;
use crate::category::{EthosCategory, Language, Total};
use crate::cell::{Count, Estimate};
use crate::date::Time;
use crate::municipality::MunicipalityCode;

pub use crossing::{Characteristic, Crossing, DeclaredTable, PlaceLevel};

/// The tables a figure belongs to. A family is a declared crossing, not every crossing. In
/// published order.
#[derive(Copy, Clone, PartialEq, Eq, PartialOrd, Ord, Hash, Debug)]
pub enum Family {
    /// The core indicators: their figure, the one before and the change.
    Dashboard,
    /// Time × one of sex, age, origin, region at a time (and all together), whole country,
    /// within the scope of the estimate: observed, added, estimated.
    NationalEstimate,
    /// Time × estimator: what several make of the same table, within the scope; on request.
    Estimators,
    /// Time × category, whole country, observed.
    NationalCategory,
    /// Time × total × one of sex, age, origin at a time, whole country, observed.
    NationalCharacteristics,
    /// Time × region × category, observed.
    RegionalCategory,
    /// Time × municipality × category, observed.
    MunicipalCategory,
    /// Time × place × category × one or two characteristics, observed, as declared.
    Crossed(Crossing),
    /// Time × place or one of category, sex, age: inhabitants, and published figures per so many.
    Rates,
    /// Time × one of category, sex, age, duration, nationality: persons who entered or left
    /// homelessness, or came into a category; on request. No stock stands in it.
    Flows,
    /// Time × category on the later date × category on the earlier one; on request.
    Moves,
    /// Time × municipality: synthetic share of the estimate; experimental, on request.
    MunicipalSynthetic,
}

impl Family {
    /// Every family there can be, in published order.
    pub fn all() -> &'static [Self] {
        static ALL: LazyLock<Vec<Family>> = LazyLock::new(|| {
            [
                Family::Dashboard,
                Family::NationalEstimate,
                Family::Estimators,
                Family::NationalCategory,
                Family::NationalCharacteristics,
                Family::RegionalCategory,
                Family::MunicipalCategory,
            ]
            .into_iter()
            .chain(Crossing::all().map(Family::Crossed))
            .chain([
                Family::Rates,
                Family::Flows,
                Family::Moves,
                Family::MunicipalSynthetic,
            ])
            .collect()
        });
        &ALL
    }

    /// The family with this key.
    pub fn from_key(key: &str) -> Option<Self> {
        Self::all().iter().copied().find(|found| found.key() == key)
    }

    /// Stable key; also the file name of the family's table.
    pub fn key(self) -> &'static str {
        match self {
            Self::Dashboard => "dashboard",
            Self::NationalCategory => "national_category",
            Self::NationalEstimate => "national_estimate",
            Self::Estimators => "estimators",
            Self::NationalCharacteristics => "national_characteristics",
            Self::RegionalCategory => "regional_category",
            Self::MunicipalCategory => "municipal_category",
            Self::Crossed(crossing) => crossing.key(),
            Self::Rates => "rates",
            Self::Flows => "flows",
            Self::Moves => "moves",
            Self::MunicipalSynthetic => "municipal_synthetic",
        }
    }

    /// Title in the given language.
    pub fn title(self, language: Language) -> &'static str {
        match self {
            Self::Dashboard => language.pick("Kernindicatoren", "Core indicators"),
            Self::NationalCategory => language.pick(
                "Getelde mensen naar ETHOS Light-categorie, Nederland",
                "Observed people by ETHOS Light category, Netherlands",
            ),
            Self::NationalEstimate => language.pick(
                "Geschat aantal dakloze mensen naar kenmerk, Nederland",
                "Estimated homeless people by characteristic, Netherlands",
            ),
            Self::Estimators => language.pick(
                "Het geschatte aantal naast dat van andere schatters, Nederland",
                "The estimate beside those of other estimators, Netherlands",
            ),
            Self::NationalCharacteristics => language.pick(
                "Getelde mensen naar kenmerk, Nederland",
                "Observed people by characteristic, Netherlands",
            ),
            Self::RegionalCategory => language.pick(
                "Getelde mensen naar regio en ETHOS Light-categorie",
                "Observed people by region and ETHOS Light category",
            ),
            Self::MunicipalCategory => language.pick(
                "Getelde mensen naar gemeente en ETHOS Light-categorie",
                "Observed people by municipality and ETHOS Light category",
            ),
            Self::Crossed(crossing) => crossing.title(language),
            Self::Rates => language.pick(
                "Getelde en geschatte mensen naar verhouding tot de inwoners",
                "Observed and estimated people relative to inhabitants",
            ),
            Self::Flows => language.pick(
                "Instroom, terugkeer en uitstroom, Nederland",
                "Entries, returns and exits, Netherlands",
            ),
            Self::Moves => language.pick(
                "Verplaatsingen tussen categorieën, Nederland",
                "Moves between categories, Netherlands",
            ),
            Self::MunicipalSynthetic => language.pick(
                "Synthetisch aandeel in de schatting naar gemeente (experimenteel)",
                "Synthetic share of the estimate by municipality (experimental)",
            ),
        }
    }
}

/// The place a figure is of.
#[derive(Clone, PartialEq, Eq, PartialOrd, Ord, Hash, Debug)]
pub enum Place {
    /// The whole country.
    Netherlands,
    /// A region of a dated mapping.
    Region {
        /// Name of the mapping, such as `province`, `g4` or `centre`.
        mapping: String,
        /// The region.
        region: String,
    },
    /// A municipality, in the codes of the figure's date.
    Municipality(MunicipalityCode),
    /// Persons whose municipality no source tells.
    UnknownMunicipality,
}

/// The dimensions of a figure; `None` is all levels together.
#[derive(Clone, PartialEq, Eq, PartialOrd, Ord, Hash, Debug)]
pub struct CubeKey {
    /// Table family.
    pub family: Family,
    /// When.
    pub time: Time,
    /// Which of the three totals.
    pub total: Total,
    /// Where.
    pub place: Place,
    /// Category.
    pub category: Option<EthosCategory>,
    /// Sex key.
    pub sex: Option<String>,
    /// Age band.
    pub age: Option<String>,
    /// Origin key.
    pub origin: Option<String>,
    /// Region level of the estimate's strata (for example `g4` or `other`).
    pub region: Option<String>,
    /// Kind of household.
    pub household: Option<String>,
    /// Band of duration.
    pub duration: Option<String>,
    /// Nationality group.
    pub nationality: Option<String>,
    /// Residence status.
    pub residence: Option<String>,
    /// What is counted.
    pub measure: Measure,
}

impl CubeKey {
    /// A figure of the whole country with every dimension at "all".
    pub fn national(family: Family, time: Time, total: Total, measure: Measure) -> Self {
        Self {
            family,
            time,
            total,
            place: Place::Netherlands,
            category: None,
            sex: None,
            age: None,
            origin: None,
            region: None,
            household: None,
            duration: None,
            nationality: None,
            residence: None,
            measure,
        }
    }

    /// The level of a characteristic; `None` is all levels together.
    pub fn level(&self, of: Characteristic) -> Option<&str> {
        match of {
            Characteristic::Sex => &self.sex,
            Characteristic::Age => &self.age,
            Characteristic::Origin => &self.origin,
            Characteristic::Household => &self.household,
            Characteristic::Duration => &self.duration,
            Characteristic::Nationality => &self.nationality,
            Characteristic::Residence => &self.residence,
        }
        .as_deref()
    }

    /// Sets the level of a characteristic.
    pub fn set_level(&mut self, of: Characteristic, level: Option<String>) {
        *match of {
            Characteristic::Sex => &mut self.sex,
            Characteristic::Age => &mut self.age,
            Characteristic::Origin => &mut self.origin,
            Characteristic::Household => &mut self.household,
            Characteristic::Duration => &mut self.duration,
            Characteristic::Nationality => &mut self.nationality,
            Characteristic::Residence => &mut self.residence,
        } = level;
    }
}

/// An estimator whose answer may stand beside the estimate.
#[derive(Copy, Clone, PartialEq, Eq, PartialOrd, Ord, Hash, Debug)]
pub enum Estimator {
    /// Chao's lower bound, corrected for bias and for the number of lists.
    Chao,
    /// Darroch's model of unequal chances to be seen.
    Darroch,
}

/// What a figure counts. Observed and estimated are different measures, never one.
#[derive(Copy, Clone, PartialEq, Eq, PartialOrd, Ord, Hash, Debug)]
pub enum Measure {
    /// Persons observed.
    Observed,
    /// The smallest number of persons in the category under any priority order.
    ObservedSmallest,
    /// The largest number of persons in the category under any priority order.
    ObservedLargest,
    /// Of the persons observed, those under 18.
    ObservedChildren,
    /// Children of homeless parents who live elsewhere: not among the persons observed.
    ChildrenInvolved,
    /// Persons whom a source placed in the municipality or region in any situation: someone seen in
    /// two places is in both, so that these do not add up.
    ObservedTouched,
    /// Persons no list saw, as estimated.
    Added,
    /// Persons in all, as estimated.
    Estimated,
    /// Persons in all, as another estimator has them.
    EstimatedBy(Estimator),
    /// Synthetic share of the estimate.
    Synthetic,
    /// Inhabitants, as the user gives them.
    Inhabitants,
    /// Change of the persons observed since the reference date before.
    ObservedChange,
    /// Change of the children observed since the reference date before.
    ObservedChildrenChange,
    /// Change of the estimate since the reference date before.
    EstimatedChange,
    /// Persons who entered homelessness, by their first entry.
    Entries,
    /// Of those, persons nobody had seen homeless in the days of the washout.
    NewEntries,
    /// Of those, all others.
    Returns,
    /// Persons who left homelessness, by their last exit.
    Exits,
    /// Persons for whom a situation of the category began, homeless already or not: does not add up
    /// over categories.
    Began,
    /// Persons of the category on the later date who were in this one on the earlier date.
    MovedFrom(EthosCategory),
    /// Persons of the category on the later date who were in none on the earlier date.
    Arrived,
    /// Persons of the category on the earlier date who are in none on the later date.
    Gone,
    /// Persons observed per 1,000 inhabitants.
    ObservedPer1000,
    /// Persons in all, as estimated, per 1,000 inhabitants.
    EstimatedPer1000,
    /// Persons observed per 10,000 inhabitants.
    ObservedPer10000,
    /// Persons in all, as estimated, per 10,000 inhabitants.
    EstimatedPer10000,
}

impl Measure {
    /// Every measure in published order.
    pub const ALL: [Self; 34] = [
        Self::Observed,
        Self::ObservedSmallest,
        Self::ObservedLargest,
        Self::ObservedChildren,
        Self::ChildrenInvolved,
        Self::ObservedTouched,
        Self::Added,
        Self::Estimated,
        Self::EstimatedBy(Estimator::Chao),
        Self::EstimatedBy(Estimator::Darroch),
        Self::Synthetic,
        Self::Inhabitants,
        Self::ObservedChange,
        Self::ObservedChildrenChange,
        Self::EstimatedChange,
        Self::Entries,
        Self::NewEntries,
        Self::Returns,
        Self::Exits,
        Self::Began,
        Self::MovedFrom(EthosCategory::PublicSpace),
        Self::MovedFrom(EthosCategory::EmergencyShelter),
        Self::MovedFrom(EthosCategory::TemporaryShelter),
        Self::MovedFrom(EthosCategory::Institution),
        Self::MovedFrom(EthosCategory::Unconventional),
        Self::MovedFrom(EthosCategory::FamilyFriends),
        Self::MovedFrom(EthosCategory::EvictionThreat),
        Self::MovedFrom(EthosCategory::Unknown),
        Self::Arrived,
        Self::Gone,
        Self::ObservedPer1000,
        Self::EstimatedPer1000,
        Self::ObservedPer10000,
        Self::EstimatedPer10000,
    ];

    /// The rates of persons observed and estimated per so many inhabitants: 1,000, else 10,000.
    pub fn rates(per: u32) -> [Self; 2] {
        if per == 1_000 {
            [Self::ObservedPer1000, Self::EstimatedPer1000]
        } else {
            [Self::ObservedPer10000, Self::EstimatedPer10000]
        }
    }

    /// The change of a measure; `None` where none is published.
    pub fn change(self) -> Option<Self> {
        match self {
            Self::Observed => Some(Self::ObservedChange),
            Self::ObservedChildren => Some(Self::ObservedChildrenChange),
            Self::Estimated => Some(Self::EstimatedChange),
            _ => None,
        }
    }

    /// Per how many inhabitants a rate is; `None` for numbers of persons.
    pub fn per(self) -> Option<u32> {
        match self {
            Self::ObservedPer1000 | Self::EstimatedPer1000 => Some(1_000),
            Self::ObservedPer10000 | Self::EstimatedPer10000 => Some(10_000),
            _ => None,
        }
    }

    /// Stable key.
    pub fn key(self) -> &'static str {
        match self {
            Self::Observed => "observed",
            Self::ObservedSmallest => "observed_smallest",
            Self::ObservedLargest => "observed_largest",
            Self::ObservedChildren => "observed_children",
            Self::ChildrenInvolved => "children_involved",
            Self::ObservedTouched => "observed_touched",
            Self::Added => "added",
            Self::Estimated => "estimated",
            Self::EstimatedBy(Estimator::Chao) => "estimated_chao",
            Self::EstimatedBy(Estimator::Darroch) => "estimated_darroch",
            Self::Synthetic => "synthetic",
            Self::Inhabitants => "inhabitants",
            Self::ObservedChange => "observed_change",
            Self::ObservedChildrenChange => "observed_children_change",
            Self::EstimatedChange => "estimated_change",
            Self::Entries => "entries",
            Self::NewEntries => "new_entries",
            Self::Returns => "returns",
            Self::Exits => "exits",
            Self::Began => "began",
            Self::MovedFrom(category) => match category {
                EthosCategory::PublicSpace => "from_public_space",
                EthosCategory::EmergencyShelter => "from_emergency_shelter",
                EthosCategory::TemporaryShelter => "from_temporary_shelter",
                EthosCategory::Institution => "from_institution",
                EthosCategory::Unconventional => "from_unconventional",
                EthosCategory::FamilyFriends => "from_family_friends",
                EthosCategory::EvictionThreat => "from_eviction_threat",
                EthosCategory::Unknown => "from_unknown",
            },
            Self::Arrived => "arrived",
            Self::Gone => "gone",
            Self::ObservedPer1000 => "observed_per_1000",
            Self::EstimatedPer1000 => "estimated_per_1000",
            Self::ObservedPer10000 => "observed_per_10000",
            Self::EstimatedPer10000 => "estimated_per_10000",
        }
    }

    /// Name in the given language.
    pub fn name(self, language: Language) -> &'static str {
        match self {
            Self::Observed => language.pick("geteld", "observed"),
            Self::ObservedSmallest => language.pick("geteld, kleinste", "observed, smallest"),
            Self::ObservedLargest => language.pick("geteld, grootste", "observed, largest"),
            Self::ObservedChildren => language.pick("waarvan kinderen", "of whom children"),
            Self::ChildrenInvolved => language.pick(
                "indirect betrokken kinderen",
                "children indirectly involved",
            ),
            Self::ObservedTouched => language.pick(
                "in enige situatie gezien (niet optelbaar)",
                "seen in any situation (does not add up)",
            ),
            Self::Added => language.pick("bijgeschat", "added by the model"),
            Self::Estimated => language.pick("geschat totaal", "estimated total"),
            Self::EstimatedBy(Estimator::Chao) => {
                language.pick("ondergrens van Chao", "Chao's lower bound")
            }
            Self::EstimatedBy(Estimator::Darroch) => language.pick(
                "ongelijke kansen om gezien te worden (Darroch)",
                "unequal chances to be seen (Darroch)",
            ),
            Self::Synthetic => language.pick("synthetisch aandeel", "synthetic share"),
            Self::Inhabitants => language.pick("inwoners", "inhabitants"),
            Self::ObservedChange => language.pick(
                "geteld, verandering sinds de vorige peildatum",
                "observed, change since the reference date before",
            ),
            Self::ObservedChildrenChange => language.pick(
                "waarvan kinderen, verandering sinds de vorige peildatum",
                "of whom children, change since the reference date before",
            ),
            Self::EstimatedChange => language.pick(
                "geschat totaal, verandering sinds de vorige peildatum",
                "estimated total, change since the reference date before",
            ),
            Self::Entries => language.pick("ingestroomd", "entered"),
            Self::NewEntries => language.pick("waarvan nieuw", "of whom new"),
            Self::Returns => language.pick("waarvan teruggekeerd", "of whom returned"),
            Self::Exits => language.pick("uitgestroomd", "left"),
            Self::Began => language.pick("situatie begonnen", "situation began"),
            Self::MovedFrom(category) => match category {
                EthosCategory::PublicSpace => {
                    language.pick("eerder in 1 openbare ruimte", "before in 1 public space")
                }
                EthosCategory::EmergencyShelter => {
                    language.pick("eerder in 2 noodopvang", "before in 2 emergency shelter")
                }
                EthosCategory::TemporaryShelter => language.pick(
                    "eerder in 3 tijdelijke opvang",
                    "before in 3 temporary shelter",
                ),
                EthosCategory::Institution => {
                    language.pick("eerder in 4 instelling", "before in 4 institution")
                }
                EthosCategory::Unconventional => language.pick(
                    "eerder in 5 niet-conventionele woonruimte",
                    "before in 5 non-conventional dwelling",
                ),
                EthosCategory::FamilyFriends => language.pick(
                    "eerder in 6 bij familie of vrienden",
                    "before in 6 with family or friends",
                ),
                EthosCategory::EvictionThreat => language.pick(
                    "eerder in 7 dreigende huisuitzetting",
                    "before in 7 threatened eviction",
                ),
                EthosCategory::Unknown => {
                    language.pick("eerder situatie onbekend", "before situation unknown")
                }
            },
            Self::Arrived => language.pick("eerder niet gezien", "not seen before"),
            Self::Gone => language.pick("later niet meer gezien", "no longer seen later"),
            Self::ObservedPer1000 => language.pick(
                "geteld per 1.000 inwoners",
                "observed per 1,000 inhabitants",
            ),
            Self::EstimatedPer1000 => language.pick(
                "geschat per 1.000 inwoners",
                "estimated per 1,000 inhabitants",
            ),
            Self::ObservedPer10000 => language.pick(
                "geteld per 10.000 inwoners",
                "observed per 10,000 inhabitants",
            ),
            Self::EstimatedPer10000 => language.pick(
                "geschat per 10.000 inwoners",
                "estimated per 10,000 inhabitants",
            ),
        }
    }
}

/// The figure.
#[derive(Copy, Clone, PartialEq, Debug)]
pub enum Figure {
    /// A count with the state of its cell.
    Count(Count),
    /// An estimate with its interval.
    Estimate(Estimate),
}

/// One figure with its dimensions.
#[derive(Clone, PartialEq, Debug)]
pub struct CubeRow {
    /// Dimensions.
    pub key: CubeKey,
    /// Figure.
    pub figure: Figure,
}

/// What the count step hands on: observed figures, and the captures of every reference date.
#[derive(Clone, PartialEq, Debug, Default)]
pub struct Observed {
    /// Observed figures in the families the study asks for.
    pub cube: Vec<CubeRow>,
    /// One capture table a reference date.
    pub captures: Vec<CaptureTable>,
}

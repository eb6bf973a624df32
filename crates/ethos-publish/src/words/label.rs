//! Names of levels, dimensions, places and the marks that stand in for a number.

use ethos_model::attribute::{
    DurationBand, HouseholdType, NationalityGroup, Origin, ResidenceStatus, Sex, UNKNOWN,
};
use ethos_model::category::{EthosCategory, Language};
use ethos_model::cube::{Characteristic, CubeKey, Place};
use ethos_model::municipality::MunicipalityRegister;
use ethos_model::region::RegionMapping;

/// A characteristic that a figure can be broken down by.
#[derive(Copy, Clone, PartialEq, Eq, PartialOrd, Ord, Debug)]
pub enum Dimension {
    /// Sex.
    Sex,
    /// Age band.
    Age,
    /// Origin.
    Origin,
    /// Region level of the estimate's strata.
    Region,
    /// Kind of household.
    Household,
    /// How long the situation has lasted.
    Duration,
    /// Nationality group.
    Nationality,
    /// Residence status.
    Residence,
}

impl Dimension {
    /// Every dimension in printed order.
    pub const ALL: [Self; 8] = [
        Self::Sex,
        Self::Age,
        Self::Origin,
        Self::Region,
        Self::Household,
        Self::Duration,
        Self::Nationality,
        Self::Residence,
    ];

    /// The characteristic of persons it is; the region of the estimate's strata is none.
    pub fn characteristic(self) -> Option<Characteristic> {
        Some(match self {
            Self::Sex => Characteristic::Sex,
            Self::Age => Characteristic::Age,
            Self::Origin => Characteristic::Origin,
            Self::Region => return None,
            Self::Household => Characteristic::Household,
            Self::Duration => Characteristic::Duration,
            Self::Nationality => Characteristic::Nationality,
            Self::Residence => Characteristic::Residence,
        })
    }

    /// The dimension of a characteristic.
    pub fn of(characteristic: Characteristic) -> Self {
        match characteristic {
            Characteristic::Sex => Self::Sex,
            Characteristic::Age => Self::Age,
            Characteristic::Origin => Self::Origin,
            Characteristic::Household => Self::Household,
            Characteristic::Duration => Self::Duration,
            Characteristic::Nationality => Self::Nationality,
            Characteristic::Residence => Self::Residence,
        }
    }

    /// The level that a figure has of it; `None` is all levels together.
    pub fn level_of(self, key: &CubeKey) -> Option<&str> {
        match self.characteristic() {
            Some(characteristic) => key.level(characteristic),
            None => key.region.as_deref(),
        }
    }

    /// Name in the given language.
    pub fn name(self, language: Language) -> &'static str {
        match self.characteristic() {
            Some(characteristic) => characteristic.name(language),
            None => language.pick("Regio", "Region"),
        }
    }

    /// Position of a level in printed order: known levels first, others alphabetically, and
    /// `unknown` last.
    pub fn rank(self, level: &str) -> (usize, String) {
        const LAST: usize = usize::MAX;
        const OTHER: usize = 1_000;
        let keys: &[&str] = match self {
            Self::Sex => &["male", "female"],
            Self::Origin => &[
                "netherlands",
                "nl_both_parents",
                "nl_parent_abroad",
                "europe",
                "outside_europe",
            ],
            Self::Region => &["g4"],
            Self::Household => &["alone", "adults", "with_children"],
            Self::Duration => &[
                "under_3_months",
                "3_months_to_1_year",
                "1_to_2_years",
                "2_years_and_over",
            ],
            Self::Nationality => {
                // `other` is a group of its own here and not what is left.
                let keys = ["dutch", "eu", "other"];
                let known = keys.iter().position(|key| *key == level);
                let rank = if level == UNKNOWN { LAST } else { OTHER };
                return (known.unwrap_or(rank), level.to_owned());
            }
            Self::Residence => &["registered", "lawful_not_registered", "unlawful"],
            Self::Age => {
                let first = level.split(['-', '+']).next().unwrap_or_default();
                let rank = first.parse().unwrap_or(OTHER);
                return (if level == UNKNOWN { LAST } else { rank }, level.to_owned());
            }
        };
        let known = keys.iter().position(|key| *key == level);
        let rank = if level == UNKNOWN {
            LAST
        } else if level == "other" {
            LAST - 1
        } else {
            known.unwrap_or(OTHER)
        };
        (rank, level.to_owned())
    }

    /// Name of a level.
    pub fn level(self, level: &str, language: Language) -> String {
        if level == UNKNOWN {
            return language.pick("Onbekend", "Unknown").into();
        }
        match self {
            Self::Sex => Sex::from_key(level).map(|sex| match sex {
                Sex::Male => language.pick("Mannen", "Men"),
                Sex::Female => language.pick("Vrouwen", "Women"),
            }),
            Self::Origin if level == "netherlands" => {
                Some(language.pick("Geboren in Nederland", "Born in the Netherlands"))
            }
            Self::Origin => Origin::from_key(level).map(|origin| origin.name(language)),
            Self::Region => match level {
                "g4" => Some(language.pick("Vier grootste gemeenten", "Four largest cities")),
                "other" => Some(language.pick("Overige gemeenten", "Other municipalities")),
                _ => None,
            },
            Self::Age => return age_band(level, language),
            Self::Household => HouseholdType::from_key(level).map(|kind| kind.name(language)),
            Self::Duration => DurationBand::from_key(level).map(|band| band.name(language)),
            Self::Nationality => {
                NationalityGroup::from_key(level).map(|found| found.name(language))
            }
            Self::Residence => ResidenceStatus::from_key(level).map(|found| found.name(language)),
        }
        .unwrap_or(level)
        .to_owned()
    }
}

/// `18 t/m 26 jaar`, `65 jaar of ouder`; `18 to 26 years`, both ends included.
fn age_band(level: &str, language: Language) -> String {
    let years = language.pick("jaar", "years");
    if let Some(first) = level.strip_suffix('+') {
        return match language {
            Language::Nl => format!("{first} jaar of ouder"),
            Language::En => format!("{first} years and over"),
        };
    }
    match level.split_once('-') {
        Some((first, last)) => {
            format!("{first} {} {last} {years}", language.pick("t/m", "to"))
        }
        None => format!("{level} {years}"),
    }
}

/// Name of a place; a municipality by its name at CBS, its code where there is none.
pub fn place(place: &Place, language: Language) -> String {
    match place {
        Place::Netherlands => language.pick("Nederland", "Netherlands").into(),
        Place::Region { mapping, region } if mapping == "g4" => {
            Dimension::Region.level(region, language)
        }
        Place::Region { region, .. } if region == UNKNOWN => {
            language.pick("Regio onbekend", "Region unknown").into()
        }
        Place::Region { region, .. } => region.clone(),
        Place::Municipality(code) => MunicipalityRegister::shipped()
            .cbs_name(*code)
            .map_or_else(|| code.to_string(), str::to_owned),
        Place::UnknownMunicipality => language
            .pick("Gemeente onbekend", "Municipality unknown")
            .into(),
    }
}

/// Name of a region mapping: `Provincie`, or the title or key the user gave.
pub fn mapping(key: &str, supplied: &[RegionMapping], language: Language) -> String {
    let found = supplied
        .iter()
        .find(|mapping| mapping.key == key)
        .or_else(|| RegionMapping::shipped(key));
    found.map_or_else(
        || key.to_owned(),
        |mapping| language.pick(&mapping.name_nl, &mapping.name_en).to_owned(),
    )
}

/// `1 In de openbare ruimte`; the number stays with the name in every table.
pub fn category(category: EthosCategory, language: Language) -> String {
    match category.number() {
        Some(number) => format!("{number} {}", category.name(language)),
        None => category.name(language).to_owned(),
    }
}

/// What a category holds, in one sentence.
pub fn definition(category: EthosCategory, language: Language) -> &'static str {
    use EthosCategory as C;
    match category {
        C::PublicSpace => language.pick(
            "Slaapt buiten of op een openbare plek die geen opvang is.",
            "Sleeps outdoors or in a public place that is not a shelter.",
        ),
        C::EmergencyShelter => language.pick(
            "Heeft geen vaste plek om te wonen en slaapt nacht voor nacht in de nacht- of noodopvang.",
            "Has no usual place to live and sleeps night by night in low-threshold shelter.",
        ),
        C::TemporaryShelter => language.pick(
            "Verblijft in opvang voor dakloze mensen die tijdelijk bedoeld is, ook vrouwenopvang en tijdelijke huisvesting met begeleiding.",
            "Stays in temporary accommodation for homeless people, women's shelter and transitional supported housing included.",
        ),
        C::Institution => language.pick(
            "Zit nog in een instelling terwijl vertrek kan, of moet er binnen een maand uit, en heeft geen woning.",
            "Is still in an institution although ready to leave, or has to leave within a month, and has no home to go to.",
        ),
        C::Unconventional => language.pick(
            "Woont bij gebrek aan woning in iets dat geen woning is: een auto, schuur, tuinhuis of kraakpand.",
            "Lives, for lack of a home, in something that is not one: a vehicle, shed, garden house or squat.",
        ),
        C::FamilyFriends => language.pick(
            "Logeert bij gebrek aan woning tijdelijk bij familie, vrienden of kennissen.",
            "Stays temporarily with family or friends for lack of a home.",
        ),
        C::EvictionThreat => language.pick(
            "Moet naar verwachting binnen een maand het huis uit en kan nergens heen. Telt nooit mee in het totaal van dakloze mensen.",
            "Expects eviction within a month and has nowhere to go. Never part of the homeless total.",
        ),
        C::Unknown => language.pick(
            "Dakloos volgens een bron die niet zegt hoe.",
            "Homeless according to a source that does not say how.",
        ),
    }
}

/// A mark that stands in the place of a number, or beside one.
#[derive(Copy, Clone, PartialEq, Eq, PartialOrd, Ord, Debug)]
pub enum Mark {
    /// Withheld to protect people.
    Suppressed,
    /// No source can report it.
    NotCollected,
    /// The sender did not deliver.
    NotDelivered,
    /// Beside a number: a minimum, because something is missing.
    Partial,
    /// Beside a number of people who came or went: something is missing, which may make it too high.
    Incomplete,
    /// The cell cannot exist.
    Impossible,
    /// No estimate exists.
    NotEstimable,
    /// The data set no upper limit.
    NoUpperLimit,
    /// Beside a title: the figures may still change.
    Provisional,
    /// Beside a title: the figures take the place of earlier ones.
    Revised,
    /// Before a note: a break in the series.
    Break,
}

impl Mark {
    /// Every mark in the order of the notes.
    pub const ALL: [Self; 11] = [
        Self::Suppressed,
        Self::NotCollected,
        Self::NotDelivered,
        Self::Partial,
        Self::Incomplete,
        Self::Impossible,
        Self::NotEstimable,
        Self::NoUpperLimit,
        Self::Provisional,
        Self::Revised,
        Self::Break,
    ];

    /// The shorthand in tables.
    pub fn shorthand(self, language: Language) -> &'static str {
        match self {
            Self::Suppressed => "[c]",
            Self::NotCollected => "[x]",
            Self::NotDelivered => "[n]",
            // `[p]` is a provisional figure and `[u]` a doubtful one everywhere else.
            Self::Partial => "[min]",
            Self::Incomplete => "[u]",
            Self::Impossible => "[z]",
            Self::NotEstimable => "[ne]",
            Self::Provisional => "[p]",
            Self::Revised => "[r]",
            Self::Break => "[b]",
            Self::NoUpperLimit => language.pick("geen bovengrens", "no upper limit"),
        }
    }

    /// What it means, in one sentence.
    pub fn meaning(self, language: Language) -> &'static str {
        match self {
            Self::Suppressed => language.pick(
                "Niet getoond om mensen te beschermen: een klein aantal, of een aantal waaruit een klein aantal te berekenen zou zijn.",
                "Withheld to protect people: a small number, or one from which a small number could be worked out.",
            ),
            Self::NotCollected => language.pick(
                "Niet gemeten: geen bron van deze telling kan dit zien. Dit is geen nul.",
                "Not collected: no source of this count can see this. It is not a zero.",
            ),
            Self::NotDelivered => language.pick(
                "Niet geleverd: een bron had dit kunnen zien, maar leverde niet. Dit is geen nul.",
                "Not delivered: a source could have seen this and did not deliver. It is not a zero.",
            ),
            Self::Partial => language.pick(
                "Deels: een deel van de verwachte gegevens ontbreekt, of niet elke categorie is gemeten. Het getal is een ondergrens.",
                "Partial: some of what was expected is missing, or not every category was measured. The number is a minimum.",
            ),
            Self::Incomplete => language.pick(
                "Onvolledig: een deel van de verwachte gegevens ontbreekt, of niet elke categorie is gemeten. Wie nog niet of niet meer is geleverd, lijkt gekomen of vertrokken: het getal kan te laag en te hoog zijn.",
                "Incomplete: some of what was expected is missing, or not every category was measured. Who is not delivered yet, or no longer, seems to have come or gone: the number can be too low and too high.",
            ),
            Self::Impossible => language.pick("Kan niet voorkomen.", "Cannot occur."),
            Self::NotEstimable => language.pick(
                "Niet te schatten: de lijsten kunnen dit niet zien, of het model heeft hier geen oplossing.",
                "Not estimable: the lists cannot see this, or the model has no solution here.",
            ),
            Self::NoUpperLimit => language.pick(
                "De gegevens geven geen bovengrens.",
                "The data set no upper limit.",
            ),
            Self::Provisional => language.pick(
                "Voorlopig: de cijfers kunnen nog veranderen, bijvoorbeeld door late leveringen.",
                "Provisional: the figures may still change, for example when late deliveries come.",
            ),
            Self::Revised => language.pick(
                "Herzien: de cijfers komen in de plaats van eerder gepubliceerde.",
                "Revised: the figures take the place of figures published before.",
            ),
            Self::Break => language.pick(
                "Breuk in de reeks: cijfers van ervoor en erna zijn niet te vergelijken.",
                "Break in the series: figures before and after cannot be compared.",
            ),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn levels_read_in_both_languages() {
        assert_eq!(
            Dimension::Age.level("18-26", Language::Nl),
            "18 t/m 26 jaar"
        );
        assert_eq!(
            Dimension::Age.level("65+", Language::En),
            "65 years and over"
        );
        assert_eq!(Dimension::Sex.level("unknown", Language::Nl), "Onbekend");
        assert_eq!(Dimension::Region.level("Utrecht", Language::Nl), "Utrecht");
        assert_eq!(
            place(&Place::Municipality("0363".parse().unwrap()), Language::Nl),
            "Amsterdam"
        );
    }

    #[test]
    fn unknown_is_printed_last() {
        let mut levels = ["unknown", "65+", "18-26", "0-17"];
        levels.sort_by_key(|level| Dimension::Age.rank(level));
        assert_eq!(levels, ["0-17", "18-26", "65+", "unknown"]);
        let mut regions = ["unknown", "other", "g4"];
        regions.sort_by_key(|level| Dimension::Region.rank(level));
        assert_eq!(regions, ["g4", "other", "unknown"]);
    }

    #[test]
    fn marks_are_told_apart_and_explained() {
        for language in [Language::Nl, Language::En] {
            let mut marks: Vec<_> = Mark::ALL.map(|mark| mark.shorthand(language)).to_vec();
            marks.sort_unstable();
            marks.dedup();
            assert_eq!(marks.len(), Mark::ALL.len());
            assert!(
                Mark::ALL
                    .iter()
                    .all(|mark| !mark.meaning(language).is_empty())
            );
        }
    }
}

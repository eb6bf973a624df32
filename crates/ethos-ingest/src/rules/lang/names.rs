//! What an expression may name: fields, facts of a file, measures of a delivery, functions.

mod facts;
mod functions;
mod measures;

use ethos_model::attribute::{NationalityGroup, Origin, ResidenceStatus, Sex, UNKNOWN};
use ethos_model::category::{Language, LivingSituation};
use ethos_model::layout::{FieldType, Target};

pub(crate) use facts::{Fact, facts};
pub(crate) use functions::FUNCTIONS;
pub(crate) use measures::{MEASURES, Measure};

/// The type of a value.
#[derive(Copy, Clone, PartialEq, Eq, PartialOrd, Ord, Debug)]
pub(crate) enum Type {
    Day,
    Number,
    /// A code or any other text.
    Text,
    Municipality,
    Person,
    Logic,
}

impl Type {
    pub(crate) fn name(self, language: Language) -> &'static str {
        match self {
            Self::Day => language.pick("dag", "day"),
            Self::Number => language.pick("getal", "number"),
            Self::Text => language.pick("code of tekst", "code or text"),
            Self::Municipality => language.pick("gemeente", "municipality"),
            Self::Person => language.pick("persoonsnummer", "person's number"),
            Self::Logic => language.pick("ja of nee", "yes or no"),
        }
    }

    pub(crate) fn of_field(kind: FieldType) -> Self {
        match kind {
            FieldType::Bsn => Self::Person,
            FieldType::Date => Self::Day,
            FieldType::Municipality => Self::Municipality,
            FieldType::Code | FieldType::Text => Self::Text,
            FieldType::Integer | FieldType::Decimal | FieldType::Age => Self::Number,
        }
    }
}

/// Something that every row has.
#[derive(Clone, PartialEq, Eq, PartialOrd, Ord, Debug)]
pub(crate) enum FieldRef {
    /// The field mapped to a target, whatever its name.
    Target(Target),
    /// A field by its own name.
    Own(String),
    /// The number of the row.
    Row,
    /// The category the row was given, 1 to 7.
    Category,
}

/// A name and what it stands for.
pub(crate) struct Named<T> {
    pub(crate) name: &'static str,
    pub(crate) what: T,
    pub(crate) kind: Type,
    pub(crate) nl: &'static str,
    pub(crate) en: &'static str,
}

const fn named<T>(
    name: &'static str,
    what: T,
    kind: Type,
    nl: &'static str,
    en: &'static str,
) -> Named<T> {
    Named {
        name,
        what,
        kind,
        nl,
        en,
    }
}

/// The fields by what they mean, in whatever column of a layout they are.
pub(crate) fn fields() -> Vec<Named<FieldRef>> {
    use Target as T;
    use Type::{Day, Municipality, Number, Person, Text};
    let of = |name, target, kind, nl, en| named(name, FieldRef::Target(target), kind, nl, en);
    vec![
        of(
            "file_date",
            T::FileDate,
            Day,
            "de dag waarop het bestand is gemaakt, in de rij",
            "the day the file was made, in the row",
        ),
        of(
            "municipality_responsible",
            T::MunicipalityResponsible,
            Municipality,
            "de gemeente die levert",
            "the municipality that delivers",
        ),
        of(
            "municipality_stay",
            T::MunicipalityStay,
            Municipality,
            "de gemeente van verblijf",
            "the municipality of the stay",
        ),
        of(
            "municipality_registered",
            T::MunicipalityRegistered,
            Municipality,
            "de gemeente van inschrijving",
            "the municipality of registration",
        ),
        of(
            "municipality_origin",
            T::MunicipalityOrigin,
            Municipality,
            "de gemeente van herkomst",
            "the municipality of origin",
        ),
        of(
            "person",
            T::Person,
            Person,
            "het persoonsnummer",
            "the person's number",
        ),
        of(
            "name_letters",
            T::NameLetters,
            Text,
            "letters van de naam",
            "letters of the name",
        ),
        of("start", T::Start, Day, "de eerste dag", "the first day"),
        of(
            "end",
            T::End,
            Day,
            "de laatste dag, die nog meetelt",
            "the last day, which still counts",
        ),
        of(
            "planned_start",
            T::PlannedStart,
            Day,
            "de beoogde eerste dag",
            "the planned first day",
        ),
        of(
            "planned_end",
            T::PlannedEnd,
            Day,
            "het beoogde einde",
            "the planned end",
        ),
        of(
            "observed",
            T::Observed,
            Day,
            "de dag van de waarneming, zoals de teldag",
            "the day of observation, such as the count day",
        ),
        of(
            "ready_to_leave",
            T::ReadyToLeave,
            Day,
            "de dag vanaf wanneer iemand kan uitstromen",
            "the day from which someone is ready to leave",
        ),
        of(
            "expected_on",
            T::ExpectedOn,
            Day,
            "de dag van een verwachte ontruiming of uitstroom",
            "the day an eviction or a leaving is expected",
        ),
        of(
            "product",
            T::Product,
            Text,
            "de productcategorie",
            "the product category",
        ),
        of(
            "situation",
            T::Situation,
            Text,
            "de woonsituatie waarvoor de code staat, zoals 6a",
            "the living situation the code stands for, such as 6a",
        ),
        of(
            "provider",
            T::Provider,
            Text,
            "het soort aanbieder",
            "the type of provider",
        ),
        of(
            "end_reason",
            T::EndReason,
            Text,
            "de reden van beëindiging",
            "the reason of the end",
        ),
        of(
            "sex",
            T::Sex,
            Text,
            "het geslacht waarvoor de code staat: male, female, unknown",
            "the sex the code stands for: male, female, unknown",
        ),
        of(
            "birth_date",
            T::BirthDate,
            Day,
            "de geboortedatum",
            "the birth date",
        ),
        of(
            "age",
            T::Age,
            Number,
            "de leeftijd die de rij noemt",
            "the age the row states",
        ),
        of(
            "origin",
            T::Origin,
            Text,
            "de herkomst waarvoor de code staat",
            "the origin the code stands for",
        ),
        of(
            "nationality",
            T::Nationality,
            Text,
            "de nationaliteit waarvoor de code staat",
            "the nationality the code stands for",
        ),
        of(
            "residence",
            T::Residence,
            Text,
            "de verblijfsstatus waarvoor de code staat",
            "the residence status the code stands for",
        ),
        of(
            "household",
            T::Household,
            Text,
            "het huishouden",
            "the household",
        ),
        of(
            "parent1",
            T::Parent1,
            Person,
            "het nummer van een ouder",
            "a parent's number",
        ),
        of(
            "parent2",
            T::Parent2,
            Person,
            "het nummer van de andere ouder",
            "the other parent's number",
        ),
        of(
            "children_with",
            T::ChildrenWith,
            Number,
            "kinderen die bij de persoon verblijven",
            "children who stay with the person",
        ),
        of(
            "children_elsewhere",
            T::ChildrenElsewhere,
            Number,
            "kinderen die elders wonen",
            "children who live elsewhere",
        ),
        of(
            "organisation",
            T::Organisation,
            Text,
            "de organisatie die het formulier invulde",
            "the organisation that filled in the form",
        ),
        of(
            "record_number",
            T::RecordNumber,
            Text,
            "het nummer dat de afzender de rij gaf",
            "the sender's own number of the row",
        ),
        named(
            "row",
            FieldRef::Row,
            Number,
            "het nummer van de rij",
            "the number of the row",
        ),
        named(
            "category",
            FieldRef::Category,
            Number,
            "de categorie die de rij kreeg, 1 tot en met 7; 0 als ze onbekend is",
            "the category the row was given, 1 to 7; 0 where it is unknown",
        ),
    ]
}

/// The keys a coded field may be compared with; `None` for codes that are the sender's own.
pub(crate) fn levels(target: Target) -> Option<Vec<&'static str>> {
    let mut keys: Vec<&'static str> = match target {
        Target::Sex => Sex::ALL.iter().map(|level| level.key()).collect(),
        Target::Origin => Origin::ALL.iter().map(|level| level.key()).collect(),
        Target::Nationality => NationalityGroup::ALL
            .iter()
            .map(|level| level.key())
            .collect(),
        Target::Residence => ResidenceStatus::ALL
            .iter()
            .map(|level| level.key())
            .collect(),
        Target::Situation => LivingSituation::all()
            .map(LivingSituation::code)
            .chain([crate::layout::OUT_OF_SCOPE])
            .collect(),
        _ => return None,
    };
    keys.push(UNKNOWN);
    Some(keys)
}

//! What an expression may name: fields, facts of a file, measures of a delivery, functions.

use ethos_model::attribute::{NationalityGroup, Origin, ResidenceStatus, Sex, UNKNOWN};
use ethos_model::category::{Language, LivingSituation};
use ethos_model::layout::{FieldType, Target};

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

/// What is known of a file before its rows are read.
#[derive(Copy, Clone, PartialEq, Eq, Debug)]
pub(crate) enum Fact {
    Name,
    Extension,
    Encoding,
    Delimiter,
    Layout,
    Columns,
    Made,
    PeriodStart,
    PeriodEnd,
    Sender,
    NameFits,
}

/// The facts of a file.
pub(crate) fn facts() -> Vec<Named<Fact>> {
    use Type::{Day, Municipality, Number, Text};
    vec![
        named(
            "file_name",
            Fact::Name,
            Text,
            "de bestandsnaam zonder map",
            "the file's name without folders",
        ),
        named(
            "file_extension",
            Fact::Extension,
            Text,
            "de extensie, zoals csv",
            "the extension, such as csv",
        ),
        named(
            "file_encoding",
            Fact::Encoding,
            Text,
            "de tekencodering, zoals UTF-8",
            "the encoding, such as UTF-8",
        ),
        named(
            "file_delimiter",
            Fact::Delimiter,
            Text,
            "het scheidingsteken; `tab` voor een tab",
            "the delimiter; `tab` for a tab",
        ),
        named("layout", Fact::Layout, Text, "de indeling", "the layout"),
        named(
            "columns",
            Fact::Columns,
            Number,
            "het aantal kolommen",
            "the number of columns",
        ),
        named(
            "made",
            Fact::Made,
            Day,
            "de dag waarop het bestand is gemaakt, volgens naam of eerste rij",
            "the day the file was made, by its name or first row",
        ),
        named(
            "period_start",
            Fact::PeriodStart,
            Day,
            "de eerste dag van de periode in de bestandsnaam",
            "the first day of the period in the file's name",
        ),
        named(
            "period_end",
            Fact::PeriodEnd,
            Day,
            "de laatste dag van de periode in de bestandsnaam",
            "the last day of the period in the file's name",
        ),
        named(
            "sender",
            Fact::Sender,
            Municipality,
            "de gemeente in de bestandsnaam",
            "the municipality in the file's name",
        ),
        named(
            "name_fits",
            Fact::NameFits,
            Type::Logic,
            "of het bestand heet zoals de indeling zegt",
            "whether the file is called as the layout says",
        ),
    ]
}

/// A figure of a delivery as a whole.
#[derive(Copy, Clone, PartialEq, Eq, Debug)]
pub(crate) enum Measure {
    Rows,
    Accepted,
    Rejected,
    SetAside,
    Duplicates,
    Persons,
    WithoutNumber,
    Open,
    Ended,
    Women,
    Children,
    MedianStay,
    MedianAge,
    Category,
    Product,
    Month,
    /// The figure of the key that `each` goes through.
    Each,
}

/// The measures of a delivery; those with an argument in brackets last.
pub(crate) const MEASURES: &[Named<Measure>] = {
    use Type::Number;
    &[
        named(
            "rows",
            Measure::Rows,
            Number,
            "rijen in het bestand",
            "rows in the file",
        ),
        named(
            "accepted",
            Measure::Accepted,
            Number,
            "rijen die meetellen",
            "rows that count",
        ),
        named(
            "rejected",
            Measure::Rejected,
            Number,
            "afgekeurde rijen",
            "rejected rows",
        ),
        named(
            "set_aside",
            Measure::SetAside,
            Number,
            "rijen die apart zijn gezet",
            "rows set aside",
        ),
        named(
            "duplicates",
            Measure::Duplicates,
            Number,
            "dubbele rijen",
            "rows that occur twice",
        ),
        named(
            "persons",
            Measure::Persons,
            Number,
            "verschillende personen",
            "different persons",
        ),
        named(
            "without_number",
            Measure::WithoutNumber,
            Number,
            "rijen zonder bruikbaar persoonsnummer",
            "rows without a usable person's number",
        ),
        named(
            "open",
            Measure::Open,
            Number,
            "rijen zonder einde",
            "rows without an end",
        ),
        named(
            "ended",
            Measure::Ended,
            Number,
            "rijen met een einde",
            "rows with an end",
        ),
        named(
            "women",
            Measure::Women,
            Number,
            "rijen over vrouwen",
            "rows about women",
        ),
        named(
            "children",
            Measure::Children,
            Number,
            "rijen over mensen jonger dan 18",
            "rows about people under 18",
        ),
        named(
            "median_stay",
            Measure::MedianStay,
            Number,
            "de middelste verblijfsduur in dagen van rijen met een einde",
            "the median stay in days of rows with an end",
        ),
        named(
            "median_age",
            Measure::MedianAge,
            Number,
            "de middelste leeftijd",
            "the median age",
        ),
        named(
            "category",
            Measure::Category,
            Number,
            "rijen in een categorie: `category(2)`",
            "rows of a category: `category(2)`",
        ),
        named(
            "product",
            Measure::Product,
            Number,
            "rijen met een productcode: `product(\"16\")`",
            "rows of a product code: `product(\"16\")`",
        ),
        named(
            "month",
            Measure::Month,
            Number,
            "rijen die in een maand beginnen: `month(\"2025-03\")`",
            "rows that begin in a month: `month(\"2025-03\")`",
        ),
        named(
            "n",
            Measure::Each,
            Number,
            "met `each`: het aantal van de sleutel die aan de beurt is",
            "with `each`: the number of the key it has come to",
        ),
    ]
};

/// A function: how it is written, its scopes, and what it gives.
pub(crate) struct Function {
    pub(crate) written: &'static str,
    pub(crate) nl: &'static str,
    pub(crate) en: &'static str,
}

const fn function(written: &'static str, nl: &'static str, en: &'static str) -> Function {
    Function { written, nl, en }
}

/// Every function of the language.
pub(crate) const FUNCTIONS: &[Function] = &[
    function(
        "days(day, day)",
        "dagen van de eerste tot de tweede dag",
        "days from the first to the second day",
    ),
    function(
        "age(day, day)",
        "volle jaren van geboortedatum tot dag",
        "completed years from birth date to day",
    ),
    function("year(day)", "het jaar", "the year"),
    function(
        "month(day)",
        "de maand, 1 tot en met 12",
        "the month, 1 to 12",
    ),
    function("day(day)", "de dag van de maand", "the day of the month"),
    function(
        "weekday(day)",
        "de dag van de week, 1 voor maandag",
        "the day of the week, 1 for Monday",
    ),
    function(
        "add_months(day, number)",
        "dezelfde dag een aantal maanden later",
        "the same day a number of months later",
    ),
    function(
        "abs(number)",
        "de waarde zonder teken",
        "the value without its sign",
    ),
    function("sqrt(number)", "de wortel", "the square root"),
    function(
        "round(number)",
        "afgerond op een geheel getal",
        "rounded to a whole number",
    ),
    function(
        "min(a, b)",
        "de kleinste van twee getallen of dagen",
        "the smaller of two numbers or days",
    ),
    function(
        "max(a, b)",
        "de grootste van twee getallen of dagen",
        "the larger of two numbers or days",
    ),
    function(
        "length(field)",
        "het aantal tekens in de cel",
        "the number of characters in the cell",
    ),
    function(
        "digits(field)",
        "het aantal cijfers in de cel",
        "the number of digits in the cell",
    ),
    function(
        "letters(field)",
        "het aantal letters in de cel",
        "the number of letters in the cell",
    ),
    function(
        "previous.field",
        "bereik person: de waarde in de vorige rij van deze persoon",
        "scope person: the value in this person's previous row",
    ),
    function(
        "max_before(field)",
        "bereik person: de grootste waarde in alle eerdere rijen van deze persoon",
        "scope person: the largest value in all earlier rows of this person",
    ),
    function(
        "row_of_person",
        "bereik person: de hoeveelste rij van deze persoon, 1 voor de eerste",
        "scope person: which of this person's rows it is, 1 for the first",
    ),
    function(
        "rows_of_person",
        "bereik person: het aantal rijen van deze persoon",
        "scope person: the number of rows of this person",
    ),
    function(
        "rows",
        "bereik file: het aantal rijen dat is beoordeeld",
        "scope file: the number of rows that were judged",
    ),
    function(
        "count(condition)",
        "bereik file: rijen waarvoor het geldt",
        "scope file: rows for which it holds",
    ),
    function(
        "share(condition)",
        "bereik file: deel van de rijen waarvoor het geldt, van die waarin het te zeggen is",
        "scope file: share of rows for which it holds, of those where it can be told",
    ),
    function(
        "distinct(field)",
        "bereik file: het aantal verschillende waarden",
        "scope file: the number of different values",
    ),
    function(
        "top_share(field)",
        "bereik file: deel van de rijen met de meest voorkomende waarde",
        "scope file: share of rows with the most frequent value",
    ),
    function(
        "smallest(value)",
        "bereik file: de kleinste waarde",
        "scope file: the smallest value",
    ),
    function(
        "largest(value)",
        "bereik file: de grootste waarde",
        "scope file: the largest value",
    ),
    function(
        "mean(number)",
        "bereik file: het gemiddelde",
        "scope file: the mean",
    ),
    function(
        "last.measure",
        "bereik previous: de maat in de vorige levering van de afzender",
        "scope previous: the measure in the sender's previous delivery",
    ),
    function(
        "peer_median(number)",
        "bereik peers: de middelste waarde bij de andere afzenders",
        "scope peers: the median among the other senders",
    ),
    function(
        "peer_mad(number)",
        "bereik peers: de mediane absolute afwijking bij de andere afzenders",
        "scope peers: the median absolute deviation among the other senders",
    ),
    function(
        "peer_count()",
        "bereik peers: het aantal andere afzenders",
        "scope peers: the number of other senders",
    ),
    function(
        "other.measure",
        "bereik files: de maat in een ander bestand van dezelfde controle",
        "scope files: the measure in another file of the same check",
    ),
    function(
        "shared_persons()",
        "bereik files: personen die ook in het andere bestand staan",
        "scope files: persons who are in the other file too",
    ),
    function(
        "same_sender() same_layout() same_bytes() same_period()",
        "bereik files: of beide bestanden dezelfde afzender, indeling, inhoud, periode hebben",
        "scope files: whether both files have the same sender, layout, content, period",
    ),
];

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

//! The functions of the language, as they are told.

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

//! Figures of a delivery as a whole, by name.

use super::{Named, Type, named};

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

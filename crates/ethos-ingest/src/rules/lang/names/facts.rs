//! What is known of a file before its rows are read, by name.

use super::{Named, Type, named};

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

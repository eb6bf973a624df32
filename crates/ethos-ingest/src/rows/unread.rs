//! Why a date that may be missing is not used, and how it should be written: a day that exists and is written
//! otherwise is another mistake than one that does not exist.

use ethos_model::layout::{DateForm, Target};

use crate::fields::DateCell;
use crate::mend::{DayOrder, day_in, excel_day};
use crate::rules::Detail;

/// Why a cell that was read as this is no date of its column.
pub(super) fn why(cell: &[u8], read: DateCell, target: Option<Target>) -> Detail {
    let text = String::from_utf8_lossy(cell);
    match read {
        DateCell::Partial(_) => known(Detail::text(
            "Van deze datum ontbreekt de dag of de maand",
            "The day or the month of this date is missing",
        )),
        DateCell::Open | DateCell::Implausible => known(Detail::text(
            "Deze datum ligt voor 1900 of na 2099",
            "This date is before 1900 or after 2099",
        )),
        _ if excel_day(&text).is_some() => Detail::text(
            "Dit lijkt het volgnummer dat Excel aan een dag geeft, en geen datum",
            "This looks like the number a spreadsheet gives to a day, and no date",
        )
        .mended_in(
            "Maak de kolom daarvoor in Excel op als datum en sla opnieuw op; wat zeker is, herstelt --fix.",
            "For that, format the column as dates in the spreadsheet and save again; --fix mends what is certain.",
        ),
        _ if target == Some(Target::BirthDate)
            && matches!(
                DateCell::read_in(cell, DateForm::DayFirst),
                DateCell::Partial(_)
            ) =>
        {
            Detail::text(
                "Deze onvolledige datum is niet geschreven in de vorm van deze kolom",
                "This incomplete date is not written in the form of this column",
            )
            .mended_in(
                "Zijn de dag en de maand niet bekend, schrijf dan het jaar met vier nullen erachter: 19700000.",
                "Where day and month are not known, write the year with four zeros behind it: 19700000.",
            )
        }
        _ if [DayOrder::DayFirst, DayOrder::MonthFirst, DayOrder::YearFirst]
            .into_iter()
            .any(|order| day_in(&text, order).is_some()) =>
        {
            Detail::text(
                "Deze datum is niet geschreven in de vorm van deze kolom",
                "This date is not written in the form of this column",
            )
            .mended_in(
                "Wat zeker is, herstelt --fix.",
                "What is certain, --fix mends.",
            )
        }
        _ => known(Detail::text(
            "Dit is geen bestaande datum",
            "This is no existing date",
        )),
    }
}

/// A day since when somebody is in a situation that is after the day on which it was seen.
pub(super) fn after_the_count() -> Detail {
    known(Detail::text(
        "Deze datum ligt na de dag van de telling",
        "This date is after the day of the count",
    ))
}

/// Of a day that somebody has to look up.
fn known(detail: Detail) -> Detail {
    detail.mended_in(
        "Weet u haar niet, laat de cel dan leeg.",
        "Where it is not known, leave the cell blank.",
    )
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_day_that_exists_is_not_said_not_to_exist() {
        let why = |text: &str, target| {
            let cell = text.as_bytes();
            let detail = why(cell, DateCell::read(cell), target);
            (detail.message.nl.clone(), detail.fix.nl.clone())
        };
        let birth = Some(Target::BirthDate);
        for (text, target, message, fix) in [
            ("16-09-2004", birth, "in de vorm van deze kolom", "--fix"),
            ("00-00-1970", birth, "onvolledige", "19700000"),
            ("00-00-1970", None, "geen bestaande", "leeg"),
            ("31-02-2004", birth, "geen bestaande", "leeg"),
            ("25569", birth, "volgnummer", "Excel"),
            ("18700101", birth, "voor 1900", "leeg"),
            ("20250100", None, "ontbreekt", "leeg"),
        ] {
            let told = why(text, target);
            assert!(
                told.0.contains(message) && told.1.contains(fix),
                "{text}: {told:?}"
            );
        }
    }
}

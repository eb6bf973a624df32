//! Files in a folder of deliveries that are none, or cannot be read, in a line each.

use ethos_ingest::{Aside, AsideKind};
use ethos_model::category::Language;

/// `leveringen/verwacht.csv is geen levering: een lijst van verwachte afzenders (gebruik --frame)`.
pub fn aside_line(aside: &Aside, language: Language) -> String {
    let what = match aside.kind {
        AsideKind::Frame => language.pick(
            "een lijst van verwachte afzenders (gebruik --frame)",
            "a list of expected senders (use --frame)",
        ),
        AsideKind::Reasons => language.pick(
            "een lijst van redenen om niet te leveren (gebruik --reasons)",
            "a list of reasons for not delivering (use --reasons)",
        ),
        AsideKind::Regions => language.pick("een lijst van regio's", "a list of regions"),
        AsideKind::Answers => language.pick(
            "uw toelichtingen op waarschuwingen (gebruik --answers)",
            "your answers to warnings (use --answers)",
        ),
        AsideKind::Corrections => language.pick(
            "een lijst van correcties (gebruik --corrections)",
            "a list of corrections (use --corrections)",
        ),
        AsideKind::Rejects => language.pick(
            "rijen die niet te lezen waren",
            "rows that could not be read",
        ),
        AsideKind::Findings => language.pick("een lijst van bevindingen", "a list of findings"),
        AsideKind::Overview => {
            language.pick("een overzicht van afzenders", "an overview of senders")
        }
        AsideKind::Reminder => language.pick("een herinnering", "a reminder"),
        AsideKind::Mistakes => language.pick(
            "de fouten die met opzet in een voorbeeld zijn gezet",
            "the mistakes put into a sample on purpose",
        ),
        kind @ (AsideKind::Picture
        | AsideKind::Document
        | AsideKind::Packed
        | AsideKind::Unknown) => {
            let why = unread(kind, language);
            return match language {
                Language::Nl => format!("{} is niet gelezen: {why}.", aside.file),
                Language::En => format!("{} was not read: {why}.", aside.file),
            };
        }
    };
    match language {
        Language::Nl => format!("{} is geen levering: {what}", aside.file),
        Language::En => format!("{} is no delivery: {what}", aside.file),
    }
}

/// Why a file is not read, and what to do where it was meant as a delivery.
fn unread(kind: AsideKind, language: Language) -> &'static str {
    match kind {
        AsideKind::Picture => language.pick(
            "een afbeelding of scan kan het programma niet lezen. Is dit een levering? Lever de werkmap of het \
             tekstbestand waarvan zij is gemaakt",
            "a picture or a scan cannot be read. Is it a delivery? Deliver the workbook or the text file it was \
             made of",
        ),
        AsideKind::Document => language.pick(
            "het is een document en geen tabel. Staat er een levering in? Sla de tabel op als .xlsx of .csv",
            "it is a document and no table. Does it hold a delivery? Save the table as .xlsx or .csv",
        ),
        AsideKind::Packed => language.pick(
            "dit ingepakte bestand kan het programma niet openen. Staat er een levering in? Pak het eerst uit",
            "this archive cannot be opened. Does it hold a delivery? Unpack it first",
        ),
        _ => language.pick(
            "het programma kent deze soort niet. Is dit een levering? Sla haar op als .xlsx of .csv",
            "files of this kind are not known. Is it a delivery? Save it as .xlsx or .csv",
        ),
    }
}

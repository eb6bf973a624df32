//! Files in a folder of deliveries that are none, in a line each.

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
    };
    match language {
        Language::Nl => format!("{} is geen levering: {what}", aside.file),
        Language::En => format!("{} is no delivery: {what}", aside.file),
    }
}

//! The overview of senders for a terminal: the response, a row per delivery, and the months without records.

use std::fmt::Write;

use comfy_table::{CellAlignment, ContentArrangement, Table, presets};
use ethos_model::category::Language;
use ethos_model::finding::Severity;

use super::expected::StrayReason;
use super::months::Place;
use super::table::{ReceivedBy, Response, Sender, Senders};
use crate::terminal::grouped;

/// Lines on gaps; further ones are counted, and are in the other forms.
const GAPS: usize = 20;

/// Municipalities without any row that a line names.
const NAMED: usize = 5;

/// The overview as text.
pub fn senders_text(senders: &Senders, language: Language) -> String {
    let mut text = format!(
        "{} ({} {})\n  {}\n\n",
        language.pick("Wie leverde wat", "Who delivered what"),
        language.pick("op", "on"),
        senders.on,
        response_line(senders, language)
    );
    let mut table = Table::new();
    table
        .load_style(presets::NOTHING)
        .set_content_arrangement(ContentArrangement::Disabled)
        .set_header(headings(language));
    for sender in &senders.senders {
        table.add_row(cells(sender, language));
    }
    for at in [6, 7, 8, 9, 10] {
        if let Some(column) = table.column_mut(at) {
            column.set_cell_alignment(CellAlignment::Right);
        }
    }
    for line in table.to_string().lines() {
        let _ = writeln!(text, " {}", line.trim_end());
    }
    if let Some(footnote) = footnote(senders, language) {
        let _ = writeln!(text, "\n  {footnote}");
    }
    for (title, lines) in below(senders, language) {
        if !lines.is_empty() {
            let _ = writeln!(text, "\n{title}");
        }
        for line in lines {
            let _ = writeln!(text, "  {line}");
        }
    }
    text
}

/// What stands below the table.
pub(crate) fn notes(senders: &Senders, language: Language) -> Vec<String> {
    let mut notes: Vec<String> = footnote(senders, language).into_iter().collect();
    for (title, lines) in below(senders, language) {
        notes.extend(lines.into_iter().map(|line| format!("{title}: {line}")));
    }
    notes
}

/// What stands below the table, with a title each.
fn below(senders: &Senders, language: Language) -> [(&'static str, Vec<String>); 3] {
    [
        details(senders, language),
        strays(senders, language),
        gaps(senders, language),
    ]
}

/// Reasons that are of nobody who was expected: a slip in the code, the layout or the period, or a list of
/// another year.
fn strays(senders: &Senders, language: Language) -> (&'static str, Vec<String>) {
    let title = language.pick(
        "Redenen van wie niets wordt verwacht (kijk de code, indeling en periode na in de lijst van redenen)",
        "Reasons of senders of whom nothing is expected (look at the code, layout and period in the list of reasons)",
    );
    let line = |stray: &StrayReason| {
        let at = stray.line.map_or_else(String::new, |line| {
            format!(", {} {line}", language.pick("regel", "line"))
        });
        format!("{}: {} ({}{at})", stray.sender, stray.reason, stray.file)
    };
    (title, senders.stray_reasons.iter().map(line).collect())
}

/// What tells the day on which a file came, where no table does.
fn footnote(senders: &Senders, language: Language) -> Option<String> {
    let by_file = |sender: &Sender| sender.received_by == Some(ReceivedBy::FileChanged);
    let words = language.pick(
        "* de dag waarop het bestand het laatst is gewijzigd; zet de dag van ontvangst in de kolom `ontvangen` van de lijst van verwachte afzenders",
        "* the day on which the file was changed last; put the day of receipt into the column `received` of the list of expected senders",
    );
    senders
        .senders
        .iter()
        .any(by_file)
        .then(|| words.to_owned())
}

/// `Respons: 8 van 10 leveringen binnen, 7 op tijd, 6 bruikbaar; 12.345 rijen van 9.876 personen.`
pub(crate) fn response_line(senders: &Senders, language: Language) -> String {
    let Response {
        expected,
        delivered,
        in_time,
        usable,
        excused,
        unexpected,
        accepted,
        persons,
        municipalities,
        municipalities_reported,
    } = senders.response;
    // A number with what is counted.
    let count = |number: u64, one: &str, many: &str| {
        let what = if number == 1 { one } else { many };
        format!("{} {what}", grouped(number, language))
    };
    let mut line = match (senders.frame, language) {
        (true, Language::Nl) => format!(
            "Respons: {delivered} van {} binnen, {in_time} op tijd, {usable} bruikbaar",
            count(expected, "verwachte levering", "verwachte leveringen")
        ),
        (true, Language::En) => format!(
            "Response: {delivered} of {} came, {in_time} in time, {usable} usable",
            count(expected, "expected delivery", "expected deliveries")
        ),
        (false, Language::Nl) => format!(
            "{}, {usable} bruikbaar",
            count(delivered, "levering", "leveringen")
        ),
        (false, Language::En) => format!(
            "{}, {usable} usable",
            count(delivered, "delivery", "deliveries")
        ),
    };
    if excused > 0 {
        let _ = write!(
            line,
            ", {excused} {}",
            language.pick("niet, met reden", "not, with a reason")
        );
    }
    if unexpected > 0 {
        let _ = write!(
            line,
            ", {unexpected} {}",
            language.pick("niet verwacht", "not expected")
        );
    }
    let _ = match language {
        Language::Nl => write!(
            line,
            "; {}, {} (per bestand geteld)",
            count(accepted, "rij telt mee", "rijen tellen mee"),
            count(persons, "persoon", "personen")
        ),
        Language::En => write!(
            line,
            "; {}, {} (counted by file)",
            count(accepted, "row counts", "rows count"),
            count(persons, "person", "persons")
        ),
    };
    if senders.frame {
        let _ = match language {
            Language::Nl => write!(
                line,
                "; {municipalities_reported} van {} met rijen",
                count(municipalities, "gemeente", "gemeenten")
            ),
            Language::En => write!(
                line,
                "; {municipalities_reported} of {} with rows",
                count(municipalities, "municipality", "municipalities")
            ),
        };
    }
    line.push('.');
    line
}

pub(crate) fn headings(language: Language) -> [&'static str; 11] {
    [
        language.pick("afzender", "sender"),
        language.pick("indeling", "layout"),
        language.pick("periode", "period"),
        language.pick("stand", "status"),
        language.pick("binnen op", "came on"),
        language.pick("oordeel", "verdict"),
        language.pick("rijen", "rows"),
        language.pick("goed", "accepted"),
        language.pick("fouten", "errors"),
        language.pick("waarsch.", "warnings"),
        language.pick("maanden", "months"),
    ]
}

pub(crate) fn cells(sender: &Sender, language: Language) -> [String; 11] {
    let count = |severities: &[Severity]| -> u64 {
        let counts = severities
            .iter()
            .map(|severity| sender.findings.get(severity.key()));
        counts.flatten().sum()
    };
    let shown = |number: u64| {
        if sender.files.is_empty() {
            String::new()
        } else {
            grouped(number, language)
        }
    };
    let mut status = sender.status_words(language);
    if sender.double {
        let _ = write!(status, " ({}×)", sender.files.len());
    }
    [
        titled(sender),
        sender.layout.clone().unwrap_or_default(),
        sender.period.clone().unwrap_or_default(),
        status,
        match (sender.received, sender.received_by) {
            (Some(day), Some(ReceivedBy::FileChanged)) => format!("{day}*"),
            (Some(day), _) => day.to_string(),
            (None, _) => String::new(),
        },
        sender
            .verdict
            .map_or_else(String::new, |key| verdict_word(key, language).to_owned()),
        shown(sender.rows),
        shown(sender.accepted),
        shown(count(&[Severity::Blocking, Severity::Error])),
        shown(count(&[Severity::Warning])),
        months(sender),
    ]
}

/// Months with records of those of the period: of the only municipality, or of all taken together.
pub(super) fn months(sender: &Sender) -> String {
    let Some(first) = sender.municipalities.first() else {
        return String::new();
    };
    let all = first.months.len();
    if all == 0 || sender.files.is_empty() {
        return String::new();
    }
    let with = (0..all).filter(|at| {
        let records = |place: &Place| place.months.get(*at).map_or(0, |month| month.records);
        sender.municipalities.iter().any(|place| records(place) > 0)
    });
    format!("{}/{all}", with.count())
}

/// `GM0363 Amsterdam`.
pub(super) fn titled(sender: &Sender) -> String {
    match &sender.name {
        Some(name) => format!("{} {name}", sender.sender),
        None => sender.sender.clone(),
    }
}

/// A verdict in a word.
pub(super) fn verdict_word(key: &str, language: Language) -> &'static str {
    match key {
        "clean" => language.pick("in orde", "in order"),
        "usable" => language.pick("bruikbaar", "usable"),
        "mend" => language.pick("herstellen", "mend"),
        _ => language.pick("onbruikbaar", "unusable"),
    }
}

/// What the table has no room for: reasons, and which of several files counts.
fn details(senders: &Senders, language: Language) -> (&'static str, Vec<String>) {
    let title = language.pick(
        "Welk bestand telt, en wie niet levert met een reden",
        "Which file counts, and who does not deliver with a reason",
    );
    let mut lines = Vec::new();
    for sender in &senders.senders {
        if let Some(reason) = sender.reason.as_ref().filter(|_| sender.files.is_empty()) {
            lines.push(format!("{}: {reason}", titled(sender)));
        }
        // Also where one was made of the other, which is no double delivery.
        if sender.files.len() > 1 {
            for file in &sender.files {
                let fate = match &file.replaced_by {
                    Some(by) if file.is_copy => {
                        format!("{} {by}", language.pick("kopie van", "copy of"))
                    }
                    Some(by) => format!("{} {by}", language.pick("vervangen door", "replaced by")),
                    None if file.verdict == "unusable" => {
                        language.pick("onbruikbaar", "unusable").to_owned()
                    }
                    None => language.pick("telt mee", "counts").to_owned(),
                };
                lines.push(format!("{}: {} — {fate}", titled(sender), file.file));
            }
        }
    }
    (title, lines)
}

/// Municipalities without records in some month, those first that had them a year before; of those without
/// any a line per delivery.
fn gaps(senders: &Senders, language: Language) -> (&'static str, Vec<String>) {
    let title = language.pick(
        "Maanden waarin niets begint of eindigt",
        "Months in which nothing begins or ends",
    );
    let mut gaps: Vec<(usize, String)> = Vec::new();
    for sender in senders
        .senders
        .iter()
        .filter(|sender| !sender.files.is_empty())
    {
        let period = sender
            .period
            .as_ref()
            .map_or_else(String::new, |period| format!(" {period}"));
        let (nothing, some): (Vec<&Place>, Vec<&Place>) = sender
            .municipalities
            .iter()
            .filter(|place| !place.missing.is_empty())
            .partition(|place| place.missing.len() == place.months.len());
        for place in some {
            let mut line = format!(
                "{}{period}: {}",
                place_name(place),
                place.missing.join(", ")
            );
            if sender.sender != place.municipality {
                let _ = write!(
                    line,
                    " ({} {})",
                    language.pick("levering van", "delivery of"),
                    sender.sender
                );
            }
            if !place.emptied.is_empty() {
                let _ = write!(
                    line,
                    " — {} {}",
                    language.pick(
                        "een jaar eerder waren er wel rijen in",
                        "a year before there were rows in"
                    ),
                    place.emptied.join(", ")
                );
            }
            gaps.push((place.emptied.len(), line));
        }
        if !nothing.is_empty() {
            let names: Vec<String> = nothing
                .iter()
                .take(NAMED)
                .map(|place| place_name(place))
                .collect();
            let mut line = format!(
                "{}{period}: {} {}",
                titled(sender),
                language.pick("geen enkele rij van", "no row at all of"),
                names.join(", ")
            );
            if nothing.len() > NAMED {
                let more = nothing.len() - NAMED;
                let _ = match (more, language) {
                    (1, Language::Nl) => write!(line, " en nog 1 gemeente"),
                    (1, Language::En) => write!(line, " and 1 more municipality"),
                    (_, Language::Nl) => write!(line, " en nog {more} gemeenten"),
                    (_, Language::En) => write!(line, " and {more} more municipalities"),
                };
            }
            let emptied = nothing.iter().map(|place| place.emptied.len()).sum();
            if emptied > 0 {
                line += language.pick(" — een jaar eerder wel", " — a year before there were");
            }
            gaps.push((emptied, line));
        }
    }
    gaps.sort_by_key(|gap| std::cmp::Reverse(gap.0));
    let more = gaps.len().saturating_sub(GAPS);
    let mut lines: Vec<String> = gaps.into_iter().take(GAPS).map(|(_, line)| line).collect();
    if more > 0 {
        lines.push(match language {
            Language::Nl => {
                format!("en nog {more} van zulke regels; --senders schrijft ze allemaal")
            }
            Language::En => format!("and {more} more such lines; --senders writes all of them"),
        });
    }
    (title, lines)
}

fn place_name(place: &Place) -> String {
    match &place.name {
        Some(name) => format!("{} {name}", place.municipality),
        None => place.municipality.clone(),
    }
}

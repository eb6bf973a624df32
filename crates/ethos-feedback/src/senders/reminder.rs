//! What to write to a sender whose delivery is late, missing, wrong or of no use: a text ready to send, without
//! anything of a person in it.

use std::collections::BTreeMap;
use std::fmt::Write;

use ethos_ingest::layout;
use ethos_ingest::{FileReport, RuleBook, Verdict};
use ethos_model::category::Language;
use ethos_model::date::Day;
use ethos_model::finding::Severity;
use ethos_model::layout::family;

use super::table::{Sender, Senders, Status};
use crate::cause::causes;
use crate::summaries::base_name;
use crate::verdict::verdict_key;

/// A text to send.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct Reminder {
    /// Name of the file to keep it in: sender, layout and period.
    pub file: String,
    /// The text, its first line the subject.
    pub text: String,
}

/// A text for each sender whose delivery is late, missing, blocked or has errors to be mended.
pub fn reminders(
    senders: &Senders,
    files: &[FileReport],
    book: &RuleBook,
    language: Language,
) -> Vec<Reminder> {
    let titles = Titles::new(language);
    let mut names: BTreeMap<String, u32> = BTreeMap::new();
    senders
        .senders
        .iter()
        .filter_map(|sender| {
            let body = match sender.status {
                Status::Missing => missing(sender, senders.on, language),
                Status::Blocked => blocked(sender, files, book, language),
                _ if has_errors(sender) => wrong(sender, files, book, language),
                Status::Late => late(sender, language),
                _ => return None,
            };
            let stem = file_stem(sender);
            let times = names.entry(stem.clone()).or_insert(0);
            *times += 1;
            let file = match *times {
                1 => format!("{stem}.txt"),
                more => format!("{stem}-{more}.txt"),
            };
            let text = letter(sender, &titles, &body, language);
            Some(Reminder { file, text })
        })
        .collect()
}

/// Whether what came can be used but for rows or cells with errors.
fn has_errors(sender: &Sender) -> bool {
    sender.verdict == Some(verdict_key(Verdict::Mend))
}

/// Titles of layouts, with and without their year.
struct Titles(BTreeMap<String, String>);

impl Titles {
    fn new(language: Language) -> Self {
        let mut titles = BTreeMap::new();
        for layout in layout::list(None).unwrap_or_default() {
            let title = layout.title.in_language(language).to_owned();
            titles.insert(family(&layout.id).to_owned(), title.clone());
            titles.insert(layout.id, title);
        }
        Self(titles)
    }
}

fn letter(sender: &Sender, titles: &Titles, body: &str, language: Language) -> String {
    let what = match &sender.layout {
        None => language.pick("uw levering", "your delivery").to_owned(),
        Some(layout) => titles
            .0
            .get(layout)
            .cloned()
            .unwrap_or_else(|| layout.clone()),
    };
    let period = sender
        .period
        .as_ref()
        .map_or_else(String::new, |period| format!(" {period}"));
    let subject = match (sender.status, language) {
        (Status::Blocked, Language::Nl) => "Uw levering kan niet worden gebruikt",
        (Status::Blocked, Language::En) => "Your delivery cannot be used",
        (_, Language::Nl) if has_errors(sender) => "Uw levering moet worden hersteld",
        (_, Language::En) if has_errors(sender) => "Your delivery has to be mended",
        (Status::Late, Language::Nl) => "Uw levering kwam na de afgesproken dag",
        (Status::Late, Language::En) => "Your delivery came after the agreed day",
        (_, Language::Nl) => "Herinnering: uw levering ontbreekt nog",
        (_, Language::En) => "Reminder: your delivery has not come yet",
    };
    let who = sender.name.as_deref().unwrap_or(&sender.sender);
    let (of_subject, hello, about, bye, name) = match language {
        Language::Nl => (
            "Onderwerp",
            "Beste collega's van",
            "Het gaat om",
            "Met vriendelijke groet,",
            "[uw naam en telefoonnummer]",
        ),
        Language::En => (
            "Subject",
            "Dear colleagues of",
            "This is about",
            "Kind regards,",
            "[your name and telephone number]",
        ),
    };
    let layout = sender.layout.as_ref().map_or_else(String::new, |layout| {
        format!(" ({} {layout})", language.pick("indeling", "layout"))
    });
    format!(
        "{of_subject}: {subject} ({what}{period})\n\n{hello} {who},\n\n{about}: {what}{period}{layout}.\n\n{body}\n\n{bye}\n\n{name}\n"
    )
}

fn missing(sender: &Sender, on: Day, language: Language) -> String {
    let on = in_words(on, language);
    let due = sender.due.map(|due| in_words(due, language));
    match language {
        Language::Nl => {
            let expected = due.map_or_else(
                || "Wij verwachten een levering van u.".to_owned(),
                |due| format!("Wij verwachtten uw levering uiterlijk op {due}."),
            );
            format!(
                "{expected} Op {on} hebben wij nog niets van u ontvangen.\n\nWat vragen wij u?\n\
                 1. Stuur uw levering zo snel mogelijk.\n\
                 2. Controleer het bestand eerst zelf op uw eigen computer: ethos check BESTAND. U ziet dan meteen wat u moet herstellen.\n\
                 3. Lukt het niet? Laat ons weten waarom niet, en wanneer wel.\n\n\
                 Hebt u al geleverd? Vertel ons dan wanneer en onder welke bestandsnaam."
            )
        }
        Language::En => {
            let expected = due.map_or_else(
                || "We expect a delivery from you.".to_owned(),
                |due| format!("We expected your delivery by {due}."),
            );
            format!(
                "{expected} By {on} nothing has come from you.\n\nWhat do we ask of you?\n\
                 1. Send your delivery as soon as you can.\n\
                 2. Check the file on your own computer first: ethos check FILE. You see at once what to mend.\n\
                 3. If you cannot, tell us why not, and when you can.\n\n\
                 Did you deliver already? Then tell us when, and under which file name."
            )
        }
    }
}

fn late(sender: &Sender, language: Language) -> String {
    let day = |day: Option<Day>| day.map_or_else(String::new, |day| in_words(day, language));
    let (due, received) = (day(sender.due), day(sender.received));
    match language {
        Language::Nl => format!(
            "Uw levering kwam binnen op {received}. Afgesproken was uiterlijk {due}. De levering is bruikbaar: u hoeft niets opnieuw te sturen.\n\n\
             Wilt u ons laten weten waardoor het later werd? Dan kunnen wij er volgende keer samen rekening mee houden."
        ),
        Language::En => format!(
            "Your delivery came on {received}. It was agreed to come by {due}. It can be used: there is nothing to send again.\n\n\
             Would you tell us why it was later? Then we can both take it into account next time."
        ),
    }
}

/// What is so wrong with the files, by rule: titles and fixes, which hold no value of a person.
fn to_mend(
    sender: &Sender,
    (files, book): (&[FileReport], &RuleBook),
    least: Severity,
    language: Language,
) -> String {
    let mut list = String::new();
    for of_sender in &sender.files {
        let Some(file) = files.iter().find(|file| file.file == of_sender.file) else {
            continue;
        };
        // Of a copy, and of what another took the place of, nothing is to be mended; nor of a file that cannot be
        // used where another one counts.
        let counts = least == Severity::Blocking || file.verdict != Verdict::Unusable;
        if file.is_given_way() || !counts {
            continue;
        }
        let _ = writeln!(list, "\n{}:", base_name(&file.file));
        for cause in causes(file) {
            if cause.severity < least {
                continue;
            }
            let fix = match cause.shifted_from() {
                Some(_) => cause.fix(language),
                None => cause.first.fix.in_language(language).to_owned(),
            };
            let (title, codes) = (cause.title(book, language), cause.codes());
            let _ = writeln!(list, "- {title} ({codes}). {fix}");
        }
    }
    list
}

fn agreed(sender: &Sender, language: Language) -> String {
    match sender.due.map(|due| in_words(due, language)) {
        Some(due) => match language {
            Language::Nl => format!(" Afgesproken was uiterlijk {due}."),
            Language::En => format!(" It was agreed to come by {due}."),
        },
        None => String::new(),
    }
}

fn blocked(sender: &Sender, files: &[FileReport], book: &RuleBook, language: Language) -> String {
    let list = to_mend(sender, (files, book), Severity::Blocking, language);
    let again = agreed(sender, language);
    match language {
        Language::Nl => format!(
            "Wij hebben uw levering ontvangen, maar kunnen haar zo niet gebruiken. Dit is er aan de hand:\n{list}\n\
             Wilt u dit herstellen en het bestand opnieuw sturen?{again} Controleer het bestand eerst zelf: ethos check BESTAND."
        ),
        Language::En => format!(
            "We received your delivery and cannot use it as it is. This is the matter:\n{list}\n\
             Would you mend this and send the file again?{again} Check the file yourself first: ethos check FILE."
        ),
    }
}

/// Of a delivery that counts, but for what is wrong in it.
fn wrong(sender: &Sender, files: &[FileReport], book: &RuleBook, language: Language) -> String {
    let list = to_mend(sender, (files, book), Severity::Error, language);
    let again = agreed(sender, language);
    let (rows, accepted) = (sender.rows, sender.accepted);
    match language {
        Language::Nl => format!(
            "Wij hebben uw levering ontvangen. Er staan fouten in: van de {rows} rijen tellen er nu {accepted} mee. \
             Dit is er aan de hand:\n{list}\n\
             Wilt u dit herstellen en het bestand opnieuw sturen?{again} Controleer het bestand eerst zelf: ethos check BESTAND."
        ),
        Language::En => format!(
            "We received your delivery. There are errors in it: of its {rows} rows {accepted} count as it is. \
             This is the matter:\n{list}\n\
             Would you mend this and send the file again?{again} Check the file yourself first: ethos check FILE."
        ),
    }
}

/// `1 februari 2026`.
fn in_words(day: Day, language: Language) -> String {
    const NL: [&str; 12] = [
        "januari",
        "februari",
        "maart",
        "april",
        "mei",
        "juni",
        "juli",
        "augustus",
        "september",
        "oktober",
        "november",
        "december",
    ];
    const EN: [&str; 12] = [
        "January",
        "February",
        "March",
        "April",
        "May",
        "June",
        "July",
        "August",
        "September",
        "October",
        "November",
        "December",
    ];
    let names = match language {
        Language::Nl => NL,
        Language::En => EN,
    };
    let month = usize::from(day.month().unsigned_abs()).clamp(1, 12) - 1;
    format!("{} {} {}", day.day_of_month(), names[month], day.year())
}

/// A file name of letters, digits and dashes.
fn file_stem(sender: &Sender) -> String {
    let parts = [
        Some(sender.sender.as_str()),
        sender.layout.as_deref().map(family),
        sender.period.as_deref(),
    ];
    let joined = parts.into_iter().flatten().collect::<Vec<_>>().join("-");
    let stem: String = joined
        .chars()
        .map(|c| {
            if c.is_ascii_alphanumeric() || c == '_' {
                c
            } else {
                '-'
            }
        })
        .take(100)
        .collect();
    match stem.trim_matches('-') {
        "" => "afzender".to_owned(),
        stem => stem.to_owned(),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn days_are_written_as_people_do() {
        let day = Day::parse("2026-02-01").unwrap();
        assert_eq!(in_words(day, Language::Nl), "1 februari 2026");
        assert_eq!(in_words(day, Language::En), "1 February 2026");
    }
}

//! The overview of senders: a row per sender, layout and period, and the response of all of them.

use std::collections::{BTreeMap, BTreeSet};

use ethos_ingest::{FileReport, RuleBook};
use ethos_model::category::Language;
use ethos_model::date::Day;
use ethos_model::finding::Severity;
use ethos_model::municipality::{MunicipalityCode, MunicipalityRegister};
use serde::Serialize;

use super::expected::{Expectations, StrayReason};
use super::found::{Group, groups};
use super::months::{Place, places};
use crate::verdict::verdict_key;

/// Who delivered what.
#[derive(Clone, PartialEq, Debug, Serialize)]
pub struct Senders {
    /// The day as of which a delivery is late or missing.
    pub on: Day,
    /// Whether a table of expected senders was given.
    pub frame: bool,
    /// The response.
    pub response: Response,
    /// By sender, layout and period: those expected first.
    pub senders: Vec<Sender>,
    /// Reasons for not delivering of whom nothing is expected.
    pub stray_reasons: Vec<StrayReason>,
}

/// How many deliveries came, in numbers.
#[derive(Copy, Clone, PartialEq, Eq, Debug, Default, Serialize)]
pub struct Response {
    /// Deliveries expected; without a table of expected senders those that came.
    pub expected: u64,
    /// Of those expected: came, usable or not.
    pub delivered: u64,
    /// Of those expected: usable and in time, or without a date by which to be.
    pub in_time: u64,
    /// Of those expected: usable.
    pub usable: u64,
    /// Of those expected: did not come, and said why.
    pub excused: u64,
    /// Came and were not expected.
    pub unexpected: u64,
    /// Rows that count, of all usable deliveries.
    pub accepted: u64,
    /// Different persons within each file, added up.
    pub persons: u64,
    /// Municipalities that somebody was expected to deliver for.
    pub municipalities: u64,
    /// Those of them that a usable delivery holds records of.
    pub municipalities_reported: u64,
}

/// A sender's delivery.
#[derive(Clone, PartialEq, Debug, Serialize)]
pub struct Sender {
    /// Code of the sender; the file's name where nothing tells who sent it.
    pub sender: String,
    /// Its name, where it is known.
    pub name: Option<String>,
    /// The layout.
    pub layout: Option<String>,
    /// The period, `2025`, `2025_H1`, or its first day and the day after its last.
    pub period: Option<String>,
    /// Last day on which it is in time.
    pub due: Option<Day>,
    /// Whether it came.
    pub status: Status,
    /// Whether it came after the day on which it was due, of use or not.
    pub late: bool,
    /// Why it does not come.
    pub reason: Option<String>,
    /// The day on which it came.
    pub received: Option<Day>,
    /// What tells that day.
    pub received_by: Option<ReceivedBy>,
    /// The gravest verdict on the files that count.
    pub verdict: Option<&'static str>,
    /// Whether more than one file came.
    pub double: bool,
    /// Its files.
    pub files: Vec<SenderFile>,
    /// Rows of the files that count.
    pub rows: u64,
    /// Rows of them that count.
    pub accepted: u64,
    /// Different persons in each of them, added up; `None` where that could not be told.
    pub persons: Option<u64>,
    /// Findings on them by severity.
    pub findings: BTreeMap<&'static str, u64>,
    /// What they hold by municipality.
    pub municipalities: Vec<Place>,
    /// Whom to write to.
    pub contact: Option<String>,
}

/// Whether a delivery came.
#[derive(Copy, Clone, PartialEq, Eq, PartialOrd, Ord, Debug, Serialize)]
#[serde(rename_all = "kebab-case")]
pub enum Status {
    /// It came in time.
    InTime,
    /// It came after the day on which it was due.
    Late,
    /// It came; no day was named.
    Delivered,
    /// What came cannot be used.
    Blocked,
    /// It did not come, and should have.
    Missing,
    /// It did not come, and still may.
    Awaited,
    /// It did not come, and its sender said why.
    Excused,
    /// It came and was not expected.
    Unexpected,
}

impl Status {
    /// Stable key.
    pub fn key(self) -> &'static str {
        match self {
            Self::InTime => "in-time",
            Self::Late => "late",
            Self::Delivered => "delivered",
            Self::Blocked => "blocked",
            Self::Missing => "missing",
            Self::Awaited => "awaited",
            Self::Excused => "excused",
            Self::Unexpected => "unexpected",
        }
    }

    /// In words.
    pub fn name(self, language: Language) -> &'static str {
        match self {
            Self::InTime => language.pick("op tijd", "in time"),
            Self::Late => language.pick("te laat", "late"),
            Self::Delivered => language.pick("binnen", "delivered"),
            Self::Blocked => language.pick("onbruikbaar", "unusable"),
            Self::Missing => language.pick("ontbreekt", "missing"),
            Self::Awaited => language.pick("nog niet binnen", "awaited"),
            Self::Excused => language.pick("niet, met reden", "not, with a reason"),
            Self::Unexpected => language.pick("niet verwacht", "not expected"),
        }
    }
}

impl Sender {
    /// Its status in words; of what cannot be used also that it came late.
    pub fn status_words(&self, language: Language) -> String {
        let name = self.status.name(language);
        if self.late && self.status == Status::Blocked {
            format!("{name}, {}", Status::Late.name(language))
        } else {
            name.to_owned()
        }
    }
}

/// What tells the day on which a delivery came.
#[derive(Copy, Clone, PartialEq, Eq, Debug, Serialize)]
#[serde(rename_all = "kebab-case")]
pub enum ReceivedBy {
    /// The table of expected senders.
    Frame,
    /// The day on which the file was changed last (UTC).
    FileChanged,
}

/// A file of a sender.
#[derive(Clone, PartialEq, Eq, Debug, Serialize)]
pub struct SenderFile {
    /// The file.
    pub file: String,
    /// Its verdict.
    pub verdict: &'static str,
    /// Rows.
    pub rows: u64,
    /// Rows that count.
    pub accepted: u64,
    /// The day on which it was made.
    pub made: Option<Day>,
    /// The file that replaces it.
    pub replaced_by: Option<String>,
    /// Whether that one has the same bytes.
    pub is_copy: bool,
}

/// The overview of a check, as of a day. Without expectations everything that came was.
pub fn senders(
    files: &[FileReport],
    expectations: Option<&Expectations>,
    book: &RuleBook,
    on: Day,
) -> Senders {
    let nobody = Expectations::default();
    let expected = expectations.unwrap_or(&nobody);
    let groups = groups(files, expected, on);
    let frame = expectations.is_some();
    let senders: Vec<Sender> = groups
        .iter()
        .map(|group| sender(group, frame, book, on))
        .collect();
    Senders {
        on,
        frame,
        response: response(&senders),
        senders,
        stray_reasons: expected.strays.clone(),
    }
}

fn response(senders: &[Sender]) -> Response {
    let mut response = Response::default();
    let expected = senders
        .iter()
        .filter(|sender| sender.status != Status::Unexpected);
    let mut reported: BTreeMap<&str, bool> = BTreeMap::new();
    for place in expected.flat_map(|sender| &sender.municipalities) {
        *reported.entry(&place.municipality).or_insert(false) |= place.records > 0;
    }
    response.municipalities = reported.len() as u64;
    response.municipalities_reported =
        reported.values().filter(|reported| **reported).count() as u64;
    for sender in senders {
        response.accepted += sender.accepted;
        response.persons += sender.persons.unwrap_or(0);
        let (came, in_time, usable) = match sender.status {
            Status::Unexpected => {
                response.unexpected += 1;
                continue;
            }
            Status::InTime | Status::Delivered => (1, 1, 1),
            Status::Late => (1, 0, 1),
            Status::Blocked => (1, 0, 0),
            Status::Missing | Status::Awaited => (0, 0, 0),
            Status::Excused => {
                response.excused += 1;
                (0, 0, 0)
            }
        };
        response.expected += 1;
        response.delivered += came;
        response.in_time += in_time;
        response.usable += usable;
    }
    response
}

fn sender(group: &Group<'_>, frame: bool, book: &RuleBook, on: Day) -> Sender {
    let expected = group.expected;
    let usable = |file: &&&FileReport| file.worst() != Some(Severity::Blocking);
    let mut counted: Vec<&FileReport> = group
        .files
        .iter()
        .filter(usable)
        .filter(|file| file.replaced_by.is_none())
        .copied()
        .collect();
    if counted.is_empty() {
        // Copies of files that another sender has too.
        counted = group.files.iter().filter(usable).copied().collect();
    }
    let noted = expected.and_then(|expected| expected.received);
    // A corrected version after the day does not make the sender late.
    let changed = || {
        let all = || group.files.iter();
        let first = all().filter(usable).filter_map(|file| file.modified).min();
        first.or_else(|| all().filter_map(|file| file.modified).min())
    };
    let received = if group.files.is_empty() {
        None
    } else {
        noted.or_else(changed)
    };
    let received_by = received.map(|_| match noted {
        Some(_) => ReceivedBy::Frame,
        None => ReceivedBy::FileChanged,
    });
    let due = expected.and_then(|expected| expected.due);
    let late = due.zip(received).is_some_and(|(due, on)| on > due);
    let reason = expected.and_then(|expected| expected.reason.clone());
    let status = if group.files.is_empty() {
        match (&reason, due) {
            (Some(_), _) => Status::Excused,
            (None, Some(due)) if on <= due => Status::Awaited,
            (None, _) => Status::Missing,
        }
    } else if frame && expected.is_none() {
        Status::Unexpected
    } else if counted.is_empty() {
        Status::Blocked
    } else {
        match (late, due.zip(received)) {
            (true, _) => Status::Late,
            (false, Some(_)) => Status::InTime,
            (false, None) => Status::Delivered,
        }
    };
    let shown: &[&FileReport] = if counted.is_empty() {
        &group.files
    } else {
        &counted
    };
    let mut findings = BTreeMap::new();
    for file in shown {
        for (code, count) in &file.counts {
            if let Some(rule) = book.find(code.as_str()) {
                *findings.entry(rule.severity.key()).or_insert(0) += count;
            }
        }
    }
    let municipality = MunicipalityCode::parse(&group.sender).ok();
    let mut for_whom: BTreeSet<MunicipalityCode> = BTreeSet::new();
    if let Some(expected) = expected {
        for_whom.clone_from(&expected.municipalities);
        if for_whom.is_empty() {
            for_whom.extend(expected.municipality());
        }
    }
    Sender {
        name: expected
            .and_then(|expected| expected.name.clone())
            .or_else(|| {
                let name = municipality.and_then(|code| MunicipalityRegister::shipped().name(code));
                name.map(str::to_owned)
            }),
        layout: group.layout.clone(),
        period: group.period.map(period_name),
        due,
        status,
        late,
        reason,
        received,
        received_by,
        verdict: shown.iter().map(|file| file.verdict).max().map(verdict_key),
        double: group.files.iter().filter(|file| !file.is_origin).count() > 1,
        files: group.files.iter().map(|file| of_file(file)).collect(),
        rows: shown.iter().map(|file| file.tally.rows()).sum(),
        accepted: counted.iter().map(|file| file.tally.accepted).sum(),
        persons: counted.iter().map(|file| file.summary.persons).sum(),
        findings,
        municipalities: places(&counted, &for_whom, group.period),
        contact: expected.and_then(|expected| expected.contact.clone()),
        sender: group.sender.clone(),
    }
}

fn of_file(file: &FileReport) -> SenderFile {
    SenderFile {
        file: file.file.clone(),
        verdict: verdict_key(file.verdict),
        rows: file.tally.rows(),
        accepted: file.tally.accepted,
        made: file.summary.made,
        replaced_by: file.replaced_by.clone(),
        is_copy: file.is_copy,
    }
}

/// `2025`, `2025_H1`, or both ends of another period.
pub(super) fn period_name(period: ethos_model::date::Period) -> String {
    let (start, end) = (period.start(), period.end());
    let year = start.year();
    let of = |month, day| (start.month(), start.day_of_month()) == (month, day);
    match period.days() {
        365 | 366 if of(1, 1) => year.to_string(),
        181 | 182 if of(1, 1) => format!("{year}_H1"),
        184 if of(7, 1) => format!("{year}_H2"),
        _ => format!("{start}/{end}"),
    }
}

#[cfg(test)]
mod tests {
    use ethos_model::date::Period;

    use super::*;

    #[test]
    fn periods_are_called_as_in_the_names_of_files() {
        for (start, end, name) in [
            ("2024-01-01", "2025-01-01", "2024"),
            ("2024-01-01", "2024-07-01", "2024_H1"),
            ("2025-07-01", "2026-01-01", "2025_H2"),
            ("2025-07-01", "2025-08-01", "2025-07-01/2025-08-01"),
        ] {
            let day = |text| Day::parse(text).unwrap();
            let period = Period::new(day(start), day(end)).unwrap();
            assert_eq!(period_name(period), name);
        }
    }
}

//! Who is expected to deliver what, until when: a CSV that an office keeps. A study's table of expected
//! senders is one too; what it does not know of it leaves alone.

use std::borrow::Cow;
use std::collections::{BTreeMap, BTreeSet};

use ethos_ingest::delivery::NameParts;
use ethos_ingest::edited::{self, edited, line_at};
use ethos_ingest::frame::FrameError;
use ethos_model::date::{Day, Period};
use ethos_model::finding::Text;
use ethos_model::layout::family;
use ethos_model::municipality::{MunicipalityCode, MunicipalityRegister};
use serde::Serialize;

/// A delivery that is expected.
#[derive(Clone, PartialEq, Eq, Debug, Default)]
pub struct Expected {
    /// Who delivers: a municipality's code, or the office's own code of an institution, which stands in the
    /// names of its files or of their folder.
    pub sender: String,
    /// Name of the sender.
    pub name: Option<String>,
    /// The layout, with its year or without; any when not given.
    pub layout: Option<String>,
    /// The period; any when not given.
    pub period: Option<Period>,
    /// The municipalities it delivers for; its own when none is named.
    pub municipalities: BTreeSet<MunicipalityCode>,
    /// Last day on which it is in time.
    pub due: Option<Day>,
    /// First day on which it is expected.
    pub from: Option<Day>,
    /// First day on which it no longer is.
    pub until: Option<Day>,
    /// Whom to write to, for the office's own use.
    pub contact: Option<String>,
    /// Day on which it came in.
    pub received: Option<Day>,
    /// Why it does not come.
    pub reason: Option<String>,
}

impl Expected {
    /// The municipality that the sender is, if it is one.
    pub fn municipality(&self) -> Option<MunicipalityCode> {
        municipality(&self.sender)
    }

    /// Whether it is expected on a day.
    pub fn on(&self, day: Day) -> bool {
        self.from.is_none_or(|from| from <= day) && self.until.is_none_or(|until| day < until)
    }
}

fn municipality(code: &str) -> Option<MunicipalityCode> {
    let code = MunicipalityCode::parse(code).ok()?;
    MunicipalityRegister::shipped().get(code).map(|_| code)
}

/// Everything that is expected.
#[derive(Clone, PartialEq, Eq, Debug, Default)]
pub struct Expectations {
    /// By sender, layout and period.
    pub list: Vec<Expected>,
    /// Reasons of senders of whom nothing is expected.
    pub strays: Vec<StrayReason>,
}

/// A reason for not delivering that is nobody's who was expected: of a sender, layout or period that is not in the
/// table of expected senders.
#[derive(Clone, PartialEq, Eq, Debug, Serialize)]
pub struct StrayReason {
    /// Who gave it.
    pub sender: String,
    /// The reason.
    pub reason: String,
    /// The file it stands in.
    pub file: String,
    /// The line.
    pub line: Option<u64>,
}

/// Names of a column, in English and Dutch.
type Names = &'static [&'static str];
const SENDER: Names = &["sender", "afzender", "code"];
const MUNICIPALITY: Names = &["municipality", "gemeente"];
const NAME: Names = &["name", "naam"];
const LAYOUT: Names = &["layout", "indeling"];
const PERIOD: Names = &["period", "periode"];
const DUE: Names = &["due", "uiterlijk"];
const FROM: Names = &["from", "valid_from", "van", "vanaf"];
const UNTIL: Names = &["until", "valid_until", "tot"];
const CONTACT: Names = &["contact"];
const RECEIVED: Names = &["received", "ontvangen"];
const REASON: Names = &["reason", "reden"];

/// A table read by the names of its columns.
struct Sheet<'a> {
    file: &'a str,
    text: Cow<'a, [u8]>,
    header: csv::StringRecord,
    records: Vec<csv::StringRecord>,
}

impl<'a> Sheet<'a> {
    fn read(text: &'a [u8], file: &'a str) -> Result<Self, FrameError> {
        let (text, delimiter) = edited(text);
        let mut reader = csv::ReaderBuilder::new()
            .delimiter(delimiter)
            .trim(csv::Trim::All)
            .from_reader(&*text);
        let unreadable = |error: &csv::Error| {
            let line = error.position().map(|at| line_at(&text, at.byte()));
            let reason = Text::new(
                "de rij heeft een ander aantal cellen dan de kopregel",
                "the row has another number of cells than the header",
            );
            refuse(file, line, reason)
        };
        let header = reader
            .headers()
            .map_err(|error| unreadable(&error))?
            .clone();
        let mut records = Vec::new();
        for record in reader.records() {
            records.push(record.map_err(|error| unreadable(&error))?);
        }
        Ok(Self {
            file,
            text,
            header,
            records,
        })
    }

    fn column(&self, names: Names) -> Option<usize> {
        let named = |cell: &str| names.iter().any(|name| cell.eq_ignore_ascii_case(name));
        self.header.iter().position(named)
    }

    /// What the table itself calls a column.
    fn named(&self, names: Names) -> &str {
        let at = self.column(names).and_then(|at| self.header.get(at));
        at.unwrap_or(names[0])
    }

    fn need(&self, names: Names) -> Result<usize, FrameError> {
        self.column(names).ok_or_else(|| {
            let reason = Text::new(
                format!("er is geen kolom `{}`", names.join("` of `")),
                format!("there is no column `{}`", names.join("` or `")),
            );
            refuse(self.file, Some(1), reason)
        })
    }

    /// The period of a row, if it has one.
    fn period(&self, record: &csv::StringRecord) -> Result<Option<Period>, FrameError> {
        let Some(text) = cell(record, self.column(PERIOD)) else {
            return Ok(None);
        };
        let period = NameParts::of(&format!("x_{text}")).period;
        period.map(Some).ok_or_else(|| {
            let reason = Text::new(
                "de periode is geen jaar of halfjaar zoals 2025 of 2025_H1",
                "the period is not a year or half-year such as 2025 or 2025_H1",
            );
            self.refuse(record, reason)
        })
    }

    fn refuse(&self, record: &csv::StringRecord, reason: Text) -> FrameError {
        refuse(self.file, self.line(record), reason)
    }

    /// The line of the file on which a row begins.
    fn line(&self, record: &csv::StringRecord) -> Option<u64> {
        let position = record.position();
        position.map(|at| line_at(&self.text, at.byte()))
    }
}

fn refuse(file: &str, line: Option<u64>, reason: Text) -> FrameError {
    FrameError {
        file: file.to_owned(),
        line,
        reason,
        unreadable: false,
    }
}

fn cell(record: &csv::StringRecord, column: Option<usize>) -> Option<String> {
    let text = column.and_then(|at| record.get(at)).unwrap_or("");
    (!text.is_empty()).then(|| text.to_owned())
}

impl Expectations {
    /// Reads a table with a row per sender (or per sender and municipality): `sender` (or `code`), and if wanted
    /// `name`, `municipality`, `layout`, `period`, `due`, `from`, `until`, `contact`, `received` and `reason`;
    /// the Dutch names `afzender`, `naam`, `gemeente`, `indeling`, `periode`, `uiterlijk`, `van`, `tot`,
    /// `ontvangen` and `reden` do too. Rows of one sender, layout and period are one expected delivery.
    ///
    /// # Errors
    /// [`FrameError`] with the line.
    pub fn read(text: &[u8], file: &str) -> Result<Self, FrameError> {
        let sheet = Sheet::read(text, file)?;
        let sender = sheet.need(SENDER)?;
        let column = |names| sheet.column(names);
        let mut all: BTreeMap<(String, String, Option<Period>), Expected> = BTreeMap::new();
        for record in &sheet.records {
            let text = |names| cell(record, column(names));
            let day = |names: Names| match text(names) {
                None => Ok(None),
                Some(text) => edited::day(&text).map(Some).ok_or_else(|| {
                    let name = sheet.named(names);
                    let reason = Text::new(
                        format!("`{name}` is geen datum zoals 2026-02-01 of 1-2-2026"),
                        format!("`{name}` is not a date such as 2026-02-01 or 1-2-2026"),
                    );
                    sheet.refuse(record, reason)
                }),
            };
            let code = record.get(sender).unwrap_or("");
            if code.is_empty() {
                let reason = Text::new(
                    "de afzender is leeg; laat de rij weg of vul hem in",
                    "the sender is blank; leave the row out or name it",
                );
                return Err(sheet.refuse(record, reason));
            }
            let code = municipality(code).map_or_else(|| code.to_owned(), |code| code.to_string());
            let place = match text(MUNICIPALITY) {
                None => None,
                Some(place) => Some(municipality(&place).ok_or_else(|| {
                    let reason = Text::new(
                        "de gemeente is geen code sinds 2015, zoals GM0363",
                        "the municipality is no code since 2015, such as GM0363",
                    );
                    sheet.refuse(record, reason)
                })?),
            };
            let period = sheet.period(record)?;
            let row = Expected {
                name: text(NAME),
                layout: text(LAYOUT),
                period,
                municipalities: place.into_iter().collect(),
                due: day(DUE)?,
                from: day(FROM)?,
                until: day(UNTIL)?,
                contact: text(CONTACT),
                received: day(RECEIVED)?,
                reason: text(REASON),
                sender: code,
            };
            if row
                .from
                .zip(row.until)
                .is_some_and(|(from, until)| until <= from)
            {
                let (from, until) = (sheet.named(FROM), sheet.named(UNTIL));
                let reason = Text::new(
                    format!("`{until}` is niet later dan `{from}`"),
                    format!("`{until}` is not later than `{from}`"),
                );
                return Err(sheet.refuse(record, reason));
            }
            let key = (
                row.sender.clone(),
                row.layout.as_deref().map_or("", family).to_owned(),
                row.period,
            );
            match all.get_mut(&key) {
                None => drop(all.insert(key, row)),
                Some(known) => known.merge(row).map_err(|names| {
                    let what = sheet.named(names);
                    let reason = Text::new(
                        format!(
                            "een andere rij van deze afzender en indeling zegt een andere `{what}`"
                        ),
                        format!("another row of this sender and layout says another `{what}`"),
                    );
                    sheet.refuse(record, reason)
                })?,
            }
        }
        Ok(Self {
            list: all.into_values().collect(),
            strays: Vec::new(),
        })
    }

    /// Takes reasons for not delivering from a table `sender,reason[,layout][,period]`. Those of whom nothing is
    /// expected are kept apart, to be told.
    ///
    /// # Errors
    /// [`FrameError`] with the line: a blank reason.
    pub fn take_reasons(&mut self, text: &[u8], file: &str) -> Result<(), FrameError> {
        let sheet = Sheet::read(text, file)?;
        let (sender, reason) = (sheet.need(SENDER)?, sheet.need(REASON)?);
        for record in &sheet.records {
            let code = record.get(sender).unwrap_or("");
            let code = municipality(code).map_or_else(|| code.to_owned(), |code| code.to_string());
            let layout = cell(record, sheet.column(LAYOUT));
            let period = sheet.period(record)?;
            let Some(reason) = cell(record, Some(reason)) else {
                let reason = Text::new(
                    "de reden is leeg; laat de rij weg of schrijf er een",
                    "the reason is blank; leave the row out or write one",
                );
                return Err(sheet.refuse(record, reason));
            };
            let mut known = false;
            for expected in &mut self.list {
                let same_layout = layout.as_deref().is_none_or(|layout| {
                    expected.layout.as_deref().map(family) == Some(family(layout))
                });
                let same_period = period.is_none() || expected.period == period;
                if expected.sender == code && same_layout && same_period {
                    expected.reason = Some(reason.clone());
                    known = true;
                }
            }
            if !known {
                self.strays.push(StrayReason {
                    sender: code,
                    reason,
                    file: file.to_owned(),
                    line: sheet.line(record),
                });
            }
        }
        Ok(())
    }
}

impl Expected {
    /// Takes another row of the same delivery: its municipality, and what was not said before.
    ///
    /// # Errors
    /// The column in which they differ.
    fn merge(&mut self, row: Self) -> Result<(), Names> {
        fn same<T: PartialEq>(
            known: &mut Option<T>,
            new: Option<T>,
            what: Names,
        ) -> Result<(), Names> {
            match (known.as_ref(), new) {
                (_, None) => {}
                (None, new) => *known = new,
                (Some(known), Some(new)) if *known == new => {}
                _ => return Err(what),
            }
            Ok(())
        }
        // Whoever delivers for several municipalities is expected while it does for any of them.
        let earliest = self.from.zip(row.from).map(|(a, b)| a.min(b));
        let latest = self.until.zip(row.until).map(|(a, b)| a.max(b));
        (self.from, self.until) = (earliest, latest);
        self.municipalities.extend(row.municipalities);
        same(&mut self.name, row.name, NAME)?;
        same(&mut self.due, row.due, DUE)?;
        same(&mut self.contact, row.contact, CONTACT)?;
        same(&mut self.received, row.received, RECEIVED)?;
        same(&mut self.reason, row.reason, REASON)
    }
}

#[cfg(test)]
mod tests {
    use ethos_model::category::Language;

    use super::*;

    fn read(text: &str) -> Vec<Expected> {
        Expectations::read(text.as_bytes(), "verwacht.csv")
            .unwrap()
            .list
    }

    #[test]
    fn rows_of_a_sender_are_one_expected_delivery() {
        let list = read(
            "sender;municipality;from;until;due\nGM0363;GM0363;;;2026-02-01\n0363;0384;;;\nLDH-RM;;2025-01-01;;\n",
        );
        assert_eq!(list.len(), 2);
        assert_eq!(list[0].sender, "GM0363");
        assert_eq!(list[0].municipalities.len(), 2);
        assert_eq!(list[0].due, Day::parse("2026-02-01"));
        assert!(list[1].municipality().is_none());
        assert!(!list[1].on(Day::parse("2024-12-31").unwrap()));
    }

    #[test]
    fn dutch_names_periods_and_reasons_are_read() {
        let text = "\u{feff}afzender;naam;indeling;periode;uiterlijk;ontvangen\r\nGM0363;Amsterdam;gmsd/2015;2025_H1;20260201;20260130\r\nGM0363;Amsterdam;gmsd/2015;2025_H2;;\r\n";
        let mut all = Expectations::read(text.as_bytes(), "v.csv").unwrap();
        assert_eq!(all.list.len(), 2);
        assert_eq!(all.list[0].received, Day::parse("2026-01-30"));
        let reasons = b"afzender;periode;reden\nGM0363;2025_H2;Systeem vervangen\n";
        all.take_reasons(reasons, "redenen.csv").unwrap();
        assert_eq!(all.list[0].reason, None);
        assert_eq!(all.list[1].reason.as_deref(), Some("Systeem vervangen"));
    }

    #[test]
    fn mistakes_are_named_with_their_line() {
        let refused = |text: &str| {
            Expectations::read(text.as_bytes(), "v.csv")
                .unwrap_err()
                .to_string()
        };
        assert!(refused("name\nx\n").contains("`sender` or `afzender`"));
        assert!(refused("sender,due\nGM0363,1 feb\n").contains("v.csv, line 2: `due`"));
        assert!(refused("sender,due\nGM0363,\n,\n").contains("line 3"));
        let twice = "sender,due\nGM0363,2026-01-01\nGM0363,2026-02-01\n";
        assert!(refused(twice).contains("another `due`"));
        let mut all = Expectations::read(b"sender\nGM0363\n", "v.csv").unwrap();
        let period = all
            .take_reasons(b"sender,reason,period\nGM0363,x,vorig jaar\n", "r.csv")
            .unwrap_err();
        assert!(period.to_string().contains("year or half-year"), "{period}");
        let blank = all
            .take_reasons(b"sender,reason\nGM0363,\n", "r.csv")
            .unwrap_err();
        assert!(blank.to_string().contains("r.csv, line 2"));
        assert_eq!(
            blank.words(Language::Nl),
            "r.csv, regel 2 is niet te gebruiken: de reden is leeg; laat de rij weg of schrijf er een"
        );
        let wrong = Expectations::read(b"afzender;uiterlijk\nGM0363;1 feb\n", "v.csv").unwrap_err();
        assert_eq!(
            wrong.words(Language::Nl),
            "v.csv, regel 2 is niet te gebruiken: `uiterlijk` is geen datum zoals 2026-02-01 of 1-2-2026"
        );
        // Lines of the file are counted, however they end and whether or not anything is on them.
        let text = "afzender;uiterlijk;van;tot;ontvangen\r\nGM0363;1-2-2026;01-01-2026;1/1/2027;20-1-2026\r\n\r\n";
        let list = read(text);
        assert_eq!(list[0].due, Day::parse("2026-02-01"));
        assert_eq!(list[0].until, Day::parse("2027-01-01"));
        assert_eq!(list[0].received, Day::parse("2026-01-20"));
        for wrong in ["GM0344;1 feb;;;\r\n", "GM0344;1-2-2026\r\n"] {
            let said = refused(&format!("{text}{wrong}"));
            assert!(said.contains("v.csv, line 4"), "{said}");
        }
        let mut all = Expectations::read(b"sender\nGM0363\n", "v.csv").unwrap();
        let reasons = b"sender,reason\r\n\r\nGM0599,x\r\n";
        all.take_reasons(reasons, "r.csv").unwrap();
        assert_eq!(all.strays[0].line, Some(3));
    }

    #[test]
    fn a_reason_of_nobody_who_is_expected_is_kept_apart_and_ends_nothing() {
        let mut all = Expectations::read(b"sender\nGM0363\nGM0344\n", "v.csv").unwrap();
        let reasons = b"sender,reason\nGM0599,x\nGM0344,y\n";
        all.take_reasons(reasons, "r.csv").unwrap();
        let stray = StrayReason {
            sender: "GM0599".into(),
            reason: "x".into(),
            file: "r.csv".into(),
            line: Some(2),
        };
        assert_eq!(all.strays, [stray]);
        assert_eq!(all.list[0].reason.as_deref(), Some("y"));
    }
}

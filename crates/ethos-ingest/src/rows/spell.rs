//! A row of a source: a stay, a benefit, a form of a count day.
//!
//! Dates: the end in a delivery is the last day, which still counts, so the half-open spell
//! ends on the day after it. A missing start is replaced by the planned one, the day of
//! observation or the day the file was made, in that order, and is then not known. A provision
//! that was only planned when the file was made has not begun and is out of scope.

use ethos_model::attribute::{Attributes, Birth};
use ethos_model::category::EthosCategory;
use ethos_model::date::Day;
use ethos_model::layout::{LayoutKind, Target};
use ethos_model::municipality::MunicipalityCode;
use ethos_model::spell::{LinkKey, Municipalities, RowRef, Spell};
use ethos_model::token::Token;

use super::cells::{Decisive, Number};
use super::classify::Classified;
use super::seen::{Sight, mixed};
use super::{Outcome, Record, RowReader, unread};
use crate::characters::damage;
use crate::fields;
use crate::findings::{masked, shown_day};
use crate::read::Cells;
use crate::rules::{Detail, Observation};

/// When a row's spell was.
struct When {
    start: Day,
    start_known: bool,
    end: Option<Day>,
}

/// What a row's dates come to.
enum Dated {
    When(When),
    NotBegun,
    Impossible,
}

impl RowReader<'_, '_> {
    /// Reads a row of a source.
    pub(super) fn read_spell(&mut self, row: u64, cells: &Cells<'_>) -> Outcome {
        let file_date = self
            .optional_date(Target::FileDate, row, cells)
            .or(self.made);
        let ready = self.optional_date(Target::ReadyToLeave, row, cells);
        let (category, situation, classified) = match self.classify(row, cells, ready.is_some()) {
            Classified::As(category, situation) => (category, situation, true),
            Classified::OutOfScope => {
                self.note_sender(cells, file_date);
                return Outcome::OutOfScope;
            }
            Classified::Impossible => (EthosCategory::Unknown, None, false),
        };
        self.category = classified.then(|| category.number().unwrap_or(0));
        let mut usable = classified;
        let seen = self.observed(row, cells);
        usable = usable && seen.is_ok();
        let observed = seen.unwrap_or(None);
        let anchor = file_date.max(observed);
        let when = match self.when(row, cells, file_date, observed) {
            Dated::When(when) => Some(when),
            Dated::NotBegun => {
                self.note_sender(cells, file_date);
                return Outcome::OutOfScope;
            }
            Dated::Impossible => {
                usable = false;
                None
            }
        };
        let start = when.as_ref().map(|when| when.start);
        let number = self.number(row, cells);
        let municipalities = self.municipalities(row, cells, anchor, start);
        let attributes = self.attributes(row, cells, observed.or(anchor).or(start));
        let end_reason = self.end_reason(row, cells);
        let expected_on = self.optional_date(Target::ExpectedOn, row, cells);
        let children_with = self.children(Target::ChildrenWith, row, cells);
        let children_elsewhere = self.children(Target::ChildrenElsewhere, row, cells);
        self.check_unused(row, cells);
        self.note_sender(cells, file_date.or(observed));
        let person = match number {
            Number::Token(token) => Some(token),
            Number::Missing => None,
            Number::Bad => return Outcome::Rejected,
        };
        let (Some(when), true) = (when, usable) else {
            return Outcome::Rejected;
        };
        let fallback = if person.is_none() {
            self.fallback(cells, &attributes, &municipalities)
        } else {
            None
        };
        let key = person.or(fallback).map(|token| {
            let what = (i64::from(when.start.0) << 8) | category.index() as i64;
            mixed(token.leading(), what as u64)
        });
        let spell = Spell {
            source: self.source,
            row: RowRef {
                delivery: self.delivery,
                row: u32::try_from(row).unwrap_or(u32::MAX),
            },
            key: LinkKey { person, fallback },
            category,
            situation,
            start: when.start,
            start_known: when.start_known,
            end: when.end,
            observed,
            ready_to_leave: ready,
            expected_on,
            end_reason,
            municipalities,
            attributes,
            children_with,
            children_elsewhere,
        };
        Outcome::Record(Record::Spell(spell), Sight::new(key, cells.raw, row))
    }

    /// Remembers who sent the row and when.
    fn note_sender(&mut self, cells: &Cells<'_>, made: Option<Day>) {
        self.facts.made = self.facts.made.max(made);
        let target = match self.plan.layout.kind {
            LayoutKind::CountDay => Target::MunicipalityStay,
            _ => Target::MunicipalityResponsible,
        };
        if let Some((_, cell)) = self.cell(target, cells)
            && let Some(code) = fields::code(cell)
            && code.is_municipality()
        {
            self.facts.sender.take(code);
        }
    }

    /// The day of observation; an error when the row cannot be used for lack of one.
    fn observed(&mut self, row: u64, cells: &Cells<'_>) -> Result<Option<Day>, ()> {
        match self.decisive_date(Target::Observed, row, cells) {
            Decisive::Day(day) => Ok(Some(day)),
            Decisive::Missing if self.plan.layout.kind == LayoutKind::CountDay => {
                if self.made.is_none() {
                    self.flag_row(Observation::DateNone, row, Detail::default);
                }
                self.made.map(Some).ok_or(())
            }
            Decisive::Missing => Ok(None),
            Decisive::Open | Decisive::Bad => Err(()),
        }
    }

    fn when(
        &mut self,
        row: u64,
        cells: &Cells<'_>,
        file_date: Option<Day>,
        observed: Option<Day>,
    ) -> Dated {
        let start = self.start(row, cells, file_date, observed);
        let last = match self.decisive_date(Target::End, row, cells) {
            Decisive::Day(last) => Some(last),
            Decisive::Missing | Decisive::Open => None,
            Decisive::Bad => return Dated::Impossible,
        };
        if let (Some(last), Some(made)) = (last, file_date)
            && last > made
            && let Some((column, cell)) = self.cell(Target::End, cells)
        {
            self.flag(
                Observation::DateEndAfterFile,
                row,
                column,
                || masked(cell),
                || Detail::of(shown_day(made)),
            );
        }
        let mut when = match start {
            Dated::When(when) => when,
            other => return other,
        };
        if let Some(last) = last {
            if last < when.start && when.start_known {
                if let Some((column, cell)) = self.cell(Target::End, cells) {
                    self.flag(
                        Observation::DateEndBeforeStart,
                        row,
                        column,
                        || masked(cell),
                        Detail::default,
                    );
                }
                return Dated::Impossible;
            }
            // A start that is not known was set to a later day than the last: the last day is
            // the one day that is certain.
            when.start = when.start.min(last);
            when.end = Some(last.plus_days(1));
        }
        Dated::When(when)
    }

    fn start(
        &mut self,
        row: u64,
        cells: &Cells<'_>,
        file_date: Option<Day>,
        observed: Option<Day>,
    ) -> Dated {
        let when = |start, start_known| {
            Dated::When(When {
                start,
                start_known,
                end: None,
            })
        };
        if let Some(observed) = observed {
            // Since when is extra knowledge on a day of observation; without it the day counts.
            return match self.optional_date(Target::Start, row, cells) {
                Some(start) if start <= observed => when(start, true),
                Some(_) => {
                    if let Some((column, cell)) = self.cell(Target::Start, cells) {
                        self.flag(
                            Observation::DateEmptied,
                            row,
                            column,
                            || masked(cell),
                            unread::after_the_count,
                        );
                    }
                    when(observed, false)
                }
                None => when(observed, false),
            };
        }
        match self.decisive_date(Target::Start, row, cells) {
            Decisive::Day(start) if file_date.is_some_and(|made| start > made) => {
                if let (Some((column, cell)), Some(made)) =
                    (self.cell(Target::Start, cells), file_date)
                {
                    self.flag(
                        Observation::DateStartAfterFile,
                        row,
                        column,
                        || masked(cell),
                        || Detail::of(shown_day(made)),
                    );
                }
                Dated::Impossible
            }
            Decisive::Day(start) => when(start, true),
            Decisive::Open | Decisive::Bad => Dated::Impossible,
            Decisive::Missing => {
                let planned = self.optional_date(Target::PlannedStart, row, cells);
                if let (Some(planned), Some(made)) = (planned, file_date)
                    && planned > made
                {
                    return Dated::NotBegun;
                }
                let words = if planned.is_some() {
                    ("de beoogde startdatum", "the planned start")
                } else {
                    (
                        "de aanmaakdatum van het bestand",
                        "the day the file was made",
                    )
                };
                let Some(start) = planned.or(file_date) else {
                    self.flag_row(Observation::DateNone, row, Detail::default);
                    return Dated::Impossible;
                };
                let detail = || Detail::text(words.0, words.1);
                match self.plan.column(Target::Start) {
                    Some(column) => self.flag(
                        Observation::DateStartBlank,
                        row,
                        column,
                        Default::default,
                        detail,
                    ),
                    None => self.flag_row(Observation::DateStartBlank, row, detail),
                }
                when(start, false)
            }
        }
    }

    /// The four municipalities. The deliverer's code should exist when the file was made, the
    /// others then or when the spell began; that of origin may be older. Where a layout has no
    /// responsible municipality, that of registration is responsible.
    fn municipalities(
        &mut self,
        row: u64,
        cells: &Cells<'_>,
        anchor: Option<Day>,
        start: Option<Day>,
    ) -> Municipalities {
        let days = [anchor, start];
        let registered = self.municipality(Target::MunicipalityRegistered, row, cells, days);
        let responsible = if self.plan.column(Target::MunicipalityResponsible).is_some() {
            let day = [anchor.or(start), None];
            self.municipality(Target::MunicipalityResponsible, row, cells, day)
        } else {
            registered
        };
        Municipalities {
            stay: self.municipality(Target::MunicipalityStay, row, cells, days),
            responsible,
            registered,
            origin: self.municipality(Target::MunicipalityOrigin, row, cells, [None, None]),
        }
    }

    /// The fallback key of a row without a number: letters of the name where the layout has
    /// them, birth date or age, sex, and the municipality by its latest code. `None` unless all
    /// are there.
    fn fallback(
        &self,
        cells: &Cells<'_>,
        attributes: &Attributes,
        municipalities: &Municipalities,
    ) -> Option<Token> {
        let letters = match self.cell(Target::NameLetters, cells) {
            // Other letters would be another person.
            Some((_, cell)) if damage(cell).is_some() => return None,
            Some((_, cell)) => {
                let letters: String = String::from_utf8_lossy(cell)
                    .chars()
                    .filter(|c| c.is_alphabetic())
                    .flat_map(char::to_uppercase)
                    .collect();
                (!letters.is_empty()).then_some(letters)?
            }
            None => String::new(),
        };
        let birth = match attributes.birth? {
            Birth::On(day) => day.to_string(),
            Birth::AgedOn { age, .. } => age.to_string(),
        };
        let sex = attributes.sex?.key();
        let place: MunicipalityCode = municipalities.stay.or(municipalities.responsible)?;
        let place = fields::latest(place);
        Some(
            self.key
                .fallback(&format!("{letters}|{birth}|{sex}|{place}")),
        )
    }
}

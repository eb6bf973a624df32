//! Cells of a row as values, with a finding for each that cannot be used.

use ethos_model::date::Day;
use ethos_model::finding::{MaskedValue, Suggestion};
use ethos_model::layout::Target;
use ethos_model::municipality::MunicipalityCode;
use ethos_model::token::Token;

use super::{RowReader, unread};
use crate::bsn::{self, Bsn, BsnCell};
use crate::detect::Column;
use crate::fields::{self, DateCell, MunicipalityCell};
use crate::findings::{masked, shown_place};
use crate::mend::whole_number;
use crate::read::Cells;
use crate::rules::{Detail, Observation};

/// A date without which a row cannot be used.
pub(super) enum Decisive {
    Missing,
    Day(Day),
    /// In 2100 or later.
    Open,
    /// Not a date, or an implausible one: the row is rejected.
    Bad,
}

/// A person's number.
pub(super) enum Number {
    Token(Token),
    /// Not there, or a placeholder.
    Missing,
    /// Not a number: the row is rejected.
    Bad,
}

/// A code to write, which tells nothing of a person.
pub(super) fn open(code: &[u8]) -> Suggestion {
    Suggestion::open(String::from_utf8_lossy(code))
}

pub(super) fn nothing() -> MaskedValue {
    MaskedValue::default()
}

impl RowReader<'_, '_> {
    pub(super) fn date_cell(&mut self, column: Column, cell: &[u8]) -> DateCell {
        let read = self.memos[column.field].read(cell);
        self.facts.doubts.day(column.field, cell, read);
        read
    }

    /// A date that may be missing: what is no date is emptied with a warning.
    pub(super) fn optional_date(
        &mut self,
        target: Target,
        row: u64,
        cells: &Cells<'_>,
    ) -> Option<Day> {
        let (column, cell) = self.cell(target, cells)?;
        let read = self.date_cell(column, cell);
        match read {
            DateCell::Day(day) => return Some(day),
            DateCell::Blank if self.required(column) => {
                self.flag(
                    Observation::CellBlank,
                    row,
                    column,
                    nothing,
                    Detail::default,
                );
            }
            DateCell::Blank => {}
            DateCell::Partial(middle) if target == Target::BirthDate => {
                self.flag(
                    Observation::DatePartial,
                    row,
                    column,
                    || masked(cell),
                    Detail::default,
                );
                return Some(middle);
            }
            DateCell::Partial(_) | DateCell::Open | DateCell::Implausible | DateCell::Wrong => {
                self.flag_emptied(row, column, cell, read);
            }
        }
        None
    }

    /// Says of a date that may be missing why it is emptied.
    #[cold]
    pub(super) fn flag_emptied(&mut self, row: u64, column: Column, cell: &[u8], read: DateCell) {
        let target = self.plan.layout.fields[column.field].maps_to;
        let detail = || unread::why(cell, read, target);
        self.flag(
            Observation::DateEmptied,
            row,
            column,
            || masked(cell),
            detail,
        );
    }

    /// A date that decides whether the row can be used.
    pub(super) fn decisive_date(
        &mut self,
        target: Target,
        row: u64,
        cells: &Cells<'_>,
    ) -> Decisive {
        let Some((column, cell)) = self.cell(target, cells) else {
            return Decisive::Missing;
        };
        match self.date_cell(column, cell) {
            DateCell::Day(day) => Decisive::Day(day),
            DateCell::Blank => Decisive::Missing,
            DateCell::Open if target == Target::End => {
                self.flag(
                    Observation::DateOpenEnd,
                    row,
                    column,
                    || masked(cell),
                    Detail::default,
                );
                Decisive::Open
            }
            DateCell::Open | DateCell::Implausible => {
                self.flag(
                    Observation::DateImplausible,
                    row,
                    column,
                    || masked(cell),
                    Detail::default,
                );
                Decisive::Bad
            }
            DateCell::Partial(_) | DateCell::Wrong => {
                self.flag(
                    Observation::DateWrong,
                    row,
                    column,
                    || masked(cell),
                    Detail::default,
                );
                Decisive::Bad
            }
        }
    }

    /// The person's number as a token.
    pub(super) fn number(&mut self, row: u64, cells: &Cells<'_>) -> Number {
        let Some((column, cell)) = self.cell(Target::Person, cells) else {
            return Number::Missing;
        };
        let read = bsn::read(cell);
        let count = self.facts.doubts.numbers(column.field);
        count.take_read(cell, &read);
        let (seen, number) = match read {
            BsnCell::Valid(number) => {
                if number.is_of_tests() {
                    let value = || masked(cell);
                    self.flag(Observation::BsnTest, row, column, value, Detail::default);
                }
                return Number::Token(self.key.person_bytes(number.digits()));
            }
            BsnCell::LostZero(number) => (Observation::BsnLostZero, Some(number)),
            BsnCell::Dressed(number) => (Observation::BsnDressed, Some(number)),
            BsnCell::Blank => (Observation::BsnBlank, None),
            BsnCell::Placeholder => (Observation::BsnPlaceholder, None),
            BsnCell::Mangled => (Observation::BsnScientific, None),
            BsnCell::Wrong => (Observation::BsnWrong, None),
        };
        self.flag(
            seen,
            row,
            column,
            || masked(cell),
            || {
                let digits = number.map(super::super::bsn::Bsn::to_text);
                let (detail, digits) = match seen {
                    Observation::BsnScientific => scientific(cell),
                    _ => (Detail::default(), digits),
                };
                detail.suggesting(digits.map(Suggestion::personal))
            },
        );
        match number {
            Some(number) => Number::Token(self.key.person_bytes(number.digits())),
            None if matches!(seen, Observation::BsnPlaceholder | Observation::BsnBlank) => {
                Number::Missing
            }
            None => Number::Bad,
        }
    }

    /// A number of eight digits that passes the test with a zero in front, and is read so.
    #[cold]
    pub(super) fn flag_zero(&mut self, row: u64, column: Column, cell: &[u8], number: Bsn) {
        self.flag(
            Observation::BsnLostZero,
            row,
            column,
            || masked(cell),
            || Detail::default().suggesting(Some(Suggestion::personal(number.to_text()))),
        );
    }

    /// A parent's number as a token; one that cannot be used is emptied.
    pub(super) fn parent(&mut self, target: Target, row: u64, cells: &Cells<'_>) -> Option<Token> {
        let (column, cell) = self.cell(target, cells)?;
        let read = bsn::read(cell);
        let count = self.facts.doubts.numbers(column.field);
        count.take_read(cell, &read);
        match read {
            BsnCell::Valid(number) | BsnCell::Dressed(number) => {
                Some(self.key.person_bytes(number.digits()))
            }
            BsnCell::LostZero(number) => {
                self.flag_zero(row, column, cell, number);
                Some(self.key.person_bytes(number.digits()))
            }
            BsnCell::Blank | BsnCell::Placeholder => None,
            BsnCell::Mangled | BsnCell::Wrong => {
                self.flag(
                    Observation::BsnParentWrong,
                    row,
                    column,
                    || masked(cell),
                    Detail::default,
                );
                None
            }
        }
    }

    /// A municipality; the code should have existed on one of the days. An old code stays.
    pub(super) fn municipality(
        &mut self,
        target: Target,
        row: u64,
        cells: &Cells<'_>,
        days: [Option<Day>; 2],
    ) -> Option<MunicipalityCode> {
        let (column, cell) = self.cell(target, cells)?;
        let read = MunicipalityCell::read(cell, days);
        if read != MunicipalityCell::Unknown {
            self.lost_zeros(row, column, cell);
        }
        match read {
            MunicipalityCell::Valid(code) => Some(code),
            MunicipalityCell::OutOfDate(code) => {
                let day = days.into_iter().flatten().next().unwrap_or(Day(0));
                let rule = if fields::is_divided(code, day) {
                    Observation::MunicipalityDivided
                } else {
                    Observation::MunicipalityOutOfDate
                };
                self.flag(
                    rule,
                    row,
                    column,
                    || shown_place(cell),
                    || {
                        let successor = fields::successor(code, day);
                        let written = successor.map(|code| fields::written_like(code, cell));
                        Detail::of(day.to_string())
                            .mended(fields::instead(code, day))
                            .suggesting(written.map(Suggestion::open))
                    },
                );
                Some(code)
            }
            MunicipalityCell::NoPlace(code) => {
                let non_resident = target == Target::MunicipalityRegistered
                    && code == MunicipalityCode::NON_RESIDENTS;
                if !non_resident {
                    self.flag(
                        Observation::MunicipalityNoPlace,
                        row,
                        column,
                        || shown_place(cell),
                        Detail::default,
                    );
                }
                None
            }
            MunicipalityCell::Unknown => {
                self.flag(
                    Observation::MunicipalityUnknown,
                    row,
                    column,
                    || shown_place(cell),
                    Detail::default,
                );
                None
            }
            MunicipalityCell::Blank => {
                if self.required(column) {
                    self.flag(
                        Observation::MunicipalityBlank,
                        row,
                        column,
                        nothing,
                        Detail::default,
                    );
                }
                None
            }
        }
    }

    /// Says that a municipality's code lost its zeros.
    #[inline]
    pub(super) fn lost_zeros(&mut self, row: u64, column: Column, cell: &[u8]) {
        // Four digits, and letters before them, are the usual length.
        if !self.is_typed
            && cell.len() != 4
            && cell.len() != 6
            && let Some(code) = fields::with_zeros(cell)
        {
            self.flag(
                Observation::CodeLostZero,
                row,
                column,
                || shown_place(cell),
                || Detail::default().suggesting(Some(Suggestion::open(&code))),
            );
        }
    }
}

/// Whether a number in scientific notation still tells whose it is, and the number then.
fn scientific(cell: &[u8]) -> (Detail, Option<String>) {
    let text = String::from_utf8_lossy(cell);
    match whole_number(&text) {
        Some(number) if matches!(bsn::read(number.as_bytes()), BsnCell::Valid(_)) => (
            Detail::text(
                "alle cijfers staan er nog, en --fix zet ze terug",
                "all its digits are there, and --fix puts them back",
            ),
            Some(number),
        ),
        Some(_) => (
            Detail::text(
                "wat er staat, is geen geldig nummer",
                "what is there is no valid number",
            ),
            None,
        ),
        None => (
            Detail::text(
                "er zijn cijfers verloren, en die zijn alleen in het bronsysteem te vinden",
                "digits are lost, and only the source system has them",
            ),
            None,
        ),
    }
}

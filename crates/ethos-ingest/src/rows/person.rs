//! A row of a person register.

use ethos_model::attribute::{Attributes, Birth};
use ethos_model::date::Day;
use ethos_model::layout::Target;
use ethos_model::person::RegisterPerson;

use super::cells::Number;
use super::seen::Sight;
use super::{Outcome, Record, RowReader};
use crate::fields::is_new_year;
use crate::findings::{masked, shown_day};
use crate::read::Cells;
use crate::rules::{Detail, Observation};

impl RowReader<'_, '_> {
    /// Reads a row of a person register. Without a usable number it is rejected.
    pub(super) fn read_person(&mut self, row: u64, cells: &Cells<'_>) -> Outcome {
        let as_of = self
            .optional_date(Target::FileDate, row, cells)
            .or(self.made);
        self.facts.made = self.facts.made.max(as_of);
        let number = self.number(row, cells);
        let attributes = self.attributes(row, cells, as_of);
        let registered =
            self.municipality(Target::MunicipalityRegistered, row, cells, [as_of, None]);
        self.check_unused(row, cells);
        let person = match number {
            Number::Token(token) => token,
            Number::Bad => return Outcome::Rejected,
            Number::Missing => {
                self.flag_row(Observation::BsnRegisterWithout, row, Detail::default);
                return Outcome::Rejected;
            }
        };
        let record = RegisterPerson {
            person,
            attributes,
            registered,
            as_of,
        };
        Outcome::Record(Record::Person(record), Sight::new(None, cells.raw, row))
    }

    /// What a row says of the person; `on` is the day an age holds and after which nobody can
    /// have been born.
    pub(super) fn attributes(
        &mut self,
        row: u64,
        cells: &Cells<'_>,
        on: Option<Day>,
    ) -> Attributes {
        Attributes {
            sex: self.sex(row, cells),
            birth: self.birth(row, cells, on),
            origin: self.origin(row, cells),
            nationality: self.nationality(row, cells),
            residence: self.residence(row, cells),
            household: self.household(cells),
            parents: [
                self.parent(Target::Parent1, row, cells),
                self.parent(Target::Parent2, row, cells),
            ],
        }
    }

    /// The birth date, or else the age on a day. Where neither the row nor the file's name
    /// gives a day, an age says nothing.
    fn birth(&mut self, row: u64, cells: &Cells<'_>, on: Option<Day>) -> Option<Birth> {
        let age = self.age(row, cells);
        if let Some(birth) = self.optional_date(Target::BirthDate, row, cells)
            && let Some((column, cell)) = self.cell(Target::BirthDate, cells)
        {
            let last = on.unwrap_or(Day(i32::MAX));
            if birth <= last {
                self.facts.births += 1;
                self.facts.births_on_new_year += u64::from(is_new_year(cell));
                return Some(Birth::On(birth));
            }
            self.flag(
                Observation::DateBirthLate,
                row,
                column,
                || masked(cell),
                || Detail::of(shown_day(last)),
            );
        }
        Some(Birth::AgedOn { age: age?, on: on? })
    }
}

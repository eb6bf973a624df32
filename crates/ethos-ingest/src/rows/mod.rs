//! One row of a file: to a spell, to a person of the register, or to the reason why not.
//!
//! Every row ends in exactly one [`Outcome`]. What makes a row unusable (no usable person
//! number, date or category, or values that stand in the column beside their own) rejects it; any
//! other cell that cannot be used is emptied and the row stays. All findings of a row are made before it is rejected, so that a sender sees them
//! in one pass. Rows that are out of scope are not checked any further.

mod cells;
mod checks;
mod classify;
mod codes;
mod doubt;
mod person;
mod seen;
mod spell;
mod unread;

use ethos_model::date::Day;
use ethos_model::finding::MaskedValue;
use ethos_model::layout::{LayoutKind, Required, Target};
use ethos_model::municipality::MunicipalityCode;
use ethos_model::person::RegisterPerson;
use ethos_model::spell::{SourceId, Spell};

use crate::detect::{Column, Plan};
use crate::fields::{self, DateMemo};
use crate::findings::Findings;
use crate::key::SeriesKey;
use crate::laid;
use crate::mapping::MappingTable;
use crate::mend::Shifted;
use crate::read::Cells;
use crate::rules::{Detail, Observation, Place};
use crate::shift::{Shifts, Way};
use doubt::Doubts;
#[cfg(test)]
pub(crate) use seen::mixed;
pub(crate) use seen::{Before, Seen, Sight};

/// What a row came to.
pub(crate) enum Outcome {
    /// A record, unless the row was seen before.
    Record(Record, Sight),
    Rejected,
    OutOfScope,
}

/// What becomes of a row that counts.
pub(crate) enum Record {
    Spell(Spell),
    Person(RegisterPerson),
}

impl Record {
    /// Whom it is about, and when it begins.
    pub(crate) fn person(&self) -> Option<(u64, Day)> {
        match self {
            Self::Spell(spell) => {
                let token = spell.key.person.or(spell.key.fallback);
                token.map(|token| (token.leading(), spell.start))
            }
            Self::Person(person) => {
                let since = person.as_of.unwrap_or(Day(0));
                Some((person.person.leading(), since))
            }
        }
    }
}

/// What a file's rows say of the file.
#[derive(Clone, Default)]
pub(crate) struct Facts {
    pub(crate) sender: Unanimous,
    /// Latest day on which the file was made.
    pub(crate) made: Option<Day>,
    pub(crate) doubts: Doubts,
    births: u64,
    births_on_new_year: u64,
    /// Rows whose values stand in the column beside their own.
    pub(crate) shifts: Shifts,
}

impl Facts {
    /// Adds what rows that follow say.
    pub(crate) fn merge(&mut self, next: Self) {
        match next.sender {
            Unanimous::Nothing => {}
            Unanimous::One(code) => self.sender.take(code),
            Unanimous::Several => self.sender = Unanimous::Several,
        }
        self.made = self.made.max(next.made);
        self.doubts.merge(&next.doubts);
        self.births += next.births;
        self.births_on_new_year += next.births_on_new_year;
        self.shifts.merge(next.shifts);
    }

    /// Makes the findings that need the whole file.
    pub(crate) fn finish(&self, plan: &Plan<'_>, findings: &mut Findings<'_>) {
        self.doubts.finish(plan, findings);
        let (births, new_year) = (self.births, self.births_on_new_year);
        // By chance one in 365 is born on 1 January.
        if new_year >= 5 && new_year * 50 > births {
            let detail = Detail::text(
                format!("{new_year} van de {births} geboortedatums"),
                format!("{new_year} of the {births} birth dates"),
            );
            findings.add_to_file(Observation::DateNewYearBirths, detail);
        }
    }
}

/// A value that all rows give alike, or not.
#[derive(Copy, Clone, PartialEq, Eq, Default, Debug)]
pub(crate) enum Unanimous {
    #[default]
    Nothing,
    One(MunicipalityCode),
    Several,
}

impl Unanimous {
    fn take(&mut self, code: MunicipalityCode) {
        *self = match *self {
            Self::Nothing => Self::One(code),
            Self::One(other) if other == code => return,
            // An old code of the same place is no other sender.
            Self::One(other) if fields::latest(other) == fields::latest(code) => {
                Self::One(fields::latest(code))
            }
            _ => Self::Several,
        };
    }
}

/// Whether cells of this target make the key by which somebody is found again: a cell of which the
/// characters are not certain makes none.
pub(crate) fn is_of_key(target: Option<Target>) -> bool {
    matches!(target, Some(Target::NameLetters | Target::Household))
}

/// Reads rows of one file: all of them, or those that one thread is given.
#[derive(Clone)]
pub(crate) struct RowReader<'a, 'b> {
    pub(crate) plan: &'a Plan<'a>,
    mapping: Option<&'a MappingTable>,
    key: &'a SeriesKey,
    source: SourceId,
    delivery: u32,
    /// Day in the file's name on which it was made, for rows that do not say.
    made: Option<Day>,
    pub(crate) findings: Findings<'b>,
    memos: Vec<DateMemo>,
    pub(crate) facts: Facts,
    /// The category the row at hand was given.
    category: Option<u8>,
    /// Findings on cells of the row at hand.
    flagged: u32,
    /// Columns of the row at hand whose formula left no value: that is told of them, and not that they are blank.
    pub(crate) without_value: Vec<usize>,
    /// Whether cells have types: a whole number in a table never had zeros in front.
    pub(crate) is_typed: bool,
}

impl<'a, 'b> RowReader<'a, 'b> {
    pub(crate) fn new(
        plan: &'a Plan<'a>,
        mapping: Option<&'a MappingTable>,
        key: &'a SeriesKey,
        (source, delivery): (SourceId, u32),
        made: Option<Day>,
        findings: Findings<'b>,
    ) -> Self {
        Self {
            plan,
            mapping,
            key,
            source,
            delivery,
            made,
            findings,
            memos: vec![DateMemo::of(plan.layout.file.dates); plan.layout.fields.len()],
            facts: Facts::default(),
            category: None,
            flagged: 0,
            without_value: Vec::new(),
            is_typed: false,
        }
    }

    /// The same reader, which has found nothing yet.
    pub(crate) fn without_findings(mut self) -> Self {
        self.findings.forget();
        self
    }

    /// Reads a row of a source or of a person register.
    #[inline]
    pub(crate) fn read(&mut self, row: u64, cells: &Cells<'_>) -> Outcome {
        self.category = None;
        self.flagged = 0;
        let outcome = if self.plan.layout.kind == LayoutKind::PersonRegister {
            self.read_person(row, cells)
        } else {
            self.read_spell(row, cells)
        };
        if self.flagged >= 2 && self.look_aside(row, cells) {
            // What a cell says there, another cell was to say: its figures are not the row's.
            return match outcome {
                Outcome::Record(..) | Outcome::Rejected => Outcome::Rejected,
                Outcome::OutOfScope => Outcome::OutOfScope,
            };
        }
        outcome
    }

    /// Looks whether the cells of a row with several findings stand in the column beside their own, and
    /// whether the row is to be rejected for it. Where two columns stand under each other's heading, these
    /// cells alone are not used: those behind them stand where they should.
    #[cold]
    fn look_aside(&mut self, row: u64, cells: &Cells<'_>) -> bool {
        let mut fields = vec![None; self.plan.width];
        for column in self.plan.columns() {
            if let Some(field) = fields.get_mut(column.at) {
                *field = Some(laid::field(self.plan.layout, self.mapping, column.field));
            }
        }
        let seen = Shifted::of(&fields, |at| String::from_utf8_lossy(cells.get(at)));
        if !seen.is_several() {
            return false;
        }
        self.facts.shifts.take(row, seen);
        match Way::of(seen) {
            Way::Crossed => {
                self.flag_row(Observation::RowCrossed, row, Detail::default);
                return false;
            }
            Way::Left => {
                let words = || Detail::text("links", "left");
                self.flag_row(Observation::RowShifted, row, words);
            }
            Way::Right => {
                let words = || Detail::text("rechts", "right");
                self.flag_row(Observation::RowShifted, row, words);
            }
        }
        true
    }

    /// The category that the row read last was given, where it could be told.
    pub(crate) fn category(&self) -> Option<u8> {
        self.category
    }

    /// Settles a row that was seen before: whether it counts all the same.
    #[cold]
    pub(crate) fn settle(&mut self, row: u64, before: Before) -> bool {
        let (seen, first) = match before {
            Before::Never => return true,
            Before::Same(first) => (Observation::DoubleRow, first),
            // Forms of several organisations on one person are what a count day asks for.
            Before::Alike(_) if self.plan.layout.kind != LayoutKind::Spells => return true,
            Before::Alike(first) => (Observation::DoubleSpell, first),
        };
        self.flag_row(seen, row, || Detail::of(first.to_string()));
        seen == Observation::DoubleSpell
    }

    /// The column and cell of a target; `None` when the file has no such column.
    #[inline]
    fn cell<'c>(&self, target: Target, cells: &Cells<'c>) -> Option<(Column, &'c [u8])> {
        let column = self.plan.column(target)?;
        Some((column, cells.get(column.at)))
    }

    fn required(&self, column: Column) -> bool {
        self.plan.layout.fields[column.field].required == Required::Always
    }

    /// A finding on a cell.
    #[cold]
    fn flag(
        &mut self,
        seen: Observation,
        row: u64,
        column: Column,
        value: impl FnOnce() -> MaskedValue,
        detail: impl FnOnce() -> Detail,
    ) {
        let plan = self.plan;
        if self.without_value.contains(&column.at) && seen.is_of_blank() {
            return;
        }
        self.flagged += 1;
        let (name, number) = plan.place(column);
        self.findings.add_on(seen, Some(number), || {
            let place = Place {
                row: Some(row),
                column: Some((name, number)),
                value: value(),
            };
            (place, detail())
        });
    }

    /// A finding on a row.
    #[cold]
    fn flag_row(&mut self, seen: Observation, row: u64, detail: impl FnOnce() -> Detail) {
        self.findings.add(seen, || {
            let place = Place {
                row: Some(row),
                ..Place::default()
            };
            (place, detail())
        });
    }
}

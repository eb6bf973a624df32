//! One row of a file: to a spell, to a person of the register, or to the reason why not.
//!
//! Every row ends in exactly one [`Outcome`]. What makes a row unusable (no usable person
//! number, date or category) rejects it; any other cell that cannot be used is emptied and the
//! row stays. All findings of a row are made before it is rejected, so that a sender sees them
//! in one pass. Rows that are out of scope are not checked any further.

mod cells;
mod checks;
mod person;
mod seen;
mod spell;

use ethos_model::date::Day;
use ethos_model::finding::MaskedValue;
use ethos_model::layout::{Required, Target};
use ethos_model::municipality::MunicipalityCode;
use ethos_model::person::RegisterPerson;
use ethos_model::spell::{SourceId, Spell};

use crate::counting::Counting;
use crate::detect::{Column, Plan};
use crate::fields::{self, DateMemo};
use crate::findings::Findings;
use crate::key::SeriesKey;
use crate::mapping::MappingTable;
use crate::read::Cells;
use crate::rules::{Detail, Engine, Observation, Place, RowFacts};
use crate::summary::Summary;
use seen::Seen;
#[cfg(test)]
pub(crate) use seen::mixed;

/// What became of a row.
pub(crate) enum Outcome<T> {
    Accepted(T),
    Rejected,
    OutOfScope,
    Duplicate,
}

/// What a file's rows say of the file.
#[derive(Clone, Default)]
pub(crate) struct Facts {
    pub(crate) sender: Unanimous,
    /// Latest day on which the file was made.
    pub(crate) made: Option<Day>,
    births: u64,
    births_on_new_year: u64,
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

/// Reads the rows of one file.
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
    seen: Seen,
    pub(crate) facts: Facts,
    /// The rules at work on the rows, from the first row on.
    engine: Option<Engine>,
    /// The category the row at hand was given.
    category: Option<u8>,
    counting: Counting,
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
            memos: vec![DateMemo::default(); plan.layout.fields.len()],
            seen: Seen::default(),
            facts: Facts::default(),
            engine: None,
            category: None,
            counting: Counting::default(),
        }
    }

    /// Makes the findings that need the whole file.
    pub(crate) fn finish(&mut self) -> Summary {
        let (births, new_year) = (self.facts.births, self.facts.births_on_new_year);
        // By chance one in 365 is born on 1 January.
        if new_year >= 5 && new_year * 50 > births {
            let detail = Detail::text(
                format!("{new_year} van de {births} geboortedatums"),
                format!("{new_year} of the {births} birth dates"),
            );
            self.findings
                .add_to_file(Observation::DateNewYearBirths, detail);
        }
        let engine = self.engine.as_mut();
        let count = engine.map(|engine| engine.finish(self.plan, &mut self.findings));
        let count = count.unwrap_or_default();
        let (_, file) = self.findings.rules();
        let until = file.period_end.max(file.made).max(self.facts.made);
        std::mem::take(&mut self.counting).finish(count.persons, count.sample, until)
    }

    /// Reads a row of a source and lets the rules judge it.
    pub(crate) fn spell(&mut self, row: u64, cells: &Cells<'_>) -> Outcome<Spell> {
        self.begin();
        self.category = None;
        let outcome = self.read_spell(row, cells);
        match &outcome {
            Outcome::Accepted(spell) => {
                let text = |target| self.cell(target, cells).map_or(&b""[..], |(_, cell)| cell);
                let (product, provider) = (text(Target::Product), text(Target::Provider));
                self.counting.add(spell, product, provider);
                let token = spell.key.person.or(spell.key.fallback);
                let person = token.map(|token| (token.leading(), spell.start));
                self.judge(row, cells, person);
            }
            Outcome::Rejected => self.judge(row, cells, None),
            // Nothing more is asked of rows that are not asked for, or stand there twice.
            Outcome::OutOfScope | Outcome::Duplicate => {}
        }
        outcome
    }

    /// Reads a row of a person register and lets the rules judge it.
    pub(crate) fn person(&mut self, row: u64, cells: &Cells<'_>) -> Outcome<RegisterPerson> {
        self.begin();
        let outcome = self.read_person(row, cells);
        match &outcome {
            Outcome::Accepted(person) => {
                let since = person.as_of.unwrap_or(Day(0));
                self.judge(row, cells, Some((person.person.leading(), since)));
            }
            Outcome::Rejected => self.judge(row, cells, None),
            Outcome::OutOfScope | Outcome::Duplicate => {}
        }
        outcome
    }

    /// Makes the rules ready at the first row.
    #[inline]
    fn begin(&mut self) {
        if self.engine.is_none() {
            self.choose_rules();
        }
    }

    #[cold]
    fn choose_rules(&mut self) {
        let (book, facts) = self.findings.rules();
        self.engine = Some(Engine::new(book, self.plan, facts));
    }

    #[inline]
    fn judge(&mut self, row: u64, cells: &Cells<'_>, person: Option<(u64, Day)>) {
        if let Some(engine) = &mut self.engine {
            let facts = RowFacts {
                row,
                category: self.category,
                person,
            };
            engine.push(facts, cells, self.plan, &mut self.memos, &mut self.findings);
        }
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
        self.findings.add(seen, || {
            let place = Place {
                row: Some(row),
                column: Some(plan.place(column)),
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

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
use ethos_model::spell::SourceId;

use crate::detect::{Column, Plan};
use crate::fields::{self, DateMemo};
use crate::findings::Findings;
use crate::key::SeriesKey;
use crate::mapping::MappingTable;
use crate::read::Cells;
use crate::rules::{Detail, Observation, Place};
use seen::Seen;

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
        }
    }

    /// Makes the findings that need the whole file.
    pub(crate) fn finish(&mut self) {
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

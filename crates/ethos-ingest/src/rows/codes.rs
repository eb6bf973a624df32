//! Codes, ages and counts of a row as values, with a finding for each that cannot be used.

use ethos_model::attribute::{NationalityGroup, Origin, ResidenceStatus, Sex, UNKNOWN};
use ethos_model::finding::Suggestion;
use ethos_model::layout::Target;
use ethos_model::spell::EndReason;
use ethos_model::token::Token;

use super::RowReader;
use super::cells::{nothing, open};
use crate::characters::damage;
use crate::detect::Column;
use crate::fields;
use crate::findings::{bare, listed, masked, shown_code};
use crate::mapping::padded;
use crate::read::Cells;
use crate::rules::{Detail, Observation};

impl<'a> RowReader<'a, '_> {
    /// What the code in a column stands for. An unknown one is a finding of rule `wrong`.
    pub(super) fn coded(
        &mut self,
        target: Target,
        row: u64,
        cells: &Cells<'_>,
        wrong: Observation,
    ) -> Coded<'a> {
        let Some((column, cell)) = self.cell(target, cells) else {
            return Coded::NoColumn;
        };
        if cell.is_empty() {
            return Coded::Blank(column);
        }
        let plan = self.plan;
        if let Some(to) = plan.code(column.field, cell) {
            return Coded::To(to);
        }
        let width = plan.layout.fields[column.field].width.unwrap_or(0);
        if let Some(code) = padded(cell, width)
            && let Some(to) = plan.code(column.field, &code)
        {
            self.flag(
                Observation::CodeLostZero,
                row,
                column,
                || listed(cell),
                || Detail::default().suggesting(Some(open(&code))),
            );
            return Coded::To(to);
        }
        self.flag_code(wrong, row, column, cell);
        Coded::Unknown
    }

    /// Says of a code that it is in no list, or is in it but for characters around it.
    #[cold]
    pub(super) fn flag_code(&mut self, wrong: Observation, row: u64, column: Column, cell: &[u8]) {
        let plan = self.plan;
        let text = String::from_utf8_lossy(cell);
        let code = bare(&text);
        if code.len() < text.len() && plan.code(column.field, code.as_bytes()).is_some() {
            let seen = match wrong {
                Observation::CodeUnknown => Observation::CodeHidden,
                _ => Observation::CodeHiddenEmptied,
            };
            self.flag_hidden(seen, row, column, cell, code);
            return;
        }
        self.flag(
            wrong,
            row,
            column,
            || plan.shown_code(column.field, cell),
            || Detail::default().mended(plan.known_codes(column.field)),
        );
    }

    /// Says that there are characters around a code that nobody sees. Its value is shown masked: what is seen
    /// of it is right, and all of a column have one cause, whatever their codes.
    #[cold]
    pub(super) fn flag_hidden(
        &mut self,
        seen: Observation,
        row: u64,
        column: Column,
        cell: &[u8],
        code: &str,
    ) {
        let detail = || Detail::default().suggesting(Some(Suggestion::open(code)));
        self.flag(seen, row, column, || masked(cell), detail);
    }

    /// An attribute's level by its key; blank, `unknown` and unknown codes are none.
    fn level<T>(
        &mut self,
        target: Target,
        row: u64,
        cells: &Cells<'_>,
        from_key: fn(&str) -> Option<T>,
    ) -> Option<T> {
        match self.coded(target, row, cells, Observation::CodeEmptied) {
            Coded::To(key) if key != UNKNOWN => from_key(key),
            Coded::Blank(column) if self.required(column) => {
                self.flag(
                    Observation::CellBlank,
                    row,
                    column,
                    nothing,
                    Detail::default,
                );
                None
            }
            _ => None,
        }
    }

    pub(super) fn sex(&mut self, row: u64, cells: &Cells<'_>) -> Option<Sex> {
        self.level(Target::Sex, row, cells, Sex::from_key)
    }

    pub(super) fn origin(&mut self, row: u64, cells: &Cells<'_>) -> Option<Origin> {
        self.level(Target::Origin, row, cells, Origin::from_key)
    }

    pub(super) fn nationality(&mut self, row: u64, cells: &Cells<'_>) -> Option<NationalityGroup> {
        self.level(Target::Nationality, row, cells, NationalityGroup::from_key)
    }

    pub(super) fn residence(&mut self, row: u64, cells: &Cells<'_>) -> Option<ResidenceStatus> {
        self.level(Target::Residence, row, cells, ResidenceStatus::from_key)
    }

    pub(super) fn end_reason(&mut self, row: u64, cells: &Cells<'_>) -> Option<EndReason> {
        let (column, cell) = self.cell(Target::EndReason, cells)?;
        let declared = !self.plan.layout.fields[column.field].codes.is_empty();
        if declared
            && !matches!(
                self.coded(Target::EndReason, row, cells, Observation::CodeEmptied),
                Coded::To(_)
            )
        {
            return None;
        }
        let number = fields::small_number(cell).filter(|number| *number < 100);
        if number.is_none() && !cell.is_empty() && !declared {
            self.flag(
                Observation::CodeEmptied,
                row,
                column,
                || shown_code(cell),
                || Detail::default().mended("00-99"),
            );
        }
        number.map(|number| EndReason(number as u8))
    }

    /// An age in completed years, 0 to 120.
    pub(super) fn age(&mut self, row: u64, cells: &Cells<'_>) -> Option<u8> {
        let (column, cell) = self.cell(Target::Age, cells)?;
        if cell.is_empty() {
            if self.required(column) {
                self.flag(
                    Observation::CellBlank,
                    row,
                    column,
                    nothing,
                    Detail::default,
                );
            }
            return None;
        }
        let age = fields::small_number(cell).filter(|age| *age <= 120);
        if age.is_none() {
            self.flag(
                Observation::AgeWrong,
                row,
                column,
                || masked(cell),
                Detail::default,
            );
        }
        age.map(|age| age as u8)
    }

    /// A number of children; blank is none.
    pub(super) fn children(&mut self, target: Target, row: u64, cells: &Cells<'_>) -> u8 {
        let Some((column, cell)) = self.cell(target, cells) else {
            return 0;
        };
        if cell.is_empty() {
            return 0;
        }
        let number = fields::small_number(cell).filter(|number| *number <= 30);
        if number.is_none() {
            self.flag(
                Observation::NumberWrong,
                row,
                column,
                || shown_code(cell),
                Detail::default,
            );
        }
        number.unwrap_or(0) as u8
    }

    /// A household key as a token.
    pub(super) fn household(&mut self, cells: &Cells<'_>) -> Option<Token> {
        let (_, cell) = self.cell(Target::Household, cells)?;
        // Other characters would be another household.
        let usable = !cell.is_empty() && damage(cell).is_none();
        usable.then(|| self.key.household(&String::from_utf8_lossy(cell)))
    }
}

/// What a column of codes says.
pub(super) enum Coded<'l> {
    NoColumn,
    Blank(Column),
    /// Not in the list; a finding was made.
    Unknown,
    To(&'l str),
}

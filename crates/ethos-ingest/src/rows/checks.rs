//! Columns that are read and checked and not used.

use ethos_model::finding::MaskedValue;
use ethos_model::layout::FieldType;

use super::RowReader;
use crate::bsn::{self, BsnCell};
use crate::detect::Column;
use crate::fields::{self, DateCell, MunicipalityCell};
use crate::findings::{masked, shown_code, shown_place};
use crate::mapping::padded;
use crate::read::Cells;
use crate::rules::{Detail, Observation};

impl RowReader<'_, '_> {
    pub(super) fn check_unused(&mut self, row: u64, cells: &Cells<'_>) {
        let plan = self.plan;
        for &column in &plan.checked {
            let cell = cells.get(column.at);
            if cell.is_empty() {
                if self.required(column) {
                    self.flag(
                        Observation::CellBlank,
                        row,
                        column,
                        MaskedValue::default,
                        Detail::default,
                    );
                }
                continue;
            }
            self.check_cell(row, column, cell);
        }
        self.check_conditions(row, cells);
    }

    /// Fields that this row must fill because of what another cell says.
    fn check_conditions(&mut self, row: u64, cells: &Cells<'_>) {
        let plan = self.plan;
        for required in &plan.conditional {
            let blank = required
                .column
                .is_none_or(|column| cells.get(column.at).is_empty());
            if !blank || !required.condition.holds_bytes(cells.get(required.on)) {
                continue;
            }
            let words = || required.condition.in_words();
            let seen = Observation::CellRequired;
            match required.column {
                Some(column) => self.flag(seen, row, column, MaskedValue::default, || {
                    Detail::text(words().nl, words().en)
                }),
                None => self.flag_row(seen, row, || {
                    let name = &plan.layout.fields[required.field].name;
                    Detail::text(
                        format!("{} (`{name}`)", words().nl),
                        format!("{} (`{name}`)", words().en),
                    )
                }),
            }
        }
    }

    fn check_cell(&mut self, row: u64, column: Column, cell: &[u8]) {
        let plan = self.plan;
        let field = &plan.layout.fields[column.field];
        match field.kind {
            FieldType::Date => {
                let date = self.date_cell(column, cell);
                if matches!(
                    date,
                    DateCell::Wrong | DateCell::Implausible | DateCell::Partial(_)
                ) {
                    self.flag_emptied(row, column, cell, date);
                }
            }
            FieldType::Integer if !fields::is_integer(cell) => {
                self.flag(
                    Observation::NumberWrong,
                    row,
                    column,
                    || shown_code(cell),
                    Detail::default,
                );
            }
            FieldType::Decimal if !fields::is_decimal(cell) => {
                self.flag(
                    Observation::NumberWrong,
                    row,
                    column,
                    || shown_code(cell),
                    Detail::default,
                );
            }
            FieldType::Age if fields::small_number(cell).is_none_or(|age| age > 120) => {
                self.flag(
                    Observation::AgeWrong,
                    row,
                    column,
                    || masked(cell),
                    Detail::default,
                );
            }
            FieldType::Code if !field.codes.is_empty() => {
                let known = plan.code(column.field, cell).is_some()
                    || padded(cell, field.width.unwrap_or(0))
                        .is_some_and(|code| plan.code(column.field, &code).is_some());
                if !known {
                    self.flag_code(Observation::CodeEmptied, row, column, cell);
                }
            }
            FieldType::Municipality => {
                if MunicipalityCell::read(cell, [None, None]) == MunicipalityCell::Unknown {
                    self.flag(
                        Observation::MunicipalityUnknown,
                        row,
                        column,
                        || shown_place(cell),
                        Detail::default,
                    );
                } else {
                    self.lost_zeros(row, column, cell);
                }
            }
            FieldType::Bsn => {
                let read = bsn::read(cell);
                let count = self.facts.doubts.numbers(column.field);
                count.take_read(cell, &read);
                match read {
                    BsnCell::Wrong | BsnCell::Mangled => {
                        let value = || masked(cell);
                        self.flag(
                            Observation::BsnParentWrong,
                            row,
                            column,
                            value,
                            Detail::default,
                        );
                    }
                    BsnCell::LostZero(number) => self.flag_zero(row, column, cell, number),
                    _ => {}
                }
            }
            FieldType::Text
            | FieldType::Integer
            | FieldType::Decimal
            | FieldType::Age
            | FieldType::Code => {}
        }
    }
}

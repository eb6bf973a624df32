//! Cells as lanes.

use ethos_model::layout::{FieldType, Target};
use regex::bytes::Regex;

use super::judge::Judged;
use crate::bsn::{self, BsnCell};
use crate::detect::{Column, Plan};
use crate::fields::{self, DateCell, DateMemo};
use crate::mapping::padded;
use crate::rules::facts::{of_text, pattern};
use crate::rules::lang::value::{self, MISSING};
use crate::rules::lang::{CellSlot, Feature, FieldRef, Type, is_coded};

/// How a lane gets its values.
#[derive(Clone)]
pub(super) struct Filler {
    how: How,
    feature: Feature,
    regex: Option<Regex>,
    cache: Cache,
    memo: DateMemo,
}

#[derive(Clone)]
enum How {
    /// The file has no such column.
    Absent,
    Row,
    Category,
    Day(Column, bool),
    Digits(usize),
    Decimal(usize),
    Municipality(usize),
    Person(usize),
    /// A code as it is written, zeros put back up to a width.
    Text(usize, usize),
    /// What a code stands for.
    Level(Column, usize),
}

impl Filler {
    pub(super) fn new(slot: &CellSlot, plan: &Plan<'_>) -> Self {
        let column = match &slot.field {
            FieldRef::Row | FieldRef::Category => None,
            FieldRef::Target(target) => plan.column(*target),
            FieldRef::Own(name) => plan.column_named(name),
        };
        let how = match (&slot.field, column) {
            (FieldRef::Row, _) => How::Row,
            (FieldRef::Category, _) => How::Category,
            (_, None) => How::Absent,
            (field, Some(column)) => {
                let declared = &plan.layout.fields[column.field];
                let width = declared.width.unwrap_or(0);
                match slot.kind {
                    Type::Day => How::Day(column, *field == FieldRef::Target(Target::End)),
                    Type::Number if declared.kind == FieldType::Decimal => How::Decimal(column.at),
                    Type::Number => How::Digits(column.at),
                    Type::Municipality => How::Municipality(column.at),
                    Type::Person => How::Person(column.at),
                    Type::Text | Type::Logic => match field {
                        FieldRef::Target(target) if is_coded(*target) => How::Level(column, width),
                        _ => How::Text(column.at, width),
                    },
                }
            }
        };
        let regex = match &slot.feature {
            Feature::Matches(text) => pattern(text).ok(),
            _ => None,
        };
        Self {
            how,
            feature: slot.feature.clone(),
            regex,
            cache: Cache::default(),
            memo: DateMemo::of(plan.layout.file.dates),
        }
    }

    /// Fills a lane with the values of rows.
    pub(super) fn fill(&mut self, rows: &[Judged<'_>], plan: &Plan<'_>, lane: &mut Vec<f64>) {
        lane.extend(rows.iter().map(|row| self.value(row, plan)));
    }

    /// The lane's value for a row.
    #[inline]
    fn value(&mut self, row: &Judged<'_>, plan: &Plan<'_>) -> f64 {
        let at = match &self.how {
            How::Absent => return MISSING,
            How::Row => return row.facts.row as f64,
            How::Category => return row.facts.category.map_or(MISSING, f64::from),
            How::Day(column, _) | How::Level(column, _) => column.at,
            How::Digits(at)
            | How::Decimal(at)
            | How::Municipality(at)
            | How::Person(at)
            | How::Text(at, _) => *at,
        };
        let cell = row.cells.get(at);
        if self.feature != Feature::Value {
            return self.asked(cell);
        }
        if cell.is_empty() {
            return MISSING;
        }
        match &self.how {
            How::Day(..) => match self.memo.read(cell) {
                DateCell::Day(day) | DateCell::Partial(day) => f64::from(day.0),
                _ => MISSING,
            },
            How::Digits(_) => value::of_digits(cell),
            How::Decimal(_) => value::of_decimal(cell),
            How::Municipality(_) => {
                fields::code(cell).map_or(MISSING, |code| f64::from(code.number()))
            }
            How::Person(_) => match bsn::read(cell) {
                BsnCell::Valid(number) | BsnCell::LostZero(number) | BsnCell::Dressed(number) => {
                    value::of_digits(number.digits())
                }
                _ => MISSING,
            },
            How::Text(_, width) => match padded(cell, *width) {
                Some(code) => value::of_text(&code),
                None => value::of_text(cell),
            },
            How::Level(column, width) => self.cache.get(cell, || {
                let code = plan.code(column.field, cell).or_else(|| {
                    let code = padded(cell, *width)?;
                    plan.code(column.field, &code)
                });
                code.map_or(MISSING, |to| value::of_text(to.as_bytes()))
            }),
            How::Absent | How::Row | How::Category => MISSING,
        }
    }

    /// What is asked of the cell beside its value.
    fn asked(&mut self, cell: &[u8]) -> f64 {
        let blank = match &self.how {
            // A day in 2100 or later is how systems write that there is no end.
            How::Day(_, true) => cell.is_empty() || cell.starts_with(b"9999"),
            How::Person(_) => matches!(bsn::read(cell), BsnCell::Blank | BsnCell::Placeholder),
            _ => cell.is_empty(),
        };
        let text = if blank { b"".as_slice() } else { cell };
        match self.feature {
            Feature::Matches(_) | Feature::Letters => {
                let (feature, regex) = (&self.feature, self.regex.as_ref());
                self.cache.get(text, || of_text(text, feature, regex))
            }
            _ => of_text(text, &self.feature, None),
        }
    }
}

/// Remembers what came of cells: codes and names of providers repeat.
#[derive(Clone)]
struct Cache(Vec<Entry>);

#[derive(Copy, Clone)]
struct Entry {
    length: u8,
    cell: [u8; LONGEST],
    value: f64,
}

/// Bytes of the longest cell that is remembered.
const LONGEST: usize = 39;

impl Default for Cache {
    fn default() -> Self {
        let nothing = Entry {
            length: 0,
            cell: [0; LONGEST],
            value: MISSING,
        };
        Self(vec![nothing; 64])
    }
}

impl Cache {
    #[inline]
    fn get(&mut self, cell: &[u8], compute: impl FnOnce() -> f64) -> f64 {
        if cell.is_empty() || cell.len() > LONGEST {
            return compute();
        }
        // Its end tells one code from another, its length one name.
        let end = cell.iter().rev().take(8);
        let key = end.fold(cell.len() as u64, |sum, byte| sum << 7 ^ u64::from(*byte));
        let place = (key.wrapping_mul(0x9e37_79b9_7f4a_7c15) >> 58) as usize;
        let entry = &mut self.0[place];
        if entry.cell[..usize::from(entry.length)] != *cell {
            entry.value = compute();
            entry.cell[..cell.len()].copy_from_slice(cell);
            entry.length = cell.len() as u8;
        }
        entry.value
    }
}

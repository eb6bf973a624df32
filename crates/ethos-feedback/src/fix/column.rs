//! What the columns of a file tell as a whole, and how that mends their cells.

use std::io;
use std::ops::ControlFlow;

use ethos_ingest::mend::{Field, Step, ZeroEvidence, lacks_century, scientific_lost};
use ethos_ingest::{FileForm, LaidOut, LaidRow};
use ethos_model::layout::FieldType;

use super::days::{Days, Orders, Proof};

/// What a column tells as a whole.
#[derive(Clone, Default)]
pub(crate) struct OfColumn {
    /// Of a column of days.
    pub(super) proof: Option<Proof>,
    /// Numbers that lost digits.
    pub(super) lost: u64,
    /// Days without the century of their year, of a column of days.
    pub(super) short_years: u64,
    /// Of a column of citizen service numbers.
    pub(super) zeros: ZeroEvidence,
}

impl OfColumn {
    /// What a cell of the column of text must have been; `None` where it stays as it is.
    pub(crate) fn mended(&self, cell: &str, field: Field<'_>) -> Option<String> {
        let (_, value) = mended(cell, field, self, false)?;
        Some(value)
    }
}

/// What the columns of a file tell, by their position.
///
/// # Errors
/// What the system says of the file.
pub(crate) fn of_columns(laid: &LaidOut<'_>) -> io::Result<Vec<(usize, OfColumn)>> {
    let fields: Vec<(usize, Field<'_>)> = laid.fields().collect();
    let (columns, _) = columns(laid, &fields)?;
    let positions = fields.iter().map(|(at, _)| *at);
    Ok(positions.zip(columns).collect())
}

/// What the columns of a file tell, each and all columns of days together.
pub(super) fn columns(
    laid: &LaidOut<'_>,
    fields: &[(usize, Field<'_>)],
) -> io::Result<(Vec<OfColumn>, Orders)> {
    let mut days = vec![Days::default(); fields.len()];
    let mut columns = vec![OfColumn::default(); fields.len()];
    laid.rows::<io::Error>(|row| {
        let LaidRow::Cells(cells) = row else {
            return Ok(ControlFlow::Continue(()));
        };
        if !cells.is_data {
            return Ok(ControlFlow::Continue(()));
        }
        for (((at, field), days), column) in fields.iter().zip(&mut days).zip(&mut columns) {
            let kind = field.kind();
            if kind == FieldType::Text {
                continue;
            }
            let cell = cells.whole(*at);
            if matches!(kind, FieldType::Date | FieldType::Bsn) {
                let clean = Step::Blanks.apply(&cell, *field);
                let clean = clean.as_deref().unwrap_or(&cell);
                if kind == FieldType::Date {
                    days.take(clean, cells.number, *field);
                    let short = !field.is_right(clean) && lacks_century(clean);
                    column.short_years += u64::from(short);
                } else {
                    column.zeros.take(clean.as_bytes());
                }
            }
            column.lost += u64::from(scientific_lost(&cell));
        }
        Ok(ControlFlow::Continue(()))
    })?;
    let counted = matches!(
        laid.form(),
        FileForm::Sheet {
            from_1904: false,
            ..
        }
    );
    let mut orders = Orders::default();
    let of_days = || {
        let dates = fields.iter().zip(&days);
        dates.filter(|((_, field), _)| field.kind() == FieldType::Date)
    };
    for ((at, _), days) in of_days() {
        orders.add(days, *at);
    }
    for (((_, field), days), column) in fields.iter().zip(&days).zip(&mut columns) {
        if field.kind() == FieldType::Date {
            column.proof = Some(days.proof(&orders, *field, laid.day(), counted));
        }
    }
    Ok((columns, orders))
}

/// The steps that mend a cell and what comes of them; `None` where it stays as it is.
pub(super) fn mended(
    cell: &str,
    field: Field<'_>,
    column: &OfColumn,
    is_text: bool,
) -> Option<(Vec<Step>, String)> {
    if field.is_settled(cell) {
        return None;
    }
    if field.kind() == FieldType::Date && matches!(cell.trim(), "-" | "\u{2013}" | "\u{2014}") {
        // A dash stands for no day at all.
        return Some((vec![Step::Empty], String::new()));
    }
    let proof = column.proof.as_ref();
    let mut value = cell.to_owned();
    let mut steps = Vec::new();
    let take = |step: Step, steps: &mut Vec<Step>, value: &mut String| {
        if let Some(new) = step.apply(value, field) {
            *value = new;
            steps.push(step);
        }
    };
    take(Step::Blanks, &mut steps, &mut value);
    let bare = (steps.clone(), value.clone());
    for step in [
        Step::Number,
        Step::Undress,
        Step::Zero,
        Step::Label,
        Step::YearFirst,
    ] {
        // A number of a person without its zero is one only where the column lost them.
        if step != Step::Zero || field.kind() != FieldType::Bsn || column.zeros.lost_zeros() {
            take(step, &mut steps, &mut value);
        }
    }
    let order = proof.and_then(|proof| proof.order);
    if order == Some(Step::DayFirst) || Step::DayFirst.needs_no_proof(&value) {
        take(Step::DayFirst, &mut steps, &mut value);
    } else if order == Some(Step::MonthFirst) {
        take(Step::MonthFirst, &mut steps, &mut value);
    }
    if proof.is_some_and(|proof| proof.serials) {
        take(Step::ExcelDay, &mut steps, &mut value);
    }
    if !field.is_right(&value) {
        // Half mended is not mended, but blanks are never part of a value.
        (steps, value) = bare;
    }
    if is_text {
        take(Step::Formula, &mut steps, &mut value);
    }
    (!steps.is_empty() && value != cell).then_some((steps, value))
}

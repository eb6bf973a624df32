//! The first and last characters of a cell: blanks around a value, and text that begins as a formula.

use crate::detect::{Column, Plan};
use crate::laid;
use crate::mend::is_seen;
use crate::rules::Observation;

/// Whether a cell begins and ends as nearly all do: with a letter or digit, or not at all.
#[inline]
pub(super) fn are_plain(cell: &[u8]) -> bool {
    match (cell.first(), cell.last()) {
        (Some(first), Some(last)) => first.is_ascii_alphanumeric() && last.is_ascii_alphanumeric(),
        _ => true,
    }
}

/// What is odd about the ends of a cell that is a field of the layout.
#[cold]
pub(super) fn odd(
    plan: &Plan<'_>,
    column: Column,
    cell: &[u8],
    is_text: bool,
) -> Option<Observation> {
    let odd = |c: Option<char>| c.is_some_and(|c| c.is_whitespace() || !is_seen(c));
    let text = String::from_utf8_lossy(cell);
    if odd(text.chars().next()) || odd(text.chars().next_back()) {
        return Some(Observation::CellPadded);
    }
    // A sign alone stands for a cell without a value, and stays text everywhere.
    let is_formula = is_text
        && text.chars().nth(1).is_some()
        && text.starts_with(ethos_table::is_formula_sign)
        && !laid::field(plan.layout, None, column.field).is_number(&text);
    is_formula.then_some(Observation::CellFormula)
}

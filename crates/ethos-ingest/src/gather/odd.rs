//! Rows that are no rows of data, and the words for where they are.

use crate::head::Head;
use crate::read::Cells;
use crate::rules::Detail;

/// Whether a row below the header is one of data: with all its cells, and neither a header nor a total.
pub(crate) fn is_data(cells: &Cells<'_>, width: usize, head: &Head, has_header: bool) -> bool {
    let beyond = || (width..cells.len()).all(|at| cells.get(at).is_empty());
    cells.len() >= width
        && beyond()
        && !cells.all_blank()
        && memchr::memchr(0, cells.raw).is_none()
        && !(has_header && is_same(cells, &head.cells))
        && !is_total(cells)
}

/// Whether a row repeats the header.
#[inline]
pub(super) fn is_same(cells: &Cells<'_>, header: &[String]) -> bool {
    header
        .iter()
        .enumerate()
        .all(|(at, name)| cells.get(at) == name.as_bytes())
}

/// Whether a row adds up others: its first filled cell says so, and most of its cells are blank.
#[inline]
pub(super) fn is_total(cells: &Cells<'_>) -> bool {
    let first = cells.get(0);
    // The usual first cell is a date, a number or a code.
    if first.first().is_some_and(u8::is_ascii_digit) {
        return false;
    }
    says_total(cells)
}

#[cold]
fn says_total(cells: &Cells<'_>) -> bool {
    const WORDS: [&str; 8] = [
        "totaal",
        "total",
        "totalen",
        "subtotaal",
        "subtotal",
        "eindtotaal",
        "som",
        "aantal",
    ];
    let mut filled = (0..cells.len())
        .map(|at| cells.get(at))
        .filter(|cell| !cell.is_empty());
    let Some(first) = filled.next() else {
        return false;
    };
    let Ok(text) = std::str::from_utf8(first) else {
        return false;
    };
    let word = text.split([' ', ':', '=']).next().unwrap_or("");
    let says = WORDS.iter().any(|known| word.eq_ignore_ascii_case(known));
    says && 2 * (1 + filled.count()) <= cells.len()
}

/// Which rows are blank.
/// Blank rows before others, told at the first of them.
pub(super) fn blank_rows_here(count: u64) -> Detail {
    match count {
        1 => Detail::text("Deze rij is leeg", "This row is blank"),
        2 => Detail::text(
            "Deze rij en de rij eronder zijn leeg",
            "This row and the one below it are blank",
        ),
        _ => {
            let below = count - 1;
            Detail::text(
                format!("Deze rij en de {below} rijen eronder zijn leeg"),
                format!("This row and the {below} rows below it are blank"),
            )
        }
    }
}

pub(super) fn blank_rows(first: u64, count: u64) -> Detail {
    if count == 1 {
        Detail::text(
            format!("Rij {first} is leeg"),
            format!("Row {first} is blank"),
        )
    } else {
        let last = first + count - 1;
        Detail::text(
            format!("De rijen {first} tot en met {last} zijn leeg"),
            format!("Rows {first} to {last} are blank"),
        )
    }
}

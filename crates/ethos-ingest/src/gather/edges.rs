//! The first and last characters of cells: blanks around a value, and text that begins as a formula.

use ethos_model::finding::column_letters;

use crate::detect::{Column, Plan};
use crate::findings::Findings;
use crate::laid;
use crate::mend::is_seen;
use crate::read::Cells;
use crate::rules::{Detail, Observation};

/// Cells with something odd at their ends.
#[derive(Copy, Clone, Default)]
pub(super) struct Edges {
    padded: Odd,
    formulas: Odd,
}

/// So many cells, and the first of them: row, and column from 0.
#[derive(Copy, Clone, Default)]
struct Odd {
    count: u64,
    first: Option<(u64, usize)>,
}

impl Odd {
    fn see(&mut self, row: u64, at: usize) {
        self.count += 1;
        self.first = self.first.or(Some((row, at)));
    }

    fn add(&mut self, next: Self) {
        self.count += next.count;
        self.first = self.first.or(next.first);
    }

    /// `12 cellen, de eerste is C17`.
    fn told(self) -> Option<Detail> {
        let (row, at) = self.first?;
        let first = format!("{}{row}", column_letters(at as u32 + 1));
        Some(match self.count {
            1 => Detail::text(format!("cel {first}"), format!("cell {first}")),
            count => Detail::text(
                format!("{count} cellen, de eerste is {first}"),
                format!("{count} cells, the first is {first}"),
            ),
        })
    }
}

impl Edges {
    /// Looks at the cells of a row that are fields of the layout. Nearly all begin and end with a letter or
    /// digit.
    #[inline]
    pub(super) fn look(&mut self, plan: &Plan<'_>, row: u64, cells: &Cells<'_>, is_text: bool) {
        for column in plan.placed() {
            let cell = cells.whole(column.at);
            if let (Some(first), Some(last)) = (cell.first(), cell.last())
                && !(first.is_ascii_alphanumeric() && last.is_ascii_alphanumeric())
            {
                self.cell(plan, *column, (row, cell), is_text);
            }
        }
    }

    #[cold]
    fn cell(&mut self, plan: &Plan<'_>, column: Column, (row, cell): (u64, &[u8]), is_text: bool) {
        let odd = |c: Option<char>| c.is_some_and(|c| c.is_whitespace() || !is_seen(c));
        let text = String::from_utf8_lossy(cell);
        if odd(text.chars().next()) || odd(text.chars().next_back()) {
            self.padded.see(row, column.at);
        } else if is_text
            && text.starts_with(['=', '+', '-', '@'])
            && !laid::field(plan.layout, None, column.field).is_number(&text)
        {
            self.formulas.see(row, column.at);
        }
    }

    /// Adds those of the rows that follow.
    pub(super) fn add(&mut self, next: Self) {
        self.padded.add(next.padded);
        self.formulas.add(next.formulas);
    }

    /// Makes the findings, after the last row.
    pub(super) fn tell(self, findings: &mut Findings<'_>) {
        for (seen, cells) in [
            (Observation::CellPadded, self.padded),
            (Observation::CellFormula, self.formulas),
        ] {
            if let Some(detail) = cells.told() {
                findings.add_to_file(seen, detail);
            }
        }
    }
}

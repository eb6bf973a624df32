//! The first and last characters of cells: blanks around a value, and text that begins as a formula.

use crate::detect::{Column, Plan};
use crate::findings::Findings;
use crate::laid;
use crate::mend::is_seen;
use crate::read::Cells;
use crate::rules::{Detail, Observation};

/// Cells with something odd at their ends.
#[derive(Copy, Clone, Default)]
pub(super) struct Edges {
    padded: u64,
    formulas: u64,
}

impl Edges {
    /// Looks at the cells of a row that are fields of the layout. Nearly all begin and end with a letter or
    /// digit.
    #[inline]
    pub(super) fn look(&mut self, plan: &Plan<'_>, cells: &Cells<'_>, is_text: bool) {
        for column in plan.placed() {
            let cell = cells.whole(column.at);
            if let (Some(first), Some(last)) = (cell.first(), cell.last())
                && !(first.is_ascii_alphanumeric() && last.is_ascii_alphanumeric())
            {
                self.cell(plan, *column, cell, is_text);
            }
        }
    }

    #[cold]
    fn cell(&mut self, plan: &Plan<'_>, column: Column, cell: &[u8], is_text: bool) {
        let odd = |c: Option<char>| c.is_some_and(|c| c.is_whitespace() || !is_seen(c));
        let text = String::from_utf8_lossy(cell);
        if odd(text.chars().next()) || odd(text.chars().next_back()) {
            self.padded += 1;
        } else if is_text
            && text.starts_with(['=', '+', '-', '@'])
            && !laid::field(plan.layout, None, column.field).is_number(&text)
        {
            self.formulas += 1;
        }
    }

    /// Adds those of the rows that follow.
    pub(super) fn add(&mut self, next: Self) {
        self.padded += next.padded;
        self.formulas += next.formulas;
    }

    /// Makes the findings, after the last row.
    pub(super) fn tell(self, findings: &mut Findings<'_>) {
        for (seen, count) in [
            (Observation::CellPadded, self.padded),
            (Observation::CellFormula, self.formulas),
        ] {
            let detail = match count {
                0 => continue,
                1 => Detail::text("1 cel", "1 cell"),
                count => Detail::text(format!("{count} cellen"), format!("{count} cells")),
            };
            findings.add_to_file(seen, detail);
        }
    }
}

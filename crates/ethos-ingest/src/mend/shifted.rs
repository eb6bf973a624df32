//! Rows whose values stand in the column beside their own.

use std::borrow::Cow;

use ethos_model::layout::FieldType;

use super::step::Field;

/// Cells of a row that are no value of their own column and are one of a column beside it.
///
/// One such cell is a mistake like any other. Where there are several, the row is shifted or columns stand under
/// each other's names: then no cell of it tells what it was meant for.
#[derive(Copy, Clone, PartialEq, Eq, Default, Debug)]
pub struct Shifted {
    /// Values that stand a column to the right.
    pub right: u32,
    /// Values that stand a column to the left.
    pub left: u32,
    /// Position of the first column whose value stands elsewhere, 0 for the first cell.
    pub from: usize,
}

impl Shifted {
    /// Looks at a row; `fields` are those of its cells, by their position in the file.
    pub fn of<'c>(fields: &[Option<Field<'_>>], cell: impl Fn(usize) -> Cow<'c, str>) -> Self {
        let mut shifted = Self {
            from: usize::MAX,
            ..Self::default()
        };
        for (at, own) in fields.iter().enumerate() {
            let Some(own) = own else { continue };
            if matches!(own.kind(), FieldType::Text) {
                continue;
            }
            let cell = cell(at);
            let cell = cell.trim();
            if cell.is_empty() || may_be(*own, cell) {
                continue;
            }
            let holds = |at: usize| {
                let field = fields.get(at).copied().flatten();
                field.is_some_and(|field| is_one_of(field, cell))
            };
            if at > 0 && holds(at - 1) {
                shifted.right += 1;
                shifted.from = shifted.from.min(at - 1);
            } else if holds(at + 1) {
                shifted.left += 1;
                shifted.from = shifted.from.min(at + 1);
            }
        }
        shifted.begin(fields, &cell);
        shifted
    }

    /// Finds where a shift that several columns prove begins: farther to the left may be cells that are wrong in
    /// their own column and may stand in the one beside it, as a number or a text may in many.
    fn begin<'c>(&mut self, fields: &[Option<Field<'_>>], cell: &impl Fn(usize) -> Cow<'c, str>) {
        let right = self.right >= 2 * self.left;
        if !self.is_several() || (!right && self.left < 2 * self.right) {
            return;
        }
        let first = if right { self.from + 1 } else { self.from };
        let blank = |at: usize| cell(at).trim().is_empty();
        for at in (0..first).rev() {
            let cell = cell(at);
            let cell = cell.trim();
            let Some(own) = fields[at].filter(|_| !cell.is_empty()) else {
                continue;
            };
            if is_one_of(own, cell) {
                // It stands where it should, or beside the cell that was put in: a first day reads as a last
                // day then, and the first is blank.
                if right
                    && let Some(before) = at.checked_sub(1)
                    && let Some(field) = fields[before]
                    && blank(before)
                    && is_one_of(field, cell)
                {
                    self.from = self.from.min(before);
                }
                return;
            }
            let beside = if right {
                at.checked_sub(1)
            } else {
                Some(at + 1)
            };
            let there = beside.and_then(|at| Some((at, fields.get(at).copied().flatten()?)));
            if let Some((at, field)) = there
                && !may_be(own, cell)
                && may_be(field, cell)
            {
                self.from = self.from.min(at);
            }
        }
    }

    /// Whether several columns of the row say so.
    pub fn is_several(&self) -> bool {
        self.right + self.left >= 2
    }
}

/// Whether a cell may stand in a column, as it is.
fn may_be(field: Field<'_>, cell: &str) -> bool {
    field.is_right(cell) && (field.kind() != FieldType::Municipality || cell.len() >= 4)
}

/// Whether a cell is a value of a column beyond doubt: a number or a text may stand in many columns, and so may a
/// year.
fn is_one_of(field: Field<'_>, cell: &str) -> bool {
    match field.kind() {
        FieldType::Bsn => field.is_right(cell),
        FieldType::Date => cell.len() >= 8 && field.is_right(cell),
        FieldType::Municipality => cell.len() == 4 && field.is_right(cell),
        FieldType::Code => field.knows(cell),
        FieldType::Integer | FieldType::Decimal | FieldType::Age | FieldType::Text => false,
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::laid::field;
    use crate::layout;

    const NAMES: [&str; 7] = [
        "bsn",
        "type_opvang",
        "startdatum",
        "einddatum",
        "reden_einde",
        "gemeente_verblijf",
        "geslacht",
    ];

    #[test]
    fn a_shift_begins_where_the_first_cell_stands_aside() {
        let layout = layout::find("ethos-telling/2025", None).unwrap();
        let fields: Vec<_> = (0..layout.fields.len())
            .map(|at| Some(field(&layout, None, at)))
            .collect();
        let from = |row: &str| {
            let cells: Vec<&str> = row.split(';').collect();
            let cell = |at: usize| Cow::Borrowed(cells.get(at).copied().unwrap_or_default());
            let seen = Shifted::of(&fields, cell);
            (seen.is_several(), seen.from)
        };
        let row = "0000021;2026-01-15;Team;Zorg;0351;TASB;47;1;3b;2025-09-19;EU;EU;I;0;0;H21;0214;";
        assert!(!from(row).0);
        // Before the first cell, and before a name.
        assert_eq!(from(&format!(";{row}")), (true, 0));
        assert_eq!(from(&row.replace(";0351;", ";0351;;")), (true, 5));
    }

    fn of(cells: [&str; 7]) -> (u32, u32, bool) {
        let layout = layout::find("monitor-dakloosheid/2025", None).unwrap();
        let fields = NAMES.map(|name| {
            let at = layout.fields.iter().position(|field| field.name == name);
            Some(field(&layout, None, at.unwrap()))
        });
        let shifted = Shifted::of(&fields, |at| Cow::Borrowed(cells[at]));
        (shifted.right, shifted.left, shifted.is_several())
    }

    #[test]
    fn a_row_that_is_shifted_shows_it_in_several_columns() {
        let whole = ["123456782", "24", "20250503", "20250520", "37", "0512", "1"];
        assert_eq!(of(whole), (0, 0, false));
        let right = ["123456782", "", "24", "20250503", "20250520", "37", "0512"];
        assert_eq!(of(right), (4, 0, true));
        let left = ["123456782", "20250503", "20250520", "37", "0512", "1", ""];
        assert_eq!(of(left), (0, 4, true));
        let swapped = ["123456782", "24", "20250503", "20250520", "0512", "37", "1"];
        assert_eq!(of(swapped), (1, 1, true));
    }

    #[test]
    fn a_shift_begins_at_the_cell_that_was_put_in() {
        let layout = layout::find("monitor-dakloosheid/2025", None).unwrap();
        let fields = NAMES.map(|name| {
            let at = layout.fields.iter().position(|field| field.name == name);
            Some(field(&layout, None, at.unwrap()))
        });
        let from = |cells: [&str; 7]| Shifted::of(&fields, |at| Cow::Borrowed(cells[at])).from;
        // The first day stands under the last, where it is no mistake by itself.
        let right = ["123456782", "24", "", "20250503", "20250520", "37", "0512"];
        assert_eq!(from(right), 2);
        let kept = ["123456782", "24", "20250503", "20250520", "", "37", "0512"];
        assert_eq!(from(kept), 4);
    }

    #[test]
    fn what_is_wrong_in_its_own_column_only_is_no_shift() {
        // Days in another form, a zero lost, a code that does not exist.
        let wrong = [
            "12345678",
            "99",
            "03-05-2025",
            "20-05-2025",
            "77",
            "363",
            "man",
        ];
        assert_eq!(of(wrong), (0, 0, false));
        // One cell by itself.
        let one = ["123456782", "24", "20250503", "20250520", "0512", "", "1"];
        assert_eq!(of(one), (0, 1, false));
    }
}

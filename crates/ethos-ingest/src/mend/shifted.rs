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
        shifted
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

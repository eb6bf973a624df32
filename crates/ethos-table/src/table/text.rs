//! A column of optional text without an allocation per cell.

use std::fmt;

/// Optional texts, one after the other in one string.
///
/// Ten million short cells take their bytes and nine more each; there is no allocation per cell.
#[derive(Clone, PartialEq, Eq, Default)]
pub struct TextColumn {
    data: String,
    /// Where each cell ends in `data`; it begins where the one before ends.
    ends: Vec<usize>,
    present: Vec<bool>,
}

impl TextColumn {
    /// A column without cells.
    pub fn new() -> Self {
        Self::default()
    }

    /// Number of cells.
    pub fn len(&self) -> usize {
        self.ends.len()
    }

    /// Whether there are no cells.
    pub fn is_empty(&self) -> bool {
        self.ends.is_empty()
    }

    /// The cell in this row, counted from 0; `None` where it is empty or the row does not exist.
    pub fn get(&self, row: usize) -> Option<&str> {
        if !*self.present.get(row)? {
            return None;
        }
        let start = if row == 0 { 0 } else { self.ends[row - 1] };
        Some(&self.data[start..self.ends[row]])
    }

    /// The cells in order.
    pub fn iter(&self) -> impl ExactSizeIterator<Item = Option<&str>> {
        (0..self.len()).map(|row| self.get(row))
    }

    /// Adds a cell.
    pub fn push(&mut self, cell: Option<&str>) {
        if let Some(text) = cell {
            self.data.push_str(text);
        }
        self.ends.push(self.data.len());
        self.present.push(cell.is_some());
    }

    /// Adds a cell that is displayed straight into the column.
    pub fn push_display(&mut self, cell: Option<impl fmt::Display>) {
        use fmt::Write as _;
        let present = cell.is_some();
        if let Some(value) = cell {
            // Writing into a string does not fail.
            let _ = write!(self.data, "{value}");
        }
        self.ends.push(self.data.len());
        self.present.push(present);
    }

    /// Adds the cells of another column after these.
    pub fn append(&mut self, other: &Self) {
        let before = self.data.len();
        self.data.push_str(&other.data);
        self.ends.extend(other.ends.iter().map(|end| before + end));
        self.present.extend_from_slice(&other.present);
    }

    /// Makes cells without any characters empty cells.
    pub(crate) fn blank_to_null(&mut self) {
        let mut start = 0;
        for (present, &end) in self.present.iter_mut().zip(&self.ends) {
            *present &= end > start;
            start = end;
        }
    }

    /// First row without a text.
    pub(crate) fn first_null(&self) -> Option<usize> {
        self.present.iter().position(|present| !present)
    }

    /// The bytes of some rows, with the end of each relative to the first and which are there.
    pub(crate) fn slice(
        &self,
        rows: std::ops::Range<usize>,
    ) -> (&str, impl Iterator<Item = usize>, &[bool]) {
        let start = if rows.start == 0 {
            0
        } else {
            self.ends[rows.start - 1]
        };
        let ends = &self.ends[rows.clone()];
        let end = ends.last().copied().unwrap_or(start);
        (
            &self.data[start..end],
            ends.iter().map(move |end| end - start),
            &self.present[rows],
        )
    }
}

impl fmt::Debug for TextColumn {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_list().entries(self.iter()).finish()
    }
}

impl<'a> FromIterator<Option<&'a str>> for TextColumn {
    fn from_iter<I: IntoIterator<Item = Option<&'a str>>>(cells: I) -> Self {
        let mut column = Self::default();
        for cell in cells {
            column.push(cell);
        }
        column
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn cells_come_back_as_they_went_in() {
        let cells = [Some("a"), None, Some(""), Some("Ĳsland"), None];
        let mut column: TextColumn = cells.into_iter().collect();
        assert_eq!(column.iter().collect::<Vec<_>>(), cells);
        column.push_display(Some(12));
        assert_eq!(column.get(5), Some("12"));
        assert_eq!(column.get(6), None);

        let mut twice = column.clone();
        twice.append(&column);
        assert_eq!(twice.len(), 12);
        assert_eq!(twice.get(9), Some("Ĳsland"));
        let (text, ends, present) = twice.slice(8..10);
        assert_eq!(
            (text, ends.collect::<Vec<_>>(), present),
            ("Ĳsland", vec![0, 7], &[true, true][..])
        );

        column.blank_to_null();
        assert_eq!(column.get(2), None);
        assert_eq!(column.first_null(), Some(1));
    }
}

//! The cells of a row, and what else may come in a file.

/// The cells of a row.
#[derive(Copy, Clone)]
pub(crate) struct Cells<'a> {
    /// The row as it stands in the file, without its line end.
    pub(crate) raw: &'a [u8],
    pub(crate) text: &'a [u8],
    pub(crate) spans: &'a [(u32, u32)],
    pub(crate) quotes: Quotes,
}

/// What is odd about the quotes of a row: the first column, 0 for the first.
#[derive(Copy, Clone, PartialEq, Eq, Debug, Default)]
pub(crate) struct Quotes {
    /// A quote within a cell, or text behind the quote that closes it.
    pub(crate) stray: Option<u32>,
    /// A line break within a cell.
    pub(crate) line_break: Option<u32>,
}

impl<'a> Cells<'a> {
    pub(crate) fn len(&self) -> usize {
        self.spans.len()
    }

    /// The cell without blanks around it; empty beyond the last.
    #[inline]
    pub(crate) fn get(&self, at: usize) -> &'a [u8] {
        self.spans.get(at).map_or(b"".as_slice(), |&(from, to)| {
            self.text[from as usize..to as usize].trim_ascii()
        })
    }

    /// The cell as it stands, blanks around it too; empty beyond the last.
    pub(crate) fn whole(&self, at: usize) -> &'a [u8] {
        self.spans.get(at).map_or(b"".as_slice(), |&(from, to)| {
            &self.text[from as usize..to as usize]
        })
    }

    pub(crate) fn all_blank(&self) -> bool {
        (0..self.len()).all(|at| self.get(at).is_empty())
    }
}

/// What comes next in a file.
pub(crate) enum Next<'a> {
    /// A row.
    Row(u64, Cells<'a>),
    /// Lines without anything, before another row: the first and how many.
    Blank(u64, u64),
    /// A quote opened in this row is never closed. Nothing more can be read.
    Unclosed(u64),
    /// The row is longer than [`MAX_ROW`](super::MAX_ROW). Nothing more can be read.
    TooLong(u64),
    /// Nothing more.
    End,
}

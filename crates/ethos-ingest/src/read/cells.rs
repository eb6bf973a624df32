//! The cells of a row, and what else may come in a file.

/// The cells of a row.
#[derive(Copy, Clone)]
pub(crate) struct Cells<'a> {
    /// The row as it stands in the file, without its line end.
    pub(crate) raw: &'a [u8],
    pub(crate) text: &'a [u8],
    pub(crate) spans: &'a [(u32, u32)],
    /// Cells that are written oddly: column, 0 for the first, and how. Mostly none.
    pub(crate) odd: &'a [(u32, Oddity)],
}

/// What is odd about how a cell is written, whatever its value.
#[derive(Copy, Clone, PartialEq, Eq, Debug)]
pub(crate) enum Oddity {
    /// A quote within a cell, or text behind the quote that closes it.
    StrayQuote,
    /// A line break within a cell.
    LineBreak,
}

/// Adds the line breaks within cells of which the text was not quoted, as far as `text` goes.
pub(crate) fn line_breaks(text: &[u8], spans: &[(u32, u32)], odd: &mut Vec<(u32, Oddity)>) {
    let breaks = |text: &[u8]| memchr::memchr2(b'\n', b'\r', text).is_some();
    // Mostly the row has none: it is looked through as a whole first.
    if !breaks(text) {
        return;
    }
    for (column, &(from, to)) in (0..).zip(spans) {
        if breaks(&text[from as usize..text.len().min(to as usize)]) {
            odd.push((column, Oddity::LineBreak));
        }
    }
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

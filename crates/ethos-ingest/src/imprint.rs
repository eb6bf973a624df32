//! What tells whether two files hold the same cells, whatever form they have.

use crate::read::Cells;
use crate::workbook::CellNote;

/// Characters that a cell of a workbook holds: a longer text is cut off in one. As many bytes are looked at.
const CELL: usize = 32_767;

/// An imprint of rows, in their order: the cells of each that are not blank, with their columns.
///
/// Not in it is what a text loses when it becomes a workbook, or gets when a spreadsheet writes it back: blank
/// cells and rows, which row a row is in, and carriage returns. It is no secret and nothing is told from it: it is
/// compared within a run, and kept nowhere.
#[derive(Copy, Clone, PartialEq, Eq, Debug)]
pub(crate) struct Imprint {
    sum: u64,
    /// By what all before is multiplied, which tells how many rows there are.
    factor: u64,
}

impl Default for Imprint {
    fn default() -> Self {
        Self { sum: 0, factor: 1 }
    }
}

impl Imprint {
    /// Odd, so that no row is lost from the sum whatever comes behind it.
    const FACTOR: u64 = 0x9e37_79b9_7f4a_7c17;

    /// Takes the row that follows; nothing where it is blank.
    #[inline]
    pub(crate) fn add(&mut self, row: Option<u64>) {
        if let Some(row) = row {
            self.append(Self {
                sum: row,
                factor: Self::FACTOR,
            });
        }
    }

    /// Takes the rows that follow.
    pub(crate) fn append(&mut self, rows: Self) {
        self.sum = self.sum.wrapping_mul(rows.factor).wrapping_add(rows.sum);
        self.factor = self.factor.wrapping_mul(rows.factor);
    }
}

/// The columns that have a name: text beyond the last of them is not read, so that of such a cell only the column
/// is known.
pub(crate) fn named(header: &[String]) -> usize {
    let last = header.iter().rposition(|name| !name.is_empty());
    last.map_or(0, |last| last + 1)
}

/// What stands for a row; `None` for a blank one. `notes` are of its cells, of which so many columns have a name.
#[inline]
pub(crate) fn of_row(cells: &Cells<'_>, notes: &[(u32, CellNote)], named: usize) -> Option<u64> {
    let mut row = None;
    let is_odd = memchr::memchr2(b'\r', b'_', cells.raw).is_some();
    for at in 0..cells.len() {
        let cell = cells.get(at);
        if cell.is_empty() {
            continue;
        }
        let known = if at < named { cell } else { b"" };
        row = Some(if is_odd {
            with_cell(row, at, &plain(known))
        } else {
            with_cell(row, at, known)
        });
    }
    let beyond = notes.iter().filter(|(_, note)| *note == CellNote::Beyond);
    beyond.fold(row, |row, (at, _)| Some(with_cell(row, *at as usize, b"")))
}

/// What stands for a header.
pub(crate) fn of_header(header: &[String]) -> Option<u64> {
    let names = header.iter().enumerate();
    let filled = names.filter(|(_, name)| !name.is_empty());
    filled.fold(None, |row, (at, name)| {
        Some(with_cell(row, at, &plain(name.as_bytes())))
    })
}

/// A row with another cell, in words of eight bytes. It takes a twentieth of a second for a million rows.
#[inline]
fn with_cell(row: Option<u64>, at: usize, cell: &[u8]) -> u64 {
    let cell = &cell[..cell.len().min(CELL)];
    let state = row.unwrap_or(1) ^ ((at as u64) << 32 | cell.len() as u64);
    let (words, rest) = cell.as_chunks::<8>();
    let whole = words.iter().fold(state, |state, word| {
        folded(state ^ u64::from_le_bytes(*word), 0x9e37_79b9_7f4a_7c15)
    });
    let rest = rest
        .iter()
        .fold(0, |word, byte| word << 8 | u64::from(*byte));
    folded(whole ^ rest, 0xbf58_476d_1ce4_e5b9)
}

/// The product of two numbers, its halves put together: each bit depends on all.
#[inline]
fn folded(a: u64, b: u64) -> u64 {
    let product = u128::from(a) * u128::from(b);
    (product as u64) ^ ((product >> 64) as u64)
}

/// A cell without carriage returns, and with the signs that a workbook writes as `_x0001_`.
#[cold]
fn plain(cell: &[u8]) -> Vec<u8> {
    const LENGTH: usize = "_x0001_".len();
    let mut plain: Vec<u8> = Vec::with_capacity(cell.len());
    for byte in cell {
        plain.push(*byte);
        // What was `_x0041_` in a text is `_x005F_x0041_` in a workbook: both come to the same sign.
        while let Some(from) = plain.len().checked_sub(LENGTH)
            && let Some(sign) = escaped(&plain[from..])
        {
            plain.truncate(from);
            let mut room = [0; 4];
            plain.extend_from_slice(sign.encode_utf8(&mut room).as_bytes());
        }
    }
    plain.retain(|byte| *byte != b'\r');
    plain
}

/// The sign that `_xHHHH_` stands for.
fn escaped(text: &[u8]) -> Option<char> {
    let digits = text.strip_prefix(b"_x")?.strip_suffix(b"_")?;
    let digits = std::str::from_utf8(digits).ok()?;
    let is_hex = digits.bytes().all(|byte| byte.is_ascii_hexdigit());
    char::from_u32(u32::from_str_radix(digits, 16).ok().filter(|_| is_hex)?)
}

#[cfg(test)]
mod tests {
    use super::*;

    /// What stands for a row of which two columns have a name.
    fn row(cells: &[&str], notes: &[(u32, CellNote)]) -> Option<u64> {
        let text = cells.concat();
        let mut spans = Vec::new();
        let mut from = 0;
        for cell in cells {
            spans.push((from, from + cell.len() as u32));
            from += cell.len() as u32;
        }
        let cells = Cells {
            raw: text.as_bytes(),
            text: text.as_bytes(),
            spans: &spans,
            odd: &[],
        };
        of_row(&cells, notes, 2)
    }

    fn of(rows: &[Option<u64>]) -> Imprint {
        rows.iter().fold(Imprint::default(), |mut all, row| {
            all.add(*row);
            all
        })
    }

    #[test]
    fn a_cell_in_another_column_or_row_is_another_imprint() {
        let (ab, ba) = (row(&["a", "b"], &[]), row(&["b", "a"], &[]));
        for other in [
            row(&["a", ""], &[]),
            row(&["ab", ""], &[]),
            row(&["", "ab"], &[]),
            ba,
        ] {
            assert_ne!(ab, other);
        }
        assert_ne!(of(&[ab, ba]), of(&[ba, ab]));
        assert_ne!(of(&[ab]), of(&[ab, ab]));
        // Blanks say nothing, nor does the line end of another system.
        assert_eq!(row(&["a"], &[]), row(&[" a ", ""], &[]));
        assert_eq!(row(&["a\r\nb"], &[]), row(&["a\nb"], &[]));
        // Nor how a workbook writes what cannot stand in it.
        assert_eq!(row(&["a\u{1}"], &[]), row(&["a_x0001_"], &[]));
        assert_eq!(row(&["_x0041_"], &[]), row(&["_x005F_x0041_"], &[]));
        assert_ne!(row(&["_x0041"], &[]), row(&["A"], &[]));
        assert_eq!(of(&[ab, row(&["", " "], &[]), ba]), of(&[ab, ba]));
        // Of what is beyond the header only where it is.
        let beyond = [(2, CellNote::Beyond)];
        assert_eq!(row(&["a", "b", "c"], &[]), row(&["a", "b"], &beyond));
        assert_ne!(row(&["a", "b", "c"], &[]), ab);
    }

    #[test]
    fn it_does_not_matter_how_rows_are_shared_out() {
        let rows: Vec<_> = ["a", "b", "", "c", "d"]
            .map(|cell| row(&[cell], &[]))
            .into();
        for cut in 0..=rows.len() {
            let mut together = of(&rows[..cut]);
            together.append(of(&rows[cut..]));
            assert_eq!(together, of(&rows), "{cut}");
        }
    }
}

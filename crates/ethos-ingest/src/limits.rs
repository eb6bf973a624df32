//! How much is read before a file counts as hostile. Each limit is far beyond what a sender's
//! file needs and far below what would harm the machine.

/// Columns of a table: what a spreadsheet can hold.
pub(crate) const COLUMNS: usize = 16_384;

/// Rows of a sheet: what a spreadsheet can hold.
pub(crate) const SHEET_ROWS: u64 = 1_048_576;

/// Members of an archive, folders and system files among them.
pub(crate) const MEMBERS: usize = 10_000;

/// What an archive may unpack to however small it is.
pub(crate) const UNPACKED_ANYWAY: u64 = 16 << 20;

/// How many times its packed size a file may unpack to beyond that. Tables of text shrink to a
/// fifth to a fortieth; the format can do a thousandth.
pub(crate) const RATIO: u64 = 250;

/// What a packed file may unpack to at all: a table of text of 100 million rows is 10 GB.
pub(crate) const UNPACKED: u64 = 64 << 30;

/// What is held in memory of a file that cannot be read in one go: a packed workbook or Parquet
/// file, or what comes from a pipe.
pub(crate) const HELD: u64 = 2 << 30;

/// Bytes of a line of text that comes from a pipe: four times the longest row, in any encoding.
pub(crate) const LINE: usize = 128 << 20;

/// Bytes of a piece of markup (a tag with its attributes).
pub(crate) const TAG: usize = 1 << 20;

/// Bytes of the text of one sheet row.
pub(crate) const SHEET_ROW: usize = 16 << 20;

/// Bytes of the texts that a workbook's cells share, and their number.
pub(crate) const SHARED_BYTES: usize = 1 << 30;
/// Number of the texts that a workbook's cells share.
pub(crate) const SHARED_TEXTS: usize = 1 << 25;

/// Bytes of the texts in the cells of one sheet, however few cells it has.
pub(crate) const SHEET_TEXT: u64 = 64 << 20;

/// Bytes that the text of a cell may have beyond that, on average. Cells may share a text, and rows
/// be said to be many: then a small file holds what no sender ever typed.
pub(crate) const CELL_TEXT: u64 = 1 << 10;

/// Cells of a sheet that do not stand in it but are said to be like another. A workbook of two
/// thousand bytes can say that of every cell a sheet can have.
pub(crate) const REPEATED_CELLS: u64 = 1 << 22;

/// Sheets of a workbook.
pub(crate) const SHEETS: usize = 1_000;

/// What an archive of this packed size may unpack to.
pub(crate) fn unpacked(packed: u64) -> u64 {
    (UNPACKED_ANYWAY.saturating_add(packed.saturating_mul(RATIO))).min(UNPACKED)
}

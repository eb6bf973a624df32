//! Workbooks (XLSX, XLSM, ODS) as rows of cells, in bounded memory.
//!
//! A sheet is read from its packed markup a row at a time; what is held besides is the row and
//! the texts that cells share. What a spreadsheet declares of itself (its extent, how often a
//! row repeats) is never believed beyond what is there. Formulas are not computed: the value
//! that the spreadsheet kept is read, and its absence reported.

mod book;
mod ods;
mod parts;
mod row;
mod serial;
mod styles;
mod xlsx;
mod xml;

pub(crate) use book::{Merged, Workbook};
pub(crate) use row::{CellNote, SheetRows};

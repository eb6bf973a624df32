//! A sender's own workbook with our marks in it: coloured cells, a note on each, and a first sheet that says
//! what to do. Everything else in the file stays byte for byte as it was: formulas, widths, formats,
//! charts, other sheets.
//!
//! A workbook (ECMA-376, ISO/IEC 26300) is a ZIP of XML parts. Writing it anew through a library of cells loses what that
//! library does not know (charts, notes of the sender, conditional formats), so the parts are patched where
//! a mark goes and copied otherwise.
//!
//! | file | part |
//! |---|---|
//! | `package` | the ZIP, within limits |
//! | `xml` | tags of a part with their place in it |
//! | `mark` | the marks, and the workbook with them |
//! | `book` | of XLSX: which sheet is which part |
//! | `styles` | of XLSX: the colours, as copies of the formats the cells have |
//! | `sheet` | of XLSX: the cells |
//! | `notes` | of XLSX: the notes and their boxes |
//! | `front` | the first sheet, and how XLSX writes it |
//! | `ours` | how our sheet, and a workbook that we made, are known again |
//! | `ods` | all of it for OpenDocument |
//! | `back` | the file that goes back: their workbook, or a workbook of their text |
//! | `values` | new values in cells, for a file that was mended |
//! | `check` | which cells a check marks, and what the first sheet says |

mod back;
mod book;
mod check;
mod front;
mod mark;
mod notes;
mod ods;
mod ours;
mod package;
mod sheet;
mod styles;
mod values;
mod xml;

pub use back::{BackError, MarkedCopy, marked_copy};
pub use check::{front_of, marks_of};
pub use front::{FrontCell, FrontRow, FrontSheet};
pub use mark::{Mark, SheetMarks, mark_workbook};
pub use package::WorkbookError;
pub use values::set_cells;

//! OpenDocument spreadsheets (ISO/IEC 26300): all sheets, with the formats and notes of their cells, are in
//! one part. Rows and cells that are alike are written once with a count, so one of them that changes is
//! taken out of its run.
//!
//! | file | part |
//! |---|---|
//! | `content` | the part with the sheets: what goes where |
//! | `rows` | the walk over sheets and rows |
//! | `cells` | the cells of a row, as they stand and as they become |
//! | `notes` | the notes of cells |
//! | `styles` | the colours, as copies of the formats the cells have |
//! | `front` | the first sheet |
//! | `marks` | how that sheet, and a workbook that we made, are known again |

mod cells;
mod content;
mod front;
mod marks;
mod notes;
mod rows;
mod styles;

pub(super) use content::{is_ods, marked, with_values};

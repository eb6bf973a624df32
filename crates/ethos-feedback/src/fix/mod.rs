//! A sender's file mended: what can only have been one thing is put right in a new file of the same form,
//! and every change is told. The original is never touched.
//!
//! A fix is certain or it is no fix: a zero that a spreadsheet took away, where the whole column tells that
//! it did; days whose order all columns of the file prove, without one cell to the contrary; a municipality
//! that became part of one other. Where two readings are left, a person has to decide, and is told so.
//!
//! | file | part |
//! |---|---|
//! | `find` | the fixes of a file, cell by cell |
//! | `column` | what the columns tell as a whole, and how that mends their cells |
//! | `days` | what the columns of days prove of their order |
//! | `write` | the file with its new cells |
//! | `read_as` | that the mended file is read as the original was |
//! | `mended` | all rounds until nothing is left to mend, checked before and after |
//! | `offer` | what mending would come to, told beside a verdict |
//! | `show` | the preview |

mod column;
mod days;
mod find;
mod mended;
mod offer;
mod read_as;
mod show;
mod write;

pub(crate) use column::{OfColumn, of_columns};
pub use find::{Fix, Undecided};
pub use mended::{MendError, Mended, mend, mend_checked};
pub use offer::{Beside, offer};
pub use read_as::Otherwise;
pub use show::preview;
pub(crate) use write::quoted;

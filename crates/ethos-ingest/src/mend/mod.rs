//! Cells mended: what a cell must have been, in steps that each leave no other answer.
//!
//! | file | part |
//! |---|---|
//! | `step` | the steps: what each makes of a cell, and why it is safe |
//! | `clean` | a cell in the form its layout has for it |
//! | `label` | labels in the place of codes |
//! | `shifted` | rows whose values stand in the column beside their own |
//! | `evidence` | what the cells of a column tell together |
//! | `day` | days as people and spreadsheets write them |
//! | `number` | numbers as spreadsheets mangle them |

mod clean;
mod day;
mod evidence;
mod label;
mod number;
mod shifted;
mod step;

pub use day::{DayOrder, day_in, excel_day, lacks_century};
pub use evidence::{DayEvidence, ZeroEvidence};
pub use number::scientific_lost;
pub(crate) use number::whole as whole_number;
pub use shifted::Shifted;
pub(crate) use step::is_seen;
pub use step::{Field, Step};

//! Which column of a file is which field of a layout, and which layout a file is in.
//!
//! A column is taken for a field only by a name the layout knows, or one that the user said it
//! goes by ([`Renames`]). What merely looks like a field, by name or by what is in it, is a
//! suggestion in a finding.

mod fit;
mod header;
mod likeness;
mod recognise;
mod renames;
mod suggest;

pub(crate) use fit::names;
pub(crate) use header::{by_name, by_position, nearest};
pub(crate) use likeness::likeness;
pub(crate) use recognise::{Recognised, day_of_rows, recognise};
pub use renames::{RENAMES_FILE, Renames, RenamesError};

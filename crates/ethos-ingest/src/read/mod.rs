//! Rows of a file, from text, a sheet or a table, in bounded memory.
//!
//! | what | module |
//! |---|---|
//! | a row's cells | [`cells`] |
//! | where a row of text ends, and how it falls into cells | [`scan`] |
//! | rows of a delimited text | [`text`] |
//! | rows of a Parquet or Arrow file | [`table`] |
//! | rows of any of these, one after the other | [`supply`] |
//! | rows by the thousand, for several threads | [`block`] |

mod block;
mod cells;
mod scan;
mod supply;
mod table;
mod text;

pub(crate) use block::{Block, Item, Split};
pub(crate) use cells::{Cells, Next, Oddity, line_breaks};
pub(crate) use supply::Supply;
pub(crate) use table::TableRows;
pub(crate) use text::{MAX_ROW, Rows};

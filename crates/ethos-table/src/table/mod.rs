//! A table in memory: typed columns of equal length under a schema.

mod column;
mod rows;
mod text;
mod value;

pub use column::ColumnData;
pub use rows::Table;
pub(crate) use rows::{Origin, RowNames};
pub use text::TextColumn;
pub use value::Value;

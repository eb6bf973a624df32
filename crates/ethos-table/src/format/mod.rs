//! A table in a file. The file's name tells the format.

mod arrow_file;
mod batch;
pub(crate) mod delimited;
pub(crate) mod formula;
mod guard;
mod kind;
pub(crate) mod number;
mod parquet_file;
mod reader;
mod text;
mod unpacked;
mod writer;

pub use formula::{is_sign as is_formula_sign, stop as stop_formula, stop_all as stop_formulas};
pub use kind::Format;
pub(crate) use kind::Magic;
pub use reader::TableReader;
pub use writer::TableWriter;

pub(crate) use arrow_file::open as open_arrow;
pub(crate) use batch::cast_to_text;
pub(crate) use guard::Batches;
pub use guard::is_decoding;
pub(crate) use parquet_file::open as open_parquet;

/// What else there is to say of the columns of a table: by the column's name, a text by its key,
/// such as `unit` or `title_nl`.
pub type ColumnNotes =
    std::collections::BTreeMap<String, std::collections::BTreeMap<String, String>>;

/// Rows that are converted, written or read at a time.
pub const CHUNK: usize = 1 << 16;

//! The tables that cross a crate border, in files: CSV, Parquet and Arrow, written atomically,
//! checked against their schema.
//!
//! | module | what it does |
//! |---|---|
//! | [`Table`] | rows in typed columns under a [`TableSchema`](ethos_model::schema::TableSchema) |
//! | [`TableWriter`], [`TableReader`] | a table in a file, whole or in chunks |
//! | [`StringTable`] | any table a researcher has, as text |
//! | [`delimited`] | rows of delimited text as bytes, with true line numbers |
//! | [`spells`], [`register`], [`links`], [`persons`], [`captures`], [`estimates`], [`cube`], [`findings`] | the shared records as tables, and back |
//! | [`atomic`] | files and folders that appear whole or not at all |
//! | [`hash`] | SHA-256 for manifests |
//!
//! Nothing that is written holds a clock, a host or the version of a library: the same rows
//! give the same bytes.

pub mod atomic;
mod chunks;
pub mod delimited;
mod error;
mod format;
pub mod hash;
mod records;
mod strings;
mod table;

pub use chunks::StringChunks;
pub use error::{Place, Row, TableError, TableErrorKind};
pub use format::{
    CHUNK, ColumnNotes, Format, TableReader, TableWriter, is_decoding, is_formula_sign,
    stop_formula, stop_formulas,
};
pub use records::{captures, cube, estimates, findings, links, persons, register, spells};
pub use strings::StringTable;
pub use table::{ColumnData, Table, TextColumn, Value};

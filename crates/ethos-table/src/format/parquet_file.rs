//! Parquet files.

use std::fmt::Write as _;

use arrow::datatypes::SchemaRef;
use ethos_model::schema::TableSchema;
use parquet::arrow::ArrowWriter;
use parquet::arrow::arrow_reader::ParquetRecordBatchReaderBuilder;
use parquet::basic::Compression;
use parquet::file::metadata::KeyValue;
use parquet::file::properties::WriterProperties;
use parquet::file::reader::ChunkReader;

use super::CHUNK;
use super::batch::{ROW_KEY, SCHEMA_KEY};
use super::guard::{Batches, batches, decode};
use crate::atomic::AtomicFile;
use crate::error::TableError;

const NAME: &str = "Parquet";
/// Rows in a row group: what one thread reads at a time.
const ROW_GROUP: usize = 4 * CHUNK;
/// Key of the columns' descriptions, one `name: description` a line, for programs that do not
/// read the metadata that Arrow keeps with each field.
const COLUMNS_KEY: &str = "ethos:columns";

pub(super) fn refused(error: impl std::fmt::Display) -> TableError {
    TableError::damaged(NAME, error)
}

/// A writer whose bytes depend on the rows alone: the line that names the writing library
/// would change with its version, so it names this project and the version of this layout of
/// files.
pub(super) fn writer(
    file: AtomicFile,
    schema: &TableSchema,
    arrow_schema: &SchemaRef,
) -> Result<ArrowWriter<AtomicFile>, TableError> {
    let mut columns = String::new();
    for column in &schema.columns {
        // Writing into a string does not fail.
        let _ = writeln!(columns, "{}: {}", column.name, column.description);
    }
    let entry = |key: &str, value: &str| KeyValue::new(key.to_owned(), value.to_owned());
    let properties = WriterProperties::builder()
        .set_compression(Compression::SNAPPY)
        .set_created_by("ethos-light version 1".to_owned())
        .set_max_row_group_row_count(Some(ROW_GROUP))
        .set_key_value_metadata(Some(vec![
            entry(SCHEMA_KEY, &schema.id),
            entry(ROW_KEY, &schema.row),
            entry(COLUMNS_KEY, &columns),
        ]))
        .build();
    ArrowWriter::try_new(file, SchemaRef::clone(arrow_schema), Some(properties)).map_err(refused)
}

/// The batches of a file with its schema.
pub(crate) fn open(file: impl ChunkReader + 'static) -> Result<(SchemaRef, Batches), TableError> {
    let (schema, reader) = decode(NAME, || {
        let builder = ParquetRecordBatchReaderBuilder::try_new(file).map_err(refused)?;
        let schema = SchemaRef::clone(builder.schema());
        let reader = builder.with_batch_size(CHUNK).build().map_err(refused)?;
        Ok((schema, reader))
    })?;
    Ok((schema, batches(NAME, reader)))
}

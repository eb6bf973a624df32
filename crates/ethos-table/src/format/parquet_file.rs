//! Parquet files.

use std::fs::File;

use arrow::datatypes::SchemaRef;
use parquet::arrow::ArrowWriter;
use parquet::arrow::arrow_reader::{ParquetRecordBatchReader, ParquetRecordBatchReaderBuilder};
use parquet::basic::Compression;
use parquet::file::properties::WriterProperties;

use super::CHUNK;
use crate::atomic::AtomicFile;
use crate::error::TableError;

/// Rows in a row group: what one thread reads at a time.
const ROW_GROUP: usize = 4 * CHUNK;

pub(super) fn refused(error: impl std::fmt::Display) -> TableError {
    TableError::damaged("Parquet", error)
}

/// A writer whose bytes depend on the rows alone: the line that names the writing library
/// would change with its version, so it names this project.
pub(super) fn writer(
    file: AtomicFile,
    schema: &SchemaRef,
) -> Result<ArrowWriter<AtomicFile>, TableError> {
    let properties = WriterProperties::builder()
        .set_compression(Compression::SNAPPY)
        .set_created_by("ethos-light".to_owned())
        .set_max_row_group_row_count(Some(ROW_GROUP))
        .build();
    ArrowWriter::try_new(file, SchemaRef::clone(schema), Some(properties)).map_err(refused)
}

/// The batches of a file with its schema.
pub(crate) fn open(file: File) -> Result<(SchemaRef, ParquetRecordBatchReader), TableError> {
    let builder = ParquetRecordBatchReaderBuilder::try_new(file).map_err(refused)?;
    let schema = SchemaRef::clone(builder.schema());
    let reader = builder.with_batch_size(CHUNK).build().map_err(refused)?;
    Ok((schema, reader))
}

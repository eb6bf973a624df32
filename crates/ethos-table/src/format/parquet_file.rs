//! Parquet files.

use std::fmt::Write as _;
use std::sync::Arc;

use arrow::datatypes::SchemaRef;
use bytes::Bytes;
use ethos_model::schema::TableSchema;
use parquet::arrow::arrow_reader::{ParquetRecordBatchReader, ParquetRecordBatchReaderBuilder};
use parquet::arrow::{ArrowWriter, ProjectionMask, parquet_to_arrow_field_levels};
use parquet::basic::Compression;
use parquet::file::metadata::KeyValue;
use parquet::file::properties::WriterProperties;
use parquet::file::reader::{ChunkReader, Length};

use super::CHUNK;
use super::batch::{ROW_KEY, SCHEMA_KEY};
use super::guard::{Batches, batches, decode};
use super::unpacked::{self, Unpacked};
use crate::atomic::AtomicFile;
use crate::error::{TableError, TableErrorKind};

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

/// A file that two readers share: one of its directory, one of its pages.
struct Shared<R>(Arc<R>);

impl<R: Length> Length for Shared<R> {
    fn len(&self) -> u64 {
        self.0.len()
    }
}

impl<R: ChunkReader> ChunkReader for Shared<R> {
    type T = R::T;

    fn get_read(&self, start: u64) -> parquet::errors::Result<Self::T> {
        self.0.get_read(start)
    }

    fn get_bytes(&self, start: u64, length: usize) -> parquet::errors::Result<Bytes> {
        self.0.get_bytes(start, length)
    }
}

/// The batches of a file with its schema.
pub(crate) fn open(file: impl ChunkReader + 'static) -> Result<(SchemaRef, Batches), TableError> {
    let (schema, reader) = decode(NAME, || {
        let file = Arc::new(file);
        let builder =
            ParquetRecordBatchReaderBuilder::try_new(Shared(Arc::clone(&file))).map_err(refused)?;
        let schema = SchemaRef::clone(builder.schema());
        let metadata = Arc::clone(builder.metadata());
        if let Some(packing) = unpacked::unknown(&metadata) {
            let format = NAME;
            return Err(TableErrorKind::Packing { format, packing }.into());
        }
        if !unpacked::is_packed(&metadata) {
            let reader = builder.with_batch_size(CHUNK).build().map_err(refused)?;
            return Ok((schema, reader));
        }
        let columns = metadata.file_metadata().schema_descr();
        let levels =
            parquet_to_arrow_field_levels(columns, ProjectionMask::all(), Some(schema.fields()))
                .map_err(refused)?;
        let file = Unpacked {
            file,
            metadata: Arc::clone(&metadata),
        };
        let reader = ParquetRecordBatchReader::try_new_with_row_groups(&levels, &file, CHUNK, None)
            .map_err(refused)?;
        Ok((schema, reader))
    })?;
    Ok((schema, batches(NAME, reader)))
}

//! Arrow IPC files.

use std::fs::File;
use std::io::BufReader;

use arrow::datatypes::SchemaRef;
use arrow::ipc::reader::FileReader;
use arrow::ipc::writer::FileWriter;

use super::guard::{Batches, batches, decode};
use crate::atomic::AtomicFile;
use crate::error::TableError;

const NAME: &str = "Arrow";

pub(super) fn refused(error: impl std::fmt::Display) -> TableError {
    TableError::damaged(NAME, error)
}

pub(super) fn writer(
    file: AtomicFile,
    schema: &SchemaRef,
) -> Result<FileWriter<AtomicFile>, TableError> {
    FileWriter::try_new(file, schema).map_err(refused)
}

/// The batches of a file with its schema.
pub(crate) fn open(file: File) -> Result<(SchemaRef, Batches), TableError> {
    let reader = decode(NAME, || {
        FileReader::try_new(BufReader::new(file), None).map_err(refused)
    })?;
    Ok((reader.schema(), batches(NAME, reader)))
}

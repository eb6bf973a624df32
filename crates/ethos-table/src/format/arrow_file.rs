//! Arrow IPC files.

use std::io::{BufReader, Read, Seek, SeekFrom};

use arrow::datatypes::SchemaRef;
use arrow::ipc::reader::FileReader;
use arrow::ipc::root_as_footer;
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
pub(crate) fn open(
    file: impl Read + Seek + Send + 'static,
) -> Result<(SchemaRef, Batches), TableError> {
    let mut file = BufReader::new(file);
    check_blocks(&mut file)?;
    let reader = decode(NAME, || FileReader::try_new(file, None).map_err(refused))?;
    Ok((reader.schema(), batches(NAME, reader)))
}

/// The directory at the end of a file says where its blocks are and how long. The decoder makes
/// room for a block before it reads it, so one that is longer than the file is refused first.
fn check_blocks(file: &mut (impl Read + Seek)) -> Result<(), TableError> {
    const END: u64 = 10;
    let damaged = || refused("its directory is damaged");
    let length = file.seek(SeekFrom::End(0))?;
    if length < 2 * END {
        return Err(damaged());
    }
    let mut end = [0; END as usize];
    file.seek(SeekFrom::Start(length - END))?;
    file.read_exact(&mut end)?;
    let size = u64::try_from(i32::from_le_bytes([end[0], end[1], end[2], end[3]])).ok();
    let size = size
        .filter(|size| *size <= length - END)
        .ok_or_else(damaged)?;
    let mut directory = vec![0; size as usize];
    file.seek(SeekFrom::Start(length - END - size))?;
    file.read_exact(&mut directory)?;
    let directory = root_as_footer(&directory).map_err(|_| damaged())?;
    let blocks = [directory.recordBatches(), directory.dictionaries()];
    for block in blocks.into_iter().flatten().flatten() {
        let parts = [
            block.offset(),
            i64::from(block.metaDataLength()),
            block.bodyLength(),
        ];
        let end = parts.into_iter().try_fold(0_u64, |sum, part| {
            sum.checked_add(u64::try_from(part).ok()?)
        });
        if end.is_none_or(|end| end > length) {
            return Err(damaged());
        }
    }
    file.seek(SeekFrom::Start(0))?;
    Ok(())
}

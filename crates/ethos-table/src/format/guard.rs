//! Batches of a binary file, with every way of failing made an error.

use std::cell::Cell;
use std::panic::{AssertUnwindSafe, catch_unwind};

use arrow::array::RecordBatch;

use crate::error::{TableError, TableErrorKind};

/// The batches of a file.
pub(crate) type Batches = Box<dyn Iterator<Item = Result<RecordBatch, TableError>> + Send>;

thread_local! {
    static DECODING: Cell<bool> = const { Cell::new(false) };
}

/// Whether this thread runs the decoder of a binary format. A panic in there means that the file is
/// damaged, becomes an error, and is nothing that a panic hook should speak of.
pub fn is_decoding() -> bool {
    DECODING.get()
}

/// Runs a decoder. The decoders of binary formats check most of what they read; where damaged
/// bytes get past that, they panic, which here is one more kind of damage.
pub(super) fn decode<T>(
    format: &'static str,
    run: impl FnOnce() -> Result<T, TableError>,
) -> Result<T, TableError> {
    let outer = DECODING.replace(true);
    // What the decoder leaves behind is not used again.
    let decoded = catch_unwind(AssertUnwindSafe(run));
    DECODING.set(outer);
    decoded.unwrap_or_else(|_| Err(TableError::damaged(format, "its contents are damaged")))
}

/// The packing that a decoder says it was not made to read.
fn packing(error: &str) -> Option<&'static str> {
    let known = ["lz4", "zstd"];
    known
        .into_iter()
        .find(|name| error.contains(&format!("{name} IPC")) && error.contains("feature"))
}

/// The batches of a decoder, up to the first error.
pub(super) fn batches<E: std::fmt::Display>(
    format: &'static str,
    decoder: impl Iterator<Item = Result<RecordBatch, E>> + Send + 'static,
) -> Batches {
    let mut decoder = Some(decoder);
    Box::new(std::iter::from_fn(move || {
        let running = decoder.as_mut()?;
        let next = decode(format, || {
            let batch = running.next().transpose();
            batch.map_err(|error| match packing(&error.to_string()) {
                Some(packing) => TableErrorKind::Packing { format, packing }.into(),
                None => TableError::damaged(format, error),
            })
        });
        if !matches!(next, Ok(Some(_))) {
            decoder = None;
        }
        next.transpose()
    }))
}

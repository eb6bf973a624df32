//! Parquet and Arrow files as optional text, some rows at a time.

use std::fs::File;
use std::io::{Cursor, Read, Seek};
use std::path::Path;
use std::sync::Arc;

use arrow::array::RecordBatch;
use bytes::Bytes;

use crate::error::{TableError, TableErrorKind};
use crate::format::delimited::check_names;
use crate::format::{Batches, CHUNK, Magic, cast_to_text, open_arrow, open_parquet};
use crate::table::TextColumn;

/// Text of the cells that are held at a time; more means a file made to fill the memory.
const MOST: usize = 1 << 30;

/// A Parquet or Arrow file read in chunks of rows, each a column of optional text per name.
///
/// Numbers are in their shortest form, truth values 1 and 0, dates `YYYY-MM-DD`. A file whose
/// few bytes stand for very many cells takes time, and no more memory than a chunk.
pub struct StringChunks {
    names: Vec<String>,
    batches: Batches,
    /// The batch at hand and how many of its rows were given.
    batch: Option<(RecordBatch, usize)>,
}

/// Rows of one batch; columns without values take no bytes however many rows they claim.
const MOST_ROWS: usize = 1 << 31;

impl StringChunks {
    /// Opens a file.
    ///
    /// # Errors
    /// The file cannot be read, is neither Parquet nor Arrow, is damaged, or names a column twice.
    pub fn open(path: &Path) -> Result<Self, TableError> {
        let opened = || {
            let mut file = File::open(path)?;
            let mut first = Vec::new();
            file.by_ref().take(8).read_to_end(&mut first)?;
            file.rewind()?;
            match Magic::of(&first) {
                Magic::Parquet => Self::new(open_parquet(file)?),
                Magic::Arrow => Self::new(open_arrow(file)?),
                _ => Err(TableErrorKind::Extension.into()),
            }
        };
        opened().map_err(|error: TableError| error.in_file(path))
    }

    /// Opens a file that is held in memory.
    ///
    /// # Errors
    /// As [`Self::open`].
    pub fn from_bytes(bytes: Arc<[u8]>) -> Result<Self, TableError> {
        match Magic::of(&bytes) {
            Magic::Parquet => Self::new(open_parquet(Bytes::from_owner(bytes))?),
            Magic::Arrow => Self::new(open_arrow(Cursor::new(bytes))?),
            _ => Err(TableErrorKind::Extension.into()),
        }
    }

    fn new((schema, batches): (arrow::datatypes::SchemaRef, Batches)) -> Result<Self, TableError> {
        let names: Vec<String> = schema
            .fields()
            .iter()
            .map(|field| field.name().trim().to_owned())
            .collect();
        check_names(&names)?;
        Ok(Self {
            names,
            batches,
            batch: None,
        })
    }

    /// Names of the columns.
    pub fn names(&self) -> &[String] {
        &self.names
    }

    /// The next rows, one column per name; `None` after the last.
    ///
    /// # Errors
    /// The file is damaged, a column is a list or a structure, or cells are of unbelievable
    /// length.
    pub fn next_chunk(&mut self) -> Result<Option<Vec<TextColumn>>, TableError> {
        let (whole, given) = match self.batch.take() {
            Some(batch) => batch,
            None => match self.batches.next().transpose()? {
                Some(batch) if batch.num_rows() > MOST_ROWS => {
                    return Err(TableError::conflict(
                        "there are more rows than a table can have",
                    ));
                }
                Some(batch) => (batch, 0),
                None => return Ok(None),
            },
        };
        let rows = (whole.num_rows() - given).min(CHUNK);
        let batch = whole.slice(given, rows);
        if given + rows < whole.num_rows() {
            self.batch = Some((whole, given + rows));
        }
        let mut columns = Vec::with_capacity(self.names.len());
        let mut held = 0;
        for (array, name) in batch.columns().iter().zip(&self.names) {
            let mut column = TextColumn::new();
            cast_to_text(array, &mut column).map_err(|error| error.in_column(name))?;
            held += (0..column.len())
                .filter_map(|row| column.get(row))
                .map(str::len)
                .sum::<usize>();
            if held > MOST {
                return Err(
                    TableError::conflict("the cells are too long to be a table").in_column(name)
                );
            }
            columns.push(column);
        }
        Ok(Some(columns))
    }
}

//! Reading a table, whole or in chunks, and checking it against its schema.

use std::fs::File;
use std::path::{Path, PathBuf};

use arrow::array::RecordBatch;
use arrow::datatypes::SchemaRef;
use ethos_model::schema::TableSchema;
use ethos_model::suggest::nearest;

use super::batch::{SCHEMA_KEY, from_array};
use super::guard::Batches;
use super::text::TextChunks;
use super::{CHUNK, Format, arrow_file, parquet_file};
use crate::error::{TableError, TableErrorKind};
use crate::table::{Origin, RowNames, Table};

/// Reads a table chunk by chunk, so that the whole need not be in memory: an iterator of
/// tables of at most [`CHUNK`] rows. After an error there is nothing more.
///
/// The columns may stand in any order; every column of the schema must be there and no other.
pub struct TableReader {
    path: PathBuf,
    schema: TableSchema,
    source: Source,
    rows: u64,
    failed: bool,
}

enum Source {
    Csv(Box<TextChunks<File>>),
    Batches(Batches, Columns),
}

/// Where the schema's columns stand in a file.
pub(super) struct Columns {
    pub(super) at: Vec<usize>,
}

impl Columns {
    /// Finds every column of the schema among the names, and no name besides.
    pub(super) fn find(names: &[&str], schema: &TableSchema) -> Result<Self, TableError> {
        let hint = |name: &str, known: Vec<&str>| {
            nearest(name, &known)
                .map_or_else(String::new, |found| format!("; did you mean `{found}`?"))
        };
        let is_known = |name: &str| schema.columns.iter().any(|column| column.name == name);
        let mut at = Vec::with_capacity(schema.columns.len());
        for column in &schema.columns {
            let mut found = (0..names.len()).filter(|&at| names[at] == column.name);
            let (first, second) = (found.next(), found.next());
            if second.is_some() {
                return Err(TableError::from(TableErrorKind::Twice).in_column(&column.name));
            }
            at.push(first.ok_or_else(|| {
                let others = names.iter().copied().filter(|name| !is_known(name));
                TableError::from(TableErrorKind::Missing {
                    schema: schema.id.clone(),
                    hint: hint(&column.name, others.collect()),
                })
                .in_column(&column.name)
            })?);
        }
        if let Some(surplus) = names.iter().find(|name| !is_known(name)) {
            return Err(TableError::from(TableErrorKind::Surplus {
                schema: schema.id.clone(),
                hint: String::new(),
            })
            .in_column(surplus));
        }
        Ok(Self { at })
    }

    fn of_arrow(found: &SchemaRef, schema: &TableSchema) -> Result<Self, TableError> {
        if let Some(id) = found.metadata().get(SCHEMA_KEY)
            && *id != schema.id
        {
            return Err(TableErrorKind::Schema {
                found: id.clone(),
                expected: schema.id.clone(),
            }
            .into());
        }
        let names: Vec<&str> = found
            .fields()
            .iter()
            .map(|field| field.name().as_str())
            .collect();
        Self::find(&names, schema)
    }

    fn table(
        &self,
        batch: &RecordBatch,
        schema: &TableSchema,
        before: u64,
    ) -> Result<Table, TableError> {
        let data = schema
            .columns
            .iter()
            .zip(&self.at)
            .map(|(column, &at)| {
                from_array(batch.column(at), column).map_err(|error| error.in_column(&column.name))
            })
            .collect::<Result<Vec<_>, _>>()?;
        let origin = Origin {
            file: None,
            rows: RowNames::From(before + 1),
        };
        Table::with_origin(schema.clone(), data, origin)
    }
}

impl TableReader {
    /// Opens a file in the format that its name tells and checks its columns.
    ///
    /// # Errors
    /// The name does not tell a format, the file cannot be read, or its columns are not those
    /// of the schema.
    pub fn open(path: &Path, schema: &TableSchema) -> Result<Self, TableError> {
        let opened = || -> Result<Source, TableError> {
            let format = Format::of(path)?;
            let file = File::open(path)?;
            Ok(match format {
                Format::Csv => Source::Csv(Box::new(TextChunks::open(file, schema)?)),
                Format::Parquet => {
                    let (found, batches) = parquet_file::open(file)?;
                    Source::Batches(batches, Columns::of_arrow(&found, schema)?)
                }
                Format::Arrow => {
                    let (found, batches) = arrow_file::open(file)?;
                    Source::Batches(batches, Columns::of_arrow(&found, schema)?)
                }
            })
        };
        Ok(Self {
            source: opened().map_err(|error| error.in_file(path))?,
            path: path.to_owned(),
            schema: schema.clone(),
            rows: 0,
            failed: false,
        })
    }

    fn chunk(&mut self) -> Result<Option<Table>, TableError> {
        let (batch, columns) = match &mut self.source {
            Source::Csv(chunks) => return chunks.next(&self.schema, CHUNK),
            Source::Batches(batches, columns) => (batches.next().transpose()?, columns),
        };
        let Some(batch) = batch else {
            return Ok(None);
        };
        let table = columns.table(&batch, &self.schema, self.rows)?;
        self.rows += table.rows() as u64;
        Ok(Some(table))
    }
}

impl Iterator for TableReader {
    type Item = Result<Table, TableError>;

    fn next(&mut self) -> Option<Self::Item> {
        if self.failed {
            return None;
        }
        match self.chunk() {
            Ok(table) => table.map(|table| Ok(table.said_from(&self.path))),
            Err(error) => {
                self.failed = true;
                Some(Err(error.in_file(&self.path)))
            }
        }
    }
}

impl Table {
    /// Reads a whole file, in the format that its name tells.
    ///
    /// # Errors
    /// As [`TableReader`]; a cell that the schema does not allow, with its row and column.
    pub fn read(path: &Path, schema: &TableSchema) -> Result<Self, TableError> {
        let mut whole = Self::new(schema.clone()).said_from(path);
        for chunk in TableReader::open(path, schema)? {
            whole.append(chunk?)?;
        }
        Ok(whole)
    }
}

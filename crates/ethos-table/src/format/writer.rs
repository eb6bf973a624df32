//! Writing a table, whole or in chunks.

use std::path::{Path, PathBuf};

use arrow::datatypes::SchemaRef;
use arrow::ipc::writer::FileWriter;
use ethos_model::schema::TableSchema;
use parquet::arrow::ArrowWriter;

use super::text::write_cell;
use super::{CHUNK, ColumnNotes, Format, arrow_file, batch, formula, parquet_file};
use crate::atomic::AtomicFile;
use crate::error::{TableError, TableErrorKind};
use crate::table::Table;

/// Writes a table to a file chunk by chunk, so that the whole need not be in memory. The file
/// appears on [`finish`](Self::finish); dropped before that, the writer leaves the old file as
/// it was.
///
/// Chunks of [`CHUNK`] rows give the same bytes as the whole table at once.
pub struct TableWriter {
    path: PathBuf,
    schema: TableSchema,
    sink: Sink,
}

enum Sink {
    Csv {
        writer: Box<csv::Writer<AtomicFile>>,
        cell: String,
    },
    Parquet {
        schema: SchemaRef,
        writer: Box<ArrowWriter<AtomicFile>>,
    },
    Arrow {
        schema: SchemaRef,
        writer: Box<FileWriter<AtomicFile>>,
    },
}

impl TableWriter {
    /// Starts a file in the format that its name tells; the header is written.
    ///
    /// # Errors
    /// The name does not tell a format, or the file cannot be made.
    pub fn create(path: &Path, schema: &TableSchema) -> Result<Self, TableError> {
        Self::create_with_notes(path, schema, &ColumnNotes::new())
    }

    /// As [`create`](Self::create), with more to say of the columns: Parquet and Arrow keep it
    /// as metadata of their fields, CSV has no place for it.
    ///
    /// # Errors
    /// As [`create`](Self::create).
    pub fn create_with_notes(
        path: &Path,
        schema: &TableSchema,
        notes: &ColumnNotes,
    ) -> Result<Self, TableError> {
        let format = Format::of(path)?;
        let file = AtomicFile::create(path)?;
        let arrow_schema = batch::arrow_schema(schema, notes);
        let sink = match format {
            Format::Csv => {
                let mut writer = csv::WriterBuilder::new().from_writer(file);
                let header = schema.columns.iter().map(|column| {
                    let mut cell = String::new();
                    formula::stop(&column.name, &mut cell);
                    cell
                });
                writer
                    .write_record(header)
                    .map_err(|error| csv_refused(error).in_file(path))?;
                Sink::Csv {
                    writer: Box::new(writer),
                    cell: String::new(),
                }
            }
            Format::Parquet => Sink::Parquet {
                writer: Box::new(
                    parquet_file::writer(file, schema, &arrow_schema)
                        .map_err(|error| error.in_file(path))?,
                ),
                schema: arrow_schema,
            },
            Format::Arrow => Sink::Arrow {
                writer: Box::new(
                    arrow_file::writer(file, &arrow_schema).map_err(|error| error.in_file(path))?,
                ),
                schema: arrow_schema,
            },
        };
        Ok(Self {
            path: path.to_owned(),
            schema: schema.clone(),
            sink,
        })
    }

    /// Adds rows.
    ///
    /// # Errors
    /// The table has another schema, or the file cannot be written.
    pub fn write(&mut self, table: &Table) -> Result<(), TableError> {
        if table.schema().id != self.schema.id || table.schema().columns != self.schema.columns {
            let kind = TableErrorKind::Schema {
                found: table.schema().id.clone(),
                expected: self.schema.id.clone(),
            };
            return Err(TableError::from(kind).in_file(&self.path));
        }
        let mut start = 0;
        while start < table.rows() {
            let rows = start..table.rows().min(start + CHUNK);
            start = rows.end;
            self.write_rows(table, rows)
                .map_err(|error| error.in_file(&self.path))?;
        }
        Ok(())
    }

    fn write_rows(
        &mut self,
        table: &Table,
        rows: std::ops::Range<usize>,
    ) -> Result<(), TableError> {
        let columns = table.columns();
        match &mut self.sink {
            Sink::Csv { writer, cell } => {
                for row in rows {
                    for data in columns {
                        write_cell(data, row, cell);
                        writer.write_field(&*cell).map_err(csv_refused)?;
                    }
                    writer.write_record(None::<&[u8]>).map_err(csv_refused)?;
                }
                Ok(())
            }
            Sink::Parquet { schema, writer } => {
                let batch = batch::to_batch(schema, columns, rows)?;
                writer.write(&batch).map_err(parquet_file::refused)
            }
            Sink::Arrow { schema, writer } => {
                let batch = batch::to_batch(schema, columns, rows)?;
                writer.write(&batch).map_err(arrow_file::refused)
            }
        }
    }

    /// Ends the file and puts it in place.
    ///
    /// # Errors
    /// The file cannot be written or put in place; the old one is as it was.
    pub fn finish(self) -> Result<(), TableError> {
        let ended = match self.sink {
            Sink::Csv { writer, .. } => writer
                .into_inner()
                .map_err(|error| TableError::from(error.into_error())),
            Sink::Parquet { writer, .. } => writer.into_inner().map_err(parquet_file::refused),
            Sink::Arrow { writer, .. } => writer.into_inner().map_err(arrow_file::refused),
        };
        let file = ended.map_err(|error| error.in_file(&self.path))?;
        Ok(file.commit()?)
    }
}

fn csv_refused(error: csv::Error) -> TableError {
    match error.into_kind() {
        csv::ErrorKind::Io(error) => error.into(),
        other => TableError::damaged("CSV", format!("{other:?}")),
    }
}

impl Table {
    /// Writes the table to a file, in the format that its name tells. The file appears whole
    /// or not at all.
    ///
    /// # Errors
    /// As [`TableWriter`].
    pub fn write(&self, path: &Path) -> Result<(), TableError> {
        self.write_with_notes(path, &ColumnNotes::new())
    }

    /// As [`write`](Self::write), with more to say of the columns.
    ///
    /// # Errors
    /// As [`TableWriter`].
    pub fn write_with_notes(&self, path: &Path, notes: &ColumnNotes) -> Result<(), TableError> {
        let mut writer = TableWriter::create_with_notes(path, self.schema(), notes)?;
        writer.write(self)?;
        writer.finish()
    }
}

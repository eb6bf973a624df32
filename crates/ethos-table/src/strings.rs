//! A researcher's own table: any CSV, Parquet or Arrow file as optional text.

use std::fs::File;
use std::io::{Cursor, Read, Seek};
use std::path::Path;

use arrow::datatypes::SchemaRef;

use crate::error::{Row, TableError, TableErrorKind};
use crate::format::delimited::{Delimited, check_names};
use crate::format::formula;
use crate::format::{Batches, Magic, cast_to_text, open_arrow, open_parquet};
use crate::table::TextColumn;

/// A table of named columns of optional text, stored column by column.
///
/// Column names are there and differ; all columns are of one length; a cell has at least one
/// character or is `None`.
///
/// ```
/// use ethos_table::StringTable;
///
/// let text = "shelter;benefit;count\n1;0;25\n1;;3\n";
/// let table = StringTable::from_delimited(text.as_bytes()).unwrap();
/// assert_eq!(table.names(), ["shelter", "benefit", "count"]);
/// assert_eq!(table.column("count").unwrap().get(0), Some("25"));
/// assert_eq!(table.column("benefit").unwrap().get(1), None);
/// assert_eq!(table.row_name(1).to_string(), "line 3");
/// ```
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct StringTable {
    names: Vec<String>,
    columns: Vec<TextColumn>,
    /// Line of each row, where it is not the row's number and one for the header.
    lines: Lines,
}

#[derive(Clone, PartialEq, Eq, Debug)]
enum Lines {
    /// No lines: the rows have numbers.
    None,
    /// Row `n` (from 0) stands on line `n + 2`.
    Plain,
    /// Some rows take several lines, or some lines hold nothing.
    Each(Vec<u64>),
}

impl StringTable {
    /// Reads a file. Its first bytes tell whether it is Parquet or Arrow; anything else is
    /// read as by [`Self::from_delimited`]. Time and memory are linear in the file.
    ///
    /// From Parquet and Arrow: numbers in their shortest form, truth values as 1 and 0, dates
    /// as `YYYY-MM-DD`.
    ///
    /// # Errors
    /// The file cannot be read, is damaged or a workbook; the header is missing or names a
    /// column twice; a row has more or fewer cells than the header; a column is a list or a
    /// structure. Each names the file, and the line where there is one.
    pub fn read(path: &Path) -> Result<Self, TableError> {
        Self::read_file(path).map_err(|error| error.in_file(path))
    }

    fn read_file(path: &Path) -> Result<Self, TableError> {
        // Opened once: a pipe gives its bytes only once.
        let mut file = File::open(path)?;
        let mut first = Vec::new();
        file.by_ref().take(8).read_to_end(&mut first)?;
        match Magic::of(&first) {
            Magic::Parquet => {
                file.rewind()?;
                let (schema, batches) = open_parquet(file)?;
                Self::from_batches(&schema, batches)
            }
            Magic::Arrow => {
                file.rewind()?;
                let (schema, batches) = open_arrow(file)?;
                Self::from_batches(&schema, batches)
            }
            Magic::Workbook => Err(TableErrorKind::Workbook.into()),
            Magic::Utf16 => Err(TableErrorKind::Encoding.into()),
            Magic::Text => Self::from_delimited(Cursor::new(first).chain(file)),
        }
    }

    /// Reads text with commas, semicolons or tabs (whichever the header has most of), with or
    /// without a byte order mark. Blanks around cells are dropped, as is the apostrophe that
    /// keeps a spreadsheet from running a text (see [`Format::Csv`](crate::Format::Csv)); lines
    /// without anything are passed over.
    ///
    /// # Errors
    /// As [`Self::read`], without a file.
    pub fn from_delimited(source: impl Read) -> Result<Self, TableError> {
        let mut rows = Delimited::open(source)?;
        let names: Vec<String> = rows
            .header()
            .iter()
            .map(|name| formula::restore(name).to_owned())
            .collect();
        let mut columns = vec![TextColumn::new(); names.len()];
        let mut lines = Lines::Plain;
        let mut read = 0_u64;
        while let Some((line, cells)) = rows.next()? {
            for (column, cell) in columns.iter_mut().zip(cells) {
                let cell = formula::restore(cell.trim());
                column.push((!cell.is_empty()).then_some(cell));
            }
            match &mut lines {
                Lines::Each(lines) => lines.push(line),
                _ if line != read + 2 => {
                    lines = Lines::Each((2..read + 2).chain([line]).collect());
                }
                _ => {}
            }
            read += 1;
        }
        Ok(Self {
            names,
            columns,
            lines,
        })
    }

    fn from_batches(schema: &SchemaRef, batches: Batches) -> Result<Self, TableError> {
        let names: Vec<String> = schema
            .fields()
            .iter()
            .map(|field| field.name().trim().to_owned())
            .collect();
        check_names(&names)?;
        let mut columns = vec![TextColumn::new(); names.len()];
        for batch in batches {
            let batch = batch?;
            for ((array, column), name) in batch.columns().iter().zip(&mut columns).zip(&names) {
                cast_to_text(array, column).map_err(|error| error.in_column(name))?;
            }
        }
        Ok(Self {
            names,
            columns,
            lines: Lines::None,
        })
    }

    /// Names of the columns.
    pub fn names(&self) -> &[String] {
        &self.names
    }

    /// The columns, in the order of the names.
    pub fn columns(&self) -> &[TextColumn] {
        &self.columns
    }

    /// The column with this name.
    pub fn column(&self, name: &str) -> Option<&TextColumn> {
        let at = self.names.iter().position(|known| known == name)?;
        Some(&self.columns[at])
    }

    /// Number of rows.
    pub fn rows(&self) -> usize {
        self.columns.first().map_or(0, TextColumn::len)
    }

    /// What a row (counted from 0) is called in a message: its line in a text file, its number
    /// elsewhere.
    pub fn row_name(&self, row: usize) -> Row {
        match &self.lines {
            Lines::None => Row::Number(row as u64 + 1),
            Lines::Plain => Row::Line(row as u64 + 2),
            Lines::Each(lines) => match lines.get(row) {
                Some(line) => Row::Line(*line),
                None => Row::Number(row as u64 + 1),
            },
        }
    }
}

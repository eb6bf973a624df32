//! Rows of a Parquet or Arrow file.

use std::io;

use ethos_table::{StringChunks, TableErrorKind, TextColumn};

use super::cells::{Cells, Next, Oddity, line_breaks};
use crate::limits;
use crate::opened::of_table;
use crate::refused::Refused;

/// Rows of a Parquet or Arrow file, numbered as if its column names were the first.
pub(crate) struct TableRows {
    table: StringChunks,
    chunk: Vec<TextColumn>,
    /// The next row of the chunk.
    at: usize,
    row: u64,
    text: Vec<u8>,
    spans: Vec<(u32, u32)>,
    odd: Vec<(u32, Oddity)>,
}

impl TableRows {
    pub(crate) fn new(table: StringChunks) -> Self {
        Self {
            table,
            chunk: Vec::new(),
            at: 0,
            row: 1,
            text: Vec::new(),
            spans: Vec::new(),
            odd: Vec::new(),
        }
    }

    pub(crate) fn next(&mut self) -> io::Result<Next<'_>> {
        while self
            .chunk
            .first()
            .is_none_or(|column| self.at >= column.len())
        {
            match self.table.next_chunk() {
                Ok(Some(chunk)) if chunk.is_empty() => return Ok(Next::End),
                Ok(Some(chunk)) => self.chunk = chunk,
                Ok(None) => return Ok(Next::End),
                Err(error) => {
                    return Err(match error.kind() {
                        TableErrorKind::Io(cause) => {
                            io::Error::new(cause.kind(), error.to_string())
                        }
                        kind => of_table(kind).into(),
                    });
                }
            }
            self.at = 0;
        }
        self.text.clear();
        self.spans.clear();
        for column in &self.chunk {
            let from = self.text.len() as u32;
            let cell = column.get(self.at).unwrap_or("");
            if self.text.len() + cell.len() > limits::SHEET_ROW {
                return Err(Refused::TooLong.into());
            }
            self.text.extend_from_slice(cell.as_bytes());
            self.spans.push((from, self.text.len() as u32));
            // Apart, so that rows of different cells never have the same bytes.
            self.text.push(0x1f);
        }
        self.odd.clear();
        line_breaks(&self.text, &self.spans, &mut self.odd);
        self.at += 1;
        self.row += 1;
        let cells = Cells {
            raw: &self.text,
            text: &self.text,
            spans: &self.spans,
            odd: &self.odd,
        };
        Ok(Next::Row(self.row, cells))
    }
}

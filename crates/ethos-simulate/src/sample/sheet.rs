//! Rows into a file: delimited text, or a worksheet.

use std::io::{self, Write};

use rust_xlsxwriter::{DocProperties, ExcelDateTime, Workbook, XlsxError};

/// Where a sample's rows go.
pub(super) enum Sheet<W: Write> {
    Text(TextRows<W>),
    Workbook(Box<WorkbookRows<W>>),
}

impl<W: Write> Sheet<W> {
    pub(super) fn row(&mut self, cells: &[Vec<u8>]) -> io::Result<()> {
        match self {
            Self::Text(rows) => rows.row(cells),
            Self::Workbook(rows) => rows.row(cells),
        }
    }

    pub(super) fn blank(&mut self) -> io::Result<()> {
        match self {
            Self::Text(rows) => rows.blank(),
            Self::Workbook(rows) => {
                rows.next += 1;
                Ok(())
            }
        }
    }

    pub(super) fn finish(self) -> io::Result<()> {
        match self {
            Self::Text(rows) => rows.finish(),
            Self::Workbook(rows) => rows.finish(),
        }
    }
}

/// Rows of delimited text, gathered in a buffer.
pub(super) struct TextRows<W: Write> {
    writer: W,
    buffer: Vec<u8>,
    delimiter: u8,
}

/// Bytes gathered before they are written.
const BUFFER: usize = 1 << 16;

impl<W: Write> TextRows<W> {
    pub(super) fn new(writer: W, delimiter: u8) -> Self {
        Self {
            writer,
            buffer: Vec::with_capacity(BUFFER + (1 << 12)),
            delimiter,
        }
    }

    fn row(&mut self, cells: &[Vec<u8>]) -> io::Result<()> {
        for (at, cell) in cells.iter().enumerate() {
            if at > 0 {
                self.buffer.push(self.delimiter);
            }
            let delimiter = self.delimiter;
            let quoted = |byte: &u8| *byte == delimiter || matches!(byte, b'"' | b'\n' | b'\r');
            if cell.iter().any(quoted) {
                self.buffer.push(b'"');
                for &byte in cell {
                    if byte == b'"' {
                        self.buffer.push(b'"');
                    }
                    self.buffer.push(byte);
                }
                self.buffer.push(b'"');
            } else {
                self.buffer.extend_from_slice(cell);
            }
        }
        // A row of one blank cell would be a blank line.
        if cells.len() == 1 && cells[0].is_empty() {
            self.buffer.extend_from_slice(b"\"\"");
        }
        self.blank()
    }

    fn blank(&mut self) -> io::Result<()> {
        self.buffer.push(b'\n');
        if self.buffer.len() >= BUFFER {
            self.writer.write_all(&self.buffer)?;
            self.buffer.clear();
        }
        Ok(())
    }

    fn finish(mut self) -> io::Result<()> {
        self.writer.write_all(&self.buffer)?;
        self.writer.flush()
    }
}

/// Rows of a worksheet, written through a temporary file as they come.
pub(super) struct WorkbookRows<W: Write> {
    writer: W,
    workbook: Workbook,
    next: u32,
}

impl<W: Write> WorkbookRows<W> {
    pub(super) fn new(writer: W) -> Result<Self, XlsxError> {
        let mut workbook = Workbook::new();
        // No clock in an output: the same options give the same bytes.
        let created = ExcelDateTime::from_ymd(2000, 1, 1)?;
        workbook.set_properties(&DocProperties::new().set_creation_datetime(&created));
        workbook
            .add_worksheet_with_constant_memory()?
            .set_name("levering")?;
        Ok(Self {
            writer,
            workbook,
            next: 0,
        })
    }

    fn row(&mut self, cells: &[Vec<u8>]) -> io::Result<()> {
        let sheet = self.workbook.worksheet_from_index(0).map_err(other)?;
        for (at, cell) in cells.iter().enumerate() {
            if !cell.is_empty() {
                let text = String::from_utf8_lossy(cell);
                sheet
                    .write_string(self.next, at as u16, text)
                    .map_err(other)?;
            }
        }
        self.next += 1;
        Ok(())
    }

    fn finish(mut self) -> io::Result<()> {
        let bytes = self.workbook.save_to_buffer().map_err(other)?;
        self.writer.write_all(&bytes)?;
        self.writer.flush()
    }
}

fn other(error: XlsxError) -> io::Error {
    io::Error::other(error)
}

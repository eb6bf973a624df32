//! The file that goes back to its sender: their workbook with our marks, or a workbook of their text file.

use std::io::{self, Read};
use std::path::Path;

use ethos_ingest::decode::Encoding;
use ethos_ingest::{FileReport, Input, RuleBook, text_rows};
use ethos_model::category::Language;
use rust_xlsxwriter::{DocProperties, ExcelDateTime, Format, Workbook, XlsxError};

use super::check::{front_of, marks_of};
use super::mark::mark_workbook;
use super::package::WorkbookError;

/// Rows and columns that a spreadsheet can hold.
const ROWS: u64 = 1_048_576;
const COLUMNS: usize = 16_384;

/// Why a file cannot go back marked.
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub enum BackError {
    /// The workbook cannot be marked.
    #[error(transparent)]
    Workbook(#[from] WorkbookError),
    /// The file cannot be read.
    #[error("the file cannot be read: {0}")]
    Io(#[from] io::Error),
    /// The workbook of a text file cannot be made.
    #[error("the workbook cannot be made: {0}")]
    Write(#[from] XlsxError),
    /// A text file with more rows or columns than a spreadsheet holds.
    #[error(
        "a spreadsheet holds {ROWS} rows of {COLUMNS} columns, and the file has more; `--format csv` lists every cell"
    )]
    TooLarge,
    /// A form that cannot be marked.
    #[error(
        "only .xlsx, .xlsm and text files can be marked; save the file as .xlsx and check that"
    )]
    Form,
}

/// The checked file with its marks, as the bytes of a workbook. `encoding` is what the check was told to read
/// it in.
///
/// # Errors
/// [`BackError`].
pub fn marked_copy(
    path: &Path,
    file: &FileReport,
    encoding: Option<Encoding>,
    book: &RuleBook,
    language: Language,
) -> Result<Vec<u8>, BackError> {
    let (bytes, sheet) = match (file.delimiter, &file.sheet) {
        (Some(delimiter), _) => {
            let sheet = language.pick("Levering", "Delivery");
            // As it was checked, whoever said so.
            let encoding = encoding.or_else(|| file.encoding.and_then(Encoding::from_name));
            (of_text(path, encoding, delimiter, sheet)?, sheet)
        }
        (None, Some(sheet)) => {
            let mut bytes = Vec::new();
            std::fs::File::open(path)?.read_to_end(&mut bytes)?;
            if !bytes.starts_with(b"PK") {
                return Err(BackError::Form);
            }
            (bytes, sheet.as_str())
        }
        (None, None) => return Err(BackError::Form),
    };
    let marks = marks_of(file, sheet, language);
    match mark_workbook(&bytes, &marks, &front_of(file, sheet, book, language)) {
        // An OpenDocument file is a ZIP too.
        Err(WorkbookError::Missing(_)) if file.delimiter.is_none() => Err(BackError::Form),
        marked => Ok(marked?),
    }
}

/// A workbook with the rows of a text file where they are, every cell as text: no zero is lost and nothing
/// becomes a formula.
fn of_text(
    path: &Path,
    encoding: Option<Encoding>,
    delimiter: char,
    sheet: &str,
) -> Result<Vec<u8>, BackError> {
    let mut workbook = Workbook::new();
    // No clock in the file: the same delivery gives the same bytes.
    let made = ExcelDateTime::from_ymd(2000, 1, 1)?;
    workbook.set_properties(&DocProperties::new().set_creation_datetime(&made));
    let text = Format::new().set_num_format("@");
    let worksheet = workbook.add_worksheet();
    worksheet.set_name(sheet)?;
    worksheet.set_freeze_panes(1, 0)?;
    let input = Input::path("", path);
    text_rows(&input, encoding, delimiter, |row, cells| {
        if row > ROWS || cells.len() > COLUMNS {
            return Err(BackError::TooLarge);
        }
        for (column, cell) in cells.iter().enumerate() {
            if !cell.is_empty() {
                // A cell holds 32,767 characters; what is longer is no field of any layout.
                let cell: String = cell.chars().take(32_767).collect();
                worksheet.write_string_with_format(row as u32 - 1, column as u16, cell, &text)?;
            }
        }
        Ok(())
    })?;
    Ok(workbook.save_to_buffer()?)
}

//! The file that goes back to its sender: their workbook with our marks, or a workbook of their text file.

use std::io;

use ethos_ingest::decode::Encoding;
use ethos_ingest::{FileReport, Input, RuleBook, io_words, text_rows};
use ethos_model::category::Language;
use ethos_model::finding::{Finding, Severity, Text};
use rust_xlsxwriter::{DocProperties, ExcelDateTime, Format, Workbook, XlsxError};

use super::check::{front_of, marks_of};
use super::mark::mark_workbook;
use super::package::{WorkbookError, extension_of};

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
        "only workbooks (.xlsx, .xlsm, .ods) and text files can be marked; save the file as .xlsx and check that"
    )]
    Form,
    /// A file of which nothing could be read, and what the verdict says of it.
    #[error("there is nothing in it to mark: {}", .0.en)]
    Unread(Text),
    /// A file that is too large to be held in memory.
    #[error("it is larger than {} MB; `--format csv` lists every cell", MOST >> 20)]
    Size,
}

impl BackError {
    /// Why, in a language.
    pub fn words(&self, language: Language) -> String {
        match (self, language) {
            (_, Language::En) => self.to_string(),
            (Self::Workbook(error), _) => error.words(language),
            (Self::Io(error), _) => format!(
                "het bestand is niet te lezen: {}",
                io_words(error, language)
            ),
            (Self::Write(_), _) => "de werkmap is niet te maken".into(),
            (Self::TooLarge, _) => format!(
                "in Excel passen {ROWS} rijen van {COLUMNS} kolommen, en dit bestand heeft er meer; `--format csv` \
                 noemt elke cel"
            ),
            (Self::Form, _) => {
                "alleen werkmappen (.xlsx, .xlsm, .ods) en tekstbestanden (CSV) kunnen met kleuren \
                 terugkomen; sla het bestand op als .xlsx en controleer dat"
                    .into()
            }
            (Self::Unread(why), _) => format!("er is niets in te kleuren: {}", why.nl),
            (Self::Size, _) => format!(
                "het is groter dan {} MB; `--format csv` noemt elke cel",
                MOST >> 20
            ),
        }
    }
}

/// Bytes of a file that is marked: it is held in memory.
const MOST: u64 = 1 << 30;

/// A file with its marks.
pub struct MarkedCopy {
    /// The workbook. It holds all the data of the original.
    pub bytes: Vec<u8>,
    /// The extension that its bytes belong to: `xlsx`, `xlsm` or `ods`.
    pub extension: &'static str,
}

/// The checked file with its marks. `encoding` is what the check was told to read it in.
///
/// # Errors
/// [`BackError`].
pub fn marked_copy(
    input: &Input,
    file: &FileReport,
    encoding: Option<Encoding>,
    book: &RuleBook,
    language: Language,
) -> Result<MarkedCopy, BackError> {
    let (bytes, sheet) = match (file.delimiter, &file.sheet) {
        (Some(delimiter), _) => {
            let sheet = language.pick("Levering", "Delivery");
            // As it was checked, whoever said so.
            let encoding = encoding.or_else(|| file.encoding.and_then(Encoding::from_name));
            (of_text(input, encoding, delimiter, sheet)?, sheet)
        }
        (None, Some(sheet)) => {
            let bytes = input.read_whole(MOST)?.ok_or(BackError::Size)?;
            if !bytes.starts_with(b"PK") {
                return Err(BackError::Form);
            }
            (bytes, sheet.as_str())
        }
        (None, None) => return Err(unread(file)),
    };
    let extension = extension_of(&bytes)?;
    let marks = marks_of(file, sheet, language);
    let bytes = mark_workbook(&bytes, &marks, &front_of(file, sheet, book, language))?;
    Ok(MarkedCopy { bytes, extension })
}

/// Why a file without cells cannot go back: what is said of it as a whole, such as that it is empty, else its form.
fn unread(file: &FileReport) -> BackError {
    let blocks = |finding: &&Finding| finding.severity == Severity::Blocking;
    let why = file.findings.iter().find(blocks);
    why.map_or(BackError::Form, |finding| {
        BackError::Unread(Text::clone(&finding.message))
    })
}

/// A workbook with the rows of a text file where they are, every cell as text: no zero is lost and nothing
/// becomes a formula.
fn of_text(
    input: &Input,
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
    text_rows(input, encoding, delimiter, |row, cells| {
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

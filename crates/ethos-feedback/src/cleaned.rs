//! The delivery in its layout's exact form: its columns in their order, codes, days, delimiter and
//! encoding as the layout has them, what can be mended with certainty mended. The same rows are read of it,
//! and what was known of them; what was written so that nobody could read it is known now, or is blank.

use std::collections::BTreeMap;
use std::io::{self, Write};
use std::ops::ControlFlow;

use ethos_ingest::corrections::{FileChange, name_of, write_corrections};
use ethos_ingest::mend::Field;
use ethos_ingest::origin::CLEANED;
use ethos_ingest::{FileReport, LaidOut, LaidRow, Verdict};
use ethos_model::category::Language;
use ethos_model::date::Day;
use ethos_model::layout::{Assumed, Layout, LayoutStatus, Target};

use crate::cause::causes;
use crate::fix::{OfColumn, of_columns, quoted};
use crate::verdict::verdict_sentence;

/// What was written.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct Cleaned {
    /// Rows without the header.
    pub rows: u64,
    /// Rows of the original that are no rows of data: blank, of totals, the header again.
    pub left_out: u64,
    /// Cells that are no value of their column, and are blank.
    pub emptied: u64,
    /// Columns of the file that its layout does not have.
    pub columns_left_out: Vec<String>,
}

/// Why there is no cleaned delivery.
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub enum CleanError {
    /// Something has to be mended first: the verdict on the file.
    #[error("{0}")]
    Blocked(String),
    /// The system refuses.
    #[error("the file cannot be read or written: {0}")]
    Io(#[from] io::Error),
}

/// Whether a file can be cleaned: nothing in it is blocking or wrong.
///
/// # Errors
/// [`CleanError::Blocked`] with the reason in words.
pub fn can_be_cleaned(report: &FileReport, language: Language) -> Result<(), CleanError> {
    if report.verdict <= Verdict::Usable {
        return Ok(());
    }
    let causes = causes(report);
    Err(CleanError::Blocked(verdict_sentence(
        report, &causes, language,
    )))
}

/// Writes the log of a cleaned delivery: of which file it was made, so that the two are not counted as two
/// deliveries where both lie in a folder.
///
/// # Errors
/// What the system says.
pub fn write_cleaned_log(
    report: &FileReport,
    layout: &Layout,
    (who, when): (&str, Day),
    language: Language,
    to: &mut dyn Write,
) -> io::Result<()> {
    let why = language.pick(
        "het hele bestand staat nu in de vorm van de indeling: kolommen, volgorde, codes, datums en scheidingsteken",
        "the whole file is in the form of its layout now: columns, order, codes, days and delimiter",
    );
    let change = FileChange {
        what: CLEANED,
        old: name_of(&report.file).to_owned(),
        new: layout.id.clone(),
        why: why.to_owned(),
        rule: String::new(),
        cell: None,
    };
    let file = name_of(&report.file);
    write_corrections(file, &report.sha256, (who, when), &[change], [], to)
}

/// Writes the delivery of a file in the form of its layout. The report is one of the very same file.
///
/// # Errors
/// What the system says of the file, or of where it is written.
pub fn write_cleaned(
    laid: &LaidOut<'_>,
    report: &FileReport,
    out: &mut dyn Write,
) -> Result<Cleaned, CleanError> {
    let layout = laid.layout();
    let delimiter = layout.file.delimiters.first().copied().unwrap_or(';');
    let mut cleaned = Cleaned {
        rows: 0,
        left_out: 0,
        emptied: 0,
        columns_left_out: Vec::new(),
    };
    let cleaners = cleaners(laid, report.tally.rejected > 0)?;
    if layout.file.header {
        let known = |at| cleaners.iter().any(|cleaner| cleaner.at == Some(at));
        let header = laid.header().iter().enumerate();
        cleaned.columns_left_out = header
            .filter(|(at, name)| !known(*at) && !name.is_empty())
            .map(|(_, name)| name.clone())
            .collect();
        let names: Vec<&str> = layout.fields.iter().map(|f| f.name.as_str()).collect();
        line(&names, delimiter, out)?;
    }
    let mut cells: Vec<String> = vec![String::new(); cleaners.len()];
    let first = laid.header_row() + u64::from(layout.file.header);
    laid.rows::<CleanError>(|row| {
        match row {
            // Lines above the header are no rows.
            LaidRow::Blank(at, count) => {
                cleaned.left_out += (at + count).saturating_sub(at.max(first));
            }
            LaidRow::Unreadable(_) => cleaned.left_out += 1,
            LaidRow::Cells(row) if row.is_data => {
                for (cleaner, cell) in cleaners.iter().zip(&mut cells) {
                    cell.clear();
                    if let Some(at) = cleaner.at {
                        let whole = row.whole(at);
                        *cell = cleaner.cleaned(&whole);
                        let lost = cell.is_empty() && !cleaner.field.is_right(whole.trim());
                        cleaned.emptied += u64::from(lost);
                    }
                }
                let cells: Vec<&str> = cells.iter().map(String::as_str).collect();
                line(&cells, delimiter, out)?;
                cleaned.rows += 1;
            }
            LaidRow::Cells(row) => cleaned.left_out += u64::from(row.number >= first),
        }
        Ok(ControlFlow::Continue(()))
    })?;
    Ok(cleaned)
}

/// What brings the cells of a field into form.
struct Cleaner<'l> {
    /// Where the file has it.
    at: Option<usize>,
    field: Field<'l>,
    /// What its column tells: of the order of days, of zeros that a spreadsheet took.
    whole: OfColumn,
    /// Whether rows may be rejected for what stands there.
    keep: bool,
}

impl Cleaner<'_> {
    fn cleaned(&self, whole: &str) -> String {
        let mended = if self.keep {
            None
        } else {
            self.whole.mended(whole, self.field)
        };
        self.field
            .clean(mended.as_deref().unwrap_or(whole), self.keep)
    }
}

/// A cleaner for each field of the layout. Where rows were `rejected`, what they are rejected for stays.
fn cleaners<'l>(laid: &'l LaidOut<'_>, rejected: bool) -> io::Result<Vec<Cleaner<'l>>> {
    let mut columns: BTreeMap<usize, OfColumn> = of_columns(laid)?.into_iter().collect();
    let fields = 0..laid.layout().fields.len();
    let cleaners = fields.map(|position| {
        let at = laid.position_of(position);
        let field = laid.field(position);
        let decisive = matches!(
            field.target(),
            Some(
                Target::Person
                    | Target::Start
                    | Target::End
                    | Target::Observed
                    | Target::Product
                    | Target::Situation
            )
        );
        Cleaner {
            at,
            field,
            whole: at.and_then(|at| columns.remove(&at)).unwrap_or_default(),
            keep: rejected && decisive,
        }
    });
    Ok(cleaners.collect())
}

fn line(cells: &[&str], delimiter: char, out: &mut dyn Write) -> io::Result<()> {
    let mut line = String::new();
    for (at, cell) in cells.iter().enumerate() {
        if at > 0 {
            line.push(delimiter);
        }
        quoted(cell, delimiter, &mut line);
    }
    line.push_str("\r\n");
    out.write_all(line.as_bytes())
}

/// What of the form no public source states, to be told beside a cleaned delivery; `None` where all of it
/// is documented.
pub fn assumed(layout: &Layout, language: Language) -> Option<String> {
    let of_form: Vec<&str> = layout
        .assumed
        .iter()
        .map(|part| {
            let (nl, en) = match part {
                Assumed::Columns => ("welke kolommen er zijn", "which columns there are"),
                Assumed::Names => ("de namen van de kolommen", "the names of the columns"),
                Assumed::Order => ("de volgorde van de kolommen", "the order of the columns"),
                Assumed::Required => (
                    "welke kolommen verplicht zijn",
                    "which columns are required",
                ),
                Assumed::Codes => ("de codes", "the codes"),
                Assumed::Widths => ("de breedte van codes", "the width of codes"),
                Assumed::Delimiter => (
                    "het scheidingsteken en de schrijfwijze van datums",
                    "the delimiter and how dates are written",
                ),
                Assumed::FileName => ("de naam van het bestand", "the name of the file"),
            };
            language.pick(nl, en)
        })
        .collect();
    if of_form.is_empty() && layout.status == LayoutStatus::Documented {
        return None;
    }
    let (nl, en) = if layout.status == LayoutStatus::Unverified {
        (
            "Deze indeling is een concept zonder openbare bron",
            "This layout is a draft without a public source",
        )
    } else {
        (
            "Van deze indeling is niet alles openbaar",
            "Not all of this layout is public",
        )
    };
    let mut text = language.pick(nl, en).to_owned();
    if !of_form.is_empty() {
        text.push_str(language.pick("; aangenomen zijn: ", "; assumed are: "));
        text.push_str(&of_form.join(", "));
    }
    text.push('.');
    Some(text)
}

//! A workbook before it has a format: cover, contents, notes, and one marked table a sheet, as the
//! guidance for government statistics in spreadsheets asks. No merged cells; every table has
//! its header in its first row, frozen; a mark stands where a number does not, and a last
//! column says in words which numbers are a minimum or incomplete.

mod front;
mod table;

use crate::release::SafeRelease;
use crate::words::label::Mark;
use crate::words::number;

/// How a cell looks.
#[derive(Copy, Clone, PartialEq, Eq, PartialOrd, Ord, Debug)]
pub(super) enum Style {
    Title,
    Heading,
    Warning,
    Text,
    Muted,
    Link,
    Header,
    HeaderNumber,
    Number,
    NumberTotal,
    Minimum,
    Incomplete,
    Decimal,
    DecimalMinimum,
    Mark,
    Label,
    LabelTotal,
}

impl Style {
    pub(super) const ALL: [Self; 17] = [
        Self::Title,
        Self::Heading,
        Self::Warning,
        Self::Text,
        Self::Muted,
        Self::Link,
        Self::Header,
        Self::HeaderNumber,
        Self::Number,
        Self::NumberTotal,
        Self::Minimum,
        Self::Incomplete,
        Self::Decimal,
        Self::DecimalMinimum,
        Self::Mark,
        Self::Label,
        Self::LabelTotal,
    ];
}

/// What a cell holds. Text is never a formula.
#[derive(Clone, PartialEq, Eq, Debug)]
pub(super) enum Content {
    Empty,
    Text(String),
    Number(u64),
    /// A number that may be below zero.
    Signed(i64),
    /// A number of tenths.
    Decimal(u64),
    /// A link to another sheet, with that sheet's name as its text.
    Sheet(String),
}

/// A cell.
#[derive(Clone, PartialEq, Eq, Debug)]
pub(super) struct Cell {
    pub(super) content: Content,
    pub(super) style: Style,
}

impl Cell {
    fn text(text: impl Into<String>, style: Style) -> Self {
        Self {
            content: Content::Text(text.into()),
            style,
        }
    }

    fn empty() -> Self {
        Self {
            content: Content::Empty,
            style: Style::Text,
        }
    }
}

/// The marked table of a sheet.
#[derive(Clone, PartialEq, Eq, Debug)]
pub(super) struct Marked {
    /// Name, unique in the workbook.
    pub(super) name: String,
    /// Row of the header, 0 for the first of the sheet; the table goes on to the last row.
    pub(super) header: usize,
    /// Number of columns.
    pub(super) columns: usize,
    /// Columns that stay in sight.
    pub(super) frozen: usize,
    /// Whether a reader may filter it.
    pub(super) filter: bool,
}

/// A sheet.
#[derive(Clone, Debug)]
pub(super) struct Sheet {
    pub(super) name: String,
    /// Widths of the columns in characters.
    pub(super) widths: Vec<f64>,
    pub(super) rows: Vec<Vec<Cell>>,
    pub(super) table: Option<Marked>,
    pub(super) landscape: bool,
}

/// The workbook.
pub(super) struct Book {
    pub(super) title: String,
    /// Latest reference date, which stands as the date of the document: a workbook must not tell
    /// when it was made.
    pub(super) date: ethos_model::date::Day,
    /// Tag of the language.
    pub(super) language: &'static str,
    pub(super) sheets: Vec<Sheet>,
    /// What stands behind a number that is a minimum.
    pub(super) minimum: &'static str,
    /// What stands behind a number that is neither a minimum nor a maximum.
    pub(super) incomplete: &'static str,
    thousands: ethos_model::category::Language,
}

impl Book {
    pub(super) fn of(release: &SafeRelease<'_>) -> Self {
        let language = release.context().language();
        let study = &release.study().study;
        let tables = release.tables();
        let mut sheets = vec![
            front::cover(release),
            front::contents(release, &tables),
            front::notes(release),
        ];
        sheets.extend(tables.iter().map(|table| table::sheet(table, release)));
        let latest = study.reference_dates.iter().max().copied();
        Self {
            title: study.name.clone(),
            date: latest.unwrap_or(ethos_model::date::Day(0)),
            language: language.pick("nl", "en"),
            sheets,
            minimum: Mark::Partial.shorthand(language),
            incomplete: Mark::Incomplete.shorthand(language),
            thousands: language,
        }
    }

    /// A number that may be below zero, as a reader of the workbook's language sees it.
    pub(super) fn shown_signed(&self, value: i64) -> String {
        let number = number::whole(value.unsigned_abs(), self.thousands);
        if value < 0 {
            format!("-{number}")
        } else {
            number
        }
    }

    /// A number as a reader of the workbook's language sees it.
    pub(super) fn shown(&self, value: u64, style: Style) -> String {
        let number = match style {
            Style::Decimal | Style::DecimalMinimum => {
                number::decimal(value as f64 / 10.0, 1, self.thousands)
            }
            _ => number::whole(value, self.thousands),
        };
        match style {
            Style::Minimum | Style::DecimalMinimum => format!("{number} {}", self.minimum),
            Style::Incomplete => format!("{number} {}", self.incomplete),
            _ => number,
        }
    }
}

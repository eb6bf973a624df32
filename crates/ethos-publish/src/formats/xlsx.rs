//! The workbook as XLSX. The same release gives the same bytes.

use std::collections::BTreeMap;
use std::path::{Path, PathBuf};

use rust_xlsxwriter::{
    Color, DocProperties, ExcelDateTime, Format, FormatAlign, FormatBorder, FormatUnderline, Table,
    TableColumn, TableStyle, Url, Workbook, Worksheet, XlsxError,
};

use super::book::{Book, Content, Marked, Sheet, Style};
use super::put;
use crate::error::PublishError;
use crate::release::SafeRelease;

const NAME: &str = "tables.xlsx";
const INK: Color = Color::RGB(0x001B_2330);
const TEAL: Color = Color::RGB(0x000F_5C6E);
const RUST: Color = Color::RGB(0x00B3_401B);
const MUTED: Color = Color::RGB(0x005B_6472);
/// Height of a header, for two or three lines.
const HEADER_HEIGHT: u32 = 48;

/// Writes `tables.xlsx`.
pub(crate) fn write(release: &SafeRelease<'_>, dir: &Path) -> Result<PathBuf, PublishError> {
    let bytes = bytes(&Book::of(release)).map_err(|source| PublishError::Workbook {
        path: dir.join(NAME),
        source,
    })?;
    put(dir, NAME, &bytes)
}

fn formats(book: &Book) -> BTreeMap<Style, Format> {
    let body = || {
        Format::new()
            .set_font_name("Calibri")
            .set_font_size(11)
            .set_font_color(INK)
    };
    let top = || body().set_align(FormatAlign::Top).set_text_wrap();
    let header = || {
        body()
            .set_bold()
            .set_text_wrap()
            .set_align(FormatAlign::Bottom)
            .set_border_bottom(FormatBorder::Medium)
            .set_border_bottom_color(TEAL)
    };
    let whole = || body().set_num_format("#,##0");
    let (minimum, incomplete) = (book.minimum, book.incomplete);
    Style::ALL
        .into_iter()
        .map(|style| {
            let format = match style {
                Style::Title => body().set_bold().set_font_size(16).set_font_color(TEAL),
                Style::Heading => body().set_bold().set_font_size(12).set_font_color(TEAL),
                Style::Warning => top().set_bold().set_font_color(RUST),
                Style::Text => top(),
                Style::Muted => body().set_font_color(MUTED),
                Style::Link => body()
                    .set_font_color(TEAL)
                    .set_underline(FormatUnderline::Single),
                Style::Header => header(),
                Style::HeaderNumber => header().set_align(FormatAlign::Right),
                Style::Number => whole(),
                Style::NumberTotal => whole().set_bold(),
                Style::Decimal => body().set_num_format("#,##0.0"),
                Style::DecimalMinimum => body().set_num_format(format!("#,##0.0\" {minimum}\"")),
                Style::Minimum => body().set_num_format(format!("#,##0\" {minimum}\"")),
                Style::Incomplete => body().set_num_format(format!("#,##0\" {incomplete}\"")),
                Style::Mark => body().set_align(FormatAlign::Right).set_font_color(MUTED),
                Style::Label => body(),
                Style::LabelTotal => body().set_bold(),
            };
            (style, format)
        })
        .collect()
}

fn bytes(book: &Book) -> Result<Vec<u8>, XlsxError> {
    let mut workbook = Workbook::new();
    let date = book.date;
    let created = ExcelDateTime::from_ymd(
        u16::try_from(date.year()).unwrap_or(2000),
        date.month().unsigned_abs(),
        date.day_of_month().unsigned_abs(),
    )?;
    workbook.set_properties(
        &DocProperties::new()
            .set_title(&book.title)
            .set_subject("ETHOS Light")
            .set_creation_datetime(&created),
    );
    let formats = formats(book);
    for sheet in &book.sheets {
        self::sheet(workbook.add_worksheet(), sheet, &formats)?;
    }
    workbook.save_to_buffer()
}

fn sheet(
    page: &mut Worksheet,
    sheet: &Sheet,
    formats: &BTreeMap<Style, Format>,
) -> Result<(), XlsxError> {
    page.set_name(&sheet.name)?;
    page.set_screen_gridlines(false);
    page.set_print_fit_to_pages(1, 0);
    if sheet.landscape {
        page.set_landscape();
    }
    for (at, width) in (0..).zip(&sheet.widths) {
        page.set_column_width(at, *width)?;
    }
    for (row, cells) in (0..).zip(&sheet.rows) {
        for (at, cell) in (0..).zip(cells) {
            let format = &formats[&cell.style];
            match &cell.content {
                Content::Empty => {}
                Content::Text(text) => {
                    page.write_string_with_format(row, at, text, format)?;
                }
                Content::Number(value) => {
                    page.write_number_with_format(row, at, *value as f64, format)?;
                }
                Content::Signed(value) => {
                    page.write_number_with_format(row, at, *value as f64, format)?;
                }
                Content::Decimal(tenths) => {
                    page.write_number_with_format(row, at, *tenths as f64 / 10.0, format)?;
                }
                Content::Sheet(name) => {
                    let url = Url::new(format!("internal:'{name}'!A1")).set_text(name);
                    page.write_url_with_format(row, at, url, format)?;
                }
            }
        }
    }
    match &sheet.table {
        Some(table) => mark(page, sheet, table, formats),
        None => Ok(()),
    }
}

/// Marks the table, so that a program that reads aloud knows its header.
fn mark(
    page: &mut Worksheet,
    sheet: &Sheet,
    table: &Marked,
    formats: &BTreeMap<Style, Format>,
) -> Result<(), XlsxError> {
    let row = |at: usize| u32::try_from(at).map_err(|_| XlsxError::RowColumnLimitError);
    let column = |at: usize| u16::try_from(at).map_err(|_| XlsxError::RowColumnLimitError);
    let (header, last) = (row(table.header)?, row(sheet.rows.len().saturating_sub(1))?);
    let columns: Vec<TableColumn> = sheet.rows[table.header]
        .iter()
        .map(|cell| {
            let text = match &cell.content {
                Content::Text(text) => text.as_str(),
                _ => "",
            };
            TableColumn::new()
                .set_header(text)
                .set_header_format(&formats[&cell.style])
        })
        .collect();
    if last > header {
        let marked = Table::new()
            .set_name(format!("t_{}", table.name))
            .set_columns(&columns)
            .set_style(TableStyle::None)
            .set_autofilter(table.filter);
        let last_column = column(table.columns.saturating_sub(1))?;
        page.add_table(header, 0, last, last_column, &marked)?;
    }
    if table.filter {
        page.set_row_height(header, HEADER_HEIGHT)?;
    }
    page.set_freeze_panes(header + 1, column(table.frozen)?)?;
    page.set_repeat_rows(header, header)?;
    Ok(())
}

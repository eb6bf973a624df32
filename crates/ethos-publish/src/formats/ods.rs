//! The workbook as an OpenDocument spreadsheet, the standard of Dutch governments. A writer of
//! our own on the zip library: what a statistical workbook needs of the format is a few
//! elements, and the libraries that write it bring a formula engine, a locale library or a clock.

mod parts;
mod style;

use std::fmt::Write as _;
use std::io::{Cursor, Write as _};
use std::path::{Path, PathBuf};

use zip::result::ZipError;
use zip::write::SimpleFileOptions;
use zip::{CompressionMethod, DateTime, ZipWriter};

use self::style::Styles;
use super::book::{Book, Cell, Content, Sheet};
use super::put;
use super::xml::escape;
use crate::error::PublishError;
use crate::release::SafeRelease;

const NAME: &str = "tables.ods";
const MIME: &str = "application/vnd.oasis.opendocument.spreadsheet";

/// Writes `tables.ods`.
pub(crate) fn write(release: &SafeRelease<'_>, dir: &Path) -> Result<PathBuf, PublishError> {
    let bytes = bytes(&Book::of(release)).map_err(|source| PublishError::Archive {
        path: dir.join(NAME),
        source,
    })?;
    put(dir, NAME, &bytes)
}

/// The archive: its type first and not packed, as the standard asks, and no clock.
fn bytes(book: &Book) -> Result<Vec<u8>, ZipError> {
    let options = SimpleFileOptions::default().last_modified_time(DateTime::default());
    let stored = options.compression_method(CompressionMethod::Stored);
    let packed = options.compression_method(CompressionMethod::Deflated);
    let mut archive = ZipWriter::new(Cursor::new(Vec::new()));
    for (name, text, options) in [
        ("mimetype", MIME.to_owned(), stored),
        ("content.xml", content(book), packed),
        ("styles.xml", parts::styles(book), packed),
        ("settings.xml", parts::settings(book), packed),
        ("meta.xml", parts::meta(book), packed),
        ("META-INF/manifest.xml", parts::manifest(), packed),
    ] {
        archive.start_file(name, options)?;
        archive.write_all(text.as_bytes())?;
    }
    Ok(archive.finish()?.into_inner())
}

/// The sheets.
fn content(book: &Book) -> String {
    let styles = Styles::of(book);
    let mut text = parts::opening("office:document-content");
    styles.write(book, &mut text);
    text.push_str("<office:body><office:spreadsheet>");
    for sheet in &book.sheets {
        table(book, sheet, &styles, &mut text);
    }
    // Every marked table is a range with a header, which readers and programs can find.
    text.push_str("<table:database-ranges>");
    for sheet in &book.sheets {
        if let Some(table) = &sheet.table {
            let name = quoted(&sheet.name);
            let _ = write!(
                text,
                "<table:database-range table:name=\"t_{}\" table:target-range-address=\"{name}.A{}:{name}.{}{}\" table:contains-header=\"true\" table:display-filter-buttons=\"{}\"/>",
                escape(&table.name),
                table.header + 1,
                letters(table.columns.saturating_sub(1)),
                sheet.rows.len(),
                table.filter,
            );
        }
    }
    text.push_str(
        "</table:database-ranges></office:spreadsheet></office:body></office:document-content>\n",
    );
    text
}

fn table(book: &Book, sheet: &Sheet, styles: &Styles, text: &mut String) {
    let print = if sheet.landscape { "wide" } else { "page" };
    let _ = write!(
        text,
        "\n<table:table table:name=\"{}\" table:style-name=\"{print}\">",
        escape(&sheet.name)
    );
    for width in &sheet.widths {
        let _ = write!(
            text,
            "<table:table-column table:style-name=\"{}\"/>",
            styles.column(*width)
        );
    }
    let header = sheet.table.as_ref().map(|table| table.header);
    for (at, cells) in sheet.rows.iter().enumerate() {
        let repeated = header == Some(at);
        if repeated {
            text.push_str("<table:table-header-rows>");
        }
        text.push_str("<table:table-row table:style-name=\"row\">");
        for cell in cells {
            self::cell(book, cell, text);
        }
        text.push_str("</table:table-row>");
        if repeated {
            text.push_str("</table:table-header-rows>");
        }
    }
    text.push_str("</table:table>");
}

fn cell(book: &Book, cell: &Cell, text: &mut String) {
    let style = style::name(cell.style);
    let _ = match &cell.content {
        Content::Empty => write!(text, "<table:table-cell/>"),
        Content::Text(content) => write!(
            text,
            "<table:table-cell table:style-name=\"{style}\" office:value-type=\"string\"><text:p>{}</text:p></table:table-cell>",
            escape(content)
        ),
        Content::Number(value) => write!(
            text,
            "<table:table-cell table:style-name=\"{style}\" office:value-type=\"float\" office:value=\"{value}\"><text:p>{}</text:p></table:table-cell>",
            escape(&book.shown(*value, cell.style))
        ),
        Content::Signed(value) => write!(
            text,
            "<table:table-cell table:style-name=\"{style}\" office:value-type=\"float\" office:value=\"{value}\"><text:p>{}</text:p></table:table-cell>",
            escape(&book.shown_signed(*value))
        ),
        Content::Decimal(tenths) => write!(
            text,
            "<table:table-cell table:style-name=\"{style}\" office:value-type=\"float\" office:value=\"{}.{}\"><text:p>{}</text:p></table:table-cell>",
            tenths / 10,
            tenths % 10,
            escape(&book.shown(*tenths, cell.style))
        ),
        Content::Sheet(name) => write!(
            text,
            "<table:table-cell table:style-name=\"{style}\" office:value-type=\"string\"><text:p><text:a xlink:type=\"simple\" xlink:href=\"#{}.A1\">{}</text:a></text:p></table:table-cell>",
            escape(&quoted(name)),
            escape(name)
        ),
    };
}

/// A sheet's name in an address.
fn quoted(name: &str) -> String {
    format!("'{}'", name.replace('\'', "''"))
}

/// The letters of a column, 0 being A.
fn letters(mut column: usize) -> String {
    let mut letters = Vec::new();
    loop {
        letters.push(b'A' + (column % 26) as u8);
        if column < 26 {
            break;
        }
        column = column / 26 - 1;
    }
    letters
        .iter()
        .rev()
        .map(|letter| char::from(*letter))
        .collect()
}

#[cfg(test)]
mod tests {
    use super::letters;

    #[test]
    fn columns_have_their_letters() {
        assert_eq!(
            [0, 25, 26, 701, 702].map(letters),
            ["A", "Z", "AA", "ZZ", "AAA"]
        );
    }
}

//! The workbook: cover, contents, notes, and one table a sheet. No merged cells; the header is
//! frozen; the same release gives the same bytes.

use std::io::Write;
use std::path::{Path, PathBuf};

use ethos_model::cube::Family;
use ethos_table::atomic::write_atomic;
use rust_xlsxwriter::{
    Color, DocProperties, ExcelDateTime, Format, FormatAlign, FormatBorder, Url, Workbook,
    Worksheet, XlsxError,
};

use crate::error::PublishError;
use crate::notes;
use crate::release::SafeRelease;
use crate::tables::{ColumnKind, PrintCell, PrintTable, RowKind};
use crate::words::label::Mark;
use crate::words::{number, scope};

const NAME: &str = "tables.xlsx";
const INK: Color = Color::RGB(0x001B_2330);
const TEAL: Color = Color::RGB(0x000F_5C6E);
const RUST: Color = Color::RGB(0x00B3_401B);
const MUTED: Color = Color::RGB(0x005B_6472);

/// Writes `tables.xlsx`.
pub(crate) fn write(release: &SafeRelease<'_>, dir: &Path) -> Result<PathBuf, PublishError> {
    let path = dir.join(NAME);
    let bytes = bytes(release).map_err(|source| PublishError::Workbook {
        path: path.clone(),
        source,
    })?;
    write_atomic(&path, |file| -> Result<(), PublishError> {
        file.write_all(&bytes)
            .map_err(|source| PublishError::Write {
                path: path.clone(),
                source,
            })
    })?;
    Ok(PathBuf::from(NAME))
}

struct Formats {
    title: Format,
    heading: Format,
    warning: Format,
    text: Format,
    muted: Format,
    link: Format,
    header: Format,
    header_number: Format,
    number: Format,
    number_total: Format,
    partial: Format,
    mark: Format,
    label: Format,
    label_total: Format,
}

impl Formats {
    fn new() -> Self {
        let body = || {
            Format::new()
                .set_font_name("Calibri")
                .set_font_size(11)
                .set_font_color(INK)
        };
        let top = || body().set_align(FormatAlign::Top);
        let header = || {
            body()
                .set_bold()
                .set_text_wrap()
                .set_align(FormatAlign::Bottom)
                .set_border_bottom(FormatBorder::Medium)
                .set_border_bottom_color(TEAL)
        };
        Self {
            title: body().set_bold().set_font_size(16).set_font_color(TEAL),
            heading: body().set_bold().set_font_size(12).set_font_color(TEAL),
            warning: top().set_bold().set_text_wrap().set_font_color(RUST),
            text: top().set_text_wrap(),
            muted: body().set_font_color(MUTED),
            link: body()
                .set_font_color(TEAL)
                .set_underline(rust_xlsxwriter::FormatUnderline::Single),
            header: header(),
            header_number: header().set_align(FormatAlign::Right),
            number: body().set_num_format("#,##0"),
            number_total: body().set_num_format("#,##0").set_bold(),
            partial: body().set_num_format("#,##0\" [p]\""),
            mark: body().set_align(FormatAlign::Right).set_font_color(MUTED),
            label: body(),
            label_total: body().set_bold(),
        }
    }
}

fn bytes(release: &SafeRelease<'_>) -> Result<Vec<u8>, XlsxError> {
    let mut workbook = Workbook::new();
    workbook.set_properties(&properties(release)?);
    let formats = Formats::new();
    let tables = release.tables();
    cover(workbook.add_worksheet(), release, &formats)?;
    contents(workbook.add_worksheet(), release, &tables, &formats)?;
    notes_sheet(workbook.add_worksheet(), release, &formats)?;
    for table in &tables {
        sheet(workbook.add_worksheet(), table, release, &formats)?;
    }
    workbook.save_to_buffer()
}

/// Document properties. The creation date is the latest reference date: a workbook must not
/// tell when it was made.
fn properties(release: &SafeRelease<'_>) -> Result<DocProperties, XlsxError> {
    let study = &release.study().study;
    let latest = study.reference_dates.iter().max();
    let created = match latest {
        Some(day) => ExcelDateTime::from_ymd(
            u16::try_from(day.year()).unwrap_or(2000),
            day.month().unsigned_abs(),
            day.day_of_month().unsigned_abs(),
        )?,
        None => ExcelDateTime::from_ymd(2000, 1, 1)?,
    };
    Ok(DocProperties::new()
        .set_title(&study.name)
        .set_subject("ETHOS Light")
        .set_creation_datetime(&created))
}

/// Names of the sheets before the tables.
fn front(release: &SafeRelease<'_>) -> [&'static str; 3] {
    let language = release.context().language();
    [
        language.pick("Voorblad", "Cover"),
        language.pick("Inhoud", "Contents"),
        language.pick("Toelichting", "Notes"),
    ]
}

/// Name of a table's sheet.
fn sheet_name(family: Family, release: &SafeRelease<'_>) -> &'static str {
    let language = release.context().language();
    match family {
        Family::NationalEstimate => language.pick("Schatting", "Estimate"),
        Family::NationalCategory => language.pick("Categorie", "Category"),
        Family::NationalCharacteristics => language.pick("Kenmerken", "Characteristics"),
        Family::RegionalCategory => language.pick("Regio", "Region"),
        Family::MunicipalCategory => language.pick("Gemeente", "Municipality"),
        Family::MunicipalSynthetic => language.pick("Synthetisch", "Synthetic"),
    }
}

fn cover(
    sheet: &mut Worksheet,
    release: &SafeRelease<'_>,
    formats: &Formats,
) -> Result<(), XlsxError> {
    let language = release.context().language();
    let study = release.study();
    page(sheet, front(release)[0])?;
    sheet.set_column_width(0, 100)?;
    let mut row = 0;
    let mut put = |text: &str, format: &Format| -> Result<(), XlsxError> {
        sheet.write_string_with_format(row, 0, text, format)?;
        row += 1;
        Ok(())
    };
    put(&study.study.name, &formats.title)?;
    put(
        language.pick(
            "Dakloosheid naar ETHOS Light-categorie",
            "Homelessness by ETHOS Light category",
        ),
        &formats.muted,
    )?;
    if let Some(alarm) = release.alarm() {
        put(alarm, &formats.warning)?;
    }
    if let Some(banner) = release.banner() {
        put(banner, &formats.heading)?;
    }
    let dates: Vec<String> = study
        .study
        .reference_dates
        .iter()
        .map(|day| number::day(*day, language))
        .collect();
    put(
        &format!(
            "{}: {}",
            language.pick("Peildatum", "Reference date"),
            scope::listed(&dates, language.pick("en", "and"))
        ),
        &formats.text,
    )?;
    for headline in release.headlines() {
        put("", &formats.text)?;
        let words = headline.words(release.cube(), release.context());
        for (at, line) in words.lines().iter().enumerate() {
            let format = if at == 1 {
                &formats.heading
            } else if words.warnings.contains(line) {
                &formats.warning
            } else {
                &formats.text
            };
            put(line, format)?;
        }
        if let Some(model) = &words.model {
            put(&format!("Model: {model}"), &formats.muted)?;
        }
    }
    Ok(())
}

fn contents(
    sheet: &mut Worksheet,
    release: &SafeRelease<'_>,
    tables: &[PrintTable],
    formats: &Formats,
) -> Result<(), XlsxError> {
    let language = release.context().language();
    let [_, contents, notes] = front(release);
    page(sheet, contents)?;
    sheet.set_column_width(0, 18)?;
    sheet.set_column_width(1, 80)?;
    sheet.write_string_with_format(0, 0, contents, &formats.title)?;
    sheet.write_string_with_format(2, 0, language.pick("Blad", "Sheet"), &formats.header)?;
    sheet.write_string_with_format(2, 1, language.pick("Titel", "Title"), &formats.header)?;
    let about = language.pick(
        "Toelichting, begrippen en tekens",
        "Notes, definitions and marks",
    );
    let lines = std::iter::once((notes, about.to_owned())).chain(
        tables
            .iter()
            .map(|table| (sheet_name(table.family, release), table.title.clone())),
    );
    for (row, (name, title)) in (3..).zip(lines) {
        let url = Url::new(format!("internal:'{name}'!A1")).set_text(name);
        sheet.write_url_with_format(row, 0, url, &formats.link)?;
        sheet.write_string_with_format(row, 1, title, &formats.text)?;
    }
    Ok(())
}

fn notes_sheet(
    sheet: &mut Worksheet,
    release: &SafeRelease<'_>,
    formats: &Formats,
) -> Result<(), XlsxError> {
    let language = release.context().language();
    let name = front(release)[2];
    page(sheet, name)?;
    sheet.set_column_width(0, 34)?;
    sheet.set_column_width(1, 100)?;
    sheet.write_string_with_format(0, 0, name, &formats.title)?;
    let mut row = 2;
    let mut block = |title: &str, lines: &[(String, String)]| -> Result<(), XlsxError> {
        if lines.is_empty() {
            return Ok(());
        }
        sheet.write_string_with_format(row, 0, title, &formats.heading)?;
        row += 1;
        for (left, right) in lines {
            sheet.write_string_with_format(row, 0, left, &formats.text)?;
            sheet.write_string_with_format(row, 1, right, &formats.text)?;
            row += 1;
        }
        row += 1;
        Ok(())
    };
    let warnings: Vec<_> = release
        .headlines()
        .into_iter()
        .flat_map(|headline| {
            headline.warnings.iter().map(|warning| {
                (
                    number::day(headline.date, language),
                    warning.in_language(language).to_owned(),
                )
            })
        })
        .collect();
    block(
        language.pick(
            "Waarschuwingen bij de schatting",
            "Warnings about the estimate",
        ),
        &warnings,
    )?;
    let marks: Vec<_> = Mark::ALL
        .iter()
        .map(|mark| {
            (
                mark.shorthand(language).to_owned(),
                mark.meaning(language).to_owned(),
            )
        })
        .collect();
    block(language.pick("Tekens", "Marks"), &marks)?;
    let both = |notes: Vec<notes::Note>| -> Vec<(String, String)> {
        notes
            .into_iter()
            .map(|note| (note.title, note.text))
            .collect()
    };
    let standing = notes::standing(&release.study().publish, release.cube());
    block(language.pick("Lezen", "Reading"), &both(standing))?;
    block(
        language.pick("Categorieën", "Categories"),
        &both(notes::definitions(language)),
    )?;
    let sights: Vec<_> = notes::sights(release.study())
        .into_iter()
        .map(|sight| {
            let seen = language.pick("categorieën", "categories");
            let list = language.pick("lijst", "list");
            (
                sight.source,
                format!(
                    "{list}: {}; {seen}: {}; {}",
                    sight.list, sight.categories, sight.reach
                ),
            )
        })
        .collect();
    block(
        language.pick("Welke bron wat kan zien", "Which source can see what"),
        &sights,
    )?;
    let numbered = |texts: Vec<String>| -> Vec<(String, String)> {
        (1..)
            .zip(texts)
            .map(|(at, text): (u32, String)| (at.to_string(), text))
            .collect()
    };
    let own = release.notes().into_iter().map(str::to_owned).collect();
    block(
        language.pick("Bij deze studie", "On this study"),
        &numbered(own),
    )?;
    let flow: Vec<_> = release
        .flow()
        .into_iter()
        .map(|(label, count)| {
            let count = count.map_or_else(
                || Mark::Suppressed.shorthand(language).to_owned(),
                |count| number::whole(count, language),
            );
            (label.to_owned(), count)
        })
        .collect();
    block(
        language.pick("Van bestanden naar mensen", "From files to people"),
        &flow,
    )?;
    block(
        language.pick("Bronnen", "Sources"),
        &numbered(notes::sources(language)),
    )
}

/// First row of a table's header, counted from 0: title, what it is about, an empty line.
fn header_row(table: &PrintTable) -> u32 {
    u32::try_from(table.about.len()).unwrap_or(0) + 2
}

fn sheet(
    sheet: &mut Worksheet,
    table: &PrintTable,
    release: &SafeRelease<'_>,
    formats: &Formats,
) -> Result<(), XlsxError> {
    let language = release.context().language();
    page(sheet, sheet_name(table.family, release))?;
    sheet.set_landscape();
    sheet.write_string_with_format(0, 0, &table.title, &formats.title)?;
    for (row, line) in (1..).zip(&table.about) {
        sheet.write_string_with_format(row, 0, line, &formats.muted)?;
    }
    let header = header_row(table);
    for (at, column) in (0..).zip(&table.columns) {
        let format = if column.kind == ColumnKind::Text {
            &formats.header
        } else {
            &formats.header_number
        };
        sheet.write_string_with_format(header, at, &column.header, format)?;
        sheet.set_column_width(at, width(table, usize::from(at)))?;
    }
    sheet.set_row_height(header, 48)?;
    for (row, line) in (header + 1..).zip(&table.rows) {
        let total = line.kind == RowKind::Total;
        for (at, cell) in (0..).zip(&line.cells) {
            match cell {
                PrintCell::Text(text) => {
                    let format = if total {
                        &formats.label_total
                    } else {
                        &formats.label
                    };
                    sheet.write_string_with_format(row, at, text, format)?;
                }
                PrintCell::Number { value, partial } => {
                    let format = match (partial, total) {
                        (true, _) => &formats.partial,
                        (false, true) => &formats.number_total,
                        (false, false) => &formats.number,
                    };
                    sheet.write_number_with_format(row, at, *value as f64, format)?;
                }
                PrintCell::Mark(mark) => {
                    sheet.write_string_with_format(
                        row,
                        at,
                        mark.shorthand(language),
                        &formats.mark,
                    )?;
                }
                PrintCell::Blank => {}
            }
        }
    }
    let frozen = u16::try_from(table.text_columns()).unwrap_or(1);
    sheet.set_freeze_panes(header + 1, frozen)?;
    let (last_row, last_column) = (
        header + u32::try_from(table.rows.len()).unwrap_or(u32::MAX - header),
        u16::try_from(table.columns.len())
            .unwrap_or(1)
            .saturating_sub(1),
    );
    sheet.autofilter(header, 0, last_row, last_column)?;
    sheet.set_repeat_rows(header, header)?;
    Ok(())
}

fn page(sheet: &mut Worksheet, name: &str) -> Result<(), XlsxError> {
    sheet.set_name(name)?;
    sheet.set_screen_gridlines(false);
    sheet.set_print_fit_to_pages(1, 0);
    Ok(())
}

/// Width of a column in characters: its longest cell, and of its header the longest word.
fn width(table: &PrintTable, at: usize) -> f64 {
    let column = &table.columns[at];
    let word = column
        .header
        .split_whitespace()
        .map(|word| word.chars().count())
        .max();
    let cells = table.rows.iter().map(|row| match &row.cells[at] {
        PrintCell::Text(text) => text.chars().count(),
        PrintCell::Number { value, .. } => value.to_string().len() + 5,
        PrintCell::Mark(mark) => mark.shorthand(ethos_model::category::Language::Nl).len(),
        PrintCell::Blank => 0,
    });
    let longest = cells.max().unwrap_or(0).max(word.unwrap_or(0));
    (longest as f64 + 2.0).clamp(9.0, 48.0)
}

//! The overview of senders as a CSV and as a workbook: the same rows, safe for a spreadsheet.

use std::io::{self, Write};

use ethos_model::category::Language;
use ethos_model::finding::Severity;
use rust_xlsxwriter::{
    DocProperties, ExcelDateTime, Format, FormatAlign, Workbook, Worksheet, XlsxError,
};

use super::table::{ReceivedBy, Sender, Senders};
use super::text::{response_line, verdict_word};
use crate::safe;

/// Columns of the table, with their widths in the workbook. In English their names are those of `ethos-senders/1`.
const COLUMNS: [(&str, f64); 26] = [
    ("sender", 12.0),
    ("name", 24.0),
    ("layout", 26.0),
    ("period", 10.0),
    ("due", 11.0),
    ("status", 14.0),
    ("reason", 30.0),
    ("received", 11.0),
    ("received_by", 13.0),
    ("late", 8.0),
    ("verdict", 12.0),
    ("double", 8.0),
    ("files", 44.0),
    ("rows", 9.0),
    ("accepted", 9.0),
    ("persons", 9.0),
    ("blocking", 9.0),
    ("errors", 9.0),
    ("warnings", 9.0),
    ("notes", 9.0),
    ("municipalities", 13.0),
    ("months_expected", 15.0),
    ("months_with_records", 19.0),
    ("months_missing", 30.0),
    ("months_emptied", 30.0),
    ("contact", 24.0),
];

/// A cell of a row: text, or a number.
enum Value {
    Text(String),
    Number(u64),
}

/// The rows; months missing and emptied are `GM0363 2025-07` and so on.
fn row(sender: &Sender, language: Language) -> Vec<Value> {
    let text = |text: Option<String>| Value::Text(text.unwrap_or_default());
    let count = |severity: Severity| {
        let count = sender.findings.get(severity.key());
        Value::Number(count.copied().unwrap_or(0))
    };
    let months = |of: fn(&super::Place) -> &Vec<String>| {
        let named = sender.municipalities.iter().flat_map(|place| {
            let months = of(place).iter();
            months.map(move |month| format!("{} {month}", place.municipality))
        });
        Value::Text(named.collect::<Vec<_>>().join(" | "))
    };
    let yes = |is: bool| {
        let (nl, en) = if is { ("ja", "yes") } else { ("nee", "no") };
        Value::Text(language.pick(nl, en).to_owned())
    };
    let expected: usize = sender
        .municipalities
        .iter()
        .map(|place| place.months.len())
        .sum();
    let missing: usize = sender
        .municipalities
        .iter()
        .map(|place| place.missing.len())
        .sum();
    let files: Vec<&str> = sender.files.iter().map(|file| file.file.as_str()).collect();
    vec![
        Value::Text(sender.sender.clone()),
        text(sender.name.clone()),
        text(sender.layout.clone()),
        text(sender.period.clone()),
        text(sender.due.map(|day| day.to_string())),
        Value::Text(match language {
            Language::Nl => sender.status.name(language).to_owned(),
            Language::En => sender.status.key().to_owned(),
        }),
        text(sender.reason.clone()),
        text(sender.received.map(|day| day.to_string())),
        text(sender.received_by.map(|by| {
            match by {
                ReceivedBy::Frame => language.pick("lijst", "frame"),
                ReceivedBy::FileChanged => language.pick("bestand gewijzigd", "file-changed"),
            }
            .to_owned()
        })),
        yes(sender.late),
        text(sender.verdict.map(|verdict| match language {
            Language::Nl => verdict_word(verdict, language).to_owned(),
            Language::En => verdict.to_owned(),
        })),
        yes(sender.double),
        Value::Text(files.join(" | ")),
        Value::Number(sender.rows),
        Value::Number(sender.accepted),
        sender
            .persons
            .map_or_else(|| Value::Text(String::new()), Value::Number),
        count(Severity::Blocking),
        count(Severity::Error),
        count(Severity::Warning),
        count(Severity::Note),
        Value::Number(sender.municipalities.len() as u64),
        Value::Number(expected as u64),
        Value::Number((expected - missing.min(expected)) as u64),
        months(|place| &place.missing),
        months(|place| &place.emptied),
        text(sender.contact.clone()),
    ]
}

/// Writes the overview as CSV: one row per sender, layout and period. In Dutch as a Dutch spreadsheet opens it,
/// with the words that stand in the workbook; in English with the keys of `ethos-senders/1`.
///
/// # Errors
/// What the writer says.
pub fn write_csv(senders: &Senders, language: Language, to: &mut dyn Write) -> io::Result<()> {
    let delimiter = match language {
        Language::Nl => {
            to.write_all("\u{feff}".as_bytes())?;
            b';'
        }
        Language::En => b',',
    };
    let mut writer = csv::WriterBuilder::new()
        .delimiter(delimiter)
        .from_writer(to);
    writer.write_record(COLUMNS.map(|(name, _)| heading(name, language)))?;
    for sender in &senders.senders {
        let cells = row(sender, language).into_iter().map(|value| match value {
            Value::Text(text) => safe::text(&text).into_owned(),
            Value::Number(number) => number.to_string(),
        });
        writer.write_record(cells)?;
    }
    writer.flush()
}

/// The overview as the bytes of a workbook: a sheet of senders, and one of municipalities by month.
///
/// # Errors
/// A fault of this program.
pub fn write_xlsx(senders: &Senders, language: Language) -> Result<Vec<u8>, XlsxError> {
    let mut workbook = Workbook::new();
    // No clock in the file: the same check gives the same bytes.
    let made = ExcelDateTime::from_ymd(2000, 1, 1)?;
    workbook.set_properties(&DocProperties::new().set_creation_datetime(&made));
    let bold = Format::new().set_bold();
    let wrapped = Format::new().set_text_wrap().set_align(FormatAlign::Top);
    let top = Format::new().set_align(FormatAlign::Top);
    let sheet = workbook.add_worksheet();
    sheet.set_name(language.pick("Afzenders", "Senders"))?;
    sheet.write_string_with_format(0, 0, response_line(senders, language), &bold)?;
    sheet.write_string(
        1,
        0,
        format!("{} {}", language.pick("Stand op", "As of"), senders.on),
    )?;
    for (column, (name, width)) in COLUMNS.into_iter().enumerate() {
        let column = column as u16;
        sheet.set_column_width(column, width)?;
        sheet.write_string_with_format(3, column, heading(name, language), &bold)?;
    }
    sheet.set_freeze_panes(4, 1)?;
    for (at, sender) in senders.senders.iter().enumerate() {
        for (column, value) in row(sender, language).into_iter().enumerate() {
            let (row, column) = (4 + at as u32, column as u16);
            match value {
                Value::Number(number) => {
                    sheet.write_number_with_format(row, column, number as f64, &top)?;
                }
                Value::Text(text) => {
                    // The keys are for machines; a workbook is for people.
                    let text = match (language, COLUMNS[usize::from(column)].0) {
                        (Language::En, "status") => sender.status.name(language).to_owned(),
                        (Language::En, "verdict") if !text.is_empty() => {
                            verdict_word(&text, language).to_owned()
                        }
                        _ => text,
                    };
                    sheet.write_string_with_format(row, column, text, &wrapped)?;
                }
            }
        }
    }
    if !senders.senders.is_empty() {
        let last = (3 + senders.senders.len() as u32, COLUMNS.len() as u16 - 1);
        sheet.autofilter(3, 0, last.0, last.1)?;
    }
    months(workbook.add_worksheet(), senders, language, &bold)?;
    workbook.save_to_buffer()
}

/// One row per sender, municipality and month.
fn months(
    sheet: &mut Worksheet,
    senders: &Senders,
    language: Language,
    bold: &Format,
) -> Result<(), XlsxError> {
    sheet.set_name(language.pick("Gemeente en maand", "Municipality and month"))?;
    let headings = [
        (language.pick("afzender", "sender"), 12.0),
        (language.pick("indeling", "layout"), 26.0),
        (language.pick("gemeente", "municipality"), 12.0),
        (language.pick("naam", "name"), 24.0),
        (language.pick("maand", "month"), 10.0),
        (language.pick("rijen", "records"), 9.0),
        (language.pick("een jaar eerder", "a year before"), 15.0),
    ];
    for (column, (name, width)) in headings.into_iter().enumerate() {
        sheet.set_column_width(column as u16, width)?;
        sheet.write_string_with_format(0, column as u16, name, bold)?;
    }
    sheet.set_freeze_panes(1, 0)?;
    let mut at = 1;
    for sender in senders
        .senders
        .iter()
        .filter(|sender| !sender.files.is_empty())
    {
        for place in &sender.municipalities {
            for month in &place.months {
                sheet.write_string(at, 0, &sender.sender)?;
                sheet.write_string(at, 1, sender.layout.as_deref().unwrap_or_default())?;
                sheet.write_string(at, 2, &place.municipality)?;
                sheet.write_string(at, 3, place.name.as_deref().unwrap_or_default())?;
                sheet.write_string(at, 4, &month.month)?;
                sheet.write_number(at, 5, month.records as f64)?;
                if let Some(before) = month.year_before {
                    sheet.write_number(at, 6, before as f64)?;
                }
                at += 1;
            }
        }
    }
    Ok(())
}

/// The heading of a column.
fn heading(name: &str, language: Language) -> &str {
    if language == Language::En {
        return name;
    }
    match name {
        "sender" => "afzender",
        "name" => "naam",
        "layout" => "indeling",
        "period" => "periode",
        "due" => "uiterlijk",
        "status" => "stand",
        "reason" => "reden",
        "received" => "binnen op",
        "received_by" => "volgens",
        "late" => "te laat",
        "verdict" => "oordeel",
        "double" => "dubbel",
        "files" => "bestanden",
        "rows" => "rijen",
        "accepted" => "goed",
        "persons" => "personen",
        "blocking" => "blokkerend",
        "errors" => "fouten",
        "warnings" => "waarschuwingen",
        "notes" => "opmerkingen",
        "municipalities" => "gemeenten",
        "months_expected" => "maanden",
        "months_with_records" => "maanden met rijen",
        "months_missing" => "lege maanden",
        "months_emptied" => "leeg, vorig jaar niet",
        other => other,
    }
}

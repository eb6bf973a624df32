//! The first sheet, as this format writes it.

use std::fmt::Write;

use ethos_model::finding::Severity;

use super::notes::inline;
use super::styles::colour;
use crate::workbook::front::{FrontCell, FrontSheet};
use crate::workbook::xml::escaped;

/// Hundredths of a centimetre that a character of a column's width takes.
const CHARACTER: u32 = 19;

/// The formats of the sheet.
pub(super) fn styles(front: &FrontSheet) -> String {
    let mut text = String::from(
        "<style:style style:name=\"ethos-front\" style:family=\"table\"><style:table-properties table:display=\"true\"/></style:style>",
    );
    for (at, (_, width)) in front.columns.iter().enumerate() {
        let width = width * CHARACTER;
        let _ = write!(
            text,
            "<style:style style:name=\"ethos-front-column{at}\" style:family=\"table-column\"><style:table-column-properties style:column-width=\"{}.{:02}cm\"/></style:style>",
            width / 100,
            width % 100,
        );
    }
    let wrapped = "fo:wrap-option=\"wrap\"";
    let mut style = |name: &str, cell: &str, letters: &str| {
        let _ = write!(
            text,
            "<style:style style:name=\"ethos-front-{name}\" style:family=\"table-cell\" style:parent-style-name=\"Default\"><style:table-cell-properties style:vertical-align=\"top\" {cell}/><style:text-properties {letters}/></style:style>",
        );
    };
    style("title", "", "fo:font-size=\"16pt\" fo:font-weight=\"bold\"");
    style("line", "", "");
    style("head", wrapped, "fo:font-weight=\"bold\"");
    style("text", wrapped, "");
    style(
        "link",
        wrapped,
        "fo:color=\"#0f5c6e\" style:text-underline-style=\"solid\"",
    );
    for severity in [
        Severity::Note,
        Severity::Warning,
        Severity::Error,
        Severity::Blocking,
    ] {
        let cell = format!("{wrapped} fo:background-color=\"{}\"", colour(severity));
        style(&format!("colour{}", severity as u8), &cell, "");
    }
    text
}

/// The sheet.
pub(super) fn sheet(front: &FrontSheet) -> String {
    let mut text = format!(
        "<table:table table:name=\"{}\" table:style-name=\"ethos-front\">",
        escaped(&front.name)
    );
    for at in 0..front.columns.len() {
        let _ = write!(
            text,
            "<table:table-column table:style-name=\"ethos-front-column{at}\"/>"
        );
    }
    let mut row = |cells: &[(&str, String, Option<u64>)]| {
        text.push_str("<table:table-row>");
        for (style, content, number) in cells {
            let kind = match number {
                Some(number) => format!("office:value-type=\"float\" office:value=\"{number}\""),
                None => "office:value-type=\"string\"".to_owned(),
            };
            let _ = write!(
                text,
                "<table:table-cell table:style-name=\"ethos-front-{style}\" {kind}><text:p>{content}</text:p></table:table-cell>"
            );
        }
        if cells.is_empty() {
            text.push_str("<table:table-cell/>");
        }
        text.push_str("</table:table-row>");
    };
    row(&[("title", inline(&front.title), None)]);
    for line in &front.lines {
        row(&[("line", inline(line), None)]);
    }
    row(&[]);
    let names = front.columns.iter();
    let names = names.map(|(name, _)| ("head", inline(name), None));
    row(&names.collect::<Vec<_>>());
    for entry in &front.rows {
        let colour = format!("colour{}", entry.severity as u8);
        let cells: Vec<(&str, String, Option<u64>)> = entry
            .cells
            .iter()
            .enumerate()
            .map(|(column, cell)| {
                let (content, number) = match cell {
                    FrontCell::Text(text) => (inline(text), None),
                    FrontCell::Number(number) => (number.to_string(), Some(*number)),
                };
                match &entry.target {
                    _ if column == 0 => (colour.as_str(), content, number),
                    Some((sheet, address)) if column == entry.link => {
                        let target = format!("#'{}'.{address}", sheet.replace('\'', "''"));
                        let link = format!(
                            "<text:a xlink:type=\"simple\" xlink:href=\"{}\">{content}</text:a>",
                            escaped(&target),
                        );
                        ("link", link, None)
                    }
                    _ => ("text", content, number),
                }
            })
            .collect();
        row(&cells);
    }
    text.push_str("</table:table>");
    text
}

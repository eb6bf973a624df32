//! The first sheet: what is wrong, where, and what to do about it, one cause a row.

use std::fmt::Write;

use ethos_model::finding::{Severity, column_letters};

use super::styles::{FrontFormat, Styles};
use super::xml::escaped;

/// The sheet that says what to do.
#[derive(Clone, Debug, Default)]
pub struct FrontSheet {
    /// Name of the sheet, at most 31 characters, such as `Wat moet ik doen`.
    pub name: String,
    /// Title above it.
    pub title: String,
    /// Lines beneath the title.
    pub lines: Vec<String>,
    /// Column headings, with the width of each in characters.
    pub columns: Vec<(String, u32)>,
    /// What to do, in this order.
    pub rows: Vec<FrontRow>,
    /// SHA-256 of the file that was checked, in hexadecimal: so the workbook is known as made of it. None where
    /// it is blank.
    pub made_of: String,
}

/// A row of the first sheet.
#[derive(Clone, Debug)]
pub struct FrontRow {
    /// Colours the first cell.
    pub severity: Severity,
    /// One per column.
    pub cells: Vec<FrontCell>,
    /// Where a click on the link goes: sheet and address. The link is the cell in column `link`.
    pub target: Option<(String, String)>,
    /// The column, from 0, that carries the link.
    pub link: usize,
}

/// What stands in a cell of the first sheet.
#[derive(Clone, PartialEq, Eq, Debug)]
pub enum FrontCell {
    /// A text.
    Text(String),
    /// A number, so that a spreadsheet can sort and add by it.
    Number(u64),
}

impl<T: Into<String>> From<T> for FrontCell {
    fn from(text: T) -> Self {
        Self::Text(text.into())
    }
}

impl FrontSheet {
    /// The sheet as a part.
    pub(super) fn part(&self, styles: &mut Styles) -> String {
        let mut rows = String::new();
        let mut links = String::new();
        let mut number = 1;
        let mut row = |number: u32, cells: &[(u32, FrontCell)]| {
            let _ = write!(rows, "<row r=\"{number}\">");
            for (column, (format, cell)) in cells.iter().enumerate() {
                let column = column_letters(column as u32 + 1);
                let _ = match cell {
                    FrontCell::Text(text) => write!(
                        rows,
                        "<c r=\"{column}{number}\" s=\"{format}\" t=\"inlineStr\"><is><t xml:space=\"preserve\">{}</t></is></c>",
                        escaped(text),
                    ),
                    FrontCell::Number(count) => write!(
                        rows,
                        "<c r=\"{column}{number}\" s=\"{format}\"><v>{count}</v></c>",
                    ),
                };
            }
            rows.push_str("</row>");
        };
        row(
            number,
            &[(styles.front(FrontFormat::Title), self.title.as_str().into())],
        );
        for line in &self.lines {
            number += 1;
            row(
                number,
                &[(styles.front(FrontFormat::Text), line.as_str().into())],
            );
        }
        number += 2;
        let heading = styles.front(FrontFormat::Header);
        let headings: Vec<(u32, FrontCell)> = self
            .columns
            .iter()
            .map(|(name, _)| (heading, name.as_str().into()))
            .collect();
        row(number, &headings);
        let frozen = number;
        for entry in &self.rows {
            number += 1;
            let text = styles.front(FrontFormat::Text);
            let link = styles.front(FrontFormat::Link);
            let colour = styles.marked(text, entry.severity);
            let cells: Vec<(u32, FrontCell)> = entry
                .cells
                .iter()
                .enumerate()
                .map(|(column, cell)| {
                    let format = match &entry.target {
                        _ if column == 0 => colour,
                        Some(_) if column == entry.link => link,
                        _ => text,
                    };
                    (format, cell.clone())
                })
                .collect();
            row(number, &cells);
            if let Some((sheet, address)) = &entry.target {
                let _ = write!(
                    links,
                    "<hyperlink ref=\"{}{number}\" location=\"{}\"/>",
                    column_letters(entry.link as u32 + 1),
                    escaped(&format!("'{}'!{address}", sheet.replace('\'', "''"))),
                );
            }
        }
        let mut widths = String::new();
        for (at, (_, width)) in self.columns.iter().enumerate() {
            let at = at + 1;
            let _ = write!(
                widths,
                "<col min=\"{at}\" max=\"{at}\" width=\"{width}\" customWidth=\"1\"/>"
            );
        }
        if !widths.is_empty() {
            widths = format!("<cols>{widths}</cols>");
        }
        if !links.is_empty() {
            links = format!("<hyperlinks>{links}</hyperlinks>");
        }
        let below = frozen + 1;
        format!(
            "<?xml version=\"1.0\" encoding=\"UTF-8\" standalone=\"yes\"?>\n<worksheet xmlns=\"http://schemas.openxmlformats.org/spreadsheetml/2006/main\"><sheetViews><sheetView tabSelected=\"1\" showGridLines=\"0\" workbookViewId=\"0\"><pane ySplit=\"{frozen}\" topLeftCell=\"A{below}\" activePane=\"bottomLeft\" state=\"frozen\"/></sheetView></sheetViews><sheetFormatPr defaultRowHeight=\"15\"/>{widths}<sheetData>{rows}</sheetData>{links}<pageSetup orientation=\"landscape\" fitToHeight=\"0\"/></worksheet>"
        )
    }
}

//! How the cells of the OpenDocument workbook look.

use std::collections::BTreeMap;
use std::fmt::Write as _;

use super::super::book::{Book, Style};
use super::super::xml::escape;

const INK: &str = "#1b2330";
const TEAL: &str = "#0f5c6e";
const RUST: &str = "#b3401b";
const MUTED: &str = "#5b6472";
/// Millimetres that a character takes.
const CHARACTER: f64 = 2.1;

/// Name of a cell's style.
pub(super) fn name(style: Style) -> &'static str {
    match style {
        Style::Title => "title",
        Style::Heading => "heading",
        Style::Warning => "warning",
        Style::Text => "text",
        Style::Muted => "muted",
        Style::Link => "link",
        Style::Header => "header",
        Style::HeaderNumber => "header_number",
        Style::Number => "number",
        Style::NumberTotal => "number_total",
        Style::Minimum => "minimum",
        Style::Incomplete => "incomplete",
        Style::Decimal => "decimal",
        Style::DecimalMinimum => "decimal_minimum",
        Style::Mark => "mark",
        Style::Label => "label",
        Style::LabelTotal => "label_total",
    }
}

/// The widths that occur, each a style.
pub(super) struct Styles {
    /// Tenths of a millimetre, and the style's number.
    widths: BTreeMap<u64, usize>,
}

fn tenths(width: f64) -> u64 {
    (width * CHARACTER * 10.0).round() as u64
}

impl Styles {
    pub(super) fn of(book: &Book) -> Self {
        let mut widths: BTreeMap<u64, usize> = book
            .sheets
            .iter()
            .flat_map(|sheet| &sheet.widths)
            .map(|width| (tenths(*width), 0))
            .collect();
        for (at, number) in widths.values_mut().enumerate() {
            *number = at;
        }
        Self { widths }
    }

    /// The style of a column this wide.
    pub(super) fn column(&self, width: f64) -> String {
        let number = self.widths.get(&tenths(width)).copied().unwrap_or(0);
        format!("co{number}")
    }

    pub(super) fn write(&self, book: &Book, text: &mut String) {
        text.push_str("<office:automatic-styles>");
        for (width, number) in &self.widths {
            let _ = write!(
                text,
                "<style:style style:name=\"co{number}\" style:family=\"table-column\"><style:table-column-properties style:column-width=\"{}.{}mm\"/></style:style>",
                width / 10,
                width % 10
            );
        }
        text.push_str("<style:style style:name=\"row\" style:family=\"table-row\"><style:table-row-properties style:use-optimal-row-height=\"true\"/></style:style>");
        for (name, master) in [("page", "Default"), ("wide", "Landscape")] {
            let _ = write!(
                text,
                "<style:style style:name=\"{name}\" style:family=\"table\" style:master-page-name=\"{master}\"><style:table-properties table:display=\"true\"/></style:style>"
            );
        }
        let number = "<number:number number:decimal-places=\"0\" number:min-integer-digits=\"1\" number:grouping=\"true\"/>";
        let _ = write!(
            text,
            "<number:number-style style:name=\"whole\">{number}</number:number-style><number:number-style style:name=\"at_least\">{number}<number:text> {}</number:text></number:number-style><number:number-style style:name=\"either_way\">{number}<number:text> {}</number:text></number:number-style>",
            escape(book.minimum),
            escape(book.incomplete)
        );
        let number = number.replacen("decimal-places=\"0\"", "decimal-places=\"1\"", 1);
        let _ = write!(
            text,
            "<number:number-style style:name=\"tenths\">{number}</number:number-style><number:number-style style:name=\"tenths_at_least\">{number}<number:text> {}</number:text></number:number-style>",
            escape(book.minimum)
        );
        for style in Style::ALL {
            cell(style, text);
        }
        text.push_str("</office:automatic-styles>\n");
    }
}

fn cell(style: Style, text: &mut String) {
    let data = match style {
        Style::Number | Style::NumberTotal => " style:data-style-name=\"whole\"",
        Style::Minimum => " style:data-style-name=\"at_least\"",
        Style::Incomplete => " style:data-style-name=\"either_way\"",
        Style::Decimal => " style:data-style-name=\"tenths\"",
        Style::DecimalMinimum => " style:data-style-name=\"tenths_at_least\"",
        _ => "",
    };
    let place = match style {
        Style::Warning | Style::Text => " fo:wrap-option=\"wrap\" style:vertical-align=\"top\"",
        Style::Header | Style::HeaderNumber => {
            " fo:wrap-option=\"wrap\" style:vertical-align=\"bottom\""
        }
        _ => "",
    };
    let line = if matches!(style, Style::Header | Style::HeaderNumber) {
        format!(" fo:border-bottom=\"1.5pt solid {TEAL}\"")
    } else {
        String::new()
    };
    let right = if matches!(style, Style::HeaderNumber | Style::Mark) {
        "<style:paragraph-properties fo:text-align=\"end\"/>"
    } else {
        ""
    };
    let bold = matches!(
        style,
        Style::Title
            | Style::Heading
            | Style::Warning
            | Style::Header
            | Style::HeaderNumber
            | Style::NumberTotal
            | Style::LabelTotal
    );
    let weight = if bold { " fo:font-weight=\"bold\"" } else { "" };
    let size = match style {
        Style::Title => 16,
        Style::Heading => 12,
        _ => 11,
    };
    let colour = match style {
        Style::Title | Style::Heading | Style::Link => TEAL,
        Style::Warning => RUST,
        Style::Muted | Style::Mark => MUTED,
        _ => INK,
    };
    let _ = write!(
        text,
        "<style:style style:name=\"{}\" style:family=\"table-cell\" style:parent-style-name=\"Default\"{data}><style:table-cell-properties{place}{line}/>{right}<style:text-properties fo:font-size=\"{size}pt\" fo:color=\"{colour}\"{weight}/></style:style>",
        name(style)
    );
}

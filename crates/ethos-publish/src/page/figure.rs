//! A chart in a page: the picture, its legend, and the figures behind it as a table that can be
//! kept as a file. The file stands in the page itself, so that a page sent alone has it.

use std::fmt::Write;

use ethos_model::category::Language;
use serde::Serialize;

use crate::tables::PrintCell;

/// A chart and what belongs to it.
#[derive(Clone, PartialEq, Debug, Serialize)]
pub(super) struct Figure {
    /// Unique in its page.
    id: String,
    title: Option<String>,
    /// What to see in it.
    lead: Vec<String>,
    svg: String,
    /// Name for a picture too wide for a small screen, which is then moved sideways.
    sideways: Option<String>,
    legend: Vec<Key>,
    /// What to know of it.
    notes: Vec<String>,
    data: Data,
}

/// An entry of a legend: a class of the style sheet and its meaning.
#[derive(Clone, PartialEq, Debug, Serialize)]
pub(super) struct Key {
    class: &'static str,
    letter: &'static str,
    text: String,
}

/// The figures behind a chart.
#[derive(Clone, PartialEq, Debug, Serialize)]
pub(super) struct Data {
    caption: String,
    head: Vec<Head>,
    rows: Vec<Vec<String>>,
    file: String,
    href: String,
}

#[derive(Clone, PartialEq, Debug, Serialize)]
struct Head {
    text: String,
    numeric: bool,
}

impl Figure {
    /// A picture and its figures.
    pub(super) fn new(id: impl Into<String>, svg: String, data: Data) -> Self {
        Self {
            id: id.into(),
            title: None,
            lead: Vec::new(),
            svg,
            sideways: None,
            legend: Vec::new(),
            notes: Vec::new(),
            data,
        }
    }

    pub(super) fn titled(mut self, title: impl Into<String>) -> Self {
        self.title = Some(title.into());
        self
    }

    pub(super) fn lead(mut self, text: impl Into<String>) -> Self {
        self.lead.push(text.into());
        self
    }

    pub(super) fn note(mut self, text: impl Into<String>) -> Self {
        self.notes.push(text.into());
        self
    }

    /// For a picture too wide for a small screen.
    pub(super) fn sideways(mut self, name: impl Into<String>) -> Self {
        self.sideways = Some(name.into());
        self
    }

    pub(super) fn key(self, class: &'static str, text: impl Into<String>) -> Self {
        self.lettered(class, "", text)
    }

    /// An entry of the legend with the letter that stands in the picture.
    pub(super) fn lettered(
        mut self,
        class: &'static str,
        letter: &'static str,
        text: impl Into<String>,
    ) -> Self {
        self.legend.push(Key {
            class,
            letter,
            text: text.into(),
        });
        self
    }
}

impl Data {
    /// Figures of a chart: columns with whether they hold numbers, and rows. `name` is the file's
    /// without its ending.
    pub(super) fn new(
        name: &str,
        caption: impl Into<String>,
        columns: &[(&str, bool)],
        rows: &[Vec<PrintCell>],
        language: Language,
    ) -> Self {
        Self {
            caption: caption.into(),
            head: columns
                .iter()
                .map(|(text, numeric)| Head {
                    text: (*text).to_owned(),
                    numeric: *numeric,
                })
                .collect(),
            rows: rows
                .iter()
                .map(|row| row.iter().map(|cell| cell.text(language)).collect())
                .collect(),
            file: format!("{name}.csv"),
            href: href(columns, rows, language),
        }
    }
}

/// The rows as CSV in an address of its own.
fn href(columns: &[(&str, bool)], rows: &[Vec<PrintCell>], language: Language) -> String {
    // The mark at the front lets spreadsheet programs read it as UTF-8.
    let mut csv = String::from('\u{feff}');
    let header: Vec<String> = columns.iter().map(|(name, _)| quoted(name)).collect();
    csv.push_str(&header.join(","));
    csv.push('\n');
    for row in rows {
        let fields: Vec<String> = row
            .iter()
            .map(|cell| quoted(&cell.plain(language)))
            .collect();
        csv.push_str(&fields.join(","));
        csv.push('\n');
    }
    let mut href = String::from("data:text/csv;charset=utf-8,");
    for byte in csv.bytes() {
        if byte.is_ascii_alphanumeric() || matches!(byte, b'-' | b'_' | b'.' | b',') {
            href.push(char::from(byte));
        } else {
            let _ = write!(href, "%{byte:02X}");
        }
    }
    href
}

/// A field of CSV. Text that a spreadsheet program would take for a formula is set behind an
/// apostrophe.
fn quoted(field: &str) -> String {
    let text = field;
    let mut field = String::with_capacity(text.len() + 1);
    ethos_table::stop_formula(text, &mut field);
    if field.contains([',', '"', '\n', '\r']) {
        format!("\"{}\"", field.replace('"', "\"\""))
    } else {
        field
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::words::label::Mark;

    #[test]
    fn the_file_is_in_the_page_and_cannot_leave_its_address() {
        let rows = [
            vec![
                PrintCell::Text("=1+1, \"x\"".into()),
                PrintCell::number(1_200),
            ],
            vec![
                PrintCell::Text("Súdwest".into()),
                PrintCell::Mark(Mark::Suppressed),
            ],
        ];
        let data = Data::new(
            "c",
            "C",
            &[("Naam", false), ("n", true)],
            &rows,
            Language::Nl,
        );
        assert_eq!(
            data.href,
            "data:text/csv;charset=utf-8,%EF%BB%BFNaam,n%0A%22%27%3D1%2B1,%20%22%22x%22%22%22,1200%0AS%C3%BAdwest,%5Bc%5D%0A"
        );
        assert_eq!(data.rows[0][1], "1.200");
    }
}

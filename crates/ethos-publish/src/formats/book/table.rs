//! The sheet of a table.

use ethos_model::category::Language;

use super::front::{notes_name, sheet_name};
use super::{Cell, Content, Marked, Sheet, Style};
use crate::release::SafeRelease;
use crate::tables::{ColumnKind, PrintCell, PrintRow, PrintTable, RowKind};
use crate::words::label::Mark;

pub(super) fn sheet(table: &PrintTable, release: &SafeRelease<'_>) -> Sheet {
    let language = release.context().language();
    let mut rows = vec![vec![Cell::text(table.title.as_str(), Style::Title)]];
    rows.extend(
        table
            .about
            .iter()
            .map(|line| vec![Cell::text(line.as_str(), Style::Muted)]),
    );
    let notes = notes_name(language);
    rows.push(vec![Cell::text(
        match language {
            Language::Nl => {
                format!("Op dit blad staat één tabel. Het blad {notes} legt de tekens uit.")
            }
            Language::En => {
                format!(
                    "This worksheet contains one table. The worksheet {notes} explains the marks."
                )
            }
        },
        Style::Muted,
    )]);
    let header = rows.len();
    let marked = table
        .rows
        .iter()
        .any(|row| !marked(table, row, language).is_empty());
    let mut headers: Vec<Cell> = table
        .columns
        .iter()
        .map(|column| {
            let style = if column.kind == ColumnKind::Text {
                Style::Header
            } else {
                Style::HeaderNumber
            };
            Cell::text(column.header.as_str(), style)
        })
        .collect();
    let mut widths: Vec<f64> = (0..table.columns.len())
        .map(|at| width(table, at, language))
        .collect();
    if marked {
        headers.push(Cell::text(
            language.pick("Teken in kolom", "Mark in column"),
            Style::Header,
        ));
        widths.push(48.0);
    }
    let columns = headers.len();
    rows.push(headers);
    rows.extend(table.rows.iter().map(|row| {
        let total = row.kind == RowKind::Total;
        let mut cells: Vec<Cell> = row
            .cells
            .iter()
            .map(|cell| of(cell, total, language))
            .collect();
        if marked {
            cells.push(Cell::text(self::marked(table, row, language), Style::Label));
        }
        cells
    }));
    Sheet {
        name: sheet_name(table.family, language),
        widths,
        rows,
        table: Some(Marked {
            name: table.family.key().into(),
            header,
            columns,
            // More than four would leave a small screen no room for what scrolls.
            frozen: match table.text_columns() {
                columns @ 0..=4 => columns,
                _ => 3,
            },
            filter: true,
        }),
        landscape: true,
    }
}

/// Which numbers of a row have a mark beside them, by the headers of their columns.
fn marked(table: &PrintTable, row: &PrintRow, language: Language) -> String {
    let with = |mark: Mark| {
        let headers: Vec<&str> = table
            .columns
            .iter()
            .zip(&row.cells)
            .filter(|(_, cell)| cell.mark() == Some(mark))
            .map(|(column, _)| column.header.as_str())
            .collect();
        let sign = mark.shorthand(language);
        (!headers.is_empty()).then(|| format!("{sign} {}", headers.join("; ")))
    };
    let found: Vec<String> = [Mark::Partial, Mark::Incomplete]
        .into_iter()
        .filter_map(with)
        .collect();
    found.join("; ")
}

fn of(cell: &PrintCell, total: bool, language: Language) -> Cell {
    match cell {
        PrintCell::Text(text) => Cell::text(
            text.as_str(),
            if total {
                Style::LabelTotal
            } else {
                Style::Label
            },
        ),
        PrintCell::Number { value, partial } => Cell {
            content: Content::Number(*value),
            style: match (partial, total) {
                (true, _) => Style::Minimum,
                (false, true) => Style::NumberTotal,
                (false, false) => Style::Number,
            },
        },
        PrintCell::Incomplete(value) => Cell {
            content: Content::Number(*value),
            style: Style::Incomplete,
        },
        PrintCell::Decimal { tenths, partial } => Cell {
            content: Content::Decimal(*tenths),
            style: if *partial {
                Style::DecimalMinimum
            } else {
                Style::Decimal
            },
        },
        PrintCell::Change(value) => Cell {
            content: Content::Signed(*value),
            style: Style::Number,
        },
        PrintCell::Mark(mark) => Cell::text(mark.shorthand(language), Style::Mark),
        PrintCell::Blank => Cell::empty(),
    }
}

/// Width of a column in characters: its longest cell, and of its header the longest word, which is
/// bold and has the arrow of the filter beside it.
fn width(table: &PrintTable, at: usize, language: Language) -> f64 {
    let column = &table.columns[at];
    let word = column
        .header
        .split_whitespace()
        .map(|word| word.chars().count() * 6 / 5 + 3)
        .max();
    let cells = table.rows.iter().map(|row| match &row.cells[at] {
        PrintCell::Text(text) => text.chars().count(),
        PrintCell::Number { value, .. } | PrintCell::Decimal { tenths: value, .. } => {
            value.to_string().len() + 5
        }
        PrintCell::Incomplete(value) => value.to_string().len() + 5,
        PrintCell::Change(value) => value.to_string().len() + 5,
        PrintCell::Mark(mark) => mark.shorthand(language).len(),
        PrintCell::Blank => 0,
    });
    let longest = cells.max().unwrap_or(0).max(word.unwrap_or(0));
    (longest as f64 + 2.0).clamp(9.0, 48.0)
}

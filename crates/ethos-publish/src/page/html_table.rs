//! A printable table as a template wants it: groups as rows of their own, an estimate and its
//! limits in one cell, marks explained beneath.

use ethos_model::category::Language;
use serde::Serialize;

use crate::tables::{ColumnKind, PrintCell, PrintRow, PrintTable, RowKind};
use crate::words::label::Mark;
use crate::words::number;

/// A table in a page.
#[derive(Serialize)]
pub(super) struct HtmlTable {
    id: String,
    caption: String,
    about: Vec<String>,
    head: Vec<Head>,
    rows: Vec<Row>,
    marks: Vec<MarkNote>,
}

#[derive(Serialize)]
struct Head {
    text: String,
    numeric: bool,
}

#[derive(Serialize)]
struct Row {
    /// A heading over the rows that follow, in place of cells.
    group: Option<String>,
    total: bool,
    cells: Vec<Cell>,
}

#[derive(Serialize)]
struct Cell {
    text: String,
    /// Limits of an estimate.
    limits: Option<String>,
    /// The mark in the cell or behind its number.
    mark: Option<MarkNote>,
    numeric: bool,
    /// Whether the cell names its row.
    heads: bool,
}

/// A mark and its meaning.
#[derive(Serialize)]
pub(super) struct MarkNote {
    sign: &'static str,
    meaning: &'static str,
}

/// Notes on these marks; that there is no upper limit is said in words already.
pub(super) fn marks(used: &[Mark], language: Language) -> Vec<MarkNote> {
    used.iter()
        .filter(|mark| **mark != Mark::NoUpperLimit)
        .map(|mark| MarkNote {
            sign: mark.shorthand(language),
            meaning: mark.meaning(language),
        })
        .collect()
}

impl HtmlTable {
    /// A table without its time column (see [`PrintTable::at`]). With `grouped`, all text
    /// columns but the last become group rows.
    pub(super) fn of(
        table: &PrintTable,
        id: &str,
        caption: &str,
        grouped: bool,
        language: Language,
    ) -> Self {
        let text = table.text_columns();
        let first = if grouped { text.saturating_sub(1) } else { 0 };
        let head = table.columns[first..]
            .iter()
            .filter(|column| !matches!(column.kind, ColumnKind::Lower | ColumnKind::Upper))
            .map(|column| Head {
                text: column.header.clone(),
                numeric: column.kind != ColumnKind::Text,
            })
            .collect();
        let mut rows = Vec::new();
        let mut group = String::new();
        for row in &table.rows {
            let name = group_name(row, first, language);
            if name != group {
                group.clone_from(&name);
                // A total that stands by itself needs no heading over it.
                let alone = row
                    .cells
                    .get(first)
                    .is_some_and(|cell| cell.text(language) == name);
                if !name.is_empty() && !alone {
                    rows.push(Row {
                        group: Some(name),
                        total: false,
                        cells: Vec::new(),
                    });
                }
            }
            rows.push(Row {
                group: None,
                total: row.kind == RowKind::Total,
                cells: cells(table, row, first, language),
            });
        }
        Self {
            id: id.into(),
            caption: caption.into(),
            about: table.about.clone(),
            head,
            rows,
            marks: marks(&table.marks(), language),
        }
    }
}

/// The group a row stands in: its leading texts, each said once.
fn group_name(row: &PrintRow, first: usize, language: Language) -> String {
    let mut parts: Vec<String> = Vec::new();
    let total = language.pick("Totaal", "Total");
    for cell in &row.cells[..first] {
        let text = cell.text(language);
        if !parts.contains(&text) && (text != total || parts.is_empty()) {
            parts.push(text);
        }
    }
    parts.join(" · ")
}

fn cells(table: &PrintTable, row: &PrintRow, first: usize, language: Language) -> Vec<Cell> {
    let mut cells: Vec<Cell> = Vec::new();
    for (at, (cell, column)) in row.cells.iter().zip(&table.columns).enumerate().skip(first) {
        match column.kind {
            ColumnKind::Lower => {
                let upper = row.cells.get(at + 1);
                if let (Some(point), Some(limits)) =
                    (cells.last_mut(), limits(cell, upper, language))
                {
                    point.limits = Some(limits);
                }
            }
            ColumnKind::Upper => {}
            kind => cells.push(Cell {
                text: match cell {
                    PrintCell::Number { value, .. } | PrintCell::Incomplete(value) => {
                        number::whole(*value, language)
                    }
                    PrintCell::Decimal { tenths, .. } => {
                        number::decimal(*tenths as f64 / 10.0, 1, language)
                    }
                    PrintCell::Mark(_) => String::new(),
                    other => other.text(language),
                },
                limits: None,
                mark: cell.mark().and_then(|mark| marks(&[mark], language).pop()),
                numeric: kind != ColumnKind::Text,
                heads: at == first,
            }),
        }
    }
    cells
}

/// `27.800–34.900`, `≥ 27.800, geen bovengrens`; nothing where the limits are marks as well.
fn limits(lower: &PrintCell, upper: Option<&PrintCell>, language: Language) -> Option<String> {
    let (PrintCell::Number { .. } | PrintCell::Decimal { .. } | PrintCell::Change(_)) = lower
    else {
        return None;
    };
    let signed = matches!(lower, PrintCell::Change(_));
    let lower = lower.text(language);
    Some(match upper {
        Some(upper @ PrintCell::Change(_)) if signed => {
            let to = language.pick("tot", "to");
            format!("{lower} {to} {}", upper.text(language))
        }
        Some(upper @ PrintCell::Mark(_)) => format!("≥ {lower}, {}", upper.text(language)),
        Some(upper) => format!("{lower}–{}", upper.text(language)),
        None => lower,
    })
}

//! A printable table as aligned text, for a terminal or a log.

use ethos_model::category::Language;

use super::{ColumnKind, PrintTable};

/// The table as lines of text: title, header, a rule, rows. Text is set left and numbers right.
pub fn render(table: &PrintTable, language: Language) -> String {
    let mut lines: Vec<Vec<String>> = Vec::with_capacity(table.rows.len() + 1);
    lines.push(
        table
            .columns
            .iter()
            .map(|column| column.header.clone())
            .collect(),
    );
    for row in &table.rows {
        lines.push(row.cells.iter().map(|cell| cell.text(language)).collect());
    }
    let widths: Vec<usize> = (0..table.columns.len())
        .map(|at| {
            lines
                .iter()
                .map(|line| line[at].chars().count())
                .max()
                .unwrap_or(0)
        })
        .collect();
    let mut out = format!("{}\n", table.title);
    for (at, line) in lines.iter().enumerate() {
        let mut text = String::new();
        for ((cell, width), column) in line.iter().zip(&widths).zip(&table.columns) {
            let gap = " ".repeat(width - cell.chars().count());
            if !text.is_empty() {
                text.push_str("  ");
            }
            if column.kind == ColumnKind::Text {
                text.push_str(cell);
                text.push_str(&gap);
            } else {
                text.push_str(&gap);
                text.push_str(cell);
            }
        }
        out.push_str(text.trim_end());
        out.push('\n');
        if at == 0 {
            let wide: usize = widths.iter().sum::<usize>() + 2 * widths.len().saturating_sub(1);
            out.push_str(&"─".repeat(wide));
            out.push('\n');
        }
    }
    out
}

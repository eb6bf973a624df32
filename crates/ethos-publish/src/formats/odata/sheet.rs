//! One resource of the folder, as JSON and as CSV.

use std::path::{Path, PathBuf};

use serde_json::Value;

use super::super::{csv, put};
use crate::error::PublishError;

/// Rows of named values.
pub(super) struct Sheet {
    name: String,
    columns: Vec<String>,
    rows: Vec<Vec<Value>>,
}

impl Sheet {
    pub(super) fn new(name: &str, columns: &[&str]) -> Self {
        Self {
            name: name.to_owned(),
            columns: columns.iter().map(|column| (*column).to_owned()).collect(),
            rows: Vec::new(),
        }
    }

    pub(super) fn push(&mut self, row: Vec<Value>) {
        debug_assert_eq!(row.len(), self.columns.len());
        self.rows.push(row);
    }

    pub(super) fn rows(&self) -> usize {
        self.rows.len()
    }

    /// Writes `<folder>/<name>.json` and `<folder>/<name>.csv`.
    pub(super) fn write(self, dir: &Path, folder: &str) -> Result<[PathBuf; 2], PublishError> {
        let name = format!("{folder}/{}", self.name);
        Ok([
            put(dir, &format!("{name}.json"), self.json().as_bytes())?,
            put(dir, &format!("{name}.csv"), self.csv().as_bytes())?,
        ])
    }

    /// The answer of the service, a row a line.
    fn json(&self) -> String {
        let mut text = format!(
            "{{\"@odata.context\":\"$metadata#{}\",\"value\":[",
            self.name
        );
        for (at, row) in self.rows.iter().enumerate() {
            text.push_str(if at == 0 { "\n{" } else { ",\n{" });
            for (at, (column, value)) in self.columns.iter().zip(row).enumerate() {
                if at > 0 {
                    text.push(',');
                }
                text.push_str(&Value::from(column.as_str()).to_string());
                text.push(':');
                text.push_str(&value.to_string());
            }
            text.push('}');
        }
        text.push_str("\n]}\n");
        text
    }

    /// Semicolons between the cells, as StatLine's own downloads have.
    fn csv(&self) -> String {
        let mut text = String::new();
        csv::record(&mut text, ';', self.columns.iter().cloned());
        for row in &self.rows {
            let cells = row.iter().map(|value| match value {
                Value::Null => String::new(),
                Value::String(text) => text.clone(),
                other => other.to_string(),
            });
            csv::record(&mut text, ';', cells);
        }
        text
    }
}

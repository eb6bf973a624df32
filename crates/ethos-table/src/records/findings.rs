//! Findings: `ethos-findings/1`. Written only: they are made by reading the senders' files.

use std::path::Path;

use ethos_model::finding::{Finding, Suggestion};
use ethos_model::schema;

use super::build::{texts, write_all};
use crate::error::TableError;
use crate::table::{ColumnData, Table};

/// The findings as a table, in their order.
///
/// # Errors
/// None that findings can cause; the shape of the table is checked all the same.
pub fn to_table(findings: &[Finding]) -> Result<Table, TableError> {
    let rows = findings
        .iter()
        .map(|finding| finding.row.and_then(|row| i64::try_from(row).ok()))
        .collect();
    Table::from_columns(
        schema::findings(),
        vec![
            texts(findings, |finding| Some(&finding.file)),
            texts(findings, |finding| finding.sheet.as_ref()),
            ColumnData::Integer(rows),
            texts(findings, |finding| finding.column.as_ref()),
            texts(findings, Finding::address),
            texts(findings, |finding| Some(finding.severity.key())),
            texts(findings, |finding| Some(&finding.code)),
            texts(findings, |finding| Some(&finding.value)),
            texts(findings, |finding| Some(&finding.message.nl)),
            texts(findings, |finding| Some(&finding.message.en)),
            texts(findings, |finding| Some(&finding.fix.nl)),
            texts(findings, |finding| Some(&finding.fix.en)),
            texts(findings, |finding| {
                finding.suggestion.as_ref().map(Suggestion::shown)
            }),
            texts(findings, |finding| Some(finding.fingerprint)),
        ],
    )
}

/// Writes the findings to a file.
///
/// # Errors
/// As [`TableWriter`](crate::TableWriter).
pub fn write(path: &Path, findings: &[Finding]) -> Result<(), TableError> {
    write_all(path, &schema::findings(), findings, to_table)
}

//! `ethos-findings/1`: one row per finding, for a spreadsheet or a data frame.

use std::io::{self, Write};

use ethos_ingest::CheckReport;
use ethos_model::finding::Suggestion;

use crate::safe::text;

pub(super) fn write(report: &CheckReport, to: &mut dyn Write) -> io::Result<()> {
    let mut writer = csv::Writer::from_writer(to);
    let header = ethos_model::schema::findings().columns;
    writer.write_record(header.iter().map(|column| &column.name))?;
    for finding in report.findings() {
        let suggestion = finding
            .suggestion
            .as_ref()
            .map(Suggestion::shown)
            .unwrap_or_default();
        // What comes from the sender is text to whoever opens the file, never a formula.
        writer.write_record([
            &*text(&finding.file),
            &*text(finding.sheet.as_deref().unwrap_or_default()),
            &finding.row.map_or_else(String::new, |row| row.to_string()),
            &*text(finding.column.as_deref().unwrap_or_default()),
            &finding.address().unwrap_or_default(),
            finding.severity.key(),
            finding.code.as_str(),
            &*text(finding.value.as_str()),
            &*text(&finding.message.nl),
            &*text(&finding.message.en),
            &*text(&finding.fix.nl),
            &*text(&finding.fix.en),
            &*text(suggestion.as_str()),
            &finding.fingerprint.to_string(),
        ])?;
    }
    writer.flush()
}

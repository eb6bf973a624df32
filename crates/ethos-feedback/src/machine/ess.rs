//! The validation report of the European Statistical System: one validation per finding, and for each rule
//! and file that was checked how often it failed.

use std::io::{self, Write};

use ethos_ingest::{CheckReport, RuleBook};
use ethos_model::category::Language;
use ethos_model::finding::{Finding, Severity};
use serde_json::{Value, json};

pub(super) fn write(report: &CheckReport, book: &RuleBook, to: &mut dyn Write) -> io::Result<()> {
    // The form wants a time; a report that is the same for the same file has none.
    let event =
        json!({ "time": "NA", "actor": format!("ethos-light {}", env!("CARGO_PKG_VERSION")) });
    let mut list: Vec<Value> = Vec::new();
    for file in &report.files {
        for finding in &file.findings {
            list.push(json!({
                "id": format!("{}-{}", finding.code, finding.fingerprint),
                "type": "validation",
                "event": event,
                "rule": {
                    "language": "ethos-light rules",
                    "expression": finding.code,
                    "severity": severity(finding.severity),
                    "description": finding.message.en,
                    "explanation": finding.fix.en,
                },
                "data": data(finding, &file.sha256),
                "value": "0",
            }));
        }
        for rule in book.rules() {
            let failed = file.counts.get(&rule.code).copied().unwrap_or(0);
            list.push(json!({
                "id": format!("{}-{}", rule.code, &file.sha256[..16.min(file.sha256.len())]),
                "type": "aggregation",
                "event": event,
                "aggregate": {
                    "language": "ethos-light rules",
                    "expression": format!("count(not {})", rule.code),
                    "description": rule.title(Language::En),
                },
                "data": { "source": [file.sha256], "target": [file.file] },
                "value": failed.to_string(),
            }));
        }
    }
    super::pretty(&list, to)
}

fn data(finding: &Finding, sha256: &str) -> Value {
    let place = finding
        .address()
        .or_else(|| finding.row.map(|row| row.to_string()))
        .unwrap_or_default();
    let mut target = vec![finding.file.clone()];
    target.extend(finding.sheet.clone());
    target.extend((!place.is_empty()).then_some(place));
    target.extend(finding.column.clone());
    json!({ "source": [sha256], "target": target, "description": finding.value })
}

fn severity(severity: Severity) -> &'static str {
    match severity {
        Severity::Note => "information",
        Severity::Warning => "warning",
        Severity::Error | Severity::Blocking => "error",
    }
}

//! SARIF 2.1.0: results with rule, place and fingerprint, for editors and build servers.

use std::collections::BTreeMap;
use std::fmt::Write as _;
use std::io::{self, Write};

use ethos_ingest::{CheckReport, RuleBook};
use ethos_model::category::Language;
use ethos_model::finding::{Finding, RuleCode, Severity};
use serde_json::{Value, json};

pub(super) fn write(report: &CheckReport, book: &RuleBook, to: &mut dyn Write) -> io::Result<()> {
    let used: Vec<RuleCode> = {
        let mut codes: Vec<RuleCode> = report.findings().map(|finding| finding.code).collect();
        codes.sort_unstable();
        codes.dedup();
        codes
    };
    let index: BTreeMap<RuleCode, usize> = used.iter().copied().zip(0..).collect();
    let rules: Vec<Value> = used
        .iter()
        .map(|code| {
            let Some(rule) = book.find(code.as_str()) else {
                return json!({ "id": code });
            };
            json!({
                "id": code,
                "shortDescription": { "text": rule.title(Language::En) },
                "fullDescription": { "text": rule.message(Language::En).replace("{}", "…") },
                "help": { "text": rule.fix(Language::En).replace("{}", "…") },
                "defaultConfiguration": { "level": level(rule.severity) },
                "properties": { "severity": rule.severity, "title.nl": rule.title(Language::Nl) },
            })
        })
        .collect();
    let artifacts: Vec<Value> = report
        .files
        .iter()
        .map(|file| {
            json!({
                "location": { "uri": uri(&file.file) },
                "hashes": { "sha-256": file.sha256 },
            })
        })
        .collect();
    let results: Vec<Value> = report
        .findings()
        .map(|finding| result(finding, index[&finding.code]))
        .collect();
    let whole = json!({
        "$schema": "https://json.schemastore.org/sarif-2.1.0.json",
        "version": "2.1.0",
        "runs": [{
            "tool": { "driver": {
                "name": "ethos-light",
                "semanticVersion": env!("CARGO_PKG_VERSION"),
                "language": "en",
                "rules": rules,
            }},
            "artifacts": artifacts,
            "columnKind": "unicodeCodePoints",
            "results": results,
        }],
    });
    super::pretty(&whole, to)
}

fn result(finding: &Finding, rule: usize) -> Value {
    let mut physical = json!({ "artifactLocation": { "uri": uri(&finding.file) } });
    // A row of a workbook is no line of its bytes, so only a text file's row is a region.
    if let (Some(row), None) = (finding.row, &finding.sheet) {
        physical["region"] = json!({ "startLine": row });
    }
    let mut location = json!({ "physicalLocation": physical });
    if let Some(address) = finding.address() {
        let name = match &finding.sheet {
            Some(sheet) => format!("{sheet}!{address}"),
            None => address,
        };
        location["logicalLocations"] =
            json!([{ "fullyQualifiedName": name, "kind": "member", "name": finding.column }]);
    }
    json!({
        "ruleId": finding.code,
        "ruleIndex": rule,
        "level": level(finding.severity),
        "message": { "text": format!("{} {}", finding.message.en, finding.fix.en).trim() },
        "locations": [location],
        "partialFingerprints": { "ethosFinding/v1": finding.fingerprint },
        "properties": {
            "severity": finding.severity,
            "value": finding.value,
            "message.nl": finding.message.nl,
            "fix.nl": finding.fix.nl,
        },
    })
}

fn level(severity: Severity) -> &'static str {
    match severity {
        Severity::Note => "note",
        Severity::Warning => "warning",
        Severity::Error | Severity::Blocking => "error",
    }
}

/// A path as a relative reference (RFC 3986): what may not stand in one is written in percents.
fn uri(path: &str) -> String {
    let mut text = String::new();
    for byte in path.replace('\\', "/").bytes() {
        if byte.is_ascii_alphanumeric() || b"/-._~!$&'()*+,;=@".contains(&byte) {
            text.push(char::from(byte));
        } else {
            let _ = write!(text, "%{byte:02X}");
        }
    }
    text
}

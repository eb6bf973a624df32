//! SARIF 2.1.0: results with rule, place and fingerprint, for editors and build servers.

use std::collections::BTreeMap;
use std::fmt::Write as _;
use std::io::{self, Write};

use ethos_ingest::{CheckReport, FileReport, RuleBook};
use ethos_model::category::Language;
use ethos_model::finding::{Finding, Fingerprint, MaskedValue, RuleCode, Severity};
use serde::Serialize;
use serde_json::{Value, json};

use super::Stream;

#[derive(Serialize)]
struct Log<R> {
    #[serde(rename = "$schema")]
    schema: &'static str,
    version: &'static str,
    runs: [Run<R>; 1],
}

/// The results are written as they are made: a file may have a million of them.
#[derive(Serialize)]
#[serde(rename_all = "camelCase")]
struct Run<R> {
    tool: Value,
    artifacts: Vec<Value>,
    column_kind: &'static str,
    results: R,
}

#[derive(Serialize)]
#[serde(rename_all = "camelCase")]
struct Outcome<'a> {
    rule_id: RuleCode,
    rule_index: usize,
    level: &'static str,
    message: Message,
    locations: [Location<'a>; 1],
    partial_fingerprints: Prints,
    properties: Properties<'a>,
}

#[derive(Serialize)]
struct Message {
    text: String,
}

#[derive(Serialize)]
#[serde(rename_all = "camelCase")]
struct Location<'a> {
    physical_location: Physical,
    #[serde(skip_serializing_if = "Option::is_none")]
    logical_locations: Option<[Cell<'a>; 1]>,
}

#[derive(Serialize)]
#[serde(rename_all = "camelCase")]
struct Physical {
    artifact_location: Artifact,
    #[serde(skip_serializing_if = "Option::is_none")]
    region: Option<Region>,
}

#[derive(Serialize)]
struct Artifact {
    uri: String,
}

#[derive(Serialize)]
#[serde(rename_all = "camelCase")]
struct Region {
    start_line: u64,
}

#[derive(Serialize)]
#[serde(rename_all = "camelCase")]
struct Cell<'a> {
    fully_qualified_name: String,
    kind: &'static str,
    name: Option<&'a str>,
}

#[derive(Serialize)]
struct Prints {
    #[serde(rename = "ethosFinding/v1")]
    finding: Fingerprint,
}

#[derive(Serialize)]
struct Properties<'a> {
    severity: Severity,
    value: &'a MaskedValue,
    #[serde(rename = "message.nl")]
    message: &'a str,
    #[serde(rename = "fix.nl")]
    fix: &'a str,
}

pub(super) fn write(report: &CheckReport, book: &RuleBook, to: &mut dyn Write) -> io::Result<()> {
    let mut used: Vec<RuleCode> = report
        .files
        .iter()
        .flat_map(|file| file.findings.iter().map(|finding| finding.code))
        .collect();
    used.sort_unstable();
    used.dedup();
    let index: BTreeMap<RuleCode, usize> = used.iter().copied().zip(0..).collect();
    let rules: Vec<Value> = used.iter().map(|code| rule(*code, book)).collect();
    let artifacts = report.files.iter().map(|file| {
        json!({
            "location": { "uri": uri(&file.file) },
            "hashes": { "sha-256": file.sha256 },
        })
    });
    let results = || {
        report.files.iter().flat_map(|file| {
            let findings = file.findings.iter();
            findings.map(|finding| outcome(finding, index[&finding.code], file))
        })
    };
    let whole = Log {
        schema: "https://json.schemastore.org/sarif-2.1.0.json",
        version: "2.1.0",
        runs: [Run {
            tool: json!({ "driver": {
                "name": "ethos-light",
                "semanticVersion": env!("CARGO_PKG_VERSION"),
                "language": "en",
                "rules": rules,
            }}),
            artifacts: artifacts.collect(),
            column_kind: "unicodeCodePoints",
            results: Stream(results),
        }],
    };
    super::pretty(&whole, to)
}

fn rule(code: RuleCode, book: &RuleBook) -> Value {
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
}

fn outcome<'a>(finding: &'a Finding, rule: usize, file: &FileReport) -> Outcome<'a> {
    // A row of a workbook is no line of its bytes, so only a text file's row is a region.
    let line = finding.row.filter(|_| finding.sheet.is_none());
    let cell = finding.address().map(|address| {
        [Cell {
            fully_qualified_name: match &finding.sheet {
                Some(sheet) => format!("{sheet}!{address}"),
                None => address,
            },
            kind: "member",
            name: finding.column.as_deref(),
        }]
    });
    let text = format!("{} {}", finding.message.en, finding.fix.en);
    Outcome {
        rule_id: finding.code,
        rule_index: rule,
        level: level(finding.severity),
        message: Message {
            text: text.trim().to_owned(),
        },
        locations: [Location {
            physical_location: Physical {
                artifact_location: Artifact {
                    uri: uri(&finding.file),
                },
                region: line.map(|row| Region {
                    start_line: file.line_of(row),
                }),
            },
            logical_locations: cell,
        }],
        partial_fingerprints: Prints {
            finding: finding.fingerprint,
        },
        properties: Properties {
            severity: finding.severity,
            value: &finding.value,
            message: &finding.message.nl,
            fix: &finding.fix.nl,
        },
    }
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

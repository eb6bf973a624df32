//! The validation report of the European Statistical System: one validation per finding, and for each rule
//! and file that was checked how often it failed.

use std::borrow::Cow;
use std::io::{self, Write};

use ethos_ingest::{CheckReport, FileReport, RuleBook};
use ethos_model::category::Language;
use ethos_model::finding::{Finding, MaskedValue, RuleCode, Severity};
use serde::Serialize;

use super::Stream;

/// An element of the report; its list is the report.
#[derive(Serialize)]
#[serde(untagged)]
enum Element<'a> {
    Validation {
        id: String,
        #[serde(rename = "type")]
        kind: &'static str,
        event: Event,
        rule: Broken<'a>,
        data: Place<'a>,
        value: &'static str,
    },
    Aggregation {
        id: String,
        #[serde(rename = "type")]
        kind: &'static str,
        event: Event,
        aggregate: Aggregate<'a>,
        data: Whole<'a>,
        value: String,
    },
}

#[derive(Serialize)]
struct Event {
    time: &'static str,
    actor: &'static str,
}

/// The form wants a time; a report that is the same for the same file has none.
const EVENT: Event = Event {
    time: "NA",
    actor: concat!("ethos-light ", env!("CARGO_PKG_VERSION")),
};

const LANGUAGE: &str = "ethos-light rules";

#[derive(Serialize)]
struct Broken<'a> {
    language: &'static str,
    expression: RuleCode,
    severity: &'static str,
    description: &'a str,
    explanation: &'a str,
}

#[derive(Serialize)]
struct Place<'a> {
    source: [&'a str; 1],
    target: Vec<Cow<'a, str>>,
    description: &'a MaskedValue,
}

#[derive(Serialize)]
struct Aggregate<'a> {
    language: &'static str,
    expression: String,
    description: &'a str,
}

#[derive(Serialize)]
struct Whole<'a> {
    source: [&'a str; 1],
    target: [&'a str; 1],
}

pub(super) fn write(report: &CheckReport, book: &RuleBook, to: &mut dyn Write) -> io::Result<()> {
    let elements = || {
        report.files.iter().flat_map(|file| {
            let findings = file.findings.iter().map(|found| validation(found, file));
            findings.chain(aggregations(file, book))
        })
    };
    super::pretty(&Stream(elements), to)
}

fn validation<'a>(finding: &'a Finding, file: &'a FileReport) -> Element<'a> {
    let place = finding
        .address()
        .or_else(|| finding.row.map(|row| row.to_string()));
    let mut target = vec![Cow::Borrowed(&*finding.file)];
    target.extend(finding.sheet.as_deref().map(Cow::Borrowed));
    target.extend(place.map(Cow::Owned));
    target.extend(finding.column.as_deref().map(Cow::Borrowed));
    Element::Validation {
        id: format!("{}-{}", finding.code, finding.fingerprint),
        kind: "validation",
        event: EVENT,
        rule: Broken {
            language: LANGUAGE,
            expression: finding.code,
            severity: severity(finding.severity),
            description: &finding.message.en,
            explanation: &finding.fix.en,
        },
        data: Place {
            source: [&file.sha256],
            target,
            description: &finding.value,
        },
        value: "0",
    }
}

fn aggregations<'a>(
    file: &'a FileReport,
    book: &'a RuleBook,
) -> impl Iterator<Item = Element<'a>> + 'a {
    book.rules().iter().map(|rule| {
        let failed = file.counts.get(&rule.code).copied().unwrap_or(0);
        Element::Aggregation {
            id: format!(
                "{}-{}",
                rule.code,
                &file.sha256[..16.min(file.sha256.len())]
            ),
            kind: "aggregation",
            event: EVENT,
            aggregate: Aggregate {
                language: LANGUAGE,
                expression: format!("count(not {})", rule.code),
                description: rule.title(Language::En),
            },
            data: Whole {
                source: [&file.sha256],
                target: [&file.file],
            },
            value: failed.to_string(),
        }
    })
}

fn severity(severity: Severity) -> &'static str {
    match severity {
        Severity::Note => "information",
        Severity::Warning => "warning",
        Severity::Error | Severity::Blocking => "error",
    }
}

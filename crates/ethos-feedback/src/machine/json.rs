//! `ethos-check/1`. A key may be added; one that changes its meaning makes `/2`.

use std::collections::BTreeMap;
use std::io::{self, Write};

use ethos_ingest::CheckReport;
use ethos_model::category::Language;
use ethos_model::finding::{Finding, RuleCode, Severity};
use serde::Serialize;

use crate::cause::causes;
use crate::senders::Senders;
use crate::verdict::verdict_key;

#[derive(Serialize)]
struct Report<'a> {
    schema: &'static str,
    worst: Option<Severity>,
    files: Vec<Checked<'a>>,
    /// Who delivered what, where many senders were asked for.
    #[serde(skip_serializing_if = "Option::is_none")]
    senders: Option<&'a Senders>,
}

#[derive(Serialize)]
struct Checked<'a> {
    file: &'a str,
    sha256: &'a str,
    layout: Option<&'a str>,
    confidence: Option<f64>,
    encoding: Option<&'static str>,
    delimiter: Option<char>,
    sheet: Option<&'a str>,
    header_row: Option<u64>,
    verdict: &'static str,
    /// What mending what is certain would come to.
    #[serde(skip_serializing_if = "Option::is_none")]
    mendable: Option<Mendable>,
    rows: BTreeMap<&'static str, u64>,
    causes: Vec<Cause>,
    /// Findings of each rule, those not listed below included.
    counts: &'a BTreeMap<RuleCode, u64>,
    findings: Vec<Told<'a>>,
}

/// A finding, with where its cell is in a spreadsheet.
#[derive(Serialize)]
struct Told<'a> {
    #[serde(flatten)]
    finding: &'a Finding,
    /// Such as `C17`; `null` for one that is not on a single cell.
    address: Option<String>,
}

#[derive(Serialize)]
struct Mendable {
    findings: u64,
    left: u64,
    verdict: &'static str,
}

#[derive(Serialize)]
struct Cause {
    mark: String,
    code: RuleCode,
    severity: Severity,
    columns: Vec<String>,
    count: u64,
    rows: Vec<(u64, u64)>,
    place: Place,
}

#[derive(Serialize)]
struct Place {
    nl: String,
    en: String,
}

pub(super) fn write(
    report: &CheckReport,
    senders: Option<&Senders>,
    to: &mut dyn Write,
) -> io::Result<()> {
    let files = report.files.iter().map(|file| {
        let tally = &file.tally;
        let causes = causes(file);
        Checked {
            file: &file.file,
            sha256: &file.sha256,
            layout: file.layout.as_deref(),
            confidence: file.confidence,
            encoding: file.encoding,
            delimiter: file.delimiter,
            sheet: file.sheet.as_deref(),
            header_row: file.header_row,
            verdict: verdict_key(file.verdict),
            mendable: file.mendable.map(|mendable| Mendable {
                findings: mendable.findings,
                left: mendable.left,
                verdict: verdict_key(mendable.verdict),
            }),
            rows: BTreeMap::from([
                ("read", tally.rows()),
                ("accepted", tally.accepted),
                ("rejected", tally.rejected),
                ("out_of_scope", tally.out_of_scope),
                ("duplicate", tally.duplicate),
                ("superseded", tally.superseded),
                ("set_aside", tally.set_aside),
            ]),
            causes: causes
                .iter()
                .map(|cause| Cause {
                    mark: cause.mark(),
                    code: cause.code,
                    severity: cause.severity,
                    columns: cause.columns.iter().map(|&name| name.to_owned()).collect(),
                    count: cause.count,
                    rows: cause.rows.clone(),
                    place: Place {
                        nl: cause.place(Language::Nl),
                        en: cause.place(Language::En),
                    },
                })
                .collect(),
            counts: &file.counts,
            findings: (file.findings.iter())
                .map(|finding| Told {
                    finding,
                    address: finding.address(),
                })
                .collect(),
        }
    });
    let whole = Report {
        schema: "ethos-check/1",
        worst: report.worst(),
        files: files.collect(),
        senders,
    };
    super::pretty(&whole, to)
}

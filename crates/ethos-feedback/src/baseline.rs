//! A baseline: findings that were looked at and accepted, so that only new ones are shown.
//!
//! A finding is known by its fingerprint, which has nothing personal in it; a blocking one is never hidden.

use std::collections::BTreeSet;

use ethos_ingest::{CheckReport, FileReport};
use ethos_model::finding::Severity;
use serde::{Deserialize, Serialize};

/// Version of the form.
pub const BASELINE_SCHEMA: &str = "ethos-baseline/1";

/// Accepted findings.
#[derive(Clone, PartialEq, Eq, Debug, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Baseline {
    /// [`BASELINE_SCHEMA`].
    pub schema: String,
    /// Fingerprints, each with its layout before it, so that findings of another kind of file stay.
    pub accepted: BTreeSet<String>,
}

impl Baseline {
    /// Everything that a check found, except what blocks a file.
    pub fn of(report: &CheckReport) -> Self {
        let accepted = report
            .files
            .iter()
            .flat_map(|file| {
                let findings = file
                    .findings
                    .iter()
                    .filter(|finding| finding.severity < Severity::Blocking);
                findings.map(|finding| key(file, finding))
            })
            .collect();
        Self {
            schema: BASELINE_SCHEMA.to_owned(),
            accepted,
        }
    }

    /// The file without the findings that were accepted, and how many there were.
    pub fn hide(&self, file: &FileReport) -> (FileReport, u64) {
        let before: u64 = file.counts.values().sum();
        let rest = file.without(|finding| {
            finding.severity < Severity::Blocking && self.accepted.contains(&key(file, finding))
        });
        let after: u64 = rest.counts.values().sum();
        (rest, before - after)
    }
}

fn key(file: &FileReport, finding: &ethos_model::finding::Finding) -> String {
    let layout = file.layout.as_deref().unwrap_or_default();
    let name = layout.split('/').next().unwrap_or(layout);
    format!("{name}:{}:{}", finding.code, finding.fingerprint)
}

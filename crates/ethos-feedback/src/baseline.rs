//! A baseline: findings that were looked at and accepted, so that only new ones are shown.
//!
//! A finding is known by its rule, column and value as shown, and by the other cells of its row as findings
//! would show them: an accepted value in another row is another finding. So a file that is exported anew keeps
//! what was accepted wherever its rows went, and nothing personal is in a baseline. A blocking finding is never
//! hidden, and rows that are lost stay lost: what is hidden goes from the lists, not from the verdict.

use std::collections::{BTreeMap, BTreeSet};
use std::io;
use std::ops::ControlFlow;

use ethos_ingest::{
    CheckOptions, CheckReport, FileReport, IngestError, Input, LaidOut, LaidRow, RowMark,
};
use ethos_model::category::Language;
use ethos_model::finding::{Finding, Fingerprint, RuleCode, Severity};
use ethos_model::layout::Target;
use serde::{Deserialize, Serialize};

/// Version of the form.
pub const BASELINE_SCHEMA: &str = "ethos-baseline/2";

/// Accepted findings.
#[derive(Clone, PartialEq, Eq, Debug, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Baseline {
    /// [`BASELINE_SCHEMA`].
    schema: String,
    /// How many findings were accepted of each kind: layout, rule, mark of the cell, mark of its row.
    accepted: BTreeMap<String, u64>,
}

/// Why a baseline cannot be read.
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub enum BaselineError {
    /// It is no JSON of this form.
    #[error("it is no file of accepted findings: {0}")]
    Form(serde_json::Error),
    /// It was written by another version.
    #[error(
        "it has the form `{0}`, and this version reads `{BASELINE_SCHEMA}`; make it anew with --write-baseline"
    )]
    Version(String),
}

impl BaselineError {
    /// Why, in a language.
    pub fn words(&self, language: Language) -> String {
        match (self, language) {
            (_, Language::En) => self.to_string(),
            (Self::Form(_), _) => "dit is geen bestand met aanvaarde bevindingen".into(),
            (Self::Version(form), _) => format!(
                "het heeft vorm `{form}`, en deze versie leest `{BASELINE_SCHEMA}`; maak het opnieuw met --write-baseline"
            ),
        }
    }
}

/// Marks of the rows of a file in which something was found.
#[derive(Clone, PartialEq, Eq, Debug, Default)]
pub struct RowMarks(BTreeMap<u64, RowMark>);

impl RowMarks {
    /// The rows that findings of a report point at, read once more. Only values as findings show them go into
    /// a mark.
    ///
    /// # Errors
    /// As [`check_files`](ethos_ingest::check_files).
    pub fn of(
        input: &Input,
        report: &FileReport,
        options: &CheckOptions<'_>,
    ) -> Result<Self, IngestError> {
        let accepted = |finding: &&Finding| finding.severity < Severity::Blocking;
        let findings = report.findings.iter().filter(accepted);
        let mut wanted: BTreeSet<u64> = findings.filter_map(|finding| finding.row).collect();
        let mut marks = BTreeMap::new();
        if wanted.is_empty() {
            return Ok(Self(marks));
        }
        let Some(laid) = LaidOut::open(input, options)? else {
            return Ok(Self(marks));
        };
        // The day a file was made is another one in the next export.
        let (made, fields): (Vec<_>, Vec<_>) = laid
            .fields()
            .partition(|(_, field)| field.target() == Some(Target::FileDate));
        let made: Vec<usize> = made.into_iter().map(|(at, _)| at).collect();
        laid.rows::<io::Error>(|row| {
            if let LaidRow::Cells(cells) = row
                && wanted.remove(&cells.number)
            {
                if !cells.is_data {
                    marks.insert(cells.number, cells.mark_by_place(&made));
                    return Ok(go_on(&wanted));
                }
                let shown = fields.iter().map(|(at, field)| {
                    let shown = field.shown(&cells.get(*at));
                    (field.name(), shown)
                });
                marks.insert(cells.number, RowMark::of(shown));
            }
            Ok(go_on(&wanted))
        })
        .map_err(|source| IngestError::Io {
            file: report.file.clone(),
            source,
        })?;
        Ok(Self(marks))
    }
}

impl Baseline {
    /// Everything that a check found, except what blocks a file; with the marks of each file's rows.
    pub fn of(report: &CheckReport, marks: &[RowMarks]) -> Self {
        let mut accepted = BTreeMap::new();
        for (file, marks) in report.files.iter().zip(marks) {
            // Of several files, one that has most of a kind tells how many were accepted.
            let mut of_file: BTreeMap<String, u64> = BTreeMap::new();
            for finding in &file.findings {
                if can_be_accepted(finding) {
                    *of_file.entry(key(file, finding, marks)).or_insert(0) += 1;
                }
            }
            for (key, count) in of_file {
                let most = accepted.entry(key).or_insert(0);
                *most = count.max(*most);
            }
        }
        Self {
            schema: BASELINE_SCHEMA.to_owned(),
            accepted,
        }
    }

    /// Reads a baseline.
    ///
    /// # Errors
    /// [`BaselineError`].
    pub fn read(text: &str) -> Result<Self, BaselineError> {
        /// What every version has.
        #[derive(Deserialize)]
        struct AnyVersion {
            schema: String,
        }
        let any: AnyVersion = serde_json::from_str(text).map_err(BaselineError::Form)?;
        if any.schema != BASELINE_SCHEMA {
            return Err(BaselineError::Version(any.schema));
        }
        serde_json::from_str(text).map_err(BaselineError::Form)
    }

    /// As JSON.
    ///
    /// # Errors
    /// What the writer says.
    pub fn to_json(&self) -> serde_json::Result<String> {
        serde_json::to_string_pretty(self).map(|json| json + "\n")
    }

    /// The file without the findings that were accepted, and how many there were. Of each kind at most as many
    /// are hidden as were accepted.
    pub fn hide(&self, file: &FileReport, marks: &RowMarks) -> (FileReport, u64) {
        let before: u64 = file.counts.values().sum();
        let mut left = self.accepted.clone();
        let mut hidden = BTreeSet::new();
        for finding in &file.findings {
            if can_be_accepted(finding)
                && let Some(left) = left.get_mut(&key(file, finding, marks))
                && *left > 0
            {
                *left -= 1;
                hidden.insert(place(finding));
            }
        }
        let rest = file.without(|finding| hidden.contains(&place(finding)));
        let after: u64 = rest.counts.values().sum();
        (rest, before - after)
    }
}

/// Whether there is anything more to look for.
fn go_on(wanted: &BTreeSet<u64>) -> ControlFlow<()> {
    if wanted.is_empty() {
        ControlFlow::Break(())
    } else {
        ControlFlow::Continue(())
    }
}

/// What tells a finding from the others of its file.
pub(crate) fn place(finding: &Finding) -> (RuleCode, Option<u64>, Option<u32>, Fingerprint) {
    let Finding { code, row, .. } = *finding;
    (code, row, finding.column_number, finding.fingerprint)
}

/// Whether a finding can be accepted: one by one, and nothing that blocks a file.
fn can_be_accepted(finding: &Finding) -> bool {
    finding.severity < Severity::Blocking && finding.more == 0
}

fn key(file: &FileReport, finding: &Finding, marks: &RowMarks) -> String {
    let layout = file.layout.as_deref().unwrap_or_default();
    let name = layout.split('/').next().unwrap_or(layout);
    let cell = Fingerprint::of(finding, 0);
    let row = match finding.row {
        None => "bestand".to_owned(),
        Some(row) => match marks.0.get(&row) {
            Some(mark) => mark.to_string(),
            // What cannot be told apart into cells is known by where it stands.
            None => format!("rij {row}"),
        },
    };
    format!("{name}:{}:{cell}:{row}", finding.code)
}

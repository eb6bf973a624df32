//! What mending would come to, told beside a verdict.

use std::collections::BTreeMap;

use ethos_ingest::{CheckOptions, CheckReport, FileReport, Input, Mendable, Verdict};
use ethos_model::category::Language;
use ethos_model::finding::{Finding, RuleCode, Severity, Suggestion};

use super::mended::{MendError, Mended, mend};

/// Rows up to which files are mended in memory to tell what that would come to, those of all files together:
/// as many as one sender has, so that a verdict takes no longer than a second. Of more, `--fix` tells.
const ROWS: u64 = 50_000;

/// Bytes up to which they are.
const BYTES: u64 = 32 << 20;

/// Puts into a report what can be mended with certainty: how many of the findings of each file, the verdict
/// then, and as suggestions what cells must have been. Nothing is written. A report of more than 50,000 rows,
/// and files that cannot be mended, stay as they are. The inputs are those of the report, in its order. Whether
/// it was tried: not where there are more rows, and something to mend in them perhaps.
///
/// # Errors
/// As [`check_inputs`](ethos_ingest::check_inputs).
pub fn offer(
    inputs: &[Input],
    report: &mut CheckReport,
    options: &CheckOptions<'_>,
) -> Result<bool, MendError> {
    let rows: u64 = report.files.iter().map(|file| file.tally.rows()).sum();
    let bytes: u64 = inputs.iter().map(Input::size).sum();
    if rows > ROWS || bytes > BYTES {
        let nothing = report.files.iter().all(|file| file.findings.is_empty());
        return Ok(nothing);
    }
    for (input, file) in inputs.iter().zip(&mut report.files) {
        of_file(input, file, options)?;
    }
    Ok(true)
}

fn of_file(
    input: &Input,
    file: &mut FileReport,
    options: &CheckOptions<'_>,
) -> Result<(), MendError> {
    if file.findings.is_empty() || file.layout.is_none() || file.is_given_way() {
        return Ok(());
    }
    // No word of it is shown.
    let mended = match mend(input, options, Language::Nl) {
        Ok(mended) => mended,
        Err(error @ MendError::Ingest(_)) => return Err(error),
        Err(_) => return Ok(()),
    };
    suggest(file, &mended);
    // What is told of corrections by hand is no finding that mending takes away.
    let counts = |of: &FileReport| -> BTreeMap<_, u64> {
        let told = of.counts.iter();
        told.filter(|(code, _)| !is_of_corrections(**code))
            .map(|(code, count)| (*code, *count))
            .collect()
    };
    // Nor is what a correction took away.
    let (before, after) = (counts(&mended.corrected_alone), counts(&mended.after));
    let gone = before.iter().map(|(code, count)| {
        let left = after.get(code).copied().unwrap_or(0);
        count.saturating_sub(left)
    });
    let findings: u64 = gone.sum();
    // What only shows beside other files stays, whatever becomes of the cells.
    let beside = Beside::of(file, &mended.corrected_alone);
    file.mendable = (findings > 0).then(|| Mendable {
        of: file.counts.values().sum(),
        findings,
        left: after.values().sum::<u64>() + beside.count,
        verdict: mended.after.verdict.max(Verdict::of(beside.worst)),
    });
    Ok(())
}

/// What is found in a file beside the others that are checked with it, and not in the file alone: another
/// delivery of the same sender, a person who is in two of them.
#[derive(Clone, PartialEq, Eq, Debug, Default)]
pub struct Beside {
    /// How many findings those are.
    pub count: u64,
    /// The gravest of them.
    pub worst: Option<Severity>,
    /// Their rules.
    pub codes: Vec<RuleCode>,
}

impl Beside {
    /// What a check of several files found in one beyond a check of that one alone. Corrections by hand are in both:
    /// what is told of them is of the check that made them, and not of the cells.
    pub fn of(file: &FileReport, alone: &FileReport) -> Self {
        let mut all = Self::default();
        for (code, count) in &file.counts {
            let more = count.saturating_sub(alone.counts.get(code).copied().unwrap_or(0));
            if more == 0 || is_of_corrections(*code) {
                continue;
            }
            let found = |finding: &&Finding| finding.code == *code;
            let severity = file.findings.iter().find(found).map(|found| found.severity);
            all.count += more;
            all.worst = all.worst.max(severity);
            all.codes.push(*code);
        }
        all
    }
}

/// Whether a rule tells what became of corrections by hand.
fn is_of_corrections(code: RuleCode) -> bool {
    code.as_str().starts_with("COR")
}

/// The values that cells must have been, as suggestions of what was found in them.
fn suggest(file: &mut FileReport, mended: &Mended) {
    let fixes: BTreeMap<(u64, u32), _> = mended
        .fixes
        .iter()
        .map(|fix| ((fix.row, fix.column_number), fix))
        .collect();
    for finding in &mut file.findings {
        let (Some(row), Some(column), None) =
            (finding.row, finding.column_number, &finding.suggestion)
        else {
            continue;
        };
        if let Some(fix) = fixes.get(&(row, column)) {
            let open = fix.new.as_str() == fix.value();
            finding.suggestion = Some(if open {
                Suggestion::open(fix.value())
            } else {
                Suggestion::personal(fix.value())
            });
        }
    }
}

//! What mending would come to, told beside a verdict.

use std::collections::BTreeMap;

use ethos_ingest::{CheckOptions, FileReport, Input, Mendable};
use ethos_model::category::Language;
use ethos_model::finding::Suggestion;

use super::mended::{MendError, Mended, mend};

/// Rows up to which a file is mended in memory to tell what that would come to: as many as one sender has,
/// so that a verdict takes no longer than a second. Of larger files `--fix` tells.
const ROWS: u64 = 50_000;

/// Bytes up to which it is.
const BYTES: u64 = 32 << 20;

/// Puts into the report of a file what can be mended with certainty: how many of its findings, the verdict
/// then, and as suggestions what cells must have been. Nothing is written. Files too large for that, and
/// those that cannot be mended, stay as they are.
///
/// # Errors
/// As [`check_inputs`](ethos_ingest::check_inputs).
pub fn offer(
    input: &Input,
    file: &mut FileReport,
    options: &CheckOptions<'_>,
) -> Result<(), MendError> {
    let small = file.tally.rows() <= ROWS && input.size() <= BYTES;
    if file.findings.is_empty() || file.layout.is_none() || !small {
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
        told.filter(|(code, _)| !code.as_str().starts_with("COR"))
            .map(|(code, count)| (*code, *count))
            .collect()
    };
    let (before, after) = (counts(file), counts(&mended.after));
    let gone = before.iter().map(|(code, count)| {
        let left = after.get(code).copied().unwrap_or(0);
        count.saturating_sub(left)
    });
    let findings: u64 = gone.sum();
    file.mendable = (findings > 0).then(|| Mendable {
        findings,
        left: after.values().sum(),
        verdict: mended.after.verdict,
    });
    Ok(())
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

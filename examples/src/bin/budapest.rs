//! The homeless of Budapest, 1996: three lists, a fixed model, the published answer.
//!
//! Counts and answer: Dávid and Snijders (2000; Quality & Quantity 36, 2002). The published 3,913
//! (1,605–9,545) is the number of people no list saw, with exp(log n0 ± 2 se).

#![allow(clippy::print_stdout, reason = "an example prints what it found")]

use ethos_estimate::{CaptureTable, EstimateError, EstimateSettings, estimate};

fn main() -> Result<(), EstimateError> {
    let table = CaptureTable::from_histories(
        ["a", "b", "c"],
        [
            ("001", 108),
            ("010", 436),
            ("011", 32),
            ("100", 1758),
            ("101", 25),
            ("110", 238),
            ("111", 9),
        ],
    )?;
    let answer = estimate(&table, &EstimateSettings::for_model("[12,13,23]"), None)?;
    let (unseen, se) = (
        answer.unobserved.estimate.unwrap_or(0.0),
        answer.unobserved.se_log.unwrap_or(0.0),
    );
    println!(
        "seen {}, unseen {unseen:.0} (published 3,913)",
        answer.observed
    );
    println!(
        "interval of the unseen {:.0}–{:.0} (published 1,605–9,545)",
        (unseen.ln() - 2.0 * se).exp(),
        (unseen.ln() + 2.0 * se).exp()
    );
    Ok(())
}

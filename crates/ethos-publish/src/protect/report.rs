//! What the audit of a release found, for those who may see counts.

use ethos_disclosure::{Bounds, Quality, Reason, SolvedBlock, Utility, Verdict};
use ethos_model::study::DisclosureMethod;
use serde::Serialize;

/// The line of an audit's text above the counts that fail.
pub const FAILING: &str = "Failing, so that no release was written:";

/// How the coordinates of a count begin that is published nowhere; see [`AuditLine::cell`].
const REST: &str = " rest";

/// What the audit found, for those who may see counts.
#[derive(Clone, PartialEq, Debug, Serialize)]
pub struct AuditReport {
    /// `ethos-audit/1`.
    pub schema: &'static str,
    /// Method of protection.
    pub method: DisclosureMethod,
    /// Rounding base.
    pub base: u32,
    /// Threshold.
    pub threshold: u32,
    /// How many counts, end to end, had to remain possible.
    pub possible: u32,
    /// Published counts, one figure in two tables being one.
    pub cells: usize,
    /// Sums between them and with what is published nowhere.
    pub sums: usize,
    /// Protected counts, published or following from others.
    pub protected: usize,
    /// Share of them that fail.
    pub share_disclosed: f64,
    /// Controlled rounding: sum of distances to the counts, what is known of how good that is,
    /// and how many cells lie a whole base or more away.
    pub rounding: Option<RoundingReport>,
    /// Threshold: what was withheld beside the small counts, and how much less was proven to be
    /// impossible.
    pub suppression: Option<SuppressionReport>,
    /// What protection cost.
    pub utility: Utility,
    /// Figures of earlier releases that contradict the counts of today: revised since.
    pub revised: Vec<String>,
    /// One line a protected count.
    pub findings: Vec<AuditLine>,
}

/// How good a rounding is.
#[derive(Clone, PartialEq, Debug, Serialize)]
pub struct RoundingReport {
    /// Sum of |published − count|.
    pub distance: i64,
    /// Proven optimal, or the gap.
    pub quality: Quality,
    /// Cells a whole base or more from their count.
    pub beyond: usize,
}

/// How good a pattern of withheld cells is.
#[derive(Clone, PartialEq, Debug, Serialize)]
pub struct SuppressionReport {
    /// Persons in cells withheld beside the small ones.
    pub cost: i64,
    /// Proven the least, or the gap.
    pub quality: Quality,
    /// Cells withheld last, because the audit of the whole asked for it.
    pub added: usize,
    /// By block: the country with its regions, then each region with its municipalities.
    pub blocks: Vec<BlockReport>,
}

/// How good it is in one block.
#[derive(Clone, PartialEq, Debug, Serialize)]
pub struct BlockReport {
    /// The place whose parts it holds; of a small release there is one block, of everything.
    pub place: String,
    /// Counts protected in it.
    pub protected: usize,
    /// Persons in cells it withholds beside the small ones and those withheld above.
    pub cost: i64,
    /// What it costs at least.
    pub bound: i64,
}

impl BlockReport {
    /// A block of this place.
    pub(super) fn of(block: &SolvedBlock, place: String) -> Self {
        Self {
            place,
            protected: block.protected,
            cost: block.cost,
            bound: block.bound,
        }
    }
}

/// The audit of one count.
#[derive(Clone, PartialEq, Debug, Serialize)]
pub struct AuditLine {
    /// Its coordinates; of what is published nowhere, those of its total.
    pub cell: String,
    /// The count.
    pub count: i64,
    /// Why it is protected.
    pub reason: &'static str,
    /// Whether it is safe.
    pub verdict: Verdict,
    /// Counts found possible, smallest and largest.
    pub possible: Bounds,
    /// Counts an attacker can narrow it down to.
    pub derivable: Bounds,
}

impl AuditReport {
    /// How many of the published small counts, where these are withheld, were audited against a reader who does
    /// not guess that they are small: those of which the threshold or more stays derivable. None by other methods.
    pub fn not_guessed(&self) -> Option<(usize, usize)> {
        if self.method != DisclosureMethod::Threshold {
            return None;
        }
        let threshold = i64::from(self.threshold);
        let small = self.findings.iter().filter(|line| {
            line.reason == Reason::Small.text()
                && !line.cell.contains(REST)
                && line.count < threshold
        });
        let exempt = small
            .clone()
            .filter(|line| line.derivable.upper >= threshold);
        Some((exempt.count(), small.count()))
    }

    /// The report to read: numbers first, then the protected counts that came out narrowest.
    pub fn text(&self) -> String {
        use std::fmt::Write;
        let mut text = String::new();
        let safe = self
            .findings
            .iter()
            .filter(|line| line.verdict == Verdict::Safe)
            .count();
        // Writing to a string does not fail.
        let _ = writeln!(
            text,
            "INTERNAL: this file holds exact counts.\n\n\
             cells {}, sums {}\n\
             protected counts {}: safe {safe}, failing {}\n\
             each must leave at least {} counts possible, end to end",
            self.cells,
            self.sums,
            self.protected,
            self.protected - safe,
            self.possible
        );
        if let Some(rounding) = &self.rounding {
            let quality = proven(rounding.quality);
            let _ = writeln!(
                text,
                "rounding: {} persons away from the counts in all, {quality}; {} cells a whole base or more away",
                rounding.distance, rounding.beyond
            );
        }
        if let Some(suppression) = &self.suppression {
            let _ = writeln!(
                text,
                "withheld beside the small counts: cells of {} persons in all, {}; {} cells of them because the audit asked",
                suppression.cost,
                proven(suppression.quality),
                suppression.added
            );
            for block in suppression.blocks.iter().filter(|block| block.cost > 0) {
                let quality = if block.cost <= block.bound {
                    "proven the least".to_owned()
                } else {
                    format!("at least {}", block.bound)
                };
                let _ = writeln!(
                    text,
                    "  {}: {} protected, {} persons, {quality}",
                    block.place, block.protected, block.cost
                );
            }
        }
        if let Some((exempt, small)) = self.not_guessed() {
            let _ = writeln!(
                text,
                "guesses: a reader is taken to guess of a withheld small count that it is below {}; of {exempt} of {small} \
                 that guess is left out, as no withholding would hide what follows from it",
                self.threshold
            );
        }
        let utility = &self.utility;
        let _ = writeln!(
            text,
            "loss: {} of {} cells withheld, {} unchanged, mean deviation {:.2}, largest of a total {}, Hellinger distance {:.4}",
            utility.withheld,
            utility.cells,
            utility.unchanged,
            utility.mean_deviation,
            utility.largest_margin_deviation,
            utility.hellinger
        );
        for cell in &self.revised {
            let _ = writeln!(text, "published before, revised since: {cell}");
        }
        let mut failing = self
            .findings
            .iter()
            .filter(|line| line.verdict != Verdict::Safe)
            .peekable();
        if failing.peek().is_some() {
            let _ = writeln!(text, "\n{FAILING}");
        }
        for line in failing {
            let (derivable, possible) = (line.derivable, line.possible);
            let undecided = if line.verdict == Verdict::Undecided {
                format!(
                    ", and that {} to {} stay possible was proven, no more",
                    possible.lower, possible.upper
                )
            } else {
                String::new()
            };
            let _ = writeln!(
                text,
                "  {}: {}, an attacker can narrow it down to {} to {}{undecided} ({})",
                line.cell, line.count, derivable.lower, derivable.upper, line.reason
            );
        }
        let mut narrow: Vec<&AuditLine> = self
            .findings
            .iter()
            .filter(|line| line.verdict == Verdict::Safe)
            .collect();
        narrow.sort_by_key(|line| line.possible.upper - line.possible.lower);
        if !narrow.is_empty() {
            let _ = writeln!(text, "\nNarrowest:");
        }
        for line in narrow.iter().take(20) {
            let _ = writeln!(
                text,
                "  {}: {}, an attacker must think {} to {} possible ({})",
                line.cell, line.count, line.possible.lower, line.possible.upper, line.reason
            );
        }
        text
    }
}

fn proven(quality: Quality) -> String {
    match quality {
        Quality::Optimal => "proven the least".to_owned(),
        Quality::Gap { gap } if gap < 1.0 => {
            format!("at most {:.1} % above the least", 100.0 * gap / (1.0 - gap))
        }
        Quality::Gap { .. } => "without a bound on how far from the least".to_owned(),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn counts_whose_smallness_is_not_guessed_are_told() {
        let line = |cell: &str, upper| AuditLine {
            cell: cell.into(),
            count: 4,
            reason: Reason::Small.text(),
            verdict: Verdict::Safe,
            possible: Bounds { lower: 1, upper: 6 },
            derivable: Bounds { lower: 1, upper },
        };
        let report = |method| AuditReport {
            schema: "ethos-audit/1",
            method,
            base: 5,
            threshold: 10,
            possible: 3,
            cells: 3,
            sums: 1,
            protected: 3,
            share_disclosed: 0.0,
            rounding: None,
            suppression: None,
            utility: Utility::default(),
            revised: Vec::new(),
            findings: vec![
                line("2026-01-01, GM0363", 9),
                line("2026-01-01, GM0014", 40),
                line("the rest beside (2026-01-01, NL)", 40),
            ],
        };
        let text = report(DisclosureMethod::Threshold).text();
        assert!(text.contains("below 10; of 1 of 2 that guess"), "{text}");
        let text = report(DisclosureMethod::ControlledRounding).text();
        assert!(!text.contains("guess"), "{text}");
    }
}

//! What the audit of a release found, for those who may see counts.

use ethos_disclosure::{Bounds, Quality, SolvedBlock, Utility, Verdict};
use ethos_model::study::DisclosureMethod;
use serde::Serialize;

/// The line of an audit's text above the counts that fail.
pub const FAILING: &str = "Failing, so that no release was written:";

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

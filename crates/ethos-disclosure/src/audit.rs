//! The audit: what an attacker can tell of every protected count from everything published.
//!
//! For each count that needs protection the question is whether a reader of the whole release,
//! with all sums, earlier figures and whatever is known aside, can narrow it down too far. It is
//! answered by proof either way:
//!
//! - **Safe** means that tables are at hand that agree with everything published and in which the
//!   count is as small and as large as the rule wants it, so that no linear programme over
//!   everything published can derive more. Each was checked against every sum and bound. In such
//!   a table a count need not be whole; its ends are rounded inward. Systems of up to
//!   [`SMALL`] cells are held to more: there both tables are of whole numbers.
//! - **Disclosed** means that no such table exists: multipliers of the sums prove it in exact
//!   fractions ([`Certificate`]), or narrowing in whole numbers does, or trying all whole tables
//!   by branch and bound where the system is small.
//! - **Undecided** is neither, and counts as a failure.
//!
//!
//! One table often shows many counts safe, and any mean of tables is a table; [`search`] rests on
//! that.

mod certificate;
mod interior;
mod local;
mod near;
mod search;

use std::collections::BTreeMap;

use rayon::prelude::*;
use serde::{Deserialize, Serialize};

pub use certificate::Certificate;

use crate::integer;
use crate::knowledge::{Aside, Bounds, Knowledge, Shown};
use crate::rule::{Reason, Requirement};
use crate::system::System;
pub(crate) use near::SMALL;
use search::Search;

/// What the audit says of a count.
#[derive(Copy, Clone, PartialEq, Eq, PartialOrd, Ord, Debug, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Verdict {
    /// An attacker cannot rule out what the rule wants possible.
    Safe,
    /// An attacker can, and here is the proof.
    Disclosed,
    /// Neither was proven.
    Undecided,
}

/// The audit of one protected count.
#[derive(Clone, PartialEq, Eq, Debug, Serialize, Deserialize)]
pub struct Finding {
    /// What was asked.
    pub requirement: Requirement,
    /// The answer.
    pub verdict: Verdict,
    /// Smallest and largest count in tables that were found to agree with the release, rounded
    /// inward. Every attacker who solves linear programmes must leave at least these two possible.
    pub possible: Bounds,
    /// What an attacker can derive for certain; at least as wide as `possible`.
    pub derivable: Bounds,
    /// Proofs of what is derivable, for counts that are not safe.
    pub certificates: Vec<Certificate>,
}

/// The audit of a release.
#[derive(Clone, PartialEq, Eq, Debug, Default, Serialize, Deserialize)]
pub struct Audit {
    /// One finding a protected count, by position of the cell.
    pub findings: Vec<Finding>,
    /// What was known aside but contradicts the true count: revised figures.
    pub revised: Vec<Aside>,
}

impl Audit {
    /// The findings that fail the release.
    pub fn failures(&self) -> impl Iterator<Item = &Finding> + Clone {
        self.findings
            .iter()
            .filter(|finding| finding.verdict != Verdict::Safe)
    }

    /// Whether the release may be written.
    pub fn passed(&self) -> bool {
        self.failures().next().is_none()
    }

    /// Share of the protected counts that fail; 0 where nothing needs protection.
    pub fn share_failing(&self) -> f64 {
        if self.findings.is_empty() {
            0.0
        } else {
            self.failures().count() as f64 / self.findings.len() as f64
        }
    }
}

/// Audits what `shown` tells of a system, beside what is known `aside`.
///
/// What is shown of a cell must hold for its true count: a number that cannot stand for it is a
/// mistake of the caller, and the bounds of it are ignored.
pub fn audit(
    system: &System,
    shown: &[Shown],
    aside: &[Aside],
    requirements: &[Requirement],
) -> Audit {
    let truth: Vec<i64> = system.counts().collect();
    let mut initial = Knowledge::of(system, shown, aside);
    for (own, count) in initial.bounds.iter_mut().zip(&truth) {
        if !own.hold(*count) {
            *own = Bounds::OPEN;
        }
    }
    let mut narrowed = initial.clone();
    narrowed.narrow(system);
    let attack = Attack {
        system,
        truth: &truth,
        initial: &initial.bounds,
        narrowed: &narrowed.bounds,
    };
    let seen = attack.seek(requirements);
    let mut findings: Vec<Finding> = requirements
        .par_iter()
        .map(|asked| attack.judge(asked, seen[&asked.cell]))
        .collect();
    findings.sort_by_key(|finding| {
        let Requirement { cell, reason, .. } = finding.requirement;
        (cell, reason)
    });
    Audit {
        findings,
        revised: initial.revised,
    }
}

/// What stays the same during an audit.
struct Attack<'a> {
    system: &'a System,
    truth: &'a [i64],
    initial: &'a [Bounds],
    narrowed: &'a [Bounds],
}

/// What was found possible of each protected count.
type Seen = BTreeMap<usize, Bounds>;

/// Cells around one that are let go, and how many of a sum.
const AROUND: [(usize, usize); 2] = [(150, 10), (300, 16)];

/// Rounding errors of a linear programme are smaller than this.
const TINY: f64 = 1e-6;

impl Attack<'_> {
    /// Looks for tables until every count is as small and as large as asked, or none is found.
    fn seek(&self, requirements: &[Requirement]) -> Seen {
        let mut seen: Seen = requirements
            .iter()
            .map(|asked| (asked.cell, Bounds::exactly(self.truth[asked.cell])))
            .collect();
        // What narrowing alone rules out needs no search.
        let pending: Vec<Requirement> = requirements
            .iter()
            .filter(|asked| {
                let own = self.narrowed[asked.cell];
                asked.met(own.lower, own.upper) && !is_met(asked, &seen)
            })
            .copied()
            .collect();
        if pending.is_empty() {
            return seen;
        }
        if near::is_small(self.system) {
            let mut search = Search::new(self, &pending, true);
            search.one_by_one(&(0..self.truth.len()).collect());
            seen.extend(search.seen);
            return seen;
        }
        let component = near::components(self.system, self.narrowed);
        let mut parts: BTreeMap<usize, Vec<Requirement>> = BTreeMap::new();
        for asked in pending {
            parts.entry(component[asked.cell]).or_default().push(asked);
        }
        let parts: Vec<Vec<Requirement>> = parts.into_values().collect();
        let found: Vec<Seen> = parts
            .par_iter()
            .map(|pending| {
                let cells =
                    (0..component.len()).filter(|at| component[*at] == component[pending[0].cell]);
                let cells = cells.collect();
                let mut search = Search::new(self, pending, false);
                search.run(&cells);
                search.seen
            })
            .collect();
        for (cell, bounds) in found.into_iter().flatten() {
            widen(&mut seen, cell, bounds);
        }
        seen
    }

    fn judge(&self, asked: &Requirement, mut possible: Bounds) -> Finding {
        let mut derivable = self.narrowed[asked.cell];
        let mut certificates = Vec::new();
        let mut verdict = Verdict::Safe;
        if !asked.met(possible.lower, possible.upper) {
            verdict = Verdict::Undecided;
            let near = near::around(self.system, self.initial, asked.cell, 250, usize::MAX);
            for lower in [true, false] {
                let found = certificate::prove(
                    self.system,
                    self.initial,
                    self.truth,
                    asked.cell,
                    lower,
                    &near,
                );
                if let Some(found) = found
                    && found.verify(self.system, self.initial)
                {
                    if lower {
                        derivable.lower = derivable.lower.max(found.bound);
                    } else {
                        derivable.upper = derivable.upper.min(found.bound);
                    }
                    certificates.push(found);
                }
            }
            if !asked.met(derivable.lower, derivable.upper) {
                verdict = Verdict::Disclosed;
            } else if near::is_small(self.system) {
                verdict = self.try_all(asked, &mut possible, &mut derivable);
            }
        }
        Finding {
            requirement: *asked,
            verdict,
            possible,
            derivable,
            certificates,
        }
    }

    /// Branch and bound over whole tables.
    fn try_all(
        &self,
        asked: &Requirement,
        possible: &mut Bounds,
        derivable: &mut Bounds,
    ) -> Verdict {
        for lower in [true, false] {
            let Some(found) = integer::extreme(self.system, self.narrowed, asked.cell, lower)
            else {
                return Verdict::Undecided;
            };
            let count = found[asked.cell];
            if lower {
                possible.lower = possible.lower.min(count);
                derivable.lower = count;
            } else {
                possible.upper = possible.upper.max(count);
                derivable.upper = count;
            }
        }
        if asked.met(possible.lower, possible.upper) {
            Verdict::Safe
        } else {
            Verdict::Disclosed
        }
    }
}

/// Adds what was found; the count itself lies between, so no end moves inward.
fn widen(seen: &mut Seen, cell: usize, found: Bounds) {
    if let Some(own) = seen.get_mut(&cell) {
        own.lower = own.lower.min(found.lower);
        own.upper = own.upper.max(found.upper);
    }
}

fn is_met(asked: &Requirement, seen: &Seen) -> bool {
    seen.get(&asked.cell)
        .is_some_and(|own| asked.met(own.lower, own.upper))
}

/// How many findings have each reason and verdict, in their order.
pub fn tally(audit: &Audit) -> BTreeMap<(Reason, Verdict), usize> {
    let mut tally = BTreeMap::new();
    for finding in &audit.findings {
        *tally
            .entry((finding.requirement.reason, finding.verdict))
            .or_insert(0) += 1;
    }
    tally
}

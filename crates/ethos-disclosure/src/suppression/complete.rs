//! Withholds more until the audit of the whole passes.

use std::collections::{BTreeMap, BTreeSet};

use super::{Search, plan};
use crate::audit::{Audit, Finding, Verdict};
use crate::knowledge::{Bounds, Knowledge, Shown};
use crate::rule::{Reason, Requirement};
use crate::system::{Relation, Role};

/// Rounds of withholding more.
const ROUNDS: usize = 30;

/// Attacks the pattern of a search over all sums and, while that succeeds, withholds more.
///
/// What adding up alone tells is looked at first, and answered with cuts as within a block. Then
/// the whole is audited; for each count that is not safe the smallest of the shown cells nearest
/// to it is withheld, and the counts that were not safe are audited again. One that was safe stays
/// so when more is withheld: the tables that show it agree with less being known as well.
pub(super) fn until_safe(search: &mut Search<'_>) -> (Vec<Shown>, Audit) {
    let mut safe: BTreeMap<(usize, Reason), Finding> = BTreeMap::new();
    let mut last = None;
    for round in 0.. {
        while round < ROUNDS && answer(search) {}
        let pending: Vec<Requirement> = search
            .requirements
            .iter()
            .filter(|asked| !safe.contains_key(&(asked.cell, asked.reason)))
            .copied()
            .collect();
        let mut audit = search.audit(&search.withheld, &pending);
        let failing: Vec<usize> = audit
            .failures()
            .map(|finding| finding.requirement.cell)
            .collect();
        let found = std::mem::take(&mut audit.findings);
        let mut failed = Vec::new();
        for finding in found {
            if finding.verdict == Verdict::Safe {
                let asked = finding.requirement;
                safe.insert((asked.cell, asked.reason), finding);
            } else {
                failed.push(finding);
            }
        }
        last = Some((audit, failed));
        let knowledge = narrowed(search);
        let more: BTreeSet<usize> = failing
            .into_iter()
            .filter_map(|cell| {
                deciding(search, &knowledge, cell).or_else(|| nearest_shown(search, cell))
            })
            .collect();
        if more.is_empty() || round >= ROUNDS {
            break;
        }
        for cell in more {
            search.withheld[cell] = true;
        }
    }
    let shown = search.shown(&search.withheld);
    let narrowed = narrowed(search);
    // The loop runs at least once.
    let (mut audit, failed) = last.unwrap_or_else(|| (search.audit(&search.withheld, &[]), vec![]));
    audit.findings = safe
        .into_values()
        .map(|mut finding| {
            finding.derivable = narrowed.bounds[finding.requirement.cell];
            finding
        })
        .chain(failed)
        .collect();
    audit.findings.sort_by_key(|finding| {
        let Requirement { cell, reason, .. } = finding.requirement;
        (cell, reason)
    });
    (shown, audit)
}

/// What an attacker knows after adding up.
fn narrowed(search: &Search<'_>) -> Knowledge {
    let shown = search.shown(&search.withheld);
    let known = search.known(&search.withheld);
    let mut knowledge = Knowledge::of(search.system, &shown, &known);
    knowledge.narrow(search.system);
    knowledge
}

/// What adding up tells too much of.
fn told(search: &Search<'_>) -> Vec<Requirement> {
    let knowledge = narrowed(search);
    search
        .requirements
        .iter()
        .filter(|asked| {
            let own = knowledge.bounds[asked.cell];
            !asked.met(own.lower, own.upper)
        })
        .copied()
        .collect()
}

/// Where adding up through all sums tells too much, withholds the cheapest cells that end it.
/// Returns whether anything was withheld.
fn answer(search: &mut Search<'_>) -> bool {
    let asked = told(search);
    if asked.is_empty() {
        return false;
    }
    let before = search.withheld.clone();
    let block = plan::Block {
        place: None,
        level: 0,
        asked,
        sums: None,
    };
    let solved = search.block(&block, &[]);
    search.withheld = solved.withheld;
    // Where what decides lies further away than an attack of a block looks.
    let knowledge = narrowed(search);
    for asked in told(search) {
        let cell =
            deciding(search, &knowledge, asked.cell).or_else(|| nearest_shown(search, asked.cell));
        if let Some(cell) = cell {
            search.withheld[cell] = true;
        }
    }
    search.withheld != before
}

/// The smallest shown cell of the sums that decide what is known of a cell: those that give its
/// bounds, directly or by way of other cells that are not shown.
fn deciding(search: &Search<'_>, knowledge: &Knowledge, cell: usize) -> Option<usize> {
    nearest(search, cell, |at, relation| {
        let own = knowledge.bounds[at];
        let (mut low, mut high, mut sign) = (0, 0, 1);
        for (other, its) in relation.terms() {
            let Bounds { lower, upper } = knowledge.bounds[other];
            if other == at {
                sign = its;
            } else if its > 0 {
                (low, high) = (low + lower, high + upper);
            } else {
                (low, high) = (low - upper, high - lower);
            }
        }
        let (least, most) = if sign > 0 { (-high, -low) } else { (low, high) };
        let open = search.open[at];
        (least >= own.lower && own.lower > open.lower)
            || (most <= own.upper && own.upper < open.upper)
    })
}

/// The smallest of the shown cells that are fewest sums away from a cell, through cells that are
/// not shown; what is shown there is what narrows it down.
fn nearest_shown(search: &Search<'_>, cell: usize) -> Option<usize> {
    nearest(search, cell, |_, _| true)
}

/// The smallest of the shown cells that are fewest sums away from a cell, through cells that are not
/// shown, by way of the sums that `leads` allows from each.
fn nearest(
    search: &Search<'_>,
    cell: usize,
    leads: impl Fn(usize, &Relation) -> bool,
) -> Option<usize> {
    let system = search.system;
    let mut seen = BTreeSet::from([cell]);
    let mut front = vec![cell];
    while !front.is_empty() {
        let mut next = Vec::new();
        let mut found: Option<usize> = None;
        for at in front {
            for relation in system.relations_of(at) {
                if !leads(at, relation) {
                    continue;
                }
                for (near, _) in relation.terms() {
                    if !seen.insert(near) {
                        continue;
                    }
                    let hidden = system.cells()[near].role != Role::Published;
                    if hidden || search.withheld[near] {
                        next.push(near);
                    } else if search.truth[near] > 0 {
                        let smaller = |found: usize| {
                            (search.truth[near], near) < (search.truth[found], found)
                        };
                        if found.is_none_or(smaller) {
                            found = Some(near);
                        }
                    }
                }
            }
        }
        if found.is_some() {
            return found;
        }
        front = next;
    }
    None
}

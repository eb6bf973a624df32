//! Linkage in the ledger: every spell accepted is decided for, and is its person's first or a
//! further one.

use ethos_model::ledger::LedgerStep;

use crate::linker::{LinkReport, Rule};

/// Name of the step that accounts for how spells were linked.
pub const LINK_STEP: &str = "link";
/// Name of the step that turns spells into persons.
pub const PERSONS_STEP: &str = "persons linked";
/// Outcome of [`PERSONS_STEP`] that counts persons.
pub const FIRST_SPELL: &str = "first spell of a person";
/// Outcome of [`PERSONS_STEP`] that counts the spells beyond a person's first.
pub const FURTHER_SPELLS: &str = "further spells of a person";

/// The two steps of linkage: [`LINK_STEP`] takes the spells from these `(step, outcome)` pairs
/// and tells by which rule each was linked; [`PERSONS_STEP`] takes all of those and tells how
/// many are persons.
///
/// ```
/// use ethos_link::{FIRST_SPELL, LinkReport, steps};
/// use ethos_model::ledger::{Ledger, LedgerStep};
///
/// let mut ledger = Ledger::default();
/// ledger.push(LedgerStep::new("read shelters", "rows", 9).with("accepted", 8).with("rejected", 1));
/// let report = LinkReport {
///     spells: 8, persons: 5, keyed_persons: 4, by_rule: [6, 0, 0, 0, 2], ..LinkReport::default()
/// };
/// for step in steps(&report, &[("read shelters".into(), "accepted".into())]) {
///     ledger.push(step);
/// }
/// assert!(ledger.check().is_ok());
/// assert_eq!(ledger.step("persons linked").unwrap().outcome(FIRST_SPELL), 5);
/// ```
pub fn steps(report: &LinkReport, sources: &[(String, String)]) -> [LedgerStep; 2] {
    let mut link = LedgerStep::new(LINK_STEP, "spells", report.spells);
    for (step, outcome) in sources {
        link = link.taking(step, outcome);
    }
    let mut persons = LedgerStep::new(PERSONS_STEP, "spells", report.spells)
        .with(FIRST_SPELL, report.persons)
        .with(FURTHER_SPELLS, report.spells.saturating_sub(report.persons));
    for rule in Rule::ALL {
        link.add(rule.outcome(), report.decided_by(rule));
        persons = persons.taking(LINK_STEP, rule.outcome());
    }
    [link, persons]
}

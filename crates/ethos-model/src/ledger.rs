//! The ledger: every row read and every person made is accounted for, step by step.

use std::collections::BTreeMap;
use std::fmt;

use serde::{Deserialize, Serialize};

/// The balance of a whole run. Each step takes in what earlier steps put out.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Ledger {
    /// Steps in the order they ran.
    pub steps: Vec<LedgerStep>,
}

/// One step: what went in equals what came out, line by line.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct LedgerStep {
    /// Unique name, such as `ingest opvang` or `persons 2026-01-01`.
    pub step: String,
    /// What is counted going in, such as `rows` or `spells`.
    pub unit: String,
    /// What went in.
    pub input: u64,
    /// Which outcomes of earlier steps the input is the sum of, as `(step, outcome)`; empty for
    /// a step that reads from outside.
    #[serde(default)]
    pub from: Vec<(String, String)>,
    /// What became of it. Every unit of the input is in exactly one outcome.
    pub outcomes: BTreeMap<String, u64>,
}

impl LedgerStep {
    /// A step that reads `input` units from outside the run.
    pub fn new(step: impl Into<String>, unit: impl Into<String>, input: u64) -> Self {
        Self {
            step: step.into(),
            unit: unit.into(),
            input,
            from: Vec::new(),
            outcomes: BTreeMap::new(),
        }
    }

    /// Says that the input is, or contains, an earlier step's outcome.
    #[must_use]
    pub fn taking(mut self, step: impl Into<String>, outcome: impl Into<String>) -> Self {
        self.from.push((step.into(), outcome.into()));
        self
    }

    /// Adds units to an outcome; an outcome named but empty stays visible as 0.
    pub fn add(&mut self, outcome: impl Into<String>, count: u64) {
        *self.outcomes.entry(outcome.into()).or_insert(0) += count;
    }

    /// [`Self::add`] for chaining.
    #[must_use]
    pub fn with(mut self, outcome: impl Into<String>, count: u64) -> Self {
        self.add(outcome, count);
        self
    }

    /// Units in an outcome; 0 when it does not occur.
    pub fn outcome(&self, outcome: &str) -> u64 {
        self.outcomes.get(outcome).copied().unwrap_or(0)
    }
}

/// A step that does not balance.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Unbalanced {
    /// The step.
    pub step: String,
    /// What is wrong.
    pub reason: String,
}

impl fmt::Display for Unbalanced {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(
            f,
            "the ledger does not balance at `{}`: {}",
            self.step, self.reason
        )
    }
}

impl std::error::Error for Unbalanced {}

impl Ledger {
    /// Adds a step.
    pub fn push(&mut self, step: LedgerStep) {
        self.steps.push(step);
    }

    /// Adds the steps of another ledger after these.
    pub fn extend(&mut self, other: Ledger) {
        self.steps.extend(other.steps);
    }

    /// The step with this name.
    pub fn step(&self, name: &str) -> Option<&LedgerStep> {
        self.steps.iter().find(|step| step.step == name)
    }

    /// Checks that every step's outcomes add up to its input, that its input is the sum of the
    /// outcomes it takes, that those exist earlier, that it takes no outcome twice and that
    /// no two steps share a name (two steps may take the same outcome: the same spells are
    /// counted on several dates). The first failure in step order is returned.
    ///
    /// ```
    /// use ethos_model::ledger::{Ledger, LedgerStep};
    /// let mut ledger = Ledger::default();
    /// ledger.push(LedgerStep::new("ingest", "rows", 10).with("accepted", 9).with("rejected", 1));
    /// ledger.push(LedgerStep::new("link", "rows", 9).taking("ingest", "accepted").with("kept", 9));
    /// assert!(ledger.check().is_ok());
    /// ledger.steps[1].add("kept", 1);
    /// assert!(ledger.check().unwrap_err().to_string().contains("link"));
    /// ```
    pub fn check(&self) -> Result<(), Unbalanced> {
        let mut known: BTreeMap<&str, &LedgerStep> = BTreeMap::new();
        for step in &self.steps {
            let fail = |reason: String| {
                Err(Unbalanced {
                    step: step.step.clone(),
                    reason,
                })
            };
            let out: u64 = step.outcomes.values().sum();
            if out != step.input {
                return fail(format!(
                    "{} {} went in, {out} came out",
                    step.input, step.unit
                ));
            }
            let mut incoming = 0;
            for (from, outcome) in &step.from {
                let Some(earlier) = known.get(from.as_str()) else {
                    return fail(format!("it takes from `{from}`, which no earlier step is"));
                };
                let Some(count) = earlier.outcomes.get(outcome) else {
                    return fail(format!(
                        "it takes `{outcome}` from `{from}`, which has no such outcome"
                    ));
                };
                if step
                    .from
                    .iter()
                    .filter(|taken| taken.0 == *from && taken.1 == *outcome)
                    .count()
                    > 1
                {
                    return fail(format!("it takes `{outcome}` from `{from}` twice"));
                }
                incoming += count;
            }
            if !step.from.is_empty() && incoming != step.input {
                return fail(format!(
                    "its input is {}, but what it takes adds up to {incoming}",
                    step.input
                ));
            }
            if known.insert(&step.step, step).is_some() {
                return fail("a step of this name exists already".into());
            }
        }
        Ok(())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn ledger() -> Ledger {
        let mut ledger = Ledger::default();
        ledger.push(
            LedgerStep::new("ingest a", "rows", 10)
                .with("spells", 8)
                .with("rejected", 2),
        );
        ledger.push(LedgerStep::new("ingest b", "rows", 5).with("spells", 5));
        ledger.push(
            LedgerStep::new("link", "spells", 13)
                .taking("ingest a", "spells")
                .taking("ingest b", "spells")
                .with("kept", 12)
                .with("merged", 1),
        );
        ledger
    }

    #[test]
    fn a_balanced_ledger_passes() {
        assert_eq!(ledger().check(), Ok(()));
    }

    #[test]
    fn every_way_of_losing_a_row_is_caught() {
        let break_with = |change: &dyn Fn(&mut Ledger)| {
            let mut ledger = ledger();
            change(&mut ledger);
            ledger.check().unwrap_err()
        };
        assert_eq!(break_with(&|l| l.steps[0].input = 11).step, "ingest a");
        assert_eq!(
            break_with(&|l| l.steps[1].add("spells", 1)).step,
            "ingest b"
        );
        assert_eq!(
            break_with(&|l| {
                l.steps[2].from.pop();
            })
            .step,
            "link"
        );
        assert_eq!(
            break_with(&|l| l.steps[2].from[0].0 = "ingest c".into()).step,
            "link"
        );
        assert_eq!(
            break_with(&|l| l.steps[2].from[0].1 = "lost".into()).step,
            "link"
        );
        assert_eq!(
            break_with(&|l| l.steps[2].step = "ingest a".into()).step,
            "ingest a"
        );
        assert_eq!(
            break_with(&|l| {
                let again = l.steps[2].from[1].clone();
                l.steps[2].from = vec![again.clone(), again];
                l.steps[2].input = 10;
                l.steps[2].outcomes = BTreeMap::from([("kept".into(), 10)]);
            })
            .step,
            "link"
        );
    }
}

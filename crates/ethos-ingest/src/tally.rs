//! What became of a file's rows, counted.

use ethos_model::ledger::LedgerStep;
use serde::{Deserialize, Serialize};

/// What became of a file's rows. Every row is in exactly one outcome.
#[derive(Copy, Clone, PartialEq, Eq, Debug, Default, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Tally {
    /// Became a spell or a person of the register.
    pub accepted: u64,
    /// No usable person number, date or category.
    pub rejected: u64,
    /// About someone the study does not count, by declaration of layout or mapping.
    pub out_of_scope: u64,
    /// Equal to an earlier row.
    pub duplicate: u64,
    /// In a delivery that a later one replaces, or restated by a later one.
    pub superseded: u64,
    /// Not readable as a row: ragged, blank, or in a file that cannot be used.
    pub set_aside: u64,
}

impl Tally {
    /// Rows in all.
    pub fn rows(&self) -> u64 {
        self.accepted
            + self.rejected
            + self.out_of_scope
            + self.duplicate
            + self.superseded
            + self.set_aside
    }

    /// Adds another file's rows.
    pub fn add(&mut self, other: &Self) {
        self.accepted += other.accepted;
        self.rejected += other.rejected;
        self.out_of_scope += other.out_of_scope;
        self.duplicate += other.duplicate;
        self.superseded += other.superseded;
        self.set_aside += other.set_aside;
    }

    /// As a step of the ledger.
    pub fn step(&self, name: impl Into<String>) -> LedgerStep {
        LedgerStep::new(name, "rows", self.rows())
            .with("accepted", self.accepted)
            .with("rejected", self.rejected)
            .with("out of scope", self.out_of_scope)
            .with("duplicate", self.duplicate)
            .with("superseded", self.superseded)
            .with("set aside", self.set_aside)
    }
}

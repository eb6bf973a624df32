//! What a count is made from and what it makes.

use std::collections::BTreeMap;

use ethos_model::category::EthosCategory;
use ethos_model::coverage::{Delivery, Reach};
use ethos_model::cube::Observed;
use ethos_model::date::Time;
use ethos_model::ledger::Ledger;
use ethos_model::municipality::{MunicipalityCode, SplitShares};
use ethos_model::person::{Person, PersonId, RegisterPerson};
use ethos_model::region::RegionMapping;
use ethos_model::spell::Spell;
use ethos_model::study::Study;

use crate::note::Note;

/// Told how many spells of how many have been counted. It is called from many threads.
pub type Progress<'a> = &'a (dyn Fn(u64, u64) + Sync);

/// Everything a count depends on.
#[derive(Copy, Clone)]
pub struct CountInput<'a> {
    /// The study.
    pub study: &'a Study,
    /// Every accepted spell, in any order.
    pub spells: &'a [Spell],
    /// The person of every spell.
    pub person: &'a [PersonId],
    /// Whether a citizen service number stands behind the person of every spell; then the id is
    /// the keyed hash of that number.
    pub keyed: &'a [bool],
    /// The person register, sorted by person and then by the day it was drawn. Several rows a
    /// person are possible: the latest one drawn up to the date is used, else the earliest.
    pub register: &'a [RegisterPerson],
    /// Every delivery of the run: a spell's row reference is a position in it.
    pub deliveries: &'a [Delivery],
    /// Which municipalities each source of the study can report on, in source order.
    pub reach: &'a [Reach],
    /// Region mappings that the user supplied, by key; `province` and `g4` are shipped.
    pub regions: &'a BTreeMap<String, RegionMapping>,
    /// Declared shares of divided municipalities.
    pub shares: &'a SplitShares,
    /// Where the ledger takes spells and persons from.
    pub taking: Taking<'a>,
}

/// The outcomes of earlier steps, as `(step, outcome)`, that the count's ledger goes on from.
/// Empty for a count that starts from files of its own.
#[derive(Copy, Clone, Default, Debug)]
pub struct Taking<'a> {
    /// Outcomes that add up to the number of spells.
    pub spells: &'a [(&'a str, &'a str)],
    /// Outcomes that add up to the number of linked persons.
    pub persons: &'a [(&'a str, &'a str)],
}

/// The result of a count.
#[derive(Clone, PartialEq, Debug)]
pub struct Counted {
    /// Observed figures of the tables the study publishes, and, where the study estimates, one
    /// capture table a reference date.
    pub observed: Observed,
    /// One row a person, in order of id, for every reference date and then every period.
    pub persons: Vec<(Time, Vec<Person>)>,
    /// The steps of the count, balanced.
    pub ledger: Ledger,
    /// What a reader of the figures must know.
    pub notes: Vec<Note>,
    /// The persons of every capture table by category and by municipality and stratum, parallel to
    /// the capture tables.
    pub seen: Vec<Seen>,
    /// Where sources contradict each other.
    pub conflicts: Conflicts,
}

/// The persons of one capture table, told apart by what the table itself does not hold.
#[derive(Clone, PartialEq, Eq, Debug, Default)]
pub struct Seen {
    /// By category.
    pub by_category: BTreeMap<EthosCategory, u64>,
    /// By municipality, as the study's municipal tables use it, and by level of every stratum
    /// in the order of the capture table. [`MunicipalityCode::UNKNOWN`] holds those whose
    /// municipality no source tells.
    pub by_municipality: BTreeMap<(MunicipalityCode, Vec<String>), u64>,
}

/// How many persons have spells in both of two categories at once, the pair in category order.
pub type CategoryPairs = BTreeMap<(EthosCategory, EthosCategory), u64>;

/// Where sources contradict each other about a person.
#[derive(Clone, PartialEq, Eq, Debug, Default)]
pub struct Conflicts {
    /// Persons about whom sources (the person register among them) give different values, by
    /// attribute: `birth`, `nationality`, `origin`, `residence`, `sex`. Linked persons who count
    /// at some time of the study are compared.
    pub attributes: BTreeMap<&'static str, u64>,
    /// Persons with several categories at once, for every time of the study.
    pub categories: Vec<(Time, CategoryPairs)>,
}

//! What every way of linking takes and gives.

use ethos_model::link::Links;
use ethos_model::spell::Spell;

/// A way of deciding which spells are of one person.
///
/// What every linker keeps: the decision depends on the spells as a set, not on their order;
/// spells with the same keyed number are of one person; a person of spells with a number has
/// that number's token as id. A linker that compares names or birth dates holds its private
/// store of them itself and looks them up by [`Spell::row`].
pub trait Linker {
    /// Links the spells.
    fn link(&self, spells: &[Spell]) -> Linked;
}

/// The decision.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct Linked {
    /// The person of every spell, parallel to the spells.
    pub links: Links,
    /// The rule that decided for every spell, parallel to the spells.
    pub rules: Vec<Rule>,
    /// The decision in numbers.
    pub report: LinkReport,
}

/// What decided whose a spell is.
#[derive(Copy, Clone, PartialEq, Eq, PartialOrd, Ord, Hash, Debug)]
pub enum Rule {
    /// The spell has a number.
    Number,
    /// It has none, and its fallback key is that of exactly one number.
    JoinedByFallback,
    /// It has none, and its fallback key is that of no number.
    OwnByFallback,
    /// It has none, and its fallback key is that of several numbers, so that nothing tells
    /// which is meant.
    AmbiguousFallback,
    /// It has neither key.
    NoKey,
}

impl Rule {
    /// Every rule.
    pub const ALL: [Self; 5] = [
        Self::Number,
        Self::JoinedByFallback,
        Self::OwnByFallback,
        Self::AmbiguousFallback,
        Self::NoKey,
    ];

    /// The outcome in the ledger.
    pub fn outcome(self) -> &'static str {
        match self {
            Self::Number => "linked by number",
            Self::JoinedByFallback => "linked by fallback key",
            Self::OwnByFallback => "own person by fallback key",
            Self::AmbiguousFallback => "ambiguous fallback key",
            Self::NoKey => "no key",
        }
    }
}

/// The decision in numbers.
#[derive(Copy, Clone, PartialEq, Eq, Debug, Default)]
pub struct LinkReport {
    /// Spells linked.
    pub spells: u64,
    /// Persons made.
    pub persons: u64,
    /// Of the persons, those with a number.
    pub keyed_persons: u64,
    /// Of the persons, those with spells under an ambiguous fallback key: each of them may be
    /// one of several persons with a number, who is then counted twice.
    pub ambiguous_persons: u64,
    /// Spells by the rule that decided, in the order of [`Rule::ALL`].
    pub by_rule: [u64; 5],
}

impl LinkReport {
    /// Spells that this rule decided.
    pub fn decided_by(&self, rule: Rule) -> u64 {
        self.by_rule[rule as usize]
    }
}

//! Persons: what the register says of one, and what a count makes of one.

use crate::attribute::{Attributes, NationalityGroup, Origin, ResidenceStatus, Sex};
use crate::capture::ListSet;
use crate::category::{EthosCategory, LivingSituation};
use crate::date::Day;
use crate::municipality::MunicipalityCode;
use crate::spell::Municipalities;
use crate::token::Token;

/// The person a link decision made out of one or more spells.
///
/// It is the keyed hash of the citizen service number where one of the spells carries it (the
/// same token that the person register has), else the fallback key's hash, else a token made of
/// the smallest row reference. It does not depend on the order of the spells.
#[derive(Copy, Clone, PartialEq, Eq, PartialOrd, Ord, Hash, Debug)]
pub struct PersonId(pub Token);

/// A row of the person register.
#[derive(Copy, Clone, PartialEq, Eq, Debug)]
pub struct RegisterPerson {
    /// Keyed hash of the citizen service number.
    pub person: Token,
    /// Attributes.
    pub attributes: Attributes,
    /// Municipality of registration; `None` for someone not registered with one (the register
    /// of non-residents).
    pub registered: Option<MunicipalityCode>,
    /// Day the register was drawn.
    pub as_of: Option<Day>,
}

/// How a person comes to be counted.
#[derive(Copy, Clone, PartialEq, Eq, PartialOrd, Ord, Hash, Debug)]
pub enum Role {
    /// By a record of their own.
    Own,
    /// A child in the household of a parent who is homeless, in that parent's situation.
    WithParent,
    /// A child of a homeless parent, living elsewhere: not homeless, involved indirectly.
    IndirectlyInvolved,
}

impl Role {
    /// Every role.
    pub const ALL: [Self; 3] = [Self::Own, Self::WithParent, Self::IndirectlyInvolved];

    /// Stable key.
    pub fn key(self) -> &'static str {
        match self {
            Self::Own => "own",
            Self::WithParent => "with_parent",
            Self::IndirectlyInvolved => "indirectly_involved",
        }
    }
}

/// One person at one point in time or in one period: the row that counts are made of.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct Person {
    /// Who.
    pub id: PersonId,
    /// Whether a citizen service number stands behind the id, so that lists can be linked.
    pub keyed: bool,
    /// How the person comes to be counted.
    pub role: Role,
    /// Category after evidence and priority.
    pub category: EthosCategory,
    /// Living situation of the winning spell.
    pub situation: Option<LivingSituation>,
    /// Every category in which a spell places the person, as bits by [`EthosCategory::index`].
    pub categories_seen: u8,
    /// The four municipalities of the winning spell, recoded to the date.
    pub municipalities: Municipalities,
    /// Sex.
    pub sex: Option<Sex>,
    /// Age in completed years on the date (for a period: on its first active day).
    pub age: Option<u8>,
    /// Origin.
    pub origin: Option<Origin>,
    /// Nationality group.
    pub nationality: Option<NationalityGroup>,
    /// Residence status.
    pub residence: Option<ResidenceStatus>,
    /// Household key.
    pub household: Option<Token>,
    /// Lists that saw the person, whether in the scope of the estimate or not.
    pub lists: ListSet,
    /// Lists that saw the person within the scope of the estimate; empty when out of scope.
    pub capture: ListSet,
}

//! Links: which person each spell is of. Linkage makes them, counting reads them.

use crate::person::PersonId;

/// The outcome of linkage, in two columns that run parallel to the spells it was given.
///
/// Both columns have the length of the spells; [`Links::new`] holds the two to one length.
#[derive(Clone, PartialEq, Eq, Debug, Default)]
pub struct Links {
    person: Vec<PersonId>,
    keyed: Vec<bool>,
}

impl Links {
    /// Puts the two columns together; `None` when their lengths differ.
    pub fn new(person: Vec<PersonId>, keyed: Vec<bool>) -> Option<Self> {
        (person.len() == keyed.len()).then_some(Self { person, keyed })
    }

    /// The person of every spell.
    pub fn person(&self) -> &[PersonId] {
        &self.person
    }

    /// Whether a citizen service number stands behind the person of every spell. Where it does,
    /// the id is the keyed hash of that number, so that it can be looked up in a register.
    pub fn keyed(&self) -> &[bool] {
        &self.keyed
    }

    /// Number of spells.
    pub fn len(&self) -> usize {
        self.person.len()
    }

    /// Whether there are no spells.
    pub fn is_empty(&self) -> bool {
        self.person.is_empty()
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::token::Token;

    #[test]
    fn columns_have_one_length() {
        let id = PersonId(Token::from_bytes([1; 16]));
        assert_eq!(Links::new(vec![id], vec![true]).unwrap().len(), 1);
        assert_eq!(Links::new(vec![id], vec![]), None);
    }
}

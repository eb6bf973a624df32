//! A term of a log-linear model: the interaction of some lists and some covariates.

use std::cmp::Ordering;

use serde::{Deserialize, Serialize};

/// An interaction of lists and covariates as two bit masks; both empty is the intercept.
///
/// Ordered by the number of variables, then by their positions, lists first:
/// `1 < 2 < sex < 12 < 13 < 23 < 123`.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize)]
pub struct Term {
    /// Bit `i` set: list `i` takes part.
    pub lists: u16,
    /// Bit `f` set: covariate `f` takes part.
    pub factors: u32,
}

impl Term {
    /// The intercept.
    pub const INTERCEPT: Self = Self {
        lists: 0,
        factors: 0,
    };

    /// A term from its masks.
    pub const fn new(lists: u16, factors: u32) -> Self {
        Self { lists, factors }
    }

    /// The main effect of a list.
    pub const fn list(i: usize) -> Self {
        Self {
            lists: 1 << i,
            factors: 0,
        }
    }

    /// The main effect of a covariate.
    pub const fn factor(f: usize) -> Self {
        Self {
            lists: 0,
            factors: 1 << f,
        }
    }

    /// Number of variables.
    pub const fn order(self) -> u32 {
        self.lists.count_ones() + self.factors.count_ones()
    }

    /// The interaction of two terms.
    #[must_use]
    pub const fn union(self, other: Self) -> Self {
        Self {
            lists: self.lists | other.lists,
            factors: self.factors | other.factors,
        }
    }

    /// Whether every variable of `self` is in `other`.
    pub const fn within(self, other: Self) -> bool {
        self.lists & !other.lists == 0 && self.factors & !other.factors == 0
    }

    /// The terms with one variable left out, lists first.
    pub fn faces(self) -> impl Iterator<Item = Self> {
        let lists = (0..16)
            .filter(move |i| self.lists >> i & 1 == 1)
            .map(move |i| Self {
                lists: self.lists & !(1 << i),
                factors: self.factors,
            });
        let factors = (0..32)
            .filter(move |f| self.factors >> f & 1 == 1)
            .map(move |f| Self {
                lists: self.lists,
                factors: self.factors & !(1 << f),
            });
        lists.chain(factors)
    }

    /// All terms within this one, the intercept and itself included.
    pub fn subsets(self) -> impl Iterator<Item = Self> {
        let key = u64::from(self.lists) | u64::from(self.factors) << 16;
        let mut next = Some(key);
        std::iter::from_fn(move || {
            let now = next?;
            next = (now > 0).then(|| (now - 1) & key);
            Some(Self {
                lists: now as u16,
                factors: (now >> 16) as u32,
            })
        })
    }

    fn key(self) -> (u32, u16, u32) {
        (
            self.order(),
            !self.lists.reverse_bits(),
            !self.factors.reverse_bits(),
        )
    }
}

impl Ord for Term {
    fn cmp(&self, other: &Self) -> Ordering {
        self.key().cmp(&other.key())
    }
}

impl PartialOrd for Term {
    fn partial_cmp(&self, other: &Self) -> Option<Ordering> {
        Some(self.cmp(other))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn orders_by_size_then_position() {
        let mut t = [
            Term::new(0b111, 0),
            Term::new(0b110, 0),
            Term::new(0b11, 0),
            Term::factor(0),
            Term::list(1),
            Term::new(0b101, 0),
            Term::list(0),
            Term::INTERCEPT,
        ];
        t.sort();
        assert_eq!(
            t.map(|t| (t.lists, t.factors)),
            [
                (0, 0),
                (1, 0),
                (2, 0),
                (0, 1),
                (3, 0),
                (5, 0),
                (6, 0),
                (7, 0)
            ]
        );
    }

    #[test]
    fn subsets_and_faces() {
        let t = Term::new(0b101, 0b10);
        assert_eq!(t.subsets().count(), 8);
        assert_eq!(t.faces().count(), 3);
        assert!(t.faces().all(|f| f.within(t) && f.order() == 2));
    }
}

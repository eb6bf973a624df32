//! The lattice of hierarchical models over list interactions, as bit sets.
//!
//! A set of lists is a capture history read as a number below 2^lists; a family
//! of interactions is a 64-bit set of such numbers. A hierarchical model is a
//! family that holds with every interaction all smaller ones within it. Six
//! lists have 7,785,061 of them, which are counted here but never listed.

use std::collections::BTreeMap;

use crate::term::Term;

/// Most lists whose families fit in 64 bits.
pub(crate) const MAX_LATTICE_LISTS: usize = 6;

/// The hierarchical families of interactions of two lists or more, up to an order.
#[derive(Debug, Clone)]
pub(crate) struct Lattice {
    pub(crate) lists: u32,
    /// Interactions that may be in a model.
    pub(crate) all: u64,
    /// Interactions every model contains: the forced ones and all within them.
    pub(crate) must: u64,
    /// For each set of lists, the interactions that contain it.
    up: Vec<u64>,
    /// For each set of lists, the interactions within it.
    down: Vec<u64>,
    /// The interactions in the order of terms.
    order: Vec<u8>,
}

/// The members of a family.
pub(crate) fn members(family: u64) -> impl Iterator<Item = usize> {
    let mut rest = family;
    std::iter::from_fn(move || {
        (rest != 0).then(|| {
            let h = rest.trailing_zeros() as usize;
            rest &= rest - 1;
            h
        })
    })
}

impl Lattice {
    /// Interactions of at most `max_order` of `lists` lists; `forced` ones are in every model, `held`
    /// ones and all that contain them in none.
    pub(crate) fn new(lists: usize, max_order: u32, forced: &[u16], held: &[u16]) -> Self {
        assert!(
            lists <= MAX_LATTICE_LISTS,
            "families of at most six lists fit in 64 bits"
        );
        let sets = 1_usize << lists;
        let mut terms: Vec<Term> = (1..sets)
            .map(|m| Term::new(m as u16, 0))
            .filter(|t| (2..=max_order).contains(&t.order()))
            .filter(|t| !held.iter().any(|h| h & !t.lists == 0))
            .collect();
        terms.sort();
        let order: Vec<u8> = terms.iter().map(|t| t.lists as u8).collect();
        let all = order.iter().fold(0, |set, &h| set | 1_u64 << h);
        let related = |relation: &dyn Fn(usize, usize) -> bool| -> Vec<u64> {
            (0..sets)
                .map(|h| {
                    members(all)
                        .filter(|&g| relation(h, g))
                        .fold(0, |set, g| set | 1_u64 << g)
                })
                .collect()
        };
        let up = related(&|h, g| h & !g == 0);
        let down = related(&|h, g| g & !h == 0);
        let must = forced.iter().fold(0, |set, &f| set | down[f as usize]);
        Self {
            lists: lists as u32,
            all,
            must,
            up,
            down,
            order,
        }
    }

    /// The interactions that contain `h`, itself included.
    pub(crate) fn up(&self, h: usize) -> u64 {
        self.up[h]
    }

    /// The interactions within `h`, itself included.
    pub(crate) fn down(&self, h: usize) -> u64 {
        self.down[h]
    }

    /// The interactions in term order.
    pub(crate) fn in_order(&self) -> impl DoubleEndedIterator<Item = usize> + '_ {
        self.order.iter().map(|&h| h as usize)
    }

    /// The family's rank in the order that breaks ties: fewer terms, then earlier terms.
    pub(crate) fn place(&self, family: u64) -> u128 {
        // Of two families of a size, the one with the earlier term where they differ comes first.
        let absent = self
            .in_order()
            .fold(0_u64, |key, h| key << 1 | u64::from(family >> h & 1 == 0));
        u128::from(family.count_ones()) << 64 | u128::from(absent)
    }

    /// How many models there are.
    pub(crate) fn count(&self) -> u64 {
        self.count_within(self.all & !self.must, &mut BTreeMap::new())
    }

    /// Families within `free`, an up-set less an up-set: with or without a pivot, each counted once.
    fn count_within(&self, free: u64, known: &mut BTreeMap<u64, u64>) -> u64 {
        let reach = |h: usize| {
            let (up, down) = (self.up[h] & free, self.down[h] & free);
            (up.count_ones() * down.count_ones(), h)
        };
        let Some((size, pivot)) = members(free).map(reach).max() else {
            return 1;
        };
        if size == 1 {
            // No two of them are nested.
            return 1 << free.count_ones();
        }
        if let Some(&count) = known.get(&free) {
            return count;
        }
        let count = self.count_within(free & !self.up[pivot], known)
            + self.count_within(free & !self.down[pivot], known);
        known.insert(free, count);
        count
    }

    /// Calls `visit` with every model, each after the one it extends by its last interaction.
    ///
    /// `state` is what `visit` returned for the model extended.
    pub(crate) fn walk<S>(&self, family: u64, state: &S, visit: &mut impl FnMut(u64, &S) -> S) {
        for next in self.extensions(family) {
            let own = visit(next, state);
            self.walk(next, &own, visit);
        }
    }

    /// The models that extend `family` by one interaction later than all its free ones.
    pub(crate) fn extensions(&self, family: u64) -> impl Iterator<Item = u64> + '_ {
        let from = self
            .order
            .iter()
            .rposition(|&h| (family & !self.must) >> h & 1 == 1)
            .map_or(0, |i| i + 1);
        self.order[from..].iter().filter_map(move |&h| {
            let own = 1_u64 << h;
            let ready = family & own == 0 && self.down[h as usize] & !own & !family == 0;
            ready.then_some(family | own)
        })
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::model::Model;
    use crate::select::space::enumerate;

    #[test]
    fn counts_six_lists_without_listing_them() {
        let count = |lists, order| Lattice::new(lists, order, &[], &[]).count();
        assert_eq!(
            [
                count(2, 1),
                count(3, 2),
                count(4, 3),
                count(5, 4),
                count(6, 5)
            ],
            [1, 8, 113, 6_893, 7_785_061]
        );
        assert_eq!([count(6, 2), count(5, 3)], [32_768, 6_212]);
    }

    #[test]
    fn walks_and_orders_like_the_enumeration() {
        for (lists, max_order, forced, held) in [
            (2_usize, 1, vec![], vec![]),
            (3, 2, vec![], vec![]),
            (4, 3, vec![], vec![]),
            (4, 3, vec![0b111_u16], vec![]),
            (4, 2, vec![0b1010, 0b11], vec![0b110_u16]),
            (5, 3, vec![0b10110], vec![0b1001]),
        ] {
            let base = Model::from_generators((0..lists).map(Term::list));
            let lattice = Lattice::new(lists, max_order, &forced, &held);
            let (listed, _) = enumerate(lists, max_order, &base, &forced, &held);
            assert_eq!(lattice.count(), listed.len() as u64);
            let mut families = vec![lattice.must];
            lattice.walk(lattice.must, &(), &mut |family, ()| families.push(family));
            families.sort_by_key(|&f| lattice.place(f));
            let models: Vec<Model> = families
                .iter()
                .map(|&f| base.with_lists(members(f).map(|h| h as u16)))
                .collect();
            assert_eq!(models, listed);
        }
    }
}

//! Which cells to let go so that a place can move.

use std::collections::{BTreeSet, VecDeque};

use crate::knowledge::Bounds;
use crate::system::System;

/// Systems of up to so many cells are looked at whole, in whole persons.
pub(crate) const SMALL: usize = 120;

/// The number of the component of each cell: cells that can move hang together where a sum holds
/// both.
pub(super) fn components(system: &System, bounds: &[Bounds]) -> Vec<usize> {
    let mut component = vec![usize::MAX; bounds.len()];
    for first in 0..bounds.len() {
        if component[first] != usize::MAX {
            continue;
        }
        component[first] = first;
        let mut front = vec![first];
        while let Some(at) = front.pop() {
            if bounds[at].lower == bounds[at].upper {
                continue;
            }
            for relation in system.relations_of(at) {
                for (next, _) in relation.terms() {
                    if component[next] == usize::MAX && bounds[next].lower < bounds[next].upper {
                        component[next] = first;
                        front.push(next);
                    }
                }
            }
        }
    }
    component
}

/// Whether the whole system is small enough to be looked at at once.
pub(super) fn is_small(system: &System) -> bool {
    system.cells().len() <= SMALL
}

/// The cells around one, through sums, cells that cannot move apart. Of a wide sum only the
/// `width` cells with most room are taken, so that the way leads on instead of along it.
pub(super) fn around(
    system: &System,
    bounds: &[Bounds],
    cell: usize,
    most: usize,
    width: usize,
) -> BTreeSet<usize> {
    let mut found = BTreeSet::from([cell]);
    let mut queue = VecDeque::from([cell]);
    while let Some(at) = queue.pop_front() {
        let mut relations: Vec<_> = system.relations_of(at).collect();
        relations.sort_by_key(|relation| relation.parts.len());
        for relation in relations {
            let mut next: Vec<usize> = relation
                .terms()
                .map(|(next, _)| next)
                .filter(|next| bounds[*next].lower < bounds[*next].upper)
                .collect();
            if next.len() > width {
                let room = |at: usize| bounds[at].upper - bounds[at].lower;
                next.sort_by_key(|at| {
                    (
                        *at != relation.total,
                        !found.contains(at),
                        std::cmp::Reverse(room(*at)),
                        *at,
                    )
                });
                next.truncate(width);
            }
            for next in next {
                if found.len() >= most {
                    return found;
                }
                if found.insert(next) {
                    queue.push_back(next);
                }
            }
        }
    }
    found
}

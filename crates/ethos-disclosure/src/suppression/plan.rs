//! Which protected counts are solved together.

use std::collections::{BTreeMap, BTreeSet};

use crate::audit::SMALL;
use crate::rule::Requirement;
use crate::system::System;

/// Systems of no more cells than this are solved whole, and small ones exactly, in whole persons.
const CELLS: usize = 2_500;

/// Counts solved together.
pub(super) struct Block {
    /// The place whose parts they are.
    pub(super) place: Option<u32>,
    /// How far down the place is. Blocks of one level share no cell.
    pub(super) level: usize,
    /// Its protected counts.
    pub(super) asked: Vec<Requirement>,
    /// The sums an attacker uses; `None`: all.
    pub(super) sums: Option<BTreeSet<usize>>,
}

/// Whether whole tables can be tried for every pattern.
pub(super) fn is_small(system: &System) -> bool {
    system.cells().len() <= SMALL
}

/// The whole system where it is small; else each place with the places right below it.
pub(super) fn of(system: &System, requirements: &[Requirement]) -> Vec<Block> {
    if system.cells().len() <= CELLS {
        return vec![Block {
            place: None,
            level: 0,
            asked: requirements.to_vec(),
            sums: None,
        }];
    }
    let above = system.places();
    // A place is in the block of the one above it; one with nothing above in its own.
    let head = |place: u32| above[place as usize].unwrap_or(place);
    let depth = |place: u32| system.above(place).count();
    let mut asked: BTreeMap<(usize, u32), Vec<Requirement>> = BTreeMap::new();
    for requirement in requirements {
        let head = head(system.cells()[requirement.cell].place);
        asked
            .entry((depth(head), head))
            .or_default()
            .push(*requirement);
    }
    let mut sums: BTreeMap<u32, BTreeSet<usize>> = BTreeMap::new();
    for (at, relation) in system.relations().iter().enumerate() {
        let places: BTreeSet<u32> = relation
            .terms()
            .map(|(cell, _)| system.cells()[cell].place)
            .collect();
        let heads: BTreeSet<u32> = places
            .iter()
            .flat_map(|place| [*place, head(*place)])
            .collect();
        for head in heads {
            let inside = |place: &u32| *place == head || above[*place as usize] == Some(head);
            if places.iter().all(inside) {
                sums.entry(head).or_default().insert(at);
            }
        }
    }
    asked
        .into_iter()
        .map(|((level, place), asked)| Block {
            place: Some(place),
            level,
            asked,
            sums: Some(sums.remove(&place).unwrap_or_default()),
        })
        .collect()
}

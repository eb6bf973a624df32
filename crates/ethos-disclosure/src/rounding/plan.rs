//! In which order cells are rounded.

use std::collections::BTreeMap;

use crate::system::{Role, System};

/// A block's linear programme has no more cells than this …
const CELLS: usize = 4_000;
/// … and no more cells × sums than this.
const LARGEST: usize = 3_000_000;
/// Cells of a place and those beside it that are rounded together, at most.
const TOGETHER: usize = 900;

/// Blocks of published cells: everything at once where that is small enough; else from the top
/// down, the parts of each place together.
pub(super) fn of(system: &System) -> Vec<Vec<usize>> {
    let all: Vec<usize> = (0..system.cells().len())
        .filter(|cell| {
            let own = system.cells()[*cell];
            own.role == Role::Published && own.count > 0
        })
        .collect();
    if fits(all.len(), system.relations().len()) {
        return vec![all];
    }
    // Regions that overlap others come last: they are sums of what was decided before, while of
    // several ways to add up to the same places none could be the last to take what is left.
    let overlapping = system.overlapping();
    let mut blocks: BTreeMap<(bool, usize, Option<u32>), Vec<usize>> = BTreeMap::new();
    for cell in all {
        let place = system.cells()[cell].place;
        let key = if overlapping[place as usize] {
            (true, 0, system.above(place).last())
        } else {
            let depth = system.above(place).count();
            (false, depth, system.places()[place as usize])
        };
        blocks.entry(key).or_default().push(cell);
    }
    blocks
        .into_iter()
        .flat_map(|((overlapping, _, _), block)| {
            if overlapping {
                inside_first(system, block)
            } else {
                split(system, block)
            }
        })
        .collect()
}

/// Table by table, the most crossed first: what their totals are follows from them.
fn inside_first(system: &System, block: Vec<usize>) -> Vec<Vec<usize>> {
    let mut tables: BTreeMap<u32, Vec<usize>> = BTreeMap::new();
    for cell in block {
        let table = system.cells()[cell].table;
        tables.entry(table).or_default().push(cell);
    }
    tables.into_values().rev().collect()
}

/// The parts of a place together where that is small enough; else each by itself, and table by
/// table where it is too large alone.
fn split(system: &System, block: Vec<usize>) -> Vec<Vec<usize>> {
    if block.len() <= TOGETHER {
        return vec![block];
    }
    let mut size: BTreeMap<u32, i64> = BTreeMap::new();
    let mut places: BTreeMap<u32, BTreeMap<u32, Vec<usize>>> = BTreeMap::new();
    for cell in block {
        let found = system.cells()[cell];
        *size.entry(found.place).or_default() += found.count;
        let tables = places.entry(found.place).or_default();
        tables.entry(found.table).or_default().push(cell);
    }
    // The largest last, so that it takes what the others leave.
    let mut places: Vec<_> = places.into_iter().collect();
    places.sort_by_key(|(place, _)| (size[place], *place));
    let mut plan = Vec::new();
    for (_, tables) in places {
        let mut current: Vec<usize> = Vec::new();
        for cells in tables.into_values() {
            // Tables that share margins do not have to follow one another.
            if !current.is_empty() && current.len() + cells.len() > TOGETHER {
                plan.push(std::mem::take(&mut current));
            }
            current.extend(cells);
        }
        plan.push(current);
    }
    plan
}

fn fits(cells: usize, sums: usize) -> bool {
    cells <= CELLS && cells * sums <= LARGEST
}

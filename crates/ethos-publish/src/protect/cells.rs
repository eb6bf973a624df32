//! The counts of a cube as cells: the same figure in two families is one cell.

use std::collections::{BTreeMap, BTreeSet};

use ethos_model::cube::{CubeKey, CubeRow, Family, Figure};

use super::threshold::Rule;

/// Whether a cell is shown.
#[derive(Copy, Clone, PartialEq, Eq, Debug)]
pub(super) enum Shown {
    /// With a number.
    Published,
    /// Withheld because it is small.
    Small,
    /// Withheld to protect another.
    Secondary,
}

/// A count that is published or withheld.
#[derive(Copy, Clone, PartialEq, Eq, Debug)]
struct Cell {
    /// Persons.
    persons: u64,
    /// Whether it is shown.
    shown: Shown,
}

/// Every count with a number.
pub(super) struct Cells {
    keys: Vec<CubeKey>,
    states: Vec<Cell>,
    by_key: BTreeMap<CubeKey, usize>,
    of_row: Vec<Option<usize>>,
    published: Vec<Option<u64>>,
    /// Figures that are said not to be there.
    missing: BTreeSet<CubeKey>,
}

/// The dimensions of a figure whatever table it stands in.
pub(super) fn anywhere(key: &CubeKey) -> CubeKey {
    CubeKey {
        family: Family::NationalCategory,
        ..key.clone()
    }
}

impl Cells {
    /// The cells of a cube, small ones withheld, in the order of their keys whatever that of the
    /// rows. Two rows of the same dimensions that disagree stay two cells; relations then see the
    /// smaller.
    pub(super) fn of(cube: &[CubeRow], rule: Rule) -> Self {
        let mut found: BTreeMap<(CubeKey, u64), Vec<usize>> = BTreeMap::new();
        let mut missing = BTreeSet::new();
        for (row, CubeRow { key, figure }) in cube.iter().enumerate() {
            if let Figure::Count(count) = figure {
                if let Some(persons) = count.persons() {
                    found.entry((anywhere(key), persons)).or_default().push(row);
                } else {
                    missing.insert(anywhere(key));
                }
            }
        }
        let mut cells = Self {
            keys: Vec::with_capacity(found.len()),
            states: Vec::with_capacity(found.len()),
            by_key: BTreeMap::new(),
            of_row: vec![None; cube.len()],
            published: vec![None; found.len()],
            missing,
        };
        for (at, ((key, persons), rows)) in found.into_iter().enumerate() {
            let shown = if rule.is_small(persons) {
                Shown::Small
            } else {
                Shown::Published
            };
            for row in rows {
                cells.of_row[row] = Some(at);
            }
            cells.states.push(Cell { persons, shown });
            cells.keys.push(key.clone());
            cells.by_key.entry(key).or_insert(at);
        }
        cells
    }

    /// Number of cells.
    pub(super) fn len(&self) -> usize {
        self.states.len()
    }

    /// Keys in cell order, each without its family.
    pub(super) fn keys(&self) -> &[CubeKey] {
        &self.keys
    }

    /// Withholds a cell to protect others.
    pub(super) fn withhold(&mut self, at: usize) {
        self.states[at].shown = Shown::Secondary;
    }

    /// Persons in a cell.
    pub(super) fn persons(&self, at: usize) -> u64 {
        self.states[at].persons
    }

    /// Says which number of a cell is published, if any.
    pub(super) fn publish(&mut self, at: usize, number: Option<u64>) {
        self.published[at] = number;
    }

    /// The published number of a row of the cube; `None` where it is withheld.
    pub(super) fn published_of_row(&self, row: usize) -> Option<u64> {
        self.published[(*self.of_row.get(row)?)?]
    }

    /// The position of the cell with this key, whatever its family.
    pub(super) fn position(&self, key: &CubeKey) -> Option<usize> {
        self.by_key.get(&anywhere(key)).copied()
    }

    /// Whether a figure is in the cube without a number.
    pub(super) fn is_missing(&self, key: &CubeKey) -> bool {
        self.missing.contains(&anywhere(key))
    }

    /// Persons in the cell with this key, whatever its family, and the published number.
    pub(super) fn get(&self, key: &CubeKey) -> Option<(u64, Option<u64>)> {
        self.position(key)
            .map(|at| (self.states[at].persons, self.published[at]))
    }

    /// How many cells are in this state.
    pub(super) fn count(&self, shown: Shown) -> usize {
        self.states
            .iter()
            .filter(|cell| cell.shown == shown)
            .count()
    }
}

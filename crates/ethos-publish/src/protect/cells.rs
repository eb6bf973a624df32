//! The counts of a cube as cells: the same figure in two families is one cell.

use std::collections::BTreeMap;

use ethos_model::cube::{CubeKey, CubeRow, Family, Figure};

use super::secondary::{Cell, Shown};
use super::threshold::Rule;

/// Every count with a number.
pub(super) struct Cells {
    keys: Vec<CubeKey>,
    states: Vec<Cell>,
    by_key: BTreeMap<CubeKey, usize>,
    of_row: Vec<Option<usize>>,
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
        for (row, CubeRow { key, figure }) in cube.iter().enumerate() {
            if let Figure::Count(count) = figure
                && let Some(persons) = count.persons()
            {
                found.entry((anywhere(key), persons)).or_default().push(row);
            }
        }
        let mut cells = Self {
            keys: Vec::with_capacity(found.len()),
            states: Vec::with_capacity(found.len()),
            by_key: BTreeMap::new(),
            of_row: vec![None; cube.len()],
        };
        for (at, ((key, persons), rows)) in found.into_iter().enumerate() {
            let shown = if rule.is_small(persons) {
                Shown::Small
            } else {
                Shown::Shown
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

    /// The cells, to withhold more of them.
    pub(super) fn states_mut(&mut self) -> &mut [Cell] {
        &mut self.states
    }

    /// The cell of a row of the cube.
    pub(super) fn of_row(&self, row: usize) -> Option<Cell> {
        self.of_row
            .get(row)
            .copied()
            .flatten()
            .map(|at| self.states[at])
    }

    /// The position of the cell with this key, whatever its family.
    pub(super) fn position(&self, key: &CubeKey) -> Option<usize> {
        self.by_key.get(&anywhere(key)).copied()
    }

    /// The cell with this key, whatever its family.
    pub(super) fn get(&self, key: &CubeKey) -> Option<Cell> {
        self.position(key).map(|at| self.states[at])
    }

    /// How many cells are in this state.
    pub(super) fn count(&self, shown: Shown) -> usize {
        self.states
            .iter()
            .filter(|cell| cell.shown == shown)
            .count()
    }
}

//! Cells decided so far, and ways to decide more.

use std::collections::{BTreeMap, BTreeSet};

use super::RoundingOptions;
use super::block::{Block, Solved};
use crate::system::{Role, System};

/// Numbers of a tableau that may change (half a second's work) before a block is taken in stages:
/// of a large block of crossed tables the linear programme leaves hundreds of cells between two
/// numbers, and fixing these one by one seldom leads anywhere.
const PATIENCE: u64 = 1_000_000_000;

/// A rounding under way.
pub(super) struct Work<'a> {
    pub(super) system: &'a System,
    pub(super) base: i64,
    pub(super) options: &'a RoundingOptions,
    /// Multiples that were published before.
    pub(super) kept: Vec<Option<i64>>,
    /// Multiples by cell.
    pub(super) decided: Vec<Option<i64>>,
    /// By place: whether its cells are sums over places that are decided elsewhere.
    pub(super) overlapping: Vec<bool>,
}

impl<'a> Work<'a> {
    pub(super) fn new(
        system: &'a System,
        options: &'a RoundingOptions,
        keep: &[(usize, i64)],
    ) -> Self {
        let base = i64::from(options.base.max(1));
        let decided = system.cells().iter().map(|cell| match cell.role {
            // Where nobody is, nobody is shown.
            Role::Published => (base == 1 || cell.count == 0).then_some(cell.count),
            // So that what is shown adds up.
            Role::Empty => Some(0),
            Role::Hidden => None,
        });
        let mut kept = vec![None; system.cells().len()];
        for (cell, number) in keep {
            if number % base == 0 && (number - system.cells()[*cell].count).abs() < base {
                kept[*cell] = Some(number / base);
            }
        }
        Self {
            system,
            base,
            options,
            kept,
            decided: decided.collect(),
            overlapping: system.overlapping(),
        }
    }

    /// Whether a cell is of a region that overlaps others.
    pub(super) fn is_overlapping(&self, cell: usize) -> bool {
        self.overlapping[self.system.cells()[cell].place as usize]
    }

    /// Decides cells together; zeros become a number where nothing else adds up. `None` where
    /// all were decided before.
    pub(super) fn decide(&mut self, cells: &[usize]) -> Result<Option<Solved>, usize> {
        let mut open = self.open(cells);
        if open.is_empty() {
            return Ok(None);
        }
        let mut solved = self.attempt(&open);
        if solved.is_err() {
            let places: BTreeSet<u32> = open
                .iter()
                .map(|cell| self.system.cells()[*cell].place)
                .collect();
            for (at, cell) in self.system.cells().iter().enumerate() {
                if cell.role == Role::Published && cell.count == 0 && places.contains(&cell.place) {
                    self.decided[at] = None;
                    open.push(at);
                }
            }
            solved = self.attempt(&open);
        }
        solved.map(Some)
    }

    /// Decides the cells whose parts are all decided: they are what these add up to.
    pub(super) fn follow<'c>(&mut self, cells: impl IntoIterator<Item = &'c usize>) {
        for &cell in cells {
            if self.decided[cell].is_none() {
                self.decided[cell] = self
                    .system
                    .relations_of(cell)
                    .filter(|relation| relation.total == cell)
                    .find_map(|relation| {
                        let parts = relation.parts.iter();
                        parts.map(|part| self.decided[*part]).sum()
                    });
            }
        }
    }

    fn open(&self, cells: &[usize]) -> Vec<usize> {
        let open = |cell: &&usize| self.decided[**cell].is_none();
        cells.iter().filter(open).copied().collect()
    }

    /// All at once; else margin by margin; else all at once with patience, or by branch and bound.
    fn attempt(&mut self, cells: &[usize]) -> Result<Solved, usize> {
        let solved = match Block::new(self, cells).dive(PATIENCE) {
            Ok(solved) => solved,
            Err(culprit) => self
                .in_stages(cells)
                .or_else(|| Block::new(self, cells).dive(u64::MAX).ok())
                .or_else(|| Block::new(self, cells).branch())
                .ok_or(culprit)?,
        };
        self.take(&solved);
        Ok(solved)
    }

    fn take(&mut self, solved: &Solved) {
        for (cell, multiple) in &solved.multiples {
            self.decided[*cell] = Some(*multiple);
        }
    }

    /// Margins that several tables share; then the tables; last the margins of one table, which
    /// follow from it. Each stage is a two-way table of places, for each cell of a shared margin
    /// by itself, so that whole numbers exist; what that costs is that the margins that follow
    /// lie further from their counts.
    fn in_stages(&mut self, cells: &[usize]) -> Option<Solved> {
        let before = self.decided.clone();
        let multiples = self.staged(cells);
        if multiples.is_none() {
            self.decided = before;
        }
        Some(Solved {
            multiples: multiples?,
            bound: 0.0,
            exact: false,
        })
    }

    fn staged(&mut self, cells: &[usize]) -> Option<Vec<(usize, i64)>> {
        for stage in &self.stages(cells) {
            let open = self.open(stage);
            if !open.is_empty() {
                let solved = Block::new(self, &open).dive(u64::MAX).ok()?;
                self.take(&solved);
            }
            self.follow(cells.iter().rev());
        }
        let multiple = |cell: &usize| Some((*cell, self.decided[*cell]?));
        cells.iter().map(multiple).collect()
    }

    /// Cells by stage: shared margins, tables, and whatever does not follow from these.
    fn stages(&self, cells: &[usize]) -> [Vec<usize>; 3] {
        let own: BTreeSet<usize> = cells.iter().copied().collect();
        let table = |cell: usize| self.system.cells()[cell].table;
        let mut parts: BTreeMap<u32, BTreeSet<u32>> = BTreeMap::new();
        for &cell in cells {
            for relation in self.system.relations_of(cell) {
                if relation.total == cell {
                    let inside = relation.parts.iter().filter(|part| own.contains(part));
                    let tables = inside
                        .map(|part| table(*part))
                        .filter(|at| *at != table(cell));
                    parts.entry(table(cell)).or_default().extend(tables);
                }
            }
        }
        let mut stages = [const { Vec::new() }; 3];
        for &cell in cells {
            let stage = match parts.get(&table(cell)).map_or(0, BTreeSet::len) {
                0 => 1,
                1 => 2,
                _ => 0,
            };
            stages[stage].push(cell);
        }
        stages
    }
}

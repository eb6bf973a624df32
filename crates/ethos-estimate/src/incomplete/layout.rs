//! Which complete cells each observed pattern may stand for.

use std::collections::{BTreeMap, BTreeSet};

use super::table::{IncompleteTable, Pattern};
use crate::error::EstimateError;
use crate::table::{MAX_CELLS, Shape};

/// Lists of numbers, one after the other.
#[derive(Debug, Clone, Default)]
pub(crate) struct Sets {
    starts: Vec<u32>,
    items: Vec<u32>,
}

impl Sets {
    fn push(&mut self, items: impl IntoIterator<Item = u32>) {
        if self.starts.is_empty() {
            self.starts.push(0);
        }
        self.items.extend(items);
        self.starts.push(self.items.len() as u32);
    }

    pub(crate) fn len(&self) -> usize {
        self.starts.len().saturating_sub(1)
    }

    pub(crate) fn get(&self, at: usize) -> &[u32] {
        &self.items[self.starts[at] as usize..self.starts[at + 1] as usize]
    }

    pub(crate) fn iter(&self) -> impl Iterator<Item = &[u32]> {
        self.starts
            .windows(2)
            .map(|w| &self.items[w[0] as usize..w[1] as usize])
    }
}

/// An incomplete table as patterns over the cells of a complete one.
///
/// A *slot* is a pattern that could have been observed: a history over the lists that can see, and
/// levels of the covariates that are known. A history is observed with the sets of known covariates
/// that persons with it have; one that nobody has counts as known what some shorter history knows
/// (a covariate that a list records is known to whoever is also on other lists).
#[derive(Debug, Clone)]
pub(crate) struct Layout {
    pub(crate) shape: Shape,
    /// Per stratum, the lists that can see it; none where fewer than two can.
    pub(crate) sighted: Vec<u16>,
    /// Per cell, whether some list that can see its stratum holds it.
    pub(crate) observable: Vec<bool>,
    /// Per slot, the cells it may be.
    pub(crate) slots: Sets,
    /// Per slot, the share of the persons with its history whose covariates are known as it says.
    pub(crate) shares: Vec<f64>,
    /// Persons per slot.
    pub(crate) y: Vec<f64>,
    /// Slots in which each history is resolved best: the cells of the saturated model.
    pub(crate) resolved: usize,
    /// Whether some covariate is missing for somebody.
    pub(crate) missing: bool,
}

/// The known and unknown of a group of slots: lists that cannot see, covariates that are missing.
type Kind = (u16, u32);

impl Layout {
    pub(crate) fn new(table: &IncompleteTable) -> Result<Self, EstimateError> {
        let shape = table.frame.shape().clone();
        let used: Vec<&Pattern> = table
            .patterns
            .iter()
            .filter(|p| table.estimable(p.blind))
            .collect();
        let mut sighted: Vec<u16> = table
            .blind
            .iter()
            .map(|&blind| {
                if table.estimable(blind) {
                    table.sighted(blind)
                } else {
                    0
                }
            })
            .collect();
        if table.coverage {
            // A combination of coverage and covariates that nobody has is no part of the population.
            for (s, lists) in sighted.iter_mut().enumerate() {
                let blind = table.blind[s];
                if !used
                    .iter()
                    .any(|p| p.blind == blind && matches(&shape, p, s))
                {
                    *lists = 0;
                }
            }
        }
        let observable: Vec<bool> = (0..shape.cells())
            .map(|c| shape.history(c) & sighted[shape.stratum(c)] != 0)
            .collect();
        let mut kinds: BTreeMap<(u16, u16), BTreeMap<u32, f64>> = BTreeMap::new();
        for p in &used {
            *kinds
                .entry((p.blind, p.on))
                .or_default()
                .entry(missing(p))
                .or_insert(0.0) += p.count;
        }
        let ever: u32 = used.iter().fold(0, |all, p| all | missing(p));
        let masks: BTreeSet<u16> = used.iter().map(|p| p.blind).collect();
        let mut layout = Self {
            observable,
            slots: Sets::default(),
            shares: Vec::new(),
            y: Vec::new(),
            resolved: 0,
            missing: ever != 0,
            sighted,
            shape,
        };
        let mut places: BTreeMap<(Kind, u16, usize), usize> = BTreeMap::new();
        for &blind in &masks {
            let lists = table.sighted(blind);
            for on in submasks(lists) {
                let known = kinds.get(&(blind, on));
                let guessed;
                let known = if let Some(known) = known {
                    known
                } else {
                    guessed = BTreeMap::from([(guess(&kinds, blind, on, ever), 1.0)]);
                    &guessed
                };
                let persons: f64 = known.values().sum();
                let fewest = known.keys().map(|m| m.count_ones()).min();
                for (&unknown, &count) in known {
                    let before = layout.slots.len();
                    layout.add_slots(
                        (blind, unknown),
                        on,
                        count / persons,
                        &table.blind,
                        &mut places,
                    )?;
                    if Some(unknown.count_ones()) == fewest {
                        layout.resolved += layout.slots.len() - before;
                    }
                }
            }
        }
        layout.y = vec![0.0; layout.slots.len()];
        for p in used {
            let unknown = missing(p);
            let stratum = lowest(&layout.shape, p);
            let slot = places[&((p.blind, unknown), p.on, stratum)];
            layout.y[slot] += p.count;
        }
        Ok(layout)
    }

    /// The slots of one history under one kind, one for each combination of known levels.
    fn add_slots(
        &mut self,
        (mask, unknown): Kind,
        on: u16,
        share: f64,
        blind: &[u16],
        places: &mut BTreeMap<(Kind, u16, usize), usize>,
    ) -> Result<(), EstimateError> {
        let shape = &self.shape;
        let mut cells: BTreeMap<usize, Vec<u32>> = BTreeMap::new();
        let here = (0..shape.strata).filter(|&s| self.sighted[s] != 0 && blind[s] == mask);
        for s in here {
            let known: usize = (0..shape.levels.len())
                .filter(|f| unknown >> f & 1 == 0)
                .map(|f| shape.level(s, f) * shape.strides[f])
                .sum();
            let here = cells.entry(known).or_default();
            let hidden = (shape.histories() - 1) as u16 & !self.sighted[s];
            here.extend(
                std::iter::once(0)
                    .chain(submasks(hidden))
                    .map(|h| shape.cell(s, on | h) as u32),
            );
        }
        for (known, mut cells) in cells {
            cells.sort_unstable();
            places.insert(((mask, unknown), on, known), self.slots.len());
            self.slots.push(cells);
            self.shares.push(share);
            if self.slots.items.len() as u64 > MAX_CELLS {
                return Err(EstimateError::TooManyCells {
                    cells: self.slots.items.len() as u64,
                    limit: MAX_CELLS,
                });
            }
        }
        Ok(())
    }

    /// Whether a stratum takes part in the estimate.
    pub(crate) fn is_open(&self, stratum: usize) -> bool {
        self.sighted[stratum] != 0
    }

    /// Counts of a data set allocated to cells: those of slots with one cell, and the others in
    /// proportion to them, every cell of a slot having some share.
    pub(crate) fn spread(&self, y: &[f64]) -> Vec<f64> {
        let mut known = vec![0.0; self.shape.cells()];
        for (cells, &count) in self.slots.iter().zip(y) {
            if let [cell] = cells {
                known[*cell as usize] += count;
            }
        }
        let mut out = known.clone();
        for (cells, &count) in self.slots.iter().zip(y) {
            if cells.len() > 1 && count > 0.0 {
                let total: f64 = cells.iter().map(|&c| known[c as usize] + 0.5).sum();
                for &c in cells {
                    out[c as usize] += count * (known[c as usize] + 0.5) / total;
                }
            }
        }
        out
    }
}

/// The covariates missing from a pattern, as bits.
pub(crate) fn missing(pattern: &Pattern) -> u32 {
    let unknown = pattern.levels.iter().enumerate();
    unknown
        .filter(|(_, l)| l.is_none())
        .fold(0, |bits, (f, _)| bits | 1 << f)
}

/// The stratum with the known levels of a pattern, and the first of the others.
fn lowest(shape: &Shape, pattern: &Pattern) -> usize {
    let levels = pattern.levels.iter().zip(&shape.strides);
    levels.map(|(l, s)| l.unwrap_or_default() * s).sum()
}

/// Whether a stratum has the known levels of a pattern.
fn matches(shape: &Shape, pattern: &Pattern, stratum: usize) -> bool {
    (0..shape.levels.len()).all(|f| pattern.levels[f].is_none_or(|l| l == shape.level(stratum, f)))
}

/// What is missing of a history that nobody has.
fn guess(kinds: &BTreeMap<(u16, u16), BTreeMap<u32, f64>>, blind: u16, on: u16, ever: u32) -> u32 {
    let known = submasks(on)
        .filter_map(|h| kinds.get(&(blind, h)))
        .flat_map(BTreeMap::keys)
        .fold(0, |known, unknown| known | !unknown);
    ever & !known
}

/// The non-empty subsets of a set of bits, rising.
pub(crate) fn submasks(set: u16) -> impl Iterator<Item = u16> {
    let mut at = 0_u16;
    std::iter::from_fn(move || {
        at = (at.wrapping_sub(set)) & set;
        (at != 0).then_some(at)
    })
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::incomplete::IncompleteTable;
    use crate::table::Factor;

    #[test]
    fn subsets_are_listed_once() {
        let all: Vec<u16> = submasks(0b1011).collect();
        assert_eq!(all, [1, 2, 3, 8, 9, 10, 11]);
        assert_eq!(submasks(0).count(), 0);
        assert_eq!(submasks(u16::MAX).count(), 65_535);
    }

    #[test]
    fn slots_are_the_cells_a_pattern_may_be() {
        let (y, n) = (Some(true), Some(false));
        let factors = [Factor::new("x", ["0", "1"]), Factor::new("z", ["p", "q"])];
        let mut rows = IncompleteTable::builder(["a", "b", "c"], factors);
        // c cannot see z = q; x is missing for those on b alone.
        rows.add(&[y, n, n], &[Some(0), Some(0)], 5).unwrap();
        rows.add(&[n, y, n], &[None, Some(0)], 7).unwrap();
        rows.add(&[n, n, y], &[Some(1), Some(0)], 7).unwrap();
        rows.add(&[y, y, None], &[Some(1), Some(1)], 3).unwrap();
        let table = rows.build().unwrap();
        // Of x = 0 in z = q nobody is known: every list is taken to look.
        assert_eq!(table.blind(), [0, 0, 0, 0b100]);
        let layout = Layout::new(&table).unwrap();
        assert_eq!(layout.y.iter().sum::<f64>(), 22.0);
        let shape = &layout.shape;
        let of = |count: f64| {
            let at = layout.y.iter().position(|y| *y == count).unwrap();
            layout.slots.get(at).to_vec()
        };
        let cell = |s, h| shape.cell(s, h) as u32;
        assert_eq!(of(5.0), [cell(0, 1)]);
        assert_eq!(of(3.0), [cell(3, 0b011), cell(3, 0b111)]);
        // Nobody on c alone can be observed where c does not look.
        assert!(!layout.observable[shape.cell(3, 0b100)]);
        assert!(layout.observable[shape.cell(0, 0b100)]);
        // 7 persons with x missing may be in either level of x, where c looks.
        let slot = layout
            .slots
            .iter()
            .position(|c| c == [cell(0, 2), cell(2, 2)])
            .unwrap();
        assert_eq!(layout.y[slot], 7.0);
        // Allocation keeps the total.
        assert!((layout.spread(&layout.y).iter().sum::<f64>() - 22.0).abs() < 1e-12);
    }
}

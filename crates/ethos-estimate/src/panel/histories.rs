//! Counts by capture history alone: a table collapsed over its strata, or one of them.

use crate::design::Data;
use crate::table::CaptureTable;

/// Counts of persons by capture history, the unseen one zero.
#[derive(Debug, Clone)]
pub(crate) struct Histories {
    pub(crate) lists: usize,
    /// `y[h]`: persons with history `h`.
    pub(crate) y: Vec<f64>,
    /// Their sum.
    pub(crate) n: f64,
}

impl Histories {
    fn new(lists: usize, y: Vec<f64>) -> Self {
        let n = y.iter().sum();
        Self { lists, y, n }
    }

    /// Over all strata.
    pub(crate) fn collapsed(table: &CaptureTable) -> Self {
        let shape = table.shape();
        let mut y = vec![0.0; shape.histories()];
        for (c, count) in Data::of(table).y.iter().enumerate() {
            y[usize::from(shape.history(c))] += count;
        }
        Self::new(table.lists().len(), y)
    }

    /// Each stratum alone; none if the table has but one.
    pub(crate) fn strata(table: &CaptureTable) -> Vec<Self> {
        if table.strata() == 1 {
            return Vec::new();
        }
        Data::of(table)
            .y
            .chunks_exact(table.shape().histories())
            .map(|y| Self::new(table.lists().len(), y.to_vec()))
            .collect()
    }

    /// Persons on all lists of `mask`, whatever else they are on.
    pub(crate) fn on_all(&self, mask: usize) -> f64 {
        self.sum(|h| h & mask == mask)
    }

    /// Persons on exactly `k` lists.
    pub(crate) fn on_exactly(&self, k: usize) -> f64 {
        self.sum(|h| h.count_ones() as usize == k)
    }

    pub(crate) fn sum(&self, of: impl Fn(usize) -> bool) -> f64 {
        (1..self.y.len())
            .filter(|&h| of(h))
            .map(|h| self.y[h])
            .sum()
    }

    /// Pairs of lists in order.
    pub(crate) fn pairs(&self) -> impl Iterator<Item = (usize, usize)> + use<> {
        let t = self.lists;
        (0..t).flat_map(move |i| (i + 1..t).map(move |j| (i, j)))
    }
}

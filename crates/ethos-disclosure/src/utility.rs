//! What protection cost the reader.

use serde::{Deserialize, Serialize};

use crate::knowledge::Shown;
use crate::system::{Role, System};

/// Loss of utility over the published cells.
#[derive(Copy, Clone, PartialEq, Debug, Default, Serialize, Deserialize)]
pub struct Utility {
    /// Published cells.
    pub cells: usize,
    /// Of those, withheld.
    pub withheld: usize,
    /// Of those, shown as they are.
    pub unchanged: usize,
    /// Mean of |shown − count| over shown cells.
    pub mean_deviation: f64,
    /// Largest |shown − count| of a shown cell that is a total.
    pub largest_margin_deviation: i64,
    /// Hellinger distance between shown and true counts of shown cells, 0 to 1: half the sum of
    /// squared differences of roots, both scaled to add to one, and the root of that.
    pub hellinger: f64,
}

impl Utility {
    /// Compares what is shown with the counts.
    pub fn of(system: &System, shown: &[Shown]) -> Self {
        let mut is_total = vec![false; system.cells().len()];
        for relation in system.relations() {
            is_total[relation.total] = true;
        }
        let mut utility = Self::default();
        let mut pairs = Vec::new();
        for (at, (cell, shown)) in system.cells().iter().zip(shown).enumerate() {
            if cell.role != Role::Published {
                continue;
            }
            utility.cells += 1;
            let Shown::Number { value, .. } = shown else {
                utility.withheld += 1;
                continue;
            };
            let off = (value - cell.count).abs();
            utility.unchanged += usize::from(off == 0);
            if is_total[at] {
                utility.largest_margin_deviation = utility.largest_margin_deviation.max(off);
            }
            pairs.push((cell.count as f64, *value as f64));
        }
        if !pairs.is_empty() {
            let off: f64 = pairs.iter().map(|(a, b)| (a - b).abs()).sum();
            utility.mean_deviation = off / pairs.len() as f64;
            utility.hellinger = hellinger(&pairs);
        }
        utility
    }

    /// Share of the published cells that are withheld.
    pub fn share_withheld(&self) -> f64 {
        share(self.withheld, self.cells)
    }

    /// Share of the published cells that are shown as they are.
    pub fn share_unchanged(&self) -> f64 {
        share(self.unchanged, self.cells)
    }
}

fn share(part: usize, whole: usize) -> f64 {
    if whole == 0 {
        0.0
    } else {
        part as f64 / whole as f64
    }
}

fn hellinger(pairs: &[(f64, f64)]) -> f64 {
    let a: f64 = pairs.iter().map(|pair| pair.0).sum();
    let b: f64 = pairs.iter().map(|pair| pair.1.max(0.0)).sum();
    if a == 0.0 || b == 0.0 {
        return if a == b { 0.0 } else { 1.0 };
    }
    let sum: f64 = pairs
        .iter()
        .map(|(x, y)| ((x / a).sqrt() - (y.max(0.0) / b).sqrt()).powi(2))
        .sum();
    (sum / 2.0).sqrt()
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::knowledge::Bounds;
    use crate::system::SystemBuilder;

    #[test]
    fn losses_by_hand() {
        let mut builder = SystemBuilder::new();
        let place = builder.place(None);
        let total = builder.cell(13, place, 0).unwrap();
        let parts = [9, 4].map(|count| builder.cell(count, place, 0).unwrap());
        builder.sum(total, &parts).unwrap();
        let system = builder.build();
        let number = |value| Shown::Number {
            value,
            reads: Bounds::OPEN,
        };
        let utility = Utility::of(&system, &[number(15), number(10), number(5)]);
        assert_eq!((utility.cells, utility.unchanged), (3, 0));
        assert!((utility.mean_deviation - 4.0 / 3.0).abs() < 1e-12);
        assert_eq!(utility.largest_margin_deviation, 2);
        let by_hand: f64 = [(13.0, 15.0), (9.0, 10.0), (4.0, 5.0)]
            .iter()
            .map(|(a, b): &(f64, f64)| ((a / 26.0).sqrt() - (b / 30.0).sqrt()).powi(2))
            .sum();
        assert!((utility.hellinger - (by_hand / 2.0).sqrt()).abs() < 1e-12);
        let same = Utility::of(&system, &[number(13), Shown::Withheld, Shown::Withheld]);
        assert_eq!((same.withheld, same.unchanged), (2, 1));
        assert_eq!(same.hellinger, 0.0);
    }
}

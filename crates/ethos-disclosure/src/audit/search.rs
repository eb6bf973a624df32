//! The search for tables that an attacker cannot rule out.
//!
//! Cells that hang together are one linear programme. All counts that are not shown safe yet are
//! moved by lot, each up or down, and then the other way: every table found so shows many of them
//! possible at an end. Then the next lot, from the mean of those tables: it agrees with everything
//! published as they do. What lots do not show is asked of the programme count by count, which is
//! final.

use std::collections::BTreeSet;

use super::local::Local;
use super::{AROUND, Attack, Seen, TINY, is_met, near, widen};
use crate::knowledge::Bounds;
use crate::lot::lot;
use crate::rule::Requirement;

/// Rounds in which cells near each count are tried.
const CLOSE: u64 = 2;
/// Rounds without a count shown safe before each is moved by itself.
const IDLE: usize = 2;

/// A search among counts that hang together.
pub(super) struct Search<'a> {
    attack: &'a Attack<'a>,
    /// Not shown safe yet.
    open: Vec<Requirement>,
    /// What was found of the counts asked for.
    pub(super) seen: Seen,
    /// A table that agrees with everything published.
    x: Vec<f64>,
    /// Whether tables must be of whole numbers.
    whole: bool,
}

impl<'a> Search<'a> {
    pub(super) fn new(attack: &'a Attack<'a>, open: &[Requirement], whole: bool) -> Self {
        Self {
            attack,
            open: open.to_vec(),
            seen: open
                .iter()
                .map(|asked| (asked.cell, Bounds::exactly(attack.truth[asked.cell])))
                .collect(),
            x: attack.truth.iter().map(|count| *count as f64).collect(),
            whole,
        }
    }

    /// Looks among `cells`, all that hangs together with the counts asked for.
    pub(super) fn run(&mut self, cells: &BTreeSet<usize>) {
        let mut idle = 0;
        for at in 0.. {
            let before = self.open.len();
            self.by_lot(cells, at);
            if at < CLOSE {
                for around in AROUND {
                    self.nearby(around);
                }
            }
            idle = if self.open.len() + 1 >= before {
                idle + 1
            } else {
                0
            };
            // A lot costs as much as one count by itself.
            if self.open.len() <= 1 || idle == IDLE {
                break;
            }
        }
        self.one_by_one(cells);
    }

    /// Moves cells by lot, to one end and to the other.
    fn by_lot(&mut self, free: &BTreeSet<usize>, at: u64) {
        let Attack {
            system, narrowed, ..
        } = *self.attack;
        // No count moves further than is asked of it, so that it leaves room for others.
        let mut bounds = narrowed.to_vec();
        for asked in &self.open {
            let (own, seen) = (&mut bounds[asked.cell], self.seen[&asked.cell]);
            let x = self.x[asked.cell];
            let least = (seen.upper - asked.span)
                .min(asked.low)
                .min(x.floor() as i64);
            let most = (seen.lower + asked.span)
                .max(asked.high)
                .max(x.ceil() as i64);
            own.lower = own.lower.max(least);
            own.upper = own.upper.min(most);
        }
        let Some(mut local) = Local::new(system, &self.x, &bounds, free) else {
            return;
        };
        let mut found = Vec::new();
        for way in [1.0, -1.0] {
            let aims = self.open.iter().map(|asked| {
                let up = lot(asked.cell, at) < 0.5;
                (asked.cell, if up { way } else { -way })
            });
            found.extend(local.push(aims, self.whole));
        }
        self.take(&found);
    }

    /// Moves every open count by itself among the cells around it.
    fn nearby(&mut self, (most, width): (usize, usize)) {
        let Attack {
            system, narrowed, ..
        } = *self.attack;
        for asked in self.open.clone() {
            if is_met(&asked, &self.seen) {
                continue;
            }
            let free = near::around(system, narrowed, asked.cell, most, width);
            if let Some(mut local) = Local::new(system, &self.x, narrowed, &free) {
                let pushed = [-1.0, 1.0].map(|way| local.push([(asked.cell, way)], self.whole));
                let found: Vec<_> = pushed.into_iter().flatten().collect();
                self.take(&found);
            }
        }
    }

    /// Moves every open count by itself.
    pub(super) fn one_by_one(&mut self, cells: &BTreeSet<usize>) {
        let Attack {
            system, narrowed, ..
        } = *self.attack;
        let Some(mut local) = Local::new(system, &self.x, narrowed, cells) else {
            return;
        };
        let mut found = Vec::new();
        for asked in std::mem::take(&mut self.open) {
            for way in [-1.0, 1.0] {
                if !is_met(&asked, &self.seen) {
                    found.clear();
                    found.extend(local.push([(asked.cell, way)], self.whole));
                    self.show(&found);
                }
            }
        }
    }

    /// Notes what tables show and goes on from their mean.
    fn take(&mut self, found: &[Vec<(usize, f64)>]) {
        self.show(found);
        let share = 1.0 / found.len() as f64;
        for (cell, by) in found.iter().flatten() {
            self.x[*cell] += share * by;
        }
    }

    /// Notes what tables show, each given by how it differs from the one at hand.
    fn show(&mut self, found: &[Vec<(usize, f64)>]) {
        for (cell, by) in found.iter().flatten() {
            if self.seen.contains_key(cell) {
                let count = self.x[*cell] + by;
                let bounds = Bounds {
                    lower: (count - TINY).ceil() as i64,
                    upper: (count + TINY).floor() as i64,
                };
                widen(&mut self.seen, *cell, bounds);
            }
        }
        let seen = &self.seen;
        self.open.retain(|asked| !is_met(asked, seen));
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::integer;
    use crate::rule::Reason;
    use crate::system::{System, SystemBuilder};
    use proptest::prelude::*;

    /// A table of two by three with margins.
    fn table(inner: &[i64]) -> System {
        let mut builder = SystemBuilder::new();
        let place = builder.place(None);
        let mut cell = |count| builder.cell(count, place, 0).unwrap();
        let cells: Vec<usize> = inner.iter().map(|count| cell(*count)).collect();
        let rows = [0, 3].map(|at| cell(inner[at..at + 3].iter().sum()));
        let columns = [0, 1, 2].map(|at| cell(inner[at] + inner[at + 3]));
        let all = cell(inner.iter().sum());
        builder.sum(rows[0], &cells[..3]).unwrap();
        builder.sum(rows[1], &cells[3..]).unwrap();
        for (at, column) in columns.into_iter().enumerate() {
            builder.sum(column, &[cells[at], cells[at + 3]]).unwrap();
        }
        builder.sum(all, &rows).unwrap();
        builder.sum(all, &columns).unwrap();
        builder.build()
    }

    proptest! {
        /// In a two-way table the ends of linear programmes are whole: what the search finds is
        /// what branch and bound over all whole tables finds.
        #[test]
        fn intervals_are_those_of_the_linear_programme(
            inner in prop::collection::vec(0_i64..9, 6),
            open in prop::collection::vec((0_i64..4, 0_i64..4), 12),
        ) {
            let system = table(&inner);
            let truth: Vec<i64> = system.counts().collect();
            let bounds: Vec<Bounds> = truth
                .iter()
                .zip(&open)
                .map(|(count, (down, up))| Bounds { lower: (count - down).max(0), upper: count + up })
                .collect();
            // More than there is, so that both ends of every cell are looked for.
            let asked: Vec<Requirement> = (0..truth.len())
                .map(|cell| Requirement { cell, reason: Reason::Small, low: 0, high: 0, span: 99 })
                .collect();
            let attack = Attack { system: &system, truth: &truth, initial: &bounds, narrowed: &bounds };
            let mut search = Search::new(&attack, &asked, false);
            search.run(&(0..truth.len()).collect());
            for (cell, found) in &search.seen {
                let least = integer::extreme(&system, &bounds, *cell, true).unwrap()[*cell];
                let most = integer::extreme(&system, &bounds, *cell, false).unwrap()[*cell];
                prop_assert_eq!(*found, Bounds { lower: least, upper: most });
            }
        }
    }
}

//! What an attacker knows of every cell, before and after adding up.

use std::collections::{BTreeSet, VecDeque};

use serde::{Deserialize, Serialize};

use crate::rule::Requirement;
use crate::system::{Role, System};

/// An upper bound that is none.
pub const NO_LIMIT: i64 = 10_000_000;

/// The counts that a cell can have, both ends possible as far as one knows.
#[derive(Copy, Clone, PartialEq, Eq, Debug, Serialize, Deserialize)]
pub struct Bounds {
    /// Smallest.
    pub lower: i64,
    /// Largest; [`NO_LIMIT`] or more where nothing limits it.
    pub upper: i64,
}

impl Bounds {
    /// Anything.
    pub const OPEN: Self = Self {
        lower: 0,
        upper: NO_LIMIT,
    };

    /// One number.
    pub fn exactly(count: i64) -> Self {
        Self {
            lower: count,
            upper: count,
        }
    }

    /// Whether a number lies within.
    pub fn hold(self, count: i64) -> bool {
        self.lower <= count && count <= self.upper
    }

    /// What lies within both.
    #[must_use]
    pub fn and(self, other: Self) -> Self {
        Self {
            lower: self.lower.max(other.lower),
            upper: self.upper.min(other.upper),
        }
    }
}

/// What a reader sees of a cell.
#[derive(Copy, Clone, PartialEq, Eq, Debug, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Shown {
    /// A number, and how far from it the count can be.
    Number {
        /// The number.
        value: i64,
        /// The counts that this number can stand for.
        reads: Bounds,
    },
    /// No number.
    Withheld,
}

/// What somebody knows beside the release: of a cell of it, between which numbers the count lies.
#[derive(Copy, Clone, PartialEq, Eq, Debug, Serialize, Deserialize)]
pub struct Aside {
    /// Position of the cell.
    pub cell: usize,
    /// What is known.
    pub bounds: Bounds,
}

/// What an attacker knows of every cell, before adding up.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct Knowledge {
    /// By cell.
    pub bounds: Vec<Bounds>,
    /// What was known aside but does not agree with the true count, such as an earlier figure
    /// that has been revised since: it is no knowledge of this count, and left out.
    pub revised: Vec<Aside>,
}

impl Knowledge {
    /// What the release shows of each cell, and what is known beside it. Of cells that are not
    /// published nothing is shown.
    pub fn of(system: &System, shown: &[Shown], aside: &[Aside]) -> Self {
        let mut bounds: Vec<Bounds> = system
            .cells()
            .iter()
            .zip(shown)
            .map(|(cell, shown)| match (cell.role, shown) {
                (Role::Published, Shown::Number { reads, .. }) => *reads,
                _ => Bounds::OPEN,
            })
            .collect();
        let mut revised = Vec::new();
        for known in aside {
            if known.bounds.hold(system.cells()[known.cell].count) {
                bounds[known.cell] = bounds[known.cell].and(known.bounds);
            } else {
                revised.push(*known);
            }
        }
        in_their_rooms(system, &mut bounds);
        Self { bounds, revised }
    }

    /// Adds up and subtracts through every sum until nothing narrows any more (or, in a very
    /// large system, for a fixed number of rounds: what it found until then is true all the
    /// same). The true counts stay within. Works in whole numbers.
    pub fn narrow(&mut self, system: &System) {
        let mut changed: Vec<usize> = (0..system.relations().len()).collect();
        // What adding up narrows of the cells around a rest leaves it less room.
        while !changed.is_empty() {
            self.add_up(system, changed);
            let narrowed = in_their_rooms(system, &mut self.bounds).into_iter();
            let sums: BTreeSet<usize> = narrowed
                .flat_map(|cell| system.relation_ids(cell))
                .map(|at| *at as usize)
                .collect();
            changed = sums.into_iter().collect();
        }
    }

    /// Adds up and subtracts through these sums, and every other that they touch.
    fn add_up(&mut self, system: &System, first: Vec<usize>) {
        let relations = system.relations();
        let mut queued = vec![false; relations.len()];
        for at in &first {
            queued[*at] = true;
        }
        let mut queue = VecDeque::from(first);
        let mut left = 60 * relations.len() + 1_000;
        while let Some(at) = queue.pop_front() {
            queued[at] = false;
            if left == 0 {
                return;
            }
            left -= 1;
            let relation = &relations[at];
            let low: i64 = relation.parts.iter().map(|p| self.bounds[*p].lower).sum();
            let high: i64 = relation.parts.iter().map(|p| self.bounds[*p].upper).sum();
            let total = self.bounds[relation.total].and(Bounds {
                lower: low,
                upper: high,
            });
            let mut change = |cell: usize, found: Bounds| {
                if self.bounds[cell] == found {
                    return;
                }
                self.bounds[cell] = found;
                for next in system.relation_ids(cell) {
                    let next = *next as usize;
                    if !queued[next] {
                        queued[next] = true;
                        queue.push_back(next);
                    }
                }
            };
            change(relation.total, total);
            let parts: Vec<(usize, Bounds)> = relation
                .parts
                .iter()
                .map(|part| (*part, self.bounds[*part]))
                .collect();
            for (part, own) in parts {
                let found = own.and(Bounds {
                    lower: total.lower - (high - own.upper),
                    upper: total.upper - (low - own.lower),
                });
                if found != own {
                    self.bounds[part] = found;
                    for next in system.relation_ids(part) {
                        let next = *next as usize;
                        if !queued[next] {
                            queued[next] = true;
                            queue.push_back(next);
                        }
                    }
                }
            }
        }
    }
}

/// Bounds rests by the persons among whom theirs must be, and returns those it narrowed.
pub(crate) fn in_their_rooms(system: &System, bounds: &mut [Bounds]) -> Vec<usize> {
    let mut narrowed = Vec::new();
    for (cell, room) in system.rooms() {
        let most = room.most(|at| bounds[at].upper);
        if most < bounds[cell].upper {
            bounds[cell].upper = most;
            narrowed.push(cell);
        }
    }
    narrowed
}

/// What a reader may guess of withheld counts: that they are small, which is not told.
///
/// A guess that would tell too much if nothing but the zeros were shown is left out, for no
/// withholding hides it: a total of six counts that are not zero, itself guessed to be below ten,
/// leaves each of them at most four. `small` are the cells withheld for being below `threshold`.
pub fn guesses(
    system: &System,
    requirements: &[Requirement],
    small: &[usize],
    threshold: u32,
) -> Vec<Aside> {
    let bounds = Bounds {
        lower: 1,
        upper: i64::from(threshold) - 1,
    };
    let mut guessed: BTreeSet<usize> = small.iter().copied().collect();
    loop {
        let mut knowledge = Knowledge {
            bounds: system
                .cells()
                .iter()
                .map(|cell| match (cell.role, cell.count) {
                    (Role::Published, 0) => Bounds::exactly(0),
                    (Role::Published, _) => Bounds {
                        lower: 1,
                        upper: NO_LIMIT,
                    },
                    (Role::Hidden | Role::Empty, _) => Bounds::OPEN,
                })
                .collect(),
            revised: Vec::new(),
        };
        in_their_rooms(system, &mut knowledge.bounds);
        for cell in &guessed {
            knowledge.bounds[*cell] = knowledge.bounds[*cell].and(bounds);
        }
        knowledge.narrow(system);
        let before = guessed.len();
        for asked in requirements {
            let own = knowledge.bounds[asked.cell];
            if asked.met(own.lower, own.upper) {
                continue;
            }
            guessed.remove(&asked.cell);
            for relation in system.relations_of(asked.cell) {
                for (near, _) in relation.terms() {
                    guessed.remove(&near);
                }
            }
        }
        if guessed.len() == before {
            break;
        }
    }
    guessed
        .into_iter()
        .map(|cell| Aside { cell, bounds })
        .collect()
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::room::{Room, RoomGroup};
    use crate::system::SystemBuilder;

    #[test]
    fn a_single_withheld_part_follows_from_its_total() {
        let mut builder = SystemBuilder::new();
        let place = builder.place(None);
        let total = builder.cell(50, place, 0).unwrap();
        let parts = [4, 20, 26].map(|count| builder.cell(count, place, 0).unwrap());
        builder.sum(total, &parts).unwrap();
        let system = builder.build();
        let exact = |count| Shown::Number {
            value: count,
            reads: Bounds::exactly(count),
        };
        let shown = [exact(50), Shown::Withheld, exact(20), exact(26)];
        let mut knowledge = Knowledge::of(&system, &shown, &[]);
        assert_eq!(knowledge.bounds[1], Bounds::OPEN);
        knowledge.narrow(&system);
        assert_eq!(knowledge.bounds[1], Bounds::exactly(4));
    }

    #[test]
    fn less_room_around_an_empty_cell_narrows_what_is_in_it() {
        // A region, a part of it, and the municipality outside that part, which is shown as 0 to 9
        // and follows from the country to be 1 or 2.
        let mut builder = SystemBuilder::new();
        let place = builder.place(None);
        let region = builder.cell(12, place, 0).unwrap();
        let part = builder.cell(12, place, 0).unwrap();
        let outside = builder.cell(1, place, 0).unwrap();
        let elsewhere = builder.cell(30, place, 0).unwrap();
        let country = builder.cell(31, place, 0).unwrap();
        let room = Room {
            groups: vec![RoomGroup {
                whole: vec![],
                places: vec![vec![outside]],
            }],
        };
        builder.sum_with_room(region, &[part], room).unwrap();
        builder.sum(country, &[outside, elsewhere]).unwrap();
        let system = builder.build();
        let reads = [(9, 20), (12, 12), (0, 9), (30, 30), (31, 32)];
        let numbers = reads.map(|(lower, upper)| Shown::Number {
            value: lower,
            reads: Bounds { lower, upper },
        });
        let shown: Vec<Shown> = numbers.into_iter().chain([Shown::Withheld]).collect();
        let within = |lower, upper| Bounds { lower, upper };
        let mut knowledge = Knowledge::of(&system, &shown, &[]);
        assert_eq!(knowledge.bounds[5], within(0, 9));
        knowledge.narrow(&system);
        assert_eq!(knowledge.bounds[outside], within(1, 2));
        assert_eq!(knowledge.bounds[5], within(0, 2));
        assert_eq!(knowledge.bounds[region], within(12, 14));
    }

    #[test]
    fn an_earlier_figure_narrows_and_a_revised_one_is_said() {
        let mut builder = SystemBuilder::new();
        let place = builder.place(None);
        builder.cell(12, place, 0).unwrap();
        let system = builder.build();
        let shown = [Shown::Number {
            value: 10,
            reads: Bounds {
                lower: 6,
                upper: 14,
            },
        }];
        let aside = |lower, upper| Aside {
            cell: 0,
            bounds: Bounds { lower, upper },
        };
        let knowledge = Knowledge::of(&system, &shown, &[aside(11, 19), aside(21, 29)]);
        assert_eq!(
            knowledge.bounds[0],
            Bounds {
                lower: 11,
                upper: 14
            }
        );
        assert_eq!(knowledge.revised, [aside(21, 29)]);
    }
}

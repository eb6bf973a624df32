//! Cells that add up: what is to be protected, as one whole.

use std::collections::BTreeMap;

use serde::{Deserialize, Serialize};

use crate::room::Room;

/// Whether readers see a cell.
#[derive(Copy, Clone, PartialEq, Eq, Debug, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Role {
    /// It stands in a table.
    Published,
    /// It stands nowhere, but follows from others: the rest of a total, the difference of two
    /// overlapping regions, a level below the published ones.
    Hidden,
    /// It stands nowhere and counts nobody, which a reader cannot know: only that whoever is
    /// there is among the persons of other cells, its [`Room`].
    Empty,
}

/// One count, whatever the number of tables it stands in.
#[derive(Copy, Clone, PartialEq, Eq, Debug)]
pub struct Cell {
    /// The true count, never negative.
    pub count: i64,
    /// Whether readers see it.
    pub role: Role,
    /// The place it is of, a position in [`System::places`].
    pub place: u32,
    /// Where several tables share a place: the table, coarse ones first.
    pub table: u32,
}

/// `total` is the sum of `parts`, exactly.
#[derive(Clone, PartialEq, Eq, PartialOrd, Ord, Debug)]
pub struct Relation {
    /// Position of the total.
    pub total: usize,
    /// Positions of its parts, ascending.
    pub parts: Vec<usize>,
}

impl Relation {
    /// Its cells with the sign they have in `Σ parts − total = 0`.
    pub fn terms(&self) -> impl Iterator<Item = (usize, i64)> + Clone + '_ {
        self.parts
            .iter()
            .map(|part| (*part, 1))
            .chain([(self.total, -1)])
    }
}

/// Why cells and sums are no system.
#[derive(Clone, PartialEq, Eq, Debug, thiserror::Error)]
pub enum SystemError {
    /// A count below zero.
    #[error("cell {cell} counts {count}: a count of persons is not negative")]
    Negative {
        /// Position of the cell.
        cell: usize,
        /// Its count.
        count: i64,
    },
    /// Parts exceed their total.
    #[error(
        "the parts of cell {total} count {parts}, the cell itself {count}: give a table in which every person is in one part only, or leave out the total"
    )]
    Exceeds {
        /// Position of the total.
        total: usize,
        /// Its count.
        count: i64,
        /// The sum of the parts.
        parts: i64,
    },
}

/// Cells and every sum between them.
///
/// ```
/// use ethos_disclosure::{System, SystemBuilder};
/// let mut builder = SystemBuilder::new();
/// let place = builder.place(None);
/// let total = builder.cell(10, place, 0)?;
/// let men = builder.cell(7, place, 1)?;
/// let women = builder.cell(3, place, 1)?;
/// builder.sum(total, &[men, women])?;
/// let system: System = builder.build();
/// assert_eq!(system.relations().len(), 1);
/// # Ok::<(), ethos_disclosure::SystemError>(())
/// ```
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct System {
    cells: Vec<Cell>,
    relations: Vec<Relation>,
    starts: Vec<u32>,
    of_cell: Vec<u32>,
    places: Vec<Option<u32>>,
    rooms: BTreeMap<usize, Room>,
}

impl System {
    /// Cells by position.
    pub fn cells(&self) -> &[Cell] {
        &self.cells
    }

    /// Every sum.
    pub fn relations(&self) -> &[Relation] {
        &self.relations
    }

    /// Unpublished rests with the cells that hold whoever could be in them.
    pub fn rooms(&self) -> impl Iterator<Item = (usize, &Room)> + '_ {
        self.rooms.iter().map(|(cell, room)| (*cell, room))
    }

    /// The place above each place.
    pub fn places(&self) -> &[Option<u32>] {
        &self.places
    }

    /// The places above a place, nearest first.
    pub(crate) fn above(&self, place: u32) -> impl Iterator<Item = u32> + '_ {
        std::iter::successors(self.places[place as usize], |at| self.places[*at as usize])
    }

    /// Whether a place is made up of others that do not all stand below it: a region that
    /// overlaps those of the tree.
    pub(crate) fn overlapping(&self) -> Vec<bool> {
        let root = |place: u32| self.above(place).last().unwrap_or(place);
        let mut overlapping = vec![false; self.places.len()];
        for relation in &self.relations {
            let total = self.cells[relation.total].place;
            overlapping[total as usize] |= relation.parts.iter().any(|part| {
                let place = self.cells[*part].place;
                place != total
                    && !self.above(place).any(|at| at == total)
                    && root(place) == root(total)
                    && !self.above(total).any(|at| at == place)
            });
        }
        overlapping
    }

    /// The sums a cell stands in.
    pub fn relations_of(&self, cell: usize) -> impl Iterator<Item = &Relation> + '_ {
        self.relation_ids(cell)
            .iter()
            .map(|at| &self.relations[*at as usize])
    }

    /// Positions of the sums a cell stands in.
    pub(crate) fn relation_ids(&self, cell: usize) -> &[u32] {
        &self.of_cell[self.starts[cell] as usize..self.starts[cell + 1] as usize]
    }

    /// The true counts.
    pub fn counts(&self) -> impl ExactSizeIterator<Item = i64> + '_ {
        self.cells.iter().map(|cell| cell.count)
    }

    /// Whether these numbers satisfy every sum.
    pub fn adds_up(&self, numbers: &[i64]) -> bool {
        numbers.len() == self.cells.len()
            && self
                .relations
                .iter()
                .all(|relation| Self::difference(relation, numbers) == 0)
    }

    /// Parts less total.
    fn difference(relation: &Relation, numbers: &[i64]) -> i64 {
        relation
            .parts
            .iter()
            .map(|part| numbers[*part])
            .sum::<i64>()
            - numbers[relation.total]
    }
}

/// Makes a [`System`].
#[derive(Clone, Debug, Default)]
pub struct SystemBuilder {
    cells: Vec<Cell>,
    relations: Vec<Relation>,
    places: Vec<Option<u32>>,
    rooms: BTreeMap<usize, Room>,
}

impl SystemBuilder {
    /// Nothing yet.
    pub fn new() -> Self {
        Self::default()
    }

    /// A place below another.
    pub fn place(&mut self, above: Option<u32>) -> u32 {
        self.places.push(above);
        self.places.len() as u32 - 1
    }

    /// A published cell.
    ///
    /// # Errors
    /// The count is negative.
    pub fn cell(&mut self, count: i64, place: u32, table: u32) -> Result<usize, SystemError> {
        self.push(count, Role::Published, place, table)
    }

    /// A cell that is not published but must not become known either.
    ///
    /// # Errors
    /// The count is negative.
    pub fn hidden(&mut self, count: i64, place: u32, table: u32) -> Result<usize, SystemError> {
        self.push(count, Role::Hidden, place, table)
    }

    fn push(
        &mut self,
        count: i64,
        role: Role,
        place: u32,
        table: u32,
    ) -> Result<usize, SystemError> {
        let cell = self.cells.len();
        if count < 0 {
            return Err(SystemError::Negative { cell, count });
        }
        self.cells.push(Cell {
            count,
            role,
            place,
            table,
        });
        Ok(cell)
    }

    /// `total` is the sum of `parts`. Persons in none of them become a hidden cell, whose
    /// position is returned.
    ///
    /// # Errors
    /// The parts exceed the total.
    pub fn sum(&mut self, total: usize, parts: &[usize]) -> Result<Option<usize>, SystemError> {
        self.sum_with_room(total, parts, Room::default())
    }

    /// `total` is the sum of `parts`. Whoever is in none of them is among the persons of `room`;
    /// that nobody is, where nobody is, a reader cannot know. The position of the cell of these
    /// is returned, if there is one.
    ///
    /// # Errors
    /// The parts exceed the total.
    pub fn sum_with_room(
        &mut self,
        total: usize,
        parts: &[usize],
        room: Room,
    ) -> Result<Option<usize>, SystemError> {
        let mut parts = parts.to_vec();
        parts.sort_unstable();
        parts.dedup();
        let sum: i64 = parts.iter().map(|part| self.cells[*part].count).sum();
        let Cell {
            count,
            place,
            table,
            ..
        } = self.cells[total];
        if sum > count {
            return Err(SystemError::Exceeds {
                total,
                count,
                parts: sum,
            });
        }
        let rest = if sum < count {
            Some(self.hidden(count - sum, place, table)?)
        } else if room.is_empty() {
            None
        } else {
            Some(self.push(0, Role::Empty, place, table)?)
        };
        parts.extend(rest);
        self.relations.push(Relation { total, parts });
        // Persons that are somewhere else after all, such as in no known place, have no bound.
        if let Some(rest) = rest
            && self.count(rest) <= room.most(|cell| self.count(cell))
        {
            self.rooms.insert(rest, room);
        }
        Ok(rest)
    }

    /// `part` is among `whole`; the others become a hidden cell, whose position is returned.
    ///
    /// # Errors
    /// The part exceeds the whole.
    pub fn among(&mut self, part: usize, whole: usize) -> Result<usize, SystemError> {
        let (inner, outer) = (self.cells[part].count, self.cells[whole]);
        if inner > outer.count {
            return Err(SystemError::Exceeds {
                total: whole,
                count: outer.count,
                parts: inner,
            });
        }
        let rest = self.hidden(outer.count - inner, outer.place, outer.table)?;
        self.relations.push(Relation {
            total: whole,
            parts: vec![part, rest],
        });
        Ok(rest)
    }

    /// Counts so far.
    pub fn count(&self, cell: usize) -> i64 {
        self.cells[cell].count
    }

    /// The system; sums that stand there twice once.
    pub fn build(mut self) -> System {
        if self.places.is_empty() {
            self.places.push(None);
        }
        self.relations.sort();
        self.relations.dedup();
        let mut starts = vec![0_u32; self.cells.len() + 1];
        for relation in &self.relations {
            for (cell, _) in relation.terms() {
                starts[cell + 1] += 1;
            }
        }
        for at in 0..self.cells.len() {
            starts[at + 1] += starts[at];
        }
        let mut next = starts.clone();
        let mut of_cell = vec![0; starts[self.cells.len()] as usize];
        for (at, relation) in self.relations.iter().enumerate() {
            for (cell, _) in relation.terms() {
                of_cell[next[cell] as usize] = at as u32;
                next[cell] += 1;
            }
        }
        System {
            cells: self.cells,
            relations: self.relations,
            starts,
            of_cell,
            places: self.places,
            rooms: self.rooms,
        }
    }
}

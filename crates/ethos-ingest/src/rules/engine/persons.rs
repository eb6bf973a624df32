//! What is kept of every row, for rules about the rows of one person.
//!
//! Of each row with a person's key, 16 bytes and 8 for every field that some rule asks for; of
//! a file of more than [`MOST_ROWS`] rows nothing, and that is told.

use ethos_model::date::Day;
use rayon::slice::ParallelSliceMut;

use crate::rules::lang::value::MISSING;
use crate::rules::lang::{View, When};

/// Rows of a file up to which rules of scope `person` are asked.
pub(crate) const MOST_ROWS: usize = 8_000_000;

/// Smallest keys kept to tell how many persons two files share.
const SAMPLE: usize = 4_096;

/// A person's key, when the row begins, and which row it is of those kept.
type Order = (u64, i32, u32);

/// Rows by person.
#[derive(Default)]
pub(super) struct Persons {
    order: Vec<Order>,
    /// For each field kept, its values in row order.
    kept: Vec<Vec<f64>>,
    /// For each column that a finding may point at, what its cells end in.
    tails: Vec<Vec<Tail>>,
    rows: Vec<u32>,
    /// Whether any rule is asked.
    asked: bool,
    /// Rows beyond [`MOST_ROWS`]: nothing is kept any more.
    too_many: bool,
}

/// What a finding shows of a cell: how long it is, in bytes, and how it ends.
#[derive(Copy, Clone, Default)]
pub(super) struct Tail {
    length: u8,
    end: [u8; 7],
}

impl Tail {
    #[inline]
    pub(super) fn of(cell: &[u8]) -> Self {
        let kept = cell.len().min(7);
        let mut end = [0; 7];
        end[..kept].copy_from_slice(&cell[cell.len() - kept..]);
        Self {
            length: u8::try_from(cell.len()).unwrap_or(u8::MAX),
            end,
        }
    }

    /// A text that is masked as the cell is: as long and with the same end; a short cell itself.
    pub(super) fn stand_in(self) -> Vec<u8> {
        let length = usize::from(self.length);
        let kept = length.min(7);
        let mut text = vec![b'x'; length - kept];
        text.extend_from_slice(&self.end[..kept]);
        text
    }
}

/// The persons of a file.
#[derive(Clone, Default)]
pub(crate) struct PersonCount {
    /// How many there are; `None` when there are too many rows to say.
    pub(crate) persons: Option<u64>,
    /// The smallest keys, in order.
    pub(crate) sample: Vec<u64>,
}

impl Persons {
    pub(super) fn new(fields: usize, points: usize, asked: bool) -> Self {
        Self {
            kept: vec![Vec::new(); fields],
            tails: vec![Vec::new(); points],
            asked,
            ..Self::default()
        }
    }

    /// The row at a position, as [`Self::each_batch`] gives it.
    pub(super) fn row(&self, at: u32) -> Option<u64> {
        self.rows.get(at as usize).copied().map(u64::from)
    }

    /// What the cell of the row at a position ends in, in a column pointed at.
    pub(super) fn tail(&self, point: usize, at: u32) -> Tail {
        let tails = self.tails.get(point);
        let tail = tails.and_then(|tails| tails.get(at as usize));
        tail.copied().unwrap_or_default()
    }

    /// Keeps a row.
    #[inline]
    pub(super) fn push(
        &mut self,
        key: u64,
        start: Day,
        row: u64,
        values: impl Iterator<Item = f64>,
        tails: impl Iterator<Item = Tail>,
    ) {
        if self.too_many {
            return;
        }
        if self.order.len() == MOST_ROWS {
            *self = Self {
                too_many: true,
                ..Self::default()
            };
            return;
        }
        self.order.push((key, start.0, self.order.len() as u32));
        if self.asked {
            self.rows.push(u32::try_from(row).unwrap_or(u32::MAX));
            for (kept, value) in self.kept.iter_mut().zip(values) {
                kept.push(value);
            }
            for (kept, tail) in self.tails.iter_mut().zip(tails) {
                kept.push(tail);
            }
        }
    }

    /// Whether there are too many rows for rules about persons.
    pub(super) fn too_many(&self) -> bool {
        self.too_many
    }

    /// Sorts by person and start, rows of one start as they stand in the file.
    pub(super) fn sort(&mut self) -> PersonCount {
        if self.too_many {
            return PersonCount::default();
        }
        self.order.par_sort_unstable();
        let mut sample = Vec::new();
        let mut persons = 0;
        for same in self.order.chunk_by(|a, b| a.0 == b.0) {
            persons += 1;
            if sample.len() < SAMPLE {
                sample.extend(same.first().map(|row| row.0));
            }
        }
        PersonCount {
            persons: Some(persons),
            sample,
        }
    }

    /// Goes through the rows of persons with several of them; `judge` is given lanes of at most
    /// `batch` rows and the positions of these rows, of which [`Self::row`] tells the number.
    pub(super) fn each_batch(
        &self,
        views: &[View],
        batch: usize,
        mut judge: impl FnMut(&[Vec<f64>], &[u32]),
    ) {
        let mut lanes: Vec<Vec<f64>> = vec![Vec::with_capacity(batch); views.len()];
        let mut positions: Vec<u32> = Vec::with_capacity(batch);
        let mut before = vec![MISSING; self.kept.len()];
        let mut largest = vec![MISSING; self.kept.len()];
        for same in self.order.chunk_by(|a, b| a.0 == b.0) {
            if same.len() == 1 {
                continue;
            }
            before.fill(MISSING);
            largest.fill(MISSING);
            for (ordinal, &(_, _, position)) in same.iter().enumerate() {
                let at = position as usize;
                for (lane, view) in lanes.iter_mut().zip(views) {
                    lane.push(match view.when {
                        When::Now => self.kept[view.kept][at],
                        When::Previous => before[view.kept],
                        When::MaxBefore => largest[view.kept],
                        When::Rows => same.len() as f64,
                        When::Ordinal => ordinal as f64 + 1.0,
                    });
                }
                for (field, values) in self.kept.iter().enumerate() {
                    before[field] = values[at];
                    // The larger of the two, the one that is there if the other is missing.
                    largest[field] = largest[field].max(values[at]);
                }
                positions.push(position);
                if positions.len() == batch {
                    judge(&lanes, &positions);
                    lanes.iter_mut().for_each(Vec::clear);
                    positions.clear();
                }
            }
        }
        if !positions.is_empty() {
            judge(&lanes, &positions);
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn rows_of_a_person_follow_each_other_by_start() {
        let mut persons = Persons::new(2, 1, true);
        for (key, start, row, end) in [
            (7, 20, 2, 30.0),
            (5, 1, 3, 4.0),
            (7, 10, 4, 90.0),
            (7, 40, 5, MISSING),
        ] {
            let tail = Tail::of(format!("2025-01-0{row}").as_bytes());
            let values = [row as f64, end].into_iter();
            persons.push(key, Day(start), row, values, [tail].into_iter());
        }
        let count = persons.sort();
        assert_eq!((count.persons, count.sample), (Some(2), vec![5, 7]));
        let views = [
            View {
                kept: 0,
                when: When::Previous,
            },
            View {
                kept: 1,
                when: When::MaxBefore,
            },
            View {
                kept: 1,
                when: When::Rows,
            },
        ];
        for batch in [1, 2, 100] {
            let mut seen = Vec::new();
            persons.each_batch(&views, batch, |lanes, positions| {
                for (at, position) in positions.iter().enumerate() {
                    let lane = |view: usize| lanes[view][at];
                    let row = persons.row(*position).unwrap();
                    let text = persons.tail(0, *position).stand_in();
                    assert_eq!(text, format!("xxx5-01-0{row}").into_bytes());
                    seen.push((row, lane(0), lane(1), lane(2)));
                }
            });
            let text = format!("{seen:?}");
            assert_eq!(
                text,
                "[(4, NaN, NaN, 3.0), (2, 4.0, 90.0, 3.0), (5, 2.0, 90.0, 3.0)]"
            );
        }
    }

    #[test]
    fn a_cell_is_masked_by_its_end_alone() {
        use crate::findings::{masked, shown_code};
        for cell in [
            "",
            "M",
            "0363",
            "GM0363",
            "20250103",
            "2025-01-03",
            "123456782",
        ] {
            let stand_in = Tail::of(cell.as_bytes()).stand_in();
            assert_eq!(masked(&stand_in), masked(cell.as_bytes()), "{cell}");
            assert_eq!(shown_code(&stand_in), shown_code(cell.as_bytes()), "{cell}");
        }
        assert_eq!(Tail::of(&[b'a'; 1_000]).stand_in().len(), 255);
    }
}

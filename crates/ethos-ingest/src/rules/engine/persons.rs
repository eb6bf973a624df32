//! What is kept of every row, for rules about the rows of one person.
//!
//! Of each row with a person's key, 16 bytes and 8 for every field that some rule asks for or
//! column that its findings point at; of a file of more than [`MOST_ROWS`] rows nothing, and
//! that is told.

use rayon::slice::ParallelSliceMut;

use super::chosen::Chosen;
use super::judge::Judged;
use crate::findings::{bare, masked, shown_code};
use crate::rules::lang::value::MISSING;
use crate::rules::lang::{View, When};

/// Rows of a file up to which rules of scope `person` are asked.
pub(crate) const MOST_ROWS: usize = 8_000_000;

/// Smallest keys kept to tell how many persons two files share.
const SAMPLE: usize = 4_096;

/// Rows that may be added together.
const MOST_TOGETHER: usize = 2_048;

/// A person's key, when the row begins, and which row it is of those kept.
type Order = (u64, i32, u32);

/// What is kept of some rows, in the order of the file.
#[derive(Default)]
pub(super) struct PersonRows {
    /// Key and start of each.
    keys: Vec<(u64, i32)>,
    /// Number of each.
    rows: Vec<u32>,
    /// The fields of each.
    kept: Vec<f64>,
    /// What the cells of each end in, in the columns that findings may point at.
    tails: Vec<Tail>,
}

impl PersonRows {
    /// What is to be kept of these rows, whose cells are in these lanes.
    pub(super) fn of(rows: &[Judged<'_>], chosen: &Chosen, lanes: &[Vec<f64>]) -> Self {
        let mut found = Self::default();
        for (at, row) in rows.iter().enumerate() {
            let Some((key, start)) = row.facts.person else {
                continue;
            };
            found.keys.push((key, start.0));
            if !chosen.persons.is_empty() {
                let number = u32::try_from(row.facts.row).unwrap_or(u32::MAX);
                let kept = chosen.kept.iter().map(|lane| lanes[*lane][at]);
                let tails = chosen.points.iter();
                found.rows.push(number);
                found.kept.extend(kept);
                found
                    .tails
                    .extend(tails.map(|column| Tail::of(row.cells.get(column.at))));
            }
        }
        found
    }
}

/// Rows by person.
#[derive(Default)]
pub(super) struct Persons {
    order: Vec<Order>,
    /// How many fields are kept of each row.
    fields: usize,
    /// How many columns are.
    points: usize,
    /// What is kept, as it came and without keys: at most [`MOST_TOGETHER`] rows in each part.
    parts: Vec<PersonRows>,
    /// Rows of which something is kept; beyond them nothing is any more.
    most: usize,
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
        if cell.iter().all(u8::is_ascii_graphic) {
            Self::of_plain(cell)
        } else {
            Self::of_plain(plain(cell).as_bytes())
        }
    }

    #[inline]
    fn of_plain(cell: &[u8]) -> Self {
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

/// A text that is masked as a cell is, of which length and last seven bytes tell how: blanks and letters
/// of more bytes would push what is to be hidden out of them.
#[cold]
fn plain(cell: &[u8]) -> String {
    let text = String::from_utf8_lossy(cell);
    let masked = masked(cell);
    let text = bare(&text);
    let count = text.chars().count();
    let is_short = text.chars().filter(|c| !c.is_whitespace()).count() < 6;
    if is_short && masked != shown_code(cell) {
        return text.to_owned();
    }
    if !masked.as_str().is_empty() && masked.as_str().bytes().all(|byte| byte == b'*') {
        return "*".repeat(count.min(5));
    }
    let letters = text.chars().enumerate().map(|(at, c)| {
        let stays = c.is_ascii() || (at + 2 >= count && c.len_utf8() < 4);
        if stays { c } else { '?' }
    });
    letters.collect()
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
    pub(super) fn new(fields: usize, points: usize, most: usize) -> Self {
        Self {
            fields,
            points,
            most,
            ..Self::default()
        }
    }

    /// Keeps rows that follow.
    pub(super) fn add(&mut self, mut rows: PersonRows) {
        if self.too_many || rows.keys.is_empty() {
            return;
        }
        let parts_end = (self.parts.len() + 1) * MOST_TOGETHER;
        if self.order.len() + rows.keys.len() > self.most || u32::try_from(parts_end).is_err() {
            *self = Self {
                too_many: true,
                ..Self::default()
            };
            return;
        }
        let part = (self.parts.len() * MOST_TOGETHER) as u32;
        let keys = std::mem::take(&mut rows.keys).into_iter().zip(part..);
        self.order
            .extend(keys.map(|((key, start), at)| (key, start, at)));
        self.parts.push(rows);
    }

    /// The part that the row at a position is in, and its place there.
    #[inline]
    fn part(&self, position: u32) -> (&PersonRows, usize) {
        let position = position as usize;
        (
            &self.parts[position / MOST_TOGETHER],
            position % MOST_TOGETHER,
        )
    }

    /// The number of the row at a position, as [`Self::each_batch`] gives it.
    pub(super) fn row(&self, position: u32) -> u32 {
        let (part, at) = self.part(position);
        part.rows[at]
    }

    /// What the cell of the row at a position ends in, in a column pointed at.
    pub(super) fn tail(&self, point: usize, position: u32) -> Tail {
        let (part, at) = self.part(position);
        part.tails[at * self.points + point]
    }

    /// Whether there are too many rows for rules about persons.
    pub(super) fn too_many(&self) -> bool {
        self.too_many
    }

    /// Counts the persons, and sorts the rows of those with several of them by person and
    /// start, rows of one start as they stand in the file.
    pub(super) fn sort(&mut self) -> PersonCount {
        if self.too_many {
            return PersonCount::default();
        }
        let sample = smallest(self.order.iter().map(|row| row.0));
        let alone = self.set_alone_aside();
        self.order.par_sort_unstable();
        let several = self.order.chunk_by(|a, b| a.0 == b.0).count() as u64;
        PersonCount {
            persons: Some(alone + several),
            sample,
        }
    }

    /// Takes rows out whose person has no other, and counts them. Keys are hashes: a key is
    /// looked up by some of its bits among eight times as many places as there are rows, and
    /// rows that share a place with another person's stay.
    fn set_alone_aside(&mut self) -> u64 {
        let places = (self.order.len().max(8) * 8).next_power_of_two();
        let shift = 64 - places.trailing_zeros();
        let place = |key: u64| ((key >> shift) as usize / 64, 1_u64 << ((key >> shift) % 64));
        let mut once = vec![0_u64; places / 64];
        let mut again = vec![0_u64; places / 64];
        for (key, _, _) in &self.order {
            let (word, bit) = place(*key);
            again[word] |= once[word] & bit;
            once[word] |= bit;
        }
        let before = self.order.len();
        self.order.retain(|(key, _, _)| {
            let (word, bit) = place(*key);
            again[word] & bit != 0
        });
        (before - self.order.len()) as u64
    }

    /// The rows in shares of about this size, those of a person in one.
    pub(super) fn shares(&self, size: usize) -> Vec<&[Order]> {
        let mut shares = Vec::new();
        let mut rest = self.order.as_slice();
        while !rest.is_empty() {
            let mut end = size.min(rest.len());
            while end < rest.len() && rest[end].0 == rest[end - 1].0 {
                end += 1;
            }
            let (share, others) = rest.split_at(end);
            shares.push(share);
            rest = others;
        }
        shares
    }

    /// Goes through the rows of persons with several of them; `judge` is given lanes of at most
    /// `batch` rows and the positions of these rows.
    pub(super) fn each_batch(
        &self,
        share: &[Order],
        views: &[View],
        batch: usize,
        mut judge: impl FnMut(&[Vec<f64>], &[u32]),
    ) {
        let mut lanes: Vec<Vec<f64>> = vec![Vec::with_capacity(batch); views.len()];
        let mut positions: Vec<u32> = Vec::with_capacity(batch);
        let mut before = vec![MISSING; self.fields];
        let mut largest = vec![MISSING; self.fields];
        for same in share.chunk_by(|a, b| a.0 == b.0) {
            if same.len() == 1 {
                continue;
            }
            before.fill(MISSING);
            largest.fill(MISSING);
            for (ordinal, &(_, _, position)) in same.iter().enumerate() {
                let (part, at) = self.part(position);
                let values = &part.kept[at * self.fields..(at + 1) * self.fields];
                for (lane, view) in lanes.iter_mut().zip(views) {
                    lane.push(match view.when {
                        When::Now => values[view.kept],
                        When::Previous => before[view.kept],
                        When::MaxBefore => largest[view.kept],
                        When::Rows => same.len() as f64,
                        When::Ordinal => ordinal as f64 + 1.0,
                    });
                }
                before.copy_from_slice(values);
                for (largest, value) in largest.iter_mut().zip(values) {
                    // The larger of the two, the one that is there if the other is missing.
                    *largest = largest.max(*value);
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

/// The smallest keys, in order, each once.
fn smallest(keys: impl Iterator<Item = u64>) -> Vec<u64> {
    let mut sample: Vec<u64> = Vec::with_capacity(2 * SAMPLE);
    let mut limit = u64::MAX;
    for key in keys {
        if key > limit {
            continue;
        }
        sample.push(key);
        if sample.len() == 2 * SAMPLE {
            sample.sort_unstable();
            sample.dedup();
            sample.truncate(SAMPLE);
            if sample.len() == SAMPLE {
                limit = sample[SAMPLE - 1];
            }
        }
    }
    sample.sort_unstable();
    sample.dedup();
    sample.truncate(SAMPLE);
    sample
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn rows_of_a_person_follow_each_other_by_start() {
        let mut persons = Persons::new(2, 1, MOST_ROWS);
        let tail = |row: u32| Tail::of(format!("2025-01-0{row}").as_bytes());
        persons.add(PersonRows {
            keys: vec![(7, 20), (5, 1)],
            rows: vec![2, 3],
            kept: vec![2.0, 30.0, 3.0, 4.0],
            tails: vec![tail(2), tail(3)],
        });
        persons.add(PersonRows {
            keys: vec![(7, 10), (7, 40)],
            rows: vec![4, 5],
            kept: vec![4.0, 90.0, 5.0, MISSING],
            tails: vec![tail(4), tail(5)],
        });
        let count = persons.sort();
        assert_eq!((count.persons, count.sample), (Some(2), vec![5, 7]));
        assert_eq!(smallest((0..20_000).rev()).len(), SAMPLE);
        assert_eq!(smallest((0..20_000).rev())[SAMPLE - 1], SAMPLE as u64 - 1);
        assert_eq!(smallest(vec![3; 30_000].into_iter()), [3]);
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
            for share in persons.shares(1) {
                persons.each_batch(share, &views, batch, |lanes, positions| {
                    for (at, position) in positions.iter().enumerate() {
                        let lane = |view: usize| lanes[view][at];
                        let row = persons.row(*position);
                        let text = persons.tail(0, *position).stand_in();
                        assert_eq!(text, format!("xxx5-01-0{row}").into_bytes());
                        seen.push((row, lane(0), lane(1), lane(2)));
                    }
                });
            }
            let text = format!("{seen:?}");
            assert_eq!(
                text,
                "[(4, NaN, NaN, 3.0), (2, 4.0, 90.0, 3.0), (5, 2.0, 90.0, 3.0)]"
            );
        }
    }

    #[test]
    fn a_cell_is_masked_by_its_end_alone() {
        use crate::findings::shown_place;
        for cell in [
            "",
            "M",
            "0363",
            "GM0363",
            "20250103",
            "2025-01-03",
            "123456782",
            "3-2-1985",
            "03-02-1985",
            "19021985",
            "1985",
            "éééé",
            "ééééé",
            "Mevrouw Ménière-Roé",
        ] {
            let stand_in = Tail::of(cell.as_bytes()).stand_in();
            assert_eq!(masked(&stand_in), masked(cell.as_bytes()), "{cell}");
            assert_eq!(shown_code(&stand_in), shown_code(cell.as_bytes()), "{cell}");
            assert_eq!(
                shown_place(&stand_in),
                shown_place(cell.as_bytes()),
                "{cell}"
            );
        }
        for hidden in [
            "\u{a0}\u{a0}\u{a0}\u{a0}\u{a0}QZ",
            "         QZ",
            "Q             Z",
            "QZ\u{200b}\u{200b}\u{200b}\u{200b}\u{200b}\u{200b}",
        ] {
            let shown = masked(&Tail::of(hidden.as_bytes()).stand_in());
            assert!(shown.as_str().bytes().all(|b| b == b'*'), "{hidden:?}");
        }
        assert_eq!(Tail::of(&[b'a'; 1_000]).stand_in().len(), 255);
    }
}

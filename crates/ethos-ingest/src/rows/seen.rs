//! Rows of a file that occur twice.

use std::collections::HashMap;
use std::collections::hash_map::Entry;
use std::hash::{BuildHasherDefault, DefaultHasher, Hasher};

use rayon::prelude::*;

/// What is known of a row when it was seen before.
#[derive(Copy, Clone, PartialEq, Eq, Debug)]
pub(crate) enum Before {
    /// Neither the row nor its like.
    Never,
    /// A row of the same bytes.
    Same(u32),
    /// A row with the same key and other bytes.
    Alike(u32),
}

/// A row as it is remembered: a 64-bit key and 32 bits of its bytes.
#[derive(Copy, Clone, PartialEq, Eq, Debug)]
pub(crate) struct Sight {
    key: u64,
    part: u32,
    row: u32,
}

impl Sight {
    /// A row. Without a key, only rows of equal bytes are alike.
    pub(crate) fn new(key: Option<u64>, bytes: &[u8], row: u64) -> Self {
        let content = hash(bytes);
        Self {
            key: key.unwrap_or(content),
            part: (content >> 32) as u32,
            row: u32::try_from(row).unwrap_or(u32::MAX),
        }
    }

    /// Which of so many shelves it is on: bits that the tables of a shelf do not place by.
    fn shelf(self) -> usize {
        (self.key >> 40) as usize % SHELVES
    }
}

/// Shelves of rows, each looked through on its own.
const SHELVES: usize = 32;

/// Remembers rows, 16 bytes each.
///
/// The key is a hash already (of the person's token, start and category, or of the bytes of a
/// row without a person), so the tables use it as it is. Rows of equal bytes have equal keys. Two
/// different rows are taken for one only when both hashes agree: among rows alike, one pair in
/// 4 · 10⁹; among a million rows without a person, with a chance of 3 in 10⁸ for the whole file.
pub(crate) struct Seen {
    shelves: Vec<Shelf>,
}

impl Default for Seen {
    fn default() -> Self {
        Self {
            shelves: (0..SHELVES).map(|_| Shelf::default()).collect(),
        }
    }
}

/// Rows that were seen before.
pub(crate) type Repeats = Vec<(usize, usize, Before)>;

impl Seen {
    /// Looks up rows that follow each other, in lists that do, and remembers them: the list and
    /// place of each that was seen before. On several threads where `spread`; what is found is
    /// the same.
    pub(crate) fn see(&mut self, lists: &[&[Sight]], spread: bool) -> Repeats {
        let mut repeats = Repeats::new();
        if !spread {
            for (list, sights) in lists.iter().enumerate() {
                for (at, sight) in sights.iter().enumerate() {
                    match self.shelves[sight.shelf()].see(*sight) {
                        Before::Never => {}
                        before => repeats.push((list, at, before)),
                    }
                }
            }
            return repeats;
        }
        let shelves = self.shelves.par_iter_mut().enumerate();
        shelves
            .map(|(shelf, rows)| {
                let mut repeats = Repeats::new();
                for (list, sights) in lists.iter().enumerate() {
                    for (at, sight) in sights.iter().enumerate() {
                        if sight.shelf() != shelf {
                            continue;
                        }
                        match rows.see(*sight) {
                            Before::Never => {}
                            before => repeats.push((list, at, before)),
                        }
                    }
                }
                repeats
            })
            .reduce(Repeats::new, |mut all, some| {
                all.extend(some);
                all
            })
    }
}

#[derive(Default)]
struct Shelf {
    rows: HashMap<u64, (u32, u32), BuildHasherDefault<AsItIs>>,
}

impl Shelf {
    fn see(&mut self, sight: Sight) -> Before {
        let Sight { key, part, row } = sight;
        let first = match self.rows.entry(key) {
            Entry::Vacant(free) => {
                free.insert((row, part));
                return Before::Never;
            }
            Entry::Occupied(taken) => *taken.get(),
        };
        if first.1 == part {
            return Before::Same(first.0);
        }
        match self.rows.entry(mixed(key, u64::from(part))) {
            Entry::Vacant(free) => {
                free.insert((row, part));
                Before::Alike(first.0)
            }
            Entry::Occupied(taken) => Before::Same(taken.get().0),
        }
    }
}

/// A hash of bytes that is the same in every run.
fn hash(bytes: &[u8]) -> u64 {
    let mut hasher = DefaultHasher::new();
    hasher.write(bytes);
    hasher.finish()
}

/// Two numbers as one, each bit depending on all (the finaliser of `SplitMix64`, Steele et al.
/// 2014).
pub(crate) fn mixed(a: u64, b: u64) -> u64 {
    let mut z = a ^ b.wrapping_mul(0x9e37_79b9_7f4a_7c15);
    z = (z ^ (z >> 30)).wrapping_mul(0xbf58_476d_1ce4_e5b9);
    z = (z ^ (z >> 27)).wrapping_mul(0x94d0_49bb_1331_11eb);
    z ^ (z >> 31)
}

/// A hasher for keys that are hashes.
#[derive(Default)]
struct AsItIs(u64);

impl Hasher for AsItIs {
    fn finish(&self) -> u64 {
        self.0
    }

    fn write(&mut self, bytes: &[u8]) {
        for byte in bytes {
            self.0 = self.0.rotate_left(8) ^ u64::from(*byte);
        }
    }

    fn write_u64(&mut self, key: u64) {
        self.0 = key;
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn equal_rows_are_told_from_rows_alike() {
        let rows = [
            (Some(1), "a", Before::Never),
            (Some(1), "b", Before::Alike(0)),
            (Some(1), "a", Before::Same(0)),
            (Some(1), "b", Before::Same(1)),
            (Some(2), "a", Before::Never),
            (None, "c", Before::Never),
            (None, "c", Before::Same(5)),
            (None, "d", Before::Never),
        ];
        let sights: Vec<Sight> = (0..)
            .zip(rows)
            .map(|(at, (key, text, _))| Sight::new(key, text.as_bytes(), at))
            .collect();
        for spread in [false, true] {
            for size in [1, 3, 8] {
                let mut seen = Seen::default();
                let lists: Vec<&[Sight]> = sights.chunks(size).collect();
                let mut found = vec![Before::Never; rows.len()];
                for (list, at, before) in seen.see(&lists, spread) {
                    found[list * size + at] = before;
                }
                assert_eq!(found, rows.map(|(_, _, before)| before));
            }
        }
    }
}

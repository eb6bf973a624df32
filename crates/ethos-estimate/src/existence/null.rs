//! The exact null space of sparse 0/1 rows, found modulo a prime and proved in fractions.
//!
//! Elimination modulo 2^61 − 1 gives a rank that is never too large, hence
//! never too few null vectors. Each is lifted to the fraction of small parts it
//! stands for and multiplied with every row in exact arithmetic. If all products
//! are zero the rank is also no larger in fractions, and the lifted vectors
//! are the null space; otherwise everything is done again in big fractions.

use num_rational::BigRational;

use super::number::{Exact, Small};
use super::rank::{Field, Mod61, rational_rank};

/// The reduced null space of some rows: one vector per dependent column, which is its last entry
/// other than zero, is one there, and is zero in the other vectors.
#[derive(Debug, Clone, PartialEq)]
pub(crate) struct NullSpace {
    /// Columns that are combinations of earlier ones, rising.
    pub(crate) free: Vec<usize>,
    /// The vector of each.
    pub(crate) vectors: Vectors,
}

/// Null vectors in the smallest kind of fraction that holds them.
#[derive(Debug, Clone, PartialEq)]
pub(crate) enum Vectors {
    /// In machine words.
    Small(Vec<Vec<Small>>),
    /// In big integers.
    Big(Vec<Vec<BigRational>>),
}

impl Vectors {
    /// The same vectors in big integers.
    pub(crate) fn big(&self) -> Vec<Vec<BigRational>> {
        match self {
            Self::Small(v) => v
                .iter()
                .map(|z| z.iter().map(|x| x.big()).collect())
                .collect(),
            Self::Big(v) => v.clone(),
        }
    }
}

/// Rows reduced modulo the prime, each with its last entry scaled to one and known by its column.
struct Reduced {
    width: usize,
    rows: Vec<Option<Vec<(u32, Mod61)>>>,
    scratch: Vec<Mod61>,
    rank: usize,
}

impl Reduced {
    fn new(width: usize) -> Self {
        Self {
            width,
            rows: vec![None; width],
            scratch: vec![Mod61::zero(); width],
            rank: 0,
        }
    }

    fn full(&self) -> bool {
        self.rank == self.width
    }

    /// Adds the row with ones at `columns`.
    fn insert(&mut self, columns: &[u32]) {
        let Some(&last) = columns.iter().max() else {
            return;
        };
        for &c in columns {
            self.scratch[c as usize] = Mod61::one();
        }
        for j in (0..=last as usize).rev() {
            let lead = self.scratch[j];
            if lead.is_zero() {
                continue;
            }
            self.scratch[j] = Mod61::zero();
            if let Some(pivot) = &self.rows[j] {
                for &(c, x) in pivot {
                    self.scratch[c as usize].subtract_product(&lead, &x);
                }
                continue;
            }
            let scale = lead.inverse();
            let mut row = Vec::new();
            for (c, x) in self.scratch[..j].iter_mut().enumerate() {
                if !x.is_zero() {
                    row.push((c as u32, x.times(&scale)));
                    *x = Mod61::zero();
                }
            }
            self.rows[j] = Some(row);
            self.rank += 1;
            return;
        }
    }

    /// The reduced null space, by rising free column.
    fn null_space(&self) -> Vec<(usize, Vec<Mod61>)> {
        let mut vectors: Vec<Vec<Mod61>> = (0..self.width)
            .filter(|&k| self.rows[k].is_none())
            .map(|k| {
                let mut z = vec![Mod61::zero(); self.width];
                z[k] = Mod61::one();
                for j in k + 1..self.width {
                    if let Some(row) = &self.rows[j] {
                        let mut sum = Mod61::zero();
                        for (c, x) in row {
                            sum.subtract_product(x, &z[*c as usize]);
                        }
                        z[j] = sum;
                    }
                }
                z
            })
            .collect();
        // Gauss–Jordan from the last column: each vector ends in a column of its own.
        let mut ends: Vec<usize> = Vec::with_capacity(vectors.len());
        for done in 0..vectors.len() {
            let last = |z: &Vec<Mod61>| z.iter().rposition(|x| !x.is_zero());
            let Some((at, end)) = (done..vectors.len())
                .filter_map(|i| last(&vectors[i]).map(|e| (i, e)))
                .max_by_key(|&(_, e)| e)
            else {
                break;
            };
            vectors.swap(done, at);
            let mut own = std::mem::take(&mut vectors[done]);
            let scale = own[end].inverse();
            for x in &mut own[..=end] {
                *x = x.times(&scale);
            }
            for z in &mut vectors {
                if z.is_empty() || z[end].is_zero() {
                    continue;
                }
                let factor = z[end];
                for (x, o) in z.iter_mut().zip(&own[..=end]) {
                    if !o.is_zero() {
                        x.subtract_product(&factor, o);
                    }
                }
            }
            vectors[done] = own;
            ends.push(end);
        }
        let mut out: Vec<(usize, Vec<Mod61>)> = ends.into_iter().zip(vectors).collect();
        out.sort_by_key(|v| v.0);
        out
    }
}

/// The exact null space of rows given by the columns in which they are one.
pub(crate) fn null_space<'a>(
    width: usize,
    rows: impl Iterator<Item = &'a [u32]> + Clone,
) -> NullSpace {
    let mut reduced = Reduced::new(width);
    for row in rows.clone() {
        reduced.insert(row);
        if reduced.full() {
            return NullSpace {
                free: Vec::new(),
                vectors: Vectors::Small(Vec::new()),
            };
        }
    }
    let (free, modular): (Vec<usize>, Vec<Vec<Mod61>>) = reduced.null_space().into_iter().unzip();
    let lifted: Option<Vec<Vec<Small>>> = modular
        .iter()
        .map(|z| z.iter().map(|x| x.lift()).collect())
        .collect();
    if let Some(vectors) = lifted
        && vectors.iter().all(|z| {
            rows.clone()
                .all(|row| product(row, z).is_some_and(|x| x.is_zero()))
        })
    {
        return NullSpace {
            free,
            vectors: Vectors::Small(vectors),
        };
    }
    in_fractions(width, rows)
}

/// The same by big fractions alone.
pub(crate) fn in_fractions<'a>(width: usize, rows: impl Iterator<Item = &'a [u32]>) -> NullSpace {
    let basis = rational_rank(
        width,
        rows.map(|row| {
            let mut dense = vec![false; width];
            for &c in row {
                dense[c as usize] = true;
            }
            dense
        }),
    );
    let pivots = basis.pivots();
    NullSpace {
        free: (0..width)
            .filter(|j| pivots.binary_search(j).is_err())
            .collect(),
        vectors: Vectors::Big(basis.null_space()),
    }
}

/// A 0/1 row times a vector; `None` if the sum does not fit.
pub(crate) fn product<N: Exact>(row: &[u32], z: &[N]) -> Option<N> {
    let mut sum = N::zero();
    for &c in row {
        let x = &z[c as usize];
        if !x.is_zero() {
            sum = sum.plus(x)?;
        }
    }
    Some(sum)
}

impl NullSpace {
    /// Whether a row is a combination of the rows.
    pub(crate) fn spans(&self, row: &[u32]) -> bool {
        let small = match &self.vectors {
            Vectors::Small(v) => v
                .iter()
                .try_fold(true, |inside, z| Some(inside && product(row, z)?.is_zero())),
            Vectors::Big(_) => None,
        };
        small.unwrap_or_else(|| {
            self.vectors
                .big()
                .iter()
                .all(|z| product(row, z).is_some_and(|x| Exact::is_zero(&x)))
        })
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    proptest! {
        #[test]
        fn agrees_with_big_fractions(
            rows in prop::collection::vec(prop::collection::vec(any::<bool>(), 9), 0..14),
            thin in 1_usize..4,
        ) {
            let rows: Vec<Vec<u32>> = rows
                .iter()
                .enumerate()
                .map(|(i, r)| (0..9).filter(|&c| r[c] && (i + c) % thin == 0).map(|c| c as u32).collect())
                .collect();
            let lines = || rows.iter().map(Vec::as_slice);
            let fast = null_space(9, lines());
            let slow = in_fractions(9, lines());
            prop_assert_eq!(&fast.free, &slow.free);
            prop_assert_eq!(fast.vectors.big(), slow.vectors.big());
            for pick in 0_u32..512 {
                let row: Vec<u32> = (0..9).filter(|c| pick >> c & 1 == 1).collect();
                prop_assert_eq!(fast.spans(&row), slow.spans(&row));
            }
        }
    }
}

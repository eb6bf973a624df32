//! L D L' of a few columns, in registers rather than in blocks.
//!
//! The same operations in the same order as [`Factor`](super::factor::Factor), so the same bits,
//! without the rows that fill up its panels: a table of three lists has four to seven columns, which
//! would be padded to eight.
#![allow(clippy::inline_always, reason = "see `vector`")]
#![allow(
    clippy::absurd_extreme_comparisons,
    clippy::needless_range_loop,
    reason = "unrolled by constants, of which one is zero; two indices into one array"
)]

use super::factor::PIVOT;
use super::vector::Lane;

/// Fewest and most columns that have code of their own.
pub(crate) const FEW: std::ops::RangeInclusive<usize> = 4..=7;
/// Numbers in a table of three lists, a zero and a one, filled up.
pub(crate) const SOURCE: usize = 16;

/// Factor of one group of replicates, one row per column.
pub(crate) struct Few<L> {
    /// L, its unit diagonal not stored.
    lower: [[L; 7]; 7],
    /// 1 / D.
    inverse: [L; 7],
}

/// Runs a block for every number below `P`, each a constant of its own: loops that are not unrolled
/// would keep the factor in memory.
macro_rules! each {
    ($i:ident, $body:block) => { each!($i, $body, 0 1 2 3 4 5 6) };
    ($i:ident, $body:block, $($n:literal)*) => {
        $({
            const $i: usize = $n;
            if $i < P $body
        })*
    };
}

/// Rows from last to first.
macro_rules! each_back {
    ($i:ident, $body:block) => { each!($i, $body, 6 5 4 3 2 1 0) };
}

impl<L: Lane> Few<L> {
    pub(crate) fn new() -> Self {
        Self {
            lower: [[L::splat(0.0); 7]; 7],
            inverse: [L::splat(1.0); 7],
        }
    }

    /// See [`Factor::solve`](super::factor::Factor::solve); `places` are of the entries, row by row.
    #[inline(always)]
    pub(crate) fn solve<const P: usize>(
        &mut self,
        places: &[[u8; 7]; 7],
        source: &[L; SOURCE],
        step: &mut [L],
    ) -> (L, L) {
        let mut a = [[L::splat(0.0); P]; P];
        each!(R, {
            for c in 0..=R {
                a[R][c] = source[usize::from(places[R][c]) & (SOURCE - 1)];
            }
        });
        let mut excess = L::splat(f64::INFINITY);
        each!(C, {
            let pivot = a[C][C];
            // The entry before anything was taken from it.
            let entry = source[usize::from(places[C][C]) & (SOURCE - 1)];
            excess = entry.mul_sub_from(L::splat(PIVOT), pivot).min(excess);
            let inverse = L::splat(1.0).div(pivot);
            self.inverse[C] = inverse;
            each!(J, {
                if J > C {
                    let scaled = a[J][C].mul(inverse);
                    self.lower[J][C] = scaled;
                    for r in J..P {
                        a[r][J] = a[r][C].mul_sub_from(scaled, a[r][J]);
                    }
                }
            });
        });
        (self.again::<P>(step), excess)
    }

    /// See [`Factor::again`](super::factor::Factor::again).
    #[inline(always)]
    pub(crate) fn again<const P: usize>(&self, step: &mut [L]) -> L {
        let mut x = [L::splat(0.0); P];
        x.copy_from_slice(&step[..P]);
        let mut sum = L::splat(0.0);
        each!(C, {
            for r in C + 1..P {
                x[r] = x[C].mul_sub_from(self.lower[r][C], x[r]);
            }
            sum = x[C].mul(x[C]).mul_add(self.inverse[C], sum);
            x[C] = x[C].mul(self.inverse[C]);
        });
        each_back!(C, {
            // What the rows of a later panel of four take away comes first.
            let end = if C < 4 { P.min(4) } else { P };
            for r in end..P {
                x[C] = x[r].mul_sub_from(self.lower[r][C], x[C]);
            }
            for r in C + 1..end {
                x[C] = x[r].mul_sub_from(self.lower[r][C], x[C]);
            }
        });
        step[..P].copy_from_slice(&x);
        sum
    }
}

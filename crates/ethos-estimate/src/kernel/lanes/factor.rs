//! L D L' of the information of several replicates, in blocks of four, within an envelope.
//!
//! Columns that name different levels of one covariate are orthogonal. Grouped
//! by the levels of one covariate, with everything else behind them, the
//! information is block-diagonal with a border, and a row of the factor starts
//! where its row of the information starts (the envelope; George & Liu 1981,
//! ch. 4). Rows go in panels of four; the block of panels (i, j) holds entry
//! (row r, column c) at `c * 4 + r`.
#![allow(clippy::inline_always, reason = "see `vector`")]

use super::vector::Lane;

/// A block of four rows and four columns.
pub(crate) type Block<L> = [L; 16];

/// Which blocks of the lower triangle are stored.
#[derive(Debug, Clone, Default)]
pub(crate) struct Envelope {
    /// First panel in each panel's rows.
    first: Vec<u32>,
    /// Place of the block (panel, first panel).
    start: Vec<u32>,
    /// All blocks.
    blocks: usize,
}

impl Envelope {
    /// From the first column that is not zero in each row.
    pub(crate) fn new(rows: &[usize]) -> Self {
        let mut envelope = Self::default();
        for (panel, rows) in rows.chunks(4).enumerate() {
            let first = rows.iter().map(|r| r / 4).min().unwrap_or(panel);
            envelope.first.push(first as u32);
            envelope.start.push(envelope.blocks as u32);
            envelope.blocks += panel - first + 1;
        }
        envelope
    }

    pub(crate) fn panels(&self) -> usize {
        self.first.len()
    }

    pub(crate) fn blocks(&self) -> usize {
        self.blocks
    }

    /// First panel stored in a panel's rows.
    pub(crate) fn first(&self, panel: usize) -> usize {
        self.first[panel] as usize
    }

    /// The stored blocks (panel, first), …, (panel, panel).
    fn row<'a, L>(&self, lower: &'a [Block<L>], panel: usize) -> &'a [Block<L>] {
        let start = self.start[panel] as usize;
        &lower[start..=start + panel - self.first(panel)]
    }

    /// Multiply-adds of a factorisation, the padding included.
    pub(crate) fn cost(&self) -> usize {
        (0..self.panels())
            .map(|p| {
                (self.first(p)..=p)
                    .map(|q| 64 * (q - self.first(p).max(self.first(q))) + 40)
                    .sum::<usize>()
            })
            .sum()
    }
}

/// Factor and scratch of one group of replicates.
pub(crate) struct Factor<L> {
    /// L, unit diagonal not stored.
    lower: Vec<Block<L>>,
    /// The panel at work, L D.
    panel: Vec<Block<L>>,
    /// 1 / D.
    inverse: Vec<L>,
}

/// A pivot below this part of its diagonal entry is not positive.
pub(super) const PIVOT: f64 = 1e-12;

impl<L: Lane> Factor<L> {
    pub(crate) fn new(envelope: &Envelope) -> Self {
        let zero = [L::splat(0.0); 16];
        Self {
            lower: vec![zero; envelope.blocks()],
            panel: vec![zero; envelope.panels()],
            inverse: vec![L::splat(1.0); 4 * envelope.panels()],
        }
    }

    /// Factors the matrix whose entries lie in `source` at `places`, block after block, and turns
    /// `step` from the gradient g into the solution of A x = g.
    ///
    /// Returns g'x, and the smallest excess of a pivot: negative where A is not positive definite.
    #[inline(always)]
    pub(crate) fn solve(
        &mut self,
        envelope: &Envelope,
        places: &[[u32; 16]],
        source: &[L],
        step: &mut [L],
    ) -> (L, L) {
        let mut excess = L::splat(f64::INFINITY);
        let mut decrement = L::splat(0.0);
        let mut at = 0;
        for p in 0..envelope.panels() {
            let first = envelope.first(p);
            let start = envelope.start[p] as usize;
            let (done, rest) = self.lower.split_at_mut(start);
            let own = &mut rest[..=p - first];
            for q in first..p {
                let row = envelope.row(done, q);
                let from = first.max(envelope.first(q));
                let mut a = read(source, &places[at]);
                at += 1;
                let row = &row[from - envelope.first(q)..];
                let (diagonal, row) = row.split_last().expect("a row has its diagonal block");
                subtract(&self.panel[from..q], row, &mut a);
                for c in 1..4 {
                    for k in 0..c {
                        for r in 0..4 {
                            a[c * 4 + r] =
                                a[k * 4 + r].mul_sub_from(diagonal[k * 4 + c], a[c * 4 + r]);
                        }
                    }
                }
                self.panel[q] = a;
            }
            let mut a = read(source, &places[at]);
            at += 1;
            let entries = [a[0], a[5], a[10], a[15]];
            let (diagonal, row) = own.split_last_mut().expect("a row has its diagonal block");
            for (k, block) in row.iter_mut().enumerate() {
                let (scaled, inverse) = (
                    &self.panel[first + k],
                    &self.inverse[4 * (first + k)..][..4],
                );
                for c in 0..4 {
                    for r in 0..4 {
                        block[c * 4 + r] = scaled[c * 4 + r].mul(inverse[c]);
                    }
                    for j in 0..4 {
                        for r in j..4 {
                            a[j * 4 + r] =
                                scaled[c * 4 + r].mul_sub_from(block[c * 4 + j], a[j * 4 + r]);
                        }
                    }
                }
            }
            let inverse = &mut self.inverse[4 * p..][..4];
            for c in 0..4 {
                let pivot = a[c * 4 + c];
                excess = entries[c].mul_sub_from(L::splat(PIVOT), pivot).min(excess);
                inverse[c] = L::splat(1.0).div(pivot);
                for j in c + 1..4 {
                    diagonal[c * 4 + j] = a[c * 4 + j].mul(inverse[c]);
                    for r in j..4 {
                        a[j * 4 + r] = a[c * 4 + r].mul_sub_from(diagonal[c * 4 + j], a[j * 4 + r]);
                    }
                }
            }
            decrement = forward(row, diagonal, inverse, step, p, decrement);
        }
        self.back(envelope, step);
        (decrement, excess)
    }

    /// Turns `step` from a gradient g into the solution of A x = g with the factor at hand; returns g'x.
    #[inline(always)]
    pub(crate) fn again(&self, envelope: &Envelope, step: &mut [L]) -> L {
        let mut decrement = L::splat(0.0);
        for p in 0..envelope.panels() {
            let row = envelope.row(&self.lower, p);
            let (diagonal, row) = row.split_last().expect("a row has its diagonal block");
            let inverse = &self.inverse[4 * p..][..4];
            decrement = forward(row, diagonal, inverse, step, p, decrement);
        }
        self.back(envelope, step);
        decrement
    }

    /// L' x = D⁻¹ z.
    #[inline(always)]
    fn back(&self, envelope: &Envelope, step: &mut [L]) {
        for (x, d) in step.iter_mut().zip(&self.inverse) {
            *x = x.mul(*d);
        }
        for p in (0..envelope.panels()).rev() {
            let row = envelope.row(&self.lower, p);
            let (diagonal, row) = row.split_last().expect("a row has its diagonal block");
            let (before, here) = step.split_at_mut(4 * p);
            let mut x = [here[0], here[1], here[2], here[3]];
            for c in (0..3).rev() {
                for r in c + 1..4 {
                    x[c] = x[r].mul_sub_from(diagonal[c * 4 + r], x[c]);
                }
            }
            here[..4].copy_from_slice(&x);
            let first = envelope.first(p);
            for (k, block) in row.iter().enumerate() {
                for (c, b) in before[4 * (first + k)..][..4].iter_mut().enumerate() {
                    let mut sum = *b;
                    for r in 0..4 {
                        sum = x[r].mul_sub_from(block[c * 4 + r], sum);
                    }
                    *b = sum;
                }
            }
        }
    }
}

/// L z = g for the rows of panel `p`; adds z'D⁻¹z to `sum`.
#[inline(always)]
fn forward<L: Lane>(
    row: &[Block<L>],
    diagonal: &Block<L>,
    inverse: &[L],
    step: &mut [L],
    p: usize,
    mut sum: L,
) -> L {
    let (before, here) = step.split_at_mut(4 * p);
    let before = &before[4 * (p - row.len())..];
    let mut z = [here[0], here[1], here[2], here[3]];
    for (block, x) in row.iter().zip(before.chunks_exact(4)) {
        for c in 0..4 {
            for r in 0..4 {
                z[r] = x[c].mul_sub_from(block[c * 4 + r], z[r]);
            }
        }
    }
    for c in 0..4 {
        for r in c + 1..4 {
            z[r] = z[c].mul_sub_from(diagonal[c * 4 + r], z[r]);
        }
        sum = z[c].mul(z[c]).mul_add(inverse[c], sum);
    }
    here[..4].copy_from_slice(&z);
    sum
}

#[inline(always)]
fn read<L: Lane>(source: &[L], places: &[u32; 16]) -> Block<L> {
    // Not `array::from_fn`, which is not always inlined.
    let mut block = [L::splat(0.0); 16];
    for (b, &place) in block.iter_mut().zip(places) {
        *b = source[place as usize];
    }
    block
}

/// `a[r, c] -= Σ rows[r, k] columns[c, k]` over blocks, k rising.
#[inline(always)]
fn subtract<L: Lane>(rows: &[Block<L>], columns: &[Block<L>], a: &mut Block<L>) {
    if L::BLOCK == 4 {
        for (x, y) in rows.iter().zip(columns) {
            for k in 0..4 {
                for c in 0..4 {
                    for r in 0..4 {
                        a[c * 4 + r] = x[k * 4 + r].mul_sub_from(y[k * 4 + c], a[c * 4 + r]);
                    }
                }
            }
        }
    } else {
        for half in [0, 2] {
            let mut s = [L::splat(0.0); 8];
            s.copy_from_slice(&a[half * 4..half * 4 + 8]);
            for (x, y) in rows.iter().zip(columns) {
                for k in 0..4 {
                    for c in 0..2 {
                        for r in 0..4 {
                            s[c * 4 + r] =
                                x[k * 4 + r].mul_sub_from(y[k * 4 + half + c], s[c * 4 + r]);
                        }
                    }
                }
            }
            a[half * 4..half * 4 + 8].copy_from_slice(&s);
        }
    }
}

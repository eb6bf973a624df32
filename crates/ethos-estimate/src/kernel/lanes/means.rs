//! Tables of several replicates: margins and means, axis after axis.
//!
//! The same transforms as `kernel::margins`, with products of factors
//! exp(β) in place of sums of coefficients: one exponential per column.
#![allow(clippy::inline_always, reason = "see `vector`")]

use super::vector::Lane;
use crate::table::Shape;

/// Calls `f(level zero, other level)` on the runs of every covariate axis; `inner` numbers per stratum.
#[inline(always)]
fn along_factors<L: Lane>(
    table: &mut [L],
    shape: &Shape,
    inner: usize,
    mut f: impl FnMut(&mut L, &mut L),
) {
    for (&levels, &stride) in shape.levels.iter().zip(&shape.strides) {
        let run = stride * inner;
        for block in table.chunks_exact_mut(run * levels as usize) {
            let (low, rest) = block.split_at_mut(run);
            for level in rest.chunks_exact_mut(run) {
                for (l, h) in low.iter_mut().zip(level) {
                    f(l, h);
                }
            }
        }
    }
}

/// Sums over the levels of each covariate, onto level zero.
#[inline(always)]
pub(crate) fn sum_factors<L: Lane>(table: &mut [L], shape: &Shape, inner: usize) {
    along_factors(table, shape, inner, |low, high| *low = low.add(*high));
}

/// Level zero of each covariate times its other levels, onto those.
#[inline(always)]
pub(crate) fn spread_factors<L: Lane>(table: &mut [L], shape: &Shape, inner: usize) {
    along_factors(table, shape, inner, |low, high| *high = high.mul(*low));
}

/// Superset sums over the histories of one stratum.
#[inline(always)]
pub(crate) fn sum_lists<L: Lane>(t: &mut [L]) {
    let mut half = 1;
    while half < t.len() {
        for i in 0..t.len() {
            if i & half == 0 {
                t[i] = t[i].add(t[i | half]);
            }
        }
        half *= 2;
    }
}

/// Products over the subsets of each history of one stratum.
#[inline(always)]
pub(crate) fn spread_lists<L: Lane>(t: &mut [L]) {
    let mut half = 1;
    while half < t.len() {
        for i in 0..t.len() {
            if i & half != 0 {
                t[i] = t[i].mul(t[i ^ half]);
            }
        }
        half *= 2;
    }
}

/// Runs a block on every stratum of a table with its index and its histories: arrays of known
/// length where lists are few. A macro, because a closure might not be inlined.
macro_rules! each_stratum {
    ($table:expr, $lists:expr, |$s:pat_param, $t:ident| $body:block) => {
        match $lists {
            2 => $crate::kernel::lanes::means::each_stratum!(@ 4, $table, $s, $t, $body),
            3 => $crate::kernel::lanes::means::each_stratum!(@ 8, $table, $s, $t, $body),
            4 => $crate::kernel::lanes::means::each_stratum!(@ 16, $table, $s, $t, $body),
            lists => {
                for ($s, $t) in $table.chunks_exact_mut(1 << lists).enumerate() $body
            }
        }
    };
    (@ $length:literal, $table:expr, $s:pat_param, $t:ident, $body:block) => {
        for ($s, chunk) in $table.as_chunks_mut::<$length>().0.iter_mut().enumerate() {
            // A copy, so that the numbers can stay in registers from first to last use.
            let mut copy = *chunk;
            {
                let $t = &mut copy;
                $body
            }
            *chunk = copy;
        }
    };
}
pub(crate) use each_stratum;

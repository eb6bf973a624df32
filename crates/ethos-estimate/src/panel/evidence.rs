//! What the data themselves say about dependence between lists.

use super::refit::Refit;
use super::report::{AmongEvidence, PairEvidence};
use crate::kernel::math;
use crate::report::finite;
use crate::table::CaptureTable;
use crate::term::Term;

/// Every pair of lists: its odds ratio in the model, and among the people of each other list.
pub(super) fn evidence(refit: &Refit<'_>) -> Vec<PairEvidence> {
    let table = refit.table;
    let lists = table.lists();
    let mut out = Vec::new();
    for i in 0..lists.len() {
        for j in i + 1..lists.len() {
            let mask = 1_u16 << i | 1 << j;
            let term = Term::new(mask, 0);
            let found = refit.fit.coefficients.iter().find(|c| c.term == term);
            let held = table.held().iter().find(|(m, _)| *m == mask);
            let log = match found {
                Some(c) => c.estimate,
                None => Some(held.map_or(0.0, |h| h.1)),
            };
            out.push(PairEvidence {
                lists: [lists[i].clone(), lists[j].clone()],
                in_model: found.is_some(),
                fitted: log.map(math::exp).and_then(finite),
                se_log: found.and_then(|c| c.se).and_then(finite),
                among: (0..lists.len())
                    .filter(|&k| k != i && k != j)
                    .map(|k| among(table, &refit.data.y, (i, j), k))
                    .collect(),
            });
        }
    }
    out
}

/// The odds ratio of two lists among the people of a third, pooled over strata (Mantel & Haenszel
/// 1959) with the variance of Robins, Breslow & Greenland (1986): nobody is missing from those tables.
fn among(table: &CaptureTable, y: &[f64], (i, j): (usize, usize), k: usize) -> AmongEvidence {
    let (mut r, mut s) = (0.0, 0.0);
    let (mut pr, mut mixed, mut qs) = (0.0, 0.0, 0.0);
    for part in y.chunks_exact(table.shape().histories()) {
        let of = |on_i: usize, on_j: usize| -> f64 {
            part.iter()
                .enumerate()
                .filter(|(h, _)| h >> k & 1 == 1 && h >> i & 1 == on_i && h >> j & 1 == on_j)
                .map(|(_, y)| y)
                .sum()
        };
        let (a, b, c, d) = (of(1, 1), of(1, 0), of(0, 1), of(0, 0));
        let n = a + b + c + d;
        if n == 0.0 {
            continue;
        }
        let (p, q) = ((a + d) / n, (b + c) / n);
        let (ri, si) = (a * d / n, b * c / n);
        r += ri;
        s += si;
        pr += p * ri;
        mixed += p * si + q * ri;
        qs += q * si;
    }
    let exists = r > 0.0 && s > 0.0;
    let variance = pr / (2.0 * r * r) + mixed / (2.0 * r * s) + qs / (2.0 * s * s);
    AmongEvidence {
        list: table.lists()[k].clone(),
        odds_ratio: exists.then(|| r / s),
        se_log: exists.then(|| variance.sqrt()),
    }
}

//! A small exact linear program: simplex in rationals with Bland's rule.

use num_rational::BigRational;
use num_traits::{One, Signed, Zero};

/// Exactly one of two alternatives holds for a matrix `B` (Stiemke's lemma).
#[derive(Debug, Clone, PartialEq)]
pub(crate) enum Answer {
    /// `v ≥ 1` with `B'v = 0`.
    Combination(Vec<BigRational>),
    /// `w` with `B w ≥ 0` and `B w ≠ 0`.
    Direction(Vec<BigRational>),
}

/// Decides which alternative holds for `rows` (each of length `width`), with its witness.
pub(crate) fn positive_combination(rows: &[Vec<BigRational>], width: usize) -> Answer {
    let n = rows.len();
    if width == 0 {
        return Answer::Combination(vec![BigRational::one(); n]);
    }
    // Phase one for: u ≥ 0, B'u = b with b = −B'1; v = u + 1.
    let columns = n + width + 1;
    let mut tableau: Vec<Vec<BigRational>> = Vec::with_capacity(width + 1);
    let mut flipped = vec![false; width];
    for k in 0..width {
        let mut line: Vec<BigRational> = rows.iter().map(|r| r[k].clone()).collect();
        let mut rhs: BigRational = -line.iter().sum::<BigRational>();
        if rhs.is_negative() {
            flipped[k] = true;
            for x in &mut line {
                *x = -x.clone();
            }
            rhs = -rhs;
        }
        line.extend((0..width).map(|j| {
            if j == k {
                BigRational::one()
            } else {
                BigRational::zero()
            }
        }));
        line.push(rhs);
        tableau.push(line);
    }
    // Reduced costs of minimising the artificials.
    let mut cost: Vec<BigRational> = (0..columns)
        .map(|j| {
            let own = if (n..n + width).contains(&j) {
                BigRational::one()
            } else {
                BigRational::zero()
            };
            own - tableau.iter().map(|line| &line[j]).sum::<BigRational>()
        })
        .collect();
    let mut basis: Vec<usize> = (n..n + width).collect();
    while let Some(enter) = (0..n).find(|&j| cost[j].is_negative()) {
        let leave = (0..width)
            .filter(|&i| tableau[i][enter].is_positive())
            .min_by(|&a, &b| {
                let ra = &tableau[a][columns - 1] / &tableau[a][enter];
                let rb = &tableau[b][columns - 1] / &tableau[b][enter];
                ra.cmp(&rb).then(basis[a].cmp(&basis[b]))
            })
            .expect("phase one is bounded below by zero");
        pivot(&mut tableau, &mut cost, leave, enter);
        basis[leave] = enter;
    }
    if cost[columns - 1].is_zero() {
        let mut v = vec![BigRational::one(); n];
        for (i, &j) in basis.iter().enumerate() {
            if j < n {
                v[j] += &tableau[i][columns - 1];
            }
        }
        debug_assert!((0..width).all(|k| {
            rows.iter()
                .zip(&v)
                .map(|(r, x)| &r[k] * x)
                .sum::<BigRational>()
                .is_zero()
        }));
        return Answer::Combination(v);
    }
    // Dual of phase one: the price of constraint k is 1 − the reduced cost of its artificial.
    let w: Vec<BigRational> = (0..width)
        .map(|k| {
            let price = BigRational::one() - &cost[n + k];
            if flipped[k] { price } else { -price }
        })
        .collect();
    debug_assert!(
        rows.iter().all(|r| !r
            .iter()
            .zip(&w)
            .map(|(a, b)| a * b)
            .sum::<BigRational>()
            .is_negative()),
        "the direction must not decrease any cell"
    );
    Answer::Direction(w)
}

fn pivot(tableau: &mut [Vec<BigRational>], cost: &mut [BigRational], leave: usize, enter: usize) {
    let scale = tableau[leave][enter].recip();
    for x in &mut tableau[leave] {
        if !x.is_zero() {
            *x *= &scale;
        }
    }
    let line = tableau[leave].clone();
    let others = tableau
        .iter_mut()
        .enumerate()
        .filter(|(i, _)| *i != leave)
        .map(|(_, l)| l.as_mut_slice());
    for other in others.chain(std::iter::once(cost)) {
        let factor = other[enter].clone();
        if !factor.is_zero() {
            for (x, p) in other.iter_mut().zip(&line) {
                if !p.is_zero() {
                    *x -= &factor * p;
                }
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn rows(values: &[&[i64]]) -> Vec<Vec<BigRational>> {
        values
            .iter()
            .map(|r| {
                r.iter()
                    .map(|&x| BigRational::from_integer(x.into()))
                    .collect()
            })
            .collect()
    }

    #[test]
    fn one_alternative_or_the_other() {
        assert!(matches!(
            positive_combination(&rows(&[&[1], &[-1]]), 1),
            Answer::Combination(_)
        ));
        assert!(matches!(
            positive_combination(&rows(&[&[1], &[0]]), 1),
            Answer::Direction(_)
        ));
        assert!(matches!(
            positive_combination(&rows(&[&[-1], &[-2]]), 1),
            Answer::Direction(_)
        ));
        let triangle = rows(&[&[1, 0], &[0, 1], &[-1, -1]]);
        assert!(matches!(
            positive_combination(&triangle, 2),
            Answer::Combination(_)
        ));
        let cone = rows(&[&[1, 0], &[0, 1], &[-1, 1]]);
        assert!(matches!(
            positive_combination(&cone, 2),
            Answer::Direction(_)
        ));
        let zero = rows(&[&[0, 0]]);
        assert!(matches!(
            positive_combination(&zero, 2),
            Answer::Combination(_)
        ));
    }
}

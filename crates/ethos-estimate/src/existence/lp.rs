//! A small exact linear program: simplex in fractions with Bland's rule.

use std::cmp::Ordering;

use super::number::Exact;

/// Exactly one of two alternatives holds for a matrix `B` (Stiemke's lemma).
#[derive(Debug, Clone, PartialEq)]
pub(crate) enum Answer<N> {
    /// `v ≥ 1` with `B'v = 0`.
    Combination(Vec<N>),
    /// `w` with `B w ≥ 0` and `B w ≠ 0`.
    Direction(Vec<N>),
}

/// Decides which alternative holds for `rows` (each of length `width`), with its witness.
///
/// `None` if a fraction outgrows its kind. The pivots depend on values alone, so that every kind
/// that is large enough gives the same witness.
pub(crate) fn positive_combination<N: Exact>(rows: &[Vec<N>], width: usize) -> Option<Answer<N>> {
    let n = rows.len();
    if width == 0 {
        return Some(Answer::Combination(vec![N::one(); n]));
    }
    // Phase one for: u ≥ 0, B'u = b with b = −B'1; v = u + 1.
    let columns = n + width + 1;
    let mut tableau: Vec<Vec<N>> = Vec::with_capacity(width + 1);
    let mut flipped = vec![false; width];
    for k in 0..width {
        let mut line: Vec<N> = rows.iter().map(|r| r[k].clone()).collect();
        let mut rhs = sum(line.iter())?.negated();
        if rhs.is_negative() {
            flipped[k] = true;
            for x in &mut line {
                *x = x.negated();
            }
            rhs = rhs.negated();
        }
        line.extend((0..width).map(|j| if j == k { N::one() } else { N::zero() }));
        line.push(rhs);
        tableau.push(line);
    }
    // Reduced costs of minimising the artificials.
    let mut cost: Vec<N> = Vec::with_capacity(columns);
    for j in 0..columns {
        let own = if (n..n + width).contains(&j) {
            N::one()
        } else {
            N::zero()
        };
        cost.push(own.plus(&sum(tableau.iter().map(|line| &line[j]))?.negated())?);
    }
    let mut basis: Vec<usize> = (n..n + width).collect();
    while let Some(enter) = (0..n).find(|&j| cost[j].is_negative()) {
        let mut leave: Option<(usize, N)> = None;
        for (i, line) in tableau.iter().enumerate() {
            if !line[enter].is_positive() {
                continue;
            }
            let ratio = line[columns - 1].over(&line[enter])?;
            let first = leave.as_ref().is_none_or(|(b, least)| {
                ratio.order(least).then(basis[i].cmp(&basis[*b])) == Ordering::Less
            });
            if first {
                leave = Some((i, ratio));
            }
        }
        let (leave, _) = leave.expect("phase one is bounded below by zero");
        pivot(&mut tableau, &mut cost, leave, enter)?;
        basis[leave] = enter;
    }
    if cost[columns - 1].is_zero() {
        let mut v = vec![N::one(); n];
        for (i, &j) in basis.iter().enumerate() {
            if j < n {
                v[j] = v[j].plus(&tableau[i][columns - 1])?;
            }
        }
        debug_assert!(
            (0..width).all(|k| dot(rows.iter().map(|r| &r[k]), &v).is_none_or(|x| x.is_zero()))
        );
        return Some(Answer::Combination(v));
    }
    // Dual of phase one: the price of constraint k is 1 − the reduced cost of its artificial.
    let mut w = Vec::with_capacity(width);
    for k in 0..width {
        let price = N::one().plus(&cost[n + k].negated())?;
        w.push(if flipped[k] { price } else { price.negated() });
    }
    debug_assert!(
        rows.iter()
            .all(|r| dot(r.iter(), &w).is_none_or(|x| !x.is_negative())),
        "the direction must not decrease any cell"
    );
    Some(Answer::Direction(w))
}

fn sum<'a, N: Exact + 'a>(values: impl Iterator<Item = &'a N>) -> Option<N> {
    let mut total = N::zero();
    for x in values {
        if !x.is_zero() {
            total = total.plus(x)?;
        }
    }
    Some(total)
}

/// Σ a b.
pub(crate) fn dot<'a, N: Exact + 'a>(a: impl Iterator<Item = &'a N>, b: &[N]) -> Option<N> {
    let mut total = N::zero();
    for (x, y) in a.zip(b) {
        if !x.is_zero() && !y.is_zero() {
            total = total.plus(&x.times(y)?)?;
        }
    }
    Some(total)
}

fn pivot<N: Exact>(
    tableau: &mut [Vec<N>],
    cost: &mut [N],
    leave: usize,
    enter: usize,
) -> Option<()> {
    let divisor = tableau[leave][enter].clone();
    for x in &mut tableau[leave] {
        if !x.is_zero() {
            *x = x.over(&divisor)?;
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
                    *x = x.minus_product(&factor, p)?;
                }
            }
        }
    }
    Some(())
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::existence::number::Small;
    use num_rational::BigRational;
    use proptest::prelude::*;

    fn rows(values: &[&[i64]]) -> Vec<Vec<Small>> {
        values
            .iter()
            .map(|r| r.iter().map(|&x| Small::integer(x)).collect())
            .collect()
    }

    #[test]
    fn one_alternative_or_the_other() {
        assert!(matches!(
            positive_combination(&rows(&[&[1], &[-1]]), 1),
            Some(Answer::Combination(_))
        ));
        assert!(matches!(
            positive_combination(&rows(&[&[1], &[0]]), 1),
            Some(Answer::Direction(_))
        ));
        assert!(matches!(
            positive_combination(&rows(&[&[-1], &[-2]]), 1),
            Some(Answer::Direction(_))
        ));
        let triangle = rows(&[&[1, 0], &[0, 1], &[-1, -1]]);
        assert!(matches!(
            positive_combination(&triangle, 2),
            Some(Answer::Combination(_))
        ));
        let cone = rows(&[&[1, 0], &[0, 1], &[-1, 1]]);
        assert!(matches!(
            positive_combination(&cone, 2),
            Some(Answer::Direction(_))
        ));
        let zero = rows(&[&[0, 0]]);
        assert!(matches!(
            positive_combination(&zero, 2),
            Some(Answer::Combination(_))
        ));
    }

    proptest! {
        #[test]
        fn words_and_big_fractions_give_one_witness(
            rows in prop::collection::vec(prop::collection::vec(-2_i64..3, 4), 1..9),
        ) {
            let small: Vec<Vec<Small>> = rows
                .iter()
                .map(|r| r.iter().map(|&x| Small::integer(x)).collect())
                .collect();
            let big: Vec<Vec<BigRational>> = small
                .iter()
                .map(|r| r.iter().map(|x| x.big()).collect())
                .collect();
            let same = match (positive_combination(&small, 4), positive_combination(&big, 4)) {
                (Some(Answer::Combination(a)), Some(Answer::Combination(b)))
                | (Some(Answer::Direction(a)), Some(Answer::Direction(b))) => {
                    a.iter().zip(&b).all(|(x, y)| x.big() == *y)
                }
                _ => false,
            };
            prop_assert!(same);
        }
    }
}

//! Cholesky factorisation of a small dense symmetric matrix, in place.

/// Factors the lower triangle of the row-major `a` (`p × p`) as `L L'`.
///
/// The leading `lead × lead` block is known to be diagonal.
/// Returns the index of the first pivot below `1e-12` of its diagonal entry if
/// the matrix is not safely positive definite.
pub(crate) fn factor(a: &mut [f64], p: usize, lead: usize) -> Result<(), usize> {
    for j in 0..lead {
        let d = a[j * p + j];
        if d <= 0.0 || d.is_nan() {
            return Err(j);
        }
        a[j * p + j] = d.sqrt();
    }
    for j in lead..p {
        let (done, rest) = a.split_at_mut(j * p);
        for k in 0..lead {
            rest[k] /= done[k * p + k];
        }
    }
    // Column after column: the rows below are independent of each other, so four go abreast.
    for k in lead..p {
        let (done, rest) = a.split_at_mut((k + 1) * p);
        let row_k = &mut done[k * p..=k * p + k];
        let d = row_k[k] - dot(&row_k[..k], &row_k[..k]);
        if d <= 1e-12 * row_k[k] || d.is_nan() {
            return Err(k);
        }
        row_k[k] = d.sqrt();
        let pivot = row_k[k];
        let row_k = &row_k[..k];
        let mut fours = rest.chunks_exact_mut(4 * p);
        for four in fours.by_ref() {
            let (r0, four) = four.split_at_mut(p);
            let (r1, four) = four.split_at_mut(p);
            let (r2, r3) = four.split_at_mut(p);
            let s = dot_four([&r0[..k], &r1[..k], &r2[..k], &r3[..k]], row_k);
            for (row, s) in [r0, r1, r2, r3].into_iter().zip(s) {
                row[k] = (row[k] - s) / pivot;
            }
        }
        for row in fours.into_remainder().chunks_exact_mut(p) {
            row[k] = (row[k] - dot(&row[..k], row_k)) / pivot;
        }
    }
    Ok(())
}

/// Solves `L z = b` in place.
pub(crate) fn forward(l: &[f64], p: usize, b: &mut [f64]) {
    for i in 0..p {
        let row = &l[i * p..=i * p + i];
        b[i] = (b[i] - dot(&row[..i], &b[..i])) / row[i];
    }
}

/// Solves `L' x = z` in place.
pub(crate) fn backward(l: &[f64], p: usize, b: &mut [f64]) {
    for i in (0..p).rev() {
        let row = &l[i * p..=i * p + i];
        b[i] /= row[i];
        let x = b[i];
        for (bk, lk) in b[..i].iter_mut().zip(row) {
            *bk -= x * lk;
        }
    }
}

/// A dot product in four fixed lanes, so that its order never changes.
fn dot(a: &[f64], b: &[f64]) -> f64 {
    let n = a.len().min(b.len());
    let mut s = [0.0; 4];
    let mut ca = a[..n].chunks_exact(4);
    let mut cb = b[..n].chunks_exact(4);
    for (x, y) in ca.by_ref().zip(cb.by_ref()) {
        for i in 0..4 {
            s[i] += x[i] * y[i];
        }
    }
    let tail: f64 = ca
        .remainder()
        .iter()
        .zip(cb.remainder())
        .map(|(x, y)| x * y)
        .sum();
    (s[0] + s[1]) + (s[2] + s[3]) + tail
}

/// [`dot`] of four vectors with one, each in the same order of additions as alone.
fn dot_four(a: [&[f64]; 4], b: &[f64]) -> [f64; 4] {
    let n = b.len();
    let whole = n - n % 4;
    let a = a.map(|x| &x[..n]);
    let mut s = [[0.0; 4]; 4];
    for at in (0..whole).step_by(4) {
        let y = &b[at..at + 4];
        for (s, a) in s.iter_mut().zip(&a) {
            let x = &a[at..at + 4];
            for i in 0..4 {
                s[i] += x[i] * y[i];
            }
        }
    }
    let mut out = [0.0; 4];
    for ((out, s), a) in out.iter_mut().zip(&s).zip(&a) {
        let tail: f64 = a[whole..].iter().zip(&b[whole..]).map(|(x, y)| x * y).sum();
        *out = (s[0] + s[1]) + (s[2] + s[3]) + tail;
    }
    out
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn four_abreast_are_the_same_bits_as_one_alone() {
        for n in 0..23 {
            let v = |k: usize| -> Vec<f64> {
                (0..n)
                    .map(|i| ((i * 31 + k * 17) % 29) as f64 / 7.0 - 1.3)
                    .collect()
            };
            let (rows, b) = ([v(1), v(2), v(3), v(4)], v(5));
            let four = dot_four([&rows[0], &rows[1], &rows[2], &rows[3]], &b);
            for (row, got) in rows.iter().zip(four) {
                assert_eq!(dot(row, &b).to_bits(), got.to_bits());
            }
        }
    }

    #[test]
    fn solves_a_small_system() {
        let mut a = vec![4.0, 0.0, 0.0, 2.0, 5.0, 0.0, 1.0, 3.0, 6.0];
        factor(&mut a, 3, 0).unwrap();
        // a x = b with x = (1, 2, 3) and the full symmetric matrix.
        let mut b = vec![4.0 + 4.0 + 3.0, 2.0 + 10.0 + 9.0, 1.0 + 6.0 + 18.0];
        forward(&a, 3, &mut b);
        backward(&a, 3, &mut b);
        for (x, want) in b.iter().zip([1.0, 2.0, 3.0]) {
            assert!((x - want).abs() < 1e-14);
        }
        let mut singular = vec![1.0, 0.0, 1.0, 1.0];
        assert_eq!(factor(&mut singular, 2, 0), Err(1));
    }
}

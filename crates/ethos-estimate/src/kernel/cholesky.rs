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
        let row_j = &mut rest[..p];
        for k in 0..lead {
            row_j[k] /= done[k * p + k];
        }
        for k in lead..j {
            let row_k = &done[k * p..=k * p + k];
            let s = dot(&row_j[..k], &row_k[..k]);
            row_j[k] = (row_j[k] - s) / row_k[k];
        }
        let d = row_j[j] - dot(&row_j[..j], &row_j[..j]);
        if d <= 1e-12 * row_j[j] || d.is_nan() {
            return Err(j);
        }
        row_j[j] = d.sqrt();
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

#[cfg(test)]
mod tests {
    use super::*;

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

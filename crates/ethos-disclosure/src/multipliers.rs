//! What each sum contributes to the bound of a cell that a linear programme found.

use std::collections::BTreeMap;

use crate::simplex::Simplex;

/// Solves `y · B = c` for the basis at hand, `c` being the unit vector of the target.
pub(crate) fn of(lp: &Simplex, equations: &[Vec<(usize, f64)>], target: usize) -> Vec<f64> {
    let basics: Vec<usize> = lp.basics().collect();
    let rows = equations.len();
    let position: BTreeMap<usize, usize> =
        basics.iter().enumerate().map(|(k, j)| (*j, k)).collect();
    // One line a basic variable: its coefficients in the sums, and the right side.
    let mut lines = vec![vec![0.0; rows + 1]; basics.len()];
    for (r, terms) in equations.iter().enumerate() {
        for (j, a) in terms {
            if let Some(k) = position.get(j) {
                lines[*k][r] += a;
            }
        }
    }
    if let Some(k) = position.get(&target) {
        lines[*k][rows] = 1.0;
    }
    let mut pivots = Vec::new();
    let mut used = 0;
    for r in 0..rows {
        let best =
            (used..lines.len()).max_by(|a, b| lines[*a][r].abs().total_cmp(&lines[*b][r].abs()));
        let Some(best) = best.filter(|best| lines[*best][r].abs() > 1e-7) else {
            continue;
        };
        lines.swap(used, best);
        let pivot = lines[used].clone();
        for (k, line) in lines.iter_mut().enumerate() {
            if k != used && line[r] != 0.0 {
                let factor = line[r] / pivot[r];
                for (value, p) in line.iter_mut().zip(&pivot) {
                    *value -= factor * p;
                }
            }
        }
        pivots.push((used, r));
        used += 1;
    }
    let mut y = vec![0.0; rows];
    for (line, r) in pivots {
        y[r] = lines[line][rows] / lines[line][r];
    }
    y
}

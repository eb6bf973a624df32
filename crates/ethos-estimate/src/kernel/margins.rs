//! Sums over a table: every margin of a hierarchical 0/1 design in one pass.
//!
//! A column of the design is itself a cell: its lists present, its covariates
//! at a level other than the reference, everything else at zero. Adding, along
//! every axis, the other levels onto level zero turns level zero into "any",
//! so that the transformed table holds at a column's cell the sum over the rows
//! of that column (Yates 1937); the transpose carries coefficients to cells.

use crate::table::Shape;

/// Replaces each entry by its margin: `X'w` for all columns at once.
pub(crate) fn to_margins(table: &mut [f64], shape: &Shape) {
    for bit in 0..shape.lists {
        let half = 1_usize << bit;
        for block in table.chunks_exact_mut(2 * half) {
            let (low, high) = block.split_at_mut(half);
            for (l, h) in low.iter_mut().zip(high) {
                *l += *h;
            }
        }
    }
    for (&levels, &stride) in shape.levels.iter().zip(&shape.strides) {
        let inner = stride << shape.lists;
        for block in table.chunks_exact_mut(inner * levels as usize) {
            let (low, rest) = block.split_at_mut(inner);
            for level in rest.chunks_exact(inner) {
                for (l, h) in low.iter_mut().zip(level) {
                    *l += *h;
                }
            }
        }
    }
}

/// Replaces coefficients at column cells by linear predictors at all cells: `X b`.
pub(crate) fn to_predictors(table: &mut [f64], shape: &Shape) {
    for bit in 0..shape.lists {
        let half = 1_usize << bit;
        for block in table.chunks_exact_mut(2 * half) {
            let (low, high) = block.split_at_mut(half);
            for (l, h) in low.iter().zip(high) {
                *h += *l;
            }
        }
    }
    for (&levels, &stride) in shape.levels.iter().zip(&shape.strides) {
        let inner = stride << shape.lists;
        for block in table.chunks_exact_mut(inner * levels as usize) {
            let (low, rest) = block.split_at_mut(inner);
            for level in rest.chunks_exact_mut(inner) {
                for (l, h) in low.iter().zip(level) {
                    *h += *l;
                }
            }
        }
    }
}

/// The cell of the product of two columns, or `None` where they name two levels of one covariate.
pub(crate) fn merge(shape: &Shape, a: usize, b: usize) -> Option<usize> {
    let history = shape.history(a) | shape.history(b);
    let (sa, sb) = (shape.stratum(a), shape.stratum(b));
    let mut stratum = 0;
    for f in 0..shape.levels.len() {
        let (la, lb) = (shape.level(sa, f), shape.level(sb, f));
        let level = match (la, lb) {
            (0, l) | (l, 0) => l,
            (x, y) if x == y => x,
            _ => return None,
        };
        stratum += level * shape.strides[f];
    }
    Some(shape.cell(stratum, history))
}

/// Whether the column at cell `column` is one in the row of `cell`.
pub(crate) fn covers(shape: &Shape, column: usize, cell: usize) -> bool {
    let lists = shape.history(column);
    if shape.history(cell) & lists != lists {
        return false;
    }
    let (sc, s) = (shape.stratum(column), shape.stratum(cell));
    (0..shape.levels.len()).all(|f| {
        let level = shape.level(sc, f);
        level == 0 || level == shape.level(s, f)
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn transforms_agree_with_the_dense_design() {
        let shape = Shape::new(3, &[2, 3]);
        let n = shape.cells();
        let w: Vec<f64> = (0..n).map(|i| ((i * 37 + 11) % 101) as f64).collect();
        let mut m = w.clone();
        to_margins(&mut m, &shape);
        let mut e = w.clone();
        to_predictors(&mut e, &shape);
        for c in 0..n {
            let rows: f64 = (0..n).filter(|&r| covers(&shape, c, r)).map(|r| w[r]).sum();
            assert_eq!(m[c], rows);
            let columns: f64 = (0..n).filter(|&k| covers(&shape, k, c)).map(|k| w[k]).sum();
            assert_eq!(e[c], columns);
            for d in 0..n {
                let both: f64 =
                    (0..n).filter(|&r| covers(&shape, c, r) && covers(&shape, d, r)).map(|r| w[r]).sum();
                assert_eq!(merge(&shape, c, d).map_or(0.0, |x| m[x]), both);
            }
        }
    }
}

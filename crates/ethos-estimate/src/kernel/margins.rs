//! Sums over a table: every margin of a hierarchical 0/1 design in one pass.
//!
//! A column of the design is itself a cell: its lists present, its covariates
//! at a level other than the reference, everything else at zero. Adding, along
//! every axis, the other levels onto level zero turns level zero into "any",
//! so that the transformed table holds at a column's cell the sum over the rows
//! of that column (Yates 1937); the transpose carries coefficients to cells.

use crate::table::Shape;

/// Replaces each entry by its margin: `X'w` for all columns at once.
#[cfg(test)]
fn to_margins(table: &mut [f64], shape: &Shape) {
    lists_to_margins(table, shape);
    factors_to_margins(table, shape);
}

/// Superset sums over the lists, within each stratum.
pub(crate) fn lists_to_margins(table: &mut [f64], shape: &Shape) {
    for bit in 0..shape.lists {
        let half = 1_usize << bit;
        for block in table.chunks_exact_mut(2 * half) {
            let (low, high) = block.split_at_mut(half);
            for (l, h) in low.iter_mut().zip(high) {
                *l += *h;
            }
        }
    }
}

/// Sums over the levels of each covariate, onto level zero.
pub(crate) fn factors_to_margins(table: &mut [f64], shape: &Shape) {
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
#[cfg(test)]
fn to_predictors(table: &mut [f64], shape: &Shape) {
    factors_to_predictors(table, shape);
    lists_to_predictors(table, shape);
}

/// Subset sums over the lists, within each stratum.
pub(crate) fn lists_to_predictors(table: &mut [f64], shape: &Shape) {
    for bit in 0..shape.lists {
        let half = 1_usize << bit;
        for block in table.chunks_exact_mut(2 * half) {
            let (low, high) = block.split_at_mut(half);
            for (l, h) in low.iter().zip(high) {
                *h += *l;
            }
        }
    }
}

/// Adds level zero of each covariate to its other levels.
pub(crate) fn factors_to_predictors(table: &mut [f64], shape: &Shape) {
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

/// Margins over lists and over *all* levels: each covariate has an extra slot, "any".
///
/// Computed once per data set, it tells every model which of its sufficient
/// margins are zero, whatever the reference levels.
#[derive(Debug, Clone)]
pub(crate) struct LevelMargins {
    wide: Shape,
    values: Vec<f64>,
}

impl LevelMargins {
    pub(crate) fn new(shape: &Shape) -> Self {
        let levels: Vec<u32> = shape.levels.iter().map(|l| l + 1).collect();
        let wide = Shape::new(shape.lists, &levels);
        let values = vec![0.0; wide.cells()];
        Self { wide, values }
    }

    /// Index of a margin: lists present, and for each covariate a level or `None` for any.
    pub(crate) fn index(&self, lists: u16, level: impl Fn(usize) -> Option<usize>) -> u32 {
        let stratum = (0..self.wide.levels.len())
            .map(|f| level(f).unwrap_or(self.wide.levels[f] as usize - 1) * self.wide.strides[f])
            .sum();
        self.wide.cell(stratum, lists) as u32
    }

    /// Recomputes all margins of `y`.
    pub(crate) fn compute(&mut self, shape: &Shape, y: &[f64]) {
        self.values.fill(0.0);
        let h = shape.histories();
        for s in 0..shape.strata {
            let wide: usize = (0..shape.levels.len())
                .map(|f| shape.level(s, f) * self.wide.strides[f])
                .sum();
            self.values[wide * h..(wide + 1) * h].copy_from_slice(&y[s * h..(s + 1) * h]);
        }
        for bit in 0..shape.lists {
            let half = 1_usize << bit;
            for block in self.values.chunks_exact_mut(2 * half) {
                let (low, high) = block.split_at_mut(half);
                for (l, x) in low.iter_mut().zip(high) {
                    *l += *x;
                }
            }
        }
        for (&levels, &stride) in self.wide.levels.iter().zip(&self.wide.strides) {
            let inner = stride << shape.lists;
            for block in self.values.chunks_exact_mut(inner * levels as usize) {
                let (seen, any) = block.split_at_mut(inner * (levels as usize - 1));
                for level in seen.chunks_exact(inner) {
                    for (a, x) in any.iter_mut().zip(level) {
                        *a += *x;
                    }
                }
            }
        }
    }

    pub(crate) fn is_zero(&self, index: u32) -> bool {
        self.values[index as usize] == 0.0
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
                let both: f64 = (0..n)
                    .filter(|&r| covers(&shape, c, r) && covers(&shape, d, r))
                    .map(|r| w[r])
                    .sum();
                assert_eq!(merge(&shape, c, d).map_or(0.0, |x| m[x]), both);
            }
        }
    }
}

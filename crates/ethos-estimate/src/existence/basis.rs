//! A proof of existence for many tables of one design: cells whose rows span, repaired where some are empty.
//!
//! If the rows of the cells with people have full column rank, the estimate is
//! finite (see the parent module), and no sufficient margin is zero. Cells that
//! proved it for one table prove it for every table that has people in all of
//! them. Where some are empty, they can be replaced: written over the spanning
//! rows, the rows of the other cells with people must have full rank in the
//! coordinates of the empty ones (the exchange of a basis, Whitney 1935). Ranks
//! modulo a prime are never too large, so a proof is a proof.

use std::sync::OnceLock;

use super::rank::{Field, Mod61};
use super::spanning_cells;
use crate::design::Design;
use crate::support::{Support, places};

/// More empty cells than this are left to the full procedure.
const MAX_EMPTY: usize = 32;

/// A cell, and its row over the basis: places and values.
type Row = (u32, Vec<(u32, Mod61)>);

/// Cells whose rows are a basis of the row space, and all other rows written over them.
#[derive(Debug)]
pub(crate) struct SpanningBasis {
    cells: Vec<u32>,
    /// Observable cells that are not kept: no table with people there has this support.
    dead: Vec<u32>,
    /// The other kept cells, and their rows where not zero, once needed.
    others: OnceLock<Vec<Row>>,
}

impl SpanningBasis {
    /// From a table whose cells with people span on the support; nothing if they do not.
    pub(crate) fn new(design: &Design, support: &Support, y: &[f64]) -> Option<Self> {
        let cells = spanning_cells(design, support, y)?;
        let mut dead = vec![true; design.shape.cells()];
        for &c in &support.kept {
            dead[c as usize] = false;
        }
        let dead = (0..dead.len())
            .filter(|&c| dead[c] && design.shape.history(c) != 0)
            .map(|c| c as u32)
            .collect();
        Some(Self {
            cells,
            dead,
            others: OnceLock::new(),
        })
    }

    /// Whether the counts `y` have this support and, provably, a finite estimate on it.
    /// A `false` proves nothing.
    pub(crate) fn proves(&self, design: &Design, support: &Support, y: &[f64]) -> bool {
        if self.dead.iter().any(|&c| y[c as usize] > 0.0) {
            return false;
        }
        if self.cells.iter().all(|&c| y[c as usize] > 0.0) {
            return true;
        }
        let empty: Vec<u32> = (0..self.cells.len() as u32)
            .filter(|&i| y[self.cells[i as usize] as usize] <= 0.0)
            .collect();
        self.repaired(design, support, y, &empty)
    }

    fn repaired(&self, design: &Design, support: &Support, y: &[f64], empty: &[u32]) -> bool {
        let k = empty.len();
        if k > MAX_EMPTY {
            return false;
        }
        let others = self
            .others
            .get_or_init(|| rows_over(design, support, &self.cells));
        // Rows in echelon form, leading entry one.
        let mut echelon: Vec<Option<Vec<Mod61>>> = vec![None; k];
        let mut missing = k;
        let mut row = vec![Mod61::zero(); k];
        for (cell, entries) in others {
            if y[*cell as usize] <= 0.0 {
                continue;
            }
            row.fill(Mod61::zero());
            let mut any = false;
            for (place, value) in entries {
                if let Ok(i) = empty.binary_search(place) {
                    row[i] = *value;
                    any = true;
                }
            }
            if any && insert(&mut echelon, &mut row) {
                missing -= 1;
                if missing == 0 {
                    return true;
                }
            }
        }
        false
    }
}

/// Reduces a row and keeps it if it is independent.
fn insert(echelon: &mut [Option<Vec<Mod61>>], row: &mut [Mod61]) -> bool {
    for j in 0..row.len() {
        if row[j].is_zero() {
            continue;
        }
        if let Some(pivot) = &echelon[j] {
            let factor = row[j];
            for (x, p) in row[j..].iter_mut().zip(&pivot[j..]) {
                x.subtract_product(&factor, p);
            }
        } else {
            let scale = row[j].inverse();
            echelon[j] = Some(row.iter().map(|x| x.times(&scale)).collect());
            return true;
        }
    }
    false
}

/// The rows of all kept cells but `basis` as combinations of the rows of `basis`.
fn rows_over(design: &Design, support: &Support, basis: &[u32]) -> Vec<Row> {
    let p = basis.len();
    let places = places(&support.active, design.columns.len());
    let rows = design.rows();
    // Gauss-Jordan on [B | I]: what is left on the right is the inverse.
    let mut left = vec![vec![Mod61::zero(); p]; p];
    let mut right = left.clone();
    for (i, row) in rows.restricted(basis, &places).iter().enumerate() {
        right[i][i] = Mod61::one();
        for &j in row {
            left[i][j as usize] = Mod61::one();
        }
    }
    for j in 0..p {
        let Some(at) = (j..p).find(|&i| !left[i][j].is_zero()) else {
            return Vec::new();
        };
        left.swap(j, at);
        right.swap(j, at);
        let scale = left[j][j].inverse();
        for x in left[j].iter_mut().chain(right[j].iter_mut()) {
            *x = x.times(&scale);
        }
        let (own_left, own_right) = (left[j].clone(), right[j].clone());
        for i in (0..p).filter(|&i| i != j) {
            let factor = left[i][j];
            if factor.is_zero() {
                continue;
            }
            for (x, v) in left[i].iter_mut().zip(&own_left) {
                x.subtract_product(&factor, v);
            }
            for (x, v) in right[i].iter_mut().zip(&own_right) {
                x.subtract_product(&factor, v);
            }
        }
    }
    let mut minus_one = Mod61::zero();
    minus_one.subtract_product(&Mod61::one(), &Mod61::one());
    let others: Vec<u32> = support
        .kept
        .iter()
        .copied()
        .filter(|c| !basis.contains(c))
        .collect();
    rows.restricted(&others, &places)
        .iter()
        .zip(&others)
        .map(|(row, &cell)| {
            let mut sum = vec![Mod61::zero(); p];
            for &j in row {
                for (s, v) in sum.iter_mut().zip(&right[j as usize]) {
                    s.subtract_product(&minus_one, v);
                }
            }
            let entries = (0..p as u32)
                .filter(|&i| !sum[i as usize].is_zero())
                .map(|i| (i, sum[i as usize]))
                .collect();
            (cell, entries)
        })
        .collect()
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::existence::is_finite;
    use crate::model::Model;
    use crate::table::Shape;
    use crate::term::Term;

    /// Every proof agrees with the exact procedure, and repair finds what the first cells miss.
    #[test]
    fn never_proves_too_much() {
        let shape = Shape::new(3, &[2, 2]);
        let model = Model::from_generators([
            Term::new(0, 0b11),
            Term::new(0b001, 0b01),
            Term::new(0b010, 0b10),
            Term::new(0b101, 0),
            Term::new(0b010, 0),
        ]);
        let design = Design::new(&shape, &model);
        let full: Vec<f64> = (0..shape.cells())
            .map(|c| f64::from(u8::from(shape.history(c) != 0)) * (5 + c * 7 % 11) as f64)
            .collect();
        let basis = SpanningBasis::new(&design, &design.full, &full).unwrap();
        let mut state = 1_u64;
        let (mut proved, mut repaired) = (0, 0);
        for _ in 0..3000 {
            let mut y = full.clone();
            for c in &mut y {
                state = state
                    .wrapping_mul(6_364_136_223_846_793_005)
                    .wrapping_add(1);
                if state >> 60 < 7 {
                    *c = 0.0;
                }
            }
            let mut data = crate::design::Data::empty(&shape);
            data.y.clone_from(&y);
            data.refresh(&shape);
            let reduced = design.reduced_support(&data);
            if basis.proves(&design, &design.full, &y) {
                proved += 1;
                repaired += usize::from(basis.cells.iter().any(|&c| y[c as usize] == 0.0));
                assert!(reduced.is_none() && is_finite(&design, &design.full, &y));
            } else if reduced.is_none() {
                // Rank deficient: the positive rows do not span, whatever the verdict.
                assert!(spanning_cells(&design, &design.full, &y).is_none());
            }
        }
        assert!(proved > 50 && repaired > 40, "{proved} {repaired}");
    }
}

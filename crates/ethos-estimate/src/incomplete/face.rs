//! Limits of a model in which a list would see nobody, or everybody, where it cannot look.
//!
//! Where a list cannot look, what the model says of it there is told by nothing but the curvature
//! of the logarithm of a sum: with dependences that are lent, the likelihood often rises all the
//! way to one of these limits. There the list's cells, or those without it, are at mean zero, and
//! the rest has a maximum like any other: the extended estimate. A limit belongs to the model only
//! if some direction of its coefficients leaves the linear predictors of all other cells as they
//! are and takes these down together; that is decided modulo the prime 2^61 − 1.

use super::layout::Layout;
use crate::design::Design;
use crate::existence::rank::{Echelon, Field, Mod61};

/// The cells left in each such limit that the model has, of those `alive`.
pub(crate) fn limits(layout: &Layout, design: &Design, alive: &[bool]) -> Vec<Vec<bool>> {
    let shape = &layout.shape;
    let all = (shape.histories() - 1) as u16;
    let mut out = Vec::new();
    for list in 0..shape.lists {
        let bit = 1_u16 << list;
        let blind = |c: usize| {
            let lists = layout.sighted[shape.stratum(c)];
            lists != 0 && all & !lists & bit != 0
        };
        for on in [true, false] {
            let gone = |c: usize| alive[c] && blind(c) && (shape.history(c) & bit != 0) == on;
            let gone: Vec<bool> = (0..shape.cells()).map(gone).collect();
            if gone.contains(&true) && is_limit(design, alive, &gone) {
                out.push(alive.iter().zip(&gone).map(|(a, g)| *a && !g).collect());
            }
        }
    }
    out
}

/// Whether the indicator of the cells `gone` is a combination of the columns on the cells `alive`.
fn is_limit(design: &Design, alive: &[bool], gone: &[bool]) -> bool {
    let width = design.columns.len();
    let mut span = Echelon::<Mod61>::new(width + 1);
    for c in (0..alive.len()).filter(|&c| alive[c]) {
        let mut row = vec![Mod61::zero(); width + 1];
        for &j in design.rows().row(c as u32) {
            row[j as usize] = Mod61::one();
        }
        if gone[c] {
            row[width] = Mod61::one();
        }
        span.insert_values(row);
    }
    // Independent of the columns, it leads a row of its own.
    span.pivots().last() != Some(&width)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::incomplete::IncompleteTable;
    use crate::model::Model;
    use crate::table::Factor;
    use crate::term::Term;

    #[test]
    fn a_limit_needs_a_term_that_leads_there() {
        let mut rows =
            IncompleteTable::builder(["a", "b", "c"], [Factor::new("age", ["old", "young"])]);
        for h in 1..8_u16 {
            let on = |i: u16| Some(h >> i & 1 == 1);
            rows.add(&[on(0), on(1), on(2)], &[Some(0)], 5).unwrap();
            if h < 4 {
                rows.add(&[on(0), on(1), None], &[Some(1)], 5).unwrap();
            }
        }
        let layout = Layout::new(&rows.build().unwrap()).unwrap();
        let alive = vec![true; layout.shape.cells()];
        let (a, b) = (Term::new(0b001, 1), Term::new(0b010, 1));
        let without = Model::from_generators([a, b, Term::new(0b101, 0)]);
        let none = limits(&layout, &Design::new(&layout.shape, &without), &alive);
        assert!(none.is_empty());
        let with = Model::from_generators([a, b, Term::new(0b101, 0), Term::new(0b100, 1)]);
        let both = limits(&layout, &Design::new(&layout.shape, &with), &alive);
        assert_eq!(both.len(), 2);
        for (cells, on) in both.iter().zip([true, false]) {
            for (c, left) in cells.iter().enumerate() {
                let young = layout.shape.stratum(c) == 1;
                let gone = young && (layout.shape.history(c) & 0b100 != 0) == on;
                assert_eq!(*left, !gone);
            }
        }
    }
}

//! Which cells and columns of a design some data leave in play.

use crate::design::Column;
use crate::existence::null::null_space;
use crate::kernel::newton::Program;
use crate::kernel::rows::Rows;
use crate::table::Shape;

/// What of a design the data leave in play.
#[derive(Debug, Clone)]
pub(crate) struct Support {
    /// Observable cells whose mean is not forced to zero.
    pub(crate) kept: Vec<u32>,
    /// Per stratum, whether its unseen cell is in play.
    pub(crate) unseen: Vec<bool>,
    /// Independent columns, as indices into the design's columns.
    pub(crate) active: Vec<u32>,
    /// Columns that are zero on every cell in play: coefficient −∞.
    pub(crate) infinite: Vec<u32>,
    /// Whether every unseen cell in play is determined by the kept cells.
    pub(crate) identifiable: bool,
    /// The fit's index program for the active columns.
    pub(crate) program: Program,
    /// The same model with stratum indicators, where that is faster and all cells are in play.
    pub(crate) fast: Option<Program>,
}

impl Support {
    /// All cells in play, for a model without the interaction of all lists.
    ///
    /// On the table with its unseen cells the columns are independent (at the columns' own cells the
    /// design is unitriangular). Within a stratum the alternating sum of all rows over the histories
    /// is zero for every column but those with all lists, so the unseen row is a combination of
    /// observed ones: nothing is lost by not seeing it.
    pub(crate) fn full(shape: &Shape, columns: &[Column]) -> Self {
        let kept = (0..shape.cells())
            .filter(|&c| shape.history(c) != 0)
            .map(|c| c as u32)
            .collect();
        let cells: Vec<u32> = columns.iter().map(|c| c.cell).collect();
        // As many pure covariate columns as strata: the covariates are saturated.
        let others: Vec<u32> = cells
            .iter()
            .copied()
            .filter(|&c| shape.history(c as usize) != 0)
            .collect();
        let saturated = shape.strata > 1 && cells.len() - others.len() == shape.strata;
        Self {
            fast: saturated.then(|| Program::with_strata(shape, &others)),
            kept,
            unseen: vec![true; shape.strata],
            active: (0..columns.len() as u32).collect(),
            infinite: Vec::new(),
            identifiable: true,
            program: Program::new(shape, &cells),
        }
    }

    /// The cells left `alive` and the independent columns on them; `all` is the program of all columns.
    pub(crate) fn new(shape: &Shape, all: &Program, rows: &Rows, alive: &[bool]) -> Self {
        let columns = all.columns.len();
        let kept: Vec<u32> = (0..shape.cells())
            .filter(|&c| alive[c] && shape.history(c) != 0)
            .map(|c| c as u32)
            .collect();
        let unseen: Vec<bool> = (0..shape.strata).map(|s| alive[shape.cell(s, 0)]).collect();
        let unseen_cells: Vec<u32> = (0..shape.strata)
            .filter(|&s| unseen[s])
            .map(|s| shape.cell(s, 0) as u32)
            .collect();
        let mut touched = vec![false; columns];
        for &cell in kept.iter().chain(&unseen_cells) {
            for &j in rows.row(cell) {
                touched[j as usize] = true;
            }
        }
        let (candidates, infinite): (Vec<u32>, Vec<u32>) =
            (0..columns as u32).partition(|&j| touched[j as usize]);
        let places = places(&candidates, columns);
        let null = null_space(candidates.len(), rows.restricted(&kept, &places).iter());
        let identifiable = null.free.is_empty()
            || rows
                .restricted(&unseen_cells, &places)
                .iter()
                .all(|row| null.spans(row));
        let active: Vec<u32> = (0..candidates.len())
            .filter(|i| null.free.binary_search(i).is_err())
            .map(|i| candidates[i])
            .collect();
        let program = all.part(&active);
        Self {
            kept,
            unseen,
            active,
            infinite,
            identifiable,
            program,
            fast: None,
        }
    }
}

/// The place of each of `all` columns among the `chosen` ones.
pub(crate) fn places(chosen: &[u32], all: usize) -> Vec<Option<u32>> {
    let mut places = vec![None; all];
    for (i, &j) in chosen.iter().enumerate() {
        places[j as usize] = Some(i as u32);
    }
    places
}

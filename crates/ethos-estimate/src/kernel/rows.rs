//! The rows of a 0/1 design as lists of columns, cell after cell.

use super::margins::covers;
use crate::table::Shape;

/// For every cell, the columns that are one in its row.
#[derive(Debug, Clone)]
pub(crate) struct Rows {
    starts: Vec<u32>,
    columns: Vec<u32>,
}

impl Rows {
    /// The rows of all cells; `columns` are the cells that stand for the columns.
    pub(crate) fn new(shape: &Shape, columns: &[u32]) -> Self {
        let mut rows = Self {
            starts: vec![0],
            columns: Vec::new(),
        };
        // Which columns have the levels of a stratum; their lists decide for each history.
        let mut here: Vec<(u32, u16)> = Vec::with_capacity(columns.len());
        for stratum in 0..shape.strata {
            let last = shape.cell(stratum, (shape.histories() - 1) as u16);
            here.clear();
            here.extend(
                (0..columns.len() as u32)
                    .filter(|&j| covers(shape, columns[j as usize] as usize, last))
                    .map(|j| (j, shape.history(columns[j as usize] as usize))),
            );
            for history in 0..shape.histories() {
                let on = here.iter().filter(|(_, l)| history as u16 & l == *l);
                rows.columns.extend(on.map(|(j, _)| j));
                rows.starts.push(rows.columns.len() as u32);
            }
        }
        rows
    }

    /// The columns that are one in the row of `cell`, rising.
    pub(crate) fn row(&self, cell: u32) -> &[u32] {
        let c = cell as usize;
        &self.columns[self.starts[c] as usize..self.starts[c + 1] as usize]
    }

    /// These rows over some of the columns: `places` holds the new index of each column, or none.
    pub(crate) fn restricted(&self, cells: &[u32], places: &[Option<u32>]) -> Self {
        let mut rows = Self {
            starts: Vec::with_capacity(cells.len() + 1),
            columns: Vec::new(),
        };
        rows.starts.push(0);
        for &cell in cells {
            rows.columns
                .extend(self.row(cell).iter().filter_map(|&j| places[j as usize]));
            rows.starts.push(rows.columns.len() as u32);
        }
        rows
    }

    /// All rows in order.
    pub(crate) fn iter(&self) -> impl Iterator<Item = &[u32]> + Clone {
        self.starts
            .windows(2)
            .map(|w| &self.columns[w[0] as usize..w[1] as usize])
    }
}

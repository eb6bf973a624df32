//! A model laid out on the cells of a table: columns, margins to check, support of the data.

use crate::existence::rank::{Basis, Echelon, Mod61, rational_rank};
use crate::kernel::margins::{LevelMargins, covers};
use crate::kernel::newton::Program;
use crate::model::Model;
use crate::table::{CaptureTable, Shape};
use crate::term::Term;

/// A column of the design: one combination of non-reference levels of a term.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Column {
    /// The cell that stands for the column.
    pub(crate) cell: u32,
    /// Index of its term in the model.
    pub(crate) term: u32,
}

/// A model compiled for one table shape.
#[derive(Debug, Clone)]
pub(crate) struct Design {
    pub(crate) shape: Shape,
    pub(crate) model: Model,
    pub(crate) columns: Vec<Column>,
    /// For each term and combination of *all* its levels, its place among the level margins.
    margins: Vec<u32>,
    /// Support when no margin is zero.
    pub(crate) full: Support,
}

/// One data set laid out for fitting: an original table or a replicate.
#[derive(Debug, Clone)]
pub(crate) struct Data {
    /// Counts per cell, zero at unseen cells.
    pub(crate) y: Vec<f64>,
    /// Their sum.
    pub(crate) n: f64,
    margins: LevelMargins,
}

impl Data {
    pub(crate) fn empty(shape: &Shape) -> Self {
        Self {
            y: vec![0.0; shape.cells()],
            n: 0.0,
            margins: LevelMargins::new(shape),
        }
    }

    pub(crate) fn of(table: &CaptureTable) -> Self {
        let mut data = Self::empty(table.shape());
        for (y, &c) in data.y.iter_mut().zip(table.counts()) {
            *y = c as f64;
        }
        data.refresh(table.shape());
        data
    }

    /// Recomputes sum and margins after `y` changed.
    pub(crate) fn refresh(&mut self, shape: &Shape) {
        self.n = self.y.iter().sum();
        self.margins.compute(shape, &self.y);
    }
}

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

impl Design {
    pub(crate) fn new(shape: &Shape, model: &Model) -> Self {
        let mut columns = Vec::new();
        for (i, term) in model.terms().iter().enumerate() {
            for_levels(shape, term.factors, 1, |stratum| {
                let cell = shape.cell(stratum, term.lists) as u32;
                columns.push(Column {
                    cell,
                    term: i as u32,
                });
            });
        }
        let places = LevelMargins::new(shape);
        let mut margins = Vec::new();
        for g in model.terms() {
            for_levels(shape, g.factors, 0, |levels| {
                let level = |f: usize| (g.factors >> f & 1 == 1).then(|| shape.level(levels, f));
                margins.push(places.index(g.lists, level));
            });
        }
        let all = ((1_u32 << shape.lists) - 1) as u16;
        let full = if model.contains(Term::new(all, 0)) {
            Support::new(shape, &columns, &vec![true; shape.cells()])
        } else {
            Support::full(shape, &columns)
        };
        Self {
            shape: shape.clone(),
            model: model.clone(),
            columns,
            margins,
            full,
        }
    }

    /// Parameters, those at −∞ included.
    pub(crate) fn parameters(&self) -> usize {
        self.columns.len()
    }

    /// Cells that can be observed.
    pub(crate) fn observable(&self) -> usize {
        self.shape.strata * (self.shape.histories() - 1)
    }

    /// The support under these data: `None` when it is the full one.
    ///
    /// Every zero margin of a term, at any combination of levels including
    /// the reference, sends its cells to mean zero (the extended estimate of
    /// Fienberg & Rinaldo 2012; Chan, Silverman & Vincent 2021 for pairs).
    pub(crate) fn reduced_support(&self, data: &Data) -> Option<Support> {
        let y = &data.y;
        if !self.margins.iter().any(|&m| data.margins.is_zero(m)) {
            return None;
        }
        let mut alive = vec![true; self.shape.cells()];
        for g in self.model.terms() {
            for_levels(&self.shape, g.factors, 0, |levels| {
                let member = |cell: usize| {
                    let s = self.shape.stratum(cell);
                    self.shape.history(cell) & g.lists == g.lists
                        && (0..self.shape.levels.len()).all(|f| {
                            g.factors >> f & 1 == 0
                                || self.shape.level(s, f) == self.shape.level(levels, f)
                        })
                };
                let cells: Vec<usize> = (0..self.shape.cells()).filter(|&c| member(c)).collect();
                if cells.iter().all(|&c| y[c] == 0.0) {
                    for c in cells {
                        alive[c] = false;
                    }
                }
            });
        }
        Some(Support::new(&self.shape, &self.columns, &alive))
    }

    pub(crate) fn term_of(&self, column: u32) -> Term {
        self.model.terms()[self.columns[column as usize].term as usize]
    }
}

/// Calls `f` with the stratum index of every combination of levels `from..` of the covariates in `mask`.
fn for_levels(shape: &Shape, mask: u32, from: usize, mut f: impl FnMut(usize)) {
    let factors: Vec<usize> = (0..shape.levels.len())
        .filter(|i| mask >> i & 1 == 1)
        .collect();
    let mut level = vec![from; factors.len()];
    loop {
        f(factors
            .iter()
            .zip(&level)
            .map(|(&k, &l)| l * shape.strides[k])
            .sum());
        let mut i = factors.len();
        loop {
            if i == 0 {
                return;
            }
            i -= 1;
            level[i] += 1;
            if level[i] < shape.levels[factors[i]] as usize {
                break;
            }
            level[i] = from;
        }
    }
}

impl Support {
    /// All cells in play, for a model without the interaction of all lists.
    ///
    /// On the table with its unseen cells the columns are independent (at the columns' own cells the
    /// design is unitriangular). Within a stratum the alternating sum of all rows over the histories
    /// is zero for every column but those with all lists, so the unseen row is a combination of
    /// observed ones: nothing is lost by not seeing it.
    fn full(shape: &Shape, columns: &[Column]) -> Self {
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

    fn new(shape: &Shape, columns: &[Column], alive: &[bool]) -> Self {
        let kept: Vec<u32> = (0..shape.cells())
            .filter(|&c| alive[c] && shape.history(c) != 0)
            .map(|c| c as u32)
            .collect();
        let unseen: Vec<bool> = (0..shape.strata).map(|s| alive[shape.cell(s, 0)]).collect();
        let unseen_cells: Vec<u32> = (0..shape.strata)
            .filter(|&s| unseen[s])
            .map(|s| shape.cell(s, 0) as u32)
            .collect();
        let mut infinite = Vec::new();
        let mut candidates = Vec::new();
        for (j, column) in columns.iter().enumerate() {
            let c = column.cell as usize;
            if kept
                .iter()
                .chain(&unseen_cells)
                .any(|&cell| covers(shape, c, cell as usize))
            {
                candidates.push(j as u32);
            } else {
                infinite.push(j as u32);
            }
        }
        let row = |cell: u32| -> Vec<bool> {
            candidates
                .iter()
                .map(|&j| covers(shape, columns[j as usize].cell as usize, cell as usize))
                .collect()
        };
        let p = candidates.len();
        let mut echelon = Echelon::<Mod61>::new(p);
        for &cell in &kept {
            if echelon.full() {
                break;
            }
            echelon.insert(&row(cell));
        }
        // Full column rank modulo a prime proves full rank; anything else is decided in rationals.
        let (pivots, identifiable) = if echelon.full() {
            ((0..p).collect::<Vec<_>>(), true)
        } else {
            let mut exact: Basis = rational_rank(p, kept.iter().map(|&c| row(c)));
            let pivots = exact.pivots();
            let inside = unseen_cells.iter().all(|&c| !exact.insert(&row(c)));
            (pivots, inside)
        };
        let mut is_pivot = vec![false; p];
        for &i in &pivots {
            is_pivot[i] = true;
        }
        let active: Vec<u32> = (0..p)
            .filter(|&i| is_pivot[i])
            .map(|i| candidates[i])
            .collect();
        let cells: Vec<u32> = active.iter().map(|&j| columns[j as usize].cell).collect();
        let program = Program::new(shape, &cells);
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

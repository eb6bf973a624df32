//! A model laid out on the cells of a table: columns, margins to check, support of the data.

use std::sync::OnceLock;

use crate::kernel::margins::LevelMargins;
use crate::kernel::newton::Program;
use crate::kernel::rows::Rows;
use crate::model::Model;
use crate::support::Support;
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

/// A sufficient margin of a term at one combination of levels.
#[derive(Debug, Clone, Copy)]
struct Margin {
    /// Its place among the level margins.
    place: u32,
    /// Its term.
    term: Term,
    /// The stratum with its levels and all other covariates at their first.
    levels: u32,
}

/// A model compiled for one table shape.
#[derive(Debug, Clone)]
pub(crate) struct Design {
    pub(crate) shape: Shape,
    pub(crate) model: Model,
    pub(crate) columns: Vec<Column>,
    /// For each term and combination of *all* its levels, its place among the level margins.
    margins: Vec<Margin>,
    /// The rows of the columns, once needed.
    rows: OnceLock<Rows>,
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
        for (y, count) in data.y.iter_mut().zip(table.counts()) {
            *y = count;
        }
        data.refresh(table.shape());
        data
    }

    /// Whether a sufficient margin of a term is zero at some combination of its levels.
    pub(crate) fn has_zero(&self, shape: &Shape, term: Term) -> bool {
        let mut zero = false;
        for_levels(shape, term.factors, 0, |levels| {
            let level = |f: usize| (term.factors >> f & 1 == 1).then(|| shape.level(levels, f));
            zero |= self.margins.is_zero(self.margins.index(term.lists, level));
        });
        zero
    }

    /// Recomputes sum and margins after `y` changed.
    pub(crate) fn refresh(&mut self, shape: &Shape) {
        self.n = self.y.iter().sum();
        self.margins.compute(shape, &self.y);
    }
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
                margins.push(Margin {
                    place: places.index(g.lists, level),
                    term: *g,
                    levels: levels as u32,
                });
            });
        }
        let all = ((1_u32 << shape.lists) - 1) as u16;
        let rows = OnceLock::new();
        let full = if model.contains(Term::new(all, 0)) {
            let rows = rows.get_or_init(|| rows_of(shape, &columns));
            let cells: Vec<u32> = columns.iter().map(|c| c.cell).collect();
            let all = Program::new(shape, &cells);
            Support::new(shape, &all, rows, &vec![true; shape.cells()])
        } else {
            Support::full(shape, &columns)
        };
        Self {
            shape: shape.clone(),
            model: model.clone(),
            columns,
            margins,
            rows,
            full,
        }
    }

    /// For every cell, the columns that are one in its row.
    pub(crate) fn rows(&self) -> &Rows {
        self.rows
            .get_or_init(|| rows_of(&self.shape, &self.columns))
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
        let alive = self.alive(data)?;
        let own;
        let all = if self.full.active.len() == self.columns.len() {
            &self.full.program
        } else {
            let cells: Vec<u32> = self.columns.iter().map(|c| c.cell).collect();
            own = Program::new(&self.shape, &cells);
            &own
        };
        Some(Support::new(&self.shape, all, self.rows(), &alive))
    }

    /// Per cell, whether no zero margin holds it; `None` if there is no zero margin.
    pub(crate) fn alive(&self, data: &Data) -> Option<Vec<bool>> {
        let shape = &self.shape;
        let every = (1_u32 << shape.levels.len()) - 1;
        let mut alive: Option<Vec<bool>> = None;
        for margin in &self.margins {
            if !data.margins.is_zero(margin.place) {
                continue;
            }
            let alive = alive.get_or_insert_with(|| vec![true; shape.cells()]);
            let lists = margin.term.lists;
            for_levels(shape, every & !margin.term.factors, 0, |others| {
                let stratum = margin.levels as usize + others;
                for history in (0..shape.histories() as u16).filter(|h| h & lists == lists) {
                    alive[shape.cell(stratum, history)] = false;
                }
            });
        }
        alive
    }

    pub(crate) fn term_of(&self, column: u32) -> Term {
        self.model.terms()[self.columns[column as usize].term as usize]
    }
}

impl Shape {
    /// The cells of the columns of a term under treatment contrasts.
    pub(crate) fn columns(&self, term: Term) -> Vec<u32> {
        let mut out = Vec::new();
        for_levels(self, term.factors, 1, |stratum| {
            out.push(self.cell(stratum, term.lists) as u32);
        });
        out
    }

    /// The term of the column at a cell.
    pub(crate) fn term(&self, cell: u32) -> Term {
        let stratum = self.stratum(cell as usize);
        let factors = (0..self.levels.len())
            .filter(|&f| self.level(stratum, f) > 0)
            .map(|f| 1 << f)
            .sum();
        Term::new(self.history(cell as usize), factors)
    }
}

fn rows_of(shape: &Shape, columns: &[Column]) -> Rows {
    let cells: Vec<u32> = columns.iter().map(|c| c.cell).collect();
    Rows::new(shape, &cells)
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

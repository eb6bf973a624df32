//! One design laid out for lanes: order of columns, where each entry of the information lies, and
//! what the parent fit knows.

use super::factor::Envelope;
use super::few::FEW;
use crate::kernel::newton::{Stop, Workspace, newton, refactor};
use crate::kernel::{cholesky, margins, math};
use crate::support::Support;
use crate::table::Shape;

/// Beyond these the lanes no longer fit the caches, and one replicate at a time is as fast.
const MAX_PARAMETERS: usize = 192;
const MAX_CELLS: usize = 1 << 14;

/// A design, its support and the fit that replicates start from.
#[derive(Debug)]
pub(crate) struct Plan {
    pub(crate) shape: Shape,
    /// Cells of the columns that are iterated on, in the order of the factor.
    pub(crate) columns: Vec<u32>,
    pub(crate) envelope: Envelope,
    /// Places of the entries of each stored block in the table of [`Plan::entries`] numbers, then
    /// a zero and a one.
    pub(crate) places: Vec<[u32; 16]>,
    /// Places of the entries, row by row, where the columns are few enough for code of their own.
    pub(crate) few: Option<[[u8; 7]; 7]>,
    pub(crate) strata: Strata,
    /// Per cell what its mean is multiplied by: zero if it is not kept, else the exponential of what
    /// is held known of its predictor. Absent where that is one in all observable cells.
    pub(crate) weights: Option<Vec<f64>>,
    /// Per stratum, whether its unseen cell is in play.
    pub(crate) unseen: Vec<bool>,
    /// Coefficients of the parent fit.
    pub(crate) start: Vec<f64>,
    /// Sufficient margins of the parent: of the columns, then of the strata where those are eliminated.
    pub(crate) totals: Vec<f64>,
    /// Inverse information at the parent fit: for each of `totals`, a row over the columns.
    pub(crate) inverse: Vec<f64>,
}

/// What becomes of the covariates.
#[derive(Debug)]
pub(crate) enum Strata {
    /// They have columns like everything else.
    Columns,
    /// They are saturated: each stratum has an intercept that is solved for exactly.
    Eliminated(Pairs),
}

/// Pairs of histories whose tables over the strata make the information of the other columns.
#[derive(Debug)]
pub(crate) struct Pairs {
    /// Histories of the columns, rising.
    pub(crate) histories: Vec<u16>,
    /// For each pair of them, lower triangle: whether only the sum over the strata is needed.
    pub(crate) sum_only: Vec<bool>,
    /// For each column, the place of its history.
    pub(crate) slot: Vec<u32>,
}

impl Plan {
    /// Prepares a support of a shape for replicates of `y`; nothing where lanes do not pay or the
    /// parent has no fit on this support.
    pub(crate) fn new(
        shape: &Shape,
        support: &Support,
        y: &[f64],
        ws: &mut Workspace,
    ) -> Option<Self> {
        let program = support.fast.as_ref().unwrap_or(&support.program);
        let lead = support.fast.as_ref().map_or(0, |_| shape.strata);
        let p = program.parameters() - lead;
        if p == 0 || p > MAX_PARAMETERS || shape.cells() > MAX_CELLS {
            return None;
        }
        let outcome = newton(shape, program, &support.kept, y, false, ws);
        let bounded = ws.beta.iter().all(|b| b.abs() < 30.0);
        if outcome.stop != Stop::Converged || !bounded || !refactor(shape, program, ws) {
            return None;
        }
        let cells = &program.columns[lead..];
        let order = order(shape, cells);
        let columns: Vec<u32> = order.iter().map(|&i| cells[i]).collect();
        let envelope = Envelope::new(&first_columns(shape, &columns));
        let strata = if lead > 0 {
            Strata::Eliminated(Pairs::new(shape, &columns))
        } else {
            Strata::Columns
        };
        let places = places(shape, &columns, &envelope, &strata);
        let observable = shape.strata * (shape.histories() - 1);
        let weights = (support.kept.len() < observable || shape.held.is_some()).then(|| {
            let mut weights = vec![0.0; shape.cells()];
            for &c in &support.kept {
                let known = shape.held.as_ref().map_or(0.0, |h| h.cells[c as usize]);
                weights[c as usize] = math::exp(known);
            }
            weights
        });
        let few = (lead == 0 && shape.cells() == 8 && FEW.contains(&p))
            .then(|| few_places(shape, &columns));
        // Where each of our totals stands among the program's columns.
        let rows: Vec<usize> = order.iter().map(|i| lead + i).chain(0..lead).collect();
        let all = program.parameters();
        let mut inverse = Vec::with_capacity(all * p);
        let mut unit = vec![0.0; all];
        for &row in &rows {
            unit.fill(0.0);
            unit[row] = 1.0;
            cholesky::forward(&ws.gram, all, &mut unit);
            cholesky::backward(&ws.gram, all, &mut unit);
            inverse.extend(rows[..p].iter().map(|&r| unit[r]));
        }
        Some(Self {
            start: rows[..p].iter().map(|&r| ws.beta[r]).collect(),
            totals: totals(shape, y, &columns, lead),
            inverse,
            shape: shape.clone(),
            columns,
            envelope,
            places,
            few,
            strata,
            weights,
            unseen: support.unseen.clone(),
        })
    }

    pub(crate) fn parameters(&self) -> usize {
        self.columns.len()
    }

    /// Numbers in the table that the information is read from.
    pub(crate) fn entries(&self) -> usize {
        match &self.strata {
            Strata::Columns => self.shape.cells(),
            Strata::Eliminated(pairs) => pairs.sum_only.len() * self.shape.strata,
        }
    }
}

impl Pairs {
    fn new(shape: &Shape, columns: &[u32]) -> Self {
        let mut histories: Vec<u16> = columns.iter().map(|&c| shape.history(c as usize)).collect();
        histories.sort_unstable();
        histories.dedup();
        let plain: Vec<bool> = histories
            .iter()
            .map(|&h| {
                let mut own = columns.iter().filter(|&&c| shape.history(c as usize) == h);
                own.all(|&c| shape.stratum(c as usize) == 0)
            })
            .collect();
        let sum_only = (0..histories.len())
            .flat_map(|i| (0..=i).map(move |j| (i, j)))
            .map(|(i, j)| plain[i] && plain[j])
            .collect();
        let slot = columns
            .iter()
            .map(|&c| {
                let h = shape.history(c as usize);
                histories.iter().position(|&x| x == h).unwrap_or_default() as u32
            })
            .collect();
        Self {
            histories,
            sum_only,
            slot,
        }
    }

    fn place(&self, shape: &Shape, i: usize, j: usize, stratum: usize) -> u32 {
        let (a, b) = (
            self.slot[i].max(self.slot[j]),
            self.slot[i].min(self.slot[j]),
        );
        (a * (a + 1) / 2 + b) * shape.strata as u32 + stratum as u32
    }
}

/// The order with the smallest envelope: columns grouped by the levels of one covariate, those
/// without it last; or as they came.
fn order(shape: &Shape, cells: &[u32]) -> Vec<usize> {
    let natural: Vec<usize> = (0..cells.len()).collect();
    let grouped = (0..shape.levels.len()).map(|f| {
        let mut order = natural.clone();
        order.sort_by_key(
            |&i| match shape.level(shape.stratum(cells[i] as usize), f) {
                0 => usize::MAX,
                level => level,
            },
        );
        order
    });
    std::iter::once(natural.clone())
        .chain(grouped)
        .min_by_key(|order| {
            let columns: Vec<u32> = order.iter().map(|&i| cells[i]).collect();
            Envelope::new(&first_columns(shape, &columns)).cost()
        })
        .unwrap_or(natural)
}

/// For each row, its first entry that is not zero.
fn first_columns(shape: &Shape, columns: &[u32]) -> Vec<usize> {
    let meet = |a: u32, b: u32| margins::merge(shape, a as usize, b as usize).is_some();
    (0..columns.len())
        .map(|i| (0..i).find(|&j| meet(columns[i], columns[j])).unwrap_or(i))
        .collect()
}

fn places(shape: &Shape, columns: &[u32], envelope: &Envelope, strata: &Strata) -> Vec<[u32; 16]> {
    let p = columns.len();
    let entries = match strata {
        Strata::Columns => shape.cells(),
        Strata::Eliminated(pairs) => pairs.sum_only.len() * shape.strata,
    } as u32;
    let place = |i: usize, j: usize| -> u32 {
        if i >= p || j >= p {
            // Rows that fill up the last panel: a unit diagonal.
            return entries + u32::from(i == j);
        }
        match (
            margins::merge(shape, columns[i] as usize, columns[j] as usize),
            strata,
        ) {
            (None, _) => entries,
            (Some(cell), Strata::Columns) => cell as u32,
            (Some(cell), Strata::Eliminated(pairs)) => {
                pairs.place(shape, i, j, shape.stratum(cell))
            }
        }
    };
    (0..envelope.panels())
        .flat_map(|a| (envelope.first(a)..=a).map(move |b| (a, b)))
        .map(|(a, b)| std::array::from_fn(|k| place(4 * a + k % 4, 4 * b + k / 4)))
        .collect()
}

/// The entries of a model without covariates, which has a product for any two columns.
fn few_places(shape: &Shape, columns: &[u32]) -> [[u8; 7]; 7] {
    let mut places = [[0; 7]; 7];
    for (row, &a) in places.iter_mut().zip(columns) {
        for (place, &b) in row.iter_mut().zip(columns) {
            let both = margins::merge(shape, a as usize, b as usize);
            *place = both.unwrap_or(shape.cells()) as u8;
        }
    }
    places
}

/// Margins of `y` at the columns, then its sums within the strata if those are eliminated.
fn totals(shape: &Shape, y: &[f64], columns: &[u32], lead: usize) -> Vec<f64> {
    let mut table = y.to_vec();
    margins::lists_to_margins(&mut table, shape);
    let within: Vec<f64> = (0..lead).map(|s| table[shape.cell(s, 0)]).collect();
    margins::factors_to_margins(&mut table, shape);
    let mut totals: Vec<f64> = columns.iter().map(|&c| table[c as usize]).collect();
    totals.extend(within);
    totals
}

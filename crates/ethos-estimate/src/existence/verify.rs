//! A checker of existence proofs that shares no code with the decision.
//!
//! It reads a table, a model and the [`Existence`] of an answer's JSON, lays out the design from the
//! definition of treatment contrasts, and checks the claim in exact fractions by plain elimination.

use num_rational::BigRational;
use num_traits::{One, Signed, Zero};

use super::{Cell, Certificate, Existence};
use crate::model::Model;
use crate::table::CaptureTable;
use crate::term::Term;

/// Checks an existence verdict against its table and model, from scratch.
///
/// With `exists`, the certificate must be an interior point or cells that span; without, a direction
/// along which the likelihood never falls. `identifiable` is decided anew by elimination. A
/// certificate of the kind `unidentified` proves only that: the model is unusable either way, and
/// its `exists` is not checked. Errors say in words what does not hold. Takes time of the order of
/// cells × columns².
///
/// ```
/// use ethos_estimate::{CaptureTable, Existence, existence, parse_model, verify_existence, ModelText};
/// let t = CaptureTable::from_histories(["A", "B", "C"], [("100", 40), ("010", 30), ("001", 20), ("110", 6)])?;
/// let ModelText::Brackets(m) = parse_model("[12,3]", &t)? else { panic!() };
/// let json = serde_json::to_string(&existence(&t, &m)).unwrap(); // what stands in the answer's JSON
/// let mut claim: Existence = serde_json::from_str(&json).unwrap();
/// assert!(verify_existence(&t, &m, &claim).is_ok());
/// claim.exists = true;
/// assert!(verify_existence(&t, &m, &claim).is_err());
/// # Ok::<(), ethos_estimate::EstimateError>(())
/// ```
pub fn verify_existence(
    table: &CaptureTable,
    model: &Model,
    claim: &Existence,
) -> Result<(), String> {
    let check = Check::new(table, model);
    let (empty, seen): (Vec<Cell>, Vec<Cell>) =
        check.kept.iter().partition(|c| check.count(**c) == 0.0);
    let kept_cell = |c: &Cell| {
        let known = check.kept.contains(c);
        known
            .then_some(())
            .ok_or(format!("{c:?} is not a kept cell"))
    };
    let mut kept = Span::new(check.columns.len());
    check.kept.iter().for_each(|c| kept.add(check.row(*c)));
    let identifiable = check.unseen.iter().all(|c| kept.contains(check.row(*c)));
    if identifiable != claim.identifiable {
        return Err(format!("identifiable is {identifiable}"));
    }
    let proves = match &claim.certificate {
        Certificate::AllPositive => {
            if let Some(c) = empty.first() {
                return Err(format!("{c:?} is empty"));
            }
            true
        }
        Certificate::Spanning { cells } => {
            let mut span = Span::new(check.columns.len());
            for c in cells {
                kept_cell(c)?;
                if check.count(*c) == 0.0 {
                    return Err(format!("{c:?} is empty"));
                }
                span.add(check.row(*c));
            }
            if span.rank != kept.rank {
                return Err(format!(
                    "the cells have rank {}, not {}",
                    span.rank, kept.rank
                ));
            }
            true
        }
        Certificate::Interior { cells, values } => {
            if cells.len() != values.len() {
                return Err("as many values as cells are needed".into());
            }
            // Empty cells that are not named have the value 1.
            let mut weights = vec![BigRational::one(); empty.len()];
            for (c, text) in cells.iter().zip(values) {
                let at = empty.iter().position(|e| e == c);
                let at = at.ok_or(format!("{c:?} is not an empty kept cell"))?;
                weights[at] = fraction(text)?;
                if weights[at] < BigRational::one() {
                    return Err(format!("{c:?} has a value below 1"));
                }
            }
            let mut sum = vec![BigRational::zero(); check.columns.len()];
            for (c, w) in empty.iter().zip(&weights) {
                for (s, x) in sum.iter_mut().zip(check.row(*c)) {
                    *s += w * x;
                }
            }
            let mut span = Span::new(check.columns.len());
            for c in &seen {
                span.add(check.row(*c));
            }
            if !span.contains(sum) {
                return Err("the weighted sum is no combination of the cells with people".into());
            }
            true
        }
        Certificate::Recession {
            direction,
            vanishing,
        } => {
            let mut z = vec![BigRational::zero(); check.columns.len()];
            for (c, text) in direction {
                let at = check.columns.iter().position(|k| k == c);
                let at = at.ok_or(format!("{c:?} is no column of the model in play"))?;
                z[at] = fraction(text)?;
            }
            let along = |c: &Cell| -> BigRational {
                check.row(*c).iter().zip(&z).map(|(x, z)| x * z).sum()
            };
            if let Some(c) = seen.iter().find(|c| !along(c).is_zero()) {
                return Err(format!("the direction changes {c:?}, which has people"));
            }
            if let Some(c) = empty.iter().find(|c| along(c).is_negative()) {
                return Err(format!("the direction lowers {c:?}"));
            }
            let falls = |c: &&Cell| along(c).is_positive();
            if vanishing.is_empty()
                || empty.iter().filter(falls).count() != vanishing.len()
                || !vanishing.iter().all(|c| empty.contains(c) && falls(&c))
            {
                return Err("the vanishing cells are not those that the direction moves".into());
            }
            false
        }
        Certificate::Unidentified { .. } => {
            return if identifiable {
                Err("every unseen cell is determined".into())
            } else {
                Ok(())
            };
        }
    };
    if proves == claim.exists {
        Ok(())
    } else {
        Err(format!("the certificate proves that exists is {proves}"))
    }
}

/// A table and a model laid out cell by cell.
struct Check<'a> {
    table: &'a CaptureTable,
    /// Levels of each stratum.
    levels: Vec<Vec<usize>>,
    /// Columns that are one in some cell in play, as cells.
    columns: Vec<Cell>,
    /// Observable cells that no zero margin holds.
    kept: Vec<Cell>,
    /// Unseen cells that no zero margin holds.
    unseen: Vec<Cell>,
}

impl<'a> Check<'a> {
    fn new(table: &'a CaptureTable, model: &Model) -> Self {
        let levels: Vec<Vec<usize>> = (0..table.strata())
            .map(|s| table.stratum_levels(s))
            .collect();
        let factors = table.factors().len();
        let has = |t: &Term, f: usize| t.factors >> f & 1 == 1;
        let every: Vec<Cell> = (0..table.strata())
            .flat_map(|stratum| {
                (0..1_u32 << table.lists().len()).map(move |h| Cell {
                    stratum,
                    history: h as u16,
                })
            })
            .collect();
        // Terms and levels with a sufficient margin above zero.
        let level = |t: &Term, s: usize| -> Vec<Option<usize>> {
            (0..factors)
                .map(|f| has(t, f).then(|| levels[s][f]))
                .collect()
        };
        let mut full = std::collections::BTreeSet::new();
        for c in every
            .iter()
            .filter(|c| table.count(c.stratum, c.history) > 0.0)
        {
            for t in model
                .terms()
                .iter()
                .filter(|t| c.history & t.lists == t.lists)
            {
                full.insert((*t, level(t, c.stratum)));
            }
        }
        let alive = |c: &Cell| {
            model
                .terms()
                .iter()
                .filter(|t| c.history & t.lists == t.lists)
                .all(|t| full.contains(&(*t, level(t, c.stratum))))
        };
        let (unseen, kept): (Vec<Cell>, Vec<Cell>) = every
            .iter()
            .filter(|c| alive(c))
            .partition(|c| c.history == 0);
        // A column: a term at levels other than the first of its covariates, all others at the first.
        let column = |c: &&Cell| {
            let own = (0..factors).filter(|&f| levels[c.stratum][f] > 0);
            model.contains(Term::new(c.history, own.map(|f| 1 << f).sum()))
        };
        let mut check = Check {
            table,
            levels: levels.clone(),
            columns: every.iter().filter(column).copied().collect(),
            kept,
            unseen,
        };
        let touched = |k: &Cell| {
            let in_play = check.kept.iter().chain(&check.unseen);
            in_play.clone().any(|c| check.is_one(*k, *c))
        };
        check.columns = check
            .columns
            .iter()
            .filter(|k| touched(k))
            .copied()
            .collect();
        check
    }

    fn count(&self, c: Cell) -> f64 {
        self.table.count(c.stratum, c.history)
    }

    /// Whether a column is one in the row of a cell.
    fn is_one(&self, column: Cell, cell: Cell) -> bool {
        let (a, b) = (&self.levels[column.stratum], &self.levels[cell.stratum]);
        cell.history & column.history == column.history
            && a.iter().zip(b).all(|(a, b)| *a == 0 || a == b)
    }

    fn row(&self, cell: Cell) -> Vec<BigRational> {
        let one = |c: &Cell| {
            if self.is_one(*c, cell) {
                BigRational::one()
            } else {
                BigRational::zero()
            }
        };
        self.columns.iter().map(one).collect()
    }
}

/// The span of some rows: reduced rows by their first column.
struct Span {
    rows: Vec<Option<Vec<BigRational>>>,
    rank: usize,
}

impl Span {
    fn new(width: usize) -> Self {
        let rows = vec![None; width];
        Self { rows, rank: 0 }
    }

    /// Takes away what the rows so far explain; the first column left, if any.
    fn reduce(&self, row: &mut [BigRational]) -> Option<usize> {
        for j in 0..row.len() {
            if row[j].is_zero() {
                continue;
            }
            let own = self.rows[j].as_ref();
            let Some(own) = own else { return Some(j) };
            let factor = row[j].clone();
            for (x, o) in row[j..].iter_mut().zip(&own[j..]) {
                if !o.is_zero() {
                    *x -= &factor * o;
                }
            }
        }
        None
    }

    fn add(&mut self, mut row: Vec<BigRational>) {
        if self.rank < self.rows.len()
            && let Some(j) = self.reduce(&mut row)
        {
            let lead = row[j].clone();
            for x in &mut row {
                *x /= &lead;
            }
            self.rows[j] = Some(row);
            self.rank += 1;
        }
    }

    fn contains(&self, mut row: Vec<BigRational>) -> bool {
        self.rank == self.rows.len() || self.reduce(&mut row).is_none()
    }
}

fn fraction(text: &str) -> Result<BigRational, String> {
    text.parse()
        .map_err(|_| format!("`{text}` is not a fraction"))
}

//! Whether a maximum-likelihood estimate exists and whether the data determine the unseen cells.
//!
//! Fienberg & Rinaldo (2012, Annals of Statistics 40:996) and Chan, Silverman &
//! Vincent (2021, JASA) reduce existence to a linear program: with design `A`
//! and counts `y` on the kept cells, the estimate is finite exactly when some
//! strictly positive `x` has `A x = A y`. Equivalently (Stiemke's lemma) no
//! direction `z` has `A'z = 0` on the cells with people, `A'z ≥ 0` on the
//! empty ones and `A'z ≠ 0`. The verdict is always exact:
//!
//! 1. no empty kept cell: `x = y`;
//! 2. the rows of the cells with people have full column rank, proved modulo the
//!    prime 2^61 − 1 (a rank modulo a prime is never too large): then `A'z = 0`
//!    forces `z = 0`;
//! 3. otherwise the few free directions are computed in rationals and the
//!    reduced program is solved by an exact simplex (Bland's rule).

pub(crate) mod basis;
pub(crate) mod lp;
pub(crate) mod null;
pub(crate) mod number;
pub(crate) mod rank;
pub(crate) mod verify;

use serde::{Deserialize, Serialize};

use crate::design::{Data, Design};
use crate::kernel::rows::Rows;
use crate::support::{Support, places};
use crate::table::CaptureTable;
use null::{NullSpace, Vectors, null_space, product};
use number::Exact;
use rank::{Echelon, Mod61};

/// A cell of a table: stratum index and capture history (list `i` is bit `i`).
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
pub struct Cell {
    /// Stratum index, last covariate fastest.
    pub stratum: usize,
    /// Capture history as bits.
    pub history: u16,
}

/// A proof of existence or non-existence that can be checked by hand or by another program.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(tag = "kind", rename_all = "kebab-case")]
pub enum Certificate {
    /// Every kept cell has people: the counts themselves are the interior point.
    AllPositive,
    /// The rows of these cells, all with people, have full column rank.
    Spanning {
        /// As many cells as there are free parameters.
        cells: Vec<Cell>,
    },
    /// Values of at least 1 on the empty cells whose weighted rows add up to a combination of the
    /// rows of the cells with people: taking a small multiple of that combination from those cells
    /// and giving it to the empty ones makes all cells positive and keeps all margins.
    Interior {
        /// The empty cells; those not named have the value 1.
        cells: Vec<Cell>,
        /// Its value on each of them, as exact fractions.
        values: Vec<String>,
    },
    /// A direction along which the likelihood never falls: the estimate runs off to infinity.
    Recession {
        /// Coefficient of each free column, as exact fractions: cell of the column and value.
        direction: Vec<(Cell, String)>,
        /// Cells whose fitted mean tends to zero although no margin forces it.
        vanishing: Vec<Cell>,
    },
    /// The kept cells do not determine the unseen cell of these strata.
    Unidentified {
        /// Strata in play (all of them in play are named; some combination is undetermined).
        strata: Vec<usize>,
    },
}

/// Existence and identifiability of one model on one table.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Existence {
    /// Whether the (extended) maximum-likelihood estimate exists.
    pub exists: bool,
    /// Whether the kept cells determine every unseen cell in play.
    pub identifiable: bool,
    /// The proof: of non-existence if it does not exist, else of a lack of identification, else of existence.
    pub certificate: Certificate,
}

impl Existence {
    /// 0 for a usable model, 1 not existing, 2 rank deficient, 3 both: the code of the CRAN packages.
    pub fn code(&self) -> u8 {
        u8::from(!self.exists) + 2 * u8::from(!self.identifiable)
    }

    /// Whether the model may be used.
    pub fn usable(&self) -> bool {
        self.exists && self.identifiable
    }

    /// The reason why a model is not usable, in words.
    pub fn reason(&self) -> &'static str {
        match self.code() {
            0 => "it has an estimate",
            1 => "the maximum of the likelihood lies at infinity",
            2 => "the data do not determine the unseen part",
            _ => {
                "the maximum of the likelihood lies at infinity and the data do not determine the unseen part"
            }
        }
    }
}

/// Decides existence and identifiability of a hierarchical model, exactly.
///
/// Zero sufficient margins are first sent to mean zero (their coefficients to
/// −∞); what is decided is the estimate on the remaining cells.
///
/// ```
/// use ethos_estimate::{CaptureTable, Model, Term, existence};
/// // Chan, Silverman & Vincent (2021), table "Artificial_3".
/// let t = CaptureTable::from_histories(
///     ["A", "B", "C"], [("100", 40), ("010", 30), ("001", 20), ("110", 6)])?;
/// let m = Model::from_generators([Term::new(0b011, 0), Term::new(0b100, 0)]);
/// assert_eq!(existence(&t, &m).code(), 1);
/// # Ok::<(), ethos_estimate::EstimateError>(())
/// ```
pub fn existence(table: &CaptureTable, model: &crate::Model) -> Existence {
    let design = Design::new(table.shape(), model);
    let data = Data::of(table);
    let reduced = design.reduced_support(&data);
    decide(&design, reduced.as_ref().unwrap_or(&design.full), &data.y)
}

/// Decides on a prepared design and support.
pub(crate) fn decide(design: &Design, support: &Support, y: &[f64]) -> Existence {
    let verdict = exists(design, support, y);
    let exists = !matches!(verdict, Certificate::Recession { .. });
    let certificate = if exists && !support.identifiable {
        Certificate::Unidentified {
            strata: (0..support.unseen.len())
                .filter(|&s| support.unseen[s])
                .collect(),
        }
    } else {
        verdict
    };
    Existence {
        exists,
        identifiable: support.identifiable,
        certificate,
    }
}

fn cell(design: &Design, c: u32) -> Cell {
    Cell {
        stratum: design.shape.stratum(c as usize),
        history: design.shape.history(c as usize),
    }
}

/// Cells with people whose rows span, chosen by falling count; `None` if they do not span.
pub(crate) fn spanning_cells(design: &Design, support: &Support, y: &[f64]) -> Option<Vec<u32>> {
    let mut positive: Vec<u32> = support
        .kept
        .iter()
        .copied()
        .filter(|&c| y[c as usize] > 0.0)
        .collect();
    let p = support.active.len();
    if positive.len() < p {
        return None;
    }
    positive.sort_by(|&a, &b| y[b as usize].total_cmp(&y[a as usize]).then(a.cmp(&b)));
    let rows = design
        .rows()
        .restricted(&positive, &places(&support.active, design.columns.len()));
    let mut echelon = Echelon::<Mod61>::new(p);
    let mut cells = Vec::with_capacity(p);
    let mut dense = vec![false; p];
    for (c, row) in positive.into_iter().zip(rows.iter()) {
        dense.fill(false);
        for &j in row {
            dense[j as usize] = true;
        }
        if echelon.insert(&dense) {
            cells.push(c);
            if echelon.full() {
                return Some(cells);
            }
        }
    }
    None
}

fn exists(design: &Design, support: &Support, y: &[f64]) -> Certificate {
    if support.kept.iter().all(|&c| y[c as usize] > 0.0) {
        return Certificate::AllPositive;
    }
    if let Some(cells) = spanning_cells(design, support, y) {
        return Certificate::Spanning {
            cells: cells.into_iter().map(|c| cell(design, c)).collect(),
        };
    }
    let program = Program::new(design, support, y);
    match &program.null.vectors {
        Vectors::Small(null) => program.certificate(design, support, null),
        Vectors::Big(_) => None,
    }
    .or_else(|| program.certificate(design, support, &program.null.vectors.big()))
    .expect("big fractions do not run out")
}

/// Whether the estimate exists, without the proof in words.
pub(crate) fn is_finite(design: &Design, support: &Support, y: &[f64]) -> bool {
    if support.kept.iter().all(|&c| y[c as usize] > 0.0) {
        return true;
    }
    let program = Program::new(design, support, y);
    if program.null.free.is_empty() {
        return true;
    }
    match &program.null.vectors {
        Vectors::Small(null) => program.is_finite(null),
        Vectors::Big(_) => None,
    }
    .or_else(|| program.is_finite(&program.null.vectors.big()))
    .expect("big fractions do not run out")
}

/// The reduced program: free directions of the cells with people, and what they do to empty cells.
struct Program {
    /// Directions that change no cell with people.
    null: NullSpace,
    empty: Vec<u32>,
    rows: Rows,
}

/// Lexicographic order of vectors.
fn in_order<N: Exact>(a: &[N], b: &[N]) -> std::cmp::Ordering {
    let first = a.iter().zip(b).map(|(x, y)| x.order(y));
    first.fold(std::cmp::Ordering::Equal, std::cmp::Ordering::then)
}

impl Program {
    fn new(design: &Design, support: &Support, y: &[f64]) -> Self {
        let (positive, empty): (Vec<u32>, Vec<u32>) =
            support.kept.iter().partition(|&&c| y[c as usize] > 0.0);
        let places = places(&support.active, design.columns.len());
        let rows = design.rows();
        Self {
            null: null_space(
                support.active.len(),
                rows.restricted(&positive, &places).iter(),
            ),
            rows: rows.restricted(&empty, &places),
            empty,
        }
    }

    /// For each empty cell, its row times each free direction.
    fn products<N: Exact>(&self, null: &[Vec<N>]) -> Option<Vec<Vec<N>>> {
        self.rows
            .iter()
            .map(|row| null.iter().map(|z| product(row, z)).collect())
            .collect()
    }

    /// Whether some positive weights of the empty cells cancel; `None` if a fraction outgrows its kind.
    fn is_finite<N: Exact>(&self, null: &[Vec<N>]) -> Option<bool> {
        let mut products = self.products(null)?;
        // Cells that no direction changes, and cells changed alike, add nothing.
        products.retain(|b| b.iter().any(|x| !x.is_zero()));
        products.sort_by(|a, b| in_order(a, b));
        products.dedup();
        let answer = lp::positive_combination(&products, null.len())?;
        Some(matches!(answer, lp::Answer::Combination(_)))
    }

    fn certificate<N: Exact>(
        &self,
        design: &Design,
        support: &Support,
        null: &[Vec<N>],
    ) -> Option<Certificate> {
        let products = self.products(null)?;
        // One row of the program for all cells changed alike; cells that nothing changes need none.
        let mut different: Vec<&Vec<N>> = products
            .iter()
            .filter(|b| b.iter().any(|x| !x.is_zero()))
            .collect();
        different.sort_by(|a, b| in_order(a, b));
        different.dedup();
        let class = |b: &Vec<N>| different.binary_search_by(|d| in_order(d, b)).ok();
        let classes: Vec<Option<usize>> = products.iter().map(class).collect();
        let rows: Vec<Vec<N>> = different.iter().map(|b| (*b).clone()).collect();
        let w = match lp::positive_combination(&rows, null.len())? {
            lp::Answer::Combination(v) => {
                // The value of a class is shared by its cells, all scaled so that the shares stay above 1.
                let mut sizes = vec![0_i64; v.len()];
                classes.iter().flatten().for_each(|&k| sizes[k] += 1);
                let most = sizes.iter().copied().max().unwrap_or(1);
                let share = |k: usize| v[k].times(&N::integer(most))?.over(&N::integer(sizes[k]));
                let shares: Vec<N> = (0..v.len()).map(share).collect::<Option<_>>()?;
                let named = || {
                    let of = self.empty.iter().zip(&classes);
                    of.filter_map(|(&c, k)| Some((c, (*k)?)))
                };
                return Some(Certificate::Interior {
                    cells: named().map(|(c, _)| cell(design, c)).collect(),
                    values: named().map(|(_, k)| shares[k].text()).collect(),
                });
            }
            lp::Answer::Direction(w) => w,
        };
        let mut direction = Vec::new();
        for (i, &c) in support.program.columns.iter().enumerate() {
            let z = lp::dot(null.iter().map(|z| &z[i]), &w)?;
            if !z.is_zero() {
                direction.push((cell(design, c), z.text()));
            }
        }
        let mut vanishing = Vec::new();
        for (&c, b) in self.empty.iter().zip(&products) {
            if lp::dot(b.iter(), &w)?.is_positive() {
                vanishing.push(cell(design, c));
            }
        }
        Some(Certificate::Recession {
            direction,
            vanishing,
        })
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::model::Model;
    use crate::table::Shape;
    use crate::term::Term;
    use null::in_fractions;
    use proptest::prelude::*;

    /// The verdict by big fractions alone, from every zero margin and every row anew.
    fn slowly(design: &Design, y: &[f64]) -> (bool, bool) {
        let shape = &design.shape;
        let cells = 0..shape.cells() as u32;
        // A margin is a term at the levels of some cell.
        let same = |t: &Term, a: u32, b: u32| {
            let (s, r) = (shape.stratum(a as usize), shape.stratum(b as usize));
            (0..shape.levels.len())
                .all(|f| t.factors >> f & 1 == 0 || shape.level(s, f) == shape.level(r, f))
        };
        let alive = |c: u32| {
            design.model.terms().iter().all(|t| {
                shape.history(c as usize) & t.lists != t.lists
                    || cells.clone().any(|d| {
                        y[d as usize] > 0.0
                            && shape.history(d as usize) & t.lists == t.lists
                            && same(t, c, d)
                    })
            })
        };
        let (kept, unseen): (Vec<u32>, Vec<u32>) = cells
            .clone()
            .filter(|&c| alive(c))
            .partition(|&c| shape.history(c as usize) != 0);
        let rows = design.rows();
        let p = design.columns.len();
        let of = |cells: &[u32]| cells.iter().map(|&c| rows.row(c)).collect::<Vec<_>>();
        let all = in_fractions(p, of(&kept).into_iter());
        let identifiable = of(&unseen).into_iter().all(|r| all.spans(r));
        let (positive, empty): (Vec<u32>, Vec<u32>) =
            kept.iter().partition(|&&c| y[c as usize] > 0.0);
        let null = in_fractions(p, of(&positive).into_iter()).vectors.big();
        let products: Vec<Vec<_>> = empty
            .iter()
            .map(|&c| {
                null.iter()
                    .map(|z| product(rows.row(c), z).expect("big fractions do not run out"))
                    .collect()
            })
            .collect();
        let finite = matches!(
            lp::positive_combination(&products, null.len()),
            Some(lp::Answer::Combination(_))
        );
        (finite, identifiable)
    }

    proptest! {
        #![proptest_config(ProptestConfig::with_cases(256))]

        #[test]
        fn fast_and_slow_verdicts_agree_on_sparse_tables(
            counts in prop::collection::vec(0_u8..6, 48),
            zeros in 1_u8..6,
            pairs in 0_u8..8,
            more in 0_u8..4,
        ) {
            let shape = Shape::new(3, &[2, 3]);
            let mut generators = vec![Term::new(0, 0b11)];
            generators.extend((0..3).flat_map(|i| [Term::new(1 << i, 1), Term::new(1 << i, 2)]));
            let lists = [0b011, 0b101, 0b110];
            generators.extend((0..3).filter(|i| pairs >> i & 1 == 1).map(|i| Term::new(lists[i], 0)));
            generators.extend((0..2).filter(|i| more >> i & 1 == 1).map(|i| Term::new(lists[i], 1 << i)));
            let design = Design::new(&shape, &Model::from_generators(generators));
            let mut data = Data::empty(&shape);
            for (c, y) in data.y.iter_mut().enumerate() {
                if shape.history(c) != 0 {
                    *y = f64::from(counts[c].saturating_sub(zeros));
                }
            }
            data.refresh(&shape);
            let reduced = design.reduced_support(&data);
            let support = reduced.as_ref().unwrap_or(&design.full);
            let told = decide(&design, support, &data.y);
            let fast = (is_finite(&design, support, &data.y), support.identifiable);
            prop_assert_eq!(fast, (told.exists, told.identifiable));
            prop_assert_eq!(fast, slowly(&design, &data.y));
        }
    }
}

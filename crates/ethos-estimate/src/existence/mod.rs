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

pub(crate) mod lp;
pub(crate) mod rank;

use num_rational::BigRational;
use num_traits::{Signed, Zero};
use serde::{Deserialize, Serialize};

use crate::design::{Data, Design, Support};
use crate::kernel::margins::covers;
use crate::table::CaptureTable;
use rank::{Echelon, Mod61, as_text, rational_rank};

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
        /// The empty cells.
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

fn row(design: &Design, support: &Support, c: u32) -> Vec<bool> {
    support
        .program
        .columns
        .iter()
        .map(|&j| covers(&design.shape, j as usize, c as usize))
        .collect()
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
    let mut echelon = Echelon::<Mod61>::new(p);
    let mut cells = Vec::with_capacity(p);
    for c in positive {
        if echelon.insert(&row(design, support, c)) {
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
    let p = support.active.len();
    let positive = support
        .kept
        .iter()
        .copied()
        .filter(|&c| y[c as usize] > 0.0);
    let basis = rational_rank(p, positive.map(|c| row(design, support, c)));
    let null = basis.null_space();
    let empty: Vec<u32> = support
        .kept
        .iter()
        .copied()
        .filter(|&c| y[c as usize] == 0.0)
        .collect();
    // B: for each empty cell, its row times each free direction.
    let products: Vec<Vec<BigRational>> = empty
        .iter()
        .map(|&c| {
            let r = row(design, support, c);
            null.iter()
                .map(|z| {
                    r.iter()
                        .zip(z)
                        .filter(|(b, x)| **b && !Zero::is_zero(*x))
                        .map(|(_, x)| x.clone())
                        .sum()
                })
                .collect()
        })
        .collect();
    match lp::positive_combination(&products, null.len()) {
        lp::Answer::Combination(v) => Certificate::Interior {
            cells: empty.iter().map(|&c| cell(design, c)).collect(),
            values: v.iter().map(as_text).collect(),
        },
        lp::Answer::Direction(w) => {
            let mut z = vec![BigRational::zero(); p];
            for (weight, direction) in w.iter().zip(&null) {
                for (a, b) in z.iter_mut().zip(direction) {
                    *a += weight * b;
                }
            }
            let vanishing = empty
                .iter()
                .zip(&products)
                .filter(|(_, b)| {
                    b.iter()
                        .zip(&w)
                        .map(|(x, y)| x * y)
                        .sum::<BigRational>()
                        .is_positive()
                })
                .map(|(&c, _)| cell(design, c))
                .collect();
            let direction = support
                .program
                .columns
                .iter()
                .zip(&z)
                .filter(|(_, v)| !v.is_zero())
                .map(|(&c, v)| (cell(design, c), as_text(v)))
                .collect();
            Certificate::Recession {
                direction,
                vanishing,
            }
        }
    }
}

//! Which parameters the patterns of an incomplete table determine.
//!
//! The mean of a slot is a sum of products of the exponentials of the coefficients: a polynomial.
//! The coefficients are determined, near almost every value they may have, if the derivatives of
//! the slots' means are linearly independent there. That is decided modulo the prime 2^61 − 1 at a
//! point drawn once for all: a rank found there is never too large, and too small with a
//! probability below the degree over the prime, about 10^-15. How well they are determined at the
//! estimate itself the observed information says.
//!
//! Of several columns of which one is too many, one of a list that cannot look everywhere goes: first
//! those that stand only where it cannot. There the sum over that list's two histories is all that
//! is seen, and the logarithm of 1 + exp(η) is bounded below: such a column can stand in for
//! another near one value of the coefficients, and not for every value that the other may need.

use super::layout::Layout;
use crate::design::Design;
use crate::existence::rank::{Echelon, Field, Mod61};
use crate::kernel::newton::Program;
use crate::model::{Model, term_label};
use crate::support::{Support, places};
use crate::table::CaptureTable;
use crate::term::Term;

/// What of a design a data set leaves in play, and what of it is determined.
#[derive(Debug, Clone)]
pub(crate) struct Identified {
    /// Per cell, whether its mean may be positive.
    pub(crate) alive: Vec<bool>,
    /// As for complete tables; `active` are the columns that are estimated.
    pub(crate) support: Support,
    /// Per stratum, the cells in play that nobody can observe.
    pub(crate) unseen: Vec<Vec<u32>>,
    /// Columns left at zero: nothing that is asked for depends on them, and the data do not say.
    pub(crate) left: Vec<u32>,
}

impl Identified {
    /// What of a design is in play when the cells `alive` may have people.
    pub(crate) fn new(layout: &Layout, design: &Design, alive: Vec<bool>) -> Self {
        let shape = &layout.shape;
        let rows = design.rows();
        let columns = design.columns.len();
        let open = |c: usize| layout.is_open(shape.stratum(c));
        let kept: Vec<u32> = (0..shape.cells())
            .filter(|&c| alive[c] && layout.observable[c])
            .map(|c| c as u32)
            .collect();
        let unseen: Vec<Vec<u32>> = (0..shape.strata)
            .map(|s| {
                (s * shape.histories()..(s + 1) * shape.histories())
                    .filter(|&c| alive[c] && open(c) && !layout.observable[c])
                    .map(|c| c as u32)
                    .collect()
            })
            .collect();
        let mut touched = vec![false; columns];
        for &cell in kept.iter().chain(unseen.iter().flatten()) {
            for &j in rows.row(cell) {
                touched[j as usize] = true;
            }
        }
        let mut takes_part = vec![false; columns];
        for cell in (0..shape.cells()).filter(|&c| open(c)) {
            for &j in rows.row(cell as u32) {
                takes_part[j as usize] = true;
            }
        }
        let (candidates, rest): (Vec<u32>, Vec<u32>) =
            (0..columns as u32).partition(|&j| touched[j as usize]);
        // Columns of strata that take no part have no value at all.
        let infinite = rest
            .into_iter()
            .filter(|&j| takes_part[j as usize])
            .collect();
        // The independent columns that come first are kept.
        let hidden = hidden(layout, design, &alive);
        let mut order = candidates.clone();
        order.sort_by_key(|&j| hidden[j as usize]);
        let tangent = Tangent::new(layout, design, &alive, &order);
        let (active, left, identifiable) = if tangent.span.full() {
            (candidates, Vec::new(), true)
        } else {
            let pivots = tangent.span.pivots();
            let mut active: Vec<u32> = pivots.iter().map(|&i| order[i]).collect();
            active.sort_unstable();
            let left = candidates
                .into_iter()
                .filter(|j| active.binary_search(j).is_err())
                .collect();
            let told = tangent.determines(layout, &unseen);
            (active, left, told)
        };
        let cells: Vec<u32> = active
            .iter()
            .map(|&j| design.columns[j as usize].cell)
            .collect();
        let program = Program::new(shape, &cells);
        Self {
            support: Support {
                kept,
                unseen: unseen.iter().map(|cells| !cells.is_empty()).collect(),
                active,
                infinite,
                identifiable,
                program,
                fast: None,
            },
            alive,
            unseen,
            left,
        }
    }
}

/// How much of a column the lists of its term leave unseen.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
enum Hidden {
    /// They can look at everyone in the estimate.
    Nowhere,
    /// They cannot look at some people.
    InPart,
    /// They cannot look at any of the people whom the column is about.
    Everywhere,
}

/// How much of each column is hidden, by the cells in play.
///
/// A column whose list is blind at the first level of a covariate stands where the list looks and
/// is known there only as a sum with others: that is why a part counts.
fn hidden(layout: &Layout, design: &Design, alive: &[bool]) -> Vec<Hidden> {
    let shape = &layout.shape;
    let open = || (0..shape.strata).filter(|&s| layout.is_open(s));
    let somewhere = open().fold(0, |blind, s| blind | !layout.sighted[s]);
    let mut looked_at = vec![false; design.columns.len()];
    for s in open() {
        for h in 0..shape.histories() {
            let c = shape.cell(s, h as u16);
            if !alive[c] {
                continue;
            }
            for &j in design.rows().row(c as u32) {
                let lists = shape.history(design.columns[j as usize].cell as usize);
                looked_at[j as usize] |= lists & !layout.sighted[s] == 0;
            }
        }
    }
    let lists = design
        .columns
        .iter()
        .map(|c| shape.history(c.cell as usize));
    lists
        .zip(looked_at)
        .map(|(lists, looked_at)| match (lists & somewhere, looked_at) {
            (0, _) => Hidden::Nowhere,
            (_, true) => Hidden::InPart,
            (_, false) => Hidden::Everywhere,
        })
        .collect()
}

/// The derivatives of the slots' means at the drawn point.
struct Tangent<'a> {
    design: &'a Design,
    place: Vec<Option<u32>>,
    width: usize,
    means: Vec<Mod61>,
    span: Echelon<Mod61>,
}

impl<'a> Tangent<'a> {
    fn new(layout: &Layout, design: &'a Design, alive: &[bool], candidates: &[u32]) -> Self {
        let rows = design.rows();
        let place = places(candidates, design.columns.len());
        let point: Vec<Mod61> = (0..design.columns.len() as u64)
            .map(|j| Mod61::of(scramble(j)))
            .collect();
        let means = (0..layout.shape.cells())
            .map(|c| {
                if !alive[c] {
                    return Mod61::zero();
                }
                rows.row(c as u32)
                    .iter()
                    .filter(|&&j| place[j as usize].is_some())
                    .fold(Mod61::one(), |mean, &j| mean.times(&point[j as usize]))
            })
            .collect();
        let mut tangent = Self {
            design,
            place,
            width: candidates.len(),
            means,
            span: Echelon::new(candidates.len()),
        };
        for cells in layout.slots.iter() {
            if tangent.span.full() {
                break;
            }
            let row = tangent.derivative(cells);
            tangent.span.insert_values(row);
        }
        tangent
    }

    /// Derivative of the sum of the means of some cells by the logarithms of the parameters.
    fn derivative(&self, cells: &[u32]) -> Vec<Mod61> {
        let mut out = vec![Mod61::zero(); self.width];
        for &c in cells {
            let mean = self.means[c as usize];
            if mean.is_zero() {
                continue;
            }
            for &j in self.design.rows().row(c) {
                if let Some(i) = self.place[j as usize] {
                    out[i as usize] = out[i as usize].plus(mean);
                }
            }
        }
        out
    }

    /// Whether the slots determine the unseen of every stratum and where every person belongs.
    fn determines(&self, layout: &Layout, unseen: &[Vec<u32>]) -> bool {
        let spanned = |cells: &[u32]| !self.span.clone().insert_values(self.derivative(cells));
        if !unseen.iter().all(|cells| spanned(cells)) {
            return false;
        }
        let shape = &layout.shape;
        layout.slots.iter().all(|cells| {
            let first = shape.stratum(cells[0] as usize);
            if cells.iter().all(|&c| shape.stratum(c as usize) == first) {
                return true;
            }
            cells
                .chunk_by(|&a, &b| shape.stratum(a as usize) == shape.stratum(b as usize))
                .all(spanned)
        })
    }
}

/// A number that looks random, the same every time (Steele, Lea & Flood 2014).
fn scramble(at: u64) -> u64 {
    let mut z = (at + 1).wrapping_mul(0x9e37_79b9_7f4a_7c15);
    z = (z ^ z >> 30).wrapping_mul(0xbf58_476d_1ce4_e5b9);
    z = (z ^ z >> 27).wrapping_mul(0x94d0_49bb_1331_11eb);
    (z ^ z >> 31) >> 4
}

/// Terms of a list and a covariate that only that list records: they cannot be told from chance
/// (van der Heijden et al. 2018).
pub(crate) fn recorded_by_one(layout: &Layout, factors: usize) -> Vec<Term> {
    let shape = &layout.shape;
    // Per covariate, the lists that all persons with a known level are on.
    let mut common = vec![u16::MAX; factors];
    let mut lacking = vec![false; factors];
    for (cells, &count) in layout.slots.iter().zip(&layout.y) {
        if count == 0.0 {
            continue;
        }
        let first = cells[0] as usize;
        let on = cells
            .iter()
            .fold(u16::MAX, |on, &c| on & shape.history(c as usize));
        for f in 0..factors {
            let level = |c: usize| shape.level(shape.stratum(c), f);
            if cells.iter().all(|&c| level(c as usize) == level(first)) {
                common[f] &= on;
            } else {
                lacking[f] = true;
            }
        }
    }
    (0..factors)
        .filter(|&f| lacking[f] && common[f].is_power_of_two())
        .map(|f| Term::new(common[f], 1 << f))
        .collect()
}

/// Why a model is not determined, in words: the terms that are one too many.
pub(crate) fn reason(
    layout: &Layout,
    frame: &CaptureTable,
    design: &Design,
    alive: &[bool],
) -> String {
    let (lists, factors) = (frame.lists(), frame.factors());
    let model = &design.model;
    let by_one: Vec<String> = recorded_by_one(layout, factors.len())
        .into_iter()
        .filter(|t| model.contains(*t))
        .map(|t| {
            let list = &lists[t.lists.trailing_zeros() as usize];
            let factor = &factors[t.factors.trailing_zeros() as usize].name;
            format!(
                "`{}`, for only `{list}` records `{factor}`",
                term_label(t, lists, factors)
            )
        })
        .collect();
    if !by_one.is_empty() {
        return format!("leave out {}", by_one.join(", and "));
    }
    let repairs: Vec<String> = model
        .generators()
        .into_iter()
        .filter(|g| g.order() > 1)
        .filter(|&g| {
            let smaller = Design::new(&layout.shape, &model.without(g));
            Identified::new(layout, &smaller, alive.to_vec())
                .support
                .identifiable
        })
        .map(|g| format!("`{}`", term_label(g, lists, factors)))
        .collect();
    if !repairs.is_empty() {
        return format!(
            "nothing seen tells these terms apart; leave out {}",
            repairs.join(" or ")
        );
    }
    let blind: Vec<String> = (0..lists.len())
        .filter(|i| {
            (0..layout.sighted.len()).any(|s| layout.is_open(s) && layout.sighted[s] >> i & 1 == 0)
        })
        .filter(|&i| {
            model
                .terms()
                .iter()
                .any(|t| t.order() > 1 && t.lists >> i & 1 == 1)
        })
        .map(|i| format!("`{}`", lists[i]))
        .collect();
    if blind.is_empty() {
        format!(
            "it has too many terms for what is known; try `{}`",
            smallest(lists.len(), frame)
        )
    } else {
        format!(
            "its terms with {} cannot all be learnt where that list looked; use fewer of them, or no \
             borrowing",
            blind.join(", ")
        )
    }
}

fn smallest(lists: usize, frame: &CaptureTable) -> String {
    Model::from_generators((0..lists).map(Term::list)).formula(frame.lists(), frame.factors())
}

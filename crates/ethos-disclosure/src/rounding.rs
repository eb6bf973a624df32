//! Controlled rounding: every number a multiple of the base, near its count, and every sum exact.
//!
//! Written as an integer programme: a cell goes to the multiple below or above its count, sums
//! hold, and the rounded numbers together lie as near to the counts as can be. The true table
//! divided by the base satisfies the sums and lies between the two multiples everywhere, so the
//! linear programme always has a start; its optimum is usually whole, and always for a tree of
//! totals and for a two-way table with a hierarchy on one side, whose sums form a network.
//!
//! A small system is solved at once and the result is proven optimal, or the gap to the linear
//! bound is told. A large one is solved place by place from the top down: each place is rounded
//! within what the place above left, so that what remains for the places still to come stays
//! between *its* multiples too; then, within a place, table by table where it has too many cells.
//! Regions that overlap those of the tree are sums of what was decided before. Where no whole table
//! lies between the multiples (which happens with three and more crossed variables), as few cells
//! as can be go further, and then margins are let go ([`work`]); that is counted and told.

mod block;
mod plan;
mod work;

use serde::{Deserialize, Serialize};

use crate::audit::{Audit, audit};
use crate::knowledge::{Aside, Bounds, Shown};
use crate::rule::Requirement;
use crate::system::{Role, System};
use work::Work;

/// A number lies fewer bases than this from its count: a rounding in which one does not is none.
pub const FURTHEST: i64 = 4;

/// Seeds tried by [`round_until_safe`].
const SEEDS: u64 = 8;

/// How to round.
#[derive(Copy, Clone, PartialEq, Eq, Debug, Serialize, Deserialize)]
#[serde(deny_unknown_fields, default)]
pub struct RoundingOptions {
    /// Every number becomes a multiple of it.
    pub base: u32,
    /// Draws in the unbiased variant, and breaks ties in the other. The same seed gives the same
    /// table.
    pub seed: u64,
    /// A cell goes up with the probability that makes its expectation its count, as far as the
    /// sums allow, instead of to the nearest multiple.
    pub unbiased: bool,
}

impl Default for RoundingOptions {
    fn default() -> Self {
        Self {
            base: 5,
            seed: 1,
            unbiased: false,
        }
    }
}

/// What is known of how good a solution is.
#[derive(Copy, Clone, PartialEq, Debug, Serialize, Deserialize)]
#[serde(rename_all = "snake_case", tag = "kind")]
pub enum Quality {
    /// No additive table is nearer.
    Optimal,
    /// No additive table is nearer by more than this share of the distance reached.
    Gap {
        /// (Distance − bound) / distance, from 0 to 1.
        gap: f64,
    },
}

/// A rounded table.
#[derive(Clone, PartialEq, Debug)]
pub struct Rounded {
    /// The number of each published cell; of hidden cells the true count, for nobody's eyes.
    pub numbers: Vec<i64>,
    /// The base.
    pub base: i64,
    /// Sum of |number − count| over published cells.
    pub distance: i64,
    /// How good that is.
    pub quality: Quality,
    /// Published cells that lie a whole base or more from their count: the sums left no nearer
    /// multiple.
    pub steps: usize,
}

/// Why a system was not rounded.
#[derive(Clone, PartialEq, Eq, Debug, thiserror::Error)]
pub enum RoundingError {
    /// No additive table was found near the counts.
    #[error(
        "no additive rounding to base {base} was found around cell {cell}; a larger base, another seed or fewer crossed tables help"
    )]
    NotFound {
        /// The base.
        base: u32,
        /// A cell whose sums could not be satisfied.
        cell: usize,
    },
}

impl Rounded {
    /// What a reader sees, and what each number [stands for](stands_for).
    pub fn shown(&self, system: &System) -> Vec<Shown> {
        system
            .cells()
            .iter()
            .zip(&self.numbers)
            .map(|(cell, value)| Shown::Number {
                value: *value,
                reads: within(*value, (value - cell.count).abs() / self.base, self.base),
            })
            .collect()
    }
}

/// What a number that was rounded to a multiple of `base` can stand for: less than a base away from
/// it, or, of a cell that had to go further, less than a base more than it went. That assumes a
/// reader who knows where that was. A number four bases or more away cannot stand for `count`.
pub fn stands_for(value: i64, count: i64, base: i64) -> Bounds {
    let away = (value - count).abs() / base;
    within(value, if away < FURTHEST { away } else { 0 }, base)
}

fn within(value: i64, away: i64, base: i64) -> Bounds {
    let reach = (away + 1) * base - 1;
    Bounds {
        lower: (value - reach).max(0),
        upper: value + reach,
    }
}

/// Rounds, and audits what that tells beside `aside`. Where nothing adds up with `keep` it is left
/// out. Where a few counts fail the audit, or nothing adds up at all, up to seven further seeds are
/// tried; the last rounding stands, whatever its audit says.
///
/// # Errors
/// No seed gave an additive table.
pub fn round_until_safe(
    system: &System,
    options: &RoundingOptions,
    keep: &[(usize, i64)],
    aside: &[Aside],
    requirements: &[Requirement],
) -> Result<(Rounded, Audit), RoundingError> {
    let mut best = None;
    let mut lost = RoundingError::NotFound {
        base: options.base,
        cell: 0,
    };
    for attempt in 0..SEEDS {
        let options = RoundingOptions {
            seed: options.seed.wrapping_add(attempt),
            ..*options
        };
        let rounded = match round(system, &options, keep) {
            Err(_) if !keep.is_empty() => round(system, &options, &[]),
            rounded => rounded,
        };
        match rounded {
            Ok(rounded) => {
                let found = audit(system, &rounded.shown(system), aside, requirements);
                let failing = found.failures().count();
                let asked = found.findings.len();
                best = Some((rounded, found));
                // Chance mends a few counts, not what the rounding base does to many.
                if failing == 0 || failing > 10 + asked / 100 {
                    break;
                }
            }
            Err(error) => lost = error,
        }
    }
    best.ok_or(lost)
}

/// Rounds every published cell. `keep` names numbers that were published before and are to stand
/// again where that is possible, by cell.
///
/// # Errors
/// No additive table was found, or only one in which a number lies [`FURTHEST`] bases from its count.
pub fn round(
    system: &System,
    options: &RoundingOptions,
    keep: &[(usize, i64)],
) -> Result<Rounded, RoundingError> {
    let mut work = Work::new(system, options, keep);
    let plan = plan::of(system);
    let whole = plan.len() == 1;
    let mut bound = 0.0;
    let mut proven = options.base <= 1;
    for (at, cells) in plan.iter().enumerate() {
        if cells.first().is_some_and(|cell| work.is_overlapping(*cell)) {
            work.follow(plan[at..].iter().flatten());
        }
        let solved = work.decide(cells).map_err(|cell| RoundingError::NotFound {
            base: options.base,
            cell,
        })?;
        match solved {
            Some(solved) if whole && !options.unbiased => {
                bound = solved.bound;
                proven = solved.exact;
            }
            Some(_) => {}
            None => proven |= whole,
        }
    }
    let rounded = finish(system, work.base, &work.decided, (whole, proven, bound));
    let broken = broken(system, &rounded.numbers);
    match broken.or_else(|| far(system, &rounded.numbers, work.base)) {
        Some(cell) => Err(RoundingError::NotFound {
            base: options.base,
            cell,
        }),
        None => Ok(rounded),
    }
}

/// The total of a sum between published cells that does not hold.
fn broken(system: &System, numbers: &[i64]) -> Option<usize> {
    system
        .relations()
        .iter()
        .find(|relation| {
            let hidden = |sign: i64| {
                relation
                    .terms()
                    .any(|(cell, own)| own == sign && system.cells()[cell].role == Role::Hidden)
            };
            let published: i64 = relation
                .terms()
                .filter(|(cell, _)| system.cells()[*cell].role == Role::Published)
                .map(|(cell, sign)| sign * numbers[cell])
                .sum();
            // Hidden parts make up what lacks; a hidden total what is too much.
            (published > 0 && !hidden(-1)) || (published < 0 && !hidden(1))
        })
        .map(|relation| relation.total)
}

/// A published cell whose number lies too far from its count for readers who are told how far numbers
/// can lie.
fn far(system: &System, numbers: &[i64], base: i64) -> Option<usize> {
    let mut cells = system.cells().iter().zip(numbers);
    cells.position(|(cell, number)| {
        cell.role == Role::Published && (number - cell.count).abs() >= FURTHEST * base
    })
}

/// Fills in hidden cells and measures.
fn finish(
    system: &System,
    base: i64,
    multiples: &[Option<i64>],
    (whole, proven, bound): (bool, bool, f64),
) -> Rounded {
    let numbers: Vec<i64> = multiples
        .iter()
        .zip(system.cells())
        .map(|(multiple, cell)| multiple.map_or(cell.count, |multiple| multiple * base))
        .collect();
    let published = || {
        system
            .cells()
            .iter()
            .zip(&numbers)
            .filter(|(cell, _)| cell.role == Role::Published)
    };
    let distance: i64 = published().map(|(cell, n)| (n - cell.count).abs()).sum();
    let steps = published()
        .filter(|(cell, n)| (*n - cell.count).abs() >= base)
        .count();
    // Every cell by itself to its nearest multiple: no additive table is nearer than that.
    let alone: i64 = published()
        .map(|(cell, _)| (cell.count % base).min(base - cell.count % base))
        .sum();
    let bound = if whole {
        bound.max(alone as f64)
    } else {
        alone as f64
    };
    let quality = if proven || distance as f64 <= bound + 1e-6 {
        Quality::Optimal
    } else {
        Quality::Gap {
            gap: ((distance as f64 - bound) / distance as f64).clamp(0.0, 1.0),
        }
    };
    Rounded {
        numbers,
        base,
        distance,
        quality,
        steps,
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::system::SystemBuilder;

    /// A country of sixty municipalities of two persons each, and a region, across its two
    /// provinces, of half of them.
    fn country() -> (System, Vec<usize>, usize) {
        let mut builder = SystemBuilder::new();
        let whole = builder.place(None);
        let total = builder.cell(120, whole, 0).unwrap();
        let mut parts = Vec::new();
        for _ in 0..2 {
            let province = builder.place(Some(whole));
            let sum = builder.cell(60, province, 0).unwrap();
            let own: Vec<usize> = (0..30)
                .map(|_| {
                    let place = builder.place(Some(province));
                    builder.cell(2, place, 0).unwrap()
                })
                .collect();
            builder.sum(sum, &own).unwrap();
            parts.push((sum, own));
        }
        let provinces: Vec<usize> = parts.iter().map(|(sum, _)| *sum).collect();
        builder.sum(total, &provinces).unwrap();
        let across: Vec<usize> = parts
            .iter()
            .flat_map(|(_, own)| own.iter().copied().take(15))
            .collect();
        let region = builder.place(Some(whole));
        let region = builder.cell(60, region, 0).unwrap();
        builder.sum(region, &across).unwrap();
        (builder.build(), across, region)
    }

    #[test]
    fn a_number_far_from_its_count_is_no_rounding() {
        let (system, across, region) = country();
        let options = RoundingOptions::default();
        let near = round(&system, &options, &[]).unwrap();
        assert!((near.numbers[region] - 60).abs() < FURTHEST * 5);
        // Every part near its count, and their sum sixty persons from its own.
        let keep: Vec<(usize, i64)> = across.iter().map(|cell| (*cell, 0)).collect();
        assert_eq!(
            round(&system, &options, &keep),
            Err(RoundingError::NotFound {
                base: 5,
                cell: region
            })
        );
        let (kept, _) = round_until_safe(&system, &options, &keep, &[], &[]).unwrap();
        assert_eq!(kept, near);
    }
}

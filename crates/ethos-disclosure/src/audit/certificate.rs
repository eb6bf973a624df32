//! What an attacker can prove: multipliers of the sums, checked in fractions.
//!
//! Take any multiplier for every sum and add the sums up so multiplied. What stands there is an
//! equation between cells, from which the bounds of all other cells bound the one in question.
//! This holds for whatever multipliers, so nothing needs to be believed of how they were found;
//! the bound is computed here in exact fractions and nothing else is reported.

use std::collections::{BTreeMap, BTreeSet};

use num_bigint::BigInt;
use num_rational::{BigRational, Ratio};
use num_traits::{One, Signed, ToPrimitive, Zero};
use serde::{Deserialize, Serialize};

use crate::knowledge::{Bounds, NO_LIMIT};
use crate::multipliers;
use crate::simplex::{FAR, Simplex};
use crate::system::System;

/// Why no table has a smaller (or larger) count in a cell.
#[derive(Clone, PartialEq, Eq, Debug, Serialize, Deserialize)]
pub struct Certificate {
    /// Position of the cell.
    pub cell: usize,
    /// Whether the bound is a lower one.
    pub lower: bool,
    /// The bound, in whole persons.
    pub bound: i64,
    /// Sums (position) with their multipliers, numerator and denominator; those left out have
    /// multiplier 0.
    pub multipliers: Vec<(usize, i64, i64)>,
}

impl Certificate {
    /// Works the bound out again from the multipliers alone and says whether it holds.
    pub fn verify(&self, system: &System, bounds: &[Bounds]) -> bool {
        self.multipliers
            .iter()
            .all(|(sum, _, denominator)| *denominator != 0 && *sum < system.relations().len())
            && bound(system, bounds, self.cell, self.lower, &self.multipliers)
                .is_some_and(|found| found == self.bound)
    }
}

/// The exact bound that multipliers give, rounded inward to whole persons: the cell is
/// `x = Σ (−reduced cost) · x_j`, each at its worst.
fn bound(
    system: &System,
    bounds: &[Bounds],
    cell: usize,
    lower: bool,
    multipliers: &[(usize, i64, i64)],
) -> Option<i64> {
    // x_cell − Σ_r y_r · (Σ ± x) = x_cell, so the coefficients of that expression will do.
    let mut coefficients: BTreeMap<usize, BigRational> = BTreeMap::new();
    coefficients.insert(cell, BigRational::one());
    for (sum, numerator, denominator) in multipliers {
        let y = Ratio::new(BigInt::from(*numerator), BigInt::from(*denominator));
        for (at, sign) in system.relations().get(*sum)?.terms() {
            let entry = coefficients.entry(at).or_insert_with(BigRational::zero);
            *entry -= &y * BigRational::from_integer(BigInt::from(sign));
        }
    }
    let mut total = BigRational::zero();
    for (at, coefficient) in coefficients {
        if coefficient.is_zero() {
            continue;
        }
        let own = bounds[at];
        let end = if coefficient.is_positive() == lower {
            own.lower
        } else {
            if own.upper >= NO_LIMIT {
                return None;
            }
            own.upper
        };
        total += coefficient * BigRational::from_integer(BigInt::from(end));
    }
    let whole = if lower { total.ceil() } else { total.floor() };
    whole.to_integer().to_i64()
}

/// The best bound that the sums among and around `near` prove for a cell.
pub(super) fn prove(
    system: &System,
    bounds: &[Bounds],
    truth: &[i64],
    cell: usize,
    lower: bool,
    near: &BTreeSet<usize>,
) -> Option<Certificate> {
    let sums: Vec<usize> = near
        .iter()
        .flat_map(|at| system.relation_ids(*at))
        .map(|at| *at as usize)
        .collect::<BTreeSet<usize>>()
        .into_iter()
        .collect();
    let cells: Vec<usize> = sums
        .iter()
        .flat_map(|at| system.relations()[*at].terms().map(|(cell, _)| cell))
        .collect::<BTreeSet<usize>>()
        .into_iter()
        .collect();
    if sums.len() * cells.len() > 2_000_000 {
        return None;
    }
    let local = |at: usize| cells.binary_search(&at).ok();
    let equations: Vec<Vec<(usize, f64)>> = sums
        .iter()
        .map(|at| {
            system.relations()[*at]
                .terms()
                .filter_map(|(cell, sign)| Some((local(cell)?, sign as f64)))
                .collect()
        })
        .collect();
    let mut lp = Simplex::new(
        &equations,
        cells.iter().map(|at| bounds[*at].lower as f64).collect(),
        cells
            .iter()
            .map(|at| (bounds[*at].upper as f64).min(FAR))
            .collect(),
        cells.iter().map(|at| truth[*at] as f64).collect(),
    );
    let target = local(cell)?;
    lp.minimise([(target, if lower { 1.0 } else { -1.0 })]);
    let multipliers = multipliers::of(&lp, &equations, target)
        .into_iter()
        .zip(&sums)
        .filter_map(|(y, sum)| {
            let (numerator, denominator) = fraction(y)?;
            (numerator != 0).then_some((*sum, numerator, denominator))
        })
        .collect::<Vec<_>>();
    let found = bound(system, bounds, cell, lower, &multipliers)?;
    Some(Certificate {
        cell,
        lower,
        bound: found,
        multipliers,
    })
}

/// The simple fraction that a number stands for.
fn fraction(y: f64) -> Option<(i64, i64)> {
    (1..=60_i64).find_map(|denominator| {
        let numerator = (y * denominator as f64).round();
        ((y * denominator as f64 - numerator).abs() < 1e-6)
            .then_some((numerator as i64, denominator))
    })
}

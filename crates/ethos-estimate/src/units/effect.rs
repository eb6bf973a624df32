//! How much households widen an interval: the design effect.

use super::cluster::Units;
use crate::design::{Data, Design};
use crate::influence::influence;

/// Variance when whole units are drawn over that when persons are (Kish 1965), to first order.
///
/// With J the derivative of the population by the count of a cell, the semiparametric bootstrap of
/// persons has variance Σ (J − N/n)² + (N/n)² n (1 − n/N) over persons, and that of units the same
/// with the sums T of J over a unit: Σ (T − N/G)² + (N/G)² G (1 − n/N) over G units. For the
/// nonparametric bootstrap (`sized` false) the second terms are absent. The model is held fixed.
/// `None` if it cannot be fitted.
pub(crate) fn design_effect(
    units: &Units,
    design: &Design,
    data: &Data,
    sized: bool,
) -> Option<f64> {
    let reduced = design.reduced_support(data);
    let support = reduced.as_ref().unwrap_or(&design.full);
    let found = influence(design, support, &data.y)?;
    let (influence, population) = (found.cells, found.population);
    let variance = |values: &[(f64, f64)]| -> f64 {
        let size: f64 = values.iter().map(|v| v.1).sum();
        let mean = population / size;
        let spread: f64 = values.iter().map(|&(t, w)| w * (t - mean).powi(2)).sum();
        spread + f64::from(u8::from(sized)) * mean * mean * size * (1.0 - data.n / population)
    };
    let persons: Vec<(f64, f64)> = influence
        .iter()
        .copied()
        .zip(data.y.iter().copied())
        .collect();
    let whole: Vec<(f64, f64)> = units
        .kinds
        .iter()
        .zip(&units.counts)
        .map(|(kind, &count)| {
            let total = kind
                .iter()
                .map(|m| m.persons as f64 * influence[m.cell as usize])
                .sum();
            (total, count as f64)
        })
        .collect();
    let effect = variance(&whole) / variance(&persons);
    effect.is_finite().then_some(effect)
}

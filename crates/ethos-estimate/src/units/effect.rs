//! How much households widen an interval: the design effect.

use super::cluster::Units;
use crate::design::{Data, Design};
use crate::kernel::newton::{Stop, Workspace, newton, refactor};
use crate::kernel::{cholesky, margins, math};

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
    let (influence, population) = influence(design, data)?;
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

/// ∂N/∂y of every cell, `1 + Σ_s n0_s x_s' I⁻¹ x`, and N.
///
/// N is homogeneous of degree one in the counts, so that Σ y ∂N/∂y = N.
fn influence(design: &Design, data: &Data) -> Option<(Vec<f64>, f64)> {
    let shape = &design.shape;
    let reduced = design.reduced_support(data);
    let support = reduced.as_ref().unwrap_or(&design.full);
    let program = &support.program;
    let mut ws = Workspace::default();
    let outcome = newton(shape, program, &support.kept, &data.y, false, &mut ws);
    if outcome.stop != Stop::Converged || !refactor(shape, program, &mut ws) {
        return None;
    }
    let p = program.parameters();
    let mut direction = vec![0.0; p];
    let mut population = data.n;
    for s in (0..shape.strata).filter(|&s| support.unseen[s]) {
        let cell = shape.cell(s, 0);
        let unseen = math::exp(ws.eta[cell]);
        population += unseen;
        for (d, &c) in direction.iter_mut().zip(&program.columns) {
            if margins::covers(shape, c as usize, cell) {
                *d += unseen;
            }
        }
    }
    cholesky::forward(&ws.gram, p, &mut direction);
    cholesky::backward(&ws.gram, p, &mut direction);
    let mut influence = vec![1.0; shape.cells()];
    for &cell in &support.kept {
        let along: f64 = program
            .columns
            .iter()
            .zip(&direction)
            .filter(|(c, _)| margins::covers(shape, **c as usize, cell as usize))
            .map(|(_, d)| d)
            .sum();
        influence[cell as usize] += along;
    }
    Some((influence, population))
}

//! Expectation and maximisation (Dempster, Laird & Rubin 1977), accelerated.

use super::engine::{Ascent, Engine, Point};
use crate::kernel::newton::{Stop, Workspace, newton};

/// Most maximisations of one fit.
const MAX_ROUNDS: u32 = 5000;
/// Relative change of the log-likelihood at which EM stops.
const VALUE: f64 = 1e-10;
/// Change of the log of the unseen at which EM stops.
const UNSEEN: f64 = 1e-9;

/// How a maximum was found.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub(crate) struct Effort {
    /// Maximisations of EM.
    pub(crate) rounds: u32,
    /// Extrapolations that lowered the likelihood and were taken back.
    pub(crate) taken_back: u32,
}

/// One round: expects, then fits. Whether the fit converged.
fn round(engine: &Engine<'_>, point: &mut Point, ws: &mut Workspace) -> bool {
    engine.expect(point);
    ws.beta.clear();
    ws.beta.extend_from_slice(&point.beta);
    let support = &engine.found.support;
    let shape = &engine.layout.shape;
    let expected = &point.expected;
    let mut outcome = newton(shape, &support.program, &support.kept, expected, true, ws);
    if outcome.stop != Stop::Converged {
        outcome = newton(shape, &support.program, &support.kept, expected, false, ws);
    }
    if outcome.stop != Stop::Converged {
        return false;
    }
    point.beta.copy_from_slice(&ws.beta);
    engine.evaluate(point);
    true
}

fn unseen(engine: &Engine<'_>, point: &Point) -> f64 {
    let cells = engine.found.unseen.iter().flatten();
    cells.map(|&c| point.mu[c as usize]).sum()
}

/// Climbs to a maximum of the observed-data likelihood: EM with the squared extrapolation of
/// Varadhan & Roland (2008, Scandinavian Journal of Statistics 35:335, scheme S3), each
/// extrapolation taken back if it lowers the likelihood, then Newton's method for the last digits.
///
/// Starts from the fit to `start`, complete counts of the observable cells, or from the
/// coefficients in `point` if there is none. Nothing if a fit fails or there are too many rounds.
pub(crate) fn climb(
    engine: &Engine<'_>,
    start: Option<&[f64]>,
    point: &mut Point,
    ws: &mut Workspace,
) -> Option<(Ascent, Effort)> {
    let support = &engine.found.support;
    let mut effort = Effort::default();
    if let Some(start) = start {
        let shape = &engine.layout.shape;
        let first = newton(shape, &support.program, &support.kept, start, false, ws);
        if first.stop == Stop::Singular {
            return None;
        }
        point.beta.clear();
        point.beta.extend_from_slice(&ws.beta);
    }
    engine.evaluate(point);
    let mut before = (point.value, unseen(engine, point));
    while effort.rounds < MAX_ROUNDS {
        let zero = point.beta.clone();
        if !round(engine, point, ws) {
            return None;
        }
        let one = point.beta.clone();
        if !round(engine, point, ws) {
            return None;
        }
        effort.rounds += 2;
        let two = point.clone();
        let r: Vec<f64> = one.iter().zip(&zero).map(|(a, b)| a - b).collect();
        let v: Vec<f64> = (two.beta.iter().zip(&one).zip(&r))
            .map(|((c, b), r)| c - b - r)
            .collect();
        let norm = |x: &[f64]| x.iter().map(|x| x * x).sum::<f64>().sqrt();
        let length = norm(&r) / norm(&v);
        if length.is_finite() && length > 1.0 {
            for (((b, z), r), v) in point.beta.iter_mut().zip(&zero).zip(&r).zip(&v) {
                *b = z + 2.0 * length * r + length * length * v;
            }
            engine.evaluate(point);
            effort.rounds += 1;
            let good = point.value.is_finite() && round(engine, point, ws);
            if !good || point.value < two.value {
                *point = two;
                effort.taken_back += 1;
            }
        }
        let now = (point.value, unseen(engine, point));
        let still = (now.0 - before.0).abs() <= VALUE * (1.0 + now.0.abs())
            && (now.1 - before.1).abs() <= UNSEEN * now.1.max(f64::MIN_POSITIVE);
        before = now;
        if still {
            let stopped = point.clone();
            let ascent = engine.ascend(point);
            if ascent == Ascent::Lost {
                *point = stopped;
            }
            return Some((ascent, effort));
        }
    }
    None
}

//! How much dependence would move the estimate by so much: the nearest odds ratio that does.

use super::refit::Refit;
use super::report::{HeldFit, TippingPoint};
use super::{CHANGES, FARTHEST};
use crate::kernel::math;
use crate::offset::MAX_LOG;

/// Step of the walk on the log odds ratio. The unseen are smooth in exp(γ), so that they change
/// direction at most once in a step this short; where they do, the turning point is sought too.
const STEP: f64 = 0.1;
/// Golden-section steps from three points of the walk to a turning point: to 1e-8 on the log scale.
const SECTIONS: usize = 36;

/// A log odds ratio and the logarithm of the unseen persons there.
type Point = (f64, f64);

/// For each of [`CHANGES`], the odds ratio nearest to the one assumed, on the log scale, at which the
/// estimate differs by that share.
///
/// Both directions are walked at once, out to 1/1000 and 1000, or as far as an offset may hold if one
/// already holds more than that. A direction ends where the model cannot be fitted.
pub(super) fn tipping(refit: &mut Refit<'_>, mask: u16) -> Vec<TippingPoint> {
    let assumed = refit.assumed(mask);
    let reach = if assumed.abs() < math::ln(FARTHEST) {
        math::ln(FARTHEST)
    } else {
        MAX_LOG
    };
    let (n0, n) = (refit.fit.unseen_total(), refit.fit.population());
    // Fewer than nobody unseen: out of reach.
    let goals: Vec<Option<f64>> = CHANGES
        .iter()
        .map(|change| n0 + change * n)
        .map(|target| (target > 0.0).then(|| math::ln(target)))
        .collect();
    let mut at = |gamma: f64| -> Option<f64> {
        let shape = refit.held_at(&[(mask, gamma)]);
        let n0 = refit.unseen_with(&shape)?;
        (n0 > 0.0).then(|| math::ln(n0))
    };
    let far = |gamma: &f64| (gamma - assumed).abs();
    let mut crossings: Vec<Vec<f64>> = vec![Vec::new(); goals.len()];
    if let Some(start) = at(assumed) {
        let mut walks = [1.0, -1.0].map(|sign| Walk {
            sign,
            trail: vec![(assumed, start)],
            over: false,
        });
        for steps in 0_u32.. {
            // A turn is seen two steps on, so that a crossing counts once both walks are past that.
            let settled = f64::from(steps) * STEP - 2.0 * STEP;
            let open = goals.iter().zip(&crossings).any(|(goal, crossings)| {
                goal.is_some() && !crossings.iter().any(|gamma| far(gamma) <= settled)
            });
            if !open || walks.iter().all(|walk| walk.over) {
                break;
            }
            for walk in walks.iter_mut().filter(|walk| !walk.over) {
                if !walk.step(reach, &mut at) {
                    continue;
                }
                for (crossings, goal) in crossings.iter_mut().zip(&goals) {
                    crossings.extend(goal.and_then(|goal| walk.crossing(goal, &mut at)));
                }
            }
        }
    }
    CHANGES
        .iter()
        .zip(crossings)
        .map(|(&change, crossings)| {
            let gamma = crossings
                .into_iter()
                .min_by(|a, b| far(a).total_cmp(&far(b)));
            let shape = gamma.map(|gamma| refit.held_at(&[(mask, gamma)]));
            TippingPoint {
                change,
                odds_ratio: gamma.map(math::exp),
                fit: shape
                    .and_then(|shape| refit.fit_with(&shape))
                    .map_or_else(HeldFit::default, |(_, fit)| fit),
            }
        })
        .collect()
}

/// A walk away from the assumed odds ratio in one direction.
struct Walk {
    sign: f64,
    trail: Vec<Point>,
    over: bool,
}

impl Walk {
    /// Goes one point on; false if there is none.
    fn step(&mut self, reach: f64, at: &mut impl FnMut(f64) -> Option<f64>) -> bool {
        let here = self.trail.len() as f64 * STEP;
        let gamma = (self.trail[0].0 + self.sign * here).clamp(-reach, reach);
        let value = at(gamma);
        self.trail.extend(value.map(|value| (gamma, value)));
        self.over = value.is_none() || self.sign * gamma >= reach;
        value.is_some()
    }

    /// Where the last step crossed `goal`; before that, where the one before turned and crossed twice.
    fn crossing(&self, goal: f64, at: &mut impl FnMut(f64) -> Option<f64>) -> Option<f64> {
        let (&last, before) = self.trail.split_last()?;
        let (&middle, before) = before.split_last()?;
        let miss = |p: Point| (p.0, p.1 - goal);
        if let Some(&first) = before.last() {
            let rise = (middle.1 - first.1, last.1 - middle.1);
            // Turned, on the way towards the goal, without having been seen to reach it.
            let up = (goal - middle.1).signum();
            if rise.0 * up > 0.0 && rise.1 * up <= 0.0 && (goal - last.1) * up > 0.0 {
                let top = turning(first.0, last.0, |x| at(x).map(|v| v * up))?;
                let value = at(top)?;
                if (value - goal) * up >= 0.0 {
                    return root(miss(first), (top, value - goal), |x| Some(at(x)? - goal));
                }
            }
        }
        let (a, b) = (miss(middle), miss(last));
        (a.1 * b.1 <= 0.0).then(|| root(a, b, |x| Some(at(x)? - goal)))?
    }
}

/// The highest point between two, by golden sections.
fn turning(a: f64, b: f64, mut f: impl FnMut(f64) -> Option<f64>) -> Option<f64> {
    const GOLDEN: f64 = 0.618_033_988_749_894_8;
    let (mut a, mut b) = (a, b);
    let (mut x, mut y) = (b - GOLDEN * (b - a), a + GOLDEN * (b - a));
    let (mut fx, mut fy) = (f(x)?, f(y)?);
    for _ in 0..SECTIONS {
        if fx > fy {
            (b, y, fy) = (y, x, fx);
            x = b - GOLDEN * (b - a);
            fx = f(x)?;
        } else {
            (a, x, fx) = (x, y, fy);
            y = a + GOLDEN * (b - a);
            fy = f(y)?;
        }
    }
    Some(if fx > fy { x } else { y })
}

/// The root between two points of opposite sign: regula falsi after Dowell & Jarratt (1971).
fn root(mut a: Point, mut b: Point, mut f: impl FnMut(f64) -> Option<f64>) -> Option<f64> {
    for _ in 0..100 {
        if b.1 == 0.0 || (b.0 - a.0).abs() < 1e-13 * (1.0 + b.0.abs()) {
            break;
        }
        let x = b.0 - b.1 * (b.0 - a.0) / (b.1 - a.1);
        let c = (x, f(x)?);
        if c.1.abs() < 1e-14 {
            return Some(c.0);
        }
        if c.1 * b.1 < 0.0 {
            a = b;
        } else {
            // The end that stays is weighed down, or one side would never move (Pegasus rule).
            a.1 *= b.1 / (b.1 + c.1);
        }
        b = c;
    }
    Some(b.0)
}

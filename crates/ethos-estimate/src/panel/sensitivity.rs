//! The estimate as a function of interactions that the model leaves out.

use super::evidence::evidence;
use super::refit::Refit;
use super::report::{SensitivityPoint, SensitivityReport, TermSensitivity, TippingPoint, XiPoint};
use super::{CHANGES, grid};
use crate::error::EstimateError;
use crate::kernel::math;
use crate::model::Model;
use crate::report::finite;
use crate::table::{CaptureTable, Shape};
use crate::term::Term;

/// Odds ratios searched for a tipping point: 1/1000 to 1000.
const FARTHEST: f64 = 1000.0;

/// What dependence that a model leaves out would do to its estimate.
///
/// For every pair of lists outside the model and for the interaction of all lists, the odds ratio
/// is held at values other than 1 by an offset and the rest of the model is fitted anew (Gerritse,
/// van der Heijden & Bakker 2015, Journal of Official Statistics 31:357). The ξ form leaves the
/// observed cells as they are and lets the unseen one differ from their extrapolation:
/// n₀(ξ) = n₀(1)/ξ, with ξ = exp(±λ) and λ the interaction of all lists, + for an odd number of lists
/// (Aleshin-Guendel, Sadinle & Wakefield 2024, Biometrics). Errors: the model has no estimate.
///
/// ```
/// use ethos_estimate::{CaptureTable, Model, Term, dependence_sensitivity};
/// let t = CaptureTable::from_histories(["a", "b"], [("10", 400), ("01", 260), ("11", 120)])?;
/// let m = Model::from_generators([Term::list(0), Term::list(1)]);
/// let s = dependence_sensitivity(&t, &m)?;
/// let double = s.terms[0].curve.iter().find(|p| p.odds_ratio == 2.0).unwrap();
/// assert!((double.estimate.unwrap() - 2513.333_333).abs() < 1e-5);
/// // An odds ratio of 1.19 instead of 1 adds a tenth to the estimate of 1,647.
/// assert!((s.terms[0].tipping[2].odds_ratio.unwrap() - 1.19).abs() < 1e-9);
/// # Ok::<(), ethos_estimate::EstimateError>(())
/// ```
pub fn dependence_sensitivity(
    table: &CaptureTable,
    model: &Model,
) -> Result<SensitivityReport, EstimateError> {
    model.check(table)?;
    table.check_held(model)?;
    let mut refit = Refit::new(table, model)?;
    Ok(sensitivity(&mut refit))
}

pub(super) fn sensitivity(refit: &mut Refit<'_>) -> SensitivityReport {
    let table = refit.table;
    let lists = table.lists().len();
    let all = ((1_u32 << lists) - 1) as u16;
    let mut masks: Vec<u16> = (0..lists)
        .flat_map(|i| (i + 1..lists).map(move |j| 1 << i | 1 << j))
        .filter(|&m| !refit.model.contains(Term::new(m, 0)))
        .collect();
    if !masks.contains(&all) {
        masks.push(all);
    }
    let terms = masks.into_iter().map(|m| term(refit, m)).collect();
    SensitivityReport {
        model: refit.model.notation(table.lists(), table.factors()),
        estimate: finite(refit.fit.population()),
        terms,
        xi: xi(refit),
        evidence: evidence(refit),
        range: None,
    }
}

/// A table's shape with one set of lists held at a log odds ratio, the rest as before.
fn held_at(table: &CaptureTable, mask: u16, gamma: f64) -> Shape {
    table.clone().hold(&[(mask, gamma)]).shape().clone()
}

fn term(refit: &mut Refit<'_>, mask: u16) -> TermSensitivity {
    let table = refit.table;
    let assumed = table
        .held()
        .iter()
        .find(|(m, _)| *m == mask)
        .map_or(0.0, |h| h.1);
    let observed = refit.fit.observed;
    let curve = grid()
        .map(|odds_ratio| SensitivityPoint {
            odds_ratio,
            estimate: refit
                .unseen_with(&held_at(table, mask, math::ln(odds_ratio)))
                .and_then(|n0| finite(observed + n0)),
        })
        .collect();
    let tipping = CHANGES
        .iter()
        .map(|&change| TippingPoint {
            change,
            odds_ratio: tipping(refit, mask, assumed, change),
        })
        .collect();
    TermSensitivity {
        lists: table.list_names(mask),
        assumed: math::exp(assumed),
        curve,
        tipping,
    }
}

/// The odds ratio that changes the estimate by a share; none if none within reach does.
fn tipping(refit: &mut Refit<'_>, mask: u16, assumed: f64, change: f64) -> Option<f64> {
    let table = refit.table;
    let target = refit.fit.unseen_total() + change * refit.fit.population();
    if target <= 0.0 {
        return None;
    }
    let goal = math::ln(target);
    let mut miss = |gamma: f64| -> Option<f64> {
        let n0 = refit.unseen_with(&held_at(table, mask, gamma))?;
        Some(math::ln(n0) - goal)
    };
    // Walk outwards on the side where the estimate moves the right way.
    let far = math::ln(FARTHEST);
    let here = (assumed, miss(assumed)?);
    let up = miss(assumed + 0.1)?;
    let towards = if (up - here.1) * here.1 < 0.0 {
        1.0
    } else {
        -1.0
    };
    let mut a = here;
    let mut step = 0.25;
    let b = loop {
        let gamma = (assumed + towards * step).clamp(-far, far);
        let b = (gamma, miss(gamma)?);
        if b.1 * here.1 <= 0.0 {
            break b;
        }
        if gamma.abs() >= far {
            return None;
        }
        a = b;
        step *= 2.0;
    };
    root(a, b, miss).map(math::exp)
}

/// The root between two points of opposite sign: regula falsi after Dowell & Jarratt (1971).
fn root(
    mut a: (f64, f64),
    mut b: (f64, f64),
    mut f: impl FnMut(f64) -> Option<f64>,
) -> Option<f64> {
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

/// The unseen at ξ = 1 by the counts: Π over odd histories / Π over even ones, in every stratum
/// where somebody was seen.
fn saturated(table: &CaptureTable, y: &[f64]) -> Option<f64> {
    let histories = table.shape().histories();
    let mut total = 0.0;
    for part in y.chunks_exact(histories) {
        if part.iter().all(|&y| y == 0.0) {
            continue;
        }
        let mut log = 0.0;
        for (h, &count) in part.iter().enumerate().skip(1) {
            if count <= 0.0 {
                return None;
            }
            let sign = if h.count_ones() % 2 == 1 { 1.0 } else { -1.0 };
            log += sign * math::ln(count);
        }
        total += math::exp(log);
    }
    Some(total)
}

fn xi(refit: &Refit<'_>) -> Vec<XiPoint> {
    let observed = refit.fit.observed;
    let counts = saturated(refit.table, &refit.data.y);
    let fitted = refit.fit.unseen_total();
    grid()
        .map(|xi| XiPoint {
            xi,
            saturated: counts.and_then(|n0| finite(observed + n0 / xi)),
            fitted: finite(observed + fitted / xi),
        })
        .collect()
}

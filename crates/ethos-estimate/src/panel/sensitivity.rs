//! The estimate as a function of interactions that the model leaves out.

use super::evidence::evidence;
use super::grid;
use super::refit::Refit;
use super::report::{HeldFit, SensitivityPoint, SensitivityReport, TermSensitivity, XiPoint};
use super::tipping::tipping;
use crate::error::EstimateError;
use crate::kernel::math;
use crate::model::Model;
use crate::report::finite;
use crate::table::CaptureTable;
use crate::term::Term;

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

fn term(refit: &mut Refit<'_>, mask: u16) -> TermSensitivity {
    let table = refit.table;
    let observed = refit.fit.observed;
    let curve = grid()
        .map(|odds_ratio| {
            let shape = refit.held_at(&[(mask, math::ln(odds_ratio))]);
            let found = refit.fit_with(&shape);
            SensitivityPoint {
                odds_ratio,
                estimate: found.and_then(|(n0, _)| finite(observed + n0)),
                fit: found.map_or_else(HeldFit::default, |(_, fit)| fit),
            }
        })
        .collect();
    let data = (mask.count_ones() == 2)
        .then(|| refit.estimated(mask))
        .flatten();
    TermSensitivity {
        lists: table.list_names(mask),
        assumed: math::exp(refit.assumed(mask)),
        fitted: data.and_then(|(log, _)| finite(math::exp(log))),
        se_log: data.map(|(_, se)| se),
        curve,
        tipping: tipping(refit, mask),
    }
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

//! Records that should not have been on a list, and what they do to the estimate.

use super::refit::Refit;
use super::report::{ListOverCoverage, OverCoverageReport, RemovalPoint};
use crate::error::EstimateError;
use crate::influence::influence;
use crate::model::Model;
use crate::report::finite;
use crate::table::CaptureTable;

/// Shares of the only-there records that are left out.
const SHARES: [f64; 4] = [0.0, 0.05, 0.1, 0.2];

/// The estimate of a model with a share of each list's only-there records left out, and its
/// derivative.
///
/// A person wrongly on one list (housed by now, gone before the date) is on no other list, and so
/// inflates both the seen and the unseen (Zhang & Dunne 2017 trim such records). The influence of a
/// record is 1 + Σ n0 x0' G⁻¹ x, G the Fisher information: the change of N with the count of its
/// cell; over strata, the mean by records. Errors: the model has no estimate.
///
/// ```
/// use ethos_estimate::{CaptureTable, Model, Term, over_coverage};
/// // Two independent lists: one record less on list a alone takes n2/m = 380/120 off the estimate.
/// let t = CaptureTable::from_histories(["a", "b"], [("10", 400), ("01", 260), ("11", 120)])?;
/// let m = Model::from_generators([Term::list(0), Term::list(1)]);
/// let report = over_coverage(&t, &m)?;
/// assert!((report.lists[0].influence.unwrap() - 380.0 / 120.0).abs() < 1e-9);
/// assert!((report.lists[0].curve[2].estimate.unwrap() - 480.0 * 380.0 / 120.0).abs() < 1e-9);
/// # Ok::<(), ethos_estimate::EstimateError>(())
/// ```
pub fn over_coverage(
    table: &CaptureTable,
    model: &Model,
) -> Result<OverCoverageReport, EstimateError> {
    model.check(table)?;
    table.check_held(model)?;
    Ok(removals(&mut Refit::new(table, model)?))
}

pub(super) fn removals(refit: &mut Refit<'_>) -> OverCoverageReport {
    let lists = refit.table.lists().len();
    let influence = influence(&refit.design, refit.support(), &refit.data.y).map(|i| i.cells);
    let all = ((1_u32 << lists) - 1) as u16;
    OverCoverageReport {
        lists: (0..lists)
            .map(|i| {
                let cells = only_cells(refit, 1 << i);
                let records: f64 = cells.iter().map(|&c| refit.data.y[c]).sum();
                let sum = influence.as_ref().map(|influence| {
                    let of = |&c: &usize| refit.data.y[c] * influence[c];
                    cells.iter().map(of).sum::<f64>()
                });
                ListOverCoverage {
                    list: refit.table.lists()[i].clone(),
                    records,
                    influence: sum.and_then(|sum| finite(sum / records)),
                    curve: curve(refit, 1 << i),
                }
            })
            .collect(),
        all: curve(refit, all),
    }
}

/// The cells of people on one list only, of the lists in `mask`, stratum after stratum.
fn only_cells(refit: &Refit<'_>, mask: u16) -> Vec<usize> {
    let shape = refit.table.shape();
    (0..shape.cells())
        .filter(|&c| {
            let h = shape.history(c);
            h.is_power_of_two() && h & mask != 0
        })
        .collect()
}

fn curve(refit: &mut Refit<'_>, mask: u16) -> Vec<RemovalPoint> {
    let cells = only_cells(refit, mask);
    SHARES
        .iter()
        .map(|&removed| {
            let mut y = refit.data.y.clone();
            for &c in &cells {
                y[c] *= 1.0 - removed;
            }
            let n: f64 = y.iter().sum();
            RemovalPoint {
                removed,
                estimate: refit.unseen_of(&y).and_then(|n0| finite(n + n0)),
            }
        })
        .collect()
}

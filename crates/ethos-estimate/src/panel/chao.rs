//! Chao's lower bound of the population when people differ in how easily they are seen.

use super::histories::Histories;
use super::report::{ChaoReport, PanelEstimate};
use crate::table::CaptureTable;

/// Chao's lower bounds (Chao 1987, Biometrics 43:783): on the persons seen once and twice.
///
/// Four versions: the count version, for many occasions, and the list version, which takes their
/// number t into account by the factor (t − 1)/t; each with the plain and the bias-corrected
/// number of unseen. Variances are those of Chao (1987) and, with the factor and the correction, of
/// Chao, Colwell, Chiu & Townsend (2017, Methods in Ecology and Evolution 8:1221); limits are
/// log-normal at `level`. They bound the population from below if people differ but the lists do
/// not avoid one another and nobody is barred from a second list; they say nothing otherwise.
///
/// ```
/// use ethos_estimate::{CaptureTable, chao_bounds};
/// // Hepatitis A in Taiwan: 187 persons on one list, 56 on two, 28 on three.
/// let t = CaptureTable::from_histories(["P", "Q", "E"], [
///     ("001", 63), ("010", 55), ("011", 18), ("100", 69), ("101", 17), ("110", 21), ("111", 28)])?;
/// let bounds = chao_bounds(&t, 0.95);
/// assert!((bounds.lists.estimate.unwrap() - 479.148_810).abs() < 1e-6);
/// # Ok::<(), ethos_estimate::EstimateError>(())
/// ```
pub fn chao_bounds(table: &CaptureTable, level: f64) -> ChaoReport {
    let all = Histories::collapsed(table);
    let (f1, f2) = (all.on_exactly(1), all.on_exactly(2));
    let t = all.lists as f64;
    let factor = (t - 1.0) / t;
    let report =
        |(unseen, variance): (f64, f64)| PanelEstimate::lognormal(all.n, unseen, variance, level);
    let strata = Histories::strata(table);
    ChaoReport {
        frequencies: (1..=all.lists).map(|k| all.on_exactly(k)).collect(),
        count: report(plain(f1, f2, 1.0)),
        count_corrected: report(corrected(f1, f2, 1.0)),
        lists: report(plain(f1, f2, factor)),
        lists_corrected: report(corrected(f1, f2, factor)),
        lists_corrected_stratified: (!strata.is_empty()).then(|| {
            let (unseen, variance) = strata
                .iter()
                .map(|s| corrected(s.on_exactly(1), s.on_exactly(2), factor))
                .fold((0.0, 0.0), |sum, part| (sum.0 + part.0, sum.1 + part.1));
            report((unseen, variance))
        }),
    }
}

/// Unseen persons A f₁²/(2 f₂) and their variance.
fn plain(f1: f64, f2: f64, a: f64) -> (f64, f64) {
    let r = f1 / f2;
    let variance = f2 * (0.5 * a * r * r + a * a * r.powi(3) + 0.25 * a * a * r.powi(4));
    (a * f1 * r / 2.0, variance)
}

/// Unseen persons A f₁(f₁ − 1)/(2 (f₂ + 1)) and their variance.
fn corrected(f1: f64, f2: f64, a: f64) -> (f64, f64) {
    let unseen = a * f1 * (f1 - 1.0) / (2.0 * (f2 + 1.0));
    let g = f2 + 1.0;
    let variance = a * f1 * (f1 - 1.0) / (2.0 * g)
        + a * a * f1 * (2.0 * f1 - 1.0).powi(2) / (4.0 * g * g)
        + a * a * f1 * f1 * f2 * (f1 - 1.0).powi(2) / (4.0 * g.powi(4));
    (unseen.max(0.0), variance.max(0.0))
}

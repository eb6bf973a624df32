//! Whether a model fits the cells: deviance and Pearson's statistic against the chi-square distribution.

use serde::{Deserialize, Serialize};
use statrs::function::gamma::checked_gamma_ur;

use crate::report::finite;

/// A p-value below this makes the diagnostic `lack-of-fit`.
pub const LACK_OF_FIT: f64 = 0.05;

/// Cells with a fitted mean below this are small: where many are, the chi-square distribution is a
/// poor approximation (Cochran 1954, Biometrics 10:417).
pub const SMALL_MEAN: f64 = 5.0;

/// A model against the cells it was fitted to.
///
/// Both statistics have asymptotically a chi-square distribution where the model holds (Bishop,
/// Fienberg & Holland 1975, ch. 4). The p-values are unreliable where many fitted cells are small,
/// and after a search, which looked for a model that fits. They say nothing about
/// the unseen cell: a model that fits every observed cell may still be wrong there.
#[derive(Debug, Clone, Copy, PartialEq, Serialize, Deserialize)]
pub struct GoodnessOfFit {
    /// Degrees of freedom of both tests: cells whose mean is not forced to zero, less the finite
    /// coefficients (Fienberg & Rinaldo 2012). Where a margin is zero this is less than the `df` of
    /// the model, which counts all cells and all coefficients.
    pub df: i64,
    /// Chance of a deviance as large or larger under the model; absent without degrees of freedom.
    pub p_deviance: Option<f64>,
    /// Pearson's statistic Σ (y − μ)² / μ.
    pub pearson: Option<f64>,
    /// Chance of a Pearson statistic as large or larger under the model.
    pub p_pearson: Option<f64>,
    /// Share of the cells with a fitted mean below [`SMALL_MEAN`].
    pub small_cells: f64,
}

/// The sums over cells from which the tests are made.
#[derive(Debug, Clone, Copy, Default)]
pub(crate) struct Misfit {
    pub(crate) pearson: f64,
    cells: usize,
    small: usize,
}

impl Misfit {
    /// Adds a cell with so many persons and this fitted mean; one forced to zero has no part.
    pub(crate) fn add(&mut self, count: f64, mean: f64) {
        if mean <= 0.0 {
            return;
        }
        self.pearson += (count - mean) * ((count - mean) / mean);
        self.cells += 1;
        self.small += usize::from(mean < SMALL_MEAN);
    }

    /// The tests of a model with so many finite coefficients.
    pub(crate) fn tests(self, deviance: f64, coefficients: usize) -> GoodnessOfFit {
        let df = self.cells as i64 - coefficients as i64;
        GoodnessOfFit {
            df,
            p_deviance: chi_square_above(deviance, df),
            pearson: finite(self.pearson),
            p_pearson: chi_square_above(self.pearson, df),
            small_cells: if self.cells == 0 {
                0.0
            } else {
                self.small as f64 / self.cells as f64
            },
        }
    }
}

impl GoodnessOfFit {
    /// The smaller of the two p-values.
    pub fn p(&self) -> Option<f64> {
        match (self.p_deviance, self.p_pearson) {
            (Some(a), Some(b)) => Some(a.min(b)),
            (a, b) => a.or(b),
        }
    }

    /// Whether a test rejects the model at [`LACK_OF_FIT`].
    pub fn lacks(&self) -> bool {
        self.p().is_some_and(|p| p < LACK_OF_FIT)
    }
}

/// P(χ² ≥ x) on `df` degrees of freedom; nothing without degrees of freedom or a statistic.
fn chi_square_above(x: f64, df: i64) -> Option<f64> {
    if df <= 0 || !x.is_finite() {
        return None;
    }
    // Rounding may leave a deviance of zero just below it.
    if x <= 0.0 {
        return Some(1.0);
    }
    let p = checked_gamma_ur(df as f64 / 2.0, x / 2.0).ok()?;
    p.is_finite().then(|| p.clamp(0.0, 1.0))
}

#[cfg(test)]
mod tests {
    use super::*;

    /// R 4.2.2: `pchisq(x, df, lower.tail = FALSE)`.
    #[test]
    fn tail_of_the_chi_square_distribution() {
        for (x, df, p) in PCHISQ {
            let ours = chi_square_above(x, df).unwrap();
            assert!((ours - p).abs() <= 1e-9 * p, "{x} on {df}: {ours} {p}");
        }
        assert_eq!(chi_square_above(-1e-12, 4), Some(1.0));
        assert_eq!(chi_square_above(3.0, 0), None);
        assert_eq!(chi_square_above(f64::NAN, 3), None);
        assert_eq!(chi_square_above(1e9, 3), Some(0.0));
    }

    const PCHISQ: [(f64, i64, f64); 8] = [
        (13.026_136_948_293_615, 10, 0.222_214_141_594_95),
        (245.938_736_426_072_84, 10, 3.875_248_989_804_170_4e-47),
        (138.554_842_129_233_3, 3, 7.745_517_457_544_08e-30),
        (2_030.556_584_380_298, 242, 1.229_194_255_016_125_9e-279),
        (0.001, 1, 0.974_772_879_369_960_4),
        (250.0, 252, 0.523_764_022_027_728_2),
        (10_000.0, 10_000, 0.498_119_365_966_182_67),
        (3.841_458_820_694_12, 1, 0.050_000_000_000_000_18),
    ];
}

//! How far apart two criterion values must be to differ: the one place that says so.

/// A kernel is a sum of terms y ln μ and μ, each with some rounding errors of 2⁻⁵³ of its size.
const ROUNDING: f64 = 1e-14;
/// What a fit leaves of the maximum: Newton's method stops on a decrement of 1e-9 to 1e-12, whatever
/// the counts, and takes one step more.
const CONVERGENCE: f64 = 1e-9;
/// Bounds that come from fits are compared with this many times the difference that values are.
const BOUNDS: f64 = 1e3;

/// The tolerances of comparisons in one data set.
#[derive(Debug, Clone, Copy, PartialEq)]
pub(crate) struct Tolerance {
    /// Two criterion values no further apart than this tie; the model that comes first wins.
    pub(crate) tie: f64,
    /// What is passed over is beyond the limit by more than this: for rounding, and for fits that
    /// bound others and stopped just short of their supremum.
    ///
    /// That is enough where the supremum is not attained and no dual bound was computed. There,
    /// along an integer direction −k ≤ v ≤ −1 on the cells Z that vanish and 0 on the others, the
    /// gradient is Σ μ|v| over Z and the curvature Σ μ v², so that the decrement λ² of the last step
    /// is at least Σ μ / k over Z: what is left to gain is at most k λ² from Z and, on the cells
    /// that stay, of the order of λ². Fits end at λ² < 1e-12, and k is the depth of an interaction
    /// (below 2⁶ on six lists), so that the slack exceeds the sum by orders of magnitude.
    pub(crate) slack: f64,
}

impl Tolerance {
    /// Of a data set whose saturated model has this kernel Σ y ln y − y, `n` persons in all.
    pub(crate) fn new(saturated: f64, n: f64) -> Self {
        let size = saturated.abs() + 2.0 * n;
        let tie = CONVERGENCE.max(ROUNDING * size);
        Self {
            tie,
            slack: BOUNDS * tie,
        }
    }

    /// Of these counts.
    pub(crate) fn of(y: &[f64]) -> Self {
        Self::new(saturated(y), y.iter().sum())
    }
}

/// The kernel Σ y ln y − y of the model that fits every count: no model has a larger one.
pub(crate) fn saturated(y: &[f64]) -> f64 {
    y.iter()
        .filter(|y| **y > 0.0)
        .map(|&y| y * crate::kernel::math::ln(y) - y)
        .sum()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn grows_with_the_counts_and_not_below_convergence() {
        let small = Tolerance::of(&[3.0, 1.0, 0.0, 5.0]);
        assert!(small.tie == 1e-9 && (small.slack - 1e-6).abs() < 1e-20);
        let y = [4e9, 3e9, 0.0, 1e9];
        let large = Tolerance::of(&y);
        // Eight thousand million persons with logarithms of about 22: 2e11.
        assert!(large.tie > 1e-3 && large.tie < 4e-3, "{large:?}");
        assert_eq!(saturated(&[1.0, 0.0]), -1.0);
    }
}

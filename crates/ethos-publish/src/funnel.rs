//! Control limits of a funnel plot: how far a count may lie from what is expected of it by
//! chance alone.
//!
//! After D. J. Spiegelhalter, *Funnel plots for comparing institutional performance*, Statistics
//! in Medicine 24 (2005), 1185–1202: the ratio of what was counted to what was expected, on the
//! scale of the square root, which makes the spread of a count one half whatever its size; and
//! the multiplicative over-dispersion of its section 5, from scores of which the outer tenths
//! are drawn in to the tenth and ninetieth percentile.

/// A count beside what was expected.
#[derive(Copy, Clone, PartialEq, Debug)]
pub struct Pair {
    /// Expected persons, above zero.
    pub expected: f64,
    /// Counted persons.
    pub observed: f64,
}

/// Normal quantile of a two-sided 95 % limit.
pub const Z95: f64 = 1.959_964;
/// Normal quantile of a two-sided 99.8 % limit.
pub const Z998: f64 = 3.090_232;

/// Control limits for pairs of counts.
#[derive(Copy, Clone, PartialEq, Debug)]
pub struct Limits {
    /// Variance of an expectation as a share of itself: 0 for a number that is known, the ratio
    /// between two counts where one is expected to follow from the other.
    uncertain: f64,
    /// Over-dispersion φ: how much larger the spread is than chance alone makes it; 1 or more.
    pub dispersion: f64,
}

impl Limits {
    /// Limits for these pairs. `uncertain` is 0 where the expectation is known, and the national
    /// ratio where it is that ratio times an earlier count.
    ///
    /// ```
    /// use ethos_publish::funnel::{Limits, Pair, Z95};
    /// // Spread as chance alone makes it: no over-dispersion, and limits of a Poisson count.
    /// let pairs = [95.0, 103.0, 100.0, 109.0].map(|observed| Pair { expected: 100.0, observed });
    /// let limits = Limits::of(&pairs, 0.0);
    /// assert_eq!(limits.dispersion, 1.0);
    /// let (low, high) = limits.at(100.0, Z95);
    /// assert!((low - 0.8136).abs() < 5e-4 && (high - 1.2056).abs() < 5e-4);
    /// ```
    pub fn of(pairs: &[Pair], uncertain: f64) -> Self {
        let alone = Self {
            uncertain: uncertain.max(0.0),
            dispersion: 1.0,
        };
        let mut scores: Vec<f64> = pairs.iter().map(|pair| alone.score(*pair)).collect();
        scores.sort_by(f64::total_cmp);
        let last = scores.len().saturating_sub(1);
        let tenth = scores.len() / 10;
        let (Some(low), Some(high)) = (scores.get(tenth), scores.get(last - tenth.min(last)))
        else {
            return alone;
        };
        let squares: f64 = scores
            .iter()
            .map(|score| score.clamp(*low, *high))
            .map(|score| score * score)
            .sum();
        let dispersion = squares / scores.len() as f64;
        Self {
            dispersion: dispersion.max(1.0),
            ..alone
        }
    }

    /// How many times its spread a count lies above or below what was expected.
    pub fn score(&self, pair: Pair) -> f64 {
        let apart = pair.observed.max(0.0).sqrt() - pair.expected.max(0.0).sqrt();
        apart / self.spread()
    }

    /// Standard deviation of the root of a count around the root of its expectation.
    fn spread(&self) -> f64 {
        0.5 * ((1.0 + self.uncertain) * self.dispersion).sqrt()
    }

    /// Lower and upper limit of the ratio of counted to expected.
    pub fn at(&self, expected: f64, z: f64) -> (f64, f64) {
        let share = z * self.spread() / expected.max(f64::MIN_POSITIVE).sqrt();
        let (low, high) = ((1.0 - share).max(0.0), 1.0 + share);
        (low * low, high * high)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn pairs(observed: &[f64]) -> Vec<Pair> {
        observed
            .iter()
            .map(|observed| Pair {
                expected: 100.0,
                observed: *observed,
            })
            .collect()
    }

    #[test]
    fn wider_spread_than_chance_widens_the_limits() {
        // Roots lie 1, that is two spreads, beside the root of 100: φ is 4, limits twice as far.
        let wide = pairs(&[81.0, 121.0, 81.0, 121.0]);
        let limits = Limits::of(&wide, 0.0);
        assert!((limits.dispersion - 4.0).abs() < 1e-12);
        let (low, high) = limits.at(100.0, Z95);
        assert!((low - (1.0 - 0.195_996_4_f64).powi(2)).abs() < 1e-9);
        assert!((high - (1.0 + 0.195_996_4_f64).powi(2)).abs() < 1e-9);
    }

    #[test]
    fn one_far_out_does_not_widen_the_limits_for_all() {
        let mut counts = vec![100.0; 19];
        counts.push(400.0);
        let limits = Limits::of(&pairs(&counts), 0.0);
        assert_eq!(limits.dispersion, 1.0);
        assert!(limits.score(pairs(&[400.0])[0]) > 19.0);
    }

    #[test]
    fn an_expectation_that_is_a_count_itself_is_less_sure() {
        let limits = Limits::of(&[], 1.0);
        assert_eq!(limits.dispersion, 1.0);
        let (low, high) = limits.at(100.0, Z998);
        let (narrow, wide) = Limits::of(&[], 0.0).at(100.0, Z998);
        assert!(low < narrow && high > wide);
        assert_eq!(limits.at(0.0, Z998).0, 0.0);
    }
}

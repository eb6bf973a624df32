//! Small counts and the rounding of all others.

use ethos_model::study::Disclosure;

/// The threshold and the rounding base of a release.
#[derive(Copy, Clone, PartialEq, Eq, Debug)]
pub struct Rule {
    threshold: u64,
    base: u64,
}

impl Rule {
    /// The rule a study asks for.
    pub fn new(disclosure: &Disclosure) -> Self {
        Self {
            threshold: u64::from(disclosure.threshold),
            base: u64::from(disclosure.base).max(1),
        }
    }

    /// Counts from 1 up to but not including this number are withheld.
    pub fn threshold(self) -> u64 {
        self.threshold
    }

    /// Counts are rounded to multiples of this number.
    pub fn base(self) -> u64 {
        self.base
    }

    /// Whether a count is so small that it is withheld. Zero is not.
    ///
    /// ```
    /// use ethos_model::study::Disclosure;
    /// use ethos_publish::protect::threshold::Rule;
    /// let rule = Rule::new(&Disclosure { threshold: 10, base: 5, ..Disclosure::default() });
    /// assert!(rule.is_small(1) && rule.is_small(9));
    /// assert!(!rule.is_small(0) && !rule.is_small(10));
    /// ```
    pub fn is_small(self, persons: u64) -> bool {
        persons > 0 && persons < self.threshold
    }

    /// The nearest multiple of the base, ties to the even multiple; a count that is not zero
    /// never becomes zero.
    ///
    /// ```
    /// use ethos_model::study::Disclosure;
    /// use ethos_publish::protect::threshold::Rule;
    /// let rule = Rule::new(&Disclosure { threshold: 0, base: 10, ..Disclosure::default() });
    /// assert_eq!([0, 3, 14, 15, 16, 25].map(|n| rule.round(n)), [0, 10, 10, 20, 20, 20]);
    /// ```
    pub fn round(self, persons: u64) -> u64 {
        let rounded = nearest(persons, self.base);
        if persons > 0 {
            rounded.max(self.base)
        } else {
            0
        }
    }

    /// The counts that read as this rounded number, first and last.
    pub fn reads_as(self, rounded: u64) -> (u64, u64) {
        let half = self.base / 2;
        if rounded == 0 {
            return (0, 0);
        }
        let first = if rounded == self.base {
            1
        } else {
            rounded - half
        };
        (first.max(self.threshold), rounded + half)
    }
}

/// The nearest multiple of `base`, ties to the even multiple.
pub(crate) fn nearest(value: u64, base: u64) -> u64 {
    let (quotient, rest) = (value / base, value % base);
    let up = match (rest * 2).cmp(&base) {
        std::cmp::Ordering::Less => 0,
        std::cmp::Ordering::Greater => 1,
        std::cmp::Ordering::Equal => quotient % 2,
    };
    quotient.saturating_add(up).saturating_mul(base)
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    proptest! {
        #[test]
        fn rounding_stays_near_and_keeps_zero_apart(n in 0_u64..100_000, base in 1_u64..120, threshold in 0_u64..20) {
            let rule = Rule { threshold, base };
            let rounded = rule.round(n);
            prop_assert_eq!(rounded % base, 0);
            prop_assert_eq!(rounded == 0, n == 0);
            prop_assert!(rounded.abs_diff(n) * 2 <= base || rounded == base);
            if !rule.is_small(n) {
                let (first, last) = rule.reads_as(rounded);
                prop_assert!(first <= n && n <= last, "{n} reads {rounded}: {first}–{last}");
            }
        }
    }
}

//! Random streams: one of its own for every purpose, so that a change in one part of the
//! country (its dirt, say) leaves the rest as it was.

use ethos_model::date::Day;
use rand_chacha::ChaCha8Rng;
use rand_chacha::rand_core::{Rng, SeedableRng};

use crate::arithmetic::ln;

/// What a stream is drawn for. The numbers are part of what a seed means: never reuse one.
#[derive(Copy, Clone, PartialEq, Eq, Debug)]
#[repr(u64)]
pub(crate) enum Purpose {
    Places = 1,
    Persons = 2,
    Flow = 3,
    Captures = 4,
    Situations = 5,
    Families = 6,
    Lists = 7,
    Shelter = 8,
    ShelterDirt = 9,
    Wmo = 10,
    WmoDirt = 11,
    Registers = 12,
    CountDay = 13,
    CountDayDirt = 14,
    Probation = 15,
    Passers = 16,
    Children = 17,
    CountDayForms = 18,
    Sample = 19,
    SampleDirt = 20,
}

/// A stream of random draws.
#[derive(Debug)]
pub(crate) struct Stream(ChaCha8Rng);

impl Stream {
    pub(crate) fn new(seed: u64, purpose: Purpose) -> Self {
        let mut rng = ChaCha8Rng::seed_from_u64(seed);
        rng.set_stream(purpose as u64);
        Self(rng)
    }

    /// Uniform in [0, 1) on a grid of 2⁻⁵³.
    pub(crate) fn uniform(&mut self) -> f64 {
        (self.0.next_u64() >> 11) as f64 / (1_u64 << 53) as f64
    }

    /// Whole number from 0 up to but not including `n`; 0 when `n` is 0.
    pub(crate) fn below(&mut self, n: usize) -> usize {
        ((u128::from(self.0.next_u64()) * n as u128) >> 64) as usize
    }

    /// Whole number from `low` up to and including `high`; `low` when they are out of order.
    pub(crate) fn between(&mut self, low: i32, high: i32) -> i32 {
        low + self.below((high - low + 1).max(0) as usize) as i32
    }

    /// A day from `first` up to and including `last`; `first` when they are out of order.
    pub(crate) fn day(&mut self, first: Day, last: Day) -> Day {
        Day(self.between(first.0, last.0))
    }

    /// True with this probability.
    pub(crate) fn chance(&mut self, probability: f64) -> bool {
        self.uniform() < probability
    }

    /// One of these, all equally likely.
    pub(crate) fn one_of<'a, T>(&mut self, items: &'a [T]) -> &'a T {
        &items[self.below(items.len())]
    }

    /// One of these values by its weight.
    pub(crate) fn pick<T: Copy>(&mut self, weighted: &[(T, f64)]) -> T {
        let total: f64 = weighted.iter().map(|(_, weight)| weight).sum();
        let mut left = self.uniform() * total;
        for &(value, weight) in weighted {
            left -= weight;
            if left < 0.0 {
                return value;
            }
        }
        weighted[weighted.len() - 1].0
    }

    /// Days from an exponential distribution, at least 1 and at most ten means.
    pub(crate) fn days(&mut self, mean: f64) -> i32 {
        let u = 1.0 - self.uniform();
        (-ln(u) * mean).min(10.0 * mean) as i32 + 1
    }

    /// A standard normal draw: the sum of twelve uniforms less six, close enough for weights.
    pub(crate) fn normal(&mut self) -> f64 {
        (0..12).map(|_| self.uniform()).sum::<f64>() - 6.0
    }

    /// Puts items in random order (Fisher and Yates).
    pub(crate) fn shuffle<T>(&mut self, items: &mut [T]) {
        for at in (1..items.len()).rev() {
            let other = self.below(at + 1);
            items.swap(at, other);
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_stream_follows_seed_and_purpose() {
        let draw = |seed, purpose| Stream::new(seed, purpose).uniform();
        assert_eq!(draw(1, Purpose::Places), draw(1, Purpose::Places));
        assert_ne!(draw(1, Purpose::Places), draw(1, Purpose::Persons));
        assert_ne!(draw(1, Purpose::Places), draw(2, Purpose::Places));
    }

    #[test]
    fn draws_stay_in_range_and_have_their_mean() {
        let mut stream = Stream::new(7, Purpose::Flow);
        let mut sum = 0.0;
        for _ in 0..20_000 {
            assert!((3..=5).contains(&stream.between(3, 5)));
            assert!(stream.below(4) < 4);
            sum += f64::from(stream.days(50.0));
        }
        assert_eq!(stream.between(9, 2), 9);
        // Exponential with mean 50, rounded up: 50.5, standard error 0.36.
        assert!((sum / 20_000.0 - 50.5).abs() < 1.5, "{}", sum / 20_000.0);
        let picked = (0..10_000)
            .filter(|_| stream.pick(&[(true, 1.0), (false, 3.0)]))
            .count();
        assert!((2_300..2_700).contains(&picked), "{picked}");
    }
}

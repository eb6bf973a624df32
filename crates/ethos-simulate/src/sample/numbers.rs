//! Citizen service numbers in a row, each once, without remembering any.

/// Numbers that begin with a digit: ten million places, of which ten in eleven are numbers.
const PLACES: u64 = 10_000_000;
/// A step that shares no factor with the number of places, so that it visits every one.
const STEP: u64 = 6_180_339;

/// The numbers that begin with a 9, where no number is issued as far as is publicly known, in a
/// scrambled order that the seed begins. After nine million of them, in a file of that size,
/// those that begin with an 8, and so on down to 1: such a number may by chance equal one that
/// somebody has. After eighty million they come round again: the next *lap*.
#[derive(Clone, Debug)]
pub(super) struct Numbers {
    lead: u64,
    start: u64,
    next: u64,
}

/// A number, and how often the row of numbers has come round before it.
#[derive(Copy, Clone, PartialEq, Eq, Debug)]
pub(super) struct Numbered {
    pub(super) number: u32,
    pub(super) lap: u32,
}

impl Numbers {
    pub(super) fn new(seed: u64) -> Self {
        Self {
            lead: 9,
            start: seed.wrapping_mul(0x9e37_79b9_7f4a_7c15) % PLACES,
            next: 0,
        }
    }

    /// Numbers with a leading zero, which a test of lost zeros needs: one may by chance equal a
    /// number that somebody has. Nobody's data stands behind any of them.
    pub(super) fn with_leading_zero(seed: u64) -> Self {
        Self {
            lead: 0,
            ..Self::new(seed)
        }
    }

    pub(super) fn next(&mut self) -> Numbered {
        loop {
            let round = self.next / PLACES;
            let lap = (round / 9) as u32;
            let place = (self.start + (self.next % PLACES) * STEP) % PLACES;
            self.next += 1;
            let lead = self.lead.saturating_sub(round % 9);
            // A second leading zero would be lost too.
            if self.lead == 0 && place < PLACES / 10 {
                continue;
            }
            let tens = (lead * PLACES + place) as u32;
            if let Some(check) = check_digit(tens) {
                let number = tens * 10 + check;
                if number != 999_999_999 {
                    return Numbered { number, lap };
                }
            }
        }
    }
}

/// The ninth digit that makes eight digits pass the eleven test; none where it would be ten.
pub(super) fn check_digit(tens: u32) -> Option<u32> {
    let (mut left, mut sum) = (tens, 0);
    for weight in 2..=9 {
        sum += weight * (left % 10);
        left /= 10;
    }
    (sum % 11 < 10).then_some(sum % 11)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn each_number_comes_once_a_lap_and_passes_the_test() {
        let mut numbers = Numbers::new(7);
        let mut drawn: Vec<u32> = (0..50_000).map(|_| numbers.next().number).collect();
        assert!(drawn.iter().all(|number| number / 100_000_000 == 9));
        assert!(
            drawn
                .iter()
                .all(|number| check_digit(number / 10) == Some(number % 10))
        );
        drawn.sort_unstable();
        drawn.dedup();
        assert_eq!(drawn.len(), 50_000);
        let first = Numbers::new(7).next();
        let mut whole = Numbers::new(7);
        let mut count = 0_u32;
        while whole.next().number / 100_000_000 == 9 {
            count += 1;
        }
        assert!((9_000_000..9_100_000).contains(&count), "{count}");
        let mut again = whole;
        again.next = 9 * PLACES;
        assert_eq!(again.next(), Numbered { lap: 1, ..first });
        again.next = 8 * PLACES;
        assert_eq!(again.next().number / 100_000_000, 1);
    }

    #[test]
    fn a_leading_zero_is_the_only_one() {
        let mut numbers = Numbers::with_leading_zero(7);
        for _ in 0..1_000 {
            let number = numbers.next().number;
            assert!((10_000_000..100_000_000).contains(&number), "{number}");
        }
    }
}

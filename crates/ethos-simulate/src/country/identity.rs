//! Numbers and names: drawn, never taken from anybody.

use std::collections::HashSet;

use crate::streams::Stream;

/// Citizen service numbers that pass the eleven test, each given once.
///
/// They are random. Nine in ten start with a 9, where no number is issued as far as is publicly
/// known; the others start with a 0, because leading zeros that get lost belong to a test, and
/// may by chance equal a number that somebody has. Nobody's data stands behind any of them.
#[derive(Debug, Default)]
pub(crate) struct Numbers {
    given: HashSet<u32>,
}

impl Numbers {
    pub(crate) fn next(&mut self, stream: &mut Stream) -> u32 {
        loop {
            let rest = stream.below(10_000_000) as u32;
            let lead = if stream.chance(0.1) { 0 } else { 9 };
            let tens = lead * 10_000_000 + rest;
            // Without a second digit above 4 a number has two leading zeros, or nearly so.
            if lead == 0 && rest < 5_000_000 {
                continue;
            }
            let Some(check) = check_digit(tens) else {
                continue;
            };
            let number = tens * 10 + check;
            if self.given.insert(number) {
                return number;
            }
        }
    }
}

/// The ninth digit that makes eight digits pass the eleven test: weights 9 to 2, and −1 for the
/// ninth. None where it would have to be ten.
fn check_digit(tens: u32) -> Option<u32> {
    let (mut left, mut sum) = (tens, 0);
    for weight in 2..=9 {
        sum += weight * (left % 10);
        left /= 10;
    }
    (sum % 11 < 10).then_some(sum % 11)
}

/// Beginnings of first names.
const FIRST: [&str; 48] = [
    "JA", "MO", "AN", "PE", "MA", "JO", "AL", "HA", "RO", "MI", "SA", "AB", "ER", "DE", "KA", "BA",
    "TO", "LI", "DA", "NA", "YU", "RA", "WI", "HE", "FA", "ST", "PA", "EL", "IB", "OM", "CH", "GE",
    "SO", "AM", "TI", "RI", "NI", "LU", "BR", "FR", "ES", "MU", "TH", "ZA", "VI", "JE", "OS", "KE",
];

/// Beginnings of last names.
const LAST: [&str; 60] = [
    "JA", "DE", "VA", "BA", "VI", "SM", "ME", "BO", "MU", "DI", "PE", "HE", "AL", "KO", "YI", "AB",
    "KA", "DA", "WI", "HO", "GE", "MA", "SC", "BR", "EL", "HA", "BE", "RO", "CO", "SA", "KR", "KU",
    "LA", "TE", "BU", "OZ", "NG", "AH", "FE", "GR", "RA", "ST", "OU", "PO", "TA", "WE", "ZA", "FR",
    "LI", "MO", "NI", "CH", "AM", "HU", "ES", "IB", "JO", "DO", "CA", "VE",
];

/// First two letters of a first name and first three of a last name; the front of each list
/// comes more often.
pub(crate) fn letters(stream: &mut Stream) -> [u8; 5] {
    let mut draw = |list: &[&str]| {
        let u = stream.uniform();
        let at = ((0.6 * u * u + 0.4 * u) * list.len() as f64) as usize;
        let bytes = list[at.min(list.len() - 1)].as_bytes();
        [bytes[0], bytes[1]]
    };
    let (first, last) = (draw(&FIRST), draw(&LAST));
    let third = *stream.one_of(b"AEILMNORSTKB");
    [first[0], first[1], last[0], last[1], third]
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::streams::Purpose;

    /// The eleven test as it is defined, digit by digit.
    fn passes(number: u32) -> bool {
        let digits: Vec<i64> = format!("{number:09}")
            .bytes()
            .map(|b| i64::from(b - b'0'))
            .collect();
        let weights = [9, 8, 7, 6, 5, 4, 3, 2, -1];
        let sum: i64 = digits.iter().zip(weights).map(|(d, w)| d * w).sum();
        sum % 11 == 0
    }

    #[test]
    fn numbers_pass_the_eleven_test_and_differ() {
        assert_eq!(check_digit(12_345_678), Some(2)); // 123456782
        let mut stream = Stream::new(1, Purpose::Persons);
        let mut numbers = Numbers::default();
        let drawn: Vec<u32> = (0..20_000).map(|_| numbers.next(&mut stream)).collect();
        assert!(drawn.iter().all(|number| passes(*number)));
        assert!(
            drawn.iter().all(|n| (900_000_000..=999_999_999).contains(n)
                || (50_000_000..=99_999_999).contains(n))
        );
        assert_eq!(drawn.iter().collect::<HashSet<_>>().len(), drawn.len());
        assert!(drawn.iter().any(|number| *number < 100_000_000));
    }

    #[test]
    fn letters_are_capitals() {
        let mut stream = Stream::new(1, Purpose::Persons);
        for _ in 0..1_000 {
            assert!(letters(&mut stream).iter().all(u8::is_ascii_uppercase));
        }
    }
}

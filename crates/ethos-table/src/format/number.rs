//! Numbers as text: the fewest digits that read back as the same number.

use std::fmt;

/// A finite number in its shortest form: plain digits where a person would write them so,
/// with an exponent for the very large and the very small.
pub(crate) struct Shortest(pub(crate) f64);

impl fmt::Display for Shortest {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let size = self.0.abs();
        if size == 0.0 || (1e-5..1e16).contains(&size) {
            write!(f, "{}", self.0)
        } else {
            write!(f, "{:e}", self.0)
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn digits_are_few_and_enough() {
        for (number, text) in [
            (0.1, "0.1"),
            (-3.0, "-3"),
            (0.0, "0"),
            (1e300, "1e300"),
            (5e-324, "5e-324"),
            (1.0 / 3.0, "0.3333333333333333"),
            (9_007_199_254_740_993.0, "9007199254740992"),
        ] {
            assert_eq!(Shortest(number).to_string(), text);
            assert_eq!(text.parse::<f64>().unwrap(), number);
        }
    }
}

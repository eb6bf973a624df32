//! Numbers of persons as they are written: exact, whole or with a few decimals.

use std::str::FromStr;

use crate::error::EstimateError;

/// Parts of a person that an [`Amount`] can tell apart, per person.
pub(crate) const PARTS: u64 = 1_000_000_000;
/// Decimals an [`Amount`] has.
const DECIMALS: usize = 9;

/// A number of persons from 0, exact to nine decimals.
///
/// Weighted tables have such counts. Whether a count is zero, and so whether an
/// estimate exists, is therefore never a matter of rounding.
///
/// ```
/// use ethos_estimate::Amount;
/// let count: Amount = "12.50".parse()?;
/// assert_eq!(count.persons(), 12.5);
/// assert_eq!(count.whole(), None);
/// assert_eq!("12.0".parse::<Amount>()?.whole(), Some(12));
/// assert!("-1".parse::<Amount>().unwrap_err().to_string().contains("negative"));
/// # Ok::<(), ethos_estimate::EstimateError>(())
/// ```
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Amount(u128);

impl Amount {
    /// A whole number of persons.
    pub const fn of(persons: u64) -> Self {
        Self(persons as u128 * PARTS as u128)
    }

    /// The number as a whole one, if it is.
    pub fn whole(self) -> Option<u64> {
        let parts = u128::from(PARTS);
        self.0
            .is_multiple_of(parts)
            .then(|| u64::try_from(self.0 / parts).ok())
            .flatten()
    }

    /// The number, rounded to the nearest floating-point one.
    pub fn persons(self) -> f64 {
        self.0 as f64 / PARTS as f64
    }

    /// In units of 10^-9 persons, if they fit.
    pub(crate) fn parts(self) -> Option<u64> {
        u64::try_from(self.0).ok()
    }
}

impl FromStr for Amount {
    type Err = EstimateError;

    /// Reads digits with an optional decimal point. Signs, exponents, separators of thousands and
    /// words are refused, each by its name, for what they mean depends on who wrote them.
    fn from_str(text: &str) -> Result<Self, EstimateError> {
        let refuse = |reason: &str| Err(EstimateError::Count(reason.to_owned()));
        let lower = text.to_ascii_lowercase();
        let unsigned = lower.trim_start_matches(['-', '+']);
        if text.is_empty() {
            return refuse("it is missing; write 0 where nobody was seen");
        }
        if matches!(unsigned, "nan" | "na" | "null" | "none" | "-" | "." | "") {
            return refuse("it is missing; write 0 where nobody was seen");
        }
        if matches!(unsigned, "inf" | "infinity") {
            return refuse("it is infinite");
        }
        if lower.starts_with('-') {
            return refuse("it is negative");
        }
        let (whole, decimals) = unsigned.split_once('.').unwrap_or((unsigned, "0"));
        let digits = |part: &str| !part.is_empty() && part.bytes().all(|b| b.is_ascii_digit());
        if let Some((mantissa, _)) = unsigned.split_once('e')
            && mantissa.bytes().all(|b| b.is_ascii_digit() || b == b'.')
        {
            return refuse("it is in exponent notation, which rounds; write all its digits");
        }
        if unsigned.contains(',') {
            return refuse("write digits only, with a point before decimals");
        }
        if lower.starts_with('+') || !digits(whole) || !digits(decimals) {
            return refuse("it is not a number");
        }
        let kept = decimals.trim_end_matches('0');
        if kept.len() > DECIMALS {
            return refuse("it has more than 9 decimals; round it");
        }
        let fraction = format!("{kept:0<DECIMALS$}").parse::<u128>();
        let value = whole
            .parse::<u64>()
            .ok()
            .zip(fraction.ok())
            .map(|(w, f)| u128::from(w) * u128::from(PARTS) + f);
        match value {
            Some(value) => Ok(Self(value)),
            None => refuse("it is too large"),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn counts_are_read_exactly() {
        let read = |t: &str| t.parse::<Amount>().unwrap();
        assert_eq!(read("0"), Amount::of(0));
        assert_eq!(read("12.000").whole(), Some(12));
        assert_eq!(read("0.1").parts(), Some(100_000_000));
        assert_eq!(read("0.000000001").parts(), Some(1));
        assert_eq!(read("18446744073709551615").whole(), Some(u64::MAX));
        assert_eq!(read("3.25").persons(), 3.25);
    }

    #[test]
    fn everything_else_is_refused_by_its_name() {
        for (text, reason) in [
            ("", "missing"),
            ("NA", "missing"),
            ("NaN", "missing"),
            ("-nan", "missing"),
            ("inf", "infinite"),
            ("-Infinity", "infinite"),
            ("-1", "negative"),
            ("-0.5", "negative"),
            ("1e3", "exponent"),
            ("1.5E+05", "exponent"),
            ("1,000", "digits only"),
            ("+3", "not a number"),
            ("twelve", "not a number"),
            ("1.", "not a number"),
            (".5", "not a number"),
            ("1.2.3", "not a number"),
            ("0x10", "not a number"),
            ("0.0000000001", "more than 9 decimals"),
            ("99999999999999999999999", "too large"),
        ] {
            let error = text.parse::<Amount>().unwrap_err();
            assert!(error.is_usage());
            assert!(error.to_string().contains(reason), "{text}: {error}");
        }
    }
}

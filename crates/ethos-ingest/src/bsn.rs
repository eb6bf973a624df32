//! The citizen service number: nine digits that pass the eleven test.
//!
//! The test: the digits times 9, 8, 7, 6, 5, 4, 3, 2 and −1 add up to a multiple of 11.

/// A number that passed the eleven test, in its canonical form of nine ASCII digits.
///
/// It has neither `Debug` nor `Display`: it is hashed and forgotten.
#[derive(Copy, Clone, PartialEq, Eq)]
pub struct Bsn([u8; 9]);

impl Bsn {
    /// The nine digits, to hash.
    pub(crate) fn digits(&self) -> &[u8; 9] {
        &self.0
    }

    /// Whether it is one that is made up for tests and examples: a digit eight times and a zero, and
    /// the digits in a row.
    pub(crate) fn is_of_tests(&self) -> bool {
        let [first, .., last] = self.0;
        let one_digit = last == b'0' && self.0[..8].iter().all(|digit| *digit == first);
        one_digit || matches!(&self.0, b"123456782" | b"012345672")
    }

    /// The nine digits, to suggest in the sender's own file.
    pub(crate) fn to_text(self) -> String {
        self.0.iter().copied().map(char::from).collect()
    }
}

/// What a cell that should hold a citizen service number holds.
#[derive(Copy, Clone, PartialEq, Eq)]
pub enum BsnCell {
    /// A number as it should be written.
    Valid(Bsn),
    /// Eight digits that pass the test with a zero in front.
    LostZero(Bsn),
    /// A number between dots, spaces, quotes or with a decimal part of zero.
    Dressed(Bsn),
    /// Nothing.
    Blank,
    /// A number that stands for "not known": zeros, nines or another single digit, 123456789.
    Placeholder,
    /// A spreadsheet's scientific notation: the digits are lost.
    Mangled,
    /// Anything else: not nine digits, or the test fails.
    Wrong,
}

/// Whether nine digits pass the eleven test; false for `000000000`.
///
/// ```
/// use ethos_ingest::bsn::passes_eleven_test;
/// assert!(passes_eleven_test(b"123456782"));
/// assert!(!passes_eleven_test(b"123456789"));
/// ```
pub fn passes_eleven_test(digits: &[u8; 9]) -> bool {
    // The last weight is −1, which is 10 on a clock of 11.
    const WEIGHTS: [u32; 9] = [9, 8, 7, 6, 5, 4, 3, 2, 10];
    let (mut sum, mut any, mut most) = (0, 0, 0);
    // Every digit is looked at, without a question in between.
    for (digit, weight) in digits.iter().zip(WEIGHTS) {
        let digit = u32::from(digit.wrapping_sub(b'0'));
        sum += digit * weight;
        any |= digit;
        most = most.max(digit);
    }
    most < 10 && any > 0 && sum % 11 == 0
}

/// Reads a cell.
pub fn read(cell: &[u8]) -> BsnCell {
    let cell = cell.trim_ascii();
    if cell.is_empty() {
        return BsnCell::Blank;
    }
    if let Ok(digits) = <&[u8; 9]>::try_from(cell)
        && passes_eleven_test(digits)
    {
        return BsnCell::Valid(Bsn(*digits));
    }
    if is_scientific(cell) {
        return BsnCell::Mangled;
    }
    let Some((digits, count)) = undressed(cell) else {
        return BsnCell::Wrong;
    };
    let bare = count == cell.len();
    match count {
        9 if is_placeholder(&digits) => BsnCell::Placeholder,
        9 if passes_eleven_test(&digits) => BsnCell::Dressed(Bsn(digits)),
        8 => {
            let mut nine = [b'0'; 9];
            nine[1..].copy_from_slice(&digits[..8]);
            if passes_eleven_test(&nine) {
                BsnCell::LostZero(Bsn(nine))
            } else {
                BsnCell::Wrong
            }
        }
        1..=7 if bare && digits[..count].iter().all(|digit| *digit == b'0') => BsnCell::Placeholder,
        _ => BsnCell::Wrong,
    }
}

/// Whether a cell is eight digits.
pub(crate) fn has_eight_digits(cell: &[u8]) -> bool {
    let cell = cell.trim_ascii();
    cell.len() == 8 && cell.iter().all(u8::is_ascii_digit)
}

/// A number that passes the test, another for each `n`, for examples. That it may be somebody's
/// cannot be helped: every number that passes may be.
pub(crate) fn example(n: u32) -> String {
    let mut first = 20_000_000 + 7 * (n % 1_000_000);
    loop {
        let digits = format!("{first:08}");
        let sum: u32 = digits
            .bytes()
            .zip((2..=9).rev())
            .map(|(digit, weight)| u32::from(digit - b'0') * weight)
            .sum();
        // One in eleven has no digit that makes it pass.
        if sum % 11 < 10 {
            return format!("{digits}{}", sum % 11);
        }
        first += 1;
    }
}

fn is_placeholder(digits: &[u8; 9]) -> bool {
    digits.iter().all(|digit| *digit == digits[0]) || digits == b"123456789"
}

/// `1,23E+08` and the like.
fn is_scientific(cell: &[u8]) -> bool {
    let Some(at) = cell.iter().position(|byte| matches!(byte, b'e' | b'E')) else {
        return false;
    };
    let (mantissa, exponent) = (&cell[..at], &cell[at + 1..]);
    let exponent = exponent
        .strip_prefix(b"+")
        .or_else(|| exponent.strip_prefix(b"-"))
        .unwrap_or(exponent);
    !mantissa.is_empty()
        && mantissa
            .iter()
            .all(|byte| byte.is_ascii_digit() || matches!(byte, b',' | b'.'))
        && (1..=3).contains(&exponent.len())
        && exponent.iter().all(u8::is_ascii_digit)
}

/// At most nine digits out of what spreadsheets put around them; `None` for other characters
/// or more digits.
fn undressed(cell: &[u8]) -> Option<([u8; 9], usize)> {
    let cell = cell
        .strip_suffix(b".0")
        .or_else(|| cell.strip_suffix(b",0"))
        .unwrap_or(cell);
    let mut digits = [0; 9];
    let mut count = 0;
    for &byte in cell {
        match byte {
            b'0'..=b'9' => {
                *digits.get_mut(count)? = byte;
                count += 1;
            }
            b' ' | b'.' | b'-' | b'\'' | b'"' | b'=' => {}
            _ => return None,
        }
    }
    (count > 0).then_some((digits, count))
}

#[cfg(test)]
mod tests {
    use super::*;

    /// The test by another road: the check digit of a number is what its first eight digits
    /// demand.
    fn check_digit(first: u32) -> Option<u32> {
        let mut rest = first;
        let mut sum = 0;
        for weight in 2..=9 {
            sum += (rest % 10) * weight;
            rest /= 10;
        }
        Some(sum % 11).filter(|digit| *digit < 10)
    }

    #[test]
    fn the_eleven_test_agrees_with_the_check_digit() {
        let mut passed = 0;
        for first in (0..100_000_000_u32).step_by(9_973) {
            for last in 0..10 {
                let text = format!("{:09}", first * 10 + last);
                let digits: [u8; 9] = text.as_bytes().try_into().unwrap();
                let expected = check_digit(first) == Some(last) && text != "000000000";
                assert_eq!(passes_eleven_test(&digits), expected, "{text}");
                passed += u32::from(expected);
            }
        }
        assert!(passed > 9_000);
    }

    #[test]
    fn numbers_of_tests_pass_and_are_known() {
        let of_tests = |text: &str| match read(text.as_bytes()) {
            BsnCell::Valid(number) => Some(number.is_of_tests()),
            _ => None,
        };
        for digit in 1..=9 {
            let text = format!("{}0", digit.to_string().repeat(8));
            assert_eq!(of_tests(&text), Some(true), "{text}");
        }
        assert_eq!(of_tests("123456782"), Some(true));
        assert_eq!(of_tests(&example(1)), Some(false));
        assert!(has_eight_digits(b" 12345678 ") && !has_eight_digits(b"1234567x"));
    }

    #[test]
    fn cells_are_told_apart() {
        let valid = Bsn(*b"123456782");
        let zero = Bsn(*b"012345672");
        assert!(passes_eleven_test(b"012345672"));
        assert!(read(b"123456782") == BsnCell::Valid(valid));
        assert!(read(b" 123456782 ") == BsnCell::Valid(valid));
        assert!(read(b"12345672") == BsnCell::LostZero(zero));
        for dressed in ["1234.56.782", "'123456782", "=\"123456782\"", "123456782.0"] {
            assert!(
                read(dressed.as_bytes()) == BsnCell::Dressed(valid),
                "{dressed}"
            );
        }
        for blank in ["", "  "] {
            assert!(read(blank.as_bytes()) == BsnCell::Blank);
        }
        for placeholder in ["999999999", "123456789", "000000000", "111111111", "0"] {
            assert!(
                read(placeholder.as_bytes()) == BsnCell::Placeholder,
                "{placeholder}"
            );
        }
        for mangled in ["1,23E+08", "1.23457E+08", "1E8", "1,23e08"] {
            assert!(read(mangled.as_bytes()) == BsnCell::Mangled, "{mangled}");
        }
        for wrong in [
            "123456783",
            "1234567",
            "12345678",
            "1234567820",
            "onbekend",
            "-",
            "é",
        ] {
            assert!(read(wrong.as_bytes()) == BsnCell::Wrong, "{wrong}");
        }
    }
}

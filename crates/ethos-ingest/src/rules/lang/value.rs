//! Values as lanes of `f64`.

use ethos_model::date::Day;

/// A value that is not there.
pub(crate) const MISSING: f64 = f64::NAN;

/// Bytes that are packed as they are; of longer texts a hash is.
const EXACT: usize = 6;

/// A day as a lane.
pub(crate) fn of_day(day: Option<Day>) -> f64 {
    day.map_or(MISSING, |day| f64::from(day.0))
}

/// A code or text as a lane, in any case and without blanks around it; a blank one is missing.
///
/// Six bytes fit exactly beside their number; of a longer text 48 bits of a hash stand for it,
/// so that two different ones are taken for equal with a chance of 4 in 10¹⁵.
pub(crate) fn of_text(text: &[u8]) -> f64 {
    let text = text.trim_ascii();
    if text.is_empty() {
        return MISSING;
    }
    let upper = |byte: &u8| u64::from(byte.to_ascii_uppercase());
    if text.len() <= EXACT {
        let bytes = text.iter().fold(0, |sum, byte| sum << 8 | upper(byte));
        return ((text.len() as u64) << 48 | bytes) as f64;
    }
    let mut state = 0xcbf2_9ce4_8422_2325_u64;
    for byte in text {
        state = (state ^ upper(byte)).wrapping_mul(0x0000_0100_0000_01b3);
    }
    (7 << 48 | (state ^ state >> 48) & ((1 << 48) - 1)) as f64
}

/// The text that a lane stands for, in capitals; `None` for a long one, of which it holds a hash.
pub(super) fn text_of(lane: f64) -> Option<String> {
    let packed = lane as u64;
    let length = (packed >> 48) as usize;
    let bytes = packed.to_be_bytes();
    let text = bytes.get(8_usize.checked_sub(length.max(1))?..)?;
    let text = String::from_utf8(text.to_vec()).ok()?;
    (length <= EXACT && of_text(text.as_bytes()) == lane).then_some(text)
}

/// The digits of a number as a lane; missing unless there are one to fifteen of them.
pub(crate) fn of_digits(text: &[u8]) -> f64 {
    if text.is_empty() || text.len() > 15 || !text.iter().all(u8::is_ascii_digit) {
        return MISSING;
    }
    text.iter()
        .fold(0_u64, |sum, byte| sum * 10 + u64::from(byte - b'0')) as f64
}

/// An amount with a decimal comma or point and perhaps marks between thousands.
pub(crate) fn of_decimal(text: &[u8]) -> f64 {
    let (negative, digits) = match text.strip_prefix(b"-") {
        Some(rest) => (true, rest),
        None => (false, text),
    };
    if digits.len() > 24 {
        return MISSING;
    }
    // The last mark is the decimal one if at most two digits follow it.
    let mark = digits.iter().rposition(|byte| matches!(byte, b',' | b'.'));
    let decimal = mark.filter(|at| digits.len() - at <= 3);
    let mut plain = String::with_capacity(digits.len());
    for (at, byte) in digits.iter().enumerate() {
        match byte {
            b'0'..=b'9' => plain.push(char::from(*byte)),
            b',' | b'.' if decimal == Some(at) => plain.push('.'),
            b',' | b'.' | b' ' => {}
            _ => return MISSING,
        }
    }
    let number = plain.parse().unwrap_or(MISSING);
    if negative { -number } else { number }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn codes_are_equal_when_they_are_written_alike() {
        assert_eq!(of_text(b" zin "), of_text(b"ZIN"));
        assert_ne!(of_text(b"01"), of_text(b"1"));
        assert_ne!(of_text(b"0"), of_text(b"00"));
        assert_ne!(of_text(b"\0a"), of_text(b"a"));
        assert_eq!(of_text(b"Wijkteam Noord"), of_text(b"wijkteam noord"));
        assert_ne!(of_text(b"Wijkteam Noord"), of_text(b"Wijkteam Zuid"));
        assert!(of_text(b" ").is_nan());
        // Exact in the 53 bits of a lane.
        let longest = of_text(b"~~~~~~");
        assert!(longest < 9_007_199_254_740_992.0 && longest.fract() == 0.0);
        assert_ne!(of_text(b"~~~~~~"), of_text(b"~~~~~}"));
    }

    #[test]
    fn numbers_are_read_as_people_write_them() {
        for (text, value) in [
            ("1.234,50", 1234.5),
            ("1234.5", 1234.5),
            ("1 234", 1234.0),
            ("1.234", 1234.0),
            ("-12,5", -12.5),
            ("0", 0.0),
        ] {
            assert_eq!(of_decimal(text.as_bytes()), value, "{text}");
        }
        assert!(of_decimal(b"E5").is_nan() && of_decimal(b"").is_nan());
        assert_eq!(of_digits(b"123456782"), 123_456_782.0);
        assert!(of_digits(b"1x").is_nan() && of_digits(b"").is_nan());
    }
}

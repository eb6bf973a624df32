//! Numbers as spreadsheets mangle them.

/// The whole number that a text is without a part behind the comma that says nothing (`5,0`), or
/// in scientific notation that kept every digit; `None` for anything else, a plain number among it.
pub(crate) fn whole(text: &str) -> Option<String> {
    let digits = |text: &str| !text.is_empty() && text.bytes().all(|byte| byte.is_ascii_digit());
    if let Some((mantissa, exponent)) = text.split_once(['e', 'E']) {
        let (number, complete) = scientific(mantissa, exponent)?;
        return complete.then_some(number);
    }
    let (whole, rest) = text.split_once([',', '.'])?;
    let nothing = (1..=10).contains(&rest.len()) && rest.bytes().all(|byte| byte == b'0');
    // Three zeros may be thousands.
    (digits(whole) && nothing && rest.len() != 3).then(|| whole.to_owned())
}

/// The digits of a number in scientific notation, and whether it shows all of them.
fn scientific(mantissa: &str, exponent: &str) -> Option<(String, bool)> {
    let exponent = exponent.strip_prefix('+').unwrap_or(exponent);
    let exponent: usize = exponent
        .parse()
        .ok()
        .filter(|_| exponent.bytes().all(|byte| byte.is_ascii_digit()))?;
    let (first, rest) = mantissa.split_once([',', '.']).unwrap_or((mantissa, ""));
    let digits = |text: &str| text.bytes().all(|byte| byte.is_ascii_digit());
    if first.len() != 1 || !digits(first) || !digits(rest) || exponent > 15 {
        return None;
    }
    // `1,2E+08` is shown for any of ten million numbers; only one with a digit for every place is
    // a number.
    Some((format!("{first}{rest}"), rest.len() == exponent))
}

/// Whether a text is a number in scientific notation of which digits are lost.
///
/// ```
/// use ethos_ingest::mend::scientific_lost;
/// assert!(scientific_lost("1,23E+08") && !scientific_lost("1,23456782E+08"));
/// assert!(!scientific_lost("123456782"));
/// ```
pub fn scientific_lost(text: &str) -> bool {
    text.trim()
        .split_once(['e', 'E'])
        .and_then(|(mantissa, exponent)| scientific(mantissa, exponent))
        .is_some_and(|(_, complete)| !complete)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_number_is_mended_only_where_no_digit_is_lost() {
        for (text, number) in [
            ("5,0", "5"),
            ("5.00", "5"),
            ("0363,0", "0363"),
            ("1,23456782E+08", "123456782"),
            ("2.0250131e7", "20250131"),
            ("3E+00", "3"),
        ] {
            assert_eq!(whole(text).as_deref(), Some(number), "{text}");
        }
        for text in [
            "5",
            "5,1",
            "1.000",
            "1,23E+08",
            "12,3E+01",
            "E5",
            "1E",
            "1E+99",
            "-1,0",
            "",
            ",0",
            "1,2345678901E+08",
        ] {
            assert_eq!(whole(text), None, "{text}");
        }
    }
}

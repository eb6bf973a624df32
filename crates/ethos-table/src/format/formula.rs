//! Texts that a spreadsheet would run as a formula.

/// Whether a spreadsheet would run the text, apostrophes before it not counted. A negative number
/// is only a number.
fn runs(text: &str) -> bool {
    let text = text.trim_start_matches('\'');
    let first = text.as_bytes().first();
    matches!(first, Some(b'=' | b'+' | b'-' | b'@' | b'\t' | b'\r')) && !is_negative_number(text)
}

/// Digits behind a minus, with at most one point or comma between them.
fn is_negative_number(text: &str) -> bool {
    let digits = |part: &str| !part.is_empty() && part.bytes().all(|byte| byte.is_ascii_digit());
    text.strip_prefix('-').is_some_and(|rest| {
        digits(rest)
            || rest
                .split_once(['.', ','])
                .is_some_and(|(whole, part)| digits(whole) && digits(part))
    })
}

/// Adds a text to a cell as it stands in a file: with an apostrophe in front where a spreadsheet
/// would run it.
///
/// ```
/// let mut cell = String::new();
/// ethos_table::stop_formula("=1+1", &mut cell);
/// assert_eq!(cell, "'=1+1");
/// ```
pub fn stop(text: &str, cell: &mut String) {
    if runs(text) {
        cell.push('\'');
    }
    cell.push_str(text);
}

/// The text that [`stop`] wrote.
pub(crate) fn restore(cell: &str) -> &str {
    match cell.strip_prefix('\'') {
        Some(text) if runs(text) => text,
        _ => cell,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn formulas_are_stopped_and_restored() {
        for (text, written) in [
            ("=1+1", "'=1+1"),
            ("'=1+1", "''=1+1"),
            ("-", "'-"),
            ("-4065", "-4065"),
            ("-0,5", "-0,5"),
            ("-1-1", "'-1-1"),
            ("-1.2.3", "'-1.2.3"),
            ("-.5", "'-.5"),
            ("+31", "'+31"),
            ("@x", "'@x"),
            ("'s-Gravenhage", "'s-Gravenhage"),
            ("''", "''"),
            ("a=b", "a=b"),
            ("\tx", "'\tx"),
            ("", ""),
        ] {
            let mut cell = String::new();
            stop(text, &mut cell);
            assert_eq!(cell, written);
            assert_eq!(restore(&cell), text);
        }
    }
}

//! Texts that a spreadsheet would run as a formula.

/// Whether a spreadsheet would run the text, apostrophes before it not counted.
fn runs(text: &str) -> bool {
    matches!(
        text.trim_start_matches('\'').as_bytes().first(),
        Some(b'=' | b'+' | b'-' | b'@' | b'\t' | b'\r')
    )
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

//! Texts that a spreadsheet would run as a formula.

/// Whether a formula may begin with this sign. Some spreadsheets take the wide forms of East Asian keyboards for
/// the plain ones.
pub fn is_sign(c: char) -> bool {
    matches!(
        c,
        '=' | '+' | '-' | '@' | '\u{ff1d}' | '\u{ff0b}' | '\u{ff0d}' | '\u{ff20}'
    )
}

/// Whether a spreadsheet would run the text, apostrophes before it not counted. A negative number
/// is only a number.
fn runs(text: &str) -> bool {
    let text = text.trim_start_matches('\'');
    let begins = |c: char| is_sign(c) || matches!(c, '\t' | '\r');
    text.starts_with(begins) && !is_negative_number(text)
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

/// Adds a text in which several cells may stand, such as a row of another file: with an apostrophe before each
/// that a spreadsheet would run, at whichever separator it splits the text and whatever quotes are around them.
///
/// ```
/// let mut cell = String::new();
/// ethos_table::stop_formulas("0363;-5;\"=1+1\";2025-01-31", &mut cell);
/// assert_eq!(cell, "0363;-5;\"'=1+1\";2025-01-31");
/// ```
pub fn stop_all(text: &str, cell: &mut String) {
    let is_separator = |c: char| matches!(c, ';' | ',' | '\t' | '|' | '\n' | '\r' | '\x1f');
    let mut begins = true;
    for (at, c) in text.char_indices() {
        if begins && is_sign(c) {
            let rest = &text[at..];
            let end = rest.find(|c| is_separator(c) || c == '"');
            if !is_negative_number(&rest[..end.unwrap_or(rest.len())]) {
                cell.push('\'');
            }
        }
        cell.push(c);
        begins = is_separator(c) || (begins && c == '"');
    }
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
    fn formulas_are_stopped_in_every_cell_of_a_row() {
        for (text, written) in [
            ("a;=1+1", "a;'=1+1"),
            ("=a;@b,+c\t-d|=e\n=f", "'=a;'@b,'+c\t'-d|'=e\n'=f"),
            (
                "a;\"=HYPERLINK(\"\"x\"\")\"",
                "a;\"'=HYPERLINK(\"\"x\"\")\"",
            ),
            // Behind a blank it is a text to every spreadsheet.
            ("=, + and - or @", "'=, + and - or @"),
            ("a;-12;-0,5;-", "a;-12;-0,5;'-"),
            (
                "\u{ff1d}1+1;\"\u{ff20}x\";a\u{ff0b}b",
                "'\u{ff1d}1+1;\"'\u{ff20}x\";a\u{ff0b}b",
            ),
            ("a;'=1;2025-01-31;a=b", "a;'=1;2025-01-31;a=b"),
            ("", ""),
        ] {
            let mut cell = String::new();
            stop_all(text, &mut cell);
            assert_eq!(cell, written);
        }
    }

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
            ("\u{ff1d}1+1", "'\u{ff1d}1+1"),
            ("\u{ff0b}31", "'\u{ff0b}31"),
            ("\u{ff0d}5", "'\u{ff0d}5"),
            ("\u{ff20}SUM(1)", "'\u{ff20}SUM(1)"),
            ("", ""),
        ] {
            let mut cell = String::new();
            stop(text, &mut cell);
            assert_eq!(cell, written);
            assert_eq!(restore(&cell), text);
        }
    }
}

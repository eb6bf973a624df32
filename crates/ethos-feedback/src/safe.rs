//! Text that a spreadsheet does not take for a formula.

use std::borrow::Cow;

/// The text with an apostrophe before it where a spreadsheet would read a formula (OWASP, "CSV injection").
///
/// ```
/// use ethos_feedback::safe::cell;
/// assert_eq!(cell("=HYPERLINK(\"http://x\")"), "'=HYPERLINK(\"http://x\")");
/// assert_eq!(cell("\u{ff1d}1+1"), "'\u{ff1d}1+1");
/// assert_eq!(cell("GM0363"), "GM0363");
/// ```
pub fn cell(text: &str) -> Cow<'_, str> {
    match text.chars().next() {
        Some(c) if ethos_table::is_formula_sign(c) || matches!(c, '\t' | '\r') => {
            Cow::Owned(format!("'{text}"))
        }
        _ => Cow::Borrowed(text),
    }
}

/// A text of the sender's, or one that names something of theirs: with an apostrophe before a formula at its start,
/// and at every place where a spreadsheet may split it that takes another character for the end of a cell.
///
/// ```
/// use ethos_feedback::safe::text;
/// assert_eq!(text("kolom;=HYPERLINK(1)"), "kolom;'=HYPERLINK(1)");
/// assert_eq!(text("De waarde begint met =, + of @."), "De waarde begint met =, + of @.");
/// ```
pub fn text(text: &str) -> Cow<'_, str> {
    let mut safe = String::new();
    ethos_table::stop_formulas(text, &mut safe);
    match cell(&safe) {
        Cow::Owned(safe) => Cow::Owned(safe),
        Cow::Borrowed(_) if safe == text => Cow::Borrowed(text),
        Cow::Borrowed(_) => Cow::Owned(safe),
    }
}

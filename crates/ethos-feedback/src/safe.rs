//! Text that a spreadsheet does not take for a formula.

use std::borrow::Cow;

/// The text with an apostrophe before it where a spreadsheet would read a formula (OWASP, "CSV injection").
///
/// ```
/// use ethos_feedback::safe::cell;
/// assert_eq!(cell("=HYPERLINK(\"http://x\")"), "'=HYPERLINK(\"http://x\")");
/// assert_eq!(cell("GM0363"), "GM0363");
/// ```
pub fn cell(text: &str) -> Cow<'_, str> {
    match text.bytes().next() {
        Some(b'=' | b'+' | b'-' | b'@' | b'\t' | b'\r') => Cow::Owned(format!("'{text}")),
        _ => Cow::Borrowed(text),
    }
}

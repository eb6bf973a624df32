//! Text in XML.

/// The text with what XML would take for markup written out, and without the control characters
/// that XML cannot hold.
pub(super) fn escape(text: &str) -> String {
    let mut out = String::with_capacity(text.len());
    for character in text.chars() {
        match character {
            '&' => out.push_str("&amp;"),
            '<' => out.push_str("&lt;"),
            '>' => out.push_str("&gt;"),
            '"' => out.push_str("&quot;"),
            '\t' | '\n' | '\r' => out.push(' '),
            '\u{fffe}' | '\u{ffff}' => {}
            other if other < ' ' => {}
            other => out.push(other),
        }
    }
    out
}

#[cfg(test)]
mod tests {
    use super::escape;

    #[test]
    fn markup_is_written_out() {
        assert_eq!(
            escape("<a href=\"x\">R&D\u{1}\n</a>"),
            "&lt;a href=&quot;x&quot;&gt;R&amp;D &lt;/a&gt;"
        );
    }
}

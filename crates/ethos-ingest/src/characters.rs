//! Characters that are not those that were written: lost, or read in another encoding than the cell's.

use encoding_rs::WINDOWS_1252;

/// What is wrong with the characters of a cell.
#[derive(Clone, PartialEq, Eq, Debug)]
pub(crate) enum Damage {
    /// A character is lost: U+FFFD stands in its place.
    Lost,
    /// UTF-8 that was read as Windows-1252, and what it was.
    OtherEncoding(String),
}

/// What is wrong with the characters of a cell, if anything is.
pub(crate) fn damage(cell: &[u8]) -> Option<Damage> {
    if cell.is_ascii() {
        return None;
    }
    let text = std::str::from_utf8(cell).ok()?;
    if text.contains('\u{fffd}') {
        return Some(Damage::Lost);
    }
    let read = read_again(text);
    (read != text).then_some(Damage::OtherEncoding(read))
}

/// A text in which what is UTF-8 read as Windows-1252 is read as UTF-8: `Ã«` as `ë`.
fn read_again(text: &str) -> String {
    let mut read = String::with_capacity(text.len());
    let mut rest = text;
    while let Some(c) = rest.chars().next() {
        let length = match c {
            // What begins a character of two, three or four bytes, seen as a letter.
            '\u{c2}'..='\u{df}' => 2,
            '\u{e0}'..='\u{ef}' => 3,
            '\u{f0}'..='\u{f4}' => 4,
            _ => 1,
        };
        let end = rest
            .char_indices()
            .nth(length)
            .map_or(rest.len(), |(at, _)| at);
        let found = (length > 1).then(|| as_utf8(&rest[..end])).flatten();
        let taken = if found.is_some() { end } else { c.len_utf8() };
        read.push(found.unwrap_or(c));
        rest = &rest[taken..];
    }
    read
}

/// The letter that some characters are when their bytes in Windows-1252 are taken for UTF-8. Signs do not
/// count: `Â»` may be meant.
fn as_utf8(text: &str) -> Option<char> {
    let (bytes, _, unmappable) = WINDOWS_1252.encode(text);
    let mut found = std::str::from_utf8(&bytes)
        .ok()
        .filter(|_| !unmappable)?
        .chars();
    let (c, None) = (found.next()?, found.next()) else {
        return None;
    };
    (c.is_alphabetic() || matches!(c, '\u{2010}'..='\u{2026}' | '\u{a0}' | '€')).then_some(c)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_was_read_in_another_encoding_is_told_and_what_is_not_is_left() {
        let other = |text: &str| match damage(text.as_bytes()) {
            Some(Damage::OtherEncoding(read)) => Some(read),
            _ => None,
        };
        for (wrong, right) in [
            ("ASSÃ«", "ASSë"),
            ("ZoÃ«", "Zoë"),
            ("CafÃ© â€œOostâ€\u{9d}", "Café “Oost”"),
        ] {
            assert_eq!(other(wrong).as_deref(), Some(right), "{wrong}");
        }
        for right in [
            "Zoë",
            "één",
            "Ângela",
            "Ærø",
            "Ñandú",
            "s-Gravenhage",
            "Â»",
            "ÃO",
            "Łódź",
        ] {
            assert_eq!(damage(right.as_bytes()), None, "{right}");
        }
        assert_eq!(damage("BPP\u{fffd}".as_bytes()), Some(Damage::Lost));
        assert_eq!(damage(b"BPP"), None);
        assert_eq!(damage(b"\xff"), None);
    }
}

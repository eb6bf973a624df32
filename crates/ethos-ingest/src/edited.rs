//! Tables that a person fills in with a spreadsheet: read in whatever encoding and with whatever delimiter the
//! spreadsheet saved them, as deliveries are.

use std::borrow::Cow;
use std::io::Read;

use crate::decode;
use crate::input::Input;

/// Bytes before UTF-8 text by which some programs know it.
const MARK: &[u8] = b"\xef\xbb\xbf";

/// A table as UTF-8 text, and what stands between its cells: semicolons, tabs or commas.
///
/// ```
/// use ethos_ingest::edited::edited;
/// let (text, delimiter) = edited(b"wat;toelichting\nbe\xebindiging;ja\n");
/// assert_eq!((&*text, delimiter), ("wat;toelichting\nbeëindiging;ja\n".as_bytes(), b';'));
/// ```
pub fn edited(bytes: &[u8]) -> (Cow<'_, [u8]>, u8) {
    let text = match std::str::from_utf8(bytes) {
        Ok(text) if !text.contains('\0') => Cow::Borrowed(bytes),
        _ => decoded(bytes).map_or(Cow::Borrowed(bytes), Cow::Owned),
    };
    let text = match text {
        Cow::Borrowed(text) => Cow::Borrowed(text.strip_prefix(MARK).unwrap_or(text)),
        Cow::Owned(text) if text.starts_with(MARK) => Cow::Owned(text[MARK.len()..].to_vec()),
        text @ Cow::Owned(_) => text,
    };
    let head = text.split(|byte| *byte == b'\n').next().unwrap_or_default();
    let delimiter = [b';', b'\t'].into_iter().find(|byte| head.contains(byte));
    (text, delimiter.unwrap_or(b','))
}

fn decoded(bytes: &[u8]) -> Option<Vec<u8>> {
    let input = Input::bytes("", bytes);
    let survey = decode::survey(&input, None).ok()?;
    let mut reader = decode::open(&input, &survey).ok()?;
    // Not `read_to_end`: it may give room for less than a character, of which the decoder makes a panic.
    let (mut text, mut room) = (Vec::new(), [0; 4096]);
    loop {
        match reader.read(&mut room).ok()? {
            0 => return Some(text),
            read => text.extend_from_slice(&room[..read]),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn whatever_a_spreadsheet_saved_is_read() {
        let text = "wat;toelichting\r\nbeëindiging;'s-Gravenhage zegt: klopt\r\n";
        let wide = |mark: &[u8], of: fn(u16) -> [u8; 2]| -> Vec<u8> {
            let units = text.encode_utf16().flat_map(of);
            mark.iter().copied().chain(units).collect()
        };
        let narrow: Vec<u8> = text
            .chars()
            .map(|c| u8::try_from(u32::from(c)).unwrap())
            .collect();
        for bytes in [
            text.as_bytes().to_vec(),
            [b"\xef\xbb\xbf", text.as_bytes()].concat(),
            narrow,
            wide(&[0xff, 0xfe], u16::to_le_bytes),
            wide(&[0xfe, 0xff], u16::to_be_bytes),
        ] {
            let (read, delimiter) = edited(&bytes);
            assert_eq!(String::from_utf8_lossy(&read), text);
            assert_eq!(delimiter, b';');
        }
        // Bytes that are no characters, in as many lengths as there may be room left for.
        for length in 0..200 {
            let text = [&b"\xef\xbb\xbfG"[..], &b"\xbb\xbf\xef\xbf".repeat(length)].concat();
            assert!(edited(&text).0.starts_with(b"G"), "{length}");
        }
        assert_eq!(edited(b"a\tb\n").1, b'\t');
        assert_eq!(edited(b"a,b\n").1, b',');
    }
}

//! Tables that a person fills in with a spreadsheet: read in whatever encoding and with whatever delimiter the
//! spreadsheet saved them, as deliveries are.

use std::borrow::Cow;
use std::io::Read;

use ethos_model::date::Day;

use crate::decode;
use crate::input::Input;
use crate::mend::{DayOrder, day_in};

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

/// The line of a text on which a row begins that a reader says stands at a byte: 1 for the first. Readers of rows
/// count otherwise where lines end in two characters or are blank.
pub fn line_at(text: &[u8], byte: u64) -> u64 {
    let is_end = |byte: u8| matches!(byte, b'\n' | b'\r');
    let at = usize::try_from(byte).map_or(text.len(), |at| at.min(text.len()));
    let ends = text[at..].iter().take_while(|byte| is_end(**byte)).count();
    let before = &text[..at + ends];
    let lines = before.iter().enumerate().filter(|(at, byte)| match byte {
        b'\n' => true,
        b'\r' => before.get(at + 1) != Some(&b'\n'),
        _ => false,
    });
    1 + lines.count() as u64
}

/// A day as a person writes it in such a table: `2026-02-01`, `20260201`, `1-2-2026` or `1 februari 2026`.
pub fn day(text: &str) -> Option<Day> {
    Day::parse(text).or_else(|| day_in(text, DayOrder::DayFirst))
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
    fn a_row_is_told_by_its_line() {
        for end in ["\n", "\r\n", "\r"] {
            let text = ["a;b", "1;\"x\ny\"", "", "2;z", ""].join(end);
            let mut reader = csv::ReaderBuilder::new()
                .delimiter(b';')
                .from_reader(text.as_bytes());
            let lines: Vec<u64> = reader
                .records()
                .map(|row| line_at(text.as_bytes(), row.unwrap().position().unwrap().byte()))
                .collect();
            assert_eq!(lines, [2, 5], "{end:?}");
        }
    }

    #[test]
    fn days_are_read_as_people_write_them() {
        for text in [
            "2026-02-01",
            "20260201",
            "1-2-2026",
            "01/02/2026",
            "1 feb 2026",
        ] {
            assert_eq!(day(text), Day::parse("2026-02-01"), "{text}");
        }
        for text in ["1-2-26", "31-2-2026", "februari"] {
            assert_eq!(day(text), None, "{text}");
        }
    }

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

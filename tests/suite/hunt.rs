//! Looking for planted values in anything that was written: in bytes of any width, inside archives,
//! behind entities and escapes, in any letter case, with or without points and blanks.

use std::io::{Cursor, Read};

use zip::ZipArchive;

/// A part of a value this long tells whose it is. Masked values keep their last two characters.
const TELLING: usize = 6;

/// Values that may stand nowhere.
pub(crate) struct Hunt {
    needles: Vec<(String, String)>,
}

impl Hunt {
    /// Every part of these values that tells who it is about.
    pub(crate) fn new(values: &[&str]) -> Self {
        let mut needles = Vec::new();
        for value in values {
            let letters: Vec<char> = plain(value).trim_end().chars().collect();
            // The month of a day tells nobody's birth date.
            let is_day = letters.len() == 8 && letters.iter().all(char::is_ascii_digit)
                || value.contains(" september ");
            let width = if is_day {
                letters.len()
            } else {
                letters.len().min(TELLING)
            };
            assert!(width > 2, "`{value}` would be found anywhere");
            for part in letters.windows(width) {
                needles.push((part.iter().collect(), (*value).to_owned()));
            }
        }
        Self { needles }
    }

    /// A value that stands in these bytes, with the part of an archive it is in.
    pub(crate) fn find(&self, what: &str, bytes: &[u8]) -> Option<String> {
        if bytes.starts_with(b"PK\x03\x04") {
            return members(bytes).into_iter().find_map(|(name, inner)| {
                let what = format!("{what}, in {name}");
                self.find(&what, name.as_bytes())
                    .or_else(|| self.find(&what, &inner))
            });
        }
        readings(bytes).into_iter().find_map(|text| {
            let plain = plain(&unescaped(&text));
            let (part, value) = self
                .needles
                .iter()
                .find(|(part, _)| plain.contains(part.as_str()))?;
            Some(format!("{what} holds `{part}` of {value}"))
        })
    }

    #[track_caller]
    pub(crate) fn finds_nothing(&self, what: &str, bytes: &[u8]) {
        if let Some(found) = self.find(what, bytes) {
            panic!("{found}");
        }
    }
}

/// The members of an archive, unpacked.
pub(crate) fn members(bytes: &[u8]) -> Vec<(String, Vec<u8>)> {
    let mut archive = ZipArchive::new(Cursor::new(bytes)).expect("an archive that we wrote");
    let mut list = Vec::new();
    for at in 0..archive.len() {
        let mut member = archive.by_index(at).expect("a member");
        let mut inner = Vec::new();
        member.read_to_end(&mut inner).expect("a member is whole");
        list.push((
            String::from_utf8_lossy(member.name_raw()).into_owned(),
            inner,
        ));
    }
    list
}

/// The ways in which bytes can be read as text.
fn readings(bytes: &[u8]) -> Vec<String> {
    let mut list = vec![String::from_utf8_lossy(bytes).into_owned()];
    if !bytes.is_ascii() {
        list.push(bytes.iter().map(|byte| char::from(*byte)).collect());
    }
    if bytes.contains(&0) {
        for from in 0..2 {
            let pairs = bytes.get(from..).unwrap_or_default().chunks_exact(2);
            for order in [u16::from_le_bytes, u16::from_be_bytes] {
                let units: Vec<u16> = pairs
                    .clone()
                    .map(|pair| order([pair[0], pair[1]]))
                    .collect();
                list.push(String::from_utf16_lossy(&units));
            }
        }
    }
    list
}

/// Text without the entities of markup, the escapes of JSON and those of addresses.
fn unescaped(text: &str) -> String {
    let mut out = String::with_capacity(text.len());
    let mut rest = text;
    while let Some(at) = rest.find(['&', '\\', '%']) {
        out.push_str(&rest[..at]);
        rest = &rest[at..];
        let (letter, long) = escape(rest).unwrap_or((rest.chars().next().unwrap_or(' '), 1));
        out.push(letter);
        rest = &rest[long..];
    }
    out + rest
}

/// The character that an escape at the beginning stands for, and how long the escape is.
fn escape(text: &str) -> Option<(char, usize)> {
    let (digits, radix, long) = if let Some(rest) = text.strip_prefix("&#x") {
        (&rest[..rest.find(';')?], 16, rest.find(';')? + 4)
    } else if let Some(rest) = text.strip_prefix("&#") {
        (&rest[..rest.find(';')?], 10, rest.find(';')? + 3)
    } else if let Some(rest) = text.strip_prefix("\\u") {
        (rest.get(..4)?, 16, 6)
    } else if let Some(rest) = text.strip_prefix('%') {
        (rest.get(..2)?, 16, 3)
    } else {
        return None;
    };
    let letter = u32::from_str_radix(digits, radix)
        .ok()
        .and_then(char::from_u32)?;
    Some((letter, long))
}

/// Letters and digits in one case, what stands within a number or a name taken out, and hashes too:
/// in their digits any number occurs by chance.
fn plain(text: &str) -> String {
    let joined: String = text
        .chars()
        .filter(|c| {
            !matches!(
                c,
                ' ' | '.' | '-' | '/' | '_' | '\u{a0}' | '\u{ad}' | '\u{200b}'
            )
        })
        .collect();
    let mut out = String::with_capacity(joined.len());
    for word in joined.split(|c: char| !c.is_alphanumeric()) {
        let hash = word.len() >= 16
            && word.bytes().all(|byte| byte.is_ascii_hexdigit())
            && word.bytes().any(|byte| byte.is_ascii_alphabetic());
        if !hash {
            out.push_str(&word.to_lowercase());
        }
        out.push('\n');
    }
    out
}

/// What is looked for is found, however it is written.
#[test]
fn a_planted_value_is_found_however_it_is_written() {
    let hunt = Hunt::new(&["879603082", "Quäckelbeen"]);
    let wide: Vec<u8> = "x;879603082"
        .encode_utf16()
        .flat_map(u16::to_le_bytes)
        .collect();
    let odd = [b"x".as_slice(), &wide].concat();
    let latin = b"a;Qu\xe4ckelbeen;b";
    for bytes in [
        b"879603082".as_slice(),
        b"8796.03.082",
        b"8796 030 8*",
        b"12879603082",
        &wide,
        &odd,
        latin,
        "QUÄCKELBEEN".as_bytes(),
        b"Qu&#228;ckelbeen",
        b"Qu&#xE4;ckelbeen",
        b"Qu\\u00e4ckelbeen",
        b"8796%30308",
    ] {
        assert!(
            hunt.find("it", bytes).is_some(),
            "{}",
            String::from_utf8_lossy(bytes)
        );
    }
    for bytes in [
        b"*******82".as_slice(),
        b"879;603;082",
        b"",
        b"a%zz&#;\\u12",
    ] {
        assert!(
            hunt.find("it", bytes).is_none(),
            "{}",
            String::from_utf8_lossy(bytes)
        );
    }
}

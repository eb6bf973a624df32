//! From bytes to text: what a file is encoded in, found from its bytes, and the file as UTF-8.
//!
//! A file is read twice: once to hash it and to find its encoding, once for its rows. So a file
//! of any size takes the same memory.

use std::io::{self, Read};

use encoding_rs::{CoderResult, Decoder, UTF_8, UTF_16BE, UTF_16LE, WINDOWS_1252};
use sha2::{Digest, Sha256};

use crate::input::Input;
use crate::key::hex;

/// How a file's characters are written.
#[derive(Copy, Clone, PartialEq, Eq, PartialOrd, Ord, Debug)]
pub enum Encoding {
    /// UTF-8 without a byte order mark; plain ASCII too.
    Utf8,
    /// UTF-8 with a byte order mark.
    Utf8Bom,
    /// A byte order mark of UTF-8 before bytes that are not: each is read as U+FFFD.
    Utf8Damaged,
    /// UTF-16, little end first, with a byte order mark.
    Utf16Le,
    /// UTF-16, big end first, with a byte order mark.
    Utf16Be,
    /// Windows-1252: what is not UTF-8 and has no byte order mark.
    Windows1252,
}

impl Encoding {
    /// Name, as findings print it.
    pub fn name(self) -> &'static str {
        match self {
            Self::Utf8 => "UTF-8",
            Self::Utf8Bom => "UTF-8 (BOM)",
            Self::Utf8Damaged => "UTF-8 (BOM), U+FFFD",
            Self::Utf16Le => "UTF-16 LE",
            Self::Utf16Be => "UTF-16 BE",
            Self::Windows1252 => "Windows-1252",
        }
    }

    /// Whether a finding tells the sender of it.
    pub(crate) fn is_unusual(self) -> bool {
        !matches!(self, Self::Utf8 | Self::Utf8Bom)
    }
}

/// A kind of file that is not text.
#[derive(Copy, Clone, PartialEq, Eq, Debug)]
pub(crate) enum Binary {
    Workbook,
    OldWorkbook,
    Zip,
    Parquet,
    Arrow,
    Pdf,
    Other,
}

impl Binary {
    /// Whether it holds a table that can be read.
    pub(crate) fn is_table(self) -> bool {
        matches!(self, Self::Parquet | Self::Arrow)
    }

    /// What it is called, in Dutch and English.
    pub(crate) fn names(self) -> (&'static str, &'static str) {
        match self {
            Self::Workbook => ("een Excel-werkmap (.xlsx)", "an Excel workbook (.xlsx)"),
            Self::OldWorkbook => ("een Office-bestand (.xls)", "an Office file (.xls)"),
            Self::Zip => ("een zip-bestand", "a zip archive"),
            Self::Parquet => (
                "een beschadigd Parquet-bestand, of een in het geheugen",
                "a damaged Parquet file, or one in memory",
            ),
            Self::Arrow => (
                "een beschadigd Arrow-bestand, of een in het geheugen",
                "a damaged Arrow file, or one in memory",
            ),
            Self::Pdf => ("een pdf", "a PDF"),
            Self::Other => ("een binair bestand", "a binary file"),
        }
    }
}

/// What the first reading of a file tells.
#[derive(Clone, PartialEq, Eq, Debug)]
pub(crate) struct Survey {
    /// SHA-256 of the bytes, in hexadecimal.
    pub(crate) sha256: String,
    pub(crate) bytes: u64,
    pub(crate) encoding: Encoding,
    pub(crate) binary: Option<Binary>,
    /// Whether the decoded text can hold NUL characters.
    pub(crate) nuls: bool,
    /// The byte that ends a line: `\n`, or `\r` where there is no `\n` at all.
    pub(crate) line_end: u8,
}

const CHUNK: usize = 1 << 17;

/// Reads the file once.
///
/// # Errors
/// What the system says of the file.
pub(crate) fn survey(input: &Input) -> io::Result<Survey> {
    let mut file = input.open()?;
    let mut hash = Sha256::new();
    let mut buffer = vec![0; CHUNK];
    let mut head: Vec<u8> = Vec::new();
    let mut utf8 = Utf8Check::default();
    let (mut bytes, mut nuls, mut newline, mut carriage) = (0_u64, 0_u64, false, false);
    loop {
        let read = read_some(&mut file, &mut buffer)?;
        if read == 0 {
            break;
        }
        let chunk = &buffer[..read];
        hash.update(chunk);
        if head.len() < 64 {
            head.extend_from_slice(&chunk[..read.min(64)]);
        }
        utf8.take(chunk);
        nuls += memchr::memchr_iter(0, chunk).count() as u64;
        newline = newline || memchr::memchr(b'\n', chunk).is_some();
        carriage = carriage || memchr::memchr(b'\r', chunk).is_some();
        bytes += read as u64;
    }
    let valid = utf8.finish();
    let encoding = if head.starts_with(b"\xff\xfe") {
        Encoding::Utf16Le
    } else if head.starts_with(b"\xfe\xff") {
        Encoding::Utf16Be
    } else if head.starts_with(b"\xef\xbb\xbf") {
        if valid {
            Encoding::Utf8Bom
        } else {
            Encoding::Utf8Damaged
        }
    } else if valid {
        Encoding::Utf8
    } else {
        Encoding::Windows1252
    };
    let wide = matches!(encoding, Encoding::Utf16Le | Encoding::Utf16Be);
    let binary = known_binary(&head).or((!wide && nuls > bytes / 10).then_some(Binary::Other));
    Ok(Survey {
        sha256: hex(&hash.finalize()),
        bytes,
        encoding,
        binary,
        nuls: wide || nuls > 0,
        line_end: if newline || !carriage { b'\n' } else { b'\r' },
    })
}

fn known_binary(head: &[u8]) -> Option<Binary> {
    if head.starts_with(b"PK\x03\x04") {
        let office = [b"[Content_Types]".as_slice(), b"xl/", b"_rels/"];
        let is_office = office
            .iter()
            .any(|name| head.windows(name.len()).any(|part| part == *name));
        return Some(if is_office {
            Binary::Workbook
        } else {
            Binary::Zip
        });
    }
    [
        (b"PAR1".as_slice(), Binary::Parquet),
        (b"ARROW1", Binary::Arrow),
        (b"%PDF-", Binary::Pdf),
        (b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1", Binary::OldWorkbook),
        (b"\x1f\x8b", Binary::Zip),
    ]
    .into_iter()
    .find(|(start, _)| head.starts_with(start))
    .map(|(_, binary)| binary)
}

fn read_some(file: &mut impl Read, buffer: &mut [u8]) -> io::Result<usize> {
    loop {
        match file.read(buffer) {
            Err(error) if error.kind() == io::ErrorKind::Interrupted => {}
            other => return other,
        }
    }
}

/// Whether chunks are UTF-8 when put together.
#[derive(Default)]
struct Utf8Check {
    failed: bool,
    /// The start of a character that the last chunk broke off.
    rest: Vec<u8>,
}

impl Utf8Check {
    fn take(&mut self, chunk: &[u8]) {
        let mut chunk = chunk;
        while !self.failed && !self.rest.is_empty() && !chunk.is_empty() {
            self.rest.push(chunk[0]);
            chunk = &chunk[1..];
            match std::str::from_utf8(&self.rest) {
                Ok(_) => self.rest.clear(),
                Err(error) => self.failed = error.error_len().is_some(),
            }
        }
        if self.failed || chunk.is_empty() {
            return;
        }
        if let Err(error) = std::str::from_utf8(chunk) {
            if error.error_len().is_some() {
                self.failed = true;
            } else {
                self.rest = chunk[error.valid_up_to()..].to_vec();
            }
        }
    }

    fn finish(self) -> bool {
        !self.failed && self.rest.is_empty()
    }
}

/// Opens the file as UTF-8 text without a byte order mark.
///
/// The reader must be given at least 16 bytes of room at a time.
///
/// # Errors
/// What the system says of the file.
pub(crate) fn open(input: &Input, encoding: Encoding) -> io::Result<Box<dyn Read + '_>> {
    let mut file = input.open()?;
    let decoder = match encoding {
        Encoding::Utf8 => return Ok(file),
        Encoding::Utf8Bom => {
            file.read_exact(&mut [0; 3])?;
            return Ok(file);
        }
        Encoding::Utf8Damaged => UTF_8.new_decoder_with_bom_removal(),
        Encoding::Utf16Le => UTF_16LE.new_decoder_with_bom_removal(),
        Encoding::Utf16Be => UTF_16BE.new_decoder_with_bom_removal(),
        Encoding::Windows1252 => WINDOWS_1252.new_decoder_without_bom_handling(),
    };
    Ok(Box::new(Decoded {
        file,
        decoder,
        raw: vec![0; CHUNK],
        at: 0,
        end: 0,
        at_end: false,
        done: false,
    }))
}

struct Decoded<R> {
    file: R,
    decoder: Decoder,
    raw: Vec<u8>,
    at: usize,
    end: usize,
    at_end: bool,
    done: bool,
}

impl<R: Read> Read for Decoded<R> {
    fn read(&mut self, room: &mut [u8]) -> io::Result<usize> {
        while !self.done {
            if self.at == self.end && !self.at_end {
                self.end = read_some(&mut self.file, &mut self.raw)?;
                self.at = 0;
                self.at_end = self.end == 0;
            }
            let raw = &self.raw[self.at..self.end];
            let (result, taken, written, _) = self.decoder.decode_to_utf8(raw, room, self.at_end);
            self.at += taken;
            self.done = self.at_end && result == CoderResult::InputEmpty;
            if written > 0 {
                return Ok(written);
            }
            if result == CoderResult::OutputFull {
                return Err(io::Error::other("no room for a character"));
            }
        }
        Ok(0)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn decoded(bytes: &[u8]) -> (Encoding, String) {
        let input = Input::bytes("a.csv", bytes);
        let encoding = survey(&input).unwrap().encoding;
        let mut text = Vec::new();
        let mut reader = open(&input, encoding).unwrap();
        let mut room = [0; 16];
        loop {
            let read = reader.read(&mut room).unwrap();
            if read == 0 {
                break;
            }
            text.extend_from_slice(&room[..read]);
        }
        (encoding, String::from_utf8(text).unwrap())
    }

    #[test]
    fn encodings_are_told_apart_and_read() {
        let text = "naam;€\r\nZoë;één\r\n".repeat(3);
        let wide = |little: bool| -> Vec<u8> {
            "\u{feff}"
                .encode_utf16()
                .chain(text.encode_utf16())
                .flat_map(|unit| {
                    if little {
                        unit.to_le_bytes()
                    } else {
                        unit.to_be_bytes()
                    }
                })
                .collect()
        };
        let windows = WINDOWS_1252.encode(&text).0.into_owned();
        let with_bom = [b"\xef\xbb\xbf", text.as_bytes()].concat();
        for (bytes, encoding) in [
            (text.as_bytes().to_vec(), Encoding::Utf8),
            (with_bom, Encoding::Utf8Bom),
            (wide(true), Encoding::Utf16Le),
            (wide(false), Encoding::Utf16Be),
            (windows, Encoding::Windows1252),
        ] {
            assert_eq!(decoded(&bytes), (encoding, text.clone()));
        }
        let damaged = decoded(b"\xef\xbb\xbfa\xff");
        assert_eq!(damaged, (Encoding::Utf8Damaged, "a\u{fffd}".into()));
    }

    #[test]
    fn a_character_across_chunks_is_one_character() {
        let mut check = Utf8Check::default();
        for byte in "€é€".bytes() {
            check.take(&[byte]);
        }
        assert!(check.finish());
        let mut check = Utf8Check::default();
        check.take(b"\xe2");
        check.take(b"a");
        assert!(!check.finish());
        let mut check = Utf8Check::default();
        check.take(b"a\xe2\x82");
        assert!(!check.finish());
    }

    #[test]
    fn files_that_are_no_text_are_named() {
        let binary = |bytes: &[u8]| survey(&Input::bytes("a", bytes)).unwrap().binary;
        assert_eq!(
            binary(b"PK\x03\x04aaaaaaaaaaaaaaaaaaaaaaaaaa[Content_Types].xml"),
            Some(Binary::Workbook)
        );
        assert_eq!(binary(b"PK\x03\x04abc"), Some(Binary::Zip));
        assert_eq!(binary(b"PAR1xx"), Some(Binary::Parquet));
        assert_eq!(binary(b"a\0b\0c\0"), Some(Binary::Other));
        assert_eq!(binary(b"a;b\n1;2\n"), None);
        assert_eq!(binary(b""), None);
    }

    #[test]
    fn the_hash_is_of_the_bytes() {
        let survey = survey(&Input::bytes("a", *b"abc")).unwrap();
        assert_eq!(
            survey.sha256,
            "ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad"
        );
        assert_eq!((survey.bytes, survey.line_end), (3, b'\n'));
    }
}

//! From bytes to text: what a file is encoded in, found from its bytes, and the file as UTF-8.
//!
//! A file is read twice: once to hash it and to find its encoding, once for its rows. So a file
//! of any size takes the same memory.

mod binary;
mod encoding;
mod utf8;

use std::io::{self, Read};

use encoding_rs::{CoderResult, Decoder, UTF_8, UTF_16BE, UTF_16LE, WINDOWS_1252};
use sha2::{Digest, Sha256};

use crate::input::{Input, InputForm};
use crate::key::hex;

pub(crate) use binary::Binary;
use binary::{is_no_text, known_binary};
pub use encoding::Encoding;
use encoding::detected;
use utf8::Utf8Check;

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
    /// NUL bytes at the end, left by a copy that was broken off; they are not read.
    pub(crate) nul_tail: u64,
    /// The byte that ends a line: `\n`, or `\r` where there is no `\n` at all.
    pub(crate) line_end: u8,
}

impl Survey {
    /// About how many bytes its text has.
    pub(crate) fn text_bytes(&self) -> u64 {
        match self.encoding {
            Encoding::Utf16Le | Encoding::Utf16Be => self.bytes / 2,
            _ => self.bytes,
        }
    }
}

const CHUNK: usize = 1 << 17;

/// Bytes that are looked at to tell what a file is.
const HEAD: usize = 4096;

/// Reads the file once. An encoding that the user names is taken for granted.
///
/// # Errors
/// What the system says of the file.
pub(crate) fn survey(input: &Input, named: Option<Encoding>) -> io::Result<Survey> {
    look_through(input, named, Some(Sha256::new()))
}

/// The survey without the hash, which [`hash`] gives.
///
/// # Errors
/// As [`survey`].
pub(crate) fn survey_unhashed(input: &Input, named: Option<Encoding>) -> io::Result<Survey> {
    look_through(input, named, None)
}

/// The form of a file by its first bytes.
///
/// # Errors
/// As [`survey`].
pub(crate) fn form(input: &Input) -> io::Result<InputForm> {
    let mut head = Vec::new();
    input.open()?.take(HEAD as u64).read_to_end(&mut head)?;
    Ok(match known_binary(&head) {
        None => InputForm::Text,
        Some(Binary::Workbook) => InputForm::Workbook,
        Some(Binary::Parquet | Binary::Arrow) => InputForm::Table,
        Some(_) => InputForm::Unreadable,
    })
}

/// SHA-256 of a file's bytes, in hexadecimal.
///
/// # Errors
/// As [`survey`].
pub(crate) fn hash(input: &Input) -> io::Result<String> {
    let mut file = input.open()?;
    let mut hash = Sha256::new();
    let mut buffer = vec![0; CHUNK];
    loop {
        match read_some(&mut file, &mut buffer)? {
            0 => return Ok(hex(&hash.finalize())),
            read => hash.update(&buffer[..read]),
        }
    }
}

/// The survey, with the hash only where one is begun.
fn look_through(
    input: &Input,
    named: Option<Encoding>,
    mut hash: Option<Sha256>,
) -> io::Result<Survey> {
    let mut file = input.open()?;
    let mut buffer = vec![0; CHUNK];
    let mut head: Vec<u8> = Vec::new();
    let mut utf8 = Utf8Check::default();
    let (mut bytes, mut nuls, mut nul_tail) = (0_u64, 0_u64, 0_u64);
    let (mut newline, mut carriage) = (false, false);
    loop {
        let read = read_some(&mut file, &mut buffer)?;
        if read == 0 {
            break;
        }
        let chunk = &buffer[..read];
        if let Some(hash) = &mut hash {
            hash.update(chunk);
        }
        if head.len() < HEAD {
            head.extend_from_slice(&chunk[..read.min(HEAD - head.len())]);
        }
        utf8.take(chunk);
        let here = memchr::memchr_iter(0, chunk).count() as u64;
        if here > 0 {
            nuls += here;
            let tail = chunk.iter().rev().take_while(|byte| **byte == 0).count();
            nul_tail = if tail == read {
                nul_tail + tail as u64
            } else {
                tail as u64
            };
        } else {
            nul_tail = 0;
        }
        newline = newline || memchr::memchr(b'\n', chunk).is_some();
        carriage = carriage || memchr::memchr(b'\r', chunk).is_some();
        bytes += read as u64;
    }
    let encoding = named.map_or_else(
        || detected(&head, &utf8),
        |named| match named {
            Encoding::Utf8 | Encoding::Utf8Bom | Encoding::Utf8Damaged => {
                if !utf8.is_valid() {
                    Encoding::Utf8Damaged
                } else if head.starts_with(b"\xef\xbb\xbf") {
                    Encoding::Utf8Bom
                } else {
                    Encoding::Utf8
                }
            }
            other => other,
        },
    );
    let wide = matches!(encoding, Encoding::Utf16Le | Encoding::Utf16Be);
    if wide || nul_tail == bytes {
        nul_tail = 0;
    }
    let nuls = nuls - nul_tail;
    let no_text = !wide && (nuls > bytes / 10 || is_no_text(&head));
    let binary = known_binary(&head).or_else(|| no_text.then_some(Binary::Other));
    Ok(Survey {
        sha256: hash.map_or_else(String::new, |hash| hex(&hash.finalize())),
        bytes,
        encoding,
        binary,
        nuls: wide || nuls > 0,
        nul_tail,
        line_end: if newline || !carriage { b'\n' } else { b'\r' },
    })
}

fn read_some(file: &mut impl Read, buffer: &mut [u8]) -> io::Result<usize> {
    loop {
        match file.read(buffer) {
            Err(error) if error.kind() == io::ErrorKind::Interrupted => {}
            other => return other,
        }
    }
}

/// Opens the file as UTF-8 text without a byte order mark.
///
/// The reader must be given at least 16 bytes of room at a time.
///
/// # Errors
/// What the system says of the file.
pub(crate) fn open(input: &Input, survey: &Survey) -> io::Result<Box<dyn Read + Send>> {
    let mut file = input.open()?;
    if survey.nul_tail > 0 {
        file = Box::new(file.take(survey.bytes - survey.nul_tail));
    }
    let decoder = match survey.encoding {
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
        let survey = survey(&input, None).unwrap();
        let encoding = survey.encoding;
        let mut text = Vec::new();
        let mut reader = open(&input, &survey).unwrap();
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
        let unmarked = |little| wide(little)[2..].to_vec();
        assert_eq!(decoded(&unmarked(true)), (Encoding::Utf16Le, text.clone()));
        assert_eq!(decoded(&unmarked(false)), (Encoding::Utf16Be, text.clone()));
        // Cut off within a character, and one damaged byte among many good ones.
        assert_eq!(
            decoded("één;Zoë€".as_bytes().split_last().unwrap().1).0,
            Encoding::Utf8Damaged
        );
        assert_eq!(
            decoded(b"\xc3\xa9\xc3\xa9\xc3\xa9\xc3\xa9 \xe9 a").0,
            Encoding::Utf8Damaged
        );
        assert_eq!(decoded(b"\xe9\xe9n \xc3\xa9").0, Encoding::Windows1252);
    }

    #[test]
    fn an_encoding_that_is_named_is_taken() {
        let named = |bytes: &[u8], named| {
            survey(&Input::bytes("a", bytes), Some(named))
                .unwrap()
                .encoding
        };
        assert_eq!(
            named("é".as_bytes(), Encoding::Windows1252),
            Encoding::Windows1252
        );
        assert_eq!(named(b"\xe9 x", Encoding::Utf8), Encoding::Utf8Damaged);
        assert_eq!(named(b"ab", Encoding::Utf8), Encoding::Utf8);
    }

    #[test]
    fn nuls_at_the_end_are_left_out() {
        let bytes = [b"a;b\n1;2\n".as_slice(), &[0; 500]].concat();
        let found = survey(&Input::bytes("a", bytes.clone()), None).unwrap();
        assert_eq!(
            (found.binary, found.nul_tail, found.nuls),
            (None, 500, false)
        );
        assert_eq!(decoded(&bytes), (Encoding::Utf8, "a;b\n1;2\n".into()));
    }

    #[test]
    fn a_character_across_chunks_is_one_character() {
        let mut check = Utf8Check::default();
        for byte in "€é€".bytes() {
            check.take(&[byte]);
        }
        assert!(check.is_valid());
        let mut check = Utf8Check::default();
        check.take(b"\xe2");
        check.take(b"a");
        assert!(!check.is_valid());
        let mut check = Utf8Check::default();
        check.take(b"a\xe2\x82");
        assert!(!check.is_valid());
    }

    #[test]
    fn files_that_are_no_text_are_named() {
        let binary = |bytes: &[u8]| survey(&Input::bytes("a", bytes), None).unwrap().binary;
        assert_eq!(binary(b"PK\x03\x04abc"), Some(Binary::Workbook));
        assert_eq!(binary(b"<HTML><body>"), Some(Binary::Markup));
        let secret: Vec<u8> = "EncryptedPackage"
            .encode_utf16()
            .flat_map(u16::to_le_bytes)
            .collect();
        let secret = [b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1".as_slice(), &secret].concat();
        assert_eq!(binary(&secret), Some(Binary::Encrypted));
        assert_eq!(binary(b"PAR1xx"), Some(Binary::Parquet));
        assert_eq!(binary(b"a\0b\0c\0"), Some(Binary::Other));
        assert_eq!(binary(b"a;b\n1;2\n"), None);
        assert_eq!(binary(b""), None);
    }

    #[test]
    fn the_hash_is_of_the_bytes() {
        let input = Input::bytes("a", *b"abc");
        let survey = survey(&input, None).unwrap();
        assert_eq!(hash(&input).unwrap(), survey.sha256);
        assert_eq!(survey_unhashed(&input, None).unwrap().sha256, "");
        assert_eq!(
            survey.sha256,
            "ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad"
        );
        assert_eq!((survey.bytes, survey.line_end), (3, b'\n'));
    }
}

//! Encodings of text, and which of them a file has.

use super::utf8::Utf8Check;

/// How a file's characters are written.
#[derive(Copy, Clone, PartialEq, Eq, PartialOrd, Ord, Debug)]
pub enum Encoding {
    /// UTF-8 without a byte order mark; plain ASCII too.
    Utf8,
    /// UTF-8 with a byte order mark.
    Utf8Bom,
    /// UTF-8 with bytes in it that are not: each is read as U+FFFD.
    Utf8Damaged,
    /// UTF-16, little end first, with or without a byte order mark.
    Utf16Le,
    /// UTF-16, big end first, with or without a byte order mark.
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
            Self::Utf8Damaged => "UTF-8, U+FFFD",
            Self::Utf16Le => "UTF-16 LE",
            Self::Utf16Be => "UTF-16 BE",
            Self::Windows1252 => "Windows-1252",
        }
    }

    /// The encoding that a user names: `utf-8`, `utf-16le`, `utf-16be` or `windows-1252` (also
    /// `cp1252`, `latin1` and `iso-8859-1`, which spreadsheets take for the same), in any case.
    ///
    /// ```
    /// use ethos_ingest::decode::Encoding;
    /// assert_eq!(Encoding::from_name("CP1252"), Some(Encoding::Windows1252));
    /// assert_eq!(Encoding::from_name("ebcdic"), None);
    /// ```
    pub fn from_name(name: &str) -> Option<Self> {
        match name.to_ascii_lowercase().as_str() {
            "utf-8" | "utf8" => Some(Self::Utf8),
            "utf-16le" | "utf-16" | "utf16" | "unicode" => Some(Self::Utf16Le),
            "utf-16be" => Some(Self::Utf16Be),
            "windows-1252" | "cp1252" | "latin1" | "iso-8859-1" | "ansi" => Some(Self::Windows1252),
            _ => None,
        }
    }

    /// Whether a finding tells the sender of it.
    pub(crate) fn is_unusual(self) -> bool {
        !matches!(self, Self::Utf8 | Self::Utf8Bom)
    }
}

pub(super) fn detected(head: &[u8], utf8: &Utf8Check) -> Encoding {
    if head.starts_with(b"\xff\xfe") {
        Encoding::Utf16Le
    } else if head.starts_with(b"\xfe\xff") {
        Encoding::Utf16Be
    } else if head.starts_with(b"\xef\xbb\xbf") {
        if utf8.is_valid() {
            Encoding::Utf8Bom
        } else {
            Encoding::Utf8Damaged
        }
    } else if let Some(wide) = wide_without_mark(head) {
        wide
    } else if utf8.is_valid() {
        Encoding::Utf8
    } else if utf8.is_mostly_valid() {
        Encoding::Utf8Damaged
    } else {
        Encoding::Windows1252
    }
}

/// UTF-16 without a byte order mark: of Western text every other byte is NUL.
fn wide_without_mark(head: &[u8]) -> Option<Encoding> {
    let pairs = head.len() / 2;
    let nuls = |odd: usize| {
        head.iter()
            .skip(odd)
            .step_by(2)
            .filter(|byte| **byte == 0)
            .count()
    };
    let (even, odd) = (nuls(0), nuls(1));
    if pairs >= 4 && odd * 10 > pairs * 9 && even * 10 < pairs {
        Some(Encoding::Utf16Le)
    } else if pairs >= 4 && even * 10 > pairs * 9 && odd * 10 < pairs {
        Some(Encoding::Utf16Be)
    } else {
        None
    }
}

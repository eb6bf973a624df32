//! Pseudonyms. Behind the door of ingest an identifier exists only as a keyed hash.

use std::fmt;

/// 128 bits of a keyed hash of an identifier (a citizen service number, a household key, or
/// the fields of a fallback key; each in its own hash domain).
///
/// It has no `Display`, and `Debug` shows only its first byte, so that it cannot slip into a
/// message. [`Token::to_hex`] exists for person-level tables that are written on request.
#[derive(Copy, Clone, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Token([u8; 16]);

impl Token {
    /// Wraps the first 128 bits of a keyed hash.
    pub fn from_bytes(bytes: [u8; 16]) -> Self {
        Self(bytes)
    }

    /// The bits.
    pub fn bytes(self) -> [u8; 16] {
        self.0
    }

    /// The first 64 bits as a number: for buckets and for draws that must follow a person.
    pub fn leading(self) -> u64 {
        let mut first = [0; 8];
        first.copy_from_slice(&self.0[..8]);
        u64::from_be_bytes(first)
    }

    /// 32 hexadecimal digits; only for person-level tables under `internal/`.
    pub fn to_hex(self) -> String {
        use fmt::Write;
        self.0
            .iter()
            .fold(String::with_capacity(32), |mut text, byte| {
                let _ = write!(text, "{byte:02x}");
                text
            })
    }

    /// Reads 32 hexadecimal digits.
    pub fn from_hex(text: &str) -> Option<Self> {
        if text.len() != 32 || !text.is_ascii() {
            return None;
        }
        let mut bytes = [0; 16];
        for (at, byte) in bytes.iter_mut().enumerate() {
            *byte = u8::from_str_radix(&text[2 * at..2 * at + 2], 16).ok()?;
        }
        Some(Self(bytes))
    }
}

impl fmt::Debug for Token {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "Token({:02x}…)", self.0[0])
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn hex_round_trips_and_debug_hides() {
        let token = Token::from_bytes([0xab; 16]);
        assert_eq!(Token::from_hex(&token.to_hex()), Some(token));
        assert_eq!(format!("{token:?}"), "Token(ab…)");
        assert_eq!(Token::from_hex("xyz"), None);
    }
}

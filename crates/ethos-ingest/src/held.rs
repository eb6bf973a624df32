//! Files that are held in memory as a whole: lists, settings, layouts, rules. What has no end, such as a
//! link to a device, is an error.

use std::fs::File;
use std::io::{self, Read};
use std::path::Path;

/// Bytes that such a file may have.
const MOST: u64 = 1 << 30;

/// What is said of bytes that are no text.
pub(crate) const NO_TEXT: &str = "it is no UTF-8 text";

/// The bytes of a file.
///
/// # Errors
/// What the system says, or a file that is larger than any list.
pub fn bytes(path: &Path) -> io::Result<Vec<u8>> {
    all(File::open(path)?)
}

/// The text of a file.
///
/// # Errors
/// As [`bytes`]; or bytes that are no UTF-8.
pub fn text(path: &Path) -> io::Result<String> {
    let wrong = |_| io::Error::new(io::ErrorKind::InvalidData, NO_TEXT);
    String::from_utf8(bytes(path)?).map_err(wrong)
}

/// Everything that comes from somewhere.
///
/// # Errors
/// As [`bytes`].
pub fn all(from: impl Read) -> io::Result<Vec<u8>> {
    let mut bytes = Vec::new();
    from.take(MOST + 1).read_to_end(&mut bytes)?;
    if bytes.len() as u64 > MOST {
        let reason = format!("it is larger than {} MB, which no such file is", MOST >> 20);
        return Err(io::Error::new(io::ErrorKind::FileTooLarge, reason));
    }
    Ok(bytes)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_has_no_end_is_an_error() {
        let error = all(io::repeat(b'x')).unwrap_err();
        assert_eq!(error.kind(), io::ErrorKind::FileTooLarge);
        assert_eq!(all(&b"abc"[..]).unwrap(), b"abc");
    }
}

//! Whether bytes are UTF-8, and if not, whether they were meant to be.

/// Whether chunks are UTF-8 when put together, and if not, whether they were meant to be.
#[derive(Default)]
pub(super) struct Utf8Check {
    /// Bytes that belong to no character.
    wrong: u64,
    /// Characters of more than one byte.
    long: u64,
    /// The start of a character that the last chunk broke off.
    rest: Vec<u8>,
}

impl Utf8Check {
    pub(super) fn take(&mut self, chunk: &[u8]) {
        let mut chunk = chunk;
        while !self.rest.is_empty() && !chunk.is_empty() {
            self.rest.push(chunk[0]);
            match std::str::from_utf8(&self.rest) {
                Ok(_) => {
                    self.long += 1;
                    self.rest.clear();
                }
                Err(error) if error.error_len().is_some() => {
                    // The byte at hand may begin a character of its own.
                    self.wrong += 1;
                    self.rest.clear();
                    break;
                }
                Err(_) => {}
            }
            chunk = &chunk[1..];
        }
        while !chunk.is_empty() && !chunk.is_ascii() {
            match std::str::from_utf8(chunk) {
                Ok(_) => {
                    self.long += lead_bytes(chunk);
                    return;
                }
                Err(error) => {
                    let (valid, rest) = chunk.split_at(error.valid_up_to());
                    self.long += lead_bytes(valid);
                    let Some(length) = error.error_len() else {
                        self.rest = rest.to_vec();
                        return;
                    };
                    self.wrong += 1;
                    // Beyond this the file is not UTF-8, and reading on byte by byte is slow.
                    if self.wrong > 100_000 {
                        return;
                    }
                    chunk = &rest[length..];
                }
            }
        }
    }

    pub(super) fn is_valid(&self) -> bool {
        self.wrong == 0 && self.rest.is_empty()
    }

    /// Whether most of what is not ASCII is UTF-8: a file with a few damaged bytes, or cut off
    /// within a character.
    pub(super) fn is_mostly_valid(&self) -> bool {
        self.long > 0 && self.long >= 4 * self.wrong
    }
}

fn lead_bytes(text: &[u8]) -> u64 {
    text.iter().map(|byte| u64::from(*byte >= 0xc0)).sum()
}

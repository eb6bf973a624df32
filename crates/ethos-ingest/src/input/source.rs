//! Where bytes come from, opened as often as needed.

use std::fs::File;
use std::io::{self, BufReader, Cursor, Read, Seek, SeekFrom};
use std::path::PathBuf;
use std::sync::Arc;

use flate2::Crc;
use flate2::read::{DeflateDecoder, MultiGzDecoder};

use super::archive::{Entry, Method};
use crate::limits;
use crate::refused::Refused;

/// Bytes that can be read from anywhere.
pub(crate) trait ReadSeek: Read + Seek + Send {}

impl<T: Read + Seek + Send> ReadSeek for T {}

/// Where the bytes of a file come from.
#[derive(Clone)]
pub(crate) enum Source {
    Disk(PathBuf),
    Memory(Arc<[u8]>),
    /// A member of a zip archive.
    Member(Arc<Source>, Entry),
    /// What a gzip file holds.
    Gzip(Arc<Source>),
}

impl Source {
    pub(crate) fn memory(bytes: Vec<u8>) -> Self {
        Self::Memory(bytes.into())
    }

    /// Reads everything into memory.
    ///
    /// # Errors
    /// What the system says, or [`Refused::TooLarge`].
    pub(crate) fn hold(from: impl Read) -> io::Result<Self> {
        let mut bytes = Vec::new();
        from.take(limits::HELD + 1).read_to_end(&mut bytes)?;
        if bytes.len() as u64 > limits::HELD {
            return Err(Refused::TooLarge.into());
        }
        Ok(Self::memory(bytes))
    }

    /// Opens it at the start.
    ///
    /// # Errors
    /// What the system says. Packed bytes that are damaged, or unpack to more than is
    /// believable, are a [`Refused`] while they are read.
    pub(crate) fn open(&self) -> io::Result<Box<dyn Read + Send>> {
        Ok(match self {
            Self::Disk(path) => Box::new(File::open(path)?),
            Self::Memory(bytes) => Box::new(Cursor::new(Arc::clone(bytes))),
            Self::Member(archive, entry) => {
                let mut bytes = archive.open_at_will()?;
                bytes.seek(SeekFrom::Start(entry.at))?;
                let bytes = bytes.take(entry.packed);
                let unpacked: Box<dyn Read + Send> = match entry.method {
                    Method::Stored => Box::new(bytes),
                    Method::Deflated => Box::new(DeflateDecoder::new(BufReader::with_capacity(
                        1 << 16,
                        bytes,
                    ))),
                };
                Box::new(Member {
                    unpacked,
                    left: entry.size,
                    sum: Crc::new(),
                    expected: entry.crc,
                    ended: false,
                })
            }
            Self::Gzip(packed) => Box::new(Unpacked {
                left: limits::unpacked(packed.packed_size()),
                unpacked: MultiGzDecoder::new(packed.open()?),
            }),
        })
    }

    /// Opens it so that it can be read from anywhere; what is packed is held in memory.
    ///
    /// # Errors
    /// As [`Self::open`], and [`Refused::TooLarge`].
    pub(crate) fn open_at_will(&self) -> io::Result<Box<dyn ReadSeek>> {
        Ok(match self {
            Self::Disk(path) => Box::new(File::open(path)?),
            Self::Memory(bytes) => Box::new(Cursor::new(Arc::clone(bytes))),
            Self::Member(..) | Self::Gzip(_) => match Self::hold(self.open()?)? {
                Self::Memory(bytes) => Box::new(Cursor::new(bytes)),
                other => other.open_at_will()?,
            },
        })
    }

    /// The same bytes, held in memory where reading from anywhere would unpack them every time.
    ///
    /// # Errors
    /// As [`Self::open_at_will`].
    pub(crate) fn settled(&self) -> io::Result<Self> {
        match self {
            Self::Disk(_) | Self::Memory(_) => Ok(self.clone()),
            Self::Member(..) | Self::Gzip(_) => Self::hold(self.open()?),
        }
    }

    /// Bytes it takes where it lies.
    pub(crate) fn packed_size(&self) -> u64 {
        match self {
            Self::Disk(path) => path.metadata().map_or(0, |data| data.len()),
            Self::Memory(bytes) => bytes.len() as u64,
            Self::Member(_, entry) => entry.packed,
            Self::Gzip(packed) => packed.packed_size(),
        }
    }

    /// The file that it lies in, which is itself where it is not packed.
    pub(crate) fn outermost(&self) -> &Self {
        match self {
            Self::Disk(_) | Self::Memory(_) => self,
            Self::Member(outer, _) | Self::Gzip(outer) => outer.outermost(),
        }
    }
}

/// What a pipe gives, up to a line of text that no table has: whoever reads it would be told so only when all of it
/// is in memory.
pub(super) struct Lines<R> {
    pipe: R,
    /// Bytes since the last end of a line; `None` for what is no text.
    line: Option<usize>,
    begun: bool,
}

impl<R: Read> Lines<R> {
    pub(super) fn of(pipe: R) -> Self {
        Self {
            pipe,
            line: Some(0),
            begun: false,
        }
    }
}

impl<R: Read> Read for Lines<R> {
    fn read(&mut self, room: &mut [u8]) -> io::Result<usize> {
        let read = self.pipe.read(room)?;
        let bytes = &room[..read];
        if !self.begun && read > 0 {
            self.begun = true;
            let packed = [
                b"PK".as_slice(),
                b"\x1f\x8b",
                b"PAR1",
                b"ARROW1",
                b"\xd0\xcf\x11\xe0",
            ];
            if packed.iter().any(|start| bytes.starts_with(start)) {
                self.line = None;
            }
        }
        if let Some(line) = &mut self.line {
            match memchr::memrchr2(b'\n', b'\r', bytes) {
                Some(at) => *line = read - at,
                None => *line += read,
            }
            if *line > limits::LINE {
                return Err(Refused::TooLong.into());
            }
        }
        Ok(read)
    }
}

/// What the decoders make of damaged bytes, as a refusal; other failures are the system's.
fn damage(error: io::Error) -> io::Error {
    match error.kind() {
        io::ErrorKind::InvalidInput | io::ErrorKind::InvalidData | io::ErrorKind::UnexpectedEof => {
            Refused::Damaged.into()
        }
        _ => error,
    }
}

/// A member of an archive, held to the size and the checksum that the archive states.
struct Member {
    unpacked: Box<dyn Read + Send>,
    left: u64,
    sum: Crc,
    expected: u32,
    ended: bool,
}

impl Read for Member {
    fn read(&mut self, room: &mut [u8]) -> io::Result<usize> {
        if self.ended || room.is_empty() {
            return Ok(0);
        }
        let read = self.unpacked.read(room).map_err(damage)?;
        if read as u64 > self.left {
            return Err(Refused::Damaged.into());
        }
        self.left -= read as u64;
        self.sum.update(&room[..read]);
        if read == 0 {
            self.ended = true;
            if self.left > 0 || self.sum.sum() != self.expected {
                return Err(Refused::Damaged.into());
            }
        }
        Ok(read)
    }
}

/// What a packed file holds, up to a limit.
struct Unpacked<R> {
    unpacked: R,
    left: u64,
}

impl<R: Read> Read for Unpacked<R> {
    fn read(&mut self, room: &mut [u8]) -> io::Result<usize> {
        let read = self.unpacked.read(room).map_err(damage)?;
        if read as u64 > self.left {
            return Err(Refused::Bomb.into());
        }
        self.left -= read as u64;
        Ok(read)
    }
}

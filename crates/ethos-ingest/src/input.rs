//! A file to be read: on disk, or in memory.

use std::fs::File;
use std::io::{self, Cursor, Read};
use std::path::PathBuf;

/// A file and what it is called in findings.
///
/// It has no `Debug`: its bytes are personal.
pub struct Input {
    /// Name in findings: as the user named it, relative to the study.
    pub(crate) name: String,
    from: From,
}

enum From {
    Disk(PathBuf),
    Memory(Vec<u8>),
}

impl Input {
    /// A file on disk.
    pub fn path(name: impl Into<String>, path: impl Into<PathBuf>) -> Self {
        Self {
            name: name.into(),
            from: From::Disk(path.into()),
        }
    }

    /// Bytes in memory.
    pub fn bytes(name: impl Into<String>, bytes: impl Into<Vec<u8>>) -> Self {
        Self {
            name: name.into(),
            from: From::Memory(bytes.into()),
        }
    }

    /// Opens it at the start.
    pub(crate) fn open(&self) -> io::Result<Box<dyn Read + '_>> {
        Ok(match &self.from {
            From::Disk(path) => Box::new(File::open(path)?),
            From::Memory(bytes) => Box::new(Cursor::new(bytes.as_slice())),
        })
    }

    /// The path on disk, if it has one.
    pub(crate) fn disk(&self) -> Option<&PathBuf> {
        match &self.from {
            From::Disk(path) => Some(path),
            From::Memory(_) => None,
        }
    }
}

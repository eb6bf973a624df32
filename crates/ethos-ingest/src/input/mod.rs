//! Files to be read: on disk, in memory, or a member of an archive.

mod archive;
mod aside;
mod expand;
mod folder;
mod source;

pub(crate) use archive::{Entry, entries};
pub use aside::{Aside, AsideKind};
pub(crate) use expand::expand_all;
pub(crate) use folder::{Found, add as add_inputs};
use source::Lines;
pub(crate) use source::Source;

use std::io::{self, Read};
use std::path::PathBuf;

use ethos_model::date::Day;

use crate::refused::Refused;

/// A name as it may be shown: a terminal takes orders from some characters, and a line has no end in it.
pub(crate) fn printable(name: &str) -> String {
    name.chars()
        .map(|c| if c.is_control() { '?' } else { c })
        .collect()
}

/// The form a file is in, by its first bytes.
#[derive(Copy, Clone, PartialEq, Eq, Debug)]
pub enum InputForm {
    /// Delimited text.
    Text,
    /// A workbook with sheets.
    Workbook,
    /// A table with names and types, such as Parquet.
    Table,
    /// Nothing that is read; a check says why.
    Unreadable,
}

/// A file and what it is called in findings.
///
/// It has no `Debug`: its bytes are personal.
#[derive(Clone)]
pub struct Input {
    /// Name in findings: as the user named it, relative to the study; a member of an archive as
    /// `archive.zip/member.csv`.
    pub(crate) name: String,
    pub(crate) source: Source,
    /// Why it is not to be read.
    pub(crate) refused: Option<Refused>,
    /// The file on disk it stands for, where its bytes are in memory.
    stands_for: Option<PathBuf>,
}

impl Input {
    /// What standard input is called.
    pub const STANDARD: &str = "-";

    /// A file on disk.
    pub fn path(name: impl Into<String>, path: impl Into<PathBuf>) -> Self {
        Self::new(name, Source::Disk(path.into()))
    }

    /// Bytes in memory.
    pub fn bytes(name: impl Into<String>, bytes: impl Into<Vec<u8>>) -> Self {
        Self::new(name, Source::memory(bytes.into()))
    }

    /// Everything that a pipe gives, which is held in memory. A text with a line longer than any row is refused
    /// before it fills the memory.
    ///
    /// # Errors
    /// What the system says of the pipe, or more bytes than can be held.
    pub fn pipe(name: impl Into<String>, pipe: impl Read) -> io::Result<Self> {
        match Source::hold(Lines::of(pipe)) {
            Ok(source) => Ok(Self::new(name, source)),
            Err(error) => match Refused::of(&error) {
                Some(refused @ Refused::TooLong) => Ok(Self::refused(name, refused)),
                _ => Err(error),
            },
        }
    }

    /// What is not to be read, whatever it holds.
    pub(crate) fn refused(name: impl Into<String>, why: Refused) -> Self {
        Self {
            refused: Some(why),
            ..Self::new(name, Source::memory(Vec::new()))
        }
    }

    pub(crate) fn new(name: impl Into<String>, source: Source) -> Self {
        Self {
            name: printable(&name.into()),
            source,
            refused: None,
            stands_for: None,
        }
    }

    /// Says which file on disk bytes in memory stand for: what lies beside that file holds for them.
    #[must_use]
    pub fn standing_for(mut self, path: impl Into<PathBuf>) -> Self {
        self.stands_for = Some(path.into());
        self
    }

    /// Its name, as findings have it.
    pub fn name(&self) -> &str {
        &self.name
    }

    /// The file on disk that it is or lies in, or that its bytes stand for; none for what came from a pipe.
    pub fn file_on_disk(&self) -> Option<&std::path::Path> {
        self.disk().map(PathBuf::as_path)
    }

    /// All its bytes, unpacked; `None` where there are more than `most`.
    ///
    /// # Errors
    /// What the system says, and packed bytes that are damaged.
    pub fn read_whole(&self, most: u64) -> io::Result<Option<Vec<u8>>> {
        let mut bytes = Vec::new();
        self.open()?
            .take(most.saturating_add(1))
            .read_to_end(&mut bytes)?;
        Ok((bytes.len() as u64 <= most).then_some(bytes))
    }

    /// The form it is in.
    ///
    /// # Errors
    /// [`IngestError::Io`](crate::IngestError::Io): what the system says of the file.
    pub fn form(&self) -> Result<InputForm, crate::IngestError> {
        if self.refused.is_some() {
            return Ok(InputForm::Unreadable);
        }
        match crate::decode::form(self) {
            Err(error) if Refused::of(&error).is_some() => Ok(InputForm::Unreadable),
            form => form.map_err(|source| crate::IngestError::Io {
                file: self.name.clone(),
                source,
            }),
        }
    }

    /// Opens it at the start.
    pub(crate) fn open(&self) -> io::Result<Box<dyn Read + Send>> {
        self.source.open()
    }

    /// The path on disk of the file that it lies in, if it has one.
    pub(crate) fn disk(&self) -> Option<&PathBuf> {
        match self.source.outermost() {
            Source::Disk(path) => Some(path),
            _ => self.stands_for.as_ref(),
        }
    }

    /// The day (UTC) on which the file it lies in was changed last, if that is known.
    pub(crate) fn modified(&self) -> Option<Day> {
        const DAY: u64 = 24 * 60 * 60;
        let changed = self.disk()?.metadata().ok()?.modified().ok()?;
        let since = changed.duration_since(std::time::UNIX_EPOCH).ok()?;
        i32::try_from(since.as_secs() / DAY).ok().map(Day)
    }

    /// Whether it lies in an archive or is compressed.
    pub(crate) fn is_packed(&self) -> bool {
        matches!(self.source, Source::Member(..) | Source::Gzip(_))
    }

    /// Bytes it takes where it lies, for progress.
    pub fn size(&self) -> u64 {
        self.source.packed_size()
    }
}

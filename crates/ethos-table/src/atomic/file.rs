//! One file, written whole or not at all.

use std::fs::{self, File};
use std::io::{self, BufWriter, Write};
use std::path::{Path, PathBuf};

use tempfile::{Builder, NamedTempFile};

use super::error::AtomicError;
use super::marker::list;
use super::unfinished::Unfinished;

/// A file that is written under a temporary name and takes its target's place on
/// [`commit`](Self::commit). Dropped before that, it leaves nothing behind and the old file as
/// it was.
#[derive(Debug)]
pub struct AtomicFile {
    target: PathBuf,
    writer: BufWriter<NamedTempFile>,
    unfinished: Unfinished,
}

impl AtomicFile {
    /// Opens a temporary file in the target's folder. Where the target is a link to a file, it
    /// is that file which will be replaced.
    ///
    /// # Errors
    /// The folder does not exist or cannot be written to, or something that is no file (a
    /// folder, a device, a pipe) stands in the target's place.
    pub fn create(target: &Path) -> Result<Self, AtomicError> {
        Self::with_rights(target, Some(0o666))
    }

    /// [`create`](Self::create) for a file with personal data: nobody but its owner can read
    /// it, whatever the user's mask allows.
    ///
    /// # Errors
    /// As [`create`](Self::create).
    pub fn create_private(target: &Path) -> Result<Self, AtomicError> {
        Self::with_rights(target, None)
    }

    fn with_rights(target: &Path, rights: Option<u32>) -> Result<Self, AtomicError> {
        let target = match fs::metadata(target) {
            Ok(found) if !found.is_file() => return Err(AtomicError::NotAFile(target.to_owned())),
            Ok(_) => fs::canonicalize(target).map_err(AtomicError::io("open", target))?,
            Err(_) => target.to_owned(),
        };
        if target.file_name().is_none() {
            return Err(AtomicError::Nameless(target));
        }
        let mut builder = Builder::new();
        builder.prefix(".ethos-").suffix(".tmp");
        if let Some(rights) = rights {
            readable_by_others(&mut builder, rights);
        }
        let file = builder
            .tempfile_in(folder_of(&target))
            .map_err(AtomicError::io("write", &target))?;
        Ok(Self {
            unfinished: Unfinished::new(file.path()),
            writer: BufWriter::with_capacity(1 << 16, file),
            target,
        })
    }

    /// Flushes the file to the disk and puts it in the target's place. In a folder that carries
    /// the [`MARKER`](super::MARKER) it is added to the marker's list.
    ///
    /// # Errors
    /// Writing, flushing or renaming fails; the old file is as it was.
    pub fn commit(self) -> Result<(), AtomicError> {
        let target = self.target.clone();
        self.commit_unlisted()?;
        // The file is in place. Should an output folder around it not take note of it, the
        // next run into that folder asks for it to be moved.
        let _ = list(&target);
        Ok(())
    }

    pub(super) fn commit_unlisted(self) -> Result<(), AtomicError> {
        let Self {
            target,
            writer,
            unfinished,
        } = self;
        let file = writer
            .into_inner()
            .map_err(io::IntoInnerError::into_error)
            .and_then(|file| file.as_file().sync_all().map(|()| file))
            .map_err(AtomicError::io("write", &target))?;
        unfinished.finish(|| {
            file.persist(&target)
                .map_err(|error| AtomicError::io("replace", &target)(error.error))
        })?;
        sync_folder(folder_of(&target));
        Ok(())
    }
}

impl Write for AtomicFile {
    fn write(&mut self, bytes: &[u8]) -> io::Result<usize> {
        self.writer.write(bytes)
    }

    fn flush(&mut self) -> io::Result<()> {
        self.writer.flush()
    }
}

/// Writes a file whole or not at all: the closure writes to a temporary file in the same
/// folder, which replaces the target only if the closure succeeds.
///
/// # Errors
/// What the closure returns, or what putting the file in place meets; either way the old file
/// is as it was.
///
/// ```
/// # let folder = tempfile::tempdir()?;
/// # let path = folder.path().join("series.csv");
/// use std::io::{self, Write};
/// use ethos_table::atomic::write_atomic;
///
/// write_atomic(&path, |file| writeln!(file, "year,persons"))?;
/// let failed = write_atomic(&path, |file| {
///     writeln!(file, "ye")?;
///     Err::<(), io::Error>(io::Error::other("no space"))
/// });
/// assert!(failed.is_err());
/// assert_eq!(std::fs::read_to_string(&path)?, "year,persons\n");
/// # Ok::<(), io::Error>(())
/// ```
pub fn write_atomic<T, E: From<AtomicError>>(
    path: &Path,
    write: impl FnOnce(&mut AtomicFile) -> Result<T, E>,
) -> Result<T, E> {
    let mut file = AtomicFile::create(path)?;
    let written = write(&mut file)?;
    file.commit()?;
    Ok(written)
}

/// The folder a path lies in; `.` for a bare name.
pub(super) fn folder_of(path: &Path) -> &Path {
    match path.parent() {
        Some(parent) if !parent.as_os_str().is_empty() => parent,
        _ => Path::new("."),
    }
}

/// Temporary files are private by default; output is made with the rights that the user's mask
/// leaves, as any program makes it.
pub(super) fn readable_by_others(builder: &mut Builder<'_, '_>, mode: u32) {
    #[cfg(unix)]
    {
        use std::os::unix::fs::PermissionsExt;
        builder.permissions(fs::Permissions::from_mode(mode));
    }
    #[cfg(not(unix))]
    let _ = (builder, mode);
}

/// Asks the disk to remember a rename. Not every system can; the file itself is safe already.
pub(super) fn sync_folder(folder: &Path) {
    if let Ok(folder) = File::open(folder) {
        let _ = folder.sync_all();
    }
}

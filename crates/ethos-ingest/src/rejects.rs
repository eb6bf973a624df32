//! Rows that could not be read, set aside in a file for the sender to mend.
//!
//! The file holds the rows as they are, so personal data: it is written only on request, for
//! its owner alone, and appears whole or not at all.

use std::io::{self, Write};
use std::path::Path;
use std::sync::{Mutex, MutexGuard, PoisonError};

use ethos_table::atomic::{AtomicError, AtomicFile};
use ethos_table::stop_formula;

/// A CSV of rows: `file,sheet,row,seen,raw`, each as it stands in the sender's file.
pub(crate) struct Rejects {
    file: Mutex<AtomicFile>,
}

impl Rejects {
    /// Begins the file.
    ///
    /// # Errors
    /// The place cannot be written to.
    pub(crate) fn create(path: &Path) -> Result<Self, AtomicError> {
        let mut file = AtomicFile::create_private(path)?;
        file.write_all(b"file,sheet,row,seen,raw\n")
            .map_err(AtomicError::io("write", path))?;
        Ok(Self {
            file: Mutex::new(file),
        })
    }

    /// Adds a row.
    ///
    /// # Errors
    /// What the system says of the file.
    pub(crate) fn add(
        &self,
        file: &str,
        sheet: Option<&str>,
        row: u64,
        seen: &str,
        raw: &[u8],
    ) -> io::Result<()> {
        let mut line = Vec::with_capacity(raw.len() + 64);
        cell(&mut line, file);
        line.push(b',');
        cell(&mut line, sheet.unwrap_or(""));
        write!(line, ",{row},{seen},")?;
        cell(&mut line, &String::from_utf8_lossy(raw));
        line.push(b'\n');
        self.lock().write_all(&line)
    }

    /// Puts the file in its place.
    ///
    /// # Errors
    /// Writing or renaming fails; an older file is as it was.
    pub(crate) fn commit(self) -> Result<(), AtomicError> {
        self.file
            .into_inner()
            .unwrap_or_else(PoisonError::into_inner)
            .commit()
    }

    fn lock(&self) -> MutexGuard<'_, AtomicFile> {
        self.file.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

/// A cell between quotes, which no spreadsheet runs as a formula.
fn cell(line: &mut Vec<u8>, text: &str) {
    let mut safe = String::new();
    stop_formula(text, &mut safe);
    line.push(b'"');
    line.extend_from_slice(safe.replace('"', "\"\"").as_bytes());
    line.push(b'"');
}

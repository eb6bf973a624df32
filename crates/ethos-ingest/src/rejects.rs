//! Rows that could not be read, set aside in a file for the sender to mend.
//!
//! The file holds the rows as they are, so personal data: it is written only on request, for
//! its owner alone, and appears whole or not at all. In Dutch it opens in a Dutch spreadsheet, as the other
//! files do that an officer opens.

use std::io::{self, Write};
use std::path::Path;
use std::sync::{Mutex, MutexGuard, PoisonError};

use ethos_model::category::Language;
use ethos_table::atomic::{AtomicError, AtomicFile};
use ethos_table::{stop_formula, stop_formulas};

use crate::rules::{Observation, Rule, RuleBook};

/// Where rows that cannot be read go, and for whom.
#[derive(Copy, Clone, Debug)]
pub struct RejectTo<'a> {
    /// The file.
    pub path: &'a Path,
    /// Language of its reader, whose spreadsheet it is to open in.
    pub language: Language,
}

/// A CSV of rows, each as it stands in the sender's file: `file,sheet,row,seen,raw`, or
/// `bestand;blad;rij;regel;reden;inhoud`. A file that cannot be used has a line without a row besides: all of it
/// is set aside, and it is not written out once more.
pub(crate) struct Rejects {
    file: Mutex<AtomicFile>,
    language: Language,
}

/// A row that cannot be read.
pub(crate) struct Rejected<'a> {
    pub(crate) file: &'a str,
    pub(crate) sheet: Option<&'a str>,
    pub(crate) row: u64,
    /// What was seen.
    pub(crate) seen: Observation,
    /// Its bytes, or its cells with a semicolon between them.
    pub(crate) raw: &'a [u8],
}

impl Rejects {
    /// Begins the file.
    ///
    /// # Errors
    /// The place cannot be written to.
    pub(crate) fn create(to: RejectTo<'_>) -> Result<Self, AtomicError> {
        let mut file = AtomicFile::create_private(to.path)?;
        let header = to.language.pick(
            "\u{feff}bestand;blad;rij;regel;reden;inhoud\n",
            "file,sheet,row,seen,raw\n",
        );
        file.write_all(header.as_bytes())
            .map_err(AtomicError::io("write", to.path))?;
        Ok(Self {
            file: Mutex::new(file),
            language: to.language,
        })
    }

    /// Adds a row.
    ///
    /// # Errors
    /// What the system says of the file.
    pub(crate) fn add(&self, rejected: &Rejected<'_>, book: &RuleBook) -> io::Result<()> {
        let why = (Some(rejected.seen), book.telling(rejected.seen));
        let place = (rejected.file, rejected.sheet, Some(rejected.row));
        self.line(place, why, &String::from_utf8_lossy(rejected.raw))
    }

    /// Adds a line for a file that is set aside as a whole, with the rule that says why.
    ///
    /// # Errors
    /// What the system says of the file.
    pub(crate) fn add_file(
        &self,
        (file, sheet): (&str, Option<&str>),
        rule: Option<&Rule>,
        rows: u64,
    ) -> io::Result<()> {
        let said = match (self.language, rows) {
            (Language::Nl, 1) => "het hele bestand: 1 rij".to_owned(),
            (Language::Nl, _) => format!("het hele bestand: {rows} rijen"),
            (Language::En, 1) => "the whole file: 1 row".to_owned(),
            (Language::En, _) => format!("the whole file: {rows} rows"),
        };
        let seen = rule.and_then(Rule::observes);
        self.line((file, sheet, None), (seen, rule), &said)
    }

    fn line(
        &self,
        (file, sheet, row): (&str, Option<&str>, Option<u64>),
        (seen, rule): (Option<Observation>, Option<&Rule>),
        content: &str,
    ) -> io::Result<()> {
        let mut line = String::with_capacity(content.len() + 64);
        let comma = match self.language {
            Language::Nl => ';',
            Language::En => ',',
        };
        let code = match rule {
            Some(rule) => rule.code.as_str(),
            None => "",
        };
        let key = match seen {
            Some(seen) => seen.key(),
            None => code,
        };
        cell(&mut line, file, false);
        line.push(comma);
        cell(&mut line, sheet.unwrap_or(""), false);
        line.push(comma);
        line.push_str(&row.map_or_else(String::new, |row| row.to_string()));
        line.push(comma);
        match self.language {
            Language::Nl => {
                line.push_str(code);
                line.push(comma);
                cell(
                    &mut line,
                    rule.map_or(key, |rule| rule.title(Language::Nl)),
                    false,
                );
            }
            Language::En => line.push_str(key),
        }
        line.push(comma);
        cell(&mut line, content, true);
        line.push('\n');
        self.lock().write_all(line.as_bytes())
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

/// A cell between quotes, which no spreadsheet runs as a formula. A whole row in it may be split by one that
/// takes another character than ours for the end of a cell.
fn cell(line: &mut String, text: &str, whole_row: bool) {
    let mut safe = String::new();
    if whole_row {
        stop_formulas(text, &mut safe);
    } else {
        stop_formula(text, &mut safe);
    }
    line.push('"');
    line.push_str(&safe.replace('"', "\"\""));
    line.push('"');
}

//! A file mended in rounds until nothing is left to mend, checked before and after.

use std::collections::{BTreeMap, BTreeSet};
use std::io;

use ethos_ingest::corrections::{Corrected, Correction, FileChange, name_of, write_corrections};
use ethos_ingest::decode::Encoding;
use ethos_ingest::mend::Step;
use ethos_ingest::rules::Observation;
use ethos_ingest::{
    CheckOptions, FileForm, FileReport, IngestError, Input, LaidOut, MOST_FINDINGS, RuleBook,
    check_inputs, io_words,
};
use ethos_model::category::Language;
use ethos_model::date::Day;

use super::find::{Earlier, Fix, Undecided, find, rules_of};
use super::read_as::{Otherwise, ReadAs};
use super::write::{Values, written, written_with};
use crate::workbook::WorkbookError;

/// Bytes of a file that is mended: it is held in memory.
const MOST: u64 = 1 << 30;

/// Rounds at most: a code that lost its zero is an old municipality only once it has it back.
const ROUNDS: usize = 5;

/// Why a file cannot be mended.
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub enum MendError {
    /// The file cannot be read or checked.
    #[error(transparent)]
    Ingest(#[from] IngestError),
    /// The system refuses.
    #[error("the file cannot be read: {0}")]
    Io(io::Error),
    /// The workbook cannot be changed.
    #[error(transparent)]
    Workbook(#[from] WorkbookError),
    /// Nothing is known of its columns.
    #[error("its layout cannot be told, so no cell can be mended; name it with --layout")]
    Layout,
    /// What cannot be told apart into rows and columns.
    #[error("it cannot be read, so nothing in it can be mended; the verdict says why")]
    Form,
    /// A table whose layout has no row of names to write first.
    #[error(
        "its layout has no row with names, so it cannot become text cell by cell; `--cleaned` writes it in the form of its layout"
    )]
    NoHeader,
    /// Bytes that are no characters in any encoding.
    #[error(
        "it holds bytes that are no characters; name the encoding it was written in with --encoding, or export it again"
    )]
    Encoding,
    /// A quote that is never closed.
    #[error("from row {0} on a quote is never closed; mend that by hand first")]
    Unreadable(u64),
    /// A file that was not written to its end. Written anew, it would end as a whole one does, and nothing would
    /// tell any more that persons are missing.
    #[error(
        "it was cut off before its end, so rows may be missing; export or copy it again, and mend the whole file then"
    )]
    CutOff,
    /// A file that is too large to be mended in memory.
    #[error("it is larger than {} MB; split it, or mend it in the source system", MOST >> 20)]
    TooLarge,
    /// Once mended, it would be read as something else.
    #[error("{}", .0.text().en)]
    ReadOtherwise(Otherwise),
}

impl MendError {
    /// Why, in a language.
    pub fn words(&self, language: Language) -> String {
        if language == Language::En {
            return self.to_string();
        }
        match self {
            Self::Ingest(error) => error.words(language),
            Self::Io(error) => format!("het bestand is niet te lezen: {}", io_words(error, language)),
            Self::Workbook(error) => error.words(language),
            Self::Layout => "de indeling is niet te herkennen, dus er is geen cel te herstellen; noem haar met --layout".into(),
            Self::Form => "het is niet te lezen, dus er is niets in te herstellen; het oordeel zegt waarom".into(),
            Self::NoHeader => "de indeling heeft geen rij met kolomnamen, dus het kan geen tekst worden; `--cleaned` schrijft het \
                 in de vorm van de indeling"
                .into(),
            Self::Encoding => "er staan bytes in die geen tekens zijn; noem de tekencodering met --encoding, of maak de export \
                 opnieuw"
                .into(),
            Self::Unreadable(row) => {
                format!("vanaf rij {row} staat er een aanhalingsteken dat nergens sluit; herstel dat eerst zelf")
            }
            Self::CutOff => "het is afgebroken voor het eind, dus er kunnen rijen ontbreken; exporteer of kopieer het opnieuw, en \
                 herstel dan het hele bestand"
                .into(),
            Self::TooLarge => format!(
                "het is groter dan {} MB; deel het in stukken, of herstel het in het bronsysteem",
                MOST >> 20
            ),
            Self::ReadOtherwise(otherwise) => otherwise.text().nl,
        }
    }
}

/// A file before and after mending.
pub struct Mended {
    /// Cells that somebody corrected by hand, in order: done first, and not touched by a fix.
    pub by_hand: Vec<Correction>,
    /// What became of all corrections by hand.
    pub corrected: Corrected,
    /// Its other cells, in order.
    pub fixes: Vec<Fix>,
    /// What else changed of the file.
    pub changes: Vec<FileChange>,
    /// What a person has to decide.
    pub undecided: Vec<Undecided>,
    /// The check of the original.
    pub before: FileReport,
    /// The check of it with the corrections by hand alone; without any that of the original.
    pub corrected_alone: FileReport,
    /// The check of the mended file.
    pub after: FileReport,
    bytes: Vec<u8>,
    is_text: bool,
}

impl Mended {
    /// Whether there is nothing to mend.
    pub fn is_as_it_was(&self) -> bool {
        self.by_hand.is_empty() && self.fixes.is_empty() && self.changes.is_empty()
    }

    /// The mended file. It holds all the data of the original.
    pub fn bytes(&self) -> &[u8] {
        &self.bytes
    }

    /// The name of the mended file: `GM0363-hersteld.csv`. What lay in an archive is called as it was
    /// there, and what came from a pipe `invoer`.
    pub fn file_name(&self) -> String {
        let name = match name_of(&self.before.file) {
            Input::STANDARD => "invoer",
            name => without(name, "gz"),
        };
        let (stem, extension) = name.rsplit_once('.').unwrap_or((name, ""));
        let extension = match extension {
            _ if self.is_text && !is_of_text(name) => "csv",
            "" if self.bytes.starts_with(b"PK") => "xlsx",
            extension => extension,
        };
        format!("{stem}-hersteld.{extension}")
    }

    /// The changes as a file of corrections: applied to the original, they give the mended file.
    ///
    /// # Errors
    /// What the system says.
    pub fn write_log(
        &self,
        (who, when): (&str, Day),
        language: Language,
        to: &mut dyn io::Write,
    ) -> io::Result<()> {
        let file = name_of(&self.before.file);
        let by_hand = self.by_hand.iter().map(|correction| Correction {
            file: file.to_owned(),
            sha256: self.before.sha256.clone(),
            ..correction.clone()
        });
        let fixes = self.fixes.iter().map(|fix| Correction {
            file: file.to_owned(),
            sha256: self.before.sha256.clone(),
            sheet: fix.sheet.clone().unwrap_or_default(),
            row: fix.row,
            column: fix.column.clone(),
            old: fix.old.as_str().to_owned(),
            new: fix.new.as_str().to_owned(),
            steps: fix.steps.clone(),
            rule: fix.rule.map_or_else(String::new, |rule| rule.to_string()),
            who: who.to_owned(),
            when,
            why: fix.why(language),
            mark: String::new(),
        });
        let mut cells: Vec<Correction> = by_hand.chain(fixes).collect();
        cells.sort_by_key(|cell| cell.row);
        write_corrections(
            file,
            &self.before.sha256,
            (who, when),
            &self.changes,
            &cells,
            to,
        )
    }
}

/// Mends a file: first the corrections by hand of the options, then what is certain. Nothing is written.
///
/// # Errors
/// [`MendError`]; the file is as it was in any case.
pub fn mend(
    input: &Input,
    options: &CheckOptions<'_>,
    language: Language,
) -> Result<Mended, MendError> {
    mend_checked(input, None, options, language)
}

/// [`mend`] of a file that was checked with these options by itself, with every finding and nothing to compare
/// it with: it is not checked once more.
///
/// # Errors
/// As [`mend`].
pub fn mend_checked(
    input: &Input,
    checked: Option<&FileReport>,
    options: &CheckOptions<'_>,
    language: Language,
) -> Result<Mended, MendError> {
    let bytes = input.read_whole(MOST)?.ok_or(MendError::TooLarge)?;
    let mut state = State {
        input,
        current: standing_for(input, input.name(), bytes.clone()),
        bytes,
        options: CheckOptions {
            findings_per_rule: MOST_FINDINGS,
            reject_to: None,
            corrections: None,
            ..options.clone()
        },
        language,
        is_text: false,
        changes: Vec::new(),
    };
    let book = options.rules.unwrap_or_else(|| RuleBook::shipped());
    let before = match checked {
        Some(checked) if options.corrections.is_none() => checked.clone(),
        _ => state.check()?,
    };
    let meant = state.read_as(&before)?;
    let mut by_hand = BTreeMap::new();
    let mut corrected = Corrected::default();
    if options.corrections.is_some() {
        let with = CheckOptions {
            corrections: options.corrections,
            ..state.options.clone()
        };
        let laid = LaidOut::open(&state.current, &with)?.ok_or(MendError::Layout)?;
        let (cells, count) = laid.corrected()?;
        corrected = count;
        let is_text = matches!(laid.form(), FileForm::Text { .. });
        let rules = rules_of(&before);
        let mut values: BTreeMap<(u64, u32), String> = BTreeMap::new();
        for cell in cells {
            let place = (cell.row, cell.at as u32 + 1);
            let field = laid.fields().find(|(at, _)| *at == cell.at);
            let safe = field
                .filter(|_| is_text)
                .and_then(|(_, field)| Step::Formula.apply(&cell.value, field));
            values.insert(place, safe.unwrap_or(cell.value));
            let mut correction = cell.correction;
            if correction.rule.is_empty() {
                // What was found in the cell, or that it was corrected.
                let found = rules.get(&place).map(|(_, code)| *code);
                let told = || Some(book.telling(Observation::CorrectionApplied)?.code);
                let rule = found.or_else(told);
                correction.rule = rule.map_or_else(String::new, |rule| rule.to_string());
            }
            by_hand.insert(place, correction);
        }
        drop(laid);
        if !values.is_empty() {
            let values = values.iter().map(|(place, value)| (*place, value.as_str()));
            state.write(&values.collect())?;
        }
    }
    let settled: BTreeSet<(u64, u32)> = by_hand.keys().copied().collect();
    let mut after = if by_hand.is_empty() {
        before.clone()
    } else {
        state.check_again(&meant)?
    };
    let corrected_alone = after.clone();
    let mut fixes: BTreeMap<(u64, u32), Fix> = BTreeMap::new();
    let mut undecided = Vec::new();
    let mut earlier: Option<Earlier> = None;
    for round in 0..ROUNDS {
        let laid = LaidOut::open(&state.current, &state.options)?.ok_or(MendError::Layout)?;
        let found = find(&laid, &after, book, &settled, &mut earlier)?;
        drop(laid);
        if round == 0 {
            undecided = found.undecided;
        }
        if round > 0 && found.fixes.is_empty() {
            break;
        }
        if let Some(earlier) = &mut earlier {
            earlier.mends(found.fixes.values());
        }
        let values = found.fixes.iter();
        let values = values.map(|(place, fix)| (*place, fix.value()));
        state.write(&values.collect())?;
        if found.fixes.is_empty() && state.changes.is_empty() {
            break;
        }
        for (place, fix) in found.fixes {
            match fixes.get_mut(&place) {
                Some(earlier) => earlier.then(fix),
                None => {
                    fixes.insert(place, fix);
                }
            }
        }
        after = state.check_again(&meant)?;
    }
    Ok(Mended {
        by_hand: by_hand.into_values().collect(),
        corrected,
        fixes: fixes.into_values().collect(),
        changes: state.changes,
        undecided,
        before,
        corrected_alone,
        after,
        bytes: state.bytes,
        is_text: state.is_text,
    })
}

/// A file between two rounds.
struct State<'a> {
    input: &'a Input,
    current: Input,
    bytes: Vec<u8>,
    options: CheckOptions<'a>,
    language: Language,
    /// Whether it is text by now.
    is_text: bool,
    /// What else changed of the file.
    changes: Vec<FileChange>,
}

impl State<'_> {
    fn check(&self) -> Result<FileReport, MendError> {
        let inputs = std::slice::from_ref(&self.current);
        let report = check_inputs(inputs, &self.options, &())?;
        report.files.into_iter().next().ok_or(MendError::Form)
    }

    /// How the file as it is by now is read.
    fn read_as(&self, report: &FileReport) -> Result<ReadAs, MendError> {
        let laid = LaidOut::open(&self.current, &self.options)?.ok_or(MendError::Layout)?;
        if laid.is_cut_off()? {
            return Err(MendError::CutOff);
        }
        Ok(ReadAs::of(&laid, report))
    }

    /// Checks what was written as whoever gets it will, and that it is read as the original was: a cell that
    /// was mended may make another row the likelier header, and what was told of the cells would hold for
    /// others.
    fn check_again(&self, meant: &ReadAs) -> Result<FileReport, MendError> {
        let report = self.check()?;
        let read = match self.read_as(&report) {
            Ok(read) => read,
            Err(MendError::Layout) => return Err(MendError::ReadOtherwise(meant.unknown())),
            Err(error) => return Err(error),
        };
        match meant.differs(&read) {
            Some(otherwise) => Err(MendError::ReadOtherwise(otherwise)),
            None => Ok(report),
        }
    }

    /// Gives cells new values.
    fn write(&mut self, values: &Values<'_>) -> Result<(), MendError> {
        let laid = LaidOut::open(&self.current, &self.options)?.ok_or(MendError::Layout)?;
        let (bytes, changes) = written(&laid, &self.bytes, values, self.language)?;
        let delimiter = match laid.form() {
            FileForm::Text { delimiter, .. } => Some(written_with(&laid, delimiter)),
            FileForm::Table if !values.is_empty() => Some(written_with(&laid, '\0')),
            FileForm::Sheet { .. } | FileForm::Table => None,
        };
        drop(laid);
        // What a later round changes of the file as a whole, an earlier one did.
        let book = self.options.rules.unwrap_or_else(|| RuleBook::shipped());
        for mut change in changes {
            let seen = match change.what {
                "codering" => Some(Observation::FileEncoding),
                "formules" => Some(Observation::CellFormula),
                _ => None,
            };
            if let Some(rule) = seen.and_then(|seen| book.telling(seen)) {
                change.rule = rule.code.to_string();
            }
            let known = |known: &FileChange| known.what == change.what && known.cell == change.cell;
            if !self.changes.iter().any(known) {
                self.changes.push(change);
            }
        }
        let mut name = self.input.name().to_owned();
        if let Some(delimiter) = delimiter {
            // What was said of the original does not hold for the file it became, which is read as anybody
            // will read it.
            self.is_text = true;
            let reading = &mut self.options.reading;
            reading.encoding = reading.encoding.filter(|said| *said == Encoding::Utf8);
            reading.delimiter = reading.delimiter.filter(|said| *said == delimiter);
            if !is_of_text(without(&name, "gz")) {
                name.push_str(".csv");
            }
        }
        self.current = standing_for(self.input, &name, bytes.clone());
        self.bytes = bytes;
        Ok(())
    }
}

/// Bytes in memory in the place of a file: what lies beside it holds for them.
fn standing_for(input: &Input, name: &str, bytes: Vec<u8>) -> Input {
    let new = Input::bytes(name, bytes);
    match input.file_on_disk() {
        Some(path) => new.standing_for(path),
        None => new,
    }
}

/// A name without an extension that it has.
fn without<'n>(name: &'n str, extension: &str) -> &'n str {
    match name.rsplit_once('.') {
        Some((stem, last)) if last.eq_ignore_ascii_case(extension) => stem,
        _ => name,
    }
}

/// Whether a name is one of a text file. Text that was called a workbook is text all the same.
fn is_of_text(name: &str) -> bool {
    let text = ["csv", "txt", "tsv", "tab", "dat", "asc"];
    text.iter()
        .any(|extension| without(name, extension) != name)
}

//! The file of corrections: its columns, read and written.

use std::collections::BTreeMap;
use std::io::{self, Write};

use ethos_model::date::Day;
use ethos_model::finding::{MaskedValue, Text};

use super::{Correction, CorrectionsError, name_of};
use crate::edited::{self, edited};
use crate::layout::normalised;
use crate::mend::Step;
use crate::origin::CLEANED;

/// Columns of the file.
pub(super) const COLUMNS: [&str; 13] = [
    "bestand",
    "sha256",
    "blad",
    "rij",
    "kolom",
    "oud",
    "nieuw",
    "bewerking",
    "regel",
    "wie",
    "wanneer",
    "waarom",
    "rijmerk",
];

/// Where in the list of columns those are that prove of which row a correction is.
pub(super) const SHA256: usize = 1;
pub(super) const MARK: usize = 12;

/// Corrections a file may hold: more are no work of hands.
const MOST: usize = 20_000_000;

/// Steps that concern a file as a whole, or a cell outside the layout: what a mended file changed besides its cells.
/// They are kept for the record and do nothing when the original is read.
const OF_FILES: [&str; 5] = ["vorm", "codering", "scheidingsteken", CLEANED, "formules"];

/// Where each of the columns stands in a file; `usize::MAX` for one it does not have.
pub(super) type Places = [usize; COLUMNS.len()];

/// The header of the file, where its columns are, and its rows as they stand.
pub(super) fn read_records(
    bytes: &[u8],
) -> Result<(csv::StringRecord, Places, Vec<csv::StringRecord>), CorrectionsError> {
    let (text, delimiter) = edited(bytes);
    let mut reader = csv::ReaderBuilder::new()
        .delimiter(delimiter)
        .flexible(true)
        .from_reader(&*text);
    // What the reader says may repeat a cell.
    let broken = |_: csv::Error| CorrectionsError::Csv("it is no text in columns".to_owned());
    let header = reader.headers().map_err(broken)?.clone();
    let mut places = [usize::MAX; COLUMNS.len()];
    for (place, name) in places.iter_mut().zip(COLUMNS) {
        let found = header
            .iter()
            .position(|other| normalised(restored(other)) == name);
        *place = match (found, name) {
            (Some(at), _) => at,
            (None, "sha256" | "blad" | "bewerking" | "regel" | "rijmerk") => usize::MAX,
            (None, name) => return Err(CorrectionsError::Column(name)),
        };
    }
    let mut records = Vec::new();
    for record in reader.records() {
        records.push(record.map_err(broken)?);
        if records.len() > MOST {
            return Err(CorrectionsError::TooMany(MOST));
        }
    }
    Ok((header, places, records))
}

/// A cell of a row by its place in the list of columns.
pub(super) fn cell_of(record: &csv::StringRecord, places: &Places, at: usize) -> String {
    restored(record.get(places[at]).unwrap_or_default()).to_owned()
}

/// A cell without blanks around it and the apostrophe that keeps a spreadsheet from running it.
fn restored(cell: &str) -> &str {
    let cell = cell.trim();
    match cell.strip_prefix('\'') {
        Some(rest) if rest.starts_with(['=', '+', '-', '@']) => rest,
        _ => cell,
    }
}

/// File, sheet, row and column of the cell that a row corrects.
pub(super) fn place_of(
    record: &csv::StringRecord,
    places: &Places,
) -> Option<(String, String, u64, String)> {
    let cell = |at: usize| cell_of(record, places, at);
    Some((
        name_of(&cell(0)).to_owned(),
        cell(2),
        cell(3).parse().ok()?,
        normalised(&cell(4)),
    ))
}

/// Reads the rows of the file.
pub(super) fn parse(bytes: &[u8]) -> Result<Vec<Correction>, CorrectionsError> {
    let (_, places, records) = read_records(bytes)?;
    let mut list: Vec<Correction> = Vec::new();
    let mut cells: BTreeMap<(String, String, u64, String), u64> = BTreeMap::new();
    for (at, record) in records.iter().enumerate() {
        let row = at as u64 + 2;
        let wrong = |reason: Text| CorrectionsError::Row { row, reason };
        let cell = |at: usize| cell_of(record, &places, at);
        if record.iter().all(|cell| cell.trim().is_empty()) {
            continue;
        }
        if OF_FILES.contains(&cell(7).as_str()) {
            continue;
        }
        for (at, name) in [(4, "kolom"), (9, "wie"), (11, "waarom")] {
            if cell(at).is_empty() {
                return Err(wrong(Text::new(
                    format!("`{name}` is leeg; vul het bij elke correctie in"),
                    format!("`{name}` is blank; every correction has it"),
                )));
            }
        }
        if cell(0).is_empty() && cell(1).is_empty() {
            return Err(wrong(Text::new(
                "er staat geen bestand bij; vul `bestand` in",
                "it names no file; fill `bestand`",
            )));
        }
        let number: u64 = cell(3)
            .parse()
            .ok()
            .filter(|number| *number > 0)
            .ok_or_else(|| {
                wrong(Text::new(
                    "`rij` is geen nummer van een rij",
                    "`rij` is no number of a row",
                ))
            })?;
        let when = edited::day(&cell(10)).ok_or_else(|| {
            wrong(Text::new(
                "`wanneer` is geen datum; schrijf 2026-01-31",
                "`wanneer` is no day; write 2026-01-31",
            ))
        })?;
        let steps = steps(&cell(7)).map_err(wrong)?;
        let correction = Correction {
            file: name_of(&cell(0)).to_owned(),
            sha256: cell(1).to_lowercase(),
            sheet: cell(2),
            row: number,
            column: cell(4),
            old: cell(5),
            new: cell(6),
            steps,
            rule: cell(8),
            who: cell(9),
            when,
            why: cell(11),
            mark: cell(MARK),
        };
        let place = (
            correction.file.clone(),
            correction.sheet.clone(),
            number,
            normalised(&correction.column),
        );
        if let Some(earlier) = cells.insert(place, row) {
            return Err(wrong(Text::new(
                format!("deze rij gaat over dezelfde cel als rij {earlier}; houd er een"),
                format!("it corrects the same cell as row {earlier}; keep one"),
            )));
        }
        list.push(correction);
    }
    Ok(list)
}

fn steps(text: &str) -> Result<Vec<Step>, Text> {
    let keys = text.split('+').map(str::trim).filter(|key| !key.is_empty());
    keys.map(|key| {
        Step::from_key(key).ok_or_else(|| {
            let known: Vec<&str> = Step::ALL.into_iter().map(Step::key).collect();
            let short: String = key.chars().take(20).collect();
            // A cell in the wrong column may be anything.
            let shown = MaskedValue::of(&short);
            let known = known.join(", ");
            Text::new(
                format!("er is geen bewerking `{shown}`; bekend zijn {known}"),
                format!("there is no step `{shown}`; known are {known}"),
            )
        })
    })
    .collect()
}

/// Something a mended file changed besides its cells, for the record.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct FileChange {
    /// `vorm`, `codering`, `scheidingsteken`, `formules` or `opgeschoond`.
    pub what: &'static str,
    /// What it was.
    pub old: String,
    /// What it is.
    pub new: String,
    /// Why.
    pub why: String,
    /// The rule it is about; blank where there is none.
    pub rule: String,
    /// Row and column, where it is a cell outside the columns of the layout.
    pub cell: Option<(u64, String)>,
}

/// Writes a file of corrections that [`Corrections::read`](super::Corrections::read) reads: first what changed of the file as a
/// whole, then the cells.
///
/// # Errors
/// What the system says.
pub fn write_corrections<'c>(
    file: &str,
    sha256: &str,
    (who, when): (&str, Day),
    changes: &[FileChange],
    cells: impl IntoIterator<Item = &'c Correction>,
    to: &mut dyn Write,
) -> io::Result<()> {
    // With a mark and semicolons, as a Dutch spreadsheet opens it.
    to.write_all(b"\xef\xbb\xbf")?;
    let mut writer = csv::WriterBuilder::new().delimiter(b';').from_writer(to);
    writer.write_record(COLUMNS)?;
    let day = when.to_string();
    let safe = |text: &str| {
        let mut safe = String::new();
        ethos_table::stop_formula(text, &mut safe);
        safe
    };
    for change in changes {
        let (row, column) = match &change.cell {
            Some((row, column)) => (row.to_string(), column.as_str()),
            None => (String::new(), ""),
        };
        let fields = [
            file,
            sha256,
            "",
            &row,
            column,
            &change.old,
            &change.new,
            change.what,
            &change.rule,
            who,
            &day,
            &change.why,
            "",
        ];
        writer.write_record(fields.map(safe))?;
    }
    for cell in cells {
        let steps: Vec<&str> = cell.steps.iter().map(|step| step.key()).collect();
        let (row, steps, when) = (cell.row.to_string(), steps.join("+"), cell.when.to_string());
        let fields = [
            &cell.file,
            &cell.sha256,
            &cell.sheet,
            &row,
            &cell.column,
            &cell.old,
            &cell.new,
            &steps,
            &cell.rule,
            &cell.who,
            &when,
            &cell.why,
            &cell.mark,
        ];
        writer.write_record(fields.map(|field| safe(field)))?;
    }
    writer.flush()
}

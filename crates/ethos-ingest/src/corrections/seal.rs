//! What proves of which row a correction is, filled in by the program.

use std::collections::BTreeMap;

use super::table::{MARK, SHA256, cell_of, place_of, read_records};
use super::{Correction, CorrectionsError};
use crate::layout::normalised;
use crate::row_mark::RowMark;

/// File and row of a correction: what of it makes it certain that it is made there and nowhere else.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct Seal {
    /// Name of the file, its sheet, the row and the column, as the correction has them.
    pub(super) place: (String, String, u64, String),
    sha256: String,
    mark: String,
}

/// A mark as it stands in a file of corrections: it begins with a letter, so that no spreadsheet takes it for a
/// number.
pub(crate) fn written_mark(mark: RowMark) -> String {
    format!("r{mark}")
}

impl Seal {
    /// The seal of a correction that fits a row of the file with this hash.
    pub(crate) fn new(correction: &Correction, sha256: &str, mark: RowMark) -> Self {
        Self {
            place: (
                correction.file.clone(),
                correction.sheet.clone(),
                correction.row,
                normalised(&correction.column),
            ),
            sha256: sha256.to_owned(),
            mark: written_mark(mark),
        }
    }
}

/// A file of corrections with the columns `sha256` and `rijmerk` filled in where both were blank and a seal
/// is of that correction; everything else stays as it is. Also how many were filled in.
///
/// # Errors
/// As [`Corrections::read`](super::Corrections::read).
pub fn write_sealed(bytes: &[u8], seals: &[Seal]) -> Result<(Vec<u8>, u64), CorrectionsError> {
    let by_place: BTreeMap<_, &Seal> = seals.iter().map(|seal| (&seal.place, seal)).collect();
    let (header, places, records) = read_records(bytes)?;
    // On one line: the first one tells what stands between the cells.
    let names = header.iter().map(str::trim);
    let mut names: Vec<String> = names.map(|name| name.replace(['\r', '\n'], " ")).collect();
    // Rows may be longer than the header.
    let longest = records.iter().map(csv::StringRecord::len).max();
    names.resize(names.len().max(longest.unwrap_or(0)), String::new());
    let mut column = |at: usize, name: &str| {
        if places[at] == usize::MAX {
            names.push(name.to_owned());
            return names.len() - 1;
        }
        places[at]
    };
    let (sha256, mark) = (column(SHA256, "sha256"), column(MARK, "rijmerk"));
    // As a Dutch spreadsheet opens it.
    let mut out = b"\xef\xbb\xbf".to_vec();
    let mut filled = 0;
    // It may repeat a cell.
    let broken = |_: csv::Error| CorrectionsError::Csv("it cannot be written".to_owned());
    {
        let mut writer = csv::WriterBuilder::new()
            .delimiter(b';')
            .from_writer(&mut out);
        writer
            .write_record(names.iter().map(|name| safe(name)))
            .map_err(broken)?;
        for record in &records {
            let mut cells: Vec<String> = record.iter().map(|cell| safe(cell.trim())).collect();
            cells.resize(names.len(), String::new());
            let blank = [SHA256, MARK]
                .into_iter()
                .all(|at| cell_of(record, &places, at).is_empty());
            let seal = place_of(record, &places).and_then(|place| by_place.get(&place).copied());
            if let Some(seal) = seal.filter(|_| blank) {
                cells[sha256].clone_from(&seal.sha256);
                cells[mark].clone_from(&seal.mark);
                filled += 1;
            }
            writer.write_record(&cells).map_err(broken)?;
        }
        writer
            .flush()
            .map_err(|error| CorrectionsError::Csv(error.to_string()))?;
    }
    Ok((out, filled))
}

/// A cell that no spreadsheet runs. One that was stopped before is not stopped once more.
fn safe(text: &str) -> String {
    if text.starts_with('\'') {
        return text.to_owned();
    }
    let mut safe = String::new();
    ethos_table::stop_formula(text, &mut safe);
    safe
}

#[cfg(test)]
mod tests {
    use super::super::Corrections;
    use super::*;

    #[test]
    fn what_was_read_is_read_again_once_filled_in() {
        for name in ["--kolom", "'-kolom", " +kolom", "kol\nom", "Kolom"] {
            let file = format!(
                "\"x\ny\",bestand,rij,\"{name}\",oud,nieuw,wie,wanneer,waarom\n,a.csv,2,bsn,,,Jo,2026-01-31,-x\n"
            );
            let Ok(read) = Corrections::read(file.as_bytes()) else {
                // No sign of a formula is part of a name.
                assert_eq!(name, " +kolom");
                continue;
            };
            let (sealed, filled) = write_sealed(file.as_bytes(), &[]).unwrap();
            assert_eq!(filled, 0);
            let again = Corrections::read(sealed.as_slice()).unwrap();
            assert_eq!(
                again.of_file("a.csv", ""),
                read.of_file("a.csv", ""),
                "{name:?}"
            );
        }
    }
}

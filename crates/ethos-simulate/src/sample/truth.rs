//! The truth about a sample's mistakes, beside it.

use std::io::{self, Write};
use std::path::{Path, PathBuf};

use super::kind::DirtKind;

/// Columns of the truth file: row as a spreadsheet numbers it, name and number of the column
/// (blank for the row as a whole), kind, and the rule that finds it.
pub const TRUTH_COLUMNS: [&str; 5] = ["row", "column", "column_number", "kind", "rule"];

/// Where the truth about a sample is written: `GM0363_MD_2025.csv.truth.csv`.
pub fn sample_truth_path(sample: &Path) -> PathBuf {
    let mut name = sample.file_name().unwrap_or_default().to_owned();
    name.push(".truth.csv");
    sample.with_file_name(name)
}

/// Writes one line per mistake.
pub(super) struct TruthWriter<W: Write>(csv::Writer<W>);

impl<W: Write> TruthWriter<W> {
    pub(super) fn new(writer: W) -> io::Result<Self> {
        let mut writer = csv::Writer::from_writer(writer);
        writer
            .write_record(TRUTH_COLUMNS)
            .map_err(io::Error::from)?;
        Ok(Self(writer))
    }

    pub(super) fn write(
        &mut self,
        row: u64,
        column: Option<(&str, usize)>,
        kind: DirtKind,
    ) -> io::Result<()> {
        let number = column.map_or(String::new(), |(_, at)| (at + 1).to_string());
        let name = column.map_or("", |(name, _)| name);
        let record = [&row.to_string(), name, &number, kind.key(), kind.rule()];
        self.0.write_record(record).map_err(io::Error::from)
    }

    pub(super) fn finish(mut self) -> io::Result<()> {
        self.0.flush()
    }
}

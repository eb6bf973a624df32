//! What a sample is made from, and why one cannot be made.

use std::io;
use std::path::PathBuf;

use ethos_model::date::Day;
use ethos_model::layout::Layout;
use ethos_table::atomic::AtomicError;

/// The choices behind a sample. Equal options give equal bytes.
#[derive(Clone, PartialEq, Debug)]
pub struct SampleOptions {
    /// Rows of the file, the header not counted.
    pub rows: u64,
    /// Share of the rows that something is wrong with, 0 to 1.
    pub dirt: f64,
    /// Seed of every draw.
    pub seed: u64,
    /// Text or workbook.
    pub format: SampleFormat,
    /// Day on which the file was made; a day on which the layout holds when not given.
    pub day: Option<Day>,
}

impl Default for SampleOptions {
    fn default() -> Self {
        Self {
            rows: 1_000,
            dirt: 0.0,
            seed: 1,
            format: SampleFormat::Csv,
            day: None,
        }
    }
}

/// Form of a sample.
#[derive(Copy, Clone, PartialEq, Eq, Debug)]
pub enum SampleFormat {
    /// Delimited text, as the layout writes it.
    Csv,
    /// A workbook with one sheet, every cell as text.
    Xlsx,
}

impl SampleFormat {
    /// Rows of a worksheet below its header.
    pub const SHEET_ROWS: u64 = 1_048_575;
}

/// The day on which a sample is made when neither the user nor the layout says otherwise.
const USUAL: (i16, i8, i8) = (2026, 1, 15);

impl SampleOptions {
    /// Whether the options can be honoured.
    ///
    /// # Errors
    /// [`SampleError::Option`] names the option and what it may be.
    pub fn check(&self) -> Result<(), SampleError> {
        if !(0.0..=1.0).contains(&self.dirt) {
            return Err(SampleError::Option {
                option: "dirt",
                reason: format!("{} is not a share between 0 and 1", self.dirt),
            });
        }
        if self.format == SampleFormat::Xlsx && self.rows > SampleFormat::SHEET_ROWS {
            return Err(SampleError::Option {
                option: "rows",
                reason: format!(
                    "a worksheet holds {} rows; write CSV, or fewer",
                    SampleFormat::SHEET_ROWS
                ),
            });
        }
        Ok(())
    }

    /// The day on which the file was made: the one asked for, or a usual one in the last January
    /// in which the layout holds.
    pub fn day_of(&self, layout: &Layout) -> Day {
        let (year, month, day) = USUAL;
        let january = |year| Day::from_ymd(year, month, day).unwrap_or(Day(0));
        self.day.unwrap_or_else(|| {
            let last = layout.valid_until.map(|until| until.plus_days(-1));
            let usual = last.map_or(january(year), |last| {
                january(year).min(january(last.year())).min(last)
            });
            layout.valid_from.map_or(usual, |from| usual.max(from))
        })
    }
}

/// Why no sample was written.
#[derive(Debug, thiserror::Error)]
pub enum SampleError {
    /// An option that cannot be honoured.
    #[error("option `{option}`: {reason}")]
    Option {
        /// Its name.
        option: &'static str,
        /// What is wrong, with what it may be.
        reason: String,
    },
    /// The layout has no code that a row could have.
    #[error("`{field}` has no code that puts a row in scope, so no row can be made")]
    NoCode {
        /// The field.
        field: String,
    },
    /// A file could not be put in place.
    #[error(transparent)]
    File(#[from] AtomicError),
    /// A file could not be written.
    #[error("{} could not be written: {source}", path.display())]
    Write {
        /// The file.
        path: PathBuf,
        /// What the system says.
        source: io::Error,
    },
    /// A workbook could not be made.
    #[error("the workbook could not be made: {0}")]
    Workbook(String),
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_cannot_be_honoured_is_refused_by_name() {
        assert!(SampleOptions::default().check().is_ok());
        let with = |change: fn(&mut SampleOptions)| {
            let mut options = SampleOptions::default();
            change(&mut options);
            options.check().unwrap_err().to_string()
        };
        assert!(with(|o| o.dirt = 1.5).contains("`dirt`"));
        assert!(with(|o| o.dirt = f64::NAN).contains("`dirt`"));
        assert!(
            with(|o| {
                o.format = SampleFormat::Xlsx;
                o.rows = 2_000_000;
            })
            .contains("write CSV")
        );
    }
}

//! What a simulated country is made from, and why one cannot be made.

use ethos_model::category::Language;
use std::path::PathBuf;

/// The choices behind a simulated country. Equal options give equal bytes.
#[derive(Clone, PartialEq, Debug)]
pub struct CountryOptions {
    /// Seed of every random stream.
    pub seed: u64,
    /// Size: 1 is the whole country, 0.03 some thousand people. From 0.001 to 4.
    pub scale: f64,
    /// Years whose first of January is a reference date: rising, from 2023 to 2026, the years
    /// with the present 342 municipalities.
    pub years: Vec<i16>,
    /// Share of the rows of municipal senders and count-day forms that something is wrong with,
    /// from 0 (clean files, one version each) to 0.5.
    pub dirt: f64,
    /// Language in which the studies publish.
    pub language: Language,
}

impl CountryOptions {
    /// Scales that can be simulated.
    pub const SCALES: std::ops::RangeInclusive<f64> = 0.001..=4.0;
    /// Years that can be simulated.
    pub const YEARS: std::ops::RangeInclusive<i16> = 2023..=2026;
    /// Shares of dirt that can be simulated.
    pub const DIRT: std::ops::RangeInclusive<f64> = 0.0..=0.5;

    /// Whether the options can be honoured.
    ///
    /// # Errors
    /// [`SimulateError::Option`] names the option and what it may be.
    pub fn check(&self) -> Result<(), SimulateError> {
        let refuse = |option, reason: String| Err(SimulateError::Option { option, reason });
        if !Self::SCALES.contains(&self.scale) {
            return refuse(
                "scale",
                format!("{} is not between 0.001 and 4", self.scale),
            );
        }
        if !Self::DIRT.contains(&self.dirt) {
            return refuse("dirt", format!("{} is not between 0 and 0.5", self.dirt));
        }
        if self.years.is_empty() {
            return refuse("years", "name at least one year".into());
        }
        if self.years.windows(2).any(|pair| pair[0] >= pair[1]) {
            return refuse("years", "years must rise and differ".into());
        }
        match self.years.iter().find(|year| !Self::YEARS.contains(*year)) {
            Some(year) => refuse(
                "years",
                format!(
                    "{year} is not one of 2023–2026, the years with the present municipalities"
                ),
            ),
            None => Ok(()),
        }
    }
}

impl Default for CountryOptions {
    fn default() -> Self {
        Self {
            seed: 20_260_101,
            scale: 1.0,
            years: vec![2024, 2025, 2026],
            dirt: 0.01,
            language: Language::Nl,
        }
    }
}

/// Why no country was written.
#[derive(Debug, thiserror::Error)]
pub enum SimulateError {
    /// An option that cannot be honoured.
    #[error("option `{option}`: {reason}")]
    Option {
        /// Its name.
        option: &'static str,
        /// What is wrong, with what it may be.
        reason: String,
    },
    /// The folder cannot be made or replaced: it may hold other files, and a simulated country
    /// is never mixed with those.
    #[error(transparent)]
    Folder(#[from] ethos_table::atomic::AtomicError),
    /// A file could not be written.
    #[error("{} could not be written: {source}", path.display())]
    Write {
        /// The file.
        path: PathBuf,
        /// What the system says.
        source: std::io::Error,
    },
    /// The truth could not be put into JSON.
    #[error("the truth could not be written as JSON: {0}")]
    Json(#[from] serde_json::Error),
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_cannot_be_honoured_is_refused_by_name() {
        assert!(CountryOptions::default().check().is_ok());
        let with = |change: fn(&mut CountryOptions)| {
            let mut options = CountryOptions::default();
            change(&mut options);
            options.check().unwrap_err().to_string()
        };
        assert!(with(|o| o.scale = 0.0).contains("`scale`"));
        assert!(with(|o| o.scale = f64::NAN).contains("`scale`"));
        assert!(with(|o| o.dirt = 0.9).contains("`dirt`"));
        assert!(with(|o| o.years = vec![]).contains("at least one"));
        assert!(with(|o| o.years = vec![2025, 2025]).contains("rise"));
        assert!(with(|o| o.years = vec![2018]).contains("2018"));
    }
}

//! A delivery's figures in a file, so that next year's is compared with it without keeping the delivery.
//!
//! It holds counts and medians, small ones too, and nothing of a person: for the sender's and the statistics
//! office's own use, not to be published.

use ethos_ingest::{CheckReport, Summary};
use serde::{Deserialize, Serialize};

/// Version of the form.
pub const SUMMARY_SCHEMA: &str = "ethos-summary/1";

/// The figures of checked files.
#[derive(Clone, PartialEq, Debug, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Summaries {
    /// [`SUMMARY_SCHEMA`].
    pub schema: String,
    /// Version of the program.
    pub program: String,
    /// The figures of each file, which is named without its folders.
    pub files: Vec<Summary>,
}

/// Why a text is no file of figures.
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub enum SummariesError {
    /// It is not JSON of this form.
    #[error("it holds no figures of a check ({0}); `ethos check --summary` writes such a file")]
    Json(#[from] serde_json::Error),
    /// It is of another version.
    #[error("it is of form `{0}`; this program reads `{SUMMARY_SCHEMA}`")]
    Schema(String),
    /// A figure is one that no delivery has.
    #[error("it says of `{0}` what no delivery has; have `ethos check --summary` write it again")]
    Impossible(String),
}

impl Summaries {
    /// The figures of a check. Files that gave no row are left out: nothing can be compared with them.
    pub fn of(report: &CheckReport) -> Self {
        let files = report.files.iter().filter(|file| file.tally.accepted > 0);
        Self {
            schema: SUMMARY_SCHEMA.to_owned(),
            program: env!("CARGO_PKG_VERSION").to_owned(),
            files: files
                .map(|file| file.summary.clone().named(base_name(&file.file)))
                .collect(),
        }
    }

    /// Reads a file of figures.
    ///
    /// # Errors
    /// [`SummariesError`].
    pub fn read(text: &str) -> Result<Self, SummariesError> {
        /// The form alone, so that one of another version is told as such.
        #[derive(Deserialize)]
        struct Form {
            schema: String,
        }
        let form: Form = serde_json::from_str(text)?;
        if form.schema != SUMMARY_SCHEMA {
            return Err(SummariesError::Schema(form.schema));
        }
        let summaries: Self = serde_json::from_str(text)?;
        match summaries.files.iter().find(|file| !file.is_possible()) {
            Some(file) => Err(SummariesError::Impossible(file.file.clone())),
            None => Ok(summaries),
        }
    }
}

/// A file's name without folders.
pub(crate) fn base_name(path: &str) -> &str {
    path.rsplit(['/', '\\']).next().unwrap_or(path)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn figures_are_read_back_and_other_forms_are_named() {
        let summaries = Summaries {
            schema: SUMMARY_SCHEMA.into(),
            program: "1".into(),
            files: vec![Summary::default().named("GM0363_MD_2025.csv")],
        };
        let text = serde_json::to_string(&summaries).unwrap();
        assert_eq!(Summaries::read(&text).unwrap(), summaries);
        let other = Summaries::read(r#"{"schema":"ethos-receipt/1"}"#).unwrap_err();
        assert!(other.to_string().contains("ethos-receipt/1"), "{other}");
        assert!(Summaries::read("bsn;1").is_err());
    }

    #[test]
    fn figures_that_no_delivery_has_are_refused() {
        let with = |figures: &str| {
            let files = format!("[{{\"file\":\"x.csv\",{figures}}}]");
            Summaries::read(&format!(
                "{{\"schema\":\"{SUMMARY_SCHEMA}\",\"program\":\"1\",\"files\":{files}}}"
            ))
        };
        assert!(with(r#""women":1000000000000,"median_stay":3652059.0"#).is_ok());
        let places = r#""places":{"GM0363":{"2024-01":18446744073709551615}}"#;
        let most = r#""months":{"2024-01":18446744073709551615}"#;
        for figures in [
            r#""women":1000000000001"#,
            r#""median_age":-1e8"#,
            most,
            places,
        ] {
            let error = with(figures).unwrap_err();
            assert!(matches!(&error, SummariesError::Impossible(file) if file == "x.csv"));
            assert!(error.to_string().contains("--summary"));
        }
    }
}

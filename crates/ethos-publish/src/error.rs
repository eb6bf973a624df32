//! What can go wrong while writing.

use std::path::PathBuf;

use ethos_model::category::Language;
use ethos_model::municipality::MunicipalityCode;
use ethos_table::TableError;
use ethos_table::atomic::AtomicError;

use crate::protect::AuditReport;

/// Why a release or an internal page was not written.
#[derive(Debug, thiserror::Error)]
pub enum PublishError {
    /// A folder cannot be made.
    #[error("cannot make the folder `{}`: {source}", path.display())]
    Folder {
        /// The folder.
        path: PathBuf,
        /// What the system says.
        source: std::io::Error,
    },
    /// A file cannot be written.
    #[error("cannot write `{}`: {source}", path.display())]
    Write {
        /// The file.
        path: PathBuf,
        /// What the system says.
        source: std::io::Error,
    },
    /// A file cannot be put in place.
    #[error(transparent)]
    Atomic(#[from] AtomicError),
    /// The cube does not fit its schema, or its file cannot be written.
    #[error(transparent)]
    Table(#[from] TableError),
    /// The workbook cannot be made.
    #[error("cannot make the workbook `{}`: {source}", path.display())]
    Workbook {
        /// The file.
        path: PathBuf,
        /// What the library says.
        source: rust_xlsxwriter::XlsxError,
    },
    /// The parts of a workbook cannot be packed.
    #[error("cannot make the workbook `{}`: {source}", path.display())]
    Archive {
        /// The file.
        path: PathBuf,
        /// What the library says.
        source: zip::result::ZipError,
    },
    /// A factsheet is asked for a municipality that the release has no row of.
    #[error(
        "{code} is not in the municipal table of this release; it lists the municipalities of its latest reference date"
    )]
    NoMunicipality {
        /// The municipality.
        code: MunicipalityCode,
    },
    /// A page cannot be made from its template.
    #[error("cannot make the page: {0}")]
    Page(#[from] minijinja::Error),
    /// An attacker could work out protected counts from the whole of the release.
    #[error(
        "the audit failed: {count} protected {} could be narrowed down from what would be published, among them {}; no release was written. Use a larger `base` or the other `method`, or publish fewer `tables`",
        if *count == 1 { "count" } else { "counts" },
        cells.join("; ")
    )]
    Disclosed {
        /// How many counts.
        count: usize,
        /// The first of them, by their coordinates, without their counts.
        cells: Vec<String>,
        /// The whole audit, counts included: for `internal/`.
        report: Box<AuditReport>,
    },
    /// Municipalities that a mapping places in a region count more than the region does.
    #[error(
        "the municipalities that the mapping `{mapping}` places in {region} count more persons than that region, so it is not the mapping that the figures were counted by; give that one, or count again with `ethos run` or `ethos count`"
    )]
    Mapping {
        /// The mapping.
        mapping: String,
        /// The region.
        region: String,
    },
    /// Counts of the cube contradict each other.
    #[error("the counts cannot be linked: {0}")]
    Linked(#[from] ethos_disclosure::SystemError),
    /// No additive rounding was found.
    #[error(
        "no additive rounding to base {base} was found for {place}; use a larger `base`, another `seed` or `method = \"threshold\"`, or publish fewer `tables`"
    )]
    Rounding {
        /// The base.
        base: u32,
        /// A cell whose sums could not be satisfied, by its coordinates.
        place: String,
    },
}

impl PublishError {
    /// What went wrong. Why a release is refused is told in the language; what a system says of files, in English.
    pub fn words(&self, language: Language) -> String {
        if language == Language::En {
            return self.to_string();
        }
        match self {
            Self::NoMunicipality { code } => format!(
                "{code} staat niet in de gemeentetabel van deze publicatie; die noemt de gemeenten van haar laatste peildatum"
            ),
            Self::Disclosed { count, cells, .. } => format!(
                "de controle is niet doorstaan: {count} beschermde {} uit wat er gepubliceerd zou worden te herleiden, waaronder {}; er is geen publicatie geschreven. Neem een grotere `base` of de andere `method`, of publiceer minder `tables`",
                if *count == 1 {
                    "aantal is"
                } else {
                    "aantallen zijn"
                },
                cells.join("; ")
            ),
            Self::Mapping { mapping, region } => format!(
                "de gemeenten die de indeling `{mapping}` bij {region} plaatst, tellen meer personen dan die regio, dus met deze indeling is niet geteld; geef de indeling van de telling, of tel opnieuw met `ethos run` of `ethos count`"
            ),
            Self::Linked(error) => format!("de aantallen zijn niet te koppelen: {error}"),
            Self::Rounding { base, place } => format!(
                "voor {place} is geen optellende afronding op een veelvoud van {base} gevonden; neem een grotere `base`, een andere `seed` of `method = \"threshold\"`, of publiceer minder `tables`"
            ),
            _ => self.to_string(),
        }
    }

    /// What the audit found of a release that it refused, counts included.
    pub fn audit(&self) -> Option<&AuditReport> {
        match self {
            Self::Disclosed { report, .. } => Some(report),
            _ => None,
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_refusal_is_told_in_dutch() {
        let error = PublishError::Rounding {
            base: 5,
            place: "NL".into(),
        };
        assert!(error.words(Language::Nl).contains("veelvoud van 5"));
        assert_eq!(error.words(Language::En), error.to_string());
    }
}

//! Why a count is refused.

use ethos_model::attribute::AgeRange;
use ethos_model::category::EthosCategory;

/// Why a count is refused. Nothing is counted then.
#[derive(Clone, PartialEq, Eq, Debug, thiserror::Error)]
pub enum CountError {
    /// A column does not run parallel to the spells, or the reaches to the sources.
    #[error("{what} has {found} entries where {expected} are needed; was it made from this study?")]
    Length {
        /// The column.
        what: &'static str,
        /// Entries needed.
        expected: usize,
        /// Entries found.
        found: usize,
    },
    /// More spells than a run can number.
    #[error("{0} spells; at most 4,294,967,295 can be counted in one run")]
    TooManySpells(usize),
    /// A spell names a source that the study does not have.
    #[error(
        "a spell is of source {source_number} and the study has {sources}; was it ingested with this study?"
    )]
    Source {
        /// Position of the source, 0 for the first.
        source_number: u16,
        /// How many the study has.
        sources: usize,
    },
    /// A year of `count.period_years` is no year that can be counted.
    #[error("`count.period_years` holds {0}; years from 1800 to 2199 can be counted")]
    Year(i16),
    /// The person register is not in order.
    #[error("the person register must be sorted by person and then by the day it was drawn")]
    RegisterOrder,
    /// A region mapping is neither shipped nor supplied.
    #[error("the region mapping `{0}` was not loaded; name its file under [regions.{0}]")]
    Region(String),
    /// A list cannot see a category that the estimate speaks of. Whom it could have seen would be
    /// known of those only whom another list gave a category.
    #[error(
        "the list `{list}` cannot see people of {age} years in category {}, which the scope of the estimate \
         holds; absence from it is no 0 then, and who could have been on it is not known of people \
         without a category. Narrow [scope], or leave the list out with `estimate.lists`",
        category.number().map_or_else(|| "unknown".to_owned(), |number| number.to_string())
    )]
    PartialCoverage {
        /// The list.
        list: String,
        /// What it cannot see.
        category: EthosCategory,
        /// An age at which it looks.
        age: u8,
    },
    /// A list sees a part only of an age band, so that the strata do not say whom it can see.
    #[error(
        "the list `{list}` cannot see people of {age} years, and no band of `strata.age` tells them from \
         people it can see; give `strata.age` the cut point {cut}, narrow [scope], or leave the list out \
         with `estimate.lists`"
    )]
    CoverageBands {
        /// The list.
        list: String,
        /// An age that it cannot see.
        age: u8,
        /// Where the band must be cut.
        cut: u8,
    },
    /// A list can see nobody of whom the estimate speaks.
    #[error(
        "the list `{list}` can see nobody in the scope of the estimate; leave it out with `estimate.lists`"
    )]
    SeesNobody {
        /// The list.
        list: String,
    },
    /// Ages of the scope lie in no age band of the strata.
    #[error(
        "age {age} is in the scope {scope} of the estimate and in no band of `strata.age`; add cut \
         points that hold every age in scope, such as a first one of {} and a last one of {}",
        scope.first(), scope.last().map_or(120, |last| last + 1)
    )]
    AgeBands {
        /// The first age without a band.
        age: u8,
        /// The ages in scope.
        scope: AgeRange,
    },
    /// The scope asks for registered people and nothing tells who is.
    #[error(
        "the scope of the estimate holds registered people only and nothing tells who is: add a \
         [[person_register]], a source with the residence status or the municipality of \
         registration, or set `scope.registered = false`"
    )]
    RegistrationUnknown,
    /// A table could not be made.
    #[error("cross-tabulation failed: {0}")]
    Table(String),
}

impl From<polars::error::PolarsError> for CountError {
    fn from(error: polars::error::PolarsError) -> Self {
        Self::Table(error.to_string())
    }
}

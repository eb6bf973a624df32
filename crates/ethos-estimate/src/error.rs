//! What can go wrong, and whose move it is: the caller's words or the data.

use crate::existence::Certificate;

/// Who has to act on an [`EstimateError`]; a command line maps it to an exit code.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum ErrorKind {
    /// The request is wrong: unknown list, bad formula, contradictory settings.
    Usage,
    /// The request is fine and was computed, but no estimate exists for these data.
    Refused,
    /// The numerical work failed although an estimate should exist.
    Numeric,
}

/// Every way in which building a table, reading a model or estimating can fail.
///
/// Messages are lower-case fragments that name the way out. They contain names
/// of lists, covariates and levels, and never a person.
#[derive(Debug, Clone, PartialEq, thiserror::Error)]
pub enum EstimateError {
    /// Fewer than two lists: nothing was recaptured.
    #[error("{0} list given; capture-recapture needs at least 2")]
    TooFewLists(usize),
    /// More than sixteen lists.
    #[error("{0} lists given; the limit is 16")]
    TooManyLists(usize),
    /// The same name twice among lists and covariates.
    #[error("the name `{0}` is used twice among lists and covariates")]
    DuplicateName(String),
    /// A covariate without levels.
    #[error("covariate `{0}` has no level")]
    NoLevels(String),
    /// A history with a bit outside the lists, or a level that does not exist.
    #[error("row outside the table: {0}")]
    OutsideTable(String),
    /// A count for the history nobody can observe.
    #[error("{count} persons have an all-zero history; nobody is observed on no list")]
    Unobserved {
        /// How many persons the offending row counts.
        count: u64,
    },
    /// Counts that do not fit in 2^53, above which they are not exact as floating-point numbers.
    #[error("the counts add up to more than 2^53")]
    CountOverflow,
    /// A text that is not a count of persons.
    #[error("not a count of persons: {0}")]
    Count(String),
    /// A count that is not whole, in a table not declared to have such counts.
    #[error(
        "a count of {0} persons is not whole; declare the table as fractional if its counts are weighted"
    )]
    Fractional(f64),
    /// A list on which nobody was seen.
    #[error("nobody is on list `{0}`; leave it out")]
    EmptyList(String),
    /// No part of the population that two lists can see.
    #[error("nobody in the table can be seen by two lists; there is nothing to compare")]
    NotCovered,
    /// Terms that the incomplete data do not determine.
    #[error("model {model} is not determined by what was seen: {reason}")]
    NotDetermined {
        /// Notation of the model.
        model: String,
        /// Which terms, and why.
        reason: String,
    },
    /// Nobody at all.
    #[error("the table counts nobody")]
    EmptyTable,
    /// The table would have more cells than the program is willing to hold.
    #[error("{cells} cells (histories x strata) exceed the limit of {limit}")]
    TooManyCells {
        /// Cells asked for.
        cells: u64,
        /// The limit.
        limit: u64,
    },
    /// A person in two rows of one year.
    #[error("a person has two rows in {0}; a table with person keys has one row a person and year")]
    RepeatedPerson(String),
    /// What is wrong with the table of one of several years.
    #[error("in {year}: {error}")]
    InYear {
        /// The year.
        year: String,
        /// What is wrong with it.
        error: Box<EstimateError>,
    },
    /// A change across a declared break in the series.
    #[error(
        "a break is declared between {years}: {reason}; the change across it is computed only when asked for"
    )]
    DeclaredBreak {
        /// The years, in words.
        years: String,
        /// What changed.
        reason: String,
    },
    /// A model too large to fit.
    #[error(
        "a model of {parameters} parameters on {cells} cells in {strata} strata is too large to fit (at \
         most 3000 parameters, 4096 strata and 4e8 cells x parameters); take fewer terms or covariates, \
         or group levels"
    )]
    TooLargeModel {
        /// Its parameters.
        parameters: u64,
        /// Cells of the table.
        cells: u64,
        /// Strata of the table.
        strata: usize,
    },
    /// A space of models too large to search.
    #[error(
        "{models} models of up to {parameters} parameters are too many to search; lower `max-order`, take \
         fewer covariates, or search stepwise"
    )]
    TooLargeSearch {
        /// Models in the space.
        models: u64,
        /// Parameters of the largest.
        parameters: u64,
    },
    /// Replicates that would take more memory than the program is willing to use.
    #[error(
        "the replicates would take {bytes} bytes, 8 for each and every stratum, and the limit is {limit}; \
         ask for at most {most}, or take fewer covariates"
    )]
    TooManyReplicates {
        /// Memory they would take.
        bytes: u64,
        /// The limit.
        limit: u64,
        /// Replicates of this table within it.
        most: u64,
    },
    /// A formula or notation that cannot be read.
    #[error("cannot read model `{text}`: {reason}")]
    Syntax {
        /// The text as given.
        text: String,
        /// What is wrong with it and where.
        reason: String,
    },
    /// A formula with a covariate of one level.
    #[error(
        "covariate `{0}` has one level in this table, so its terms cannot be told from the others; leave `{0}` out of the model"
    )]
    OneLevel(String),
    /// A name in a formula that is neither a list nor a covariate.
    #[error("`{name}` is neither a list nor a covariate{}", suggestion.as_ref().map(|s| format!("; did you mean `{s}`?")).unwrap_or_default())]
    UnknownName {
        /// The unknown name.
        name: String,
        /// The nearest known name, if one is near.
        suggestion: Option<String>,
    },
    /// A name in a formula of rates that is no covariate.
    #[error("`{name}` is no covariate{}", suggestion.as_ref().map(|s| format!("; did you mean `{s}`?")).unwrap_or_default())]
    UnknownCovariate {
        /// The unknown name.
        name: String,
        /// The nearest known name, if one is near.
        suggestion: Option<String>,
    },
    /// Persons on a list with repeated contacts who were never seen.
    #[error(
        "times seen is 0 (persons: {count}); a list holds nobody it did not see (drop them, or ask to ignore them)"
    )]
    NeverSeen {
        /// How many persons the offending row counts.
        count: u64,
    },
    /// A person seen more often than the program is willing to handle.
    #[error("{0} times seen exceed the limit of 10000; is this the column of times seen?")]
    TooManyTimes(u64),
    /// Everybody on a list with repeated contacts was seen equally often.
    #[error(
        "everybody was seen equally often (times seen: {0}), which says nothing about those who were not seen"
    )]
    SameTimes(u64),
    /// A formula with an interaction whose parts are missing.
    #[error(
        "`{formula}` is not hierarchical; the smallest hierarchical model containing it is `{closure}`"
    )]
    NotHierarchical {
        /// The formula as given.
        formula: String,
        /// Its closure.
        closure: String,
    },
    /// A model in which a list has no main effect.
    #[error("list `{0}` is not in the model; add it, or leave it out of the lists")]
    ListNotInModel(String),
    /// The interaction of all lists was asked for: it cannot be told from the unseen cell.
    #[error(
        "the model contains the interaction of all lists, which no data can tell from the unseen part"
    )]
    SaturatedLists,
    /// Two settings that exclude each other, or a setting that makes no sense here.
    #[error("{0}")]
    Setting(String),
    /// A method that this version does not have.
    #[error("{0} is not available yet; nothing was computed in its place")]
    NotAvailable(String),
    /// The maximum-likelihood estimate of the requested model does not exist or is not identified.
    #[error("model {model} has no estimate on these data: {reason}")]
    NoEstimate {
        /// Notation of the model.
        model: String,
        /// Formula of the model, to read it back.
        formula: String,
        /// In words.
        reason: String,
        /// Error code: 1 not existing, 2 rank deficient, 3 both.
        code: u8,
        /// Proof that can be checked without this program.
        certificate: Box<Certificate>,
    },
    /// No model of the searched space has an estimate.
    #[error(
        "{} an estimate on these data: {cause}",
        if *searched == 1 { "the only model of the search does not have".into() }
        else { format!("none of the {searched} models searched has") }
    )]
    NoModel {
        /// Models in the space.
        searched: usize,
        /// What of the table leaves them without one, and the way out.
        cause: String,
    },
    /// Newton's method stopped without converging on a model whose estimate exists.
    #[error("the fit of {0} did not converge although its estimate exists")]
    NotConverged(String),
    /// The table or its estimate is too large to resample.
    #[error("{0} persons are too many to bootstrap (more than 1e10 seen or 1e15 in all)")]
    TooLargeToResample(f64),
}

impl EstimateError {
    /// Who has to act.
    pub fn kind(&self) -> ErrorKind {
        match self {
            Self::NotCovered
            | Self::NotDetermined { .. }
            | Self::NoEstimate { .. }
            | Self::NoModel { .. }
            | Self::SameTimes(_)
            | Self::TooLargeToResample(_) => ErrorKind::Refused,
            Self::NotConverged(_) => ErrorKind::Numeric,
            Self::InYear { error, .. } => error.kind(),
            _ => ErrorKind::Usage,
        }
    }

    /// Whether the request was computed but no estimate exists.
    pub fn is_refused(&self) -> bool {
        self.kind() == ErrorKind::Refused
    }

    /// Whether the request itself is wrong.
    pub fn is_usage(&self) -> bool {
        self.kind() == ErrorKind::Usage
    }
}

/// The nearest of `known` to `name`, if it is within a third of its length.
pub(crate) fn nearest<'a>(name: &str, known: impl IntoIterator<Item = &'a str>) -> Option<String> {
    let mut best: Option<(usize, &str)> = None;
    for candidate in known {
        let d = edit_distance(&name.to_lowercase(), &candidate.to_lowercase());
        if best.is_none_or(|(b, _)| d < b) {
            best = Some((d, candidate));
        }
    }
    best.filter(|(d, c)| *d <= c.chars().count().max(3).div_ceil(3))
        .map(|(_, c)| c.to_owned())
}

/// Edit distance in characters, a swap of neighbours counting once.
fn edit_distance(a: &str, b: &str) -> usize {
    let (a, b): (Vec<char>, Vec<char>) = (a.chars().collect(), b.chars().collect());
    let mut rows = vec![(0..=b.len()).collect::<Vec<usize>>()];
    for i in 1..=a.len() {
        let mut row = vec![i; b.len() + 1];
        for j in 1..=b.len() {
            let above = &rows[i - 1];
            row[j] = (above[j - 1] + usize::from(a[i - 1] != b[j - 1]))
                .min(row[j - 1] + 1)
                .min(above[j] + 1);
            if i > 1 && j > 1 && a[i - 1] == b[j - 2] && a[i - 2] == b[j - 1] {
                row[j] = row[j].min(rows[i - 2][j - 2] + 1);
            }
        }
        rows.push(row);
    }
    rows[a.len()][b.len()]
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn suggests_only_what_is_near() {
        assert_eq!(
            nearest("opvnag", ["opvang", "bijstand"]),
            Some("opvang".into())
        );
        assert_eq!(nearest("zzz", ["opvang", "bijstand"]), None);
        assert_eq!(edit_distance("kitten", "sitting"), 3);
    }
}

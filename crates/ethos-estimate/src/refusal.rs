//! What stands in the place of an answer where there is none, with its proof.

use serde::{Deserialize, Serialize};

use crate::error::EstimateError;
use crate::existence::Existence;
use crate::written;

/// Why there is no estimate.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct NotEstimable {
    /// Stable name, kebab-case: `no-estimate`, `not-determined`, `no-model`, `not-covered`,
    /// `seen-equally-often`, `too-large-to-resample`; of a stratum fitted alone also `empty-list`.
    pub code: String,
    /// In words.
    pub message: String,
    /// What to try instead, where the message does not say.
    pub way_out: Option<String>,
    /// The year whose table it is, where several were estimated together.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub year: Option<String>,
    /// Notation of the model that was refused, if it was one model.
    pub model: Option<String>,
    /// Its formula, by which [`parse_model`](crate::parse_model) reads it back.
    pub formula: Option<String>,
    /// The proof, for [`verify_existence`](crate::verify_existence) with the table and the formula.
    pub existence: Option<Existence>,
}

/// The answer to a request that was computed and refused: a document with the `schema` of the answer
/// that it replaces, and `status` in its first lines.
///
/// ```
/// use ethos_estimate::{
///     CaptureTable, EstimateSettings, ModelText, Refusal, SCHEMA, estimate, parse_model, verify_existence,
/// };
/// let table = CaptureTable::from_histories(["a", "b", "c"], [("100", 40), ("010", 30), ("001", 20), ("110", 6)])?;
/// let error = estimate(&table, &EstimateSettings::for_model("[12,3]"), None).unwrap_err();
/// let json = Refusal::new(SCHEMA, &error).unwrap().to_json();
/// // Whoever has the table can check the proof.
/// let read: Refusal = serde_json::from_str(&json).unwrap();
/// let why = read.not_estimable;
/// let ModelText::Formula(model) = parse_model(&why.formula.unwrap(), &table)? else { panic!() };
/// assert!(verify_existence(&table, &model, &why.existence.unwrap()).is_ok());
/// # Ok::<(), ethos_estimate::EstimateError>(())
/// ```
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Refusal {
    /// Schema of the answer that there would be.
    pub schema: String,
    /// Always `refused`.
    pub status: String,
    /// Why.
    pub not_estimable: NotEstimable,
}

impl NotEstimable {
    /// What an error says; nothing unless the request was computed and refused
    /// ([`EstimateError::is_refused`]).
    pub fn new(error: &EstimateError) -> Option<Self> {
        error.is_refused().then(|| Self::named(error)).flatten()
    }

    /// The same for one stratum of several, which a list that nobody is on there refuses too.
    pub(crate) fn named(error: &EstimateError) -> Option<Self> {
        if let EstimateError::InYear { year, error: inner } = error {
            return Self::named(inner).map(|inner| Self {
                message: error.to_string(),
                year: Some(year.clone()),
                ..inner
            });
        }
        let (code, way_out) = reading(error)?;
        let mut out = Self {
            code: code.into(),
            message: error.to_string(),
            way_out: way_out.map(String::from),
            year: None,
            model: None,
            formula: None,
            existence: None,
        };
        match error {
            EstimateError::NoEstimate {
                model,
                formula,
                code,
                certificate,
                ..
            } => {
                out.model = Some(model.clone());
                out.formula = Some(formula.clone());
                out.existence = Some(Existence {
                    exists: code & 1 == 0,
                    identifiable: code & 2 == 0,
                    certificate: (**certificate).clone(),
                });
            }
            EstimateError::NotDetermined { model, .. } => out.model = Some(model.clone()),
            _ => {}
        }
        Some(out)
    }
}

/// Name of a refusal and the way out.
fn reading(error: &EstimateError) -> Option<(&'static str, Option<&'static str>)> {
    let (code, way_out) = match error {
        // Without an interaction there is none to leave out; the message says what of the table it is.
        EstimateError::NoEstimate { formula, .. } if !formula.contains(['*', ':']) => {
            return Some(("no-estimate", None));
        }
        EstimateError::NoEstimate { .. } => (
            "no-estimate",
            "a model with fewer interactions may have one; an exact search looks only among models that do",
        ),
        EstimateError::NoModel { .. } => return Some(("no-model", None)),
        EstimateError::NotDetermined { .. } => (
            "not-determined",
            "take a model without these terms, or estimate each group of people from the lists that can see it \
             alone (`no-borrow`)",
        ),
        EstimateError::NotCovered => (
            "not-covered",
            "it takes two lists that can see the same people; check which columns are blank where",
        ),
        EstimateError::EmptyList(_) => (
            "empty-list",
            "join the stratum with another, or estimate all strata jointly",
        ),
        EstimateError::SameTimes(_) => (
            "seen-equally-often",
            "count contacts over a longer period, in which some people are seen more often than others",
        ),
        EstimateError::TooLargeToResample(_) => (
            "too-large-to-resample",
            "ask for the `delta` interval, which draws nobody",
        ),
        _ => return None,
    };
    Some((code, Some(way_out)))
}

impl Refusal {
    /// The document of an error; nothing unless the request was computed and refused.
    pub fn new(schema: &str, error: &EstimateError) -> Option<Self> {
        NotEstimable::new(error).map(|why| Self::of(schema, why))
    }

    /// The document of a reason.
    pub fn of(schema: &str, why: NotEstimable) -> Self {
        Self {
            schema: schema.to_owned(),
            status: "refused".to_owned(),
            not_estimable: why,
        }
    }

    /// The JSON text, indented, with a final newline.
    pub fn to_json(&self) -> String {
        written::json(self)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_refusal_has_a_name_and_a_way_out() {
        let all = [
            EstimateError::NotCovered,
            EstimateError::SameTimes(1),
            EstimateError::TooLargeToResample(1e11),
            EstimateError::NotDetermined {
                model: "[1,2]".into(),
                reason: "because".into(),
            },
        ];
        for error in all {
            assert!(error.is_refused());
            let why = NotEstimable::new(&error).unwrap();
            assert_eq!(why.message, error.to_string());
            assert!(why.way_out.is_some());
            let in_year = EstimateError::InYear {
                year: "2026".into(),
                error: Box::new(error),
            };
            let dated = NotEstimable::new(&in_year).unwrap();
            assert_eq!(dated.year.as_deref(), Some("2026"));
            assert!(dated.message.starts_with("in 2026: "));
        }
        assert_eq!(Refusal::new("x", &EstimateError::EmptyTable), None);
    }
}

//! Interactions held at known values: offsets of the linear predictor.

use std::fmt;
use std::sync::Arc;

use serde::{Deserialize, Serialize};

use crate::error::{EstimateError, nearest};
use crate::kernel::math;
use crate::model::Model;
use crate::table::CaptureTable;
use crate::term::Term;

/// A log odds ratio between lists that is known, or supposed, rather than estimated.
///
/// Every fit adds it to log μ in the cells of people who are on all of these lists
/// (Gerritse, van der Heijden & Bakker 2015, Journal of Official Statistics 31:357). For two lists
/// it is the log of their odds ratio given the other lists; for more, the interaction of that
/// order. Always names at least two different lists; always finite.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Offset {
    /// The lists.
    pub lists: Vec<String>,
    /// The logarithm of their odds ratio; 0 is independence.
    pub log_odds_ratio: f64,
}

impl Offset {
    /// An offset from an odds ratio.
    pub fn from_odds_ratio<S: Into<String>>(
        lists: impl IntoIterator<Item = S>,
        odds_ratio: f64,
    ) -> Self {
        Self {
            lists: lists.into_iter().map(Into::into).collect(),
            log_odds_ratio: math::ln(odds_ratio),
        }
    }
}

impl fmt::Display for Offset {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(
            f,
            "{} = {} (odds ratio {:.4})",
            self.lists.join(":"),
            self.log_odds_ratio,
            math::exp(self.log_odds_ratio)
        )
    }
}

/// Largest log odds ratio that may be held: beyond it a list would all but determine another.
pub(crate) const MAX_LOG: f64 = 20.0;

/// What a table holds known of its linear predictor.
#[derive(Debug, Clone, PartialEq)]
pub(crate) struct Held {
    /// Sets of lists and their log odds ratios, by rising set.
    pub(crate) terms: Vec<(u16, f64)>,
    /// Their sum in every cell.
    pub(crate) cells: Vec<f64>,
}

// Never holds a NaN: values are checked to be finite.
impl Eq for Held {}

/// The lists named as a bit set: at least two, each once.
pub(crate) fn lists_mask(names: &[String], table: &CaptureTable) -> Result<u16, EstimateError> {
    let mut mask = 0_u16;
    for name in names {
        let Some(i) = table.lists().iter().position(|l| l == name) else {
            return Err(EstimateError::UnknownName {
                name: name.clone(),
                suggestion: nearest(name, table.lists().iter().map(String::as_str)),
            });
        };
        if mask >> i & 1 == 1 {
            return Err(EstimateError::Setting(format!(
                "`{}` names list `{name}` twice",
                names.join(":")
            )));
        }
        mask |= 1 << i;
    }
    if mask.count_ones() < 2 {
        return Err(EstimateError::Setting(format!(
            "`{}` is not two lists or more, as in `a:b`",
            names.join(":")
        )));
    }
    Ok(mask)
}

/// The offsets as bit sets, checked.
pub(crate) fn held_masks(
    offsets: &[Offset],
    table: &CaptureTable,
) -> Result<Vec<(u16, f64)>, EstimateError> {
    let mut out: Vec<(u16, f64)> = Vec::new();
    for offset in offsets {
        let mask = lists_mask(&offset.lists, table)?;
        let value = offset.log_odds_ratio;
        if value.is_nan() || value.abs() > MAX_LOG {
            return Err(EstimateError::Setting(format!(
                "the log odds ratio {value} of `{}` is not between -{MAX_LOG} and {MAX_LOG}",
                offset.lists.join(":")
            )));
        }
        if out.iter().any(|&(m, _)| m == mask) {
            return Err(EstimateError::Setting(format!(
                "`{}` is held at two values",
                offset.lists.join(":")
            )));
        }
        out.push((mask, value));
    }
    Ok(out)
}

impl CaptureTable {
    /// The same table with log odds ratios held at known values in every fit to it.
    ///
    /// An offset replaces an earlier one of the same lists. Existence and identifiability do not
    /// change: an offset moves the estimate, never whether there is one. Errors: an unknown list,
    /// fewer than two, a list twice, or a value that is not finite.
    ///
    /// ```
    /// use ethos_estimate::{CaptureTable, Model, Offset, Term, fit};
    /// // Two lists with an odds ratio of 2 in place of independence: 2 · 400 · 260 / 120 unseen.
    /// let t = CaptureTable::from_histories(["a", "b"], [("10", 400), ("01", 260), ("11", 120)])?;
    /// let m = Model::from_generators([Term::list(0), Term::list(1)]);
    /// let dependent = t.with_offsets(&[Offset::from_odds_ratio(["a", "b"], 2.0)])?;
    /// assert!((fit(&dependent, &m)?.population() - 2513.333_333).abs() < 1e-5);
    /// # Ok::<(), ethos_estimate::EstimateError>(())
    /// ```
    pub fn with_offsets(&self, offsets: &[Offset]) -> Result<Self, EstimateError> {
        let masks = held_masks(offsets, self)?;
        Ok(self.clone().hold(&masks))
    }

    /// Holds these sets of lists, in place of what was held of them before.
    pub(crate) fn hold(mut self, masks: &[(u16, f64)]) -> Self {
        if masks.is_empty() {
            return self;
        }
        let mut terms: Vec<(u16, f64)> = self.held().to_vec();
        terms.retain(|(m, _)| !masks.iter().any(|(n, _)| n == m));
        terms.extend(masks);
        terms.sort_by_key(|t| t.0);
        let shape = self.shape_mut();
        let cells = (0..shape.cells())
            .map(|c| {
                let history = shape.history(c);
                terms
                    .iter()
                    .filter(|(m, _)| history & m == *m)
                    .map(|(_, value)| value)
                    .sum()
            })
            .collect();
        shape.held = Some(Arc::new(Held { terms, cells }));
        self
    }

    /// The sets of lists held, with their log odds ratios.
    pub(crate) fn held(&self) -> &[(u16, f64)] {
        self.shape().held.as_ref().map_or(&[], |held| &held.terms)
    }

    /// The sets of lists held.
    pub(crate) fn held_lists(&self) -> Vec<u16> {
        self.held().iter().map(|t| t.0).collect()
    }

    /// Refuses a model that estimates what the table holds known.
    pub(crate) fn check_held(&self, model: &Model) -> Result<(), EstimateError> {
        let twice = self
            .held()
            .iter()
            .find(|(mask, _)| model.contains(Term::new(*mask, 0)));
        match twice {
            None => Ok(()),
            Some((mask, _)) => Err(EstimateError::Setting(format!(
                "the model estimates `{}`, which an offset holds at a known value; leave one of them out",
                self.list_names(*mask).join(":")
            ))),
        }
    }

    /// Names of the lists in a set.
    pub(crate) fn list_names(&self, mask: u16) -> Vec<String> {
        self.lists()
            .iter()
            .enumerate()
            .filter(|(i, _)| mask >> i & 1 == 1)
            .map(|(_, name)| name.clone())
            .collect()
    }
}

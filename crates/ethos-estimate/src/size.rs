//! What is too large to fit: said before it is tried.

use crate::error::EstimateError;
use crate::model::Model;
use crate::table::Shape;
use crate::term::Term;

/// Most parameters of one model: its information matrix then takes 72 MB, a fit some ten seconds.
pub const MAX_PARAMETERS: u64 = 3_000;
/// Most cells times parameters of one model: its rows then take about half a gigabyte.
const MAX_WORK: u64 = 400_000_000;
/// Most strata of one joint model: the covariance of their unseen then takes 134 MB.
const MAX_STRATA: usize = 4_096;
/// Most models times squared parameters of a search: its index tables then take a few gigabytes.
const MAX_SEARCH: u64 = 1_000_000_000;

/// Parameters of a model on a table of this shape; as many as fit.
fn parameters(shape: &Shape, model: &Model) -> u64 {
    model
        .terms()
        .iter()
        .map(|t| {
            (0..shape.levels.len())
                .filter(|f| t.factors >> f & 1 == 1)
                .fold(1_u64, |p, f| {
                    p.saturating_mul(u64::from(shape.levels[f]) - 1)
                })
        })
        .fold(0, u64::saturating_add)
}

/// Refuses a model that would not fit in memory or not end.
pub(crate) fn check(shape: &Shape, model: &Model) -> Result<(), EstimateError> {
    let parameters = parameters(shape, model);
    let cells = shape.cells() as u64;
    if parameters > MAX_PARAMETERS
        || parameters.saturating_mul(cells) > MAX_WORK
        || shape.strata > MAX_STRATA
    {
        return Err(EstimateError::TooLargeModel {
            parameters,
            cells,
            strata: shape.strata,
        });
    }
    Ok(())
}

/// The largest model of a search: all interactions of up to `max_order` lists.
pub(crate) fn largest(base: &Model, lists: usize, max_order: u32) -> Model {
    let interactions = (1..1_u32 << lists)
        .filter(|m| m.count_ones() == max_order)
        .map(|m| Term::new(m as u16, 0));
    Model::from_generators(base.terms().iter().copied().chain(interactions))
}

/// Refuses an enumeration of `models`, the largest of them `largest`, that would not fit in memory.
pub(crate) fn check_search(
    shape: &Shape,
    largest: &Model,
    models: u64,
) -> Result<(), EstimateError> {
    check(shape, largest)?;
    let p = parameters(shape, largest);
    if models.saturating_mul(p * p) > MAX_SEARCH {
        return Err(EstimateError::TooLargeSearch {
            models,
            parameters: p,
        });
    }
    Ok(())
}

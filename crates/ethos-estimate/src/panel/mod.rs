//! The panel beside the headline: what assumptions other than the model's do to the number.
//!
//! Lower bounds, sample coverage, unequal chances, two lists at a time, dependence and
//! over-coverage. None is a candidate for the headline.

mod chao;
mod coverage;
mod dense;
mod evidence;
mod extremes;
mod heterogeneity;
mod histories;
mod over_coverage;
mod pairs;
pub(crate) mod range;
mod refit;
pub(crate) mod report;
mod sensitivity;
mod tipping;
mod warnings;

pub use chao::chao_bounds;
pub use coverage::sample_coverage;
pub use heterogeneity::heterogeneity_models;
pub use over_coverage::over_coverage;
pub use pairs::two_list_estimates;
pub use range::dependence_range;
pub use sensitivity::dependence_sensitivity;

use crate::error::EstimateError;
use crate::model::Model;
use crate::report::{Diagnostic, Population, Status};
use crate::settings::ResolvedSettings;
use crate::table::CaptureTable;
use report::{Panel, PanelEstimate};

/// Smallest (as its inverse) and largest odds ratio that may be declared, or is looked at.
const FARTHEST: f64 = 1000.0;
/// Changes of the estimate for which the odds ratio is sought.
const CHANGES: [f64; 4] = [-0.25, -0.1, 0.1, 0.25];

/// Odds ratios of every curve: quarter powers of two from ½ to 2√2, and 3.
fn grid() -> impl Iterator<Item = f64> {
    (-4..=6)
        .map(|k| f64::from(k).div_euclid(4.0).exp2() * QUARTERS[(k + 4) as usize % 4])
        .chain([3.0])
}

/// 2^0, 2^¼, 2^½ and 2^¾.
const QUARTERS: [f64; 4] = [
    1.0,
    1.189_207_115_002_721,
    std::f64::consts::SQRT_2,
    1.681_792_830_507_429,
];

/// The panel of an estimate, and what it has to say about it. Without a model (strata fitted
/// separately) there is neither sensitivity nor over-coverage.
pub(crate) fn panel(
    table: &CaptureTable,
    model: Option<&Model>,
    resolved: &ResolvedSettings,
    population: &Population,
) -> Result<(Panel, Vec<Diagnostic>), EstimateError> {
    let level = resolved.level;
    let mut refit = match model {
        Some(model) => Some(refit::Refit::new(table, model)?),
        None => None,
    };
    let mut dependence = None;
    if let Some(refit) = &mut refit {
        let mut found = sensitivity::sensitivity(refit);
        if !resolved.dependence.is_empty() {
            let here = PanelEstimate {
                estimate: population.estimate,
                se: population.se,
                lower: population.lower,
                upper: population.upper,
                status: population.status,
            };
            found.range = Some(range::range(refit, &resolved.dependence, level, here)?);
        }
        dependence = Some(found);
    }
    let panel = Panel {
        pairs: two_list_estimates(table, level),
        chao: chao_bounds(table, level),
        coverage: sample_coverage(table),
        heterogeneity: heterogeneity_models(table, level),
        sensitivity: dependence,
        over_coverage: refit.as_mut().map(over_coverage::removals),
    };
    let diagnostics = if population.status == Status::NotEstimable {
        Vec::new()
    } else {
        warnings::warnings(
            &panel,
            refit.as_ref().map(|r| &r.fit),
            table.strata(),
            population,
        )
    };
    Ok((panel, diagnostics))
}

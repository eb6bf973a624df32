//! The limits of the population and of every group, by the method asked for.

use rayon::prelude::*;

use super::bootstrap::run;
use super::control::{Control, MIN_REPLICATES, Progress};
use super::profile::profile;
use super::replicates::Replicates;
use super::resample::Resampler;
use super::{IntervalMethod, lognormal_interval};
use crate::answer::Group;
use crate::design::{Data, Design};
use crate::error::EstimateError;
use crate::estimator::Chosen;
use crate::fit::FittedModel;
use crate::kernel::newton::Workspace;
use crate::report::{BootstrapReport, MonteCarloSe, finite};
use crate::settings::ResolvedSettings;
use crate::table::CaptureTable;

pub(crate) struct Intervals {
    pub(crate) population: (f64, f64),
    pub(crate) groups: Vec<(f64, f64)>,
    pub(crate) bootstrap: Option<BootstrapReport>,
}

pub(crate) fn observed(table: &CaptureTable, members: &[usize]) -> f64 {
    members.iter().map(|&s| table.observed_in(s)).sum()
}

pub(crate) fn intervals(
    table: &CaptureTable,
    resolved: &ResolvedSettings,
    chosen: &Chosen,
    groups: &[Group],
    everyone: &[usize],
    progress: Progress<'_>,
) -> Result<Intervals, EstimateError> {
    let data = Data::of(table);
    match resolved.interval {
        IntervalMethod::Delta => {
            let of = |members: &[usize]| {
                let n0: f64 = members.iter().map(|&s| chosen.unseen[s]).sum();
                lognormal_interval(
                    observed(table, members),
                    n0,
                    chosen.fit.variance(members),
                    resolved.level,
                )
            };
            let groups = groups.iter().map(|g| of(&g.members)).collect();
            Ok(Intervals {
                population: of(everyone),
                groups,
                bootstrap: None,
            })
        }
        IntervalMethod::Profile => {
            let design = Design::new(table.shape(), &chosen.fit.model);
            let n0 = chosen.fit.unseen_total();
            let p = profile(
                &design,
                &data,
                n0,
                resolved.level,
                &mut Workspace::default(),
            )
            .ok_or_else(|| {
                EstimateError::NotConverged(format!(
                    "the profile of {}",
                    chosen.fit.model.notation(table.lists(), table.factors())
                ))
            })?;
            Ok(Intervals {
                population: (p.lower, p.upper),
                groups: Vec::new(),
                bootstrap: None,
            })
        }
        method => {
            let count = resolved.replicates.unwrap_or_default();
            let seed = resolved.seed.unwrap_or_default();
            let resampler = resampler(method, &data, &chosen.fit, chosen.unseen.iter().sum())?;
            let control = Control::new(count, progress);
            let replicates = run(
                table.shape(),
                &chosen.selector,
                &resampler,
                0..count,
                seed,
                None,
                &control,
            );
            Ok(percentiles(
                table,
                resolved,
                &replicates,
                &control,
                groups,
                everyone,
            ))
        }
    }
}

pub(crate) fn resampler(
    method: IntervalMethod,
    data: &Data,
    fit: &FittedModel,
    unseen: f64,
) -> Result<Resampler, EstimateError> {
    let histories = data.y.len() / fit.unseen.len();
    let mut means = fit.means.clone();
    for s in 0..fit.unseen.len() {
        means[s * histories] = 0.0;
    }
    Resampler::new(method, &data.y, &means, unseen)
}

/// Percentile limits of everyone and of every group, from the same replicates.
pub(crate) fn percentiles(
    table: &CaptureTable,
    resolved: &ResolvedSettings,
    replicates: &Replicates,
    control: &Control<'_>,
    groups: &[Group],
    everyone: &[usize],
) -> Intervals {
    let asked = resolved.replicates.unwrap_or_default();
    let drawn = replicates.count() as u64;
    let enough = drawn >= asked.min(MIN_REPLICATES);
    let of = |members: &[usize]| {
        let s = replicates.summary(members, observed(table, members), resolved.level);
        let limits = if enough {
            (s.lower, s.upper)
        } else {
            (f64::NAN, f64::NAN)
        };
        (limits, s)
    };
    let (population, total) = of(everyone);
    let groups = groups.par_iter().map(|g| of(&g.members).0).collect();
    Intervals {
        population,
        groups,
        bootstrap: Some(BootstrapReport {
            sd: finite(total.sd),
            replicates: drawn,
            asked,
            stopped: control.reason().filter(|_| drawn < asked),
            failed: total.failed,
            monte_carlo_se: MonteCarloSe {
                lower: finite(total.se_lower).filter(|_| enough),
                upper: finite(total.se_upper).filter(|_| enough),
            },
        }),
    }
}

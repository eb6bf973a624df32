//! The limits of the population and of every group, by the method asked for.

use rayon::prelude::*;

use super::bca::{Jackknife, bca};
use super::bootstrap::run;
use super::control::{Control, MIN_REPLICATES, Progress, in_turns};
use super::profile::profile;
use super::replicates::Replicates;
use super::resample::{Purpose, Resampler, stream};
use super::{IntervalMethod, lognormal_interval};
use crate::answer::Group;
use crate::design::{Data, Design};
use crate::error::EstimateError;
use crate::estimator::Chosen;
use crate::fit::FittedModel;
use crate::kernel::lanes::vector::Path;
use crate::kernel::newton::Workspace;
use crate::report::{BcaReport, BootstrapReport, HouseholdReport, Limits, MonteCarloSe, finite};
use crate::select::batch::Engine;
use crate::settings::ResolvedSettings;
use crate::table::CaptureTable;
use crate::units::cluster::Units;
use crate::units::effect::design_effect;
use crate::units::sampler::{Coverage, Sampler};

pub(crate) struct Intervals {
    pub(crate) population: (f64, f64),
    pub(crate) groups: Vec<GroupLimits>,
    pub(crate) bootstrap: Option<BootstrapReport>,
}

/// The limits of one group of strata.
pub(crate) struct GroupLimits {
    pub(crate) lower: f64,
    pub(crate) upper: f64,
    /// Percentile limits beside `BCa` limits.
    pub(crate) percentile: Option<Limits>,
}

impl From<(f64, f64)> for GroupLimits {
    fn from((lower, upper): (f64, f64)) -> Self {
        Self {
            lower,
            upper,
            percentile: None,
        }
    }
}

pub(crate) fn observed(table: &CaptureTable, members: &[usize]) -> f64 {
    members.iter().map(|&s| table.observed_in(s)).sum()
}

/// The limits of everyone and of `groups`; where `units` are given, they are drawn as a whole.
pub(crate) fn intervals(
    table: &CaptureTable,
    units: Option<&Units>,
    resolved: &ResolvedSettings,
    chosen: &Chosen,
    groups: &[Group],
    progress: Progress<'_>,
) -> Result<Intervals, EstimateError> {
    let data = Data::of(table);
    let everyone: Vec<usize> = (0..table.strata()).collect();
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
            let groups = groups.iter().map(|g| of(&g.members).into()).collect();
            Ok(Intervals {
                population: of(&everyone),
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
            let control = Control::new(count, progress);
            let (replicates, jackknife) = match units {
                None => persons(table, resolved, chosen, method, &data, &control)?,
                Some(units) => households(table, units, resolved, chosen, method, &data, &control)?,
            };
            let run = Bootstrapped {
                replicates: &replicates,
                control: &control,
                unseen: &chosen.unseen,
                jackknife: jackknife.as_ref(),
            };
            let mut out = read_limits(table, resolved, &run, groups, &everyone);
            if let (Some(units), Some(report)) = (units, &mut out.bootstrap) {
                let design = Design::new(table.shape(), &chosen.fit.model);
                let sized = method == IntervalMethod::Semiparametric;
                report.households = Some(HouseholdReport {
                    households: units.count(),
                    largest: units.largest(),
                    design_effect: design_effect(units, &design, &data, sized),
                });
            }
            Ok(out)
        }
    }
}

/// Replicates of persons, and the jackknife if it is needed.
fn persons(
    table: &CaptureTable,
    resolved: &ResolvedSettings,
    chosen: &Chosen,
    method: IntervalMethod,
    data: &Data,
    control: &Control<'_>,
) -> Result<(Replicates, Option<Jackknife>), EstimateError> {
    let resampler = resampler(method, data, &chosen.fit, chosen.unseen.iter().sum())?;
    let replicates = run(
        table.shape(),
        &chosen.selector,
        &resampler,
        0..resolved.replicates.unwrap_or_default(),
        resolved.seed.unwrap_or_default(),
        None,
        control,
    );
    let jackknife = resolved
        .bca
        .then(|| Jackknife::of_persons(table.shape(), &chosen.selector, data));
    Ok((replicates, jackknife))
}

/// Replicates of whole households from the streams of persons, and the jackknife of households.
fn households(
    table: &CaptureTable,
    units: &Units,
    resolved: &ResolvedSettings,
    chosen: &Chosen,
    method: IntervalMethod,
    data: &Data,
    control: &Control<'_>,
) -> Result<(Replicates, Option<Jackknife>), EstimateError> {
    let shape = table.shape();
    let coverage = Coverage {
        seen: data.n,
        unseen: chosen.unseen.iter().sum(),
    };
    let sampler = Sampler::new(method, units, &[coverage])?;
    let seed = resolved.seed.unwrap_or_default();
    let engine = Engine::new(&chosen.selector);
    let replicates = resolved.replicates.unwrap_or_default();
    let values = in_turns(
        0..replicates,
        shape.strata,
        engine.chunk(replicates),
        control,
        || (Workspace::default(), Data::empty(shape), Vec::new()),
        |(ws, data, scratch), r, out| {
            let count = (r.end - r.start) as usize;
            let draw = |i: usize, y: &mut [f64]| {
                let mut rng = stream(seed, Purpose::Table, 0, r.start + i as u64);
                sampler.draw(&mut rng, scratch, &mut [y]);
            };
            let (path, selector) = (Path::best(), &chosen.selector);
            engine.populations(path, selector, shape, count, draw, data, ws, out);
            control.take_stalled(ws);
        },
    );
    let jackknife = resolved.bca.then(|| {
        let kinds: Vec<(f64, Vec<(u32, f64)>)> = units
            .kinds
            .iter()
            .zip(&units.counts)
            .map(|(kind, &count)| {
                let members = kind.iter().map(|m| (m.cell, m.persons as f64)).collect();
                (count as f64, members)
            })
            .collect();
        Jackknife::new(shape, &chosen.selector, data, &kinds)
    });
    let strata = shape.strata;
    Ok((Replicates { strata, values }, jackknife))
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

/// What a bootstrap left: its replicates, and the jackknife if `BCa` limits are wanted.
pub(crate) struct Bootstrapped<'a> {
    pub(crate) replicates: &'a Replicates,
    pub(crate) control: &'a Control<'a>,
    /// Estimated unseen persons per stratum.
    pub(crate) unseen: &'a [f64],
    pub(crate) jackknife: Option<&'a Jackknife>,
}

/// Limits of everyone and of every group, from the same replicates.
pub(crate) fn read_limits(
    table: &CaptureTable,
    resolved: &ResolvedSettings,
    run: &Bootstrapped<'_>,
    groups: &[Group],
    everyone: &[usize],
) -> Intervals {
    let asked = resolved.replicates.unwrap_or_default();
    let drawn = run.replicates.count() as u64;
    let enough = drawn >= asked.min(MIN_REPLICATES);
    let of = |members: &[usize]| {
        let sums = run.replicates.sums(members);
        let seen = observed(table, members);
        let none = ([f64::NAN; 2], [f64::NAN; 2]);
        let above = |limits: [f64; 2]| limits.map(|l| l.max(seen));
        let percentile = if enough {
            let (limits, se) = sums.percentile(resolved.level);
            (above(limits), se)
        } else {
            none
        };
        let bca = run.jackknife.filter(|_| enough).map(|jackknife| {
            let estimate = seen + members.iter().map(|&s| run.unseen[s]).sum::<f64>();
            let acceleration = jackknife.acceleration(members);
            let mut bca = bca(&sums.0, estimate, acceleration, resolved.level);
            bca.limits = above(bca.limits);
            bca
        });
        (sums, percentile, bca)
    };
    let report = |limits: [f64; 2], se: [f64; 2]| Limits {
        lower: finite(limits[0]),
        upper: finite(limits[1]),
        monte_carlo_se: MonteCarloSe {
            lower: finite(se[0]),
            upper: finite(se[1]),
        },
    };
    let (sums, percentile, total) = of(everyone);
    let (limits, se) = total.map_or(percentile, |b| (b.limits, b.se));
    let reported = report(limits, se);
    Intervals {
        population: limits.into(),
        groups: groups
            .par_iter()
            .map(|g| {
                let (_, percentile, bca) = of(&g.members);
                let limits = bca.map_or(percentile.0, |b| b.limits);
                GroupLimits {
                    lower: limits[0],
                    upper: limits[1],
                    percentile: run.jackknife.map(|_| report(percentile.0, percentile.1)),
                }
            })
            .collect(),
        bootstrap: Some(BootstrapReport {
            sd: finite(sums.sd()),
            replicates: drawn,
            asked,
            stopped: run.control.reason().filter(|_| drawn < asked),
            failed: sums.failed(),
            unproved: run.control.stalled(),
            monte_carlo_se: reported.monte_carlo_se.clone(),
            percentile: report(percentile.0, percentile.1),
            households: None,
            bca: total.zip(run.jackknife).map(|(b, jackknife)| BcaReport {
                bias_correction: finite(b.bias_correction),
                acceleration: finite(b.acceleration),
                probabilities: b.probabilities,
                clamped: b.clamped,
                infinite_jackknife: jackknife.infinite(everyone),
                limits: reported,
            }),
        }),
    }
}

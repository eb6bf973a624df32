//! From two years of the same lists to their change, both estimated in every replicate.

use rayon::prelude::*;

use serde::{Deserialize, Serialize};

use super::contrast::contrast;
use super::report::{
    CHANGE_SCHEMA, Change, ChangeBootstrap, ChangeStratum, Contrast, YearEstimate, YearFit,
};
use crate::answer::{groups, is_empty, status};
use crate::cause;
use crate::criteria::Criterion;
use crate::design::{Data, Design};
use crate::diagnostics::{diagnostic, of_fit, of_run, of_table};
use crate::error::EstimateError;
use crate::estimator::skeleton_model;
use crate::fit::{FittedModel, fit_design};
use crate::formula::{ModelText, parse_model};
use crate::interval::control::{Control, MIN_REPLICATES, Progress, in_turns};
use crate::interval::replicates::{Sums, affordable};
use crate::interval::resample::{Purpose, stream};
use crate::kernel::newton::Workspace;
use crate::model::Model;
use crate::report::{Diagnostic, Severity, Status, finite};
use crate::select::joint::Joint;
use crate::select::space::MAX_ENUMERATED_LISTS;
use crate::select::stepwise::scope;
use crate::settings::{EstimateSettings, ResolvedSettings, Search, Unit};
use crate::table::CaptureTable;
use crate::term::Term;
use crate::units::persons::PersonTable;
use crate::units::sampler::{Coverage, Sampler};

/// What to estimate in both years, and whether the years may be compared at all.
#[derive(Debug, Clone, Default, PartialEq, Serialize, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub struct ChangeSettings {
    /// Model or search, interval, replicates, level and seed, as for one year.
    pub estimate: EstimateSettings,
    /// What changed between the years in the lists, classes or keys themselves, if anything did.
    pub declared_break: Option<String>,
    /// Whether to compute the change across a declared break all the same.
    pub across_break: bool,
}

/// Estimates the change between the two years of a table of persons.
///
/// One model for both years, given or selected by the criterion summed over them (for the exact
/// search the best of all; the parameters are each year's own), and selected again in every
/// replicate. A replicate draws every unit — a person, or a household — once for both years, so
/// that who is in both years is drawn into both; estimates, difference and ratio of a replicate
/// come from that one draw, for the population and for every stratum and margin. Where no unit is in both
/// years, the years are independent. How the unseen are drawn is told in `docs/change.md`.
///
/// ```
/// use ethos_estimate::{ChangeSettings, EstimateSettings, PersonRow, PersonTable, estimate_change};
/// // The same persons on the same lists in both years: nothing changed, and that is certain.
/// let mut rows = PersonTable::builder(["a", "b"], [], ["2025", "2026"]);
/// for year in 0..2 {
///     for i in 0..120_usize {
///         let (person, history) = (i.to_string(), if i < 60 { 0b01 } else if i < 100 { 0b10 } else { 0b11 });
///         rows.add(PersonRow { year, person: Some(&person), household: None, history, levels: &[], count: 1 })?;
///     }
/// }
/// let settings = ChangeSettings {
///     estimate: EstimateSettings { replicates: Some(200), ..EstimateSettings::default() },
///     ..ChangeSettings::default()
/// };
/// let change = estimate_change(&rows.build()?, &settings, None)?;
/// assert_eq!(change.difference.estimate, Some(0.0));
/// assert_eq!((change.difference.lower, change.difference.upper), (Some(0.0), Some(0.0)));
/// assert!(change.years[0].upper > change.years[0].lower);
/// # Ok::<(), ethos_estimate::EstimateError>(())
/// ```
///
/// Errors: as [`estimate`](crate::estimate), with the year; not two years; a declared break unless it is
/// to be crossed; settings that make no sense for a change.
pub fn estimate_change(
    persons: &PersonTable,
    settings: &ChangeSettings,
    progress: Progress<'_>,
) -> Result<Change, EstimateError> {
    let years = persons.years();
    if years.len() != 2 {
        return Err(EstimateError::Setting(format!(
            "a change is between 2 years, not {}",
            years.len()
        )));
    }
    if let Some(reason) = &settings.declared_break
        && !settings.across_break
    {
        return Err(EstimateError::DeclaredBreak {
            years: years.join(" and "),
            reason: reason.clone(),
        });
    }
    let resolved = resolve(persons, &settings.estimate)?;
    affordable(resolved.replicates, 2 * persons.tables()[0].strata())?;
    let tables: Vec<CaptureTable> = persons
        .tables()
        .iter()
        .map(|t| t.with_offsets(&settings.estimate.offsets))
        .collect::<Result<_, _>>()?;
    let data: Vec<Data> = tables.iter().map(Data::of).collect();
    let joint = joint(&tables, &settings.estimate, &resolved)?;
    let mut ws = Workspace::default();
    let Some((model, _)) = joint.choose(&data, &mut ws) else {
        // A given model, or the smallest of the search, tells why.
        let smallest = smallest(&tables, &settings.estimate, &resolved)?;
        fit_years(years, &tables, &smallest, &data, &mut ws)?;
        return Err(EstimateError::NoModel {
            searched: 1,
            cause: cause::or_thin(cause::of_table(&tables[0])),
        });
    };
    let stalled = ws.stalled > 0;
    let fits = fit_years(years, &tables, &model, &data, &mut ws)?;
    let joint = if resolved.reselect {
        joint
    } else {
        Joint::fixed(&tables, &model)
    };
    let coverage: Vec<Coverage> = fits
        .iter()
        .map(|f| Coverage {
            seen: f.observed,
            unseen: f.unseen_total(),
        })
        .collect();
    let sampler = Sampler::new(resolved.interval, persons.clusters(), &coverage)?;
    let asked = resolved.replicates.unwrap_or_default();
    let control = Control::new(asked, progress);
    let values = replicates(&tables, &joint, &sampler, &resolved, &control);
    let strata = tables[0].strata();
    let run = Run {
        years,
        tables: &tables,
        fits: &fits,
        resolved: &resolved,
        enough: (values.len() / (2 * strata)) as u64 >= asked.min(MIN_REPLICATES),
        values,
        strata,
    };
    let everyone: Vec<usize> = (0..strata).collect();
    let (population, difference, ratio) = run.group(&everyone);
    let margins = groups(&tables[0])
        .par_iter()
        .map(|g| {
            let (years, difference, ratio) = run.group(&g.members);
            ChangeStratum {
                by: g.by.clone(),
                years,
                difference,
                ratio,
            }
        })
        .collect();
    let pairs = run.pairs(&everyone);
    let replicates = pairs.len() as u64;
    let bootstrap = ChangeBootstrap {
        replicates,
        asked,
        stopped: control.reason().filter(|_| replicates < asked),
        unproved: control.stalled(),
        failed: pairs.iter().filter(|p| !p.0.is_finite()).count() as u64,
        units: persons.units(),
        units_in_both: persons.clusters().in_both(),
        correlation: correlation(&pairs),
    };
    let mut diagnostics = notes(persons, settings, &tables, &fits, &resolved);
    if stalled {
        diagnostics.push(diagnostic(
            "not-converged",
            Severity::Warning,
            "the fit of a model that might be better did not converge although its estimate exists",
        ));
    }
    diagnostics.extend(of_run(
        replicates,
        asked,
        bootstrap.stopped,
        bootstrap.failed,
        bootstrap.unproved,
    ));
    Ok(Change {
        schema: CHANGE_SCHEMA.into(),
        years: population,
        difference,
        ratio,
        model: model.notation(tables[0].lists(), tables[0].factors()),
        formula: model.formula(tables[0].lists(), tables[0].factors()),
        fits: years
            .iter()
            .zip(&fits)
            .map(|(year, fit)| year_fit(year, fit))
            .collect(),
        strata: margins,
        bootstrap,
        declared_break: settings.declared_break.clone(),
        diagnostics,
        settings: resolved,
    })
}

/// The settings of both years, or why they make no sense for a change.
fn resolve(
    persons: &PersonTable,
    settings: &EstimateSettings,
) -> Result<ResolvedSettings, EstimateError> {
    for (asked, what) in [
        (settings.average, "averaging over models"),
        (settings.bca, "the BCa correction"),
        (
            settings.panel || !settings.dependence.is_empty(),
            "the panel",
        ),
        (settings.search == Some(Search::Forward), "forward search"),
    ] {
        if asked {
            return Err(EstimateError::NotAvailable(format!(
                "{what} for the change between years"
            )));
        }
    }
    let unit = Unit::AcrossYears {
        households: persons.has_households(),
    };
    settings.resolve_for(&persons.tables()[0], unit)
}

fn forced(table: &CaptureTable, settings: &EstimateSettings) -> Result<Vec<u16>, EstimateError> {
    settings
        .forced
        .iter()
        .map(|set| settings.forced_mask(set, table))
        .collect()
}

/// The model as given, its skeleton included.
fn given(
    table: &CaptureTable,
    text: &str,
    resolved: &ResolvedSettings,
) -> Result<Model, EstimateError> {
    Ok(match parse_model(text, table)? {
        ModelText::Formula(m) => m,
        ModelText::Brackets(m) => {
            let skeleton = skeleton_model(table, resolved.skeleton, &[]);
            Model::from_generators(m.terms().iter().chain(skeleton.terms()).copied())
        }
    })
}

fn joint(
    tables: &[CaptureTable],
    settings: &EstimateSettings,
    resolved: &ResolvedSettings,
) -> Result<Joint, EstimateError> {
    let table = &tables[0];
    let forced = forced(table, settings)?;
    if let Some(text) = &resolved.model {
        let model = given(table, text, resolved)?;
        if let Some(i) = forced
            .iter()
            .position(|&f| !model.contains(Term::new(f, 0)))
        {
            return Err(EstimateError::Setting(format!(
                "the model leaves out the forced interaction `{}`",
                settings.forced[i].join(":")
            )));
        }
        for t in tables {
            t.check_held(&model)?;
        }
        return Ok(Joint::fixed(tables, &model));
    }
    let criterion = resolved.criterion.unwrap_or(Criterion::Bic);
    let order = resolved.max_order.unwrap_or(table.lists().len() as u32 - 1);
    if resolved.search == Some(Search::Stepwise) {
        let held = table.held_lists();
        let mut terms = scope(table.lists().len(), table.factors().len(), order);
        terms.retain(|t| !held.iter().any(|h| h & !t.lists == 0));
        let start = skeleton_model(table, None, &forced);
        return Ok(Joint::stepwise(tables, start, terms, criterion));
    }
    if table.lists().len() > MAX_ENUMERATED_LISTS {
        return Err(EstimateError::Setting(format!(
            "an exact search in two years goes up to {MAX_ENUMERATED_LISTS} lists; ask for `stepwise` or give a model"
        )));
    }
    let base = skeleton_model(table, resolved.skeleton, &[]);
    Ok(Joint::best(tables, &base, order, &forced, criterion))
}

/// The smallest model that was considered.
fn smallest(
    tables: &[CaptureTable],
    settings: &EstimateSettings,
    resolved: &ResolvedSettings,
) -> Result<Model, EstimateError> {
    let table = &tables[0];
    match &resolved.model {
        Some(text) => given(table, text, resolved),
        None => Ok(skeleton_model(
            table,
            resolved.skeleton,
            &forced(table, settings)?,
        )),
    }
}

fn fit_years(
    years: &[String],
    tables: &[CaptureTable],
    model: &Model,
    data: &[Data],
    ws: &mut Workspace,
) -> Result<Vec<FittedModel>, EstimateError> {
    years
        .iter()
        .zip(tables)
        .zip(data)
        .map(|((year, table), data)| {
            model
                .check(table)
                .and_then(|()| fit_design(table, &Design::new(table.shape(), model), data, ws))
                .map_err(|error| EstimateError::InYear {
                    year: year.clone(),
                    error: Box::new(error),
                })
        })
        .collect()
}

fn year_fit(year: &str, fit: &FittedModel) -> YearFit {
    YearFit {
        year: year.to_owned(),
        log_likelihood: finite(fit.log_likelihood),
        deviance: finite(fit.deviance),
        df: fit.df,
        parameters: fit.parameters,
        aic: finite(fit.criterion(Criterion::Aic)),
        bic: finite(fit.criterion(Criterion::Bic)),
        goodness_of_fit: fit.goodness_of_fit,
    }
}

/// Population of every stratum of both years, replicate after replicate; all infinite in one
/// without an estimate.
fn replicates(
    tables: &[CaptureTable],
    joint: &Joint,
    sampler: &Sampler,
    resolved: &ResolvedSettings,
    control: &Control<'_>,
) -> Vec<f64> {
    let shape = tables[0].shape();
    let seed = resolved.seed.unwrap_or_default();
    in_turns(
        0..resolved.replicates.unwrap_or_default(),
        2 * shape.strata,
        1,
        control,
        || {
            let years: Vec<Data> = tables.iter().map(|t| Data::empty(t.shape())).collect();
            (Workspace::default(), years, Vec::new())
        },
        |(ws, years, scratch), r, out| {
            let mut rng = stream(seed, Purpose::Table, 0, r.start);
            let mut counts: Vec<&mut [f64]> =
                years.iter_mut().map(|d| d.y.as_mut_slice()).collect();
            sampler.draw(&mut rng, scratch, &mut counts);
            for (data, table) in years.iter_mut().zip(tables) {
                data.refresh(table.shape());
            }
            match joint.choose(years, ws) {
                Some((_, unseen)) => {
                    let seen = years
                        .iter()
                        .flat_map(|d| d.y.chunks_exact(shape.histories()));
                    for ((n, n0), seen) in out.iter_mut().zip(unseen).zip(seen) {
                        *n = n0 + seen.iter().sum::<f64>();
                    }
                }
                None => out.fill(f64::INFINITY),
            }
            control.take_stalled(ws);
        },
    )
}

/// Everything that a group of strata is reported from.
struct Run<'a> {
    years: &'a [String],
    tables: &'a [CaptureTable],
    fits: &'a [FittedModel],
    resolved: &'a ResolvedSettings,
    values: Vec<f64>,
    strata: usize,
    enough: bool,
}

impl Run<'_> {
    /// The two populations of a group in every replicate.
    fn pairs(&self, members: &[usize]) -> Vec<(f64, f64)> {
        self.values
            .chunks_exact(2 * self.strata)
            .map(|row| {
                let sum = |year: usize| members.iter().map(|&s| row[year * self.strata + s]).sum();
                (sum(0), sum(1))
            })
            .collect()
    }

    fn group(&self, members: &[usize]) -> (Vec<YearEstimate>, Contrast, Contrast) {
        let pairs = self.pairs(members);
        let level = self.resolved.level;
        let mut estimates = [0.0; 2];
        let years = (0..2)
            .map(|year| {
                let (table, fit) = (&self.tables[year], &self.fits[year]);
                let observed: f64 = members.iter().map(|&s| table.observed_in(s)).sum();
                let estimate = observed + members.iter().map(|&s| fit.unseen[s]).sum::<f64>();
                estimates[year] = estimate;
                let sums = pairs.iter().map(|p| if year == 0 { p.0 } else { p.1 });
                let limits = if self.enough {
                    Sums::new(sums.collect()).percentile(level).0
                } else {
                    [f64::NAN; 2]
                };
                let empty = is_empty(observed, Some(estimate));
                let above = |limit: f64| finite(limit).map(|l| l.max(observed)).filter(|_| !empty);
                YearEstimate {
                    year: self.years[year].clone(),
                    observed: observed as u64,
                    estimate: finite(estimate),
                    se: finite(fit.variance(members).sqrt()).filter(|_| !empty),
                    lower: above(limits[0]),
                    upper: above(limits[1]),
                    status: if empty {
                        Status::Empty
                    } else {
                        status(finite(estimate), limits[1])
                    },
                }
            })
            .collect();
        let [first, second] = estimates;
        let difference = contrast(
            second - first,
            &pairs,
            |a, b| b - a,
            f64::NEG_INFINITY,
            level,
            self.enough,
        );
        let ratio = contrast(
            second / first,
            &pairs,
            |a, b| b / a,
            0.0,
            level,
            self.enough,
        );
        (years, difference, ratio)
    }
}

/// Pearson's correlation of the finite pairs.
fn correlation(pairs: &[(f64, f64)]) -> Option<f64> {
    let known: Vec<(f64, f64)> = pairs
        .iter()
        .copied()
        .filter(|p| p.0.is_finite() && p.1.is_finite())
        .collect();
    let n = known.len() as f64;
    let mean = |f: &dyn Fn(&(f64, f64)) -> f64| known.iter().map(f).sum::<f64>() / n;
    let (a, b) = (mean(&|p| p.0), mean(&|p| p.1));
    let (aa, bb) = (mean(&|p| (p.0 - a).powi(2)), mean(&|p| (p.1 - b).powi(2)));
    finite(mean(&|p| (p.0 - a) * (p.1 - b)) / (aa * bb).sqrt())
}

/// What the reader of the change should know.
fn notes(
    persons: &PersonTable,
    settings: &ChangeSettings,
    tables: &[CaptureTable],
    fits: &[FittedModel],
    resolved: &ResolvedSettings,
) -> Vec<Diagnostic> {
    let mut out = Vec::new();
    if let Some(reason) = &settings.declared_break {
        out.push(diagnostic(
            "declared-break",
            Severity::Warning,
            format!(
                "the change crosses a declared break: {reason}; what it measures may be the break"
            ),
        ));
    }
    if !persons.is_linked() {
        out.push(diagnostic(
            "years-not-linked",
            Severity::Info,
            "no person is known to be in both years: the years are drawn independently, and the \
             interval of the change is wider than it would be with keys for who stays",
        ));
    }
    if resolved.search.is_some() && !resolved.reselect {
        out.push(diagnostic(
            "interval-after-selection",
            Severity::Warning,
            "the interval treats the selected model as known; it is too short",
        ));
    }
    for ((year, table), fit) in persons.years().iter().zip(tables).zip(fits) {
        let mut own = of_table(table);
        own.extend(of_fit(table, fit, resolved));
        out.extend(own.into_iter().map(|d| Diagnostic {
            message: format!("{year}: {}", d.message),
            ..d
        }));
    }
    out
}

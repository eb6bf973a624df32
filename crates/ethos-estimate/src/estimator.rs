//! From a table and settings to an estimate with its interval and checks.

use crate::answer::{
    Row, disagreement, groups, model_report, population, reported, stratum_report,
};
use crate::cause;
use crate::design::{Data, Design};
use crate::diagnostics::{diagnostic, of_bootstrap, of_default_interval, of_fit, of_table};
use crate::error::EstimateError;
use crate::fit::{FittedModel, fit_design};
use crate::formula::{ModelText, parse_model};
use crate::interval::control::Progress;
use crate::interval::limits::intervals;
use crate::interval::replicates::affordable;
use crate::kernel::newton::Workspace;
use crate::model::Model;
use crate::panel::panel;
use crate::report::{
    AverageReport, CriterionAnswer, Diagnostic, Estimate, SCHEMA, SearchReport, Severity,
    Unobserved, finite,
};
use crate::select::Selector;
use crate::select::forward::Forward;
use crate::select::outcome;
use crate::select::stepwise::{Stepwise, scope};
use crate::separate::separate;
use crate::settings::{EstimateSettings, ResolvedSettings, Search, Skeleton, Unit};
use crate::size;
use crate::table::CaptureTable;
use crate::term::Term;
use crate::units::cluster::Units;
use crate::units::persons::PersonTable;

/// Estimates the population behind a capture table.
///
/// Resolves the settings, finds or reads the model, proves that its estimate
/// exists and is identified, fits it, and makes the interval. `progress` is
/// told how many bootstrap replicates are done, from any thread, and may stop
/// the run ([`Progress`]). The answer is the same to the last bit on any number
/// of threads.
///
/// ```
/// use ethos_estimate::{CaptureTable, EstimateSettings, estimate};
/// // War deaths in Kosovo, four lists (Ball et al. 2002); published 10,357 for the best BIC model.
/// let t = CaptureTable::from_histories(["EXH", "ABA", "OSCE", "HRW"], [
///     ("1000", 1131), ("0100", 845), ("0010", 936), ("0001", 306), ("1100", 177), ("1010", 228),
///     ("1001", 106), ("0110", 217), ("0101", 31), ("0011", 123), ("1110", 181), ("1101", 18),
///     ("1011", 42), ("0111", 32), ("1111", 27)])?;
/// let settings = EstimateSettings { replicates: Some(50), ..EstimateSettings::default() };
/// let answer = estimate(&t, &settings, None)?;
/// assert_eq!(answer.model.unwrap().notation, "[123,14,34]");
/// assert_eq!(answer.population.estimate.unwrap().round(), 10357.0);
/// # Ok::<(), ethos_estimate::EstimateError>(())
/// ```
///
/// Errors: [`EstimateError::is_usage`] for wrong settings or formulas,
/// [`EstimateError::is_refused`] when no estimate exists.
pub fn estimate(
    table: &CaptureTable,
    settings: &EstimateSettings,
    progress: Progress<'_>,
) -> Result<Estimate, EstimateError> {
    estimate_units(table, None, settings, progress)
}

/// Estimates the population of a table of persons, whole households drawn in every replicate.
///
/// Persons of one household are seen or missed together, so that there is less information than as
/// many persons alone would give; the interval is wider by about the root of the design effect
/// ([`HouseholdReport`](crate::HouseholdReport)). The estimate itself, and the closed-form `se`, are those of
/// [`estimate`]. Without household keys the answer is that of [`estimate`], bit for bit. Errors: as
/// there; a table of several years; an interval that does not draw from those seen.
///
/// ```
/// use ethos_estimate::{EstimateSettings, PersonRow, PersonTable, estimate_persons};
/// // Every household is a pair with one history: half the information.
/// let mut rows = PersonTable::builder(["a", "b"], [], ["2026"]);
/// for i in 0..90 {
///     let (household, history) = ((i / 2).to_string(), [0b01, 0b10, 0b11][i / 30]);
///     let household = Some(household.as_str());
///     rows.add(PersonRow { year: 0, person: None, household, history, levels: &[], count: 1 })?;
/// }
/// let settings = EstimateSettings { replicates: Some(100), ..EstimateSettings::default() };
/// let answer = estimate_persons(&rows.build()?, &settings, None)?;
/// assert_eq!(answer.settings.unit, "households");
/// let effect = answer.bootstrap.unwrap().households.unwrap().design_effect.unwrap();
/// assert!((effect - 2.0).abs() < 1e-9);
/// # Ok::<(), ethos_estimate::EstimateError>(())
/// ```
pub fn estimate_persons(
    persons: &PersonTable,
    settings: &EstimateSettings,
    progress: Progress<'_>,
) -> Result<Estimate, EstimateError> {
    let [table] = persons.tables() else {
        return Err(EstimateError::Setting(format!(
            "the table has {} years; estimate one of them, or the change between two",
            persons.years().len()
        )));
    };
    let units = persons.has_households().then(|| persons.clusters());
    estimate_units(table, units, settings, progress)
}

fn estimate_units(
    table: &CaptureTable,
    units: Option<&Units>,
    settings: &EstimateSettings,
    progress: Progress<'_>,
) -> Result<Estimate, EstimateError> {
    let unit = units.map_or(Unit::Persons, |_| Unit::Households);
    let resolved = settings.resolve_for(table, unit)?;
    affordable(resolved.replicates, table.strata())?;
    let held;
    let table = if settings.offsets.is_empty() {
        table
    } else {
        held = table.with_offsets(&settings.offsets)?;
        &held
    };
    if resolved.separate {
        return separate(table, settings, &resolved, progress);
    }
    let chosen = choose(table, settings, &resolved)?;
    let mut diagnostics = of_table(table);
    diagnostics.extend(chosen.diagnostics.iter().cloned());
    diagnostics.extend(of_fit(table, &chosen.fit, &resolved));
    // A search among one model has selected nothing.
    if resolved.search.is_some()
        && chosen.searched != 1
        && !(resolved.interval.is_bootstrap() && resolved.reselect)
    {
        diagnostics.push(diagnostic(
            "interval-after-selection",
            Severity::Warning,
            "the interval treats the selected model as known; it is too short",
        ));
    }
    diagnostics.extend(of_default_interval(table, settings, &resolved));
    let groups = groups(table);
    let interval = intervals(table, units, &resolved, &chosen, &groups, progress)?;
    if let Some(b) = &interval.bootstrap {
        diagnostics.extend(of_bootstrap(b));
    }
    let everyone: Vec<usize> = (0..table.strata()).collect();
    let (lower, upper) = interval.population;
    diagnostics.extend(disagreement(
        &chosen.rows,
        table.observed(),
        resolved.level,
        upper - lower,
    ));
    let n = table.observed();
    let n0: f64 = chosen.unseen.iter().sum();
    let se = if resolved.average {
        chosen.average.as_ref().and_then(|a| a.se)
    } else {
        finite(chosen.fit.se())
    };
    let strata = groups
        .iter()
        .zip(&interval.groups)
        .map(|(g, limits)| {
            let unobserved: f64 = g.members.iter().map(|&s| chosen.unseen[s]).sum();
            let se = (!resolved.average).then(|| chosen.fit.variance(&g.members).sqrt());
            stratum_report(table, g, Some(unobserved), se, limits, None)
        })
        .collect();
    let population = population(&resolved, n + n0, se, lower, upper);
    let panel = if resolved.panel {
        let (panel, more) = panel(table, Some(&chosen.fit.model), &resolved, &population)?;
        diagnostics.extend(more);
        Some(panel)
    } else {
        None
    };
    Ok(Estimate {
        schema: SCHEMA.into(),
        observed: table.observed(),
        population,
        unobserved: Unobserved {
            estimate: finite(n0),
            se_log: if resolved.average {
                None
            } else {
                chosen.fit.se_log(&everyone)
            },
            lower: finite(lower - n),
            upper: finite(upper - n),
        },
        model: Some(model_report(table, &chosen.fit)),
        strata,
        models_searched: chosen.searched,
        search: chosen.search,
        criteria: chosen.criteria,
        average: chosen.average,
        models: reported(chosen.rows, resolved.search),
        panel,
        bootstrap: interval.bootstrap,
        incomplete: None,
        diagnostics,
        settings: resolved,
    })
}

/// The model, how it was found, and what it says.
pub(crate) struct Chosen {
    pub(crate) selector: Selector,
    pub(crate) fit: FittedModel,
    /// Unseen persons per stratum: of the fit, or averaged.
    pub(crate) unseen: Vec<f64>,
    pub(crate) rows: Vec<Row>,
    pub(crate) searched: usize,
    pub(crate) search: Option<SearchReport>,
    pub(crate) criteria: Vec<CriterionAnswer>,
    pub(crate) average: Option<AverageReport>,
    pub(crate) diagnostics: Vec<Diagnostic>,
}

/// The terms of `skeleton` and the main effects, with saturated covariates.
pub(crate) fn skeleton_model(
    table: &CaptureTable,
    skeleton: Option<Skeleton>,
    forced: &[u16],
) -> Model {
    let factors = table.factors().len();
    let mut terms: Vec<Term> = (0..table.lists().len()).map(Term::list).collect();
    if factors > 0 {
        terms.push(Term::new(0, ((1_u64 << factors) - 1) as u32));
    }
    if skeleton == Some(Skeleton::ListByCovariate) {
        for i in 0..table.lists().len() {
            terms.extend((0..factors).map(|f| Term::list(i).union(Term::factor(f))));
        }
    }
    terms.extend(forced.iter().map(|&m| Term::new(m, 0)));
    Model::from_generators(terms)
}

pub(crate) fn choose(
    table: &CaptureTable,
    settings: &EstimateSettings,
    resolved: &ResolvedSettings,
) -> Result<Chosen, EstimateError> {
    let forced: Vec<u16> = settings
        .forced
        .iter()
        .map(|s| settings.forced_mask(s, table))
        .collect::<Result<_, _>>()?;
    let data = Data::of(table);
    let mut ws = Workspace::default();
    if let Some(threshold) = resolved.p_value {
        let forward = Forward::new(table, skeleton_model(table, None, &forced), threshold);
        let Some(prepared) = forward.run(&data, &mut ws) else {
            // Not even the smallest model: with its own reason.
            fixed(table, forward.start(), &data, &mut ws)?;
            return Err(EstimateError::NoModel {
                searched: 1,
                cause: cause::or_thin(cause::of_table(table)),
            });
        };
        let mut chosen = fixed(table, &prepared.design.model, &data, &mut ws)?;
        if resolved.reselect {
            chosen.selector = Selector::Forward(forward);
        }
        return Ok(chosen);
    }
    let (Some(search), Some(criterion), Some(max_order)) =
        (resolved.search, resolved.criterion, resolved.max_order)
    else {
        let text = resolved.model.as_deref().unwrap_or_default();
        let model = match parse_model(text, table)? {
            ModelText::Formula(m) => m,
            ModelText::Brackets(m) => {
                let skeleton = skeleton_model(table, resolved.skeleton, &[]);
                Model::from_generators(m.terms().iter().chain(skeleton.terms()).copied())
            }
        };
        if let Some(i) = forced
            .iter()
            .position(|&f| !model.contains(Term::new(f, 0)))
        {
            return Err(EstimateError::Setting(format!(
                "the model leaves out the forced interaction `{}`",
                settings.forced[i].join(":")
            )));
        }
        return fixed(table, &model, &data, &mut ws);
    };
    if search == Search::Stepwise {
        let start = skeleton_model(table, None, &forced);
        size::check(table.shape(), &start)?;
        let held = table.held_lists();
        let mut terms = scope(table.lists().len(), table.factors().len(), max_order);
        terms.retain(|t| !held.iter().any(|h| h & !t.lists == 0));
        let stepwise = Stepwise::new(table, start, terms, criterion);
        let Some(prepared) = stepwise.run(&data, &mut ws) else {
            // Not even the smallest model: with its own reason.
            fixed(table, stepwise.start(), &data, &mut ws)?;
            return Err(EstimateError::NoModel {
                searched: 1,
                cause: cause::or_thin(cause::of_table(table)),
            });
        };
        let mut chosen = fixed(table, &prepared.design.model, &data, &mut ws)?;
        if resolved.reselect {
            chosen.selector = Selector::Stepwise(stepwise);
        }
        return Ok(chosen);
    }
    let base = skeleton_model(table, resolved.skeleton, &[]);
    size::check(
        table.shape(),
        &size::largest(&base, table.lists().len(), max_order),
    )?;
    outcome::search(table, resolved, &base, max_order, &forced)
}

fn fixed(
    table: &CaptureTable,
    model: &Model,
    data: &Data,
    ws: &mut Workspace,
) -> Result<Chosen, EstimateError> {
    table.check_held(model)?;
    size::check(table.shape(), model)?;
    let design = Design::new(table.shape(), model);
    let fit = fit_design(table, &design, data, ws)?;
    Ok(Chosen {
        selector: Selector::fixed(table, design),
        unseen: fit.unseen.clone(),
        fit,
        rows: Vec::new(),
        searched: 0,
        search: None,
        criteria: Vec::new(),
        average: None,
        diagnostics: Vec::new(),
    })
}

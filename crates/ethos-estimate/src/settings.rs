//! What to estimate and how, and how defaults and presets fill in what was not said.

use serde::{Deserialize, Serialize};

use crate::criteria::Criterion;
use crate::error::{EstimateError, nearest};
use crate::interval::IntervalMethod;
use crate::offset::{Offset, held_masks};
use crate::panel::range::declared_masks;
use crate::panel::report::DeclaredDependence;
use crate::reading::TableReading;
use crate::select::space::{MAX_ENUMERATED_LISTS, MAX_EXACT_LISTS};
use crate::table::{CaptureTable, TableNote};

/// Replicates of a bootstrap unless asked otherwise.
pub const DEFAULT_REPLICATES: u64 = 2000;
/// Largest p-value with which a pair of lists enters in a forward search unless asked otherwise
/// (Chan, Silverman & Vincent 2021).
pub const DEFAULT_P_VALUE: f64 = 0.02;
/// Seed unless asked otherwise; always printed.
pub const DEFAULT_SEED: u64 = 20_260_101;
/// Most replicates that may be asked for.
pub const MAX_REPLICATES: u64 = 1_000_000;

/// A house method: defaults that belong together.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Default, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Preset {
    /// Fixed covariate skeleton, exact search over list interactions (stepwise above five lists),
    /// BIC, semiparametric percentile interval with re-selection in every replicate.
    #[default]
    Honest,
    /// Stepwise search by AIC over list and covariate terms, parametric bootstrap with re-selection:
    /// like the method of Coumans et al. (2017), whose own search settings are not public.
    CbsLike,
}

/// How a model is looked for.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum Search {
    /// The best of all hierarchical models over the interactions of up to six lists, proved; reports
    /// the Occam window.
    Exact,
    /// Forward and backward steps.
    Stepwise,
    /// Pairs of lists enter by the p-value of their overlap (Chan, Silverman & Vincent 2021); without
    /// covariates.
    Forward,
    /// Like `exact`, and reports every model of up to five lists.
    All,
}

/// The covariate terms every model of an exact search contains.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Skeleton {
    /// Saturated covariates and each list × each covariate.
    ListByCovariate,
    /// Saturated covariates and the main effects of the lists.
    MainEffects,
}

/// What a bootstrap draws as a whole.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Unit {
    /// Each person.
    Persons,
    /// Each household, or group of persons that households join.
    Households,
    /// Each person, or household, in all the years it is seen.
    AcrossYears {
        /// Whether households are given.
        households: bool,
    },
}

impl Unit {
    pub(crate) fn name(self) -> &'static str {
        match self {
            Self::Persons | Self::AcrossYears { households: false } => "persons",
            Self::Households | Self::AcrossYears { households: true } => "households",
        }
    }
}

/// Settings as given: what is `None` takes its default from the preset and the table.
///
/// Serialised with the names of the fields; unknown fields are refused.
#[derive(Debug, Clone, Default, PartialEq, Serialize, Deserialize)]
#[serde(default, deny_unknown_fields)]
#[allow(clippy::struct_excessive_bools)] // each is an independent switch of the command line
pub struct EstimateSettings {
    /// The house method; `honest` if absent.
    pub preset: Option<Preset>,
    /// One fixed model: an R formula's right-hand side or bracket notation.
    pub model: Option<String>,
    /// How to look for a model.
    pub search: Option<Search>,
    /// What the search minimises.
    pub criterion: Option<Criterion>,
    /// Largest list interaction searched; at most the number of lists less one, the default.
    pub max_order: Option<u32>,
    /// Largest p-value with which a pair enters in a forward search.
    pub p_value: Option<f64>,
    /// Covariate terms of an exact search or a bracket model.
    pub skeleton: Option<Skeleton>,
    /// Sets of lists whose interaction every model contains (known dependence).
    pub forced: Vec<Vec<String>>,
    /// Log odds ratios held at known values; their interactions stay out of the model.
    pub offsets: Vec<Offset>,
    /// How the interval is made.
    pub interval: Option<IntervalMethod>,
    /// Whether every replicate selects its own model.
    pub reselect: Option<bool>,
    /// Number of replicates.
    pub replicates: Option<u64>,
    /// Two-sided level of the interval, between 0 and 1.
    pub level: Option<f64>,
    /// Seed of the random streams.
    pub seed: Option<u64>,
    /// Fits each stratum alone and sums.
    pub separate: bool,
    /// Estimates people from the lists that can see them alone, where some lists cannot; otherwise
    /// such lists lend them their dependence from where they look.
    pub no_borrow: bool,
    /// Averages over the searched models on the log scale of the unseen part.
    pub average: bool,
    /// Bias-corrected and accelerated limits in place of percentiles.
    pub bca: bool,
    /// Adds the panel beside the headline: what other assumptions would give.
    pub panel: bool,
    /// Odds ratios between lists that are declared possible: the panel gives the range of the
    /// estimate over them. Turns the panel on.
    pub dependence: Vec<DeclaredDependence>,
}

/// Every setting as used.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[allow(clippy::struct_excessive_bools)] // as above
pub struct ResolvedSettings {
    /// The house method.
    pub preset: Preset,
    /// Names of the lists, in order.
    pub lists: Vec<String>,
    /// Names of the covariates, in order.
    pub strata: Vec<String>,
    /// The fixed model as given, if any.
    pub model: Option<String>,
    /// The search, if no model was given.
    pub search: Option<Search>,
    /// The criterion, if there is a search.
    pub criterion: Option<Criterion>,
    /// Largest list interaction searched, if there is a search.
    pub max_order: Option<u32>,
    /// Largest p-value with which a pair enters, in a forward search.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub p_value: Option<f64>,
    /// Covariate terms, where they matter.
    pub skeleton: Option<Skeleton>,
    /// Forced interactions.
    pub forced: Vec<Vec<String>>,
    /// Log odds ratios held at known values.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub offsets: Vec<Offset>,
    /// The interval.
    pub interval: IntervalMethod,
    /// Whether replicates select their own model.
    pub reselect: bool,
    /// Replicates, if the interval is a bootstrap.
    pub replicates: Option<u64>,
    /// Level of the interval.
    pub level: f64,
    /// Seed, if the interval is a bootstrap.
    pub seed: Option<u64>,
    /// Whether each stratum is fitted alone.
    pub separate: bool,
    /// Whether people are estimated from the lists that can see them alone.
    #[serde(default, skip_serializing_if = "std::ops::Not::not")]
    pub no_borrow: bool,
    /// Whether models are averaged.
    pub average: bool,
    /// Whether the limits are bias-corrected and accelerated.
    pub bca: bool,
    /// Whether the panel is made.
    #[serde(default)]
    pub panel: bool,
    /// Declared dependence.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub dependence: Vec<DeclaredDependence>,
    /// What the bootstrap resamples.
    pub unit: String,
    /// How the columns of a file were read, where the table is of a file.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub table: Option<TableReading>,
    /// Settings that differ from their preset.
    pub departures: Vec<String>,
}

/// For a level given in per cent: the share that it stands for.
pub(crate) fn did_you_mean_share(level: f64) -> String {
    if level > 1.0 && level < 100.0 {
        // Through its digits: 99.9 / 100 is not 0.999.
        let share = format!("{:.6}", level / 100.0);
        format!("; did you mean {}?", share.trim_end_matches('0'))
    } else {
        String::new()
    }
}

impl EstimateSettings {
    /// Settings for one fixed model, everything else by default.
    pub fn for_model(model: impl Into<String>) -> Self {
        Self {
            model: Some(model.into()),
            ..Self::default()
        }
    }

    /// Settings of a preset.
    pub fn for_preset(preset: Preset) -> Self {
        Self {
            preset: Some(preset),
            ..Self::default()
        }
    }

    /// Fills in the defaults for a table, or says why the settings make no sense for it.
    pub fn resolve(&self, table: &CaptureTable) -> Result<ResolvedSettings, EstimateError> {
        self.resolve_for(table, Unit::Persons)
    }

    /// The same, for what a bootstrap draws as a whole.
    pub(crate) fn resolve_for(
        &self,
        table: &CaptureTable,
        unit: Unit,
    ) -> Result<ResolvedSettings, EstimateError> {
        let bad = |text: &str| Err(EstimateError::Setting(text.to_owned()));
        if self.no_borrow {
            return bad(
                "`no-borrow` is for lists that cannot see part of the population; here all can",
            );
        }
        let preset = self.preset.unwrap_or_default();
        let lists = table.lists().len();
        let covariates = !table.factors().is_empty() && !self.separate;
        if self.separate && table.factors().is_empty() {
            let note = |note: &TableNote| matches!(note, TableNote::FactorDropped(_));
            return bad(if table.notes().iter().any(note) {
                "`separate` fits each stratum alone, but every covariate has one level in this table: leave `separate` out"
            } else {
                "`separate` fits each stratum alone, but there are no strata"
            });
        }
        if self.model.is_some() && self.search.is_some() {
            return bad("a fixed model and a search exclude each other");
        }
        if self.model.is_some() && (self.criterion.is_some() || self.max_order.is_some()) {
            return bad("`criterion` and `max-order` belong to a search, but the model is fixed");
        }
        let search = if self.model.is_some() {
            None
        } else {
            Some(self.search.unwrap_or(match preset {
                Preset::Honest if lists <= MAX_ENUMERATED_LISTS => Search::Exact,
                _ => Search::Stepwise,
            }))
        };
        let exact = matches!(search, Some(Search::Exact | Search::All));
        if exact && lists > MAX_EXACT_LISTS {
            return Err(EstimateError::Setting(format!(
                "an exact search goes up to {MAX_EXACT_LISTS} lists, not {lists}; ask for `stepwise` or a fixed model"
            )));
        }
        if search == Some(Search::All) && lists > MAX_ENUMERATED_LISTS {
            return bad(
                "six lists have 7,785,061 models, too many to list; `exact` proves the best of them and lists all within 10 of it",
            );
        }
        let forward = search == Some(Search::Forward);
        if forward && covariates {
            return bad(
                "a forward search is for tables without covariates; ask for `stepwise`, or for `separate` strata",
            );
        }
        if forward && (self.criterion.is_some() || self.max_order.is_some()) {
            return bad(
                "a forward search goes by p-values over pairs; `criterion` and `max-order` belong to other searches",
            );
        }
        if let Some(p) = self.p_value {
            if !forward {
                return bad("`p-value` belongs to a forward search");
            }
            if !(p > 0.0 && p < 1.0) {
                return Err(EstimateError::Setting(format!(
                    "`p-value` {p} is not between 0 and 1"
                )));
            }
        }
        let limit = lists as u32 - 1;
        if let Some(order) = self.max_order
            && !(1..=limit).contains(&order)
        {
            return Err(EstimateError::Setting(format!(
                "`max-order` {order} is not between 1 and {limit}, the number of lists less one"
            )));
        }
        if self.skeleton.is_some() && (!covariates || search == Some(Search::Stepwise)) {
            return bad("`skeleton` belongs to an exact search or a bracket model with covariates");
        }
        if self.average && !exact {
            return bad("`average` needs a search over all models");
        }
        let grouped = unit != Unit::Persons;
        if grouped && self.separate {
            return bad(
                "`separate` fits strata alone, but households and years are drawn as a whole; fit strata jointly",
            );
        }
        if grouped && self.interval.is_some_and(|i| !i.draws_what_was_seen()) {
            return bad(
                "households, and persons in all their years, are drawn from those seen; ask for the semiparametric or nonparametric bootstrap",
            );
        }
        let interval = self.interval.unwrap_or(match (preset, search) {
            _ if grouped => IntervalMethod::Semiparametric,
            (_, None) if !covariates && !self.separate && !self.bca => IntervalMethod::Profile,
            // Half a person cannot be drawn from the counts, but from a model whole ones can.
            _ if table.is_fractional() => IntervalMethod::Parametric,
            (Preset::CbsLike, _) => IntervalMethod::Parametric,
            (Preset::Honest, _) => IntervalMethod::Semiparametric,
        });
        if table.is_fractional()
            && matches!(
                interval,
                IntervalMethod::Semiparametric | IntervalMethod::Nonparametric
            )
        {
            return Err(EstimateError::Setting(format!(
                "the {} bootstrap draws persons from the counts, which are fractional here; ask for \
                 `parametric`, `delta` or `profile`",
                interval.name()
            )));
        }
        if interval == IntervalMethod::Profile && (covariates || self.separate) {
            return bad(
                "the profile interval is for tables without covariates; ask for a bootstrap or `delta`",
            );
        }
        if self.average && !interval.is_bootstrap() {
            return bad("an averaged estimate needs a bootstrap interval");
        }
        if self.average && interval == IntervalMethod::Parametric {
            return bad(
                "an averaged estimate has no single model to draw from; ask for the semiparametric bootstrap",
            );
        }
        if self.bca && !interval.is_bootstrap() {
            return bad("`bca` corrects a bootstrap; ask for a bootstrap interval");
        }
        let can_reselect = search.is_some() && interval.is_bootstrap();
        if self.reselect == Some(true) && !can_reselect {
            return bad("`reselect` needs a search and a bootstrap interval");
        }
        let reselect = self.reselect.unwrap_or(can_reselect);
        if self.average && !reselect {
            return bad(
                "an averaged estimate is averaged again in every replicate; `no-reselect` contradicts it",
            );
        }
        let level = self.level.unwrap_or(0.95);
        if !(level > 0.0 && level < 1.0) {
            return Err(EstimateError::Setting(format!(
                "level {level} is not between 0 and 1{}",
                did_you_mean_share(level)
            )));
        }
        let replicates = self.replicates.unwrap_or(DEFAULT_REPLICATES);
        if !(2..=MAX_REPLICATES).contains(&replicates) {
            return Err(EstimateError::Setting(format!(
                "{replicates} replicates are not between 2 and {MAX_REPLICATES}"
            )));
        }
        declared_masks(&self.dependence, table)?;
        if self.separate && !self.dependence.is_empty() {
            return bad(
                "declared dependence needs one joint model; `separate` fits a model to each stratum",
            );
        }
        let held = held_masks(&self.offsets, table)?;
        for set in &self.forced {
            let forced = self.forced_mask(set, table)?;
            if held.iter().any(|&(h, _)| h & !forced == 0) {
                return Err(EstimateError::Setting(format!(
                    "forced interaction `{}` is held at a known value by an offset",
                    set.join(":")
                )));
            }
        }
        let brackets = self
            .model
            .as_ref()
            .is_some_and(|m| m.trim_start().starts_with('['));
        let skeleton = (covariates && (exact || brackets))
            .then(|| self.skeleton.unwrap_or(Skeleton::ListByCovariate));
        let criterion = search.filter(|_| !forward).map(|_| {
            self.criterion.unwrap_or(match preset {
                Preset::Honest => Criterion::Bic,
                Preset::CbsLike => Criterion::Aic,
            })
        });
        let mut resolved = ResolvedSettings {
            preset,
            lists: table.lists().to_vec(),
            strata: table.factors().iter().map(|f| f.name.clone()).collect(),
            model: self.model.clone(),
            search,
            criterion,
            max_order: criterion.map(|_| self.max_order.unwrap_or(limit)),
            p_value: forward.then(|| self.p_value.unwrap_or(DEFAULT_P_VALUE)),
            skeleton,
            forced: self.forced.clone(),
            offsets: self.offsets.clone(),
            interval,
            reselect,
            replicates: interval.is_bootstrap().then_some(replicates),
            level,
            seed: interval
                .is_bootstrap()
                .then_some(self.seed.unwrap_or(DEFAULT_SEED)),
            separate: self.separate,
            no_borrow: false,
            average: self.average,
            bca: self.bca,
            panel: self.panel || !self.dependence.is_empty(),
            dependence: self.dependence.clone(),
            unit: unit.name().into(),
            table: None,
            departures: Vec::new(),
        };
        resolved.departures = Self::departures(&resolved, covariates);
        Ok(resolved)
    }

    /// What differs from the preset, in the order of the fields.
    fn departures(resolved: &ResolvedSettings, covariates: bool) -> Vec<String> {
        let mut out = Vec::new();
        let mut note = |differs: bool, text: String| {
            if differs {
                out.push(text);
            }
        };
        let honest = resolved.preset == Preset::Honest;
        if let Some(model) = &resolved.model {
            note(true, format!("model = {model}"));
        }
        if let Some(search) = resolved.search {
            let usual = match search {
                Search::Stepwise => !honest || resolved.lists.len() > MAX_ENUMERATED_LISTS,
                Search::Exact | Search::All => {
                    honest && resolved.lists.len() <= MAX_ENUMERATED_LISTS
                }
                Search::Forward => false,
            };
            let name = match search {
                Search::Exact => "exact",
                Search::Stepwise => "stepwise",
                Search::Forward => "forward",
                Search::All => "all",
            };
            note(!usual, format!("search = {name}"));
        }
        if let Some(criterion) = resolved.criterion {
            let usual = if honest {
                Criterion::Bic
            } else {
                Criterion::Aic
            };
            note(
                criterion != usual,
                format!("criterion = {}", criterion.name()),
            );
        }
        if let Some(p) = resolved.p_value {
            note(p != DEFAULT_P_VALUE, format!("p_value = {p}"));
        }
        if let Some(order) = resolved.max_order {
            note(
                order as usize + 1 != resolved.lists.len(),
                format!("max_order = {order}"),
            );
        }
        note(
            resolved.skeleton == Some(Skeleton::MainEffects),
            "skeleton = main-effects".into(),
        );
        for set in &resolved.forced {
            note(true, format!("forced = {}", set.join(":")));
        }
        for offset in &resolved.offsets {
            note(true, format!("offset = {offset}"));
        }
        let usual = if honest {
            IntervalMethod::Semiparametric
        } else {
            IntervalMethod::Parametric
        };
        note(
            resolved.interval != usual,
            format!("interval = {}", resolved.interval.name()),
        );
        note(
            resolved.search.is_some() && resolved.interval.is_bootstrap() && !resolved.reselect,
            "reselect = false".into(),
        );
        if let Some(b) = resolved.replicates {
            note(b != DEFAULT_REPLICATES, format!("replicates = {b}"));
        }
        note(
            resolved.level != 0.95,
            format!("level = {}", resolved.level),
        );
        note(resolved.separate, "separate = true".into());
        note(resolved.average, "average = true".into());
        note(resolved.bca, "bca = true".into());
        if !honest {
            note(
                resolved.lists.len() != 3,
                format!("{} lists instead of 3", resolved.lists.len()),
            );
            note(!covariates, "no covariates".into());
        }
        out
    }

    /// Bits of a forced set of lists.
    pub(crate) fn forced_mask(
        &self,
        set: &[String],
        table: &CaptureTable,
    ) -> Result<u16, EstimateError> {
        let mut mask = 0_u16;
        for name in set {
            let Some(i) = table.lists().iter().position(|l| l == name) else {
                return Err(EstimateError::UnknownName {
                    name: name.clone(),
                    suggestion: nearest(name, table.lists().iter().map(String::as_str)),
                });
            };
            mask |= 1 << i;
        }
        let size = mask.count_ones() as usize;
        if size < 2 || size >= table.lists().len() {
            return Err(EstimateError::Setting(format!(
                "forced interaction `{}` must name at least 2 lists and not all of them",
                set.join(":")
            )));
        }
        if self.max_order.is_some_and(|m| size as u32 > m) {
            return Err(EstimateError::Setting(format!(
                "forced interaction `{}` exceeds `max-order`",
                set.join(":")
            )));
        }
        Ok(mask)
    }
}

//! How to estimate from one list with repeated contacts, and the defaults.

use serde::{Deserialize, Serialize};

use super::family::Family;
use super::table::RepeatedTable;
use crate::error::EstimateError;
use crate::interval::IntervalMethod;
use crate::reading::TableReading;
use crate::settings::{DEFAULT_REPLICATES, DEFAULT_SEED, MAX_REPLICATES};

/// Settings as given: what is `None` takes its default.
///
/// Serialised with the names of the fields; unknown fields are refused.
#[derive(Debug, Clone, Default, PartialEq, Serialize, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub struct RepeatedSettings {
    /// The family of the headline; `ztpoisson` if absent. The others stand beside it.
    pub family: Option<Family>,
    /// An R formula's right-hand side over the covariates; their main effects if absent, `1` for one
    /// rate.
    pub model: Option<String>,
    /// How the interval of the headline is made; `delta` if absent. `profile` does not apply.
    pub interval: Option<IntervalMethod>,
    /// Number of replicates of a bootstrap.
    pub replicates: Option<u64>,
    /// Two-sided level of all intervals, between 0 and 1.
    pub level: Option<f64>,
    /// Seed of the random streams.
    pub seed: Option<u64>,
}

/// Every setting as used.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct ResolvedRepeatedSettings {
    /// The family of the headline.
    pub family: Family,
    /// Names of the covariates, in order.
    pub strata: Vec<String>,
    /// The formula as given, if any.
    pub model: Option<String>,
    /// The interval of the headline.
    pub interval: IntervalMethod,
    /// Replicates, if the interval is a bootstrap.
    pub replicates: Option<u64>,
    /// Level of the intervals.
    pub level: f64,
    /// Seed, if the interval is a bootstrap.
    pub seed: Option<u64>,
    /// What the bootstrap resamples.
    pub unit: String,
    /// How the columns of a file were read, where the table is of a file.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub table: Option<TableReading>,
    /// Settings that differ from the defaults.
    pub departures: Vec<String>,
}

impl RepeatedSettings {
    /// Fills in the defaults for a table, or says why the settings make no sense for it.
    pub fn resolve(
        &self,
        table: &RepeatedTable,
    ) -> Result<ResolvedRepeatedSettings, EstimateError> {
        let setting = |text: String| Err(EstimateError::Setting(text));
        let family = self.family.unwrap_or(Family::ZtPoisson);
        let interval = self.interval.unwrap_or(IntervalMethod::Delta);
        if interval != IntervalMethod::Delta && !interval.is_bootstrap() {
            return setting(format!(
                "the {} interval is for capture tables; ask for `delta` or a bootstrap",
                interval.name()
            ));
        }
        // A seed without a bootstrap is harmless: the command line has it for every verb.
        if !interval.is_bootstrap() && self.replicates.is_some() {
            return setting(
                "`replicates` belongs to a bootstrap; ask for the interval `semiparametric`".into(),
            );
        }
        let level = self.level.unwrap_or(0.95);
        if !(level > 0.0 && level < 1.0) {
            return setting(format!("level {level} is not between 0 and 1"));
        }
        let replicates = self.replicates.unwrap_or(DEFAULT_REPLICATES);
        if !(2..=MAX_REPLICATES).contains(&replicates) {
            return setting(format!(
                "{replicates} replicates are not between 2 and {MAX_REPLICATES}"
            ));
        }
        let mut departures = Vec::new();
        let mut note = |differs: bool, text: String| {
            if differs {
                departures.push(text);
            }
        };
        note(
            family != Family::ZtPoisson,
            format!("family = {}", family.name()),
        );
        if let Some(model) = &self.model {
            note(true, format!("model = {model}"));
        }
        note(
            interval != IntervalMethod::Delta,
            format!("interval = {}", interval.name()),
        );
        note(
            interval.is_bootstrap() && replicates != DEFAULT_REPLICATES,
            format!("replicates = {replicates}"),
        );
        note(level != 0.95, format!("level = {level}"));
        let bootstrap = interval.is_bootstrap();
        Ok(ResolvedRepeatedSettings {
            family,
            strata: table.factors().iter().map(|f| f.name.clone()).collect(),
            model: self.model.clone(),
            interval,
            replicates: bootstrap.then_some(replicates),
            level,
            seed: bootstrap.then_some(self.seed.unwrap_or(DEFAULT_SEED)),
            unit: "persons".into(),
            table: None,
            departures,
        })
    }
}

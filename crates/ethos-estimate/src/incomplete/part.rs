//! What is estimated together: everyone, or each group of people whom the same lists can see.

use std::collections::BTreeSet;

use super::choose::{Choice, choose, given};
use super::engine::{Counts, Engine, Total};
use super::layout::Layout;
use super::table::{IncompleteTable, Pattern};
use crate::amount::Amount;
use crate::error::EstimateError;
use crate::interval::IntervalMethod;
use crate::interval::resample::Resampler;
use crate::model::Model;
use crate::settings::{EstimateSettings, ResolvedSettings};
use crate::table::Factor;
use crate::term::Term;

/// A table estimated by itself.
pub(crate) struct Part {
    pub(crate) table: IncompleteTable,
    pub(crate) layout: Layout,
    pub(crate) counts: Counts,
    pub(crate) choice: Choice,
    /// Of each stratum, its place among the strata of the whole table.
    pub(crate) strata: Vec<usize>,
}

impl Part {
    /// The whole table, lists borrowing from the strata that they can see.
    pub(crate) fn whole(
        table: &IncompleteTable,
        settings: &EstimateSettings,
        resolved: &ResolvedSettings,
    ) -> Result<Self, EstimateError> {
        let strata = (0..table.blind.len()).collect();
        Self::new(table.clone(), strata, settings, resolved, None)
    }

    fn new(
        table: IncompleteTable,
        strata: Vec<usize>,
        settings: &EstimateSettings,
        resolved: &ResolvedSettings,
        fixed: Option<Model>,
    ) -> Result<Self, EstimateError> {
        let layout = Layout::new(&table)?;
        let counts = Counts::new(&layout, layout.y.clone());
        let choice = choose(&table, &layout, &counts, settings, resolved, fixed)?;
        Ok(Self {
            table,
            layout,
            counts,
            choice,
            strata,
        })
    }

    /// One part for each set of two lists or more that can see somebody, with these lists alone.
    pub(crate) fn by_coverage(
        table: &IncompleteTable,
        settings: &EstimateSettings,
        resolved: &ResolvedSettings,
    ) -> Result<Vec<Self>, EstimateError> {
        let model = match &resolved.model {
            Some(text) => Some(given(table, &Layout::new(table)?, text, resolved)?.0),
            None => None,
        };
        let masks: BTreeSet<u16> = table.patterns.iter().map(|p| p.blind).collect();
        let mut parts = Vec::new();
        for blind in masks.into_iter().filter(|&m| table.estimable(m)) {
            let (own, strata, recode) = restricted(table, blind)?;
            let fixed = model.as_ref().map(|m| recode.model(m));
            if let Some(m) = &fixed {
                m.check(&own.frame)?;
            }
            let lists = own.lists();
            let inner = EstimateSettings {
                no_borrow: false,
                forced: settings
                    .forced
                    .iter()
                    .filter(|set| set.len() < lists.len() && set.iter().all(|l| lists.contains(l)))
                    .cloned()
                    .collect(),
                max_order: settings.max_order.map(|k| k.min(lists.len() as u32 - 1)),
                skeleton: settings.skeleton.filter(|_| !own.factors().is_empty()),
                interval: Some(resolved.interval),
                ..settings.clone()
            };
            let resolved = inner.resolve(&own.frame)?;
            parts.push(Self::new(own, strata, &inner, &resolved, fixed)?);
        }
        Ok(parts)
    }

    /// The persons of some strata of the whole table, as far as they are in this part.
    pub(crate) fn total(&self, members: &[usize]) -> (Total, f64) {
        let Some((_, fitted)) = self.choice.chosen() else {
            return (Total::default(), 0.0);
        };
        let inside: Vec<bool> = self.strata.iter().map(|s| members.contains(s)).collect();
        let engine = Engine {
            layout: &self.layout,
            counts: &self.counts,
            found: &fitted.found,
            rows: &fitted.rows,
        };
        let mut point = fitted.point.clone();
        let total = engine.total_of(&mut point, &inside);
        let variance = total.variance(&fitted.point.information);
        (total, variance)
    }

    /// A resampler of the slots.
    pub(crate) fn resampler(&self, method: IntervalMethod) -> Result<Resampler, EstimateError> {
        let mut means = vec![0.0; self.counts.y.len()];
        if let Some((_, fitted)) = self.choice.chosen() {
            let engine = Engine {
                layout: &self.layout,
                counts: &self.counts,
                found: &fitted.found,
                rows: &fitted.rows,
            };
            for (slot, (mean, share)) in means.iter_mut().zip(&self.layout.shares).enumerate() {
                *mean = share * engine.slot_mean(&fitted.point, slot as u32);
            }
        }
        Resampler::new(
            method,
            &self.counts.y,
            &means,
            self.choice.fit.unseen_total(),
        )
    }
}

/// Where the lists and covariates of a part are in the whole table.
struct Recode {
    lists: Vec<usize>,
    factors: Vec<usize>,
}

impl Recode {
    /// A model of the whole table on the part: terms with other lists are gone.
    fn model(&self, model: &Model) -> Model {
        let within = |bits: u32, of: &[usize]| {
            of.iter()
                .enumerate()
                .filter(|(_, from)| bits >> **from & 1 == 1)
                .fold(0_u32, |out, (i, _)| out | 1 << i)
        };
        let lists: u16 = self.lists.iter().fold(0, |all, i| all | 1 << i);
        Model::from_generators(
            model
                .terms()
                .iter()
                .filter(|t| t.lists & !lists == 0)
                .map(|t| {
                    Term::new(
                        within(u32::from(t.lists), &self.lists) as u16,
                        within(t.factors, &self.factors),
                    )
                }),
        )
    }
}

/// The people to whom exactly the lists `blind` are blind, over the other lists.
fn restricted(
    table: &IncompleteTable,
    blind: u16,
) -> Result<(IncompleteTable, Vec<usize>, Recode), EstimateError> {
    let shape = table.frame.shape();
    let lists: Vec<usize> = (0..table.lists().len())
        .filter(|i| blind >> i & 1 == 0)
        .collect();
    // A stratum belongs here if these are the lists that cannot see it.
    let here: Vec<usize> = (0..shape.strata)
        .filter(|&s| table.blind[s] == blind)
        .collect();
    let patterns: Vec<&Pattern> = table.patterns.iter().filter(|p| p.blind == blind).collect();
    // Levels known of somebody here, or all of a level's strata would be empty.
    let mut factors = Vec::new();
    let mut levels: Vec<Vec<usize>> = Vec::new();
    for (f, factor) in table.factors().iter().enumerate() {
        let own: BTreeSet<usize> = here.iter().map(|&s| shape.level(s, f)).collect();
        let known: Vec<usize> = own
            .into_iter()
            .filter(|l| patterns.iter().any(|p| p.levels[f] == Some(*l)))
            .collect();
        if known.len() > 1 {
            let names = known.iter().map(|&l| factor.levels[l].clone());
            factors.push((f, Factor::new(factor.name.clone(), names)));
        }
        levels.push(known);
    }
    let names = lists.iter().map(|&i| table.lists()[i].clone());
    let mut builder = IncompleteTable::builder(names, factors.iter().map(|f| f.1.clone()))
        .fractional(table.frame.is_fractional());
    for p in patterns {
        let seen: Vec<Option<bool>> = lists.iter().map(|i| Some(p.on >> i & 1 == 1)).collect();
        let own: Vec<Option<usize>> = factors
            .iter()
            .map(|(f, _)| p.levels[*f].and_then(|l| levels[*f].iter().position(|k| *k == l)))
            .collect();
        let count: Amount = format!("{:.9}", p.count).parse()?;
        builder.add_amount(&seen, &own, count)?;
    }
    let own = builder.build()?;
    let own_shape = own.frame.shape();
    let strata = (0..own_shape.strata)
        .map(|s| {
            (0..shape.levels.len())
                .map(|f| {
                    let at = factors.iter().position(|g| g.0 == f);
                    let level = at.map_or(0, |at| own_shape.level(s, at));
                    levels[f].get(level).copied().unwrap_or_default() * shape.strides[f]
                })
                .sum()
        })
        .collect();
    let recode = Recode {
        lists,
        factors: factors.iter().map(|f| f.0).collect(),
    };
    Ok((own, strata, recode))
}

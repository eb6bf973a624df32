//! Drawing whole units: the tables of all years of one replicate from the same draw.

use super::cluster::Units;
use crate::error::EstimateError;
use crate::interval::IntervalMethod;
use crate::interval::resample::Resampler;
use rand_chacha::ChaCha8Rng;

/// Draws units and lays them out as the tables of their years.
///
/// In the semiparametric bootstrap the population is held fixed and each of its units is seen or
/// not. A unit of year y is seen in it with probability `π_y = n_y / N_y`, so that `H_y = G_y / π_y` units
/// stand behind the `G_y` seen. Between two years G₁₂ units are seen in both. Of how many units M of
/// both years they are the seen part is not known; being seen in one year and in the other is taken
/// as independent, M = G₁₂ / (π₁ π₂), but M is no more than H₁ or H₂. If being seen persists, M is
/// smaller than that and the two estimates go together more than the replicates do: the interval of
/// a difference is then too wide. If being seen in one year makes being seen in the other less likely, M
/// is larger and the interval too short. With the same persons in both years M = H₁ = H₂,
/// and both years are drawn as one; with nobody in common the years are independent.
#[derive(Debug, Clone)]
pub(crate) struct Sampler {
    units: Units,
    parts: Vec<Part>,
}

/// Persons seen and unseen in one year.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Coverage {
    pub(crate) seen: f64,
    pub(crate) unseen: f64,
}

/// Kinds drawn together.
#[derive(Debug, Clone)]
struct Part {
    kinds: Vec<u32>,
    resampler: Resampler,
}

impl Sampler {
    /// For one or two years.
    pub(crate) fn new(
        method: IntervalMethod,
        units: &Units,
        coverage: &[Coverage],
    ) -> Result<Self, EstimateError> {
        let mut sampler = Self {
            units: units.clone(),
            parts: Vec::new(),
        };
        let in_year = |kind: usize, year: u32| units.kinds[kind].iter().any(|m| m.year == year);
        let kinds = |first: bool, second: bool| -> Vec<u32> {
            (0..units.kinds.len())
                .filter(|&k| in_year(k, 0) == first && in_year(k, 1) == second)
                .map(|k| k as u32)
                .collect()
        };
        let (only_first, only_second, both) =
            (kinds(true, false), kinds(false, true), kinds(true, true));
        let size =
            |kinds: &[u32]| kinds.iter().map(|&k| units.counts[k as usize]).sum::<u64>() as f64;
        let (g1, g2, g12) = (size(&only_first), size(&only_second), size(&both));
        if method == IntervalMethod::Nonparametric && g12 > 0.0 {
            let all: Vec<u32> = (0..units.kinds.len() as u32).collect();
            sampler.add(method, &[(&all, 1.0)], 0.0)?;
            return Ok(sampler);
        }
        // Units behind each unit seen: N / n of its year, less the one itself.
        let unseen_units = |year: usize, units: f64| {
            coverage
                .get(year)
                .map_or(0.0, |c| c.unseen * (units / c.seen))
        };
        let of = |year: usize| {
            coverage
                .get(year)
                .map_or(1.0, |c| c.seen / (c.seen + c.unseen))
        };
        let behind = [g1 + g12, g2 + g12];
        let behind = [0, 1].map(|year| behind[year] + unseen_units(year, behind[year]));
        let shared = if g12 > 0.0 {
            (g12 / (of(0) * of(1))).min(behind[0]).min(behind[1])
        } else {
            0.0
        };
        // Of the units seen in one year alone, those who are in the other year's population too.
        let missed = |year: usize, alone: f64| (shared * of(year) - g12).clamp(0.0, alone);
        let (b1, b2) = (missed(0, g1), missed(1, g2));
        if g12 > 0.0 {
            let share = |part: f64, whole: f64| if whole > 0.0 { part / whole } else { 0.0 };
            let unseen = (shared - g12 - b1 - b2).max(0.0);
            let weights = [
                (both.as_slice(), 1.0),
                (only_first.as_slice(), share(b1, g1)),
                (only_second.as_slice(), share(b2, g2)),
            ];
            sampler.add(method, &weights, unseen)?;
        }
        for (year, kinds, alone, shown) in [(0, only_first, g1, b1), (1, only_second, g2, b2)] {
            if alone - shown > 0.0 {
                let unseen = if g12 > 0.0 {
                    (behind[year] - shared - (alone - shown)).max(0.0)
                } else {
                    unseen_units(year, alone)
                };
                let share = if shown > 0.0 {
                    (alone - shown) / alone
                } else {
                    1.0
                };
                sampler.add(method, &[(&kinds, share)], unseen)?;
            }
        }
        Ok(sampler)
    }

    fn add(
        &mut self,
        method: IntervalMethod,
        weighted: &[(&[u32], f64)],
        unseen: f64,
    ) -> Result<(), EstimateError> {
        let mut kinds = Vec::new();
        let mut weights = Vec::new();
        for &(some, weight) in weighted {
            kinds.extend_from_slice(some);
            weights.extend(
                some.iter()
                    .map(|&k| self.units.counts[k as usize] as f64 * weight),
            );
        }
        self.parts.push(Part {
            kinds,
            resampler: Resampler::new(method, &weights, &[], unseen)?,
        });
        Ok(())
    }

    /// Fills the counts of every year with one replicate; `scratch` is any vector.
    pub(crate) fn draw(
        &self,
        rng: &mut ChaCha8Rng,
        scratch: &mut Vec<f64>,
        years: &mut [&mut [f64]],
    ) {
        for y in years.iter_mut() {
            y.fill(0.0);
        }
        for part in &self.parts {
            scratch.clear();
            scratch.resize(part.kinds.len(), 0.0);
            part.resampler.draw(rng, scratch);
            for (&kind, &drawn) in part.kinds.iter().zip(scratch.iter()) {
                if drawn > 0.0 {
                    for m in &self.units.kinds[kind as usize] {
                        years[m.year as usize][m.cell as usize] += drawn * m.persons as f64;
                    }
                }
            }
        }
    }
}

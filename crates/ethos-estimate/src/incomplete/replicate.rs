//! Replicates of incomplete tables: patterns are drawn, and EM is run again.

use super::engine::{Counts, Engine};
use super::part::Part;
use crate::error::EstimateError;
use crate::interval::IntervalMethod;
use crate::interval::control::{Control, in_turns};
use crate::interval::replicates::Replicates;
use crate::interval::resample::{Purpose, Resampler, stream};
use crate::kernel::newton::Workspace;

/// Population per stratum, part after part, in every replicate that was drawn.
///
/// What is drawn are observed patterns: a person keeps what is not known of him. The parametric
/// bootstrap draws complete persons from the model and forgets of each what persons with the same
/// history lack, in the same proportions.
pub(crate) fn run(
    parts: &[Part],
    method: IntervalMethod,
    seed: u64,
    control: &Control<'_>,
    count: u64,
) -> Result<Replicates, EstimateError> {
    let resamplers: Vec<Resampler> = parts
        .iter()
        .map(|part| part.resampler(method))
        .collect::<Result<_, _>>()?;
    let strata = parts.iter().map(|p| p.strata.len()).sum();
    let purpose = if parts.len() == 1 {
        Purpose::Table
    } else {
        Purpose::Stratum
    };
    let values = in_turns(
        0..count,
        strata,
        1,
        control,
        Workspace::default,
        |ws, r, mut out| {
            for (at, (part, resampler)) in parts.iter().zip(&resamplers).enumerate() {
                let mut y = vec![0.0; part.counts.y.len()];
                resampler.draw(&mut stream(seed, purpose, at as u64, r.start), &mut y);
                let own = population(part, Counts::new(&part.layout, y), ws);
                let (these, rest) = out.split_at_mut(own.len());
                these.copy_from_slice(&own);
                out = rest;
            }
        },
    );
    Ok(Replicates { strata, values })
}

/// Persons per stratum of a part, seen and unseen, on drawn counts; infinite if there is no estimate.
fn population(part: &Part, counts: Counts, ws: &mut Workspace) -> Vec<f64> {
    let strata = part.strata.len();
    let Some(mut fitted) = part.choice.again(&part.layout, &counts, ws) else {
        return vec![f64::INFINITY; strata];
    };
    let shape = &part.layout.shape;
    let engine = Engine {
        layout: &part.layout,
        counts: &counts,
        found: &fitted.found,
        rows: &fitted.rows,
    };
    engine.expect(&mut fitted.point);
    let mut out = vec![0.0; strata];
    for (c, y) in fitted.point.expected.iter().enumerate() {
        out[shape.stratum(c)] += y;
    }
    for (n, cells) in out.iter_mut().zip(&fitted.found.unseen) {
        *n += cells
            .iter()
            .map(|&c| fitted.point.mu[c as usize])
            .sum::<f64>();
    }
    out
}

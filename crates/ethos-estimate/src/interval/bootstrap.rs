//! Replicates in parallel, the same on any number of threads.

use std::ops::Range;

use rayon::prelude::*;

use super::control::{Control, Turns};
use super::replicates::Replicates;
use super::resample::{Purpose, Resampler, stream};
use crate::design::Data;
use crate::kernel::newton::Workspace;
use crate::select::Selector;
use crate::table::Shape;

/// Draws and estimates the replicates of `range`, or its first part if the run is stopped.
pub(crate) fn run(
    shape: &Shape,
    selector: &Selector,
    resampler: &Resampler,
    range: Range<u64>,
    seed: u64,
    part: Option<u64>,
    control: &Control<'_>,
) -> Replicates {
    let strata = shape.strata;
    let histories = shape.histories();
    let (purpose, part) = part.map_or((Purpose::Table, 0), |p| (Purpose::Stratum, p));
    // Replicates are taken in order, not by place, so that those done are always the first ones.
    let turns = Turns::new(range.start, range.end, control);
    let mut rows: Vec<(u64, Vec<f64>)> = range
        .into_par_iter()
        .map_init(
            || (Workspace::default(), Data::empty(shape)),
            |(ws, data), _| {
                let r = turns.take(1)?.start;
                resampler.draw(&mut stream(seed, purpose, part, r), &mut data.y);
                data.refresh(shape);
                let mut out = vec![0.0; strata];
                if selector.estimate(data, ws, &mut out) {
                    for (s, n0) in out.iter_mut().enumerate() {
                        *n0 += data.y[s * histories..(s + 1) * histories]
                            .iter()
                            .sum::<f64>();
                    }
                } else {
                    out.fill(f64::INFINITY);
                }
                control.step(1);
                Some((r, out))
            },
        )
        .flatten()
        .collect();
    rows.sort_unstable_by_key(|row| row.0);
    let values = rows.into_iter().flat_map(|row| row.1).collect();
    Replicates { strata, values }
}

//! Replicates in parallel, the same on any number of threads.

use std::ops::Range;
use std::sync::{Mutex, PoisonError};

use rayon::prelude::*;

use super::control::{Control, Turns};
use super::replicates::Replicates;
use super::resample::{Purpose, Resampler, stream};
use crate::design::Data;
use crate::kernel::lanes::vector::Path;
use crate::kernel::newton::Workspace;
use crate::select::Selector;
use crate::select::batch::Batch;
use crate::table::Shape;

/// Draws and estimates the replicates of `range`, or its first part if the run is stopped.
///
/// What is kept is one number per replicate and stratum, in one piece of memory.
pub(crate) fn run(
    shape: &Shape,
    selector: &Selector,
    resampler: &Resampler,
    range: Range<u64>,
    seed: u64,
    part: Option<u64>,
    control: &Control<'_>,
) -> Replicates {
    let path = Path::best();
    run_on(path, shape, selector, resampler, range, seed, part, control)
}

/// The same on a given instruction set: the same numbers, to the bit.
#[allow(clippy::too_many_arguments, reason = "one more than `run`")]
pub(crate) fn run_on(
    path: Path,
    shape: &Shape,
    selector: &Selector,
    resampler: &Resampler,
    range: Range<u64>,
    seed: u64,
    part: Option<u64>,
    control: &Control<'_>,
) -> Replicates {
    let strata = shape.strata;
    let (purpose, part) = part.map_or((Purpose::Table, 0), |p| (Purpose::Stratum, p));
    let draw = |r: u64, y: &mut [f64]| resampler.draw(&mut stream(seed, purpose, part, r), y);
    let batch = match selector {
        Selector::Fixed(prepared) => Batch::new(prepared, &mut Workspace::default()),
        _ => None,
    };
    let chunk = batch.as_ref().map_or(1, Batch::chunk);
    // Replicates are taken in order, not by place, so that those done are always the first ones.
    let turns = Turns::new(range.start, range.end, control);
    let tasks = (range.end - range.start).div_ceil(chunk);
    let values = Mutex::new((Vec::new(), 0));
    (0..tasks).into_par_iter().for_each_init(
        || (Workspace::default(), Data::empty(shape)),
        |(ws, data), _| {
            let Some(taken) = turns.take(chunk) else {
                return;
            };
            let count = (taken.end - taken.start) as usize;
            let mut out = vec![0.0; count * strata];
            if let Some(batch) = &batch {
                let alone = |y: &[f64], out: &mut [f64]| {
                    data.y.copy_from_slice(y);
                    selector.populations(shape, data, ws, out);
                };
                let draw = |i: usize, y: &mut [f64]| draw(taken.start + i as u64, y);
                batch.populations(path, count, draw, alone, &mut out);
            } else {
                for (r, out) in taken.clone().zip(out.chunks_exact_mut(strata)) {
                    draw(r, &mut data.y);
                    selector.populations(shape, data, ws, out);
                }
            }
            {
                let mut values = values.lock().unwrap_or_else(PoisonError::into_inner);
                let (values, done) = &mut *values;
                let at = (taken.start - range.start) as usize * strata;
                if values.len() < at + out.len() {
                    values
                        .reserve_exact((range.end - range.start) as usize * strata - values.len());
                    values.resize(at + out.len(), 0.0);
                }
                values[at..at + out.len()].copy_from_slice(&out);
                *done += out.len();
            }
            control.step(count as u64);
        },
    );
    let (values, done) = values.into_inner().unwrap_or_else(PoisonError::into_inner);
    debug_assert_eq!(values.len(), done, "what is done is the first part");
    Replicates { strata, values }
}

//! Replicates in parallel, the same on any number of threads.

use std::ops::Range;

use super::control::{Control, in_turns};
use super::replicates::Replicates;
use super::resample::{Purpose, Resampler, stream};
use crate::design::Data;
use crate::kernel::lanes::vector::Path;
use crate::kernel::newton::Workspace;
use crate::select::Selector;
use crate::select::batch::Engine;
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
    let (purpose, part) = part.map_or((Purpose::Table, 0), |p| (Purpose::Stratum, p));
    let engine = Engine::new(selector);
    let chunk = engine.chunk(range.end - range.start);
    let values = in_turns(
        range,
        shape.strata,
        chunk,
        control,
        || (Workspace::default(), Data::empty(shape)),
        |(ws, data), taken, out| {
            let count = (taken.end - taken.start) as usize;
            let draw = |i: usize, y: &mut [f64]| {
                let r = taken.start + i as u64;
                resampler.draw(&mut stream(seed, purpose, part, r), y);
            };
            engine.populations(path, selector, shape, count, draw, data, ws, out);
            control.take_stalled(ws);
        },
    );
    Replicates {
        strata: shape.strata,
        values,
    }
}

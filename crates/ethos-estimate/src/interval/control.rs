//! Telling how far a run is, and stopping it early without losing what it has.

use std::ops::{ControlFlow, Range};
use std::sync::atomic::{AtomicBool, AtomicU64, Ordering};
use std::sync::{Mutex, PoisonError};

use rayon::prelude::*;
use serde::{Deserialize, Serialize};

use crate::kernel::newton::Workspace;

/// Why a run was stopped before its last replicate.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum StopReason {
    /// Somebody asked for it.
    Interrupt,
    /// The time that was set aside ran out.
    Budget,
}

/// Told after every replicate how many are done, of how many; says whether to go on.
///
/// Called from any thread. After the first `Break` no replicate is begun; those under way are
/// finished. The answer then rests on the first replicates 0, 1, …, k − 1, exactly as if k had been
/// asked for, and says so ([`BootstrapReport`](crate::BootstrapReport), a diagnostic). With fewer
/// than [`MIN_REPLICATES`] there is an estimate but no interval.
///
/// ```
/// use std::ops::{ControlFlow, Range};
/// use ethos_estimate::{CaptureTable, EstimateSettings, StopReason, estimate};
/// let table = CaptureTable::from_histories(["a", "b"], [("10", 60), ("01", 40), ("11", 20)])?;
/// let enough = |done, _total| match done {
///     0..300 => ControlFlow::Continue(()),
///     _ => ControlFlow::Break(StopReason::Budget),
/// };
/// let settings = EstimateSettings::default();
/// let bootstrap = estimate(&table, &settings, Some(&enough))?.bootstrap.unwrap();
/// assert!(bootstrap.replicates >= 300 && bootstrap.replicates < bootstrap.asked);
/// assert_eq!(bootstrap.stopped, Some(StopReason::Budget));
/// # Ok::<(), ethos_estimate::EstimateError>(())
/// ```
pub type Progress<'a> = Option<&'a (dyn Fn(u64, u64) -> ControlFlow<StopReason> + Sync)>;

/// Fewest replicates of a stopped run from which limits are read: two or more lie beyond each
/// limit of a 95 % interval. A run that ends by itself may have fewer, on request.
pub const MIN_REPLICATES: u64 = 100;

/// Counts replicates over all parts of a run, reports them, and hears when to stop.
pub(crate) struct Control<'a> {
    done: AtomicU64,
    total: u64,
    progress: Progress<'a>,
    /// Replicates in which a fit that did not converge may have changed the answer.
    stalled: AtomicU64,
    stopped: AtomicBool,
    reason: Mutex<Option<StopReason>>,
}

impl<'a> Control<'a> {
    pub(crate) fn new(total: u64, progress: Progress<'a>) -> Self {
        Self {
            done: AtomicU64::new(0),
            total,
            progress,
            stalled: AtomicU64::new(0),
            stopped: AtomicBool::new(false),
            reason: Mutex::new(None),
        }
    }

    /// Reports `count` more replicates.
    pub(crate) fn step(&self, count: u64) {
        let done = self.done.fetch_add(count, Ordering::Relaxed) + count;
        if let Some(progress) = self.progress
            && let ControlFlow::Break(reason) = progress(done, self.total)
        {
            self.reason
                .lock()
                .unwrap_or_else(PoisonError::into_inner)
                .get_or_insert(reason);
            self.stopped.store(true, Ordering::Relaxed);
        }
    }

    /// Takes over what a workspace counted in the replicates it was used for.
    pub(crate) fn take_stalled(&self, ws: &mut Workspace) {
        let count = std::mem::take(&mut ws.stalled);
        self.stalled.fetch_add(count, Ordering::Relaxed);
    }

    /// Replicates in which a fit that did not converge may have changed the answer.
    pub(crate) fn stalled(&self) -> u64 {
        self.stalled.load(Ordering::Relaxed)
    }

    /// Whether no replicate may be begun any more.
    pub(crate) fn is_stopped(&self) -> bool {
        self.stopped.load(Ordering::Relaxed)
    }

    /// Why, if so.
    pub(crate) fn reason(&self) -> Option<StopReason> {
        *self.reason.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

/// Hands out replicate numbers in order, until the run is stopped.
///
/// Whoever takes a number finishes its replicate, so that what is done is always the whole of
/// 0, 1, …, k − 1.
pub(crate) struct Turns<'a> {
    next: AtomicU64,
    end: u64,
    control: &'a Control<'a>,
}

impl<'a> Turns<'a> {
    pub(crate) fn new(first: u64, end: u64, control: &'a Control<'a>) -> Self {
        Self {
            next: AtomicU64::new(first),
            end,
            control,
        }
    }

    /// The next `most` numbers, or as many as are left; nothing when stopped or all are taken.
    pub(crate) fn take(&self, most: u64) -> Option<Range<u64>> {
        if self.control.is_stopped() {
            return None;
        }
        let first = self.next.fetch_add(most, Ordering::Relaxed);
        (first < self.end).then(|| first..(first + most).min(self.end))
    }
}

/// Makes the rows of `range` in parallel, `width` numbers each, or those of its first part if the run
/// is stopped, and returns them one after the other in order.
///
/// `each` writes the rows of some consecutive numbers, at most `chunk`. What it writes in a row may
/// depend on the row's number alone; then the answer is the same on any number of threads, and for
/// any `chunk`. Rows go where they belong in one piece of memory, so that nothing else grows with
/// their number.
pub(crate) fn in_turns<S>(
    range: Range<u64>,
    width: usize,
    chunk: u64,
    control: &Control<'_>,
    init: impl Fn() -> S + Send + Sync,
    each: impl Fn(&mut S, Range<u64>, &mut [f64]) + Send + Sync,
) -> Vec<f64> {
    // Numbers are taken in order, not by place, so that those done are always the first ones.
    let turns = Turns::new(range.start, range.end, control);
    let all = (range.end - range.start) as usize * width;
    let rows = Mutex::new((Vec::new(), 0));
    let tasks = (range.end - range.start).div_ceil(chunk);
    (0..tasks).into_par_iter().for_each_init(init, |state, _| {
        let Some(taken) = turns.take(chunk) else {
            return;
        };
        let count = taken.end - taken.start;
        let at = (taken.start - range.start) as usize * width;
        let mut own = vec![0.0; count as usize * width];
        each(state, taken, &mut own);
        {
            let mut rows = rows.lock().unwrap_or_else(PoisonError::into_inner);
            let (rows, done) = &mut *rows;
            if rows.len() < at + own.len() {
                rows.reserve_exact(all - rows.len());
                rows.resize(at + own.len(), 0.0);
            }
            rows[at..at + own.len()].copy_from_slice(&own);
            *done += own.len();
        }
        control.step(count);
    });
    let (rows, done) = rows.into_inner().unwrap_or_else(PoisonError::into_inner);
    debug_assert_eq!(rows.len(), done, "what is done is the first part");
    rows
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn turns_are_a_prefix_and_end_with_a_stop() {
        let stop_at_six = |done, _| match done {
            0..6 => ControlFlow::Continue(()),
            _ => ControlFlow::Break(StopReason::Interrupt),
        };
        let control = Control::new(10, Some(&stop_at_six));
        let turns = Turns::new(0, 10, &control);
        let mut taken = Vec::new();
        while let Some(range) = turns.take(4) {
            control.step(range.end - range.start);
            taken.extend(range);
        }
        assert_eq!(taken, (0..8).collect::<Vec<u64>>());
        assert_eq!(control.reason(), Some(StopReason::Interrupt));
        let free = Control::new(10, None);
        let turns = Turns::new(0, 10, &free);
        assert_eq!(turns.take(8), Some(0..8));
        assert_eq!(turns.take(8), Some(8..10));
        assert_eq!(turns.take(8), None);
        assert_eq!(free.reason(), None);
    }

    #[test]
    fn rows_are_the_same_whatever_is_taken_at_a_time() {
        let rows = |chunk, progress: Progress<'_>| {
            let control = Control::new(100, progress);
            let each = |(): &mut (), taken: Range<u64>, out: &mut [f64]| {
                for (r, row) in taken.zip(out.chunks_exact_mut(2)) {
                    row.copy_from_slice(&[r as f64, 0.5]);
                }
            };
            in_turns(20..120, 2, chunk, &control, || (), each)
        };
        let whole = rows(1, None);
        assert_eq!((whole.len(), whole[0], whole[198]), (200, 20.0, 119.0));
        for chunk in [3, 64, 1000] {
            assert_eq!(rows(chunk, None), whole);
        }
        let stop = |done, _| match done {
            0..30 => ControlFlow::Continue(()),
            _ => ControlFlow::Break(StopReason::Budget),
        };
        let first = rows(7, Some(&stop));
        assert!(first.len() >= 60 && first.len() < 200);
        assert_eq!(first, whole[..first.len()]);
    }
}

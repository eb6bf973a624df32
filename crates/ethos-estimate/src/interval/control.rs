//! Telling how far a run is, and stopping it early without losing what it has.

use std::ops::ControlFlow;
use std::sync::atomic::{AtomicBool, AtomicU64, Ordering};
use std::sync::{Mutex, PoisonError};

use rayon::prelude::*;
use serde::{Deserialize, Serialize};

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
/// use std::ops::ControlFlow;
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
    stopped: AtomicBool,
    reason: Mutex<Option<StopReason>>,
}

impl<'a> Control<'a> {
    pub(crate) fn new(total: u64, progress: Progress<'a>) -> Self {
        Self {
            done: AtomicU64::new(0),
            total,
            progress,
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
    pub(crate) fn take(&self, most: u64) -> Option<std::ops::Range<u64>> {
        if self.control.is_stopped() {
            return None;
        }
        let first = self.next.fetch_add(most, Ordering::Relaxed);
        (first < self.end).then(|| first..(first + most).min(self.end))
    }
}

/// Calls `each` for every number of `range` in parallel, or for the first of them if the run is
/// stopped, and returns what it gave, one after the other in order.
pub(crate) fn in_turns<S>(
    range: std::ops::Range<u64>,
    control: &Control<'_>,
    init: impl Fn() -> S + Send + Sync,
    each: impl Fn(&mut S, u64) -> Vec<f64> + Send + Sync,
) -> Vec<f64> {
    let turns = Turns::new(range.start, range.end, control);
    let mut rows: Vec<(u64, Vec<f64>)> = range
        .into_par_iter()
        .map_init(init, |state, _| {
            let r = turns.take(1)?.start;
            let row = each(state, r);
            control.step(1);
            Some((r, row))
        })
        .flatten()
        .collect();
    rows.sort_unstable_by_key(|row| row.0);
    rows.into_iter().flat_map(|row| row.1).collect()
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
}

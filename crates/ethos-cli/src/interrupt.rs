//! Ctrl-C: leaves no half file, and lets a step that can answer with what it has do so.

use std::ops::ControlFlow;
use std::sync::atomic::{AtomicBool, Ordering};
use std::time::{Duration, Instant};

use ethos_estimate::StopReason;

/// Whether a step is at work that answers when it is interrupted.
static ANSWERING: AtomicBool = AtomicBool::new(false);
/// Whether it was.
static INTERRUPTED: AtomicBool = AtomicBool::new(false);

/// Removes every unfinished file and folder and ends with 130 when the user interrupts. A step that
/// can answer with what it has ([`Answering`]) is asked to at the first time; a second time ends it.
pub(crate) fn install() {
    // A second handler cannot be set twice in one process; the first one stays.
    let _ = ctrlc::set_handler(|| {
        if ANSWERING.load(Ordering::Relaxed) && !INTERRUPTED.swap(true, Ordering::Relaxed) {
            return;
        }
        ethos_table::atomic::remove_unfinished();
        #[allow(clippy::exit, reason = "the only way out of a signal handler's thread")]
        std::process::exit(130);
    });
}

/// A step at work that answers with what it has when it is interrupted or its time is up.
pub(crate) struct Answering {
    until: Option<Instant>,
}

impl Answering {
    /// From now on, for at most `seconds` if given.
    pub(crate) fn start(seconds: Option<f64>) -> Self {
        ANSWERING.store(true, Ordering::Relaxed);
        let budget = seconds.and_then(|s| Duration::try_from_secs_f64(s).ok());
        Self {
            until: budget.and_then(|b| Instant::now().checked_add(b)),
        }
    }

    /// Whether to go on.
    pub(crate) fn verdict(&self) -> ControlFlow<StopReason> {
        if INTERRUPTED.load(Ordering::Relaxed) {
            ControlFlow::Break(StopReason::Interrupt)
        } else if self.until.is_some_and(|until| Instant::now() >= until) {
            ControlFlow::Break(StopReason::Budget)
        } else {
            ControlFlow::Continue(())
        }
    }
}

impl Drop for Answering {
    fn drop(&mut self) {
        ANSWERING.store(false, Ordering::Relaxed);
    }
}

//! A long estimate, watched: how far it is, how long it still takes, and when to stop.

use std::ops::ControlFlow;
use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering};
use std::sync::mpsc::{RecvTimeoutError, Sender, channel};
use std::thread::JoinHandle;
use std::time::{Duration, Instant};

use ethos_estimate::StopReason;

use crate::interrupt::Answering;
use crate::output::Console;
use crate::progress::Bar;

/// When to speak first; after that at twice the time, and so on.
const PATIENCE: Duration = Duration::from_secs(5);

/// What is done, of how much, and milliseconds from the start to the first replicate.
#[derive(Default)]
struct Progress {
    done: AtomicU64,
    total: AtomicU64,
    before: AtomicU64,
}

/// Watches one estimate until it is dropped.
pub(super) struct Watch {
    bar: Bar,
    answering: Answering,
    start: Instant,
    progress: Arc<Progress>,
    /// Dropped first, which wakes the speaker and ends it.
    end: Option<Sender<()>>,
    speaker: Option<JoinHandle<()>>,
}

impl Watch {
    /// From now on, for at most so many seconds if given.
    pub(super) fn start(console: &Console, max_seconds: Option<f64>) -> Self {
        let bar = console.bar("estimate");
        let progress = Arc::new(Progress::default());
        let start = Instant::now();
        let (end, ended) = channel();
        let speaker = (!console.is_quiet()).then(|| {
            let (progress, words) = (Arc::clone(&progress), bar.words());
            std::thread::spawn(move || {
                let mut next = PATIENCE;
                while ended.recv_timeout((start + next).saturating_duration_since(Instant::now()))
                    == Err(RecvTimeoutError::Timeout)
                {
                    let first = next == PATIENCE;
                    // A terminal has its bar, which knows the time left.
                    if first || !words.is_terminal() {
                        let so_far = Standing {
                            done: progress.done.load(Ordering::Relaxed),
                            total: progress.total.load(Ordering::Relaxed),
                            before: Duration::from_millis(progress.before.load(Ordering::Relaxed)),
                            elapsed: start.elapsed(),
                        };
                        if let Some(line) = so_far.line(first, max_seconds) {
                            words.say(&line);
                        }
                    }
                    next *= 2;
                }
            })
        });
        Self {
            bar,
            answering: Answering::start(max_seconds),
            start,
            progress,
            end: Some(end),
            speaker,
        }
    }

    /// Hears how many replicates are done and says whether to go on.
    pub(super) fn at(&self, done: u64, total: u64) -> ControlFlow<StopReason> {
        self.bar.at(done, total);
        if self.progress.total.swap(total, Ordering::Relaxed) == 0 {
            let before = u64::try_from(self.start.elapsed().as_millis()).unwrap_or(u64::MAX);
            self.progress.before.store(before, Ordering::Relaxed);
        }
        self.progress.done.fetch_max(done, Ordering::Relaxed);
        self.answering.verdict()
    }
}

impl Drop for Watch {
    fn drop(&mut self) {
        drop(self.end.take());
        if let Some(speaker) = self.speaker.take() {
            // The speaker only prints; were it to fail, the answer would be no worse.
            let _ = speaker.join();
        }
    }
}

/// How far an estimate is.
struct Standing {
    done: u64,
    total: u64,
    /// Time to the first replicate.
    before: Duration,
    elapsed: Duration,
}

impl Standing {
    /// What to say, the first time with the ways to a shorter run; nothing if it is nearly done.
    fn line(&self, first: bool, max_seconds: Option<f64>) -> Option<String> {
        let elapsed = duration(self.elapsed.as_secs_f64());
        if self.total == 0 {
            let way = if first {
                "; a fixed `--model`, a lower `--max-order` or fewer covariates take less"
            } else {
                ""
            };
            return Some(format!("still fitting models after {elapsed}{way}"));
        }
        if self.done >= self.total {
            return Some(format!(
                "replicates are drawn; limits and checks still to come after {elapsed}"
            ));
        }
        let drawing = self.elapsed.saturating_sub(self.before).as_secs_f64();
        let share = self.done as f64 / self.total as f64;
        let mut left = drawing * (1.0 - share) / share.max(1e-9);
        if let Some(budget) = max_seconds {
            left = left.min((budget - self.elapsed.as_secs_f64()).max(0.0));
        }
        if left < PATIENCE.as_secs_f64() {
            return None;
        }
        let way = if first {
            "; Ctrl-C or `--max-seconds` answers from the replicates done by then, `--replicates` asks for fewer"
        } else {
            ""
        };
        Some(format!(
            "{:.0} % done after {elapsed}, about {} left{way}",
            100.0 * share,
            duration(left)
        ))
    }
}

/// A length of time in words, in whole units.
fn duration(seconds: f64) -> String {
    match seconds {
        s if s < 90.0 => format!("{s:.0} s"),
        s if s < 5400.0 => format!("{:.0} min", s / 60.0),
        s => format!("{:.1} h", s / 3600.0),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn standing(done: u64, total: u64, before: u64, elapsed: u64) -> Standing {
        Standing {
            done,
            total,
            before: Duration::from_secs(before),
            elapsed: Duration::from_secs(elapsed),
        }
    }

    #[test]
    fn says_how_long_it_takes_and_what_takes_less() {
        let line = |s: Standing, first| s.line(first, None).unwrap();
        let early = line(standing(100, 2000, 2, 5), true);
        // 3 s for 100 of 2,000: 57 s for the others.
        assert!(
            early.starts_with("5 % done after 5 s, about 57 s left; Ctrl-C"),
            "{early}"
        );
        assert!(early.contains("--replicates"));
        let late = line(standing(1000, 8000, 20, 1020), false);
        assert_eq!(late, "12 % done after 17 min, about 1.9 h left");
        let choosing = line(standing(0, 0, 0, 5), true);
        assert!(
            choosing.contains("still fitting models after 5 s"),
            "{choosing}"
        );
        assert!(line(standing(9, 9, 1, 40), false).contains("limits and checks"));
        // Nearly done, by itself or by the time set aside.
        assert_eq!(standing(1900, 2000, 0, 5).line(true, None), None);
        assert_eq!(standing(10, 2000, 0, 5).line(true, Some(8.0)), None);
        assert_eq!(
            standing(10, 2000, 0, 5).line(false, Some(30.0)).unwrap(),
            "0 % done after 5 s, about 25 s left"
        );
    }
}

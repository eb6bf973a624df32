//! The log of a run: when it was made, and how long each step took.

use std::fmt::Write;
use std::time::Instant;

use super::load::LoadedStudy;

/// Clock, threads and places: what no other output may hold.
pub(crate) struct RunLog {
    start: Instant,
    last: Instant,
    text: String,
}

impl RunLog {
    /// Begins now.
    pub(crate) fn new(loaded: &LoadedStudy) -> Self {
        let now = Instant::now();
        let text = format!(
            "started   {}\nprogram   ethos {}\nstudy     {}\nthreads   {}\n",
            jiff::Timestamp::now(),
            env!("CARGO_PKG_VERSION"),
            std::path::absolute(&loaded.path)
                .unwrap_or_else(|_| loaded.path.clone())
                .display(),
            rayon::current_num_threads(),
        );
        Self {
            start: now,
            last: now,
            text,
        }
    }

    /// A step has ended.
    pub(crate) fn step(&mut self, name: &str) {
        let _ = writeln!(
            self.text,
            "{name:<16} {:>8.3} s",
            self.last.elapsed().as_secs_f64()
        );
        self.last = Instant::now();
    }

    /// What `run.log` holds.
    pub(crate) fn text(&self) -> String {
        format!(
            "{}{:<16} {:>8.3} s\n",
            self.text,
            "in all",
            self.start.elapsed().as_secs_f64()
        )
    }
}

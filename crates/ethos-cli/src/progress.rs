//! Progress bars on standard error that know their end; silent when it is not a terminal.

use std::io::{IsTerminal, Write};
use std::time::Duration;

use indicatif::{ProgressBar, ProgressDrawTarget, ProgressStyle};

/// One bar for one step.
pub(crate) struct Bar {
    bar: ProgressBar,
    shown: bool,
}

impl Bar {
    pub(crate) fn new(label: &str, quiet: bool) -> Self {
        // A bar of no length is full before anything is done; one whose length is not known yet is empty.
        let bar = ProgressBar::no_length();
        let shown = !quiet && std::io::stderr().is_terminal();
        bar.set_draw_target(if shown {
            ProgressDrawTarget::stderr()
        } else {
            ProgressDrawTarget::hidden()
        });
        if let Ok(style) = ProgressStyle::with_template(
            "{msg:<28} {bar:30.cyan/dim} {human_pos:>9}/{human_len} {eta:>4}",
        ) {
            bar.set_style(style);
        }
        bar.set_message(label.to_owned());
        if shown {
            bar.enable_steady_tick(Duration::from_millis(120));
        }
        Self { bar, shown }
    }

    /// A voice that does not garble the bar.
    pub(crate) fn words(&self) -> Words {
        Words {
            bar: self.bar.clone(),
            shown: self.shown,
        }
    }

    /// Says how far the step is.
    pub(crate) fn at(&self, done: u64, total: u64) {
        if self.bar.length() != Some(total) {
            self.bar.set_length(total);
        }
        self.bar.set_position(done);
    }
}

/// A line beside a bar that may be shown.
pub(crate) struct Words {
    bar: ProgressBar,
    shown: bool,
}

impl Words {
    /// Whether a bar is shown.
    pub(crate) fn is_terminal(&self) -> bool {
        self.shown
    }

    /// A line on standard error, above the bar if there is one.
    pub(crate) fn say(&self, line: &str) {
        if self.shown {
            self.bar.println(line);
        } else {
            let _ = writeln!(std::io::stderr(), "{line}");
        }
    }
}

impl Drop for Bar {
    fn drop(&mut self) {
        self.bar.finish_and_clear();
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_bar_is_empty_until_something_is_done() {
        let bar = Bar::new("x", true);
        assert_eq!(bar.bar.length(), None);
        bar.at(1, 4);
        assert_eq!((bar.bar.position(), bar.bar.length()), (1, Some(4)));
    }
}

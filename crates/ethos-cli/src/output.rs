//! Writing for people on standard error and data on standard output.

use std::io::{IsTerminal, Write};

use ethos_model::category::Language;
use miette::{GraphicalReportHandler, GraphicalTheme};

use crate::cli::{Color, Global};
use crate::failure::Failure;
use crate::progress::Bar;

/// Width of wrapped sentences, in characters.
const WIDTH: usize = 98;

/// A sentence in lines that leave room for an indent. A word longer than a line stays whole.
pub(crate) fn wrapped(text: &str, indent: usize) -> Vec<String> {
    let mut lines = vec![String::new()];
    for word in text.split_whitespace() {
        let line = lines.last_mut().expect("there is always a line");
        if line.is_empty() {
            line.push_str(word);
        } else if indent + line.chars().count() + 1 + word.chars().count() > WIDTH {
            lines.push(word.to_owned());
        } else {
            line.push(' ');
            line.push_str(word);
        }
    }
    lines
}

/// Where a verb writes.
pub(crate) struct Console {
    quiet: bool,
    color: bool,
    choice: Color,
    language: Language,
}

impl Console {
    pub(crate) fn new(global: &Global, language: Language) -> Self {
        let color = match global.color {
            Color::Always => true,
            Color::Never => false,
            Color::Auto => {
                std::io::stderr().is_terminal() && std::env::var_os("NO_COLOR").is_none()
            }
        };
        Self {
            quiet: global.quiet,
            color,
            choice: global.color,
            language,
        }
    }

    /// The language that everything is said in: verdicts, messages and failures alike.
    pub(crate) fn language(&self) -> Language {
        self.language
    }

    /// A line for the person at the terminal, in their language.
    pub(crate) fn tell(&self, nl: impl AsRef<str>, en: impl AsRef<str>) {
        self.say(self.language.pick(nl.as_ref(), en.as_ref()));
    }

    /// A line for the person at the terminal, on standard error; nothing with `--quiet`.
    pub(crate) fn say(&self, line: impl AsRef<str>) {
        if !self.quiet {
            let _ = writeln!(std::io::stderr(), "{}", line.as_ref());
        }
    }

    /// A heading, bold on a terminal.
    pub(crate) fn heading(&self, line: &str) {
        if self.color {
            self.say(format!("\u{1b}[1m{line}\u{1b}[0m"));
        } else {
            self.say(line);
        }
    }

    /// Data on standard output. A closed pipe is the reader's choice, not an error.
    pub(crate) fn data(&self, text: &str) -> Result<(), Failure> {
        self.write_data(|out| out.write_all(text.as_bytes()))
    }

    /// A verdict on standard output, for who reads it; nothing with `--quiet`.
    pub(crate) fn text(&self, text: &str) -> Result<(), Failure> {
        if self.quiet { Ok(()) } else { self.data(text) }
    }

    /// Data on standard output, written piece by piece.
    #[allow(clippy::unused_self, reason = "all writing goes through the console")]
    pub(crate) fn write_data(
        &self,
        write: impl FnOnce(&mut dyn Write) -> std::io::Result<()>,
    ) -> Result<(), Failure> {
        let mut out = std::io::BufWriter::new(std::io::stdout().lock());
        match write(&mut out).and_then(|()| out.flush()) {
            Err(error) if error.kind() != std::io::ErrorKind::BrokenPipe => Err(Failure::input(
                format!("cannot write to standard output: {error}"),
            )),
            _ => Ok(()),
        }
    }

    /// Whether text on standard output may have colours.
    pub(crate) fn colours_data(&self) -> bool {
        match self.choice {
            Color::Always => true,
            Color::Never => false,
            Color::Auto => {
                std::io::stdout().is_terminal() && std::env::var_os("NO_COLOR").is_none()
            }
        }
    }

    /// Characters of a line on standard output: of the terminal, or of what COLUMNS says, or a usual number.
    #[allow(clippy::unused_self, reason = "the terminal is the console's")]
    pub(crate) fn width(&self) -> usize {
        let said = std::env::var("COLUMNS").ok();
        let said = said.and_then(|columns| columns.parse().ok());
        let seen = || terminal_size::terminal_size_of(std::io::stdout());
        said.or_else(|| seen().map(|(width, _)| usize::from(width.0)))
            .unwrap_or(WIDTH)
    }

    /// A sentence for the person at the terminal, wrapped.
    pub(crate) fn paragraph(&self, text: &str) {
        for line in wrapped(text, 0) {
            self.say(line);
        }
    }

    /// Whether nothing is said to the person at the terminal.
    pub(crate) fn is_quiet(&self) -> bool {
        self.quiet
    }

    /// A progress bar for a step.
    pub(crate) fn bar(&self, label: &str) -> Bar {
        Bar::new(label, self.quiet)
    }

    /// A failure with its way out.
    #[allow(clippy::unused_self, reason = "colour is the console's")]
    pub(crate) fn failure(&self, failure: &Failure) {
        let theme = if self.color {
            GraphicalTheme::unicode()
        } else {
            GraphicalTheme::unicode_nocolor()
        };
        let mut text = String::new();
        let handler = GraphicalReportHandler::new_themed(theme).with_width(100);
        if handler.render_report(&mut text, failure).is_err() {
            text = failure.to_string();
        }
        let _ = writeln!(std::io::stderr(), "{}", text.trim_end());
    }
}

//! Writing for people on standard error and data on standard output.

use std::borrow::Cow;
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

/// Text that gives a terminal no orders. What came out of a file, such as a name in figures of last year, may
/// hold characters that clear the screen or give it another title; only line ends, tabs and, where there are to be
/// any, our own colours are left.
fn harmless(text: &str, colours: bool) -> Cow<'_, str> {
    let bad = |c: char| c.is_control() && !matches!(c, '\n' | '\t');
    if !text.contains(bad) {
        return Cow::Borrowed(text);
    }
    let mut safe = String::with_capacity(text.len());
    let mut rest = text;
    while let Some(at) = rest.find(bad) {
        safe.push_str(&rest[..at]);
        rest = &rest[at..];
        let colour = if colours { colour(rest) } else { 0 };
        if colour == 0 {
            safe.push('?');
            rest = &rest[rest.chars().next().map_or(0, char::len_utf8)..];
        } else {
            safe.push_str(&rest[..colour]);
            rest = &rest[colour..];
        }
    }
    safe.push_str(rest);
    Cow::Owned(safe)
}

/// Bytes of the colour that a text begins with; 0 where it begins with none.
fn colour(text: &str) -> usize {
    let Some(codes) = text.strip_prefix("\u{1b}[") else {
        return 0;
    };
    let end = codes.find(|c: char| !c.is_ascii_digit() && c != ';');
    match end {
        Some(end) if codes[end..].starts_with('m') => "\u{1b}[".len() + end + 1,
        _ => 0,
    }
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
            let _ = writeln!(std::io::stderr(), "{}", harmless(line.as_ref(), false));
        }
    }

    /// A heading, bold on a terminal.
    pub(crate) fn heading(&self, line: &str) {
        if self.color && !self.quiet {
            let line = harmless(line, false);
            let _ = writeln!(std::io::stderr(), "\u{1b}[1m{line}\u{1b}[0m");
        } else {
            self.say(line);
        }
    }

    /// Data on standard output. A closed pipe is the reader's choice, not an error.
    pub(crate) fn data(&self, text: &str) -> Result<(), Failure> {
        let text = harmless(text, self.colours_data());
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
        let text = harmless(text.trim_end(), self.color);
        let _ = writeln!(std::io::stderr(), "{text}");
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_a_file_holds_gives_a_terminal_no_orders() {
        let text = "GM0363\u{1b}]0;x\u{7}\r\u{9b}2J\tBegin\n";
        for colours in [false, true] {
            assert_eq!(harmless(text, colours), "GM0363?]0;x???2J\tBegin\n");
        }
        let painted = "\u{1b}[1;31mfout\u{1b}[0m\u{1b}[2J\u{1b}[";
        assert_eq!(harmless(painted, true), "\u{1b}[1;31mfout\u{1b}[0m?[2J?[");
        assert_eq!(harmless(painted, false), "?[1;31mfout?[0m?[2J?[");
        assert!(matches!(harmless("één\n", true), Cow::Borrowed(_)));
    }
}

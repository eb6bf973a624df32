//! The check as a person reads it in a terminal: verdict first, then causes with their cells.

use std::fmt::Write;

use ethos_ingest::{CheckReport, FileReport, RuleBook, Verdict};
use ethos_model::category::Language;
use ethos_model::finding::{Finding, Severity};

use crate::carets::carets;
use crate::cause::{Cause, causes};
use crate::excerpt::Excerpt;
use crate::verdict::{mendable_sentence, verdict_sentence};
use crate::wrap::{wrapped, write_wrapped};

/// How much is shown.
#[derive(Copy, Clone, Debug)]
pub struct TextOptions {
    /// Language of everything.
    pub language: Language,
    /// Cells shown of each cause.
    pub cells: usize,
    /// Whether severities have colours.
    pub colour: bool,
    /// Characters of a line: longer ones go on beneath where they began.
    pub width: usize,
}

/// Blanks before what is said of a cause.
pub(crate) const INDENT: usize = 6;

/// The check as text. `excerpts` are the rows of each file, in the order of the files, that carets are put
/// in; a file without gets its cells in a line.
pub fn text(
    report: &CheckReport,
    book: &RuleBook,
    excerpts: &[Excerpt],
    options: TextOptions,
) -> String {
    let mut text = String::new();
    let none = Excerpt::default();
    for (at, file) in report.files.iter().enumerate() {
        one_file(
            &mut text,
            file,
            book,
            excerpts.get(at).unwrap_or(&none),
            options,
        );
    }
    if report.files.len() > 1 {
        together(&mut text, report, options);
    }
    text
}

/// Files from which on only those that are to be mended are shown one by one, where a table of senders has
/// all of them.
const MANY: usize = 20;

/// The check as text, of so many files that a table follows: those without errors are then counted, and said
/// to be.
pub fn text_of_many(report: &CheckReport, book: &RuleBook, options: TextOptions) -> String {
    if report.files.len() <= MANY {
        return text(report, book, &[], options);
    }
    let mut text = String::new();
    let mut quiet = 0;
    for file in &report.files {
        if file.verdict >= Verdict::Mend {
            one_file(&mut text, file, book, &Excerpt::default(), options);
        } else {
            quiet += 1;
        }
    }
    if quiet > 0 {
        let said = match options.language {
            Language::Nl => format!(
                "{quiet} bestanden zonder fouten staan alleen in de tabel hieronder; hun waarschuwingen staan op de \
                 pagina (--html) en in --format csv."
            ),
            Language::En => format!(
                "{quiet} files without errors are in the table below only; their warnings are on the page (--html) \
                 and in --format csv."
            ),
        };
        write_wrapped(&mut text, &said, 0, 0, options.width);
        text.push('\n');
    }
    together(&mut text, report, options);
    text
}

fn one_file(
    text: &mut String,
    file: &FileReport,
    book: &RuleBook,
    excerpt: &Excerpt,
    options: TextOptions,
) {
    let language = options.language;
    let causes = causes(file);
    let _ = writeln!(text, "{}", painted(&file.file, Paint::Bold, options));
    write_wrapped(text, &read_as(file, language), 2, 4, options.width);
    write_wrapped(text, &rows(file, language), 2, 4, options.width);
    let paint = match file.verdict {
        Verdict::Clean => Paint::Green,
        Verdict::Usable => Paint::Yellow,
        Verdict::Mend | Verdict::Unusable => Paint::Red,
    };
    let sentence = verdict_sentence(file, &causes, language);
    text.push('\n');
    for line in wrapped(&sentence, 2, 2, options.width) {
        let _ = writeln!(text, "  {}", painted(line.trim_start(), paint, options));
    }
    if let Some(mendable) = mendable_sentence(file, language) {
        write_wrapped(text, &mendable, 2, 2, options.width);
    }
    for (at, cause) in causes.iter().enumerate() {
        one_cause(text, at + 1, cause, book, excerpt, options);
    }
    text.push('\n');
}

fn read_as(file: &FileReport, language: Language) -> String {
    let mut text = match &file.layout {
        None => language
            .pick("indeling niet herkend", "layout not recognised")
            .to_owned(),
        Some(layout) => match file.confidence {
            None => format!("{} {layout}", language.pick("indeling", "layout")),
            Some(confidence) => format!(
                "{} {layout} ({} {:.0}%)",
                language.pick("indeling", "layout"),
                language.pick("herkend:", "recognised:"),
                100.0 * confidence,
            ),
        },
    };
    if let Some(encoding) = file.encoding {
        let _ = write!(text, " · {encoding}");
    }
    if let Some(sheet) = &file.sheet {
        let _ = write!(text, " · {} `{sheet}`", language.pick("blad", "sheet"));
    }
    if let Some(row) = file.header_row.filter(|row| *row > 1) {
        let _ = write!(
            text,
            " · {} {row}",
            language.pick("kopregel in rij", "header in row")
        );
    }
    if let Some(delimiter) = file.delimiter {
        let shown = match delimiter {
            '\t' => "tab".to_owned(),
            other => format!("`{other}`"),
        };
        let _ = write!(
            text,
            " · {} {shown}",
            language.pick("scheidingsteken", "delimiter")
        );
    }
    text
}

fn rows(file: &FileReport, language: Language) -> String {
    let tally = &file.tally;
    let parts = [
        (tally.accepted, "goed", "accepted"),
        (tally.rejected, "afgekeurd", "rejected"),
        (tally.out_of_scope, "buiten de telling", "out of scope"),
        (
            tally.duplicate + tally.superseded,
            "dubbel of vervangen",
            "duplicate or replaced",
        ),
        (tally.set_aside, "apart gezet", "set aside"),
    ];
    let told: Vec<String> = parts
        .into_iter()
        .filter(|(count, nl, _)| *count > 0 || *nl == "goed")
        .map(|(count, nl, en)| format!("{} {}", grouped(count, language), language.pick(nl, en)))
        .collect();
    let word = match tally.rows() {
        1 => language.pick("rij", "row"),
        _ => language.pick("rijen", "rows"),
    };
    format!(
        "{} {word}: {}",
        grouped(tally.rows(), language),
        told.join(" · ")
    )
}

fn one_cause(
    text: &mut String,
    number: usize,
    cause: &Cause<'_>,
    book: &RuleBook,
    excerpt: &Excerpt,
    options: TextOptions,
) {
    let language = options.language;
    let title = cause.title(book, language);
    let severity = cause.severity.name(language).to_uppercase();
    let paint = match cause.severity {
        Severity::Blocking | Severity::Error => Paint::Red,
        Severity::Warning => Paint::Yellow,
        Severity::Note => Paint::Blue,
    };
    // The title begins behind number, severity and code, and goes on there.
    let before = format!("  {number:>2}  {severity}  {}  ", cause.codes());
    let title = format!("{title} ({}×)", grouped(cause.count, language));
    let indent = before.chars().count();
    let title = wrapped(&title, indent, indent, options.width).join("\n");
    let _ = writeln!(
        text,
        "\n  {number:>2}  {}  {}  {}",
        painted(&severity, paint, options),
        cause.codes(),
        title.trim_start(),
    );
    write_wrapped(text, &cause.place(language), INDENT, INDENT, options.width);
    write_wrapped(
        text,
        &cause.message(language),
        INDENT,
        INDENT,
        options.width,
    );
    let first: Vec<&Finding> = cause.placed().take(options.cells).collect();
    let cells: Vec<String> = first
        .iter()
        .map(|finding| cell(finding, language))
        .collect();
    if !cells.is_empty() {
        let more = cause.count.saturating_sub(cells.len() as u64);
        let rest = match more {
            0 => String::new(),
            _ => format!(
                " {} {}",
                language.pick("en nog", "and"),
                match language {
                    Language::Nl => grouped(more, language),
                    Language::En => format!("{} more", grouped(more, language)),
                }
            ),
        };
        let cells = format!("{}{rest}", cells.join(" · "));
        write_wrapped(text, &cells, INDENT, INDENT, options.width);
    }
    if let Some(carets) = carets(&first, excerpt, options.width) {
        text.push_str(&carets);
    }
    let fix = format!("→ {}", cause.fix(language));
    write_wrapped(text, &fix, INDENT, INDENT + 2, options.width);
}

/// `E17 ******31`, and what it should be where that is known.
fn cell(finding: &Finding, language: Language) -> String {
    let mut text = match (&finding.sheet, finding.address(), finding.row) {
        (Some(sheet), Some(address), _) => format!("{sheet}!{address}"),
        (None, Some(address), _) => address,
        (_, None, Some(row)) => format!("{} {row}", language.pick("rij", "row")),
        (_, None, None) => String::new(),
    };
    if !finding.value.as_str().is_empty() {
        let _ = write!(text, " `{}`", finding.value);
    }
    if let Some(suggestion) = &finding.suggestion {
        let _ = write!(text, " → `{}`", suggestion.shown());
    }
    text
}

fn together(text: &mut String, report: &CheckReport, options: TextOptions) {
    let language = options.language;
    let of = |verdict: Verdict| {
        report
            .files
            .iter()
            .filter(move |file| file.verdict == verdict && !file.is_given_way())
    };
    let replaced = report.files.iter().filter(|file| file.is_given_way());
    let mut said = format!(
        "{} {}: {} {} · {} {} · {} {} · {} {}",
        report.files.len(),
        language.pick("bestanden", "files"),
        of(Verdict::Clean).count(),
        language.pick("in orde", "in order"),
        of(Verdict::Usable).count(),
        language.pick(
            "te versturen na een blik op de waarschuwingen",
            "to be sent after a look at the warnings"
        ),
        of(Verdict::Mend).count(),
        language.pick("te herstellen", "to mend"),
        of(Verdict::Unusable).count(),
        language.pick("niet te gebruiken", "unusable"),
    );
    let replaced = replaced.count();
    if replaced > 0 {
        let _ = write!(
            said,
            " · {replaced} {}",
            language.pick("vervangen", "replaced")
        );
    }
    write_wrapped(text, &said, 0, 2, options.width);
    for file in of(Verdict::Unusable) {
        let _ = writeln!(text, "  {}", file.file);
    }
}

/// A count with its thousands apart, as the language writes it.
pub fn grouped(count: u64, language: Language) -> String {
    let digits = count.to_string();
    let mut text = String::new();
    for (at, digit) in digits.chars().enumerate() {
        if at > 0 && (digits.len() - at).is_multiple_of(3) {
            text.push_str(language.pick(".", ","));
        }
        text.push(digit);
    }
    text
}

#[derive(Copy, Clone)]
enum Paint {
    Bold,
    Red,
    Yellow,
    Blue,
    Green,
}

fn painted(text: &str, paint: Paint, options: TextOptions) -> String {
    if !options.colour {
        return text.to_owned();
    }
    let code = match paint {
        Paint::Bold => "1",
        Paint::Red => "1;31",
        Paint::Yellow => "33",
        Paint::Blue => "34",
        Paint::Green => "32",
    };
    format!("\u{1b}[{code}m{text}\u{1b}[0m")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn thousands_are_apart() {
        assert_eq!(grouped(999, Language::Nl), "999");
        assert_eq!(grouped(1_204, Language::Nl), "1.204");
        assert_eq!(grouped(1_234_567, Language::En), "1,234,567");
    }
}

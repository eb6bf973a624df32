//! The preview of what would be mended, and what came of it.

use std::collections::BTreeMap;
use std::fmt::Write;

use ethos_ingest::corrections::FileChange;
use ethos_ingest::{FileReport, RuleBook};
use ethos_model::category::Language;
use ethos_model::finding::RuleCode;

use super::find::Fix;
use super::mended::Mended;
use super::offer::Beside;
use crate::cause::causes;
use crate::terminal::{INDENT, TextOptions, grouped};
use crate::verdict::verdict_sentence;
use crate::wrap::write_wrapped;

/// What would be mended: per cause its first cells, old and new, and why that is safe; then what a person
/// has to decide, and the verdict before and after. `beside` is what other files tell of this one, which
/// mending leaves as it is. Lines longer than the width go on beneath where they began.
pub fn preview(mended: &Mended, beside: &Beside, book: &RuleBook, shown: TextOptions) -> String {
    let TextOptions {
        language, width, ..
    } = shown;
    let mut text = String::new();
    let count = mended.fixes.len() as u64;
    if mended.is_as_it_was() {
        text.push_str(language.pick(
            "  Er is niets dat met zekerheid kan worden hersteld.\n",
            "  There is nothing that can be mended with certainty.\n",
        ));
    } else if count > 0 {
        let _ = writeln!(
            text,
            "  {} {}",
            language.pick("Te herstellen:", "To be mended:"),
            cell_count(count, language)
        );
    }
    by_hand(&mut text, mended, shown);
    if !mended.changes.is_empty() {
        let of_file = language.pick(
            "Wat er aan het bestand als geheel verandert:",
            "What changes of the file as a whole:",
        );
        let _ = writeln!(text, "  {of_file}");
    }
    let stopped: Vec<&FileChange> = mended.changes.iter().filter(|c| c.cell.is_some()).collect();
    for change in mended.changes.iter().filter(|c| c.cell.is_none()) {
        let _ = writeln!(
            text,
            "\n      {}: `{}` → `{}`",
            name_of_change(change, language),
            change.old,
            change.new
        );
        write_wrapped(&mut text, &change.why, INDENT, INDENT, width);
    }
    if let Some(first) = stopped.first() {
        let count = grouped(stopped.len() as u64, language);
        let _ = writeln!(
            text,
            "\n      {}  ({count}×)",
            name_of_change(first, language)
        );
        write_wrapped(&mut text, &first.why, INDENT, INDENT, width);
    }
    for ((column, _), fixes) in by_cause(&mended.fixes) {
        cause(&mut text, column, &fixes, book, shown);
    }
    if !mended.undecided.is_empty() {
        let _ = writeln!(
            text,
            "\n  {}",
            language.pick("Dit beslist u zelf:", "For you to decide:")
        );
    }
    for open in &mended.undecided {
        let said = format!(
            "{} {} ({}×): {}.",
            language.pick("kolom", "column"),
            open.column,
            grouped(open.count, language),
            open.words.in_language(language)
        );
        write_wrapped(&mut text, &said, INDENT, INDENT + 2, width);
    }
    text.push('\n');
    for (report, nl, en) in [
        (&mended.before, "Voor herstel", "Before"),
        (&mended.after, "Na herstel", "After"),
    ] {
        let said = format!("{}: {}", language.pick(nl, en), verdict(report, language));
        write_wrapped(&mut text, &said, 2, 4, width);
    }
    if beside.count > 0 {
        write_wrapped(&mut text, &beside_others(beside, language), 2, 4, width);
    }
    text
}

/// What other files tell of this one.
fn beside_others(beside: &Beside, language: Language) -> String {
    let codes: Vec<String> = beside.codes.iter().map(RuleCode::to_string).collect();
    let (count, codes) = (grouped(beside.count, language), codes.join(", "));
    match (language, beside.count) {
        (Language::Nl, 1) => format!(
            "Daarbij komt 1 bevinding die alleen naast de andere bestanden te zien is ({codes}). Herstellen verandert \
             daar niets aan."
        ),
        (Language::Nl, _) => format!(
            "Daarbij komen {count} bevindingen die alleen naast de andere bestanden te zien zijn ({codes}). Herstellen \
             verandert daar niets aan."
        ),
        (Language::En, 1) => format!(
            "There is 1 finding more that shows beside the other files only ({codes}). Mending does not change it."
        ),
        (Language::En, _) => format!(
            "There are {count} findings more that show beside the other files only ({codes}). Mending does not change \
             them."
        ),
    }
}

fn cell_count(count: u64, language: Language) -> String {
    match language {
        Language::Nl if count == 1 => "1 cel".to_owned(),
        Language::Nl => format!("{} cellen", grouped(count, language)),
        Language::En if count == 1 => "1 cell".to_owned(),
        Language::En => format!("{} cells", grouped(count, language)),
    }
}

/// What changed of the file besides its cells, in a word.
fn name_of_change(change: &FileChange, language: Language) -> &'static str {
    match (change.what, language) {
        ("vorm", Language::En) => "form",
        ("codering", Language::En) => "encoding",
        ("scheidingsteken", Language::En) => "delimiter",
        ("formules", Language::En) => "formulas",
        (what, _) => what,
    }
}

/// What became of corrections by hand.
fn by_hand(text: &mut String, mended: &Mended, shown: TextOptions) {
    let (corrected, language) = (mended.corrected, shown.language);
    if corrected.all() == 0 {
        return;
    }
    let _ = writeln!(
        text,
        "  {} {}",
        language.pick("Eerst met de hand verbeterd:", "Corrected by hand first:"),
        cell_count(corrected.applied, language)
    );
    if corrected.refused > 0 {
        let refused = grouped(corrected.refused, language);
        let said = match language {
            Language::Nl => format!(
                "Niet uitgevoerd: {refused} van de correcties. Het oordeel hierboven zegt welke en waarom (COR02 \
                 tot en met COR05)."
            ),
            Language::En => format!(
                "Not applied: {refused} of the corrections. The verdict above says which and why (COR02 to \
                 COR05)."
            ),
        };
        write_wrapped(text, &said, 2, 4, shown.width);
    }
}

/// `12 bevindingen. Nog niet versturen: …`
fn verdict(report: &FileReport, language: Language) -> String {
    let count: u64 = report.counts.values().sum();
    let causes = causes(report);
    let word = match (language, count) {
        (Language::Nl, 1) => "bevinding",
        (Language::Nl, _) => "bevindingen",
        (Language::En, 1) => "finding",
        (Language::En, _) => "findings",
    };
    format!(
        "{} {word}. {}",
        grouped(count, language),
        verdict_sentence(report, &causes, language)
    )
}

/// Column, and the keys of the steps.
type Key<'f> = (&'f str, String);

/// The fixes of a column by the same steps, in the order of their first cells.
fn by_cause(fixes: &[Fix]) -> Vec<(Key<'_>, Vec<&Fix>)> {
    let mut groups: BTreeMap<Key<'_>, Vec<&Fix>> = BTreeMap::new();
    for fix in fixes {
        groups
            .entry((fix.column.as_str(), fix.keys()))
            .or_default()
            .push(fix);
    }
    let mut list: Vec<_> = groups.into_iter().collect();
    list.sort_by_key(|(_, fixes)| (fixes[0].row, fixes[0].column_number));
    list
}

fn cause(text: &mut String, column: &str, fixes: &[&Fix], book: &RuleBook, shown: TextOptions) {
    let TextOptions {
        language, width, ..
    } = shown;
    let first = fixes[0];
    // The rule most of the cells have; cells that no rule minds are told by their form.
    let mut rules: BTreeMap<Option<RuleCode>, usize> = BTreeMap::new();
    for fix in fixes {
        *rules.entry(fix.rule).or_insert(0) += 1;
    }
    let most = rules.into_iter().max_by_key(|(_, count)| *count);
    let rule = most.and_then(|(rule, _)| rule);
    let title = rule.map_or_else(
        || {
            language
                .pick("Vorm van de cel", "Form of the cell")
                .to_owned()
        },
        |rule| {
            let title = book
                .find(rule.as_str())
                .map_or("", |rule| rule.title(language));
            format!("{rule}  {title}")
        },
    );
    let _ = writeln!(
        text,
        "\n      {title}  ({}×)",
        grouped(fixes.len() as u64, language),
    );
    let why = format!(
        "{} {column}: {}",
        language.pick("kolom", "column"),
        first.why(language)
    );
    write_wrapped(text, &why, INDENT, INDENT, width);
    let first_cells: Vec<String> = fixes
        .iter()
        .take(shown.cells)
        .map(|fix| {
            let sheet = fix.sheet.as_ref().map(|sheet| format!("{sheet}!"));
            format!(
                "{}{} `{}` → `{}`",
                sheet.unwrap_or_default(),
                fix.address(),
                visible(fix.old.as_str()),
                fix.new
            )
        })
        .collect();
    if first_cells.is_empty() {
        return;
    }
    let rest = fixes.len() - first_cells.len();
    let more = match (rest, language) {
        (0, _) => String::new(),
        (_, Language::Nl) => format!(" en nog {}", grouped(rest as u64, language)),
        (_, Language::En) => format!(" and {} more", grouped(rest as u64, language)),
    };
    let said = format!("{}{more}", first_cells.join(" · "));
    write_wrapped(text, &said, INDENT, INDENT, width);
}

/// A value in which blanks that nobody sees are seen.
fn visible(value: &str) -> String {
    value
        .chars()
        .map(|c| match c {
            ' ' => ' ',
            c if c.is_whitespace() => '␣',
            '\u{ad}' | '\u{200b}'..='\u{200f}' | '\u{2060}' | '\u{feff}' => '·',
            c => c,
        })
        .collect()
}

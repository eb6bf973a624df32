//! A comparison as a person reads it in the terminal.

use std::fmt::Write;

use ethos_compare::{Comparison, Count, Published, Side};
use ethos_model::category::Language;
use ethos_model::cell::CellState;
use ethos_model::study::ReleaseStatus;
use ethos_publish::words::number;

use crate::output::wrapped;

/// The comparison: the change, what it comes from, the counts, what to know.
pub(crate) fn render(found: &Comparison, language: Language) -> String {
    let pick = |nl: &'static str, en: &'static str| language.pick(nl, en);
    let mut text = String::new();
    say(
        &mut text,
        pick(
            "INTERN: afronding staat hier apart, en daarmee het getal ervóór. Deel dit niet.",
            "INTERNAL: rounding stands apart here, and with it the figure before it. Do not share this.",
        ),
    );
    text.push('\n');
    for (name, side) in [
        (pick("Van", "From"), &found.before),
        (pick("Naar", "To"), &found.after),
    ] {
        let _ = writeln!(text, "{name:<5} {}", side_line(side, language));
    }
    text.push('\n');
    let mut rows = Vec::new();
    if let Some(change) = found.change {
        rows.push([
            pick("Gepubliceerde verandering", "Published change").to_owned(),
            number::signed(change.value, language),
            limits(change, language),
        ]);
        for line in &found.lines {
            rows.push([
                format!("  {} {}", pick("door", "by"), line.name(language)),
                number::signed(line.persons, language),
                line.lower
                    .zip(line.upper)
                    .map_or_else(String::new, |(lower, upper)| {
                        let whole = |value: f64| number::signed(value.round() as i64, language);
                        format!("{} {} {}", whole(lower), pick("tot", "to"), whole(upper))
                    }),
            ]);
        }
    }
    if !rows.is_empty() {
        let headers = [
            pick("Schatting", "Estimate").to_owned(),
            pick("mensen", "people").to_owned(),
            format!(
                "{} {}",
                pick("interval", "interval"),
                number::percent(found.level, language)
            ),
        ];
        table(&mut text, &headers, &rows);
        text.push('\n');
    }
    counts(&mut text, found, language);
    for difference in &found.differences {
        let none = |text: &str| {
            if text.is_empty() {
                "–".to_owned()
            } else {
                text.to_owned()
            }
        };
        let _ = writeln!(
            text,
            "{:<11} {}: {} → {}",
            difference.of.name(language),
            difference.key,
            none(&difference.before),
            none(&difference.after)
        );
    }
    if !found.differences.is_empty() {
        text.push('\n');
    }
    for (day, note) in &found.breaks {
        let day = number::day(*day, language);
        let line = format!(
            "{} {day}: {}",
            pick("Breuk in de reeks vanaf", "Break in the series from"),
            note.in_language(language)
        );
        say(&mut text, &line);
    }
    for note in &found.notes {
        say(&mut text, note.in_language(language));
    }
    for note in &found.contradictions {
        let line = format!(
            "{}: {}",
            pick("Let op", "Warning"),
            note.in_language(language)
        );
        say(&mut text, &line);
    }
    if !found.lines.is_empty() {
        say(
            &mut text,
            pick(
                "Elk deel is het gemiddelde over alle volgordes waarin gegevens, afbakening en methode één voor één worden verwisseld; samen met de afronding tellen de delen precies op.",
                "Each part is the mean over every order in which data, scope and method are swapped one at a time; with rounding the parts add up exactly.",
            ),
        );
    }
    text
}

fn side_line(side: &Side, language: Language) -> String {
    let mark = match side.status {
        ReleaseStatus::Final => "",
        ReleaseStatus::Provisional => " [p]",
        ReleaseStatus::Revised => " [r]",
    };
    let figure = side.published.map_or_else(
        || language.pick("geen schatting", "no estimate").to_owned(),
        |figure| {
            let whole = |value: i64| number::whole(value.unsigned_abs(), language);
            let limits = match (figure.lower, figure.upper) {
                (Some(lower), Some(upper)) => format!("{}–{}", whole(lower), whole(upper)),
                (Some(lower), None) => format!(
                    "≥ {}, {}",
                    whole(lower),
                    language.pick("geen bovengrens", "no upper limit")
                ),
                _ => language.pick("geen grenzen", "no limits").to_owned(),
            };
            format!("{} ({limits})", whole(figure.value))
        },
    );
    format!(
        "{}: {figure}{mark}   {}",
        number::day(side.date, language),
        side.study
    )
}

fn limits(change: Published, language: Language) -> String {
    if (change.lower, change.upper) == (None, None) {
        return String::new();
    }
    let limit = |value: Option<i64>| {
        value.map_or_else(
            || language.pick("onbegrensd", "unbounded").to_owned(),
            |value| number::signed(value, language),
        )
    };
    format!(
        "{} {} {}",
        limit(change.lower),
        language.pick("tot", "to"),
        limit(change.upper)
    )
}

fn counts(text: &mut String, found: &Comparison, language: Language) {
    if found.counts.is_empty() {
        return;
    }
    let pick = |nl: &'static str, en: &'static str| language.pick(nl, en);
    let cell = |count: &Count| {
        let state = CellState::ALL
            .into_iter()
            .find(|state| state.key() == count.status);
        match (count.value, state) {
            (Some(value), state) => {
                let number = number::whole(value.unsigned_abs(), language);
                if state == Some(CellState::Partial) {
                    format!("≥ {number}")
                } else {
                    number
                }
            }
            (None, Some(state)) => state.name(language).to_owned(),
            (None, None) if count.status == "suppressed" => {
                pick("niet getoond", "withheld").to_owned()
            }
            (None, None) => count.status.clone(),
        }
    };
    let rows: Vec<[String; 5]> = found
        .counts
        .iter()
        .map(|count| {
            [
                count.name.in_language(language).to_owned(),
                cell(&count.before),
                cell(&count.after),
                count
                    .change
                    .map(|change| number::signed(change.value, language))
                    .unwrap_or_default(),
                count
                    .change
                    .map(|change| limits(change, language))
                    .unwrap_or_default(),
            ]
        })
        .collect();
    let headers = [
        pick("Geteld", "Counted").to_owned(),
        number::day(found.before.date, language),
        number::day(found.after.date, language),
        pick("verandering", "change").to_owned(),
        pick("wat afronding open laat", "what rounding leaves open").to_owned(),
    ];
    table(text, &headers, &rows);
    text.push('\n');
}

/// A table of text: the first column set left, the others right.
fn table<const N: usize>(text: &mut String, headers: &[String; N], rows: &[[String; N]]) {
    let widths: [usize; N] = std::array::from_fn(|at| {
        let cells = rows.iter().map(|row| row[at].chars().count());
        cells.max().unwrap_or(0).max(headers[at].chars().count())
    });
    for row in std::iter::once(headers).chain(rows) {
        let mut line = String::new();
        for (at, cell) in row.iter().enumerate() {
            let gap = " ".repeat(widths[at] - cell.chars().count());
            if at == 0 {
                line.push_str(cell);
                line.push_str(&gap);
            } else {
                line.push_str("  ");
                line.push_str(&gap);
                line.push_str(cell);
            }
        }
        let _ = writeln!(text, "{}", line.trim_end());
    }
}

fn say(text: &mut String, sentence: &str) {
    for line in wrapped(sentence, 0) {
        let _ = writeln!(text, "{line}");
    }
}

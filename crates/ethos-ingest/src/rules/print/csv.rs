//! The rule book as a table of rules.

use super::words::condition;
use crate::rules::RuleBook;

/// One row per rule. Texts that a spreadsheet would take for a formula are written so that it
/// does not.
pub fn csv(book: &RuleBook) -> String {
    let mut writer = ::csv::Writer::from_writer(Vec::new());
    let header = [
        "code",
        "severity",
        "scope",
        "applies",
        "valid_from",
        "valid_until",
        "title_nl",
        "title_en",
        "message_nl",
        "message_en",
        "why_nl",
        "why_en",
        "fix_nl",
        "fix_en",
        "finds",
        "source",
        "examples",
        "file",
    ];
    let day = |day: Option<ethos_model::date::Day>| day.map(|day| day.to_string());
    let mut rows: Vec<Vec<String>> = vec![header.map(str::to_owned).to_vec()];
    for rule in book.rules() {
        rows.push(vec![
            rule.code.to_string(),
            rule.severity.key().to_owned(),
            rule.scope.key().to_owned(),
            rule.applies.join(" "),
            day(rule.valid_from).unwrap_or_default(),
            day(rule.valid_until).unwrap_or_default(),
            rule.title.nl.clone(),
            rule.title.en.clone(),
            rule.message.nl.clone(),
            rule.message.en.clone(),
            rule.why.nl.clone(),
            rule.why.en.clone(),
            rule.fix.nl.clone(),
            rule.fix.en.clone(),
            condition(rule),
            rule.source.clone(),
            rule.examples.len().to_string(),
            rule.file.clone(),
        ]);
    }
    for row in rows {
        let cells = row.iter().map(|cell| {
            if cell.starts_with(['=', '+', '-', '@', '\t', '\r']) {
                format!("'{cell}")
            } else {
                cell.clone()
            }
        });
        // Writing into memory cannot fail.
        if writer.write_record(cells).is_err() {
            break;
        }
    }
    let bytes = writer.into_inner().unwrap_or_default();
    String::from_utf8(bytes).unwrap_or_default()
}
